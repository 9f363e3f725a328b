/* SPDX-License-Identifier: MIT */
/* Temporary folders of tests, and the real data that may lie beside the project. */
#pragma once

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <sys/resource.h>

/* Returns: (transfer full), a new empty folder. */
static inline char *
test_folder_new (void)
{
  g_autoptr (GError) error = NULL;
  char *folder = g_dir_make_tmp ("ferry-test-XXXXXX", &error);

  g_assert_no_error (error);
  return folder;
}

/* Removes a folder and all in it. */
static inline void
test_folder_remove (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);

      if (g_file_test (path, G_FILE_TEST_IS_DIR))
        test_folder_remove (path);
      else
        g_unlink (path);
    }
  g_rmdir (folder);
}

/* How many entries a folder has, hidden ones too. */
static inline guint
test_folder_count (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  guint n = 0;

  while (g_dir_read_name (dir) != NULL)
    n++;
  return n;
}

/* Returns: (transfer full) path below the real data; NULL, with the test skipped, without them. */
static inline char *
test_shared_path (const char *relative)
{
  const char *shared = g_getenv ("FERRY_SHARED");
  g_autofree char *path = shared != NULL ? g_build_filename (shared, relative, NULL) : NULL;

  if (path != NULL && g_file_test (path, G_FILE_TEST_EXISTS))
    return g_steal_pointer (&path);
  g_test_skip ("no ../shared");
  return NULL;
}

/* From now on this process cannot make a file grow beyond `bytes`: as on a full disk, writing
 * fails. */
static inline void
test_limit_file_size (rlim_t bytes)
{
  const struct rlimit limit = { bytes, bytes };

  signal (SIGXFSZ, SIG_IGN);
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &limit), ==, 0);
}
