/* SPDX-License-Identifier: MIT */
#include "app/timeline/tracks.h"

#include "app/timeline/lane-painter.h"
#include "app/timeline/lanes.h"
#include "app/timeline/playhead.h"
#include "app/timeline/readiness.h"
#include "app/timeline/ruler.h"
#include "app/timeline/thumbnail-strip.h"
#include "app/timeline/timeline-style.h"
#include "app/timeline/tracks-input.h"

#include <glib/gi18n.h>
#include <math.h>

struct _FerryTracks
{
  GtkWidget parent_instance;

  FerryTimelineModel *model;
  GtkWidget *ruler;
  GtkWidget *strip;
  GtkWidget *lanes;
  GtkWidget *readiness;
  GtkWidget *playhead;
  GtkWidget *zoom_buttons;
  GtkWidget *across; /* scroll bars */
  GtkWidget *down;
  GtkAdjustment *time;
  gboolean following; /* the adjustment is being set */
};

G_DEFINE_FINAL_TYPE (FerryTracks, ferry_tracks, GTK_TYPE_WIDGET)

/* --- Places --- */

void
ferry_tracks_locate (FerryTracks *self, double x, double y, FerryTracksPlace *place)
{
  const FerryTimeAxis *axis = ferry_timeline_model_axis (self->model);
  graphene_rect_t bounds;
  double lanes_y;
  double inner;

  *place = (FerryTracksPlace){ .part = FERRY_PART_OTHER };
  if (axis->n_frames == 0 || !gtk_widget_compute_bounds (self->lanes, GTK_WIDGET (self), &bounds))
    return;
  inner = x - (double) bounds.origin.x;
  place->x = inner - ferry_timeline_track_x (self->lanes);
  place->frame = ferry_time_axis_frame (axis, place->x);
  lanes_y = y - (double) bounds.origin.y;
  if (lanes_y >= 0 && lanes_y < (double) bounds.size.height)
    place->object = ferry_lanes_object_at (FERRY_LANES (self->lanes), lanes_y);
  if (inner < 0 || inner >= (double) bounds.size.width)
    place->part = FERRY_PART_OTHER;
  else if (place->x < 0 || place->x >= ferry_timeline_track_width (self->lanes))
    place->part =
        lanes_y >= 0 && lanes_y < (double) bounds.size.height ? FERRY_PART_NAMES : FERRY_PART_OTHER;
  else if (y < FERRY_RULER_HEIGHT)
    place->part = FERRY_PART_RULER;
  else if (lanes_y < 0)
    place->part = FERRY_PART_STRIP;
  else
    place->part = lanes_y < (double) bounds.size.height ? FERRY_PART_LANES : FERRY_PART_READINESS;
}

FerryTimelineModel *
ferry_tracks_model (FerryTracks *self)
{
  return self->model;
}

FerryLanes *
ferry_tracks_lanes (FerryTracks *self)
{
  return FERRY_LANES (self->lanes);
}

void
ferry_tracks_set_hover (FerryTracks *self, int frame)
{
  ferry_playhead_set_hover (FERRY_PLAYHEAD (self->playhead), frame);
}

void
ferry_tracks_lane_point (FerryTracks *self, guint16 object, int frame, double *x, double *y)
{
  graphene_rect_t bounds;

  *x = *y = 0;
  if (!gtk_widget_compute_bounds (self->lanes, GTK_WIDGET (self), &bounds))
    return;
  *x = (double) bounds.origin.x + ferry_timeline_track_x (self->lanes) +
       CLAMP (ferry_time_axis_centre (ferry_timeline_model_axis (self->model), frame), 0,
              ferry_timeline_track_width (self->lanes));
  *y = (double) bounds.origin.y + ferry_lanes_y (FERRY_LANES (self->lanes), object);
}

void
ferry_tracks_zoom (FerryTracks *self, double factor)
{
  const FerryTimeAxis *axis = ferry_timeline_model_axis (self->model);
  double x = ferry_time_axis_centre (
      axis, ferry_document_frame (ferry_timeline_model_document (self->model)));

  ferry_timeline_model_zoom (self->model, factor, x >= 0 && x <= axis->width ? x : axis->width / 2);
}

/* --- What is announced and shown where the pointer rests --- */

static void
describe (FerryTracks *self)
{
  FerryDocument *document = ferry_timeline_model_document (self->model);
  int frame = ferry_document_frame (document);
  int n = ferry_document_n_frames (document);
  g_autofree char *text = NULL;

  if (ferry_timeline_model_labels (self->model) == NULL || frame >= n)
    text = g_strdup (_ ("Nothing is open"));
  else
    text = ferry_timeline_describe (self->model, ferry_document_object (document), frame);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text,
                                  GTK_ACCESSIBLE_PROPERTY_VALUE_NOW, (double) (frame + 1),
                                  GTK_ACCESSIBLE_PROPERTY_VALUE_MIN, 1.0,
                                  GTK_ACCESSIBLE_PROPERTY_VALUE_MAX, (double) MAX (n, 1),
                                  GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT, text, -1);
}

static gboolean
has_menu (FerryTracks *self)
{
  return GTK_IS_POPOVER (gtk_widget_get_last_child (GTK_WIDGET (self)));
}

static gboolean
on_tooltip (FerryTracks *self, int x, int y, gboolean keyboard, GtkTooltip *tooltip)
{
  FerryFrames *frames = ferry_timeline_model_frames (self->model);
  FerryTracksPlace place;
  GtkWidget *box;
  GdkTexture *picture;
  g_autofree char *text = NULL;

  ferry_tracks_locate (self, x, y, &place);
  if (frames == NULL || keyboard || place.part <= FERRY_PART_NAMES || has_menu (self))
    return FALSE;
  box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  picture = ferry_frames_peek_thumbnail (frames, place.frame);
  if (picture != NULL)
    {
      GtkWidget *image = gtk_picture_new_for_paintable (GDK_PAINTABLE (picture));

      gtk_picture_set_can_shrink (GTK_PICTURE (image), FALSE);
      gtk_box_append (GTK_BOX (box), image);
    }
  text = ferry_timeline_describe (self->model, place.object, place.frame);
  gtk_box_append (GTK_BOX (box), gtk_label_new (text));
  if (place.part == FERRY_PART_READINESS)
    gtk_box_append (GTK_BOX (box), gtk_label_new (ferry_readiness_frame_text (
                                       ferry_timeline_model_document (self->model), place.frame)));
  gtk_tooltip_set_custom (tooltip, box);
  gtk_tooltip_set_tip_area (tooltip,
                            &(GdkRectangle){ x - 8, y - 8, 16, 16 }); /* so that it moves */
  return TRUE;
}

/* --- Following --- */

static void
show_axis (FerryTracks *self)
{
  const FerryTimeAxis *axis = ferry_timeline_model_axis (self->model);
  double length = MAX (ferry_time_axis_length (axis), axis->width);

  self->following = TRUE;
  gtk_adjustment_configure (self->time, axis->offset, 0, length, MAX (axis->scale, 1),
                            axis->width * 0.9, axis->width);
  self->following = FALSE;
}

static void
on_scrolled (FerryTracks *self)
{
  if (!self->following)
    ferry_timeline_model_scroll_to (self->model, gtk_adjustment_get_value (self->time));
}

static void
on_frame (FerryTracks *self)
{
  if (ferry_timeline_model_labels (self->model) == NULL)
    return;
  ferry_timeline_model_reveal (self->model,
                               ferry_document_frame (ferry_timeline_model_document (self->model)));
  describe (self);
}

static void
on_labels (FerryTracks *self, int frame)
{
  if (frame == ferry_document_frame (ferry_timeline_model_document (self->model)))
    describe (self);
}

static void
on_opened (FerryTracks *self)
{
  show_axis (self);
  describe (self);
}

/* --- Life --- */

static void
add_zoom_button (FerryTracks *self,
                 const char *icon,
                 const char *action,
                 const char *name,
                 const char *tip)
{
  GtkWidget *button = gtk_button_new_from_icon_name (icon);

  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), action);
  gtk_widget_set_tooltip_text (button, tip);
  gtk_widget_add_css_class (button, "flat");
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  gtk_box_append (GTK_BOX (self->zoom_buttons), button);
}

static void
add_parts (FerryTracks *self)
{
  GtkWidget *widget = GTK_WIDGET (self);

  self->ruler = ferry_ruler_new (self->model);
  self->strip = ferry_thumbnail_strip_new (self->model);
  self->lanes = ferry_lanes_new (self->model);
  self->readiness = ferry_readiness_new (self->model);
  self->playhead = ferry_playhead_new (self->model);
  self->time = gtk_adjustment_new (0, 0, 0, 0, 0, 0);
  self->across = gtk_scrollbar_new (GTK_ORIENTATION_HORIZONTAL, self->time);
  self->down = gtk_scrollbar_new (GTK_ORIENTATION_VERTICAL,
                                  ferry_lanes_adjustment (FERRY_LANES (self->lanes)));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->across), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Part of the clip on show"), -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->down), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Lanes on show"), -1);
  self->zoom_buttons = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
  gtk_widget_set_direction (self->across, GTK_TEXT_DIR_LTR);
  add_zoom_button (self, "zoom-out-symbolic", "timeline.zoom-out", _ ("Zoom timeline out"),
                   _ ("Zoom the timeline out (Ctrl+wheel, -)"));
  add_zoom_button (self, "zoom-fit-best-symbolic", "timeline.fit", _ ("Whole clip"),
                   _ ("Show the whole clip in the timeline"));
  add_zoom_button (self, "zoom-in-symbolic", "timeline.zoom-in", _ ("Zoom timeline in"),
                   _ ("Zoom the timeline in (Ctrl+wheel, +)"));
  gtk_widget_set_parent (self->ruler, widget);
  gtk_widget_set_parent (self->strip, widget);
  gtk_widget_set_parent (self->lanes, widget);
  gtk_widget_set_parent (self->readiness, widget);
  gtk_widget_set_parent (self->playhead, widget);
  gtk_widget_set_parent (self->zoom_buttons, widget);
  gtk_widget_set_parent (self->down, widget);
  gtk_widget_set_parent (self->across, widget);
}

GtkWidget *
ferry_tracks_new (FerryTimelineModel *model)
{
  FerryTracks *self = g_object_new (FERRY_TYPE_TRACKS, NULL);
  FerryDocument *document = ferry_timeline_model_document (model);

  self->model = g_object_ref (model);
  add_parts (self);
  ferry_tracks_add_input (self);
  g_signal_connect_object (self->time, "value-changed", G_CALLBACK (on_scrolled), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (model, "axis-changed", G_CALLBACK (show_axis), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (model, "opened", G_CALLBACK (on_opened), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (model, "labels-changed", G_CALLBACK (on_labels), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (document, "notify::frame", G_CALLBACK (on_frame), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (document, "notify::object", G_CALLBACK (describe), self,
                           G_CONNECT_SWAPPED);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Timeline"), -1);
  describe (self);
  gtk_widget_set_has_tooltip (GTK_WIDGET (self), TRUE);
  g_signal_connect_swapped (self, "query-tooltip", G_CALLBACK (on_tooltip), self);
  return GTK_WIDGET (self);
}

static int
natural_size (GtkWidget *widget, GtkOrientation orientation)
{
  int natural;

  gtk_widget_measure (widget, orientation, -1, NULL, &natural, NULL, NULL);
  return natural;
}

static void
ferry_tracks_measure (GtkWidget *widget,
                      GtkOrientation orientation,
                      int for_size,
                      int *minimum,
                      int *natural,
                      int *minimum_baseline,
                      int *natural_baseline)
{
  FerryTracks *self = FERRY_TRACKS (widget);

  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    {
      *minimum = FERRY_NAMES_WIDTH + 200;
      *natural = FERRY_NAMES_WIDTH + 600;
      return;
    }
  gtk_widget_measure (self->lanes, orientation, -1, minimum, natural, NULL, NULL);
  *minimum += FERRY_RULER_HEIGHT + natural_size (self->strip, orientation) +
              natural_size (self->readiness, orientation) +
              natural_size (self->across, orientation);
  *natural += FERRY_RULER_HEIGHT + natural_size (self->strip, orientation) +
              natural_size (self->readiness, orientation) +
              natural_size (self->across, orientation);
}

static void
place (GtkWidget *child, int x, int y, int width, int height)
{
  gtk_widget_size_allocate (child, &(GtkAllocation){ x, y, MAX (width, 0), MAX (height, 0) }, -1);
}

static void
present_menus (GtkWidget *widget)
{
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    if (GTK_IS_POPOVER (child))
      gtk_popover_present (GTK_POPOVER (child));
}

static void
ferry_tracks_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  FerryTracks *self = FERRY_TRACKS (widget);
  gboolean mirrored = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
  int down = natural_size (self->down, GTK_ORIENTATION_HORIZONTAL);
  int across = natural_size (self->across, GTK_ORIENTATION_VERTICAL);
  int strip = natural_size (self->strip, GTK_ORIENTATION_VERTICAL);
  int readiness = natural_size (self->readiness, GTK_ORIENTATION_VERTICAL);
  int inner = MAX (width - down, FERRY_NAMES_WIDTH);
  int left = mirrored ? down : 0;
  int track = mirrored ? left : FERRY_NAMES_WIDTH;
  int lanes_y = FERRY_RULER_HEIGHT + strip;
  int lanes = MAX (height - lanes_y - readiness - across, 0);
  int buttons = natural_size (self->zoom_buttons, GTK_ORIENTATION_VERTICAL);

  /* First of all, for the scroll bar is laid out by it. */
  ferry_timeline_model_set_width (self->model, inner - FERRY_NAMES_WIDTH);
  place (self->ruler, left, 0, inner, FERRY_RULER_HEIGHT);
  place (self->strip, left, FERRY_RULER_HEIGHT, inner, strip);
  place (self->lanes, left, lanes_y, inner, lanes);
  place (self->readiness, left, lanes_y + lanes, inner, readiness);
  place (self->playhead, left, 0, inner, lanes_y + lanes + readiness);
  place (self->down, mirrored ? 0 : inner, lanes_y, down, lanes);
  place (self->across, track, height - across, inner - FERRY_NAMES_WIDTH, across);
  place (self->zoom_buttons, mirrored ? left + inner - FERRY_NAMES_WIDTH + 6 : 6,
         (lanes_y - buttons) / 2, FERRY_NAMES_WIDTH - 12, buttons);
  present_menus (widget);
}

static void
ferry_tracks_dispose (GObject *object)
{
  FerryTracks *self = FERRY_TRACKS (object);
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  g_clear_object (&self->model);
  G_OBJECT_CLASS (ferry_tracks_parent_class)->dispose (object);
}

static void
ferry_tracks_class_init (FerryTracksClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ferry_tracks_dispose;
  widget_class->measure = ferry_tracks_measure;
  widget_class->size_allocate = ferry_tracks_size_allocate;
  gtk_widget_class_set_css_name (widget_class, "tracks");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_SLIDER);
}

static void
ferry_tracks_init (FerryTracks *self)
{
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
}
