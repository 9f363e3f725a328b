/* SPDX-License-Identifier: MIT */
/* Saving by itself: what was put is on disk soon, whole, and nothing is forgotten when it cannot be written. */
#include "base/error.h"
#include "folder.h"
#include "patience.h"
#include "store-fixture.h"
#include "store/autosave.h"

#include <string.h>
#include <unistd.h>
#include <utime.h>

typedef struct
{
  int failures;
  int recoveries;
  gboolean copied;
  GError *error;
} Reports;

static void
on_done (FyAutosave *autosave, const GError *error, gpointer data)
{
  Reports *reports = data;

  if (error != NULL)
    reports->failures++;
  else
    reports->recoveries++;
}

static void
on_copied (GObject *source, GAsyncResult *result, gpointer data)
{
  Reports *reports = data;

  fy_autosave_copy_finish (NULL, result, &reports->error);
  reports->copied = TRUE;
}

static void
wait_for (const int *number)
{
  gint64 end = g_get_monotonic_time () + test_patience (20);

  while (*number == 0 && g_get_monotonic_time () < end)
    {
      g_main_context_iteration (NULL, FALSE);
      g_usleep (1000);
    }
  g_assert_cmpint (*number, >, 0);
}

static void
put_all (FyAutosave *autosave, int n_frames)
{
  g_autoptr (GPtrArray) objects = store_objects (3);
  FyProjectMedia media = { (char *) "/nowhere/clip.mp4", (char *) "print", n_frames, WIDTH,
                           HEIGHT };

  fy_autosave_put_media (autosave, &media);
  fy_autosave_put_objects (autosave, (FyObject **) objects->pdata, (int) objects->len);
  for (int i = 0; i < n_frames; i++)
    {
      g_autoptr (FyFrameLabels) first = store_labels (i + 1), last = store_labels (i);

      fy_autosave_put_frame (autosave, i, first);
      fy_autosave_put_frame (autosave, i, last);
    }
}

static void
expect_whole (const char *path, int n_frames)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (FyProjectFile) file = fy_project_file_open (path, FY_PROJECT_READ_ONLY, &error);

  g_assert_no_error (error);
  g_assert_true (store_read (file, 3, n_frames, &error));
  g_assert_true (fy_project_file_check (file, &error));
}

static void
test_autosave (void)
{
  g_autofree char *folder = test_folder_new ();
  g_autofree char *path = g_build_filename (folder, "a.ferry", NULL);
  g_autoptr (GError) error = NULL;
  Reports reports = { 0 };
  FyAutosave *autosave =
      fy_autosave_new (fy_project_file_open (path, FY_PROJECT_CREATE, &error), on_done, &reports);
  gint64 start;

  g_assert_true (fy_autosave_is_clean (autosave));
  g_assert_true (fy_autosave_flush (autosave, &error));
  put_all (autosave, 50);
  start = g_get_monotonic_time ();
  while (!fy_autosave_is_clean (autosave) && g_get_monotonic_time () < start + test_patience (20))
    g_usleep (1000);
  g_test_message ("on disk after %.0f ms", (double) (g_get_monotonic_time () - start) / 1e3);
  g_assert_true (fy_autosave_is_clean (autosave));
  expect_whole (path, 50);
  put_all (autosave, 60);
  g_assert_true (fy_autosave_flush (autosave, &error));
  g_assert_true (fy_autosave_is_clean (autosave));
  expect_whole (path, 60);
  put_all (autosave, 70);
  fy_autosave_free (autosave);
  expect_whole (path, 70);
  g_assert_cmpint (reports.failures + reports.recoveries, ==, 0);
  test_folder_remove (folder);
}

/* What is put while it is held is not there in parts, and is there at once when it is let go. */
static void
test_autosave_held (void)
{
  g_autofree char *folder = test_folder_new ();
  g_autofree char *path = g_build_filename (folder, "a.ferry", NULL);
  g_autoptr (GError) error = NULL;
  Reports reports = { 0 };
  FyProjectFile *file = fy_project_file_open (path, FY_PROJECT_CREATE, &error);
  FyAutosave *autosave = fy_autosave_new (file, on_done, &reports);

  put_all (autosave, 50);
  g_assert_true (fy_autosave_flush (autosave, &error));
  fy_autosave_hold (autosave, TRUE);
  put_all (autosave, 60);
  g_usleep (300 * G_TIME_SPAN_MILLISECOND); /* six times what it gathers for */
  g_assert_false (fy_autosave_is_clean (autosave));
  fy_autosave_hold (autosave, FALSE);
  for (gint64 end = g_get_monotonic_time () + test_patience (20);
       !fy_autosave_is_clean (autosave) && g_get_monotonic_time () < end;)
    g_usleep (1000);
  g_assert_true (fy_autosave_is_clean (autosave));
  expect_whole (path, 60);
  fy_autosave_hold (autosave, TRUE);
  put_all (autosave, 70);
  g_assert_true (fy_autosave_flush (autosave, &error)); /* who asks has it */
  expect_whole (path, 70);
  fy_autosave_hold (autosave, TRUE);
  put_all (autosave, 80);
  fy_autosave_free (autosave);
  expect_whole (path, 80);
  g_assert_cmpint (reports.failures + reports.recoveries, ==, 0);
  test_folder_remove (folder);
}

/* The file is moved away under it: nothing is forgotten, a copy has all, and back it goes on. */
static void
test_autosave_failure (void)
{
  g_autofree char *folder = test_folder_new ();
  g_autofree char *path = g_build_filename (folder, "a.ferry", NULL);
  g_autofree char *away = g_build_filename (folder, "away.ferry", NULL);
  g_autofree char *copy = g_build_filename (folder, "copy.ferry", NULL);
  g_autoptr (GError) error = NULL;
  Reports reports = { 0 };
  FyAutosave *autosave =
      fy_autosave_new (fy_project_file_open (path, FY_PROJECT_CREATE, &error), on_done, &reports);

  put_all (autosave, 10);
  g_assert_true (fy_autosave_flush (autosave, &error));
  g_assert_cmpint (g_rename (path, away), ==, 0);
  put_all (autosave, 20);
  g_assert_false (fy_autosave_flush (autosave, &error));
  g_test_message ("%s", error->message);
  g_assert_error (error, FY_ERROR, FY_ERROR_STORE);
  g_assert_nonnull (strstr (error->message, path));
  g_clear_error (&error);
  g_assert_false (fy_autosave_flush (autosave, NULL));
  wait_for (&reports.failures);
  g_assert_cmpint (reports.failures, ==, 1);
  g_assert_false (fy_autosave_is_clean (autosave));
  fy_autosave_copy_async (autosave, copy, on_copied, &reports);
  wait_for (&reports.copied);
  g_assert_no_error (reports.error);
  expect_whole (copy, 20);
  g_assert_cmpint (g_rename (away, path), ==, 0);
  wait_for (&reports.recoveries); /* by itself */
  g_assert_true (fy_autosave_is_clean (autosave));
  expect_whole (path, 20);
  g_assert_cmpint (reports.failures, ==, 1);
  fy_autosave_free (autosave);
  test_folder_remove (folder);
}

static int warnings;

/* A warning ends a test program, but for the one that is expected. */
static GLogWriterOutput
count_warnings (GLogLevelFlags level, const GLogField *fields, gsize n, gpointer data)
{
  for (gsize i = 0; i < n; i++)
    if (g_str_equal (fields[i].key, "MESSAGE") &&
        strstr (fields[i].value, "; all of it is in ") != NULL)
      {
        warnings++;
        return G_LOG_WRITER_HANDLED;
      }
  return g_log_writer_default (level, fields, n, data);
}

/* The file cannot be written when it is closed: everything is in the refuge. */
static void
test_autosave_refuge (void)
{
  g_autofree char *folder = test_folder_new ();
  g_autofree char *path = g_build_filename (folder, "a.ferry", NULL);
  g_autofree char *refuge = g_build_filename (g_get_user_data_dir (), "ferry", "unsaved", NULL);
  g_autofree char *saved = NULL;
  g_autofree char *found = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GDir) dir = NULL;
  FyAutosave *autosave =
      fy_autosave_new (fy_project_file_open (path, FY_PROJECT_CREATE, &error), NULL, NULL);

  put_all (autosave, 10);
  g_assert_true (fy_autosave_flush (autosave, &error));
  g_unlink (path);
  put_all (autosave, 20);
  g_assert_cmpint (warnings, ==, 0);
  g_assert_true (fy_autosave_flush (autosave, NULL) || fy_autosave_is_failing (autosave));
  fy_autosave_free (autosave);
  g_assert_cmpint (warnings, ==, 1);
  dir = g_dir_open (refuge, 0, &error);
  g_assert_no_error (error);
  saved = g_build_filename (refuge, g_dir_read_name (dir), NULL);
  expect_whole (saved, 20);
  found = fy_autosave_find_refuge (path);
  g_assert_cmpstr (found, ==, saved);
  g_assert_null (fy_autosave_find_refuge ("/elsewhere/other-a.ferry"));
  /* Once the project has been written to again it is no longer the last. */
  g_assert_true (g_file_set_contents (path, "newer", -1, &error));
  g_assert_null (fy_autosave_find_refuge (path));
  test_folder_remove (folder);
}

/* The clock was put back after the project was written: what cannot be written to it is found all the same. */
static void
test_autosave_refuge_of_the_future (void)
{
  g_autofree char *folder = test_folder_new ();
  g_autofree char *path = g_build_filename (folder, "future.ferry", NULL);
  g_autofree char *refuge = NULL;
  g_autofree char *found = NULL;
  g_autoptr (GError) error = NULL;
  time_t tomorrow = time (NULL) + 24 * 60 * 60;
  FyAutosave *autosave =
      fy_autosave_new (fy_project_file_open (path, FY_PROJECT_CREATE, &error), NULL, NULL);

  put_all (autosave, 10);
  g_assert_true (fy_autosave_flush (autosave, &error));
  fy_autosave_free (autosave);
  g_assert_cmpint (g_utime (path, &(struct utimbuf){ tomorrow, tomorrow }), ==, 0);
  autosave = fy_autosave_new (fy_project_file_open (path, FY_PROJECT_OPEN, &error), NULL, NULL);
  g_assert_no_error (error);
  refuge = fy_autosave_new_refuge (path);
  fy_autosave_copy_async (autosave, refuge, NULL, NULL);
  fy_autosave_free (autosave);
  expect_whole (refuge, 10);
  found = fy_autosave_find_refuge (path);
  g_assert_cmpstr (found, ==, refuge);
  expect_whole (path, 10);
  test_folder_remove (folder);
}

int
main (int argc, char **argv)
{
  g_autofree char *data = store_test_init (&argc, &argv);
  int result;

  g_log_set_writer_func (count_warnings, NULL, NULL);
  g_test_add_func ("/store/autosave", test_autosave);
  g_test_add_func ("/store/autosave-held", test_autosave_held);
  g_test_add_func ("/store/autosave-failure", test_autosave_failure);
  g_test_add_func ("/store/autosave-refuge", test_autosave_refuge);
  g_test_add_func ("/store/autosave-refuge-of-the-future", test_autosave_refuge_of_the_future);
  result = g_test_run ();
  test_folder_remove (data);
  return result;
}
