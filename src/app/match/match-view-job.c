/* SPDX-License-Identifier: MIT */
#include "app/match/match-view-job.h"

#include "propagate/votes.h"

/* --- Similarity --- */

gpointer
ferry_similarity_job (FySession *session, gpointer data, GCancellable *cancellable, GError **error)
{
  const FerrySimilarityJob *job = data;
  g_autoptr (FyFeatures) query = NULL;
  g_autoptr (FyFeatures) target = NULL;
  float weight[FY_FEATURES_MAX_PARTS] = { 1.0f };

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;
  query = fy_session_features (session, job->frame, FALSE, cancellable, error);
  if (query == NULL)
    return NULL;
  target = fy_session_features (session, job->target, FALSE, cancellable, error);
  if (target == NULL)
    return NULL;
  for (int p = 0; p < fy_features_n_parts (target); p++)
    weight[p] = fy_params_part_weight (fy_session_params (session), p);
  return fy_similarity_new (query, job->cell, target, weight, error);
}

/* --- Voters --- */

FerryVotersJob *
ferry_voters_job_new (int frame, int cell, int first)
{
  FerryVotersJob *job = g_new (FerryVotersJob, 1);

  *job = (FerryVotersJob){ frame, cell, first, g_array_new (FALSE, FALSE, sizeof (int)) };
  return job;
}

void
ferry_voters_job_free (gpointer job)
{
  g_array_unref (((FerryVotersJob *) job)->reference);
  g_free (job);
}

gpointer
ferry_voters_job (FySession *session, gpointer data, GCancellable *cancellable, GError **error)
{
  const FerryVotersJob *job = data;
  g_autoptr (FyNeighbours) list = NULL;
  g_autoptr (FyVotes) votes = NULL;
  FerryVoters *found;
  gsize row;

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;
  list =
      fy_session_neighbours (session, job->first, (const int *) (gpointer) job->reference->data,
                             (int) job->reference->len, job->frame, NULL, NULL, cancellable, error);
  if (list == NULL)
    return NULL;
  votes = fy_votes_new (list, fy_session_params (session)->temperature);
  found = g_new0 (FerryVoters, 1);
  row = (gsize) job->cell * (gsize) list->k;
  for (; found->n < list->k && list->position[row] != FY_SEARCH_NONE; row++)
    {
      guint32 voter = votes->voter[row];

      found->voter[found->n++] = (FerryVoter){ votes->source[voter >> FY_VOTE_CELL_BITS],
                                               (int) (voter & ((1u << FY_VOTE_CELL_BITS) - 1)),
                                               list->score[row], votes->weight[row] };
    }
  return found;
}

/* --- Features --- */

static void
free_components (gpointer components)
{
  fy_components_free (components);
}

FerryFeaturesJob *
ferry_features_job_new (int frame, int basis, GPtrArray *components)
{
  FerryFeaturesJob *job = g_new (FerryFeaturesJob, 1);

  *job =
      (FerryFeaturesJob){ frame, basis, components != NULL ? g_ptr_array_ref (components) : NULL };
  return job;
}

void
ferry_features_job_free (gpointer data)
{
  FerryFeaturesJob *job = data;

  g_clear_pointer (&job->components, g_ptr_array_unref);
  g_free (job);
}

void
ferry_feature_colours_free (gpointer data)
{
  FerryFeatureColours *colours = data;

  for (int p = 0; p < FY_FEATURES_MAX_PARTS; p++)
    {
      g_free (colours->rgb[p]);
      g_free (colours->value[p]);
    }
  g_clear_pointer (&colours->components, g_ptr_array_unref);
  g_free (colours);
}

static int
n_cells (FyFeatures *features)
{
  return fy_features_width (features) * fy_features_height (features);
}

static float *
read_part (FyFeatures *features, int part, GError **error)
{
  int channels = fy_features_channels (features, part);
  g_autofree float *rows = g_new (float, (gsize) n_cells (features) * (gsize) channels);

  return fy_features_read (features, part, rows, error) ? g_steal_pointer (&rows) : NULL;
}

static GPtrArray *
find_components (FyFeatures *features, GCancellable *cancellable, GError **error)
{
  g_autoptr (GPtrArray) components = g_ptr_array_new_with_free_func (free_components);

  for (int p = 0; p < fy_features_n_parts (features); p++)
    {
      g_autofree float *rows = read_part (features, p, error);
      FyComponents *found =
          rows != NULL ? fy_components_new (rows, n_cells (features),
                                            fy_features_channels (features, p), cancellable, error)
                       : NULL;

      if (found == NULL)
        return NULL;
      g_ptr_array_add (components, found);
    }
  return g_steal_pointer (&components);
}

static gboolean
colour_part (FerryFeatureColours *self, int part, FyFeatures *features, GError **error)
{
  const FyComponents *components = g_ptr_array_index (self->components, part);
  int cells = n_cells (features);
  g_autofree float *rows = read_part (features, part, error);

  if (rows == NULL)
    return FALSE;
  self->rgb[part] = g_new (guint8, (gsize) cells * 3);
  self->value[part] = g_new (float, (gsize) cells *FY_N_COMPONENTS);
  fy_components_project (components, rows, cells, self->value[part]);
  fy_components_colour (components, self->value[part], cells, self->rgb[part]);
  return TRUE;
}

gpointer
ferry_features_job (FySession *session, gpointer data, GCancellable *cancellable, GError **error)
{
  const FerryFeaturesJob *job = data;
  g_autoptr (FerryFeatureColours) self = g_new0 (FerryFeatureColours, 1);
  g_autoptr (FyFeatures) basis = NULL;
  g_autoptr (FyFeatures) shown = NULL;

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;
  if (job->components != NULL)
    self->components = g_ptr_array_ref (job->components);
  else
    {
      basis = fy_session_features (session, job->basis, FALSE, cancellable, error);
      self->components = basis != NULL ? find_components (basis, cancellable, error) : NULL;
    }
  if (self->components == NULL)
    return NULL;
  shown = fy_session_features (session, job->frame, FALSE, cancellable, error);
  if (shown == NULL)
    return NULL;
  self->frame = job->frame;
  self->basis = job->basis;
  self->width = fy_features_width (shown);
  self->height = fy_features_height (shown);
  self->n_parts = fy_features_n_parts (shown);
  for (int p = 0; p < self->n_parts; p++)
    if (!colour_part (self, p, shown, error))
      return NULL;
  return g_steal_pointer (&self);
}
