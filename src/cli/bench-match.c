/* SPDX-License-Identifier: MIT */
/* What ferry-cli bench measures of neighbour lists. */
#include "bench-stages.h"

#include "match/neighbours.h"
#include "propagate/params.h"

#define MOST_CONTEXT 20

/* Names of the stages, and whose settings. */
typedef struct
{
  const char *preset;
  const char *local;
  const char *reference;
  const char *both;
  const char *merge; /* NULL = not measured */
} Kind;

static const Kind kinds[] = {
  { "fc-davis", "match-fc-local", "match-fc-reference", "match-fc", "merge-fc" },
  { "sfc-davis", "match-sfc-local", "match-sfc-reference", "match-sfc", NULL },
};

typedef struct
{
  FySearch *local;
  FySearch *reference;
  const FyPropagateParams *params;
  FyFeatures *features[MOST_CONTEXT + 2]; /* the reference, the context, the target */
  FyNeighbours *nearby;
  FyNeighbours *anywhere;
  GCancellable *cancellable;
} Matching;

static void
matching_clear (Matching *self)
{
  fy_search_free (self->local);
  fy_search_free (self->reference);
  for (guint i = 0; i < G_N_ELEMENTS (self->features); i++)
    g_clear_pointer (&self->features[i], fy_features_unref);
  g_clear_pointer (&self->nearby, fy_neighbours_unref);
  g_clear_pointer (&self->anywhere, fy_neighbours_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Matching, matching_clear)

/* --- What is measured --- */

static gboolean
match_local (gpointer user_data, GError **error)
{
  Matching *self = user_data;
  int context = self->params->context;

  return fy_search_run (self->local, self->features[context + 1], self->features + 1, context,
                        self->nearby->position, self->nearby->score, self->cancellable, error);
}

static gboolean
match_reference (gpointer user_data, GError **error)
{
  Matching *self = user_data;

  return fy_search_run (self->reference, self->features[self->params->context + 1], self->features,
                        1, self->anywhere->position, self->anywhere->score, self->cancellable,
                        error);
}

static gboolean
merge (gpointer user_data, GError **error)
{
  Matching *self = user_data;
  g_autoptr (FyNeighbours) merged =
      fy_neighbours_merge (self->nearby, (const FyNeighbours *[]){ self->anywhere }, 1, 0,
                           self->params->context, self->params->topk);

  return merged != NULL;
}

static gboolean
match (gpointer user_data, GError **error)
{
  return match_local (user_data, error) && match_reference (user_data, error) &&
         merge (user_data, error);
}

/* --- Input --- */

static FyFeatures *
see (FerryBench *bench, FyEncoder *const *encoder, int n_parts, FyFrame *picture, GError **error)
{
  int channels[FY_FEATURES_MAX_PARTS] = { 0 };
  g_autoptr (FyFeatures) features = NULL;
  int width, height;

  for (int p = 0; p < n_parts; p++)
    channels[p] = fy_encoder_channels (encoder[p]);
  fy_encoder_grid (encoder[0], picture->width, picture->height, &width, &height);
  features =
      fy_features_new (bench->device, height, width, n_parts, channels, FY_FEATURES_F32, error);
  for (int p = 0; features != NULL && p < n_parts; p++)
    {
      FyMap map;

      if (!fy_encoder_run (encoder[p], picture->rgb, picture->width, picture->height, &map,
                           error) ||
          !fy_features_set_map (features, p, &map, TRUE, error))
        return NULL;
    }
  return g_steal_pointer (&features);
}

/* Features of the sample's first frames: how much a search can skip depends on what is in them. */
static gboolean
see_sample (FerryBench *bench,
            FyEncoder *const *encoder,
            int n_parts,
            Matching *self,
            GError **error)
{
  g_autoptr (FyClip) clip = ferry_sample_clip (bench, error);

  for (int i = 0; clip != NULL && i < self->params->context + 2; i++)
    {
      g_autoptr (FyFrame) picture = ferry_sample_picture (bench, clip, i, error);

      self->features[i] = picture != NULL ? see (bench, encoder, n_parts, picture, error) : NULL;
      if (self->features[i] == NULL ||
          g_cancellable_set_error_if_cancelled (bench->cancellable, error))
        return FALSE;
    }
  return clip != NULL;
}

/* --- Work --- */

/* Cells inside the circle around every cell of the grid, summed. */
static double
circle_pairs (int width, int height, int radius)
{
  double pairs = 0;

  for (int dy = 1 - radius; dy < radius; dy++)
    for (int dx = 1 - radius; dx < radius; dx++)
      if (dx * dx + dy * dy < radius * radius)
        pairs += (double) MAX (0, width - ABS (dx)) * MAX (0, height - ABS (dy));
  return pairs;
}

/* Of a search through some frames; each frame's features read once. */
static FerryMeasure
search_work (const Matching *self, const char *name, int n_context, double pairs)
{
  FyFeatures *target = self->features[0];
  double cells = (double) self->nearby->cells, channels = 0;

  for (int p = 0; p < fy_features_n_parts (target); p++)
    channels += fy_features_channels (target, p);
  return (FerryMeasure){ .name = name,
                         .multiply_adds = channels * pairs,
                         .bytes =
                             cells * (4 * channels * (n_context + 1) + 8 * self->params->topk) };
}

static gboolean
measure_searches (FerryBench *bench, const Kind *kind, Matching *self, GError **error)
{
  FyFeatures *target = self->features[0];
  int context = self->params->context;
  double cells = (double) self->nearby->cells;
  double pairs = context * circle_pairs (fy_features_width (target), fy_features_height (target),
                                         self->params->radius);
  FerryMeasure local = search_work (self, kind->local, context, pairs);
  FerryMeasure reference = search_work (self, kind->reference, 1, cells * cells);
  FerryMeasure merging = { .name = kind->merge,
                           .bytes = 3 * 8 * cells * self->params->topk,
                           .on_host = TRUE };
  FerryMeasure both = { .name = kind->both,
                        .multiply_adds = local.multiply_adds + reference.multiply_adds,
                        .bytes = local.bytes + reference.bytes + merging.bytes };

  return ferry_measure (bench, local, match_local, self, error) &&
         ferry_measure (bench, reference, match_reference, self, error) &&
         (kind->merge == NULL || ferry_measure (bench, merging, merge, self, error)) &&
         ferry_measure (bench, both, match, self, error);
}

static gboolean
bench_kind (FerryBench *bench, const Kind *kind, GError **error)
{
  g_auto (Matching)
      self = { .params = fy_preset_find (kind->preset), .cancellable = bench->cancellable };
  FySearchParams search = { .k = self.params->topk,
                            .radius = self.params->radius,
                            .n_parts = self.params->fused ? 2 : 1 };
  g_autoptr (FyEncoder) fine = ferry_bench_encoder (bench, 18, NULL, error);
  g_autoptr (FyEncoder) semantic =
      fine != NULL && self.params->fused
          ? ferry_bench_encoder (bench, 50, &(FyEncoderParams){ .fast = TRUE }, error)
          : NULL;
  FyEncoder *const encoder[] = { fine, semantic };
  int cells;

  g_assert (self.params->context <= MOST_CONTEXT);
  if (fine == NULL || (self.params->fused && semantic == NULL) ||
      !see_sample (bench, encoder, search.n_parts, &self, error))
    return FALSE;
  for (int p = 0; p < search.n_parts; p++)
    search.weight[p] = fy_params_part_weight (self.params, p);
  self.local = fy_search_new (bench->device, &search, error);
  search.radius = 0;
  self.reference = self.local != NULL ? fy_search_new (bench->device, &search, error) : NULL;
  cells = fy_features_width (self.features[0]) * fy_features_height (self.features[0]);
  self.nearby = fy_neighbours_new (self.params->context + 1, cells, search.k);
  self.anywhere = fy_neighbours_new (self.params->context + 1, cells, search.k);
  return self.reference != NULL && measure_searches (bench, kind, &self, error);
}

gboolean
ferry_bench_matching (FerryBench *bench, GError **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (!bench_kind (bench, &kinds[i], error))
      return FALSE;
  return TRUE;
}
