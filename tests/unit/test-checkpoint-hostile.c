/* SPDX-License-Identifier: MIT */
/* Broken and hostile checkpoints: always a one-line error, never a crash, in bounded time and
 * memory. */
#include "checkpoint-fixtures.h"

#include <sys/resource.h>

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif

#define MOST_SECONDS (SANITIZED ? 20.0 : 5.0)
#define MOST_MIB     400
#define N_FLIPS      4000

static char *forms, *hostile;

static void
test_hostile (void)
{
  g_autoptr (GBytes) index = fixtures_load (hostile, "index");
  g_autofree char *text = g_strndup (g_bytes_get_data (index, NULL), g_bytes_get_size (index));
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  guint n = g_strv_length (lines) - 1;

  g_assert_cmpuint (n, >, 200);
  for (guint i = 0; i < n; i++)
    {
      g_auto (GStrv) fields = g_strsplit (lines[i], "\t", 3);
      g_autofree char *path = g_build_filename (hostile, fields[0], NULL);
      g_autoptr (GMappedFile) file = g_mapped_file_new (path, FALSE, NULL);
      g_autoptr (GBytes) bytes = g_mapped_file_get_bytes (file);
      FyError code = g_str_equal (fields[1], "corrupt") ? FY_ERROR_CORRUPT : FY_ERROR_UNSUPPORTED;
      g_autoptr (GTimer) timer = g_timer_new ();
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", fields[0]);
      g_assert_false (fixtures_read_all (bytes, fields[0], &error));
      g_test_message ("%s", error->message);
      g_assert_cmpfloat (g_timer_elapsed (timer, NULL), <, MOST_SECONDS);
      g_assert_error (error, FY_ERROR, (int) code);
      if (strstr (error->message, fields[2]) == NULL)
        g_error ("%s: \"%s\" lacks \"%s\"", fields[0], error->message, fields[2]);
    }
}

/* No prefix of a good file is a good file. */
static void
check_truncated (GBytes *whole, gsize step)
{
  for (gsize size = 0; size < g_bytes_get_size (whole); size += step)
    {
      g_autoptr (GBytes) part = g_bytes_new_from_bytes (whole, 0, size);
      g_autoptr (GError) error = NULL;

      g_assert_false (fixtures_read_all (part, "x", &error));
    }
}

static const char *const small[] = { "small-zip.pth", "small-deflated.pth", "small-stream.pth",
                                     "small.safetensors" };

static void
test_truncated (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (small); i++)
    {
      g_autoptr (GBytes) whole = fixtures_load (forms, small[i]);

      g_assert_true (fixtures_read_all (whole, "x", NULL));
      check_truncated (whole, 1);
    }
}

static void
test_truncated_real (gconstpointer data)
{
  g_autofree char *path = fixtures_shared (data);
  g_autoptr (GMappedFile) file = path != NULL ? g_mapped_file_new (path, FALSE, NULL) : NULL;
  g_autoptr (GBytes) whole = NULL;

  if (path == NULL)
    return;
  whole = g_mapped_file_get_bytes (file);
  check_truncated (whole, SANITIZED ? 16 << 10 : 1 << 10);
}

/* Flipped bits: some do no harm, all others are reported. */
static void
test_flipped (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (20);

  for (guint i = 0; i < G_N_ELEMENTS (small); i++)
    {
      g_autoptr (GBytes) whole = fixtures_load (forms, small[i]);
      gsize size = g_bytes_get_size (whole);
      int n_bad = 0;

      for (int n = 0; n < N_FLIPS; n++)
        {
          guint8 *copy = g_memdup2 (g_bytes_get_data (whole, NULL), size);
          g_autoptr (GBytes) bytes = NULL;
          g_autoptr (GError) error = NULL;

          for (int flips = g_rand_int_range (rand, 1, 4); flips > 0; flips--)
            copy[g_rand_int_range (rand, 0, (gint32) size)] ^= 1 << g_rand_int_range (rand, 0, 8);
          bytes = g_bytes_new_take (copy, size);
          n_bad += !fixtures_read_all (bytes, "x", &error);
        }
      g_test_message ("%s: %d of %d were refused", small[i], n_bad, N_FLIPS);
      g_assert_cmpint (n_bad, >, N_FLIPS / 4);
    }
}

/* A flipped bit in the numbers of an archive is found by its checksum. */
static void
test_flipped_weight (void)
{
  static const guint8 number[] = { 0x00, 0x00, 0xa6, 0xc1 }; /* -20.75, the first */
  g_autoptr (GBytes) whole = fixtures_load (forms, "small-zip.pth");
  gsize size = g_bytes_get_size (whole);
  guint8 *copy = g_memdup2 (g_bytes_get_data (whole, NULL), size);
  guint8 *place = memmem (copy, size, number, sizeof number);
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_nonnull (place);
  place[1] ^= 4;
  bytes = g_bytes_new_take (copy, size);
  g_assert_false (fixtures_read_all (bytes, "x", &error));
  g_assert_error (error, FY_ERROR, FY_ERROR_CORRUPT);
  g_assert_nonnull (strstr (error->message, "archive/data/0 is damaged (its CRC differs)"));
}

/* Runs last: what all of the above took at most. */
static void
test_memory (void)
{
  struct rusage usage;

  if (SANITIZED)
    {
      g_test_skip ("the sanitizer's own memory would be measured");
      return;
    }
  getrusage (RUSAGE_SELF, &usage);
  g_test_message ("peak %ld MiB", usage.ru_maxrss >> 10);
  g_assert_cmpint (usage.ru_maxrss >> 10, <, MOST_MIB);
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  forms = fixtures_make ("forms");
  hostile = fixtures_make ("hostile");
  g_test_add_func ("/checkpoint/hostile", test_hostile);
  g_test_add_func ("/checkpoint/truncated", test_truncated);
  g_test_add_data_func ("/checkpoint/truncated/zip", "reference/ckpt/crw.pth", test_truncated_real);
  g_test_add_data_func ("/checkpoint/truncated/stream", "reference/ckpt/fc-legacy.pth",
                        test_truncated_real);
  g_test_add_func ("/checkpoint/flipped", test_flipped);
  g_test_add_func ("/checkpoint/flipped-weight", test_flipped_weight);
  g_test_add_func ("/checkpoint/memory", test_memory);
  status = g_test_run ();
  fixtures_remove (forms);
  fixtures_remove (hostile);
  return status;
}
