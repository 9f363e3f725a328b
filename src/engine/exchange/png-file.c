/* SPDX-License-Identifier: MIT */
#include "exchange/png-file.h"

#include "base/error.h"
#include "base/output-file.h"
#include "base/size.h"
#include "base/text.h"
#include "exchange/indexed-png.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <png.h>
#include <stdio.h>

/* One file being read or written.  All that a step below owns hangs here: libpng leaves a step by a
 * long jump. */
typedef struct
{
  const char *path;
  png_structp png;
  png_infop info;
  FILE *file;           /* reading                                  */
  FyOutputFile *output; /* writing                                  */
  GError *error;        /* of file or output, when these are to blame */
  char message[128];    /* what libpng said                         */
  FyPng image;
} Job;

static void
job_clear (Job *job)
{
  if (job->png != NULL && job->file != NULL)
    png_destroy_read_struct (&job->png, &job->info, NULL);
  else if (job->png != NULL)
    png_destroy_write_struct (&job->png, &job->info);
  g_clear_pointer (&job->file, fclose);
  g_clear_pointer (&job->output, fy_output_file_free);
  g_clear_error (&job->error);
  fy_png_clear (&job->image);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Job, job_clear)

void
fy_png_clear (FyPng *self)
{
  g_clear_pointer (&self->samples, g_free);
}

static void
on_error (png_structp png, png_const_charp message)
{
  Job *job = png_get_error_ptr (png);

  g_strlcpy (job->message, message, sizeof job->message);
  png_longjmp (png, 1);
}

static void
on_warning (png_structp png, png_const_charp message)
{
}

/* Runs a step.  The only function that libpng's errors jump back to: it owns nothing, and its
 * variables do not change. */
static gboolean
run_step (Job *job, void (*step) (Job *job))
{
  if (setjmp (png_jmpbuf (job->png)) != 0)
    return FALSE;
  step (job);
  return TRUE;
}

static gboolean
make_info (Job *job, GError **error)
{
  job->info = job->png != NULL ? png_create_info_struct (job->png) : NULL;
  if (job->info == NULL)
    g_set_error (error, FY_ERROR, FY_ERROR_FAILED,
                 _ ("%s: libpng does not start: out of memory, or not version %s as built against"),
                 job->path, PNG_LIBPNG_VER_STRING);
  return job->info != NULL;
}

static gsize
row_bytes (const FyPng *image)
{
  return (gsize) image->width * (gsize) image->channels * (image->bit_depth == 16 ? 2 : 1);
}

/* --- Reading --- */

static void
read_bytes (png_structp png, png_bytep bytes, size_t size)
{
  Job *job = png_get_io_ptr (png);

  if (fread (bytes, 1, size, job->file) == size)
    return;
  if (ferror (job->file))
    g_set_error (&job->error, G_IO_ERROR, (gint) g_io_error_from_errno (errno),
                 _ ("%s: cannot read: %s"), job->path, g_strerror (errno));
  png_error (png, _ ("the file ends too early"));
}

static void
read_header (Job *job)
{
  FyPng *image = &job->image;
  png_byte type;
  png_colorp entries;

  png_read_info (job->png, job->info);
  type = png_get_color_type (job->png, job->info);
  image->width = (int) png_get_image_width (job->png, job->info);
  image->height = (int) png_get_image_height (job->png, job->info);
  image->bit_depth = png_get_bit_depth (job->png, job->info);
  image->palette = type == PNG_COLOR_TYPE_PALETTE;
  image->colour = !image->palette && (type & PNG_COLOR_MASK_COLOR) != 0;
  image->alpha = (type & PNG_COLOR_MASK_ALPHA) != 0;
  image->channels = png_get_channels (job->png, job->info);
  if (image->palette && png_get_PLTE (job->png, job->info, &entries, &image->n_entries) != 0)
    for (int i = 0; i < image->n_entries; i++)
      image->entry[i] = (FyRgb){ entries[i].red, entries[i].green, entries[i].blue };
}

/* Rows are read one by one even when interlaced: each pass adds to what the rows hold already. */
static void
read_samples (Job *job)
{
  gsize stride = row_bytes (&job->image);
  int passes;

  png_set_packing (job->png);
  if (G_BYTE_ORDER == G_LITTLE_ENDIAN)
    png_set_swap (job->png);
  passes = png_set_interlace_handling (job->png);
  png_start_read_image (job->png);
  for (int pass = 0; pass < passes; pass++)
    for (int y = 0; y < job->image.height; y++)
      png_read_row (job->png, (png_bytep) job->image.samples + (gsize) y * stride, NULL);
  png_read_end (job->png, NULL);
}

static gboolean
open_file (Job *job, GError **error)
{
  guint8 signature[8] = { 0 };
  GStatBuf status;
  gsize got;

  if (g_stat (job->path, &status) == 0 && !S_ISREG (status.st_mode))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_REGULAR_FILE,
                   _ ("%s: not a file; give the path of a PNG"), job->path);
      return FALSE;
    }
  job->file = g_fopen (job->path, "rbe");
  if (job->file == NULL)
    {
      g_set_error (error, G_IO_ERROR, (gint) g_io_error_from_errno (errno),
                   _ ("%s: cannot open: %s"), job->path, g_strerror (errno));
      return FALSE;
    }
  got = fread (signature, 1, sizeof signature, job->file);
  if (got < sizeof signature || png_sig_cmp (signature, 0, sizeof signature) != 0)
    {
      g_set_error (error, FY_ERROR, FY_ERROR_CORRUPT, _ ("%s: %s; label images must be PNG"),
                   job->path, got == 0 ? _ ("the file is empty") : _ ("not a PNG"));
      return FALSE;
    }
  return TRUE;
}

/* Sets *error to what stopped the step that failed: the header, or the rows. */
static gboolean
fail_reading (Job *job, gboolean in_rows, GError **error)
{
  g_autofree char *place = NULL;

  if (job->error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&job->error));
      return FALSE;
    }
  if (in_rows)
    place = g_strdup_printf (_ (" near row %u of %d"), png_get_current_row_number (job->png),
                             job->image.height);
  g_set_error (error, FY_ERROR, FY_ERROR_CORRUPT,
               _ ("%s: damaged PNG%s (%s); copy or export the file again"), job->path,
               place != NULL ? place : "", job->message);
  return FALSE;
}

static gboolean
allocate_samples (Job *job, GError **error)
{
  FyPng *image = &job->image;
  gint64 pixels = (gint64) image->width * image->height;

  if (pixels > FY_PNG_MAX_PIXELS)
    {
      g_set_error (error, FY_ERROR, FY_ERROR_UNSUPPORTED,
                   _ ("%s: %dx%d pixels are more than the %d that can be read; scale it down"),
                   job->path, image->width, image->height, FY_PNG_MAX_PIXELS);
      return FALSE;
    }
  if (image->colour && image->bit_depth == 16)
    {
      g_set_error (error, FY_ERROR, FY_ERROR_UNSUPPORTED,
                   _ ("%s: 16-bit colour cannot hold labels; export an indexed PNG"), job->path);
      return FALSE;
    }
  image->samples = g_try_malloc (row_bytes (image) * (gsize) image->height);
  if (image->samples == NULL)
    {
      g_set_error (error, FY_ERROR, FY_ERROR_UNSUPPORTED,
                   _ ("%s: not enough memory for %dx%d pixels; scale it down"), job->path,
                   image->width, image->height);
      return FALSE;
    }
  return TRUE;
}

gboolean
fy_png_read (const char *path, FyPng *png, GError **error)
{
  g_auto (Job) job = { .path = path };

  if (!open_file (&job, error))
    return FALSE;
  job.png = png_create_read_struct (PNG_LIBPNG_VER_STRING, &job, on_error, on_warning);
  if (!make_info (&job, error))
    return FALSE;
  png_set_read_fn (job.png, &job, read_bytes);
  png_set_sig_bytes (job.png, 8);
  png_set_user_limits (job.png, PNG_UINT_31_MAX, PNG_UINT_31_MAX); /* own limit, own message */
  png_set_crc_action (job.png, PNG_CRC_ERROR_QUIT, PNG_CRC_ERROR_QUIT);
  if (!run_step (&job, read_header))
    return fail_reading (&job, FALSE, error);
  if (!allocate_samples (&job, error))
    return FALSE;
  if (!run_step (&job, read_samples))
    return fail_reading (&job, TRUE, error);
  *png = job.image;
  job.image.samples = NULL;
  return TRUE;
}

/* --- Writing --- */

static void
write_bytes (png_structp png, png_bytep bytes, size_t size)
{
  Job *job = png_get_io_ptr (png);

  if (!fy_output_file_write (job->output, bytes, size, &job->error))
    png_error (png, _ ("cannot write"));
}

static void
flush_bytes (png_structp png)
{
}

static void
write_all (Job *job)
{
  const FyPng *image = &job->image;
  gsize stride = row_bytes (image);
  png_color entries[256];
  int type = image->palette  ? PNG_COLOR_TYPE_PALETTE
             : image->colour ? PNG_COLOR_TYPE_RGB
                             : PNG_COLOR_TYPE_GRAY;

  png_set_IHDR (job->png, job->info, (png_uint_32) image->width, (png_uint_32) image->height,
                image->bit_depth, type, PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
                PNG_FILTER_TYPE_DEFAULT);
  for (int i = 0; i < image->n_entries; i++)
    entries[i] = (png_color){ image->entry[i].r, image->entry[i].g, image->entry[i].b };
  if (image->palette)
    png_set_PLTE (job->png, job->info, entries, image->n_entries);
  png_write_info (job->png, job->info);
  if (G_BYTE_ORDER == G_LITTLE_ENDIAN && image->bit_depth == 16)
    png_set_swap (job->png);
  for (int y = 0; y < image->height; y++)
    png_write_row (job->png, (png_const_bytep) image->samples + (gsize) y * stride);
  png_write_end (job->png, NULL);
}

gboolean
fy_png_write (const char *path, const FyPng *png, GError **error)
{
  g_auto (Job) job = { .path = path };
  gboolean done;

  job.output = fy_output_file_new (path, error);
  if (job.output == NULL)
    return FALSE;
  job.png = png_create_write_struct (PNG_LIBPNG_VER_STRING, &job, on_error, on_warning);
  if (!make_info (&job, error))
    return FALSE;
  png_set_write_fn (job.png, &job, write_bytes, flush_bytes);
  png_set_user_limits (job.png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
  job.image = *png; /* borrows the samples */
  done = run_step (&job, write_all);
  job.image.samples = NULL;
  if (done)
    return fy_output_file_commit (job.output, FALSE, error);
  if (job.error != NULL)
    g_propagate_error (error, g_steal_pointer (&job.error));
  else
    g_set_error (error, FY_ERROR, FY_ERROR_FAILED, _ ("%s: cannot write the PNG: %s"), path,
                 job.message);
  return FALSE;
}
