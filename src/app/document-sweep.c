/* SPDX-License-Identifier: MIT */
/* Of a long clip the flow holds the frames around the play-head alone (session/live.h).  Here it is led through
 * the others whenever it has nothing else to do, so that in the end all that follows an edit has followed it. */
#include "app/document-internal.h"

#include <string.h>

void
ferry_document_sweep_anew (FerryDocument *self)
{
  if (self->sweep_anew) /* the play-head is where the user is already */
    return;
  self->sweep_anew = TRUE;
  if (self->live != NULL && self->live_open)
    fy_live_set_playhead (self->live, self->frame);
}

/* Whether the frame follows from the one that is `step` before it. */
static gboolean
follows (FerryDocument *self, int frame, int step, int first)
{
  FyWay way = (FyWay) self->way[frame];

  if (way == FY_WAY_AUTO)
    return step > 0 ? frame > first : frame < first;
  return way == (step > 0 ? FY_WAY_FORWARD : FY_WAY_BACKWARD);
}

/* The first frame on the way that is not up to date though the one before it is; -1 = none. */
static int
find_next (FerryDocument *self, int step, int first)
{
  int n = fy_label_set_n_frames (self->labels);
  gboolean fresh = FALSE;

  for (int i = step > 0 ? 0 : n - 1; i >= 0 && i < n; i += step)
    {
      if (fy_frame_labels_has_hand (fy_label_set_peek (self->labels, i)))
        {
          fresh = TRUE;
          continue;
        }
      if (!fresh || !follows (self, i, step, first))
        {
          fresh = FALSE;
          continue;
        }
      if (!self->swept[i])
        self->swept[i] = fy_live_ready (self->live, i) == FY_READY_CARRIED;
      fresh = self->swept[i];
      if (!fresh && !self->tried[i])
        return i;
    }
  return -1;
}

void
ferry_document_sweep (FerryDocument *self)
{
  g_autoptr (GArray) hand = NULL;
  int next;

  if (self->live == NULL || !self->live_open || fy_label_set_is_settling (self->labels) ||
      fy_live_is_paused (self->live) || !fy_live_is_idle (self->live))
    return;
  if (self->sweep_anew)
    {
      memset (self->swept, FALSE, (gsize) fy_label_set_n_frames (self->labels));
      memset (self->tried, FALSE, (gsize) fy_label_set_n_frames (self->labels));
      self->sweep_anew = FALSE;
    }
  hand = fy_label_set_hand_frames (self->labels, 0);
  if (hand->len == 0)
    return;
  next = find_next (self, 1, g_array_index (hand, int, 0));
  if (next < 0)
    next = find_next (self, -1, g_array_index (hand, int, 0));
  if (next < 0)
    return;
  self->tried[next] = TRUE;
  fy_live_set_playhead (self->live, next);
}
