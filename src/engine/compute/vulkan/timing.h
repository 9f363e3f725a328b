/* SPDX-License-Identifier: MIT */
/* How fast the device works, from timestamps around what was submitted: sizes the next submit. */
#pragma once

#include "compute/vulkan/functions.h"

#include <glib.h>

G_BEGIN_DECLS

typedef struct FyVulkanDevice FyVulkanDevice;
typedef struct FyTiming FyTiming;

/* Of work in a dispatch, and before a submit; which holds less than twice as much. */
#define FY_TIMING_STEP_SECONDS 0.016

/* For `n_slots` command buffers.  A device without timestamps keeps the first guess. */
FyTiming *fy_timing_new (FyVulkanDevice *device, guint n_slots, GError **error);
void fy_timing_free (FyTiming *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FyTiming, fy_timing_free)

/* First and last in the slot's command buffer. */
void fy_timing_record_begin (FyTiming *self, guint slot, VkCommandBuffer commands);
void fy_timing_record_end (FyTiming *self, guint slot, VkCommandBuffer commands);

/* Learns from a slot whose commands, worth `work`, are done. */
void fy_timing_learn (FyTiming *self, guint slot, double work);

/* What to make of a submit of `work` that took `seconds`, where `rate` was thought: slower is believed
 * at once, faster by and by, and of one too short to be timed only that the device does so much. */
double fy_timing_adapt (double rate, double work, double seconds);

/* Floating-point operations a second. */
double fy_timing_rate (const FyTiming *self);

G_END_DECLS
