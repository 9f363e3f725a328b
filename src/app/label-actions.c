/* SPDX-License-Identifier: MIT */
/* What changes labels, objects, and the way labels are carried. */
#include "app/object-name.h"
#include "app/window-internal.h"

#include <glib/gi18n.h>

FyObject *
ferry_window_object_in_hand (FerryWindow *self)
{
  FerryDocument *document = ferry_window_document (self);
  FyLabelSet *labels = ferry_document_labels (document);
  FyObject *object =
      labels != NULL ? fy_label_set_find (labels, ferry_document_object (document)) : NULL;

  if (labels != NULL && object == NULL)
    ferry_document_toast (document, _ ("Choose an object first"));
  return object;
}

/* What happens in a frame that is not on show is not seen: it is said. */
static void
tell_elsewhere (FerryWindow *self, int entry, gboolean undone)
{
  FerryDocument *document = ferry_window_document (self);
  const FyHistory *history = fy_label_set_history (ferry_document_labels (document));
  int frame = fy_history_frame (history, entry);

  if (frame >= 0 && frame != ferry_document_frame (document))
    ferry_document_toast (document,
                          undone ? _ ("Undone in frame %d: %s") : _ ("Redone in frame %d: %s"),
                          frame + 1, fy_history_name (history, entry));
}

static void
undo (GSimpleAction *action, GVariant *parameter, gpointer self)
{
  FyLabelSet *labels = ferry_document_labels (ferry_window_document (self));

  if (fy_label_set_undo (labels))
    tell_elsewhere (self, fy_history_position (fy_label_set_history (labels)), TRUE);
}

static void
redo (GSimpleAction *action, GVariant *parameter, gpointer self)
{
  FyLabelSet *labels = ferry_document_labels (ferry_window_document (self));

  if (fy_label_set_redo (labels))
    tell_elsewhere (self, fy_history_position (fy_label_set_history (labels)) - 1, FALSE);
}

/* --- Objects --- */

static void
add_object (FerryWindow *self, FyObjectKind kind)
{
  FerryDocument *document = ferry_window_document (self);
  FyLabelSet *labels = ferry_document_labels (document);
  g_autoptr (FyObject) object = ferry_named_object (fy_label_set_next_id (labels), kind);

  if (kind == FY_OBJECT_SKELETON)
    fy_object_set_skeleton_jhmdb (object);
  fy_label_set_begin (labels, _ ("New object"), ferry_document_frame (document));
  fy_label_set_set_object (labels, object);
  fy_label_set_end (labels);
  ferry_document_set_object (document, object->id);
  if (kind == FY_OBJECT_SKELETON)
    g_object_set (ferry_window_toolbox (self), "tool", FERRY_TOOL_KEYPOINT, NULL);
}

static void
new_object (GSimpleAction *action, GVariant *parameter, gpointer self)
{
  add_object (self, FY_OBJECT_MASK);
}

static void
new_skeleton (GSimpleAction *action, GVariant *parameter, gpointer self)
{
  add_object (self, FY_OBJECT_SKELETON);
}

static void
select_object (GSimpleAction *action, GVariant *parameter, gpointer self)
{
  FerryDocument *document = ferry_window_document (self);
  FyLabelSet *labels = ferry_document_labels (document);
  int index = g_variant_get_int32 (parameter) - 1;

  if (index < 0)
    ferry_document_set_object (document, FY_ID_BACKGROUND);
  else if (index < fy_label_set_n_objects (labels))
    ferry_document_set_object (document, fy_label_set_object (labels, index)->id);
}

static void
change_object (FerryWindow *self, const char *name, gboolean hidden, gboolean locked)
{
  FerryDocument *document = ferry_window_document (self);
  FyObject *object = ferry_window_object_in_hand (self);
  g_autoptr (FyObject) changed = object != NULL ? fy_object_copy (object) : NULL;

  if (changed == NULL)
    return;
  changed->hidden ^= hidden;
  changed->locked ^= locked;
  fy_label_set_begin (ferry_document_labels (document), name, ferry_document_frame (document));
  fy_label_set_set_object (ferry_document_labels (document), changed);
  fy_label_set_end (ferry_document_labels (document));
}

static void
hide_object (GSimpleAction *action, GVariant *parameter, gpointer self)
{
  change_object (self, _ ("Show or hide object"), TRUE, FALSE);
}

static void
lock_object (GSimpleAction *action, GVariant *parameter, gpointer self)
{
  change_object (self, _ ("Lock or unlock object"), FALSE, TRUE);
}

/* --- What a person says of an object --- */

/* The range if one is set, else this frame, or with `onward` all up to the next labels by hand. */
static void
find_span (FerryWindow *self, guint16 id, gboolean onward, int *first, int *last)
{
  FerryDocument *document = ferry_window_document (self);
  g_autoptr (GArray) hand = NULL;
  int in, out;

  g_object_get (document, "in", &in, "out", &out, NULL);
  ferry_document_range (document, first, last);
  if (in >= 0 && out >= 0)
    return;
  *first = *last = ferry_document_frame (document);
  if (!onward)
    return;
  *last = ferry_document_n_frames (document) - 1;
  hand = fy_label_set_hand_frames (ferry_document_labels (document), id);
  for (guint i = hand->len; i-- > 0;)
    if (g_array_index (hand, int, i) > *first)
      *last = g_array_index (hand, int, i) - 1;
}

static void
declare (FerryWindow *self, const char *name, FyProvenance provenance)
{
  FerryDocument *document = ferry_window_document (self);
  FyLabelSet *labels = ferry_document_labels (document);
  FyObject *object = ferry_window_object_in_hand (self);
  FyProvenance now;
  int first, last;

  if (object == NULL)
    return;
  now = fy_frame_labels_provenance (fy_label_set_peek (labels, ferry_document_frame (document)),
                                    object->id);
  find_span (self, object->id, provenance == FY_PROVENANCE_ABSENT && now != provenance, &first,
             &last);
  fy_label_set_begin (labels, name, first);
  fy_label_set_declare (labels, object->id, first, last,
                        now == provenance ? FY_PROVENANCE_NONE : provenance);
  fy_label_set_end (labels);
}

/* With the keypoint tool a joint is meant, else the object. */
static void
occluded (GSimpleAction *action, GVariant *parameter, gpointer self)
{
  if (!ferry_canvas_mark_joint (ferry_window_canvas (self), FY_JOINT_OCCLUDED))
    declare (self, _ ("Mark occluded"), FY_PROVENANCE_OCCLUDED);
}

static void
absent (GSimpleAction *action, GVariant *parameter, gpointer self)
{
  if (!ferry_canvas_mark_joint (ferry_window_canvas (self), FY_JOINT_ABSENT))
    declare (self, _ ("Mark absent"), FY_PROVENANCE_ABSENT);
}

static void
delete_labels (GSimpleAction *action, GVariant *parameter, gpointer self)
{
  declare (self, _ ("Delete labels by hand"), FY_PROVENANCE_NONE);
}

static void
delete_forward (GSimpleAction *action, GVariant *parameter, gpointer self)
{
  FerryDocument *document = ferry_window_document (self);
  FyLabelSet *labels = ferry_document_labels (document);
  FyObject *object = ferry_window_object_in_hand (self);
  int frame = ferry_document_frame (document);

  if (object == NULL)
    return;
  fy_label_set_begin (labels, _ ("Delete forward"), frame);
  fy_label_set_declare (labels, object->id, frame, fy_label_set_n_frames (labels) - 1,
                        FY_PROVENANCE_ABSENT);
  fy_label_set_end (labels);
  ferry_document_notice (document, &(FerryNotice){ .text = _ ("Deleted from here to the end"),
                                                   .button = _ ("Undo"),
                                                   .action = "win.undo" });
}

static void
reviewed (GSimpleAction *action, GVariant *parameter, gpointer self)
{
  FerryDocument *document = ferry_window_document (self);
  FyLabelSet *labels = ferry_document_labels (document);
  FyObject *object = ferry_window_object_in_hand (self);
  int first, last;

  if (object == NULL)
    return;
  find_span (self, object->id, FALSE, &first, &last);
  fy_label_set_begin (labels, _ ("Mark reviewed"), first);
  fy_label_set_set_reviewed (
      labels, object->id, first, last,
      !fy_frame_labels_state (fy_label_set_peek (labels, first), object->id).reviewed);
  fy_label_set_end (labels);
}

/* What was carried into this frame is right: it becomes a reference. */
static void
commit (FerryWindow *self)
{
  FerryDocument *document = ferry_window_document (self);
  FyLabelSet *labels = ferry_document_labels (document);
  int frame = ferry_document_frame (document);
  FyFrameLabels *before = fy_label_set_peek (labels, frame);
  g_autoptr (FyFrameLabels) after = NULL;
  g_autofree FyState *states = NULL;
  g_autofree FyPoint *points = NULL;

  if (before == NULL)
    return;
  states = g_memdup2 (before->state, sizeof (FyState) * (gsize) before->n_states);
  points = g_memdup2 (before->point, sizeof (FyPoint) * (gsize) before->n_points);
  for (int i = 0; i < before->n_states; i++)
    if (states[i].provenance == FY_PROVENANCE_CARRIED)
      {
        states[i].provenance = FY_PROVENANCE_CORRECTED;
        states[i].reviewed = TRUE;
      }
  for (int i = 0; i < before->n_points; i++)
    if (points[i].provenance == FY_PROVENANCE_CARRIED)
      points[i].provenance = FY_PROVENANCE_CORRECTED;
  after = fy_frame_labels_new (before->map, states, before->n_states, points, before->n_points);
  fy_label_set_begin (labels, _ ("Accept frame"), frame);
  fy_label_set_set_frame (labels, frame, after);
  fy_label_set_end (labels);
}

static void
commit_frame (GSimpleAction *action, GVariant *parameter, gpointer self)
{
  commit (self);
}

/* --- Carrying --- */

static gboolean
start_carrying (FerryWindow *self)
{
  FerryDocument *document = ferry_window_document (self);
  int frame = ferry_document_frame (document);

  if (ferry_document_live (document) != NULL)
    fy_live_resume (ferry_document_live (document));
  if (!fy_frame_labels_has_hand (fy_label_set_peek (ferry_document_labels (document), frame)))
    commit (self);
  if (fy_frame_labels_has_hand (fy_label_set_peek (ferry_document_labels (document), frame)))
    return TRUE;
  ferry_document_toast (document, _ ("Nothing is labelled in this frame: paint it first"));
  return FALSE;
}

/* From the frame on show to the next labels by hand on that side, within the range. */
static void
carry (FerryWindow *self, int step)
{
  FerryDocument *document = ferry_window_document (self);
  FyLabelSet *labels = ferry_document_labels (document);
  int frame = ferry_document_frame (document);
  int first, last, end;

  ferry_document_range (document, &first, &last);
  for (end = frame + step; end >= first && end <= last; end += step)
    if (fy_frame_labels_has_hand (fy_label_set_peek (labels, end)))
      break;
  if (step > 0 && end - 1 > frame)
    ferry_document_set_way (document, frame + 1, end - 1, FY_WAY_FORWARD);
  else if (step < 0 && end + 1 < frame)
    ferry_document_set_way (document, end + 1, frame - 1, FY_WAY_BACKWARD);
}

static void
propagate (FerryWindow *self, gboolean forward, gboolean backward)
{
  FyLabelSet *labels = ferry_document_labels (ferry_window_document (self));

  fy_label_set_begin (labels, _ ("Propagate"), ferry_document_frame (ferry_window_document (self)));
  if (start_carrying (self))
    {
      if (forward)
        carry (self, 1);
      if (backward)
        carry (self, -1);
    }
  fy_label_set_end (labels);
}

static void
propagate_forward (GSimpleAction *action, GVariant *parameter, gpointer self)
{
  propagate (self, TRUE, FALSE);
}

static void
propagate_backward (GSimpleAction *action, GVariant *parameter, gpointer self)
{
  propagate (self, FALSE, TRUE);
}

static void
propagate_both (GSimpleAction *action, GVariant *parameter, gpointer self)
{
  propagate (self, TRUE, TRUE);
}

/* Only within the range; outside of it labels stay as they are. */
static void
propagate_range (GSimpleAction *action, GVariant *parameter, gpointer self)
{
  FerryDocument *document = ferry_window_document (self);
  FyLabelSet *labels = ferry_document_labels (document);
  int n = ferry_document_n_frames (document);
  int first, last;

  ferry_document_range (document, &first, &last);
  fy_label_set_begin (labels, _ ("Propagate in the range"), first);
  if (first > 0)
    ferry_document_set_way (document, 0, first - 1, FY_WAY_NONE);
  ferry_document_set_way (document, first, last, FY_WAY_AUTO);
  if (last < n - 1)
    ferry_document_set_way (document, last + 1, n - 1, FY_WAY_NONE);
  fy_label_set_end (labels);
}

static void
propagate_auto (GSimpleAction *action, GVariant *parameter, gpointer self)
{
  FerryDocument *document = ferry_window_document (self);

  ferry_document_set_way (document, 0, ferry_document_n_frames (document) - 1, FY_WAY_AUTO);
}

static void
stop (GSimpleAction *action, GVariant *parameter, gpointer self)
{
  FerryDocument *document = ferry_window_document (self);
  gboolean playing;

  if (ferry_canvas_cancel (ferry_window_canvas (self)))
    return;
  g_object_get (document, "playing", &playing, NULL);
  if (playing)
    g_object_set (document, "playing", FALSE, NULL);
  else if (ferry_document_live (document) != NULL &&
           !fy_live_is_paused (ferry_document_live (document)) &&
           !fy_live_is_idle (ferry_document_live (document)))
    {
      fy_live_pause (ferry_document_live (document));
      ferry_document_notice (document, &(FerryNotice){ .text = _ ("Stopped; what is done stays"),
                                                       .button = _ ("Go On"),
                                                       .action = "win.resume" });
    }
}

static void
resume (GSimpleAction *action, GVariant *parameter, gpointer self)
{
  FyLive *live = ferry_document_live (ferry_window_document (self));

  if (live != NULL)
    fy_live_resume (live);
}

void
ferry_window_install_label_actions (FerryWindow *self)
{
  static const GActionEntry entries[] = {
    { .name = "undo", .activate = undo },
    { .name = "redo", .activate = redo },
    { .name = "new-object", .activate = new_object },
    { .name = "new-skeleton", .activate = new_skeleton },
    { .name = "select-object", .activate = select_object, .parameter_type = "i" },
    { .name = "hide-object", .activate = hide_object },
    { .name = "lock-object", .activate = lock_object },
    { .name = "occluded", .activate = occluded },
    { .name = "absent", .activate = absent },
    { .name = "reviewed", .activate = reviewed },
    { .name = "delete-labels", .activate = delete_labels },
    { .name = "delete-forward", .activate = delete_forward },
    { .name = "commit-frame", .activate = commit_frame },
    { .name = "propagate-forward", .activate = propagate_forward },
    { .name = "propagate-backward", .activate = propagate_backward },
    { .name = "propagate-both", .activate = propagate_both },
    { .name = "propagate-range", .activate = propagate_range },
    { .name = "propagate-auto", .activate = propagate_auto },
    { .name = "stop", .activate = stop },
    { .name = "resume", .activate = resume },
  };
  g_autoptr (GPropertyAction) live =
      g_property_action_new ("live", ferry_window_document (self), "live");

  g_action_map_add_action_entries (G_ACTION_MAP (self), entries, G_N_ELEMENTS (entries), self);
  g_action_map_add_action (G_ACTION_MAP (self), G_ACTION (live));
}
