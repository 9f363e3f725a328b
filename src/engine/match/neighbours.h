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

  /* [cells, k] what each network contributes to the scores; NULL where that is not known. */
  float *part[FY_FEATURES_MAX_PARTS];

  GBytes *bytes; /* what the arrays lie in, read-only; NULL: they are the list's own */
} FyNeighbours;

FyNeighbours *fy_neighbours_new (int frame, int cells, int k);
FyNeighbours *fy_neighbours_ref (FyNeighbours *self);
void fy_neighbours_unref (FyNeighbours *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FyNeighbours, fy_neighbours_unref)

/* Merges a local and some reference lists as the "overall" method counts candidates: where fewer
 * than `context` frames lie between the first frame and the target, the first frame fills the empty
 * slots, so that inside the circle its cells count once more for every slot it fills.  Every
 * reference is a slot of its own, so that a reference among the recent frames counts in both.
 *
 * local       over the recent frames, at most `context` of them, none beyond `first`; circle
 * reference   [n] over one frame each, unrestricted; 0 <= n <= 1000
 * first       frame the labels start from: before the target, or after it when carrying back
 * context     m: recent frames of the method
 * topk        <= all lists' k
 * Returns:    (transfer full) topk entries a row; a cell that counts n times stands n times in a row
 *             (the last one as often as there is room).
 * Source:     propagation.md sections 4 and 9. */
FyNeighbours *fy_neighbours_merge (const FyNeighbours *local,
                                   const FyNeighbours *const *reference,
                                   int n,
                                   int first,
                                   int context,
                                   int topk);

/* The union of two lists of one target over different frames.  Returns: (transfer full). */
FyNeighbours *fy_neighbours_union (const FyNeighbours *a, const FyNeighbours *b);

/* Sorts a list anew for other weights of the networks, without a search.
 *
 * A candidate that is not in the list scored no more than the last one that is.  Similarities of
 * unit vectors lie between -1 and 1, so the most it can score with other weights is the solution
 * of a linear programme of two variables; where the topk-th of the list scores more, the topk first
 * are those of a search.
 *
 * list        with parts; score = from[0] * part[0] + from[1] * part[1]
 * unproven    out: rows whose first topk may differ from those of a search; 0 = none do
 * Returns:    (transfer full) as many entries as before, without parts. */
FyNeighbours *fy_neighbours_reweigh (const FyNeighbours *list,
                                     const float from[FY_FEATURES_MAX_PARTS],
                                     const float to[FY_FEATURES_MAX_PARTS],
                                     int topk,
                                     int *unproven);

G_END_DECLS
