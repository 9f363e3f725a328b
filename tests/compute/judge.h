/* SPDX-License-Identifier: MIT */
/* Each operation of compute/device.h once more: slow, obvious, summed in double.  Both back-ends
 * are compared with these, and these with nothing: read them. */
#pragma once

#include "compute/device.h"

/* An FyMap in host memory, border included. */
typedef struct
{
  int height;
  int width;
  int channels;
  int halo;
  float *data;
} JudgeMap;

/* Filled with uniform values in [-1, 1), border included. */
JudgeMap *judge_map_new (GRand *rand, int height, int width, int channels, int halo);
JudgeMap *judge_map_copy (const JudgeMap *self);
void judge_map_free (JudgeMap *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (JudgeMap, judge_map_free)

gsize judge_map_n_floats (const JudgeMap *self);

/* The channels of a cell: -halo <= y < height + halo, likewise x. */
float *judge_map_at (const JudgeMap *self, int y, int x);

void judge_load_picture (const guint8 *rgb,
                         const float mean[3],
                         const float std[3],
                         JudgeMap *destination);
void judge_pad (JudgeMap *map, FyPadding padding);
void judge_convolution (const FyConvolutionParams *params,
                        const float *weight,
                        const float *bias,
                        const JudgeMap *source,
                        const JudgeMap *residual,
                        JudgeMap *destination);
void judge_max_pool (const JudgeMap *source, JudgeMap *destination);
void judge_normalize_row (const float *in, float *out, int n);

/* The features of one frame: rows [height * width, channels] a part. */
typedef struct
{
  int height;
  int width;
  int n_parts;
  int channels[FY_FEATURES_MAX_PARTS];
  float *rows[FY_FEATURES_MAX_PARTS];
} JudgeFeatures;

/* Unit rows in random directions; with `step` > 0 instead multiples of it in [-1, 1] from so small
 * a choice that many cells are equal and every sum of products is exact. */
JudgeFeatures *judge_features_new (GRand *rand,
                                   int height,
                                   int width,
                                   int n_parts,
                                   const int *channels,
                                   float step);
void judge_features_free (JudgeFeatures *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (JudgeFeatures, judge_features_free)

/* Every similarity of target cell `cell`: [n_context * height * width], -infinity where the circle
 * does not allow it. */
void judge_similarities (const FySearchParams *params,
                         const JudgeFeatures *target,
                         JudgeFeatures *const *context,
                         int n_context,
                         int cell,
                         double *similarity);

/* Fails the test, naming the first bad element, unless |want - got| <= epsilon max (1, |want|,
 * |got|) for each of [rows, columns]. */
void judge_check_close (const char *what,
                        const float *want,
                        const float *got,
                        gsize rows,
                        gsize columns,
                        float epsilon);

/* Fails the test unless position and score, [cells, k], are a right answer: every listed cell once,
 * allowed, with its score within epsilon; in order, equal scores by lower position; and no cell
 * left out that is better by more than epsilon than one listed.  With epsilon 0 there is one right
 * answer. */
void judge_check_search (const FySearchParams *params,
                         const JudgeFeatures *target,
                         JudgeFeatures *const *context,
                         int n_context,
                         const guint32 *position,
                         const float *score,
                         double epsilon);
