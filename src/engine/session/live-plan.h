/* SPDX-License-Identifier: MIT */
/* Where each frame's labels come from, and which lists that takes.
 *
 * A run is a range of frames that are carried one way, from the hand-made frame `first` at its end:
 * what fy_session_propagate does in one go.  A frame whose way is FY_WAY_NONE ends it.
 *
 * Pure; thread: any. */
#pragma once

#include "session/live.h"

G_BEGIN_DECLS

/* Of one frame. */
typedef struct
{
  int first;     /* frame that its labels come from; -1 = not carried */
  int direction; /* 1 = forwards, -1 = backwards, 0 = not carried     */
} FyLiveStep;

typedef struct
{
  int n_frames;
  const guint8 *way;    /* [n_frames] FyWay                                               */
  const guint8 *hand;   /* [n_frames] boolean: labels that others can be carried from     */
  const guint8 *broken; /* [n_frames] boolean: cannot be decoded, so is passed over       */
  const int *made;      /* [n_made] the frames of `hand` that are not broken, ascending; NULL = look
                         * for them, which takes longer                                         */
  int n_made;
  int context; /* as FyPropagateParams                                           */
  int radius;
  int references;
} FyLiveClip;

/* step     [n_frames] out
 * order    [n_frames] out: the frames so that each comes after all that it is carried from */
void fy_live_plan (const FyLiveClip *clip, FyLiveStep *step, int *order);

/* The lists that carrying into `target`, whose step is given, takes: those over the recent frames (several
 * where some are broken, none where all are), then one a reference, nearest to the first frame first.
 *
 * n_recent   out: how many of them are over recent frames
 * wishes     FyListWish; emptied first */
void fy_live_wishes (const FyLiveClip *clip,
                     const FyLiveStep *step,
                     int target,
                     int *n_recent,
                     GArray *wishes);

G_END_DECLS
