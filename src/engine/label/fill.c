/* SPDX-License-Identifier: MIT */
#include "label/fill.h"

#include <string.h>

typedef struct
{
  int x;
  int y;
} Seed;

/* The pixels around an object: all but its own that can be reached. */
typedef struct
{
  const FyIdMap *map;
  guint16 id;
  guint8 *seen; /* [height, width] */
  GArray *seeds;
} Walk;

static void
walk_start (Walk *self, const FyIdMap *map, guint16 id)
{
  *self = (Walk){ .map = map, .id = id };
  self->seen = g_malloc0 ((gsize) map->width * (gsize) map->height);
  self->seeds = g_array_new (FALSE, FALSE, sizeof (Seed));
}

static void
walk_end (Walk *self)
{
  g_free (self->seen);
  g_array_unref (self->seeds);
}

static gboolean
walk_takes (const Walk *self, int x, int y)
{
  gsize at = (gsize) y * (gsize) self->map->width + (gsize) x;

  return !self->seen[at] && self->map->id[at] != self->id;
}

static void
walk_add (Walk *self, int x, int y)
{
  Seed seed = { x, y };

  if (walk_takes (self, x, y))
    g_array_append_val (self->seeds, seed);
}

/* A seed for every stretch in first .. end - 1 of row y that can be entered. */
static void
walk_add_row (Walk *self, int y, int first, int end)
{
  gboolean inside = FALSE;

  if (y < 0 || y >= self->map->height)
    return;
  for (int x = first; x < end; x++)
    {
      gboolean takes = walk_takes (self, x, y);

      if (takes && !inside)
        walk_add (self, x, y);
      inside = takes;
    }
}

static void
walk_run (Walk *self)
{
  while (self->seeds->len > 0)
    {
      Seed seed = g_array_index (self->seeds, Seed, self->seeds->len - 1);
      int first = seed.x, end = seed.x;

      g_array_set_size (self->seeds, self->seeds->len - 1);
      if (!walk_takes (self, seed.x, seed.y))
        continue;
      while (first > 0 && walk_takes (self, first - 1, seed.y))
        first--;
      while (end < self->map->width && walk_takes (self, end, seed.y))
        end++;
      memset (self->seen + (gsize) seed.y * (gsize) self->map->width + first, 1,
              (gsize) (end - first));
      walk_add_row (self, seed.y - 1, first, end);
      walk_add_row (self, seed.y + 1, first, end);
    }
}

/* Paints the pixels that were not reached. */
static gint64
walk_paint (const Walk *self, const FyPaint *paint, FyIdMap *map, FyRect *dirty)
{
  gint64 changed = 0;

  for (int y = 0; y < map->height; y++)
    for (int x = 0; x < map->width; x++)
      {
        int first = x;

        while (x < map->width && walk_takes (self, x, y))
          x++;
        if (x > first)
          changed += fy_paint_span (paint, map, y, first, x, dirty);
      }
  return changed;
}

/* A seed for every stretch of an id in first .. end - 1 of row y. */
static void
add_stretches (GArray *seeds, const FyIdMap *map, guint16 id, int y, int first, int end)
{
  const guint16 *row;

  if (y < 0 || y >= map->height)
    return;
  row = map->id + (gsize) y * (gsize) map->width;
  for (int x = first; x < end; x++)
    if (row[x] == id)
      {
        Seed seed = { x, y };

        g_array_append_val (seeds, seed);
        while (x < end && row[x] == id)
          x++;
      }
}

/* What is painted has another id, and so is not met again. */
gint64
fy_fill_region (const FyPaint *paint, FyIdMap *map, int x, int y, FyRect *dirty)
{
  g_autoptr (GArray) seeds = g_array_new (FALSE, FALSE, sizeof (Seed));
  gint64 changed = 0;
  guint16 id;

  if (x < 0 || y < 0 || x >= map->width || y >= map->height)
    return 0;
  id = map->id[(gsize) y * (gsize) map->width + (gsize) x];
  if (fy_paint_may (paint, id))
    add_stretches (seeds, map, id, y, x, x + 1);
  while (seeds->len > 0)
    {
      Seed seed = g_array_index (seeds, Seed, seeds->len - 1);
      const guint16 *row = map->id + (gsize) seed.y * (gsize) map->width;
      int first = seed.x, end = seed.x;

      g_array_set_size (seeds, seeds->len - 1);
      if (row[seed.x] != id)
        continue;
      while (first > 0 && row[first - 1] == id)
        first--;
      while (end < map->width && row[end] == id)
        end++;
      changed += fy_paint_span (paint, map, seed.y, first, end, dirty);
      add_stretches (seeds, map, id, seed.y - 1, first, end);
      add_stretches (seeds, map, id, seed.y + 1, first, end);
    }
  return changed;
}

gint64
fy_fill_holes (const FyPaint *paint, FyIdMap *map, guint16 id, FyRect *dirty)
{
  gint64 changed;
  Walk walk;

  walk_start (&walk, map, id);
  for (int x = 0; x < map->width; x++)
    {
      walk_add (&walk, x, 0);
      walk_add (&walk, x, map->height - 1);
    }
  for (int y = 0; y < map->height; y++)
    {
      walk_add (&walk, 0, y);
      walk_add (&walk, map->width - 1, y);
    }
  walk_run (&walk);
  changed = walk_paint (&walk, paint, map, dirty);
  walk_end (&walk);
  return changed;
}
