/* SPDX-License-Identifier: MIT */
/* How far computed features are from exact ones.  Thread: any. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  double most;   /* max |features - exact| / max |exact|                */
  double cosine; /* mean over cells of 1 - their cosine, 0 for the same */
} FerryDifference;

/* features, exact   [cells, channels] */
FerryDifference
ferry_difference (const float *features, const float *exact, gsize cells, gsize channels);

G_END_DECLS
