/* SPDX-License-Identifier: MIT */
#include "app/timeline/timeline.h"

#include "app/timeline/player.h"
#include "app/timeline/timeline-model.h"
#include "app/timeline/tracks.h"
#include "app/timeline/transport.h"

#define ZOOM_STEP 1.6 /* a press of a button */

struct _FerryTimeline
{
  GtkWidget parent_instance;

  FerryDocument *document;
  FerryTimelineModel *model;
  FerryPlayer *player;
  GtkWidget *transport;
  GtkWidget *tracks;
};

G_DEFINE_FINAL_TYPE (FerryTimeline, ferry_timeline, GTK_TYPE_WIDGET)

/* --- Actions --- */

static void
go (GtkWidget *widget, const char *name, GVariant *parameter)
{
  FerryDocument *document = FERRY_TIMELINE (widget)->document;
  int frame = ferry_document_frame (document);

  if (g_str_equal (name, "timeline.first"))
    frame = 0;
  else if (g_str_equal (name, "timeline.last"))
    frame = ferry_document_n_frames (document) - 1;
  else
    frame += g_str_equal (name, "timeline.next") ? 1 : -1;
  if (ferry_document_n_frames (document) > 0)
    ferry_document_set_frame (document, frame);
}

static void
play (GtkWidget *widget, const char *name, GVariant *parameter)
{
  FerryDocument *document = FERRY_TIMELINE (widget)->document;
  gboolean playing = FALSE;

  g_object_get (document, "playing", &playing, NULL);
  g_object_set (document, "playing", !playing, NULL);
}

/* An end that would lie on the wrong side of the other takes that away. */
static void
set_end (GtkWidget *widget, const char *name, GVariant *parameter)
{
  FerryDocument *document = FERRY_TIMELINE (widget)->document;
  gboolean begins = g_str_equal (name, "timeline.set-in");
  int frame = ferry_document_frame (document);
  int other = -1;

  g_object_get (document, begins ? "out" : "in", &other, NULL);
  if (other >= 0 && (begins ? other < frame : other > frame))
    g_object_set (document, begins ? "out" : "in", -1, NULL);
  g_object_set (document, begins ? "in" : "out", frame, NULL);
}

static void
clear_range (GtkWidget *widget, const char *name, GVariant *parameter)
{
  g_object_set (FERRY_TIMELINE (widget)->document, "in", -1, "out", -1, NULL);
}

static void
zoom (GtkWidget *widget, const char *name, GVariant *parameter)
{
  FerryTimeline *self = FERRY_TIMELINE (widget);

  if (g_str_equal (name, "timeline.fit"))
    ferry_timeline_model_fit (self->model);
  else
    ferry_tracks_zoom (FERRY_TRACKS (self->tracks),
                       g_str_equal (name, "timeline.zoom-in") ? ZOOM_STEP : 1 / ZOOM_STEP);
}

static void
pause_computing (GtkWidget *widget, const char *name, GVariant *parameter)
{
  FerryDocument *document = FERRY_TIMELINE (widget)->document;
  FyLive *live = ferry_document_live (document);

  if (live == NULL)
    return;
  if (fy_live_is_paused (live))
    fy_live_resume (live);
  else
    fy_live_pause (live);
  g_signal_emit_by_name (document, "progress");
}

static void
update_actions (FerryTimeline *self)
{
  gboolean open = ferry_document_n_frames (self->document) > 0;
  int in = -1;
  int out = -1;

  g_object_get (self->document, "in", &in, "out", &out, NULL);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "timeline.clear-range",
                                 open && (in >= 0 || out >= 0));
}

/* --- Life --- */

void
ferry_timeline_set_document (FerryTimeline *self, FerryDocument *document, FerryToolbox *toolbox)
{
  static const char *const notes[] = { "notify::in", "notify::out", "opened" };

  g_return_if_fail (self->document == NULL);
  self->document = g_object_ref (document);
  self->model = ferry_timeline_model_new (document, toolbox);
  self->player = ferry_player_new (document);
  self->transport = ferry_transport_new (self->model);
  self->tracks = ferry_tracks_new (self->model);
  gtk_widget_set_vexpand (self->tracks, TRUE);
  gtk_widget_set_parent (self->transport, GTK_WIDGET (self));
  gtk_widget_set_parent (self->tracks, GTK_WIDGET (self));
  for (gsize i = 0; i < G_N_ELEMENTS (notes); i++)
    g_signal_connect_object (document, notes[i], G_CALLBACK (update_actions), self,
                             G_CONNECT_SWAPPED);
  update_actions (self);
}

static void
ferry_timeline_dispose (GObject *object)
{
  FerryTimeline *self = FERRY_TIMELINE (object);

  g_clear_pointer (&self->player, ferry_player_free);
  g_clear_pointer (&self->transport, gtk_widget_unparent);
  g_clear_pointer (&self->tracks, gtk_widget_unparent);
  g_clear_object (&self->model);
  g_clear_object (&self->document);
  G_OBJECT_CLASS (ferry_timeline_parent_class)->dispose (object);
}

static void
ferry_timeline_class_init (FerryTimelineClass *klass)
{
  static const struct
  {
    const char *name;
    GtkWidgetActionActivateFunc activate;
  } actions[] = {
    { "timeline.first", go },        { "timeline.previous", go },
    { "timeline.next", go },         { "timeline.last", go },
    { "timeline.play", play },       { "timeline.set-in", set_end },
    { "timeline.set-out", set_end }, { "timeline.clear-range", clear_range },
    { "timeline.zoom-in", zoom },    { "timeline.zoom-out", zoom },
    { "timeline.fit", zoom },        { "timeline.pause-computing", pause_computing },
  };
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ferry_timeline_dispose;
  for (gsize i = 0; i < G_N_ELEMENTS (actions); i++)
    gtk_widget_class_install_action (widget_class, actions[i].name, NULL, actions[i].activate);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "timeline");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
ferry_timeline_init (FerryTimeline *self)
{
  gtk_orientable_set_orientation (
      GTK_ORIENTABLE (gtk_widget_get_layout_manager (GTK_WIDGET (self))), GTK_ORIENTATION_VERTICAL);
}
