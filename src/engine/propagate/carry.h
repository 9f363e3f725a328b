/* SPDX-License-Identifier: MIT */
/* Votes times soft labels: the labels of the next frame.
 *
 * A soft label is one plane a class, [cells] float32, finite, class 0 = background; over the classes
 * a cell sums to 1.  Classes are carried one by one: another one more or less changes no bit of the
 * others, and what is empty costs nothing.
 *
 * Thread: any; spreads over the cores. */
#pragma once

#include "propagate/votes.h"

G_BEGIN_DECLS

/* One class of one frame. */
typedef struct
{
  float *label;    /* [cells]; NULL = zero everywhere                      */
  FyBlocks filled; /* the blocks that are not zero everywhere, as fy_blocks_filled () */
} FyPlane;

/* One class of the target to be carried. */
typedef struct
{
  const FyPlane *const *source; /* [votes->n_sources] this class in votes->source[slot]        */
  FyBlocks wanted;              /* blocks to compute; the others are left as they are           */
  FyPlane *plane;               /* in, out; made or freed (g_free) when it ceases or comes to be
                                 * zero everywhere                                              */
  FyBlocks changed;             /* out: blocks in which a bit differs from what was there       */
  int n_cells;                  /* out: computed, those that nothing reaches aside              */
} FyCarried;

/* label[q] = sum_j weight[q, j] * source[voter[q, j]], for each class, in float32 in the order of the
 * row.
 *
 * Source:    propagation.md section 5; CRW and SFC test-time propagation. */
void fy_carry_classes (const FyVotes *votes, FyCarried *class, int n_classes);

/* All classes and cells.
 *
 * source     [n_classes] planes by frame number: source[frame] for every frame that is read
 * soft       [n_classes, cells] out */
void fy_carry_all (const FyVotes *votes, const FyPlane *const *source, int n_classes, float *soft);

/* The planes of a soft label, which they point into.  soft: [n_classes, cells].
 * Returns: (transfer full) [n_classes], to be freed with g_free. */
FyPlane *fy_planes_new (const float *soft, int n_classes, int cells);

/* The same from a list as it is.
 *
 * list       merged neighbours
 * source     soft labels [n_classes, cells] by frame number: source[frame] for every frame the list
 *            names
 * soft       [n_classes, cells] out */
void fy_carry (const FyNeighbours *list,
               float temperature,
               const float *const *source,
               int n_classes,
               float *soft);

G_END_DECLS
