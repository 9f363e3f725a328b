/* SPDX-License-Identifier: MIT */
#include "media/image-file.h"

#include "base/error.h"
#include "base/text.h"
#include "media/image-codec.h"

#include <errno.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>

typedef FILE File;
G_DEFINE_AUTOPTR_CLEANUP_FUNC (File, fclose)

static File *
open_file (const char *path, GError **error)
{
  File *file = g_fopen (path, "rb");
  int code = errno;

  if (file == NULL)
    g_set_error (error, G_IO_ERROR, (gint) g_io_error_from_errno (code), _ ("%s: cannot read: %s"),
                 path, g_strerror (code));
  return file;
}

static guint32
big_endian (const guint8 *bytes)
{
  guint32 value;

  memcpy (&value, bytes, sizeof value);
  return GUINT32_FROM_BE (value);
}

/* Walks the chunks before the first pixels: an animation announces itself there. */
static gboolean
is_animated (File *file)
{
  guint8 chunk[8];

  while (fread (chunk, 1, sizeof chunk, file) == sizeof chunk)
    {
      if (memcmp (chunk + 4, "acTL", 4) == 0)
        return TRUE;
      if (memcmp (chunk + 4, "IDAT", 4) == 0 || big_endian (chunk) > G_MAXINT32 ||
          fseeko (file, (off_t) big_endian (chunk) + 4, SEEK_CUR) != 0)
        return FALSE;
    }
  return FALSE;
}

static FyImageKind
sniff (File *file)
{
  static const guint8 png[8] = { 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n' };
  guint8 magic[8] = { 0 };
  FyImageKind kind = FY_IMAGE_NONE;

  if (fread (magic, 1, sizeof magic, file) >= 3 && memcmp (magic, "\xff\xd8\xff", 3) == 0)
    kind = FY_IMAGE_JPEG;
  else if (memcmp (magic, png, sizeof png) == 0)
    kind = is_animated (file) ? FY_IMAGE_APNG : FY_IMAGE_PNG;
  rewind (file);
  return kind;
}

gboolean
fy_image_sniff (const char *path, FyImageKind *kind, GError **error)
{
  g_autoptr (File) file = open_file (path, error);

  if (file == NULL)
    return FALSE;
  *kind = sniff (file);
  return TRUE;
}

gboolean
fy_image_check_size (const char *path, guint64 width, guint64 height, GError **error)
{
  if (width > 0 && height > 0 && width <= G_MAXINT32 && height <= G_MAXINT32 &&
      (gint64) width <= FY_MAX_PIXELS / (gint64) height)
    return TRUE;
  g_set_error (
      error, FY_ERROR, FY_ERROR_UNSUPPORTED,
      _ ("%s: is %" PRIu64 "x%" PRIu64 " pixels; pictures of 1 to %" PRId64 " pixels can be read"),
      path, width, height, FY_MAX_PIXELS);
  return FALSE;
}

FyFrame *
fy_image_new_frame (const char *path, guint64 width, guint64 height, GError **error)
{
  FyFrame *frame;

  if (!fy_image_check_size (path, width, height, error))
    return NULL;
  frame = fy_frame_new ((int) width, (int) height);
  if (frame == NULL)
    g_set_error (error, FY_ERROR, FY_ERROR_FAILED,
                 _ ("%s: no memory for %" PRIu64 "x%" PRIu64 " pixels"), path, width, height);
  return frame;
}

gboolean
fy_image_read_header (const char *path, FyImageHeader *header, GError **error)
{
  g_autoptr (File) file = open_file (path, error);
  FyImageKind kind;

  if (file == NULL)
    return FALSE;
  kind = sniff (file);
  *header = (FyImageHeader){ .kind = kind };
  if (kind == FY_IMAGE_JPEG)
    return fy_jpeg_read_header (file, path, header, error);
  if (kind != FY_IMAGE_NONE)
    return fy_png_read_header (file, path, header, error);
  g_set_error (error, FY_ERROR, FY_ERROR_CORRUPT,
               _ ("%s: is neither a JPEG nor a PNG picture; replace or remove it"), path);
  return FALSE;
}

void
fy_image_header_shown_size (const FyImageHeader *header, int *width, int *height)
{
  gboolean turned = header->orientation.transpose;

  *width = turned ? header->height : header->width;
  *height = turned ? header->width : header->height;
}

FyFrame *
fy_image_decode (const char *path, GError **error)
{
  g_autoptr (File) file = open_file (path, error);
  FyImageKind kind;

  if (file == NULL)
    return NULL;
  kind = sniff (file);
  if (kind == FY_IMAGE_JPEG)
    return fy_jpeg_decode (file, path, error);
  if (kind != FY_IMAGE_NONE)
    return fy_png_decode (file, path, error);
  g_set_error (error, FY_ERROR, FY_ERROR_DECODE, _ ("%s: is neither a JPEG nor a PNG picture"),
               path);
  return NULL;
}
