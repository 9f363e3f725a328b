/* SPDX-License-Identifier: MIT */
/* Whether a GPU multiplies matrices of float16 as shaders/matrix.glsl does: 16 x 16, summed in
 * float32, by subgroups of 32. */
#pragma once

#include "compute/vulkan/instance.h"

G_BEGIN_DECLS

gboolean fy_vulkan_has_matrices (const FyVulkanInstance *instance,
                                 const FyVulkanPhysical *physical);

G_END_DECLS
