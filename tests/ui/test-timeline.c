/* SPDX-License-Identifier: MIT */
/* The timeline on a document of the stage, in a window: input, drawing, and what it costs.
 *
 * With "--show" it stays, to be looked at: SIZE dark rtl long. */
#include "app/navigation.h"
#include "app/timeline/lane-menu.h"
#include "app/timeline/lanes.h"
#include "app/timeline/readiness.h"
#include "app/timeline/ruler.h"
#include "app/timeline/timeline-style.h"
#include "app/timeline/timeline.h"
#include "timeline-stage.h"

#include <math.h>
#include <time.h>

#define HEIGHT 280

typedef struct
{
  FerryDocument *document;
  FerryToolbox *toolbox;
  GtkWidget *window;
  GtkWidget *timeline;
  GtkWidget *tracks;
} Stage;

static GtkWidget *
find (GtkWidget *widget, const char *type)
{
  if (g_str_equal (G_OBJECT_TYPE_NAME (widget), type))
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find (child, type);

      if (found != NULL)
        return found;
    }
  return NULL;
}

static GtkEventController *
controller (GtkWidget *widget, GType type, guint skip)
{
  g_autoptr (GListModel) all = gtk_widget_observe_controllers (widget);

  for (guint i = 0; i < g_list_model_get_n_items (all); i++)
    {
      g_autoptr (GtkEventController) one = g_list_model_get_item (all, i);

      if (G_TYPE_CHECK_INSTANCE_TYPE (one, type) && skip-- == 0)
        return one;
    }
  g_assert_not_reached ();
}

static void
settle (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

static void
open_stage (Stage *stage, int width)
{
  stage->document = g_object_new (FERRY_TYPE_DOCUMENT, NULL);
  stage->toolbox = g_object_new (FERRY_TYPE_TOOLBOX, NULL);
  stage->window = gtk_window_new ();
  stage->timeline = g_object_new (FERRY_TYPE_TIMELINE, NULL);
  ferry_timeline_set_document (FERRY_TIMELINE (stage->timeline), stage->document, stage->toolbox);
  gtk_window_set_decorated (GTK_WINDOW (stage->window), FALSE);
  gtk_window_set_default_size (GTK_WINDOW (stage->window), width, HEIGHT);
  gtk_window_set_child (GTK_WINDOW (stage->window), stage->timeline);
  stage->tracks = find (stage->timeline, "FerryTracks");
  gtk_window_present (GTK_WINDOW (stage->window));
  gtk_test_widget_wait_for_draw (stage->window);
}

static void
close_stage (Stage *stage)
{
  gtk_window_destroy (GTK_WINDOW (stage->window));
  settle ();
  g_clear_object (&stage->document);
  g_clear_object (&stage->toolbox);
}

/* Where a frame's middle is in the tracks. */
static double
x_of (Stage *stage, int frame)
{
  GtkWidget *lanes = find (stage->tracks, "FerryLanes");

  return ferry_timeline_track_x (lanes) + (frame + 0.5) * ferry_timeline_track_width (lanes) /
                                              ferry_document_n_frames (stage->document);
}

static void
press (Stage *stage, guint key, GdkModifierType state)
{
  GtkEventController *keys = controller (stage->tracks, GTK_TYPE_EVENT_CONTROLLER_KEY, 0);
  gboolean handled = FALSE;

  g_signal_emit_by_name (keys, "key-pressed", key, 0, state, &handled);
  g_assert_true (handled);
}

/* --- Going places --- */

static void
test_click (void)
{
  Stage stage;
  GtkEventController *drag;

  open_stage (&stage, 1000);
  stage_open (stage.document, 120, 3, 30);
  settle ();
  drag = controller (stage.tracks, GTK_TYPE_GESTURE_DRAG, 0);
  for (int frame = 0; frame < 120; frame += 17)
    {
      g_signal_emit_by_name (drag, "drag-begin", x_of (&stage, frame), 40.0);
      g_assert_cmpint (ferry_document_frame (stage.document), ==, frame);
      g_signal_emit_by_name (drag, "drag-end", 0.0, 0.0);
    }
  /* Pressed twice on a mark: its frame and object. */
  {
    FyState state = { 3, FY_PROVENANCE_HAND, 0, NAN };
    g_autoptr (FyFrameLabels) labels = fy_frame_labels_new (NULL, &state, 1, NULL, 0);

    fy_label_set_set_frame (ferry_document_labels (stage.document), 50, labels);
    g_signal_emit_by_name (controller (stage.tracks, GTK_TYPE_GESTURE_CLICK, 1), "pressed", 2,
                           x_of (&stage, 50) + 5,
                           FERRY_RULER_HEIGHT + FERRY_THUMBNAIL_HEIGHT + FERRY_LANE_HEIGHT * 2.5);
    g_assert_cmpint (ferry_document_object (stage.document), ==, 3);
    g_assert_cmpint (ferry_document_frame (stage.document), ==, 50);
    gtk_test_accessible_assert_property (
        stage.tracks, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
        "Frame 51 of 120, 1.6 s; 3 a boat with a very long name: by hand");
    fy_label_set_undo (ferry_document_labels (stage.document));
    gtk_test_accessible_assert_property (
        stage.tracks, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
        "Frame 51 of 120, 1.6 s; 3 a boat with a very long name: no labels yet");
    ferry_document_set_frame (stage.document, 119);
  }
  /* A name takes its object in hand and goes nowhere. */
  g_signal_emit_by_name (drag, "drag-begin", 20.0,
                         FERRY_RULER_HEIGHT + FERRY_THUMBNAIL_HEIGHT + FERRY_LANE_HEIGHT * 1.5);
  g_assert_cmpint (ferry_document_object (stage.document), ==, 2);
  g_assert_cmpint (ferry_document_frame (stage.document), ==, 119);
  g_signal_emit_by_name (drag, "drag-end", 0.0, 0.0);
  gtk_test_accessible_assert_role (stage.tracks, GTK_ACCESSIBLE_ROLE_SLIDER);
  gtk_test_accessible_assert_property (stage.tracks, GTK_ACCESSIBLE_PROPERTY_LABEL, "Timeline");
  gtk_test_accessible_assert_property (stage.tracks, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                       "Frame 120 of 120, 3.9 s; 2 reeds: no labels yet");
  close_stage (&stage);
}

static void
test_keys (void)
{
  Stage stage;

  open_stage (&stage, 1000);
  stage_open (stage.document, 120, 3, 30);
  settle ();
  press (&stage, GDK_KEY_Right, 0);
  press (&stage, GDK_KEY_Right, GDK_SHIFT_MASK);
  g_assert_cmpint (ferry_document_frame (stage.document), ==, 11);
  press (&stage, GDK_KEY_Left, 0);
  press (&stage, GDK_KEY_Page_Down, 0);
  g_assert_cmpint (ferry_document_frame (stage.document), >=, 20);
  press (&stage, GDK_KEY_End, 0);
  g_assert_cmpint (ferry_document_frame (stage.document), ==, 119);
  press (&stage, GDK_KEY_Right, 0);
  g_assert_cmpint (ferry_document_frame (stage.document), ==, 119);
  press (&stage, GDK_KEY_Home, 0);
  g_assert_cmpint (ferry_document_frame (stage.document), ==, 0);
  press (&stage, GDK_KEY_Down, 0);
  press (&stage, GDK_KEY_Down, 0);
  g_assert_cmpint (ferry_document_object (stage.document), ==, 2);
  press (&stage, GDK_KEY_plus, 0);
  press (&stage, GDK_KEY_plus, 0);
  press (&stage, GDK_KEY_End, 0); /* scrolls there */
  {
    GtkAdjustment *time =
        gtk_scrollbar_get_adjustment (GTK_SCROLLBAR (find (stage.tracks, "GtkScrollbar")));
    GtkWidget *across = NULL;

    for (GtkWidget *child = gtk_widget_get_first_child (stage.tracks); child != NULL;
         child = gtk_widget_get_next_sibling (child))
      if (GTK_IS_SCROLLBAR (child) &&
          gtk_orientable_get_orientation (GTK_ORIENTABLE (child)) == GTK_ORIENTATION_HORIZONTAL)
        across = child;
    time = gtk_scrollbar_get_adjustment (GTK_SCROLLBAR (across));
    g_assert_cmpfloat (gtk_adjustment_get_value (time), >, 100);
    gtk_widget_activate_action (stage.timeline, "timeline.fit", NULL);
    g_assert_cmpfloat (gtk_adjustment_get_value (time), ==, 0);
  }
  close_stage (&stage);
}

/* Turns the wheel where the pointer is said to be.  GTK tells the keys held of real events only. */
static void
test_wheel (void)
{
  Stage stage;
  GtkEventController *motion;
  GtkEventController *scroll;
  gboolean handled;

  open_stage (&stage, 1000);
  stage_open (stage.document, 120, 40, 30);
  settle ();
  motion = controller (stage.tracks, GTK_TYPE_EVENT_CONTROLLER_MOTION, 0);
  scroll = controller (stage.tracks, GTK_TYPE_EVENT_CONTROLLER_SCROLL, 0);
  g_signal_emit_by_name (motion, "motion", 500.0, 40.0);
  for (int i = 0; i < 10; i++)
    g_signal_emit_by_name (scroll, "scroll", 0.0, 0.5, &handled);
  g_assert_cmpint (ferry_document_frame (stage.document), ==, 5);
  g_signal_emit_by_name (scroll, "scroll", 0.0, -2.0, &handled);
  g_assert_cmpint (ferry_document_frame (stage.document), ==, 3);
  g_signal_emit_by_name (motion, "motion", 20.0, 120.0); /* over the names */
  g_signal_emit_by_name (scroll, "scroll", 0.0, 3.0, &handled);
  g_assert_cmpint (ferry_document_frame (stage.document), ==, 3);
  g_assert_cmpfloat (gtk_adjustment_get_value (
                         ferry_lanes_adjustment (FERRY_LANES (find (stage.tracks, "FerryLanes")))),
                     ==, 3 * FERRY_LANE_HEIGHT);
  close_stage (&stage);
}

static void
test_range (void)
{
  Stage stage;
  GtkEventController *drag;
  int in;
  int out;

  open_stage (&stage, 1000);
  stage_open (stage.document, 100, 1, 25);
  settle ();
  ferry_document_set_frame (stage.document, 20);
  gtk_widget_activate_action (stage.timeline, "timeline.set-in", NULL);
  ferry_document_set_frame (stage.document, 70);
  gtk_widget_activate_action (stage.timeline, "timeline.set-out", NULL);
  g_object_get (stage.document, "in", &in, "out", &out, NULL);
  g_assert_cmpint (in, ==, 20);
  g_assert_cmpint (out, ==, 70);
  drag = controller (stage.tracks, GTK_TYPE_GESTURE_DRAG, 0);
  /* Its end, at the right edge of frame 70, does not move the play-head. */
  g_signal_emit_by_name (drag, "drag-begin", (x_of (&stage, 70) + x_of (&stage, 71)) / 2, 10.0);
  g_assert_cmpint (ferry_document_frame (stage.document), ==, 70);
  g_signal_emit_by_name (drag, "drag-end", 0.0, 0.0);
  ferry_document_set_frame (stage.document, 90); /* behind the end: takes that away */
  gtk_widget_activate_action (stage.timeline, "timeline.set-in", NULL);
  g_object_get (stage.document, "in", &in, "out", &out, NULL);
  g_assert_cmpint (in, ==, 90);
  g_assert_cmpint (out, ==, -1);
  gtk_widget_activate_action (stage.timeline, "timeline.clear-range", NULL);
  g_object_get (stage.document, "in", &in, NULL);
  g_assert_cmpint (in, ==, -1);
  close_stage (&stage);
}

static void
test_entry (void)
{
  static const struct
  {
    const char *text;
    int frame;
  } typed[] = { { "61", 60 },     { " 7 ", 6 },      { "2.0 s", 60 }, { "2,0s", 60 },
                { "0:01.0", 30 }, { "0", -1 },       { "121", -1 },   { "x", -1 },
                { "9 s", -1 },    { "1:2:3:4", -1 }, { "", -1 } };
  Stage stage;
  GtkWidget *entry;

  open_stage (&stage, 1000);
  stage_open (stage.document, 120, 1, 30);
  settle ();
  entry = find (stage.timeline, "GtkEntry");
  for (gsize i = 0; i < G_N_ELEMENTS (typed); i++)
    {
      ferry_document_set_frame (stage.document, 99);
      gtk_editable_set_text (GTK_EDITABLE (entry), typed[i].text);
      g_signal_emit_by_name (entry, "activate");
      g_assert_cmpint (ferry_document_frame (stage.document), ==,
                       typed[i].frame >= 0 ? typed[i].frame : 99);
      g_assert_true (gtk_widget_has_css_class (entry, "error") == (typed[i].frame < 0));
    }
  ferry_document_set_frame (stage.document, 3);
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (entry)), ==, "4");
  close_stage (&stage);
}

static void
test_readiness (void)
{
  Stage stage;
  g_autofree char *running = NULL;
  g_autofree char *paused = NULL;

  open_stage (&stage, 1000);
  stage_open (stage.document, 120, 1, 30);
  stage_set_ready (stage.document, 30, 20, 10);
  running = ferry_readiness_text (stage.document);
  g_assert_cmpstr (running, ==, "CPU, 2 cores · 0.2 s/frame · 11 s left");
  gtk_widget_activate_action (stage.timeline, "timeline.pause-computing", NULL);
  g_assert_true (fy_live_is_paused (ferry_document_live (stage.document)));
  paused = ferry_readiness_text (stage.document);
  g_assert_cmpstr (paused, ==, "CPU, 2 cores · 0.2 s/frame · paused, 55 frames to go");
  gtk_widget_activate_action (stage.timeline, "timeline.pause-computing", NULL);
  g_assert_false (fy_live_is_paused (ferry_document_live (stage.document)));
  g_assert_cmpstr (ferry_readiness_frame_text (stage.document, 25), ==,
                   "features ready, list not yet");
  g_assert_cmpstr (ferry_readiness_frame_text (stage.document, 99), ==, "features not ready yet");
  close_stage (&stage);
}

/* --- What people say of lanes --- */

static void
test_menu_verbs (void)
{
  g_autoptr (FerryDocument) document = g_object_new (FERRY_TYPE_DOCUMENT, NULL);
  FyLabelSet *labels;

  stage_open (document, 40, 2, 25);
  stage_fill (document);
  labels = ferry_document_labels (document);
  ferry_lane_declare (labels, 1, 3, FY_PROVENANCE_ABSENT);
  g_assert_cmpint (fy_frame_labels_provenance (fy_label_set_peek (labels, 9), 1), ==,
                   FY_PROVENANCE_ABSENT);
  g_assert_cmpint (fy_frame_labels_provenance (fy_label_set_peek (labels, 10), 1), ==,
                   FY_PROVENANCE_HAND);
  g_assert_cmpint (fy_frame_labels_provenance (fy_label_set_peek (labels, 2), 1), ==,
                   FY_PROVENANCE_CARRIED);
  g_assert_cmpint (fy_history_length (fy_label_set_history (labels)), ==, 1);
  ferry_lane_take_back (labels, 1, 5);
  for (int i = 3; i < 10; i++)
    g_assert_false (
        fy_provenance_is_hand (fy_frame_labels_provenance (fy_label_set_peek (labels, i), 1)));
  fy_label_set_undo (labels);
  fy_label_set_undo (labels);
  g_assert_cmpint (fy_frame_labels_provenance (fy_label_set_peek (labels, 9), 1), ==,
                   FY_PROVENANCE_CARRIED);
  ferry_lane_take_back_all (labels, 1, 11);
  for (int i = 11; i < 40; i++)
    g_assert_false (
        fy_provenance_is_hand (fy_frame_labels_provenance (fy_label_set_peek (labels, i), 1)));
  g_assert_cmpint (fy_frame_labels_provenance (fy_label_set_peek (labels, 10), 1), ==,
                   FY_PROVENANCE_HAND);
}

static void
test_menu (void)
{
  Stage stage;
  GtkWidget *popover;

  open_stage (&stage, 1000);
  stage_open (stage.document, 40, 2, 25);
  stage_fill (stage.document);
  settle ();
  ferry_document_set_object (stage.document, 2);
  ferry_document_set_frame (stage.document, 6);
  press (&stage, GDK_KEY_F10, GDK_SHIFT_MASK);
  popover = find (stage.tracks, "GtkPopoverMenu");
  g_assert_nonnull (popover);
  gtk_widget_activate_action (popover, "lane.occluded", NULL);
  g_assert_cmpint (
      fy_frame_labels_provenance (fy_label_set_peek (ferry_document_labels (stage.document), 6), 2),
      ==, FY_PROVENANCE_OCCLUDED);
  gtk_popover_popdown (GTK_POPOVER (popover));
  settle ();
  close_stage (&stage);
}

/* --- What is drawn --- */

static double
cpu_ms (void)
{
  struct timespec now;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);
  return (double) now.tv_sec * 1e3 + (double) now.tv_nsec / 1e6;
}

/* A part of the timeline as it would be drawn now. */
static cairo_surface_t *
draw (GtkWidget *widget)
{
  GtkSnapshot *snapshot = gtk_snapshot_new ();
  cairo_surface_t *surface = cairo_image_surface_create (
      CAIRO_FORMAT_ARGB32, gtk_widget_get_width (widget), gtk_widget_get_height (widget));
  cairo_t *cr = cairo_create (surface);
  GskRenderNode *node;

  GTK_WIDGET_GET_CLASS (widget)->snapshot (widget, snapshot);
  node = gtk_snapshot_free_to_node (snapshot);
  if (node != NULL)
    {
      gsk_render_node_draw (node, cr);
      gsk_render_node_unref (node);
    }
  cairo_destroy (cr);
  cairo_surface_flush (surface);
  return surface;
}

static guint32
pixel_at (cairo_surface_t *surface, int x, int y)
{
  return ((guint32 *) (void *) (cairo_image_surface_get_data (surface) +
                                y * cairo_image_surface_get_stride (surface)))[x];
}

/* Labels in thumbnails follow their frame, and only wishes for what is to be seen are made. */
static void
test_thumbnails (void)
{
  Stage stage;
  GtkWidget *strip;
  cairo_surface_t *surface;
  g_autoptr (FyIdMap) map = NULL;
  g_autoptr (FyRunMap) runs = NULL;
  guint32 before;
  guint32 after;
  int x;

  open_stage (&stage, 1000);
  stage_open (stage.document, 1000, 1, 25);
  settle ();
  strip = find (stage.tracks, "FerryThumbnailStrip");
  x = FERRY_NAMES_WIDTH + 20;
  surface = draw (strip);
  before = pixel_at (surface, x, 10);
  cairo_surface_destroy (surface);
  map = fy_id_map_new (96, 54);
  for (int i = 0; i < 96 * 54; i++)
    map->id[i] = 1;
  runs = fy_run_map_new (map);
  fy_label_set_paint (ferry_document_labels (stage.document), 0, runs);
  surface = draw (strip);
  after = pixel_at (surface, x, 10);
  cairo_surface_destroy (surface);
  g_assert_cmphex (before, !=, after);
  fy_label_set_undo (ferry_document_labels (stage.document));
  surface = draw (strip);
  g_assert_cmphex (pixel_at (surface, x, 10), ==, before);
  cairo_surface_destroy (surface);
  stage_frames (stage.document)->no_thumbnails = TRUE;
  stage_frames (stage.document)->n_wishes = 0;
  cairo_surface_destroy (draw (strip));
  g_assert_cmpint (stage_frames (stage.document)->n_wishes, <=, 20);
  g_assert_cmpint (stage_frames (stage.document)->n_wishes, >=, 5);
  close_stage (&stage);
}

/* A moving play-head draws nothing else anew; jobs and objects move nothing. */
static guint n_drawn;

static void
count_draw (GtkWidget *widget, GtkSnapshot *snapshot)
{
  n_drawn++;
}

static void
test_still (void)
{
  Stage stage;
  GtkWidgetClass *class;
  void (*snapshot) (GtkWidget *, GtkSnapshot *);
  int height[2];

  open_stage (&stage, 1000);
  stage_open (stage.document, 500, 1, 25);
  stage_fill (stage.document);
  for (int i = 0; i < 20; i++)
    gtk_test_widget_wait_for_draw (stage.window);
  gtk_widget_measure (stage.timeline, GTK_ORIENTATION_VERTICAL, -1, &height[0], NULL, NULL, NULL);
  class = GTK_WIDGET_GET_CLASS (find (stage.tracks, "FerryLanes"));
  snapshot = class->snapshot;
  class->snapshot = count_draw;
  n_drawn = 0;
  for (int i = 0; i < 10; i++)
    {
      ferry_document_set_frame (stage.document, i * 40);
      gtk_test_widget_wait_for_draw (stage.window);
    }
  g_assert_cmpuint (n_drawn, ==, 0);
  class->snapshot = snapshot;
  stage_set_ready (stage.document, 100, 50, 10);
  g_object_set (stage.document, "playing", TRUE, NULL);
  for (int i = 0; i < 300; i++)
    {
      g_autoptr (FyObject) object = fy_object_new ((guint16) (i + 2), NULL, FY_OBJECT_MASK);

      fy_label_set_load_object (ferry_document_labels (stage.document), object);
    }
  gtk_widget_measure (stage.timeline, GTK_ORIENTATION_VERTICAL, -1, &height[1], NULL, NULL, NULL);
  g_assert_cmpint (height[0], ==, height[1]);
  close_stage (&stage);
}

/* --- What it costs: 20 000 frames, 300 objects --- */

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SLOW 10 /* times */
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SLOW 10
#endif
#ifndef SLOW
#define SLOW 1
#endif
#define MOST_MS       (8.0 * SLOW)  /* of drawing a part                   */
#define MOST_PAINT_MS (16.0 * SLOW) /* of a frame of the display, Cairo's */

static double
cost_of (Stage *stage, const char *type)
{
  GtkWidget *widget = find (stage->tracks, type);
  double best = 1e9;

  for (int i = 0; i < 5; i++)
    {
      GtkSnapshot *snapshot = gtk_snapshot_new ();
      GskRenderNode *node;
      double begin = cpu_ms ();

      GTK_WIDGET_GET_CLASS (widget)->snapshot (widget, snapshot);
      node = gtk_snapshot_free_to_node (snapshot);
      best = MIN (best, cpu_ms () - begin);
      g_clear_pointer (&node, gsk_render_node_unref);
    }
  g_test_message ("%s: %.2f ms", type, best);
  return best;
}

static void
test_cost (void)
{
  static const char *const parts[] = { "FerryRuler", "FerryThumbnailStrip", "FerryReadiness",
                                       "FerryPlayhead" };
  Stage stage;
  FyLabelSet *labels;
  GtkWidget *lanes;
  double begin;
  double cost;
  double worst = 0;

  open_stage (&stage, 1900);
  stage_open (stage.document, 20000, 300, 30);
  stage_fill (stage.document);
  labels = ferry_document_labels (stage.document);
  settle (); /* the stage has made its pictures */
  g_signal_emit_by_name (stage.document, "opened");
  for (int i = 0; i < 60 || g_main_context_pending (NULL); i++)
    {
      begin = cpu_ms ();
      g_main_context_iteration (NULL, FALSE);
      worst = MAX (worst, cpu_ms () - begin);
    }
  g_test_message ("longest turn of the main loop while labels are read, all drawn: %.2f ms", worst);
  for (gsize i = 0; i < G_N_ELEMENTS (parts); i++)
    g_assert_cmpfloat (cost_of (&stage, parts[i]), <, MOST_MS);
  lanes = find (stage.tracks, "FerryLanes");
  g_assert_cmpfloat (cost_of (&stage, "FerryLanes"), <, MOST_MS);
  for (double scale = 1; scale < 4000; scale *= 4)
    {
      double best = 1e9;

      for (int i = 0; i < 5; i++)
        {
          gtk_widget_activate_action (stage.timeline, "timeline.fit", NULL);
          for (double zoom = 1; zoom < scale; zoom *= 1.6)
            gtk_widget_activate_action (stage.timeline, "timeline.zoom-in", NULL);
          begin = cpu_ms ();
          cairo_surface_destroy (draw (lanes)); /* all lanes are stale */
          best = MIN (best, cpu_ms () - begin);
        }
      g_test_message ("lanes anew, zoomed %.0f times: %.2f ms", scale, best);
      g_assert_cmpfloat (best, <, MOST_MS);
    }
  begin = cpu_ms ();
  for (int i = 0; i < 100; i++)
    {
      g_signal_emit_by_name (labels, "frame-changed", i * 50);
    }
  cost = (cpu_ms () - begin) / 100;
  g_test_message ("a frame of 300 objects changed: %.3f ms", cost);
  g_assert_cmpfloat (cost, <, 0.5 * SLOW);
  begin = cpu_ms ();
  g_assert_cmpint (ferry_next_weak (labels, 0, 100, 1), >=, 0);
  g_test_message ("the next weak frame of any object: %.2f ms", cpu_ms () - begin);
  begin = cpu_ms ();
  g_assert_cmpint (ferry_next_weak (labels, 7, 100, 1), >=, 0);
  g_test_message ("the next weak frame of one object: %.2f ms", cpu_ms () - begin);
  begin = cpu_ms ();
  ferry_lane_declare (labels, 1, 5001, FY_PROVENANCE_ABSENT);
  g_test_message ("absent in 5000 frames: %.2f ms", cpu_ms () - begin);
  begin = cpu_ms ();
  for (int i = 0; i < 100; i++)
    ferry_document_set_frame (stage.document, i * 150);
  g_test_message ("going to a frame: %.3f ms", (cpu_ms () - begin) / 100);
  g_assert_cmpfloat ((cpu_ms () - begin) / 100, <, SLOW);
  close_stage (&stage);
}

/* All that the main thread does for a frame of the display: layout, snapshot and, by Cairo, painting. */
typedef struct
{
  double begin;
  GArray *costs; /* of double, ms of CPU time */
} Clock;

static void
before_paint (GdkFrameClock *clock, Clock *self)
{
  self->begin = cpu_ms ();
}

static void
after_paint (GdkFrameClock *clock, Clock *self)
{
  double cost = cpu_ms () - self->begin;

  g_array_append_val (self->costs, cost);
}

static int
compare_costs (gconstpointer a, gconstpointer b)
{
  const double *x = a, *y = b;

  return (*x > *y) - (*x < *y);
}

static void
report (Clock *clock, const char *what)
{
  double middle;

  g_array_sort (clock->costs, compare_costs);
  g_assert_cmpuint (clock->costs->len, >, 10);
  middle = g_array_index (clock->costs, double, clock->costs->len / 2);
  g_test_message ("%s: %.2f ms in the middle, %.2f ms at most, of %u", what, middle,
                  g_array_index (clock->costs, double, clock->costs->len - 1), clock->costs->len);
  g_assert_cmpfloat (middle, <, MOST_PAINT_MS);
  g_array_set_size (clock->costs, 0);
}

static void
test_paint (void)
{
  Stage stage;
  Clock clock = { 0, g_array_new (FALSE, FALSE, sizeof (double)) };
  GdkFrameClock *frame_clock;

  open_stage (&stage, 1900);
  stage_open (stage.document, 20000, 300, 30);
  stage_fill (stage.document);
  settle ();
  frame_clock = gtk_widget_get_frame_clock (stage.window);
  g_signal_connect (frame_clock, "before-paint", G_CALLBACK (before_paint), &clock);
  g_signal_connect (frame_clock, "after-paint", G_CALLBACK (after_paint), &clock);
  for (int i = 0; i < 40; i++)
    {
      ferry_document_set_frame (stage.document, i * 500);
      gtk_test_widget_wait_for_draw (stage.window);
    }
  report (&clock, "scrubbing");
  for (int i = 0; i < 40; i++)
    {
      gtk_widget_activate_action (stage.timeline, i < 20 ? "timeline.zoom-in" : "timeline.zoom-out",
                                  NULL);
      gtk_test_widget_wait_for_draw (stage.window);
    }
  report (&clock, "zooming");
  for (int i = 0; i < 40; i++)
    {
      for (int frame = i * 20; frame < i * 20 + 20; frame++)
        g_signal_emit_by_name (ferry_document_labels (stage.document), "frame-changed", frame);
      gtk_test_widget_wait_for_draw (stage.window);
    }
  report (&clock, "20 frames carried a frame of the display");
  g_signal_handlers_disconnect_by_data (frame_clock, &clock);
  g_array_unref (clock.costs);
  close_stage (&stage);
}

/* --- To look at --- */

static int
show (int argc, char *argv[])
{
  Stage stage;
  int width = argc > 2 ? atoi (argv[2]) : 1280;
  gboolean is_long = FALSE;

  for (int i = 3; i < argc; i++)
    {
      if (g_str_equal (argv[i], "dark"))
        g_object_set (gtk_settings_get_default (), "gtk-application-prefer-dark-theme", TRUE, NULL);
      if (g_str_equal (argv[i], "contrast"))
        g_object_set (gtk_settings_get_default (), "gtk-theme-name", "HighContrast", NULL);
      if (g_str_equal (argv[i], "rtl"))
        gtk_widget_set_default_direction (GTK_TEXT_DIR_RTL);
      is_long = is_long || g_str_equal (argv[i], "long");
    }
  open_stage (&stage, width);
  if (argc > 3 && g_str_equal (argv[argc - 1], "empty"))
    stage_open (stage.document, 120, 0, 30);
  else
    {
      stage_open (stage.document, is_long ? 20000 : 120, is_long ? 300 : 4, 30);
      stage_fill (stage.document);
    }
  ferry_document_set_frame (stage.document, ferry_document_n_frames (stage.document) / 2);
  ferry_document_set_object (stage.document, 2);
  if (!is_long)
    g_object_set (stage.document, "in", 10, "out", 99, NULL);
  stage_set_ready (stage.document, 100, 70, 40);
  while (TRUE)
    g_main_context_iteration (NULL, TRUE);
  return 0;
}

int
main (int argc, char *argv[])
{
  gboolean shows = argc > 1 && g_str_equal (argv[1], "--show");

  if (shows)
    {
      gtk_init ();
      return show (argc, argv);
    }
  gtk_test_init (&argc, &argv, NULL);
  g_test_add_func ("/timeline/click", test_click);
  g_test_add_func ("/timeline/keys", test_keys);
  g_test_add_func ("/timeline/wheel", test_wheel);
  g_test_add_func ("/timeline/range", test_range);
  g_test_add_func ("/timeline/entry", test_entry);
  g_test_add_func ("/timeline/readiness", test_readiness);
  g_test_add_func ("/timeline/menu", test_menu);
  g_test_add_func ("/timeline/verbs", test_menu_verbs);
  g_test_add_func ("/timeline/thumbnails", test_thumbnails);
  g_test_add_func ("/timeline/still", test_still);
  g_test_add_func ("/timeline/cost", test_cost);
  g_test_add_func ("/timeline/paint", test_paint);
  return g_test_run ();
}
