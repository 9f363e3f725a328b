/* SPDX-License-Identifier: MIT */
/* Similarity maps against plain sums, principal components against all eigenvectors by rotations. */
#include "match/principal-components.h"
#include "match/similarity.h"

#include <math.h>

#define WIDTH  13
#define HEIGHT 7
#define CELLS  (WIDTH * HEIGHT)

static float *
random_rows (GRand *random, int n, int channels, gboolean unit)
{
  float *rows = g_new (float, (gsize) n *(gsize) channels);

  for (int row = 0; row < n; row++)
    {
      float *x = rows + (gsize) row * (gsize) channels;
      double norm = 0.0;

      for (int c = 0; c < channels; c++)
        {
          x[c] = (float) (g_rand_double (random) - 0.3);
          norm += (double) x[c] * (double) x[c];
        }
      for (int c = 0; unit && c < channels; c++)
        x[c] /= (float) sqrt (norm);
    }
  return rows;
}

static FyFeatures *
features_of (FyDevice *device, float *const *rows, const int *channels)
{
  g_autoptr (GError) error = NULL;
  FyFeatures *features =
      fy_features_new (device, HEIGHT, WIDTH, 2, channels, FY_FEATURES_F32, &error);

  g_assert_no_error (error);
  for (int p = 0; p < 2; p++)
    g_assert_true (fy_features_write (features, p, rows[p], NULL));
  return features;
}

static double
plain_dot (const float *a, const float *b, int n)
{
  double sum = 0.0;

  for (int i = 0; i < n; i++)
    sum += (double) a[i] * (double) b[i];
  return sum;
}

static void
test_similarity (void)
{
  static const int channels[2] = { 67, 40 }; /* not multiples of anything */
  static const float weight[2] = { 0.75f, 0.25f };
  static const int cells[] = { 0, 45, CELLS - 1 };
  g_autoptr (FyDevice) device = fy_device_new ("cpu", NULL);
  g_autoptr (GRand) random = g_rand_new_with_seed (3);
  float *a[2], *b[2];
  g_autoptr (FyFeatures) query = NULL;
  g_autoptr (FyFeatures) target = NULL;

  for (int p = 0; p < 2; p++)
    {
      a[p] = random_rows (random, CELLS, channels[p], TRUE);
      b[p] = random_rows (random, CELLS, channels[p], TRUE);
    }
  query = features_of (device, a, channels);
  target = features_of (device, b, channels);
  for (gsize i = 0; i < G_N_ELEMENTS (cells); i++)
    {
      int cell = cells[i];
      g_autoptr (FySimilarity) map = fy_similarity_new (query, cell, target, weight, NULL);
      g_autoptr (FySimilarity) own = fy_similarity_new (query, cell, query, weight, NULL);

      g_assert_cmpint (map->width, ==, WIDTH);
      g_assert_cmpint (map->height, ==, HEIGHT);
      g_assert_cmpint (map->n_parts, ==, 2);
      g_assert_cmpint (fy_similarity_best (own->fused, CELLS), ==, cell);
      for (int at = 0; at < CELLS; at++)
        {
          double fused = 0.0;

          for (int p = 0; p < 2; p++)
            {
              double dot =
                  plain_dot (a[p] + cell * channels[p], b[p] + at * channels[p], channels[p]);

              g_assert_cmpfloat_with_epsilon (map->part[p][at], dot, 1e-6);
              fused += (double) weight[p] * dot;
            }
          g_assert_cmpfloat_with_epsilon (map->fused[at], fused, 1e-6);
        }
    }
  for (int p = 0; p < 2; p++)
    {
      g_free (a[p]);
      g_free (b[p]);
    }
}

static void
test_best (void)
{
  const float map[] = { NAN, 0.25f, 0.5f, -1.0f, 0.5f };

  g_assert_cmpint (fy_similarity_best (map, 5), ==, 2);
  g_assert_cmpint (fy_similarity_best (map, 1), ==, -1);
  g_assert_cmpint (fy_similarity_best (map + 3, 1), ==, 0);
}

/* More rows than a job takes, fewer channels than lanes. */
static void
test_dots (void)
{
  const int n = 1500;
  g_autoptr (GRand) random = g_rand_new_with_seed (4);

  for (int channels = 1; channels < 20; channels += 6)
    {
      g_autofree float *rows = random_rows (random, n, channels, TRUE);
      g_autofree float *product = g_new (float, (gsize) n);

      fy_dot_rows (rows + 5 * channels, rows, n, channels, product);
      for (int i = 0; i < n; i++)
        g_assert_cmpfloat_with_epsilon (
            product[i], plain_dot (rows + 5 * channels, rows + i * channels, channels), 1e-6);
    }
}

/* --- Principal components --- */

/* Every eigenvalue and eigenvector of the covariance, straight from the definition: rotations until
 * nothing is left beside the diagonal.  vector: [channels, channels], row v is eigenvector v. */
static void
judge_components (const float *rows, int n, int channels, double *value, double *vector)
{
  g_autofree double *mean = g_new0 (double, (gsize) channels);
  g_autofree double *a = g_new0 (double, (gsize) (channels * channels));

  for (int row = 0; row < n; row++)
    for (int c = 0; c < channels; c++)
      mean[c] += (double) rows[row * channels + c] / n;
  for (int row = 0; row < n; row++)
    for (int i = 0; i < channels; i++)
      for (int j = 0; j < channels; j++)
        a[i * channels + j] += ((double) rows[row * channels + i] - mean[i]) *
                               ((double) rows[row * channels + j] - mean[j]) / n;
  for (int i = 0; i < channels * channels; i++)
    vector[i] = i / channels == i % channels;
  for (int sweep = 0; sweep < 40; sweep++)
    for (int p = 0; p < channels; p++)
      for (int q = 0; q < p; q++)
        {
          double angle =
              0.5 * atan2 (2.0 * a[p * channels + q], a[p * channels + p] - a[q * channels + q]);
          double c = cos (angle), s = sin (angle);

          for (int i = 0; i < channels; i++)
            {
              double x = a[i * channels + p], y = a[i * channels + q];

              a[i * channels + p] = c * x + s * y;
              a[i * channels + q] = c * y - s * x;
            }
          for (int i = 0; i < channels; i++)
            {
              double x = a[p * channels + i], y = a[q * channels + i];
              double v = vector[p * channels + i], w = vector[q * channels + i];

              a[p * channels + i] = c * x + s * y;
              a[q * channels + i] = c * y - s * x;
              vector[p * channels + i] = c * v + s * w;
              vector[q * channels + i] = c * w - s * v;
            }
        }
  for (int i = 0; i < channels; i++)
    value[i] = a[i * channels + i];
}

static int
largest (const double *value, int n)
{
  int at = 0;

  for (int i = 1; i < n; i++)
    at = value[i] > value[at] ? i : at;
  return at;
}

/* Rows that differ most along known directions. */
static float *
spread_rows (GRand *random, int n, int channels)
{
  float *rows = random_rows (random, n, channels, FALSE);

  for (int row = 0; row < n; row++)
    {
      double x = g_rand_double (random), y = g_rand_double (random), z = g_rand_double (random);

      for (int c = 0; c < channels; c++)
        rows[row * channels + c] +=
            (float) (3.0 * x * (c % 3 == 0) + 2.0 * y * (c % 2 == 0) - 1.5 * z * (c % 5 < 2));
    }
  return rows;
}

static void
check_components (int n, int channels)
{
  g_autoptr (GRand) random = g_rand_new_with_seed ((guint32) channels);
  g_autofree float *rows = spread_rows (random, n, channels);
  g_autofree double *value = g_new (double, (gsize) channels);
  g_autofree double *vector = g_new (double, (gsize) (channels * channels));
  g_autoptr (FyComponents) found = fy_components_new (rows, n, channels, NULL, NULL);
  g_autofree float *projected = g_new (float, (gsize) n *FY_N_COMPONENTS);

  g_assert_cmpint (found->channels, ==, channels);
  judge_components (rows, n, channels, value, vector);
  fy_components_project (found, rows, n, projected);
  for (int v = 0; v < FY_N_COMPONENTS; v++)
    {
      int at = largest (value, channels);
      const double *truth = vector + at * channels;
      const float *axis = found->axis + v * channels;
      double along = 0.0, square = 0.0, mean = 0.0, most = 0.0;

      for (int c = 0; c < channels; c++)
        {
          along += truth[c] * (double) axis[c];
          most = fabs ((double) axis[c]) > fabs (most) ? (double) axis[c] : most;
        }
      g_assert_cmpfloat_with_epsilon (fabs (along), 1.0, 1e-5);
      g_assert_cmpfloat (most, >, 0.0);
      g_assert_cmpfloat_with_epsilon (found->variance[v] / value[at], 1.0, 1e-5);
      for (int row = 0; row < n; row++)
        {
          mean += (double) projected[row * FY_N_COMPONENTS + v] / n;
          square += pow ((double) projected[row * FY_N_COMPONENTS + v], 2.0) / n;
        }
      g_assert_cmpfloat_with_epsilon (mean, 0.0, 1e-5);
      g_assert_cmpfloat_with_epsilon (square / value[at], 1.0, 1e-4);
      value[at] = -1.0;
    }
}

static void
test_components (void)
{
  check_components (700, 33);
  check_components (300, 64);
  check_components (20, 40); /* fewer rows than channels */
}

/* Fewer directions than components: the others are nothing, and their colour is grey. */
static void
colour (const FyComponents *components, const float *rows, int n, guint8 *rgb)
{
  g_autofree float *value = g_new (float, (gsize) n *FY_N_COMPONENTS);

  fy_components_project (components, rows, n, value);
  fy_components_colour (components, value, n, rgb);
}

static void
test_few_directions (void)
{
  const int n = 50, channels = 10;
  g_autofree float *rows = g_new0 (float, (gsize) (n * channels));
  g_autofree guint8 *rgb = g_new (guint8, (gsize) n * 3);
  g_autoptr (FyComponents) line = NULL;
  g_autoptr (FyComponents) nothing = fy_components_new (rows, n, channels, NULL, NULL);

  colour (nothing, rows, n, rgb);
  for (int i = 0; i < 3 * n; i++)
    g_assert_cmpint (rgb[i], ==, 128);
  for (int row = 0; row < n; row++)
    rows[row * channels + 4] = (float) row;
  line = fy_components_new (rows, n, channels, NULL, NULL);
  g_assert_cmpfloat_with_epsilon (line->axis[4], 1.0f, 1e-6);
  g_assert_cmpfloat_with_epsilon (line->variance[0], (n * n - 1) / 12.0, 1e-3);
  g_assert_cmpfloat_with_epsilon (line->total, (n * n - 1) / 12.0, 1e-3);
  g_assert_cmpfloat (line->variance[1], ==, 0.0);
  colour (line, rows, n, rgb);
  g_assert_cmpint (rgb[0], <, 60);
  g_assert_cmpint (rgb[3 * (n - 1)], >, 195);
  for (int row = 1; row < n; row++)
    g_assert_cmpint (rgb[3 * row], >=, rgb[3 * (row - 1)]);
  for (int row = 0; row < n; row++)
    g_assert_cmpint (rgb[3 * row + 2], ==, 128);
}

static void
test_fewer_channels (void)
{
  const float rows[] = { 1, 0, 0, 1, -1, 0, 0, -1, 3, 1 };
  g_autoptr (FyComponents) two = fy_components_new (rows, 5, 2, NULL, NULL);

  g_assert_cmpfloat (two->variance[1], >, 0.0);
  g_assert_cmpfloat (two->variance[2], ==, 0.0);
  g_assert_cmpfloat_with_epsilon (two->variance[0] + two->variance[1], two->total, 1e-6);
}

static void
test_cancelled (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (5);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  g_autofree float *rows = random_rows (random, 100, 16, FALSE);

  g_cancellable_cancel (cancellable);
  g_assert_null (fy_components_new (rows, 100, 16, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/similarity/map", test_similarity);
  g_test_add_func ("/similarity/best", test_best);
  g_test_add_func ("/similarity/dots", test_dots);
  g_test_add_func ("/components/judge", test_components);
  g_test_add_func ("/components/few-directions", test_few_directions);
  g_test_add_func ("/components/fewer-channels", test_fewer_channels);
  g_test_add_func ("/components/cancelled", test_cancelled);
  return g_test_run ();
}
