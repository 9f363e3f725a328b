/* SPDX-License-Identifier: MIT */
/* PNG samples exactly as the file holds them, and back.  Private to the folder.  Thread: any. */
#pragma once

#include "label/palette.h"

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct
{
  int width; /* pixels */
  int height;
  int bit_depth; /* of a sample in the file: 1, 2, 4, 8, 16                         */
  gboolean palette;
  gboolean colour; /* red, green and blue                                             */
  gboolean alpha;  /* last sample of a pixel                                          */
  int channels;    /* samples a pixel: 1 .. 4                                         */
  int n_entries;   /* of the palette                                                  */
  FyRgb entry[256];
  void *samples; /* [height, width, channels]: u8, of 16 bit u16 in machine order; owned */
} FyPng;

/* Frees the samples. */
void fy_png_clear (FyPng *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (FyPng, fy_png_clear)

/* Errors as fy_indexed_png_read; 16-bit colour is unsupported. */
gboolean fy_png_read (const char *path, FyPng *png, GError **error);

/* Writes palette, grey or RGB without alpha, of 8 or 16 bit.  Errors:  G_IO_ERROR. */
gboolean fy_png_write (const char *path, const FyPng *png, GError **error);

G_END_DECLS
