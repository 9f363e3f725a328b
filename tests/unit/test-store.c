/* SPDX-License-Identifier: MIT */
/* Project files: what goes in comes out, and what is wrong with a file is said without changing it. */
#include "base/error.h"
#include "folder.h"
#include "store-fixture.h"
#include "store/project-file.h"
#include "store/rescue.h"

#include <math.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static GBytes *
contents (const char *path)
{
  char *data;
  gsize size;

  g_assert_true (g_file_get_contents (path, &data, &size, NULL));
  return g_bytes_new_take (data, size);
}

/* Whether a file is as it was, and nothing lies beside it. */
static void
assert_untouched (const char *path, GBytes *before)
{
  g_autoptr (GBytes) now = contents (path);
  g_autofree char *journal = g_strconcat (path, "-journal", NULL);

  g_assert_true (g_bytes_equal (now, before));
  g_assert_false (g_file_test (journal, G_FILE_TEST_EXISTS));
}

/* Opening fails so, names the file and leaves it as it was. */
static void
assert_refused (const char *path, FyProjectMode mode, GQuark domain, int code)
{
  gboolean is_file = g_file_test (path, G_FILE_TEST_IS_REGULAR);
  g_autoptr (GBytes) before = is_file ? contents (path) : NULL;
  g_autoptr (GError) error = NULL;

  g_assert_null (fy_project_file_open (path, mode, &error));
  g_test_message ("%s", error->message);
  g_assert_error (error, domain, code);
  g_assert_nonnull (strstr (error->message, path));
  g_assert_nonnull (strchr (error->message, ';') != NULL ? strchr (error->message, ';')
                                                         : strstr (error->message, "update"));
  if (is_file)
    assert_untouched (path, before);
}

static void
run_sql (const char *path, const char *sql)
{
  sqlite3 *db;

  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (db, sql, NULL, NULL, NULL), ==, SQLITE_OK);
  sqlite3_close (db);
}

/* --- Tests --- */

static void
add_one (int frame, FyFrameLabels *labels, gpointer data)
{
  *(int *) data += 1;
}

static void
test_round_trip (void)
{
  g_autofree char *folder = test_folder_new ();
  g_autofree char *path = store_make (folder, "a.ferry", 3, 40), *value = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (FyProjectFile) file = fy_project_file_open (path, FY_PROJECT_OPEN, &error);
  int seen = 0;

  g_assert_no_error (error);
  g_assert_true (store_read (file, 3, 40, &error));
  g_assert_true (fy_project_file_check (file, &error));
  value = fy_project_file_get_setting (file, "k");
  g_assert_cmpstr (value, ==, "10");
  g_assert_null (fy_project_file_get_setting (file, "none"));
  g_assert_cmpint (fy_project_file_get_highest_id (file), ==, 3);
  fy_project_file_set_objects (file, NULL, 0, &error);
  g_assert_no_error (error);
  g_assert_cmpint (fy_project_file_get_highest_id (file), ==, 3);
  g_assert_false (fy_project_file_check (file, &error)); /* labels of objects that are none */
  g_assert_error (error, FY_ERROR, FY_ERROR_CORRUPT);
  g_clear_error (&error);
  for (int i = 0; i < 40; i++)
    g_assert_true (fy_project_file_set_frame (file, i, NULL, &error));
  g_assert_true (fy_project_file_get_frames (file, add_one, &seen, NULL, &error));
  g_assert_cmpint (seen, ==, 0);
  g_assert_true (fy_project_file_check (file, &error));
  g_clear_pointer (&file, fy_project_file_close);
  test_folder_remove (folder);
}

static void
test_rollback (void)
{
  g_autofree char *folder = test_folder_new ();
  g_autofree char *path = store_make (folder, "a.ferry", 3, 4);
  g_autoptr (GError) error = NULL;
  g_autoptr (FyProjectFile) file = fy_project_file_open (path, FY_PROJECT_OPEN, &error);

  g_assert_true (fy_project_file_begin (file, &error));
  g_assert_true (fy_project_file_set_frame (file, 1, NULL, &error));
  g_assert_true (fy_project_file_set_objects (file, NULL, 0, &error));
  fy_project_file_rollback (file);
  g_assert_true (store_read (file, 3, 4, &error));
  g_clear_pointer (&file, fy_project_file_close);
  test_folder_remove (folder);
}

static void
test_not_there (void)
{
  g_autofree char *folder = test_folder_new ();
  g_autofree char *path = store_make (folder, "a.ferry", 3, 1);
  g_autofree char *none = g_build_filename (folder, "none.ferry", NULL);
  g_autofree char *far = g_build_filename (folder, "none", "a.ferry", NULL);

  assert_refused (path, FY_PROJECT_CREATE, G_IO_ERROR, G_IO_ERROR_EXISTS);
  assert_refused (none, FY_PROJECT_OPEN, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  assert_refused (none, FY_PROJECT_READ_ONLY, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  assert_refused (far, FY_PROJECT_CREATE, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  assert_refused (folder, FY_PROJECT_OPEN, G_IO_ERROR, G_IO_ERROR_IS_DIRECTORY);
  test_folder_remove (folder);
}

static void
test_foreign (void)
{
  g_autofree char *folder = test_folder_new ();
  g_autofree char *other = g_build_filename (folder, "other.db", NULL);
  g_autofree char *text = g_build_filename (folder, "text.ferry", NULL);
  g_autofree char *empty = g_build_filename (folder, "empty.ferry", NULL);
  FyProjectMode modes[] = { FY_PROJECT_OPEN, FY_PROJECT_READ_ONLY };

  run_sql (other, "PRAGMA journal_mode = WAL; CREATE TABLE frame (frame, labels)");
  g_assert_true (g_file_set_contents (text, "hello, I am no project\n", -1, NULL));
  g_assert_true (g_file_set_contents (empty, "", 0, NULL));
  for (gsize i = 0; i < G_N_ELEMENTS (modes); i++)
    {
      assert_refused (other, modes[i], FY_ERROR, FY_ERROR_STORE);
      assert_refused (text, modes[i], FY_ERROR, FY_ERROR_CORRUPT);
      assert_refused (empty, modes[i], FY_ERROR, FY_ERROR_CORRUPT);
    }
  test_folder_remove (folder);
}

static void
test_newer (void)
{
  g_autofree char *folder = test_folder_new ();
  g_autofree char *path = store_make (folder, "a.ferry", 3, 4);

  run_sql (path, "PRAGMA user_version = 2");
  assert_refused (path, FY_PROJECT_OPEN, FY_ERROR, FY_ERROR_TOO_NEW);
  assert_refused (path, FY_PROJECT_READ_ONLY, FY_ERROR, FY_ERROR_TOO_NEW);
  test_folder_remove (folder);
}

static gint64
version_of (const char *path)
{
  g_autoptr (GBytes) bytes = contents (path);

  return ((const guint8 *) g_bytes_get_data (bytes, NULL))[63];
}

static void
test_older (void)
{
  g_autofree char *folder = test_folder_new ();
  g_autofree char *path = store_make (folder, "a.ferry", 3, 4);
  g_autofree char *backup = g_strconcat (path, ".v0", NULL),
                  *second = g_strconcat (backup, ".1", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) before = NULL;

  for (int round = 0; round < 2; round++)
    {
      g_autoptr (FyProjectFile) file = NULL;

      run_sql (path, "ALTER TABLE media DROP COLUMN relative; PRAGMA user_version = 0");
      before = contents (path);
      file = fy_project_file_open (path, FY_PROJECT_READ_ONLY, &error);
      g_assert_no_error (error);
      g_assert_true (store_read (file, 3, 4, &error));
      g_clear_pointer (&file, fy_project_file_close);
      assert_untouched (path, before);
      g_clear_pointer (&before, g_bytes_unref);
      g_assert_cmpint (g_file_test (backup, G_FILE_TEST_EXISTS), ==, round > 0);
      file = fy_project_file_open (path, FY_PROJECT_OPEN, &error);
      g_assert_no_error (error);
      g_assert_true (store_read (file, 3, 4, &error));
      g_assert_true (fy_project_file_check (file, &error));
      g_assert_cmpint (version_of (path), ==, 1);
      g_assert_true (g_file_test (backup, G_FILE_TEST_EXISTS));
      g_assert_cmpint (g_file_test (second, G_FILE_TEST_EXISTS), ==, round > 0);
      g_assert_cmpint (version_of (round > 0 ? second : backup), ==, 0);
    }
  test_folder_remove (folder);
}

/* Holds a project open in another process, until that is killed. */
static pid_t
hold_elsewhere (const char *path)
{
  int ready[2];
  pid_t child;
  char byte;

  g_assert_cmpint (pipe (ready), ==, 0);
  child = fork ();
  if (child == 0)
    {
      FyProjectFile *file = fy_project_file_open (path, FY_PROJECT_OPEN, NULL);

      alarm (60); /* should the parent fail */
      fy_project_file_begin (file, NULL);
      fy_project_file_set_setting (file, "unfinished", "1", NULL);
      if (file != NULL && write (ready[1], "x", 1) == 1)
        for (;;)
          pause ();
      _exit (1);
    }
  close (ready[1]);
  g_assert_cmpint (read (ready[0], &byte, 1), ==, 1);
  close (ready[0]);
  return child;
}

static void
test_lock (void)
{
  g_autofree char *folder = test_folder_new ();
  g_autofree char *path = store_make (folder, "a.ferry", 3, 4);
  g_autofree char *soft = g_build_filename (folder, "soft.ferry", NULL);
  g_autofree char *hard = g_build_filename (folder, "hard.ferry", NULL);
  const char *names[] = { path, soft, hard };
  g_autoptr (GError) error = NULL;
  g_autoptr (FyProjectFile) file = NULL;
  pid_t holder;

  g_assert_cmpint (symlink (path, soft), ==, 0);
  g_assert_cmpint (link (path, hard), ==, 0);
  file = fy_project_file_open (soft, FY_PROJECT_OPEN, &error);
  g_assert_no_error (error);
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (FyProjectFile) reader = NULL;

      assert_refused (names[i], FY_PROJECT_OPEN, G_IO_ERROR, G_IO_ERROR_BUSY);
      reader = fy_project_file_open (names[i], FY_PROJECT_READ_ONLY, &error);
      g_assert_no_error (error);
      g_assert_true (store_read (reader, 3, 4, &error));
      g_assert_false (fy_project_file_set_setting (reader, "a", "b", &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_READ_ONLY);
      g_clear_error (&error);
    }
  g_clear_pointer (&file, fy_project_file_close);
  holder = hold_elsewhere (path);
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_assert_null (fy_project_file_open (names[i], FY_PROJECT_OPEN, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_BUSY);
      g_clear_error (&error);
    }
  kill (holder, SIGKILL);
  waitpid (holder, NULL, 0);
  file = fy_project_file_open (path, FY_PROJECT_OPEN, &error);
  g_assert_no_error (error);
  g_assert_true (store_read (file, 3, 4, &error));
  g_assert_null (fy_project_file_get_setting (file, "unfinished"));
  g_clear_pointer (&file, fy_project_file_close);
  test_folder_remove (folder);
}

/* Opens a damaged file and reads all of it: an error that names it, or all is there. */
static gboolean
survives (const char *path, FyProjectMode mode, int n_frames)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (FyProjectFile) file = fy_project_file_open (path, mode, &error);
  gboolean fine = file != NULL && store_read (file, 3, n_frames, &error);

  g_assert_true (fine == (error == NULL));
  if (!fine)
    g_assert_nonnull (strstr (error->message, path));
  if (file != NULL)
    fy_project_file_check (file, NULL);
  return fine;
}

static void
test_damaged (void)
{
  g_autofree char *folder = test_folder_new ();
  g_autofree char *path = store_make (folder, "a.ferry", 3, 300);
  g_autofree char *damaged = g_build_filename (folder, "damaged.ferry", NULL);
  g_autoptr (GBytes) whole = contents (path);
  g_autoptr (GRand) rand = g_rand_new_with_seed (5);
  gsize size = g_bytes_get_size (whole);
  int found = 0;

  for (int i = 0; i < 500; i++)
    {
      g_autofree char *bytes = g_memdup2 (g_bytes_get_data (whole, NULL), size);
      g_autoptr (GBytes) before = NULL;
      gsize kept = size;

      if (i % 5 == 0)
        kept = (gsize) g_rand_int_range (rand, 0, (int) size);
      else
        bytes[g_rand_int_range (rand, 0, (int) size)] ^=
            (char) (1 << g_rand_int_range (rand, 0, 8));
      before = g_bytes_new (bytes, kept);
      g_unlink (damaged);
      g_assert_true (g_file_set_contents_full (damaged, bytes, (gssize) kept,
                                               G_FILE_SET_CONTENTS_NONE, 0600, NULL));
      found += !survives (damaged, i % 2 == 0 ? FY_PROJECT_READ_ONLY : FY_PROJECT_OPEN, 300);
      if (version_of (path) == 1 && kept > 64 && bytes[63] == 1)
        assert_untouched (damaged, before);
    }
  g_test_message ("%d of 500 damages were found, the others hit what is not used", found);
  g_assert_cmpint (found, >, 300);
  test_folder_remove (folder);
}

/* What a fault elsewhere might hand over does not keep the rest from being saved and read. */
static void
test_odd (void)
{
  g_autofree char *folder = test_folder_new ();
  g_autofree char *path = store_make (folder, "a.ferry", 3, 0);
  g_autoptr (GError) error = NULL;
  g_autoptr (FyProjectFile) file = fy_project_file_open (path, FY_PROJECT_OPEN, &error);
  g_autoptr (FyObject) nobody = fy_object_new (0, NULL, FY_OBJECT_MASK);
  g_autoptr (FyObject) odd = fy_object_new (2, "\xff\xfe", (FyObjectKind) 77);
  FyObject *objects[] = { nobody, odd, odd };
  const char *joints[] = { "a", "\xc0" };
  int parents[] = { 99, -7 };
  FyState states[] = { { 2, 200, 1, 0 }, { 2, FY_PROVENANCE_HAND, 7, 2.5f }, { 0, 1, 0, 0 } };
  FyPoint points[] = { { 2, 0, 0, 2, INFINITY, 0 }, { 2, 1, 0, 2, 1, 1 }, { 2, 1, 0, 2, 1, 1 } };
  g_autoptr (FyFrameLabels) labels = fy_frame_labels_new (NULL, states, 3, points, 3);
  g_autoptr (GPtrArray) read = NULL;

  fy_object_set_skeleton (odd, joints, parents, 2);
  g_assert_true (fy_project_file_set_objects (file, objects, 3, &error));
  g_assert_true (fy_project_file_set_frame (file, 0, labels, &error));
  g_assert_true (fy_project_file_set_setting (file, "x", "\xff", &error));
  read = fy_project_file_get_objects (file, &error);
  g_assert_no_error (error);
  g_assert_cmpint (read->len, ==, 1);
  g_assert_true (g_utf8_validate (((FyObject *) read->pdata[0])->name, -1, NULL));
  g_assert_null (fy_project_file_get_setting (file, "x"));
  fy_project_file_check (file, &error);
  g_assert_error (error, FY_ERROR, FY_ERROR_CORRUPT); /* the frame is beyond the media, no more */
  g_assert_nonnull (strstr (error->message, "do not fit the media"));
  g_clear_pointer (&file, fy_project_file_close);
  test_folder_remove (folder);
}

static void
see_rescued (int frame, FyFrameLabels *labels, gpointer data)
{
  g_autoptr (FyFrameLabels) wanted = store_labels (frame);

  g_assert_true (fy_frame_labels_equal (labels, wanted));
  (*(int *) data)++;
}

/* Of a file with a few damaged pages all else comes over. */
static void
test_rescue (void)
{
  g_autofree char *folder = test_folder_new ();
  g_autofree char *path = store_make (folder, "a.ferry", 3, 300);
  g_autofree char *to = g_build_filename (folder, "rescued.ferry", NULL);
  g_autoptr (GBytes) whole = contents (path);
  g_autoptr (GRand) rand = g_rand_new_with_seed (6);
  gsize size = g_bytes_get_size (whole);
  int rescued = 0, lost = 0;

  for (int i = 0; i < 60; i++)
    {
      g_autofree char *bytes = g_memdup2 (g_bytes_get_data (whole, NULL), size);
      g_autoptr (GBytes) before = NULL;
      g_autoptr (GError) error = NULL;
      g_autoptr (FyProjectFile) file = NULL;
      FyRescue rescue;
      int n = 0;

      if (i % 3 == 0) /* not its beginning */
        memset (bytes + g_rand_int_range (rand, 4096, (int) size - 500), 0x5a, 500);
      else
        bytes[g_rand_int_range (rand, 4096, (int) size)] ^= 16;
      before = g_bytes_new (bytes, size);
      g_unlink (path);
      g_unlink (to);
      g_assert_true (g_file_set_contents_full (path, bytes, (gssize) size, G_FILE_SET_CONTENTS_NONE,
                                               0600, NULL));
      if (!fy_project_rescue (path, to, i % 2 == 0 ? 300 : 0, &rescue, &error))
        {
          g_assert_nonnull (strstr (error->message, path));
          g_assert_false (g_file_test (to, G_FILE_TEST_EXISTS));
          continue;
        }
      if (i % 2 == 0)
        g_assert_cmpint (rescue.frames + rescue.frames_lost, <=, 300);
      assert_untouched (path, before);
      file = fy_project_file_open (to, FY_PROJECT_OPEN, &error);
      g_assert_no_error (error);
      g_assert_true (fy_project_file_check (file, &error));
      g_assert_true (fy_project_file_get_frames (file, see_rescued, &n, NULL, &error));
      g_assert_cmpint (n, ==, rescue.frames);
      g_assert_cmpint (n + rescue.frames_lost, <=, 300);
      rescued += n;
      lost += 300 - n;
    }
  g_test_message ("of 60 damaged projects %d frames came over, %d did not", rescued, lost);
  g_assert_cmpint (rescued, >, 60 * 300 * 8 / 10);
  g_assert_cmpint (lost, >, 0);
  test_folder_remove (folder);
}

/* Runs in a child without the rights of root, if need be with files of a limited size. */
static void
run_apart (void (*func) (const char *path), const char *path, rlim_t limit)
{
  pid_t child;
  int status;

  child = fork ();
  if (child == 0)
    {
      if (limit > 0)
        test_limit_file_size (limit);
      else if (getuid () == 0 && setresuid (65534, 65534, 65534) != 0)
        _exit (2);
      func (path);
      _exit (0);
    }
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  g_assert_true (WIFEXITED (status));
  g_assert_cmpint (WEXITSTATUS (status), ==, 0);
}

static void
expect_read_only (const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (FyProjectFile) file = NULL;

  assert_refused (path, FY_PROJECT_OPEN, G_IO_ERROR, G_IO_ERROR_READ_ONLY);
  file = fy_project_file_open (path, FY_PROJECT_READ_ONLY, &error);
  g_assert_no_error (error);
  g_assert_true (store_read (file, 3, 4, &error));
}

static void
test_read_only (void)
{
  g_autofree char *folder = test_folder_new ();
  g_autofree char *path = store_make (folder, "a.ferry", 3, 4);

  g_chmod (folder, 0777);
  g_chmod (path, 0444);
  run_apart (expect_read_only, path, 0); /* the file */
  g_chmod (path, 0666);
  g_chmod (folder, 0555);
  run_apart (expect_read_only, path, 0); /* its folder */
  g_chmod (folder, 0777);
  test_folder_remove (folder);
}

static void
expect_full (const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (FyProjectFile) file = fy_project_file_open (path, FY_PROJECT_OPEN, &error);
  gboolean fine = TRUE;

  g_assert_no_error (error);
  g_assert_true (fy_project_file_begin (file, &error));
  for (int i = 0; i < 2000 && fine; i++)
    {
      g_autoptr (FyFrameLabels) labels = store_labels (i + 1);

      fine = fy_project_file_set_frame (file, i, labels, &error);
    }
  if (fine)
    fine = fy_project_file_commit (file, &error);
  fy_project_file_rollback (file);
  g_assert_false (fine);
  g_test_message ("%s", error->message);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE);
  g_assert_nonnull (strstr (error->message, path));
  g_clear_error (&error);
  g_assert_true (store_read (file, 3, 4, &error));
  g_assert_true (fy_project_file_check (file, &error));
}

static void
expect_full_copy (const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (FyProjectFile) file = fy_project_file_open (path, FY_PROJECT_OPEN, &error);
  g_autofree char *copy = g_strconcat (path, ".copy", NULL);

  g_assert_no_error (error);
  g_assert_false (fy_project_file_copy (file, copy, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE);
  g_assert_false (g_file_test (copy, G_FILE_TEST_EXISTS));
}

static void
test_full (void)
{
  g_autofree char *folder = test_folder_new ();
  g_autofree char *path = store_make (folder, "a.ferry", 3, 4);
  g_autoptr (GBytes) before = contents (path);

  run_apart (expect_full, path, g_bytes_get_size (before) + 8192);
  assert_untouched (path, before);
  run_apart (expect_full_copy, path, g_bytes_get_size (before) / 2);
  assert_untouched (path, before);
  g_assert_cmpint ((int) test_folder_count (folder), ==, 1);
  test_folder_remove (folder);
}

typedef struct
{
  FyFrameLabels *wanted;
  int n;
} Many;

static void
count_frame (int frame, FyFrameLabels *labels, gpointer data)
{
  Many *many = data;

  if (many->n % 500 == 0)
    g_assert_true (fy_frame_labels_equal (labels, many->wanted));
  g_assert_cmpint (frame, ==, many->n++);
}

/* Three discs at 854x480. */
static FyFrameLabels *
make_large_labels (void)
{
  g_autoptr (FyIdMap) map = fy_id_map_new (854, 480);
  g_autoptr (FyRunMap) runs = NULL;
  FyState states[] = { { 1, FY_PROVENANCE_HAND, FALSE, NAN },
                       { 2, FY_PROVENANCE_CARRIED, FALSE, 0.5f },
                       { 3, FY_PROVENANCE_CARRIED, FALSE, 0.25f } };

  for (int y = 0; y < 480; y++)
    for (int x = 0; x < 854; x++)
      for (int i = 1; i <= 3; i++)
        if ((x - i * 200) * (x - i * 200) + (y - 240) * (y - 240) < 120 * 120)
          map->id[y * 854 + x] = (guint16) i;
  runs = fy_run_map_new (map);
  return fy_frame_labels_new (runs, states, G_N_ELEMENTS (states), NULL, 0);
}

static gsize
file_size (const char *path)
{
  GStatBuf info;

  g_assert_cmpint (g_stat (path, &info), ==, 0);
  return (gsize) info.st_size;
}

static double
cpu_since (clock_t start)
{
  return (double) (clock () - start) / CLOCKS_PER_SEC;
}

static void
test_many (void)
{
  g_autofree char *folder = test_folder_new ();
  g_autofree char *path = store_make (folder, "a.ferry", 300, 0);
  g_autoptr (GError) error = NULL;
  g_autoptr (FyProjectFile) file = fy_project_file_open (path, FY_PROJECT_OPEN, &error);
  g_autoptr (FyFrameLabels) labels = make_large_labels ();
  g_autoptr (GPtrArray) objects = NULL;
  Many many = { labels, 0 };
  clock_t start = clock ();
  double made, loaded;
  gsize size;

  fy_project_file_begin (file, &error);
  for (int i = 0; i < 20000; i++)
    g_assert_true (fy_project_file_set_frame (file, i, labels, &error));
  g_assert_true (fy_project_file_commit (file, &error));
  made = cpu_since (start);
  g_clear_pointer (&file, fy_project_file_close);
  start = clock ();
  file = fy_project_file_open (path, FY_PROJECT_OPEN, &error);
  g_assert_no_error (error);
  objects = fy_project_file_get_objects (file, &error);
  g_assert_true (fy_project_file_get_frames (file, count_frame, &many, NULL, &error));
  g_assert_cmpint (many.n, ==, 20000);
  g_assert_cmpint (objects->len, ==, 300);
  loaded = cpu_since (start);
  start = clock ();
  for (int i = 0; i < 20; i++)
    g_assert_true (fy_project_file_set_frame (file, 19000 + i, labels, &error));
  size = file_size (path);
  g_test_message (
      "300 objects, 20000 frames of 854x480: written in %.2f s, read in %.2f s, one saved in "
      "%.2f ms of CPU time; %d MB",
      made, loaded, cpu_since (start) / 20 * 1e3, (int) (size >> 20));
  g_assert_cmpfloat (loaded, <, 10);
  g_clear_pointer (&file, fy_project_file_close);
  test_folder_remove (folder);
}

static void
expect_media (FyProjectFile *file, const char *path)
{
  g_autoptr (GError) error = NULL;
  FyProjectMedia media = { 0 };

  g_assert_true (fy_project_file_get_media (file, &media, &error));
  g_assert_cmpstr (media.path, ==, path);
  fy_project_media_clear (&media);
}

/* A folder with project and clip, moved as a whole; and a copy of the project elsewhere in it. */
static void
test_moved (void)
{
  g_autofree char *folder = test_folder_new ();
  g_autofree char *old = g_build_filename (folder, "old", NULL);
  g_autofree char *now = g_build_filename (folder, "now", NULL);
  g_autofree char *clip = g_build_filename (old, "clips", "a b.mp4", NULL);
  g_autofree char *clips = g_path_get_dirname (clip);
  g_autofree char *work = g_build_filename (old, "work", NULL);
  g_autofree char *moved_clip = g_build_filename (now, "clips", "a b.mp4", NULL);
  g_autofree char *moved = g_build_filename (now, "work", "a.ferry", NULL);
  g_autofree char *copied = g_build_filename (now, "copy.ferry", NULL);
  g_autofree char *path = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (FyProjectFile) file = NULL, copy = NULL;
  FyProjectMedia media = { clip, (char *) "print", 4, WIDTH, HEIGHT };

  g_mkdir_with_parents (clips, 0700);
  g_mkdir_with_parents (work, 0700);
  g_assert_true (g_file_set_contents (clip, "clip", -1, NULL));
  path = store_make (work, "a.ferry", 3, 4);
  file = fy_project_file_open (path, FY_PROJECT_OPEN, &error);
  g_assert_true (fy_project_file_set_media (file, &media, &error));
  expect_media (file, clip);
  g_clear_pointer (&file, fy_project_file_close);
  g_assert_cmpint (g_rename (old, now), ==, 0);
  file = fy_project_file_open (moved, FY_PROJECT_OPEN, &error);
  g_assert_no_error (error);
  expect_media (file, moved_clip);
  g_assert_true (fy_project_file_copy (file, copied, &error));
  g_clear_pointer (&file, fy_project_file_close);
  g_assert_cmpint (g_rename (now, old), ==, 0);
  g_free (copied);
  copied = g_build_filename (old, "copy.ferry", NULL);
  copy = fy_project_file_open (copied, FY_PROJECT_OPEN, &error);
  g_assert_no_error (error);
  expect_media (copy, clip);
  g_unlink (clip);
  expect_media (copy, moved_clip); /* nowhere: where it was last */
  g_clear_pointer (&copy, fy_project_file_close);
  test_folder_remove (folder);
}

static void
test_copy (void)
{
  g_autofree char *folder = test_folder_new ();
  g_autofree char *path = store_make (folder, "a.ferry", 3, 30);
  g_autofree char *to = g_build_filename (folder, "b.ferry", NULL);
  g_autofree char *link_name = g_build_filename (folder, "c.ferry", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (FyProjectFile) file = fy_project_file_open (path, FY_PROJECT_OPEN, &error),
                            copy = NULL;

  g_assert_true (g_file_set_contents (to, "old", -1, NULL));
  g_assert_true (fy_project_file_copy (file, to, &error));
  g_assert_no_error (error);
  copy = fy_project_file_open (to, FY_PROJECT_OPEN, &error);
  g_assert_no_error (error);
  g_assert_true (store_read (copy, 3, 30, &error));
  g_assert_true (fy_project_file_check (copy, &error));
  g_assert_cmpint (link (path, link_name), ==, 0);
  g_assert_false (fy_project_file_copy (file, link_name, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_EXISTS);
  g_assert_cmpint ((int) test_folder_count (folder), ==, 3);
  g_clear_pointer (&copy, fy_project_file_close);
  g_clear_pointer (&file, fy_project_file_close);
  test_folder_remove (folder);
}

int
main (int argc, char **argv)
{
  g_autofree char *data = store_test_init (&argc, &argv);
  int result;

  g_test_add_func ("/store/round-trip", test_round_trip);
  g_test_add_func ("/store/rollback", test_rollback);
  g_test_add_func ("/store/not-there", test_not_there);
  g_test_add_func ("/store/foreign", test_foreign);
  g_test_add_func ("/store/newer", test_newer);
  g_test_add_func ("/store/older", test_older);
  g_test_add_func ("/store/lock", test_lock);
  g_test_add_func ("/store/damaged", test_damaged);
  g_test_add_func ("/store/odd", test_odd);
  g_test_add_func ("/store/rescue", test_rescue);
  g_test_add_func ("/store/read-only", test_read_only);
  g_test_add_func ("/store/full", test_full);
  g_test_add_func ("/store/many", test_many);
  g_test_add_func ("/store/moved", test_moved);
  g_test_add_func ("/store/copy", test_copy);
  result = g_test_run ();
  test_folder_remove (data);
  return result;
}
