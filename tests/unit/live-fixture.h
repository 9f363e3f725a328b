/* SPDX-License-Identifier: MIT */
/* A FyLive on the sample clip, seen through a tiny network input, and what it handed out. */
#pragma once

#include "exchange/indexed-png.h"
#include "patience.h"
#include "session/live.h"

#define LIVE_PATIENCE test_patience (60)

typedef struct
{
  FyLive *live;
  FySessionParams params;
  int n_frames;
  gboolean opened;
  GError *error;
  int n_carried; /* results, all frames */
  int n_progress;
  gboolean told_idle; /* it was, at the last progress */
  gint64 last_mask;   /* when a mask changed last, monotonic */
  GPtrArray *map;     /* [n_frames] FyRunMap handed out last, nullable          */
  GPtrArray *ids;     /* [n_frames] GArray of guint16, nullable                 */
  GPtrArray *point;   /* [n_frames] GArray of FyPoint, nullable                 */
  GPtrArray *trust;   /* [n_frames] GArray of float, nullable                   */
  GArray *serial;     /* [n_frames] guint                                       */
} LiveFixture;

/* The sample clip with the shorter side brought down to `short_side`.  cache: nullable. */
FySessionParams live_params (int short_side, const char *cache);

/* Opens the sample clip, or another one, and waits until it is open. */
void live_open (LiveFixture *self, const FySessionParams *params);
/* The same, which may fail. */
void
live_try_clip (LiveFixture *self, const char *path, int n_frames, const FySessionParams *params);
void
live_open_clip (LiveFixture *self, const char *path, int n_frames, const FySessionParams *params);
void live_clear (LiveFixture *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (LiveFixture, live_clear)

/* Lets the main context run until `done` says so. */
void live_wait (LiveFixture *self, gboolean (*done) (LiveFixture *self));

/* Until nothing is left to do. */
void live_settle (LiveFixture *self);

/* The true masks of a frame of the sample clip. */
FyRunMap *live_truth (int frame);

/* Labels of a frame: `map`, of which the objects in `ids`, ended by 0, are by hand. */
FyFrameLabels *live_labels (FyRunMap *map, const guint16 *ids);

extern const guint16 live_all_ids[]; /* of the sample clip */

/* Gives a frame its true masks by hand, with the serial frame + 1. */
void live_make_by_hand (LiveFixture *self, int frame);

/* Makes mask objects 1 .. n. */
void live_set_masks (LiveFixture *self, int n);
