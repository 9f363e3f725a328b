/* SPDX-License-Identifier: MIT */
#include "compute/vulkan/command.h"

#include "base/error.h"
#include "base/text.h"
#include "compute/vulkan/device.h"
#include "compute/vulkan/result.h"
#include "compute/vulkan/timing.h"

#define N_SLOTS      3   /* command buffers in flight                            */
#define MAX_SETS     256 /* dispatches of a command buffer                       */
#define WAIT_SECONDS 60  /* for a submit, which should take 16 ms: then it is lost */

typedef struct
{
  gpointer data;
  GDestroyNotify free_func;
} Kept;

typedef struct
{
  VkCommandBuffer handle;
  VkDescriptorPool descriptors;
  guint64 done_at; /* point of the timeline when the GPU is done; 0 = not in flight */
  GArray *kept;    /* Kept: freed then */
  guint n_sets;
  double work;
} Slot;

struct FyCommands
{
  FyVulkanDevice *device; /* borrowed */
  VkCommandPool pool;
  VkSemaphore timeline;
  FyTiming *timing;
  guint64 submitted; /* last point that will be reached */
  Slot slots[N_SLOTS];
  guint current; /* slot being recorded, or recorded last */
  gboolean recording;
  guint64 n_commands;
  /* The last command before the last barrier from one stage to another. */
  guint64 shown[FY_N_STAGES][FY_N_STAGES];
};

/* --- Life --- */

static gboolean
create_slot (FyCommands *self, Slot *slot, GError **error)
{
  FyVulkanDevice *device = self->device;
  VkDescriptorPoolSize sizes[] = {
    { VK_DESCRIPTOR_TYPE_STORAGE_BUFFER, MAX_SETS * FY_SHADER_MAX_BINDINGS },
    { VK_DESCRIPTOR_TYPE_UNIFORM_TEXEL_BUFFER, MAX_SETS * FY_SHADER_MAX_BINDINGS },
  };

  slot->kept = g_array_new (FALSE, FALSE, sizeof (Kept));
  FY_VK_OR_RETURN (_ ("creating a command buffer"),
                   device->vk.AllocateCommandBuffers (
                       device->handle,
                       &(VkCommandBufferAllocateInfo){
                           .sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_ALLOCATE_INFO,
                           .commandPool = self->pool,
                           .level = VK_COMMAND_BUFFER_LEVEL_PRIMARY,
                           .commandBufferCount = 1,
                       },
                       &slot->handle),
                   FALSE);
  FY_VK_OR_RETURN (
      _ ("creating a descriptor pool"),
      device->vk.CreateDescriptorPool (device->handle,
                                       &(VkDescriptorPoolCreateInfo){
                                           .sType = VK_STRUCTURE_TYPE_DESCRIPTOR_POOL_CREATE_INFO,
                                           .maxSets = MAX_SETS,
                                           .poolSizeCount = G_N_ELEMENTS (sizes),
                                           .pPoolSizes = sizes,
                                       },
                                       NULL, &slot->descriptors),
      FALSE);
  return TRUE;
}

static gboolean
create_timeline (FyCommands *self, GError **error)
{
  FyVulkanDevice *device = self->device;
  VkSemaphoreTypeCreateInfo type = { .sType = VK_STRUCTURE_TYPE_SEMAPHORE_TYPE_CREATE_INFO,
                                     .semaphoreType = VK_SEMAPHORE_TYPE_TIMELINE };
  VkSemaphoreCreateInfo info = { .sType = VK_STRUCTURE_TYPE_SEMAPHORE_CREATE_INFO, .pNext = &type };

  FY_VK_OR_RETURN (_ ("creating a semaphore"),
                   device->vk.CreateSemaphore (device->handle, &info, NULL, &self->timeline),
                   FALSE);
  return TRUE;
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FyCommands, fy_commands_free)

FyCommands *
fy_commands_new (FyVulkanDevice *device, GError **error)
{
  g_autoptr (FyCommands) self = g_new0 (FyCommands, 1);
  VkCommandPoolCreateInfo info = { .sType = VK_STRUCTURE_TYPE_COMMAND_POOL_CREATE_INFO,
                                   .flags = VK_COMMAND_POOL_CREATE_RESET_COMMAND_BUFFER_BIT,
                                   .queueFamilyIndex = device->physical.queue_family };

  self->device = device;
  FY_VK_OR_RETURN (_ ("creating a command pool"),
                   device->vk.CreateCommandPool (device->handle, &info, NULL, &self->pool), NULL);
  if (!create_timeline (self, error))
    return NULL;
  for (guint i = 0; i < N_SLOTS; i++)
    if (!create_slot (self, &self->slots[i], error))
      return NULL;
  self->timing = fy_timing_new (device, N_SLOTS, error);
  return self->timing != NULL ? g_steal_pointer (&self) : NULL;
}

/* Takes note that the GPU is done with a slot. */
static void
retire (FyCommands *self, Slot *slot)
{
  g_autoptr (GArray) kept = g_steal_pointer (&slot->kept);

  slot->kept = g_array_new (FALSE, FALSE, sizeof (Kept));
  slot->done_at = 0;
  slot->n_sets = 0;
  slot->work = 0;
  for (guint i = 0; i < kept->len; i++)
    {
      const Kept *each = &g_array_index (kept, Kept, i);

      each->free_func (each->data);
    }
}

void
fy_commands_free (FyCommands *self)
{
  FyVulkanDevice *device = self->device;

  device->vk.DeviceWaitIdle (device->handle);
  for (guint i = 0; i < N_SLOTS; i++)
    {
      if (self->slots[i].kept == NULL)
        continue;
      retire (self, &self->slots[i]);
      g_array_unref (self->slots[i].kept);
      device->vk.DestroyDescriptorPool (device->handle, self->slots[i].descriptors, NULL);
    }
  g_clear_pointer (&self->timing, fy_timing_free);
  device->vk.DestroySemaphore (device->handle, self->timeline, NULL);
  device->vk.DestroyCommandPool (device->handle, self->pool, NULL);
  g_free (self);
}

/* --- Submitting and waiting --- */

/* Takes note of a device that was lost, or that does not answer. */
static VkResult
notice (FyCommands *self, VkResult result)
{
  if (result == VK_ERROR_DEVICE_LOST || result == VK_TIMEOUT)
    self->device->lost = TRUE;
  return result;
}

/* Retires what is done.  Never blocks. */
static void
collect (FyCommands *self)
{
  FyVulkanDevice *device = self->device;
  guint64 done = 0;

  if (notice (self, device->vk.GetSemaphoreCounterValue (device->handle, self->timeline, &done)) !=
      VK_SUCCESS)
    return; /* the next call says why */
  for (guint i = 0; i < N_SLOTS; i++)
    {
      Slot *slot = &self->slots[i];

      if (slot->done_at == 0 || slot->done_at > done)
        continue;
      fy_timing_learn (self->timing, i, slot->work);
      retire (self, slot);
    }
}

static gboolean
wait_for (FyCommands *self, guint64 point, GError **error)
{
  FyVulkanDevice *device = self->device;
  VkSemaphoreWaitInfo info = { .sType = VK_STRUCTURE_TYPE_SEMAPHORE_WAIT_INFO,
                               .semaphoreCount = 1,
                               .pSemaphores = &self->timeline,
                               .pValues = &point };

  if (!fy_vulkan_device_check (device, error))
    return FALSE;
  FY_VK_OR_RETURN (_ ("waiting for the GPU"),
                   notice (self, device->vk.WaitSemaphores (device->handle, &info,
                                                            (guint64) WAIT_SECONDS * 1000000000)),
                   FALSE);
  collect (self);
  return TRUE;
}

static gboolean
submit (FyCommands *self, GError **error)
{
  FyVulkanDevice *device = self->device;
  Slot *slot = &self->slots[self->current];
  guint64 point = self->submitted + 1;
  VkTimelineSemaphoreSubmitInfo timeline = {
    .sType = VK_STRUCTURE_TYPE_TIMELINE_SEMAPHORE_SUBMIT_INFO,
    .signalSemaphoreValueCount = 1,
    .pSignalSemaphoreValues = &point,
  };
  VkSubmitInfo info = { .sType = VK_STRUCTURE_TYPE_SUBMIT_INFO,
                        .pNext = &timeline,
                        .commandBufferCount = 1,
                        .pCommandBuffers = &slot->handle,
                        .signalSemaphoreCount = 1,
                        .pSignalSemaphores = &self->timeline };
  VkResult result;

  if (!self->recording)
    return TRUE;
  self->recording = FALSE;
  fy_timing_record_end (self->timing, self->current, slot->handle);
  FY_VK_OR_RETURN (_ ("recording for the GPU"), device->vk.EndCommandBuffer (slot->handle), FALSE);
  if (device->lose_in > 0 && --device->lose_in == 0)
    result = VK_ERROR_DEVICE_LOST;
  else
    result = device->vk.QueueSubmit (device->queue, 1, &info, VK_NULL_HANDLE);
  FY_VK_OR_RETURN (_ ("submitting to the GPU"), notice (self, result), FALSE);
  self->submitted = slot->done_at = point;
  return TRUE;
}

guint64
fy_commands_upcoming (const FyCommands *self)
{
  return self->submitted + (self->recording ? 1 : 0);
}

gboolean
fy_commands_wait (FyCommands *self, guint64 point, GError **error)
{
  if (point > self->submitted && !submit (self, error))
    return FALSE;
  return wait_for (self, point, error);
}

void
fy_commands_keep (FyCommands *self, gpointer data, GDestroyNotify free_func)
{
  Kept kept = { data, free_func };

  collect (self);
  /* nobody knows what a lost device is done with */
  if (self->device->lost || self->recording || self->slots[self->current].done_at != 0)
    g_array_append_val (self->slots[self->current].kept, kept);
  else
    free_func (data);
}

double
fy_commands_step (const FyCommands *self)
{
  return fy_timing_rate (self->timing) * FY_TIMING_STEP_SECONDS;
}

/* --- Recording --- */

/* Makes sure that a command buffer is open; waits for one when all are in flight. */
static Slot *
open_slot (FyCommands *self, GError **error)
{
  FyVulkanDevice *device = self->device;
  VkCommandBufferBeginInfo begin = { .sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO,
                                     .flags = VK_COMMAND_BUFFER_USAGE_ONE_TIME_SUBMIT_BIT };
  Slot *slot = &self->slots[self->current];

  if (!fy_vulkan_device_check (device, error))
    return NULL;
  if (self->recording)
    return slot;
  self->current = (self->current + 1) % N_SLOTS;
  slot = &self->slots[self->current];
  if (slot->done_at != 0 && !wait_for (self, slot->done_at, error))
    return NULL;
  FY_VK_OR_RETURN (_ ("recording for the GPU"),
                   device->vk.ResetDescriptorPool (device->handle, slot->descriptors, 0), NULL);
  FY_VK_OR_RETURN (_ ("recording for the GPU"),
                   device->vk.BeginCommandBuffer (slot->handle, &begin), NULL);
  fy_timing_record_begin (self->timing, self->current, slot->handle);
  self->recording = TRUE;
  return slot;
}

/* Counts work in; submits when it is enough. */
static gboolean
count (FyCommands *self, double work, GError **error)
{
  Slot *slot = &self->slots[self->current];

  slot->work += work;
  if (slot->work >= fy_commands_step (self) || slot->n_sets >= MAX_SETS)
    return submit (self, error);
  return TRUE;
}

/* Notes a use of the buffer by the command about to be recorded.  Returns the stages, as bits, that
 * a barrier must hold back first. */
static guint
use (FyCommands *self, FyAccess *last, FyUsage usage, FyStage stage)
{
  guint64 now = self->n_commands + 1;
  guint before = 0;

  if (last->written > self->shown[last->write_stage][stage])
    before |= 1u << last->write_stage;
  for (guint from = 0; from < FY_N_STAGES && (usage & FY_USAGE_WRITE); from++)
    if (last->read[from] > self->shown[from][stage])
      before |= 1u << from;
  if (usage & FY_USAGE_WRITE)
    *last = (FyAccess){ .write_stage = stage, .written = now };
  if (usage & FY_USAGE_READ)
    last->read[stage] = now;
  return before;
}

/* Records the barrier that a command of the stage needs, and counts the command.  It shows all that
 * was written before, so that later commands need none for the same reason. */
static void
record_barrier (FyCommands *self, VkCommandBuffer commands, guint before, FyStage stage)
{
  static const VkPipelineStageFlags stages[FY_N_STAGES] = { VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT,
                                                            VK_PIPELINE_STAGE_TRANSFER_BIT,
                                                            VK_PIPELINE_STAGE_HOST_BIT };
  static const VkAccessFlags written[FY_N_STAGES] = { VK_ACCESS_SHADER_WRITE_BIT,
                                                      VK_ACCESS_TRANSFER_WRITE_BIT, 0 };
  static const VkAccessFlags used[FY_N_STAGES] = {
    VK_ACCESS_SHADER_READ_BIT | VK_ACCESS_SHADER_WRITE_BIT,
    VK_ACCESS_TRANSFER_READ_BIT | VK_ACCESS_TRANSFER_WRITE_BIT, VK_ACCESS_HOST_READ_BIT
  };
  VkMemoryBarrier memory = { .sType = VK_STRUCTURE_TYPE_MEMORY_BARRIER,
                             .dstAccessMask = used[stage] };
  VkPipelineStageFlags from = 0;

  for (guint i = 0; i < FY_N_STAGES; i++)
    if (before & (1u << i))
      {
        from |= stages[i];
        memory.srcAccessMask |= written[i];
        self->shown[i][stage] = self->n_commands;
      }
  self->n_commands++;
  if (from != 0)
    self->device->vk.CmdPipelineBarrier (commands, from, stages[stage], 0, 1, &memory, 0, NULL, 0,
                                         NULL);
}

/* A dispatch may use a buffer in several bindings: each buffer counts once, with all its usages. */
static void
record_dispatch_barrier (FyCommands *self,
                         VkCommandBuffer commands,
                         const FyBinding *bindings,
                         guint n)
{
  guint before = 0;

  for (guint i = 0; i < n; i++)
    {
      FyUsage usage = bindings[i].usage;
      gboolean first = TRUE;

      for (guint j = 0; j < n; j++)
        if (bindings[j].buffer == bindings[i].buffer)
          {
            usage |= bindings[j].usage;
            first &= j >= i;
          }
      if (first)
        before |= use (self, &bindings[i].buffer->access, usage, FY_STAGE_COMPUTE);
    }
  record_barrier (self, commands, before, FY_STAGE_COMPUTE);
}

/* Returns a descriptor set of the slot that holds the bindings. */
static VkDescriptorSet
bind (FyCommands *self,
      Slot *slot,
      const FyPipeline *pipeline,
      const FyShaderInfo *info,
      const FyBinding *bindings,
      GError **error)
{
  FyVulkanDevice *device = self->device;
  VkDescriptorSetAllocateInfo allocate = {
    .sType = VK_STRUCTURE_TYPE_DESCRIPTOR_SET_ALLOCATE_INFO,
    .descriptorPool = slot->descriptors,
    .descriptorSetCount = 1,
    .pSetLayouts = &pipeline->set_layout,
  };
  VkDescriptorSet set;
  VkWriteDescriptorSet writes[FY_SHADER_MAX_BINDINGS];
  VkDescriptorBufferInfo buffers[FY_SHADER_MAX_BINDINGS];
  VkBufferView views[FY_SHADER_MAX_BINDINGS];

  FY_VK_OR_RETURN (info->name, device->vk.AllocateDescriptorSets (device->handle, &allocate, &set),
                   VK_NULL_HANDLE);
  slot->n_sets++;
  for (guint i = 0; i < info->n_bindings; i++)
    {
      const FyBinding *binding = &bindings[i];
      gboolean texel = device->texel && i < info->n_sources;

      writes[i] = (VkWriteDescriptorSet){
        .sType = VK_STRUCTURE_TYPE_WRITE_DESCRIPTOR_SET,
        .dstSet = set,
        .dstBinding = i,
        .descriptorCount = 1,
        .descriptorType =
            texel ? VK_DESCRIPTOR_TYPE_UNIFORM_TEXEL_BUFFER : VK_DESCRIPTOR_TYPE_STORAGE_BUFFER,
        .pBufferInfo = &buffers[i],
        .pTexelBufferView = &views[i],
      };
      buffers[i] =
          (VkDescriptorBufferInfo){ binding->buffer->handle, binding->offset, binding->size };
      if (!texel)
        continue;
      views[i] = fy_vulkan_buffer_view (binding->buffer, binding->offset, binding->size,
                                        binding->half, error);
      if (views[i] == VK_NULL_HANDLE)
        return VK_NULL_HANDLE;
    }
  device->vk.UpdateDescriptorSets (device->handle, info->n_bindings, writes, 0, NULL);
  return set;
}

/* Callers keep below the limit; only sizes beyond all reason come here. */
static gboolean
check_ranges (FyCommands *self, const FyBinding *bindings, guint n, GError **error)
{
  gsize most = self->device->max_range;

  for (guint i = 0; i < n; i++)
    if (bindings[i].size > most)
      {
        g_set_error (error, FY_ERROR, FY_ERROR_GPU_MEMORY,
                     _ ("%s uses no more than %.1f MiB of memory at once and %.1f are needed; use "
                        "smaller frames or the CPU"),
                     self->device->parent.name, (double) most / 1048576,
                     (double) bindings[i].size / 1048576);
        return FALSE;
      }
  return TRUE;
}

gboolean
fy_commands_dispatch (FyCommands *self, const FyDispatch *dispatch, GError **error)
{
  FyVulkanDevice *device = self->device;
  const FyVk *vk = &device->vk;
  const FyShaderInfo *info = fy_shader_info (dispatch->shader, device->texel);
  const FyPipeline *pipeline =
      fy_pipelines_get (device->pipelines, dispatch->shader, dispatch->variant, error);
  Slot *slot;
  VkDescriptorSet set;

  if (pipeline == NULL || !check_ranges (self, dispatch->bindings, info->n_bindings, error))
    return FALSE;
  slot = open_slot (self, error);
  if (slot == NULL)
    return FALSE;
  set = bind (self, slot, pipeline, info, dispatch->bindings, error);
  if (set == VK_NULL_HANDLE)
    return FALSE;
  record_dispatch_barrier (self, slot->handle, dispatch->bindings, info->n_bindings);
  vk->CmdBindPipeline (slot->handle, VK_PIPELINE_BIND_POINT_COMPUTE, pipeline->handle);
  vk->CmdBindDescriptorSets (slot->handle, VK_PIPELINE_BIND_POINT_COMPUTE, pipeline->layout, 0, 1,
                             &set, 0, NULL);
  vk->CmdPushConstants (slot->handle, pipeline->layout, VK_SHADER_STAGE_COMPUTE_BIT, 0,
                        info->push_size, dispatch->push);
  vk->CmdDispatch (slot->handle, dispatch->groups[0], dispatch->groups[1], dispatch->groups[2]);
  return count (self, dispatch->work, error);
}

gboolean
fy_commands_copy (FyCommands *self,
                  FyVulkanBuffer *source,
                  gsize source_offset,
                  FyVulkanBuffer *destination,
                  gsize destination_offset,
                  gsize size,
                  GError **error)
{
  VkBufferCopy region = { source_offset, destination_offset, size };
  Slot *slot = open_slot (self, error);
  guint before;

  if (slot == NULL)
    return FALSE;
  before = use (self, &source->access, FY_USAGE_READ, FY_STAGE_TRANSFER) |
           use (self, &destination->access, FY_USAGE_WRITE, FY_STAGE_TRANSFER);
  record_barrier (self, slot->handle, before, FY_STAGE_TRANSFER);
  self->device->vk.CmdCopyBuffer (slot->handle, source->handle, destination->handle, 1, &region);
  return count (self, FY_WORK_OF_BYTES (size), error);
}

gboolean
fy_commands_fill (FyCommands *self,
                  FyVulkanBuffer *buffer,
                  gsize offset,
                  gsize size,
                  guint32 word,
                  GError **error)
{
  Slot *slot = open_slot (self, error);

  if (slot == NULL)
    return FALSE;
  record_barrier (self, slot->handle,
                  use (self, &buffer->access, FY_USAGE_WRITE, FY_STAGE_TRANSFER),
                  FY_STAGE_TRANSFER);
  self->device->vk.CmdFillBuffer (slot->handle, buffer->handle, offset, size, word);
  return count (self, FY_WORK_OF_BYTES (size), error);
}

gboolean
fy_commands_show_host (FyCommands *self, FyVulkanBuffer *buffer, GError **error)
{
  Slot *slot = open_slot (self, error);

  if (slot == NULL)
    return FALSE;
  record_barrier (self, slot->handle, use (self, &buffer->access, FY_USAGE_READ, FY_STAGE_HOST),
                  FY_STAGE_HOST);
  return TRUE;
}

void
fy_linear_groups (gsize n, guint32 groups[3])
{
  gsize all = (n + 63) / 64, row = MIN (MAX (all, 1), 32768);

  groups[0] = (guint32) row;
  groups[1] = (guint32) ((all + row - 1) / row);
  groups[2] = 1;
}
