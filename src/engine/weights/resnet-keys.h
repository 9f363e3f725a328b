/* SPDX-License-Identifier: MIT */
/* The tensors of ResNet-18 and -50 and their shapes, by torchvision's names.  Internal to weights. */
#pragma once

#include "weights/name-map.h"

G_BEGIN_DECLS

typedef struct
{
  char name[FY_NAME_SIZE];
  int layer; /* 0 = conv1 and bn1 */
  int rank;  /* 4 for a convolution, 1 for a part of a batch-norm */
  gint64 shape[4];
  int tensor; /* for whoever looks for it: index in the checkpoint, or -1 */
} FyResnetKey;

#define FY_RESNET_LAYERS 4

/* Blocks in layer1 .. layer4. */
const int *fy_resnet_blocks (int depth);

/* Returns the keys of layers 0 .. 4, in the order of the layers.  (transfer full), FyResnetKey. */
GArray *fy_resnet_keys (int depth);

G_END_DECLS
