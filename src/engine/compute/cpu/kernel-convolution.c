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

/* One tile of `pixels`, a constant wherever this is inlined. */
FY_INLINE void
convolve_tile (const FyCpuConvolution *job, const Tile *tile, const int pixels)
{
  /* Taps of a row lie side by side when the map has no further channels: one long run. */
  const gboolean joined = job->source_pixel == (gsize) job->in_channels;
  const int runs = joined ? job->kernel : job->kernel * job->kernel;
  const gsize run = (gsize) (joined ? job->kernel * job->in_channels : job->in_channels);
  const gsize step = (gsize) job->stride * job->source_pixel;
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
              FyVector a = fy_vector_fill (source[(gsize) p * step + i]);

              FY_UNROLL
              for (int v = 0; v < VECTORS; v++)
                sum[p][v] += a * w[v];
            }
        }
    }

  FY_UNROLL
  for (int p = 0; p < pixels; p++)
    store (job, tile, p, sum[p]);
}

#define CASE(n)                                                                                    \
  case n:                                                                                          \
    convolve_tile (job, tile, n);                                                                  \
    break

static void
convolve_pixels (const FyCpuConvolution *job, const Tile *tile, int pixels)
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

void
FY_KERNEL (convolve) (const FyCpuConvolution *job, int block, int y0, int y1)
{
  gsize taps = (gsize) (job->kernel * job->kernel * job->in_channels);
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

        tile.source_at = (gsize) (y * job->stride) * job->source_row +
                         (gsize) (x0 * job->stride) * job->source_pixel;
        tile.destination_at = (gsize) x0 * job->destination_pixel + (gsize) (block * OUT_BLOCK);
        tile.residual_at = tile.destination_at + (gsize) y * job->residual_row;
        tile.destination_at += (gsize) y * job->destination_row;
        convolve_pixels (job, &tile, x1 - x0);
      }
}
