/* SPDX-License-Identifier: MIT */
#include "bench-scratch.h"

#include <errno.h>
#include <glib/gstdio.h>

FerryScratch *
ferry_scratch_new (GError **error)
{
  g_autofree char *path = g_build_filename (g_get_tmp_dir (), "ferry-bench-XXXXXX", NULL);

  if (g_mkdtemp (path) == NULL)
    {
      int code = errno;

      g_set_error (error, G_IO_ERROR, (int) g_io_error_from_errno (code),
                   "cannot make a folder in %s: %s", g_get_tmp_dir (), g_strerror (code));
      return NULL;
    }
  return g_steal_pointer (&path);
}

static void
delete_all (const char *path)
{
  g_autoptr (GDir) folder =
      g_file_test (path, G_FILE_TEST_IS_SYMLINK) ? NULL : g_dir_open (path, 0, NULL);
  const char *name;

  while (folder != NULL && (name = g_dir_read_name (folder)) != NULL)
    {
      g_autofree char *below = g_build_filename (path, name, NULL);

      delete_all (below);
    }
  g_remove (path);
}

void
ferry_scratch_free (FerryScratch *self)
{
  if (self != NULL)
    delete_all (self);
  g_free (self);
}
