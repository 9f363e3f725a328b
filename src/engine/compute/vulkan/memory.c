/* SPDX-License-Identifier: MIT */
#include "compute/vulkan/memory.h"

#include "base/error.h"
#include "base/text.h"
#include "compute/vulkan/device.h"
#include "compute/vulkan/result.h"

#define MIB        (1024 * 1024)
#define BLOCK_SIZE (64 * MIB)
#define GRAIN      256 /* sizes and offsets are multiples of it */

typedef struct
{
  gsize offset;
  gsize size;
} Hole;

struct FyMemoryBlock
{
  VkDeviceMemory handle;
  gsize size;
  int type;
  GArray *holes; /* Hole, by offset, no two touching */
};

struct FyMemory
{
  FyVulkanDevice *device; /* borrowed        */
  GPtrArray *blocks;      /* FyMemoryBlock   */
  gsize budget;
  gsize taken; /* bytes of all blocks */
};

FyMemory *
fy_memory_new (FyVulkanDevice *device, gsize budget)
{
  FyMemory *self = g_new0 (FyMemory, 1);

  self->device = device;
  self->blocks = g_ptr_array_new ();
  self->budget = budget > 0 ? budget : device->physical.local_size / 5 * 4;
  return self;
}

static void
free_block (FyMemory *self, FyMemoryBlock *block)
{
  self->taken -= block->size;
  self->device->vk.FreeMemory (self->device->handle, block->handle, NULL);
  g_array_unref (block->holes);
  g_free (block);
}

void
fy_memory_free (FyMemory *self)
{
  if (self == NULL)
    return;
  for (guint i = 0; i < self->blocks->len; i++)
    free_block (self, self->blocks->pdata[i]);
  g_ptr_array_unref (self->blocks);
  g_free (self);
}

gsize
fy_memory_budget (const FyMemory *self)
{
  return self->budget;
}

gsize
fy_memory_available (const FyMemory *self)
{
  gsize available = self->budget - MIN (self->budget, self->taken);

  for (guint i = 0; i < self->blocks->len; i++)
    {
      const FyMemoryBlock *block = self->blocks->pdata[i];

      for (guint j = 0; j < block->holes->len; j++)
        available += g_array_index (block->holes, Hole, j).size;
    }
  return available;
}

gboolean
fy_memory_fail (const FyMemory *self, gsize needed, GError **error)
{
  g_set_error (
      error, FY_ERROR, FY_ERROR_GPU_MEMORY,
      _ ("%s: %.1f MiB of GPU memory are needed and %.1f of %.1f MiB are free; use smaller "
         "frames, fewer context frames or the CPU"),
      self->device->parent.name, (double) needed / MIB, (double) fy_memory_available (self) / MIB,
      (double) self->budget / MIB);
  return FALSE;
}

int
fy_memory_type (FyVulkanDevice *device,
                guint32 bits,
                VkMemoryPropertyFlags must,
                VkMemoryPropertyFlags like)
{
  VkPhysicalDeviceMemoryProperties memory;
  int found = -1;

  device->vk.GetPhysicalDeviceMemoryProperties (device->physical.handle, &memory);
  for (guint32 i = 0; i < memory.memoryTypeCount; i++)
    {
      VkMemoryPropertyFlags flags = memory.memoryTypes[i].propertyFlags;

      if (!(bits & (1u << i)) || (flags & must) != must)
        continue;
      if ((flags & like) == like)
        return (int) i;
      if (found < 0)
        found = (int) i;
    }
  return found;
}

/* Takes `size` bytes out of the block's first hole that is large enough. */
static gboolean
take (FyMemoryBlock *block, gsize size, gsize alignment, FyAllocation *allocation)
{
  for (guint i = 0; i < block->holes->len; i++)
    {
      Hole *hole = &g_array_index (block->holes, Hole, i);
      gsize offset = (hole->offset + alignment - 1) / alignment * alignment;
      gsize end = hole->offset + hole->size;
      Hole after = { offset + size, end - MIN (end, offset + size) };

      if (offset + size > end)
        continue;
      *allocation = (FyAllocation){ block, block->handle, offset, size };
      hole->size = offset - hole->offset;
      if (after.size > 0)
        g_array_insert_val (block->holes, i + 1, after);
      if (g_array_index (block->holes, Hole, i).size == 0)
        g_array_remove_index (block->holes, i);
      return TRUE;
    }
  return FALSE;
}

static FyMemoryBlock *
add_block (FyMemory *self, gsize size, int type)
{
  FyVulkanDevice *device = self->device;
  VkMemoryAllocateInfo info = { .sType = VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_INFO,
                                .allocationSize = size,
                                .memoryTypeIndex = (guint32) type };
  Hole whole = { 0, size };
  FyMemoryBlock *block;
  VkDeviceMemory handle;

  if (self->taken + size > self->budget ||
      device->vk.AllocateMemory (device->handle, &info, NULL, &handle) != VK_SUCCESS)
    return NULL;
  block = g_new (FyMemoryBlock, 1);
  *block = (FyMemoryBlock){ handle, size, type, g_array_new (FALSE, FALSE, sizeof (Hole)) };
  g_array_append_val (block->holes, whole);
  g_ptr_array_add (self->blocks, block);
  self->taken += size;
  return block;
}

gboolean
fy_memory_allocate (FyMemory *self,
                    const VkMemoryRequirements *needs,
                    FyAllocation *allocation,
                    GError **error)
{
  gsize size = (needs->size + GRAIN - 1) / GRAIN * GRAIN;
  gsize alignment = MAX (needs->alignment, GRAIN);
  int type =
      fy_memory_type (self->device, needs->memoryTypeBits, VK_MEMORY_PROPERTY_DEVICE_LOCAL_BIT, 0);
  gsize shared = MIN (BLOCK_SIZE, self->budget / 8); /* what is large has a block of its own */
  FyMemoryBlock *block;

  if (type < 0)
    return fy_memory_fail (self, size, error);
  for (guint i = 0; i < self->blocks->len; i++)
    {
      block = self->blocks->pdata[i];
      if (block->type == type && take (block, size, alignment, allocation))
        return TRUE;
    }
  block = add_block (self, size > shared / 4 ? size : shared, type);
  if (block == NULL)
    block = add_block (self, size, type);
  if (block == NULL)
    return fy_memory_fail (self, size, error);
  return take (block, size, alignment, allocation);
}

/* Joins hole i with the next one if they touch. */
static void
join (GArray *holes, guint i)
{
  Hole *hole = &g_array_index (holes, Hole, i);

  if (i + 1 >= holes->len || hole->offset + hole->size != (hole + 1)->offset)
    return;
  hole->size += (hole + 1)->size;
  g_array_remove_index (holes, i + 1);
}

void
fy_memory_release (FyMemory *self, FyAllocation *allocation)
{
  FyMemoryBlock *block = allocation->block;
  Hole hole = { allocation->offset, allocation->size };
  guint i = 0;

  if (block == NULL)
    return;
  *allocation = (FyAllocation){ 0 };
  while (i < block->holes->len && g_array_index (block->holes, Hole, i).offset < hole.offset)
    i++;
  g_array_insert_val (block->holes, i, hole);
  join (block->holes, i);
  if (i > 0)
    join (block->holes, i - 1);
  if (g_array_index (block->holes, Hole, 0).size == block->size)
    {
      g_ptr_array_remove_fast (self->blocks, block);
      free_block (self, block);
    }
}
