/* SPDX-License-Identifier: MIT */
#include "nn/batch-norm.h"

#include <math.h>

static gsize
count_weights (const FyNode *node)
{
  return (gsize) node->out_channels * (gsize) node->in_channels *
         (gsize) (node->kernel * node->kernel);
}

/* Reads PREFIX.SUFFIX into new memory at *to. */
static gboolean
read_tensor (FyBackbone *backbone,
             const char *prefix,
             const char *suffix,
             gsize n,
             float **to,
             GError **error)
{
  g_autofree char *name = g_strdup_printf ("%s.%s", prefix, suffix);

  *to = g_new (float, n);
  return fy_backbone_read (backbone, name, *to, n, error);
}

static gboolean
read_node (FyNormalized *self, const FyNode *node, FyBackbone *backbone, GError **error)
{
  gsize outs = (gsize) node->out_channels;

  return read_tensor (backbone, node->weight, "weight", count_weights (node), &self->weight,
                      error) &&
         read_tensor (backbone, node->norm, "weight", outs, &self->gamma, error) &&
         read_tensor (backbone, node->norm, "bias", outs, &self->beta, error) &&
         read_tensor (backbone, node->norm, "running_mean", outs, &self->mean, error) &&
         read_tensor (backbone, node->norm, "running_var", outs, &self->variance, error);
}

FyGraphWeights *
fy_graph_weights_new (const FyGraph *graph, FyBackbone *backbone, GError **error)
{
  g_autoptr (FyGraphWeights) self = g_new0 (FyGraphWeights, 1);

  self->n_nodes = fy_graph_n_nodes (graph);
  self->node = g_new0 (FyNormalized, (gsize) self->n_nodes);
  for (int i = 0; i < self->n_nodes; i++)
    {
      const FyNode *node = fy_graph_node (graph, i);

      if (node->kind == FY_NODE_CONVOLUTION && !read_node (&self->node[i], node, backbone, error))
        return NULL;
    }
  return g_steal_pointer (&self);
}

void
fy_graph_weights_free (FyGraphWeights *self)
{
  if (self == NULL)
    return;
  for (int i = 0; i < self->n_nodes; i++)
    {
      g_free (self->node[i].weight);
      g_free (self->node[i].gamma);
      g_free (self->node[i].beta);
      g_free (self->node[i].mean);
      g_free (self->node[i].variance);
    }
  g_free (self->node);
  g_free (self);
}

void
fy_normalized_fold (const FyNormalized *self, const FyNode *node, float *weight, float *bias)
{
  gsize outs = (gsize) node->out_channels, each = count_weights (node) / outs;

  for (gsize out = 0; out < outs; out++)
    {
      double variance = (double) self->variance[out] + FY_BATCH_NORM_EPSILON;
      double scale = (double) self->gamma[out] / sqrt (variance);

      for (gsize i = out * each; i < (out + 1) * each; i++)
        weight[i] = (float) ((double) self->weight[i] * scale);
      bias[out] = (float) ((double) self->beta[out] - (double) self->mean[out] * scale);
    }
}
