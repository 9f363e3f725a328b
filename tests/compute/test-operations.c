/* SPDX-License-Identifier: MIT */
/* Each operation on each device against the judge, over sizes that straddle what kernels like. */
#include "compute/vulkan/inspect.h"
#include "devices.h"

#include <math.h>
#include <string.h>

static int
round_up (int n, int multiple)
{
  return (n + multiple - 1) / multiple * multiple;
}

/* --- Memory --- */

static void
test_buffer (FyDevice *device)
{
  static const struct
  {
    gsize offset, size;
  } pieces[] = { { 0, 1 }, { 1, 3 }, { 7, 64 }, { 1000, 4097 }, { 123457, 40000001 } };
  gsize size = 41 * 1024 * 1024;
  g_autoptr (GError) error = NULL;
  g_autoptr (FyBuffer) buffer = fy_buffer_new (device, size, &error);
  g_autofree guint8 *want = g_malloc (size);
  g_autofree guint8 *got = g_malloc (size);

  g_assert_no_error (error);
  for (gsize i = 0; i < size; i++)
    want[i] = (guint8) (i * 2654435761u >> 13);
  g_assert_true (fy_buffer_upload (buffer, 0, want, size, &error));
  for (guint i = 0; i < G_N_ELEMENTS (pieces); i++)
    {
      memset (want + pieces[i].offset, (int) i, pieces[i].size);
      g_assert_true (fy_buffer_upload (buffer, pieces[i].offset, want + pieces[i].offset,
                                       pieces[i].size, &error));
      g_assert_true (fy_buffer_download (buffer, pieces[i].offset, got, pieces[i].size, &error));
      g_assert_true (memcmp (got, want + pieces[i].offset, pieces[i].size) == 0);
    }
  g_assert_true (fy_buffer_download (buffer, 0, got, size, &error));
  g_assert_true (memcmp (got, want, size) == 0);
}

/* --- Pictures and padding --- */

static void
test_load_picture (FyDevice *device)
{
  static const float mean[] = { 0.485f, 0.456f, 0.406f }, std[] = { 0.229f, 0.224f, 0.225f };
  static const int sizes[][2] = { { 1, 1 }, { 7, 9 }, { 8, 65 }, { 64, 63 } };
  int multiple = fy_device_channel_multiple (device);
  g_autoptr (GRand) rand = g_rand_new_with_seed (1);

  for (guint i = 0; i < G_N_ELEMENTS (sizes) * 2; i++)
    {
      int height = sizes[i / 2][0], width = sizes[i / 2][1];
      int channels = round_up (3, multiple) + (i % 2 ? multiple : 0);
      g_autoptr (JudgeMap) want = judge_map_new (rand, height, width, channels, i % 2 ? 3 : 0);
      g_autofree guint8 *rgb = g_new (guint8, height * width * 3);
      g_autoptr (GError) error = NULL;
      g_autoptr (FyBuffer) buffer = NULL;
      FyMap map;

      for (int j = 0; j < height * width * 3; j++)
        rgb[j] = (guint8) g_rand_int_range (rand, 0, 256);
      buffer = devices_upload (device, &want, 1, &map);
      judge_load_picture (rgb, mean, std, want);
      g_assert_true (fy_device_load_picture (device, rgb, mean, std, &map, &error));
      memset (rgb, 0, (gsize) height * (gsize) width * 3); /* not needed after return */
      devices_check_map ("picture", &map, want, 0);
    }
}

static void
test_pad (FyDevice *device)
{
  static const int sizes[][2] = { { 1, 1 }, { 4, 5 }, { 7, 9 }, { 64, 63 }, { 8, 130 } };
  int multiple = fy_device_channel_multiple (device);
  g_autoptr (GRand) rand = g_rand_new_with_seed (2);

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    for (int halo = 0; halo <= 3; halo++)
      for (int padding = FY_PADDING_ZERO; padding <= FY_PADDING_REFLECT; padding++)
        {
          int height = sizes[i][0], width = sizes[i][1];
          g_autoptr (JudgeMap) want =
              judge_map_new (rand, height, width, multiple * (1 + (int) i % 3), halo);
          g_autoptr (FyBuffer) buffer = NULL;
          g_autoptr (GError) error = NULL;
          FyMap map;

          if (padding == FY_PADDING_REFLECT && halo >= MIN (height, width))
            continue;
          buffer = devices_upload (device, &want, 1, &map);
          judge_pad (want, (FyPadding) padding);
          g_assert_true (fy_device_pad (device, &map, (FyPadding) padding, &error));
          devices_check_map ("pad", &map, want, 0);
        }
}

static void
test_max_pool (FyDevice *device)
{
  static const int sizes[][2] = { { 1, 1 }, { 1, 8 }, { 7, 9 }, { 63, 64 }, { 65, 8 } };
  int multiple = fy_device_channel_multiple (device);
  g_autoptr (GRand) rand = g_rand_new_with_seed (3);

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      int height = sizes[i][0], width = sizes[i][1], channels = multiple * (1 + (int) i % 3);
      g_autoptr (JudgeMap) in = judge_map_new (rand, height, width, channels, 1 + (int) i % 2);
      g_autoptr (JudgeMap) out =
          judge_map_new (rand, (height + 1) / 2, (width + 1) / 2, channels, (int) i % 3);
      g_autoptr (FyBuffer) buffer = NULL;
      g_autoptr (GError) error = NULL;
      FyMap maps[2];

      buffer = devices_upload (device, (JudgeMap *[]){ in, out }, 2, maps);
      judge_max_pool (in, out);
      g_assert_true (fy_device_max_pool (device, &maps[0], &maps[1], &error));
      devices_check_map ("max pool", &maps[1], out, 0);
    }
}

/* --- Features --- */

static void
check_set_map (FyDevice *device, GRand *rand, int height, int width, int channels)
{
  gsize cells = (gsize) height * (gsize) width, n = cells * (gsize) channels;
  g_autoptr (JudgeMap) map = judge_map_new (rand, height, width, channels, 1);
  g_autofree float *want = g_new (float, n);
  g_autofree float *got = g_new (float, n);
  g_autoptr (GError) error = NULL;
  g_autoptr (FyFeatures) features = fy_features_new (
      device, height, width, 2, (int[]){ channels, channels }, FY_FEATURES_F32, &error);
  g_autoptr (FyBuffer) buffer = NULL;
  FyMap uploaded;

  g_assert_no_error (error);
  memset (judge_map_at (map, height - 1, 0), 0, (gsize) channels * sizeof (float));
  for (int c = 0; c < channels; c++)
    judge_map_at (map, height / 2, width - 1)[c] *= 1e-14f;
  buffer = devices_upload (device, &map, 1, &uploaded);
  for (int normalize = 0; normalize <= 1; normalize++)
    g_assert_true (
        fy_features_set_map (features, 1 - normalize, &uploaded, normalize != 0, &error));
  for (int normalize = 0; normalize <= 1; normalize++)
    {
      for (gsize cell = 0; cell < cells; cell++)
        {
          const float *row = judge_map_at (map, (int) cell / width, (int) cell % width);

          if (normalize)
            judge_normalize_row (row, want + cell * (gsize) channels, channels);
          else
            memcpy (want + cell * (gsize) channels, row, (gsize) channels * sizeof (float));
        }
      g_assert_true (fy_features_read (features, 1 - normalize, got, &error));
      judge_check_close ("rows", want, got, cells, (gsize) channels, normalize ? 1e-6f : 0);
    }
}

static void
test_features (FyDevice *device)
{
  static const int sizes[][2] = { { 1, 1 }, { 7, 9 }, { 8, 8 }, { 63, 5 }, { 3, 65 } };
  static const int channels[] = { 1, 5, 12, 64 };
  int multiple = fy_device_channel_multiple (device);
  g_autoptr (GRand) rand = g_rand_new_with_seed (6);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    check_set_map (device, rand, sizes[i][0], sizes[i][1], multiple * (1 + 4 * (int) i));
  for (guint i = 0; i < G_N_ELEMENTS (channels); i++)
    {
      g_autoptr (JudgeFeatures) want =
          judge_features_new (rand, 9, 7, 1, (int[]){ channels[i] }, 0);
      g_autoptr (FyFeatures) features = devices_features (device, want);
      g_autofree float *got = g_new (float, 9 * 7 * channels[i]);

      g_assert_true (fy_features_read (features, 0, got, &error));
      judge_check_close ("written rows", want->rows[0], got, 63, (gsize) channels[i], 0);
    }
}

/* --- Convolution --- */

typedef enum
{
  NO_RESIDUAL,
  RESIDUAL,
  RESIDUAL_IN_PLACE,
} Residual;

typedef struct
{
  int height, width, in_channels, out_channels, kernel, stride;
  gboolean relu, bias;
  Residual residual;
} ConvolutionCase;

static float *
random_weights (GRand *rand, gsize n, double range)
{
  float *weights = g_new (float, n);

  for (gsize i = 0; i < n; i++)
    weights[i] = (float) g_rand_double_range (rand, -range, range);
  return weights;
}

static void
check_convolution (FyDevice *device,
                   const ConvolutionCase *c,
                   GRand *rand,
                   int spare_halo,
                   gboolean fast)
{
  const FyConvolutionParams params = { c->in_channels, c->out_channels, c->kernel,
                                       c->stride,      c->relu,         fast };
  int multiple = fy_device_channel_multiple (device);
  gboolean on_cpu = strcmp (fy_device_kind (device), "cpu") == 0;
  int out_height = (c->height + c->stride - 1) / c->stride,
      out_width = (c->width + c->stride - 1) / c->stride;
  int taps = c->in_channels * c->kernel * c->kernel;
  g_autofree float *weight =
      random_weights (rand, (gsize) c->out_channels * (gsize) taps, 2 / sqrt ((double) taps));
  g_autofree float *bias = random_weights (rand, (gsize) c->out_channels, 1);
  g_autoptr (JudgeMap) source = judge_map_new (
      rand, c->height, c->width, round_up (c->in_channels, multiple), c->kernel / 2 + spare_halo);
  g_autoptr (JudgeMap) want =
      judge_map_new (rand, out_height, out_width, round_up (c->out_channels, multiple), spare_halo);
  g_autoptr (JudgeMap) other =
      judge_map_new (rand, out_height, out_width, want->channels, spare_halo + 1);
  g_autoptr (JudgeMap) residual = judge_map_copy (c->residual == RESIDUAL ? other : want);
  g_autofree char *what = g_strdup_printf ("%dx%d, %d to %d channels, %dx%d / %d, residual %d",
                                           c->height, c->width, c->in_channels, c->out_channels,
                                           c->kernel, c->kernel, c->stride, (int) c->residual);
  g_autoptr (GError) error = NULL;
  g_autoptr (FyBuffer) buffer = NULL;
  g_autoptr (FyConvolution) convolution = NULL;
  FyMap maps[3];

  buffer = devices_upload (device, (JudgeMap *[]){ source, want, other }, 3, maps);
  judge_convolution (&params, weight, c->bias ? bias : NULL, source,
                     c->residual == NO_RESIDUAL ? NULL : residual, want);
  convolution = fy_convolution_new (device, &params, weight, c->bias ? bias : NULL, &error);
  g_assert_no_error (error);
  memset (weight, 0, sizeof (float) * (gsize) c->out_channels); /* not needed after return */
  g_assert_true (fy_convolution_run (convolution, &maps[0],
                                     c->residual == NO_RESIDUAL ? NULL
                                     : c->residual == RESIDUAL  ? &maps[2]
                                                                : &maps[1],
                                     &maps[1], &error));
  g_assert_no_error (error);
  devices_check_map (what, &maps[1], want, !fast ? 5e-5f : on_cpu ? 5e-2f : 5e-3f);
  devices_check_map ("a convolution's source", &maps[0], source, 0);
}

/* Fast ones are off by a few times 2^-9 of what is typical for an output on a CPU, by Winograd's
 * method by twice that; by a few times 2^-12 on a GPU. */
static void
check_convolutions (FyDevice *device, gboolean fast)
{
  static const ConvolutionCase cases[] = {
    /* one cell, one channel; then around 8 and 64 cells, channels */
    { 1, 1, 1, 1, 1, 1, FALSE, FALSE, NO_RESIDUAL },
    { 1, 1, 3, 5, 7, 2, FALSE, TRUE, NO_RESIDUAL },
    { 1, 7, 7, 9, 1, 1, TRUE, TRUE, NO_RESIDUAL },
    { 7, 1, 8, 8, 3, 1, TRUE, TRUE, RESIDUAL },
    { 8, 8, 9, 7, 3, 2, FALSE, TRUE, RESIDUAL_IN_PLACE },
    { 9, 7, 16, 16, 1, 2, TRUE, FALSE, NO_RESIDUAL },
    { 7, 9, 32, 63, 1, 1, TRUE, TRUE, RESIDUAL_IN_PLACE },
    { 9, 8, 33, 64, 3, 1, TRUE, TRUE, RESIDUAL_IN_PLACE },
    { 5, 13, 64, 65, 3, 1, FALSE, FALSE, RESIDUAL },
    { 63, 3, 12, 24, 3, 2, TRUE, TRUE, NO_RESIDUAL },
    { 3, 64, 17, 40, 3, 1, TRUE, TRUE, RESIDUAL },
    { 65, 2, 20, 4, 1, 1, FALSE, TRUE, RESIDUAL },
    { 2, 65, 4, 128, 1, 2, FALSE, TRUE, NO_RESIDUAL },
    { 63, 65, 3, 64, 7, 2, TRUE, TRUE, NO_RESIDUAL },
    { 64, 63, 3, 8, 7, 1, TRUE, TRUE, NO_RESIDUAL },
    { 11, 10, 256, 256, 3, 1, TRUE, TRUE, RESIDUAL_IN_PLACE },
    { 17, 5, 512, 130, 1, 1, TRUE, TRUE, RESIDUAL_IN_PLACE },
    { 18, 29, 64, 128, 3, 1, TRUE, TRUE, RESIDUAL },
    { 33, 9, 96, 192, 1, 2, TRUE, TRUE, NO_RESIDUAL },
  };
  g_autoptr (GRand) rand = g_rand_new_with_seed (4);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    check_convolution (device, &cases[i], rand, (int) i % 3, fast);
}

static void
test_convolution (FyDevice *device)
{
  check_convolutions (device, FALSE);
}

static void
test_fast_convolution (FyDevice *device)
{
  check_convolutions (device, TRUE);
}

/* By matrices of float16, emulated: everything but the multiplication itself.  The emulation is slow. */
static void
test_matrices (FyDevice *device)
{
  static const ConvolutionCase cases[] = {
    { 1, 1, 1, 1, 1, 1, FALSE, FALSE, NO_RESIDUAL },
    { 5, 13, 36, 65, 1, 1, TRUE, TRUE, RESIDUAL_IN_PLACE },
    { 8, 9, 9, 24, 3, 1, FALSE, TRUE, RESIDUAL },
    { 7, 9, 3, 8, 7, 2, TRUE, FALSE, NO_RESIDUAL },
  };
  g_autoptr (GRand) rand = g_rand_new_with_seed (14);

  if (strcmp (fy_device_kind (device), "vulkan") != 0)
    {
      g_test_skip ("for Vulkan only");
      return;
    }
  fy_vulkan_emulate_matrices (device, TRUE);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    check_convolution (device, &cases[i], rand, (int) i % 3, TRUE);
  fy_vulkan_emulate_matrices (device, FALSE);
}

/* A weight that 16 bits do not hold is not lost. */
static void
test_large_weight (FyDevice *device)
{
  const FyConvolutionParams params = { 1, 1, 1, 1, FALSE, TRUE };
  const float weight = 1e6f;
  int channels = round_up (1, fy_device_channel_multiple (device));
  g_autoptr (GRand) rand = g_rand_new_with_seed (13);
  g_autoptr (JudgeMap) in = judge_map_new (rand, 3, 5, channels, 0);
  g_autoptr (JudgeMap) out = judge_map_new (rand, 3, 5, channels, 0);
  g_autoptr (GError) error = NULL;
  g_autoptr (FyConvolution) self = fy_convolution_new (device, &params, &weight, NULL, &error);
  g_autoptr (FyBuffer) buffer = NULL;
  FyMap maps[2];

  buffer = devices_upload (device, (JudgeMap *[]){ in, out }, 2, maps);
  judge_convolution (&params, &weight, NULL, in, NULL, out);
  g_assert_true (fy_convolution_run (self, &maps[0], NULL, &maps[1], &error));
  devices_check_map ("large weight", &maps[1], out, 5e-2f);
}

/* Maps larger than what one binding covers on a lesser device: they are worked on by rows. */
static void
test_narrow (FyDevice *device)
{
  static const ConvolutionCase cases[] = {
    { 40, 70, 16, 24, 3, 1, TRUE, TRUE, RESIDUAL },
    { 40, 70, 16, 24, 3, 1, TRUE, TRUE, RESIDUAL_IN_PLACE },
    { 61, 67, 8, 32, 3, 2, FALSE, TRUE, NO_RESIDUAL },
    { 90, 80, 3, 16, 7, 2, TRUE, TRUE, NO_RESIDUAL },
    { 70, 64, 20, 12, 1, 1, FALSE, FALSE, RESIDUAL },
  };
  g_autoptr (GRand) rand = g_rand_new_with_seed (11);

  if (strcmp (fy_device_kind (device), "vulkan") != 0)
    {
      g_test_skip ("for Vulkan only");
      return;
    }
  fy_vulkan_set_limits (device, 66000, 0);
  check_set_map (device, rand, 63, 5, 52);
  test_load_picture (device);
  test_pad (device);
  test_max_pool (device);
  fy_vulkan_set_limits (device, 40000, 0);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    check_convolution (device, &cases[i], rand, (int) i % 3, i % 2 != 0);
  fy_vulkan_set_limits (device, 0, 0);
}

/* A residual block without waiting in between: what one operation writes the next must see. */
static void
test_chain (FyDevice *device)
{
  const FyConvolutionParams params = { 16, 16, 3, 1, TRUE };
  const FyConvolutionParams linear = { 16, 16, 3, 1, FALSE };
  int channels = round_up (16, fy_device_channel_multiple (device));
  g_autoptr (GRand) rand = g_rand_new_with_seed (5);
  g_autoptr (JudgeMap) a = judge_map_new (rand, 33, 47, channels, 1);
  g_autoptr (JudgeMap) b = judge_map_new (rand, 33, 47, channels, 1);
  g_autoptr (JudgeMap) pooled = judge_map_new (rand, 17, 24, channels, 0);
  g_autofree float *weight = random_weights (rand, 16 * 16 * 9, 0.15);
  g_autoptr (GError) error = NULL;
  g_autoptr (FyConvolution) first = fy_convolution_new (device, &params, weight, NULL, &error);
  g_autoptr (FyConvolution) second = fy_convolution_new (device, &linear, weight, NULL, &error);
  g_autoptr (FyBuffer) buffer = NULL;
  FyMap maps[3];

  buffer = devices_upload (device, (JudgeMap *[]){ a, b, pooled }, 3, maps);
  for (int turn = 0; turn < 4; turn++)
    {
      g_autoptr (JudgeMap) before = NULL;

      fy_device_pad (device, &maps[0], FY_PADDING_REFLECT, &error);
      fy_convolution_run (first, &maps[0], NULL, &maps[1], &error);
      fy_device_pad (device, &maps[1], FY_PADDING_ZERO, &error);
      fy_convolution_run (second, &maps[1], &maps[0], &maps[0], &error);

      judge_pad (a, FY_PADDING_REFLECT);
      judge_convolution (&params, weight, NULL, a, NULL, b);
      judge_pad (b, FY_PADDING_ZERO);
      before = judge_map_copy (a);
      judge_convolution (&linear, weight, NULL, b, before, a);
    }
  fy_device_pad (device, &maps[0], FY_PADDING_ZERO, &error);
  fy_device_max_pool (device, &maps[0], &maps[2], &error);
  g_assert_no_error (error);
  judge_pad (a, FY_PADDING_ZERO);
  judge_max_pool (a, pooled);
  devices_check_map ("chain", &maps[2], pooled, 2e-4f);
}

/* Buffers may be freed as soon as the calls that use them are back, whatever the device still
 * does. */
static void
test_freed (FyDevice *device)
{
  int channels = round_up (64, fy_device_channel_multiple (device));
  g_autoptr (GRand) rand = g_rand_new_with_seed (12);
  g_autoptr (JudgeMap) in = judge_map_new (rand, 128, 128, channels, 1);
  g_autoptr (JudgeMap) out = judge_map_new (rand, 64, 64, channels, 0);
  g_autoptr (GError) error = NULL;

  for (int n = 1; n <= 16; n++) /* one of them ends with a submit */
    {
      g_autoptr (FyBuffer) buffer = NULL;
      FyMap maps[2];

      buffer = devices_upload (device, (JudgeMap *[]){ in, out }, 2, maps);
      devices_check_map ("what was uploaded", &maps[0], in, 0);
      for (int turn = 0; turn < n; turn++)
        g_assert_true (fy_device_max_pool (device, &maps[0], &maps[1], &error));
    }
}

/* A layer of a network at 480x854; run with -m perf. */
static void
test_speed (FyDevice *device)
{
  static const ConvolutionCase cases[] = {
    { 480, 854, 3, 64, 7, 2, TRUE, TRUE, NO_RESIDUAL },
    { 120, 214, 64, 64, 3, 1, TRUE, TRUE, NO_RESIDUAL },
    { 60, 107, 128, 128, 3, 1, TRUE, TRUE, NO_RESIDUAL },
    { 60, 107, 256, 256, 3, 1, TRUE, TRUE, NO_RESIDUAL },
    { 60, 107, 1024, 256, 1, 1, TRUE, TRUE, NO_RESIDUAL },
  };
  int multiple = fy_device_channel_multiple (device);
  g_autoptr (GRand) rand = g_rand_new_with_seed (10);

  if (!g_test_perf ())
    {
      g_test_skip ("a measurement: run with -m perf");
      return;
    }
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const ConvolutionCase *c = &cases[i];
      const FyConvolutionParams params = { c->in_channels, c->out_channels, c->kernel, c->stride,
                                           c->relu };
      int height = c->height / c->stride, width = c->width / c->stride;
      gsize taps = (gsize) (c->in_channels * c->kernel * c->kernel);
      g_autoptr (JudgeMap) in = judge_map_new (rand, c->height, c->width,
                                               round_up (c->in_channels, multiple), c->kernel / 2);
      g_autoptr (JudgeMap) out =
          judge_map_new (rand, height, width, round_up (c->out_channels, multiple), 1);
      g_autofree float *weight = random_weights (rand, (gsize) c->out_channels * taps, 0.1);
      g_autoptr (FyConvolution) convolution =
          fy_convolution_new (device, &params, weight, NULL, NULL);
      g_autoptr (FyBuffer) buffer = NULL;
      double best = (double) INFINITY;
      FyMap maps[2];

      buffer = devices_upload (device, (JudgeMap *[]){ in, out }, 2, maps);
      for (int turn = 0; turn < 6; turn++)
        {
          float first;

          g_test_timer_start ();
          g_assert_true (fy_convolution_run (convolution, &maps[0], NULL, &maps[1], NULL));
          g_assert_true (fy_buffer_download (buffer, maps[1].offset, &first, 4, NULL)); /* waits */
          best = fmin (best, g_test_timer_elapsed ());
        }
      g_test_message ("%dx%d %d to %d channels, %dx%d / %d: %.2f ms, %.0f GFLOP/s", c->height,
                      c->width, c->in_channels, c->out_channels, c->kernel, c->kernel, c->stride,
                      best * 1e3, 2e-9 * height * width * c->out_channels * (double) taps / best);
    }
}

int
main (int argc, char **argv)
{
  GPtrArray *devices = devices_open ();

  g_test_init (&argc, &argv, NULL);
  devices_add_test (devices, "buffer", test_buffer);
  devices_add_test (devices, "load-picture", test_load_picture);
  devices_add_test (devices, "pad", test_pad);
  devices_add_test (devices, "max-pool", test_max_pool);
  devices_add_test (devices, "convolution", test_convolution);
  devices_add_test (devices, "fast-convolution", test_fast_convolution);
  devices_add_test (devices, "matrices", test_matrices);
  devices_add_test (devices, "large-weight", test_large_weight);
  devices_add_test (devices, "narrow", test_narrow);
  devices_add_test (devices, "chain", test_chain);
  devices_add_test (devices, "freed", test_freed);
  devices_add_test (devices, "features", test_features);
  devices_add_test (devices, "speed", test_speed);
  return devices_run (devices);
}
