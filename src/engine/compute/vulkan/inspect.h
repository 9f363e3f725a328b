/* SPDX-License-Identifier: MIT */
/* What tests look at inside a Vulkan device.  Not for the engine. */
#pragma once

#include "compute/device.h"

G_BEGIN_DECLS

/* Whether the validation layer watches this device (FERRY_VULKAN_VALIDATION=1 and installed). */
gboolean fy_vulkan_is_validated (FyDevice *device);

/* Warnings and errors it has reported. */
int fy_vulkan_message_count (FyDevice *device);

/* Lets one binding cover no more than `max_range` bytes, as on a lesser device, and one workgroup do
 * no more than `max_work` floating-point operations.  0 = the usual. */
void fy_vulkan_set_limits (FyDevice *device, gsize max_range, double max_work);

/* Whether searches that are not brute force bound similarities before they make any. */
void fy_vulkan_set_pruning (FyDevice *device, gboolean prune);

/* Whether searches keep their lists in subgroups.  Returns the lanes of one, 0 where they cannot. */
guint fy_vulkan_set_subgroups (FyDevice *device, gboolean use);

/* Whether fast convolutions made from now on multiply matrices as a GPU that can would, in plain
 * code. */
void fy_vulkan_emulate_matrices (FyDevice *device, gboolean emulate);

/* The device is lost when it is given work for the nth time from now.  0 = not. */
void fy_vulkan_lose (FyDevice *device, guint n);

/* Whether features found no room on the device. */
gboolean fy_vulkan_features_in_host_memory (FyFeatures *features);

G_END_DECLS
