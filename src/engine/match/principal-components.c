/* SPDX-License-Identifier: MIT */
#include "match/principal-components.h"

#include "base/parallel.h"

#include <math.h>
#include <string.h>

#define BAND      8   /* rows of the covariance that are summed together           */
#define TILE      16  /* columns likewise                                          */
#define RUN       256 /* features summed in float32 before they go to float64      */
#define LANES     8   /* sums side by side: their additions need not wait for one another */
#define GUARDS    5   /* directions carried along, so that the wanted ones settle fast */
#define SUBSPACE  (FY_N_COMPONENTS + GUARDS)
#define MAX_STEPS 500
#define SETTLED   1e-7 /* of the largest variance                                   */
#define SPREAD    2.5  /* standard deviations from grey to full colour              */

/* --- Covariance --- */

typedef struct
{
  const float *rows; /* [n, stride] less their mean, zero beyond the channels */
  int n;
  int stride;
  double *covariance; /* [stride, stride] its lower triangle and the tiles that touch it */
  GCancellable *cancellable;
} Covariance;

static void
add_tile (const Covariance *job, int i, int j, int begin, int end)
{
  float sum[BAND][TILE] = { { 0.0f } };

  for (int row = begin; row < end; row++)
    {
      const float *x = job->rows + (gsize) row * (gsize) job->stride;

      for (int a = 0; a < BAND; a++)
        for (int b = 0; b < TILE; b++)
          sum[a][b] += x[i + a] * x[j + b];
    }
  for (int a = 0; a < BAND; a++)
    for (int b = 0; b < TILE; b++)
      job->covariance[(gsize) (i + a) * (gsize) job->stride + (gsize) (j + b)] +=
          (double) sum[a][b];
}

static void
add_band (int index, int worker, gpointer user_data)
{
  const Covariance *job = user_data;
  int i = index * BAND;

  for (int begin = 0; begin < job->n && !g_cancellable_is_cancelled (job->cancellable);
       begin += RUN)
    for (int j = 0; j < i + BAND; j += TILE)
      add_tile (job, i, j, begin, MIN (begin + RUN, job->n));
}

/* Of rows that have their mean taken off.  Returns: [stride, stride], symmetric. */
static double *
covariance_of (const float *rows, int n, int stride, GCancellable *cancellable)
{
  gsize side = (gsize) stride;
  double *covariance = g_new0 (double, side *side);
  Covariance job = { rows, n, stride, covariance, cancellable };

  fy_parallel_for (stride / BAND, add_band, &job);
  for (gsize i = 0; i < side; i++)
    for (gsize j = 0; j <= i; j++)
      {
        covariance[i * side + j] /= n;
        covariance[j * side + i] = covariance[i * side + j];
      }
  return covariance;
}

static float *
mean_of (const float *rows, int n, int channels)
{
  g_autofree double *sum = g_new0 (double, (gsize) channels);
  float *mean = g_new (float, (gsize) channels);

  for (int row = 0; row < n; row++)
    for (int c = 0; c < channels; c++)
      sum[c] += (double) rows[(gsize) row * (gsize) channels + (gsize) c];
  for (int c = 0; c < channels; c++)
    mean[c] = (float) (sum[c] / n);
  return mean;
}

static float *
centre (const float *rows, int n, int channels, int stride, const float *mean)
{
  float *centred = g_new0 (float, (gsize) n *(gsize) stride);

  for (int row = 0; row < n; row++)
    for (int c = 0; c < channels; c++)
      centred[(gsize) row * (gsize) stride + (gsize) c] =
          rows[(gsize) row * (gsize) channels + (gsize) c] - mean[c];
  return centred;
}

/* --- Its first eigenvectors --- */

/* Diagonalises a small symmetric matrix by Jacobi rotations; columns of `vector` are eigenvectors. */
static void
jacobi (double matrix[SUBSPACE][SUBSPACE], double vector[SUBSPACE][SUBSPACE])
{
  for (int i = 0; i < SUBSPACE; i++)
    for (int j = 0; j < SUBSPACE; j++)
      vector[i][j] = i == j;
  for (int sweep = 0; sweep < 30; sweep++)
    for (int p = 0; p < SUBSPACE; p++)
      for (int q = p + 1; q < SUBSPACE; q++)
        {
          double theta, t, c, s;

          if (matrix[p][q] == 0.0)
            continue;
          theta = (matrix[q][q] - matrix[p][p]) / (2.0 * matrix[p][q]);
          t = copysign (1.0, theta) / (fabs (theta) + sqrt (theta * theta + 1.0));
          c = 1.0 / sqrt (t * t + 1.0);
          s = t * c;
          for (int i = 0; i < SUBSPACE; i++)
            {
              double a = matrix[i][p], b = matrix[i][q];

              matrix[i][p] = c * a - s * b;
              matrix[i][q] = s * a + c * b;
            }
          for (int i = 0; i < SUBSPACE; i++)
            {
              double a = matrix[p][i], b = matrix[q][i], v = vector[i][p], w = vector[i][q];

              matrix[p][i] = c * a - s * b;
              matrix[q][i] = s * a + c * b;
              vector[i][p] = c * v - s * w;
              vector[i][q] = s * v + c * w;
            }
        }
}

/* n: a multiple of LANES. */
static double
product (const double *a, const double *b, gsize n)
{
  double lane[LANES] = { 0.0 }, sum = 0.0;

  for (gsize i = 0; i < n; i += LANES)
    for (gsize j = 0; j < LANES; j++)
      lane[j] += a[i + j] * b[i + j];
  for (int j = 0; j < LANES; j++)
    sum += lane[j];
  return sum;
}

/* Makes the vectors orthogonal and of unit length, twice for the digits; one that depends on those
 * before it becomes zero. */
static void
orthogonalise (double *basis, gsize side)
{
  for (int v = 0; v < SUBSPACE; v++)
    {
      double *own = basis + (gsize) v * side;
      double before = sqrt (product (own, own, side)), norm;

      for (int w = 0; w < 2 * v; w++)
        {
          const double *other = basis + (gsize) (w % v) * side;
          double along = product (own, other, side);

          for (gsize i = 0; i < side; i++)
            own[i] -= along * other[i];
        }
      norm = sqrt (product (own, own, side));
      for (gsize i = 0; i < side; i++)
        own[i] = norm > 1e-12 * before ? own[i] / norm : 0.0;
    }
}

static void
multiply (const double *covariance, const double *basis, gsize side, double *image)
{
  for (int v = 0; v < SUBSPACE; v++)
    for (gsize i = 0; i < side; i++)
      image[(gsize) v * side + i] = product (covariance + i * side, basis + (gsize) v * side, side);
}

/* Turns basis and image together so that the basis holds the best approximations of eigenvectors.
 * value: out, descending. */
static void
rotate (double *basis, double *image, gsize side, double value[SUBSPACE])
{
  double matrix[SUBSPACE][SUBSPACE], vector[SUBSPACE][SUBSPACE];
  int order[SUBSPACE];

  for (int a = 0; a < SUBSPACE; a++)
    for (int b = 0; b < SUBSPACE; b++)
      matrix[a][b] =
          product (basis + (gsize) MIN (a, b) * side, image + (gsize) MAX (a, b) * side, side);
  jacobi (matrix, vector);
  for (int a = 0; a < SUBSPACE; a++)
    {
      int at = a;

      for (; at > 0 && matrix[order[at - 1]][order[at - 1]] < matrix[a][a]; at--)
        order[at] = order[at - 1];
      order[at] = a;
    }
  for (gsize i = 0; i < side; i++)
    {
      double x[SUBSPACE], y[SUBSPACE];

      for (int v = 0; v < SUBSPACE; v++)
        {
          x[v] = basis[(gsize) v * side + i];
          y[v] = image[(gsize) v * side + i];
        }
      for (int v = 0; v < SUBSPACE; v++)
        {
          double turned = 0.0, turned_image = 0.0;

          for (int w = 0; w < SUBSPACE; w++)
            {
              turned += vector[w][order[v]] * x[w];
              turned_image += vector[w][order[v]] * y[w];
            }
          basis[(gsize) v * side + i] = turned;
          image[(gsize) v * side + i] = turned_image;
        }
    }
  for (int v = 0; v < SUBSPACE; v++)
    value[v] = matrix[order[v]][order[v]];
}

static gboolean
is_settled (const double *basis, const double *image, gsize side, const double value[SUBSPACE])
{
  for (int v = 0; v < FY_N_COMPONENTS; v++)
    {
      double off = 0.0;

      for (gsize i = 0; i < side; i++)
        {
          double d = image[(gsize) v * side + i] - value[v] * basis[(gsize) v * side + i];

          off += d * d;
        }
      if (sqrt (off) > SETTLED * value[0])
        return FALSE;
    }
  return TRUE;
}

/* Returns: [SUBSPACE, side] unit eigenvectors, of which the first FY_N_COMPONENTS have settled. */
static double *
iterate (const double *covariance, int stride, double value[SUBSPACE], GCancellable *cancellable)
{
  gsize side = (gsize) stride;
  g_autoptr (GRand) random = g_rand_new_with_seed (1);
  double *basis = g_new (double, SUBSPACE *side);
  g_autofree double *image = g_new (double, SUBSPACE *side);

  for (gsize i = 0; i < SUBSPACE * side; i++)
    basis[i] = g_rand_double_range (random, -1.0, 1.0);
  orthogonalise (basis, side);
  for (int step = 0; step < MAX_STEPS && !g_cancellable_is_cancelled (cancellable); step++)
    {
      multiply (covariance, basis, side, image);
      rotate (basis, image, side, value);
      if (is_settled (basis, image, side, value))
        break;
      memcpy (basis, image, SUBSPACE * side * sizeof (double));
      orthogonalise (basis, side);
    }
  return basis;
}

/* --- Components --- */

static void
take_axis (FyComponents *self, int at, const double *vector, double variance)
{
  float *axis = self->axis + (gsize) at * (gsize) self->channels;
  int largest = 0;

  self->variance[at] = variance > 1e-12 * self->total ? variance : 0.0;
  for (int c = 1; c < self->channels; c++)
    if (fabs (vector[c]) > fabs (vector[largest]))
      largest = c;
  for (int c = 0; c < self->channels; c++)
    axis[c] =
        self->variance[at] > 0.0 ? (float) copysign (vector[c], vector[c] * vector[largest]) : 0.0f;
}

FyComponents *
fy_components_new (const float *rows,
                   int n,
                   int channels,
                   GCancellable *cancellable,
                   GError **error)
{
  int stride = (channels + TILE - 1) / TILE * TILE;
  g_autoptr (FyComponents) self = g_new0 (FyComponents, 1);
  g_autofree float *centred = NULL;
  g_autofree double *covariance = NULL;
  g_autofree double *basis = NULL;
  double value[SUBSPACE] = { 0.0 };

  self->channels = channels;
  self->mean = mean_of (rows, n, channels);
  self->axis = g_new0 (float, (gsize) FY_N_COMPONENTS *(gsize) channels);
  centred = centre (rows, n, channels, stride, self->mean);
  covariance = covariance_of (centred, n, stride, cancellable);
  for (gsize i = 0; i < (gsize) stride; i++)
    self->total += covariance[i * (gsize) stride + i];
  basis = iterate (covariance, stride, value, cancellable);
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;
  for (int v = 0; v < MIN (FY_N_COMPONENTS, channels); v++)
    take_axis (self, v, basis + (gsize) v * (gsize) stride, value[v]);
  return g_steal_pointer (&self);
}

void
fy_components_free (FyComponents *self)
{
  if (self == NULL)
    return;
  g_free (self->mean);
  g_free (self->axis);
  g_free (self);
}

typedef struct
{
  const FyComponents *components;
  const float *rows;
  int n;
  float *value;
} Projection;

static void
project_some (int index, int worker, gpointer user_data)
{
  const Projection *job = user_data;
  const FyComponents *self = job->components;
  int end = MIN ((index + 1) * RUN, job->n);

  for (int row = index * RUN; row < end; row++)
    for (int v = 0; v < FY_N_COMPONENTS; v++)
      {
        const float *x = job->rows + (gsize) row * (gsize) self->channels;
        const float *axis = self->axis + (gsize) v * (gsize) self->channels;
        double sum = 0.0;

        for (int c = 0; c < self->channels; c++)
          sum += ((double) x[c] - (double) self->mean[c]) * (double) axis[c];
        job->value[(gsize) row * FY_N_COMPONENTS + (gsize) v] = (float) sum;
      }
}

void
fy_components_project (const FyComponents *self, const float *rows, int n, float *value)
{
  Projection job = { self, rows, n, value };

  fy_parallel_for ((n + RUN - 1) / RUN, project_some, &job);
}

void
fy_components_colour (const FyComponents *self, const float *value, int n, guint8 *rgb)
{
  for (gsize i = 0; i < (gsize) n * FY_N_COMPONENTS; i++)
    {
      double variance = self->variance[i % FY_N_COMPONENTS];
      double away = variance > 0.0 ? (double) value[i] / (SPREAD * sqrt (variance)) : 0.0;

      rgb[i] = (guint8) lrint (CLAMP (127.5 * (1.0 + away), 0.0, 255.0));
    }
}
