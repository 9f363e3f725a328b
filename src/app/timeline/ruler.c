/* SPDX-License-Identifier: MIT */
#include "app/timeline/ruler.h"

#include "app/timeline/timeline-style.h"

#define NUMBER_WIDTH 110 /* pixels that a number and its time have */
#define TICK_WIDTH   8

struct _FerryRuler
{
  GtkWidget parent_instance;

  FerryTimelineModel *model;
};

G_DEFINE_FINAL_TYPE (FerryRuler, ferry_ruler, GTK_TYPE_WIDGET)

GtkWidget *
ferry_ruler_new (FerryTimelineModel *model)
{
  FerryRuler *self = g_object_new (FERRY_TYPE_RULER, NULL);

  self->model = g_object_ref (model);
  g_signal_connect_object (model, "axis-changed", G_CALLBACK (gtk_widget_queue_draw), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (model, "opened", G_CALLBACK (gtk_widget_queue_draw), self,
                           G_CONNECT_SWAPPED);
  return GTK_WIDGET (self);
}

int
ferry_ruler_step (const FerryTimeAxis *axis)
{
  return ferry_time_axis_tick (axis, NUMBER_WIDTH);
}

static void
draw_tick (GtkSnapshot *snapshot, double x, double height, const GdkRGBA *colour)
{
  gtk_snapshot_append_color (snapshot, colour,
                             &GRAPHENE_RECT_INIT ((float) (int) x,
                                                  (float) (FERRY_RULER_HEIGHT - height), 1,
                                                  (float) height));
}

static void
draw_number (FerryRuler *self, GtkSnapshot *snapshot, const FerryTimelineStyle *style, int frame)
{
  GtkWidget *widget = GTK_WIDGET (self);
  const FerryTimeAxis *axis = ferry_timeline_model_axis (self->model);
  g_autofree char *number = g_strdup_printf ("%d", frame + 1);
  g_autofree char *time = ferry_timeline_time_text (
      ferry_timeline_time (ferry_timeline_model_frames (self->model), frame));
  GdkRGBA dim = ferry_timeline_faint (&style->text, style->contrast ? 1 : 0.62);
  double x = ferry_timeline_track_x (widget) + ferry_time_axis_x (axis, frame) + 4;
  double room = ferry_timeline_track_width (widget) - ferry_time_axis_x (axis, frame);

  if (room < 8 + ferry_timeline_text_width (widget, number, 0.9))
    return;
  x += ferry_timeline_write (widget, snapshot, number, x, 0, 0, FERRY_RULER_HEIGHT - 4, 0.9,
                             &style->text);
  if (ferry_timeline_track_x (widget) + ferry_timeline_track_width (widget) - x >
      10 + ferry_timeline_text_width (widget, time, 0.8))
    ferry_timeline_write (widget, snapshot, time, x + 6, 0, 0, FERRY_RULER_HEIGHT - 4, 0.8, &dim);
}

/* Numbers people read begin with 1: marks stand at 1 and at the multiples of the step. */
static void
draw_ticks (FerryRuler *self,
            GtkSnapshot *snapshot,
            const FerryTimelineStyle *style,
            int step,
            gboolean numbers)
{
  const FerryTimeAxis *axis = ferry_timeline_model_axis (self->model);
  GdkRGBA colour = ferry_timeline_faint (&style->text, numbers ? 0.55 : 0.3);
  double left = ferry_timeline_track_x (GTK_WIDGET (self));
  int first;
  int last;

  ferry_time_axis_visible (axis, &first, &last);
  first = MAX (first - step, 0);
  for (int mark = (first + 1) / step * step; mark - 1 <= last; mark += step)
    {
      int frame = MAX (mark - 1, 0);

      /* The first one stands for 0 too. */
      if (step > 1 && mark == step && numbers &&
          ferry_time_axis_x (axis, frame) - ferry_time_axis_x (axis, 0) < NUMBER_WIDTH * 0.9)
        continue;
      draw_tick (snapshot, left + ferry_time_axis_x (axis, frame), numbers ? 8 : 4, &colour);
      if (numbers)
        draw_number (self, snapshot, style, frame);
    }
}

static void
ferry_ruler_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  FerryRuler *self = FERRY_RULER (widget);
  const FerryTimeAxis *axis = ferry_timeline_model_axis (self->model);
  int step = ferry_ruler_step (axis);
  FerryTimelineStyle style;

  if (axis->n_frames == 0)
    return;
  ferry_timeline_style_read (&style, widget);
  gtk_snapshot_push_clip (snapshot,
                          &GRAPHENE_RECT_INIT ((float) ferry_timeline_track_x (widget), 0,
                                               (float) ferry_timeline_track_width (widget),
                                               FERRY_RULER_HEIGHT));
  draw_ticks (self, snapshot, &style, ferry_time_axis_tick (axis, TICK_WIDTH), FALSE);
  draw_ticks (self, snapshot, &style, step, TRUE);
  gtk_snapshot_pop (snapshot);
}

static void
ferry_ruler_measure (GtkWidget *widget,
                     GtkOrientation orientation,
                     int for_size,
                     int *minimum,
                     int *natural,
                     int *minimum_baseline,
                     int *natural_baseline)
{
  *minimum = *natural = orientation == GTK_ORIENTATION_VERTICAL ? FERRY_RULER_HEIGHT : 0;
}

static void
ferry_ruler_dispose (GObject *object)
{
  g_clear_object (&FERRY_RULER (object)->model);
  G_OBJECT_CLASS (ferry_ruler_parent_class)->dispose (object);
}

static void
ferry_ruler_class_init (FerryRulerClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ferry_ruler_dispose;
  GTK_WIDGET_CLASS (klass)->snapshot = ferry_ruler_snapshot;
  GTK_WIDGET_CLASS (klass)->measure = ferry_ruler_measure;
  gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (klass), GTK_ACCESSIBLE_ROLE_PRESENTATION);
}

static void
ferry_ruler_init (FerryRuler *self)
{
}
