/* SPDX-License-Identifier: MIT */
#include "nn/encoder.h"

#include "base/error.h"
#include "base/text.h"
#include "nn/batch-norm.h"
#include "nn/graph.h"
#include "nn/plan.h"

/* ImageNet statistics of RGB in 0..1, as every published model of this kind was trained with. */
static const float mean[3] = { 0.485f, 0.456f, 0.406f };
static const float std[3] = { 0.229f, 0.224f, 0.225f };

struct FyEncoder
{
  FyDevice *device; /* borrowed */
  FyGraph *graph;
  FyPadding padding;
  FyConvolution **convolution; /* [n_nodes]; NULL for a node that is none */

  /* For the size last seen. */
  FyPlan *plan;
  FyBuffer *arena;
};

static gboolean
pack (FyEncoder *self, const FyGraphWeights *weights, gboolean fast, GError **error)
{
  for (int i = 0; i < fy_graph_n_nodes (self->graph); i++)
    {
      const FyNode *node = fy_graph_node (self->graph, i);
      FyConvolutionParams params = { .in_channels = node->in_channels,
                                     .out_channels = node->out_channels,
                                     .kernel = node->kernel,
                                     .stride = node->stride,
                                     .relu = node->relu,
                                     .fast = fast };
      gsize n = (gsize) node->out_channels * (gsize) node->in_channels *
                (gsize) (node->kernel * node->kernel);
      g_autofree float *weight = g_new (float, n);
      g_autofree float *bias = g_new (float, (gsize) node->out_channels);

      if (node->kind != FY_NODE_CONVOLUTION)
        continue;
      fy_normalized_fold (&weights->node[i], node, weight, bias);
      self->convolution[i] = fy_convolution_new (self->device, &params, weight, bias, error);
      if (self->convolution[i] == NULL)
        return FALSE;
    }
  return TRUE;
}

FyEncoder *
fy_encoder_new (FyDevice *device,
                FyBackbone *backbone,
                const FyEncoderParams *params,
                GError **error)
{
  static const FyEncoderParams defaults = { 0 };
  const FyBackboneInfo *info = fy_backbone_info (backbone);
  FyResnetParams resnet = { .depth = info->depth, .stride = FY_RESNET_STRIDES };
  g_autoptr (FyEncoder) self = g_new0 (FyEncoder, 1);
  g_autoptr (FyGraphWeights) weights = NULL;

  if (params == NULL)
    params = &defaults;
  resnet.cut = params->cut != 0 ? params->cut : 3;
  self->device = device;
  self->padding = info->reflect_padding ? FY_PADDING_REFLECT : FY_PADDING_ZERO;
  self->graph = fy_resnet_new (&resnet);
  self->convolution = g_new0 (FyConvolution *, (gsize) fy_graph_n_nodes (self->graph));
  weights = fy_graph_weights_new (self->graph, backbone, error);
  if (weights == NULL || (params->shift && !fy_graph_weights_shift (weights, self->graph, error)) ||
      !pack (self, weights, params->fast, error))
    return NULL;
  return g_steal_pointer (&self);
}

void
fy_encoder_free (FyEncoder *self)
{
  if (self == NULL)
    return;
  for (int i = 0; i < fy_graph_n_nodes (self->graph); i++)
    fy_convolution_free (self->convolution[i]);
  g_free (self->convolution);
  fy_buffer_free (self->arena);
  fy_plan_free (self->plan);
  fy_graph_free (self->graph);
  g_free (self);
}

int
fy_encoder_channels (FyEncoder *self)
{
  return fy_graph_node (self->graph, fy_graph_n_nodes (self->graph) - 1)->out_channels;
}

void
fy_encoder_grid (FyEncoder *self, int width, int height, int *grid_width, int *grid_height)
{
  g_autoptr (FyPlan) plan = fy_plan_new (self->graph, width, height, 1);

  *grid_width = plan->map[plan->n_values - 1].width;
  *grid_height = plan->map[plan->n_values - 1].height;
}

double
fy_encoder_work (FyEncoder *self, int width, int height)
{
  g_autoptr (FyPlan) plan = fy_plan_new (self->graph, width, height, 1);
  double work = 0.0;

  for (int i = 0; i < fy_graph_n_nodes (self->graph); i++)
    {
      const FyNode *node = fy_graph_node (self->graph, i);
      const FyMap *map = &plan->map[i + 1];

      if (node->kind == FY_NODE_CONVOLUTION)
        work += (double) map->height * map->width * node->out_channels * node->in_channels *
                node->kernel * node->kernel;
    }
  return work;
}

gsize
fy_encoder_memory (FyEncoder *self, int width, int height)
{
  int multiple = fy_device_channel_multiple (self->device);
  g_autoptr (FyPlan) plan = fy_plan_new (self->graph, width, height, multiple);

  return plan->size;
}

gsize
fy_encoder_weights (FyEncoder *self)
{
  gsize floats = 0;

  for (int i = 0; i < fy_graph_n_nodes (self->graph); i++)
    {
      const FyNode *node = fy_graph_node (self->graph, i);
      int taps = node->kernel == 3 && node->stride == 1 ? 36 : node->kernel * node->kernel;

      if (node->kind == FY_NODE_CONVOLUTION)
        floats += (gsize) node->out_channels * (gsize) node->in_channels * (gsize) taps;
    }
  return floats * sizeof (float);
}

/* Reflection needs something to mirror: every map must be larger than its border. */
static gboolean
check_size (FyEncoder *self, const FyPlan *plan, GError **error)
{
  for (int value = 0; self->padding == FY_PADDING_REFLECT && value < plan->n_values; value++)
    if (plan->map[value].height <= plan->map[value].halo ||
        plan->map[value].width <= plan->map[value].halo)
      {
        g_set_error (
            error, FY_ERROR, FY_ERROR_MISMATCH,
            _ ("a picture of %dx%d is too small for a network that pads by reflection; use "
               "another model or at least 16x16 pixels"),
            plan->map[0].width, plan->map[0].height);
        return FALSE;
      }
  return TRUE;
}

static gboolean
prepare (FyEncoder *self, int width, int height, GError **error)
{
  g_autoptr (FyPlan) plan = NULL;

  if (self->plan != NULL && self->plan->map[0].width == width &&
      self->plan->map[0].height == height)
    return TRUE;
  g_clear_pointer (&self->arena, fy_buffer_free);
  g_clear_pointer (&self->plan, fy_plan_free);
  plan = fy_plan_new (self->graph, width, height, fy_device_channel_multiple (self->device));
  if (!check_size (self, plan, error))
    return FALSE;
  self->arena = fy_buffer_new (self->device, plan->size, error);
  if (self->arena == NULL)
    return FALSE;
  for (int value = 0; value < plan->n_values; value++)
    plan->map[value].buffer = self->arena;
  self->plan = g_steal_pointer (&plan);
  return TRUE;
}

/* Fills a value's border as its readers need it.  Only the max-pool's stays zero whatever the
 * network pads with: after a ReLU that is padding with -infinity. */
static gboolean
pad (FyEncoder *self, int value, GError **error)
{
  FyPadding padding = self->padding;

  for (int i = 0; i < fy_graph_n_nodes (self->graph); i++)
    {
      const FyNode *node = fy_graph_node (self->graph, i);

      if (node->source == value && node->kind == FY_NODE_MAX_POOL)
        padding = FY_PADDING_ZERO;
    }
  return fy_device_pad (self->device, &self->plan->map[value], padding, error);
}

gboolean
fy_encoder_run (FyEncoder *self,
                const guint8 *rgb,
                int width,
                int height,
                FyMap *features,
                GError **error)
{
  const FyMap *map;

  if (!prepare (self, width, height, error))
    return FALSE;
  map = self->plan->map;
  if (!fy_device_load_picture (self->device, rgb, mean, std, &map[0], error) ||
      !pad (self, 0, error))
    return FALSE;
  for (int i = 0; i < fy_graph_n_nodes (self->graph); i++)
    {
      const FyNode *node = fy_graph_node (self->graph, i);
      const FyMap *residual = node->residual >= 0 ? &map[node->residual] : NULL;
      gboolean ok = node->kind == FY_NODE_MAX_POOL
                        ? fy_device_max_pool (self->device, &map[node->source], &map[i + 1], error)
                        : fy_convolution_run (self->convolution[i], &map[node->source], residual,
                                              &map[i + 1], error);

      if (!ok || !pad (self, i + 1, error))
        return FALSE;
    }
  *features = map[self->plan->n_values - 1];
  return TRUE;
}
