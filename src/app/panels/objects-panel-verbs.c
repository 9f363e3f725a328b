/* SPDX-License-Identifier: MIT */
#include "app/panels/objects-panel-verbs.h"

#include "app/object-name.h"
#include <glib/gi18n.h>
#include <string.h>

/* A copy to change, NULL where there is no such object. */
static FyObject *
copy_of (FerryDocument *document, guint16 id)
{
  FyLabelSet *labels = ferry_document_labels (document);
  FyObject *object = labels != NULL ? fy_label_set_find (labels, id) : NULL;

  return object != NULL ? fy_object_copy (object) : NULL;
}

/* Puts a changed object in its place, unless nothing changed. */
static void
replace (FerryDocument *document, const char *verb, FyObject *object)
{
  FyLabelSet *labels = ferry_document_labels (document);

  if (fy_object_equal (fy_label_set_find (labels, object->id), object))
    return;
  fy_label_set_begin (labels, verb, ferry_document_frame (document));
  fy_label_set_set_object (labels, object);
  fy_label_set_end (labels);
}

static gboolean
is_locked (FerryDocument *document, guint16 id)
{
  FyLabelSet *labels = ferry_document_labels (document);
  FyObject *object = labels != NULL ? fy_label_set_find (labels, id) : NULL;

  if (object == NULL)
    return TRUE;
  if (object->locked)
    ferry_document_may_change (document, object); /* says so */
  return object->locked;
}

static void
offer_undo (FerryDocument *document, const char *text)
{
  const FerryNotice notice = { .text = text, .button = _ ("Undo"), .action = "win.undo" };

  ferry_document_notice (document, &notice);
}

static guint16
add (FerryDocument *document, const char *verb, FyObject *object)
{
  FyLabelSet *labels = ferry_document_labels (document);

  fy_label_set_begin (labels, verb, ferry_document_frame (document));
  fy_label_set_set_object (labels, object);
  fy_label_set_end (labels);
  ferry_document_set_object (document, object->id);
  return object->id;
}

/* An id for another object, 0 where there is none. */
static guint16
next_id (FerryDocument *document)
{
  FyLabelSet *labels = ferry_document_labels (document);
  guint16 id = labels != NULL ? fy_label_set_next_id (labels) : 0;

  return id < FY_ID_VOID ? id : 0;
}

guint16
ferry_objects_add_mask (FerryDocument *document)
{
  guint16 id = next_id (document);
  g_autoptr (FyObject) object = NULL;

  if (id == 0)
    return 0;
  object = ferry_named_object (id, FY_OBJECT_MASK);
  return add (document, _ ("New object"), object);
}

guint16
ferry_objects_add_skeleton (FerryDocument *document, const char *const *joint)
{
  guint16 id = next_id (document);
  g_autoptr (FyObject) object = NULL;

  if (id == 0)
    return 0;
  object = ferry_named_object (id, FY_OBJECT_SKELETON);
  if (joint == NULL)
    fy_object_set_skeleton_jhmdb (object);
  else
    fy_object_set_skeleton (object, joint, NULL, (int) g_strv_length ((char **) joint));
  return add (document, _ ("New skeleton"), object);
}

void
ferry_objects_rename (FerryDocument *document, guint16 id, const char *name)
{
  g_autoptr (FyObject) object = copy_of (document, id);
  g_autofree char *stripped = g_strstrip (g_strdup (name));

  if (object == NULL || *stripped == '\0')
    return;
  g_free (object->name);
  object->name = g_steal_pointer (&stripped);
  replace (document, _ ("Rename object"), object);
}

void
ferry_objects_rename_joint (FerryDocument *document, guint16 id, int joint, const char *name)
{
  g_autoptr (FyObject) object = copy_of (document, id);
  g_autofree char *stripped = g_strstrip (g_strdup (name));

  if (object == NULL || joint >= object->skeleton.n_joints || *stripped == '\0')
    return;
  g_free (object->skeleton.joint[joint]);
  object->skeleton.joint[joint] = g_steal_pointer (&stripped);
  replace (document, _ ("Rename joint"), object);
}

void
ferry_objects_set_colour (FerryDocument *document, guint16 id, FyRgb colour)
{
  g_autoptr (FyObject) object = copy_of (document, id);

  if (object == NULL)
    return;
  object->colour = colour;
  replace (document, _ ("Change colour"), object);
}

void
ferry_objects_set_hidden (FerryDocument *document, guint16 id, gboolean hidden)
{
  g_autoptr (FyObject) object = copy_of (document, id);

  if (object == NULL)
    return;
  object->hidden = hidden;
  replace (document, hidden ? _ ("Hide object") : _ ("Show object"), object);
}

void
ferry_objects_set_locked (FerryDocument *document, guint16 id, gboolean locked)
{
  g_autoptr (FyObject) object = copy_of (document, id);

  if (object == NULL)
    return;
  object->locked = locked;
  replace (document, locked ? _ ("Lock object") : _ ("Unlock object"), object);
}

void
ferry_objects_show_alone (FerryDocument *document, guint16 id)
{
  FyLabelSet *labels = ferry_document_labels (document);
  gboolean alone = labels != NULL;

  if (labels == NULL)
    return;
  for (int i = 0; i < fy_label_set_n_objects (labels); i++)
    {
      FyObject *object = fy_label_set_object (labels, i);

      alone &= object->hidden == (object->id != id);
    }
  fy_label_set_begin (labels, alone ? _ ("Show all objects") : _ ("Show one object"),
                      ferry_document_frame (document));
  for (int i = 0; i < fy_label_set_n_objects (labels); i++)
    {
      g_autoptr (FyObject) object = fy_object_copy (fy_label_set_object (labels, i));

      object->hidden = !alone && object->id != id;
      if (!fy_object_equal (object, fy_label_set_object (labels, i)))
        fy_label_set_set_object (labels, object);
    }
  fy_label_set_end (labels);
}

void
ferry_objects_move (FerryDocument *document, guint16 id, int index)
{
  FyLabelSet *labels = ferry_document_labels (document);
  int at = labels != NULL ? fy_label_set_index (labels, id) : -1;
  int to = labels != NULL ? CLAMP (index, 0, fy_label_set_n_objects (labels) - 1) : -1;

  if (at < 0 || at == to)
    return;
  fy_label_set_begin (labels, _ ("Reorder objects"), ferry_document_frame (document));
  fy_label_set_move_object (labels, id, to);
  fy_label_set_end (labels);
}

void
ferry_objects_remove (FerryDocument *document, guint16 id)
{
  FyLabelSet *labels = ferry_document_labels (document);
  g_autofree char *text = NULL;
  int index, n;

  if (is_locked (document, id))
    return;
  text = g_strdup_printf (_ ("%s deleted"), fy_label_set_find (labels, id)->name);
  index = fy_label_set_index (labels, id);
  fy_label_set_begin (labels, _ ("Delete object"), ferry_document_frame (document));
  fy_label_set_remove_object (labels, id);
  fy_label_set_end (labels);
  n = fy_label_set_n_objects (labels);
  ferry_document_set_object (document, n > 0 ? fy_label_set_object (labels, MIN (index, n - 1))->id
                                             : FY_ID_BACKGROUND);
  offer_undo (document, text);
}

void
ferry_objects_merge (FerryDocument *document, guint16 id, guint16 into)
{
  FyLabelSet *labels = ferry_document_labels (document);
  g_autofree char *text = NULL;

  if (id == into || is_locked (document, id) || is_locked (document, into))
    return;
  text = g_strdup_printf (_ ("%s is now part of %s"), fy_label_set_find (labels, id)->name,
                          fy_label_set_find (labels, into)->name);
  fy_label_set_begin (labels, _ ("Merge objects"), ferry_document_frame (document));
  fy_label_set_merge_objects (labels, id, into);
  if (fy_label_set_find (labels, id) != NULL)
    fy_label_set_remove_object (labels, id);
  fy_label_set_end (labels);
  ferry_document_set_object (document, into);
  offer_undo (document, text);
}

void
ferry_objects_declare (FerryDocument *document,
                       guint16 id,
                       int first,
                       int last,
                       FyProvenance provenance)
{
  FyLabelSet *labels = ferry_document_labels (document);

  if (is_locked (document, id))
    return;
  fy_label_set_begin (labels,
                      provenance == FY_PROVENANCE_ABSENT     ? _ ("Mark absent")
                      : provenance == FY_PROVENANCE_OCCLUDED ? _ ("Mark occluded")
                                                             : _ ("Take back labels by hand"),
                      first);
  fy_label_set_declare (labels, id, first, last, provenance);
  fy_label_set_end (labels);
}

void
ferry_objects_review (FerryDocument *document, guint16 id, int first, int last, gboolean reviewed)
{
  FyLabelSet *labels = ferry_document_labels (document);

  if (labels == NULL || fy_label_set_find (labels, id) == NULL)
    return;
  fy_label_set_begin (labels, reviewed ? _ ("Mark reviewed") : _ ("Mark not reviewed"), first);
  fy_label_set_set_reviewed (labels, id, first, last, reviewed);
  fy_label_set_end (labels);
}

const char *
ferry_provenance_label (FyProvenance provenance)
{
  static const char *const labels[FY_N_PROVENANCES] = {
    N_ ("no labels"), N_ ("carried"), N_ ("by hand"),  N_ ("corrected"),
    N_ ("imported"),  N_ ("absent"),  N_ ("occluded"),
  };

  return _ (labels[provenance]);
}

/* What becomes of labels that were so when a hand changes them. */
static guint8
by_hand (guint8 provenance)
{
  return provenance == FY_PROVENANCE_CARRIED || provenance == FY_PROVENANCE_IMPORTED ||
                 provenance == FY_PROVENANCE_CORRECTED
             ? FY_PROVENANCE_CORRECTED
             : FY_PROVENANCE_HAND;
}

void
ferry_objects_set_joint_state (FerryDocument *document, guint16 id, int joint, int state)
{
  FyLabelSet *labels = ferry_document_labels (document);
  int frame = ferry_document_frame (document);
  FyFrameLabels *before;
  const FyPoint *point;
  g_autoptr (FyFrameLabels) moved = NULL;
  g_autoptr (FyFrameLabels) after = NULL;
  FyPoint changed = { .object = id, .joint = (guint16) joint };
  FyState object;

  if (is_locked (document, id))
    return;
  before = fy_label_set_peek (labels, frame);
  point = fy_frame_labels_point (before, id, (guint16) joint);
  if (point == NULL && (state < 0 || state == FY_JOINT_PLACED))
    return;
  if (point != NULL)
    changed = *point;
  changed.state = (guint8) MAX (state, 0);
  changed.provenance = by_hand (changed.provenance);
  moved = state < 0 ? fy_frame_labels_without_point (before, id, (guint16) joint)
                    : fy_frame_labels_with_point (before, &changed);
  object = fy_frame_labels_state (before, id);
  object.provenance = by_hand (object.provenance);
  after = fy_frame_labels_with_state (moved, &object);
  fy_label_set_begin (labels, _ ("Mark joint"), frame);
  fy_label_set_set_frame (labels, frame, after);
  fy_label_set_end (labels);
}
