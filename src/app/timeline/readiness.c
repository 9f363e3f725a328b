/* SPDX-License-Identifier: MIT */
#include "app/timeline/readiness.h"

#include "app/timeline/timeline-style.h"

#include <glib/gi18n.h>

#define ROW_HEIGHT 13 /* pixels */
#define BAR_HEIGHT 6
#define REDRAW_MS  150 /* between two looks at what is ready, at least */
#define LOOKS      4   /* at frames a column of pixels */

struct _FerryReadiness
{
  GtkWidget parent_instance;

  FerryTimelineModel *model;
  guint redraw;
};

G_DEFINE_FINAL_TYPE (FerryReadiness, ferry_readiness, GTK_TYPE_WIDGET)

/* --- What to say --- */

static char *
span_text (double seconds)
{
  int whole = (int) MIN (seconds + 0.5, 359999);

  if (whole < 100)
    return g_strdup_printf (_ ("%d s left"), whole);
  if (whole < 3600)
    return g_strdup_printf (_ ("%d min left"), (whole + 30) / 60);
  return g_strdup_printf (_ ("%d h %d min left"), whole / 3600, whole % 3600 / 60);
}

char *
ferry_readiness_text (FerryDocument *document)
{
  FyLive *live = ferry_document_live (document);
  const FyLiveInfo *info = ferry_document_live_info (document);
  FyLiveProgress progress;
  GString *text;
  int to_go;

  if (ferry_document_n_frames (document) == 0)
    return g_strdup ("");
  if (live == NULL)
    return g_strdup (_ ("Not computing: labels are not carried"));
  fy_live_get_progress (live, &progress);
  if (progress.opening || info == NULL)
    return g_strdup (_ ("Loading the networks…"));
  to_go = MAX (progress.lists_left, 0);
  text = g_string_new (info->device);
  if (progress.seconds_per_frame > 0)
    g_string_append_printf (text, _ (" · %.2g s/frame"), progress.seconds_per_frame);
  if (progress.paused)
    g_string_append_printf (
        text, ngettext (" · paused, %d frame to go", " · paused, %d frames to go", (gulong) to_go),
        to_go);
  else if (progress.lists_left > 0 && progress.seconds_left >= 0)
    {
      g_autofree char *left = span_text (progress.seconds_left);

      g_string_append_printf (text, " · %s", left);
    }
  else if (progress.lists_left > 0)
    g_string_append_printf (
        text, ngettext (" · %d frame to go", " · %d frames to go", (gulong) to_go), to_go);
  else if (progress.carrying > 0)
    g_string_append_printf (text,
                            ngettext (" · carrying into %d frame", " · carrying into %d frames",
                                      (gulong) progress.carrying),
                            progress.carrying);
  else
    g_string_append (text, _ (" · ready"));
  return g_string_free (text, FALSE);
}

const char *
ferry_readiness_frame_text (FerryDocument *document, int frame)
{
  FyLive *live = ferry_document_live (document);

  switch (live != NULL ? fy_live_ready (live, frame) : FY_READY_NONE)
    {
    case FY_READY_FEATURES:
      return _ ("features ready, list not yet");
    case FY_READY_LIST:
      return _ ("features and list ready, labels not carried yet");
    case FY_READY_CARRIED:
      return _ ("features, list and labels ready");
    case FY_READY_NONE:
    default:
      return _ ("features not ready yet");
    }
}

/* --- Drawing --- */

/* Shares of the frames of a column that have features, lists, labels up to date. */
static void
look (FyLive *live, const FerryTimeAxis *axis, double x, float share[3])
{
  int first = ferry_time_axis_frame (axis, x);
  int last = MAX (first, ferry_time_axis_frame (axis, x + 1) - 1);
  int step = MAX ((last - first + 1) / LOOKS, 1);
  int n = 0;
  int count[3] = { 0 };

  for (int frame = first; frame <= last; frame += step, n++)
    {
      FyReady ready = fy_live_ready (live, frame);

      count[0] += ready >= FY_READY_FEATURES;
      count[1] += ready >= FY_READY_LIST;
      count[2] += ready >= FY_READY_CARRIED;
    }
  for (int i = 0; i < 3; i++)
    share[i] = (float) count[i] / (float) n;
}

/* A bar's columns that look the same, as one rectangle. */
typedef struct
{
  double y;
  double begin;
  float alpha;
} Run;

static void
put_run (GtkSnapshot *snapshot, const Run *run, double x, double left, const GdkRGBA *colour)
{
  GdkRGBA shade = ferry_timeline_faint (colour, (double) run->alpha);

  if (x > run->begin && run->alpha > 0)
    gtk_snapshot_append_color (snapshot, &shade,
                               &GRAPHENE_RECT_INIT ((float) (left + run->begin), (float) run->y,
                                                    (float) (x - run->begin), BAR_HEIGHT));
}

static void
draw_bars (FerryReadiness *self, GtkSnapshot *snapshot, const FerryTimelineStyle *style)
{
  const FerryTimeAxis *axis = ferry_timeline_model_axis (self->model);
  FyLive *live = ferry_document_live (ferry_timeline_model_document (self->model));
  double left = ferry_timeline_track_x (GTK_WIDGET (self));
  double end = MIN (ferry_timeline_track_width (GTK_WIDGET (self)),
                    ferry_time_axis_x (axis, axis->n_frames));
  const double inset = (ROW_HEIGHT - BAR_HEIGHT) / 2.0;
  Run run[2] = { { inset, 0, 0 }, { ROW_HEIGHT + inset, 0, 0 } };

  for (int i = 0; i < 2; i++)
    {
      Run all = { run[i].y, 0, style->contrast ? 0.3f : 0.12f };

      put_run (snapshot, &all, end, left, &style->text);
    }
  for (double x = 0; live != NULL && x < end; x++)
    {
      float share[3];
      float alpha[2];

      look (live, axis, x, share);
      alpha[0] = share[0] * 0.6f;
      alpha[1] = share[1] * 0.35f + share[2] * 0.35f;
      for (int i = 0; i < 2; i++)
        if (alpha[i] != run[i].alpha)
          {
            put_run (snapshot, &run[i], x, left, &style->text);
            run[i].begin = x;
            run[i].alpha = alpha[i];
          }
    }
  for (int i = 0; i < 2; i++)
    put_run (snapshot, &run[i], end, left, &style->text);
}

static void
ferry_readiness_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  FerryReadiness *self = FERRY_READINESS (widget);
  const char *names[2] = { _ ("Features"), _ ("Lists") };
  double x = ferry_timeline_names_x (widget);
  FerryTimelineStyle style;
  GdkRGBA dim;

  if (ferry_timeline_model_labels (self->model) == NULL)
    return;
  ferry_timeline_style_read (&style, widget);
  dim = ferry_timeline_faint (&style.text, style.contrast ? 1 : 0.7);
  for (int i = 0; i < 2; i++)
    ferry_timeline_write (widget, snapshot, names[i], x + 10, i * ROW_HEIGHT,
                          FERRY_NAMES_WIDTH - 20, ROW_HEIGHT, 0.8, &dim);
  draw_bars (self, snapshot, &style);
}

/* --- Following --- */

static gboolean
redraw (gpointer data)
{
  FerryReadiness *self = data;

  self->redraw = 0;
  gtk_widget_queue_draw (GTK_WIDGET (self));
  return G_SOURCE_REMOVE;
}

static void
on_progress (FerryReadiness *self)
{
  if (self->redraw == 0)
    self->redraw = g_timeout_add (REDRAW_MS, redraw, self);
}

GtkWidget *
ferry_readiness_new (FerryTimelineModel *model)
{
  FerryReadiness *self = g_object_new (FERRY_TYPE_READINESS, NULL);

  self->model = g_object_ref (model);
  g_signal_connect_object (model, "opened", G_CALLBACK (gtk_widget_queue_draw), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (model, "axis-changed", G_CALLBACK (gtk_widget_queue_draw), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (ferry_timeline_model_document (model), "progress",
                           G_CALLBACK (on_progress), self, G_CONNECT_SWAPPED);
  return GTK_WIDGET (self);
}

static void
ferry_readiness_measure (GtkWidget *widget,
                         GtkOrientation orientation,
                         int for_size,
                         int *minimum,
                         int *natural,
                         int *minimum_baseline,
                         int *natural_baseline)
{
  *minimum = *natural = orientation == GTK_ORIENTATION_VERTICAL ? 2 * ROW_HEIGHT : 0;
}

static void
ferry_readiness_dispose (GObject *object)
{
  FerryReadiness *self = FERRY_READINESS (object);

  g_clear_handle_id (&self->redraw, g_source_remove);
  g_clear_object (&self->model);
  G_OBJECT_CLASS (ferry_readiness_parent_class)->dispose (object);
}

static void
ferry_readiness_class_init (FerryReadinessClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ferry_readiness_dispose;
  GTK_WIDGET_CLASS (klass)->snapshot = ferry_readiness_snapshot;
  GTK_WIDGET_CLASS (klass)->measure = ferry_readiness_measure;
  gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (klass), GTK_ACCESSIBLE_ROLE_PRESENTATION);
}

static void
ferry_readiness_init (FerryReadiness *self)
{
}
