/* SPDX-License-Identifier: MIT */
#include "base/half.h"
#include "base/output-file.h"
#include "base/parallel.h"
#include "base/reader.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

/* Every f16 value survives the way to f32 and back, NaN as some NaN. */
static void
test_half_round_trip (void)
{
  for (guint bits = 0; bits < 65536; bits++)
    {
      float value = fy_f16_to_f32 ((guint16) bits);
      guint16 back = fy_f32_to_f16 (value);

      if ((bits & 0x7c00) == 0x7c00 && (bits & 0x3ff) != 0)
        g_assert_true (isnan (value) && isnan (fy_f16_to_f32 (back)));
      else
        g_assert_cmphex (back, ==, bits);
    }
}

/* Arrays, whatever is left over from whole vectors, as one by one. */
static void
test_half_arrays (void)
{
  gsize n = 70001;
  g_autofree float *value = g_new (float, n);
  g_autofree guint16 *half = g_new (guint16, n);
  g_autofree float *back = g_new (float, n);

  for (gsize i = 0; i < n; i++)
    value[i] = (i % 2 ? -1.0f : 1.0f) * ldexpf (1.0f + (float) i / (float) n, (int) (i % 48) - 30);
  fy_f32_to_f16_all (value, n, half);
  fy_f16_to_f32_all (half, n, back);
  for (gsize i = 0; i < n; i++)
    {
      g_assert_cmphex (half[i], ==, fy_f32_to_f16 (value[i]));
      g_assert_cmpfloat (back[i], ==, fy_f16_to_f32 (half[i]));
    }
  fy_round_to_f16_all (value, n);
  g_assert_cmpmem (value, n * sizeof *value, back, n * sizeof *back);
}

static void
test_half_rounding (void)
{
  g_assert_cmphex (fy_f32_to_f16 (1.0f), ==, 0x3c00);
  g_assert_cmphex (fy_f32_to_f16 (1.0f + 0x1p-11f), ==, 0x3c00); /* a tie goes to even */
  g_assert_cmphex (fy_f32_to_f16 (1.0f + 3 * 0x1p-11f), ==, 0x3c02);
  g_assert_cmphex (fy_f32_to_f16 (65519.0f), ==, 0x7bff);
  g_assert_cmphex (fy_f32_to_f16 (65520.0f), ==, 0x7c00);
  g_assert_cmphex (fy_f32_to_f16 (-0x1p-24f), ==, 0x8001);
  g_assert_cmphex (fy_f32_to_f16 (0x1p-25f), ==, 0x0000);
  g_assert_cmpfloat (fy_f16_to_f32 (0x0001), ==, 0x1p-24f);
  g_assert_cmpfloat (fy_bf16_to_f32 (0x3f80), ==, 1.0f);
}

static void
test_reader (void)
{
  static const guint8 bytes[] = { 1, 2, 0, 3, 0, 0, 0, 'a', 'b', '\n', 9 };
  FyReader reader = FY_READER (bytes, sizeof bytes);
  const char *line;
  gsize length;

  g_assert_cmpuint (fy_reader_u8 (&reader), ==, 1);
  g_assert_cmpuint (fy_reader_u16le (&reader), ==, 2);
  g_assert_cmpuint (fy_reader_u32le (&reader), ==, 3);
  line = fy_reader_line (&reader, &length);
  g_assert_cmpmem (line, length, "ab", 2);
  g_assert_false (reader.failed);
  g_assert_cmpuint (fy_reader_u16le (&reader), ==, 0); /* one byte is left */
  g_assert_true (reader.failed);
  g_assert_cmpuint (fy_reader_u8 (&reader), ==, 0); /* failed stays failed */
  reader = FY_READER (bytes, sizeof bytes);
  g_assert_null (fy_reader_bytes (&reader, G_MAXSIZE));
}

typedef struct
{
  int done[1000];
  int busy[256];
} Visits;

static void
visit (int index, int worker, gpointer user_data)
{
  Visits *visits = user_data;

  g_assert_cmpint (g_atomic_int_add (&visits->busy[worker], 1), ==, 0);
  g_atomic_int_inc (&visits->done[index]);
  g_atomic_int_add (&visits->busy[worker], -1);
}

static void
test_parallel (void)
{
  static const int counts[] = { 0, 1, 2, 3, 1000 };

  for (guint i = 0; i < G_N_ELEMENTS (counts); i++)
    {
      g_autofree Visits *visits = g_new0 (Visits, 1);

      fy_parallel_for (counts[i], visit, visits);
      for (int index = 0; index < 1000; index++)
        g_assert_cmpint (visits->done[index], ==, index < counts[i]);
    }
}

static gpointer
caller_main (gpointer data)
{
  for (int i = 0; i < 50; i++)
    test_parallel ();
  return NULL;
}

static void
test_parallel_callers (void)
{
  GThread *threads[3];

  for (int i = 0; i < 3; i++)
    threads[i] = g_thread_new ("caller", caller_main, NULL);
  for (int i = 0; i < 3; i++)
    g_thread_join (threads[i]);
}

/* Done when the impatient thread's own loop is, which waits for no turn. */
static void
wait_for (int index, int worker, gpointer user_data)
{
  while (!g_atomic_int_get ((int *) user_data))
    g_thread_yield ();
}

static gpointer
impatient_main (gpointer done)
{
  fy_parallel_never_wait ();
  test_parallel ();
  g_atomic_int_set ((int *) done, 1);
  return NULL;
}

static void
test_parallel_never_wait (void)
{
  int done = 0;
  GThread *thread = g_thread_new ("impatient", impatient_main, &done);

  fy_parallel_for (2, wait_for, &done);
  g_thread_join (thread);
}

static guint
count_files (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  guint n = 0;

  while (g_dir_read_name (dir) != NULL)
    n++;
  return n;
}

static void
test_output_file (void)
{
  g_autofree char *folder = g_dir_make_tmp ("ferry-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "a.txt", NULL);
  g_autofree char *missing = g_build_filename (folder, "no", "a.txt", NULL);
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;
  FyOutputFile *file = fy_output_file_new (path, &error);

  g_assert_no_error (error);
  g_assert_true (fy_output_file_write (file, "half", 4, &error));
  fy_output_file_free (file); /* not committed: nothing is left */
  g_assert_cmpuint (count_files (folder), ==, 0);

  g_assert_true (fy_output_file_save (path, "whole", 5, TRUE, &error));
  g_assert_true (g_file_get_contents (path, &text, NULL, &error));
  g_assert_cmpstr (text, ==, "whole");
  g_assert_cmpuint (count_files (folder), ==, 1);

  g_assert_false (fy_output_file_save (missing, "x", 1, FALSE, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_assert_nonnull (strstr (error->message, missing));

  g_unlink (path);
  g_rmdir (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/half/round-trip", test_half_round_trip);
  g_test_add_func ("/base/half/arrays", test_half_arrays);
  g_test_add_func ("/base/half/rounding", test_half_rounding);
  g_test_add_func ("/base/reader", test_reader);
  g_test_add_func ("/base/parallel/all", test_parallel);
  g_test_add_func ("/base/parallel/callers", test_parallel_callers);
  g_test_add_func ("/base/parallel/never-wait", test_parallel_never_wait);
  g_test_add_func ("/base/output-file", test_output_file);
  return g_test_run ();
}
