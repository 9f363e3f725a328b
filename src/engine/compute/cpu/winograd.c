/* SPDX-License-Identifier: MIT */
/* A 3x3 convolution at stride 1 by Winograd's F(4x4, 3x3): see kernel-winograd.c.
 *
 * Bands of tiles are transformed, multiplied and transformed back by one worker each, block by block of
 * outputs, in scratch memory small enough for the caches. */
#include "compute/cpu/winograd.h"

#include "base/parallel.h"

#include <string.h>

#define FREQUENCIES 36
#define SCRATCH     ((gsize) 512 << 10) /* bytes a worker, about: half a second cache */
#define LEAST       24                  /* tiles a time that weights are read from further away */

/* Rows of G: weights to frequencies. */
static const double G[6][3] = {
  { 1, 0, 0 },
  { -2.0 / 3, -2.0 / 3 * G_SQRT2 / 2, -1.0 / 3 },
  { -2.0 / 3, 2.0 / 3 * G_SQRT2 / 2, -1.0 / 3 },
  { 1.0 / 6, G_SQRT2 / 6, 1.0 / 3 },
  { 1.0 / 6, -G_SQRT2 / 6, 1.0 / 3 },
  { 0, 0, 1 },
};

gboolean
fy_cpu_winograd_fits (const FyCpuKernels *kernels, const FyConvolutionParams *params)
{
  return params->kernel == 3 && params->stride == 1 && params->in_channels >= 32 &&
         params->in_channels % kernels->lanes == 0 &&
         params->out_channels % kernels->out_block == 0;
}

gsize
fy_cpu_winograd_weights (const FyConvolutionParams *params)
{
  return FREQUENCIES * (gsize) params->in_channels * (gsize) params->out_channels;
}

/* u[i][j] = (G g G^T)[i][j] for one pair of channels */
static void
transform (const float g[9], double u[FREQUENCIES])
{
  for (int i = 0; i < 6; i++)
    for (int j = 0; j < 6; j++)
      {
        double sum = 0.0;

        for (int y = 0; y < 3; y++)
          for (int x = 0; x < 3; x++)
            sum += G[i][y] * (double) g[3 * y + x] * G[j][x];
        u[6 * i + j] = sum;
      }
}

/* packed[block][frequency][in][out in block], pairs: [block][frequency][in / 2][out in block][2] */
void
fy_cpu_winograd_pack (const FyCpuKernels *kernels,
                      const FyConvolutionParams *params,
                      gboolean pairs,
                      const float *weight,
                      float *packed)
{
  gsize ins = (gsize) params->in_channels, outs = (gsize) params->out_channels;
  gsize block = (gsize) kernels->out_block;
  gsize group = pairs ? 2 : 1;

  for (gsize out = 0; out < outs; out++)
    for (gsize in = 0; in < ins; in++)
      {
        double u[FREQUENCIES];
        gsize at = in / group * group * block + out % block * group + in % group;

        transform (weight + (out * ins + in) * 9, u);
        for (gsize f = 0; f < FREQUENCIES; f++)
          packed[(out / block * FREQUENCIES + f) * ins * block + at] = (float) u[f];
      }
}

typedef struct
{
  const FyCpuKernels *kernels;
  const FyCpuConvolution *map;
  int columns;           /* tiles a row                    */
  int tiles;             /* in all, row by row             */
  int band;              /* tiles an item                  */
  float *zero;           /* [out_block] the products' bias */
  float *const *scratch; /* [workers] V, then M            */
  gboolean pairs;
} Work;

/* M_f = V_f U_f of one block for `tiles` tiles, as a 1x1 convolution on one row of so many pixels. */
static void
multiply (const Work *work,
          const FyCpuWinograd *job,
          int block,
          int tiles,
          const float *v,
          float *m)
{
  int outs = work->kernels->out_block;
  gsize weights = (gsize) (work->map->in_channels * outs) / (work->pairs ? 2 : 1);
  const float *weight = work->map->weight + (gsize) block * FREQUENCIES * weights;
  FyCpuConvolution product = { .source_pixel = (gsize) work->map->in_channels,
                               .destination_pixel = (gsize) outs,
                               .bias = work->zero,
                               .kernel = 1,
                               .stride = 1,
                               .in_channels = work->map->in_channels,
                               .out_channels = outs,
                               .width = tiles,
                               .height = 1 };

  for (gsize f = 0; f < FREQUENCIES; f++)
    {
      product.source = v + f * job->in_step;
      product.destination = m + f * job->out_step;
      product.weight = weight + f * weights;
      if (work->pairs)
        work->kernels->convolve_pairs (&product, 0, 0, 1);
      else
        work->kernels->convolve (&product, 0, 0, 1);
    }
}

static void
run_band (int item, int worker, gpointer data)
{
  const Work *work = data;
  int begin = item * work->band, tiles = MIN (work->band, work->tiles - begin);
  gsize ins = (gsize) work->map->in_channels / (work->pairs ? 2 : 1);
  gsize outs = (gsize) work->kernels->out_block;
  FyCpuWinograd job = { work->map, (gsize) tiles * ins, (gsize) tiles * outs, work->pairs };
  float *v = work->scratch[worker], *m = v + FREQUENCIES * job.in_step;

  for (int t = 0; t < tiles; t++)
    work->kernels->winograd_in (&job, (begin + t) / work->columns, (begin + t) % work->columns,
                                v + (gsize) t * ins);
  for (int block = 0; block < work->map->out_channels / work->kernels->out_block; block++)
    {
      multiply (work, &job, block, tiles, v, m);
      for (int t = 0; t < tiles; t++)
        work->kernels->winograd_out (&job, block, (begin + t) / work->columns,
                                     (begin + t) % work->columns, m + (gsize) t * outs);
    }
}

gboolean
fy_cpu_winograd_run (FyCpuDevice *device, const FyCpuConvolution *map, gboolean pairs)
{
  Work work = { .kernels = device->kernels,
                .pairs = pairs,
                .map = map,
                .columns = (map->width + 3) / 4,
                .tiles = (map->width + 3) / 4 * ((map->height + 3) / 4) };
  int workers = fy_parallel_workers (), items;
  gsize tile =
      FREQUENCIES * (gsize) (map->in_channels / (pairs ? 2 : 1) + device->kernels->out_block);
  g_autofree float *zero = g_new0 (float, (gsize) device->kernels->out_block);

  work.band = MAX (LEAST, (int) (SCRATCH / (tile * sizeof (float))));
  items = (work.tiles + work.band - 1) / work.band;
  items = (items + workers - 1) / workers * workers; /* as many for each */
  work.band = (work.tiles + items - 1) / items;
  work.zero = zero;
  if (!fy_cpu_reserve_scratch (device, tile * (gsize) work.band))
    return FALSE;
  work.scratch = device->scratch;
  fy_parallel_for ((work.tiles + work.band - 1) / work.band, run_band, &work);
  return TRUE;
}
