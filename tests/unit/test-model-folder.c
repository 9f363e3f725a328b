/* SPDX-License-Identifier: MIT */
/* The folder of a person's checkpoints: coming in, notes that are damaged, files that mean harm. */
#include "base/error.h"
#include "folder.h"
#include "weights/model-folder.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct
{
  char *folder;
  char *models; /* not there at first */
  char *shipped;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->folder = test_folder_new ();
  fixture->models = g_build_filename (fixture->folder, "a", "models", NULL);
  fixture->shipped =
      g_build_filename (g_getenv ("FERRY_SOURCE"), "data/models/fc-bootstrap.safetensors", NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  test_folder_remove (fixture->folder);
  g_free (fixture->folder);
  g_free (fixture->models);
  g_free (fixture->shipped);
}

static void
write_file (const char *path, const void *data, gssize size)
{
  g_autoptr (GError) error = NULL;

  g_file_set_contents (path, data, size, &error);
  g_assert_no_error (error);
}

static char *
install (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  char *path = fy_model_folder_add (fixture->models, fixture->shipped, NULL, NULL, NULL, &error);

  g_assert_no_error (error);
  return path;
}

static void
count_progress (guint64 done, guint64 total, gpointer data)
{
  guint64 *last = data;

  g_assert_cmpuint (done, >, *last);
  g_assert_cmpuint (done, <=, total);
  *last = done;
}

static void
test_add (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) none = fy_model_folder_list (fixture->models);
  g_autoptr (GPtrArray) models = NULL;
  g_autofree char *sum = NULL;
  g_autofree char *path = NULL;
  guint64 done = 0;
  const FyModel *model;

  g_assert_cmpuint (none->len, ==, 0);
  path =
      fy_model_folder_add (fixture->models, fixture->shipped, count_progress, &done, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (g_str_has_suffix (path, "/a/models/fc-bootstrap.safetensors"));
  models = fy_model_folder_list (fixture->models);
  g_assert_cmpuint (models->len, ==, 1);
  model = models->pdata[0];
  g_assert_cmpstr (model->path, ==, path);
  g_assert_null (model->trouble);
  g_assert_cmpint (model->depth, ==, 18);
  g_assert_true (model->fine);
  g_assert_cmpstr (model->licence, ==, "MIT licence");
  g_assert_cmpuint (model->size, ==, done);
  g_assert_cmpint (model->note.origin, ==, FY_ORIGIN_ADDED);
  g_assert_cmpstr (model->note.source, ==, fixture->shipped);
  g_assert_cmpint (ABS (model->note.date - g_get_real_time () / G_USEC_PER_SEC), <, 60);
  sum = fy_model_checksum (fixture->shipped, G_CHECKSUM_SHA256, NULL, NULL, NULL, &error);
  g_assert_cmpstr (model->note.sha256, ==, sum);
  g_assert_cmpuint (test_folder_count (fixture->models), ==, 2);
}

static void
test_same_again (Fixture *fixture, gconstpointer data)
{
  g_autofree char *first = install (fixture);
  g_autofree char *other = g_build_filename (fixture->folder, "other.pth", NULL);
  g_autoptr (GError) error = NULL;
  g_autofree char *bytes = NULL;
  gsize size;

  g_assert_nonnull (first);
  g_assert_true (g_file_get_contents (fixture->shipped, &bytes, &size, NULL));
  write_file (other, bytes, (gssize) size);
  g_assert_null (fy_model_folder_add (fixture->models, other, NULL, NULL, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_EXISTS);
  g_assert_nonnull (strstr (error->message, "fc-bootstrap.safetensors"));
  g_assert_cmpuint (test_folder_count (fixture->models), ==, 2);
}

/* Another file of the same name stays beside the first. */
static void
test_name_taken (Fixture *fixture, gconstpointer data)
{
  g_autofree char *first = install (fixture);
  g_autofree char *other = g_build_filename (fixture->folder, "fc-bootstrap.safetensors", NULL);
  g_autofree char *second = NULL;
  g_autofree char *bytes = NULL;
  g_autoptr (GError) error = NULL;
  gsize size;

  g_assert_true (g_file_get_contents (fixture->shipped, &bytes, &size, NULL));
  bytes[size - 1] ^= 1; /* the last bit of a weight */
  write_file (other, bytes, (gssize) size);
  second = fy_model_folder_add (fixture->models, other, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (g_str_has_suffix (second, "/fc-bootstrap-2.safetensors"));
  g_assert_true (fy_model_remove (first, &error));
  g_assert_cmpuint (test_folder_count (fixture->models), ==, 2);
  g_assert_true (fy_model_remove (second, &error));
  g_assert_cmpuint (test_folder_count (fixture->models), ==, 0);
}

/* --- Files that are not what they should be --- */

typedef struct
{
  const char *name;
  const char *says;
} Stranger;

static void
refuse (Fixture *fixture, const char *path, const char *says)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (fy_model_folder_add (fixture->models, path, NULL, NULL, NULL, &error));
  g_assert_true (g_str_has_prefix (error->message, path));
  if (strstr (error->message, says) == NULL)
    g_error ("\"%s\" lacks \"%s\"", error->message, says);
  g_assert_false (g_file_test (fixture->models, G_FILE_TEST_EXISTS) &&
                  test_folder_count (fixture->models) > 0);
}

static void
test_strangers (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->folder, "x.pth", NULL);
  g_autofree char *pipe = g_build_filename (fixture->folder, "pipe.pth", NULL);
  g_autofree char *bytes = NULL;
  gsize size;

  g_assert_true (g_file_get_contents (fixture->shipped, &bytes, &size, NULL));
  write_file (path, "<!DOCTYPE html>", -1);
  refuse (fixture, path, "a web page");
  write_file (path, "", 0);
  refuse (fixture, path, "is empty");
  write_file (path, bytes, (gssize) size / 2);
  refuse (fixture, path, "bytes");
  write_file (path,
              "\x80\x02"
              "cposix\nsystem\nU\x02ls\x85R.",
              -1);
  refuse (fixture, path, "posix");
  memset (bytes + size - 4, 0xff, 4); /* not a number, whatever its type */
  write_file (path, bytes, (gssize) size);
  refuse (fixture, path, "layer3.1.bn2.running_var is");
  g_assert_cmpint (mkfifo (pipe, 0600), ==, 0);
  refuse (fixture, pipe, "choose another file");
  refuse (fixture, fixture->folder, "choose another file");
  g_unlink (path);
  refuse (fixture, path, "choose another file");
}

static void
test_cancel (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  g_cancellable_cancel (cancellable);
  g_assert_null (
      fy_model_folder_add (fixture->models, fixture->shipped, NULL, NULL, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static void
cancel_in_the_middle (guint64 done, guint64 total, gpointer data)
{
  if (done > total / 2)
    g_cancellable_cancel (data);
}

static void
test_cancel_in_the_middle (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  g_assert_null (fy_model_folder_add (fixture->models, fixture->shipped, cancel_in_the_middle,
                                      cancellable, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpuint (test_folder_count (fixture->models), ==, 0);
}

static void
test_disk_full (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  if (!g_test_subprocess ())
    {
      g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
      g_test_trap_assert_passed ();
      return;
    }
  test_limit_file_size (1 << 20);
  g_assert_null (fy_model_folder_add (fixture->models, fixture->shipped, NULL, NULL, NULL, &error));
  g_assert_nonnull (strstr (error->message, "cannot write"));
  g_assert_cmpuint (test_folder_count (fixture->models), ==, 0);
}

/* --- Notes --- */

static void
check_note (const char *path, FyOrigin origin, const char *source, const char *sha256)
{
  g_autoptr (FyModel) model = fy_model_look (path);

  g_assert_null (model->trouble);
  g_assert_cmpint (model->depth, ==, 18);
  g_assert_cmpint (model->note.origin, ==, origin);
  g_assert_cmpstr (model->note.source, ==, source);
  g_assert_cmpstr (model->note.sha256, ==, sha256);
}

static void
test_damaged_notes (Fixture *fixture, gconstpointer data)
{
  static const char *const texts[] = {
    "",
    "[model]\norigin=",
    "[model]\norigin=bought\nsource=x\nsha256=12\n",
    "[model]\norigin=added\n",
    "[other]\norigin=added\nsource=x\n",
    ("[model]\norigin=downloaded\nsource=x\\ny\nsha256="
     "zz34567890123456789012345678901234567890123456789012345678901234\n"),
    "[model]\norigin=downloaded\nsource=\xff\xfe\ndate=zz\n",
  };
  g_autofree char *path = install (fixture);
  g_autofree char *note = g_strconcat (path, ".origin", NULL);
  g_autofree char *whole = NULL;
  g_autofree char *large = g_strnfill (1 << 20, 'a');
  gsize size;

  g_assert_true (g_file_get_contents (note, &whole, &size, NULL));
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (FyModel) model = NULL;

      write_file (note, texts[i], -1);
      model = fy_model_look (path);
      g_assert_null (model->trouble);
      g_assert_cmpint (model->note.origin, ==, FY_ORIGIN_UNKNOWN);
      g_assert_null (model->note.sha256);
    }
  for (gsize i = 0; i < size; i += 7) /* torn, and a byte turned */
    {
      g_autofree char *turned = g_memdup2 (whole, size);

      write_file (note, whole, (gssize) i);
      fy_model_free (fy_model_look (path));
      turned[i] ^= 0x40;
      write_file (note, turned, (gssize) size);
      fy_model_free (fy_model_look (path));
    }
  write_file (note, large, 1 << 20);
  check_note (path, FY_ORIGIN_UNKNOWN, NULL, NULL);
  g_unlink (note);
  check_note (path, FY_ORIGIN_UNKNOWN, NULL, NULL);
  g_assert_cmpint (mkfifo (note, 0600), ==, 0);
  check_note (path, FY_ORIGIN_UNKNOWN, NULL, NULL);
}

/* What lies in the folder besides is shown with what is wrong with it, and opens nothing that waits. */
static void
test_odd_folder (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = install (fixture);
  g_autofree char *pipe = g_build_filename (fixture->models, "pipe", NULL);
  g_autofree char *text = g_build_filename (fixture->models, "text.pth", NULL);
  g_autofree char *part = g_build_filename (fixture->models, ".x.pth.part", NULL);
  g_autofree char *orphan = g_build_filename (fixture->models, "gone.pth.origin", NULL);
  g_autofree char *link = g_build_filename (fixture->models, "link", NULL);
  g_autofree char *folder = g_build_filename (fixture->models, "folder", NULL);
  g_autofree char *odd = g_build_filename (fixture->models, "odd\xff", NULL);
  g_autoptr (GPtrArray) models = NULL;

  g_assert_cmpint (mkfifo (pipe, 0600), ==, 0);
  write_file (text, "text", -1);
  write_file (part, "text", -1);
  write_file (orphan, "[model]\norigin=added\nsource=x\n", -1);
  write_file (odd, "text", -1);
  g_assert_cmpint (symlink ("nowhere", link), ==, 0);
  g_assert_cmpint (g_mkdir (folder, 0700), ==, 0);
  models = fy_model_folder_list (fixture->models);
  g_assert_cmpuint (models->len, ==, 5);
  for (guint i = 0; i < models->len; i++)
    {
      const FyModel *model = models->pdata[i];

      g_assert_true ((strcmp (model->path, path) == 0) == (model->trouble == NULL));
      g_assert_true (model->trouble == NULL || g_utf8_validate (model->trouble, -1, NULL));
    }
}

static void
test_take (Fixture *fixture, gconstpointer data)
{
  const FyModelNote note = { .origin = FY_ORIGIN_DOWNLOADED,
                             .source = (char *) "https://example.org/a.pth",
                             .title = (char *) "A = [b]; #c\\n \t",
                             .licence = (char *) "CC BY-NC 4.0",
                             .date = 86400 };
  g_autofree char *path = install (fixture);
  g_autofree char *part = g_build_filename (fixture->models, ".a.part", NULL);
  g_autofree char *target = NULL;
  g_autoptr (FyModel) model = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_rename (path, part), ==, 0);
  target = fy_model_folder_take (fixture->models, part, "..origin", &note, &error);
  g_assert_no_error (error);
  g_assert_true (g_str_has_suffix (target, "/models/origin"));
  model = fy_model_look (target);
  g_assert_null (model->trouble);
  g_assert_cmpstr (model->licence, ==, "CC BY-NC 4.0");
  g_assert_cmpstr (model->note.source, ==, note.source);
  g_assert_cmpint (model->note.date, ==, 86400);
  g_assert_false (g_file_test (part, G_FILE_TEST_EXISTS));
}

static void
test_read_only (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (fy_model_folder_add ("/proc/nowhere", fixture->shipped, NULL, NULL, NULL, &error));
  g_assert_nonnull (strstr (error->message, "/proc/nowhere"));
}

int
main (int argc, char *argv[])
{
  static const struct
  {
    const char *name;
    void (*run) (Fixture *, gconstpointer);
  } tests[] = {
    { "add", test_add },
    { "same-again", test_same_again },
    { "name-taken", test_name_taken },
    { "strangers", test_strangers },
    { "cancel", test_cancel },
    { "cancel-in-the-middle", test_cancel_in_the_middle },
    { "disk-full", test_disk_full },
    { "damaged-notes", test_damaged_notes },
    { "odd-folder", test_odd_folder },
    { "take", test_take },
    { "read-only", test_read_only },
  };

  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (tests); i++)
    {
      g_autofree char *path = g_strconcat ("/model-folder/", tests[i].name, NULL);

      g_test_add (path, Fixture, NULL, set_up, tests[i].run, tear_down);
    }
  return g_test_run ();
}
