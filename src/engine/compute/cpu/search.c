/* SPDX-License-Identifier: MIT */
/* Gets the frames' indices ready and spreads a search over the cores. */
#include "base/parallel.h"
#include "compute/cpu/cpu.h"

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
  return (FyCpuFrame){ features->plane, features->rows, { features->part[0], features->part[1] } };
}

typedef struct
{
  FyCpuSearch job;
  const FyCpuKernels *kernels;
  GCancellable *cancellable;
} Work;

static void
search_band (int band, int worker, gpointer data)
{
  const Work *work = data;

  if (!g_cancellable_is_cancelled (work->cancellable))
    work->kernels->search_band (&work->job, band * FY_SEARCH_BAND);
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
  float longest = 0.0f, weights = 0.0f;
  Work work = { .kernels = ((FyCpuDevice *) search->device)->kernels, .cancellable = cancellable };

  if (basis == NULL || !fy_cpu_features_index ((FyCpuFeatures *) target, basis, error))
    return FALSE;
  for (int slot = 0; slot < n_context; slot++)
    {
      FyCpuFeatures *features = (FyCpuFeatures *) context[slot];

      if (!fy_cpu_features_index (features, basis, error))
        return FALSE;
      frames[slot] = view (features);
      longest = MAX (longest, features->longest);
    }
  for (int p = 0; p < target->n_parts; p++)
    {
      work.job.channels[p] = target->channels[p];
      weights += search->params.weight[p];
    }
  work.job.params = &search->params;
  work.job.height = target->height;
  work.job.width = target->width;
  work.job.pitch = (gsize) target->width + FY_INDEX_PAD;
  work.job.target = view ((FyCpuFeatures *) target);
  work.job.context = frames;
  work.job.n_context = n_context;
  /* Sums of float32 products of unit vectors were never off by more than 4e-7 here. */
  work.job.slack = 2e-6f * weights * longest * ((FyCpuFeatures *) target)->longest;
  work.job.position = position;
  work.job.score = score;
  fy_parallel_for ((target->height + FY_SEARCH_BAND - 1) / FY_SEARCH_BAND, search_band, &work);
  return !g_cancellable_set_error_if_cancelled (cancellable, error);
}
