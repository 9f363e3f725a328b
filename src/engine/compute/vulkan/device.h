/* SPDX-License-Identifier: MIT */
/* A Vulkan device and what belongs to it.  Thread: compute. */
#pragma once

#include "compute/vulkan/command.h"
#include "compute/vulkan/instance.h"
#include "compute/vulkan/pipeline.h"
#include "compute/vulkan/shader.h"

G_BEGIN_DECLS

struct FyVulkanDevice
{
  FyDevice parent;
  FyVulkanInstance *instance; /* owned */
  FyVulkanPhysical physical;
  FyVk vk; /* every function */
  VkDevice handle;
  VkQueue queue;
  gboolean texel;            /* shaders read texels: see load.glsl    */
  gsize max_range;           /* bytes that one binding of any kind may cover */
  double max_work;           /* floating-point operations of one workgroup   */
  FyShader fast_convolution; /* of float16 weights */
  guint lanes;               /* of a subgroup, see subgroups.h; 0 = not to be used */
  gboolean lanes_required;
  FyShader search;
  gboolean prunes; /* searches bound similarities before they make any */
  FyMemory *memory;
  FyCommands *commands;
  FyPipelines *pipelines;
  FyStaging *staging;
  gboolean lost; /* for good                                           */
  guint lose_in; /* work is given so many times more; 0 = without end  */
};

/* Fails with FY_ERROR_DEVICE_LOST on a device that was lost. */
gboolean fy_vulkan_device_check (const FyVulkanDevice *self, GError **error);

G_END_DECLS
