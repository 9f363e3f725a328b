/* SPDX-License-Identifier: MIT */
/* Joints of a skeleton: placed one after the other, dragged, said to be occluded or absent. */
#include "app/canvas/canvas-internal.h"
#include "app/preferences/shortcuts-window.h"

#include <glib/gi18n.h>
#include <math.h>

#define REACH 9.0 /* widget units in which a joint is taken hold of */
#define DOT   4.5

typedef struct
{
  FerryHand parent;
  gboolean dragging;
  int frame;
  FyPoint point; /* as it is being dragged */
} KeypointHand;

static int
joint_in_hand (FerryCanvas *canvas)
{
  int joint;

  g_object_get (canvas->document, "joint", &joint, NULL);
  return joint;
}

/* The document's object when it is a skeleton that may be changed. */
static FyObject *
skeleton_in_hand (FerryCanvas *canvas)
{
  FyLabelSet *labels = ferry_document_labels (canvas->document);
  FyObject *object =
      labels != NULL ? fy_label_set_find (labels, ferry_document_object (canvas->document)) : NULL;

  return object != NULL && object->kind == FY_OBJECT_SKELETON ? object : NULL;
}

static FyObject *
changeable_skeleton (FerryCanvas *canvas)
{
  FyObject *object = skeleton_in_hand (canvas);
  g_autofree char *text = NULL;

  if (object != NULL)
    return ferry_document_may_change (canvas->document, object) ? object : NULL;
  text = ferry_shortcut_tip (_ ("Choose a skeleton first, or make a new one"), "win.new-skeleton");
  ferry_document_toast (canvas->document, "%s", text);
  return NULL;
}

static void
set_point (FerryCanvas *canvas, int frame, const FyPoint *point, const char *name)
{
  FyLabelSet *labels = ferry_document_labels (canvas->document);
  g_autoptr (FyFrameLabels) changed = NULL;
  FyPoint made = *point;
  gboolean carried;

  carried = made.provenance == FY_PROVENANCE_CARRIED || made.provenance == FY_PROVENANCE_IMPORTED ||
            made.provenance == FY_PROVENANCE_CORRECTED;
  made.provenance = carried ? FY_PROVENANCE_CORRECTED : FY_PROVENANCE_HAND;
  changed = fy_frame_labels_with_point (fy_label_set_peek (labels, frame), &made);
  fy_label_set_begin (labels, name, frame);
  fy_label_set_set_frame (labels, frame, changed);
  fy_label_set_end (labels);
}

/* The joint of the object that is nearest to the pointer, NULL when none is near. */
static const FyPoint *
point_near (FerryCanvas *canvas, const FyObject *object, const FerryPointer *pointer)
{
  FyFrameLabels *labels = ferry_canvas_peek_labels (canvas);
  double within = REACH / ferry_canvas_scale (canvas);
  const FyPoint *nearest = NULL;

  for (int i = 0; labels != NULL && i < labels->n_points; i++)
    {
      const FyPoint *point = &labels->point[i];
      double distance = hypot ((double) point->x - pointer->x, (double) point->y - pointer->y);

      if (point->object != object->id || point->state == FY_JOINT_ABSENT || distance > within)
        continue;
      within = distance;
      nearest = point;
    }
  return nearest;
}

/* The next joint that is not there yet, or the one after. */
static int
next_joint (FerryCanvas *canvas, const FyObject *object, int joint)
{
  FyFrameLabels *labels = ferry_canvas_peek_labels (canvas);
  int n = object->skeleton.n_joints;

  for (int step = 1; step < n; step++)
    if (fy_frame_labels_point (labels, object->id, (guint16) ((joint + step) % n)) == NULL)
      return (joint + step) % n;
  return joint;
}

static gboolean
keypoint_press (FerryHand *hand, const FerryPointer *pointer)
{
  KeypointHand *self = (KeypointHand *) hand;
  FerryCanvas *canvas = hand->canvas;
  FyObject *object;
  const FyPoint *there;
  int joint;

  if (!ferry_canvas_is_exact (canvas))
    return FALSE;
  object = changeable_skeleton (canvas);
  if (object == NULL || object->skeleton.n_joints == 0)
    return FALSE;
  there = point_near (canvas, object, pointer);
  joint = there != NULL ? there->joint
                        : CLAMP (joint_in_hand (canvas), 0, object->skeleton.n_joints - 1);
  g_object_set (canvas->document, "joint", joint, NULL);
  if (pointer->button == GDK_BUTTON_SECONDARY && there != NULL)
    {
      ferry_canvas_mark_joint (canvas, FY_JOINT_OCCLUDED);
      return FALSE;
    }
  if (there == NULL)
    there = fy_frame_labels_point (ferry_canvas_peek_labels (canvas), object->id, (guint16) joint);
  self->point =
      there != NULL ? *there : (FyPoint){ .object = object->id, .joint = (guint16) joint };
  if (self->point.state == FY_JOINT_ABSENT)
    self->point.state = FY_JOINT_PLACED;
  if (pointer->button == GDK_BUTTON_SECONDARY)
    self->point.state = FY_JOINT_OCCLUDED;
  self->frame = ferry_document_frame (canvas->document);
  self->dragging = TRUE;
  hand->move (hand, pointer);
  return TRUE;
}

static void
keypoint_move (FerryHand *hand, const FerryPointer *pointer)
{
  KeypointHand *self = (KeypointHand *) hand;

  if (!self->dragging)
    return;
  self->point.x = (float) CLAMP (pointer->x, 0.0, hand->canvas->geometry.width);
  self->point.y = (float) CLAMP (pointer->y, 0.0, hand->canvas->geometry.height);
  gtk_widget_queue_draw (GTK_WIDGET (hand->canvas));
}

static void
keypoint_release (FerryHand *hand)
{
  KeypointHand *self = (KeypointHand *) hand;
  FerryCanvas *canvas = hand->canvas;
  FyObject *object = skeleton_in_hand (canvas);
  gboolean is_new;

  if (!self->dragging)
    return;
  self->dragging = FALSE;
  is_new = fy_frame_labels_point (
               fy_label_set_peek (ferry_document_labels (canvas->document), self->frame),
               self->point.object, self->point.joint) == NULL;
  set_point (canvas, self->frame, &self->point, is_new ? _ ("Place joint") : _ ("Move joint"));
  if (is_new && object != NULL && object->id == self->point.object)
    g_object_set (canvas->document, "joint", next_joint (canvas, object, self->point.joint), NULL);
}

static gboolean
keypoint_cancel (FerryHand *hand)
{
  KeypointHand *self = (KeypointHand *) hand;

  if (!self->dragging)
    return FALSE;
  self->dragging = FALSE;
  hand->down = FALSE;
  gtk_widget_queue_draw (GTK_WIDGET (hand->canvas));
  return TRUE;
}

gboolean
ferry_canvas_mark_joint (FerryCanvas *self, FyJointState state)
{
  FyFrameLabels *labels;
  const FyPoint *there;
  FyObject *object;
  FyPoint point;
  int joint;

  if (ferry_toolbox_tool (self->toolbox) != FERRY_TOOL_KEYPOINT || skeleton_in_hand (self) == NULL)
    return FALSE;
  object = changeable_skeleton (self);
  joint = joint_in_hand (self);
  if (object == NULL || joint < 0 || joint >= object->skeleton.n_joints)
    return TRUE;
  labels = ferry_canvas_peek_labels (self);
  there = fy_frame_labels_point (labels, object->id, (guint16) joint);
  if (there == NULL && state == FY_JOINT_OCCLUDED)
    {
      ferry_document_toast (self->document, _ ("Place %s first, then say that it is occluded."),
                            object->skeleton.joint[joint]);
      return TRUE;
    }
  point = there != NULL ? *there : (FyPoint){ .object = object->id, .joint = (guint16) joint };
  point.state = (guint8) (point.state == state ? FY_JOINT_PLACED : state);
  set_point (self, ferry_document_frame (self->document), &point,
             state == FY_JOINT_ABSENT ? _ ("Joint absent") : _ ("Joint occluded"));
  if (state == FY_JOINT_ABSENT && there == NULL)
    g_object_set (self->document, "joint", next_joint (self, object, joint), NULL);
  return TRUE;
}

/* --- Drawing --- */

/* Where a joint is to be drawn; NULL = nowhere. */
static const FyPoint *
drawn_point (KeypointHand *self, FyFrameLabels *labels, guint16 object, guint16 joint)
{
  const FyPoint *point = fy_frame_labels_point (labels, object, joint);

  if (self->dragging && self->point.object == object && self->point.joint == joint)
    point = &self->point;
  return point != NULL && point->state != FY_JOINT_ABSENT ? point : NULL;
}

static void
draw_bone (FerryCanvas *canvas, cairo_t *cr, const FyPoint *a, const FyPoint *b, FyRgb colour)
{
  double ax, ay, bx, by;

  ferry_canvas_to_widget (canvas, (double) a->x, (double) a->y, &ax, &ay);
  ferry_canvas_to_widget (canvas, (double) b->x, (double) b->y, &bx, &by);
  cairo_move_to (cr, ax, ay);
  cairo_line_to (cr, bx, by);
  cairo_set_source_rgba (cr, 0, 0, 0, 0.6);
  cairo_set_line_width (cr, 4);
  cairo_stroke_preserve (cr);
  cairo_set_source_rgb (cr, colour.r / 255.0, colour.g / 255.0, colour.b / 255.0);
  cairo_set_line_width (cr, 2);
  cairo_stroke (cr);
}

/* Full when it is seen, a ring when it is occluded; with a white rim when it is in hand. */
static void
draw_joint (FerryCanvas *canvas, cairo_t *cr, const FyPoint *point, FyRgb colour, gboolean in_hand)
{
  double x, y;

  ferry_canvas_to_widget (canvas, (double) point->x, (double) point->y, &x, &y);
  cairo_arc (cr, x, y, in_hand ? DOT + 2 : DOT, 0, 2 * G_PI);
  cairo_set_source_rgb (cr, in_hand ? 1 : 0, in_hand ? 1 : 0, in_hand ? 1 : 0);
  cairo_fill (cr);
  cairo_arc (cr, x, y, DOT - 1, 0, 2 * G_PI);
  cairo_set_source_rgb (cr, colour.r / 255.0, colour.g / 255.0, colour.b / 255.0);
  cairo_fill (cr);
  if (point->state != FY_JOINT_OCCLUDED)
    return;
  cairo_arc (cr, x, y, DOT - 2.5, 0, 2 * G_PI);
  cairo_set_source_rgb (cr, 0, 0, 0);
  cairo_fill (cr);
}

static void
draw_skeleton (KeypointHand *self, cairo_t *cr, FyFrameLabels *labels, const FyObject *object)
{
  FerryCanvas *canvas = self->parent.canvas;
  gboolean chosen = ferry_toolbox_tool (canvas->toolbox) == FERRY_TOOL_KEYPOINT &&
                    ferry_document_object (canvas->document) == object->id;
  int n = object->skeleton.n_joints;

  for (int joint = 0; joint < n; joint++)
    {
      int parent = object->skeleton.parent != NULL ? object->skeleton.parent[joint] : -1;
      const FyPoint *a = drawn_point (self, labels, object->id, (guint16) joint);
      const FyPoint *b = parent >= 0 && parent < n
                             ? drawn_point (self, labels, object->id, (guint16) parent)
                             : NULL;

      if (a != NULL && b != NULL)
        draw_bone (canvas, cr, a, b, object->colour);
    }
  for (int joint = 0; joint < n; joint++)
    {
      const FyPoint *point = drawn_point (self, labels, object->id, (guint16) joint);

      if (point != NULL)
        draw_joint (canvas, cr, point, object->colour, chosen && joint == joint_in_hand (canvas));
    }
}

static gboolean
has_skeletons (FyLabelSet *set)
{
  int n = fy_label_set_n_objects (set);

  for (int i = 0; i < n; i++)
    if (fy_label_set_object (set, i)->kind == FY_OBJECT_SKELETON)
      return TRUE;
  return FALSE;
}

/* Of the frame that is shown, which may not be the play-head's yet. */
static void
keypoint_draw (FerryHand *hand, GtkSnapshot *snapshot)
{
  KeypointHand *self = (KeypointHand *) hand;
  FerryCanvas *canvas = hand->canvas;
  FyLabelSet *set = ferry_document_labels (canvas->document);
  int shown = ferry_picture_number (canvas->picture), n = fy_label_set_n_objects (set);
  graphene_rect_t box = { 0 };
  FyFrameLabels *labels;
  FerryOverlay overlay;
  cairo_t *cr;

  g_object_get (canvas->toolbox, "overlay", &overlay, NULL);
  if (shown < 0 || overlay == FERRY_OVERLAY_OFF || !has_skeletons (set))
    return;
  labels = fy_label_set_peek (set, shown);
  if (!self->dragging && (labels == NULL || labels->n_points == 0))
    return;
  for (int i = 0; labels != NULL && i < labels->n_points; i++)
    ferry_canvas_box_add (canvas, &box, (double) labels->point[i].x, (double) labels->point[i].y,
                          2 * DOT);
  if (self->dragging)
    ferry_canvas_box_add (canvas, &box, (double) self->point.x, (double) self->point.y, 2 * DOT);
  cr = gtk_snapshot_append_cairo (snapshot, &box);
  cairo_set_line_cap (cr, CAIRO_LINE_CAP_ROUND);
  for (int i = 0; i < n; i++)
    {
      FyObject *object = fy_label_set_object (set, i);

      if (object->kind == FY_OBJECT_SKELETON && !object->hidden)
        draw_skeleton (self, cr, labels, object);
    }
  cairo_destroy (cr);
}

static void
keypoint_free (FerryHand *hand)
{
  g_free (hand);
}

FerryHand *
ferry_hand_new_keypoint (FerryCanvas *canvas)
{
  KeypointHand *self = g_new0 (KeypointHand, 1);

  self->parent = (FerryHand){
    .canvas = canvas,
    .press = keypoint_press,
    .move = keypoint_move,
    .release = keypoint_release,
    .cancel = keypoint_cancel,
    .draw = keypoint_draw,
    .free = keypoint_free,
  };
  return &self->parent;
}
