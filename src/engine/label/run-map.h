/* SPDX-License-Identifier: MIT */
/* An id map as runs of equal ids along its rows: what is kept of every frame, undone, and stored.
 *
 * Immutable once made; reference-counted; any thread.  Rows that did not change are cheap to take over,
 * so that a stroke costs the rows it touched.  A side has at most 65535 pixels. */
#pragma once

#include "label/id-map.h"

G_BEGIN_DECLS

typedef struct FyRunMap FyRunMap;

/* A rectangle of pixels, right and bottom excluded; empty when width or height is 0. */
typedef struct
{
  int x;
  int y;
  int width;
  int height;
} FyRect;

/* Returns: (transfer full), NULL when a side is too long. */
FyRunMap *fy_run_map_new (const FyIdMap *map);
/* All background.  Returns: (transfer full), NULL when the size is not positive or too large. */
FyRunMap *fy_run_map_new_empty (int width, int height);
FyRunMap *fy_run_map_ref (FyRunMap *self);
void fy_run_map_unref (FyRunMap *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FyRunMap, fy_run_map_unref)

/* `map` again, which differs from what `self` holds in rows y .. y + height - 1 at most. */
FyRunMap *fy_run_map_update (const FyRunMap *self, const FyIdMap *map, int y, int height);

int fy_run_map_width (const FyRunMap *self);
int fy_run_map_height (const FyRunMap *self);
gsize fy_run_map_bytes (const FyRunMap *self); /* of memory */

/* Writes all pixels into a map of the same size. */
void fy_run_map_expand (const FyRunMap *self, FyIdMap *map);
FyIdMap *fy_run_map_to_id_map (const FyRunMap *self);

/* What is at a pixel inside. */
guint16 fy_run_map_at (const FyRunMap *self, int x, int y);

gboolean fy_run_map_equal (const FyRunMap *a, const FyRunMap *b);

/* Whether all of it is background. */
gboolean fy_run_map_is_empty (const FyRunMap *self);

/* Whether an id occurs. */
gboolean fy_run_map_has (const FyRunMap *self, guint16 id);

/* The ids that occur, ascending, without background and void.  Returns: (transfer full) of guint16. */
GArray *fy_run_map_ids (const FyRunMap *self);

/* The ids, void among them, whose pixels are not the same in both.  Returns: (transfer full) of guint16,
 * ascending.  Both have one size. */
GArray *fy_run_map_difference (const FyRunMap *a, const FyRunMap *b);

/* Pixels of an id, and the box around them (empty when there are none; nullable). */
gint64 fy_run_map_area (const FyRunMap *self, guint16 id, FyRect *box);

/* The pixels of `id` become `to`: FY_ID_BACKGROUND removes an object, another id merges two. */
FyRunMap *fy_run_map_replace (const FyRunMap *self, guint16 id, guint16 to);

/* `over` laid on `self`: the pixels of `over` whose id is one of `ids` win; those of `self` whose id is
 * one of `ids` become background.  Both have one size.  ids: [n], may have FY_ID_VOID, not background. */
FyRunMap *
fy_run_map_compose (const FyRunMap *self, const FyRunMap *over, const guint16 *ids, int n);

/* As bytes, for a file; a version byte first. */
GBytes *fy_run_map_to_bytes (const FyRunMap *self);
/* Bytes may be foreign.  Returns: (transfer full), or NULL with FY_ERROR_CORRUPT. */
FyRunMap *fy_run_map_from_bytes (GBytes *bytes, GError **error);

G_END_DECLS
