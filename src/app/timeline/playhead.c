/* SPDX-License-Identifier: MIT */
#include "app/timeline/playhead.h"

#include "app/timeline/ruler.h"
#include "app/timeline/timeline-style.h"

#include <math.h>

#define PLATE_HEIGHT 17 /* pixels */
#define DIGIT_WIDTH  8
#define HANDLE_WIDTH 4
#define RANGE_HEIGHT 3
#define WIDE_FRAME   6 /* pixels, from which on a frame is shaded */

struct _FerryPlayhead
{
  GtkWidget parent_instance;

  FerryTimelineModel *model;
  int hover;
};

G_DEFINE_FINAL_TYPE (FerryPlayhead, ferry_playhead, GTK_TYPE_WIDGET)

void
ferry_playhead_set_hover (FerryPlayhead *self, int frame)
{
  if (self->hover == frame)
    return;
  self->hover = frame;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
fill (GtkSnapshot *snapshot, double x, double y, double width, double height, const GdkRGBA *colour)
{
  if (width > 0 && height > 0)
    gtk_snapshot_append_color (
        snapshot, colour,
        &GRAPHENE_RECT_INIT ((float) x, (float) y, (float) width, (float) height));
}

/* A frame's number on a plate in the ruler, inside the track. */
static void
draw_plate (FerryPlayhead *self,
            GtkSnapshot *snapshot,
            int frame,
            double left,
            const GdkRGBA *plate,
            const GdkRGBA *text)
{
  const FerryTimeAxis *axis = ferry_timeline_model_axis (self->model);
  double x = left + ferry_time_axis_centre (axis, frame);
  g_autofree char *number = g_strdup_printf ("%d", frame + 1);
  double width = 10 + DIGIT_WIDTH * (double) strlen (number);
  GskRoundedRect bounds;

  if (x < left || x > left + axis->width)
    return;
  x = round (CLAMP (x - width / 2, left, left + MAX (axis->width - width, 0)));
  gsk_rounded_rect_init_from_rect (
      &bounds, &GRAPHENE_RECT_INIT ((float) x, 1, (float) width, PLATE_HEIGHT), 4);
  gtk_snapshot_push_rounded_clip (snapshot, &bounds);
  gtk_snapshot_append_color (snapshot, plate, &bounds.bounds);
  gtk_snapshot_pop (snapshot);
  ferry_timeline_write_centred (GTK_WIDGET (self), snapshot, number, x, 1, width, PLATE_HEIGHT,
                                0.85, text);
}

/* What is outside the range is veiled; its ends can be dragged by their handles in the ruler. */
static void
draw_range (FerryPlayhead *self,
            GtkSnapshot *snapshot,
            const FerryTimelineStyle *style,
            double left)
{
  const FerryTimeAxis *axis = ferry_timeline_model_axis (self->model);
  double width = ferry_timeline_track_width (GTK_WIDGET (self));
  double height = gtk_widget_get_height (GTK_WIDGET (self));
  GdkRGBA veil = ferry_timeline_faint (&style->base, 0.62);
  GdkRGBA blue = { 0.21f, 0.52f, 0.89f, 1 };
  int in = -1;
  int out = -1;
  int first;
  int last;
  double begin;
  double end;

  g_object_get (ferry_timeline_model_document (self->model), "in", &in, "out", &out, NULL);
  if (in < 0 && out < 0)
    return;
  ferry_document_range (ferry_timeline_model_document (self->model), &first, &last);
  begin = ferry_time_axis_x (axis, first);
  end = ferry_time_axis_x (axis, last + 1);
  fill (snapshot, left, FERRY_RULER_HEIGHT, MIN (begin, width), height - FERRY_RULER_HEIGHT, &veil);
  fill (snapshot, left + MAX (end, 0), FERRY_RULER_HEIGHT, width - MAX (end, 0),
        height - FERRY_RULER_HEIGHT, &veil);
  fill (snapshot, left + begin, FERRY_RULER_HEIGHT - RANGE_HEIGHT, end - begin, RANGE_HEIGHT,
        &blue);
  fill (snapshot, left + begin, 4, HANDLE_WIDTH, FERRY_RULER_HEIGHT - 4, &blue);
  fill (snapshot, left + end - HANDLE_WIDTH, 4, HANDLE_WIDTH, FERRY_RULER_HEIGHT - 4, &blue);
}

static void
draw_hover (FerryPlayhead *self,
            GtkSnapshot *snapshot,
            const FerryTimelineStyle *style,
            double left)
{
  double x =
      round (left + ferry_time_axis_centre (ferry_timeline_model_axis (self->model), self->hover));
  GdkRGBA line = ferry_timeline_faint (&style->text, 0.4);

  fill (snapshot, x, FERRY_RULER_HEIGHT - 4, 1,
        gtk_widget_get_height (GTK_WIDGET (self)) - FERRY_RULER_HEIGHT + 4, &line);
  draw_plate (self, snapshot, self->hover, left, &style->text, &style->base);
}

static void
draw_playhead (FerryPlayhead *self,
               GtkSnapshot *snapshot,
               const FerryTimelineStyle *style,
               double left)
{
  const FerryTimeAxis *axis = ferry_timeline_model_axis (self->model);
  int frame = ferry_document_frame (ferry_timeline_model_document (self->model));
  double x = left + ferry_time_axis_centre (axis, frame);
  double height = gtk_widget_get_height (GTK_WIDGET (self));
  GdkRGBA shade = ferry_timeline_faint (&style->accent, 0.18);

  if (axis->scale >= WIDE_FRAME)
    fill (snapshot, left + ferry_time_axis_x (axis, frame), FERRY_RULER_HEIGHT, axis->scale,
          height - FERRY_RULER_HEIGHT, &shade);
  fill (snapshot, round (x) - 1, 4, 2, height - 4, &style->accent);
  draw_plate (self, snapshot, frame, left, &style->accent, &style->on_accent);
}

static void
ferry_playhead_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  FerryPlayhead *self = FERRY_PLAYHEAD (widget);
  double left = ferry_timeline_track_x (widget);
  FerryTimelineStyle style;

  if (ferry_timeline_model_labels (self->model) == NULL)
    return;
  ferry_timeline_style_read (&style, widget);
  gtk_snapshot_push_clip (
      snapshot, &GRAPHENE_RECT_INIT ((float) left, 0, (float) ferry_timeline_track_width (widget),
                                     (float) gtk_widget_get_height (widget)));
  draw_range (self, snapshot, &style, left);
  if (self->hover >= 0)
    draw_hover (self, snapshot, &style, left);
  draw_playhead (self, snapshot, &style, left);
  gtk_snapshot_pop (snapshot);
}

GtkWidget *
ferry_playhead_new (FerryTimelineModel *model)
{
  static const char *const notes[] = { "notify::frame", "notify::in", "notify::out", "opened" };
  FerryPlayhead *self = g_object_new (FERRY_TYPE_PLAYHEAD, "can-target", FALSE, NULL);

  self->model = g_object_ref (model);
  for (gsize i = 0; i < G_N_ELEMENTS (notes); i++)
    g_signal_connect_object (ferry_timeline_model_document (model), notes[i],
                             G_CALLBACK (gtk_widget_queue_draw), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (model, "axis-changed", G_CALLBACK (gtk_widget_queue_draw), self,
                           G_CONNECT_SWAPPED);
  return GTK_WIDGET (self);
}

static void
ferry_playhead_dispose (GObject *object)
{
  g_clear_object (&FERRY_PLAYHEAD (object)->model);
  G_OBJECT_CLASS (ferry_playhead_parent_class)->dispose (object);
}

static void
ferry_playhead_class_init (FerryPlayheadClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ferry_playhead_dispose;
  GTK_WIDGET_CLASS (klass)->snapshot = ferry_playhead_snapshot;
  gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (klass), GTK_ACCESSIBLE_ROLE_PRESENTATION);
}

static void
ferry_playhead_init (FerryPlayhead *self)
{
  self->hover = -1;
}
