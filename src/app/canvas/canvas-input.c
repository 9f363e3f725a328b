/* SPDX-License-Identifier: MIT */
#include "app/canvas/canvas-internal.h"
#include "app/probe.h"

#include <math.h>

#define WHEEL_ZOOM    1.25
#define SIZE_SPEED    0.5 /* pixels of radius for a pixel of Alt-drag, on the screen */
#define RING_SECONDS  1   /* that the ring is shown when its size changes elsewhere  */
#define PEN_STEP      10  /* widget units that an arrow key moves the keyboard's pen */
#define CLICK_SLACK   4   /* widget units within which a press counts as the same place */
#define DOUBLE_MS     400
#define SMALLEST_RING 3.0

typedef enum
{
  DOES_NOTHING,
  DOES_TOOL,
  DOES_PAN,
  DOES_SIZE,
} Doing;

struct FerryCanvasInput
{
  FerryCanvas *canvas;
  GtkEventController *keys; /* on the root, so that Space and Esc come here first */
  GtkWidget *root;          /* borrowed */
  Doing doing;
  gboolean over; /* a pointer is over the canvas at x, y, widget units */
  double x;
  double y;
  double mouse_x; /* as the mouse was last heard of */
  double mouse_y;
  double last_x; /* of a pan */
  double last_y;
  double start_x; /* where the button went down */
  double start_y;
  double start_radius;
  double pinch_scale;
  FerryPointer pointer;
  gboolean space; /* is held down; and has panned meanwhile */
  gboolean space_used;
  guint32 press_time;
  guint press_button;
  double press_x;
  double press_y;
  int presses;
  gboolean pen; /* the keyboard moves the pointer */
  guint ring;   /* source: the ring is shown without a pointer */
};

/* --- Telling the tool --- */

static void
point_at (FerryCanvasInput *self, double x, double y, double pressure)
{
  ferry_canvas_to_picture (self->canvas, x, y, &self->pointer.x, &self->pointer.y);
  self->pointer.pressure = pressure;
}

static void
set_pointer (FerryCanvasInput *self, double x, double y)
{
  self->over = TRUE;
  self->pen = FALSE;
  self->x = x;
  self->y = y;
  gtk_widget_queue_draw (GTK_WIDGET (self->canvas));
}

static void
press (FerryCanvasInput *self)
{
  FerryHand *hand = ferry_canvas_hand (self->canvas);

  if (hand == NULL || hand->press == NULL)
    return;
  self->doing = DOES_TOOL;
  hand->down = hand->press (hand, &self->pointer);
}

static void
move (FerryCanvasInput *self)
{
  FerryHand *hand = ferry_canvas_hand (self->canvas);

  if (hand != NULL && hand->move != NULL)
    hand->move (hand, &self->pointer);
}

void
ferry_canvas_input_lift (FerryCanvasInput *self)
{
  if (self->doing == DOES_TOOL)
    self->doing = DOES_NOTHING;
  for (int i = 0; i < FERRY_N_TOOLS; i++)
    {
      FerryHand *hand = self->canvas->hand[i];

      if (hand == NULL || !hand->down)
        continue;
      hand->down = FALSE;
      if (hand->release != NULL)
        hand->release (hand);
    }
}

gboolean
ferry_canvas_input_pointer (FerryCanvasInput *self, double *x, double *y)
{
  if (!self->over)
    return FALSE;
  *x = self->x;
  *y = self->y;
  return TRUE;
}

/* --- Buttons --- */

static gboolean
is_brush (FerryTool tool)
{
  return tool == FERRY_TOOL_BRUSH || tool == FERRY_TOOL_ERASER;
}

static void
count_presses (FerryCanvasInput *self, guint button, double x, double y, guint32 time)
{
  gboolean again = button == self->press_button && time - self->press_time < DOUBLE_MS &&
                   hypot (x - self->press_x, y - self->press_y) <= CLICK_SLACK;

  self->presses = again ? self->presses + 1 : 1;
  self->press_button = button;
  self->press_time = time;
  self->press_x = x;
  self->press_y = y;
}

static void
on_drag_begin (GtkGestureDrag *drag, double x, double y, FerryCanvasInput *self)
{
  GtkGesture *gesture = GTK_GESTURE (drag);
  GdkEvent *event =
      gtk_gesture_get_last_event (gesture, gtk_gesture_get_last_updated_sequence (gesture));
  guint button = gtk_gesture_single_get_current_button (GTK_GESTURE_SINGLE (drag));
  FerryTool tool = ferry_toolbox_tool (self->canvas->toolbox);
  GdkModifierType state =
      gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (drag));

  if ((event != NULL && gdk_event_get_device_tool (event) != NULL) ||
      ferry_document_n_frames (self->canvas->document) == 0)
    { /* a pen: the stylus gesture has it */
      gtk_gesture_set_state (gesture, GTK_EVENT_SEQUENCE_DENIED);
      return;
    }
  gtk_widget_grab_focus (GTK_WIDGET (self->canvas));
  set_pointer (self, x, y);
  count_presses (self, button, x, y, event != NULL ? gdk_event_get_time (event) : 0);
  self->last_x = self->start_x = x;
  self->last_y = self->start_y = y;
  if (button == GDK_BUTTON_MIDDLE || self->space || tool == FERRY_TOOL_PAN)
    {
      self->doing = DOES_PAN;
      self->space_used = TRUE;
      if (self->presses == 2 && tool == FERRY_TOOL_PAN)
        ferry_canvas_fit (self->canvas);
    }
  else if (button == GDK_BUTTON_PRIMARY && (state & GDK_ALT_MASK) != 0 && is_brush (tool))
    {
      self->doing = DOES_SIZE;
      self->start_radius = ferry_toolbox_radius (self->canvas->toolbox);
    }
  else if (button == GDK_BUTTON_PRIMARY || button == GDK_BUTTON_SECONDARY)
    {
      self->pointer = (FerryPointer){ .button = button, .presses = self->presses, .state = state };
      point_at (self, x, y, 1.0);
      press (self);
    }
  ferry_canvas_input_update_cursor (self);
}

/* Moves that GTK has joined to one event since the last frame. */
static gboolean
add_history (FerryCanvasInput *self, GtkGesture *gesture)
{
  GdkEvent *event =
      gtk_gesture_get_last_event (gesture, gtk_gesture_get_last_updated_sequence (gesture));
  GtkNative *native = gtk_widget_get_native (GTK_WIDGET (self->canvas));
  g_autofree GdkTimeCoord *history = NULL;
  double left, top;
  guint n = 0;

  if (event == NULL || gdk_event_get_event_type (event) != GDK_MOTION_NOTIFY || native == NULL)
    return FALSE;
  history = gdk_event_get_history (event, &n);
  ferry_probe_sample (GTK_WIDGET (self->canvas),
                      n > 0 ? history[0].time : gdk_event_get_time (event));
  gtk_native_get_surface_transform (native, &left, &top);
  for (guint i = 0; i < n; i++)
    {
      double x, y;

      gtk_widget_translate_coordinates (GTK_WIDGET (native), GTK_WIDGET (self->canvas),
                                        history[i].axes[GDK_AXIS_X] - left,
                                        history[i].axes[GDK_AXIS_Y] - top, &x, &y);
      point_at (self, x, y,
                (history[i].flags & GDK_AXIS_FLAG_PRESSURE) != 0
                    ? history[i].axes[GDK_AXIS_PRESSURE]
                    : 1.0);
      move (self);
    }
  return n > 0;
}

static void
on_drag_update (GtkGestureDrag *drag, double dx, double dy, FerryCanvasInput *self)
{
  double x = self->start_x + dx, y = self->start_y + dy;

  if (self->doing == DOES_SIZE)
    {
      double by = dx * SIZE_SPEED / ferry_canvas_scale (self->canvas);

      g_object_set (self->canvas->toolbox, "radius", CLAMP (self->start_radius + by, 0.5, 500.0),
                    NULL);
      return; /* the ring stays where it is */
    }
  set_pointer (self, x, y);
  if (self->doing == DOES_PAN)
    {
      ferry_canvas_pan (self->canvas, x - self->last_x, y - self->last_y);
      self->last_x = x;
      self->last_y = y;
    }
  else if (self->doing == DOES_TOOL)
    {
      add_history (self, GTK_GESTURE (drag));
      point_at (self, x, y, 1.0);
      move (self);
    }
}

static void
on_drag_end (GtkGestureDrag *drag, double dx, double dy, FerryCanvasInput *self)
{
  if (self->doing == DOES_TOOL && self->canvas->document != NULL)
    ferry_canvas_input_lift (self);
  self->doing = DOES_NOTHING;
  ferry_canvas_input_update_cursor (self);
}

/* --- Pens --- */

static gboolean
is_eraser (GtkGestureStylus *stylus)
{
  GdkDeviceTool *tool = gtk_gesture_stylus_get_device_tool (stylus);

  return tool != NULL && gdk_device_tool_get_tool_type (tool) == GDK_DEVICE_TOOL_TYPE_ERASER;
}

static double
pressure_of (GtkGestureStylus *stylus)
{
  double pressure;

  return gtk_gesture_stylus_get_axis (stylus, GDK_AXIS_PRESSURE, &pressure) ? pressure : 1.0;
}

static void
on_stylus_down (GtkGestureStylus *stylus, double x, double y, FerryCanvasInput *self)
{
  if (ferry_document_n_frames (self->canvas->document) == 0)
    return;
  gtk_widget_grab_focus (GTK_WIDGET (self->canvas));
  set_pointer (self, x, y);
  self->last_x = x;
  self->last_y = y;
  if (self->space || ferry_toolbox_tool (self->canvas->toolbox) == FERRY_TOOL_PAN)
    {
      self->doing = DOES_PAN;
      self->space_used = TRUE;
      return;
    }
  self->pointer = (FerryPointer){
    .button = GDK_BUTTON_PRIMARY,
    .presses = 1,
    .eraser = is_eraser (stylus),
    .state = gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (stylus)),
  };
  point_at (self, x, y, pressure_of (stylus));
  press (self);
}

static void
on_stylus_motion (GtkGestureStylus *stylus, double x, double y, FerryCanvasInput *self)
{
  g_autofree GdkTimeCoord *backlog = NULL;
  guint n = 0;

  set_pointer (self, x, y);
  if (self->doing == DOES_PAN)
    ferry_canvas_pan (self->canvas, x - self->last_x, y - self->last_y);
  self->last_x = x;
  self->last_y = y;
  if (self->doing != DOES_TOOL)
    return;
  if (gtk_gesture_stylus_get_backlog (stylus, &backlog, &n))
    for (guint i = 0; i < n; i++)
      {
        point_at (self, backlog[i].axes[GDK_AXIS_X], backlog[i].axes[GDK_AXIS_Y],
                  (backlog[i].flags & GDK_AXIS_FLAG_PRESSURE) != 0
                      ? backlog[i].axes[GDK_AXIS_PRESSURE]
                      : 1.0);
        move (self);
      }
  point_at (self, x, y, pressure_of (stylus));
  move (self);
}

static void
on_stylus_up (GtkGestureStylus *stylus, double x, double y, FerryCanvasInput *self)
{
  if (self->doing == DOES_TOOL)
    ferry_canvas_input_lift (self);
  self->doing = DOES_NOTHING;
}

/* --- Pointer, wheel, pinch --- */

/* GTK also tells of a pointer that has not moved, when something moved under it: that leaves the keyboard's
 * pen where it is. */
static void
on_motion (GtkEventControllerMotion *controller, double x, double y, FerryCanvasInput *self)
{
  gboolean moved = x != self->mouse_x || y != self->mouse_y;

  self->mouse_x = x;
  self->mouse_y = y;
  if (self->doing == DOES_NOTHING && (moved || !self->over))
    set_pointer (self, x, y);
}

static void
on_leave (GtkEventControllerMotion *controller, FerryCanvasInput *self)
{
  self->over = FALSE;
  gtk_widget_queue_draw (GTK_WIDGET (self->canvas));
}

static gboolean
on_scroll (GtkEventControllerScroll *scroll, double dx, double dy, FerryCanvasInput *self)
{
  GtkEventController *controller = GTK_EVENT_CONTROLLER (scroll);
  GdkModifierType state = gtk_event_controller_get_current_event_state (controller);
  gboolean wheel = gtk_event_controller_scroll_get_unit (scroll) == GDK_SCROLL_UNIT_WHEEL;
  double x = gtk_widget_get_width (GTK_WIDGET (self->canvas)) / 2.0;
  double y = gtk_widget_get_height (GTK_WIDGET (self->canvas)) / 2.0;

  if ((state & GDK_CONTROL_MASK) == 0 && (!wheel || (state & GDK_SHIFT_MASK) != 0))
    { /* two fingers, or Shift and the wheel */
      double step = wheel ? 60.0 : 1.0;

      if (wheel && dx == 0.0)
        ferry_canvas_pan (self->canvas, -dy * step, 0.0);
      else
        ferry_canvas_pan (self->canvas, -dx * step, -dy * step);
      return GDK_EVENT_STOP;
    }
  ferry_canvas_input_pointer (self, &x, &y);
  ferry_canvas_zoom_at (
      self->canvas, ferry_canvas_zoom (self->canvas) * pow (WHEEL_ZOOM, wheel ? -dy : -dy / 60.0),
      x, y);
  return GDK_EVENT_STOP;
}

static void
on_pinch_begin (GtkGesture *gesture, GdkEventSequence *sequence, FerryCanvasInput *self)
{
  self->pinch_scale = ferry_canvas_zoom (self->canvas);
}

static void
on_pinch (GtkGestureZoom *zoom, double scale, FerryCanvasInput *self)
{
  double x, y;

  if (gtk_gesture_get_bounding_box_center (GTK_GESTURE (zoom), &x, &y))
    ferry_canvas_zoom_at (self->canvas, self->pinch_scale * scale, x, y);
}

/* --- Keys --- */

/* Keys are for the canvas when the pointer or the focus is on it and nobody is writing. */
static gboolean
has_keys (FerryCanvasInput *self)
{
  GtkWidget *focus = gtk_root_get_focus (GTK_ROOT (self->root));

  if (focus != NULL && GTK_IS_EDITABLE (focus))
    return FALSE;
  return gtk_widget_get_mapped (GTK_WIDGET (self->canvas)) &&
         (self->over || gtk_widget_is_focus (GTK_WIDGET (self->canvas)) ||
          self->doing != DOES_NOTHING);
}

static gboolean
arrow_of (guint key, GdkModifierType state, double *dx, double *dy, gboolean *fine)
{
  static const struct
  {
    guint key[3];
    int x;
    int y;
  } arrows[] = {
    { { GDK_KEY_Left, GDK_KEY_KP_Left, GDK_KEY_KP_4 }, -1, 0 },
    { { GDK_KEY_Right, GDK_KEY_KP_Right, GDK_KEY_KP_6 }, 1, 0 },
    { { GDK_KEY_Up, GDK_KEY_KP_Up, GDK_KEY_KP_8 }, 0, -1 },
    { { GDK_KEY_Down, GDK_KEY_KP_Down, GDK_KEY_KP_2 }, 0, 1 },
    { { GDK_KEY_VoidSymbol, GDK_KEY_KP_Home, GDK_KEY_KP_7 }, -1, -1 },
    { { GDK_KEY_VoidSymbol, GDK_KEY_KP_Page_Up, GDK_KEY_KP_9 }, 1, -1 },
    { { GDK_KEY_VoidSymbol, GDK_KEY_KP_End, GDK_KEY_KP_1 }, -1, 1 },
    { { GDK_KEY_VoidSymbol, GDK_KEY_KP_Page_Down, GDK_KEY_KP_3 }, 1, 1 },
  };
  gboolean both = (state & GDK_CONTROL_MASK) != 0 && (state & GDK_SHIFT_MASK) != 0;

  for (gsize i = 0; i < G_N_ELEMENTS (arrows); i++)
    for (int k = 0; k < 3; k++)
      if (key == arrows[i].key[k] && (k > 0 || both))
        {
          *dx = arrows[i].x;
          *dy = arrows[i].y;
          *fine = k > 0 && !both;
          return TRUE;
        }
  return FALSE;
}

/* The keyboard's pen starts at the pointer, or in the middle. */
static void
move_pen (FerryCanvasInput *self, double dx, double dy, gboolean fine)
{
  int width = gtk_widget_get_width (GTK_WIDGET (self->canvas));
  int height = gtk_widget_get_height (GTK_WIDGET (self->canvas));
  double step = fine ? MAX (ferry_canvas_scale (self->canvas), 1.0) : PEN_STEP;

  if (!self->over)
    set_pointer (self, width / 2.0, height / 2.0);
  set_pointer (self, CLAMP (self->x + dx * step, 0, width), CLAMP (self->y + dy * step, 0, height));
  self->pen = TRUE;
  if (self->doing == DOES_TOOL)
    {
      point_at (self, self->x, self->y, 1.0);
      move (self);
    }
}

/* Puts the keyboard's pen down, or lifts it. */
static void
toggle_pen (FerryCanvasInput *self, GdkModifierType state)
{
  if (self->doing == DOES_TOOL)
    {
      ferry_canvas_input_lift (self);
      return;
    }
  move_pen (self, 0, 0, TRUE);
  self->pointer = (FerryPointer){ .button = GDK_BUTTON_PRIMARY, .presses = 1, .state = state };
  point_at (self, self->x, self->y, 1.0);
  press (self);
  if (!is_brush (ferry_toolbox_tool (self->canvas->toolbox)) &&
      ferry_toolbox_tool (self->canvas->toolbox) != FERRY_TOOL_LASSO)
    ferry_canvas_input_lift (self);
}

static gboolean
on_key (GtkEventControllerKey *keys,
        guint key,
        guint code,
        GdkModifierType state,
        FerryCanvasInput *self)
{
  FerryHand *hand = self->canvas->document != NULL ? ferry_canvas_hand (self->canvas) : NULL;
  GdkModifierType held = state & (GDK_CONTROL_MASK | GDK_SHIFT_MASK | GDK_ALT_MASK);
  gboolean fine;
  double dx, dy;

  if (self->canvas->document == NULL || ferry_document_n_frames (self->canvas->document) == 0 ||
      !has_keys (self))
    return GDK_EVENT_PROPAGATE;
  if (key == GDK_KEY_space && held == 0 && (self->over || self->space))
    {
      self->space_used = self->space ? self->space_used : self->doing != DOES_NOTHING;
      self->space = TRUE;
      ferry_canvas_input_update_cursor (self);
      return GDK_EVENT_STOP;
    }
  if (key == GDK_KEY_Escape && ferry_canvas_cancel (self->canvas))
    return GDK_EVENT_STOP;
  if (hand != NULL && hand->key != NULL && held == 0 && hand->key (hand, key))
    return GDK_EVENT_STOP;
  if (!gtk_widget_is_focus (GTK_WIDGET (self->canvas)))
    return GDK_EVENT_PROPAGATE;
  if (arrow_of (key, state, &dx, &dy, &fine))
    move_pen (self, dx, dy, fine);
  else if (key == GDK_KEY_Insert || key == GDK_KEY_KP_Insert || key == GDK_KEY_KP_5 ||
           key == GDK_KEY_KP_Begin)
    toggle_pen (self, state);
  else
    return GDK_EVENT_PROPAGATE;
  return GDK_EVENT_STOP;
}

/* Space alone plays; with a drag it has panned. */
static void
on_key_released (GtkEventControllerKey *keys,
                 guint key,
                 guint code,
                 GdkModifierType state,
                 FerryCanvasInput *self)
{
  if (key != GDK_KEY_space || !self->space)
    return;
  self->space = FALSE;
  ferry_canvas_input_update_cursor (self);
  if (!self->space_used)
    gtk_widget_activate_action (GTK_WIDGET (self->canvas), "win.play", NULL);
}

/* --- What is drawn at the pointer --- */

void
ferry_canvas_input_update_cursor (FerryCanvasInput *self)
{
  GtkWidget *widget = GTK_WIDGET (self->canvas);
  FerryTool tool =
      self->canvas->toolbox != NULL ? ferry_toolbox_tool (self->canvas->toolbox) : FERRY_TOOL_PAN;
  const char *name = "crosshair";

  if (self->doing == DOES_PAN)
    name = "grabbing";
  else if (self->space || tool == FERRY_TOOL_PAN)
    name = "grab";
  else if (is_brush (tool) &&
           ferry_toolbox_radius (self->canvas->toolbox) * ferry_canvas_scale (self->canvas) >=
               SMALLEST_RING)
    name = "none"; /* the ring is the cursor */
  gtk_widget_set_cursor_from_name (widget, name);
}

static void
draw_ring (GtkSnapshot *snapshot, double x, double y, double radius, GdkRGBA colour)
{
  const float width[4] = { 1, 1, 1, 1 };
  const GdkRGBA colours[4] = { colour, colour, colour, colour };
  GskRoundedRect ring;

  gsk_rounded_rect_init_from_rect (&ring,
                                   &GRAPHENE_RECT_INIT ((float) (x - radius), (float) (y - radius),
                                                        (float) (2 * radius), (float) (2 * radius)),
                                   (float) radius);
  gtk_snapshot_append_border (snapshot, &ring, width, colours);
}

static void
draw_cross (GtkSnapshot *snapshot, double x, double y, double reach)
{
  static const GdkRGBA black = { 0, 0, 0, 0.8f }, white = { 1, 1, 1, 1 };

  for (int round = 0; round < 2; round++)
    {
      const GdkRGBA *colour = round == 0 ? &black : &white;
      double half = round == 0 ? 1.5 : 0.5, length = reach + (round == 0 ? 1 : 0);

      gtk_snapshot_append_color (snapshot, colour,
                                 &GRAPHENE_RECT_INIT ((float) (x - length), (float) (y - half),
                                                      (float) (2 * length), (float) (2 * half)));
      gtk_snapshot_append_color (snapshot, colour,
                                 &GRAPHENE_RECT_INIT ((float) (x - half), (float) (y - length),
                                                      (float) (2 * half), (float) (2 * length)));
    }
}

void
ferry_canvas_input_draw (FerryCanvasInput *self, GtkSnapshot *snapshot)
{
  GtkWidget *widget = GTK_WIDGET (self->canvas);
  double x = gtk_widget_get_width (widget) / 2.0, y = gtk_widget_get_height (widget) / 2.0;
  double radius = ferry_toolbox_radius (self->canvas->toolbox) * ferry_canvas_scale (self->canvas);
  gboolean brush = is_brush (ferry_toolbox_tool (self->canvas->toolbox));

  if ((!self->over && self->ring == 0) || self->doing == DOES_PAN || self->space)
    return;
  ferry_canvas_input_pointer (self, &x, &y);
  if (brush && radius >= SMALLEST_RING)
    {
      draw_ring (snapshot, x, y, radius + 1, (GdkRGBA){ 0, 0, 0, 0.7f });
      draw_ring (snapshot, x, y, radius, (GdkRGBA){ 1, 1, 1, 0.95f });
    }
  if (self->pen || (brush && radius >= 12.0))
    draw_cross (snapshot, x, y, self->pen ? 7 : 2);
}

static gboolean
end_ring (gpointer data)
{
  FerryCanvasInput *self = data;

  self->ring = 0;
  gtk_widget_queue_draw (GTK_WIDGET (self->canvas));
  return G_SOURCE_REMOVE;
}

void
ferry_canvas_input_show_ring (FerryCanvasInput *self)
{
  g_clear_handle_id (&self->ring, g_source_remove);
  self->ring = g_timeout_add_seconds (RING_SECONDS, end_ring, self);
  ferry_canvas_input_update_cursor (self);
  gtk_widget_queue_draw (GTK_WIDGET (self->canvas));
}

/* --- Controllers --- */

static void
add_gestures (FerryCanvasInput *self)
{
  GtkWidget *widget = GTK_WIDGET (self->canvas);
  GtkGesture *stylus = gtk_gesture_stylus_new ();
  GtkGesture *drag = gtk_gesture_drag_new ();
  GtkGesture *pinch = gtk_gesture_zoom_new ();

  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (drag), 0);
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (stylus));
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (drag));
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (pinch));
  g_signal_connect (stylus, "down", G_CALLBACK (on_stylus_down), self);
  g_signal_connect (stylus, "motion", G_CALLBACK (on_stylus_motion), self);
  g_signal_connect (stylus, "up", G_CALLBACK (on_stylus_up), self);
  g_signal_connect (drag, "drag-begin", G_CALLBACK (on_drag_begin), self);
  g_signal_connect (drag, "drag-update", G_CALLBACK (on_drag_update), self);
  g_signal_connect (drag, "drag-end", G_CALLBACK (on_drag_end), self);
  g_signal_connect (pinch, "begin", G_CALLBACK (on_pinch_begin), self);
  g_signal_connect (pinch, "scale-changed", G_CALLBACK (on_pinch), self);
}

FerryCanvasInput *
ferry_canvas_input_new (FerryCanvas *canvas)
{
  FerryCanvasInput *self = g_new0 (FerryCanvasInput, 1);
  GtkEventController *motion = gtk_event_controller_motion_new ();
  GtkEventController *scroll =
      gtk_event_controller_scroll_new (GTK_EVENT_CONTROLLER_SCROLL_BOTH_AXES);

  self->canvas = canvas;
  add_gestures (self);
  gtk_widget_add_controller (GTK_WIDGET (canvas), motion);
  gtk_widget_add_controller (GTK_WIDGET (canvas), scroll);
  g_signal_connect (motion, "enter", G_CALLBACK (on_motion), self);
  g_signal_connect (motion, "motion", G_CALLBACK (on_motion), self);
  g_signal_connect (motion, "leave", G_CALLBACK (on_leave), self);
  g_signal_connect (scroll, "scroll", G_CALLBACK (on_scroll), self);
  return self;
}

void
ferry_canvas_input_root_changed (FerryCanvasInput *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self->canvas));

  if (self->root != NULL)
    gtk_widget_remove_controller (self->root, self->keys);
  self->root = self->root == NULL && root != NULL ? GTK_WIDGET (root) : NULL;
  if (self->root == NULL)
    return;
  self->keys = gtk_event_controller_key_new ();
  gtk_event_controller_set_propagation_phase (self->keys, GTK_PHASE_CAPTURE);
  g_signal_connect (self->keys, "key-pressed", G_CALLBACK (on_key), self);
  g_signal_connect (self->keys, "key-released", G_CALLBACK (on_key_released), self);
  gtk_widget_add_controller (self->root, self->keys);
}

void
ferry_canvas_input_free (FerryCanvasInput *self)
{
  GListModel *controllers = gtk_widget_observe_controllers (GTK_WIDGET (self->canvas));
  guint n = g_list_model_get_n_items (controllers);

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (GObject) controller = g_list_model_get_item (controllers, i);

      g_signal_handlers_disconnect_by_data (controller, self);
    }
  g_object_unref (controllers);
  if (self->root != NULL)
    gtk_widget_remove_controller (self->root, self->keys);
  g_clear_handle_id (&self->ring, g_source_remove);
  g_free (self);
}
