/* SPDX-License-Identifier: MIT */
/* The inside of FyLabelSet, and changes of its frames.  Only label/label-{set,change}.c include this. */
#pragma once

#include "label/deferred.h"
#include "label/label-set.h"

G_BEGIN_DECLS

struct _FyLabelSet
{
  GObject parent_instance;
  int width; /* pixels */
  int height;
  int n_frames;
  FyFrameLabels **frame; /* [n_frames] nullable; without what is deferred */
  FyDeferred *deferred;
  guint working; /* source */
  int near;
  GPtrArray *objects; /* of FyObject; replaced, never changed */
  guint16 highest_id;
  FyHistory *history;
  GHashTable
      *looked_at; /* review_key -> FyFrameLabels as they were when a propagation ended the review */
};

/* label-set.c: the labels of a frame as they are now; borrowed, nullable. */
FyFrameLabels *fy_label_set_now (FyLabelSet *self, int frame);
/* label-set.c: puts labels in place, telling nobody. */
void fy_label_set_store (FyLabelSet *self, int frame, FyFrameLabels *labels);
void fy_label_set_tell (FyLabelSet *self, int frame);
/* label-set.c: does a step (label-change.c) later, of few frames at once. */
void fy_label_set_defer (FyLabelSet *self, gpointer step, int first, int last);
/* label-set.c: with what was carried of objects gone too.  Returns: whether there was any. */
gboolean fy_label_set_drop (FyLabelSet *self, int frame, GArray *ids);

/* Reviews of objects in a frame are not restored any more. */
void fy_label_set_forget_reviews (FyLabelSet *self, int frame, const GArray *ids);

/* --- label-change.c --- */

/* Puts labels in place as a change of the open group. */
void fy_label_set_change_frame (FyLabelSet *self, int frame, FyFrameLabels *labels);

/* What is done to an object in each frame of a span. */
typedef struct
{
  int first;
  int last;
  guint16 id;
  enum
  {
    FY_SPAN_DECLARE,
    FY_SPAN_REMOVE,
    FY_SPAN_REVIEW,
    FY_SPAN_MERGE,
  } verb;
  FyProvenance provenance; /* FY_SPAN_DECLARE */
  gboolean reviewed;       /* FY_SPAN_REVIEW  */
  guint16 into;            /* FY_SPAN_MERGE, and the joints that it has */
  int n_joints;
} FySpan;

/* As a change of the open group: of many frames deferred. */
void fy_label_set_change_span (FyLabelSet *self, const FySpan *span);

/* Drops objects from all frames, which is no change.  ids: guint16, ascending. */
void fy_label_set_drop_objects (FyLabelSet *self, GArray *ids);

extern const FyDeferredClass fy_label_set_deferred_class;

G_END_DECLS
