/* SPDX-License-Identifier: MIT */
#include "exchange/picture.h"

#include "exchange/png-file.h"

gboolean
fy_picture_write (const char *path, const guint8 *rgb, int width, int height, GError **error)
{
  FyPng png = { .width = width,
                .height = height,
                .bit_depth = 8,
                .colour = TRUE,
                .channels = 3,
                .samples = (void *) rgb };

  return fy_png_write (path, &png, error);
}

gboolean
fy_picture_write_soft (const char *path, const float *soft, int width, int height, GError **error)
{
  gsize n = (gsize) width * (gsize) height;
  g_autofree guint16 *grey = g_new (guint16, n);
  FyPng png = { .width = width, .height = height, .bit_depth = 16, .channels = 1, .samples = grey };

  for (gsize i = 0; i < n; i++)
    grey[i] = soft[i] > 0.0f ? (guint16) (MIN (soft[i], 1.0f) * 65535.0f + 0.5f) : 0;
  return fy_png_write (path, &png, error);
}
