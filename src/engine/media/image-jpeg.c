/* SPDX-License-Identifier: MIT */
#include "base/error.h"
#include "base/text.h"
#include "media/image-codec.h"

#include <jpeglib.h>

#include <jerror.h>
#include <setjmp.h>
#include <string.h>

/* Everything that must outlive a longjmp out of libjpeg. */
typedef struct
{
  struct jpeg_decompress_struct jpeg;
  struct jpeg_error_mgr errors;
  jmp_buf escape;
  char message[JMSG_LENGTH_MAX];
  gboolean damaged; /* pixels were made up */
  FyFrame *frame;
  guint8 *cmyk; /* one row, CMYK files only */
} JpegReader;

static void
jpeg_reader_clear (JpegReader *self)
{
  jpeg_destroy_decompress (&self->jpeg);
  g_clear_pointer (&self->frame, fy_frame_unref);
  g_clear_pointer (&self->cmyk, g_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (JpegReader, jpeg_reader_clear)

static void
on_error (j_common_ptr jpeg)
{
  JpegReader *self = jpeg->client_data;

  jpeg->err->format_message (jpeg, self->message);
  longjmp (self->escape, 1);
}

/* libjpeg goes on after these with grey, repeated or coarse blocks; other warnings cost no pixel. */
static gboolean
makes_up_pixels (JpegReader *self, int code)
{
  switch (code)
    {
    case JWRN_JPEG_EOF: /* one scan: perhaps just the end marker is missing */
      return self->frame == NULL || jpeg_has_multiple_scans (&self->jpeg);
    case JWRN_HIT_MARKER:
    case JWRN_HUFF_BAD_CODE:
    case JWRN_ARITH_BAD_CODE:
    case JWRN_MUST_RESYNC:
      return TRUE;
    default:
      return FALSE;
    }
}

static void
on_message (j_common_ptr jpeg, int level)
{
  JpegReader *self = jpeg->client_data;

  if (level < 0 && makes_up_pixels (self, jpeg->err->msg_code) && !self->damaged)
    {
      self->damaged = TRUE;
      jpeg->err->format_message (jpeg, self->message);
    }
}

static void
on_output (j_common_ptr jpeg)
{
}

/* Reads the header; the file's APP1 markers are kept for their orientation. */
static gboolean
read_header (JpegReader *self, FILE *file)
{
  self->jpeg.err = jpeg_std_error (&self->errors);
  self->jpeg.client_data = self;
  self->errors.error_exit = on_error;
  self->errors.emit_message = on_message;
  self->errors.output_message = on_output;
  if (setjmp (self->escape))
    return FALSE;
  jpeg_create_decompress (&self->jpeg);
  jpeg_save_markers (&self->jpeg, JPEG_APP0 + 1, 0xffff);
  jpeg_stdio_src (&self->jpeg, file);
  jpeg_read_header (&self->jpeg, TRUE);
  return TRUE;
}

/* TIFF integers of either byte order; 0 outside the marker. */
static guint
tiff_read (const JOCTET *tiff, gsize size, gsize at, int bytes)
{
  guint value = 0;

  if (at > size || size - at < (gsize) bytes)
    return 0;
  for (int i = 0; i < bytes; i++)
    value = value << 8 | tiff[at + (gsize) (tiff[0] == 'I' ? bytes - 1 - i : i)];
  return value;
}

/* Returns tag 274 of the EXIF marker's first directory, 1 where there is none. */
static int
exif_orientation (const JpegReader *self)
{
  for (jpeg_saved_marker_ptr marker = self->jpeg.marker_list; marker != NULL; marker = marker->next)
    {
      const JOCTET *tiff = marker->data + 6;
      gsize size = marker->data_length, directory;
      guint entries;

      if (size < 14 || memcmp (marker->data, "Exif\0\0", 6) != 0)
        continue;
      size -= 6;
      directory = tiff_read (tiff, size, 4, 4);
      entries = tiff_read (tiff, size, directory, 2);
      for (guint i = 0; i < entries && directory + 2 + 12 * i < size; i++)
        if (tiff_read (tiff, size, directory + 2 + 12 * i, 2) == 274)
          return (int) tiff_read (tiff, size, directory + 2 + 12 * i + 8, 2);
    }
  return 1;
}

/* Ink to light, one row.  Adobe's files store light already. */
static void
cmyk_to_rgb (const guint8 *cmyk, gboolean inverted, guint8 *rgb, int width)
{
  guint flip = inverted ? 0 : 255;

  for (int x = 0; x < width; x++, cmyk += 4, rgb += 3)
    for (int c = 0; c < 3; c++)
      rgb[c] = (guint8) (((cmyk[c] ^ flip) * (cmyk[3] ^ flip) + 127) / 255);
}

static gboolean
read_rows (JpegReader *self)
{
  j_decompress_ptr jpeg = &self->jpeg;
  gboolean cmyk = jpeg->jpeg_color_space == JCS_CMYK || jpeg->jpeg_color_space == JCS_YCCK;

  if (setjmp (self->escape))
    return FALSE;
  jpeg->out_color_space = cmyk ? JCS_CMYK : JCS_RGB;
  jpeg_start_decompress (jpeg);
  if (cmyk)
    self->cmyk = g_malloc (4 * (gsize) jpeg->output_width);
  while (jpeg->output_scanline < jpeg->output_height)
    {
      guint8 *rgb = self->frame->rgb + (gsize) jpeg->output_scanline * 3 * jpeg->output_width;
      JSAMPROW row = cmyk ? self->cmyk : rgb;

      jpeg_read_scanlines (jpeg, &row, 1);
      if (cmyk)
        cmyk_to_rgb (row, jpeg->saw_Adobe_marker, rgb, self->frame->width);
    }
  jpeg_finish_decompress (jpeg);
  return !self->damaged;
}

gboolean
fy_jpeg_read_header (FILE *file, const char *path, FyImageHeader *header, GError **error)
{
  g_auto (JpegReader) self = { 0 };

  if (!read_header (&self, file))
    {
      g_set_error (error, FY_ERROR, FY_ERROR_CORRUPT, _ ("%s: broken JPEG: %s"), path,
                   self.message);
      return FALSE;
    }
  header->bit_depth = self.jpeg.data_precision;
  header->width = (int) self.jpeg.image_width;
  header->height = (int) self.jpeg.image_height;
  header->orientation = fy_orientation_from_exif (exif_orientation (&self));
  return fy_image_check_size (path, self.jpeg.image_width, self.jpeg.image_height, error);
}

FyFrame *
fy_jpeg_decode (FILE *file, const char *path, GError **error)
{
  g_auto (JpegReader) self = { 0 };
  gboolean read = read_header (&self, file);
  FyOrientation orientation = { FALSE };
  FyFrame *upright;

  if (read)
    {
      self.frame = fy_image_new_frame (path, self.jpeg.image_width, self.jpeg.image_height, error);
      if (self.frame == NULL)
        return NULL;
      orientation = fy_orientation_from_exif (exif_orientation (&self));
      read = read_rows (&self); /* forgets the markers */
    }
  if (!read)
    {
      g_set_error (error, FY_ERROR, FY_ERROR_DECODE, _ ("%s: broken JPEG: %s; replace the file"),
                   path, self.message);
      return NULL;
    }
  upright = fy_orientation_apply (orientation, self.frame);
  if (upright == NULL)
    g_set_error (error, FY_ERROR, FY_ERROR_FAILED, _ ("%s: no memory to turn the picture"), path);
  return upright;
}
