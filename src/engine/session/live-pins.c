/* SPDX-License-Identifier: MIT */
/* What hands made of a frame, as planes that are set in the flows. */
#include "propagate/joints.h"
#include "propagate/resolve.h"
#include "session/live-state.h"

#include <string.h>

static int
pin_joint (const FyFrameLabels *labels, FyProvenance provenance, const FyLiveClass *class)
{
  const FyPoint *point = fy_frame_labels_point (labels, class->object, class->joint);

  if (provenance == FY_PROVENANCE_ABSENT || provenance == FY_PROVENANCE_OCCLUDED)
    return FY_LIVE_HAND;
  if (point == NULL || !fy_provenance_is_hand (point->provenance))
    return 0;
  return FY_LIVE_HAND | (point->state == FY_JOINT_ABSENT ? 0 : FY_LIVE_VISIBLE);
}

int
fy_live_pin (const FyLiveFlow *self, int frame, int kind, int class)
{
  const FyLiveClass *which = fy_live_class (self, kind, class);
  const FyFrameLabels *labels = self->frame[frame].labels;
  FyProvenance provenance;

  if (labels == NULL)
    return 0;
  provenance = fy_frame_labels_provenance (labels, which->object);
  if (kind == FY_LIVE_JOINTS)
    return pin_joint (labels, provenance, which);
  if (!fy_provenance_is_hand (provenance))
    return 0;
  return FY_LIVE_HAND | (provenance == FY_PROVENANCE_ABSENT || provenance == FY_PROVENANCE_OCCLUDED
                             ? 0
                             : FY_LIVE_VISIBLE);
}

gboolean
fy_live_is_hand (const FyLiveFlow *self, int frame)
{
  if (self->frame[frame].labels == NULL)
    return FALSE;
  for (int kind = 0; kind < FY_LIVE_N_KINDS; kind++)
    for (int c = 0; c < fy_live_n_classes (self, kind); c++)
      if (fy_live_pin (self, frame, kind, c) & FY_LIVE_VISIBLE)
        return TRUE;
  return FALSE;
}

gboolean
fy_live_needs_votes (const FyLiveFlow *self, int frame)
{
  if (self->frame[frame].step.direction == 0 || self->frame[frame].asleep)
    return FALSE;
  for (int kind = 0; kind < FY_LIVE_N_KINDS; kind++)
    for (int c = 0; c < fy_live_n_classes (self, kind); c++)
      if (self->existing[kind][c] && !(fy_live_pin (self, frame, kind, c) & FY_LIVE_HAND))
        return TRUE;
  return FALSE;
}

/* The last that is known of the masks of a frame outside of the window; nullable. */
static FyRunMap *
last_map (const FyLiveFlow *self, int frame)
{
  const FyLiveState *state = &self->frame[frame];

  if (state->labels != NULL && state->labels->map != NULL)
    return state->labels->map;
  return state->shown.map;
}

gboolean
fy_live_is_closed (const FyLiveFlow *self, int frame)
{
  const FyLiveState *state = &self->frame[frame];

  return state->asleep && !self->hand[frame] && last_map (self, frame) == NULL;
}

/* Whether a class is set in a frame: outside of the window whatever there is. */
static gboolean
is_set (const FyLiveFlow *self, int frame, int kind, int class)
{
  const FyLiveState *state = &self->frame[frame];
  const FyLiveClass *which = fy_live_class (self, kind, class);

  if (!state->asleep || self->hand[frame])
    return (fy_live_pin (self, frame, kind, class) & FY_LIVE_VISIBLE) != 0;
  return kind == FY_LIVE_MASKS ||
         (state->labels != NULL &&
          fy_frame_labels_point (state->labels, which->object, which->joint) != NULL);
}

/* Planes of the classes that are set, [1 + n classes, cells]; background is what is none of these
 * masks. */
static float *
soften_masks (const FyLiveFlow *self, int frame)
{
  int n = fy_live_n_classes (self, FY_LIVE_MASKS), n_ids = 0;
  gsize cells = (gsize) self->shape.cells;
  FyRunMap *last = last_map (self, frame);
  float *soft = g_new0 (float, (gsize) (n + 1) * cells);
  g_autofree float *some = NULL;
  g_autofree guint16 *ids = g_new (guint16, (gsize) n + 1);
  g_autofree int *class = g_new (int, (gsize) n + 1);
  g_autoptr (FyIdMap) map = NULL;

  for (int c = 0; c < n; c++)
    if (is_set (self, frame, FY_LIVE_MASKS, c))
      {
        class[n_ids] = c + 1;
        ids[n_ids++] = fy_live_class (self, FY_LIVE_MASKS, c)->object;
      }
  map = last != NULL ? fy_run_map_to_id_map (last)
                     : fy_id_map_new (self->shape.width, self->shape.height);
  some = g_new (float, (gsize) (n_ids + 1) * cells);
  fy_soften (map, ids, n_ids, self->shape.grid_width, self->shape.grid_height, some);
  memcpy (soft, some, cells * sizeof (float));
  for (gsize i = 0; i < (gsize) n_ids; i++)
    memcpy (soft + (gsize) class[i] * cells, some + (i + 1) * cells, cells * sizeof (float));
  return soft;
}

static float *
soften_joints (const FyLiveFlow *self, int frame)
{
  int n = fy_live_n_classes (self, FY_LIVE_JOINTS);
  const FyLiveShape *shape = &self->shape;
  float *soft = g_new0 (float, (gsize) (n + 1) * (gsize) shape->cells);

  for (int c = 0; c < n; c++)
    if (is_set (self, frame, FY_LIVE_JOINTS, c))
      {
        const FyLiveClass *class = fy_live_class (self, FY_LIVE_JOINTS, c);
        const FyPoint *point =
            fy_frame_labels_point (self->frame[frame].labels, class->object, class->joint);

        fy_joint_soften (point->x, point->y, shape->width, shape->height, shape->grid_width,
                         shape->grid_height, soft + (gsize) (c + 1) * (gsize) shape->cells);
      }
  return soft;
}

static void
freeze_kind (FyLiveFlow *self, int frame, int kind)
{
  g_autofree float *soft =
      kind == FY_LIVE_MASKS ? soften_masks (self, frame) : soften_joints (self, frame);

  fy_flow_set_soft (self->flow[kind], frame, soft);
}

static void
set_kind (FyLiveFlow *self, int frame, int kind)
{
  int n = fy_live_n_classes (self, kind), n_hand = 0, n_carried = 0;
  gboolean anchor = self->frame[frame].step.direction == 0 && self->hand[frame];
  g_autofree float *soft = NULL;

  for (int c = 0; c < n; c++)
    {
      gboolean hand = (fy_live_pin (self, frame, kind, c) & FY_LIVE_HAND) != 0;

      n_hand += hand;
      n_carried += !hand && self->existing[kind][c];
    }
  if (n_hand == 0 && !anchor)
    {
      fy_flow_clear_hand (self->flow[kind], frame);
      return;
    }
  soft = kind == FY_LIVE_MASKS ? soften_masks (self, frame) : soften_joints (self, frame);
  if (anchor || n_carried == 0)
    {
      fy_flow_set_soft (self->flow[kind], frame, soft);
      return;
    }
  fy_flow_clear_plane (self->flow[kind], frame, 0);
  for (int c = 0; c < n; c++)
    if (fy_live_pin (self, frame, kind, c) & FY_LIVE_HAND)
      fy_flow_set_plane (self->flow[kind], frame, c + 1,
                         soft + (gsize) (c + 1) * (gsize) self->shape.cells);
    else
      fy_flow_clear_plane (self->flow[kind], frame, c + 1);
}

void
fy_live_set_pins (FyLiveFlow *self, int frame)
{
  FyLiveState *state = &self->frame[frame];

  state->pins_stale = FALSE;
  state->frozen = state->asleep && fy_live_is_read (self, frame) &&
                  (self->hand[frame] || last_map (self, frame) != NULL);
  for (int kind = 0; kind < FY_LIVE_N_KINDS; kind++)
    if (state->frozen)
      freeze_kind (self, frame, kind);
    else if (state->asleep)
      fy_flow_clear_hand (self->flow[kind], frame);
    else
      set_kind (self, frame, kind);
}
