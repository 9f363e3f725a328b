/* SPDX-License-Identifier: MIT */
/* The neighbour lists of one target frame: what is stored instead of an affinity matrix.
 *
 * A local list holds each cell's most similar cells among the recent frames, inside a circle; a
 * reference list those of one reference frame, anywhere in it.  Both depend on features only, so
 * labels can change freely; the top-k over any union of contexts is the top-k of the merged lists.
 *
 * Positions are  frame number * cells + cell,  sorted by descending score, FY_SEARCH_NONE (score
 * -infinity) at the end where a list is short.
 *
 * Source: propagation.md section 9.  Immutable once made; reference-counted; any thread. */
#pragma once

#include "compute/device.h"

G_BEGIN_DECLS

typedef struct
{
  gatomicrefcount refs;
  int frame;         /* target                              */
  int cells;         /* Q, rows of both arrays              */
  int k;             /* entries a row                       */
  guint32 *position; /* [cells, k]                          */
  float *score;      /* [cells, k] similarity, not / T      */
} FyNeighbours;

FyNeighbours *fy_neighbours_new (int frame, int cells, int k);
FyNeighbours *fy_neighbours_ref (FyNeighbours *self);
void fy_neighbours_unref (FyNeighbours *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FyNeighbours, fy_neighbours_unref)

/* Merges a local and a reference list as the "overall" method counts candidates: where fewer than
 * `context` frames lie between the reference and the target, the reference frame fills the empty
 * slots, so that inside the circle its cells count once more for every slot it fills.
 *
 * local      over the recent frames, at most `context` of them, none before `first`; circle
 * reference  over frame `first`, unrestricted
 * context    m: recent frames of the method
 * topk       <= both lists' k
 * Returns:   (transfer full) topk entries a row; a cell that counts n times stands n times in a row
 *            (the last one as often as there is room).
 * Source:    propagation.md section 4. */
FyNeighbours *fy_neighbours_merge (const FyNeighbours *local,
                                   const FyNeighbours *reference,
                                   int first,
                                   int context,
                                   int topk);

G_END_DECLS
