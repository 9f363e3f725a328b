/* SPDX-License-Identifier: MIT */
/* Vulkan's results as errors. */
#pragma once

#include "compute/vulkan/functions.h"

#include <glib.h>

G_BEGIN_DECLS

/* Sets *error to "<what>: VK_ERROR_..." with FY_ERROR_DEVICE_LOST, FY_ERROR_GPU_MEMORY or
 * FY_ERROR_FAILED, as fits the result.  Returns FALSE. */
gboolean fy_vk_fail (VkResult result, const char *what, GError **error);

/* Leaves the function with `ret` and *error unless the call went well.  Only where every resource
 * so far is owned by a g_auto variable. */
#define FY_VK_OR_RETURN(what, call, ret)                                                           \
  do                                                                                               \
    {                                                                                              \
      VkResult fy_result_ = (call);                                                                \
      if (G_UNLIKELY (fy_result_ != VK_SUCCESS))                                                   \
        {                                                                                          \
          fy_vk_fail (fy_result_, (what), error);                                                  \
          return ret;                                                                              \
        }                                                                                          \
    }                                                                                              \
  while (0)

G_END_DECLS
