/* SPDX-License-Identifier: MIT */
#include "compute/vulkan/operations.h"

#include "interface.h"

/* Rows [a, b) that also lie in [low, high). */
static guint32
overlap (int a, int b, int low, int high)
{
  return (guint32) MAX (0, MIN (b, high) - MAX (a, low));
}

gboolean
fy_vulkan_pad (FyDevice *device, const FyMap *map, FyPadding padding, GError **error)
{
  FyVulkanDevice *self = (FyVulkanDevice *) device;
  int halo = map->halo, top = -halo, bottom = map->height + halo;
  int step = MIN (fy_window_max_rows (self, map, 4 * halo), bottom - top);

  for (int y = top; y < bottom; y += step)
    {
      int end = MIN (y + step, bottom);
      /* a mirrored row is at most 2 halo away */
      FyWindow window = fy_window (self, map, MAX (y - 2 * halo, top), MIN (end + 2 * halo, bottom),
                                   FY_USAGE_READ | FY_USAGE_WRITE);
      FyPadPush push = {
        .first = (guint32) (y + halo),
        .top = overlap (y, end, top, 0),
        .side = overlap (y, end, 0, map->height),
        .bottom = overlap (y, end, map->height, bottom),
        .height = (guint32) map->height,
        .width = (guint32) map->width,
        .halo = (guint32) halo,
        .base = window.base - (guint32) halo * (window.row + window.pixel),
        .row = window.row,
        .pixel = window.pixel,
        .flags = padding == FY_PADDING_REFLECT ? FY_FLAG_REFLECT : 0,
      };
      gsize n = ((gsize) (push.top + push.bottom) * (gsize) (map->width + 2 * halo) +
                 (gsize) push.side * (gsize) (2 * halo)) *
                window.pixel;
      FyDispatch dispatch = { FY_SHADER_PAD, 0,     &window.binding,
                              &push,         { 0 }, FY_WORK_OF_BYTES (n * 32) };

      fy_linear_groups (n, dispatch.groups);
      if (!fy_commands_dispatch (self->commands, &dispatch, error))
        return FALSE;
    }
  return TRUE;
}
