/* SPDX-License-Identifier: MIT */
#include "app/match/match-view-strip.h"

#include <glib/gi18n.h>
#include <math.h>

#define HEIGHT       148
#define GAP          8.0
#define LARGEST_DOT  9.0 /* radius of a voter with all the weight */
#define LEAST_DOT    2.5
#define REACH        12.0 /* of the pointer */
#define LABEL_HEIGHT 14.0
#define RETRY_MS     250
#define MAX_RETRIES  40

struct _FerryMatchStrip
{
  GtkWidget parent_instance;

  FerryFrames *frames;
  int width; /* cells */
  int height;
  int frame; /* -1 = nothing is shown */
  int cell;
  FerryStripVoter *voter;
  int n;
  int *source; /* [n_sources] frames of the voters, ascending */
  int n_sources;
  guint retry; /* source: thumbnails that are missing are wished for again */
  int n_retries;
};

G_DEFINE_FINAL_TYPE (FerryMatchStrip, ferry_match_strip, GTK_TYPE_WIDGET)

enum
{
  VOTER_ACTIVATED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

/* --- Where things are --- */

typedef struct
{
  graphene_rect_t own; /* the frame that is asked about */
  double left;         /* of the voters' frames */
  double step_x;
  double step_y;
  double thumb_width;
  double thumb_height;
  int columns;
} Places;

static double
aspect_of (FerryMatchStrip *self)
{
  const FyClipInfo *info = ferry_frames_info (self->frames);

  return CLAMP ((double) info->width / info->height, 0.2, 5.0);
}

/* As large as all of them fit: of each number of rows, the one that shows them largest. */
static Places
find_places (FerryMatchStrip *self)
{
  double width = gtk_widget_get_width (GTK_WIDGET (self)), aspect = aspect_of (self);
  double own_width = MIN (0.3 * width, (HEIGHT - LABEL_HEIGHT) * aspect), best = 0;
  double room = width - own_width - 5 * GAP;
  Places places = { .left = own_width + 5 * GAP, .columns = 1 };
  int n = MAX (self->n_sources, 1);

  graphene_rect_init (&places.own, 0, (float) ((HEIGHT - own_width / aspect) / 2),
                      (float) own_width, (float) (own_width / aspect));
  for (int rows = 1; rows <= n; rows++)
    {
      int columns = (n + rows - 1) / rows;
      double high = (HEIGHT - (rows - 1) * GAP) / rows - LABEL_HEIGHT;
      double wide = MIN ((room - (columns - 1) * GAP) / columns, high * aspect);

      if (wide <= best)
        continue;
      best = wide;
      places.columns = columns;
    }
  places.thumb_width = MAX (best, 8.0);
  places.thumb_height = places.thumb_width / aspect;
  places.step_x = places.thumb_width + GAP;
  places.step_y = places.thumb_height + LABEL_HEIGHT + GAP;
  return places;
}

static graphene_rect_t
thumb_rect (FerryMatchStrip *self, const Places *places, int source)
{
  int rows = (self->n_sources + places->columns - 1) / places->columns;
  double top = MAX (0.0, (HEIGHT - rows * places->step_y + GAP) / 2) + LABEL_HEIGHT;
  graphene_rect_t rect;

  graphene_rect_init (&rect, (float) (places->left + source % places->columns * places->step_x),
                      (float) (top + source / places->columns * places->step_y),
                      (float) places->thumb_width, (float) places->thumb_height);
  return rect;
}

static graphene_point_t
cell_point (FerryMatchStrip *self, const graphene_rect_t *rect, int cell)
{
  return GRAPHENE_POINT_INIT (
      rect->origin.x +
          rect->size.width * ((float) (cell % self->width) + 0.5f) / (float) self->width,
      rect->origin.y +
          rect->size.height * ((float) (cell / self->width) + 0.5f) / (float) self->height);
}

static graphene_point_t
voter_point (FerryMatchStrip *self, const Places *places, const FerryStripVoter *voter)
{
  int source = 0;
  graphene_rect_t rect;

  while (source < self->n_sources - 1 && self->source[source] != voter->frame)
    source++;
  rect = thumb_rect (self, places, source);
  return cell_point (self, &rect, voter->cell);
}

static double
dot_radius (double weight)
{
  return MAX (LEAST_DOT, LARGEST_DOT * sqrt (weight));
}

/* --- Drawing --- */

static gboolean
on_retry (gpointer data)
{
  FerryMatchStrip *self = data;

  self->retry = 0;
  gtk_widget_queue_draw (GTK_WIDGET (self));
  return G_SOURCE_REMOVE;
}

static void
draw_thumb (FerryMatchStrip *self, GtkSnapshot *snapshot, int frame, const graphene_rect_t *rect)
{
  GdkTexture *texture = ferry_frames_peek_thumbnail (self->frames, frame);
  g_autofree char *number = g_strdup_printf ("%d", frame + 1);
  g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (GTK_WIDGET (self), number);
  g_autoptr (PangoAttrList) attributes = pango_attr_list_new ();
  const GdkRGBA empty = { 0.5f, 0.5f, 0.5f, 0.3f };
  GdkRGBA colour;

  if (texture != NULL)
    gtk_snapshot_append_texture (snapshot, texture, rect);
  else
    gtk_snapshot_append_color (snapshot, &empty, rect);
  /* Others may have had the wish forgotten. */
  if (texture == NULL && self->retry == 0 && self->n_retries++ < MAX_RETRIES)
    self->retry = g_timeout_add (RETRY_MS, on_retry, self);
  pango_attr_list_insert (attributes, pango_attr_scale_new (0.75));
  pango_layout_set_attributes (layout, attributes);
  gtk_style_context_get_color (gtk_widget_get_style_context (GTK_WIDGET (self)), &colour);
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (
      snapshot, &GRAPHENE_POINT_INIT (rect->origin.x, rect->origin.y - (float) LABEL_HEIGHT));
  gtk_snapshot_append_layout (snapshot, layout, &colour);
  gtk_snapshot_restore (snapshot);
}

static void
set_colour (cairo_t *cr, const GdkRGBA *colour, double alpha)
{
  cairo_set_source_rgba (cr, (double) colour->red, (double) colour->green, (double) colour->blue,
                         alpha);
}

static void
draw_dot (cairo_t *cr, graphene_point_t at, double radius, const GdkRGBA *colour)
{
  cairo_arc (cr, (double) at.x, (double) at.y, radius, 0, 2 * G_PI);
  set_colour (cr, colour, 0.85);
  cairo_fill_preserve (cr);
  cairo_set_source_rgb (cr, 0, 0, 0);
  cairo_set_line_width (cr, 2.5);
  cairo_stroke_preserve (cr);
  cairo_set_source_rgb (cr, 1, 1, 1);
  cairo_set_line_width (cr, 1.25);
  cairo_stroke (cr);
}

static void
draw_line (cairo_t *cr, graphene_point_t from, graphene_point_t to, const FerryStripVoter *voter)
{
  double middle = (double) (from.x + to.x) / 2;

  cairo_move_to (cr, (double) from.x, (double) from.y);
  cairo_curve_to (cr, middle, (double) from.y, middle, (double) to.y, (double) to.x, (double) to.y);
  cairo_set_source_rgba (cr, 0, 0, 0, 0.35);
  cairo_set_line_width (cr, 2.0 + 6.0 * voter->weight);
  cairo_stroke_preserve (cr);
  set_colour (cr, &voter->colour, 0.95);
  cairo_set_line_width (cr, 1.0 + 6.0 * voter->weight);
  cairo_stroke (cr);
}

static void
draw_votes (FerryMatchStrip *self, cairo_t *cr, const Places *places)
{
  graphene_point_t own = cell_point (self, &places->own, self->cell);

  for (int i = self->n - 1; i >= 0; i--)
    draw_line (cr, own, voter_point (self, places, &self->voter[i]), &self->voter[i]);
  for (int i = self->n - 1; i >= 0; i--)
    draw_dot (cr, voter_point (self, places, &self->voter[i]), dot_radius (self->voter[i].weight),
              &self->voter[i].colour);
  draw_dot (cr, own, 4.0, &(GdkRGBA){ 1, 1, 1, 1 });
}

static void
ferry_match_strip_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  FerryMatchStrip *self = FERRY_MATCH_STRIP (widget);
  int width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  Places places;
  cairo_t *cr;

  if (self->frames == NULL || self->frame < 0 || self->width <= 0)
    return;
  places = find_places (self);
  draw_thumb (self, snapshot, self->frame, &places.own);
  for (int i = 0; i < self->n_sources; i++)
    {
      graphene_rect_t rect = thumb_rect (self, &places, i);

      draw_thumb (self, snapshot, self->source[i], &rect);
    }
  cr = gtk_snapshot_append_cairo (snapshot,
                                  &GRAPHENE_RECT_INIT (0, 0, (float) width, (float) height));
  draw_votes (self, cr, &places);
  cairo_destroy (cr);
}

static void
ferry_match_strip_measure (GtkWidget *widget,
                           GtkOrientation orientation,
                           int for_size,
                           int *minimum,
                           int *natural,
                           int *minimum_baseline,
                           int *natural_baseline)
{
  *minimum_baseline = *natural_baseline = -1;
  *minimum = *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? 240 : HEIGHT;
}

/* --- Pointer --- */

/* The voter nearest to a place, NULL when none is near. */
static const FerryStripVoter *
voter_at (FerryMatchStrip *self, double x, double y)
{
  const FerryStripVoter *found = NULL;
  double least = REACH;
  Places places;

  if (self->frames == NULL || self->frame < 0 || self->width <= 0)
    return NULL;
  places = find_places (self);
  for (int i = 0; i < self->n; i++)
    {
      graphene_point_t at = voter_point (self, &places, &self->voter[i]);
      double distance = hypot ((double) at.x - x, (double) at.y - y);

      if (distance >= least)
        continue;
      least = distance;
      found = &self->voter[i];
    }
  return found;
}

static void
on_pressed (GtkGestureClick *gesture, int n_press, double x, double y, FerryMatchStrip *self)
{
  const FerryStripVoter *voter = voter_at (self, x, y);

  if (voter != NULL)
    g_signal_emit (self, signals[VOTER_ACTIVATED], 0, voter->frame, voter->cell);
}

static void
on_motion (GtkEventControllerMotion *controller, double x, double y, FerryMatchStrip *self)
{
  gtk_widget_set_cursor_from_name (GTK_WIDGET (self),
                                   voter_at (self, x, y) != NULL ? "pointer" : NULL);
}

static gboolean
on_query_tooltip (GtkWidget *widget, int x, int y, gboolean keyboard, GtkTooltip *tooltip)
{
  FerryMatchStrip *self = FERRY_MATCH_STRIP (widget);
  const FerryStripVoter *voter = keyboard ? NULL : voter_at (self, x, y);
  g_autofree char *text = NULL;

  if (voter == NULL)
    return FALSE;
  text = g_strdup_printf (_ ("Frame %d, cell %d, %d: %.1f %% of the vote. Click to go there."),
                          voter->frame + 1, voter->cell % self->width, voter->cell / self->width,
                          100.0 * voter->weight);
  gtk_tooltip_set_text (tooltip, text);
  return TRUE;
}

/* --- What is shown --- */

static void
on_thumbnail (FerryMatchStrip *self)
{
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
ferry_match_strip_set_frames (FerryMatchStrip *self, FerryFrames *frames, int width, int height)
{
  self->width = width;
  self->height = height;
  if (frames == self->frames)
    return;
  if (self->frames != NULL)
    g_signal_handlers_disconnect_by_data (self->frames, self);
  g_set_object (&self->frames, frames);
  if (frames != NULL)
    g_signal_connect_swapped (frames, "thumbnail-ready", G_CALLBACK (on_thumbnail), self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static int
ascending (gconstpointer a, gconstpointer b)
{
  return *(const int *) a - *(const int *) b;
}

/* One that counts several times is one with their weight. */
static void
add_voter (FerryMatchStrip *self, const FerryStripVoter *voter)
{
  for (int i = 0; i < self->n; i++)
    if (self->voter[i].frame == voter->frame && self->voter[i].cell == voter->cell)
      {
        self->voter[i].weight += voter->weight;
        return;
      }
  self->voter[self->n++] = *voter;
}

void
ferry_match_strip_set_voters (FerryMatchStrip *self,
                              int frame,
                              int cell,
                              const FerryStripVoter *voter,
                              int n)
{
  self->frame = frame;
  self->cell = cell;
  self->voter = g_renew (FerryStripVoter, self->voter, (gsize) n + 1);
  self->source = g_renew (int, self->source, (gsize) n + 1);
  self->n = self->n_sources = self->n_retries = 0;
  for (int i = 0; i < n; i++)
    {
      add_voter (self, &voter[i]);
      self->source[i] = voter[i].frame;
    }
  qsort (self->source, (gsize) n, sizeof (int), ascending);
  for (int i = 0; i < n; i++)
    if (i == 0 || self->source[i] != self->source[self->n_sources - 1])
      self->source[self->n_sources++] = self->source[i];
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/* --- The widget --- */

static void
ferry_match_strip_dispose (GObject *object)
{
  ferry_match_strip_set_frames (FERRY_MATCH_STRIP (object), NULL, 0, 0);
  g_clear_handle_id (&FERRY_MATCH_STRIP (object)->retry, g_source_remove);
  G_OBJECT_CLASS (ferry_match_strip_parent_class)->dispose (object);
}

static void
ferry_match_strip_finalize (GObject *object)
{
  FerryMatchStrip *self = FERRY_MATCH_STRIP (object);

  g_free (self->voter);
  g_free (self->source);
  G_OBJECT_CLASS (ferry_match_strip_parent_class)->finalize (object);
}

static void
ferry_match_strip_class_init (FerryMatchStripClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ferry_match_strip_dispose;
  G_OBJECT_CLASS (klass)->finalize = ferry_match_strip_finalize;
  widget_class->snapshot = ferry_match_strip_snapshot;
  widget_class->measure = ferry_match_strip_measure;
  widget_class->query_tooltip = on_query_tooltip;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
  signals[VOTER_ACTIVATED] =
      g_signal_new ("voter-activated", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                    NULL, G_TYPE_NONE, 2, G_TYPE_INT, G_TYPE_INT);
}

static void
ferry_match_strip_init (FerryMatchStrip *self)
{
  GtkEventController *motion = gtk_event_controller_motion_new ();
  GtkGesture *click = gtk_gesture_click_new ();

  self->frame = -1;
  g_signal_connect (motion, "motion", G_CALLBACK (on_motion), self);
  g_signal_connect (click, "pressed", G_CALLBACK (on_pressed), self);
  gtk_widget_add_controller (GTK_WIDGET (self), motion);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (click));
  gtk_widget_set_has_tooltip (GTK_WIDGET (self), TRUE);
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
}

GtkWidget *
ferry_match_strip_new (void)
{
  return g_object_new (FERRY_TYPE_MATCH_STRIP, NULL);
}
