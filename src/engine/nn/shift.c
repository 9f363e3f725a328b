/* SPDX-License-Identifier: MIT */
/* The forward pass in training mode on a black picture that moves batch-norm statistics.
 *
 * It runs once when a network is loaded, on the CPU, with every value kept in memory of its own:
 * simple, not fast. */
#include "nn/batch-norm.h"

#include "compute/device.h"
#include "nn/plan.h"

#include <math.h>

#define SIDE     256
#define MOMENTUM 0.1

typedef struct
{
  const FyGraph *graph;
  FyDevice *device;
  FyPlan *plan;
  FyBuffer **buffer; /* [n_values] */
} Pass;

/* Moves the statistics of one batch norm by those of x [n, channels], and normalises x by them. */
static void
normalize (FyNormalized *norm, float *x, gsize n, gsize channels)
{
  for (gsize c = 0; c < channels; c++)
    {
      double sum = 0.0, squares = 0.0, mean, variance, scale;

      for (gsize i = 0; i < n; i++)
        sum += (double) x[i * channels + c];
      mean = sum / (double) n;
      for (gsize i = 0; i < n; i++)
        {
          double off = (double) x[i * channels + c] - mean;

          squares += off * off;
        }
      variance = squares / (double) n;
      scale = (double) norm->gamma[c] / sqrt (variance + FY_BATCH_NORM_EPSILON);
      for (gsize i = 0; i < n; i++)
        x[i * channels + c] =
            (float) (((double) x[i * channels + c] - mean) * scale + (double) norm->beta[c]);
      norm->mean[c] = (float) ((1.0 - MOMENTUM) * (double) norm->mean[c] + MOMENTUM * mean);
      norm->variance[c] = (float) ((1.0 - MOMENTUM) * (double) norm->variance[c] +
                                   MOMENTUM * squares / (double) (n - 1));
    }
}

static FyMap
value_map (const Pass *pass, int value)
{
  FyMap map = pass->plan->map[value];

  map.buffer = pass->buffer[value];
  map.offset = 0;
  return map;
}

/* Copies the inside of a map to or from rows [height * width, channels]. */
static gboolean
copy_rows (const FyMap *map, float *rows, gboolean upload, GError **error)
{
  gsize row = (gsize) map->width * (gsize) map->channels;
  gsize pitch = (gsize) (map->width + 2 * map->halo) * (gsize) map->channels;

  for (int y = 0; y < map->height; y++)
    {
      gsize at =
          ((gsize) (y + map->halo) * pitch + (gsize) (map->halo * map->channels)) * sizeof (float);
      float *data = rows + (gsize) y * row;

      if (!(upload ? fy_buffer_upload (map->buffer, at, data, row * sizeof (float), error)
                   : fy_buffer_download (map->buffer, at, data, row * sizeof (float), error)))
        return FALSE;
    }
  return TRUE;
}

static gboolean
run_convolution (const Pass *pass,
                 const FyNode *node,
                 int value,
                 FyNormalized *norm,
                 GError **error)
{
  FyMap source = value_map (pass, node->source), destination = value_map (pass, value);
  FyConvolutionParams params = { .in_channels = node->in_channels,
                                 .out_channels = node->out_channels,
                                 .kernel = node->kernel,
                                 .stride = node->stride };
  gsize cells = (gsize) destination.height * (gsize) destination.width;
  gsize n = cells * (gsize) destination.channels;
  g_autofree float *x = g_new (float, n);
  g_autofree float *added = NULL;
  g_autoptr (FyConvolution) convolution =
      fy_convolution_new (pass->device, &params, norm->weight, NULL, error);

  if (convolution == NULL ||
      !fy_convolution_run (convolution, &source, NULL, &destination, error) ||
      !copy_rows (&destination, x, FALSE, error))
    return FALSE;
  normalize (norm, x, cells, (gsize) destination.channels);
  if (node->residual >= 0)
    {
      FyMap residual = value_map (pass, node->residual);

      added = g_new (float, n);
      if (!copy_rows (&residual, added, FALSE, error))
        return FALSE;
    }
  for (gsize i = 0; i < n; i++)
    {
      x[i] += added != NULL ? added[i] : 0.0f;
      x[i] = node->relu ? MAX (x[i], 0.0f) : x[i];
    }
  return copy_rows (&destination, x, TRUE, error);
}

static gboolean
run (Pass *pass, FyGraphWeights *weights, GError **error)
{
  static const float zero[3] = { 0 }, one[3] = { 1, 1, 1 };
  g_autofree guint8 *black = g_new0 (guint8, SIDE * SIDE * 3);

  for (int value = 0; value < pass->plan->n_values; value++)
    {
      FyMap map;

      pass->buffer[value] =
          fy_buffer_new (pass->device, fy_map_size (&pass->plan->map[value]), error);
      if (pass->buffer[value] == NULL)
        return FALSE;
      map = value_map (pass, value);
      if (value == 0)
        {
          if (!fy_device_load_picture (pass->device, black, zero, one, &map, error))
            return FALSE;
        }
      else
        {
          const FyNode *node = fy_graph_node (pass->graph, value - 1);
          FyMap source = value_map (pass, node->source);

          if (!(node->kind == FY_NODE_MAX_POOL
                    ? fy_device_max_pool (pass->device, &source, &map, error)
                    : run_convolution (pass, node, value, &weights->node[value - 1], error)))
            return FALSE;
        }
      if (!fy_device_pad (pass->device, &map, FY_PADDING_ZERO, error))
        return FALSE;
    }
  return TRUE;
}

gboolean
fy_graph_weights_shift (FyGraphWeights *self, const FyGraph *graph, GError **error)
{
  g_autoptr (FyDevice) device = fy_device_new ("cpu", error);
  g_autoptr (FyPlan) plan = fy_plan_new (graph, SIDE, SIDE, 1);
  g_autofree FyBuffer **buffer = g_new0 (FyBuffer *, (gsize) plan->n_values);
  Pass pass = { graph, device, plan, buffer };
  gboolean ok = device != NULL && run (&pass, self, error);

  for (int value = 0; value < plan->n_values; value++)
    fy_buffer_free (buffer[value]);
  return ok;
}
