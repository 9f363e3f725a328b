/* SPDX-License-Identifier: MIT */
#include "app/timeline/lanes.h"

#include "app/preferences/shortcuts-window.h"
#include "app/timeline/lane-painter.h"
#include "app/timeline/timeline-style.h"

#include <glib/gi18n.h>
#include <math.h>

#define LEAST_LANES   3 /* to be seen */
#define NATURAL_LANES 4
#define SWATCH        10   /* pixels */
#define WORD_SCALE    0.82 /* of the font, for a word in a lane */
#define KEPT          64   /* lanes painted, before those out of sight are dropped */

/* A lane as it was painted last. */
typedef struct
{
  GdkTexture *texture;
  gboolean stale;
  guint drawn; /* in which pass */
} Lane;

struct _FerryLanes
{
  GtkWidget parent_instance;

  FerryTimelineModel *model;
  GtkAdjustment *adjustment;
  GHashTable *lane; /* object id -> Lane */
  guint pass;
};

G_DEFINE_FINAL_TYPE (FerryLanes, ferry_lanes, GTK_TYPE_WIDGET)

static void
lane_free (gpointer data)
{
  g_clear_object (&((Lane *) data)->texture);
  g_free (data);
}

static int
n_lanes (FerryLanes *self)
{
  FyLabelSet *labels = ferry_timeline_model_labels (self->model);

  return labels != NULL ? fy_label_set_n_objects (labels) : 0;
}

static double
scrolled (FerryLanes *self)
{
  return round (gtk_adjustment_get_value (self->adjustment));
}

/* --- Painting one --- */

static FerryLaneStyle
lane_style (FerryLanes *self, const FerryTimelineStyle *style, const FyObject *object)
{
  return (FerryLaneStyle){ .colour = object->colour,
                           .text = ferry_timeline_rgb (&style->text),
                           .base = ferry_timeline_rgb (&style->base),
                           .weak = ferry_timeline_rgb (&style->weak),
                           .good = ferry_timeline_rgb (&style->good),
                           .contrast = style->contrast,
                           .scale = gtk_widget_get_scale_factor (GTK_WIDGET (self)) };
}

static void
paint (FerryLanes *self, Lane *lane, const FerryTimelineStyle *style, const FyObject *object)
{
  FerryLaneStyle how = lane_style (self, style, object);
  int width = (int) ferry_timeline_track_width (GTK_WIDGET (self)) * how.scale;
  int height = FERRY_LANE_HEIGHT * how.scale;
  gsize size = (gsize) width * (gsize) height * sizeof (guint32);
  g_autoptr (GBytes) bytes = NULL;
  guint32 *pixel;

  g_clear_object (&lane->texture);
  lane->stale = FALSE;
  if (width <= 0)
    return;
  pixel = g_malloc (size);
  ferry_lane_paint (ferry_timeline_model_row (self->model, object->id),
                    ferry_timeline_model_axis (self->model), &how, pixel, width, height);
  bytes = g_bytes_new_take (pixel, size);
  lane->texture =
      gdk_memory_texture_new (width, height, GDK_MEMORY_DEFAULT, bytes, (gsize) width * 4);
}

static GdkTexture *
get_texture (FerryLanes *self, const FerryTimelineStyle *style, const FyObject *object)
{
  Lane *lane = g_hash_table_lookup (self->lane, GUINT_TO_POINTER (object->id));

  if (lane == NULL)
    {
      lane = g_new0 (Lane, 1);
      lane->stale = TRUE;
      g_hash_table_insert (self->lane, GUINT_TO_POINTER (object->id), lane);
    }
  if (lane->stale)
    paint (self, lane, style, object);
  lane->drawn = self->pass;
  return lane->texture;
}

/* --- Drawing --- */

static void
draw_name (FerryLanes *self,
           GtkSnapshot *snapshot,
           const FerryTimelineStyle *style,
           const FyObject *object,
           double y)
{
  GtkWidget *widget = GTK_WIDGET (self);
  gboolean mirrored = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
  double x = ferry_timeline_names_x (widget);
  double swatch_x = mirrored ? x + FERRY_NAMES_WIDTH - 10 - SWATCH : x + 10;
  double text_x = mirrored ? x + 6 : x + 26;
  g_autofree char *name = g_strdup_printf ("%d  %s", object->id, object->name);
  GdkRGBA colour = ferry_timeline_rgba (object->colour, 1);
  GdkRGBA text = ferry_timeline_faint (&style->text, object->hidden ? 0.5 : 1);
  GskRoundedRect swatch;

  gsk_rounded_rect_init_from_rect (
      &swatch,
      &GRAPHENE_RECT_INIT ((float) swatch_x, (float) (y + (FERRY_LANE_HEIGHT - SWATCH) / 2.0),
                           SWATCH, SWATCH),
      3);
  gtk_snapshot_push_rounded_clip (snapshot, &swatch);
  gtk_snapshot_append_color (snapshot, &colour, &swatch.bounds);
  gtk_snapshot_pop (snapshot);
  ferry_timeline_write (widget, snapshot, name, text_x, y, FERRY_NAMES_WIDTH - 32,
                        FERRY_LANE_HEIGHT, 0.92, &text);
}

/* Words in the spans that say something: a pattern alone is not understood. */
static void
draw_words (FerryLanes *self,
            GtkSnapshot *snapshot,
            const FerryTimelineStyle *style,
            const FyObject *object,
            double y)
{
  GtkWidget *widget = GTK_WIDGET (self);
  double left = ferry_timeline_track_x (widget);
  const char *const word[] = { C_ ("label", "absent"), C_ ("label", "occluded") };
  g_autoptr (GArray) spans = ferry_lane_spans (ferry_timeline_model_row (self->model, object->id),
                                               ferry_timeline_model_axis (self->model), 16);
  double width[2];

  if (spans->len == 0) /* as in most lanes, which are drawn often */
    return;
  for (int i = 0; i < 2; i++)
    width[i] = ferry_timeline_text_width (widget, word[i], WORD_SCALE);

  for (guint i = 0; i < spans->len; i++)
    {
      const FerryLaneSpan *span = &g_array_index (spans, FerryLaneSpan, i);
      int which = span->provenance == FY_PROVENANCE_ABSENT ? 0 : 1;
      double x = left + span->x + 8;

      if (span->width < width[which] + 16)
        continue;
      gtk_snapshot_append_color (
          snapshot, &style->base,
          &GRAPHENE_RECT_INIT ((float) (x - 4), (float) (y + 5), (float) width[which] + 8, 12));
      ferry_timeline_write (widget, snapshot, word[which], x, y, 0, FERRY_LANE_HEIGHT, WORD_SCALE,
                            &style->text);
    }
}

static void
draw_lane (FerryLanes *self, GtkSnapshot *snapshot, const FerryTimelineStyle *style, int index)
{
  GtkWidget *widget = GTK_WIDGET (self);
  FyObject *object = fy_label_set_object (ferry_timeline_model_labels (self->model), index);
  double y = index * FERRY_LANE_HEIGHT - scrolled (self);
  float width = (float) gtk_widget_get_width (widget);
  GdkRGBA line = ferry_timeline_faint (&style->text, 0.09);
  GdkRGBA selected = ferry_timeline_faint (&style->text, style->contrast ? 0.25 : 0.1);
  GdkTexture *texture = get_texture (self, style, object);

  if (object->id == ferry_document_object (ferry_timeline_model_document (self->model)))
    gtk_snapshot_append_color (snapshot, &selected,
                               &GRAPHENE_RECT_INIT (0, (float) y, width, FERRY_LANE_HEIGHT));
  gtk_snapshot_append_color (
      snapshot, &line, &GRAPHENE_RECT_INIT (0, (float) (y + FERRY_LANE_HEIGHT - 1), width, 1));
  draw_name (self, snapshot, style, object, y);
  if (texture != NULL)
    gtk_snapshot_append_texture (
        snapshot, texture,
        &GRAPHENE_RECT_INIT ((float) ferry_timeline_track_x (widget), (float) y,
                             (float) (int) ferry_timeline_track_width (widget), FERRY_LANE_HEIGHT));
  draw_words (self, snapshot, style, object, y);
}

static gboolean
is_out_of_sight (gpointer key, gpointer value, gpointer data)
{
  return ((Lane *) value)->drawn != FERRY_LANES (data)->pass;
}

static void
draw_empty (FerryLanes *self, GtkSnapshot *snapshot, const FerryTimelineStyle *style)
{
  GtkWidget *widget = GTK_WIDGET (self);
  GdkRGBA dim = ferry_timeline_faint (&style->text, style->contrast ? 1 : 0.62);
  g_autofree char *text = ferry_shortcut_tip (
      _ ("No objects yet: paint one in the picture, or make a new one"), "win.new-object");

  ferry_timeline_write (widget, snapshot, text, ferry_timeline_track_x (widget) + 8, 0,
                        ferry_timeline_track_width (widget) - 16, FERRY_LANE_HEIGHT * LEAST_LANES,
                        0.95, &dim);
}

static void
ferry_lanes_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  FerryLanes *self = FERRY_LANES (widget);
  int height = gtk_widget_get_height (widget);
  int n = n_lanes (self);
  int first = (int) (scrolled (self) / FERRY_LANE_HEIGHT);
  FerryTimelineStyle style;

  if (ferry_timeline_model_labels (self->model) == NULL)
    return;
  ferry_timeline_style_read (&style, widget);
  self->pass++;
  gtk_snapshot_push_clip (
      snapshot, &GRAPHENE_RECT_INIT (0, 0, (float) gtk_widget_get_width (widget), (float) height));
  for (int i = first; i < n && i * FERRY_LANE_HEIGHT < scrolled (self) + height; i++)
    draw_lane (self, snapshot, &style, i);
  if (n == 0)
    draw_empty (self, snapshot, &style);
  gtk_snapshot_pop (snapshot);
  if (g_hash_table_size (self->lane) > KEPT)
    g_hash_table_foreach_remove (self->lane, is_out_of_sight, self);
}

/* --- Following --- */

static void
make_stale (FerryLanes *self)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->lane);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    ((Lane *) value)->stale = TRUE;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
configure_adjustment (FerryLanes *self)
{
  double page = gtk_widget_get_height (GTK_WIDGET (self));
  double length = MAX (n_lanes (self) * FERRY_LANE_HEIGHT, page);

  gtk_adjustment_configure (self->adjustment, gtk_adjustment_get_value (self->adjustment), 0,
                            length, FERRY_LANE_HEIGHT, page, page);
}

static void
on_objects_changed (FerryLanes *self)
{
  configure_adjustment (self);
  make_stale (self);
}

static void
on_labels_changed (FerryLanes *self, int frame)
{
  int first;
  int last;

  ferry_time_axis_visible (ferry_timeline_model_axis (self->model), &first, &last);
  if (frame < 0 || (frame >= first - 1 && frame <= last + 1))
    make_stale (self);
}

static void
on_object (FerryLanes *self)
{
  ferry_lanes_reveal (self, ferry_document_object (ferry_timeline_model_document (self->model)));
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

GtkWidget *
ferry_lanes_new (FerryTimelineModel *model)
{
  FerryLanes *self = g_object_new (FERRY_TYPE_LANES, NULL);

  self->model = g_object_ref (model);
  g_signal_connect_object (model, "opened", G_CALLBACK (on_objects_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (model, "objects-changed", G_CALLBACK (on_objects_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (model, "labels-changed", G_CALLBACK (on_labels_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (model, "axis-changed", G_CALLBACK (make_stale), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (ferry_timeline_model_document (model), "notify::object",
                           G_CALLBACK (on_object), self, G_CONNECT_SWAPPED);
  ferry_shortcuts_watch (self, G_CALLBACK (gtk_widget_queue_draw));
  return GTK_WIDGET (self);
}

/* --- Asked from outside --- */

GtkAdjustment *
ferry_lanes_adjustment (FerryLanes *self)
{
  return self->adjustment;
}

guint16
ferry_lanes_object_at (FerryLanes *self, double y)
{
  int index = (int) floor ((y + scrolled (self)) / FERRY_LANE_HEIGHT);

  if (index < 0 || index >= n_lanes (self))
    return 0;
  return fy_label_set_object (ferry_timeline_model_labels (self->model), index)->id;
}

static int
lane_index (FerryLanes *self, guint16 object)
{
  FyLabelSet *labels = ferry_timeline_model_labels (self->model);

  return labels != NULL ? fy_label_set_index (labels, object) : -1;
}

double
ferry_lanes_y (FerryLanes *self, guint16 object)
{
  return (lane_index (self, object) + 0.5) * FERRY_LANE_HEIGHT - scrolled (self);
}

void
ferry_lanes_reveal (FerryLanes *self, guint16 object)
{
  int index = lane_index (self, object);

  if (index >= 0)
    gtk_adjustment_clamp_page (self->adjustment, index * FERRY_LANE_HEIGHT,
                               (index + 1) * FERRY_LANE_HEIGHT);
}

void
ferry_lanes_step (FerryLanes *self, int step)
{
  FerryDocument *document = ferry_timeline_model_document (self->model);
  int index = lane_index (self, ferry_document_object (document));
  int n = n_lanes (self);

  if (n == 0)
    return;
  index = index < 0 ? (step > 0 ? 0 : n - 1) : CLAMP (index + step, 0, n - 1);
  ferry_document_set_object (
      document, fy_label_set_object (ferry_timeline_model_labels (self->model), index)->id);
}

/* --- The widget --- */

static void
ferry_lanes_measure (GtkWidget *widget,
                     GtkOrientation orientation,
                     int for_size,
                     int *minimum,
                     int *natural,
                     int *minimum_baseline,
                     int *natural_baseline)
{
  gboolean vertical = orientation == GTK_ORIENTATION_VERTICAL;

  *minimum = vertical ? LEAST_LANES * FERRY_LANE_HEIGHT : 0;
  *natural = vertical ? NATURAL_LANES * FERRY_LANE_HEIGHT : 0;
}

static void
ferry_lanes_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  configure_adjustment (FERRY_LANES (widget));
  make_stale (FERRY_LANES (widget));
}

static void
ferry_lanes_css_changed (GtkWidget *widget, GtkCssStyleChange *change)
{
  GTK_WIDGET_CLASS (ferry_lanes_parent_class)->css_changed (widget, change);
  make_stale (FERRY_LANES (widget));
}

static void
ferry_lanes_dispose (GObject *object)
{
  FerryLanes *self = FERRY_LANES (object);

  g_clear_object (&self->model);
  g_clear_object (&self->adjustment);
  g_clear_pointer (&self->lane, g_hash_table_unref);
  G_OBJECT_CLASS (ferry_lanes_parent_class)->dispose (object);
}

static void
ferry_lanes_class_init (FerryLanesClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ferry_lanes_dispose;
  widget_class->snapshot = ferry_lanes_snapshot;
  widget_class->measure = ferry_lanes_measure;
  widget_class->size_allocate = ferry_lanes_size_allocate;
  widget_class->css_changed = ferry_lanes_css_changed;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_PRESENTATION);
}

static void
ferry_lanes_init (FerryLanes *self)
{
  self->lane = g_hash_table_new_full (NULL, NULL, NULL, lane_free);
  self->adjustment = g_object_ref_sink (gtk_adjustment_new (0, 0, 0, 0, 0, 0));
  g_signal_connect_object (self->adjustment, "value-changed", G_CALLBACK (gtk_widget_queue_draw),
                           self, G_CONNECT_SWAPPED);
}
