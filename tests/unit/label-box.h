/* SPDX-License-Identifier: MIT */
/* Small masks of one object, for the tests of label sets. */
#pragma once

#include "label/run-map.h"

#define WIDTH  24
#define HEIGHT 16

/* Returns: (transfer full) a map of WIDTH x HEIGHT in which the box is the object's. */
static inline FyRunMap *
box (guint16 id, int x, int y, int width, int height)
{
  g_autoptr (FyIdMap) map = fy_id_map_new (WIDTH, HEIGHT);

  for (int j = y; j < y + height; j++)
    for (int i = x; i < x + width; i++)
      map->id[j * WIDTH + i] = id;
  return fy_run_map_new (map);
}
