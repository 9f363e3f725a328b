/* SPDX-License-Identifier: MIT */
#include "store/file-lock.h"

#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define LOCKED_BYTE G_GINT64_CONSTANT (0x7fffffffffff0000)

struct FyFileLock
{
  int fd;
  dev_t device;
  ino_t inode;
};

/* The files that this process has locked, of FyFileLock.  Closing any descriptor of a file drops all
 * classic locks of the process on it, SQLite's too: so a file that is open here is not opened to find
 * that out. */
static GMutex mutex;
static GSList *held;

static gboolean
is_held (const struct stat *info)
{
  for (GSList *at = held; at != NULL; at = at->next)
    {
      const FyFileLock *lock = at->data;

      if (lock->device == info->st_dev && lock->inode == info->st_ino)
        return TRUE;
    }
  return FALSE;
}

static void
fail (const char *path, int code, GError **error)
{
  const char *remedy = code == EACCES || code == EROFS || code == EPERM
                           ? _ ("; open it read-only, or copy it to where you may write")
                       : code == ENOENT ? _ ("; look for where it was moved")
                                        : "";

  g_set_error (error, G_IO_ERROR,
               (gint) (code == EACCES || code == EROFS || code == EPERM
                           ? G_IO_ERROR_READ_ONLY
                           : g_io_error_from_errno (code)),
               _ ("%s: cannot open the project: %s%s"), path, g_strerror (code), remedy);
}

static void
fail_busy (const char *path, GError **error)
{
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_BUSY,
               _ ("%s: the project is open elsewhere; close it there, or open it read-only"), path);
}

/* Under the mutex. */
static FyFileLock *
lock_file (const char *path, GError **error)
{
  struct flock range = {
    .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = LOCKED_BYTE, .l_len = 1
  };
  g_autofree FyFileLock *self = NULL;
  struct stat info;
  int fd;

  if (g_stat (path, &info) == 0 && is_held (&info))
    {
      fail_busy (path, error);
      return NULL;
    }
  fd = g_open (path, O_RDWR | O_CLOEXEC, 0);
  if (fd < 0 || fstat (fd, &info) != 0)
    {
      fail (path, errno, error);
      return NULL;
    }
  /* A file system that knows no such locks knows none of SQLite's: that will say so. */
  if (fcntl (fd, F_OFD_SETLK, &range) != 0 && (errno == EAGAIN || errno == EACCES))
    {
      fail_busy (path, error);
      close (fd);
      return NULL;
    }
  self = g_new0 (FyFileLock, 1);
  *self = (FyFileLock){ fd, info.st_dev, info.st_ino };
  held = g_slist_prepend (held, self);
  return g_steal_pointer (&self);
}

FyFileLock *
fy_file_lock_new (const char *path, GError **error)
{
  FyFileLock *self;

  g_mutex_lock (&mutex);
  self = lock_file (path, error);
  g_mutex_unlock (&mutex);
  return self;
}

void
fy_file_lock_free (FyFileLock *self)
{
  if (self == NULL)
    return;
  g_mutex_lock (&mutex);
  held = g_slist_remove (held, self);
  close (self->fd);
  g_mutex_unlock (&mutex);
  g_free (self);
}

gsize
fy_file_lock_read (FyFileLock *self, void *data, gsize size)
{
  gssize n = pread (self->fd, data, size, 0);

  return n > 0 ? (gsize) n : 0;
}
