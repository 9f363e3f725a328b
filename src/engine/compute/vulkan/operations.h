/* SPDX-License-Identifier: MIT */
/* The operations of compute/backend.h, by the names of its members, and what they share. */
#pragma once

#include "compute/vulkan/device.h"

G_BEGIN_DECLS

/* Rows of a map as a shader sees them: element (y, x, c) is vec4 number
 * base + y * row + x * pixel + c / 4 of the binding. */
typedef struct
{
  FyBinding binding;
  guint32 base; /* may have wrapped below zero */
  guint32 row;
  guint32 pixel;
} FyWindow;

/* A window onto rows [y0, y1) of a map, which may reach into its border.  It shows the whole map
 * where a binding may be so large. */
FyWindow fy_window (FyVulkanDevice *device, const FyMap *map, int y0, int y1, FyUsage usage);

/* Rows of a map that one binding may show, besides `beside` more. */
int fy_window_max_rows (FyVulkanDevice *device, const FyMap *map, int beside);

/* Rows of an output that one dispatch should make: at most `most`, by the work that a row is. */
int fy_rows_of_step (FyVulkanDevice *device, double work_per_row, int most);

gboolean fy_vulkan_load_picture (FyDevice *device,
                                 const guint8 *rgb,
                                 const float mean[3],
                                 const float std[3],
                                 const FyMap *destination,
                                 GError **error);
gboolean fy_vulkan_pad (FyDevice *device, const FyMap *map, FyPadding padding, GError **error);
gboolean fy_vulkan_max_pool (FyDevice *device,
                             const FyMap *source,
                             const FyMap *destination,
                             GError **error);

FyConvolution *fy_vulkan_convolution_new (FyDevice *device,
                                          const FyConvolutionParams *params,
                                          const float *weight,
                                          const float *bias,
                                          GError **error);
void fy_vulkan_convolution_free (FyConvolution *self);
gboolean fy_vulkan_convolution_run (FyConvolution *self,
                                    const FyMap *source,
                                    const FyMap *residual,
                                    const FyMap *destination,
                                    GError **error);

FyFeatures *fy_vulkan_features_new (FyDevice *device,
                                    int height,
                                    int width,
                                    int n_parts,
                                    const int *channels,
                                    FyFeaturesFormat format,
                                    GError **error);
void fy_vulkan_features_free (FyFeatures *self);
gboolean fy_vulkan_features_set_map (FyFeatures *self,
                                     int part,
                                     const FyMap *map,
                                     gboolean normalize,
                                     GError **error);
gboolean fy_vulkan_features_write (FyFeatures *self, int part, const float *rows, GError **error);
gboolean fy_vulkan_features_read (FyFeatures *self, int part, float *rows, GError **error);
gboolean
fy_vulkan_features_write_f16 (FyFeatures *self, int part, const guint16 *rows, GError **error);
gboolean fy_vulkan_features_read_f16 (FyFeatures *self, int part, guint16 *rows, GError **error);

FySearch *fy_vulkan_search_new (FyDevice *device, const FySearchParams *params, GError **error);
void fy_vulkan_search_free (FySearch *self);
gboolean fy_vulkan_search_run (FySearch *self,
                               FyFeatures *target,
                               FyFeatures *const *context,
                               int n_context,
                               guint32 *position,
                               float *score,
                               GCancellable *cancellable,
                               GError **error);
gboolean fy_vulkan_search_parts (FySearch *self,
                                 FyFeatures *target,
                                 FyFeatures *const *context,
                                 int n_context,
                                 const guint32 *position,
                                 float *const *similarity,
                                 GError **error);

G_END_DECLS
