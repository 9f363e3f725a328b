/* SPDX-License-Identifier: MIT */
/* A network on a device, ready to turn pictures into feature maps.
 *
 * Thread: compute. */
#pragma once

#include "compute/device.h"
#include "weights/backbone.h"

G_BEGIN_DECLS

typedef struct FyEncoder FyEncoder;

typedef struct
{
  int cut;        /* last layer run, 1 .. 4; 0 = 3                                     */
  gboolean shift; /* shift batch-norm statistics first (see fy_graph_weights_shift)    */
  gboolean fast;  /* multiply in 16 bits where that is faster (see fy_convolution_new) */
} FyEncoderParams;

/* Reads, folds and packs the weights; the backbone is not needed after return.
 *
 * params   nullable
 * Returns: (transfer full), or NULL with the error of reading or of the device. */
FyEncoder *fy_encoder_new (FyDevice *device,
                           FyBackbone *backbone,
                           const FyEncoderParams *params,
                           GError **error);
void fy_encoder_free (FyEncoder *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FyEncoder, fy_encoder_free)

int fy_encoder_channels (FyEncoder *self);

/* Cells that a picture of this size becomes: ceil (n / 8) for the default strides. */
void fy_encoder_grid (FyEncoder *self, int width, int height, int *grid_width, int *grid_height);

/* Multiply-adds for one picture. */
double fy_encoder_work (FyEncoder *self, int width, int height);

/* Bytes of device memory that running on such a picture takes, weights aside. */
gsize fy_encoder_memory (FyEncoder *self, int width, int height);

/* Bytes that its weights take there, about. */
gsize fy_encoder_weights (FyEncoder *self);

/* Runs the network.
 *
 * rgb       [height, width, 3] u8
 * features  out: map of fy_encoder_channels channels, not normalised; its memory is the encoder's
 *           and valid until the next run
 * Errors:   FY_ERROR_MISMATCH when the picture is too small to be padded by reflection, or the
 *           device's. */
gboolean fy_encoder_run (FyEncoder *self,
                         const guint8 *rgb,
                         int width,
                         int height,
                         FyMap *features,
                         GError **error);

G_END_DECLS
