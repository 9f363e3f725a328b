/* SPDX-License-Identifier: MIT */
/* Writes small pictures for tests. */
#pragma once

#include <glib.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>

#include <jpeglib.h>
#include <png.h>

/* Writes 8-bit samples [height][width][channels] as a JPEG of best quality, without subsampling.
 *
 * space     of the samples: JCS_RGB, JCS_GRAYSCALE or JCS_CMYK
 * marker    nullable: `size` bytes for an APP1 marker */
static inline void
write_jpeg (const char *path,
            const guint8 *samples,
            int width,
            int height,
            J_COLOR_SPACE space,
            gboolean progressive,
            const void *marker,
            guint size)
{
  struct jpeg_compress_struct jpeg;
  struct jpeg_error_mgr errors;
  FILE *file = g_fopen (path, "wb");

  jpeg.err = jpeg_std_error (&errors);
  jpeg_create_compress (&jpeg);
  jpeg_stdio_dest (&jpeg, file);
  jpeg.image_width = (guint) width;
  jpeg.image_height = (guint) height;
  jpeg.input_components = space == JCS_CMYK ? 4 : space == JCS_RGB ? 3 : 1;
  jpeg.in_color_space = space;
  jpeg_set_defaults (&jpeg);
  jpeg_set_quality (&jpeg, 100, TRUE);
  jpeg.comp_info[0].h_samp_factor = jpeg.comp_info[0].v_samp_factor = 1;
  if (progressive)
    jpeg_simple_progression (&jpeg);
  jpeg_start_compress (&jpeg, TRUE);
  if (marker != NULL)
    jpeg_write_marker (&jpeg, JPEG_APP0 + 1, marker, size);
  for (int y = 0; y < height; y++)
    {
      JSAMPROW row = (guint8 *) samples + y * width * jpeg.input_components;

      jpeg_write_scanlines (&jpeg, &row, 1);
    }
  jpeg_finish_compress (&jpeg);
  jpeg_destroy_compress (&jpeg);
  fclose (file);
}

/* Writes packed rows as libpng wants them, `pitch` bytes each.  A palette of 2^depth shades i ->
 * (i*16, 255 - i*16, i) goes with PNG_COLOR_TYPE_PALETTE. */
static inline void
write_png (const char *path,
           const guint8 *rows,
           gsize pitch,
           int width,
           int height,
           int depth,
           int colour_type,
           gboolean interlaced)
{
  FILE *file = g_fopen (path, "wb");
  png_structp png = png_create_write_struct (PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
  png_infop info = png_create_info_struct (png);
  png_color palette[256];
  g_autofree png_bytep *row = g_new (png_bytep, (gsize) height);

  png_init_io (png, file);
  png_set_IHDR (png, info, (guint) width, (guint) height, depth, colour_type,
                interlaced ? PNG_INTERLACE_ADAM7 : PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
                PNG_FILTER_TYPE_DEFAULT);
  for (int i = 0; i < 1 << MIN (depth, 8); i++)
    palette[i] = (png_color){ (guint8) (i * 16), (guint8) (255 - i * 16), (guint8) i };
  if (colour_type == PNG_COLOR_TYPE_PALETTE)
    png_set_PLTE (png, info, palette, 1 << depth);
  png_write_info (png, info);
  for (int y = 0; y < height; y++)
    row[y] = (guint8 *) rows + (gsize) y * pitch;
  png_write_image (png, row);
  png_write_end (png, info);
  png_destroy_write_struct (&png, &info);
  fclose (file);
}

/* A grey picture of one level. */
static inline void
write_flat_png (const char *path, int width, int height, guint8 level)
{
  g_autofree guint8 *rows = g_malloc ((gsize) width * (gsize) height);

  memset (rows, level, (gsize) width * (gsize) height);
  write_png (path, rows, (gsize) width, width, height, 8, PNG_COLOR_TYPE_GRAY, FALSE);
}
