/* SPDX-License-Identifier: MIT */
/* One JPEG or PNG file as a frame.
 *
 * Pixels are the file's own 8-bit RGB values: embedded profiles and gamma are left alone; 16-bit PNG
 * is rounded to 8; alpha is dropped, not blended; CMYK becomes RGB by ink removal.  JPEG decodes with
 * libjpeg-turbo's slow integer DCT and smooth chroma, its EXIF orientation applied.  Thread: any. */
#pragma once

#include "media/frame.h"
#include "media/orientation.h"

G_BEGIN_DECLS

/* Larger pictures, in pixels, are refused: 768 MiB as RGB. */
#define FY_MAX_PIXELS (G_GINT64_CONSTANT (1) << 28)

typedef enum
{
  FY_IMAGE_NONE, /* something else */
  FY_IMAGE_JPEG,
  FY_IMAGE_PNG,
  FY_IMAGE_APNG, /* a PNG with more than one frame */
} FyImageKind;

typedef struct
{
  FyImageKind kind;
  int width; /* pixels in the file */
  int height;
  int bit_depth;
  FyOrientation orientation;
} FyImageHeader;

/* Tells the kind by the file's first bytes.  Sets *error to G_IO_ERROR if it cannot be read. */
gboolean fy_image_sniff (const char *path, FyImageKind *kind, GError **error);

/* Reads the size without the pixels.  A file of any other kind is FY_ERROR_CORRUPT. */
gboolean fy_image_read_header (const char *path, FyImageHeader *header, GError **error);

/* Size of the upright picture. */
void fy_image_header_shown_size (const FyImageHeader *header, int *width, int *height);

/* Refuses empty and too large pictures with FY_ERROR_UNSUPPORTED. */
gboolean fy_image_check_size (const char *path, guint64 width, guint64 height, GError **error);

/* Returns: (transfer full), upright; or NULL with FY_ERROR_DECODE, also when only a part of the
 * pixels is there. */
FyFrame *fy_image_decode (const char *path, GError **error);

G_END_DECLS
