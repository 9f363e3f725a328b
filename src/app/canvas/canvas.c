/* SPDX-License-Identifier: MIT */
#include "app/canvas/canvas-internal.h"
#include "app/preferences/shortcuts-window.h"
#include "app/probe.h"

#include <glib/gi18n.h>
#include <math.h>

#define ZOOM_STEP 1.25
#define PATIENCE  6000 /* microseconds for the picture of another frame to come with its play-head */

G_DEFINE_FINAL_TYPE (FerryCanvas, ferry_canvas, GTK_TYPE_WIDGET)

enum
{
  PROP_ZOOM = 1,
  N_PROPS
};

enum
{
  MATCH_POINT,
  N_SIGNALS
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

/* --- What is shown --- */

static FerryLook *
make_look (FerryCanvas *self)
{
  FerryLook *look = ferry_look_new (ferry_document_labels (self->document));

  g_object_get (self->toolbox, "overlay", &look->overlay, "opacity", &look->opacity, "hatching",
                &look->hatching, "pixel-grid", &look->pixel_grid, NULL);
  look->line = 2 * gtk_widget_get_scale_factor (GTK_WIDGET (self));
  return look;
}

static FyRunMap *
map_of (FyLabelSet *labels, int frame)
{
  FyFrameLabels *peeked = NULL;

  if (frame >= 0 && frame < fy_label_set_n_frames (labels))
    peeked = fy_label_set_peek (labels, frame);
  return peeked != NULL ? peeked->map : NULL;
}

/* The play-head's picture, or the one at hand that is most like it; that on show stays when it is right.
 * number: out.  Returns: (transfer full) (nullable). */
static FyFrame *
find_picture (FerryCanvas *self, int *number)
{
  FerryFrames *frames = ferry_document_frames (self->document);
  int wanted = ferry_document_frame (self->document);
  FyFrame *frame = ferry_frames_get (frames, wanted);

  *number = wanted;
  if (frame != NULL)
    return frame;
  if (ferry_canvas_is_exact (self))
    return fy_frame_ref (ferry_picture_frame (self->picture));
  ferry_frames_want (frames, wanted);
  return ferry_frames_get_near (frames, wanted, number);
}

/* Has what is in view composed. */
static void
show (FerryCanvas *self)
{
  FyLabelSet *labels = ferry_document_labels (self->document);
  FerryPictureWish wish = { 0 };
  g_autoptr (FyFrame) frame = NULL;
  gboolean onion;

  self->stale = FALSE;
  if (ferry_document_frames (self->document) == NULL || labels == NULL ||
      self->geometry.view_width <= 0)
    return;
  frame = find_picture (self, &wish.number);
  if (frame == NULL)
    return;
  if (self->look == NULL)
    self->look = make_look (self);
  g_object_get (self->toolbox, "onion", &onion, NULL);
  wish.frame = frame;
  wish.look = self->look;
  wish.geometry = self->geometry;
  wish.map = map_of (labels, wish.number);
  wish.before = onion ? map_of (labels, wish.number - 1) : NULL;
  wish.behind = onion ? map_of (labels, wish.number + 1) : NULL;
  ferry_picture_show (self->picture, &wish);
  if (wish.number != ferry_picture_number (self->picture))
    ferry_picture_wait (self->picture, PATIENCE);
}

static void
update_waiting (FerryCanvas *self)
{
  int shown = ferry_picture_number (self->picture);
  int wanted = ferry_document_frame (self->document);
  gboolean waits = ferry_document_n_frames (self->document) > 0 && !ferry_canvas_is_exact (self);
  g_autofree char *text = NULL;

  if (waits && shown >= 0 && shown != wanted)
    /* Translators: the number of the frame that is being read, and of the one that is still shown. */
    text = g_strdup_printf (_ ("Frame %d…  showing %d"), wanted + 1, shown + 1);
  else if (waits)
    text = g_strdup_printf (_ ("Frame %d…"), wanted + 1);
  if (waits)
    gtk_label_set_text (GTK_LABEL (self->waiting), text);
  gtk_widget_set_visible (self->waiting, waits);
}

static void
update_zoom_label (FerryCanvas *self)
{
  double percent = self->geometry.scale * 100.0;
  g_autofree char *text =
      percent < 10.0 ? g_strdup_printf ("%.1f %%", percent) : g_strdup_printf ("%.0f %%", percent);

  gtk_label_set_text (GTK_LABEL (self->zoom_label), text);
}

static gboolean
on_tick (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  FerryCanvas *self = FERRY_CANVAS (widget);

  ferry_canvas_edit_preview (self);
  if (self->refit && self->edit.map == NULL)
    {
      self->refit = FALSE;
      ferry_canvas_fit (self);
    }
  if (self->stale)
    {
      update_zoom_label (self);
      show (self);
    }
  if (self->stale || self->edit.preview_due)
    return G_SOURCE_CONTINUE;
  self->tick = 0;
  return G_SOURCE_REMOVE;
}

static void
want_tick (FerryCanvas *self)
{
  if (self->tick == 0)
    self->tick = gtk_widget_add_tick_callback (GTK_WIDGET (self), on_tick, NULL, NULL);
}

void
ferry_canvas_invalidate (FerryCanvas *self)
{
  self->stale = TRUE;
  want_tick (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
on_composed (gpointer data)
{
  FerryCanvas *self = data;

  ferry_probe_picture (ferry_canvas_is_exact (self));
  update_waiting (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

gboolean
ferry_canvas_is_exact (FerryCanvas *self)
{
  return ferry_document_n_frames (self->document) > 0 &&
         ferry_picture_number (self->picture) == ferry_document_frame (self->document) &&
         !ferry_picture_is_rough (self->picture);
}

FyFrameLabels *
ferry_canvas_peek_labels (FerryCanvas *self)
{
  FyLabelSet *labels = ferry_document_labels (self->document);

  return labels != NULL ? fy_label_set_peek (labels, ferry_document_frame (self->document)) : NULL;
}

FerryHand *
ferry_canvas_hand (FerryCanvas *self)
{
  return self->hand[ferry_toolbox_tool (self->toolbox)];
}

void
ferry_canvas_describe (FerryCanvas *self)
{
  FyLabelSet *labels = ferry_document_labels (self->document);
  guint16 id = ferry_document_object (self->document);
  FyObject *object = labels != NULL ? fy_label_set_find (labels, id) : NULL;
  FerryTool tool = ferry_toolbox_tool (self->toolbox);
  g_autoptr (GString) text = g_string_new (NULL);

  if (labels == NULL)
    return;
  g_string_append_printf (text, _ ("frame %d of %d"), ferry_document_frame (self->document) + 1,
                          ferry_document_n_frames (self->document));
  g_string_append (text, ", ");
  if (object != NULL)
    g_string_append_printf (text, _ ("object %d %s"), id, object->name);
  else
    g_string_append (text, _ ("no object"));
  g_string_append_printf (text, ", %s", ferry_tool_label (tool));
  if (tool == FERRY_TOOL_BRUSH || tool == FERRY_TOOL_ERASER)
    g_string_append_printf (text, _ (" %.3g px"), ferry_toolbox_radius (self->toolbox));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  text->str, -1);
}

/* --- Where it is --- */

void
ferry_canvas_to_picture (FerryCanvas *self, double x, double y, double *px, double *py)
{
  int factor = gtk_widget_get_scale_factor (GTK_WIDGET (self));

  ferry_geometry_to_picture (&self->geometry, x * factor, y * factor, px, py);
}

void
ferry_canvas_to_widget (FerryCanvas *self, double px, double py, double *x, double *y)
{
  int factor = gtk_widget_get_scale_factor (GTK_WIDGET (self));

  ferry_geometry_to_device (&self->geometry, px, py, x, y);
  *x /= factor;
  *y /= factor;
}

void
ferry_canvas_box_add (FerryCanvas *self, graphene_rect_t *box, double px, double py, double margin)
{
  graphene_rect_t spot;
  double x, y;

  ferry_canvas_to_widget (self, px, py, &x, &y);
  graphene_rect_init (&spot, (float) floor (x - margin), (float) floor (y - margin),
                      (float) ceil (2 * margin + 1), (float) ceil (2 * margin + 1));
  if (box->size.width > 0)
    graphene_rect_union (box, &spot, box);
  else
    *box = spot;
}

double
ferry_canvas_scale (FerryCanvas *self)
{
  return self->geometry.scale / gtk_widget_get_scale_factor (GTK_WIDGET (self));
}

static void
on_moved (FerryCanvas *self)
{
  ferry_canvas_invalidate (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ZOOM]);
}

void
ferry_canvas_zoom_at (FerryCanvas *self, double scale, double x, double y)
{
  int factor = gtk_widget_get_scale_factor (GTK_WIDGET (self));

  if (self->geometry.width <= 0)
    return;
  ferry_geometry_zoom_at (&self->geometry, scale, x * factor, y * factor);
  on_moved (self);
}

void
ferry_canvas_pan (FerryCanvas *self, double dx, double dy)
{
  int factor = gtk_widget_get_scale_factor (GTK_WIDGET (self));

  if (self->geometry.width <= 0)
    return;
  ferry_geometry_pan (&self->geometry, dx * factor, dy * factor);
  on_moved (self);
}

double
ferry_canvas_zoom (FerryCanvas *self)
{
  return self->geometry.scale;
}

void
ferry_canvas_zoom_to (FerryCanvas *self, double zoom)
{
  double x = gtk_widget_get_width (GTK_WIDGET (self)) / 2.0;
  double y = gtk_widget_get_height (GTK_WIDGET (self)) / 2.0;

  ferry_canvas_input_pointer (self->input, &x, &y);
  ferry_canvas_zoom_at (self, zoom, x, y);
}

void
ferry_canvas_zoom_in (FerryCanvas *self)
{
  ferry_canvas_zoom_to (self, self->geometry.scale * ZOOM_STEP);
}

void
ferry_canvas_zoom_out (FerryCanvas *self)
{
  ferry_canvas_zoom_to (self, self->geometry.scale / ZOOM_STEP);
}

void
ferry_canvas_fit (FerryCanvas *self)
{
  ferry_geometry_fit (&self->geometry);
  on_moved (self);
}

void
ferry_canvas_center (FerryCanvas *self, double x, double y)
{
  if (self->geometry.width <= 0)
    return;
  ferry_geometry_center (&self->geometry, x, y);
  on_moved (self);
}

gboolean
ferry_canvas_cancel (FerryCanvas *self)
{
  FerryHand *hand = ferry_canvas_hand (self);

  return hand != NULL && hand->cancel != NULL && hand->cancel (hand);
}

/* --- Following the document --- */

static void
on_frame (FerryCanvas *self)
{
  ferry_probe_wish ();
  ferry_canvas_input_lift (self->input); /* on the stroke's own frame */
  update_waiting (self);
  ferry_canvas_describe (self);
  ferry_canvas_invalidate (self);
}

static void
on_frame_ready (FerryCanvas *self, int frame)
{
  if (frame == ferry_document_frame (self->document))
    ferry_canvas_invalidate (self);
}

static void
on_frame_failed (FerryCanvas *self, int frame, const char *message)
{
  g_autofree char *text = g_strdup_printf (_ ("Frame %d cannot be read: %s"), frame + 1, message);

  if (frame == ferry_document_frame (self->document))
    gtk_label_set_text (GTK_LABEL (self->waiting), text);
}

static void
on_frame_changed (FerryCanvas *self, int frame)
{
  int shown = ferry_document_frame (self->document);
  FerryHand *hand = ferry_canvas_hand (self);

  if (frame != shown)
    ferry_probe_labels (frame);
  if (frame == shown && hand != NULL && hand->labels_changed != NULL)
    hand->labels_changed (hand);
  if (ABS (frame - shown) <= 1)
    ferry_canvas_invalidate (self);
}

static void
on_look_changed (FerryCanvas *self)
{
  g_clear_pointer (&self->look, ferry_look_unref);
  ferry_canvas_describe (self);
  ferry_canvas_invalidate (self);
}

static void
on_tool (FerryCanvas *self)
{
  ferry_canvas_input_lift (self->input);
  ferry_canvas_input_update_cursor (self->input);
  ferry_canvas_describe (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/* A stroke goes on for the object it began with. */
static void
on_object (FerryCanvas *self)
{
  ferry_canvas_describe (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
on_radius (FerryCanvas *self)
{
  ferry_canvas_describe (self);
  ferry_canvas_input_show_ring (self->input);
}

static void
on_opened (FerryCanvas *self)
{
  const FyClipInfo *info = ferry_document_clip_info (self->document);

  ferry_canvas_edit_drop (self);
  for (int i = 0; i < FERRY_N_TOOLS; i++)
    if (self->hand[i] != NULL && self->hand[i]->cancel != NULL)
      self->hand[i]->cancel (self->hand[i]);
  ferry_picture_clear (self->picture);
  g_clear_pointer (&self->look, ferry_look_unref);
  g_signal_group_set_target (self->labels, ferry_document_labels (self->document));
  g_signal_group_set_target (self->frames, ferry_document_frames (self->document));
  self->geometry.width = self->geometry.height = 0;
  if (info != NULL)
    ferry_geometry_set_picture (&self->geometry, info->width, info->height);
  on_moved (self);
  on_frame (self);
}

void
ferry_canvas_set_document (FerryCanvas *self, FerryDocument *document, FerryToolbox *toolbox)
{
  static const char *const looks[] = { "overlay",    "opacity",  "onion",
                                       "pixel-grid", "hatching", "numbers" };

  g_return_if_fail (self->document == NULL);
  self->document = g_object_ref (document);
  self->toolbox = g_object_ref (toolbox);
  for (gsize i = 0; i < G_N_ELEMENTS (looks); i++)
    {
      g_autofree char *name = g_strconcat ("notify::", looks[i], NULL);

      g_signal_connect_object (toolbox, name, G_CALLBACK (on_look_changed), self,
                               G_CONNECT_SWAPPED);
    }
  g_signal_connect_object (toolbox, "notify::tool", G_CALLBACK (on_tool), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (toolbox, "notify::radius", G_CALLBACK (on_radius), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (document, "opened", G_CALLBACK (on_opened), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (document, "notify::frame", G_CALLBACK (on_frame), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (document, "notify::object", G_CALLBACK (on_object), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (document, "notify::joint", G_CALLBACK (gtk_widget_queue_draw), self,
                           G_CONNECT_SWAPPED);
  self->labels = g_signal_group_new (FY_TYPE_LABEL_SET);
  g_signal_group_connect_swapped (self->labels, "frame-changed", G_CALLBACK (on_frame_changed),
                                  self);
  g_signal_group_connect_swapped (self->labels, "objects-changed", G_CALLBACK (on_look_changed),
                                  self);
  self->frames = g_signal_group_new (FERRY_TYPE_FRAMES);
  g_signal_group_connect_swapped (self->frames, "frame-ready", G_CALLBACK (on_frame_ready), self);
  g_signal_group_connect_swapped (self->frames, "failed", G_CALLBACK (on_frame_failed), self);
  self->hand[FERRY_TOOL_BRUSH] = ferry_hand_new_brush (self, FALSE);
  self->hand[FERRY_TOOL_ERASER] = ferry_hand_new_brush (self, TRUE);
  self->hand[FERRY_TOOL_POLYGON] = ferry_hand_new_polygon (self, FALSE);
  self->hand[FERRY_TOOL_LASSO] = ferry_hand_new_polygon (self, TRUE);
  self->hand[FERRY_TOOL_FILL] = ferry_hand_new_fill (self);
  self->hand[FERRY_TOOL_PICK] = ferry_hand_new_pick (self);
  self->hand[FERRY_TOOL_KEYPOINT] = ferry_hand_new_keypoint (self);
  self->hand[FERRY_TOOL_MATCH] = ferry_hand_new_match (self);
  ferry_canvas_input_update_cursor (self->input);
  on_opened (self);
}

/* --- The widget --- */

/* Ids in the objects, dark on light so that they are read on any colour. */
static void
draw_numbers (FerryCanvas *self, GtkSnapshot *snapshot)
{
  GArray *marks = ferry_picture_marks (self->picture);
  gboolean numbers;

  g_object_get (self->toolbox, "numbers", &numbers, NULL);
  for (guint i = 0; numbers && marks != NULL && i < marks->len; i++)
    {
      const FerryMark *mark = &g_array_index (marks, FerryMark, i);
      g_autofree char *text = g_strdup_printf ("%d", mark->id);
      g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (GTK_WIDGET (self), text);
      GskRoundedRect box;
      int width, height;
      double x, y;

      pango_layout_get_pixel_size (layout, &width, &height);
      ferry_canvas_to_widget (self, mark->x, mark->y, &x, &y);
      x = floor (x - width / 2.0);
      y = floor (y - height / 2.0);
      gsk_rounded_rect_init_from_rect (&box,
                                       &GRAPHENE_RECT_INIT ((float) x - 5, (float) y - 1,
                                                            (float) width + 10, (float) height + 2),
                                       6);
      gtk_snapshot_push_rounded_clip (snapshot, &box);
      gtk_snapshot_append_color (snapshot, &(GdkRGBA){ 1, 1, 1, 0.85f }, &box.bounds);
      gtk_snapshot_pop (snapshot);
      gtk_snapshot_save (snapshot);
      gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT ((float) x, (float) y));
      gtk_snapshot_append_layout (snapshot, layout, &(GdkRGBA){ 0, 0, 0, 1 });
      gtk_snapshot_restore (snapshot);
    }
}

static void
ferry_canvas_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  FerryCanvas *self = FERRY_CANVAS (widget);
  int width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);

  if (self->document != NULL && ferry_document_n_frames (self->document) > 0)
    {
      gtk_snapshot_push_clip (snapshot, &GRAPHENE_RECT_INIT (0, 0, (float) width, (float) height));
      ferry_picture_snapshot (self->picture, snapshot, &self->geometry,
                              gtk_widget_get_scale_factor (widget));
      ferry_probe_shown (widget);
      draw_numbers (self, snapshot);
      self->hand[FERRY_TOOL_KEYPOINT]->draw (self->hand[FERRY_TOOL_KEYPOINT], snapshot);
      if (ferry_toolbox_tool (self->toolbox) == FERRY_TOOL_POLYGON ||
          ferry_toolbox_tool (self->toolbox) == FERRY_TOOL_LASSO)
        ferry_canvas_hand (self)->draw (ferry_canvas_hand (self), snapshot);
      ferry_canvas_input_draw (self->input, snapshot);
      gtk_snapshot_pop (snapshot);
      if (self->edit.preview_due)
        want_tick (self);
    }
  GTK_WIDGET_CLASS (ferry_canvas_parent_class)->snapshot (widget, snapshot);
}

static void
ferry_canvas_measure (GtkWidget *widget,
                      GtkOrientation orientation,
                      int for_size,
                      int *minimum,
                      int *natural,
                      int *minimum_baseline,
                      int *natural_baseline)
{
  *minimum = 0;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      int least;

      gtk_widget_measure (child, orientation, -1, &least, NULL, NULL, NULL);
      *minimum = MAX (*minimum, least);
    }
  *natural = MAX (*minimum, orientation == GTK_ORIENTATION_HORIZONTAL ? 640 : 360);
}

/* The picture stays where it is until the stroke ends. */
static void
resize_under_a_hand (FerryCanvas *self, int view_width, int view_height)
{
  double left, top, moved_left, moved_top;

  self->refit |= self->geometry.fitted;
  ferry_geometry_origin (&self->geometry, &left, &top);
  self->geometry.fitted = FALSE;
  ferry_geometry_set_view (&self->geometry, view_width, view_height);
  ferry_geometry_origin (&self->geometry, &moved_left, &moved_top);
  ferry_geometry_pan (&self->geometry, left - moved_left, top - moved_top);
}

static void
ferry_canvas_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  FerryCanvas *self = FERRY_CANVAS (widget);
  int factor = gtk_widget_get_scale_factor (widget);

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    gtk_widget_allocate (child, width, height, -1, NULL);
  if (width * factor == self->geometry.view_width && height * factor == self->geometry.view_height)
    return; /* what lies on it has changed */
  if (self->edit.map != NULL)
    resize_under_a_hand (self, width * factor, height * factor);
  else
    ferry_geometry_set_view (&self->geometry, width * factor, height * factor);
  ferry_canvas_invalidate (self);
}

static void
on_scale_factor (FerryCanvas *self)
{
  g_clear_pointer (&self->look, ferry_look_unref); /* its lines follow the screen's scale */
  gtk_widget_queue_allocate (GTK_WIDGET (self));
}

static void
ferry_canvas_root (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (ferry_canvas_parent_class)->root (widget);
  ferry_canvas_input_root_changed (FERRY_CANVAS (widget)->input);
}

static void
ferry_canvas_unroot (GtkWidget *widget)
{
  ferry_canvas_input_root_changed (FERRY_CANVAS (widget)->input);
  GTK_WIDGET_CLASS (ferry_canvas_parent_class)->unroot (widget);
}

static GtkWidget *
make_button (FerryCanvas *self,
             const char *icon,
             const char *name,
             const char *tip,
             const char *verb,
             GCallback clicked)
{
  GtkWidget *button = gtk_button_new_from_icon_name (icon);

  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_focus_on_click (button, FALSE);
  ferry_shortcut_set_tip (button, tip, verb);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  g_signal_connect_swapped (button, "clicked", clicked, self);
  gtk_box_append (GTK_BOX (self->zoom_box), button);
  return button;
}

static void
make_zoom_box (FerryCanvas *self)
{
  self->zoom_box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
  self->zoom_label = gtk_label_new (NULL);
  gtk_label_set_width_chars (GTK_LABEL (self->zoom_label), 7); /* nothing moves when it changes */
  gtk_label_set_xalign (GTK_LABEL (self->zoom_label), 1);
  gtk_widget_set_margin_end (self->zoom_label, 4);
  gtk_widget_add_css_class (self->zoom_label, "numeric");
  gtk_widget_add_css_class (self->zoom_box, "ferry-zoom");
  gtk_widget_set_halign (self->zoom_box, GTK_ALIGN_END);
  gtk_widget_set_valign (self->zoom_box, GTK_ALIGN_END);
  gtk_widget_set_cursor_from_name (self->zoom_box, "default");
  gtk_box_append (GTK_BOX (self->zoom_box), self->zoom_label);
  make_button (self, "zoom-out-symbolic", _ ("Zoom out"), _ ("Zoom out, also with the wheel"),
               "win.zoom-out", G_CALLBACK (ferry_canvas_zoom_out));
  make_button (self, "zoom-in-symbolic", _ ("Zoom in"), _ ("Zoom in, also with the wheel"),
               "win.zoom-in", G_CALLBACK (ferry_canvas_zoom_in));
  make_button (self, "zoom-fit-best-symbolic", _ ("Fit"), _ ("Fit the picture"), "win.zoom-fit",
               G_CALLBACK (ferry_canvas_fit));
  gtk_widget_set_parent (self->zoom_box, GTK_WIDGET (self));
}

static void
make_waiting (FerryCanvas *self)
{
  self->waiting = gtk_label_new (NULL);
  gtk_widget_add_css_class (self->waiting, "ferry-waiting");
  gtk_widget_add_css_class (self->waiting, "numeric");
  gtk_label_set_wrap (GTK_LABEL (self->waiting), TRUE);
  gtk_widget_set_halign (self->waiting, GTK_ALIGN_START);
  gtk_widget_set_valign (self->waiting, GTK_ALIGN_START);
  gtk_widget_set_visible (self->waiting, FALSE);
  gtk_widget_set_can_target (self->waiting, FALSE);
  gtk_widget_set_parent (self->waiting, GTK_WIDGET (self));
}

/* Asked for by keyboard (Ctrl+F1), never in the way of a pointer. */
static gboolean
on_query_tooltip (GtkWidget *widget, int x, int y, gboolean keyboard, GtkTooltip *tooltip)
{
  if (!keyboard)
    return FALSE;
  gtk_tooltip_set_text (
      tooltip, _ ("Ctrl+Shift+arrows move the pen, keys of the number pad by one pixel.\n"
                  "Insert puts it down and lifts it; Enter closes a polygon; Esc gives up."));
  return TRUE;
}

static void
ferry_canvas_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_ZOOM)
    g_value_set_double (value, FERRY_CANVAS (object)->geometry.scale);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
ferry_canvas_dispose (GObject *object)
{
  FerryCanvas *self = FERRY_CANVAS (object);

  ferry_canvas_edit_drop (self);
  g_clear_pointer (&self->input, ferry_canvas_input_free);
  for (int i = 0; i < FERRY_N_TOOLS; i++)
    if (self->hand[i] != NULL)
      {
        self->hand[i]->free (self->hand[i]);
        self->hand[i] = NULL;
      }
  g_clear_pointer (&self->picture, ferry_picture_free);
  g_clear_pointer (&self->look, ferry_look_unref);
  g_clear_object (&self->labels);
  g_clear_object (&self->frames);
  g_clear_pointer (&self->zoom_box, gtk_widget_unparent);
  g_clear_pointer (&self->waiting, gtk_widget_unparent);
  if (self->document != NULL)
    g_signal_handlers_disconnect_by_data (self->document, self);
  if (self->toolbox != NULL)
    g_signal_handlers_disconnect_by_data (self->toolbox, self);
  g_clear_object (&self->document);
  g_clear_object (&self->toolbox);
  G_OBJECT_CLASS (ferry_canvas_parent_class)->dispose (object);
}

static void
ferry_canvas_class_init (FerryCanvasClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->get_property = ferry_canvas_get_property;
  G_OBJECT_CLASS (klass)->dispose = ferry_canvas_dispose;
  widget_class->snapshot = ferry_canvas_snapshot;
  widget_class->measure = ferry_canvas_measure;
  widget_class->size_allocate = ferry_canvas_size_allocate;
  widget_class->root = ferry_canvas_root;
  widget_class->unroot = ferry_canvas_unroot;
  gtk_widget_class_set_css_name (widget_class, "ferry-canvas");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
  properties[PROP_ZOOM] = g_param_spec_double ("zoom", NULL, NULL, FERRY_ZOOM_MIN, FERRY_ZOOM_MAX,
                                               1.0, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (G_OBJECT_CLASS (klass), N_PROPS, properties);
  signals[MATCH_POINT] =
      g_signal_new ("match-point", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                    NULL, G_TYPE_NONE, 3, G_TYPE_INT, G_TYPE_DOUBLE, G_TYPE_DOUBLE);
}

static void
ferry_canvas_init (FerryCanvas *self)
{
  GtkWidget *widget = GTK_WIDGET (self);

  ferry_geometry_fit (&self->geometry);
  self->picture = ferry_picture_new (on_composed, self);
  make_waiting (self);
  make_zoom_box (self);
  self->input = ferry_canvas_input_new (self);
  gtk_widget_set_focusable (widget, TRUE);
  gtk_widget_set_overflow (widget, GTK_OVERFLOW_HIDDEN);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Canvas"), -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_KEY_SHORTCUTS,
                                  "Control+Shift+ArrowUp Insert", -1);
  gtk_widget_set_has_tooltip (widget, TRUE);
  g_signal_connect (self, "query-tooltip", G_CALLBACK (on_query_tooltip), NULL);
  g_signal_connect (self, "notify::scale-factor", G_CALLBACK (on_scale_factor), NULL);
}
