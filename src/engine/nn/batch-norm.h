/* SPDX-License-Identifier: MIT */
/* The weights of a graph's convolutions with their batch norms: read, shifted, folded. */
#pragma once

#include "nn/graph.h"
#include "weights/backbone.h"

G_BEGIN_DECLS

#define FY_BATCH_NORM_EPSILON 1e-5

/* One convolution and the batch norm behind it. */
typedef struct
{
  float *weight;   /* [out, in, kernel, kernel] */
  float *gamma;    /* [out] */
  float *beta;     /* [out] */
  float *mean;     /* [out] running mean     */
  float *variance; /* [out] running variance */
} FyNormalized;

typedef struct
{
  int n_nodes;
  FyNormalized *node; /* [n_nodes]; members NULL for a node that is no convolution */
} FyGraphWeights;

/* Reads what the graph needs.  Errors: as fy_backbone_read. */
FyGraphWeights *fy_graph_weights_new (const FyGraph *graph, FyBackbone *backbone, GError **error);
void fy_graph_weights_free (FyGraphWeights *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FyGraphWeights, fy_graph_weights_free)

/* Moves the running statistics as one step of training on an all-zero 256x256 picture would:
 * 0.9 of the old, 0.1 of the batch's mean and unbiased variance, layer by layer.  The program of
 * SFC does this to every network it loads, and its published scores include it.
 *
 * Source: propagation.md section 2.  Slow: a forward pass. */
gboolean fy_graph_weights_shift (FyGraphWeights *self, const FyGraph *graph, GError **error);

/* What a convolution with its batch norm is as one convolution:
 *   weight' = weight * gamma / sqrt (variance + epsilon)
 *   bias'   = beta - mean * gamma / sqrt (variance + epsilon)
 *
 * weight, bias  out; shapes of the convolution's */
void fy_normalized_fold (const FyNormalized *self, const FyNode *node, float *weight, float *bias);

G_END_DECLS
