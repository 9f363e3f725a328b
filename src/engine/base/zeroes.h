/* SPDX-License-Identifier: MIT */
/* Memory of a size of a picture, all zero.  Of much of it the kernel gives the pages as they are touched; the heap
 * may hand out what was freed and clear it whole: 0.4 s of an 8K picture when its first stroke begins.
 *
 * Thread: any. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Returns: (transfer full), NULL where there is no memory. */
gpointer fy_zeroes_new (gsize bytes);

/* zeroes: nullable; bytes: as they were asked for. */
void fy_zeroes_free (gpointer zeroes, gsize bytes);

G_END_DECLS
