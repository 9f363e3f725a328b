/* SPDX-License-Identifier: MIT */
#include "label/paint.h"

#include <string.h>

void
fy_paint_init (FyPaint *self, guint16 id)
{
  self->id = id;
  memset (self->may, 0xff, sizeof self->may);
  fy_paint_keep (self, id);
}

void
fy_paint_keep (FyPaint *self, guint16 id)
{
  self->may[id >> 3] &= (guint8) ~(1u << (id & 7));
}

void
fy_paint_keep_others (FyPaint *self, guint16 id)
{
  gboolean may = fy_paint_may (self, id);

  memset (self->may, 0, sizeof self->may);
  if (may)
    self->may[id >> 3] |= (guint8) (1u << (id & 7));
}

void
fy_rect_add (FyRect *self, const FyRect *other)
{
  int right, bottom;

  if (other->width <= 0 || other->height <= 0)
    return;
  if (self->width <= 0 || self->height <= 0)
    {
      *self = *other;
      return;
    }
  right = MAX (self->x + self->width, other->x + other->width);
  bottom = MAX (self->y + self->height, other->y + other->height);
  self->x = MIN (self->x, other->x);
  self->y = MIN (self->y, other->y);
  self->width = right - self->x;
  self->height = bottom - self->y;
}

int
fy_paint_span (const FyPaint *self, FyIdMap *map, int y, int first, int end, FyRect *dirty)
{
  guint16 *row;
  int n = 0, left = -1, right = -1;

  first = MAX (first, 0);
  end = MIN (end, map->width);
  if (y < 0 || y >= map->height || first >= end)
    return 0;
  row = map->id + (gsize) y * (gsize) map->width;
  for (int x = first; x < end; x++)
    {
      guint16 was = row[x];

      if (was == self->id || !fy_paint_may (self, was))
        continue;
      row[x] = self->id;
      left = n++ == 0 ? x : left;
      right = x;
    }
  if (n > 0 && dirty != NULL)
    fy_rect_add (dirty, &(FyRect){ left, y, right - left + 1, 1 });
  return n;
}
