/* SPDX-License-Identifier: MIT */
/* What of the Vulkan back-end needs no device. */
#include "base/error.h"
#include "compute/vulkan/cache.h"
#include "compute/vulkan/result.h"
#include "compute/vulkan/timing.h"

#include <glib/gstdio.h>
#include <string.h>

static void
test_cache (void)
{
  g_autofree char *folder = g_dir_make_tmp ("ferry-cache-XXXXXX", NULL);
  g_autofree char *inner = g_build_filename (folder, "inner", NULL);
  g_autofree char *path = g_build_filename (inner, "a.cache", NULL);
  g_autoptr (GBytes) payload = g_bytes_new_static ("what was compiled", 17);
  g_autoptr (GBytes) loaded = NULL;
  g_autofree char *whole = NULL;
  const guint8 key[FY_CACHE_KEY_SIZE] = { 1, 2, 3 }, other[FY_CACHE_KEY_SIZE] = { 1, 2, 4 };
  gsize size;

  g_assert_null (fy_cache_load (path, key));
  fy_cache_save (path, key, payload);
  loaded = fy_cache_load (path, key);
  g_assert_nonnull (loaded);
  g_assert_true (g_bytes_equal (loaded, payload));
  g_assert_null (fy_cache_load (path, other));

  g_assert_true (g_file_get_contents (path, &whole, &size, NULL));
  for (gsize i = 0; i < size; i++) /* any cut and any damage is a miss */
    {
      g_assert_true (g_file_set_contents (path, whole, (gssize) i, NULL));
      g_assert_null (fy_cache_load (path, key));
      whole[i] ^= 1;
      g_assert_true (g_file_set_contents (path, whole, (gssize) size, NULL));
      g_assert_null (fy_cache_load (path, key));
      whole[i] ^= 1;
    }
  g_unlink (path);
  g_rmdir (inner);

  g_assert_true (g_file_set_contents (inner, "a file where the folder should be", -1, NULL));
  fy_cache_save (path, key, payload);
  g_assert_null (fy_cache_load (path, key));
  g_unlink (inner);
  g_rmdir (folder);
}

static void
test_result (void)
{
  static const struct
  {
    VkResult result;
    FyError code;
  } cases[] = {
    { VK_ERROR_DEVICE_LOST, FY_ERROR_DEVICE_LOST },
    { VK_TIMEOUT, FY_ERROR_DEVICE_LOST },
    { VK_ERROR_OUT_OF_DEVICE_MEMORY, FY_ERROR_GPU_MEMORY },
    { VK_ERROR_OUT_OF_HOST_MEMORY, FY_ERROR_GPU_MEMORY },
    { VK_ERROR_INITIALIZATION_FAILED, FY_ERROR_FAILED },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (fy_vk_fail (cases[i].result, "reading tea leaves", &error));
      g_assert_error (error, FY_ERROR, (int) cases[i].code);
      g_assert_nonnull (strstr (error->message, "reading tea leaves"));
      g_assert_nonnull (strstr (error->message, "the CPU"));
    }
}

#define LEAST_RATE 2e11 /* that a discrete GPU is thought to have at first */

/* The seconds that a submit of so many steps takes a device, which `rate` then follows. */
static double
submit (double *rate, double device_rate, double n_steps)
{
  double work = n_steps * *rate * FY_TIMING_STEP_SECONDS;
  double seconds = 3e-5 + work / device_rate;

  *rate = MAX (fy_timing_adapt (*rate, work, seconds), LEAST_RATE);
  return seconds;
}

/* No submit takes more than 50 ms, whatever the device, and soon few are too short. */
static void
test_timing (void)
{
  for (double device_rate = 2e11; device_rate < 1e15; device_rate *= 1.5)
    {
      g_autoptr (GRand) rand = g_rand_new_with_seed (3);
      double rate = LEAST_RATE, seconds = 0;

      for (int turn = 0; turn < 40; turn++)
        {
          /* what is submitted when somebody waits is less, and is no reason to go slower */
          seconds = submit (&rate, device_rate, g_rand_double_range (rand, 1e-4, 0.01));
          g_assert_cmpfloat (seconds, <=, 0.05);
          seconds = submit (&rate, device_rate, g_rand_double_range (rand, 1, 2));
          g_assert_cmpfloat (seconds, <=, 0.05);
          g_assert_cmpfloat (rate, <=, device_rate);
        }
      g_assert_cmpfloat (seconds, >=, 0.012);
    }
}

/* A device that becomes ten times slower takes long once, and is trusted again when it recovers. */
static void
test_slower (void)
{
  double rate = 1e13, seconds = 0;

  submit (&rate, 1e12, 2);
  for (int turn = 0; turn < 5; turn++)
    g_assert_cmpfloat (submit (&rate, 1e12, 2), <=, 0.05);
  for (int turn = 0; turn < 20; turn++)
    seconds = submit (&rate, 1e13, 1);
  g_assert_cmpfloat (seconds, >=, 0.014);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/vulkan-parts/cache", test_cache);
  g_test_add_func ("/vulkan-parts/result", test_result);
  g_test_add_func ("/vulkan-parts/timing", test_timing);
  g_test_add_func ("/vulkan-parts/slower", test_slower);
  return g_test_run ();
}
