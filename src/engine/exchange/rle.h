/* SPDX-License-Identifier: MIT */
/* Masks as COCO's run lengths: counts of pixels column by column, zeros first, then ones, in turn.
 *
 * Source:  cocoapi, common/maskApi.c (formats.md section 5).  Thread: any. */
#pragma once

#include "label/run-map.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* One object of an id map. */
typedef struct
{
  guint16 id;
  GArray *
      counts; /* guint32: zeros, ones, zeros ...; what is behind the last ones is there too if any */
  gint64 area; /* pixels */
  FyRect box;  /* around the pixels */
} FyRle;

void fy_rle_free (FyRle *self);

/* Every object that occurs, ascending, without background and void; the map is walked once.
 * Returns: (transfer full) GPtrArray of FyRle that owns them. */
GPtrArray *fy_rle_encode (const FyIdMap *map);

/* COCO's text for counts: 5 bits a character, differences to the count before last.
 * Returns: (transfer full). */
char *fy_rle_to_string (const GArray *counts);

/* And back.  `text` may be foreign.
 * Returns: (transfer full) of guint32 that sum to n_pixels, or NULL with FY_ERROR_CORRUPT. */
GArray *fy_rle_from_string (const char *text, gint64 n_pixels, GError **error);

/* Gives the pixels of ones an id.  The counts sum to the map's pixels at most. */
void fy_rle_decode (const GArray *counts, guint16 id, FyIdMap *map);

G_END_DECLS
