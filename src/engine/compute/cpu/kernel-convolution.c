/* SPDX-License-Identifier: MIT */
/* Convolution: a tile of output pixels by some vectors of output channels stays in registers while
 * the taps pass.  Built once per instruction set. */
#include "compute/cpu/kernel-table.h"

/* Pixels of a tile.  Six by as many vectors as the registers hold: more pixels would be more streams
 * than a set of the first cache has ways, which is where they meet when a map has 1024 channels. */
#define TILE 6

#define VECTORS   FY_OUT_VECTORS
#define OUT_BLOCK (VECTORS * FY_LANES)

typedef struct
{
  gsize source_at;      /* floats from job->source      */
  gsize destination_at; /* floats from job->destination */
  gsize residual_at;    /* floats from job->residual    */
  const float *weight;
  const float *bias;
  int channels; /* of this block that exist     */
} Tile;

FY_INLINE void
store (const FyCpuConvolution *job, const Tile *tile, int pixel, const FyVector sum[VECTORS])
{
  gsize at = (gsize) pixel * job->destination_pixel;
  float *to = job->destination + tile->destination_at + at;
  const float *residual = job->residual != NULL ? job->residual + tile->residual_at + at : NULL;
  FyVector rest[VECTORS];
  float lane[OUT_BLOCK];
  int whole = tile->channels / FY_LANES;

  FY_UNROLL
  for (int v = 0; v < VECTORS; v++)
    {
      FyVector out = sum[v];

      rest[v] = out;
      if (v >= whole)
        continue;
      if (residual != NULL)
        out += fy_vector_load (residual + v * FY_LANES);
      if (job->relu)
        out = fy_vector_max (out, (FyVector){ 0 });
      fy_vector_store (to + v * FY_LANES, out);
    }
  if (tile->channels == OUT_BLOCK)
    return;
  memcpy (lane, rest, sizeof lane);
  for (int c = whole * FY_LANES; c < tile->channels; c++)
    {
      float value = lane[c] + (residual != NULL ? residual[c] : 0.0f);

      to[c] = job->relu && !(value > 0.0f) ? 0.0f : value;
    }
}

/* Asks for the memory that a tile's outputs will need before they are computed. */
FY_INLINE void
prefetch (const FyCpuConvolution *job, const Tile *tile, const int pixels)
{
  FY_UNROLL
  for (int p = 0; p < pixels; p++)
    for (int c = 0; c < OUT_BLOCK; c += 64 / (int) sizeof (float))
      {
        gsize at = (gsize) p * job->destination_pixel + (gsize) c;

        __builtin_prefetch (job->destination + tile->destination_at + at, 1);
        if (job->residual != NULL)
          __builtin_prefetch (job->residual + tile->residual_at + at);
      }
}

/* From an output's source to the next one's. */
FY_INLINE gsize
source_step (const FyCpuConvolution *job, const gboolean pairs)
{
  return pairs ? (gsize) (job->stride * job->in_channels) / 2
               : (gsize) job->stride * job->source_pixel;
}

/* Taps of a row lie side by side when the map has no further channels: one long run. */
FY_INLINE gboolean
joined_taps (const FyCpuConvolution *job, const gboolean pairs)
{
  return pairs || job->source_pixel == (gsize) job->in_channels;
}

/* Floats, or pairs, of such a run. */
FY_INLINE gsize
run_length (const FyCpuConvolution *job, const gboolean pairs)
{
  gsize inputs = (gsize) ((joined_taps (job, pairs) ? job->kernel : 1) * job->in_channels);

  return pairs ? (inputs + 1) / 2 : inputs;
}

/* The same float, or pair, in all lanes. */
FY_INLINE FyVector
fill (const float *from, const gboolean pairs)
{
  gint32 pair;

  if (!pairs)
    return fy_vector_fill (*from);
  memcpy (&pair, from, sizeof pair);
  return (FyVector) (pair - (FyWords){ 0 });
}

FY_INLINE FyVector
multiply_add (FyVector sum, FyVector a, FyVector b, const gboolean pairs)
{
#if defined(__AVX512BF16__)
  if (pairs)
    return (FyVector) _mm512_dpbf16_ps ((__m512) sum, (__m512bh) a, (__m512bh) b);
#endif
  return sum + a * b;
}

/* One tile; `pixels` and `pairs` are constants wherever this is inlined. */
FY_INLINE void
convolve_tile (const FyCpuConvolution *job,
               const Tile *tile,
               const int pixels,
               const gboolean pairs)
{
  const gboolean joined = joined_taps (job, pairs);
  const int runs = joined ? job->kernel : job->kernel * job->kernel;
  const gsize run = run_length (job, pairs), step = source_step (job, pairs);
  const float *weight = tile->weight;
  FyVector sum[TILE][VECTORS];

  prefetch (job, tile, pixels);
  FY_UNROLL
  for (int p = 0; p < pixels; p++)
    for (int v = 0; v < VECTORS; v++)
      sum[p][v] = fy_vector_load (tile->bias + v * FY_LANES);

  for (int r = 0; r < runs; r++)
    {
      gsize tap_y = (gsize) (joined ? r : r / job->kernel);
      gsize tap_x = (gsize) (joined ? 0 : r % job->kernel);
      const float *source =
          job->source + tile->source_at + tap_y * job->source_row + tap_x * job->source_pixel;

      for (gsize i = 0; i < run; i++)
        {
          FyVector w[VECTORS];

          FY_UNROLL
          for (int v = 0; v < VECTORS; v++)
            w[v] = fy_vector_load (weight + v * FY_LANES);
          weight += OUT_BLOCK;
          FY_UNROLL
          for (int p = 0; p < pixels; p++)
            {
              FyVector a = fill (source + (gsize) p * step + i, pairs);

              FY_UNROLL
              for (int v = 0; v < VECTORS; v++)
                sum[p][v] = multiply_add (sum[p][v], a, w[v], pairs);
            }
        }
    }

  FY_UNROLL
  for (int p = 0; p < pixels; p++)
    store (job, tile, p, sum[p]);
}

#define CASE(n)                                                                                    \
  case n:                                                                                          \
    convolve_tile (job, tile, n, pairs);                                                           \
    break

FY_INLINE void
convolve_pixels (const FyCpuConvolution *job, const Tile *tile, int pixels, const gboolean pairs)
{
  switch (pixels)
    {
      CASE (1);
      CASE (2);
      CASE (3);
      CASE (4);
      CASE (5);
      CASE (6);
    }
}

FY_INLINE void
convolve_block (const FyCpuConvolution *job, int block, int y0, int y1, const gboolean pairs)
{
  gsize taps = run_length (job, pairs) *
               (gsize) (joined_taps (job, pairs) ? job->kernel : job->kernel * job->kernel);
  gsize step = source_step (job, pairs);
  int tiles = (job->width + TILE - 1) / TILE;
  Tile tile = {
    .weight = job->weight + (gsize) block * taps * OUT_BLOCK,
    .bias = job->bias + (gsize) block * OUT_BLOCK,
    .channels = MIN (OUT_BLOCK, job->out_channels - block * OUT_BLOCK),
  };

  for (int y = y0; y < y1; y++)
    for (int t = 0; t < tiles; t++)
      {
        int x0 = job->width * t / tiles, x1 = job->width * (t + 1) / tiles;

        tile.source_at = (gsize) (y * job->stride) * job->source_row + (gsize) x0 * step;
        tile.destination_at = (gsize) x0 * job->destination_pixel + (gsize) (block * OUT_BLOCK);
        tile.residual_at = tile.destination_at + (gsize) y * job->residual_row;
        tile.destination_at += (gsize) y * job->destination_row;
        convolve_pixels (job, &tile, x1 - x0, pairs);
      }
}

void
FY_KERNEL (convolve) (const FyCpuConvolution *job, int block, int y0, int y1)
{
  convolve_block (job, block, y0, y1, FALSE);
}

#if defined(__AVX512BF16__)
void
FY_KERNEL (convolve_pairs) (const FyCpuConvolution *job, int block, int y0, int y1)
{
  convolve_block (job, block, y0, y1, TRUE);
}
#endif
