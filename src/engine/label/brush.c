/* SPDX-License-Identifier: MIT */
#include "label/brush.h"

#include "base/size.h"
#include "base/zeroes.h"

#include <math.h>
#include <string.h>

typedef struct
{
  double x; /* pixels */
  double y;
  double r;
} Disc;

struct FyBrush
{
  FyPaint paint;
  int width;
  int height;
  double radius;
  double hardness;
  guint8 *over; /* [height, width] whether the stroke went over a pixel */
  FyRect extent;
  Disc last;
  int n_samples;
};

FyBrush *
fy_brush_new (const FyPaint *paint, int width, int height, double radius, double hardness)
{
  g_autoptr (FyBrush) self = g_new0 (FyBrush, 1);
  gsize bytes;

  if (width <= 0 || height <= 0 || !fy_size_mul3 ((gsize) width, (gsize) height, 1, &bytes))
    return NULL;
  self->paint = *paint;
  self->width = width;
  self->height = height;
  self->radius = MAX (radius, FY_BRUSH_RADIUS_MIN);
  self->hardness = CLAMP (hardness, 0.0, 1.0);
  self->over = fy_zeroes_new (bytes);
  return self->over != NULL ? g_steal_pointer (&self) : NULL;
}

void
fy_brush_free (FyBrush *self)
{
  if (self == NULL)
    return;
  fy_zeroes_free (self->over, (gsize) self->width * (gsize) self->height);
  g_free (self);
}

/* Pixels first .. end - 1 of row y are under the brush. */
static void
go_over (FyBrush *self, FyIdMap *map, int y, int first, int end, FyRect *dirty)
{
  first = MAX (first, 0);
  end = MIN (end, self->width);
  if (y < 0 || y >= self->height || first >= end)
    return;
  memset (self->over + (gsize) y * (gsize) self->width + first, 1, (gsize) (end - first));
  fy_rect_add (&self->extent, &(FyRect){ first, y, end - first, 1 });
  fy_paint_span (&self->paint, map, y, first, end, dirty);
}

/* Widens *left .. *right to what a disc covers of the line at height y. */
static void
span_of_disc (const Disc *disc, double y, double *left, double *right)
{
  double dy = y - disc->y, half = disc->r * disc->r - dy * dy;

  if (half < 0.0)
    return;
  half = sqrt (half);
  *left = MIN (*left, disc->x - half);
  *right = MAX (*right, disc->x + half);
}

/* Likewise of an edge from (ax, ay) to (bx, by). */
static void
span_of_edge (double ax, double ay, double bx, double by, double y, double *left, double *right)
{
  double x;

  if ((ay < y && by < y) || (ay > y && by > y) || ay == by)
    return;
  x = ax + (bx - ax) * ((y - ay) / (by - ay));
  *left = MIN (*left, x);
  *right = MAX (*right, x);
}

/* All discs between two: the convex hull of both, whose rows are single spans. */
static void
draw_hull (FyBrush *self, FyIdMap *map, const Disc *a, const Disc *b, FyRect *dirty)
{
  double dx = b->x - a->x, dy = b->y - a->y, length = hypot (dx, dy);
  double top = MIN (a->y - a->r, b->y - b->r), bottom = MAX (a->y + a->r, b->y + b->r);
  int first = (int) CLAMP (ceil (top - 0.5), 0.0, self->height);
  int end = (int) CLAMP (floor (bottom - 0.5) + 1.0, 0.0, self->height);
  gboolean edges = length > fabs (a->r - b->r);
  double x[2][2], y[2][2]; /* where the two tangents touch: of each side, both ends */

  for (int side = 0; edges && side < 2; side++)
    {
      double sine = (a->r - b->r) / length,
             cosine = sqrt (1.0 - sine * sine) * (side == 0 ? 1 : -1);
      double nx = (dx * sine - dy * cosine) / length, ny = (dy * sine + dx * cosine) / length;

      x[side][0] = a->x + a->r * nx;
      y[side][0] = a->y + a->r * ny;
      x[side][1] = b->x + b->r * nx;
      y[side][1] = b->y + b->r * ny;
    }
  for (int row = first; row < end; row++)
    {
      double centre = row + 0.5, left = HUGE_VAL, right = -HUGE_VAL;

      span_of_disc (a, centre, &left, &right);
      span_of_disc (b, centre, &left, &right);
      for (int side = 0; edges && side < 2; side++)
        span_of_edge (x[side][0], y[side][0], x[side][1], y[side][1], centre, &left, &right);
      if (left <= right)
        go_over (self, map, row, (int) CLAMP (ceil (left - 0.5), 0.0, self->width),
                 (int) CLAMP (floor (right - 0.5) + 1.0, 0.0, self->width), dirty);
    }
}

void
fy_brush_append (FyBrush *self, FyIdMap *map, double x, double y, double pressure, FyRect *dirty)
{
  double share = self->hardness + (1.0 - self->hardness) * CLAMP (pressure, 0.0, 1.0);
  Disc disc = { x, y, MAX (self->radius * share, FY_BRUSH_RADIUS_MIN) };

  if (!isfinite (x) || !isfinite (y) || !isfinite (pressure))
    return;
  draw_hull (self, map, self->n_samples > 0 ? &self->last : &disc, &disc, dirty);
  if (x >= 0.0 && y >= 0.0 && x < self->width && y < self->height)
    go_over (self, map, (int) y, (int) x, (int) x + 1, dirty);
  self->last = disc;
  self->n_samples++;
}

void
fy_brush_redraw (const FyBrush *self, FyIdMap *map, FyRect *dirty)
{
  const FyRect *extent = &self->extent;

  for (int y = extent->y; y < extent->y + extent->height; y++)
    {
      const guint8 *over = self->over + (gsize) y * (gsize) self->width;
      int end = extent->x + extent->width;

      for (int x = extent->x; x < end; x++)
        if (over[x])
          {
            int first = x;

            while (x < end && over[x])
              x++;
            fy_paint_span (&self->paint, map, y, first, x, dirty);
          }
    }
}

FyRect
fy_brush_extent (const FyBrush *self)
{
  return self->extent;
}

int
fy_brush_n_samples (const FyBrush *self)
{
  return self->n_samples;
}
