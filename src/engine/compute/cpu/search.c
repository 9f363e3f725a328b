/* SPDX-License-Identifier: MIT */
/* Gets the frames' indices ready and spreads a search over the cores. */
#include "base/parallel.h"
#include "compute/cpu/cpu.h"

#include <math.h>

typedef struct
{
  FySearch parent;
  FyCpuBasis *basis; /* nullable until the first search */
} Search;

FySearch *
fy_cpu_search_new (FyDevice *device, const FySearchParams *params, GError **error)
{
  Search *self = g_new0 (Search, 1);

  return &self->parent;
}

void
fy_cpu_search_free (FySearch *search)
{
  fy_cpu_basis_unref (((Search *) search)->basis);
  g_free (search);
}

/* The basis of this search: its own, or one that features already have an index in, or a new one. */
static FyCpuBasis *
get_basis (Search *self, FyCpuFeatures *target, FyFeatures *const *context, int n, GError **error)
{
  FyCpuBasis *found = target->basis;

  if (self->basis != NULL)
    return self->basis;
  for (int slot = 0; found == NULL && slot < n; slot++)
    found = ((FyCpuFeatures *) context[slot])->basis;
  self->basis = found != NULL ? fy_cpu_basis_ref (found) : fy_cpu_basis_new (target, error);
  return self->basis;
}

static FyCpuFrame
view (const FyCpuFeatures *features)
{
  return (FyCpuFrame){ .plane = features->plane,
                       .unit = features->unit,
                       .rows = features->rows,
                       .part = { features->part[0], features->part[1] } };
}

typedef struct
{
  FyCpuSearch job;
  const FyCpuKernels *kernels;
  GCancellable *cancellable;
} Work;

/* What rounding to pairs of 16 bits can take from a bound: a number of a candidate is off by half a
 * step, one of a target by half a step before and half a step after its weighing, so the vectors of n
 * numbers by sqrt (n) / 2 and sqrt (n) steps, and neither is longer than sqrt (parts) times the longest
 * row. */
static float
pair_slack (const Work *work, int length, float longest, const FyFeatures *target)
{
  float parts = (float) target->n_parts, n = (float) length * parts;

  if (!work->kernels->pairs)
    return 0.0f;
  return 1.5f * sqrtf (n * parts) / FY_INDEX_STEPS * work->job.weights * longest *
         ((const FyCpuFeatures *) target)->longest;
}

static void
search_band (int band, int worker, gpointer data)
{
  const Work *work = data;

  if (!g_cancellable_is_cancelled (work->cancellable))
    work->kernels->search_band (&work->job, band * FY_SEARCH_BAND);
}

/* What a search and its parts have in common; `frames` has room for n_context. */
static void
describe (FyCpuSearch *job,
          const FySearchParams *params,
          FyFeatures *target,
          FyFeatures *const *context,
          int n_context,
          FyCpuFrame *frames)
{
  *job = (FyCpuSearch){ .params = params,
                        .height = target->height,
                        .width = target->width,
                        .pitch = (gsize) target->width + FY_INDEX_PAD,
                        .target = view ((FyCpuFeatures *) target),
                        .context = frames,
                        .n_context = n_context };
  for (int p = 0; p < target->n_parts; p++)
    job->channels[p] = target->channels[p];
  for (int slot = 0; slot < n_context; slot++)
    frames[slot] = view ((FyCpuFeatures *) context[slot]);
}

gboolean
fy_cpu_search_run (FySearch *search,
                   FyFeatures *target,
                   FyFeatures *const *context,
                   int n_context,
                   guint32 *position,
                   float *score,
                   GCancellable *cancellable,
                   GError **error)
{
  Search *self = (Search *) search;
  FyCpuBasis *basis = get_basis (self, (FyCpuFeatures *) target, context, n_context, error);
  g_autofree FyCpuFrame *frames = g_new (FyCpuFrame, (gsize) n_context + 1);
  float longest = 0.0f, weights = 0.0f, slack;
  Work work = { .kernels = ((FyCpuDevice *) search->device)->kernels, .cancellable = cancellable };

  if (basis == NULL || !fy_cpu_features_index ((FyCpuFeatures *) target, basis, error))
    return FALSE;
  for (int slot = 0; slot < n_context; slot++)
    {
      FyCpuFeatures *features = (FyCpuFeatures *) context[slot];

      if (!fy_cpu_features_index (features, basis, error))
        return FALSE;
      longest = MAX (longest, features->longest);
    }
  for (int p = 0; p < target->n_parts; p++)
    weights += search->params.weight[p];
  describe (&work.job, &search->params, target, context, n_context, frames);
  work.job.wanted = search->wanted;
  work.job.weights = weights > 0.0f ? weights : 1.0f;
  /* Sums of float32 products of unit vectors were never off by more than 4e-7 here. */
  slack = 2e-6f * weights * longest * ((FyCpuFeatures *) target)->longest;
  work.job.short_slack = slack + pair_slack (&work, work.kernels->short_length, longest, target);
  work.job.long_slack = slack + pair_slack (&work, FY_INDEX_LONG, longest, target);
  work.job.position = position;
  work.job.score = score;
  fy_parallel_for ((target->height + FY_SEARCH_BAND - 1) / FY_SEARCH_BAND, search_band, &work);
  return !g_cancellable_set_error_if_cancelled (cancellable, error);
}

/* --- Parts --- */

typedef struct
{
  FyCpuSearch job;
  const FyCpuKernels *kernels;
  const guint32 *position;
  float *similarity;
} Parts;

static void
measure_row (int y, int worker, gpointer data)
{
  const Parts *parts = data;
  gsize width = (gsize) parts->job.width, cells = (gsize) parts->job.height * width;
  gsize k = (gsize) parts->job.params->k;

  for (gsize i = (gsize) y * width * k; i < ((gsize) y + 1) * width * k; i++)
    {
      gsize at = parts->position[i];

      parts->similarity[i] =
          at == FY_SEARCH_NONE
              ? -INFINITY
              : parts->kernels->similarity (&parts->job, &parts->job.context[at / cells], i / k,
                                            at % cells);
    }
}

gboolean
fy_cpu_search_parts (FySearch *search,
                     FyFeatures *target,
                     FyFeatures *const *context,
                     int n_context,
                     const guint32 *position,
                     float *const *similarity,
                     GError **error)
{
  g_autofree FyCpuFrame *frames = g_new (FyCpuFrame, (gsize) n_context + 1);
  Parts parts = { .kernels = ((FyCpuDevice *) search->device)->kernels, .position = position };

  for (int p = 0; p < target->n_parts; p++)
    {
      FySearchParams params = search->params;

      for (int q = 0; q < target->n_parts; q++)
        params.weight[q] = p == q;
      describe (&parts.job, &params, target, context, n_context, frames);
      parts.similarity = similarity[p];
      fy_parallel_for (target->height, measure_row, &parts);
    }
  return TRUE;
}
