/* SPDX-License-Identifier: MIT */
/* The Vulkan loader and what it finds. */
#pragma once

#include "compute/vulkan/functions.h"

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct
{
  VkPhysicalDevice handle;
  VkPhysicalDeviceProperties properties;
  guint32 queue_family;    /* one that computes             */
  guint32 timestamp_bits;  /* of that family; 0 = none      */
  VkDeviceSize local_size; /* bytes of the largest heap of its own */
} FyVulkanPhysical;

typedef struct
{
  FyVk vk; /* global and instance functions */
  VkInstance handle;
  VkDebugUtilsMessengerEXT messenger; /* VK_NULL_HANDLE unless validated */
  int n_messages;                     /* atomic */
  GArray *physical;                   /* FyVulkanPhysical that can do what Ferry needs; owned */
} FyVulkanInstance;

/* Returns: (transfer full), or NULL with FY_ERROR_NO_DEVICE.  There may be no device in it. */
FyVulkanInstance *fy_vulkan_instance_new (GError **error);
void fy_vulkan_instance_free (FyVulkanInstance *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FyVulkanInstance, fy_vulkan_instance_free)

gboolean fy_vulkan_has_extension (const FyVulkanInstance *self,
                                  const FyVulkanPhysical *physical,
                                  const char *name);
gboolean fy_vulkan_physical_is_software (const FyVulkanPhysical *self);

G_END_DECLS
