/* SPDX-License-Identifier: MIT */
#include "compute/vulkan/operations.h"

/* Offsets of bindings are multiples of it: no device asks for more. */
#define ALIGNMENT 256

static gsize
row_size (const FyMap *map)
{
  return (gsize) (map->width + 2 * map->halo) * (gsize) map->channels * sizeof (float);
}

FyWindow
fy_window (FyVulkanDevice *device, const FyMap *map, int y0, int y1, FyUsage usage)
{
  gsize pixel = (gsize) map->channels * sizeof (float), row = row_size (map);
  gsize inside = (gsize) map->halo * (row + pixel); /* where element (0, 0, 0) is */
  gsize start = 0, end = fy_map_size (map);

  if (end > device->max_range)
    {
      start = (gsize) (y0 + map->halo) * row / ALIGNMENT * ALIGNMENT;
      end = (gsize) (y1 + map->halo) * row;
    }
  return (FyWindow){
    .binding = { (FyVulkanBuffer *) map->buffer, map->offset + start, end - start, usage },
    .base = (guint32) inside / 16 - (guint32) (start / 16),
    .row = (guint32) (row / 16),
    .pixel = (guint32) (pixel / 16),
  };
}

int
fy_window_max_rows (FyVulkanDevice *device, const FyMap *map, int beside)
{
  gsize rows;

  if (fy_map_size (map) <= device->max_range)
    return G_MAXINT;
  rows = (device->max_range - ALIGNMENT) / row_size (map);
  return MAX (1, (int) MIN (rows, G_MAXINT) - beside);
}

int
fy_rows_of_step (FyVulkanDevice *device, double work_per_row, int most)
{
  double rows = fy_commands_step (device->commands) / MAX (work_per_row, 1);

  return rows < most ? MAX (1, (int) rows) : most;
}
