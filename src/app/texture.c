/* SPDX-License-Identifier: MIT */
#include "app/texture.h"

GdkTexture *
ferry_texture_new (const FyFrame *frame)
{
  gsize n = (gsize) frame->width * (gsize) frame->height;
  guint32 *pixels = g_new (guint32, n);
  g_autoptr (GBytes) bytes = g_bytes_new_take (pixels, sizeof *pixels * n);
  const guint8 *rgb = frame->rgb;

  for (gsize i = 0; i < n; i++, rgb += 3)
    pixels[i] = 0xff000000u | (guint32) rgb[0] << 16 | (guint32) rgb[1] << 8 | rgb[2];
  return gdk_memory_texture_new (frame->width, frame->height, GDK_MEMORY_DEFAULT, bytes,
                                 sizeof *pixels * (gsize) frame->width);
}
