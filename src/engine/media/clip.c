/* SPDX-License-Identifier: MIT */
#include "media/clip.h"

#include "base/error.h"
#include "base/text.h"
#include "media/image-file.h"
#include "media/image-folder.h"
#include "media/video.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>

#define DEFAULT_CACHE_BYTES ((gsize) 256 << 20)

struct FyClip
{
  FyClipInfo info;
  char *path;
  char *name;
  const FySource *functions;
  gpointer source;
  FyFrameCache *cache;
};

/* "/clips/dog/" -> "dog"; "/clips/dog.mp4" -> "dog" */
static char *
short_name (const char *path, gboolean folder)
{
  g_autofree char *whole = g_canonicalize_filename (path, NULL);
  char *name = g_path_get_basename (whole);
  char *dot = strrchr (name, '.');

  if (!folder && dot != NULL && dot != name)
    *dot = '\0';
  return name;
}

/* Only folders and regular files: a pipe or device could block for ever. */
static gboolean
check_path (const char *path, gboolean *folder, GError **error)
{
  GStatBuf status;

  if (g_stat (path, &status) != 0)
    {
      int code = errno;

      g_set_error (error, G_IO_ERROR, (gint) g_io_error_from_errno (code),
                   _ ("%s: cannot open: %s"), path, g_strerror (code));
      return FALSE;
    }
  *folder = S_ISDIR (status.st_mode);
  if (!*folder && !S_ISREG (status.st_mode))
    g_set_error (error, FY_ERROR, FY_ERROR_UNSUPPORTED,
                 _ ("%s: is neither a file nor a folder; copy it to a file first"), path);
  else if (!*folder && status.st_size == 0)
    g_set_error (error, FY_ERROR, FY_ERROR_CORRUPT, _ ("%s: is empty; copy or export it again"),
                 path);
  else
    return TRUE;
  return FALSE;
}

FyClip *
fy_clip_open (const char *path,
              const FyClipParams *params,
              GCancellable *cancellable,
              GError **error)
{
  g_autoptr (FyClip) self = g_new0 (FyClip, 1);
  FyImageKind kind = FY_IMAGE_NONE;
  gboolean folder;

  if (g_cancellable_set_error_if_cancelled (cancellable, error) ||
      !check_path (path, &folder, error) || (!folder && !fy_image_sniff (path, &kind, error)))
    return NULL;
  self->path = g_strdup (path);
  self->name = short_name (path, folder);
  self->info.path = self->path;
  self->info.name = self->name;
  if (folder || kind == FY_IMAGE_JPEG || kind == FY_IMAGE_PNG)
    {
      self->functions = &fy_image_folder_source;
      self->source = fy_image_folder_open (path, &self->info, cancellable, error);
    }
  else
    {
      self->functions = &fy_video_source;
      self->source = fy_video_open (path, params != NULL ? params : &(FyClipParams){ 0 },
                                    &self->info, cancellable, error);
    }
  if (self->source == NULL)
    return NULL;
  self->cache = fy_frame_cache_new (
      params != NULL && params->cache_bytes > 0 ? params->cache_bytes : DEFAULT_CACHE_BYTES);
  return g_steal_pointer (&self);
}

void
fy_clip_free (FyClip *self)
{
  if (self == NULL)
    return;
  if (self->source != NULL)
    self->functions->free (self->source);
  g_clear_pointer (&self->cache, fy_frame_cache_free);
  g_free (self->path);
  g_free (self->name);
  g_free (self);
}

const FyClipInfo *
fy_clip_info (FyClip *self)
{
  return &self->info;
}

const char *
fy_clip_frame_name (FyClip *self, int number)
{
  g_return_val_if_fail (number >= 0 && number < self->info.n_frames, NULL);
  return self->functions->frame_name (self->source, number);
}

gint64
fy_clip_frame_time (FyClip *self, int number)
{
  g_return_val_if_fail (number >= 0 && number < self->info.n_frames, 0);
  return self->functions->frame_time (self->source, number);
}

FyFrame *
fy_clip_frame (FyClip *self, int number, GCancellable *cancellable, GError **error)
{
  FyFrame *frame;

  if (number < 0 || number >= self->info.n_frames)
    {
      g_set_error (error, FY_ERROR, FY_ERROR_FAILED, _ ("%s: no frame %d; the last one is %d"),
                   self->path, number, self->info.n_frames - 1);
      return NULL;
    }
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;
  frame = fy_frame_cache_get (self->cache, number);
  if (frame == NULL)
    frame = self->functions->read (self->source, number, self->cache, cancellable, error);
  return frame;
}

static gboolean
digest_piece (GChecksum *checksum, FILE *file, goffset at, gsize bytes)
{
  guint8 buffer[4096];

  if (fseeko (file, at, SEEK_SET) != 0)
    return FALSE;
  while (bytes > 0)
    {
      gsize n = fread (buffer, 1, MIN (bytes, sizeof buffer), file);

      if (n == 0)
        return FALSE;
      g_checksum_update (checksum, buffer, (gssize) n);
      bytes -= n;
    }
  return TRUE;
}

static gboolean
digest_pieces (GChecksum *checksum, FILE *file, int n, gsize bytes)
{
  goffset size;
  guint64 stored;

  if (fseeko (file, 0, SEEK_END) != 0 || (size = ftello (file)) < 0)
    return FALSE;
  stored = GUINT64_TO_LE ((guint64) size);
  g_checksum_update (checksum, (const guchar *) &stored, sizeof stored);
  if (n > 0 && (guint64) size <= (guint64) n * bytes)
    return digest_piece (checksum, file, 0, (gsize) size);
  for (int i = 0; i < n; i++)
    if (!digest_piece (checksum, file, (size - (goffset) bytes) / MAX (n - 1, 1) * i, bytes))
      return FALSE;
  return TRUE;
}

gboolean
fy_digest_file (GChecksum *checksum, const char *path, int n, gsize bytes, GError **error)
{
  FILE *file = g_fopen (path, "rb");
  gboolean done = file != NULL && digest_pieces (checksum, file, n, bytes);
  int code = errno;

  if (file != NULL)
    fclose (file);
  if (!done)
    g_set_error (error, G_IO_ERROR, (gint) g_io_error_from_errno (code), _ ("%s: cannot read: %s"),
                 path, g_strerror (code));
  return done;
}

char *
fy_clip_fingerprint (FyClip *self, GError **error)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);

  if (!self->functions->digest (self->source, checksum, error))
    return NULL;
  return g_strdup (g_checksum_get_string (checksum));
}
