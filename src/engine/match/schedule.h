/* SPDX-License-Identifier: MIT */
/* Which neighbour list to compute next: what somebody waits for, then what is nearest to the play-head.
 *
 * Thread: one at a time. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A list that is wanted: of frame `target`, among frames begin .. end - 1, within `radius` cells (0 =
 * anywhere). */
typedef struct
{
  int target;
  int begin;
  int end;
  int radius;
} FyListWish;

typedef enum
{
  FY_LANE_INTERACTIVE, /* somebody waits: in the order of asking */
  FY_LANE_BATCH,       /* ahead of need: nearest first           */
  FY_N_LANES
} FyLane;

typedef struct FySchedule FySchedule;

FySchedule *fy_schedule_new (void);
void fy_schedule_free (FySchedule *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FySchedule, fy_schedule_free)

/* Adds a wish, unless it is there; one in the batch lane moves to the interactive one. */
void fy_schedule_add (FySchedule *self, FyLane lane, const FyListWish *wish);

/* Where the user is.  A frame ahead of it counts half as far as one behind. */
void fy_schedule_set_playhead (FySchedule *self, int frame);

/* Takes the wish that is next out of a lane.  Returns: FALSE when there is none. */
gboolean fy_schedule_take (FySchedule *self, FyLane lane, FyListWish *wish);

int fy_schedule_left (const FySchedule *self, FyLane lane);
void fy_schedule_forget (FySchedule *self, FyLane lane);

G_END_DECLS
