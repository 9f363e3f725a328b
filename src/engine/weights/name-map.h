/* SPDX-License-Identifier: MIT */
/* How the programs that trained ResNets call their parts.  Internal to weights.
 *
 * Source: propagation.md section 2 (prefixes); the state_dict of torchvision's ResNet for the names
 * everything is brought to. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Longest is "layer4.99.downsample.1.num_batches_tracked". */
#define FY_NAME_SIZE 64

/* Writes torchvision's name for a key without its prefix ("layer1.0.conv1.bn.bias" of mmcv,
 * "conv1.1.weight" of an early CRW) to name.  Returns FALSE for a key that no ResNet has. */
gboolean fy_name_map_key (const char *key, char name[FY_NAME_SIZE]);

typedef struct
{
  const char *method;
  const char *ending; /* of the prefix, from the start of a part on */
  gboolean reflect;   /* its networks pad by reflection unless the file says otherwise */
} FyFamily;

/* Returns the family a prefix belongs to; never NULL. */
const FyFamily *fy_family_find (const char *prefix);

/* Which of several networks in a file is the one to take: the lower, the better. */
int fy_family_rank (const FyFamily *family);

G_END_DECLS
