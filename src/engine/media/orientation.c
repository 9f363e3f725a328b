/* SPDX-License-Identifier: MIT */
#include "media/orientation.h"

#include <math.h>
#include <string.h>

FyOrientation
fy_orientation_from_exif (int value)
{
  return (FyOrientation){
    .transpose = value >= 5 && value <= 8,
    .flip_x = value == 2 || value == 3 || value == 7 || value == 8,
    .flip_y = value == 3 || value == 4 || value == 6 || value == 7,
  };
}

FyOrientation
fy_orientation_from_matrix (double a, double b, double c, double d)
{
  if (fabs (a) + fabs (d) >= fabs (b) + fabs (c))
    return (FyOrientation){ FALSE, a < 0, d < 0 };
  return (FyOrientation){ TRUE, b < 0, c < 0 };
}

int
fy_orientation_degrees (FyOrientation self)
{
  if (self.transpose)
    return self.flip_y ? 90 : 270;
  return self.flip_y ? 180 : 0;
}

FyFrame *
fy_orientation_apply (FyOrientation self, FyFrame *stored)
{
  int width = self.transpose ? stored->height : stored->width;
  int height = self.transpose ? stored->width : stored->height;
  gssize pitch = (gssize) stored->width * 3;
  gssize step_x = self.flip_x ? -3 : 3, step_y = self.flip_y ? -pitch : pitch;
  const guint8 *origin = stored->rgb;
  FyFrame *upright;

  if (!self.transpose && !self.flip_x && !self.flip_y)
    return fy_frame_ref (stored);
  upright = fy_frame_new (width, height);
  if (upright == NULL)
    return NULL;
  upright->number = stored->number;
  upright->time_us = stored->time_us;
  if (self.flip_x)
    origin += pitch - 3;
  if (self.flip_y)
    origin += pitch * (stored->height - 1);
  for (int y = 0; y < height; y++)
    {
      const guint8 *from = origin + y * (self.transpose ? step_x : step_y);
      guint8 *to = upright->rgb + (gsize) y * (gsize) width * 3;

      for (int x = 0; x < width; x++, to += 3, from += self.transpose ? step_y : step_x)
        memcpy (to, from, 3);
    }
  return upright;
}
