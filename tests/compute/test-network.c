/* SPDX-License-Identifier: MIT */
/* Networks end to end on every device against the CPU (which test-reference holds to the reference
 * programs), and what prepares their weights. */
#include "devices.h"
#include "media/clip.h"
#include "nn/batch-norm.h"
#include "nn/encoder.h"
#include "nn/plan.h"
#include "session/model.h"

#include <math.h>
#include <string.h>

#define WIDTH  67 /* odd, so that every stride leaves a rest */
#define HEIGHT 49

static guint8 *
make_picture (void)
{
  guint8 *rgb = g_new (guint8, WIDTH * HEIGHT * 3);
  g_autoptr (GRand) rand = g_rand_new_with_seed (11);

  for (int i = 0; i < WIDTH * HEIGHT * 3; i++)
    rgb[i] = (guint8) (128 + (int) (90 * sin (i * 0.011)) + g_rand_int_range (rand, -30, 30));
  return rgb;
}

/* Unit features of the test picture: (transfer full) [cells, channels]. */
static float *
compute (FyDevice *device, const char *path, gboolean shift, gsize *n)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (FyEncoder) encoder =
      fy_model_load (device, path, &(FyEncoderParams){ .shift = shift }, &error);
  g_autoptr (FyFeatures) features = NULL;
  g_autofree guint8 *rgb = make_picture ();
  float *rows;
  FyMap map;

  g_assert_no_error (error);
  g_assert_true (fy_encoder_run (encoder, rgb, WIDTH, HEIGHT, &map, &error));
  g_assert_cmpint (map.width, ==, (WIDTH + 7) / 8);
  g_assert_cmpint (map.height, ==, (HEIGHT + 7) / 8);
  features =
      fy_features_new (device, map.height, map.width, 1, &map.channels, FY_FEATURES_F32, &error);
  g_assert_true (fy_features_set_map (features, 0, &map, TRUE, &error));
  *n = (gsize) (map.width * map.height * map.channels);
  rows = g_new (float, *n);
  g_assert_true (fy_features_read (features, 0, rows, &error));
  return rows;
}

static double
relative_error (const float *got, const float *want, gsize n)
{
  double off = 0.0, size = 0.0;

  for (gsize i = 0; i < n; i++)
    {
      double d = (double) got[i] - (double) want[i];

      off += d * d;
      size += (double) want[i] * (double) want[i];
    }
  return sqrt (off / size);
}

static void
check_device (FyDevice *device, const char *path, gboolean shift)
{
  g_autoptr (FyDevice) cpu = fy_device_new ("cpu", NULL);
  gsize n, m;
  g_autofree float *want = compute (cpu, path, shift, &n);
  g_autofree float *got = compute (device, path, shift, &m);
  double error = relative_error (got, want, n);

  g_assert_cmpuint (n, ==, m);
  g_test_message ("%s on %s: off by %.1e", path, fy_device_name (device), error);
  g_assert_cmpfloat (error, <=, 1e-4);
}

static void
test_shipped (FyDevice *device)
{
  g_autofree char *path = fy_shipped_model_path ();

  check_device (device, path, FALSE);
  check_device (device, path, TRUE);
}

/* ResNet-18 padding by reflection, and ResNet-50. */
static void
test_shared (FyDevice *device)
{
  static const char *files[] = { "crw.pth", "moco_v1.pth.tar" };

  for (gsize i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autofree char *path =
          g_build_filename (g_getenv ("FERRY_SHARED"), "reference", "ckpt", files[i], NULL);

      if (!g_file_test (path, G_FILE_TEST_EXISTS))
        {
          g_test_skip ("no ../shared: the checkpoints are not here");
          return;
        }
      check_device (device, path, FALSE);
    }
}

/* In 16 bits, on a frame of the sample clip: rounding costs a little, and where nothing is faster,
 * nothing. */
static float *
compute_sample (FyDevice *device, gboolean fast, gsize *n, gsize *channels)
{
  g_autofree char *path = fy_shipped_model_path ();
  g_autofree char *sample = fy_data_path ("sample/pond.mp4");
  g_autoptr (GError) error = NULL;
  g_autoptr (FyClip) clip = fy_clip_open (sample, NULL, NULL, &error);
  g_autoptr (FyFrame) frame = clip != NULL ? fy_clip_frame (clip, 10, NULL, &error) : NULL;
  g_autoptr (FyFrame) picture = frame != NULL ? fy_frame_scale (frame, 321, 181) : NULL;
  g_autoptr (FyEncoder) encoder =
      fy_model_load (device, path, &(FyEncoderParams){ .fast = fast }, &error);
  g_autoptr (FyFeatures) features = NULL;
  float *rows;
  FyMap map;

  g_assert_no_error (error);
  g_assert_true (fy_encoder_run (encoder, picture->rgb, 321, 181, &map, &error));
  features =
      fy_features_new (device, map.height, map.width, 1, &map.channels, FY_FEATURES_F32, &error);
  g_assert_true (fy_features_set_map (features, 0, &map, TRUE, &error));
  *channels = (gsize) map.channels;
  *n = (gsize) (map.width * map.height) * *channels;
  rows = g_new (float, *n);
  g_assert_true (fy_features_read (features, 0, rows, &error));
  return rows;
}

static void
test_fast (FyDevice *device)
{
  gsize n, channels;
  g_autofree float *exact = compute_sample (device, FALSE, &n, &channels);
  g_autofree float *fast = compute_sample (device, TRUE, &n, &channels);
  gboolean bf16 = strstr (fy_device_name (device), "bf16") != NULL;
  double error = relative_error (fast, exact, n), worst = 1.0;

  for (gsize cell = 0; cell < n; cell += channels)
    {
      double cosine = 0.0;

      for (gsize c = cell; c < cell + channels; c++)
        cosine += (double) exact[c] * (double) fast[c];
      worst = fmin (worst, cosine);
    }
  g_test_message ("fast on %s: off by %.1e, least cosine 1 - %.1e", fy_device_name (device), error,
                  1.0 - worst);
  g_assert_cmpfloat (error, <=, 1e-2);
  g_assert_cmpfloat (1.0 - worst, <=, 5e-4);
  if (strcmp (fy_device_kind (device), "cpu") == 0)
    g_assert_cmpint (error > 0.0, ==, bf16);
}

/* That all memory of a map is the value's whose it is. */
static void
check_owner (const int *owner, const FyMap *map, int value)
{
  for (gsize at = 0; at < fy_map_size (map); at += FY_MAP_ALIGN)
    g_assert_cmpint (owner[(map->offset + at) / FY_MAP_ALIGN], ==, value);
}

/* No two values that are needed at the same time share memory, for every depth and cut; but a sum may
 * take the place of what is added to it. */
static void
test_plan (void)
{
  for (int deep = 0; deep < 2; deep++)
    for (int cut = 1; cut <= 4; cut++)
      {
        FyResnetParams params = { deep ? 50 : 18, cut, FY_RESNET_STRIDES };
        g_autoptr (FyGraph) graph = fy_resnet_new (&params);
        g_autoptr (FyPlan) plan = fy_plan_new (graph, 854, 480, 4);
        g_autofree int *owner = g_new0 (int, plan->size / FY_MAP_ALIGN + 1);
        gsize sum = 0;

        /* Writes each value's name over its memory, and finds it there whenever it is read. */
        for (int value = 0; value < plan->n_values; value++)
          {
            const FyMap *map = &plan->map[value];
            gsize begin = map->offset / FY_MAP_ALIGN;
            gsize end = (map->offset + fy_map_size (map) + FY_MAP_ALIGN - 1) / FY_MAP_ALIGN;
            const FyNode *node = value > 0 ? fy_graph_node (graph, value - 1) : NULL;
            int residual = node != NULL ? node->residual : -1;

            g_assert_cmpuint (map->offset + fy_map_size (map), <=, plan->size);
            if (residual >= 0)
              check_owner (owner, &plan->map[residual], residual);
            for (gsize at = begin; at < end; at++)
              owner[at] = value;
            if (node != NULL)
              check_owner (owner, &plan->map[node->source], node->source);
            if (residual >= 0 && plan->map[residual].offset != map->offset)
              check_owner (owner, &plan->map[residual], residual);
            sum += fy_map_size (map);
          }
        g_assert_cmpuint (plan->size, <, cut> 2 ? sum / 2 : sum); /* sharing is the point */
      }
}

/* --- The fold and the shift against numbers worked out by hand --- */

static void
test_fold (void)
{
  float weight = 3.0f, gamma = 2.0f, beta = 0.5f, mean = 4.0f, variance = 16.0f, got[2];
  FyNormalized norm = { &weight, &gamma, &beta, &mean, &variance };
  FyNode node = { .in_channels = 1, .out_channels = 1, .kernel = 1 };
  double scale = 2.0 / sqrt (16.0 + 1e-5);

  fy_normalized_fold (&norm, &node, &got[0], &got[1]);
  g_assert_cmpfloat_with_epsilon ((double) got[0], 3.0 * scale, 1e-6);
  g_assert_cmpfloat_with_epsilon ((double) got[1], 0.5 - 4.0 * scale, 1e-6);
}

/* A 1x1 convolution, a batch norm and a ReLU, then another: the first sees a black picture, whose
 * statistics are zero; the second a constant, the first's bias. */
static void
test_shift (void)
{
  g_autoptr (FyGraph) graph = fy_graph_new ();
  float weight[2][3] = { { 1, 2, 3 }, { 2 } }, gamma[2] = { 1, 1 }, beta[2] = { 0.25f, 0 };
  float mean[2] = { 1, 1 }, variance[2] = { 1, 1 };
  FyNormalized node[2] = { { weight[0], &gamma[0], &beta[0], &mean[0], &variance[0] },
                           { weight[1], &gamma[1], &beta[1], &mean[1], &variance[1] } };
  FyGraphWeights weights = { 2, node };
  g_autoptr (GError) error = NULL;

  fy_graph_take (graph, (FyNode){ .residual = -1,
                                  .in_channels = 3,
                                  .out_channels = 1,
                                  .kernel = 1,
                                  .stride = 1,
                                  .relu = TRUE });
  fy_graph_take (graph, (FyNode){ .source = 1,
                                  .residual = -1,
                                  .in_channels = 1,
                                  .out_channels = 1,
                                  .kernel = 1,
                                  .stride = 1 });
  g_assert_true (fy_graph_weights_shift (&weights, graph, &error));
  g_assert_cmpfloat_with_epsilon ((double) mean[0], 0.9, 1e-6);
  g_assert_cmpfloat_with_epsilon ((double) variance[0], 0.9, 1e-6);
  g_assert_cmpfloat_with_epsilon ((double) mean[1], 0.9 + 0.1 * 0.5, 1e-6);
  g_assert_cmpfloat_with_epsilon ((double) variance[1], 0.9, 1e-6);
}

int
main (int argc, char **argv)
{
  GPtrArray *devices = devices_open ();

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/network/plan", test_plan);
  g_test_add_func ("/network/fold", test_fold);
  g_test_add_func ("/network/shift", test_shift);
  devices_add_test (devices, "shipped", test_shipped);
  devices_add_test (devices, "shared", test_shared);
  devices_add_test (devices, "fast", test_fast);
  return devices_run (devices);
}
