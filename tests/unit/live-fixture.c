/* SPDX-License-Identifier: MIT */
#include "live-fixture.h"

#include <math.h>

static void
on_opened (FyLive *live, const FyLiveInfo *info, gpointer user_data)
{
  LiveFixture *self = user_data;

  g_assert_cmpint (info->grid_width * info->grid_height, >, 0);
  self->opened = TRUE;
}

static void
on_failed (FyLive *live, const GError *error, gpointer user_data)
{
  LiveFixture *self = user_data;

  g_clear_error (&self->error);
  self->error = g_error_copy (error);
}

static void
replace (GPtrArray *array, int frame, GArray *value)
{
  GArray **at = (GArray **) &g_ptr_array_index (array, frame);

  g_clear_pointer (at, g_array_unref);
  *at = value;
}

static GArray *
new_array (gconstpointer data, gsize size, int n)
{
  GArray *array = g_array_new (FALSE, FALSE, (guint) size);

  g_array_append_vals (array, data, (guint) n);
  return array;
}

static void
on_carried (FyLive *live, const FyLiveFrame *frame, gpointer user_data)
{
  LiveFixture *self = user_data;
  FyRunMap **map = (FyRunMap **) &g_ptr_array_index (self->map, frame->frame);

  self->n_carried++;
  if (*map == NULL || !fy_run_map_equal (*map, frame->map))
    self->last_mask = g_get_monotonic_time ();
  g_clear_pointer (map, fy_run_map_unref);
  *map = fy_run_map_ref (frame->map);
  replace (self->ids, frame->frame, new_array (frame->ids, sizeof (guint16), frame->n));
  replace (self->trust, frame->frame, new_array (frame->trust, sizeof (float), frame->n));
  replace (self->point, frame->frame, new_array (frame->point, sizeof (FyPoint), frame->n_points));
  g_array_index (self->serial, guint, frame->frame) = frame->serial;
}

static void
on_progress (FyLive *live, gpointer user_data)
{
  LiveFixture *self = user_data;

  self->n_progress++;
  self->told_idle = fy_live_is_idle (live);
}

static char *
sample_path (const char *name)
{
  return g_build_filename (g_getenv ("FERRY_SOURCE"), "data", "sample", name, NULL);
}

FySessionParams
live_params (int short_side, const char *cache)
{
  return (FySessionParams){ .device = "cpu",
                            .propagate = *fy_preset_find ("fc-davis"),
                            .short_side = short_side,
                            .cache = cache };
}

static gboolean
is_open (LiveFixture *self)
{
  return self->opened || self->error != NULL;
}

static void
unref_map (gpointer map)
{
  if (map != NULL)
    fy_run_map_unref (map);
}

static void
unref_array (gpointer array)
{
  if (array != NULL)
    g_array_unref (array);
}

void
live_open (LiveFixture *self, const FySessionParams *params)
{
  g_autofree char *path = sample_path ("pond.mp4");

  live_open_clip (self, path, 60, params);
}

void
live_open_clip (LiveFixture *self, const char *path, int n_frames, const FySessionParams *params)
{
  live_try_clip (self, path, n_frames, params);
  g_assert_no_error (self->error);
}

void
live_try_clip (LiveFixture *self, const char *path, int n_frames, const FySessionParams *params)
{
  static const FyLiveFuncs funcs = { on_opened, on_failed, on_carried, on_progress };

  *self = (LiveFixture){ .params = *params, .n_frames = n_frames };
  self->map = g_ptr_array_new_with_free_func (unref_map);
  self->ids = g_ptr_array_new_with_free_func (unref_array);
  self->point = g_ptr_array_new_with_free_func (unref_array);
  self->trust = g_ptr_array_new_with_free_func (unref_array);
  self->serial = g_array_new (FALSE, TRUE, sizeof (guint));
  g_ptr_array_set_size (self->map, self->n_frames);
  g_ptr_array_set_size (self->ids, self->n_frames);
  g_ptr_array_set_size (self->point, self->n_frames);
  g_ptr_array_set_size (self->trust, self->n_frames);
  g_array_set_size (self->serial, (guint) self->n_frames);
  self->live = fy_live_new (path, params, &funcs, self);
  live_wait (self, is_open);
}

void
live_clear (LiveFixture *self)
{
  fy_live_free (self->live);
  g_clear_error (&self->error);
  g_ptr_array_unref (self->map);
  g_ptr_array_unref (self->ids);
  g_ptr_array_unref (self->point);
  g_ptr_array_unref (self->trust);
  g_array_unref (self->serial);
}

/* So that a wait with nothing coming ends too. */
static gboolean
wake (gpointer nothing)
{
  return G_SOURCE_CONTINUE;
}

void
live_wait (LiveFixture *self, gboolean (*done) (LiveFixture *self))
{
  gint64 end = g_get_monotonic_time () + LIVE_PATIENCE;
  guint timer = g_timeout_add (1, wake, NULL);

  while (!done (self))
    {
      g_assert_cmpint (g_get_monotonic_time (), <, end);
      g_main_context_iteration (NULL, TRUE);
    }
  g_source_remove (timer);
}

static gboolean
is_settled (LiveFixture *self)
{
  return self->error != NULL || fy_live_is_idle (self->live);
}

void
live_settle (LiveFixture *self)
{
  live_wait (self, is_settled);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_no_error (self->error);
}

FyRunMap *
live_truth (int frame)
{
  g_autofree char *name = g_strdup_printf ("truth/%05d.png", frame);
  g_autofree char *path = sample_path (name);
  g_autoptr (GError) error = NULL;
  FyIndexedPngInfo info;
  g_autoptr (FyIdMap) map = fy_indexed_png_read (path, &info, &error);

  g_assert_no_error (error);
  return fy_run_map_new (map);
}

FyFrameLabels *
live_labels (FyRunMap *map, const guint16 *ids)
{
  FyState state[8];
  int n = 0;

  for (; ids[n] != 0; n++)
    state[n] = (FyState){ ids[n], FY_PROVENANCE_HAND, FALSE, NAN };
  return fy_frame_labels_new (map, state, n, NULL, 0);
}

const guint16 live_all_ids[] = { 1, 2, 3, 0 };

void
live_make_by_hand (LiveFixture *self, int frame)
{
  g_autoptr (FyRunMap) truth = live_truth (frame);
  g_autoptr (FyFrameLabels) labels = live_labels (truth, live_all_ids);

  fy_live_set_labels (self->live, frame, labels, (guint) frame + 1);
}

void
live_set_masks (LiveFixture *self, int n)
{
  g_autoptr (GPtrArray) objects = g_ptr_array_new_with_free_func ((GDestroyNotify) fy_object_unref);

  for (int id = 1; id <= n; id++)
    g_ptr_array_add (objects, fy_object_new ((guint16) id, NULL, FY_OBJECT_MASK));
  fy_live_set_objects (self->live, (FyObject *const *) objects->pdata, n);
}
