/* SPDX-License-Identifier: MIT */
/* Boundary accuracy F: how much of each boundary lies within a tolerance of the other.
 *
 * A boundary pixel differs from its right, lower or lower-right neighbour; the picture's border is
 * no boundary.  Within: a disk of the tolerance's radius around it holds a pixel of the other.
 * Instead of drawing disks, the distance to the next boundary pixel in the same column is computed
 * for every pixel; a boundary pixel then looks at the columns around it only.
 *
 * Source:  Perazzi et al. 2016, section 5; davis2017-evaluation, f_measure. */
#pragma once

#include "metric/region.h"

G_BEGIN_DECLS

/* Memory for the boundaries of pictures of one size.  Thread: one at a time. */
typedef struct FyBoundary FyBoundary;

/* Returns: (transfer full), NULL when there is not enough memory. */
FyBoundary *fy_boundary_new (int width, int height);
void fy_boundary_free (FyBoundary *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FyBoundary, fy_boundary_free)

/* ceil (0.008 * diagonal), in pixels. */
int fy_boundary_tolerance (int width, int height);

/* F of object `id` in 0 .. 1: 1 when neither has a boundary, 0 when only one has.
 *
 * truth    and result, of the size given to _new
 * region   of this object and these maps */
double fy_boundary_accuracy (FyBoundary *self,
                             const FyIdMap *truth,
                             const FyIdMap *result,
                             guint16 id,
                             const FyRegion *region);

G_END_DECLS
