/* SPDX-License-Identifier: MIT */
/* What people do to objects, each one entry of the history.  A locked object is left alone by what would
 * change its labels; a toast tells.  Thread: main. */
#pragma once

#include "app/document.h"

G_BEGIN_DECLS

/* Adds an object at the end and takes it in hand.
 *
 * joint    names of a skeleton; NULL for a skeleton = the 15 joints of JHMDB
 * Returns: its id; 0 = nothing is open, or there is no id left. */
guint16 ferry_objects_add_mask (FerryDocument *document);
guint16 ferry_objects_add_skeleton (FerryDocument *document, const char *const *joint);

void ferry_objects_rename (FerryDocument *document, guint16 id, const char *name);
void ferry_objects_rename_joint (FerryDocument *document, guint16 id, int joint, const char *name);
void ferry_objects_set_colour (FerryDocument *document, guint16 id, FyRgb colour);
void ferry_objects_set_hidden (FerryDocument *document, guint16 id, gboolean hidden);
void ferry_objects_set_locked (FerryDocument *document, guint16 id, gboolean locked);
/* Shows all others or, where all are hidden already, all. */
void ferry_objects_show_alone (FerryDocument *document, guint16 id);

/* index is clamped. */
void ferry_objects_move (FerryDocument *document, guint16 id, int index);
void ferry_objects_remove (FerryDocument *document, guint16 id);
void ferry_objects_merge (FerryDocument *document, guint16 id, guint16 into);

/* FY_PROVENANCE_ABSENT, _OCCLUDED or _NONE in frames first .. last. */
void ferry_objects_declare (FerryDocument *document,
                            guint16 id,
                            int first,
                            int last,
                            FyProvenance provenance);
void
ferry_objects_review (FerryDocument *document, guint16 id, int first, int last, gboolean reviewed);

/* state   FyJointState in the frame on show, -1 = takes the joint out of it */
void ferry_objects_set_joint_state (FerryDocument *document, guint16 id, int joint, int state);

/* For people: "by hand". */
const char *ferry_provenance_label (FyProvenance provenance);

G_END_DECLS
