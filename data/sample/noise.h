/* SPDX-License-Identifier: MIT */
/* Textures without a random source: values that look random and follow from the position alone. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* 0 .. 1, unrelated for neighbouring whole numbers. */
double noise_hash (int x, int y, guint32 seed);

/* Smooth value noise with one feature a unit, 0 .. 1. */
double noise_value (double x, double y, guint32 seed);

/* Sum of octaves of noise_value, each twice as fine and half as strong; 0 .. 1. */
double noise_fractal (double x, double y, int octaves, guint32 seed);

typedef struct
{
  double nearest; /* distance to the nearest of the scattered points, about 0 .. 1 */
  double border;  /* distance to the border with the next point's cell, 0 on it     */
  double value;   /* of the nearest point: 0 .. 1                                   */
  double to_x;    /* from the nearest point to here                                 */
  double to_y;
} NoiseCell;

/* Cells around points scattered one a unit square. */
NoiseCell noise_cells (double x, double y, guint32 seed);

/* 0 below `from`, 1 above `to`, smooth between; from > to reverses it. */
double noise_step (double from, double to, double x);

G_END_DECLS
