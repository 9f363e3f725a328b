/* SPDX-License-Identifier: MIT */
#include "app/match/match-view-map.h"

#include <math.h>

#define LEAST_WIDTH  136
#define LEAST_HEIGHT 220 /* a window of 800 lines shows three voters below */
#define MOST_HEIGHT  320
#define OPACITY      0.72 /* of the cells over the picture */
#define RING         13.0
#define BIG_STEP     10

struct _FerryMatchMap
{
  GtkWidget parent_instance;

  GdkTexture *picture;
  GdkTexture *cells;
  double opacity;
  double aspect;
  int width; /* cells */
  int height;
  int best;
  int query;
  int pointed;
};

G_DEFINE_FINAL_TYPE (FerryMatchMap, ferry_match_map, GTK_TYPE_WIDGET)

enum
{
  POINTED,
  MOVE,
  PICKED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

/* Where the picture is in the widget. */
static graphene_rect_t
picture_rect (FerryMatchMap *self)
{
  double width = gtk_widget_get_width (GTK_WIDGET (self));
  double height = gtk_widget_get_height (GTK_WIDGET (self));
  double shown = MIN (width, height * self->aspect);
  graphene_rect_t rect;

  graphene_rect_init (&rect, (float) floor ((width - shown) / 2),
                      (float) floor ((height - shown / self->aspect) / 2), (float) shown,
                      (float) (shown / self->aspect));
  return rect;
}

static graphene_rect_t
cell_rect (FerryMatchMap *self, int cell)
{
  graphene_rect_t all = picture_rect (self), rect;
  float width = all.size.width / (float) self->width,
        height = all.size.height / (float) self->height;

  graphene_rect_init (&rect, all.origin.x + width * (float) (cell % self->width),
                      all.origin.y + height * (float) (cell / self->width), width, height);
  return rect;
}

static int
cell_at (FerryMatchMap *self, double x, double y)
{
  graphene_rect_t all = picture_rect (self);
  double column = (x - (double) all.origin.x) / (double) all.size.width * self->width;
  double row = (y - (double) all.origin.y) / (double) all.size.height * self->height;

  if (self->cells == NULL || column < 0 || row < 0 || column >= self->width || row >= self->height)
    return -1;
  return (int) row * self->width + (int) column;
}

/* --- Drawing --- */

static void
draw_outline (GtkSnapshot *snapshot,
              const graphene_rect_t *rect,
              float radius,
              float grow,
              GdkRGBA colour,
              float thickness)
{
  GskRoundedRect outline;
  graphene_rect_t larger = *rect;
  float widths[4] = { thickness, thickness, thickness, thickness };
  GdkRGBA colours[4] = { colour, colour, colour, colour };

  graphene_rect_inset (&larger, -grow, -grow);
  gsk_rounded_rect_init_from_rect (&outline, &larger, radius > 0 ? radius + grow : 0);
  gtk_snapshot_append_border (snapshot, &outline, widths, colours);
}

/* White with black on both sides: seen on any colour. */
static void
draw_mark (GtkSnapshot *snapshot, const graphene_rect_t *rect, float radius)
{
  const GdkRGBA black = { 0, 0, 0, 0.8f }, white = { 1, 1, 1, 1 };

  draw_outline (snapshot, rect, radius, 3, black, 4);
  draw_outline (snapshot, rect, radius, 2, white, 2);
}

static void
ferry_match_map_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  FerryMatchMap *self = FERRY_MATCH_MAP (widget);
  graphene_rect_t all = picture_rect (self);
  const GdkRGBA nothing = { 0.5f, 0.5f, 0.5f, 0.15f };

  gtk_snapshot_append_color (snapshot, &nothing, &all);
  if (self->picture != NULL)
    gtk_snapshot_append_texture (snapshot, self->picture, &all);
  if (self->cells == NULL)
    return;
  gtk_snapshot_push_opacity (snapshot, self->picture != NULL ? self->opacity : 1.0);
  gtk_snapshot_append_texture (snapshot, self->cells, &all);
  gtk_snapshot_pop (snapshot);
  if (self->pointed >= 0)
    {
      graphene_rect_t rect = cell_rect (self, self->pointed);

      draw_outline (snapshot, &rect, 0, 1, (GdkRGBA){ 1, 1, 1, 0.9f }, 1);
    }
  if (self->query >= 0)
    {
      graphene_rect_t rect = cell_rect (self, self->query);

      draw_mark (snapshot, &rect, 0);
    }
  if (self->best >= 0 && self->best != self->query)
    {
      graphene_rect_t cell = cell_rect (self, self->best), rect;

      graphene_rect_init (&rect, cell.origin.x + cell.size.width / 2 - (float) RING / 2,
                          cell.origin.y + cell.size.height / 2 - (float) RING / 2, (float) RING,
                          (float) RING);
      draw_mark (snapshot, &rect, (float) RING / 2);
    }
}

static void
ferry_match_map_measure (GtkWidget *widget,
                         GtkOrientation orientation,
                         int for_size,
                         int *minimum,
                         int *natural,
                         int *minimum_baseline,
                         int *natural_baseline)
{
  FerryMatchMap *self = FERRY_MATCH_MAP (widget);
  int width = for_size > 0 ? for_size : LEAST_WIDTH;

  *minimum_baseline = *natural_baseline = -1;
  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    {
      *minimum = *natural = LEAST_WIDTH;
      return;
    }
  *natural = MIN (MOST_HEIGHT, (int) ceil (width / self->aspect));
  *minimum = MIN (LEAST_HEIGHT, *natural);
}

static GtkSizeRequestMode
ferry_match_map_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

/* --- Pointer and keys --- */

static void
point_at (FerryMatchMap *self, int cell)
{
  if (cell == self->pointed)
    return;
  self->pointed = cell;
  gtk_widget_queue_draw (GTK_WIDGET (self));
  g_signal_emit (self, signals[POINTED], 0, cell);
}

static void
on_motion (GtkEventControllerMotion *controller, double x, double y, FerryMatchMap *self)
{
  point_at (self, cell_at (self, x, y));
}

static void
on_leave (GtkEventControllerMotion *controller, FerryMatchMap *self)
{
  point_at (self, -1);
}

static void
on_pressed (GtkGestureClick *gesture, int n_press, double x, double y, FerryMatchMap *self)
{
  int cell = cell_at (self, x, y);

  gtk_widget_grab_focus (GTK_WIDGET (self));
  if (n_press == 2 && cell >= 0)
    g_signal_emit (self, signals[PICKED], 0, cell);
}

static gboolean
on_key (GtkEventControllerKey *controller,
        guint key,
        guint code,
        GdkModifierType state,
        FerryMatchMap *self)
{
  int step = (state & GDK_SHIFT_MASK) != 0 ? BIG_STEP : 1;

  if ((state & (GDK_CONTROL_MASK | GDK_ALT_MASK)) != 0)
    return FALSE;
  switch (key)
    {
    case GDK_KEY_Left:
    case GDK_KEY_Right:
      g_signal_emit (self, signals[MOVE], 0, key == GDK_KEY_Left ? -step : step, 0);
      return TRUE;
    case GDK_KEY_Up:
    case GDK_KEY_Down:
      g_signal_emit (self, signals[MOVE], 0, 0, key == GDK_KEY_Up ? -step : step);
      return TRUE;
    case GDK_KEY_Return:
    case GDK_KEY_KP_Enter:
      g_signal_emit (self, signals[PICKED], 0, -1);
      return TRUE;
    default:
      return FALSE;
    }
}

/* --- What is shown --- */

void
ferry_match_map_set_opaque (FerryMatchMap *self)
{
  self->opacity = 1.0;
}

void
ferry_match_map_set_aspect (FerryMatchMap *self, double aspect)
{
  if (aspect == self->aspect)
    return;
  self->aspect = aspect;
  gtk_widget_queue_resize (GTK_WIDGET (self));
}

void
ferry_match_map_set_picture (FerryMatchMap *self, GdkTexture *picture)
{
  if (g_set_object (&self->picture, picture))
    gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
ferry_match_map_set_cells (FerryMatchMap *self, GdkTexture *cells, int width, int height)
{
  g_set_object (&self->cells, cells);
  self->width = width;
  self->height = height;
  self->best = self->query = -1;
  if (cells == NULL || self->pointed >= width * height)
    self->pointed = -1;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
ferry_match_map_set_marks (FerryMatchMap *self, int best, int query)
{
  self->best = best;
  self->query = query;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

int
ferry_match_map_pointed (FerryMatchMap *self)
{
  return self->pointed;
}

/* --- The widget --- */

static void
ferry_match_map_dispose (GObject *object)
{
  FerryMatchMap *self = FERRY_MATCH_MAP (object);

  g_clear_object (&self->picture);
  g_clear_object (&self->cells);
  G_OBJECT_CLASS (ferry_match_map_parent_class)->dispose (object);
}

static void
ferry_match_map_class_init (FerryMatchMapClass *klass)
{
  GType type = G_TYPE_FROM_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ferry_match_map_dispose;
  widget_class->snapshot = ferry_match_map_snapshot;
  widget_class->measure = ferry_match_map_measure;
  widget_class->get_request_mode = ferry_match_map_request_mode;
  gtk_widget_class_set_css_name (widget_class, "matchmap");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
  signals[POINTED] = g_signal_new ("pointed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                   G_TYPE_NONE, 1, G_TYPE_INT);
  signals[MOVE] = g_signal_new ("move", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                                2, G_TYPE_INT, G_TYPE_INT);
  signals[PICKED] = g_signal_new ("picked", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 1, G_TYPE_INT);
}

static void
ferry_match_map_init (FerryMatchMap *self)
{
  GtkEventController *motion = gtk_event_controller_motion_new ();
  GtkEventController *key = gtk_event_controller_key_new ();
  GtkGesture *click = gtk_gesture_click_new ();

  self->aspect = 16.0 / 9.0;
  self->opacity = OPACITY;
  self->best = self->query = self->pointed = -1;
  g_signal_connect (motion, "motion", G_CALLBACK (on_motion), self);
  g_signal_connect (motion, "leave", G_CALLBACK (on_leave), self);
  g_signal_connect (key, "key-pressed", G_CALLBACK (on_key), self);
  g_signal_connect (click, "pressed", G_CALLBACK (on_pressed), self);
  gtk_widget_add_controller (GTK_WIDGET (self), motion);
  gtk_widget_add_controller (GTK_WIDGET (self), key);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (click));
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
}

GtkWidget *
ferry_match_map_new (void)
{
  return g_object_new (FERRY_TYPE_MATCH_MAP, NULL);
}
