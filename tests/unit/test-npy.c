/* SPDX-License-Identifier: MIT */
#include "base/error.h"
#include "exchange/npy.h"
#include "folder.h"

#include <math.h>
#include <string.h>

/* What numpy 1.24 writes for numpy.array([[1, 2, 3], [4, 5, 6]], 'u4'), padded to 128 bytes. */
static const char numpy_header[] = "\x93NUMPY\x01\x00v\x00{'descr': '<u4', 'fortran_order': False, "
                                   "'shape': (2, 3), }";

static void
test_bytes (void)
{
  g_autofree char *folder = test_folder_new ();
  g_autofree char *path = g_build_filename (folder, "a.npy", NULL);
  const guint32 numbers[6] = { 1, 2, 3, 4, 5, 0x01020304 };
  g_autofree char *bytes = NULL;
  gsize size;

  g_assert_true (fy_npy_save (path, FY_NPY_U32, 2, (const gsize[]){ 2, 3 }, numbers, NULL));
  g_assert_true (g_file_get_contents (path, &bytes, &size, NULL));
  g_assert_cmpuint (size, ==, 128 + 24);
  g_assert_cmpmem (bytes, sizeof numpy_header - 1, numpy_header, sizeof numpy_header - 1);
  for (gsize i = sizeof numpy_header - 1; i < 127; i++)
    g_assert_cmpint (bytes[i], ==, ' ');
  g_assert_cmpint (bytes[127], ==, '\n');
  g_assert_cmpmem (bytes + 128, 4, "\x01\x00\x00\x00", 4);
  g_assert_cmpmem (bytes + 148, 4, "\x04\x03\x02\x01", 4);
  test_folder_remove (folder);
}

/* numpy.array([[1, 2, 3], [4, 5, 6]], 'u4', order='F'): columns one after the other in the file. */
static void
test_fortran (void)
{
  static const guint32 columns[6] = { 1, 4, 2, 5, 3, 6 }, rows[6] = { 1, 2, 3, 4, 5, 6 };
  g_autoptr (GString) bytes = g_string_new_len ("\x93NUMPY\x01\x00\x76\x00", 10);
  g_autoptr (FyNpy) array = NULL;
  g_autoptr (GError) error = NULL;
  guint32 little[6];

  g_string_append (bytes, "{'descr': '<u4', 'fortran_order': True, 'shape': (2, 3), }");
  while (bytes->len < 127)
    g_string_append_c (bytes, ' ');
  g_string_append_c (bytes, '\n');
  for (int i = 0; i < 6; i++)
    little[i] = GUINT32_TO_LE (columns[i]);
  g_string_append_len (bytes, (const char *) little, sizeof little);
  array = fy_npy_parse ((const guint8 *) bytes->str, bytes->len, "a.npy", &error);
  g_assert_no_error (error);
  g_assert_cmpmem (array->u32, sizeof rows, rows, sizeof rows);
}

/* Every number of dimensions, an empty array, and headers of every length around the alignment. */
static void
test_round_trip (void)
{
  g_autofree char *folder = test_folder_new ();
  g_autofree char *path = g_build_filename (folder, "a.npy", NULL);
  float values[240];
  static const gsize shapes[][FY_NPY_MAX_DIMS] = {
    { 0 },
    { 240 },
    { 24, 10 },
    { 2, 3, 40 },
    { 1, 2, 3, 4 },
    { 5, 1, 1, 1, 1 },
    { 1, 1, 1, 1, 1, 100 },
    { 1, 1, 1, 1, 1, 1, 10 },
    { 1, 1, 1, 1, 1, 1, 1, 12 },
  };

  for (int i = 0; i < 240; i++)
    values[i] = (float) i / 7.0f;
  for (int n_dims = 0; n_dims <= FY_NPY_MAX_DIMS; n_dims++)
    {
      g_autoptr (FyNpy) array = NULL;
      g_autoptr (GError) error = NULL;

      g_assert_true (fy_npy_save (path, FY_NPY_F32, n_dims, shapes[n_dims], values, &error));
      array = fy_npy_load (path, &error);
      g_assert_no_error (error);
      g_assert_cmpint (array->type, ==, FY_NPY_F32);
      g_assert_cmpint (array->n_dims, ==, n_dims);
      for (int d = 0; d < n_dims; d++)
        g_assert_cmpuint (array->shape[d], ==, shapes[n_dims][d]);
      g_assert_cmpmem (array->f32, 4 * array->n, values, 4 * array->n);
    }
  g_assert_true (fy_npy_save (path, FY_NPY_U32, 2, (const gsize[]){ 0, 5 }, NULL, NULL));
  g_clear_pointer (&(FyNpy *){ fy_npy_load (path, NULL) }, fy_npy_free);
  test_folder_remove (folder);
}

static void
assert_bad (const guint8 *bytes, gsize size, FyError code)
{
  g_autoptr (GError) error = NULL;
  g_autofree guint8 *exact =
      g_memdup2 (bytes, size); /* so that a sanitizer sees one step too far */

  g_assert_null (fy_npy_parse (exact, size, "some.npy", &error));
  g_assert_error (error, FY_ERROR, (int) code);
  g_assert_true (g_str_has_prefix (error->message, "some.npy: "));
}

static void
assert_bad_header (const char *dictionary, FyError code)
{
  g_autoptr (GString) bytes = g_string_new_len ("\x93NUMPY\x01\x00", 8);

  g_string_append_c (bytes, (char) (strlen (dictionary) & 0xff));
  g_string_append_c (bytes, (char) (strlen (dictionary) >> 8));
  g_string_append (bytes, dictionary);
  g_string_append_len (bytes, "\0\0\0\0", 4);
  assert_bad ((const guint8 *) bytes->str, bytes->len, code);
}

static void
test_bad (void)
{
  const FyError corrupt = FY_ERROR_CORRUPT, unsupported = FY_ERROR_UNSUPPORTED;

  assert_bad ((const guint8 *) "\x93NUMPX\x01\x00\x00\x00", 10, corrupt);
  assert_bad ((const guint8 *) "\x93NUMPY\x02\x00\x00\x00\x00\x00", 12, unsupported);
  assert_bad_header ("", unsupported);
  assert_bad_header ("{", unsupported);
  assert_bad_header ("{}", unsupported);
  assert_bad_header ("{'descr': '<f4', 'fortran_order': False}", unsupported);
  assert_bad_header ("{'descr': '<f4', 'fortran_order': Maybe, 'shape': (1,)}", unsupported);
  assert_bad_header ("{'descr': '>f4', 'fortran_order': False, 'shape': (1,)}", unsupported);
  assert_bad_header ("{'descr': '<f8', 'fortran_order': False, 'shape': (1,)}", unsupported);
  assert_bad_header ("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,)}",
                     unsupported);
  assert_bad_header ("{'descr': '<f4', 'fortran_order': False, 'shape': (-1,)}", unsupported);
  assert_bad_header ("{'descr': '<f4', 'fortran_order': False, 'shape': (1,1,1,1,1,1,1,1,1)}",
                     unsupported);
  assert_bad_header ("{'descr': '<f4', 'fortran_order': False, 'shape': (1,), 'x': 'y'}",
                     unsupported);
  assert_bad_header ("{'descr': '<f4', 'descr': '<f4', 'shape': (1,)}", unsupported);
  assert_bad_header ("{'descr': '<f4', 'fortran_order': False, 'shape': (2,)}", corrupt);
  assert_bad_header ("{'descr': '<f4', 'fortran_order': False, 'shape': (0,)}", corrupt);
  assert_bad_header ("{'descr': '<f4', 'fortran_order': False, 'shape': (4294967296, 4294967296)}",
                     corrupt);
  assert_bad_header (
      "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999999,)}", corrupt);
}

static void
test_truncated (void)
{
  g_autofree char *folder = test_folder_new ();
  g_autofree char *path = g_build_filename (folder, "a.npy", NULL);
  const float values[12] = { 1, 2, 3 };
  g_autofree char *bytes = NULL;
  gsize size;

  g_assert_true (fy_npy_save (path, FY_NPY_F32, 1, (const gsize[]){ 12 }, values, NULL));
  g_assert_true (g_file_get_contents (path, &bytes, &size, NULL));
  for (gsize length = 0; length < size; length++)
    assert_bad ((const guint8 *) bytes, length, FY_ERROR_CORRUPT);
  test_folder_remove (folder);
}

/* numpy reads ours and we read numpy's. */
static void
test_numpy (void)
{
  static const char script[] =
      "import numpy, sys\n"
      "a = numpy.load(sys.argv[1])\n"
      "assert a.shape == (3, 5) and a.dtype == numpy.float32 and a.flags.c_contiguous\n"
      "assert (a.ravel() == numpy.arange(15, dtype='f4') / 4).all()\n"
      "numpy.save(sys.argv[2], (a * 4).astype('u4')[:, :, None])\n";
  g_autofree char *folder = test_folder_new ();
  g_autofree char *ours = g_build_filename (folder, "ours.npy", NULL);
  g_autofree char *theirs = g_build_filename (folder, "theirs.npy", NULL);
  const char *probe[] = { "/usr/bin/python3", "-c", "import numpy", NULL };
  const char *command[] = { "/usr/bin/python3", "-c", script, ours, theirs, NULL };
  g_autoptr (FyNpy) array = NULL;
  float values[15];
  int status = 0;

  if (!g_spawn_sync (NULL, (char **) probe, NULL, G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL, NULL,
                     NULL, &status, NULL) ||
      !g_spawn_check_wait_status (status, NULL))
    g_test_skip ("no numpy");
  else
    {
      for (int i = 0; i < 15; i++)
        values[i] = (float) i / 4.0f;
      g_assert_true (fy_npy_save (ours, FY_NPY_F32, 2, (const gsize[]){ 3, 5 }, values, NULL));
      g_assert_true (g_spawn_sync (NULL, (char **) command, NULL, G_SPAWN_DEFAULT, NULL, NULL, NULL,
                                   NULL, &status, NULL));
      g_assert_true (g_spawn_check_wait_status (status, NULL));
      array = fy_npy_load (theirs, NULL);
      g_assert_cmpint (array->type, ==, FY_NPY_U32);
      g_assert_cmpint (array->n_dims, ==, 3);
      for (guint i = 0; i < 15; i++)
        g_assert_cmpuint (array->u32[i], ==, i);
    }
  test_folder_remove (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/exchange/npy/bytes", test_bytes);
  g_test_add_func ("/exchange/npy/round-trip", test_round_trip);
  g_test_add_func ("/exchange/npy/fortran", test_fortran);
  g_test_add_func ("/exchange/npy/bad", test_bad);
  g_test_add_func ("/exchange/npy/truncated", test_truncated);
  g_test_add_func ("/exchange/npy/numpy", test_numpy);
  return g_test_run ();
}
