/* SPDX-License-Identifier: MIT */
/* Neighbour lists of a target frame: in the cache, or searched for. */
#include "base/error.h"
#include "base/text.h"
#include "match/list-file.h"
#include "session/internal.h"

static void
clear_features (gpointer data)
{
  fy_features_unref (*(FyFeatures **) data);
}

/* Weights may be finite and still drown every picture: features that are all zero or not finite
 * resemble nothing. */
static gboolean
check_list (const FySession *self, const FyNeighbours *list, GError **error)
{
  for (int cell = 0; cell < list->cells; cell++)
    if (list->score[(gsize) cell * (gsize) list->k] > 0.0f)
      return TRUE;
  g_set_error (
      error, FY_ERROR, FY_ERROR_MISMATCH,
      _ ("%s%s%s: the features of frame %d are all zero or not finite; use another checkpoint"),
      self->model[0], self->n_parts > 1 ? ", " : "", self->n_parts > 1 ? self->model[1] : "",
      list->frame);
  return FALSE;
}

static void
weights_of (const FySession *self, float weight[FY_FEATURES_MAX_PARTS])
{
  for (int p = 0; p < FY_FEATURES_MAX_PARTS; p++)
    weight[p] = p < self->n_parts ? fy_params_part_weight (&self->params.propagate, p) : 0.0f;
}

static GArray *
gather (FySession *self, int begin, int end, GCancellable *cancellable, GError **error)
{
  g_autoptr (GArray) context = g_array_new (FALSE, FALSE, sizeof (FyFeatures *));

  g_array_set_clear_func (context, clear_features);
  for (int frame = begin; frame < end; frame++)
    {
      FyFeatures *features = fy_session_get_features (self, frame, cancellable, error);

      if (features == NULL)
        return NULL;
      g_array_append_val (context, features);
    }
  return g_steal_pointer (&context);
}

/* Searches frames begin .. end-1 at once.  `parts`: keep what each network contributes; `wanted`:
 * nullable. */
static FyNeighbours *
search_some (FySession *self,
             FySearch *search,
             int target,
             int begin,
             int end,
             gboolean parts,
             const guint8 *wanted,
             GCancellable *cancellable,
             GError **error)
{
  int cells = self->grid_width * self->grid_height, k = self->candidates;
  gsize entries = (gsize) cells * (gsize) k;
  guint32 shift = (guint32) begin * (guint32) cells;
  g_autoptr (GArray) context = gather (self, begin, end, cancellable, error);
  g_autoptr (FyFeatures) features = NULL;
  g_autoptr (FyNeighbours) list = NULL;
  FyFeatures *const *frames;
  gint64 clock;

  features = context != NULL ? fy_session_get_features (self, target, cancellable, error) : NULL;
  if (features == NULL)
    return NULL;
  clock = g_get_monotonic_time ();
  frames = (FyFeatures *const *) (gpointer) context->data;
  list = fy_neighbours_new (target, cells, k);
  if (!fy_search_run_some (search, features, frames, (int) context->len, wanted, list->position,
                           list->score, cancellable, error))
    return NULL;
  for (int p = 0; parts && p < self->n_parts; p++)
    list->part[p] = g_new (float, entries);
  if (parts && !fy_search_parts (search, features, frames, (int) context->len, list->position,
                                 list->part, error))
    return NULL;
  for (gsize i = 0; i < entries; i++)
    if (list->position[i] != FY_SEARCH_NONE)
      list->position[i] += shift;
  self->times.match += fy_session_lap (&clock);
  return wanted != NULL || check_list (self, list, error) ? g_steal_pointer (&list) : NULL;
}

/* As many frames at a time as there is memory for: the union of their lists is the list. */
static FyNeighbours *
search_all (FySession *self,
            FySearch *search,
            int target,
            int begin,
            int end,
            const guint8 *wanted,
            GCancellable *cancellable,
            GError **error)
{
  int step = MAX (1, (int) self->window - 1);
  gboolean parts = fy_session_keeps_parts (self) && end - begin <= step;
  g_autoptr (FyNeighbours) list = search_some (self, search, target, begin, MIN (begin + step, end),
                                               parts, wanted, cancellable, error);

  for (int at = begin + step; list != NULL && at < end; at += step)
    {
      g_autoptr (FyNeighbours) more = search_some (self, search, target, at, MIN (at + step, end),
                                                   FALSE, wanted, cancellable, error);
      g_autoptr (FyNeighbours) before = g_steal_pointer (&list);

      list = more != NULL ? fy_neighbours_union (before, more) : NULL;
    }
  self->times.lists_computed += list != NULL;
  return g_steal_pointer (&list);
}

static FyNeighbours *
load_list (FySession *self, const FyCacheId *id)
{
  gint64 clock = g_get_monotonic_time ();
  float weight[FY_FEATURES_MAX_PARTS];
  FyNeighbours *list;

  if (self->cache == NULL)
    return NULL;
  weights_of (self, weight);
  list = fy_list_load (self->cache, id, self->grid_width * self->grid_height,
                       self->params.propagate.topk, weight);
  self->times.lists_from_cache += list != NULL;
  self->times.cache += fy_session_lap (&clock);
  return list;
}

static void
save_list (FySession *self, const FyCacheId *id, const FyNeighbours *list)
{
  gint64 clock = g_get_monotonic_time ();
  float weight[FY_FEATURES_MAX_PARTS];

  weights_of (self, weight);
  self->times.lists_not_kept += !fy_list_save (self->cache, id, list, weight);
  self->times.cache += fy_session_lap (&clock);
}

static FySearch *
search_of (FySession *self, int radius)
{
  return radius == 0 ? self->reference : self->local;
}

/* Searches, and does so again when the device was to blame and there is another. */
static FyNeighbours *
search (FySession *self,
        const FyCacheId *id,
        const guint8 *wanted,
        GCancellable *cancellable,
        GError **error)
{
  for (;;)
    {
      g_autoptr (GError) failed = NULL;
      FyNeighbours *list = search_all (self, search_of (self, id->radius), id->frame, id->begin,
                                       id->end, wanted, cancellable, &failed);

      if (list != NULL)
        return list;
      if (!fy_session_recover (self, &failed))
        {
          g_propagate_error (error, g_steal_pointer (&failed));
          return NULL;
        }
    }
}

FyNeighbours *
fy_session_list (FySession *self,
                 int target,
                 int begin,
                 int end,
                 int radius,
                 GCancellable *cancellable,
                 GError **error)
{
  FyCacheId id = { FY_CACHE_LIST, target, begin, end, radius };
  FyNeighbours *list;

  g_return_val_if_fail (begin >= 0 && begin < end, NULL);
  g_return_val_if_fail (radius == 0 || radius == self->params.propagate.radius, NULL);
  if (self->cache != NULL)
    fy_cache_set_focus (self->cache, self->playhead >= 0 ? self->playhead : target);
  list = load_list (self, &id);
  if (list != NULL)
    return list;
  list = search (self, &id, NULL, cancellable, error);
  if (list != NULL && self->cache != NULL)
    save_list (self, &id, list);
  return list;
}

/* The recent frames of a target when labels come from `first`. */
static void
recent_frames (const FySession *self, int first, int target, int *begin, int *end)
{
  int context = self->params.propagate.context;
  gboolean forwards = target > first;

  *begin = forwards ? MAX (first, target - context) : target + 1;
  *end = forwards ? target : MIN (first, target + context) + 1;
}

/* Looks into the record: it may be damaged, or say less than is wanted now. */
static gboolean
is_kept (FySession *self, const FyListWish *wish)
{
  FyCacheId id = { FY_CACHE_LIST, wish->target, wish->begin, wish->end, wish->radius };
  float weight[FY_FEATURES_MAX_PARTS];
  g_autoptr (FyNeighbours) list = NULL;

  weights_of (self, weight);
  if (self->cache != NULL && fy_cache_has (self->cache, &id))
    list = fy_list_load (self->cache, &id, self->grid_width * self->grid_height, self->candidates,
                         weight);
  return list != NULL && (!fy_session_keeps_parts (self) || list->part[0] != NULL);
}

static void
add_missing (FySession *self, const FyListWish *wish, GArray *wishes)
{
  if (!is_kept (self, wish))
    g_array_append_vals (wishes, wish, 1);
}

GArray *
fy_session_missing_lists (FySession *self, int first, int last)
{
  GArray *wishes = g_array_new (FALSE, FALSE, sizeof (FyListWish));
  int step = last >= first ? 1 : -1;

  for (int target = first; target != last; target += step)
    {
      FyListWish recent = { .target = target + step, .radius = self->params.propagate.radius };
      FyListWish reference = { target + step, first, first + 1, 0 };

      recent_frames (self, first, recent.target, &recent.begin, &recent.end);
      add_missing (self, &recent, wishes);
      add_missing (self, &reference, wishes);
    }
  return wishes;
}

static void
clear_list (gpointer data)
{
  fy_neighbours_unref (data);
}

static GPtrArray *
reference_lists (FySession *self,
                 const int *reference,
                 int n,
                 int target,
                 GCancellable *cancellable,
                 GError **error)
{
  g_autoptr (GPtrArray) lists = g_ptr_array_new_with_free_func (clear_list);

  for (int i = 0; i < n; i++)
    {
      FyNeighbours *list =
          fy_session_list (self, target, reference[i], reference[i] + 1, 0, cancellable, error);

      if (list == NULL)
        return NULL;
      g_ptr_array_add (lists, list);
    }
  return g_steal_pointer (&lists);
}

/* The list over the recent frames, for the cells that are wanted. */
static FyNeighbours *
recent_list (FySession *self,
             const FyCacheId *id,
             const GPtrArray *references,
             FyWantedFunc func,
             gpointer user_data,
             GCancellable *cancellable,
             GError **error)
{
  gsize cells = (gsize) self->grid_width * (gsize) self->grid_height;
  g_autofree guint8 *wanted = NULL;
  FyNeighbours *list;

  if (func == NULL)
    return fy_session_list (self, id->frame, id->begin, id->end, id->radius, cancellable, error);
  list = load_list (self, id);
  if (list != NULL)
    return list;
  wanted = g_malloc (cells);
  func (id->begin, id->end, (const FyNeighbours *const *) references->pdata, (int) references->len,
        wanted, user_data);
  for (gsize cell = 0; cell < cells; cell++)
    self->times.cells_settled += wanted[cell] == 0;
  self->times.cells_searched += (double) cells;
  return search (self, id, wanted, cancellable, error);
}

void
fy_frame_lists_clear (FyFrameLists *self)
{
  g_clear_pointer (&self->local, fy_neighbours_unref);
  g_clear_pointer (&self->reference, g_ptr_array_unref);
}

static FyCacheId
local_id (const FySession *self, int first, int target)
{
  FyCacheId id = { FY_CACHE_LIST, target, 0, 0, self->params.propagate.radius };

  recent_frames (self, first, target, &id.begin, &id.end);
  return id;
}

static FyCacheId
reference_id (int target, int reference)
{
  return (FyCacheId){ FY_CACHE_LIST, target, reference, reference + 1, 0 };
}

/* Loads what fy_session_kept_lists found to be there.  Returns: FALSE where it is good for nothing. */
static gboolean
load_lists (FySession *self,
            const FyCacheId *local,
            const int *reference,
            int n,
            FyFrameLists *lists)
{
  lists->local = load_list (self, local);
  lists->reference = g_ptr_array_new_with_free_func (clear_list);
  for (int i = 0; lists->local != NULL && i < n; i++)
    {
      FyCacheId id = reference_id (local->frame, reference[i]);
      FyNeighbours *list = load_list (self, &id);

      if (list == NULL)
        return FALSE;
      g_ptr_array_add (lists->reference, list);
    }
  return lists->local != NULL;
}

gboolean
fy_session_kept_lists (FySession *self,
                       int first,
                       const int *reference,
                       int n,
                       int target,
                       FyFrameLists *lists)
{
  FyCacheId local = local_id (self, first, target);
  int loaded = self->times.lists_from_cache;

  if (self->cache == NULL || !fy_cache_has (self->cache, &local))
    return FALSE;
  for (int i = 0; i < n; i++)
    {
      FyCacheId id = reference_id (target, reference[i]);

      if (!fy_cache_has (self->cache, &id))
        return FALSE;
    }
  if (load_lists (self, &local, reference, n, lists))
    return TRUE;
  fy_frame_lists_clear (lists);
  self->times.lists_from_cache = loaded; /* they will be asked for again */
  return FALSE;
}

FyNeighbours *
fy_session_merge (const FySession *self, int first, const FyFrameLists *lists)
{
  const FyPropagateParams *params = &self->params.propagate;

  return fy_neighbours_merge (lists->local, (const FyNeighbours *const *) lists->reference->pdata,
                              (int) lists->reference->len, first, params->context, params->topk);
}

FyNeighbours *
fy_session_neighbours (FySession *self,
                       int first,
                       const int *reference,
                       int n,
                       int target,
                       FyWantedFunc wanted,
                       gpointer user_data,
                       GCancellable *cancellable,
                       GError **error)
{
  FyCacheId id = local_id (self, first, target);
  g_auto (FyFrameLists) lists = { .local = NULL };
  FyNeighbours *merged;
  gint64 clock;

  g_return_val_if_fail (target != first, NULL);
  lists.reference = reference_lists (self, reference, n, target, cancellable, error);
  if (lists.reference == NULL)
    return NULL;
  lists.local = recent_list (self, &id, lists.reference, wanted, user_data, cancellable, error);
  if (lists.local == NULL)
    return NULL;
  clock = g_get_monotonic_time ();
  merged = fy_session_merge (self, first, &lists);
  self->times.carry += fy_session_lap (&clock);
  return merged;
}
