/* SPDX-License-Identifier: MIT */
/* The neighbour search on each device against the judge. */
#include "base/error.h"
#include "base/half.h"
#include "compute/vulkan/inspect.h"
#include "devices.h"

#include <math.h>
#include <string.h>
#include <time.h>

#define MAX_CONTEXT 4

typedef struct
{
  int height, width, k, radius, n_context, n_parts;
  int channels[FY_FEATURES_MAX_PARTS];
  float weight[FY_FEATURES_MAX_PARTS];
  FyFeaturesFormat target, context; /* of every other frame; the first has the target's */
} SearchCase;

/* Runs one case: `step` as in judge_features_new, with it there is one right answer. */
static void
check_search (FyDevice *device, const SearchCase *c, GRand *rand, float step, gboolean brute_force)
{
  FySearchParams params = {
    c->k, c->radius, c->n_parts, { c->weight[0], c->weight[1] }, brute_force
  };
  gsize n = (gsize) c->height * (gsize) c->width * (gsize) c->k;
  JudgeFeatures *judged[MAX_CONTEXT] = { NULL };
  FyFeatures *context[MAX_CONTEXT] = { NULL };
  g_autoptr (JudgeFeatures) judged_target =
      judge_features_new (rand, c->height, c->width, c->n_parts, c->channels, step);
  g_autoptr (FyFeatures) target = devices_features_in (device, judged_target, c->target);
  g_autofree guint32 *position = g_new (guint32, n);
  g_autofree float *score = g_new (float, n);
  g_autoptr (GError) error = NULL;
  g_autoptr (FySearch) search = fy_search_new (device, &params, &error);

  g_assert_no_error (error);
  for (int i = 0; i < c->n_context; i++)
    {
      /* the last slot holds the first frame again: each of its cells ties with its copy */
      gboolean again = i > 0 && i == c->n_context - 1;

      judged[i] =
          again ? judged[0]
                : judge_features_new (rand, c->height, c->width, c->n_parts, c->channels, step);
      context[i] =
          again ? fy_features_ref (context[0])
                : devices_features_in (device, judged[i], i % 2 == 0 ? c->target : c->context);
    }
  g_test_message ("%dx%d, k %d, radius %d, %d frames, %d + %d channels, %s", c->height, c->width,
                  c->k, c->radius, c->n_context, c->channels[0], c->channels[1],
                  step > 0 ? "exact" : "random");
  for (int turn = 0; turn < (step > 0 ? 2 : 1); turn++) /* nothing is left over from the first */
    {
      fy_search_run (search, target, context, c->n_context, position, score, NULL, &error);
      g_assert_no_error (error);
      judge_check_search (&params, judged_target, judged, c->n_context, position, score,
                          step > 0 ? 0 : 1e-5);
    }
  for (int i = 0; i < c->n_context; i++)
    {
      fy_features_unref (context[i]);
      if (i == 0 || i < c->n_context - 1)
        judge_features_free (judged[i]);
    }
}

/* In full, Vulkan searches by two parts only: each build of its shaders takes long to compile. */
static void
test_search (FyDevice *device)
{
  static const SearchCase cases[] = {
    { 1, 1, 1, 0, 1, 1, { 4 }, { 1 } },
    { 1, 1, 5, 1, 3, 2, { 8, 4 }, { 1, 0.5f } },
    { 7, 8, 10, 12, 0, 1, { 4 }, { 1 } },
    { 1, 65, 10, 12, 2, 1, { 16 }, { 1 } },
    { 64, 1, 3, 3, 3, 2, { 20, 4 }, { 1, 0.5f } },
    { 7, 9, 1, 1, 2, 1, { 12 }, { 1 } },
    { 8, 8, 10, 3, 1, 2, { 64, 12 }, { 1, 0.5f } },
    { 9, 7, 64, 3, 1, 1, { 24 }, { 2.5f } },
    { 9, 9, 64, 0, 3, 2, { 7, 9 }, { 1, 2 } },
    { 13, 17, 63, 0, 1, 1, { 33 }, { 1 } },
    { 16, 24, 10, 12, 3, 1, { 32 }, { 1 } },
    { 63, 5, 15, 0, 2, 1, { 40 }, { 1 } },
    { 27, 31, 15, 12, 2, 2, { 32, 8 }, { 0.75f, 0.25f } },
    { 8, 15, 10, 5, 3, 2, { 8, 72 }, { 0.5f, 1.5f } },
    { 11, 6, 20, 0, 3, 2, { 5, 16 }, { 1, 0 } },
  };
  gboolean on_cpu = strcmp (fy_device_kind (device), "cpu") == 0;
  g_autoptr (GRand) rand = g_rand_new_with_seed (7);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    for (int brute_force = 0; brute_force <= (on_cpu || cases[i].n_parts == 2 ? 1 : 0);
         brute_force++)
      {
        check_search (device, &cases[i], rand, 0, brute_force != 0);
        check_search (device, &cases[i], rand, 0.125f, brute_force != 0);
      }
}

/* Features in float16, also beside such in float32.  In full on a CPU only: a pruned search on Vulkan
 * does both, and its shaders take long to compile. */
static void
test_search_f16 (FyDevice *device)
{
  static const SearchCase cases[] = {
    { 9, 14, 10, 4, 3, 2, { 32, 7 }, { 0.75f, 0.25f }, FY_FEATURES_F16, FY_FEATURES_F16 },
    { 11, 8, 20, 0, 3, 2, { 9, 20 }, { 1, 0.5f }, FY_FEATURES_F16, FY_FEATURES_F32 },
  };
  gboolean on_cpu = strcmp (fy_device_kind (device), "cpu") == 0;
  g_autoptr (GRand) rand = g_rand_new_with_seed (14);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    for (int brute_force = 0; brute_force <= (on_cpu ? 1 : 0); brute_force++)
      {
        check_search (device, &cases[i], rand, 0, brute_force != 0);
        check_search (device, &cases[i], rand, 0.125f, brute_force != 0);
      }
}

/* --- Features like a trained network's --- */

#define N_WAVES 24

/* Gives frame `time` of a clip vectors that change smoothly over the grid and in time, and of which
 * few axes hold most: waves, each along a direction of its own, the later the weaker. */
static void
make_smooth (JudgeFeatures *features, int time)
{
  gsize cells = (gsize) features->height * (gsize) features->width;

  for (int part = 0; part < features->n_parts; part++)
    {
      gsize n = (gsize) features->channels[part];
      g_autoptr (GRand) rand =
          g_rand_new_with_seed ((guint) part + 20); /* the same in each frame */
      g_autoptr (GRand) noise = g_rand_new_with_seed ((guint) (part + 2 * time) + 40);
      g_autofree float *direction = g_new (float, N_WAVES *n);
      float wave[N_WAVES * 4];

      for (gsize i = 0; i < N_WAVES * n; i++)
        direction[i] = (float) g_rand_double_range (rand, -1, 1);
      for (int i = 0; i < N_WAVES * 4; i++)
        wave[i] = (float) g_rand_double_range (rand, -0.5, 0.5);
      for (gsize cell = 0; cell < cells; cell++)
        {
          float *row = features->rows[part] + cell * n;
          float y = (float) (cell / (gsize) features->width),
                x = (float) (cell % (gsize) features->width);

          for (gsize c = 0; c < n; c++)
            row[c] = (float) g_rand_double_range (noise, -0.03, 0.03);
          for (gsize i = 0; i < N_WAVES; i++)
            {
              float phase = wave[4 * i] * y + wave[4 * i + 1] * x + wave[4 * i + 2] * (float) time +
                            6 * wave[4 * i + 3];
              float height = sinf (phase) / (float) (i + 1);

              for (gsize c = 0; c < n; c++)
                row[c] += height * direction[i * n + c];
            }
          judge_normalize_row (row, row, (int) n);
        }
    }
}

/* Bounds exclude most candidates, and nothing that belongs into a list. */
static void
test_smooth (FyDevice *device)
{
  static const SearchCase cases[] = {
    { 24, 29, 10, 9, 3, 1, { 96 }, { 1 } },
    { 17, 22, 15, 0, 2, 2, { 64, 48 }, { 0.75f, 0.25f }, FY_FEATURES_F16, FY_FEATURES_F16 },
    { 20, 26, 40, 0, 1, 1, { 64 }, { 3 } },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const SearchCase *c = &cases[i];
      const FySearchParams params = {
        c->k, c->radius, c->n_parts, { c->weight[0], c->weight[1] }, FALSE
      };
      gsize n = (gsize) (c->height * c->width * c->k);
      JudgeFeatures *judged[MAX_CONTEXT + 1];
      FyFeatures *features[MAX_CONTEXT + 1];
      g_autofree guint32 *position = g_new (guint32, n);
      g_autofree float *score = g_new (float, n);
      g_autoptr (GRand) rand = g_rand_new_with_seed (16);
      g_autoptr (GError) error = NULL;
      g_autoptr (FySearch) search = fy_search_new (device, &params, &error);

      for (int frame = 0; frame <= c->n_context; frame++)
        {
          judged[frame] =
              judge_features_new (rand, c->height, c->width, c->n_parts, c->channels, 0);
          make_smooth (judged[frame], frame);
          features[frame] = devices_features_in (device, judged[frame], c->target);
        }
      fy_search_run (search, features[c->n_context], features, c->n_context, position, score, NULL,
                     &error);
      g_assert_no_error (error);
      judge_check_search (&params, judged[c->n_context], judged, c->n_context, position, score,
                          1e-5);
      for (int frame = 0; frame <= c->n_context; frame++)
        {
          fy_features_unref (features[frame]);
          judge_features_free (judged[frame]);
        }
    }
}

/* A frame of more candidates than a workgroup should look at in one go. */
static void
test_many_candidates (FyDevice *device)
{
  static const SearchCase cases[] = {
    { 23, 29, 9, 0, 2, 2, { 12, 20 }, { 0.5f, 1 } },
    { 23, 29, 64, 9, 2, 1, { 36 }, { 1 } },
  };
  g_autoptr (GRand) rand = g_rand_new_with_seed (11);

  if (strcmp (fy_device_kind (device), "vulkan") != 0)
    {
      g_test_skip ("for Vulkan only");
      return;
    }
  fy_vulkan_set_limits (device, 0, 300000);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    check_search (device, &cases[i], rand, 0.125f, cases[i].n_parts == 2);
  fy_vulkan_set_limits (device, 0, 0);
}

/* --- Lists in subgroups --- */

typedef struct
{
  guint32 *position;
  float *score;
  gsize n;
} Found;

static void
found_clear (Found *self)
{
  g_free (self->position);
  g_free (self->score);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Found, found_clear)

/* Searches the first of three frames of vectors in random directions for the last two. */
static Found
find (FyDevice *device, const FySearchParams *params, FyFeatures *const *frames)
{
  gsize n = (gsize) (fy_features_height (frames[0]) * fy_features_width (frames[0]) * params->k);
  Found found = { g_new (guint32, n), g_new (float, n), n };
  g_autoptr (GError) error = NULL;
  g_autoptr (FySearch) search = fy_search_new (device, params, &error);

  g_assert_no_error (error);
  fy_search_run (search, frames[0], frames + 1, 2, found.position, found.score, NULL, &error);
  g_assert_no_error (error);
  return found;
}

/* Both ways of keeping lists give the same bits. */
static void
check_same_bits (FyDevice *device, int k, gboolean brute_force)
{
  const FySearchParams params = { k, 0, 2, { 0.75f, 0.25f }, brute_force };
  g_autoptr (GRand) rand = g_rand_new_with_seed ((guint) k);
  FyFeatures *frames[3];

  for (int i = 0; i < 3; i++)
    {
      g_autoptr (JudgeFeatures) judged = judge_features_new (rand, 19, 23, 2, (int[]){ 16, 8 }, 0);

      frames[i] = devices_features (device, judged);
    }
  fy_vulkan_set_subgroups (device, FALSE);
  {
    g_auto (Found) by_one = find (device, &params, frames);
    g_auto (Found) together = { 0 };

    fy_vulkan_set_subgroups (device, TRUE);
    together = find (device, &params, frames);
    g_assert_true (memcmp (by_one.position, together.position, by_one.n * 4) == 0);
    g_assert_true (memcmp (by_one.score, together.score, by_one.n * 4) == 0);
  }
  for (int i = 0; i < 3; i++)
    fy_features_unref (frames[i]);
}

/* Lists of every length, kept by one invocation each and by a subgroup each, hold what they should,
 * of equal candidates the first. */
static void
test_lists (FyDevice *device)
{
  guint lanes;

  if (strcmp (fy_device_kind (device), "vulkan") != 0)
    {
      g_test_skip ("for Vulkan only");
      return;
    }
  lanes = fy_vulkan_set_subgroups (device, TRUE);
  g_test_message ("subgroups of %u", lanes);
  for (int use = 0; use <= (lanes > 0 ? 1 : 0); use++)
    {
      g_autoptr (GRand) rand = g_rand_new_with_seed (17);

      fy_vulkan_set_subgroups (device, use != 0);
      for (int k = 1; k <= FY_SEARCH_MAX_K; k++)
        {
          const SearchCase c = { 5 + k % 6, 9 + k % 5, k,         k % 3 == 0 ? 0 : 2 + k % 7,
                                 1 + k % 3, 2,         { 12, 8 }, { 0.75f, 0.25f } };

          check_search (device, &c, rand, 0.125f, k % 2 == 0);
        }
    }
  for (int k = 5; k <= FY_SEARCH_MAX_K && lanes > 0; k += 59)
    {
      check_same_bits (device, k, FALSE);
      check_same_bits (device, k, TRUE);
    }
  fy_vulkan_set_subgroups (device, TRUE);
}

/* A frame searched for in itself finds each cell first, with similarity 1. */
static void
test_self (FyDevice *device)
{
  const FySearchParams params = { .k = 2, .radius = 4, .n_parts = 1, .weight = { 1 } };
  g_autoptr (GRand) rand = g_rand_new_with_seed (8);
  g_autoptr (JudgeFeatures) judged = judge_features_new (rand, 10, 11, 1, (int[]){ 48 }, 0);
  g_autoptr (FyFeatures) features = devices_features (device, judged);
  g_autoptr (GError) error = NULL;
  g_autoptr (FySearch) search = fy_search_new (device, &params, &error);
  guint32 position[220];
  float score[220];

  g_assert_true (fy_search_run (search, features, &features, 1, position, score, NULL, &error));
  for (guint cell = 0; cell < 110; cell++)
    {
      g_assert_cmpuint (position[2 * cell], ==, cell);
      g_assert_true (fabsf (score[2 * cell] - 1) <= 1e-6f);
    }
}

/* The parts of a similarity, weighted, are the similarity. */
static void
test_parts (FyDevice *device)
{
  const FySearchParams params = { .k = 9, .radius = 5, .n_parts = 2, .weight = { 0.75f, 0.25f } };
  g_autoptr (GRand) rand = g_rand_new_with_seed (12);
  g_autoptr (JudgeFeatures) judged = judge_features_new (rand, 9, 13, 2, (int[]){ 24, 40 }, 0);
  g_autoptr (JudgeFeatures) before = judge_features_new (rand, 9, 13, 2, (int[]){ 24, 40 }, 0);
  g_autoptr (JudgeFeatures) last = judge_features_new (rand, 9, 13, 2, (int[]){ 24, 40 }, 0);
  g_autoptr (FyFeatures) target = devices_features_in (device, judged, FY_FEATURES_F16);
  g_autoptr (FyFeatures) first = devices_features (device, before);
  g_autoptr (FyFeatures) second = devices_features_in (device, last, FY_FEATURES_F16);
  g_autoptr (FyFeatures) exact_target = devices_features (device, judged);
  g_autoptr (FyFeatures) exact_second = devices_features (device, last); /* rounded by now */
  FyFeatures *context[] = { first, second }, *exact_context[] = { first, exact_second };
  g_autoptr (GError) error = NULL;
  g_autoptr (FySearch) search = fy_search_new (device, &params, &error);
  guint32 position[9 * 13 * 9];
  float score[9 * 13 * 9], fine[9 * 13 * 9], semantic[9 * 13 * 9];

  g_assert_true (
      fy_search_run (search, exact_target, exact_context, 2, position, score, NULL, &error));
  position[9 * 13 * 9 - 1] = FY_SEARCH_NONE;
  g_assert_true (fy_search_parts (search, target, context, 2, position,
                                  (float *[]){ fine, semantic }, &error));
  for (gsize i = 0; i < G_N_ELEMENTS (score); i++)
    {
      const JudgeFeatures *from = position[i] < 9 * 13 ? before : last;
      gsize cell = i / 9, at = position[i] % (9 * 13);
      double dot = 0;

      if (position[i] == FY_SEARCH_NONE)
        {
          g_assert_true (isinf (fine[i]) && fine[i] < 0 && isinf (semantic[i]) && semantic[i] < 0);
          continue;
        }
      for (gsize c = 0; c < 24; c++)
        dot += (double) judged->rows[0][cell * 24 + c] * (double) from->rows[0][at * 24 + c];
      g_assert_cmpfloat_with_epsilon (fine[i], dot, 1e-6);
      g_assert_cmpfloat_with_epsilon (0.75f * fine[i] + 0.25f * semantic[i], score[i], 1e-6f);
    }
}

/* Features kept in float16 are the nearest there are, and come back with the same bits. */
static void
test_f16 (FyDevice *device)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (13);
  g_autoptr (JudgeFeatures) judged = judge_features_new (rand, 7, 11, 1, (int[]){ 36 }, 0);
  g_autoptr (GError) error = NULL;
  g_autoptr (FyFeatures) self =
      fy_features_new (device, 7, 11, 1, (int[]){ 36 }, FY_FEATURES_F16, &error);
  float rows[7 * 11 * 36];
  guint16 half[7 * 11 * 36];

  g_assert_true (fy_features_write (self, 0, judged->rows[0], &error));
  g_assert_true (fy_features_read (self, 0, rows, &error));
  g_assert_true (fy_features_read_f16 (self, 0, half, &error));
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_assert_cmphex (half[i], ==, fy_f32_to_f16 (judged->rows[0][i]));
      g_assert_cmpfloat (rows[i], ==, fy_f16_to_f32 (half[i]));
    }
  memset (rows, 0, sizeof rows);
  g_assert_true (fy_features_write (self, 0, rows, &error));
  g_assert_true (fy_features_write_f16 (self, 0, half, &error));
  g_assert_true (fy_features_read (self, 0, rows, &error));
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    g_assert_cmpfloat (rows[i], ==, fy_f16_to_f32 (half[i]));
}

/* A map becomes float16 by rounding to nearest even, whatever the value. */
static void
test_f16_map (FyDevice *device)
{
  static const float special[] = { 0,        -0.0f,   65519.9f, 65520,          -65504,
                                   1e30f,    6.1e-5f, 6.0e-5f,  5.96e-8,        2.98e-8f,
                                   2.99e-8f, 1e-30f,  -4.5e-8f, 1.00048828125f, 1.00146484375f,
                                   2049,     2051,    -2049,    0.333333f,      INFINITY };
  g_autoptr (GRand) rand = g_rand_new_with_seed (15);
  g_autoptr (JudgeMap) map = judge_map_new (rand, 9, 14, 20, 1);
  g_autoptr (FyBuffer) buffer = NULL;
  g_autoptr (FyFeatures) self = NULL;
  g_autoptr (GError) error = NULL;
  guint16 half[9 * 14 * 20];
  FyMap uploaded;

  memcpy (judge_map_at (map, 4, 5), special, sizeof special);
  buffer = devices_upload (device, &map, 1, &uploaded);
  self = fy_features_new (device, 9, 14, 1, (int[]){ 20 }, FY_FEATURES_F16, &error);
  g_assert_true (fy_features_set_map (self, 0, &uploaded, FALSE, &error));
  g_assert_true (fy_features_read_f16 (self, 0, half, &error));
  for (int i = 0; i < 9 * 14 * 20; i++)
    {
      float value = judge_map_at (map, i / 20 / 14, i / 20 % 14)[i % 20];

      g_assert_cmphex (half[i], ==, fy_f32_to_f16 (value));
    }
}

static void
test_cancelled (FyDevice *device)
{
  const FySearchParams params = { .k = 2, .radius = 0, .n_parts = 1, .weight = { 1 } };
  g_autoptr (GRand) rand = g_rand_new_with_seed (9);
  g_autoptr (JudgeFeatures) judged = judge_features_new (rand, 2, 2, 1, (int[]){ 4 }, 0);
  g_autoptr (FyFeatures) features = devices_features (device, judged);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (FySearch) search = fy_search_new (device, &params, NULL);
  g_autoptr (GError) error = NULL;
  guint32 position[8];
  float score[8];

  g_cancellable_cancel (cancellable);
  g_assert_false (
      fy_search_run (search, features, &features, 1, position, score, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

/* What a search took: of a processor, since others may use it meanwhile, or in all on a GPU. */
static double
now (FyDevice *device)
{
  gboolean gpu = strcmp (fy_device_kind (device), "vulkan") == 0 &&
                 strstr (fy_device_name (device), "software") == NULL;

  return gpu ? (double) g_get_monotonic_time () * 1e-6 : (double) clock () / CLOCKS_PER_SEC;
}

static double
time_search (FyDevice *device, FySearch *search, FyFeatures *const *frames, int n)
{
  gsize all = (gsize) (60 * 107 * 15);
  g_autofree guint32 *position = g_new (guint32, all);
  g_autofree float *score = g_new (float, all);
  double start = now (device);

  g_assert_true (fy_search_run (search, frames[n], frames, n, position, score, NULL, NULL));
  return now (device) - start;
}

/* One frame of a clip at 480x854 with its context, in full and pruned in turn, for features that few
 * axes describe and for such that none do; run with -m perf. */
static void
test_speed (FyDevice *device)
{
  static const SearchCase cases[] = {
    { 60, 107, 10, 12, 6, 1, { 256 }, { 1 } },
    { 60, 107, 10, 0, 1, 1, { 256 }, { 1 } },
    { 60, 107, 15, 15, 3, 2, { 1024, 256 }, { 0.75f, 0.25f } },
  };
  g_autoptr (GRand) rand = g_rand_new_with_seed (10);

  if (!g_test_perf ())
    {
      g_test_skip ("a measurement: run with -m perf");
      return;
    }
  for (guint i = 0; i < 2 * G_N_ELEMENTS (cases); i++)
    {
      const SearchCase *c = &cases[i / 2];
      FySearchParams params = { c->k, c->radius, c->n_parts, { c->weight[0], c->weight[1] }, TRUE };
      g_autoptr (FySearch) full = fy_search_new (device, &params, NULL);
      g_autoptr (FySearch) pruned = NULL;
      FyFeatures *frames[7];
      double least[2] = { INFINITY, INFINITY };

      params.brute_force = FALSE;
      pruned = fy_search_new (device, &params, NULL);
      for (int frame = 0; frame <= c->n_context; frame++)
        {
          g_autoptr (JudgeFeatures) judged =
              judge_features_new (rand, c->height, c->width, c->n_parts, c->channels, 0);

          if (i % 2 == 0)
            make_smooth (judged, frame);
          frames[frame] = devices_features_in (device, judged, FY_FEATURES_F16);
        }
      for (int turn = 0; turn < 3; turn++)
        {
          least[0] = MIN (least[0], time_search (device, full, frames, c->n_context));
          least[1] = MIN (least[1], time_search (device, pruned, frames, c->n_context));
        }
      g_test_message ("%d + %d channels, radius %d, %d frames, %s: %.3f s in full, %.3f s pruned",
                      c->channels[0], c->channels[1], c->radius, c->n_context,
                      i % 2 == 0 ? "smooth" : "random", least[0], least[1]);
      for (int frame = 0; frame <= c->n_context; frame++)
        fy_features_unref (frames[frame]);
    }
}

int
main (int argc, char **argv)
{
  GPtrArray *devices = devices_open ();

  g_test_init (&argc, &argv, NULL);
  devices_add_test (devices, "search", test_search);
  devices_add_test (devices, "many-candidates", test_many_candidates);
  devices_add_test (devices, "lists", test_lists);
  devices_add_test (devices, "self", test_self);
  devices_add_test (devices, "parts", test_parts);
  devices_add_test (devices, "f16", test_f16);
  devices_add_test (devices, "f16-map", test_f16_map);
  devices_add_test (devices, "search-f16", test_search_f16);
  devices_add_test (devices, "smooth", test_smooth);
  devices_add_test (devices, "cancelled", test_cancelled);
  devices_add_test (devices, "speed", test_speed);
  return devices_run (devices);
}
