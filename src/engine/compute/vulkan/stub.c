/* SPDX-License-Identifier: MIT */
/* Stands in for the Vulkan back-end when Ferry is built without it. */
#include "base/error.h"
#include "base/text.h"
#include "compute/backend.h"
#include "compute/vulkan/inspect.h"

FyDevice *
fy_vulkan_device_new (int number, gboolean software_too, GError **error)
{
  g_set_error_literal (error, FY_ERROR, FY_ERROR_NO_DEVICE,
                       _ ("this Ferry was built without Vulkan; use the CPU"));
  return NULL;
}

void
fy_vulkan_device_list (GPtrArray *lines)
{
}

gboolean
fy_vulkan_is_validated (FyDevice *device)
{
  return FALSE;
}

int
fy_vulkan_message_count (FyDevice *device)
{
  return 0;
}

void
fy_vulkan_set_limits (FyDevice *device, gsize max_range, double max_work)
{
}

gboolean
fy_vulkan_features_in_host_memory (FyFeatures *features)
{
  return FALSE;
}
