/* SPDX-License-Identifier: MIT */
/* A network as a list of operations on numbered values, in execution order.
 *
 * Value 0 is the picture; node i makes value i + 1.  Immutable once made; any thread. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  FY_NODE_CONVOLUTION,
  FY_NODE_MAX_POOL, /* 3x3, stride 2 */
} FyNodeKind;

typedef struct
{
  FyNodeKind kind;
  int source;   /* value read                               */
  int residual; /* value added before the ReLU, or -1       */
  int in_channels;
  int out_channels;
  int kernel;
  int stride;
  gboolean relu;
  char *weight; /* tensor of a convolution, in torchvision's names: "layer1.0.conv1" */
  char *norm;   /* its batch norm: "layer1.0.bn1"                                    */
} FyNode;

typedef struct FyGraph FyGraph;

void fy_graph_free (FyGraph *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FyGraph, fy_graph_free)

int fy_graph_n_nodes (const FyGraph *self);
const FyNode *fy_graph_node (const FyGraph *self, int index);

/* --- For those who build one --- */

FyGraph *fy_graph_new (void);

/* Appends a node, taking its strings.  Returns the value it makes. */
int fy_graph_take (FyGraph *self, FyNode node);

/* --- ResNet ------------------------------------------------------------------------------------ */

typedef struct
{
  int depth;     /* 18 or 50                                                                */
  int cut;       /* last layer run, 1 .. 4                                                  */
  int stride[5]; /* of conv1 and layer1 .. layer4, 1 or 2 each; the max-pool keeps its 2    */
} FyResnetParams;

/* conv1, layer2 at stride 2, everything else at 1: a cell every 8 pixels from layer2 on. */
#define FY_RESNET_STRIDES                                                                          \
  {                                                                                                \
    2, 1, 2, 1, 1                                                                                  \
  }

/* The trunk of torchvision's ResNet v1.5 (the bottleneck's stride sits on its 3x3) up to the last
 * ReLU of layer `cut`.
 *
 * Source: He et al. 2016; propagation.md section 2. */
FyGraph *fy_resnet_new (const FyResnetParams *params);

G_END_DECLS
