/* SPDX-License-Identifier: MIT */
#include "compute/vulkan/result.h"

#include "base/error.h"
#include "base/text.h"

gboolean
fy_vk_fail (VkResult result, const char *what, GError **error)
{
  static const struct
  {
    VkResult result;
    FyError code;
    const char *text;
  } known[] = {
    { VK_ERROR_DEVICE_LOST, FY_ERROR_DEVICE_LOST,
      N_ ("the GPU was lost (VK_ERROR_DEVICE_LOST); try again, or use the CPU") },
    { VK_TIMEOUT, FY_ERROR_DEVICE_LOST,
      N_ ("the GPU does not answer (VK_TIMEOUT); try again, or use the CPU") },
    { VK_ERROR_OUT_OF_DEVICE_MEMORY, FY_ERROR_GPU_MEMORY,
      N_ ("the GPU's memory is full (VK_ERROR_OUT_OF_DEVICE_MEMORY); use smaller frames or the "
          "CPU") },
    { VK_ERROR_OUT_OF_HOST_MEMORY, FY_ERROR_GPU_MEMORY,
      N_ ("the driver's memory is full (VK_ERROR_OUT_OF_HOST_MEMORY); use smaller frames or the "
          "CPU") },
    { VK_ERROR_TOO_MANY_OBJECTS, FY_ERROR_GPU_MEMORY,
      N_ ("the driver allows no more allocations (VK_ERROR_TOO_MANY_OBJECTS); use the CPU") },
  };

  for (guint i = 0; i < G_N_ELEMENTS (known); i++)
    if (known[i].result == result)
      {
        g_set_error (error, FY_ERROR, known[i].code, "%s: %s", what, _ (known[i].text));
        return FALSE;
      }
  g_set_error (error, FY_ERROR, FY_ERROR_FAILED,
               _ ("%s: Vulkan error %d; update the GPU's driver, or use the CPU"), what,
               (int) result);
  return FALSE;
}
