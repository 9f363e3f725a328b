/* SPDX-License-Identifier: MIT */
#include "match/similarity.h"

#include "base/parallel.h"

#define LANES      8
#define ROWS_A_JOB 512

/* --- Dot products --- */

typedef struct
{
  const float *query;
  const float *rows;
  int n;
  int channels;
  float *product;
} Products;

/* Several sums side by side: their additions need not wait for one another. */
static double
dot (const float *a, const float *b, int n)
{
  double lane[LANES] = { 0.0 }, sum = 0.0;
  int c = 0;

  for (; c + LANES <= n; c += LANES)
    for (int i = 0; i < LANES; i++)
      lane[i] += (double) a[c + i] * (double) b[c + i];
  for (; c < n; c++)
    sum += (double) a[c] * (double) b[c];
  for (int i = 0; i < LANES; i++)
    sum += lane[i];
  return sum;
}

static void
dot_some (int index, int worker, gpointer user_data)
{
  const Products *job = user_data;
  int end = MIN ((index + 1) * ROWS_A_JOB, job->n);

  for (int row = index * ROWS_A_JOB; row < end; row++)
    job->product[row] =
        (float) dot (job->query, job->rows + (gsize) row * (gsize) job->channels, job->channels);
}

void
fy_dot_rows (const float *query, const float *rows, int n, int channels, float *product)
{
  Products job = { query, rows, n, channels, product };

  fy_parallel_for ((n + ROWS_A_JOB - 1) / ROWS_A_JOB, dot_some, &job);
}

/* --- The map --- */

static gsize
n_cells (const FySimilarity *self)
{
  return (gsize) self->width * (gsize) self->height;
}

static float *
read_rows (FyFeatures *features, int part, GError **error)
{
  gsize cells = (gsize) fy_features_width (features) * (gsize) fy_features_height (features);
  g_autofree float *rows = g_new (float, cells *(gsize) fy_features_channels (features, part));

  return fy_features_read (features, part, rows, error) ? g_steal_pointer (&rows) : NULL;
}

static gboolean
fill_part (FySimilarity *self,
           int part,
           FyFeatures *query,
           int cell,
           FyFeatures *target,
           GError **error)
{
  int channels = fy_features_channels (target, part);
  g_autofree float *rows = read_rows (target, part, error);
  g_autofree float *others = NULL;
  const float *from = rows;

  if (rows == NULL)
    return FALSE;
  if (query != target)
    from = others = read_rows (query, part, error);
  if (from == NULL)
    return FALSE;
  self->part[part] = g_new (float, n_cells (self));
  fy_dot_rows (from + (gsize) cell * (gsize) channels, rows, (int) n_cells (self), channels,
               self->part[part]);
  return TRUE;
}

FySimilarity *
fy_similarity_new (FyFeatures *query,
                   int cell,
                   FyFeatures *target,
                   const float *weight,
                   GError **error)
{
  g_autoptr (FySimilarity) self = g_new0 (FySimilarity, 1);

  self->width = fy_features_width (target);
  self->height = fy_features_height (target);
  self->n_parts = fy_features_n_parts (target);
  g_return_val_if_fail (cell >= 0 && (gsize) cell < n_cells (self), NULL);
  for (int p = 0; p < self->n_parts; p++)
    {
      self->weight[p] = weight[p];
      if (!fill_part (self, p, query, cell, target, error))
        return NULL;
    }
  self->fused = g_new0 (float, n_cells (self));
  for (gsize i = 0; i < n_cells (self); i++)
    for (int p = 0; p < self->n_parts; p++)
      self->fused[i] += self->n_parts == 1 ? self->part[p][i] : weight[p] * self->part[p][i];
  return g_steal_pointer (&self);
}

void
fy_similarity_free (FySimilarity *self)
{
  if (self == NULL)
    return;
  for (int p = 0; p < FY_FEATURES_MAX_PARTS; p++)
    g_free (self->part[p]);
  g_free (self->fused);
  g_free (self);
}

int
fy_similarity_best (const float *map, int n)
{
  int best = -1;

  for (int i = 0; i < n; i++)
    if (map[i] == map[i] && (best < 0 || map[i] > map[best]))
      best = i;
  return best;
}
