/* SPDX-License-Identifier: MIT */
#include "match/schedule.h"

#include <string.h>

struct FySchedule
{
  GArray *wish[FY_N_LANES]; /* FyListWish, in the order of asking */
  int playhead;
};

FySchedule *
fy_schedule_new (void)
{
  FySchedule *self = g_new0 (FySchedule, 1);

  for (int lane = 0; lane < FY_N_LANES; lane++)
    self->wish[lane] = g_array_new (FALSE, FALSE, sizeof (FyListWish));
  return self;
}

void
fy_schedule_free (FySchedule *self)
{
  if (self == NULL)
    return;
  for (int lane = 0; lane < FY_N_LANES; lane++)
    g_array_unref (self->wish[lane]);
  g_free (self);
}

static int
find (const FySchedule *self, FyLane lane, const FyListWish *wish)
{
  for (guint i = 0; i < self->wish[lane]->len; i++)
    if (memcmp (&g_array_index (self->wish[lane], FyListWish, i), wish, sizeof *wish) == 0)
      return (int) i;
  return -1;
}

void
fy_schedule_add (FySchedule *self, FyLane lane, const FyListWish *wish)
{
  int waiting = find (self, FY_LANE_BATCH, wish);

  if (find (self, FY_LANE_INTERACTIVE, wish) >= 0 || (lane == FY_LANE_BATCH && waiting >= 0))
    return;
  if (waiting >= 0)
    g_array_remove_index (self->wish[FY_LANE_BATCH], (guint) waiting);
  g_array_append_vals (self->wish[lane], wish, 1);
}

void
fy_schedule_set_playhead (FySchedule *self, int frame)
{
  self->playhead = frame;
}

static int
distance (const FySchedule *self, const FyListWish *wish)
{
  int ahead = wish->target - self->playhead;

  return ahead >= 0 ? 2 * ahead : -4 * ahead + 1; /* ahead when as far */
}

gboolean
fy_schedule_take (FySchedule *self, FyLane lane, FyListWish *wish)
{
  GArray *wishes = self->wish[lane];
  guint best = 0;

  if (wishes->len == 0)
    return FALSE;
  for (guint i = 1; lane == FY_LANE_BATCH && i < wishes->len; i++)
    if (distance (self, &g_array_index (wishes, FyListWish, i)) <
        distance (self, &g_array_index (wishes, FyListWish, best)))
      best = i;
  *wish = g_array_index (wishes, FyListWish, best);
  g_array_remove_index (wishes, best);
  return TRUE;
}

int
fy_schedule_left (const FySchedule *self, FyLane lane)
{
  return (int) self->wish[lane]->len;
}

void
fy_schedule_forget (FySchedule *self, FyLane lane)
{
  g_array_set_size (self->wish[lane], 0);
}
