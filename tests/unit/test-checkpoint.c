/* SPDX-License-Identifier: MIT */
/* Every form of checkpoint against values from elsewhere: the generator's own for fixtures, an
 * independent reader's for real files. */
#include "checkpoint-fixtures.h"

#include "weights/safetensors.h"

#include <math.h>
#include <sys/stat.h>

static char *folder;

static char *
format_line (const FyTensorInfo *info)
{
  GString *line = g_string_new (NULL);

  g_string_append_printf (line, "%s %s [", info->name, fy_dtype_name (info->dtype));
  for (int i = 0; i < info->rank; i++)
    g_string_append_printf (line, "%s%" G_GINT64_FORMAT, i > 0 ? ", " : "", info->shape[i]);
  return g_string_free (g_string_append_c (line, ']'), FALSE);
}

/* Compares all tensors of a checkpoint, in order, with PATH (lines) and PATH.f32 (values). */
static void
check_expected (FyCheckpoint *checkpoint, const char *path)
{
  g_autofree char *values_path = g_strconcat (path, ".f32", NULL);
  g_autofree char *text = NULL, *want = NULL;
  g_auto (GStrv) lines = NULL;
  gsize size = 0, at = 0;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_true (g_file_get_contents (values_path, &want, &size, NULL));
  lines = g_strsplit (text, "\n", -1);
  g_assert_cmpint (fy_checkpoint_n_tensors (checkpoint), ==, (int) g_strv_length (lines) - 1);
  for (int i = 0; i < fy_checkpoint_n_tensors (checkpoint); i++)
    {
      const FyTensorInfo *info = fy_checkpoint_tensor (checkpoint, i);
      gsize n = (gsize) fixtures_count (info);
      g_autofree char *line = format_line (info);
      g_autofree float *got = g_new (float, n);
      g_autoptr (GError) error = NULL;

      g_assert_cmpstr (line, ==, lines[i]);
      g_assert_cmpint (fy_checkpoint_find (checkpoint, info->name), ==, i);
      g_assert_true (fy_checkpoint_read (checkpoint, i, got, n, &error));
      g_assert_no_error (error);
      g_assert_cmpuint (at + n * sizeof *got, <=, size);
      g_assert_cmpmem (got, n * sizeof *got, want + at, n * sizeof *got);
      at += n * sizeof *got;
    }
  g_assert_cmpuint (at, ==, size);
}

static void
test_form (gconstpointer data)
{
  const char *const *form = data;
  g_autofree char *path = g_build_filename (folder, form[0], NULL);
  g_autofree char *expected = g_strconcat (path, ".expected", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (FyCheckpoint) checkpoint = fy_checkpoint_open (path, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (fy_checkpoint_format (checkpoint), ==, form[1]);
  g_assert_cmpstr (fy_checkpoint_path (checkpoint), ==, path);
  check_expected (checkpoint, expected);
  g_assert_cmpint (fy_checkpoint_find (checkpoint, "model"), ==, -1);
}

/* What stands beside the tensors, in every form of PyTorch. */
static void
test_notes (void)
{
  static const char *const files[] = { "zip2.pth", "zip4.pth", "stream.pth" };

  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autoptr (GBytes) bytes = fixtures_load (folder, files[i]);
      g_autoptr (FyCheckpoint) checkpoint = fy_checkpoint_new_for_bytes (bytes, "x", NULL);

      g_assert_cmpstr (fy_checkpoint_note (checkpoint, "epoch"), ==, "7");
      g_assert_cmpstr (fy_checkpoint_note (checkpoint, "arch"), ==, "resnet18");
      g_assert_cmpstr (fy_checkpoint_note (checkpoint, "best"), ==, "0.5");
      g_assert_cmpstr (fy_checkpoint_note (checkpoint, "done"), ==, "true");
      g_assert_cmpstr (fy_checkpoint_note (checkpoint, "large"), ==, "1099511627776");
      g_assert_cmpstr (fy_checkpoint_note (checkpoint, "args.model_type"), ==, "scratch");
      g_assert_cmpstr (fy_checkpoint_note (checkpoint, "optimizer.state.0.step"), ==, "3");
      g_assert_null (fy_checkpoint_note (checkpoint, "none"));
    }
}

static void
test_safetensors_notes (void)
{
  g_autoptr (GBytes) bytes = fixtures_load (folder, "plain.safetensors");
  g_autoptr (FyCheckpoint) checkpoint = fy_checkpoint_new_for_bytes (bytes, "x", NULL);

  g_assert_cmpstr (fy_checkpoint_note (checkpoint, "format"), ==, "pt");
  g_assert_cmpstr (fy_checkpoint_note (checkpoint, "note"), ==, "café 🚢 \"quoted\"\\");
}

static void
test_read_wrong_count (void)
{
  g_autoptr (GBytes) bytes = fixtures_load (folder, "small-zip.pth");
  g_autoptr (FyCheckpoint) checkpoint = fy_checkpoint_new_for_bytes (bytes, "x", NULL);
  g_autoptr (GError) error = NULL;
  float values[11];

  g_assert_false (fy_checkpoint_read (checkpoint, 0, values, 11, &error));
  g_assert_error (error, FY_ERROR, FY_ERROR_MISMATCH);
  g_assert_cmpstr (error->message, ==, "x: state_dict.w has 12 elements, not 11");
}

static void
test_hash (void)
{
  g_autoptr (GBytes) bytes = fixtures_load (folder, "small-zip.pth");
  g_autoptr (FyCheckpoint) checkpoint = fy_checkpoint_new_for_bytes (bytes, "x", NULL);
  g_autofree char *want = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, bytes);
  g_autofree char *got = fy_checkpoint_hash (checkpoint, NULL);

  g_assert_cmpstr (got, ==, want);
}

/* What is not a file that can be read. */
static void
test_open (void)
{
  g_autofree char *missing = g_build_filename (folder, "missing", NULL);
  g_autofree char *pipe = g_build_filename (folder, "pipe", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_null (fy_checkpoint_open (missing, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  fixtures_check_error (error, missing);
  g_clear_error (&error);
  g_assert_null (fy_checkpoint_open (folder, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_IS_DIRECTORY);
  fixtures_check_error (error, folder);
  g_clear_error (&error);
  g_assert_cmpint (mkfifo (pipe, 0600), ==, 0);
  g_assert_null (fy_checkpoint_open (pipe, &error));
  fixtures_check_error (error, pipe);
}

static void
test_real (gconstpointer data)
{
  g_autofree char *path = fixtures_shared (data);
  g_autofree char *expected = g_build_filename (folder, "real", NULL);
  g_autoptr (FyCheckpoint) checkpoint = NULL;
  g_autoptr (GError) error = NULL;

  if (path == NULL)
    return;
  checkpoint = fy_checkpoint_open (path, &error);
  g_assert_no_error (error);
  fixtures_run ("expect", path, expected);
  check_expected (checkpoint, expected);
}

static gboolean
fill (int index, float *out, gsize n, gpointer user_data, GError **error)
{
  for (gsize i = 0; i < n; i++)
    out[i] = ((const float *) user_data)[index] + (float) i / 7;
  return TRUE;
}

/* What we write is what an independent reader finds, and what we read ourselves. */
static void
test_safetensors_save (void)
{
  static const FyTensorInfo tensors[] = {
    { "layer.weight", FY_DTYPE_F32, 2, { 3, 5 } },
    { "layer.half", FY_DTYPE_F16, 3, { 2, 1, 4 } },
    { "scalar \"quoted\\\"", FY_DTYPE_F32, 0, { 0 } },
    { "empty", FY_DTYPE_F16, 2, { 0, 4 } },
  };
  static const FyNote notes[] = { { "format", "pt" }, { "text", "two\nlines, \"é\"" } };
  float first[] = { 1, -0.3f, 5, 0 };
  g_autofree char *path = g_build_filename (folder, "saved.safetensors", NULL);
  g_autofree char *expected = g_strconcat (path, ".expected", NULL);
  g_autoptr (FyCheckpoint) checkpoint = NULL;
  g_autoptr (GError) error = NULL;
  float values[15];

  g_assert_true (fy_safetensors_save (path, tensors, 4, notes, 2, fill, first, &error));
  g_assert_no_error (error);
  checkpoint = fy_checkpoint_open (path, &error);
  g_assert_no_error (error);
  fixtures_run ("expect", path, expected);
  check_expected (checkpoint, expected);
  g_assert_true (fy_checkpoint_read (checkpoint, 0, values, 15, NULL));
  g_assert_cmpfloat (values[14], ==, 3.0f);
  g_assert_true (fy_checkpoint_read (checkpoint, 1, values, 8, NULL));
  g_assert_cmpfloat (fabsf (values[3] - (-0.3f + 3.0f / 7)), <, 1e-4f);
  g_assert_cmpfloat (values[3], !=, -0.3f + 3.0f / 7);

  first[1] = 65530.0f; /* rounds to infinity */
  g_assert_false (fy_safetensors_save (path, tensors, 4, notes, 2, fill, first, &error));
  g_assert_error (error, FY_ERROR, FY_ERROR_MISMATCH);
  g_assert_true (g_str_has_prefix (error->message, "layer.half: element 0 is 65530"));
}

/* A file that cannot be written leaves no trace. */
static void
test_safetensors_save_fails (void)
{
  static const FyTensorInfo tensor = { "a", FY_DTYPE_F32, 1, { 3 } };
  g_autofree char *path = g_build_filename (folder, "missing", "a.safetensors", NULL);
  g_autoptr (GError) error = NULL;
  float first = 1;

  g_assert_false (fy_safetensors_save (path, &tensor, 1, NULL, 0, fill, &first, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
}

int
main (int argc, char **argv)
{
  static const char *const forms[][2] = {
    { "zip2.pth", "PyTorch zip" },     { "zip3.pth", "PyTorch zip" },
    { "zip4.pth", "PyTorch zip" },     { "zip5.pth", "PyTorch zip" },
    { "deflated.pth", "PyTorch zip" }, { "no-crc.pth", "PyTorch zip" },
    { "zip64.pth", "PyTorch zip" },    { "stream.pth", "PyTorch stream" },
    { "views.pth", "PyTorch stream" }, { "plain.safetensors", "safetensors" },
  };
  static const char *const real[] = { "reference/ckpt/crw.pth", "reference/ckpt/fc.pth",
                                      "reference/ckpt/fc-legacy.pth", "models/fc-bootstrap.pth",
                                      "reference/ckpt/moco_v1.pth.tar" };
  int status;

  g_test_init (&argc, &argv, NULL);
  folder = fixtures_make ("forms");
  for (guint i = 0; i < G_N_ELEMENTS (forms); i++)
    {
      g_autofree char *path = g_strdup_printf ("/checkpoint/form/%s", forms[i][0]);

      g_test_add_data_func (path, forms[i], test_form);
    }
  g_test_add_func ("/checkpoint/notes", test_notes);
  g_test_add_func ("/checkpoint/safetensors-notes", test_safetensors_notes);
  g_test_add_func ("/checkpoint/read-wrong-count", test_read_wrong_count);
  g_test_add_func ("/checkpoint/hash", test_hash);
  g_test_add_func ("/checkpoint/open", test_open);
  g_test_add_func ("/checkpoint/safetensors-save", test_safetensors_save);
  g_test_add_func ("/checkpoint/safetensors-save-fails", test_safetensors_save_fails);
  for (guint i = 0; i < G_N_ELEMENTS (real); i++)
    {
      g_autofree char *path = g_strdup_printf ("/checkpoint/real/%s", real[i]);

      g_test_add_data_func (path, real[i], test_real);
    }
  status = g_test_run ();
  fixtures_remove (folder);
  return status;
}
