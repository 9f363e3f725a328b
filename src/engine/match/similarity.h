/* SPDX-License-Identifier: MIT */
/* How similar one cell is to every cell of a frame: a row of the affinity that is never stored, to be
 * looked at.
 *
 * Thread: compute; what was made is plain numbers and may go anywhere. */
#pragma once

#include "compute/device.h"

G_BEGIN_DECLS

typedef struct
{
  int width; /* cells */
  int height;
  int n_parts;                         /* networks, fine-grained first                   */
  float *part[FY_FEATURES_MAX_PARTS];  /* [height, width] each network's cosine          */
  float weight[FY_FEATURES_MAX_PARTS]; /* of each in `fused`                             */
  float *fused;                        /* [height, width] sum of weight * part: what a search
                                         * compares; with one network the same as part[0] */
} FySimilarity;

/* query, target  of the same networks and grid; may be one and the same
 * cell           of the query, y * width + x
 * weight         [n_parts] as of a search
 * Returns:       (transfer full), each sum in float64, or NULL with what reading features reports. */
FySimilarity *fy_similarity_new (FyFeatures *query,
                                 int cell,
                                 FyFeatures *target,
                                 const float *weight,
                                 GError **error);
void fy_similarity_free (FySimilarity *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FySimilarity, fy_similarity_free)

/* <query, row> of each row, summed in float64; spreads over the cores.
 *
 * query    [channels]
 * rows     [n, channels]
 * product  [n] out */
void fy_dot_rows (const float *query, const float *rows, int n, int channels, float *product);

/* The largest of a map, the first of equal ones; NaN is none.  Returns: its index, -1 when all are NaN. */
int fy_similarity_best (const float *map, int n);

G_END_DECLS
