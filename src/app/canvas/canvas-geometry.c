/* SPDX-License-Identifier: MIT */
#include "app/canvas/canvas-geometry.h"

#include <math.h>

/* The middle of the canvas stays on the picture. */
static void
hold (FerryGeometry *self)
{
  self->scale = CLAMP (self->scale, FERRY_ZOOM_MIN, FERRY_ZOOM_MAX);
  self->x = CLAMP (self->x, 0.0, self->width);
  self->y = CLAMP (self->y, 0.0, self->height);
}

void
ferry_geometry_fit (FerryGeometry *self)
{
  self->fitted = TRUE;
  self->x = self->width / 2.0;
  self->y = self->height / 2.0;
  self->scale = 1.0;
  if (self->width > 0 && self->view_width > 0)
    self->scale =
        MIN ((double) self->view_width / self->width, (double) self->view_height / self->height);
  hold (self);
}

void
ferry_geometry_set_picture (FerryGeometry *self, int width, int height)
{
  if (width == self->width && height == self->height)
    return;
  self->width = width;
  self->height = height;
  ferry_geometry_fit (self);
}

void
ferry_geometry_set_view (FerryGeometry *self, int view_width, int view_height)
{
  self->view_width = view_width;
  self->view_height = view_height;
  if (self->fitted)
    ferry_geometry_fit (self);
}

void
ferry_geometry_zoom_at (FerryGeometry *self, double scale, double dx, double dy)
{
  double x, y;

  ferry_geometry_to_picture (self, dx, dy, &x, &y);
  self->scale = CLAMP (scale, FERRY_ZOOM_MIN, FERRY_ZOOM_MAX);
  self->x = x - (dx - self->view_width / 2.0) / self->scale;
  self->y = y - (dy - self->view_height / 2.0) / self->scale;
  self->fitted = FALSE;
  hold (self);
}

void
ferry_geometry_pan (FerryGeometry *self, double dx, double dy)
{
  self->x -= dx / self->scale;
  self->y -= dy / self->scale;
  self->fitted = FALSE;
  hold (self);
}

void
ferry_geometry_center (FerryGeometry *self, double x, double y)
{
  self->x = x;
  self->y = y;
  self->fitted = FALSE;
  hold (self);
}

void
ferry_geometry_origin (const FerryGeometry *self, double *x, double *y)
{
  *x = round (self->view_width / 2.0 - self->x * self->scale);
  *y = round (self->view_height / 2.0 - self->y * self->scale);
}

void
ferry_geometry_to_picture (const FerryGeometry *self, double dx, double dy, double *x, double *y)
{
  double left, top;

  ferry_geometry_origin (self, &left, &top);
  *x = (dx - left) / self->scale;
  *y = (dy - top) / self->scale;
}

void
ferry_geometry_to_device (const FerryGeometry *self, double x, double y, double *dx, double *dy)
{
  double left, top;

  ferry_geometry_origin (self, &left, &top);
  *dx = left + x * self->scale;
  *dy = top + y * self->scale;
}

FyRect
ferry_geometry_visible (const FerryGeometry *self)
{
  double left, top;
  int x, y, right, bottom;

  ferry_geometry_origin (self, &left, &top);
  x = (int) CLAMP (left, 0.0, self->view_width);
  y = (int) CLAMP (top, 0.0, self->view_height);
  right = (int) CLAMP (left + round (self->width * self->scale), 0.0, self->view_width);
  bottom = (int) CLAMP (top + round (self->height * self->scale), 0.0, self->view_height);
  if (self->width <= 0 || right <= x || bottom <= y)
    return (FyRect){ 0 };
  return (FyRect){ x, y, right - x, bottom - y };
}

gboolean
ferry_geometry_equal (const FerryGeometry *a, const FerryGeometry *b)
{
  double ax, ay, bx, by;

  ferry_geometry_origin (a, &ax, &ay);
  ferry_geometry_origin (b, &bx, &by);
  return a->width == b->width && a->height == b->height && a->view_width == b->view_width &&
         a->view_height == b->view_height && a->scale == b->scale && ax == bx && ay == by;
}
