/* SPDX-License-Identifier: MIT */
#include "app/timeline/transport.h"

#include "app/preferences/shortcuts-window.h"
#include "app/timeline/readiness.h"
#include "app/tooltip.h"

#include <glib/gi18n.h>

#define STATUS_MS 250 /* between two texts, at least */

struct _FerryTransport
{
  GtkWidget parent_instance;

  FerryTimelineModel *model;
  GtkWidget *box;
  GtkWidget *play;
  GtkEntry *frame;
  GtkLabel *length;
  GtkInscription *time;
  GtkInscription *status;
  GtkWidget *pause;
  gboolean paused; /* as the button says; -1 = nothing yet */
  guint update;
};

G_DEFINE_FINAL_TYPE (FerryTransport, ferry_transport, GTK_TYPE_WIDGET)

static void
set_name (GtkWidget *widget, const char *name)
{
  gtk_accessible_update_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

/* Text that changes without anything being laid out anew. */
static void
set_text (GtkInscription *inscription, const char *text)
{
  if (g_strcmp0 (gtk_inscription_get_text (inscription), text) == 0)
    return;
  gtk_inscription_set_text (inscription, text);
  set_name (GTK_WIDGET (inscription), text);
}

/* --- What is shown --- */

static gboolean
is_edited (FerryTransport *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;

  return focus != NULL && gtk_widget_is_ancestor (focus, GTK_WIDGET (self->frame));
}

static void
show_number (FerryTransport *self)
{
  FerryDocument *document = ferry_timeline_model_document (self->model);
  g_autofree char *number = g_strdup_printf ("%d", ferry_document_frame (document) + 1);

  gtk_widget_remove_css_class (GTK_WIDGET (self->frame), "error");
  if (g_strcmp0 (gtk_editable_get_text (GTK_EDITABLE (self->frame)), number) != 0)
    gtk_editable_set_text (GTK_EDITABLE (self->frame), number);
}

static void
show_frame (FerryTransport *self)
{
  FerryFrames *frames = ferry_timeline_model_frames (self->model);
  FerryDocument *document = ferry_timeline_model_document (self->model);
  g_autofree char *time = NULL;

  if (frames == NULL || ferry_document_frame (document) >= ferry_document_n_frames (document))
    return;
  time = ferry_timeline_time_text (ferry_timeline_time (frames, ferry_document_frame (document)));
  set_text (self->time, time);
  if (!is_edited (self))
    show_number (self);
}

static void
show_playing (FerryTransport *self)
{
  gboolean playing = FALSE;

  g_object_get (ferry_timeline_model_document (self->model), "playing", &playing, NULL);
  gtk_button_set_icon_name (GTK_BUTTON (self->play), playing ? "media-playback-pause-symbolic"
                                                             : "media-playback-start-symbolic");
  ferry_shortcut_set_tip (self->play, playing ? _ ("Pause") : _ ("Play"), "win.play");
  set_name (self->play, playing ? _ ("Pause") : _ ("Play"));
}

static void
show_paused (FerryTransport *self, gboolean paused)
{
  if (self->paused == paused)
    return;
  self->paused = paused;
  gtk_button_set_icon_name (GTK_BUTTON (self->pause), paused ? "media-playback-start-symbolic"
                                                             : "media-playback-pause-symbolic");
  gtk_widget_set_tooltip_text (self->pause, paused ? _ ("Go on computing ahead of need")
                                                   : _ ("Pause computing ahead of need"));
  set_name (self->pause, paused ? _ ("Resume computing") : _ ("Pause computing"));
}

/* At each progress of the flow. */
static void
show_status (FerryTransport *self)
{
  FerryDocument *document = ferry_timeline_model_document (self->model);
  g_autofree char *text = ferry_readiness_text (document);
  FyLive *live = ferry_document_live (document);

  set_text (self->status, text);
  ferry_tooltip_set (GTK_WIDGET (self->status), text);
  gtk_widget_set_sensitive (self->pause, live != NULL);
  show_paused (self, live != NULL && fy_live_is_paused (live));
}

static void
show_length (FerryTransport *self)
{
  int n = ferry_document_n_frames (ferry_timeline_model_document (self->model));
  /* Translators: behind the number of the frame on show: of that many. */
  g_autofree char *text = g_strdup_printf (_ ("/ %d"), n);

  gtk_label_set_text (self->length, text);
}

static gboolean
update (gpointer data)
{
  FerryTransport *self = data;

  self->update = 0;
  show_status (self);
  return G_SOURCE_REMOVE;
}

static void
on_progress (FerryTransport *self)
{
  if (self->update == 0)
    self->update = g_timeout_add (STATUS_MS, update, self);
}

static void
on_opened (FerryTransport *self)
{
  show_length (self);
  show_frame (self);
  show_status (self);
}

/* --- Typing a frame --- */

static void
on_activate (FerryTransport *self)
{
  FerryFrames *frames = ferry_timeline_model_frames (self->model);
  int frame =
      frames != NULL
          ? ferry_timeline_parse (frames, gtk_editable_get_text (GTK_EDITABLE (self->frame)))
          : -1;

  if (frame < 0)
    {
      gtk_widget_add_css_class (GTK_WIDGET (self->frame), "error");
      return;
    }
  ferry_document_set_frame (ferry_timeline_model_document (self->model), frame);
  show_number (self);
  gtk_editable_select_region (GTK_EDITABLE (self->frame), 0, -1);
}

static void
on_changed (FerryTransport *self)
{
  gtk_widget_remove_css_class (GTK_WIDGET (self->frame), "error");
}

static gboolean
on_key (FerryTransport *self, guint key)
{
  if (key != GDK_KEY_Escape)
    return GDK_EVENT_PROPAGATE;
  show_number (self);
  gtk_widget_child_focus (GTK_WIDGET (gtk_widget_get_root (GTK_WIDGET (self))),
                          GTK_DIR_TAB_FORWARD);
  return GDK_EVENT_STOP;
}

/* --- Building --- */

static GtkWidget *
add_button (GtkWidget *box, const char *icon, const char *action, const char *name, const char *tip)
{
  GtkWidget *button = gtk_button_new_from_icon_name (icon);

  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), action);
  gtk_widget_set_tooltip_text (button, tip);
  gtk_widget_add_css_class (button, "flat");
  set_name (button, name);
  gtk_box_append (GTK_BOX (box), button);
  return button;
}

/* With the key of the window's verb that does the same. */
static GtkWidget *
add_verb (GtkWidget *box, const char *icon, const char *action, const char *name, const char *verb)
{
  GtkWidget *button = add_button (box, icon, action, name, name);

  ferry_shortcut_set_tip (button, name, verb);
  return button;
}

static void
add_playing (FerryTransport *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);

  gtk_widget_set_direction (box, GTK_TEXT_DIR_LTR); /* as time runs */
  add_verb (box, "media-skip-backward-symbolic", "timeline.first", _ ("First frame"),
            "win.first-frame");
  add_verb (box, "go-previous-symbolic", "timeline.previous", _ ("Previous frame"), "win.step(-1)");
  self->play =
      add_verb (box, "media-playback-start-symbolic", "timeline.play", _ ("Play"), "win.play");
  add_verb (box, "go-next-symbolic", "timeline.next", _ ("Next frame"), "win.step(1)");
  add_verb (box, "media-skip-forward-symbolic", "timeline.last", _ ("Last frame"),
            "win.last-frame");
  for (GtkWidget *child = gtk_widget_get_first_child (box); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    gtk_widget_set_direction (gtk_button_get_child (GTK_BUTTON (child)), GTK_TEXT_DIR_LTR);
  gtk_box_append (GTK_BOX (self->box), box);
}

static void
add_place (FerryTransport *self)
{
  GtkEventController *key = gtk_event_controller_key_new ();
  GtkEventController *focus = gtk_event_controller_focus_new ();

  self->frame = GTK_ENTRY (gtk_entry_new ());
  gtk_editable_set_width_chars (GTK_EDITABLE (self->frame), 7);
  gtk_editable_set_max_width_chars (GTK_EDITABLE (self->frame), 7);
  gtk_entry_set_alignment (self->frame, 1);
  gtk_widget_add_css_class (GTK_WIDGET (self->frame), "numeric");
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->frame),
                               _ ("Frame on show. Type a number (61) or a time (2.5 s, 1:02.5) and "
                                  "press Enter to go there"));
  set_name (GTK_WIDGET (self->frame), _ ("Frame"));
  g_signal_connect_swapped (self->frame, "activate", G_CALLBACK (on_activate), self);
  g_signal_connect_swapped (self->frame, "changed", G_CALLBACK (on_changed), self);
  g_signal_connect_swapped (key, "key-pressed", G_CALLBACK (on_key), self);
  g_signal_connect_swapped (focus, "leave", G_CALLBACK (show_number), self);
  gtk_widget_add_controller (GTK_WIDGET (self->frame), key);
  gtk_widget_add_controller (GTK_WIDGET (self->frame), focus);
  gtk_box_append (GTK_BOX (self->box), GTK_WIDGET (self->frame));

  self->length = GTK_LABEL (gtk_label_new (NULL));
  gtk_widget_add_css_class (GTK_WIDGET (self->length), "numeric");
  gtk_box_append (GTK_BOX (self->box), GTK_WIDGET (self->length));

  self->time = GTK_INSCRIPTION (gtk_inscription_new (NULL));
  gtk_inscription_set_min_chars (self->time, 7);
  gtk_inscription_set_nat_chars (self->time, 9);
  gtk_inscription_set_xalign (self->time, 0.5f);
  gtk_widget_add_css_class (GTK_WIDGET (self->time), "numeric");
  gtk_widget_add_css_class (GTK_WIDGET (self->time), "dim-label");
  gtk_widget_set_tooltip_text (
      GTK_WIDGET (self->time),
      _ ("Time of the frame on show; images of a folder are taken for 24 a "
         "second"));
  gtk_box_append (GTK_BOX (self->box), GTK_WIDGET (self->time));
}

static GtkWidget *
add_word (GtkWidget *box, const char *word, const char *action, const char *tip, const char *verb)
{
  GtkWidget *button = gtk_button_new_with_label (word);

  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), action);
  ferry_shortcut_set_tip (button, tip, verb);
  gtk_widget_add_css_class (button, "flat");
  gtk_box_append (GTK_BOX (box), button);
  return button;
}

static void
add_range (FerryTransport *self)
{
  GtkWidget *loop = gtk_toggle_button_new ();
  GtkWidget *clear;

  gtk_button_set_icon_name (GTK_BUTTON (loop), "media-playlist-repeat-symbolic");
  gtk_widget_add_css_class (loop, "flat");
  gtk_widget_set_tooltip_text (loop, _ ("Play again from the start at the end"));
  set_name (loop, _ ("Loop"));
  g_object_bind_property (ferry_timeline_model_document (self->model), "loop", loop, "active",
                          G_BINDING_BIDIRECTIONAL | G_BINDING_SYNC_CREATE);
  gtk_box_append (GTK_BOX (self->box), loop);
  add_word (self->box, C_ ("range", "In"), "timeline.set-in", _ ("The range begins at this frame"),
            "win.set-in");
  add_word (self->box, C_ ("range", "Out"), "timeline.set-out", _ ("The range ends at this frame"),
            "win.set-out");
  clear = add_button (self->box, "edit-clear-symbolic", "timeline.clear-range", _ ("Clear range"),
                      NULL);
  ferry_shortcut_set_tip (clear, _ ("No range: the whole clip"), "win.clear-range");
}

static void
add_status (FerryTransport *self)
{
  self->status = GTK_INSCRIPTION (gtk_inscription_new (NULL));
  gtk_inscription_set_min_chars (self->status, 12);
  gtk_inscription_set_nat_chars (self->status, 40);
  gtk_inscription_set_xalign (self->status, 1);
  gtk_inscription_set_text_overflow (self->status, GTK_INSCRIPTION_OVERFLOW_ELLIPSIZE_END);
  gtk_widget_add_css_class (GTK_WIDGET (self->status), "numeric");
  gtk_widget_set_hexpand (GTK_WIDGET (self->status), TRUE);
  gtk_box_append (GTK_BOX (self->box), GTK_WIDGET (self->status));
  self->pause = add_button (self->box, "media-playback-pause-symbolic", "timeline.pause-computing",
                            _ ("Pause computing"), NULL);
}

GtkWidget *
ferry_transport_new (FerryTimelineModel *model)
{
  FerryTransport *self = g_object_new (FERRY_TYPE_TRANSPORT, NULL);
  FerryDocument *document = ferry_timeline_model_document (model);

  self->model = g_object_ref (model);
  add_playing (self);
  add_place (self);
  add_range (self);
  add_status (self);
  g_signal_connect_object (document, "notify::frame", G_CALLBACK (show_frame), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (document, "notify::playing", G_CALLBACK (show_playing), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (document, "progress", G_CALLBACK (on_progress), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (model, "opened", G_CALLBACK (on_opened), self, G_CONNECT_SWAPPED);
  set_name (GTK_WIDGET (self), _ ("Playing and range"));
  on_opened (self);
  show_playing (self);
  return GTK_WIDGET (self);
}

static void
ferry_transport_dispose (GObject *object)
{
  FerryTransport *self = FERRY_TRANSPORT (object);

  g_clear_handle_id (&self->update, g_source_remove);
  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_object (&self->model);
  G_OBJECT_CLASS (ferry_transport_parent_class)->dispose (object);
}

static void
ferry_transport_class_init (FerryTransportClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ferry_transport_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (klass), GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
ferry_transport_init (FerryTransport *self)
{
  self->paused = -1;
  self->box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 4);
  gtk_widget_add_css_class (self->box, "ferry-transport");
  gtk_widget_set_parent (self->box, GTK_WIDGET (self));
}
