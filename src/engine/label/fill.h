/* SPDX-License-Identifier: MIT */
/* Filling connected pixels; neighbours are left, right, above and below.  Thread: one at a time. */
#pragma once

#include "label/paint.h"

G_BEGIN_DECLS

/* Paints the connected pixels that have the id of pixel (x, y).  Outside the map, or where that id may not
 * be changed, nothing happens.
 *
 * dirty      what changed is added; nullable
 * Returns:   pixels that changed. */
gint64 fy_fill_region (const FyPaint *paint, FyIdMap *map, int x, int y, FyRect *dirty);

/* Paints the holes of an object: pixels not its own from which no way leads around it to the border of the
 * map.  Returns: pixels that changed. */
gint64 fy_fill_holes (const FyPaint *paint, FyIdMap *map, guint16 id, FyRect *dirty);

G_END_DECLS
