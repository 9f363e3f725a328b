/* SPDX-License-Identifier: MIT */
/* The two transforms of Winograd's F(4x4, 3x3): 4x4 outputs from a 6x6 patch by 36 products a pair of
 * channels instead of 144.  Between them stand 36 matrix products, which are 1x1 convolutions.
 *
 *   V = B^T d B        patch to "frequencies"
 *   Y = A^T M A        products to outputs
 *
 * The polynomials behind it are taken at 0, +-1/sqrt 2, +-sqrt 2 and infinity, where rounding costs half
 * of what it does at the usual 0, +-1, +-2 and infinity.
 *
 * Source: Lavin and Gray, Fast Algorithms for Convolutional Neural Networks, 2016; Barabasz et al.,
 * Error Analysis and Improving the Accuracy of Winograd Convolution, 2020. */
#include "compute/cpu/kernel-table.h"

#define ROOT 0.70710678118654752440f /* 1 / sqrt 2 */

/* v = B^T d for one column (or row) of six, in place. */
FY_INLINE void
forward (FyVector d[6], gsize step)
{
  FyVector d0 = d[0], d1 = d[step], d2 = d[2 * step], d3 = d[3 * step], d4 = d[4 * step];
  FyVector d5 = d[5 * step];
  FyVector even1 = d4 - 2.0f * d2, odd1 = d3 - 2.0f * d1;
  FyVector even2 = d4 - 0.5f * d2, odd2 = 2.0f * d3 - d1;

  d[0] = d0 - 2.5f * d2 + d4;
  d[step] = even1 + ROOT * odd1;
  d[2 * step] = even1 - ROOT * odd1;
  d[3 * step] = even2 + ROOT * odd2;
  d[4 * step] = even2 - ROOT * odd2;
  d[5 * step] = d1 - 2.5f * d3 + d5;
}

/* y = A^T m for six products, `step` apart; four results. */
FY_INLINE void
backward (const FyVector *m, gsize step, FyVector y[4])
{
  FyVector sum1 = m[step] + m[2 * step], sum2 = m[3 * step] + m[4 * step];
  FyVector off1 = m[step] - m[2 * step], off2 = m[3 * step] - m[4 * step];

  y[0] = m[0] + sum1 + sum2;
  y[1] = ROOT * (off1 + 2.0f * off2);
  y[2] = 0.5f * sum1 + 2.0f * sum2;
  y[3] = ROOT * (0.5f * off1 + 4.0f * off2) + m[5 * step];
}

FY_INLINE void
store_frequency (float *to, int c, FyVector value, const gboolean pairs)
{
#if defined(__AVX512BF16__)
  if (pairs)
    {
      __m256bh rounded = _mm512_cvtneps_pbh ((__m512) value);

      memcpy (to + c / 2, &rounded, sizeof rounded);
      return;
    }
#endif
  fy_vector_store (to + c, value);
}

FY_INLINE void
transform_in (const FyCpuWinograd *job, int tile_y, int tile_x, float *to, const gboolean pairs)
{
  const FyCpuConvolution *map = job->map;
  gsize row[6], column[6], right = 4 * map->source_pixel;

  /* Patches that reach over the border's end read its last line again: what that touches lies
   * outside the output. */
  for (int i = 0; i < 6; i++)
    {
      row[i] = (gsize) MIN (4 * tile_y + i, map->height + 1) * map->source_row;
      column[i] = (gsize) MIN (4 * tile_x + i, map->width + 1) * map->source_pixel;
    }
  for (int c = 0; c < map->in_channels; c += FY_LANES)
    {
      FyVector d[36];

      FY_UNROLL
      for (int i = 0; i < 36; i++)
        d[i] = fy_vector_load (map->source + row[i / 6] + column[i % 6] + c);
      FY_UNROLL
      for (int i = 0; i < 24; i++) /* what the tile to the right adds to this one's */
        __builtin_prefetch (map->source + row[i / 4] + column[2 + i % 4] + right + c);
      FY_UNROLL
      for (int i = 0; i < 6; i++)
        forward (d + i, 6);
      FY_UNROLL
      for (int i = 0; i < 6; i++)
        forward (d + 6 * i, 1);
      FY_UNROLL
      for (int i = 0; i < 36; i++)
        store_frequency (to + (gsize) i * job->in_step, c, d[i], pairs);
    }
}

void
FY_KERNEL (winograd_in) (const FyCpuWinograd *job, int tile_y, int tile_x, float *to)
{
  if (job->pairs)
    transform_in (job, tile_y, tile_x, to, TRUE);
  else
    transform_in (job, tile_y, tile_x, to, FALSE);
}

/* Adds what follows a convolution and stores a pixel's channels c .. c + FY_LANES. */
FY_INLINE void
finish (const FyCpuConvolution *map, int y, int x, int c, FyVector value)
{
  gsize at = (gsize) x * map->destination_pixel + (gsize) c;

  if (y >= map->height || x >= map->width)
    return;
  if (map->residual != NULL)
    value += fy_vector_load (map->residual + (gsize) y * map->residual_row + at);
  if (map->relu)
    value = fy_vector_max (value, (FyVector){ 0 });
  fy_vector_store (map->destination + (gsize) y * map->destination_row + at, value);
}

/* Asks for the memory of a tile's outputs. */
FY_INLINE void
prefetch_out (const FyCpuConvolution *map, int tile_y, int tile_x, int c)
{
  FY_UNROLL
  for (int i = 0; i < 16; i++)
    {
      gsize y = (gsize) (4 * tile_y + i / 4);
      gsize at = (gsize) (4 * tile_x + i % 4) * map->destination_pixel + (gsize) c;

      __builtin_prefetch (map->destination + y * map->destination_row + at, 1);
      if (map->residual != NULL)
        __builtin_prefetch (map->residual + y * map->residual_row + at);
    }
}

void
FY_KERNEL (
    winograd_out) (const FyCpuWinograd *job, int block, int tile_y, int tile_x, const float *from)
{
  const FyCpuConvolution *map = job->map;

  for (int v = 0; v < FY_OUT_VECTORS; v++)
    {
      int c = (block * FY_OUT_VECTORS + v) * FY_LANES;
      FyVector bias = fy_vector_load (map->bias + c);
      FyVector m[36], half[24];
      prefetch_out (map, tile_y, tile_x + 1, c);
      FY_UNROLL
      for (int i = 0; i < 36; i++)
        m[i] = fy_vector_load (from + (gsize) i * job->out_step + v * FY_LANES);
      FY_UNROLL
      for (int i = 0; i < 6; i++) /* columns: half[i][0 .. 3] */
        backward (m + i, 6, half + 4 * i);
      FY_UNROLL
      for (int i = 0; i < 4; i++)
        {
          FyVector y[4];

          backward (half + i, 4, y);
          for (int j = 0; j < 4; j++)
            finish (map, 4 * tile_y + i, 4 * tile_x + j, c, y[j] + bias);
        }
    }
}
