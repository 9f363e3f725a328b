/* SPDX-License-Identifier: MIT */
/* The inside of device.h: what a back-end fills in.  Only compute/ includes this.
 *
 * A back-end's structs begin with the ones here.  device.c has checked every argument against the
 * contract before a function is called. */
#pragma once

#include "compute/device.h"

G_BEGIN_DECLS

typedef struct
{
  const char *kind;
  int channel_multiple;

  void (*free) (FyDevice *self);

  FyBuffer *(*buffer_new) (FyDevice *self, gsize size, GError **error);
  void (*buffer_free) (FyBuffer *self);
  gboolean (
      *buffer_upload) (FyBuffer *self, gsize offset, const void *data, gsize size, GError **error);
  gboolean (
      *buffer_download) (FyBuffer *self, gsize offset, void *data, gsize size, GError **error);

  gboolean (*load_picture) (FyDevice *self,
                            const guint8 *rgb,
                            const float mean[3],
                            const float std[3],
                            const FyMap *destination,
                            GError **error);
  gboolean (*pad) (FyDevice *self, const FyMap *map, FyPadding padding, GError **error);
  gboolean (*max_pool) (FyDevice *self,
                        const FyMap *source,
                        const FyMap *destination,
                        GError **error);

  /* Sets the members after `params` of its own struct; device.c sets the rest. */
  FyConvolution *(*convolution_new) (FyDevice *self,
                                     const FyConvolutionParams *params,
                                     const float *weight,
                                     const float *bias,
                                     GError **error);
  void (*convolution_free) (FyConvolution *self);
  gboolean (*convolution_run) (FyConvolution *self,
                               const FyMap *source,
                               const FyMap *residual,
                               const FyMap *destination,
                               GError **error);

  FyFeatures *(*features_new) (FyDevice *self,
                               int height,
                               int width,
                               int n_parts,
                               const int *channels,
                               FyFeaturesFormat format,
                               GError **error);
  void (*features_free) (FyFeatures *self);
  gboolean (*features_set_map) (FyFeatures *self,
                                int part,
                                const FyMap *map,
                                gboolean normalize,
                                GError **error);
  gboolean (*features_write) (FyFeatures *self, int part, const float *rows, GError **error);
  gboolean (*features_read) (FyFeatures *self, int part, float *rows, GError **error);

  /* Of float16 features. */
  gboolean (*features_write_f16) (FyFeatures *self, int part, const guint16 *rows, GError **error);
  gboolean (*features_read_f16) (FyFeatures *self, int part, guint16 *rows, GError **error);

  FySearch *(*search_new) (FyDevice *self, const FySearchParams *params, GError **error);
  void (*search_free) (FySearch *self);
  gboolean (*search_run) (FySearch *self,
                          FyFeatures *target,
                          FyFeatures *const *context,
                          int n_context,
                          guint32 *position,
                          float *score,
                          GCancellable *cancellable,
                          GError **error);
  gboolean (*search_parts) (FySearch *self,
                            FyFeatures *target,
                            FyFeatures *const *context,
                            int n_context,
                            const guint32 *position,
                            float *const *similarity,
                            GError **error);
} FyBackend;

struct FyDevice
{
  const FyBackend *backend;
  char *name;  /* owned */
  char *title; /* owned; NULL: the name */
};

struct FyBuffer
{
  FyDevice *device; /* borrowed */
  gsize size;       /* bytes    */
};

struct FyConvolution
{
  FyDevice *device; /* borrowed */
  FyConvolutionParams params;
};

struct FyFeatures
{
  FyDevice *device; /* borrowed */
  gatomicrefcount refs;
  int height;
  int width;
  int n_parts;
  int channels[FY_FEATURES_MAX_PARTS];
  FyFeaturesFormat format;
};

struct FySearch
{
  FyDevice *device; /* borrowed */
  FySearchParams params;
  const guint8 *wanted; /* [Q] of the run in hand, nullable = all; a back-end may do more */
};

/* compute/cpu */
FyDevice *fy_cpu_device_new (GError **error);

/* Returns [n_axes, n]: the leading principal axes of rows [cells, n], orthonormal.  Free with g_free. */
float *fy_principal_axes (const float *rows, gsize cells, gsize n, int n_axes);

/* compute/vulkan, or its stub when Ferry is built without.
 *
 * number    into the list below, or -1 for the fastest real GPU (a software device only when there
 *           is no other and `software_too`)
 * Returns:  (transfer full), or NULL with FY_ERROR_NO_DEVICE. */
FyDevice *fy_vulkan_device_new (int number, gboolean software_too, GError **error);

/* Appends a description of each Vulkan device, "vulkan:0  llvmpipe (software)": (transfer full). */
void fy_vulkan_device_list (GPtrArray *lines);

G_END_DECLS
