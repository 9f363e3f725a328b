/* SPDX-License-Identifier: MIT */
#include "base/output-file.h"

#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <unistd.h>

struct FyOutputFile
{
  char *path;
  char *temporary; /* NULL once it has its final name */
  int fd;
};

/* Sets *error to "PATH: cannot ACTION: REASON (remedy)" and returns FALSE. */
static gboolean
fail (const FyOutputFile *self, const char *action, int code, GError **error)
{
  const char *remedy = code == ENOSPC || code == EDQUOT || code == EFBIG ? _ ("; free some space")
                       : code == EACCES || code == EROFS || code == EPERM
                           ? _ ("; choose a folder you may write to")
                       : code == ENOENT || code == ENOTDIR ? _ ("; create the folder first")
                                                           : "";

  g_set_error (error, G_IO_ERROR, (gint) g_io_error_from_errno (code), _ ("%s: cannot %s: %s%s"),
               self->path, action, g_strerror (code), remedy);
  return FALSE;
}

FyOutputFile *
fy_output_file_new (const char *path, GError **error)
{
  g_autoptr (FyOutputFile) self = g_new0 (FyOutputFile, 1);
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *name = g_path_get_basename (path);
  g_autofree char *hidden = g_strdup_printf (".%s.XXXXXX", name);

  self->path = g_strdup (path);
  self->temporary = g_build_filename (folder, hidden, NULL);
  self->fd = g_mkstemp_full (self->temporary, O_RDWR | O_CLOEXEC, 0666);
  if (self->fd < 0)
    {
      int code = errno;

      g_clear_pointer (&self->temporary, g_free);
      fail (self, _ ("create the file"), code, error);
      return NULL;
    }
  return g_steal_pointer (&self);
}

void
fy_output_file_free (FyOutputFile *self)
{
  if (self == NULL)
    return;
  if (self->fd >= 0)
    close (self->fd);
  if (self->temporary != NULL)
    g_unlink (self->temporary);
  g_free (self->temporary);
  g_free (self->path);
  g_free (self);
}

gboolean
fy_output_file_write (FyOutputFile *self, const void *data, gsize size, GError **error)
{
  const char *at = data;

  while (size > 0)
    {
      gssize written = write (self->fd, at, size);

      if (written < 0 && errno == EINTR)
        continue;
      if (written <= 0)
        return fail (self, _ ("write"), written < 0 ? errno : ENOSPC, error);
      at += written;
      size -= (gsize) written;
    }
  return TRUE;
}

const char *
fy_output_file_peek_path (FyOutputFile *self)
{
  return self->temporary;
}

gboolean
fy_output_file_commit (FyOutputFile *self, gboolean durable, GError **error)
{
  int fd = self->fd;

  if (durable && fsync (fd) != 0)
    return fail (self, _ ("write"), errno, error);
  self->fd = -1;
  if (close (fd) != 0)
    return fail (self, _ ("write"), errno, error);
  if (g_rename (self->temporary, self->path) != 0)
    return fail (self, _ ("replace the file"), errno, error);
  g_clear_pointer (&self->temporary, g_free);
  return TRUE;
}

gboolean
fy_output_file_save (const char *path,
                     const void *data,
                     gsize size,
                     gboolean durable,
                     GError **error)
{
  g_autoptr (FyOutputFile) file = fy_output_file_new (path, error);

  return file != NULL && fy_output_file_write (file, data, size, error) &&
         fy_output_file_commit (file, durable, error);
}
