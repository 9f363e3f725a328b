/* SPDX-License-Identifier: MIT */
#include "app/timeline/tracks-input.h"

#include "app/timeline/lane-menu.h"
#include "app/timeline/lane-painter.h"
#include "app/timeline/ruler.h"
#include "app/timeline/timeline-style.h"

#include <math.h>

#define BIG_STEP     10
#define HANDLE_REACH 6    /* pixels around an end of the range */
#define ZOOM_STEP    1.25 /* a notch of the wheel, a key */
#define SCROLL_STEP  60   /* pixels a notch */

/* What a drag moves. */
typedef enum
{
  DRAG_NOTHING,
  DRAG_FRAME,
  DRAG_IN,
  DRAG_OUT,
} Drag;

typedef struct
{
  FerryTracks *tracks;
  FerryDocument *document;
  Drag drag;
  double notches; /* of a smooth wheel, not stepped yet */
  double x;       /* of the pointer: a wheel's events have no place */
  double y;
} Input;

static const FerryTimeAxis *
axis_of (Input *self)
{
  return ferry_timeline_model_axis (ferry_tracks_model (self->tracks));
}

static void
step (Input *self, int frames)
{
  ferry_document_set_frame (self->document, ferry_document_frame (self->document) + frames);
}

/* --- Click and drag --- */

static Drag
handle_at (Input *self, const FerryTracksPlace *place)
{
  int in = -1;
  int out = -1;

  if (place->part != FERRY_PART_RULER)
    return DRAG_NOTHING;
  g_object_get (self->document, "in", &in, "out", &out, NULL);
  if (out >= 0 && fabs (ferry_time_axis_x (axis_of (self), out + 1) - place->x) <= HANDLE_REACH)
    return DRAG_OUT;
  if (in >= 0 && fabs (ferry_time_axis_x (axis_of (self), in) - place->x) <= HANDLE_REACH)
    return DRAG_IN;
  return DRAG_NOTHING;
}

static void
drag_to (Input *self, double x)
{
  const FerryTimeAxis *axis = axis_of (self);
  int first;
  int last;

  ferry_document_range (self->document, &first, &last);
  if (self->drag == DRAG_FRAME)
    ferry_document_set_frame (self->document, ferry_time_axis_frame (axis, x));
  else if (self->drag == DRAG_IN)
    g_object_set (self->document, "in",
                  MIN (ferry_time_axis_frame (axis, x + axis->scale / 2), last), NULL);
  else if (self->drag == DRAG_OUT)
    g_object_set (self->document, "out",
                  MAX (ferry_time_axis_frame (axis, x - axis->scale / 2), first), NULL);
}

static void
on_drag_begin (GtkGestureDrag *gesture, double x, double y, Input *self)
{
  FerryTracksPlace place;

  gtk_widget_grab_focus (GTK_WIDGET (self->tracks));
  ferry_tracks_locate (self->tracks, x, y, &place);
  self->drag = handle_at (self, &place);
  if (place.part == FERRY_PART_NAMES && place.object != 0)
    ferry_document_set_object (self->document, place.object);
  else if (place.part > FERRY_PART_NAMES && self->drag == DRAG_NOTHING)
    {
      self->drag = DRAG_FRAME;
      drag_to (self, place.x);
    }
  ferry_tracks_set_hover (self->tracks, -1);
}

static void
on_drag_update (GtkGestureDrag *gesture, double dx, double dy, Input *self)
{
  FerryTracksPlace place;
  double x;
  double y;

  if (self->drag == DRAG_NOTHING || (fabs (dx) < 1 && fabs (dy) < 1))
    return;
  gtk_gesture_drag_get_start_point (gesture, &x, &y);
  ferry_tracks_locate (self->tracks, x + dx, y + dy, &place);
  drag_to (self, place.x);
}

static void
on_drag_end (GtkGestureDrag *gesture, double dx, double dy, Input *self)
{
  self->drag = DRAG_NOTHING;
}

/* A double click on a mark goes to it, and takes its object in hand. */
static void
on_pressed (GtkGestureClick *gesture, int n, double x, double y, Input *self)
{
  FerryTimelineModel *model = ferry_tracks_model (self->tracks);
  FerryTracksPlace place;
  int frame;

  if (n != 2)
    return;
  ferry_tracks_locate (self->tracks, x, y, &place);
  if (place.part != FERRY_PART_LANES || place.object == 0)
    return;
  frame =
      ferry_lane_mark_at (ferry_timeline_model_row (model, place.object), axis_of (self), place.x);
  ferry_document_set_object (self->document, place.object);
  ferry_document_set_frame (self->document, frame >= 0 ? frame : place.frame);
}

static void
on_menu_pressed (GtkGestureClick *gesture, int n, double x, double y, Input *self)
{
  FerryTracksPlace place;

  ferry_tracks_locate (self->tracks, x, y, &place);
  if (place.object == 0 || (place.part != FERRY_PART_LANES && place.part != FERRY_PART_NAMES))
    return;
  gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
  ferry_tracks_set_hover (self->tracks, -1);
  ferry_lane_menu_popup (
      GTK_WIDGET (self->tracks), self->document, place.object,
      place.part == FERRY_PART_NAMES ? ferry_document_frame (self->document) : place.frame, x, y);
}

/* --- Pointer --- */

static void
on_motion (GtkEventControllerMotion *controller, double x, double y, Input *self)
{
  FerryTracksPlace place;
  gboolean handle;

  self->x = x;
  self->y = y;
  ferry_tracks_locate (self->tracks, x, y, &place);
  handle = self->drag == DRAG_IN || self->drag == DRAG_OUT ||
           (self->drag == DRAG_NOTHING && handle_at (self, &place) != DRAG_NOTHING);
  gtk_widget_set_cursor_from_name (GTK_WIDGET (self->tracks), handle ? "ew-resize" : NULL);
  ferry_tracks_set_hover (self->tracks, place.part > FERRY_PART_NAMES &&
                                                self->drag == DRAG_NOTHING &&
                                                place.frame != ferry_document_frame (self->document)
                                            ? place.frame
                                            : -1);
}

static void
on_leave (GtkEventControllerMotion *controller, Input *self)
{
  ferry_tracks_set_hover (self->tracks, -1);
}

/* --- Wheel --- */

static gboolean
scroll_lanes (Input *self, double notches)
{
  GtkAdjustment *adjustment = ferry_lanes_adjustment (ferry_tracks_lanes (self->tracks));

  gtk_adjustment_set_value (adjustment,
                            gtk_adjustment_get_value (adjustment) + notches * FERRY_LANE_HEIGHT);
  return GDK_EVENT_STOP;
}

static gboolean
scroll_time (Input *self, double notches)
{
  ferry_timeline_model_scroll_to (ferry_tracks_model (self->tracks),
                                  axis_of (self)->offset + notches * SCROLL_STEP);
  return GDK_EVENT_STOP;
}

static gboolean
on_scroll (GtkEventControllerScroll *controller, double dx, double dy, Input *self)
{
  GtkEventController *base = GTK_EVENT_CONTROLLER (controller);
  GdkModifierType state = gtk_event_controller_get_current_event_state (base);
  FerryTracksPlace place;
  int whole;

  ferry_tracks_locate (self->tracks, self->x, self->y, &place);
  if (place.part == FERRY_PART_OTHER)
    return GDK_EVENT_PROPAGATE;
  if (place.part == FERRY_PART_NAMES)
    return scroll_lanes (self, dy);
  if ((state & GDK_CONTROL_MASK) != 0)
    {
      ferry_timeline_model_zoom (ferry_tracks_model (self->tracks), pow (ZOOM_STEP, -dy), place.x);
      return GDK_EVENT_STOP;
    }
  if ((state & GDK_SHIFT_MASK) != 0)
    return scroll_time (self, dx + dy);
  if (fabs (dx) > fabs (dy))
    return scroll_time (self, dx);
  self->notches += dy;
  whole = (int) self->notches;
  self->notches -= whole;
  if (whole != 0)
    step (self, whole);
  return GDK_EVENT_STOP;
}

/* --- Keys --- */

static void
popup_menu (Input *self)
{
  guint16 object = ferry_document_object (self->document);
  int frame = ferry_document_frame (self->document);
  double x;
  double y;

  if (object == 0)
    return;
  ferry_lanes_reveal (ferry_tracks_lanes (self->tracks), object);
  ferry_tracks_lane_point (self->tracks, object, frame, &x, &y);
  ferry_lane_menu_popup (GTK_WIDGET (self->tracks), self->document, object, frame, x, y);
}

static gboolean
go_by_key (Input *self, guint key, gboolean big)
{
  int page = MAX (ferry_ruler_step (axis_of (self)), BIG_STEP);

  switch (key)
    {
    case GDK_KEY_Left:
    case GDK_KEY_KP_Left:
      step (self, big ? -BIG_STEP : -1);
      return TRUE;
    case GDK_KEY_Right:
    case GDK_KEY_KP_Right:
      step (self, big ? BIG_STEP : 1);
      return TRUE;
    case GDK_KEY_Page_Up:
      step (self, -page);
      return TRUE;
    case GDK_KEY_Page_Down:
      step (self, page);
      return TRUE;
    case GDK_KEY_Home:
      ferry_document_set_frame (self->document, 0);
      return TRUE;
    case GDK_KEY_End:
      ferry_document_set_frame (self->document, ferry_document_n_frames (self->document) - 1);
      return TRUE;
    default:
      return FALSE;
    }
}

static gboolean
on_key (GtkEventControllerKey *controller,
        guint key,
        guint code,
        GdkModifierType state,
        Input *self)
{
  gboolean shift = (state & GDK_SHIFT_MASK) != 0;

  if (axis_of (self)->n_frames == 0 || (state & (GDK_CONTROL_MASK | GDK_ALT_MASK)) != 0)
    return GDK_EVENT_PROPAGATE;
  if (go_by_key (self, key, shift))
    return GDK_EVENT_STOP;
  switch (key)
    {
    case GDK_KEY_Up:
    case GDK_KEY_Down:
      ferry_lanes_step (ferry_tracks_lanes (self->tracks), key == GDK_KEY_Up ? -1 : 1);
      return GDK_EVENT_STOP;
    case GDK_KEY_plus:
    case GDK_KEY_equal:
    case GDK_KEY_KP_Add:
      ferry_tracks_zoom (self->tracks, ZOOM_STEP * ZOOM_STEP);
      return GDK_EVENT_STOP;
    case GDK_KEY_minus:
    case GDK_KEY_KP_Subtract:
      ferry_tracks_zoom (self->tracks, 1 / (ZOOM_STEP * ZOOM_STEP));
      return GDK_EVENT_STOP;
    case GDK_KEY_Menu:
      popup_menu (self);
      return GDK_EVENT_STOP;
    case GDK_KEY_F10:
      if (!shift)
        return GDK_EVENT_PROPAGATE;
      popup_menu (self);
      return GDK_EVENT_STOP;
    default:
      return GDK_EVENT_PROPAGATE;
    }
}

/* --- All of it --- */

static void
add (Input *self, GtkEventController *controller)
{
  gtk_widget_add_controller (GTK_WIDGET (self->tracks), controller);
}

static void
add_pointer (Input *self)
{
  GtkGesture *drag = gtk_gesture_drag_new ();
  GtkGesture *click = gtk_gesture_click_new ();
  GtkGesture *menu = gtk_gesture_click_new ();
  GtkEventController *motion = gtk_event_controller_motion_new ();

  g_signal_connect (drag, "drag-begin", G_CALLBACK (on_drag_begin), self);
  g_signal_connect (drag, "drag-update", G_CALLBACK (on_drag_update), self);
  g_signal_connect (drag, "drag-end", G_CALLBACK (on_drag_end), self);
  g_signal_connect (click, "pressed", G_CALLBACK (on_pressed), self);
  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (menu), GDK_BUTTON_SECONDARY);
  g_signal_connect (menu, "pressed", G_CALLBACK (on_menu_pressed), self);
  g_signal_connect (motion, "enter", G_CALLBACK (on_motion), self);
  g_signal_connect (motion, "motion", G_CALLBACK (on_motion), self);
  g_signal_connect (motion, "leave", G_CALLBACK (on_leave), self);
  add (self, GTK_EVENT_CONTROLLER (drag));
  add (self, GTK_EVENT_CONTROLLER (click));
  add (self, GTK_EVENT_CONTROLLER (menu));
  add (self, motion);
}

void
ferry_tracks_add_input (FerryTracks *tracks)
{
  Input *self = g_new0 (Input, 1);
  GtkEventController *scroll =
      gtk_event_controller_scroll_new (GTK_EVENT_CONTROLLER_SCROLL_BOTH_AXES);
  GtkEventController *key = gtk_event_controller_key_new ();

  self->tracks = tracks;
  self->document = ferry_timeline_model_document (ferry_tracks_model (tracks));
  g_object_set_data_full (G_OBJECT (tracks), "input", self, g_free);
  add_pointer (self);
  g_signal_connect (scroll, "scroll", G_CALLBACK (on_scroll), self);
  g_signal_connect (key, "key-pressed", G_CALLBACK (on_key), self);
  add (self, scroll);
  add (self, key);
}
