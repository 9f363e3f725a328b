/* SPDX-License-Identifier: MIT */
/* Compiled shaders, made when first used, remembered on disk between runs. */
#pragma once

#include "compute/vulkan/functions.h"
#include "compute/vulkan/shader.h"

G_BEGIN_DECLS

typedef struct FyVulkanDevice FyVulkanDevice;
typedef struct FyPipelines FyPipelines;

typedef struct
{
  VkShaderModule module;
  VkDescriptorSetLayout set_layout;
  VkPipelineLayout layout;
  VkPipeline handle;
} FyPipeline;

FyPipelines *fy_pipelines_new (FyVulkanDevice *device, GError **error);

/* Saves what was compiled.  The GPU is idle. */
void fy_pipelines_free (FyPipelines *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FyPipelines, fy_pipelines_free)

/* Returns: borrowed, or NULL. */
const FyPipeline *
fy_pipelines_get (FyPipelines *self, FyShader shader, int variant, GError **error);

G_END_DECLS
