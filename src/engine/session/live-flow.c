/* SPDX-License-Identifier: MIT */
/* The flow thread: makes a plan of what is by hand, brings soft labels up to date, hands out masks. */
#include "base/parallel.h"
#include "session/live-state.h"

#include <string.h>

/* Microseconds of an update before what it found is handed out. */
#define SLICE 20000

/* --- The plan --- */

static void
make_flows (FyLiveFlow *self)
{
  for (int kind = 0; kind < FY_LIVE_N_KINDS; kind++)
    {
      fy_flow_free (self->flow[kind]);
      self->flow[kind] = fy_flow_new (self->shape.cells, self->order, self->shape.n_frames);
      for (int c = 0; c <= fy_live_n_classes (self, kind); c++)
        fy_flow_insert_class (self->flow[kind], c);
      for (int t = 0; t < self->shape.n_frames; t++)
        fy_flow_set_votes (self->flow[kind], t, self->frame[t].votes);
    }
  for (int t = 0; t < self->shape.n_frames; t++)
    self->frame[t].pins_stale = TRUE;
  self->flow_stale = TRUE;
}

/* Ways, but through no frame of which nothing is known since there is no memory for it. */
static void
find_open_ways (FyLiveFlow *self, guint8 *way)
{
  for (int t = 0; t < self->shape.n_frames; t++)
    way[t] = fy_live_is_closed (self, t) ? FY_WAY_NONE : self->way[t];
}

static void
plan (FyLiveFlow *self)
{
  int n = self->shape.n_frames;
  g_autofree guint8 *way = g_malloc ((gsize) n);
  g_autofree FyLiveStep *step = g_new (FyLiveStep, (gsize) n);
  g_autofree int *order = g_new (int, (gsize) n);
  FyLiveClip clip;

  g_array_set_size (self->made, 0);
  for (int t = 0; t < n; t++)
    if (self->hand[t] && !self->broken[t])
      g_array_append_val (self->made, t);
  clip = fy_live_clip (self);
  find_open_ways (self, way);
  clip.way = way;
  fy_live_plan (&clip, step, order);
  for (int t = 0; t < n; t++)
    {
      FyLiveState *frame = &self->frame[t];
      gboolean other = memcmp (&step[t], &frame->step, sizeof *step) != 0;

      frame->step = step[t];
      frame->votes_stale = TRUE;
      frame->pins_stale |= other || frame->labels != NULL;
      frame->changed |= other;
    }
  if (memcmp (order, self->order, (gsize) n * sizeof *order) != 0)
    {
      memcpy (self->order, order, (gsize) n * sizeof *order);
      make_flows (self);
    }
  self->plan_stale = FALSE;
  self->wishes_stale = TRUE;
}

/* --- Work --- */

typedef struct
{
  FyLiveFlow *flow;
  gint64 end;
} Updating;

static void
see_change (int frame, int class, gpointer data)
{
  Updating *updating = data;
  FyLiveState *state = &updating->flow->frame[frame];

  state->changed = state->fresh = state->trust_stale = TRUE;
  if (frame == updating->flow->playhead || g_get_monotonic_time () > updating->end)
    g_cancellable_cancel (updating->flow->updating); /* goes on when this was handed out */
}

static void
update (FyLiveFlow *self)
{
  Updating updating = { self, g_get_monotonic_time () + SLICE };
  gboolean done = TRUE;

  for (int t = 0; t < self->shape.n_frames; t++)
    if (self->frame[t].pins_stale)
      fy_live_set_pins (self, t);
  for (int kind = 0; kind < FY_LIVE_N_KINDS && done; kind++)
    done = fy_flow_update (self->flow[kind], see_change, &updating, NULL, self->updating, NULL);
  self->flow_stale = !done;
}

/* Does a little.  Returns: FALSE when there is nothing to do. */
static gboolean
work (FyLiveFlow *self)
{
  gboolean any = FALSE;

  if (self->flow[0] == NULL)
    make_flows (self);
  if (fy_live_move_window (self))
    self->plan_stale = TRUE;
  if (self->plan_stale)
    plan (self);
  any |= fy_live_make_votes (self);
  if (self->wishes_stale)
    fy_live_publish_wishes (self);
  for (int t = 0; t < self->shape.n_frames && !self->flow_stale; t++)
    self->flow_stale = self->frame[t].pins_stale;
  if (self->good_stale)
    fy_live_find_good (self);
  any |= self->flow_stale;
  if (self->flow_stale)
    update (self);
  any |= fy_live_hand_out (self);
  if (!any)
    any = fy_live_find_trust (self);
  fy_live_answer (self, any);
  return any;
}

static void
clear_flow (FyLiveFlow *self)
{
  for (int kind = 0; kind < FY_LIVE_N_KINDS; kind++)
    {
      g_array_unref (self->classes[kind]);
      g_free (self->existing[kind]);
      fy_flow_free (self->flow[kind]);
    }
  for (int t = 0; t < self->shape.n_frames; t++)
    {
      FyLiveState *frame = &self->frame[t];

      g_clear_pointer (&frame->labels, fy_frame_labels_unref);
      g_clear_pointer (&frame->lists, g_ptr_array_unref);
      fy_votes_unref (frame->votes);
      fy_live_shown_clear (&frame->shown);
      g_free (frame->trust_ids);
      g_free (frame->trust);
    }
  g_array_unref (self->made);
  g_free (self->frame);
  g_free (self->way);
  g_free (self->hand);
  g_free (self->broken);
  g_free (self->order);
  g_clear_object (&self->updating);
}

gpointer
fy_live_flow (gpointer data)
{
  FyLiveFlow self = { .live = data, .made = g_array_new (FALSE, FALSE, sizeof (int)) };
  gboolean busy = FALSE;

  fy_parallel_never_wait ();
  for (int kind = 0; kind < FY_LIVE_N_KINDS; kind++)
    {
      self.classes[kind] = g_array_new (FALSE, FALSE, sizeof (FyLiveClass));
      self.existing[kind] = g_malloc0 (1);
    }
  while (fy_live_wait_for_news (&self, busy))
    {
      busy = work (&self);
      fy_live_publish_status (&self);
    }
  clear_flow (&self);
  return NULL;
}
