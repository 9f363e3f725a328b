/* SPDX-License-Identifier: MIT */
/* Feature rows in host memory, and the index a search walks. */
#include "base/error.h"
#include "base/half.h"
#include "base/parallel.h"
#include "base/text.h"
#include "compute/cpu/cpu.h"

#include <math.h>
#include <string.h>

static gsize
count_cells (const FyFeatures *features)
{
  return (gsize) features->height * (gsize) features->width;
}

static gboolean
fail_memory (gsize floats, GError **error)
{
  g_set_error (error, FY_ERROR, FY_ERROR_FAILED,
               _ ("out of memory: %.1f MiB are needed for the features of a frame; use a smaller "
                  "short side or context"),
               (double) (floats * sizeof (float)) / (1 << 20));
  return FALSE;
}

FyFeatures *
fy_cpu_features_new (FyDevice *device,
                     int height,
                     int width,
                     int n_parts,
                     const int *channels,
                     FyFeaturesFormat format,
                     GError **error)
{
  FyCpuFeatures *self = g_new0 (FyCpuFeatures, 1);

  for (int p = 0; p < n_parts; p++)
    {
      gsize floats = (gsize) height * (gsize) width * (gsize) channels[p];

      self->part[p] = fy_cpu_alloc (floats);
      if (self->part[p] == NULL)
        {
          fy_cpu_features_free (&self->parent);
          fail_memory (floats, error);
          return NULL;
        }
    }
  return &self->parent;
}

static gsize
count_values (const FyFeatures *features, int part)
{
  return count_cells (features) * (gsize) features->channels[part];
}

/* Rows that were set, as their format has them. */
static void
round_part (FyCpuFeatures *self, int part)
{
  if (self->parent.format == FY_FEATURES_F16)
    fy_round_to_f16_all (self->part[part], count_values (&self->parent, part));
}

static void
drop_index (FyCpuFeatures *self)
{
  g_clear_pointer (&self->basis, fy_cpu_basis_unref);
  g_clear_pointer (&self->plane, fy_cpu_free);
  g_clear_pointer (&self->rows, fy_cpu_free);
}

void
fy_cpu_features_free (FyFeatures *features)
{
  FyCpuFeatures *self = (FyCpuFeatures *) features;

  drop_index (self);
  for (int p = 0; p < FY_FEATURES_MAX_PARTS; p++)
    fy_cpu_free (self->part[p]);
  g_free (self);
}

typedef struct
{
  const FyCpuKernels *kernels;
  const FyMap *map;
  float *rows;
  gboolean normalize;
} Copy;

static void
copy_row (int y, int worker, gpointer data)
{
  const Copy *copy = data;
  gsize channels = (gsize) copy->map->channels, width = (gsize) copy->map->width;
  const float *from = fy_cpu_map_data (copy->map) + (gsize) y * fy_cpu_map_row (copy->map);
  float *to = copy->rows + (gsize) y * width * channels;

  for (gsize x = 0; x < width; x++)
    copy->kernels->unit_row (from + x * channels, to + x * channels, (int) channels,
                             copy->normalize);
}

gboolean
fy_cpu_features_set_map (FyFeatures *features,
                         int part,
                         const FyMap *map,
                         gboolean normalize,
                         GError **error)
{
  FyCpuFeatures *self = (FyCpuFeatures *) features;
  Copy copy = { ((FyCpuDevice *) features->device)->kernels, map, self->part[part], normalize };

  drop_index (self);
  fy_parallel_for (map->height, copy_row, &copy);
  round_part (self, part);
  return TRUE;
}

gboolean
fy_cpu_features_write (FyFeatures *features, int part, const float *rows, GError **error)
{
  FyCpuFeatures *self = (FyCpuFeatures *) features;

  drop_index (self);
  memcpy (self->part[part], rows, count_values (features, part) * sizeof (float));
  round_part (self, part);
  return TRUE;
}

gboolean
fy_cpu_features_read (FyFeatures *features, int part, float *rows, GError **error)
{
  memcpy (rows, ((FyCpuFeatures *) features)->part[part],
          count_values (features, part) * sizeof (float));
  return TRUE;
}

gboolean
fy_cpu_features_write_f16 (FyFeatures *features, int part, const guint16 *rows, GError **error)
{
  FyCpuFeatures *self = (FyCpuFeatures *) features;

  drop_index (self);
  fy_f16_to_f32_all (rows, count_values (features, part), self->part[part]);
  return TRUE;
}

gboolean
fy_cpu_features_read_f16 (FyFeatures *features, int part, guint16 *rows, GError **error)
{
  fy_f32_to_f16_all (((FyCpuFeatures *) features)->part[part], count_values (features, part), rows);
  return TRUE;
}

/* --- The index --- */

typedef struct
{
  FyCpuFeatures *features;
  const float *coefficient[FY_FEATURES_MAX_PARTS]; /* [cells, rank[p]] */
  int rank[FY_FEATURES_MAX_PARTS];
  gsize length; /* of short vectors, and whether they are pairs, as the kernels want them */
  gboolean pairs;
  float *plane;
  float *rows;
  float *square;  /* [cells, parts] lengths, squared */
  float *longest; /* [height] of each row of cells, squared */
} Index;

static void
measure_row (int y, int worker, gpointer data)
{
  const Index *index = data;
  const FyFeatures *form = &index->features->parent;
  gsize width = (gsize) form->width, parts = (gsize) form->n_parts;
  float longest = 0.0f;

  for (gsize cell = (gsize) y * width; cell < ((gsize) y + 1) * width; cell++)
    for (gsize p = 0; p < parts; p++)
      {
        gsize n = (gsize) form->channels[p];
        const float *row = index->features->part[p] + cell * n;
        double square = 0.0;

        for (gsize c = 0; c < n; c++)
          square += (double) row[c] * (double) row[c];
        index->square[cell * parts + p] = (float) square;
        longest = MAX (longest, (float) square);
      }
  index->longest[y] = longest;
}

/* Writes the leading `n - 1` coefficients and the length of what they leave of |row|^2. */
static void
index_vector (const float *coefficient, int rank, float square, float *out, int n)
{
  int leading = MIN (rank, n - 1);
  double rest = (double) square;

  for (int c = 0; c < n - 1; c++)
    {
      float value = c < leading ? coefficient[c] : 0.0f;

      out[c] = value;
      rest -= (double) value * (double) value;
    }
  /* Rounding in the coefficients must not make a bound too small. */
  out[n - 1] = (float) sqrt (MAX (rest, 0.0) + 2e-7 * (double) square);
}

/* Writes an index vector as words, a pitch apart. */
static void
place (const Index *index, const float *vector, gsize length, float *to, gsize pitch)
{
  float steps = index->pairs ? 1.0f / index->features->unit : 0.0f;

  for (gsize c = 0; !index->pairs && c < length; c++)
    to[c * pitch] = vector[c];
  for (gsize c = 0; index->pairs && c < length; c += 2)
    {
      gint16 pair[2];

      for (gsize i = 0; i < 2; i++)
        pair[i] = (gint16) CLAMP (vector[c + i] * steps + (vector[c + i] < 0.0f ? -0.5f : 0.5f),
                                  -(float) FY_INDEX_STEPS, (float) FY_INDEX_STEPS);
      memcpy (to + c / 2 * pitch, pair, sizeof pair);
    }
}

static void
index_row (int y, int worker, gpointer data)
{
  const Index *index = data;
  const FyFeatures *form = &index->features->parent;
  gsize width = (gsize) form->width, parts = (gsize) form->n_parts;
  gsize pitch = width + FY_INDEX_PAD, numbers = index->pairs ? 2 : 1; /* a word */

  for (gsize p = 0; p < parts; p++)
    for (gsize x = 0; x < width; x++)
      {
        gsize cell = (gsize) y * width + x;
        const float *coefficient = index->coefficient[p] + cell * (gsize) index->rank[p];
        float square = index->square[cell * parts + p], vector[FY_INDEX_LONG];

        index_vector (coefficient, index->rank[p], square, vector, (int) index->length);
        place (index, vector, index->length,
               index->plane + ((gsize) y * parts + p) * index->length / numbers * pitch + x, pitch);
        index_vector (coefficient, index->rank[p], square, vector, FY_INDEX_LONG);
        place (index, vector, FY_INDEX_LONG,
               index->rows + (cell * parts + p) * FY_INDEX_LONG / numbers, 1);
      }
}

static float
largest (const float *values, int n)
{
  float most = 0.0f;

  for (int i = 0; i < n; i++)
    most = MAX (most, values[i]);
  return most;
}

static void
fill_index (FyCpuFeatures *self, Index *index, FyCpuBasis *basis, float *const *coefficient)
{
  const FyFeatures *form = &self->parent;
  int cells = form->height * form->width;

  for (int p = 0; p < form->n_parts; p++)
    fy_cpu_convolution_apply (basis->project[p], self->part[p], cells, coefficient[p]);
  fy_parallel_for (form->height, measure_row, index);
  self->longest = sqrtf (largest (index->longest, form->height));
  self->unit = MAX (self->longest, 1e-30f) / FY_INDEX_STEPS;
  fy_parallel_for (form->height, index_row, index);
}

gboolean
fy_cpu_features_index (FyCpuFeatures *self, FyCpuBasis *basis, GError **error)
{
  const FyFeatures *form = &self->parent;
  const FyCpuKernels *kernels = ((FyCpuDevice *) form->device)->kernels;
  gsize length = (gsize) kernels->short_length;
  gsize cells = count_cells (form), parts = (gsize) form->n_parts;
  gsize numbers = kernels->pairs ? 2 : 1; /* a word */
  gsize plane =
      (gsize) form->height * length / numbers * parts * ((gsize) form->width + FY_INDEX_PAD);
  g_autofree float *longest = g_new (float, (gsize) form->height);
  g_autofree float *square = g_new (float, cells *parts);
  float *coefficient[FY_FEATURES_MAX_PARTS] = { NULL };
  Index index = { .features = self,
                  .length = length,
                  .pairs = kernels->pairs,
                  .square = square,
                  .longest = longest };
  gboolean ok = TRUE;

  if (self->basis == basis)
    return TRUE;
  drop_index (self);
  self->plane = index.plane = fy_cpu_alloc (plane);
  self->rows = index.rows = fy_cpu_alloc (cells * parts * FY_INDEX_LONG / numbers);
  for (gsize p = 0; p < parts; p++)
    {
      coefficient[p] = fy_cpu_alloc (cells * (gsize) basis->rank[p]);
      ok = ok && coefficient[p] != NULL;
      index.coefficient[p] = coefficient[p];
      index.rank[p] = basis->rank[p];
    }
  if (ok && self->plane != NULL && self->rows != NULL)
    {
      memset (self->plane, 0, plane * sizeof (float));
      fill_index (self, &index, basis, coefficient);
      self->basis = fy_cpu_basis_ref (basis);
    }
  else
    {
      drop_index (self);
      ok = fail_memory (plane + cells * parts * FY_INDEX_LONG * 2, error);
    }
  for (gsize p = 0; p < parts; p++)
    fy_cpu_free (coefficient[p]);
  return ok;
}
