/* SPDX-License-Identifier: MIT */
/* Packs weights and spreads a convolution over the cores. */
#include "base/error.h"
#include "base/parallel.h"
#include "base/size.h"
#include "base/text.h"
#include "compute/cpu/winograd.h"

#include <string.h>

typedef struct
{
  FyConvolution parent;
  const FyCpuKernels *kernels;
  gboolean winograd;
  gboolean pairs; /* of bf16           */
  float *weight;  /* as FyCpuConvolution wants them, or Winograd's */
  float *bias;
  int blocks;
} Convolution;

/* Whether pixels that an output begins with lie at even numbers behind round_band. */
static gboolean
can_pair (const FyCpuKernels *kernels, const FyConvolutionParams *params)
{
  int step = params->kernel == 1 ? 1 : params->stride;

  return kernels->convolve_pairs != NULL && step * params->in_channels % 2 == 0;
}

/* Inputs of a row of taps: even where they are paired. */
static gsize
run_length (const Convolution *self, const FyConvolutionParams *params)
{
  gsize inputs = (gsize) (params->kernel * params->in_channels);

  return self->pairs ? (inputs + 1) / 2 * 2 : inputs;
}

/* packed[block][tap y][tap x, in][out in block] = weight[out][in][tap y][tap x], 0 past the last out;
 * pairs: [block][tap y][tap x, in / 2][out in block][2], 0 past the last in. */
static void
pack (const Convolution *self, const FyConvolutionParams *params, const float *weight, float *to)
{
  gsize kernel = (gsize) params->kernel, ins = (gsize) params->in_channels;
  gsize outs = (gsize) params->out_channels, width = (gsize) self->kernels->out_block;
  gsize run = run_length (self, params), group = self->pairs ? 2 : 1;
  gsize n = (gsize) self->blocks * kernel * run * width;

  for (gsize i = 0; i < n; i++)
    {
      gsize out = i / group % width + i / (kernel * run * width) * width;
      gsize at = i / (group * width) % (run / group) * group + i % group;
      gsize y = i / (run * width) % kernel, x = at / ins, in = at % ins;

      to[i] =
          out < outs && x < kernel ? weight[((out * ins + in) * kernel + y) * kernel + x] : 0.0f;
    }
}

/* Floats of packed weights; 0 when there are too many to count. */
static gsize
count_weights (const Convolution *self, const FyConvolutionParams *params)
{
  gsize n;

  if (self->winograd)
    return fy_cpu_winograd_weights (params);
  if (!fy_size_mul3 ((gsize) (self->blocks * self->kernels->out_block), (gsize) params->kernel,
                     run_length (self, params), &n))
    return 0;
  return n;
}

static gboolean
set_weights (Convolution *self, const FyConvolutionParams *params, const float *weight)
{
  gsize n = count_weights (self, params);
  float *packed = n > 0 ? fy_cpu_alloc (n) : NULL;

  self->weight = packed;
  if (packed == NULL)
    return FALSE;
  if (self->winograd)
    fy_cpu_winograd_pack (self->kernels, params, self->pairs, weight, packed);
  else
    pack (self, params, weight, packed);
  if (!self->pairs)
    return TRUE;
  self->weight = fy_cpu_alloc (n / 2);
  if (self->weight != NULL)
    self->kernels->round_pairs (packed, (guint16 *) self->weight, n);
  fy_cpu_free (packed);
  return self->weight != NULL;
}

FyConvolution *
fy_cpu_convolution_new (FyDevice *device,
                        const FyConvolutionParams *params,
                        const float *weight,
                        const float *bias,
                        GError **error)
{
  const FyCpuKernels *kernels = ((FyCpuDevice *) device)->kernels;
  Convolution *self = g_new0 (Convolution, 1);
  gsize outs;

  self->kernels = kernels;
  self->winograd = fy_cpu_winograd_fits (kernels, params);
  self->pairs = params->fast && can_pair (kernels, params);
  self->blocks = (params->out_channels + kernels->out_block - 1) / kernels->out_block;
  outs = (gsize) (self->blocks * kernels->out_block);
  self->bias = fy_cpu_alloc (outs);
  if (self->bias == NULL || !set_weights (self, params, weight))
    {
      fy_cpu_convolution_free (&self->parent);
      g_set_error_literal (error, FY_ERROR, FY_ERROR_FAILED,
                           _ ("out of memory for network weights"));
      return NULL;
    }
  memset (self->bias, 0, outs * sizeof (float));
  if (bias != NULL)
    memcpy (self->bias, bias, (gsize) params->out_channels * sizeof (float));
  return &self->parent;
}

void
fy_cpu_convolution_free (FyConvolution *convolution)
{
  Convolution *self = (Convolution *) convolution;

  fy_cpu_free (self->weight);
  fy_cpu_free (self->bias);
  g_free (self);
}

/* Items are bands of rows, whose source stays in cache while the blocks of weights pass. */
#define BAND ((gsize) 256 << 10) /* bytes of source, about */

typedef struct
{
  FyCpuConvolution job;
  const FyCpuKernels *kernels;
  float *const *scratch; /* [workers], for pairs */
  int blocks;
  int band; /* rows */
} Work;

/* Source cells that n outputs in a row, or column, take: with one tap only those it falls on. */
static int
source_cells (const FyCpuConvolution *job, int n)
{
  return job->kernel == 1 ? n : (n - 1) * job->stride + job->kernel;
}

/* Pairs of a rounded row. */
static gsize
rounded_row (const FyCpuConvolution *job)
{
  return ((gsize) (source_cells (job, job->width) * job->in_channels) + 1) / 2;
}

/* Rounds what outputs [y0, y1) are made of to `pairs`.
 * Returns: the job that is left to do there, whose output (0, 0) is at (0, y0). */
static FyCpuConvolution
round_band (const Work *work, int y0, int y1, float *pairs)
{
  FyCpuConvolution job = work->job;
  int rows = source_cells (&job, y1 - y0), columns = source_cells (&job, job.width);
  gsize ins = (gsize) job.in_channels, pick = job.kernel == 1 ? (gsize) job.stride : 1;
  gsize row = rounded_row (&job);

  for (int y = 0; y < rows; y++)
    {
      const float *from =
          job.source + ((gsize) (y0 * job.stride) + (gsize) y * pick) * job.source_row;
      guint16 *to = (guint16 *) (pairs + (gsize) y * row);

      to[2 * row - 1] = 0;
      if (pick * job.source_pixel == ins)
        work->kernels->round_pairs (from, to, (gsize) columns * ins);
      else
        for (gsize x = 0; x < (gsize) columns; x++)
          work->kernels->round_pairs (from + x * pick * job.source_pixel, to + x * ins, ins);
    }
  job.source = pairs;
  job.source_row = row;
  job.stride = job.kernel == 1 ? 1 : job.stride;
  job.destination += (gsize) y0 * job.destination_row;
  if (job.residual != NULL)
    job.residual += (gsize) y0 * job.residual_row;
  return job;
}

static void
run_item (int index, int worker, gpointer data)
{
  const Work *work = data;
  int y0 = index * work->band, y1 = MIN (y0 + work->band, work->job.height);

  if (work->scratch != NULL)
    {
      FyCpuConvolution job = round_band (work, y0, y1, work->scratch[worker]);

      for (int block = 0; block < work->blocks; block++)
        work->kernels->convolve_pairs (&job, block, 0, y1 - y0);
      return;
    }
  for (int block = 0; block < work->blocks; block++)
    work->kernels->convolve (&work->job, block, y0, y1);
}

/* FALSE when there is no memory for scratch. */
static gboolean
run_bands (const Convolution *self, Work *work)
{
  FyCpuDevice *device = (FyCpuDevice *) self->parent.device;
  const FyCpuConvolution *job = &work->job;
  int share = (job->height + 4 * fy_parallel_workers () - 1) / (4 * fy_parallel_workers ());
  gsize row = (gsize) (job->width * job->stride * job->stride * job->in_channels);

  work->kernels = self->kernels;
  work->blocks = self->blocks;
  work->band = (int) CLAMP (BAND / (row * sizeof (float)), 1, (gsize) share);
  if (self->pairs)
    {
      if (!fy_cpu_reserve_scratch (device,
                                   (gsize) source_cells (job, work->band) * rounded_row (job)))
        return FALSE;
      work->scratch = device->scratch;
    }
  fy_parallel_for ((job->height + work->band - 1) / work->band, run_item, work);
  return TRUE;
}

static gboolean
run (const Convolution *self, Work *work, GError **error)
{
  const FyConvolutionParams *params = &self->parent.params;

  work->job.weight = self->weight;
  work->job.bias = self->bias;
  work->job.kernel = params->kernel;
  work->job.stride = params->stride;
  work->job.in_channels = params->in_channels;
  work->job.out_channels = params->out_channels;
  work->job.relu = params->relu;
  if (self->winograd
          ? fy_cpu_winograd_run ((FyCpuDevice *) self->parent.device, &work->job, self->pairs)
          : run_bands (self, work))
    return TRUE;
  g_set_error_literal (error, FY_ERROR, FY_ERROR_FAILED, _ ("out of memory for a convolution"));
  return FALSE;
}

gboolean
fy_cpu_convolution_run (FyConvolution *convolution,
                        const FyMap *source,
                        const FyMap *residual,
                        const FyMap *destination,
                        GError **error)
{
  const Convolution *self = (const Convolution *) convolution;
  gsize pad = (gsize) (convolution->params.kernel / 2);
  Work work = { .job = {
                    .source_row = fy_cpu_map_row (source),
                    .source_pixel = (gsize) source->channels,
                    .destination = fy_cpu_map_data (destination),
                    .destination_row = fy_cpu_map_row (destination),
                    .destination_pixel = (gsize) destination->channels,
                    .width = destination->width,
                    .height = destination->height,
                } };

  work.job.source =
      fy_cpu_map_data (source) - pad * work.job.source_row - pad * work.job.source_pixel;
  if (residual != NULL)
    {
      work.job.residual = fy_cpu_map_data (residual);
      work.job.residual_row = fy_cpu_map_row (residual);
    }
  return run (self, &work, error);
}

void
fy_cpu_convolution_apply (FyConvolution *convolution, const float *rows, int n, float *destination)
{
  const Convolution *self = (const Convolution *) convolution;
  const int width = 64; /* rows of a "picture row": enough to fill tiles and share */
  Work work = { .job = {
                    .source = rows,
                    .source_pixel = (gsize) convolution->params.in_channels,
                    .source_row = (gsize) (width * convolution->params.in_channels),
                    .destination = destination,
                    .destination_pixel = (gsize) convolution->params.out_channels,
                    .destination_row = (gsize) (width * convolution->params.out_channels),
                    .width = width,
                    .height = n / width,
                } };
  gsize done = (gsize) (n - n % width);

  if (work.job.height > 0)
    run (self, &work, NULL);
  if (n % width == 0)
    return;
  work.job.source = rows + done * work.job.source_pixel;
  work.job.destination = destination + done * work.job.destination_pixel;
  work.job.width = n % width;
  work.job.height = 1;
  run (self, &work, NULL);
}
