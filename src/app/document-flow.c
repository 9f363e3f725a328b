/* SPDX-License-Identifier: MIT */
#include "app/document-internal.h"
#include "label/edit.h"
#include "session/model.h"

#include <glib/gi18n.h>

#define SPARE_CANDIDATES 6

/* Only of an open session is it known how many frames there are. */
static void
tell_ways (FerryDocument *self)
{
  if (!self->live_open)
    return;
  fy_live_set_ways (self->live, self->way);
  ferry_document_sweep_anew (self);
}

/* --- What the flow tells --- */

/* What became of the device, the cache and frames that cannot be read. */
static void
tell_notes (FerryDocument *self)
{
  g_autofree char *notes = g_strchomp (fy_live_notes (self->live));

  if (self->flow_failed || g_strcmp0 (notes, self->live_told) == 0)
    return;
  g_free (self->live_told);
  self->live_told = g_strdup (notes);
  ferry_document_notice (
      self,
      &(FerryNotice){ .lasting = TRUE, .key = "device", .text = *notes != '\0' ? notes : NULL });
}

/* The clip's file is not what it was when the window opened it. */
static void
tell_changed (FerryDocument *self)
{
  g_autofree char *action = ferry_document_open_action ("win.open-path", self->project_path);
  g_autofree char *text = g_strdup_printf (
      _ ("%s has changed while it was open: labels are no longer carried. What is there stays."),
      self->media_path);

  ferry_document_stop_flow (self);
  self->changed = TRUE;
  ferry_document_notice (self, &(FerryNotice){ .lasting = TRUE,
                                               .key = "device",
                                               .text = text,
                                               .button = _ ("Open Again"),
                                               .action = action });
  g_signal_emit_by_name (self, "progress");
}

static void
on_opened (FyLive *live, const FyLiveInfo *info, gpointer data)
{
  FerryDocument *self = data;
  const FyClipInfo *clip = ferry_document_clip_info (self);

  if (info->n_frames != clip->n_frames || info->width != clip->width ||
      info->height != clip->height)
    {
      tell_changed (self);
      return;
    }
  self->live_info = *info;
  self->live_info.device = self->live_text[0] = g_strdup (info->device);
  self->live_info.notes = self->live_text[1] = g_strdup (info->notes);
  self->live_open = TRUE;
  tell_ways (self);
  tell_notes (self);
  g_signal_emit_by_name (self, "progress");
}

static void
on_failed (FyLive *live, const GError *error, gpointer data)
{
  FerryDocument *self = data;
  g_autofree char *text = g_strdup_printf (
      _ ("Labels are no longer carried: %s. What is there stays; painting goes on."),
      error->message);

  self->flow_failed = TRUE;
  ferry_document_notice (self, &(FerryNotice){ .lasting = TRUE,
                                               .key = "device",
                                               .text = text,
                                               .button = _ ("Try Again"),
                                               .action = "win.restart-flow" });
  g_signal_emit_by_name (self, "progress");
}

/* Of what was carried, that which may be taken: without live edits only what is missing. */
static int
choose (FerryDocument *self, const FyLiveFrame *carried, guint16 *ids, float *trust)
{
  FyFrameLabels *labels = fy_label_set_peek (self->labels, carried->frame);
  int n = 0;

  for (int i = 0; i < carried->n; i++)
    {
      FyProvenance provenance = fy_frame_labels_provenance (labels, carried->ids[i]);

      if (!self->live_edits && provenance != FY_PROVENANCE_NONE)
        continue;
      ids[n] = carried->ids[i];
      trust[n++] = carried->trust[i];
    }
  return n;
}

/* Objects that were carried into the frame once, and are no more. */
static void
forget_gone (FerryDocument *self, const FyLiveFrame *carried)
{
  FyFrameLabels *labels = fy_label_set_peek (self->labels, carried->frame);
  g_autofree guint16 *gone = NULL;
  int n = 0;

  if (labels == NULL)
    return;
  gone = g_new (guint16, (gsize) labels->n_states + 1);
  for (int i = 0; i < labels->n_states; i++)
    {
      gboolean still = labels->state[i].provenance != FY_PROVENANCE_CARRIED;

      for (int j = 0; j < carried->n && !still; j++)
        still = carried->ids[j] == labels->state[i].object;
      if (!still)
        gone[n++] = labels->state[i].object;
    }
  fy_label_set_forget_carried (self->labels, carried->frame, gone, n);
}

static void
on_carried (FyLive *live, const FyLiveFrame *carried, gpointer data)
{
  FerryDocument *self = data;
  g_autofree guint16 *ids = g_new (guint16, (gsize) carried->n + 1);
  g_autofree float *trust = g_new (float, (gsize) carried->n + 1);
  int n;

  /* Made from labels by hand that have changed since: what is right follows. */
  if (carried->serial != self->serial[carried->frame] || carried->frame == self->previewed)
    return;
  n = choose (self, carried, ids, trust);
  self->taking = TRUE;
  if (self->live_edits)
    forget_gone (self, carried);
  if (n > 0)
    fy_label_set_carry (self->labels, carried->frame, ids, trust, n, carried->map, carried->point,
                        carried->n_points);
  self->taking = FALSE;
}

static void
on_progress (FyLive *live, gpointer data)
{
  FerryDocument *self = data;

  if (self->live_open)
    tell_notes (self);
  ferry_document_sweep (data);
  g_signal_emit_by_name (data, "progress");
}

/* --- What it is told --- */

void
ferry_document_flow_objects (FerryDocument *self)
{
  int n;
  FyObject *const *objects = fy_label_set_objects (self->labels, &n);

  if (self->live != NULL)
    fy_live_set_objects (self->live, objects, n);
}

void
ferry_document_flow_labels (FerryDocument *self, int frame)
{
  if (self->taking)
    return;
  self->serial[frame]++;
  if (self->live != NULL)
    fy_live_set_labels (self->live, frame, fy_label_set_peek (self->labels, frame),
                        self->serial[frame]);
  ferry_document_sweep_anew (self);
}

void
ferry_document_preview (FerryDocument *self, int frame, FyRunMap *map)
{
  FyFrameLabels *labels = fy_label_set_peek (self->labels, frame);
  g_autoptr (FyFrameLabels) painted = map != NULL ? fy_edit_paint (labels, map) : NULL;

  self->previewed = map != NULL ? frame : -1;
  self->serial[frame]++;
  if (self->live != NULL)
    fy_live_set_labels (self->live, frame, painted != NULL ? painted : labels, self->serial[frame]);
}

/* --- Ways --- */

typedef struct
{
  int first;
  int n;
  guint8 *way[2]; /* [n] before, after */
} WayChange;

static void
way_change_apply (gpointer data, gboolean undo, gpointer owner)
{
  WayChange *change = data;
  FerryDocument *self = g_object_get_data (owner, "document");

  memcpy (self->way + change->first, change->way[undo ? 0 : 1], (gsize) change->n);
  ferry_document_save_ways (self);
  tell_ways (self);
}

static gsize
way_change_bytes (gpointer data)
{
  return sizeof (WayChange) + 2 * (gsize) ((WayChange *) data)->n;
}

static void
way_change_free (gpointer data)
{
  WayChange *change = data;

  g_free (change->way[0]);
  g_free (change->way[1]);
  g_free (change);
}

void
ferry_document_set_way (FerryDocument *self, int first, int last, FyWay way)
{
  static const FyChangeClass class = { way_change_apply, way_change_bytes, way_change_free };
  WayChange *change = g_new (WayChange, 1);
  int n = last - first + 1;

  g_return_if_fail (self->labels != NULL && first >= 0 && n > 0 &&
                    last < fy_label_set_n_frames (self->labels));
  change->first = first;
  change->n = n;
  change->way[0] = g_memdup2 (self->way + first, (gsize) n);
  memset (self->way + first, (int) way, (gsize) n);
  change->way[1] = g_memdup2 (self->way + first, (gsize) n);
  if (memcmp (change->way[0], change->way[1], (gsize) n) == 0)
    {
      way_change_free (change);
      return;
    }
  fy_history_take (fy_label_set_history (self->labels), &class, change);
  g_signal_emit_by_name (self->labels, "history-changed");
  ferry_document_save_ways (self);
  tell_ways (self);
}

FyWay
ferry_document_way (FerryDocument *self, int frame)
{
  return self->labels != NULL ? (FyWay) self->way[frame] : FY_WAY_AUTO;
}

/* --- Parameters --- */

const FyPropagateParams *
ferry_document_params (FerryDocument *self)
{
  return &self->params;
}

/* --- Start and stop --- */

/* Two networks are compared where the preset says so and there are two. */
static FyPropagateParams
flow_params (FerryDocument *self)
{
  g_autofree char *semantic = g_settings_get_string (self->settings, "semantic");
  FyPropagateParams params = self->params;

  params.fused = params.fused && *semantic != '\0';
  return params;
}

const char *
ferry_document_network (FerryDocument *self, int part)
{
  return self->live != NULL ? self->network[part] : NULL;
}

void
ferry_document_set_params (FerryDocument *self, const FyPropagateParams *params)
{
  FyPropagateParams flow;

  self->params = *params;
  if (self->labels == NULL)
    return;
  ferry_document_save_params (self);
  flow = *params;
  flow.fused = self->flow_fused;
  if (self->live != NULL)
    fy_live_set_params (self->live, &flow);
  ferry_document_sweep_anew (self);
}

static void
choose_networks (FerryDocument *self, FySessionParams *params, char **fine, char **semantic)
{
  *fine = g_settings_get_string (self->settings, "fine");
  *semantic = g_settings_get_string (self->settings, "semantic");
  if (**fine == '\0')
    {
      g_free (*fine);
      *fine = fy_shipped_model_path ();
    }
  params->fine = *fine;
  params->semantic = params->propagate.fused ? *semantic : NULL;
  g_free (self->network[0]);
  g_free (self->network[1]);
  self->network[0] = g_strdup (params->fine);
  self->network[1] = g_strdup (params->semantic);
  if (self->params.fused && !params->propagate.fused)
    ferry_document_notice (
        self, &(FerryNotice){ .lasting = TRUE,
                              .key = "networks",
                              .text = _ ("The preset compares two networks, and only one is "
                                         "chosen: labels are carried by that one alone."),
                              .button = _ ("Preferences"),
                              .action = "app.preferences" });
  else
    ferry_document_notice (self, &(FerryNotice){ .key = "networks" });
}

static FyLive *
new_live (FerryDocument *self)
{
  static const FyLiveFuncs funcs = { on_opened, on_failed, on_carried, on_progress };
  g_autofree char *device = g_settings_get_string (self->settings, "device");
  g_autofree char *folder = g_settings_get_string (self->settings, "cache-folder");
  g_autofree char *fine = NULL;
  g_autofree char *semantic = NULL;
  int short_side = g_settings_get_int (self->settings, "short-side");
  int cache = g_settings_get_int (self->settings, "cache-mib");
  FySessionParams params = {
    .device = *device != '\0' ? device : NULL,
    .propagate = flow_params (self),
    /* So that k, and the weight of two networks, can change without another search. */
    .candidates = MIN (self->params.topk + SPARE_CANDIDATES, FY_SEARCH_MAX_K),
    .short_side = short_side > 0 ? short_side : -1,
    .fast = g_settings_get_boolean (self->settings, "fast"),
    .memory_bytes = (gsize) g_settings_get_int (self->settings, "memory-mib") << 20,
    .cache_bytes = (guint64) cache << 20,
  };

  if (*folder == '\0')
    {
      g_free (folder);
      folder = g_build_filename (g_get_user_cache_dir (), "ferry", NULL);
    }
  params.cache = cache > 0 ? folder : NULL;
  choose_networks (self, &params, &fine, &semantic);
  self->flow_fused = params.propagate.fused;
  return fy_live_new (self->media_path, &params, &funcs, self);
}

void
ferry_document_start_flow (FerryDocument *self, const char *ways)
{
  int n = fy_label_set_n_frames (self->labels);

  if (self->serial == NULL)
    {
      self->serial = g_new0 (guint, (gsize) n);
      self->way = g_new0 (guint8, (gsize) n);
      self->swept = g_new0 (guint8, (gsize) n);
      self->tried = g_new0 (guint8, (gsize) n);
      for (int i = 0; ways != NULL && i < n && ways[i] >= '0' && ways[i] <= '3'; i++)
        self->way[i] = (guint8) (ways[i] - '0');
      self->previewed = -1;
      g_object_set_data (G_OBJECT (self->labels), "document", self);
    }
  self->live = new_live (self);
  ferry_document_flow_objects (self);
  for (int i = 0; i < n; i++)
    if (fy_frame_labels_has_hand (fy_label_set_peek (self->labels, i)))
      ferry_document_flow_labels (self, i);
  fy_live_set_playhead (self->live, self->frame);
}

void
ferry_document_stop_flow (FerryDocument *self)
{
  g_clear_pointer (&self->live, fy_live_free);
  self->live_open = self->flow_failed = FALSE;
  g_clear_pointer (&self->live_told, g_free);
  for (int i = 0; i < 2; i++)
    {
      g_clear_pointer (&self->live_text[i], g_free);
      g_clear_pointer (&self->network[i], g_free);
    }
}
