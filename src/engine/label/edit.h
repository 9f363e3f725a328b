/* SPDX-License-Identifier: MIT */
/* What edits make of a frame's labels: the rules of who may change what, without a history.
 *
 * Labels may be NULL everywhere.  Thread: any. */
#pragma once

#include "label/frame-labels.h"
#include "label/object.h"

G_BEGIN_DECLS

/* Of all functions.  Returns: (transfer full), maybe without anything in it. */

/* See fy_label_set_paint.  map: nullable. */
FyFrameLabels *fy_edit_paint (const FyFrameLabels *labels, FyRunMap *map);

/* A map that was read in the place of the mask: its objects are IMPORTED. */
FyFrameLabels *fy_edit_import (const FyFrameLabels *labels, FyRunMap *map);

/* See fy_label_set_declare. */
FyFrameLabels *fy_edit_declare (const FyFrameLabels *labels, guint16 id, FyProvenance provenance);

/* Two objects that are one: what is seen of it counts before what is said of it, and a hand's before what
 * was carried.
 *
 * n_joints   that `into` has: others are left out */
FyFrameLabels *fy_edit_merge (FyFrameLabels *labels, guint16 of, guint16 into, int n_joints);

/* What fy_label_set_carry takes. */
typedef struct
{
  const guint16 *ids; /* [n] */
  const float *trust; /* [n] nullable */
  int n;
  FyRunMap *map;        /* nullable */
  const FyPoint *point; /* [n_points] */
  int n_points;
} FyCarried;

/* objects: of FyObject; others are passed over. */
FyFrameLabels *
fy_edit_carry (const FyFrameLabels *labels, const GPtrArray *objects, const FyCarried *carried);

G_END_DECLS
