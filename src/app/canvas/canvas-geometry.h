/* SPDX-License-Identifier: MIT */
/* Where the picture lies in the canvas.  Device pixels throughout, so that 100 % is one pixel of the picture
 * on one of the screen whatever the screen's scale.  Without GTK.  Thread: any. */
#pragma once

#include "label/run-map.h"

G_BEGIN_DECLS

#define FERRY_ZOOM_MIN 0.05
#define FERRY_ZOOM_MAX 64.0

typedef struct
{
  int width; /* of the picture, pixels; 0 = there is none */
  int height;
  int view_width; /* of the canvas, device pixels */
  int view_height;
  double scale; /* device pixels for one of the picture */
  double x;     /* pixel of the picture in the middle of the canvas */
  double y;
  gboolean fitted; /* the whole picture is shown, whatever the canvas's size */
} FerryGeometry;

/* Fits a picture of another size; keeps what is shown of one of the same size. */
void ferry_geometry_set_picture (FerryGeometry *self, int width, int height);
void ferry_geometry_set_view (FerryGeometry *self, int view_width, int view_height);

void ferry_geometry_fit (FerryGeometry *self);
/* The picture's pixel at (dx, dy) of the canvas stays there. */
void ferry_geometry_zoom_at (FerryGeometry *self, double scale, double dx, double dy);
void ferry_geometry_pan (FerryGeometry *self, double dx, double dy);
/* A pixel of the picture to the middle of the canvas. */
void ferry_geometry_center (FerryGeometry *self, double x, double y);

/* Device pixel of the picture's upper left corner: whole numbers, so that 100 % is sharp. */
void ferry_geometry_origin (const FerryGeometry *self, double *x, double *y);
void
ferry_geometry_to_picture (const FerryGeometry *self, double dx, double dy, double *x, double *y);
void
ferry_geometry_to_device (const FerryGeometry *self, double x, double y, double *dx, double *dy);

/* Device pixels of the canvas that show the picture; empty when none does. */
FyRect ferry_geometry_visible (const FerryGeometry *self);

gboolean ferry_geometry_equal (const FerryGeometry *a, const FerryGeometry *b);

G_END_DECLS
