/* SPDX-License-Identifier: MIT */
/* Features on a Vulkan device: planes [channel / 4][cell] of vec4s a part. */
#pragma once

#include "compute/vulkan/device.h"

G_BEGIN_DECLS

typedef struct
{
  FyFeatures parent;
  FyVulkanBuffer *planes[FY_FEATURES_MAX_PARTS]; /* owned; NULL for features in host memory */
  float *host[FY_FEATURES_MAX_PARTS];            /* owned; the same bytes, or NULL          */
} FyVulkanFeatures;

/* Bytes of a part. */
gsize fy_vulkan_features_size (int height, int width, int channels);

G_END_DECLS
