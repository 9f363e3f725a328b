/* SPDX-License-Identifier: MIT */
/* Which object each pixel belongs to: a label image.
 *
 * Thread: one at a time. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define FY_ID_BACKGROUND 0
#define FY_ID_VOID       65535 /* pixels nobody wants scored; never written to a DAVIS result */

typedef struct
{
  int width; /* pixels */
  int height;
  guint16 *id; /* [height, width] u16; owned */
} FyIdMap;

/* All background.  Returns: (transfer full), NULL when the size is not positive or too large. */
FyIdMap *fy_id_map_new (int width, int height);
FyIdMap *fy_id_map_copy (const FyIdMap *self);
void fy_id_map_free (FyIdMap *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FyIdMap, fy_id_map_free)

/* The ids that occur, ascending, without background and void.
 * Returns: (transfer full) GArray of guint16. */
GArray *fy_id_map_ids (const FyIdMap *self);

G_END_DECLS
