/* SPDX-License-Identifier: MIT */
#include "base/digest.h"
#include "base/error.h"
#include "match/list-file.h"
#include "session/internal.h"

#include "base/text.h"
#include "config.h"

#include <string.h>
#include <sys/stat.h>

double
fy_session_lap (gint64 *from)
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
      g_set_error (
          error, FY_ERROR, FY_ERROR_MISMATCH,
          _ ("preset %s compares two networks; give it both a fine-grained and a semantic one"),
          params->propagate.name);
      return FALSE;
    }
  if (!params->propagate.fused && both)
    {
      g_set_error (
          error, FY_ERROR, FY_ERROR_MISMATCH,
          _ ("preset %s compares one network; leave one of them out, or use the preset sfc-davis"),
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
load_models (FySession *self, GError **error)
{
  const FyPropagateParams *propagate = &self->params.propagate;
  FyEncoderParams network = { .shift = propagate->strict_reference && propagate->shift,
                              .fast = self->params.fast };

  for (int p = 0; p < self->n_parts; p++)
    {
      self->encoder[p] = fy_model_load (self->device, self->model[p], &network, error);
      if (self->encoder[p] == NULL)
        return FALSE;
    }
  return TRUE;
}

static gboolean
make_searches (FySession *self, GError **error)
{
  const FyPropagateParams *propagate = &self->params.propagate;
  FySearchParams search = { .k = self->candidates,
                            .radius = propagate->radius,
                            .n_parts = self->n_parts };

  for (int p = 0; p < self->n_parts; p++)
    search.weight[p] = fy_params_part_weight (propagate, p);
  self->local = fy_search_new (self->device, &search, error);
  search.radius = 0;
  self->reference = self->local != NULL ? fy_search_new (self->device, &search, error) : NULL;
  return self->reference != NULL;
}

gboolean
fy_session_equip (FySession *self, GError **error)
{
  return load_models (self, error) && make_searches (self, error);
}

void
fy_session_strip (FySession *self)
{
  fy_session_forget_features (self);
  g_clear_pointer (&self->reference, fy_search_free);
  g_clear_pointer (&self->local, fy_search_free);
  for (int p = 0; p < self->n_parts; p++)
    g_clear_pointer (&self->encoder[p], fy_encoder_free);
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

/* Positions are frame * cells + cell in 32 bits. */
static gboolean
check_length (const FySession *self, GError **error)
{
  const FyClipInfo *info = fy_clip_info (self->clip);
  guint64 cells = (guint64) self->grid_width * (guint64) self->grid_height;

  if ((guint64) info->n_frames * cells < FY_SEARCH_NONE)
    return TRUE;
  g_set_error (error, FY_ERROR, FY_ERROR_UNSUPPORTED,
               _ ("%s: %d frames of %dx%d cells are more than can be told apart; use a smaller "
                  "short side, or cut the clip"),
               info->path, info->n_frames, self->grid_width, self->grid_height);
  return FALSE;
}

/* When the clip's files were last written: a fingerprint looks at samples of them only. */
static void
append_times (FySession *self, GString *key)
{
  const FyClipInfo *info = fy_clip_info (self->clip);

  for (int frame = 0; frame < info->n_frames; frame++)
    {
      const char *name = fy_clip_frame_name (self->clip, frame);
      g_autofree char *path = name != NULL ? g_build_filename (info->path, name, NULL) : NULL;
      struct stat about;

      if (stat (path != NULL ? path : info->path, &about) == 0)
        g_string_append_printf (key, " %" G_GINT64_FORMAT ".%ld %" G_GINT64_FORMAT,
                                (gint64) about.st_mtim.tv_sec, about.st_mtim.tv_nsec,
                                (gint64) about.st_size);
      if (name == NULL)
        return;
    }
}

/* What the features of a clip depend on, as the name of its folder in the cache. */
static char *
make_key (FySession *self, GError **error)
{
  const FyPropagateParams *propagate = &self->params.propagate;
  g_autofree char *clip = fy_clip_fingerprint (self->clip, error);
  g_autoptr (GString) key = NULL;

  if (clip == NULL)
    return NULL;
  key = g_string_new ("ferry " FERRY_VERSION);
  g_string_append_printf (key, " %s %dx%d %d %d %d", clip, self->width, self->height,
                          fy_session_format (self) == FY_FEATURES_F16,
                          propagate->strict_reference && propagate->shift, self->params.fast);
  if (self->params.fast) /* what that means depends on what computes */
    g_string_append_printf (key, " %s", fy_device_name (self->device));
  append_times (self, key);
  for (int p = 0; p < self->n_parts; p++)
    {
      g_autofree char *model = fy_file_digest (self->model[p], error);

      if (model == NULL)
        return NULL;
      g_string_append_printf (key, " %s", model);
    }
  return g_compute_checksum_for_string (G_CHECKSUM_SHA256, key->str, (gssize) key->len);
}

/* Searches for as many candidates as lists were kept with, so that one with less does not take the place
 * of one with more. */
static gboolean
keep_up (FySession *self, GError **error)
{
  FyCacheId id;
  int kept = fy_cache_largest_list (self->cache, &id) ? fy_list_kept (self->cache, &id) : 0;

  if (kept <= self->candidates)
    return TRUE;
  self->candidates = kept;
  fy_search_free (g_steal_pointer (&self->reference));
  fy_search_free (g_steal_pointer (&self->local));
  return make_searches (self, error);
}

static gboolean
open_cache (FySession *self, GError **error)
{
  g_autofree char *key = NULL;

  if (self->params.cache == NULL)
    return TRUE;
  key = make_key (self, error);
  if (key == NULL)
    return FALSE;
  self->cache = fy_cache_new (self->params.cache, key, self->params.cache_bytes);
  return keep_up (self, error);
}

static void
apply_defaults (FySession *self)
{
  FySessionParams *params = &self->params;

  if (params->cache_bytes == 0)
    params->cache_bytes = FY_DEFAULT_CACHE_BYTES;
  if (params->memory_bytes == 0)
    params->memory_bytes = FY_DEFAULT_MEMORY_BYTES;
  self->playhead = -1;
  self->candidates = CLAMP (params->candidates, params->propagate.topk, FY_SEARCH_MAX_K);
}

FySession *
fy_session_new (const char *input,
                const FySessionParams *params,
                GCancellable *cancellable,
                GError **error)
{
  g_autoptr (FySession) self = g_new0 (FySession, 1);
  g_autoptr (GError) failed = NULL;
  FyClipParams clip = { 0 };

  self->params = *params;
  self->notes = g_string_new (NULL);
  self->devices = g_ptr_array_new_with_free_func ((GDestroyNotify) fy_device_free);
  self->device_name = g_strdup (params->device);
  if (!fy_params_check (&params->propagate, error) || !choose_models (params, self->model, error))
    return NULL;
  apply_defaults (self);
  for (self->n_parts = 0; self->n_parts < FY_FEATURES_MAX_PARTS; self->n_parts++)
    if (self->model[self->n_parts] == NULL)
      break;
  clip.cache_bytes = MIN ((gsize) 128 << 20, self->params.memory_bytes / 8);
  self->clip = fy_clip_open (input, &clip, cancellable, error);
  if (self->clip == NULL)
    return NULL;
  self->device = fy_device_new (params->device, error);
  if (self->device == NULL)
    return NULL;
  g_ptr_array_add (self->devices, self->device);
  if (!fy_session_equip (self, &failed) && !fy_session_recover (self, &failed))
    {
      g_propagate_error (error, g_steal_pointer (&failed));
      return NULL;
    }
  choose_size (self);
  fy_session_choose_window (self);
  return check_length (self, error) && open_cache (self, error) ? g_steal_pointer (&self) : NULL;
}

void
fy_session_free (FySession *self)
{
  if (self == NULL)
    return;
  fy_session_strip (self);
  for (int p = 0; p < FY_FEATURES_MAX_PARTS; p++)
    g_free (self->model[p]);
  g_ptr_array_unref (self->devices);
  fy_cache_free (self->cache);
  fy_clip_free (self->clip);
  g_string_free (self->notes, TRUE);
  g_free (self->device_name);
  g_free (self);
}

/* --- A device that fails --- */

/* A lost device is opened once more; one that is lost again or has no memory for one frame is given up
 * for the CPU. */
gboolean
fy_session_recover (FySession *self, GError **error)
{
  gboolean lost = g_error_matches (*error, FY_ERROR, FY_ERROR_DEVICE_LOST);
  gboolean full = g_error_matches (*error, FY_ERROR, FY_ERROR_GPU_MEMORY);
  gboolean again = lost && self->devices->len == 1;
  g_autoptr (GError) failed = NULL;
  FyDevice *device;

  if ((!lost && !full) || strcmp (fy_device_kind (self->device), "cpu") == 0)
    return FALSE;
  fy_session_strip (self);
  device = again ? fy_device_new (self->device_name, NULL) : NULL;
  again = device != NULL;
  if (device == NULL)
    device = fy_device_new ("cpu", &failed);
  if (device == NULL)
    return FALSE;
  g_string_append_printf (self->notes,
                          again ? _ ("%s; opened again: %s\n") : _ ("%s; continued on %s\n"),
                          (*error)->message, fy_device_title (device));
  g_ptr_array_add (self->devices, device);
  self->device = device;
  g_clear_error (error);
  return fy_session_equip (self, error) || fy_session_recover (self, error);
}

/* --- Looking in --- */

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

gboolean
fy_session_set_params (FySession *self, const FyPropagateParams *params, GError **error)
{
  g_autoptr (GError) failed = NULL;
  gboolean strict, shift;

  if (!fy_params_check (params, error))
    return FALSE;
  if (!params->fused != !self->params.propagate.fused)
    {
      g_set_error (
          error, FY_ERROR, FY_ERROR_MISMATCH,
          _ ("preset %s does not compare as many networks as are loaded; open the clip anew"),
          params->name);
      return FALSE;
    }
  strict = self->params.propagate.strict_reference;
  shift = self->params.propagate.shift;
  self->params.propagate = *params;
  self->params.propagate.strict_reference = strict; /* features go by it */
  self->params.propagate.shift = shift;
  self->candidates = MAX (self->candidates, params->topk);
  g_clear_pointer (&self->reference, fy_search_free);
  g_clear_pointer (&self->local, fy_search_free);
  fy_session_choose_window (self);
  if (make_searches (self, &failed) || fy_session_recover (self, &failed))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&failed));
  return FALSE;
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

void
fy_session_set_playhead (FySession *self, int frame)
{
  self->playhead = frame;
}

guint64
fy_session_cache_size (FySession *self)
{
  return self->cache != NULL ? fy_cache_size (self->cache) : 0;
}

const char *
fy_session_notes (FySession *self)
{
  const char *trouble = self->cache != NULL ? fy_cache_trouble (self->cache) : NULL;

  if (trouble != NULL && strstr (self->notes->str, trouble) == NULL)
    g_string_append_printf (self->notes, "%s\n", trouble);
  return self->notes->str;
}
