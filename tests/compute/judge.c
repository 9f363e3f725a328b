/* SPDX-License-Identifier: MIT */
#include "judge.h"

#include <math.h>
#include <string.h>

/* --- Maps --- */

JudgeMap *
judge_map_new (GRand *rand, int height, int width, int channels, int halo)
{
  JudgeMap *self = g_new (JudgeMap, 1);

  *self = (JudgeMap){ height, width, channels, halo, NULL };
  self->data = g_new (float, judge_map_n_floats (self));
  for (gsize i = 0; i < judge_map_n_floats (self); i++)
    self->data[i] = (float) g_rand_double_range (rand, -1, 1);
  return self;
}

JudgeMap *
judge_map_copy (const JudgeMap *self)
{
  JudgeMap *copy = g_new (JudgeMap, 1);

  *copy = *self;
  copy->data = g_memdup2 (self->data, judge_map_n_floats (self) * sizeof (float));
  return copy;
}

void
judge_map_free (JudgeMap *self)
{
  g_free (self->data);
  g_free (self);
}

gsize
judge_map_n_floats (const JudgeMap *self)
{
  return (gsize) (self->height + 2 * self->halo) * (gsize) (self->width + 2 * self->halo) *
         (gsize) self->channels;
}

float *
judge_map_at (const JudgeMap *self, int y, int x)
{
  int row = y + self->halo, column = x + self->halo, pitch = self->width + 2 * self->halo;

  g_assert_true (row >= 0 && row < self->height + 2 * self->halo && column >= 0 && column < pitch);
  return self->data + ((gsize) row * (gsize) pitch + (gsize) column) * (gsize) self->channels;
}

/* --- Operations --- */

void
judge_load_picture (const guint8 *rgb,
                    const float mean[3],
                    const float std[3],
                    JudgeMap *destination)
{
  for (int y = 0; y < destination->height; y++)
    for (int x = 0; x < destination->width; x++)
      for (int c = 0; c < destination->channels; c++)
        {
          float *out = judge_map_at (destination, y, x) + c;
          float unit, centred; /* each step rounded to float32 */

          *out = 0;
          if (c >= 3)
            continue;
          unit = (float) rgb[(y * destination->width + x) * 3 + c] / 255.0f;
          centred = unit - mean[c];
          *out = centred / std[c];
        }
}

static int
mirror (int i, int n)
{
  if (i < 0)
    return -i;
  return i < n ? i : 2 * (n - 1) - i;
}

void
judge_pad (JudgeMap *map, FyPadding padding)
{
  gsize bytes = (gsize) map->channels * sizeof (float);

  for (int y = -map->halo; y < map->height + map->halo; y++)
    for (int x = -map->halo; x < map->width + map->halo; x++)
      {
        if (y >= 0 && y < map->height && x >= 0 && x < map->width)
          continue;
        if (padding == FY_PADDING_ZERO)
          memset (judge_map_at (map, y, x), 0, bytes);
        else
          memcpy (judge_map_at (map, y, x),
                  judge_map_at (map, mirror (y, map->height), mirror (x, map->width)), bytes);
      }
}

/* One output before residual and ReLU.  (y, x) is the source cell under the kernel's centre. */
static double
convolve_at (const FyConvolutionParams *params,
             const float *weight,
             const JudgeMap *source,
             int y,
             int x)
{
  int kernel = params->kernel;
  double sum = 0;

  for (int c = 0; c < params->in_channels; c++)
    for (int i = 0; i < kernel; i++)
      for (int j = 0; j < kernel; j++)
        sum += (double) weight[(c * kernel + i) * kernel + j] *
               (double) judge_map_at (source, y + i - kernel / 2, x + j - kernel / 2)[c];
  return sum;
}

void
judge_convolution (const FyConvolutionParams *params,
                   const float *weight,
                   const float *bias,
                   const JudgeMap *source,
                   const JudgeMap *residual,
                   JudgeMap *destination)
{
  int taps = params->in_channels * params->kernel * params->kernel;

  for (int y = 0; y < destination->height; y++)
    for (int x = 0; x < destination->width; x++)
      for (int c = 0; c < destination->channels; c++)
        {
          double sum = 0;

          if (c < params->out_channels)
            sum = (bias != NULL ? (double) bias[c] : 0.0) +
                  convolve_at (params, weight + (gsize) c * (gsize) taps, source,
                               y * params->stride, x * params->stride);
          if (residual != NULL)
            sum += (double) judge_map_at (residual, y, x)[c];
          judge_map_at (destination, y, x)[c] = (float) (params->relu ? fmax (sum, 0) : sum);
        }
}

void
judge_max_pool (const JudgeMap *source, JudgeMap *destination)
{
  for (int y = 0; y < destination->height; y++)
    for (int x = 0; x < destination->width; x++)
      for (int c = 0; c < destination->channels; c++)
        {
          float most = -INFINITY;

          for (int i = -1; i <= 1; i++)
            for (int j = -1; j <= 1; j++)
              most = fmaxf (most, judge_map_at (source, 2 * y + i, 2 * x + j)[c]);
          judge_map_at (destination, y, x)[c] = most;
        }
}

void
judge_normalize_row (const float *in, float *out, int n)
{
  double sum = 0, norm;

  for (int i = 0; i < n; i++)
    sum += (double) in[i] * (double) in[i];
  norm = fmax (sqrt (sum), 1e-12);
  for (int i = 0; i < n; i++)
    out[i] = (float) ((double) in[i] / norm);
}

/* --- Features and search --- */

static void
fill_rows (GRand *rand, float *rows, int n_rows, int channels, float step)
{
  for (int row = 0; row < n_rows; row++)
    {
      float *at = rows + (gsize) row * (gsize) channels;

      for (int c = 0; c < channels; c++)
        at[c] = step > 0 ? step * (float) g_rand_int_range (rand, -1, 2)
                         : (float) g_rand_double_range (rand, -1, 1);
      if (step <= 0)
        judge_normalize_row (at, at, channels);
      else if (row > 0 && g_rand_boolean (rand)) /* the twin of some earlier cell */
        memcpy (at, rows + (gsize) g_rand_int_range (rand, 0, row) * (gsize) channels,
                (gsize) channels * sizeof (float));
    }
}

JudgeFeatures *
judge_features_new (GRand *rand,
                    int height,
                    int width,
                    int n_parts,
                    const int *channels,
                    float step)
{
  JudgeFeatures *self = g_new0 (JudgeFeatures, 1);

  self->height = height;
  self->width = width;
  self->n_parts = n_parts;
  for (int part = 0; part < n_parts; part++)
    {
      self->channels[part] = channels[part];
      self->rows[part] = g_new (float, (gsize) height *(gsize) width *(gsize) channels[part]);
      fill_rows (rand, self->rows[part], height * width, channels[part], step);
    }
  return self;
}

void
judge_features_free (JudgeFeatures *self)
{
  for (int part = 0; part < self->n_parts; part++)
    g_free (self->rows[part]);
  g_free (self);
}

static double
similarity_of (const FySearchParams *params,
               const JudgeFeatures *a,
               int cell_a,
               const JudgeFeatures *b,
               int cell_b)
{
  double similarity = 0;

  for (int part = 0; part < params->n_parts; part++)
    {
      gsize channels = (gsize) a->channels[part];
      const float *row_a = a->rows[part] + (gsize) cell_a * channels;
      const float *row_b = b->rows[part] + (gsize) cell_b * channels;
      double dot = 0;

      for (gsize c = 0; c < channels; c++)
        dot += (double) row_a[c] * (double) row_b[c];
      similarity += (double) params->weight[part] * dot;
    }
  return similarity;
}

void
judge_similarities (const FySearchParams *params,
                    const JudgeFeatures *target,
                    JudgeFeatures *const *context,
                    int n_context,
                    int cell,
                    double *similarity)
{
  int width = target->width, cells = target->height * width;

  for (int slot = 0; slot < n_context; slot++)
    for (int other = 0; other < cells; other++)
      {
        int dx = other % width - cell % width, dy = other / width - cell / width;
        gboolean allowed =
            params->radius == 0 || dx * dx + dy * dy < params->radius * params->radius;

        similarity[slot * cells + other] =
            allowed ? similarity_of (params, target, cell, context[slot], other)
                    : -(double) INFINITY;
      }
}

/* --- Comparing --- */

void
judge_check_close (const char *what,
                   const float *want,
                   const float *got,
                   gsize rows,
                   gsize columns,
                   float epsilon)
{
  for (gsize i = 0; i < rows * columns; i++)
    {
      float scale = fmaxf (1.0f, fmaxf (fabsf (want[i]), fabsf (got[i])));

      if (!(fabsf (want[i] - got[i]) <= epsilon * scale)) /* catches NaN too */
        g_error ("%s: row %" G_GSIZE_FORMAT ", column %" G_GSIZE_FORMAT ": want %.9g, got %.9g",
                 what, i / columns, i % columns, (double) want[i], (double) got[i]);
    }
}

/* Checks one cell's list.  Returns how many it holds and the least of their similarities. */
static int
check_list (const double *similarity,
            gsize n,
            const guint32 *position,
            const float *score,
            int k,
            double epsilon,
            double *worst)
{
  int listed = 0;

  *worst = (double) INFINITY;
  for (; listed < k && position[listed] != FY_SEARCH_NONE; listed++)
    {
      guint32 at = position[listed];
      double want;

      g_assert_cmpuint (at, <, n);
      want = similarity[at];
      g_assert_true (want > -(double) INFINITY); /* allowed */
      if (!(fabs ((double) score[listed] - want) <= epsilon))
        g_error ("place %d: position %u has similarity %.9g, got %.9g", listed, at, want,
                 (double) score[listed]);
      for (int earlier = 0; earlier < listed; earlier++)
        g_assert_cmpuint (position[earlier], !=, at);
      if (listed > 0)
        g_assert_true (
            score[listed - 1] > score[listed] ||
            (score[listed - 1] == score[listed] && position[listed - 1] < at)); /* order */
      *worst = fmin (*worst, want);
    }
  for (int i = listed; i < k; i++)
    {
      g_assert_cmpuint (position[i], ==, FY_SEARCH_NONE);
      g_assert_true (isinf (score[i]) && score[i] < 0);
    }
  return listed;
}

/* Checks that nothing better than the list was left out. */
static void
check_left_out (const double *similarity,
                gsize n,
                const guint32 *position,
                int listed,
                int k,
                double worst,
                double epsilon)
{
  for (gsize i = 0; i < n; i++)
    {
      gboolean in_list = FALSE;

      if (similarity[i] == -(double) INFINITY)
        continue;
      for (int j = 0; j < listed; j++)
        in_list |= position[j] == i;
      if (in_list)
        continue;
      g_assert_cmpint (listed, ==, k); /* a short list leaves out nothing that is allowed */
      if (similarity[i] > worst + epsilon)
        g_error ("position %" G_GSIZE_FORMAT " with %.9g is left out for %.9g", i, similarity[i],
                 worst);
      if (epsilon <= 0 && similarity[i] == worst)
        g_assert_cmpuint (position[k - 1], <, i); /* of equal ones the lower stay */
    }
}

void
judge_check_search (const FySearchParams *params,
                    const JudgeFeatures *target,
                    JudgeFeatures *const *context,
                    int n_context,
                    const guint32 *position,
                    const float *score,
                    double epsilon)
{
  int cells = target->height * target->width;
  gsize n = (gsize) n_context * (gsize) cells;
  g_autofree double *similarity = g_new (double, MAX (n, 1));

  for (int cell = 0; cell < cells; cell++)
    {
      const guint32 *list = position + (gsize) cell * (gsize) params->k;
      double worst;
      int listed;

      judge_similarities (params, target, context, n_context, cell, similarity);
      listed = check_list (similarity, n, list, score + (gsize) cell * (gsize) params->k, params->k,
                           epsilon, &worst);
      check_left_out (similarity, n, list, listed, params->k, worst, epsilon);
    }
}
