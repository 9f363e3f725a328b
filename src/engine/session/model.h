/* SPDX-License-Identifier: MIT */
/* From a checkpoint's path to a network on a device, and the model Ferry brings along. */
#pragma once

#include "nn/encoder.h"

G_BEGIN_DECLS

/* Path of a file of Ferry's own data: below FERRY_DATADIR if that is set, else the source tree's
 * data/ when the program runs uninstalled, else where it was installed.
 * Returns: (transfer full); the file may not exist. */
char *fy_data_path (const char *relative);

/* Path of the model used when no checkpoint is named.  Returns: (transfer full). */
char *fy_shipped_model_path (void);

/* Opens a checkpoint, finds its ResNet and puts it on a device.
 *
 * params   nullable, as fy_encoder_new
 * Errors:  those of fy_checkpoint_open, fy_backbone_new and fy_encoder_new. */
FyEncoder *
fy_model_load (FyDevice *device, const char *path, const FyEncoderParams *params, GError **error);

G_END_DECLS
