/* SPDX-License-Identifier: MIT */
/* Between masks of a picture's size and soft labels on the grid.
 *
 * Both ways are the same bilinear rule, bit for bit in float32: centres aligned, no antialiasing,
 *   scale = 1 / (destination / source) in double, f = (float) ((d + 0.5) * scale - 0.5),
 * columns past an edge take the edge, rows past an edge are clamped with their fraction kept,
 * horizontally first, a * (1 - f) + b * f without a fused multiply-add.
 *
 * Source: propagation.md section 5.  Thread: any. */
#pragma once

#include "label/id-map.h"

G_BEGIN_DECLS

/* The soft label of a hand-made mask.  Void pixels count as background.
 *
 * ids      [n_ids] objects, ascending: class i + 1 is ids[i]
 * soft     [n_ids + 1, grid_height, grid_width] out */
void fy_soften (const FyIdMap *mask,
                const guint16 *ids,
                int n_ids,
                int grid_width,
                int grid_height,
                float *soft);

/* The mask of a soft label: each pixel takes the largest class, the lowest of equal ones.
 *
 * soft     [n_ids + 1, grid_height, grid_width]
 * mask     its size is the picture's; filled */
void fy_resolve (const float *soft,
                 const guint16 *ids,
                 int n_ids,
                 int grid_width,
                 int grid_height,
                 FyIdMap *mask);

/* The same of those rows of the picture that see a grid row marked in `changed`, [grid_height] booleans;
 * the others are left as they are.
 *
 * y, height   out: the picture's rows that were filled lie within y .. y + height - 1 */
void fy_resolve_rows (const float *soft,
                      const guint16 *ids,
                      int n_ids,
                      int grid_width,
                      int grid_height,
                      const guint8 *changed,
                      FyIdMap *mask,
                      int *y,
                      int *height);

G_END_DECLS
