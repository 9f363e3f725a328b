/* SPDX-License-Identifier: MIT */
#include "base/error.h"
#include "base/text.h"
#include "media/image-codec.h"

#include <png.h>
#include <setjmp.h>

/* Everything that must outlive a longjmp out of libpng. */
typedef struct
{
  png_structp png;
  png_infop info;
  char message[128];
  FyFrame *frame;
  png_bytep *rows; /* into frame */
} PngReader;

static void
png_reader_clear (PngReader *self)
{
  png_destroy_read_struct (&self->png, &self->info, NULL);
  g_clear_pointer (&self->frame, fy_frame_unref);
  g_clear_pointer (&self->rows, g_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (PngReader, png_reader_clear)

static void
on_error (png_structp png, png_const_charp message)
{
  PngReader *self = png_get_error_ptr (png);

  g_strlcpy (self->message, message, sizeof self->message);
  longjmp (png_jmpbuf (png), 1);
}

static void
on_warning (png_structp png, png_const_charp message)
{
  g_debug ("png: %s", message);
}

static void
read_bytes (png_structp png, png_bytep bytes, size_t size)
{
  if (fread (bytes, 1, size, png_get_io_ptr (png)) != size)
    png_error (png, _ ("the file ends too early"));
}

/* Makes the reader and takes in all that comes before the pixels. */
static gboolean
read_info (PngReader *self, FILE *file)
{
  self->png = png_create_read_struct (PNG_LIBPNG_VER_STRING, self, on_error, on_warning);
  self->info = self->png != NULL ? png_create_info_struct (self->png) : NULL;
  if (self->info == NULL)
    {
      g_strlcpy (self->message, _ ("no memory"), sizeof self->message);
      return FALSE;
    }
  if (setjmp (png_jmpbuf (self->png)))
    return FALSE;
  /* The declared size is checked by the caller, who also says what was wrong with it. */
  png_set_user_limits (self->png, G_MAXINT32, G_MAXINT32);
  png_set_read_fn (self->png, file, read_bytes);
  png_read_info (self->png, self->info);
  return TRUE;
}

static gboolean
read_rows (PngReader *self)
{
  png_structp png = self->png;

  if (setjmp (png_jmpbuf (png)))
    return FALSE;
  png_set_expand (png);
  png_set_scale_16 (png);
  png_set_strip_alpha (png);
  png_set_gray_to_rgb (png);
  png_set_interlace_handling (png);
  png_read_update_info (png, self->info);
  if (png_get_rowbytes (png, self->info) != 3 * (gsize) self->frame->width)
    png_error (png, _ ("rows of an unexpected length"));
  png_read_image (png, self->rows);
  png_read_end (png, NULL);
  return TRUE;
}

gboolean
fy_png_read_header (FILE *file, const char *path, FyImageHeader *header, GError **error)
{
  g_auto (PngReader) self = { 0 };

  if (!read_info (&self, file))
    {
      g_set_error (error, FY_ERROR, FY_ERROR_CORRUPT, _ ("%s: broken PNG: %s"), path, self.message);
      return FALSE;
    }
  header->bit_depth = png_get_bit_depth (self.png, self.info);
  header->width = (int) png_get_image_width (self.png, self.info);
  header->height = (int) png_get_image_height (self.png, self.info);
  return fy_image_check_size (path, png_get_image_width (self.png, self.info),
                              png_get_image_height (self.png, self.info), error);
}

FyFrame *
fy_png_decode (FILE *file, const char *path, GError **error)
{
  g_auto (PngReader) self = { 0 };
  gboolean read = read_info (&self, file);

  if (read)
    {
      self.frame = fy_image_new_frame (path, png_get_image_width (self.png, self.info),
                                       png_get_image_height (self.png, self.info), error);
      if (self.frame == NULL)
        return NULL;
      self.rows = g_new (png_bytep, (gsize) self.frame->height);
      for (int y = 0; y < self.frame->height; y++)
        self.rows[y] = self.frame->rgb + (gsize) y * 3 * (gsize) self.frame->width;
      read = read_rows (&self);
    }
  if (!read)
    {
      g_set_error (error, FY_ERROR, FY_ERROR_DECODE, _ ("%s: broken PNG: %s; replace the file"),
                   path, self.message);
      return NULL;
    }
  return g_steal_pointer (&self.frame);
}
