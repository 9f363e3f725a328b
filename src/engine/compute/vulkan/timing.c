/* SPDX-License-Identifier: MIT */
#include "compute/vulkan/timing.h"

#include "base/text.h"
#include "compute/vulkan/device.h"
#include "compute/vulkan/result.h"

#define SHORT_SECONDS 1e-3 /* a submit's own cost counts in less */

struct FyTiming
{
  FyVulkanDevice *device; /* borrowed */
  VkQueryPool pool;       /* two timestamps a slot; VK_NULL_HANDLE without any */
  guint64 last_end;       /* when what was learned from last was done */
  double least;           /* what any device of its type does */
  double rate;
};

/* Low: what is submitted before the first is done must not take long on any device. */
static double
least_rate (VkPhysicalDeviceType type)
{
  switch (type)
    {
    case VK_PHYSICAL_DEVICE_TYPE_CPU:
      return 2e9;
    case VK_PHYSICAL_DEVICE_TYPE_DISCRETE_GPU:
      return 2e11;
    default:
      return 2e10;
    }
}

double
fy_timing_adapt (double rate, double work, double seconds)
{
  if (seconds < SHORT_SECONDS)
    return MAX (rate, work / SHORT_SECONDS);
  return work / seconds < rate ? work / seconds : rate + 0.25 * (work / seconds - rate);
}

FyTiming *
fy_timing_new (FyVulkanDevice *device, guint n_slots, GError **error)
{
  g_autoptr (FyTiming) self = g_new0 (FyTiming, 1);

  self->device = device;
  self->least = self->rate = least_rate (device->physical.properties.deviceType);
  if (device->physical.timestamp_bits == 0)
    return g_steal_pointer (&self);
  FY_VK_OR_RETURN (
      _ ("creating timers"),
      device->vk.CreateQueryPool (device->handle,
                                  &(VkQueryPoolCreateInfo){
                                      .sType = VK_STRUCTURE_TYPE_QUERY_POOL_CREATE_INFO,
                                      .queryType = VK_QUERY_TYPE_TIMESTAMP,
                                      .queryCount = 2 * n_slots,
                                  },
                                  NULL, &self->pool),
      NULL);
  return g_steal_pointer (&self);
}

void
fy_timing_free (FyTiming *self)
{
  if (self == NULL)
    return;
  self->device->vk.DestroyQueryPool (self->device->handle, self->pool, NULL);
  g_free (self);
}

void
fy_timing_record_begin (FyTiming *self, guint slot, VkCommandBuffer commands)
{
  if (self->pool == VK_NULL_HANDLE)
    return;
  self->device->vk.CmdResetQueryPool (commands, self->pool, 2 * slot, 2);
  self->device->vk.CmdWriteTimestamp (commands, VK_PIPELINE_STAGE_TOP_OF_PIPE_BIT, self->pool,
                                      2 * slot);
}

void
fy_timing_record_end (FyTiming *self, guint slot, VkCommandBuffer commands)
{
  if (self->pool != VK_NULL_HANDLE)
    self->device->vk.CmdWriteTimestamp (commands, VK_PIPELINE_STAGE_BOTTOM_OF_PIPE_BIT, self->pool,
                                        2 * slot + 1);
}

void
fy_timing_learn (FyTiming *self, guint slot, double work)
{
  const FyVulkanPhysical *physical = &self->device->physical;
  guint bits = physical->timestamp_bits;
  guint64 mask = bits >= 64 ? G_MAXUINT64 : ((guint64) 1 << bits) - 1, stamps[2];
  guint64 ticks;
  double seconds;

  if (self->pool == VK_NULL_HANDLE ||
      self->device->vk.GetQueryPoolResults (self->device->handle, self->pool, 2 * slot, 2,
                                            sizeof stamps, stamps, sizeof stamps[0],
                                            VK_QUERY_RESULT_64_BIT) != VK_SUCCESS)
    return;
  /* it may have begun, and waited, before the last was done */
  ticks = MIN ((stamps[1] - stamps[0]) & mask, (stamps[1] - self->last_end) & mask);
  self->last_end = stamps[1];
  seconds = (double) ticks * 1e-9 * (double) physical->properties.limits.timestampPeriod;
  g_debug ("a submit of %.3f GFLOP took %.1f ms", work * 1e-9, seconds * 1e3);
  self->rate = MAX (fy_timing_adapt (self->rate, work, seconds), self->least);
}

double
fy_timing_rate (const FyTiming *self)
{
  return self->rate;
}
