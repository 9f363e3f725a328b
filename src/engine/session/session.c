/* SPDX-License-Identifier: MIT */
#include "session/session.h"

#include "base/error.h"
#include "session/model.h"

struct FySession
{
  FySessionParams params; /* its strings are not kept */
  FyClip *clip;
  FyDevice *device;
  int n_parts;
  FyEncoder *encoder[FY_FEATURES_MAX_PARTS]; /* fine-grained first */
  char *model[FY_FEATURES_MAX_PARTS];        /* their checkpoints' paths */
  FySearch *local;
  FySearch *reference;
  int width; /* of the picture the network sees */
  int height;
  int grid_width;
  int grid_height;
  GQueue recent; /* Recent, last used first: unit features at hand */
  FySessionTimes times;
};

typedef struct
{
  int frame;
  FyFeatures *features;
} Recent;

static void
free_recent (gpointer data)
{
  Recent *recent = data;

  fy_features_unref (recent->features);
  g_free (recent);
}

/* Seconds since *from, which is moved to now. */
static double
lap (gint64 *from)
{
  gint64 now = g_get_monotonic_time (), spent = now - *from;

  *from = now;
  return (double) spent * 1e-6;
}

/* --- Opening --- */

/* Which checkpoints, fine-grained first; NULL where there is none. */
static gboolean
choose_models (const FySessionParams *params, char *path[FY_FEATURES_MAX_PARTS], GError **error)
{
  gboolean both = params->fine != NULL && params->semantic != NULL;

  if (params->propagate.fused && !both)
    {
      g_set_error (error, FY_ERROR, FY_ERROR_MISMATCH,
                   "preset %s compares two networks; give it both --fine and --semantic",
                   params->propagate.name);
      return FALSE;
    }
  if (!params->propagate.fused && both)
    {
      g_set_error (error, FY_ERROR, FY_ERROR_MISMATCH,
                   "preset %s compares one network; leave out --fine or --semantic, or use "
                   "--preset sfc-davis",
                   params->propagate.name);
      return FALSE;
    }
  path[0] = params->fine != NULL       ? g_strdup (params->fine)
            : params->semantic != NULL ? g_strdup (params->semantic)
                                       : fy_shipped_model_path ();
  path[1] = both ? g_strdup (params->semantic) : NULL;
  return TRUE;
}

static gboolean
load_models (FySession *self, const FySessionParams *params, GError **error)
{
  g_autofree char *fine = NULL;
  g_autofree char *semantic = NULL;
  char *path[FY_FEATURES_MAX_PARTS] = { NULL, NULL };
  FyEncoderParams network = { .shift =
                                  params->propagate.strict_reference && params->propagate.shift,
                              .fast = params->fast };

  if (!choose_models (params, path, error))
    return FALSE;
  fine = path[0];
  semantic = path[1];
  for (int p = 0; p < FY_FEATURES_MAX_PARTS && path[p] != NULL; p++)
    {
      self->encoder[p] = fy_model_load (self->device, path[p], &network, error);
      if (self->encoder[p] == NULL)
        return FALSE;
      self->model[p] = g_strdup (path[p]);
      self->n_parts++;
    }
  return TRUE;
}

static gboolean
make_searches (FySession *self, GError **error)
{
  const FyPropagateParams *propagate = &self->params.propagate;
  FySearchParams search = { .k = propagate->topk,
                            .radius = propagate->radius,
                            .n_parts = self->n_parts };

  for (int p = 0; p < self->n_parts; p++)
    search.weight[p] = fy_params_part_weight (propagate, p);
  self->local = fy_search_new (self->device, &search, error);
  search.radius = 0;
  self->reference = self->local != NULL ? fy_search_new (self->device, &search, error) : NULL;
  return self->reference != NULL;
}

/* The picture the network sees: the clip's, its short side brought down to the wish. */
static void
choose_size (FySession *self)
{
  const FyClipInfo *info = fy_clip_info (self->clip);
  int wish = self->params.short_side == 0 ? FY_DEFAULT_SHORT_SIDE : self->params.short_side;
  int side = MIN (info->width, info->height);
  double scale = wish > 0 && wish < side ? (double) wish / side : 1.0;

  self->width = MAX (1, (int) (info->width * scale + 0.5));
  self->height = MAX (1, (int) (info->height * scale + 0.5));
  fy_encoder_grid (self->encoder[0], self->width, self->height, &self->grid_width,
                   &self->grid_height);
}

FySession *
fy_session_new (const char *input,
                const FySessionParams *params,
                GCancellable *cancellable,
                GError **error)
{
  g_autoptr (FySession) self = g_new0 (FySession, 1);

  self->params = *params;
  if (!fy_params_check (&params->propagate, error))
    return NULL;
  self->clip = fy_clip_open (input, NULL, cancellable, error);
  if (self->clip == NULL)
    return NULL;
  self->device = fy_device_new (params->device, error);
  if (self->device == NULL || !load_models (self, params, error) || !make_searches (self, error))
    return NULL;
  choose_size (self);
  return g_steal_pointer (&self);
}

void
fy_session_free (FySession *self)
{
  if (self == NULL)
    return;
  g_queue_clear_full (&self->recent, free_recent);
  fy_search_free (self->reference);
  fy_search_free (self->local);
  for (int p = 0; p < self->n_parts; p++)
    {
      fy_encoder_free (self->encoder[p]);
      g_free (self->model[p]);
    }
  fy_device_free (self->device);
  fy_clip_free (self->clip);
  g_free (self);
}

FyClip *
fy_session_clip (FySession *self)
{
  return self->clip;
}

FyDevice *
fy_session_device (FySession *self)
{
  return self->device;
}

const FyPropagateParams *
fy_session_params (FySession *self)
{
  return &self->params.propagate;
}

FySessionTimes *
fy_session_times (FySession *self)
{
  return &self->times;
}

void
fy_session_network_size (FySession *self, int *width_px, int *height_px)
{
  *width_px = self->width;
  *height_px = self->height;
}

void
fy_session_grid_size (FySession *self, int *width_cells, int *height_cells)
{
  *width_cells = self->grid_width;
  *height_cells = self->grid_height;
}

/* --- Features --- */

static FyFeatures *
compute_features (FySession *self,
                  int frame,
                  gboolean raw,
                  GCancellable *cancellable,
                  GError **error)
{
  gint64 clock = g_get_monotonic_time ();
  g_autoptr (FyFrame) source = fy_clip_frame (self->clip, frame, cancellable, error);
  g_autoptr (FyFrame) picture = NULL;
  g_autoptr (FyFeatures) features = NULL;
  int channels[FY_FEATURES_MAX_PARTS];

  if (source == NULL)
    return NULL;
  picture = fy_frame_scale (source, self->width, self->height);
  if (picture == NULL)
    {
      g_set_error (error, FY_ERROR, FY_ERROR_FAILED,
                   "%s: no memory to scale frame %d to %dx%d; use a smaller --short-side",
                   fy_clip_info (self->clip)->path, frame, self->width, self->height);
      return NULL;
    }
  self->times.decode += lap (&clock);
  for (int p = 0; p < self->n_parts; p++)
    channels[p] = fy_encoder_channels (self->encoder[p]);
  features = fy_features_new (self->device, self->grid_height, self->grid_width, self->n_parts,
                              channels, FY_FEATURES_F32, error);
  if (features == NULL)
    return NULL;
  for (int p = 0; p < self->n_parts; p++)
    {
      FyMap map;

      if (g_cancellable_set_error_if_cancelled (cancellable, error) ||
          !fy_encoder_run (self->encoder[p], picture->rgb, self->width, self->height, &map,
                           error) ||
          !fy_features_set_map (features, p, &map, !raw, error))
        return NULL;
    }
  self->times.features += lap (&clock);
  return g_steal_pointer (&features);
}

/* Features of the frames one target needs, and of the target: the context, the reference, one more. */
static guint
recent_limit (const FySession *self)
{
  return (guint) self->params.propagate.context + 3;
}

FyFeatures *
fy_session_features (FySession *self,
                     int frame,
                     gboolean raw,
                     GCancellable *cancellable,
                     GError **error)
{
  FyFeatures *features;
  Recent *recent;

  for (GList *link = self->recent.head; !raw && link != NULL; link = link->next)
    {
      recent = link->data;
      if (recent->frame == frame)
        {
          g_queue_unlink (&self->recent, link);
          g_queue_push_head_link (&self->recent, link);
          return fy_features_ref (recent->features);
        }
    }
  while (self->recent.length >= recent_limit (self))
    free_recent (g_queue_pop_tail (&self->recent));
  features = compute_features (self, frame, raw, cancellable, error);
  if (features == NULL || raw)
    return features;
  recent = g_new (Recent, 1);
  *recent = (Recent){ frame, fy_features_ref (features) };
  g_queue_push_head (&self->recent, recent);
  return features;
}

/* --- Neighbours --- */

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
      "%s%s%s: the features of frame %d are all zero or not finite; use another checkpoint",
      self->model[0], self->n_parts > 1 ? ", " : "", self->n_parts > 1 ? self->model[1] : "",
      list->frame);
  return FALSE;
}

/* The list of `target` over frames begin .. end-1; positions by frame number. */
static FyNeighbours *
search (FySession *self,
        FySearch *search,
        int target,
        int begin,
        int end,
        GCancellable *cancellable,
        GError **error)
{
  g_autoptr (GArray) context = g_array_new (FALSE, FALSE, sizeof (FyFeatures *));
  g_autoptr (FyFeatures) features = NULL;
  g_autoptr (FyNeighbours) list = NULL;
  int cells = self->grid_width * self->grid_height, k = self->params.propagate.topk;
  guint32 shift = (guint32) begin * (guint32) cells;
  gint64 clock;

  g_array_set_clear_func (context, clear_features);
  for (int frame = begin; frame < end; frame++)
    {
      features = fy_session_features (self, frame, FALSE, cancellable, error);
      if (features == NULL)
        return NULL;
      g_array_append_val (context, features);
      features = NULL; /* the array owns it */
    }
  features = fy_session_features (self, target, FALSE, cancellable, error);
  if (features == NULL)
    return NULL;
  clock = g_get_monotonic_time ();
  list = fy_neighbours_new (target, cells, k);
  if (!fy_search_run (search, features, (FyFeatures *const *) (gpointer) context->data,
                      (int) context->len, list->position, list->score, cancellable, error))
    return NULL;
  for (gsize i = 0; i < (gsize) cells * (gsize) k; i++)
    if (list->position[i] != FY_SEARCH_NONE)
      list->position[i] += shift;
  self->times.match += lap (&clock);
  return check_list (self, list, error) ? g_steal_pointer (&list) : NULL;
}

FyNeighbours *
fy_session_neighbours (FySession *self,
                       int first,
                       int frame,
                       GCancellable *cancellable,
                       GError **error)
{
  int context = self->params.propagate.context;
  g_autoptr (FyNeighbours) reference = NULL;
  g_autoptr (FyNeighbours) local = NULL;

  g_return_val_if_fail (first >= 0 && first < frame, NULL);
  reference = search (self, self->reference, frame, first, first + 1, cancellable, error);
  if (reference == NULL)
    return NULL;
  local =
      search (self, self->local, frame, MAX (first, frame - context), frame, cancellable, error);
  if (local == NULL)
    return NULL;
  return fy_neighbours_merge (local, reference, first, context, self->params.propagate.topk);
}
