/* SPDX-License-Identifier: MIT */
#include "exchange/output-folder.h"

#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdio.h>

struct FyOutputFolder
{
  char *path;
  char *temporary; /* NULL once it has its final name */
};

static gboolean
fail (const char *path, const char *action, int code, GError **error)
{
  const char *remedy = code == ENOSPC || code == EDQUOT ? _ ("; free some space")
                       : code == EACCES || code == EROFS || code == EPERM
                           ? _ ("; choose a folder you may write to")
                       : code == ENOTDIR || code == EEXIST ? _ ("; choose another name")
                                                           : _ ("; choose another place");

  g_set_error (error, G_IO_ERROR, (gint) g_io_error_from_errno (code), _ ("%s: cannot %s: %s%s"),
               path, action, g_strerror (code), remedy);
  return FALSE;
}

gboolean
fy_make_folder (const char *path, GError **error)
{
  return g_mkdir_with_parents (path, 0777) == 0 || fail (path, _ ("make the folder"), errno, error);
}

FyOutputFolder *
fy_output_folder_new (const char *path, GError **error)
{
  g_autoptr (FyOutputFolder) self = g_new0 (FyOutputFolder, 1);
  g_autofree char *parent = NULL;
  g_autofree char *name = NULL;
  g_autofree char *hidden = NULL;

  self->path = g_canonicalize_filename (path, NULL);
  parent = g_path_get_dirname (self->path);
  name = g_path_get_basename (self->path);
  hidden = g_strdup_printf (".%s.XXXXXX", name);
  if (!fy_make_folder (parent, error))
    return NULL;
  self->temporary = g_build_filename (parent, hidden, NULL);
  if (g_mkdtemp_full (self->temporary, 0777) == NULL)
    {
      int code = errno;

      g_clear_pointer (&self->temporary, g_free);
      fail (self->path, _ ("make the folder"), code, error);
      return NULL;
    }
  return g_steal_pointer (&self);
}

/* As far as it goes; links are removed, not followed. */
static void
remove_tree (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *inner = g_build_filename (path, name, NULL);

      if (g_unlink (inner) != 0)
        remove_tree (inner);
    }
  g_rmdir (path);
}

void
fy_output_folder_free (FyOutputFolder *self)
{
  if (self == NULL)
    return;
  if (self->temporary != NULL)
    remove_tree (self->temporary);
  g_free (self->temporary);
  g_free (self->path);
  g_free (self);
}

const char *
fy_output_folder_peek_path (FyOutputFolder *self)
{
  return self->temporary;
}

/* Takes the place of the folder that has the name, and removes that. */
static gboolean
replace (const FyOutputFolder *self)
{
  g_autofree char *aside = g_strconcat (self->temporary, ".old", NULL);

  if (renameat2 (AT_FDCWD, self->temporary, AT_FDCWD, self->path, RENAME_EXCHANGE) == 0)
    {
      remove_tree (self->temporary);
      return TRUE;
    }
  if (g_rename (self->path, aside) != 0) /* a file system that cannot exchange */
    return FALSE;
  if (g_rename (self->temporary, self->path) != 0)
    {
      int code = errno;

      g_rename (aside, self->path);
      errno = code;
      return FALSE;
    }
  remove_tree (aside);
  return TRUE;
}

gboolean
fy_output_folder_commit (FyOutputFolder *self, GError **error)
{
  if (g_rename (self->temporary, self->path) == 0) /* nothing, or an empty folder, was there */
    {
      g_clear_pointer (&self->temporary, g_free);
      return TRUE;
    }
  if (errno != ENOTEMPTY && errno != EEXIST)
    return fail (self->path, _ ("give the folder its name"), errno, error);
  if (!replace (self))
    return fail (self->path, _ ("replace the folder"), errno, error);
  g_clear_pointer (&self->temporary, g_free);
  return TRUE;
}
