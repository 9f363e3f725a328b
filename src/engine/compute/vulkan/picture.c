/* SPDX-License-Identifier: MIT */
#include "compute/vulkan/operations.h"

#include "interface.h"

#define TABLE_SIZE (3 * 256 * sizeof (float))

static gboolean
upload (FyVulkanBuffer *buffer,
        const guint8 *rgb,
        gsize size,
        const float mean[3],
        const float std[3],
        GError **error)
{
  float table[3][256];

  for (int c = 0; c < 3; c++)
    for (int value = 0; value < 256; value++)
      {
        float unit = (float) value / 255.0f, centred = unit - mean[c];

        table[c][value] = centred / std[c];
      }
  return fy_vulkan_buffer_upload (buffer, 0, table, TABLE_SIZE, error) &&
         fy_vulkan_buffer_upload (buffer, TABLE_SIZE, rgb, size, error);
}

gboolean
fy_vulkan_load_picture (FyDevice *device,
                        const guint8 *rgb,
                        const float mean[3],
                        const float std[3],
                        const FyMap *destination,
                        GError **error)
{
  FyVulkanDevice *self = (FyVulkanDevice *) device;
  gsize size = (gsize) destination->height * (gsize) destination->width * 3;
  g_autoptr (FyVulkanBuffer) picture = fy_vulkan_buffer_new (self, TABLE_SIZE + size, error);
  int step = MIN (fy_window_max_rows (self, destination, 0), destination->height);

  if (picture == NULL || !upload (picture, rgb, size, mean, std, error))
    return FALSE;
  for (int y = 0; y < destination->height; y += step)
    {
      int end = MIN (y + step, destination->height);
      gsize pixels = (gsize) (end - y) * (gsize) destination->width;
      FyWindow window = fy_window (self, destination, y, end, FY_USAGE_WRITE);
      FyBinding bindings[] = {
        { picture, 0, picture->parent.size, FY_USAGE_READ },
        window.binding,
      };
      FyLoadPicturePush push = { (guint32) (y * destination->width),
                                 (guint32) (end * destination->width),
                                 (guint32) destination->width,
                                 window.base,
                                 window.row,
                                 window.pixel };
      FyDispatch dispatch = { FY_SHADER_LOAD_PICTURE,
                              0,
                              bindings,
                              &push,
                              { 0 },
                              FY_WORK_OF_BYTES (pixels * window.pixel * 16) };

      fy_linear_groups (pixels, dispatch.groups);
      if (!fy_commands_dispatch (self->commands, &dispatch, error))
        return FALSE;
    }
  return TRUE;
}
