/* SPDX-License-Identifier: MIT */
/* What tests look at inside a Vulkan device.  Not for the engine. */
#pragma once

#include "compute/device.h"

G_BEGIN_DECLS

/* Whether the validation layer watches this device (FERRY_VULKAN_VALIDATION=1 and installed). */
gboolean fy_vulkan_is_validated (FyDevice *device);

/* Warnings and errors it has reported. */
int fy_vulkan_message_count (FyDevice *device);

G_END_DECLS
