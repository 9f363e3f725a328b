/* SPDX-License-Identifier: MIT */
/* Packs weights and spreads a convolution over the cores. */
#include "base/error.h"
#include "base/parallel.h"
#include "base/size.h"
#include "compute/cpu/winograd.h"

#include <string.h>

typedef struct
{
  FyConvolution parent;
  const FyCpuKernels *kernels;
  gboolean winograd;
  float *weight; /* as FyCpuConvolution wants them, or Winograd's */
  float *bias;
  int blocks;
} Convolution;

/* packed[block][tap y][tap x][in][out in block] = weight[out][in][tap y][tap x], 0 past the last */
static void
pack (Convolution *self, const FyConvolutionParams *params, const float *weight)
{
  gsize taps = (gsize) (params->kernel * params->kernel), ins = (gsize) params->in_channels;
  gsize width = (gsize) self->kernels->out_block;
  float *to = self->weight;

  for (gsize block = 0; block < (gsize) self->blocks; block++)
    for (gsize tap = 0; tap < taps; tap++)
      for (gsize in = 0; in < ins; in++)
        for (gsize lane = 0; lane < width; lane++)
          {
            gsize out = block * width + lane;

            *to++ =
                out < (gsize) params->out_channels ? weight[(out * ins + in) * taps + tap] : 0.0f;
          }
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
  gsize outs, floats;

  self->winograd = fy_cpu_winograd_fits (kernels, params);
  self->kernels = kernels;
  self->blocks = (params->out_channels + kernels->out_block - 1) / kernels->out_block;
  outs = (gsize) (self->blocks * kernels->out_block);
  if (fy_size_mul3 (outs, (gsize) params->in_channels, (gsize) (params->kernel * params->kernel),
                    &floats))
    {
      self->weight = fy_cpu_alloc (self->winograd ? fy_cpu_winograd_weights (params) : floats);
      self->bias = fy_cpu_alloc (outs);
    }
  if (self->weight == NULL || self->bias == NULL)
    {
      fy_cpu_convolution_free (&self->parent);
      g_set_error_literal (error, FY_ERROR, FY_ERROR_FAILED, "out of memory for network weights");
      return NULL;
    }
  if (self->winograd)
    fy_cpu_winograd_pack (kernels, params, weight, self->weight);
  else
    pack (self, params, weight);
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
  int blocks;
  int band; /* rows */
} Work;

static void
run_item (int index, int worker, gpointer data)
{
  const Work *work = data;
  int y0 = index * work->band, y1 = MIN (y0 + work->band, work->job.height);

  for (int block = 0; block < work->blocks; block++)
    work->kernels->convolve (&work->job, block, y0, y1);
}

static gboolean
run (const Convolution *self, Work *work, GError **error)
{
  const FyConvolutionParams *params = &self->parent.params;
  int workers = fy_parallel_workers ();
  gsize row;

  work->kernels = self->kernels;
  work->job.weight = self->weight;
  work->job.bias = self->bias;
  work->job.kernel = params->kernel;
  work->job.stride = params->stride;
  work->job.in_channels = params->in_channels;
  work->job.out_channels = params->out_channels;
  work->job.relu = params->relu;
  if (self->winograd)
    {
      if (fy_cpu_winograd_run ((FyCpuDevice *) self->parent.device, &work->job))
        return TRUE;
      g_set_error_literal (error, FY_ERROR, FY_ERROR_FAILED, "out of memory for a convolution");
      return FALSE;
    }
  work->blocks = self->blocks;
  row = (gsize) (work->job.width * params->stride * params->stride * params->in_channels);
  work->band = (int) CLAMP (BAND / (row * sizeof (float)), 1, (gsize) work->job.height);
  work->band = MIN (work->band, (work->job.height + 4 * workers - 1) / (4 * workers));
  fy_parallel_for ((work->job.height + work->band - 1) / work->band, run_item, work);
  return TRUE;
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
