/* SPDX-License-Identifier: MIT */
/* Device memory: a few large blocks, handed out piece by piece, within a budget. */
#pragma once

#include "compute/vulkan/functions.h"

#include <glib.h>

G_BEGIN_DECLS

typedef struct FyVulkanDevice FyVulkanDevice;
typedef struct FyMemory FyMemory;
typedef struct FyMemoryBlock FyMemoryBlock;

/* A piece of a block.  All zero: none. */
typedef struct
{
  FyMemoryBlock *block; /* borrowed */
  VkDeviceMemory handle;
  gsize offset;
  gsize size;
} FyAllocation;

/* budget    bytes; 0 = 80 % of the device's own memory */
FyMemory *fy_memory_new (FyVulkanDevice *device, gsize budget);

/* Every piece has been released. */
void fy_memory_free (FyMemory *self);

/* Finds a place in device-local memory.  Fails with FY_ERROR_GPU_MEMORY, saying how much was
 * needed. */
gboolean fy_memory_allocate (FyMemory *self,
                             const VkMemoryRequirements *needs,
                             FyAllocation *allocation,
                             GError **error);
void fy_memory_release (FyMemory *self, FyAllocation *allocation);

/* Bytes of the budget, and those of it that nothing occupies. */
gsize fy_memory_budget (const FyMemory *self);
gsize fy_memory_available (const FyMemory *self);

/* Sets *error to FY_ERROR_GPU_MEMORY with the numbers and what to do.  Returns FALSE. */
gboolean fy_memory_fail (const FyMemory *self, gsize needed, GError **error);

/* The first memory type among `bits` with the flags `must` and, if possible, `like`; -1 if there is
 * none.  Drivers list the plainer types first. */
int fy_memory_type (FyVulkanDevice *device,
                    guint32 bits,
                    VkMemoryPropertyFlags must,
                    VkMemoryPropertyFlags like);

G_END_DECLS
