/* SPDX-License-Identifier: MIT */
/* Features of a frame: at hand, in the cache, or from the network. */
#include "base/error.h"
#include "base/text.h"
#include "session/internal.h"

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

void
fy_session_forget_features (FySession *self)
{
  g_queue_clear_full (&self->recent, free_recent);
}

FyFeaturesFormat
fy_session_format (const FySession *self)
{
  gboolean exact = self->params.exact || self->params.propagate.strict_reference;

  return exact ? FY_FEATURES_F32 : FY_FEATURES_F16;
}

static FyFeatures *
new_features (FySession *self, FyFeaturesFormat format, GError **error)
{
  int channels[FY_FEATURES_MAX_PARTS];

  for (int p = 0; p < self->n_parts; p++)
    channels[p] = fy_encoder_channels (self->encoder[p]);
  return fy_features_new (self->device, self->grid_height, self->grid_width, self->n_parts,
                          channels, format, error);
}

/* --- Computing --- */

static FyFrame *
get_picture (FySession *self, int frame, GCancellable *cancellable, GError **error)
{
  g_autoptr (FyFrame) source = fy_clip_frame (self->clip, frame, cancellable, error);
  FyFrame *picture;

  if (source == NULL)
    return NULL;
  picture = fy_frame_scale (source, self->width, self->height);
  if (picture == NULL)
    g_set_error (error, FY_ERROR, FY_ERROR_FAILED,
                 _ ("%s: no memory to scale frame %d to %dx%d; use a smaller short side"),
                 fy_clip_info (self->clip)->path, frame, self->width, self->height);
  return picture;
}

static FyFeatures *
compute_features (FySession *self,
                  int frame,
                  gboolean raw,
                  GCancellable *cancellable,
                  GError **error)
{
  gint64 clock = g_get_monotonic_time ();
  g_autoptr (FyFrame) picture = get_picture (self, frame, cancellable, error);
  g_autoptr (FyFeatures) features = NULL;

  if (picture == NULL)
    return NULL;
  self->times.decode += fy_session_lap (&clock);
  features = new_features (self, raw ? FY_FEATURES_F32 : fy_session_format (self), error);
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
  self->times.features += fy_session_lap (&clock);
  self->times.features_computed++;
  return g_steal_pointer (&features);
}

/* --- The cache: the parts' rows, one after the other --- */

static gsize
part_size (FyFeatures *features, int part, FyFeaturesFormat format)
{
  return (gsize) fy_features_height (features) * (gsize) fy_features_width (features) *
         (gsize) fy_features_channels (features, part) * (format == FY_FEATURES_F16 ? 2 : 4);
}

static void
save_features (FySession *self, int frame, FyFeatures *features)
{
  FyCacheId id = { .kind = FY_CACHE_FEATURES, .frame = frame };
  FyFeaturesFormat format = fy_session_format (self);
  gint64 clock = g_get_monotonic_time ();
  gpointer rows[FY_FEATURES_MAX_PARTS] = { NULL };
  FyCachePiece pieces[FY_FEATURES_MAX_PARTS];
  gboolean read = TRUE;

  for (int p = 0; read && p < self->n_parts; p++)
    {
      gsize size = part_size (features, p, format);

      rows[p] = g_malloc (size);
      pieces[p] = (FyCachePiece){ rows[p], size };
      read = format == FY_FEATURES_F16 ? fy_features_read_f16 (features, p, rows[p], NULL)
                                       : fy_features_read (features, p, rows[p], NULL);
    }
  if (read)
    fy_cache_put (self->cache, &id, pieces, self->n_parts);
  for (int p = 0; p < self->n_parts; p++)
    g_free (rows[p]);
  self->times.cache += fy_session_lap (&clock);
}

static FyFeatures *
load_features (FySession *self, int frame, GError **error)
{
  FyCacheId id = { .kind = FY_CACHE_FEATURES, .frame = frame };
  FyFeaturesFormat format = fy_session_format (self);
  gint64 clock = g_get_monotonic_time ();
  g_autoptr (GBytes) bytes = fy_cache_get (self->cache, &id);
  g_autoptr (FyFeatures) features = NULL;
  const guint8 *at = bytes != NULL ? g_bytes_get_data (bytes, NULL) : NULL;
  gsize size = 0;

  features = bytes != NULL ? new_features (self, format, error) : NULL;
  if (features == NULL)
    return NULL;
  for (int p = 0; p < self->n_parts; p++)
    size += part_size (features, p, format);
  if (size != g_bytes_get_size (bytes))
    return NULL;
  for (int p = 0; p < self->n_parts; p++)
    {
      if (!(format == FY_FEATURES_F16
                ? fy_features_write_f16 (features, p, (const guint16 *) (gpointer) at, error)
                : fy_features_write (features, p, (const float *) (gpointer) at, error)))
        return NULL;
      at += part_size (features, p, format);
    }
  self->times.features_from_cache++;
  self->times.cache += fy_session_lap (&clock);
  return g_steal_pointer (&features);
}

/* --- At hand --- */

static FyFeatures *
find_recent (FySession *self, int frame)
{
  for (GList *link = self->recent.head; link != NULL; link = link->next)
    {
      Recent *recent = link->data;

      if (recent->frame == frame)
        {
          g_queue_unlink (&self->recent, link);
          g_queue_push_head_link (&self->recent, link);
          return fy_features_ref (recent->features);
        }
    }
  return NULL;
}

static void
keep_recent (FySession *self, int frame, FyFeatures *features)
{
  Recent *recent = g_new (Recent, 1);

  *recent = (Recent){ frame, fy_features_ref (features) };
  g_queue_push_head (&self->recent, recent);
}

FyFeatures *
fy_session_get_features (FySession *self, int frame, GCancellable *cancellable, GError **error)
{
  g_autoptr (GError) failed = NULL;
  FyFeatures *features = find_recent (self, frame);

  if (features != NULL)
    return features;
  while (self->recent.length >= self->window)
    free_recent (g_queue_pop_tail (&self->recent));
  features = self->cache != NULL ? load_features (self, frame, &failed) : NULL;
  if (failed != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&failed));
      return NULL;
    }
  if (features == NULL)
    {
      features = compute_features (self, frame, FALSE, cancellable, error);
      if (features != NULL && self->cache != NULL)
        save_features (self, frame, features);
    }
  if (features != NULL)
    keep_recent (self, frame, features);
  return features;
}

FyFeatures *
fy_session_features (FySession *self,
                     int frame,
                     gboolean raw,
                     GCancellable *cancellable,
                     GError **error)
{
  for (;;)
    {
      g_autoptr (GError) failed = NULL;
      FyFeatures *features = raw ? compute_features (self, frame, TRUE, cancellable, &failed)
                                 : fy_session_get_features (self, frame, cancellable, &failed);

      if (features != NULL)
        return features;
      if (!fy_session_recover (self, &failed))
        {
          g_propagate_error (error, g_steal_pointer (&failed));
          return NULL;
        }
    }
}
