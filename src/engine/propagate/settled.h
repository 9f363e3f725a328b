/* SPDX-License-Identifier: MIT */
/* Cells whose label is settled before their recent neighbours are known: on slow devices these need no
 * search yet.
 *
 * All that a cell may choose from in the recent frames carries one label, and so do its best cells of
 * each reference.  A cell of a reference that is not among those is less similar than they, so that it
 * is not among the best of all either: whatever the search found, the label would be that one.
 *
 * Source: propagation.md section 9, point 6.  Thread: any. */
#pragma once

#include "match/neighbours.h"

G_BEGIN_DECLS

#define FY_UNSETTLED G_MAXUINT16

/* Tells of each cell which class alone its soft label holds, the others being exactly 0.
 *
 * soft    [n_classes, cells]
 * class   [cells] out; FY_UNSETTLED where several do */
void fy_single_class (const float *soft, int n_classes, int cells, guint16 *class);

typedef struct
{
  int width; /* of the grid, cells */
  int height;
  int begin; /* recent frames begin .. end - 1, end > begin */
  int end;
  int radius; /* circle that is searched in them; 0 = anywhere: nothing is settled */
  const guint16 *const *classes; /* by frame number: fy_single_class of the recent frames and of the
                                  * references                                                     */
} FyContextLabels;

/* Marks the cells that must be searched for.
 *
 * reference  [n] the target's list over each reference, n >= 1, each of at least topk entries
 * wanted     [cells] out: 0 = settled, 1 = not
 * Returns:   how many are not. */
int fy_unsettled_cells (const FyContextLabels *context,
                        const FyNeighbours *const *reference,
                        int n,
                        int topk,
                        guint8 *wanted);

G_END_DECLS
