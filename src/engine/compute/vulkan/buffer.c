/* SPDX-License-Identifier: MIT */
#include "compute/vulkan/buffer.h"

#include "base/text.h"
#include "compute/vulkan/command.h"
#include "compute/vulkan/device.h"
#include "compute/vulkan/result.h"

#include <string.h>

typedef struct
{
  gsize offset;
  gsize size;
  gboolean half;
  VkBufferView handle;
} View;

/* --- Buffers --- */

/* Frees a buffer in any state of construction. */
static void
destroy (gpointer data)
{
  FyVulkanBuffer *self = data;
  FyVulkanDevice *device = (FyVulkanDevice *) self->parent.device;

  for (guint i = 0; self->views != NULL && i < self->views->len; i++)
    device->vk.DestroyBufferView (device->handle, g_array_index (self->views, View, i).handle,
                                  NULL);
  g_clear_pointer (&self->views, g_array_unref);
  device->vk.DestroyBuffer (device->handle, self->handle, NULL);
  fy_memory_release (device->memory, &self->allocation);
  g_free (self);
}

static VkResult
create (FyVulkanDevice *device, gsize size, VkBufferUsageFlags usage, VkBuffer *handle)
{
  return device->vk.CreateBuffer (device->handle,
                                  &(VkBufferCreateInfo){
                                      .sType = VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO,
                                      .size = size,
                                      .usage = usage,
                                  },
                                  NULL, handle);
}

FyVulkanBuffer *
fy_vulkan_buffer_new (FyVulkanDevice *device, gsize size, GError **error)
{
  g_autoptr (FyVulkanBuffer) self = NULL;
  VkMemoryRequirements needs;

  if (!fy_vulkan_device_check (device, error))
    return NULL;
  if (size > fy_memory_budget (device->memory))
    {
      fy_memory_fail (device->memory, size, error);
      return NULL;
    }
  self = g_new0 (FyVulkanBuffer, 1);
  self->parent.device = &device->parent;
  self->parent.size = (size + 15) / 16 * 16;
  self->views = g_array_new (FALSE, FALSE, sizeof (View));
  FY_VK_OR_RETURN (_ ("creating a buffer"),
                   create (device, self->parent.size,
                           VK_BUFFER_USAGE_STORAGE_BUFFER_BIT |
                               VK_BUFFER_USAGE_UNIFORM_TEXEL_BUFFER_BIT |
                               VK_BUFFER_USAGE_TRANSFER_SRC_BIT | VK_BUFFER_USAGE_TRANSFER_DST_BIT,
                           &self->handle),
                   NULL);
  device->vk.GetBufferMemoryRequirements (device->handle, self->handle, &needs);
  if (!fy_memory_allocate (device->memory, &needs, &self->allocation, error))
    return NULL;
  FY_VK_OR_RETURN (_ ("binding a buffer"),
                   device->vk.BindBufferMemory (device->handle, self->handle,
                                                self->allocation.handle, self->allocation.offset),
                   NULL);
  return g_steal_pointer (&self);
}

void
fy_vulkan_buffer_free (FyVulkanBuffer *self)
{
  if (self != NULL)
    fy_commands_keep (((FyVulkanDevice *) self->parent.device)->commands, self, destroy);
}

VkBufferView
fy_vulkan_buffer_view (FyVulkanBuffer *self,
                       gsize offset,
                       gsize size,
                       gboolean half,
                       GError **error)
{
  FyVulkanDevice *device = (FyVulkanDevice *) self->parent.device;
  View view = { offset, size, half, VK_NULL_HANDLE };

  for (guint i = 0; i < self->views->len; i++)
    {
      const View *known = &g_array_index (self->views, View, i);

      if (known->offset == offset && known->size == size && known->half == half)
        return known->handle;
    }
  FY_VK_OR_RETURN (
      _ ("viewing a buffer"),
      device->vk.CreateBufferView (
          device->handle,
          &(VkBufferViewCreateInfo){
              .sType = VK_STRUCTURE_TYPE_BUFFER_VIEW_CREATE_INFO,
              .buffer = self->handle,
              .format = half ? VK_FORMAT_R16G16B16A16_SFLOAT : VK_FORMAT_R32G32B32A32_SFLOAT,
              .offset = offset,
              .range = size,
          },
          NULL, &view.handle),
      VK_NULL_HANDLE);
  g_array_append_val (self->views, view);
  return view.handle;
}

/* --- Staging --- */

#define N_CHUNKS   4
#define CHUNK_SIZE ((gsize) 4 * 1024 * 1024)

struct FyStaging
{
  FyVulkanDevice *device; /* borrowed */
  FyVulkanBuffer buffer;  /* without an allocation from the arena */
  VkDeviceMemory memory;
  guint8 *mapped;
  int chunk;                 /* in use            */
  gsize filled;              /* bytes of it       */
  guint64 done_at[N_CHUNKS]; /* when the GPU will have left a chunk: see fy_commands_upcoming */
};

/* Frees the ring in any state of construction.  The GPU is idle. */
void
fy_staging_free (FyStaging *self)
{
  FyVulkanDevice *device;

  if (self == NULL)
    return;
  device = self->device;
  device->vk.DestroyBuffer (device->handle, self->buffer.handle, NULL);
  device->vk.FreeMemory (device->handle, self->memory, NULL); /* unmaps */
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FyStaging, fy_staging_free)

FyStaging *
fy_staging_new (FyVulkanDevice *device, GError **error)
{
  g_autoptr (FyStaging) self = g_new0 (FyStaging, 1);
  VkMemoryRequirements needs;
  void *mapped = NULL;
  int type;

  self->device = device;
  self->buffer.parent = (FyBuffer){ &device->parent, N_CHUNKS * CHUNK_SIZE };
  FY_VK_OR_RETURN (_ ("creating the staging buffer"),
                   create (device, N_CHUNKS * CHUNK_SIZE,
                           VK_BUFFER_USAGE_TRANSFER_SRC_BIT | VK_BUFFER_USAGE_TRANSFER_DST_BIT,
                           &self->buffer.handle),
                   NULL);
  device->vk.GetBufferMemoryRequirements (device->handle, self->buffer.handle, &needs);
  type = fy_memory_type (device, needs.memoryTypeBits,
                         VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT | VK_MEMORY_PROPERTY_HOST_COHERENT_BIT,
                         VK_MEMORY_PROPERTY_HOST_CACHED_BIT);
  FY_VK_OR_RETURN (
      _ ("allocating the staging buffer"),
      type < 0 ? VK_ERROR_FEATURE_NOT_PRESENT
               : device->vk.AllocateMemory (device->handle,
                                            &(VkMemoryAllocateInfo){
                                                .sType = VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_INFO,
                                                .allocationSize = needs.size,
                                                .memoryTypeIndex = (guint32) type,
                                            },
                                            NULL, &self->memory),
      NULL);
  FY_VK_OR_RETURN (
      _ ("binding the staging buffer"),
      device->vk.BindBufferMemory (device->handle, self->buffer.handle, self->memory, 0), NULL);
  FY_VK_OR_RETURN (
      _ ("mapping the staging buffer"),
      device->vk.MapMemory (device->handle, self->memory, 0, VK_WHOLE_SIZE, 0, &mapped), NULL);
  self->mapped = mapped;
  return g_steal_pointer (&self);
}

/* Finds room for up to `size` bytes, waiting for the GPU to leave it.  Returns how many; 0 on
 * error. */
static gsize
reserve (FyStaging *self, gsize size, gsize *offset, GError **error)
{
  FyCommands *commands = self->device->commands;

  if (self->filled == CHUNK_SIZE)
    {
      self->chunk = (self->chunk + 1) % N_CHUNKS;
      self->filled = 0;
      if (!fy_commands_wait (commands, self->done_at[self->chunk], error))
        return 0;
    }
  size = MIN (size, CHUNK_SIZE - self->filled);
  *offset = (gsize) self->chunk * CHUNK_SIZE + self->filled;
  self->filled = MIN (CHUNK_SIZE, (self->filled + size + 63) / 64 * 64);
  return size;
}

static void
mark_used (FyStaging *self)
{
  self->done_at[self->chunk] = fy_commands_upcoming (self->device->commands);
}

gboolean
fy_vulkan_buffer_upload (FyVulkanBuffer *self,
                         gsize offset,
                         const void *data,
                         gsize size,
                         GError **error)
{
  FyVulkanDevice *device = (FyVulkanDevice *) self->parent.device;
  FyStaging *staging = device->staging;
  const guint8 *bytes = data;

  for (gsize done = 0, piece; done < size; done += piece)
    {
      gsize at;

      piece = reserve (staging, size - done, &at, error);
      if (piece == 0)
        return FALSE;
      memcpy (staging->mapped + at, bytes + done, piece);
      if (!fy_commands_copy (device->commands, &staging->buffer, at, self, offset + done, piece,
                             error))
        return FALSE;
      mark_used (staging);
    }
  return TRUE;
}

gboolean
fy_vulkan_buffer_download (FyVulkanBuffer *self,
                           gsize offset,
                           void *data,
                           gsize size,
                           GError **error)
{
  FyVulkanDevice *device = (FyVulkanDevice *) self->parent.device;
  FyStaging *staging = device->staging;
  guint8 *bytes = data;

  for (gsize done = 0, piece; done < size; done += piece)
    {
      gsize at;

      piece = reserve (staging, size - done, &at, error);
      if (piece == 0)
        return FALSE;
      if (!fy_commands_copy (device->commands, self, offset + done, &staging->buffer, at, piece,
                             error) ||
          !fy_commands_show_host (device->commands, &staging->buffer, error))
        return FALSE;
      mark_used (staging);
      if (!fy_commands_wait (device->commands, staging->done_at[staging->chunk], error))
        return FALSE;
      memcpy (bytes + done, staging->mapped + at, piece);
    }
  return TRUE;
}
