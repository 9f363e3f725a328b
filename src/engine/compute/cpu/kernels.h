/* SPDX-License-Identifier: MIT */
/* The inner loops of the CPU back-end: one table per instruction set, chosen at run time.
 *
 * The files kernel-*.c are built once per instruction set into FyCpuKernels tables; everything else
 * in this folder is built once. */
#pragma once

#include "compute/device.h"

G_BEGIN_DECLS

/* One convolution over maps in memory.  Rows and pixels are counted in floats. */
typedef struct
{
  const float *source; /* the first tap of output (0, 0), border included */
  gsize source_row;
  gsize source_pixel;
  const float *residual; /* nullable; (0, 0), pixels as the destination's */
  gsize residual_row;
  float *destination; /* output (0, 0) */
  gsize destination_row;
  gsize destination_pixel;
  const float *weight; /* [block][tap y][tap x, in][out_block], missing outputs 0 */
  const float *bias;   /* [block][out_block] */
  int kernel;
  int stride;
  int in_channels;
  int out_channels;
  int width; /* output */
  int height;
  gboolean relu;
} FyCpuConvolution;

/* Some of Winograd's tiles between maps. */
typedef struct
{
  const FyCpuConvolution *map; /* the convolution they make up; its weights are not looked at */
  gsize in_step;               /* floats from a frequency to the next, before the products    */
  gsize out_step;              /* and behind                                                  */
  gboolean pairs;              /* frequencies are rounded to bf16, two in the place of a float */
} FyCpuWinograd;

/* Candidates and targets of a search.  A frame's index holds, for each cell, two vectors whose dot
 * products bound the similarity from above: a short one and a longer one (search.c). */
typedef struct
{
  /* Words: floats, or with `pairs` of the kernels two numbers of 16 bits each, in steps of `unit`. */
  const float *plane; /* [height][n_parts words][pitch] short vectors, cell innermost */
  const float *rows;  /* [cells][n_parts words] long vectors                          */
  float unit;
  const float *part[FY_FEATURES_MAX_PARTS]; /* [cells][channels[p]] the features themselves    */
} FyCpuFrame;

/* Lengths a part: leading coefficients and, last, the length of the rest. */
#define FY_INDEX_SHORT 32 /* at most: see short_length */
#define FY_INDEX_LONG  128
#define FY_INDEX_STEPS 32767 /* of a 16-bit number, up to the longest row of a frame */
/* Floats readable past the end of a row of a plane. */
#define FY_INDEX_PAD 64

typedef struct
{
  const FySearchParams *params;
  int height;
  int width;
  int channels[FY_FEATURES_MAX_PARTS];
  gsize pitch; /* of planes: width + FY_INDEX_PAD                             */
  FyCpuFrame target;
  const FyCpuFrame *context;
  int n_context;
  const guint8 *wanted; /* [cells] targets to search for; NULL = all */
  float
      short_slack; /* what rounding can take from a bound by short vectors, or add to a similarity */
  float
      long_slack; /* the same for long vectors                                                    */
  float weights;  /* sum of the parts' */
  guint32 *position; /* [cells, k] out */
  float *score;      /* [cells, k] out */
} FyCpuSearch;

typedef struct
{
  const char *name; /* for people */
  int lanes;        /* floats of a vector */
  int short_length; /* of a search's short vectors, a part */
  gboolean pairs;   /* these are pairs of 16-bit numbers */
  int out_block;    /* output channels of a weight block */

  /* Rows [y0, y1) of one block of output channels. */
  void (*convolve) (const FyCpuConvolution *job, int block, int y0, int y1);

  /* The same of pairs of bf16, each in the place of a float: NULL where that is no faster.  Pixels of
   * the source follow each other closely, and those that an output begins with at even numbers;
   * weights are [block][tap y][tap x, in / 2][out_block][2], an odd run of inputs ended by 0. */
  void (*convolve_pairs) (const FyCpuConvolution *job, int block, int y0, int y1);

  /* To bf16, to nearest even.  NULL where convolve_pairs is. */
  void (*round_pairs) (const float *in, guint16 *out, gsize n);

  /* One tile's patch to its frequencies at `to`, and one block's products at `from` to outputs. */
  void (*winograd_in) (const FyCpuWinograd *job, int tile_y, int tile_x, float *to);
  void (*winograd_out) (const FyCpuWinograd *job,
                        int block,
                        int tile_y,
                        int tile_x,
                        const float *from);

  /* Output row y of the 3x3 / 2 maximum; `source` at input pixel (-1, -1), rows and pixels in floats. */
  void (*max_pool) (const float *source,
                    gsize source_row,
                    float *destination,
                    int width,
                    int channels);

  /* out = in / max (|in|, 1e-12), or a copy. */
  void (*unit_row) (const float *in, float *out, int n, gboolean normalize);

  /* All target cells of rows [y0, y0 + FY_SEARCH_BAND) that exist. */
  void (*search_band) (const FyCpuSearch *job, int y0);

  /* sum over parts of weight * <a, b>: what every list's scores are. */
  float (*similarity) (const FyCpuSearch *job, const FyCpuFrame *context, gsize target, gsize cell);
} FyCpuKernels;

#define FY_SEARCH_BAND 2

/* Fastest for this processor, or the one FERRY_CPU_ISA names (plain, x86-64-v2, avx2, avx512,
 * avx512-bf16) if it runs here. */
const FyCpuKernels *fy_cpu_kernels (void);

/* All that run here, fastest first; `n` of them. */
const FyCpuKernels *const *fy_cpu_kernels_all (int *n);

G_END_DECLS
