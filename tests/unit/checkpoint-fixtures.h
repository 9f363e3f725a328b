/* SPDX-License-Identifier: MIT */
/* Checkpoints for tests: made by make-checkpoints.py in a folder of their own, or real ones. */
#pragma once

#include "base/error.h"
#include "weights/checkpoint.h"

#include <glib/gstdio.h>
#include <string.h>

/* Runs make-checkpoints.py; fails the test if it fails. */
static inline void
fixtures_run (const char *what, const char *source, const char *target)
{
  const char *python =
      g_file_test ("/usr/bin/python3", G_FILE_TEST_IS_EXECUTABLE) ? "/usr/bin/python3" : "python3";
  g_autofree char *script =
      g_build_filename (g_getenv ("FERRY_SOURCE"), "tests/unit/make-checkpoints.py", NULL);
  const char *command[] = { python, "-B", script, what, source, target, NULL };
  g_autofree char *output = NULL;
  g_autoptr (GError) error = NULL;
  int status = 0;

  g_spawn_sync (NULL, (char **) command, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, &output,
                &status, &error);
  g_assert_no_error (error);
  if (status != 0)
    g_error ("make-checkpoints.py %s: %s", what, output);
}

/* Makes a folder with fixtures of a kind.  (transfer full) */
static inline char *
fixtures_make (const char *what)
{
  g_autoptr (GError) error = NULL;
  char *folder = g_dir_make_tmp ("ferry-checkpoints-XXXXXX", &error);

  g_assert_no_error (error);
  fixtures_run (what, folder, NULL);
  return folder;
}

/* Deletes a folder of files. */
static inline void
fixtures_remove (char *folder)
{
  g_autoptr (GDir) files = g_dir_open (folder, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (files)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);

      g_remove (path);
    }
  g_rmdir (folder);
  g_free (folder);
}

static inline GBytes *
fixtures_load (const char *folder, const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autoptr (GError) error = NULL;
  char *data;
  gsize size;

  g_file_get_contents (path, &data, &size, &error);
  g_assert_no_error (error);
  return g_bytes_new_take (data, size);
}

/* Returns the path of a real file, or NULL, having skipped the test.  (transfer full) */
static inline char *
fixtures_shared (const char *relative)
{
  char *path = g_build_filename (g_getenv ("FERRY_SHARED"), relative, NULL);

  if (g_file_test (path, G_FILE_TEST_EXISTS))
    return path;
  g_free (path);
  g_test_skip ("no ../shared");
  return NULL;
}

/* Elements of a tensor, or -1 for more than a test wants to hold. */
static inline gint64
fixtures_count (const FyTensorInfo *info)
{
  gint64 n = 1;

  for (int i = 0; i < info->rank; i++)
    if (__builtin_mul_overflow (n, info->shape[i], &n) || n > 100000000)
      return -1;
  return n;
}

/* An error is one line that begins with what the file is called. */
static inline void
fixtures_check_error (const GError *error, const char *path)
{
  g_assert_nonnull (error);
  g_assert_true (error->domain == FY_ERROR || error->domain == G_IO_ERROR);
  g_assert_true (g_str_has_prefix (error->message, path));
  g_assert_true (g_utf8_validate (error->message, -1, NULL));
  for (const char *at = error->message; *at != '\0'; at++)
    g_assert_false (g_ascii_iscntrl (*at));
  g_assert_cmpuint (strlen (error->message), <, 1000);
}

/* Opens and reads all there is.  Returns FALSE, with the error checked and set, when any of it
 * fails. */
static inline gboolean
fixtures_read_all (GBytes *bytes, const char *path, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (FyCheckpoint) checkpoint = fy_checkpoint_new_for_bytes (bytes, path, &local);
  gboolean ok = checkpoint != NULL;

  for (int i = 0; ok && i < fy_checkpoint_n_tensors (checkpoint); i++)
    {
      gint64 n = fixtures_count (fy_checkpoint_tensor (checkpoint, i));
      g_autofree float *values = n >= 0 ? g_new (float, (gsize) n) : NULL;

      ok = n < 0 || fy_checkpoint_read (checkpoint, i, values, (gsize) n, &local);
    }
  if (ok)
    {
      g_assert_no_error (local);
      return TRUE;
    }
  fixtures_check_error (local, path);
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}
