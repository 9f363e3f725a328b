/* SPDX-License-Identifier: MIT */
/* The labels of a clip: its objects and the labels of every frame, with history.
 *
 * The one place they are changed.  Every change a person makes is a group of the history; what a
 * propagation brings is not, for it follows from those.  What a hand made is never changed by
 * fy_label_set_carry.
 *
 * Signals
 *   "frame-changed"    (int frame)   labels of a frame
 *   "objects-changed"  ()            their list, order or properties
 *   "history-changed"  ()            what can be undone and redone
 *   "settled"          ()            what was done to many frames is there in all of them
 *
 * Thread: main. */
#pragma once

#include "label/frame-labels.h"
#include "label/history.h"
#include "label/object.h"

#include <glib-object.h>

G_BEGIN_DECLS

#define FY_TYPE_LABEL_SET (fy_label_set_get_type ())
G_DECLARE_FINAL_TYPE (FyLabelSet, fy_label_set, FY, LABEL_SET, GObject)

/* Without objects and labels.  The size is the clip's, in pixels. */
FyLabelSet *fy_label_set_new (int width, int height, int n_frames);

int fy_label_set_width (FyLabelSet *self);
int fy_label_set_height (FyLabelSet *self);
int fy_label_set_n_frames (FyLabelSet *self);

/* --- History.  Borrowed; undo and redo emit the signals of what they change --- */
FyHistory *fy_label_set_history (FyLabelSet *self);
void fy_label_set_begin (FyLabelSet *self, const char *name, int frame);
void fy_label_set_end (FyLabelSet *self);
/* Undoes what was done since the outermost _begin, in whose place it stands for _end. */
void fy_label_set_abandon (FyLabelSet *self);
gboolean fy_label_set_undo (FyLabelSet *self);
gboolean fy_label_set_redo (FyLabelSet *self);
void fy_label_set_go (FyLabelSet *self, int position);

/* --- Objects, in the order that people gave them --- */
int fy_label_set_n_objects (FyLabelSet *self);
FyObject *fy_label_set_object (FyLabelSet *self, int index); /* borrowed */
/* All of them.  Returns: [*n], borrowed until they change. */
FyObject *const *fy_label_set_objects (FyLabelSet *self, int *n);
FyObject *fy_label_set_find (FyLabelSet *self, guint16 id);     /* borrowed, nullable */
int fy_label_set_index (FyLabelSet *self, guint16 id);          /* -1 = none */
GArray *fy_label_set_ids (FyLabelSet *self, FyObjectKind kind); /* guint16, ascending */

/* An id that no object had, as long as there are such; 0 = there are as many objects as can be. */
guint16 fy_label_set_next_id (FyLabelSet *self);

/* Adds at the end, or puts in the place of the object with that id. */
void fy_label_set_set_object (FyLabelSet *self, FyObject *object);
/* Adds, in one change, those whose ids are new. */
void fy_label_set_add_objects (FyLabelSet *self, FyObject *const *object, int n);
void fy_label_set_move_object (FyLabelSet *self, guint16 id, int index);
/* With its labels in all frames. */
void fy_label_set_remove_object (FyLabelSet *self, guint16 id);
/* Labels of `id` become those of `into`, in all frames. */
void fy_label_set_merge_objects (FyLabelSet *self, guint16 id, guint16 into);

/* --- Frames.  What is done to many of them, and undoing it, is there at once for who looks at one, and comes
 * to the others in slices from the default main context, where "frame-changed" tells of it --- */

/* The frame from which it goes on. */
void fy_label_set_look_at (FyLabelSet *self, int frame);
gboolean fy_label_set_is_settling (FyLabelSet *self);
/* Ends it now, as before labels are saved for the last time. */
void fy_label_set_settle (FyLabelSet *self);

/* Borrowed; NULL = without labels. */
FyFrameLabels *fy_label_set_peek (FyLabelSet *self, int frame);

/* Puts labels in place, as a change to undo.  labels: nullable; a map has the clip's size. */
void fy_label_set_set_frame (FyLabelSet *self, int frame, FyFrameLabels *labels);

/* A hand changed pixels of a frame: every unlocked or locked mask object whose pixels differ from
 * before becomes HAND (was NONE), or CORRECTED (was CARRIED or IMPORTED); ABSENT and OCCLUDED end
 * where pixels appear. */
void fy_label_set_paint (FyLabelSet *self, int frame, FyRunMap *map);

/* A person says of an object: absent or occluded (its pixels and joints go), or with NONE takes back
 * whatever a hand said, so that it is carried again.  Frames first .. last. */
void
fy_label_set_declare (FyLabelSet *self, guint16 id, int first, int last, FyProvenance provenance);
void
fy_label_set_set_reviewed (FyLabelSet *self, guint16 id, int first, int last, gboolean reviewed);

/* What a propagation found: no history, and only what is not a hand's is taken from it.  Of a skeleton
 * that a hand changed the joints that it did not are taken.  An object that is changed by it is no longer
 * reviewed, until it is as it was.  Objects that are not in the list are passed over.
 *
 * carried  [n] ids, ascending, that it carried in this frame
 * map      in it their pixels; a hand's pixels win where both are, and void does; nullable
 * trust    [n]; NAN where unknown
 * point    [n_points] of carried skeletons; nullable */
void fy_label_set_carry (FyLabelSet *self,
                         int frame,
                         const guint16 *carried,
                         const float *trust,
                         int n,
                         FyRunMap *map,
                         const FyPoint *point,
                         int n_points);

/* A propagation reaches these objects there no more: what it had brought goes; what is a hand's stays.
 * ids: [n]. */
void fy_label_set_forget_carried (FyLabelSet *self, int frame, const guint16 *ids, int n);

/* As read from a project file: no history, no signals but "objects-changed".  highest: an id up to which
 * none is given again. */
void fy_label_set_load_highest_id (FyLabelSet *self, guint16 highest);
void fy_label_set_load_object (FyLabelSet *self, FyObject *object);
/* Returns: FALSE, changing nothing, when the clip has not that frame or that size. */
gboolean fy_label_set_load_frame (FyLabelSet *self, int frame, FyFrameLabels *labels);

/* Frames in which a hand made something of `id` (0 = of any object), ascending.
 * Returns: (transfer full) of int. */
GArray *fy_label_set_hand_frames (FyLabelSet *self, guint16 id);

G_END_DECLS
