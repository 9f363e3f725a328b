/* SPDX-License-Identifier: MIT */
#include "app/timeline/timeline-model.h"

#include <glib/gi18n.h>
#include <math.h>

#define SCAN_SLICE      2000 /* microseconds */
#define IMAGES_A_SECOND 24   /* of a folder of images */

struct _FerryTimelineModel
{
  GObject parent_instance;

  FerryDocument *document;
  FerryToolbox *toolbox;
  FyLabelSet *labels;
  FerryFrames *frames;
  FerryLaneIndex *index;
  FerryTimeAxis axis;
  guint scan;
};

G_DEFINE_FINAL_TYPE (FerryTimelineModel, ferry_timeline_model, G_TYPE_OBJECT)

enum
{
  OPENED,
  AXIS_CHANGED,
  LABELS_CHANGED,
  OBJECTS_CHANGED,
  THUMBNAIL_READY,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

/* --- Following labels and pictures --- */

static void
on_frame_changed (FerryTimelineModel *self, int frame)
{
  ferry_lane_index_update (self->index, frame);
  g_signal_emit (self, signals[LABELS_CHANGED], 0, frame);
}

static void
on_objects_changed (FerryTimelineModel *self)
{
  g_signal_emit (self, signals[OBJECTS_CHANGED], 0);
}

static void
on_thumbnail_ready (FerryTimelineModel *self, int frame)
{
  g_signal_emit (self, signals[THUMBNAIL_READY], 0, frame);
}

static gboolean
scan (gpointer data)
{
  FerryTimelineModel *self = data;
  gboolean more = ferry_lane_index_scan (self->index, SCAN_SLICE);

  if (!more)
    self->scan = 0;
  g_signal_emit (self, signals[LABELS_CHANGED], 0, -1);
  return more ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

static void
let_go (FerryTimelineModel *self)
{
  g_clear_handle_id (&self->scan, g_source_remove);
  g_clear_pointer (&self->index, ferry_lane_index_free);
  if (self->labels != NULL)
    g_signal_handlers_disconnect_by_data (self->labels, self);
  if (self->frames != NULL)
    g_signal_handlers_disconnect_by_data (self->frames, self);
  g_clear_object (&self->labels);
  g_clear_object (&self->frames);
}

static void
on_opened (FerryTimelineModel *self)
{
  FyLabelSet *labels = ferry_document_labels (self->document);

  let_go (self);
  if (labels != NULL)
    {
      self->labels = g_object_ref (labels);
      self->frames = g_object_ref (ferry_document_frames (self->document));
      self->index = ferry_lane_index_new (labels);
      self->scan = g_idle_add (scan, self);
      g_signal_connect_object (labels, "frame-changed", G_CALLBACK (on_frame_changed), self,
                               G_CONNECT_SWAPPED);
      g_signal_connect_object (labels, "objects-changed", G_CALLBACK (on_objects_changed), self,
                               G_CONNECT_SWAPPED);
      g_signal_connect_object (self->frames, "thumbnail-ready", G_CALLBACK (on_thumbnail_ready),
                               self, G_CONNECT_SWAPPED);
    }
  ferry_time_axis_set_length (&self->axis, labels != NULL ? fy_label_set_n_frames (labels) : 0);
  g_signal_emit (self, signals[OPENED], 0);
}

FerryTimelineModel *
ferry_timeline_model_new (FerryDocument *document, FerryToolbox *toolbox)
{
  FerryTimelineModel *self = g_object_new (FERRY_TYPE_TIMELINE_MODEL, NULL);

  self->document = g_object_ref (document);
  self->toolbox = g_object_ref (toolbox);
  g_signal_connect_object (document, "opened", G_CALLBACK (on_opened), self, G_CONNECT_SWAPPED);
  on_opened (self);
  return self;
}

FerryDocument *
ferry_timeline_model_document (FerryTimelineModel *self)
{
  return self->document;
}

FerryToolbox *
ferry_timeline_model_toolbox (FerryTimelineModel *self)
{
  return self->toolbox;
}

FyLabelSet *
ferry_timeline_model_labels (FerryTimelineModel *self)
{
  return self->labels;
}

FerryFrames *
ferry_timeline_model_frames (FerryTimelineModel *self)
{
  return self->frames;
}

const FerryLaneCell *
ferry_timeline_model_row (FerryTimelineModel *self, guint16 object)
{
  return self->index != NULL ? ferry_lane_index_row (self->index, object) : NULL;
}

/* --- Zoom and scroll --- */

const FerryTimeAxis *
ferry_timeline_model_axis (FerryTimelineModel *self)
{
  return &self->axis;
}

static void
tell_axis (FerryTimelineModel *self, const FerryTimeAxis *before)
{
  if (self->axis.scale != before->scale || self->axis.offset != before->offset ||
      self->axis.width != before->width)
    g_signal_emit (self, signals[AXIS_CHANGED], 0);
}

void
ferry_timeline_model_set_width (FerryTimelineModel *self, double width)
{
  FerryTimeAxis before = self->axis;

  ferry_time_axis_set_width (&self->axis, width);
  tell_axis (self, &before);
}

void
ferry_timeline_model_fit (FerryTimelineModel *self)
{
  FerryTimeAxis before = self->axis;

  ferry_time_axis_fit (&self->axis);
  tell_axis (self, &before);
}

void
ferry_timeline_model_zoom (FerryTimelineModel *self, double factor, double x)
{
  FerryTimeAxis before = self->axis;

  ferry_time_axis_zoom (&self->axis, factor, x);
  tell_axis (self, &before);
}

void
ferry_timeline_model_scroll_to (FerryTimelineModel *self, double offset)
{
  FerryTimeAxis before = self->axis;

  ferry_time_axis_scroll_to (&self->axis, offset);
  tell_axis (self, &before);
}

void
ferry_timeline_model_reveal (FerryTimelineModel *self, int frame)
{
  if (ferry_time_axis_reveal (&self->axis, frame))
    g_signal_emit (self, signals[AXIS_CHANGED], 0);
}

/* --- Time --- */

gint64
ferry_timeline_time (FerryFrames *frames, int frame)
{
  if (!(ferry_frames_info (frames)->frames_per_second > 0))
    return (gint64) frame * G_USEC_PER_SEC / IMAGES_A_SECOND;
  return ferry_frames_time (frames, frame);
}

char *
ferry_timeline_time_text (gint64 microseconds)
{
  int tenths = (int) (MAX (microseconds, 0) / (G_USEC_PER_SEC / 10));
  int minutes = tenths / 600;

  if (minutes == 0)
    /* Translators: seconds and tenths of a second. */
    return g_strdup_printf (_ ("%d.%d s"), tenths / 10, tenths % 10);
  if (minutes < 60)
    /* Translators: minutes, seconds and tenths of a second. */
    return g_strdup_printf (_ ("%d:%02d.%d"), minutes, tenths / 10 % 60, tenths % 10);
  /* Translators: hours, minutes, seconds and tenths of a second. */
  return g_strdup_printf (_ ("%d:%02d:%02d.%d"), minutes / 60, minutes % 60, tenths / 10 % 60,
                          tenths % 10);
}

/* Seconds of "2.5 s", "2.5s", "1:02.5" or "1:00:02"; -1 where it is none of these. */
static double
parse_seconds (const char *text)
{
  double seconds = 0;
  gboolean is_time = strchr (text, ':') != NULL;
  const char *at = text;

  for (int part = 0; part < 3; part++)
    {
      char *end;
      double value = g_ascii_strtod (at, &end);

      if (end == at || !(value >= 0) || value > 1e9)
        return -1;
      seconds = seconds * 60 + value;
      at = end;
      if (*at != ':')
        break;
      at++;
    }
  while (*at == ' ')
    at++;
  if (*at == 's')
    {
      is_time = TRUE;
      at++;
    }
  return is_time && *at == '\0' ? seconds : -1;
}

int
ferry_timeline_parse (FerryFrames *frames, const char *text)
{
  g_autofree char *plain = g_strstrip (g_strdelimit (g_strdup (text), ",", '.'));
  int n = ferry_frames_info (frames)->n_frames;
  double seconds = parse_seconds (plain);
  guint64 number = 0;
  int found = 0;

  if (g_ascii_string_to_unsigned (plain, 10, 1, (guint64) n, &number, NULL))
    return (int) number - 1;
  if (seconds < 0)
    return -1;
  /* Shown times are cut off to tenths: what is shown is understood. */
  while (found + 1 < n &&
         ferry_timeline_time (frames, found) / 100000 < (gint64) (seconds * 10 + 1e-6))
    found++;
  return ferry_timeline_time (frames, found) / 100000 >= (gint64) (seconds * 10 + 1e-6) ? found
                                                                                        : -1;
}

static const char *
provenance_text (FyProvenance provenance)
{
  static const char *const texts[FY_N_PROVENANCES] = {
    NC_ ("label", "no labels yet"), NC_ ("label", "carried"),  NC_ ("label", "by hand"),
    NC_ ("label", "corrected"),     NC_ ("label", "imported"), NC_ ("label", "absent"),
    NC_ ("label", "occluded"),
  };

  return g_dpgettext2 (NULL, "label", texts[provenance]);
}

char *
ferry_timeline_describe (FerryTimelineModel *self, guint16 object, int frame)
{
  g_autofree char *time = ferry_timeline_time_text (ferry_timeline_time (self->frames, frame));
  const FyObject *of = object != 0 ? fy_label_set_find (self->labels, object) : NULL;
  GString *text = g_string_new (NULL);
  FyFrameLabels *labels = fy_label_set_peek (self->labels, frame);
  FyProvenance origin = fy_frame_labels_origin (labels, object);
  FyState state = fy_frame_labels_state (labels, object);

  g_string_printf (text, _ ("Frame %d of %d, %s"), frame + 1, self->axis.n_frames, time);
  if (of == NULL)
    return g_string_free (text, FALSE);
  g_string_append_printf (text, "; %d %s: %s", of->id, of->name, provenance_text (origin));
  if (origin == FY_PROVENANCE_CARRIED && !isnan (state.trust))
    g_string_append_printf (text, _ (", trust %d %%"), (int) lrintf (state.trust * 100));
  if (state.reviewed)
    g_string_append (text, _ (", reviewed"));
  return g_string_free (text, FALSE);
}

/* --- Life --- */

static void
ferry_timeline_model_dispose (GObject *object)
{
  FerryTimelineModel *self = FERRY_TIMELINE_MODEL (object);

  let_go (self);
  g_clear_object (&self->document);
  g_clear_object (&self->toolbox);
  G_OBJECT_CLASS (ferry_timeline_model_parent_class)->dispose (object);
}

static guint
make_signal (GType type, const char *name, gboolean frame)
{
  return frame ? g_signal_new (name, type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                               G_TYPE_INT)
               : g_signal_new (name, type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
ferry_timeline_model_class_init (FerryTimelineModelClass *klass)
{
  GType type = G_TYPE_FROM_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ferry_timeline_model_dispose;
  signals[OPENED] = make_signal (type, "opened", FALSE);
  signals[AXIS_CHANGED] = make_signal (type, "axis-changed", FALSE);
  signals[LABELS_CHANGED] = make_signal (type, "labels-changed", TRUE);
  signals[OBJECTS_CHANGED] = make_signal (type, "objects-changed", FALSE);
  signals[THUMBNAIL_READY] = make_signal (type, "thumbnail-ready", TRUE);
}

static void
ferry_timeline_model_init (FerryTimelineModel *self)
{
}
