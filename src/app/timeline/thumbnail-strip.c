/* SPDX-License-Identifier: MIT */
#include "app/timeline/thumbnail-strip.h"

#include "app/texture.h"
#include "app/timeline/labelled-picture.h"
#include "app/timeline/timeline-style.h"

#define LEAST_SHARE 0.67 /* of a picture's width that is to be seen */
#define BUDGET      3000 /* microseconds of drawing labels a frame of the display */
#define KEPT        512  /* pictures, before those out of sight are dropped */
#define OPACITY     0.55

/* A picture, and what it was made of. */
typedef struct
{
  FyFrame *source; /* as the frames had it */
  FyFrame *scaled; /* as big as it is drawn */
  FyFrameLabels *labels;
  GdkTexture *texture;
  gboolean stale; /* colours have changed since */
  guint drawn;    /* in which pass */
} Picture;

struct _FerryThumbnailStrip
{
  GtkWidget parent_instance;

  FerryTimelineModel *model;
  GHashTable *picture; /* frame number -> Picture */
  FerryColours *colours;
  guint pass;
  guint again; /* idle */
};

G_DEFINE_FINAL_TYPE (FerryThumbnailStrip, ferry_thumbnail_strip, GTK_TYPE_WIDGET)

static void
picture_free (gpointer data)
{
  Picture *picture = data;

  fy_frame_unref (picture->source);
  fy_frame_unref (picture->scaled);
  fy_frame_labels_unref (picture->labels);
  g_clear_object (&picture->texture);
  g_free (picture);
}

/* --- Making pictures --- */

static FyFrameLabels *
labels_to_show (FerryThumbnailStrip *self, int frame)
{
  FerryOverlay overlay;

  g_object_get (ferry_timeline_model_toolbox (self->model), "overlay", &overlay, NULL);
  return overlay == FERRY_OVERLAY_OFF
             ? NULL
             : fy_label_set_peek (ferry_timeline_model_labels (self->model), frame);
}

static void
make_texture (FerryThumbnailStrip *self, Picture *picture, FyFrameLabels *labels)
{
  g_autoptr (FyFrame) drawn = NULL;

  if (self->colours == NULL)
    self->colours = ferry_colours_new (ferry_timeline_model_labels (self->model));
  drawn = ferry_labelled_picture (picture->scaled, labels, self->colours, OPACITY);
  g_clear_object (&picture->texture);
  picture->texture = ferry_texture_new (drawn);
  fy_frame_labels_unref (picture->labels);
  picture->stale = FALSE;
  picture->labels = labels != NULL ? fy_frame_labels_ref (labels) : NULL;
}

static gboolean
scale_source (Picture *picture, FyFrame *source, int height)
{
  int width = MAX (1, source->width * height / source->height);

  g_clear_pointer (&picture->source, fy_frame_unref);
  g_clear_pointer (&picture->scaled, fy_frame_unref);
  picture->stale = TRUE;
  picture->source = fy_frame_ref (source);
  picture->scaled =
      source->height <= height ? fy_frame_ref (source) : fy_frame_scale (source, width, height);
  return picture->scaled != NULL;
}

/* The picture of a frame, made anew where it is out of date and there is time for it.
 * Returns: nullable. */
static GdkTexture *
get_texture (FerryThumbnailStrip *self, int frame, gint64 deadline, gboolean *behind)
{
  FyFrame *source = ferry_frames_peek_small (ferry_timeline_model_frames (self->model), frame);
  FyFrameLabels *labels = labels_to_show (self, frame);
  int height = FERRY_THUMBNAIL_HEIGHT * gtk_widget_get_scale_factor (GTK_WIDGET (self));
  Picture *picture = g_hash_table_lookup (self->picture, GINT_TO_POINTER (frame));
  gboolean late = g_get_monotonic_time () >= deadline;

  if (picture == NULL && source == NULL)
    return NULL;
  if (picture == NULL)
    {
      picture = g_new0 (Picture, 1);
      g_hash_table_insert (self->picture, GINT_TO_POINTER (frame), picture);
    }
  picture->drawn = self->pass;
  if (source != NULL && picture->source != source)
    {
      if (late)
        *behind = TRUE;
      else if (!scale_source (picture, source, height))
        return NULL;
    }
  if (picture->scaled != NULL && (picture->stale || picture->labels != labels))
    {
      if (late)
        *behind = TRUE;
      else
        make_texture (self, picture, labels);
    }
  return picture->texture;
}

/* --- Drawing --- */

static gboolean
draw_again (gpointer data)
{
  FerryThumbnailStrip *self = data;

  self->again = 0;
  gtk_widget_queue_draw (GTK_WIDGET (self));
  return G_SOURCE_REMOVE;
}

static gboolean
is_out_of_sight (gpointer key, gpointer value, gpointer data)
{
  return ((Picture *) value)->drawn != FERRY_THUMBNAIL_STRIP (data)->pass;
}

static double
picture_width (FerryThumbnailStrip *self)
{
  FyLabelSet *labels = ferry_timeline_model_labels (self->model);
  double aspect = (double) fy_label_set_width (labels) / fy_label_set_height (labels);

  return CLAMP (FERRY_THUMBNAIL_HEIGHT * aspect, 12, 4 * FERRY_THUMBNAIL_HEIGHT);
}

static void
draw_slot (GtkSnapshot *snapshot,
           GdkTexture *texture,
           const graphene_rect_t *slot,
           const GdkRGBA *empty)
{
  double width;

  if (texture == NULL)
    {
      gtk_snapshot_append_color (snapshot, empty, slot);
      return;
    }
  width = (double) slot->size.height * gdk_texture_get_width (texture) /
          gdk_texture_get_height (texture);
  if (width <= (double) slot->size.width)
    {
      gtk_snapshot_append_texture (
          snapshot, texture,
          &GRAPHENE_RECT_INIT (slot->origin.x, slot->origin.y, (float) width, slot->size.height));
      return;
    }
  gtk_snapshot_push_clip (snapshot, slot);
  gtk_snapshot_append_texture (
      snapshot, texture,
      &GRAPHENE_RECT_INIT (slot->origin.x - (float) (width - (double) slot->size.width) / 2,
                           slot->origin.y, (float) width, slot->size.height));
  gtk_snapshot_pop (snapshot);
}

static gboolean
draw_slots (FerryThumbnailStrip *self, GtkSnapshot *snapshot)
{
  const FerryTimeAxis *axis = ferry_timeline_model_axis (self->model);
  int step = ferry_time_axis_slot (axis, picture_width (self) * LEAST_SHARE);
  double left = ferry_timeline_track_x (GTK_WIDGET (self));
  gint64 deadline = g_get_monotonic_time () + BUDGET;
  FerryTimelineStyle style;
  gboolean behind = FALSE;
  GdkRGBA empty;
  int first;
  int last;

  ferry_timeline_style_read (&style, GTK_WIDGET (self));
  empty = ferry_timeline_faint (&style.text, 0.07);
  ferry_time_axis_visible (axis, &first, &last);
  for (int frame = first / step * step; frame <= last; frame += step)
    {
      double x = ferry_time_axis_x (axis, frame);
      double end = ferry_time_axis_x (axis, MIN (frame + step, axis->n_frames));
      graphene_rect_t slot = GRAPHENE_RECT_INIT (
          (float) (left + x), 0, (float) MAX (end - x - 1, 1), FERRY_THUMBNAIL_HEIGHT);

      draw_slot (snapshot, get_texture (self, frame, deadline, &behind), &slot, &empty);
    }
  return behind;
}

static void
ferry_thumbnail_strip_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  FerryThumbnailStrip *self = FERRY_THUMBNAIL_STRIP (widget);

  if (ferry_timeline_model_labels (self->model) == NULL)
    return;
  self->pass++;
  gtk_snapshot_push_clip (snapshot,
                          &GRAPHENE_RECT_INIT ((float) ferry_timeline_track_x (widget), 0,
                                               (float) ferry_timeline_track_width (widget),
                                               FERRY_THUMBNAIL_HEIGHT));
  if (draw_slots (self, snapshot) && self->again == 0)
    self->again = g_idle_add (draw_again, self);
  gtk_snapshot_pop (snapshot);
  ferry_frames_forget_thumbnails (ferry_timeline_model_frames (self->model));
  if (g_hash_table_size (self->picture) > KEPT)
    g_hash_table_foreach_remove (self->picture, is_out_of_sight, self);
}

gboolean
ferry_thumbnail_strip_is_behind (FerryThumbnailStrip *self)
{
  return self->again != 0;
}

/* --- Following --- */

static void
on_opened (FerryThumbnailStrip *self)
{
  g_hash_table_remove_all (self->picture);
  g_clear_pointer (&self->colours, ferry_colours_free);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
on_objects_changed (FerryThumbnailStrip *self)
{
  GHashTableIter iter;
  gpointer value;

  g_clear_pointer (&self->colours, ferry_colours_free);
  g_hash_table_iter_init (&iter, self->picture);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    ((Picture *) value)->stale = TRUE;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
on_frame (FerryThumbnailStrip *self, int frame)
{
  Picture *picture = g_hash_table_lookup (self->picture, GINT_TO_POINTER (frame));

  if (picture != NULL && picture->drawn == self->pass)
    gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
on_thumbnail (FerryThumbnailStrip *self, int frame)
{
  int first;
  int last;

  ferry_time_axis_visible (ferry_timeline_model_axis (self->model), &first, &last);
  if (frame <= last)
    gtk_widget_queue_draw (GTK_WIDGET (self));
}

GtkWidget *
ferry_thumbnail_strip_new (FerryTimelineModel *model)
{
  FerryThumbnailStrip *self = g_object_new (FERRY_TYPE_THUMBNAIL_STRIP, NULL);

  self->model = g_object_ref (model);
  g_signal_connect_object (model, "opened", G_CALLBACK (on_opened), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (model, "objects-changed", G_CALLBACK (on_objects_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (model, "labels-changed", G_CALLBACK (on_frame), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (model, "thumbnail-ready", G_CALLBACK (on_thumbnail), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (model, "axis-changed", G_CALLBACK (gtk_widget_queue_draw), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (ferry_timeline_model_toolbox (model), "notify::overlay",
                           G_CALLBACK (gtk_widget_queue_draw), self, G_CONNECT_SWAPPED);
  return GTK_WIDGET (self);
}

static void
ferry_thumbnail_strip_measure (GtkWidget *widget,
                               GtkOrientation orientation,
                               int for_size,
                               int *minimum,
                               int *natural,
                               int *minimum_baseline,
                               int *natural_baseline)
{
  *minimum = *natural = orientation == GTK_ORIENTATION_VERTICAL ? FERRY_THUMBNAIL_HEIGHT : 0;
}

static void
ferry_thumbnail_strip_dispose (GObject *object)
{
  FerryThumbnailStrip *self = FERRY_THUMBNAIL_STRIP (object);

  g_clear_handle_id (&self->again, g_source_remove);
  g_clear_object (&self->model);
  g_clear_pointer (&self->picture, g_hash_table_unref);
  g_clear_pointer (&self->colours, ferry_colours_free);
  G_OBJECT_CLASS (ferry_thumbnail_strip_parent_class)->dispose (object);
}

static void
ferry_thumbnail_strip_class_init (FerryThumbnailStripClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ferry_thumbnail_strip_dispose;
  GTK_WIDGET_CLASS (klass)->snapshot = ferry_thumbnail_strip_snapshot;
  GTK_WIDGET_CLASS (klass)->measure = ferry_thumbnail_strip_measure;
  gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (klass), GTK_ACCESSIBLE_ROLE_PRESENTATION);
}

static void
ferry_thumbnail_strip_init (FerryThumbnailStrip *self)
{
  self->picture = g_hash_table_new_full (NULL, NULL, NULL, picture_free);
}
