/* SPDX-License-Identifier: MIT */
#include "compute/vulkan/operations.h"

#include "interface.h"

gboolean
fy_vulkan_max_pool (FyDevice *device, const FyMap *source, const FyMap *destination, GError **error)
{
  FyVulkanDevice *self = (FyVulkanDevice *) device;
  int height = destination->height, width = destination->width;
  guint32 n_channels = (guint32) destination->channels / 4;
  int step =
      MIN (fy_window_max_rows (self, destination, 0), fy_window_max_rows (self, source, 1) / 2 - 1);

  step = MIN (step, 65535 * 8 / width);
  step = CLAMP (step, 1, height);
  for (int y = 0; y < height; y += step)
    {
      int end = MIN (y + step, height);
      guint32 pixels = (guint32) ((end - y) * width);
      FyWindow in =
          fy_window (self, source, 2 * y - 1, MIN (2 * end, source->height + 1), FY_USAGE_READ);
      FyWindow out = fy_window (self, destination, y, end, FY_USAGE_WRITE);
      FyBinding bindings[] = { in.binding, out.binding };
      FyMaxPoolPush push = {
        .first = (guint32) (y * width),
        .end = (guint32) (end * width),
        .width = (guint32) width,
        .source_base = in.base - in.row - in.pixel,
        .source_row = in.row,
        .destination_base = out.base,
        .destination_row = out.row,
        .pixel = n_channels,
      };
      FyDispatch dispatch = { FY_SHADER_MAX_POOL,
                              0,
                              bindings,
                              &push,
                              { (n_channels + 7) / 8, (pixels + 7) / 8, 1 },
                              FY_WORK_OF_BYTES ((gsize) pixels * n_channels * 16 * 5) };

      if (!fy_commands_dispatch (self->commands, &dispatch, error))
        return FALSE;
    }
  return TRUE;
}
