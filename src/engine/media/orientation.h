/* SPDX-License-Identifier: MIT */
/* How stored pixels are turned and mirrored to stand upright.
 *
 * Upright pixel (x, y) is stored at (u, v), where (u, v) = (x, y), or (y, x) with `transpose`; then u
 * counts from the right edge of the stored picture with `flip_x`, v from its bottom with `flip_y`. */
#pragma once

#include "media/frame.h"

G_BEGIN_DECLS

typedef struct
{
  gboolean transpose;
  gboolean flip_x;
  gboolean flip_y;
} FyOrientation;

/* EXIF tag 274, 1 to 8; anything else counts as 1, upright. */
FyOrientation fy_orientation_from_exif (int value);

/* The 2 x 2 part of a display matrix that takes stored (x, y), y down, to shown
 * (a*x + c*y, b*x + d*y), rounded to the nearest quarter turn. */
FyOrientation fy_orientation_from_matrix (double a, double b, double c, double d);

/* Degrees clockwise that it turns stored pixels: 0, 90, 180, 270; mirroring left aside. */
int fy_orientation_degrees (FyOrientation self);

/* Returns: (transfer full), `stored` itself when it is upright; NULL without memory. */
FyFrame *fy_orientation_apply (FyOrientation self, FyFrame *stored);

G_END_DECLS
