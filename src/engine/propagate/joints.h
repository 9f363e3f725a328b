/* SPDX-License-Identifier: MIT */
/* Between a point of a picture and the soft label of a joint on the grid.
 *
 * Source: propagation.md section 7; the JHMDB programs of CRW, with the half cell that lets a point survive
 * the round trip.  Thread: any. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The soft label of a joint: a patch of 4 x 4 cells, exp (-d^2 / (2 * 0.5^2)), d in cells from the centre of
 * a cell to the point, clipped to the grid.
 *
 * x, y      pixels, the picture spans 0 .. width
 * label     [grid_height, grid_width] out */
void fy_joint_soften (float x,
                      float y,
                      int width,
                      int height,
                      int grid_width,
                      int grid_height,
                      float *label);

/* Where a joint is: the mean of its 3 best cells, weighed by their labels.
 *
 * label     nullable: zero everywhere
 * x, y      out: pixels
 * Returns:  FALSE where it is nowhere. */
gboolean fy_joint_find (const float *label,
                        int width,
                        int height,
                        int grid_width,
                        int grid_height,
                        float *x,
                        float *y);

G_END_DECLS
