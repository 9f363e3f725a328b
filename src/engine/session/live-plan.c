/* SPDX-License-Identifier: MIT */
#include "session/live-plan.h"

/* The first frame with labels by hand, which AUTO goes by; n_frames when there is none. */
static int
find_anchor (const FyLiveClip *clip)
{
  int frame = 0;

  while (frame < clip->n_frames && (!clip->hand[frame] || clip->broken[frame]))
    frame++;
  return frame;
}

static FyWay
way_of (const FyLiveClip *clip, int anchor, int frame)
{
  if (clip->way[frame] != FY_WAY_AUTO)
    return (FyWay) clip->way[frame];
  return frame == anchor ? FY_WAY_NONE : frame > anchor ? FY_WAY_FORWARD : FY_WAY_BACKWARD;
}

/* Follows the runs of one direction.  A run starts at a hand-made frame, be it the one beside it. */
static void
find_runs (const FyLiveClip *clip, int anchor, int direction, FyLiveStep *step)
{
  FyWay way = direction > 0 ? FY_WAY_FORWARD : FY_WAY_BACKWARD;
  int begin = direction > 0 ? 0 : clip->n_frames - 1, first = -1;

  for (int t = begin; t >= 0 && t < clip->n_frames; t += direction)
    {
      gboolean hand = clip->hand[t] && !clip->broken[t];
      /* Two hand-made frames side by side cannot both be carried from each other. */
      gboolean circle = hand && first >= 0 && first == t - direction && step[first].first == t;

      if (way_of (clip, anchor, t) != way || circle || first < 0)
        first = hand ? t : way_of (clip, anchor, t) == way ? first : -1;
      else if (!clip->broken[t])
        step[t] = (FyLiveStep){ first, direction };
    }
}

void
fy_live_plan (const FyLiveClip *clip, FyLiveStep *step, int *order)
{
  int anchor = find_anchor (clip), n = 0;

  for (int t = 0; t < clip->n_frames; t++)
    step[t] = (FyLiveStep){ -1, 0 };
  if (anchor < clip->n_frames)
    {
      find_runs (clip, anchor, 1, step);
      find_runs (clip, anchor, -1, step);
    }
  for (int t = 0; t < clip->n_frames; t++)
    if (step[t].direction == 0)
      order[n++] = t;
  for (int t = 0; t < clip->n_frames; t++)
    if (step[t].direction > 0)
      order[n++] = t;
  for (int t = clip->n_frames - 1; t >= 0; t--)
    if (step[t].direction < 0)
      order[n++] = t;
}

static void
add_recent (const FyLiveClip *clip, const FyLiveStep *step, int target, GArray *wishes)
{
  gboolean forwards = step->direction > 0;
  int begin = forwards ? MAX (step->first, target - clip->context) : target + 1;
  int end = forwards ? target : MIN (step->first, target + clip->context) + 1;

  for (int at = begin; at < end; at++)
    {
      FyListWish wish = { target, at, at, clip->radius };

      while (wish.end < end && !clip->broken[wish.end])
        wish.end++;
      if (wish.end > wish.begin)
        g_array_append_val (wishes, wish);
      at = wish.end; /* which is broken, or the end */
    }
}

static void
add_references (const FyLiveClip *clip, const FyLiveStep *step, int target, GArray *wishes)
{
  guint begin = wishes->len, most = clip->references > 0 ? (guint) clip->references : G_MAXUINT;
  int from = MIN (step->first, target), to = MAX (step->first, target);
  int n = clip->made != NULL ? clip->n_made : clip->n_frames;

  if (clip->references == FY_REFERENCES_FIRST)
    from = to = step->first;
  for (int i = 0; i < n; i++)
    {
      int place = step->direction > 0 ? i : n - 1 - i;
      int at = clip->made != NULL ? clip->made[place] : place;
      FyListWish reference = { target, at, at + 1, 0 };

      if (at >= from && at <= to && at != target && clip->hand[at] && !clip->broken[at])
        g_array_append_val (wishes, reference);
    }
  if (wishes->len - begin > most)
    g_array_remove_range (wishes, begin, wishes->len - begin - most);
}

void
fy_live_wishes (const FyLiveClip *clip,
                const FyLiveStep *step,
                int target,
                int *n_recent,
                GArray *wishes)
{
  g_array_set_size (wishes, 0);
  if (step->direction != 0)
    add_recent (clip, step, target, wishes);
  *n_recent = (int) wishes->len;
  if (step->direction != 0)
    add_references (clip, step, target, wishes);
}
