/* SPDX-License-Identifier: MIT */
/* Neighbour lists times soft labels: the labels of the next frame.
 *
 * A soft label is [n_classes, cells] float32, class 0 = background; its columns sum to 1.  Thread:
 * any. */
#pragma once

#include "match/neighbours.h"

G_BEGIN_DECLS

/* soft[c, q] = sum_j w[q, j] * y[c, list[q, j]],  w = softmax (score / temperature) over the row.
 *
 * list       merged neighbours; every row holds at least one
 * source     soft labels by frame number: source[frame] for every frame the list names
 * soft       [n_classes, cells] out; each class is computed by itself, so that adding one changes
 *            no bit of the others
 * Source:    propagation.md section 5; CRW and SFC test-time propagation. */
void fy_carry (const FyNeighbours *list,
               float temperature,
               const float *const *source,
               int n_classes,
               float *soft);

G_END_DECLS
