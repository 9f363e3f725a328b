/* SPDX-License-Identifier: MIT */
#include "label/polygon.h"

#include <math.h>
#include <stdlib.h>

/* Where an edge crosses the centres of a row. */
typedef struct
{
  int y;
  double x;
} Crossing;

static int
compare (const void *a, const void *b)
{
  const Crossing *one = a, *other = b;

  if (one->y != other->y)
    return one->y < other->y ? -1 : 1;
  return one->x < other->x ? -1 : one->x > other->x;
}

static void
add_edge (GArray *crossings, FyVertex a, FyVertex b, int height)
{
  const FyVertex low = a.y <= b.y ? a : b, high = a.y <= b.y ? b : a;
  /* rows whose centre is at or below the upper end and above the lower one */
  int first = (int) CLAMP (ceil (low.y - 0.5), 0.0, height);
  int end = (int) CLAMP (ceil (high.y - 0.5), 0.0, height);

  for (int y = first; y < end; y++)
    {
      double share = (y + 0.5 - low.y) / (high.y - low.y);
      Crossing crossing = { y, low.x + (high.x - low.x) * share };

      g_array_append_val (crossings, crossing);
    }
}

gint64
fy_polygon_fill (const FyPaint *paint, FyIdMap *map, const FyVertex *vertex, int n, FyRect *dirty)
{
  g_autoptr (GArray) crossings = g_array_new (FALSE, FALSE, sizeof (Crossing));
  const FyVertex *last = NULL;
  const FyVertex *first = NULL;
  gint64 changed = 0;

  for (int i = 0; i < n; i++)
    {
      if (!isfinite (vertex[i].x) || !isfinite (vertex[i].y))
        continue;
      if (last != NULL)
        add_edge (crossings, *last, vertex[i], map->height);
      else
        first = &vertex[i];
      last = &vertex[i];
    }
  if (last != NULL)
    add_edge (crossings, *last, *first, map->height);
  if (crossings->len > 0)
    qsort (crossings->data, crossings->len, sizeof (Crossing), compare);
  for (guint i = 0; i + 1 < crossings->len; i += 2)
    {
      const Crossing *in = &g_array_index (crossings, Crossing, i), *out = in + 1;
      int from = (int) CLAMP (ceil (in->x - 0.5), 0.0, map->width);
      int end = (int) CLAMP (ceil (out->x - 0.5), 0.0, map->width);

      changed += fy_paint_span (paint, map, in->y, from, end, dirty);
    }
  return changed;
}
