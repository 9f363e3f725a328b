/* SPDX-License-Identifier: MIT */
/* Pointer and keys of the tracks.  Only tracks*.c include this.  Thread: main. */
#pragma once

#include "app/timeline/lanes.h"
#include "app/timeline/tracks.h"

G_BEGIN_DECLS

typedef enum
{
  FERRY_PART_OTHER,
  FERRY_PART_NAMES,
  FERRY_PART_RULER,
  FERRY_PART_STRIP,
  FERRY_PART_LANES,
  FERRY_PART_READINESS,
} FerryTracksPart;

/* What is at a point. */
typedef struct
{
  FerryTracksPart part;
  double x; /* along the axis, may lie beyond its ends */
  int frame;
  guint16 object; /* 0 = none */
} FerryTracksPlace;

void ferry_tracks_add_input (FerryTracks *self);

/* tracks.c */
void ferry_tracks_locate (FerryTracks *self, double x, double y, FerryTracksPlace *place);
FerryTimelineModel *ferry_tracks_model (FerryTracks *self);
FerryLanes *ferry_tracks_lanes (FerryTracks *self);
void ferry_tracks_set_hover (FerryTracks *self, int frame);
/* Where an object's lane shows a frame. */
void ferry_tracks_lane_point (FerryTracks *self, guint16 object, int frame, double *x, double *y);

G_END_DECLS
