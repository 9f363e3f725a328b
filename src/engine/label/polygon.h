/* SPDX-License-Identifier: MIT */
/* Filling what a closed line encloses.  Thread: one at a time. */
#pragma once

#include "label/paint.h"

G_BEGIN_DECLS

typedef struct
{
  double x; /* pixels of the picture, which spans 0 .. width; may be outside */
  double y;
} FyVertex;

/* Paints every pixel whose centre is enclosed an odd number of times by the line through the vertices and
 * back to the first.
 *
 * vertex     [n]; those that are not numbers are left out
 * dirty      what changed is added; nullable
 * Returns:   pixels that changed. */
gint64
fy_polygon_fill (const FyPaint *paint, FyIdMap *map, const FyVertex *vertex, int n, FyRect *dirty);

G_END_DECLS
