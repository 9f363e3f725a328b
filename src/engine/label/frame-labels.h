/* SPDX-License-Identifier: MIT */
/* All labels of one frame: whose each pixel is, where joints are, and where each of that came from.
 *
 * Immutable once made; reference-counted; any thread.  An edit makes a new one; undo puts the old one
 * back; the project file stores it. */
#pragma once

#include "label/run-map.h"

G_BEGIN_DECLS

/* Where an object's labels in a frame came from. */
typedef enum
{
  FY_PROVENANCE_NONE,      /* not there yet                                          */
  FY_PROVENANCE_CARRIED,   /* propagated; a propagation may replace it               */
  FY_PROVENANCE_HAND,      /* made by hand where nothing was                         */
  FY_PROVENANCE_CORRECTED, /* carried, then changed by hand                          */
  FY_PROVENANCE_IMPORTED,  /* read from a file                                       */
  FY_PROVENANCE_ABSENT,    /* a person says: not in the picture                      */
  FY_PROVENANCE_OCCLUDED,  /* a person says: behind something, nothing of it visible */
  FY_N_PROVENANCES
} FyProvenance;

/* Whether no propagation may change it. */
gboolean fy_provenance_is_hand (FyProvenance provenance);

typedef struct
{
  guint16 object;
  guint8 provenance; /* FyProvenance                                             */
  guint8 reviewed;   /* a person looked and said it is right                     */
  float trust;       /* 0 .. 1 of what was carried (propagate/trust.h); NAN where none is known */
} FyState;

/* Trusts that are both unknown are equal. */
gboolean fy_state_equal (const FyState *a, const FyState *b);

typedef enum
{
  FY_JOINT_PLACED,
  FY_JOINT_OCCLUDED, /* known to be here, not to be seen */
  FY_JOINT_ABSENT,
} FyJointState;

typedef struct
{
  guint16 object;
  guint16 joint;
  guint8 state;      /* FyJointState              */
  guint8 provenance; /* FyProvenance              */
  float x;           /* pixels, of pixel centres + 0.5: the picture spans 0 .. width */
  float y;
} FyPoint;

gboolean fy_point_equal (const FyPoint *a, const FyPoint *b);

typedef struct
{
  gatomicrefcount refs;
  FyRunMap *map;  /* NULL = no mask: all background */
  FyState *state; /* [n_states] ascending by object; an object without one is NONE */
  int n_states;
  FyPoint *point; /* [n_points] ascending by object, then joint */
  int n_points;
} FyFrameLabels;

/* map      nullable; a reference is taken unless it is all background
 * state    [n_states], copied and sorted; one an object; those that are NONE and not reviewed are left out
 * point    [n_points], copied and sorted; one a joint */
FyFrameLabels *fy_frame_labels_new (FyRunMap *map,
                                    const FyState *state,
                                    int n_states,
                                    const FyPoint *point,
                                    int n_points);
FyFrameLabels *fy_frame_labels_ref (FyFrameLabels *self);
void fy_frame_labels_unref (FyFrameLabels *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FyFrameLabels, fy_frame_labels_unref)

gsize fy_frame_labels_bytes (const FyFrameLabels *self);

/* NULL stands for a frame without labels in all of these. */
gboolean fy_frame_labels_is_empty (const FyFrameLabels *self);
gboolean fy_frame_labels_equal (const FyFrameLabels *a, const FyFrameLabels *b);
FyState fy_frame_labels_state (const FyFrameLabels *self, guint16 object);
FyProvenance fy_frame_labels_provenance (const FyFrameLabels *self, guint16 object);
/* How all of an object came about, its joints included: by hand and carried together are CORRECTED. */
FyProvenance fy_frame_labels_origin (const FyFrameLabels *self, guint16 object);
const FyPoint *fy_frame_labels_point (const FyFrameLabels *self, guint16 object, guint16 joint);

/* Whether a hand made or said something in it, or of one object or a joint of it. */
gboolean fy_frame_labels_has_hand (const FyFrameLabels *self);
gboolean fy_frame_labels_is_by_hand (const FyFrameLabels *self, guint16 object);

/* Copies with one thing changed.  Returns: (transfer full). */
FyFrameLabels *fy_frame_labels_with_map (const FyFrameLabels *self, FyRunMap *map);
FyFrameLabels *fy_frame_labels_with_state (const FyFrameLabels *self, const FyState *state);
FyFrameLabels *fy_frame_labels_with_point (const FyFrameLabels *self, const FyPoint *point);
FyFrameLabels *
fy_frame_labels_without_point (const FyFrameLabels *self, guint16 object, guint16 joint);

/* Whether there is a pixel, a state or a point of an object.  self: nullable. */
gboolean fy_frame_labels_has_object (const FyFrameLabels *self, guint16 object);

/* Without an object: its pixels, state and points. */
FyFrameLabels *fy_frame_labels_without_object (const FyFrameLabels *self, guint16 object);
/* ids: guint16, ascending */
FyFrameLabels *fy_frame_labels_without_objects (const FyFrameLabels *self, GArray *ids);

/* --- What differs --- */

/* Objects of which two labels of a frame have not the same: guint16, ascending. */
typedef struct
{
  GArray *pixels; /* may have FY_ID_VOID */
  GArray *states;
  GArray *points;
} FyLabelsDifference;

/* ids: guint16, ascending. */
gboolean fy_ids_has (const GArray *ids, guint16 id);

void fy_labels_difference_init (FyLabelsDifference *self,
                                const FyFrameLabels *a,
                                const FyFrameLabels *b);
void fy_labels_difference_clear (FyLabelsDifference *self);

/* Adds pixels and points of objects that became a hand's, or are no longer: they belong to what was done
 * even where they are the same now, for what is carried changes. */
void fy_labels_difference_add_owned (FyLabelsDifference *self,
                                     const FyFrameLabels *a,
                                     const FyFrameLabels *b);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (FyLabelsDifference, fy_labels_difference_clear)
gboolean fy_labels_difference_is_empty (const FyLabelsDifference *self);

/* With what `from` has of what the difference names, instead of what self has of it.  Pixels of `from`
 * win.  Returns: (transfer full). */
FyFrameLabels *fy_frame_labels_patch (const FyFrameLabels *self,
                                      const FyFrameLabels *from,
                                      const FyLabelsDifference *difference);

G_END_DECLS
