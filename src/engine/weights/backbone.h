/* SPDX-License-Identifier: MIT */
/* Finds the ResNet inside a checkpoint and reads it under torchvision's names.
 *
 * Recognises whose file it is from the key names (CRW, SFC-FC, MoCo, SimSiam, PixPro, VFS and
 * others, torchvision) and the depth from which keys and shapes there are.  A file that Ferry
 * wrote says itself what it is.
 *
 * Source: propagation.md section 2 lists the prefixes.  Thread: one at a time. */
#pragma once

#include "weights/checkpoint.h"

G_BEGIN_DECLS

typedef struct FyBackbone FyBackbone;

typedef struct
{
  const char *method;       /* "CRW", "SFC fine-grained", "MoCo", "PixPro", "torchvision" ...     */
  const char *prefix;       /* stripped: "model.encoder.model."; "" for bare names                */
  int depth;                /* 18 or 50                                                           */
  int last_layer;           /* 3 or 4: the deepest layer whose weights are all there              */
  gboolean reflect_padding; /* convolutions wider than 1 pad by reflection (CRW from scratch) */
} FyBackboneInfo;

/* Borrows the checkpoint, which must outlive it.
 *
 * Returns: (transfer full), or NULL with FY_ERROR_MISMATCH naming the keys that are missing or
 *          have another shape or type than the network needs, or FY_ERROR_UNSUPPORTED for another
 *          architecture. */
FyBackbone *fy_backbone_new (FyCheckpoint *checkpoint, GError **error);
void fy_backbone_free (FyBackbone *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FyBackbone, fy_backbone_free)

const FyBackboneInfo *fy_backbone_info (FyBackbone *self);

/* Keys of the file that are no part of conv1 .. layer4: heads, queues, optimiser state.  A key
 * below the backbone's prefix that no ResNet has is named first.  NULL-terminated, borrowed. */
const char *const *fy_backbone_extra (FyBackbone *self);

/* Reads a tensor by torchvision name ("layer2.0.downsample.0.weight", "bn1.running_var").
 *
 * n         the number of elements the network needs
 * Errors:   FY_ERROR_MISMATCH (missing, or another shape: both are named), FY_ERROR_CORRUPT (bytes
 *           missing; or a NaN or infinity: names tensor and element). */
gboolean fy_backbone_read (FyBackbone *self, const char *name, float *out, gsize n, GError **error);

typedef struct
{
  gboolean half;           /* convolutions as float16; batch-norm, which is small, stays float32 */
  const char *method;      /* what trained it; NULL = as recognised                              */
  const char *description; /* a line about origin and licence; nullable                          */
} FyBackboneSaveParams;

/* Writes conv1 .. last_layer as safetensors, under torchvision's names, with padding and method as
 * notes that fy_backbone_new understands.
 *
 * Errors:  those of fy_backbone_read; FY_ERROR_MISMATCH for a weight beyond float16; G_IO_ERROR. */
gboolean fy_backbone_save (FyBackbone *self,
                           const char *path,
                           const FyBackboneSaveParams *params,
                           GError **error);

G_END_DECLS
