/* SPDX-License-Identifier: MIT */
/* Where each object's labels came from and how far they are to be trusted, by object instead of by frame:
 * what the timeline's lanes are drawn from.
 *
 * 2 bytes an object and frame.  Filled in slices of time, for a clip has 20 000 frames and more.
 * Thread: main, as the labels. */
#pragma once

#include "label/label-set.h"

G_BEGIN_DECLS

typedef struct
{
  guint8 state; /* FyProvenance | FERRY_LANE_REVIEWED             */
  guint8 trust; /* 1 .. 255 for 0 .. 1; 0 where none is known     */
} FerryLaneCell;

#define FERRY_LANE_REVIEWED   0x80
#define FERRY_LANE_PROVENANCE 0x7f

typedef struct FerryLaneIndex FerryLaneIndex;

/* Empty at first.  Takes a reference. */
FerryLaneIndex *ferry_lane_index_new (FyLabelSet *labels);
void ferry_lane_index_free (FerryLaneIndex *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FerryLaneIndex, ferry_lane_index_free)

/* Reads frames for about that long.  Returns: whether there are more to read. */
gboolean ferry_lane_index_scan (FerryLaneIndex *self, gint64 microseconds);

/* A frame's labels have changed. */
void ferry_lane_index_update (FerryLaneIndex *self, int frame);

/* [n_frames], borrowed until the next call; NULL = nothing anywhere. */
const FerryLaneCell *ferry_lane_index_row (FerryLaneIndex *self, guint16 object);

G_END_DECLS
