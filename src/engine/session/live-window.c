/* SPDX-License-Identifier: MIT */
/* Votes, lists and soft labels of a frame are megabytes: where there is no room for those of all frames, the
 * ones around the play-head have them.  The others keep the masks that were handed out; those that frames of
 * the window read are set to what these masks say. */
#include "base/text.h"
#include "session/live-state.h"

#define LEAST 16 /* frames */

/* Bytes of one frame with all that it takes. */
static gsize
frame_bytes (const FyLiveFlow *self)
{
  gsize cells = (gsize) self->shape.cells, references = MAX (self->made->len, 1), k, planes = 2;
  const FySessionParams *params = &self->live->params;

  if (self->params.references != 0)
    references = MIN (references, (gsize) MAX (self->params.references, 1));
  k = (gsize) MAX (self->params.topk, params->candidates);
  for (int kind = 0; kind < FY_LIVE_N_KINDS; kind++)
    planes += 2 * (gsize) fy_live_n_classes (self, kind);
  return cells * k * (8 + (self->params.fused ? 8 : 0)) * (references + 1) +
         cells * (gsize) self->params.topk * 9 + planes * cells * sizeof (float);
}

/* Frames that there is room for: half of the memory is the session's. */
static int
find_size (const FyLiveFlow *self)
{
  gsize memory = self->live->params.memory_bytes;
  gsize room = (memory > 0 ? memory : FY_DEFAULT_MEMORY_BYTES) / 2 / frame_bytes (self);
  gsize least = (gsize) MAX (LEAST, 2 * self->params.context);

  return (int) CLAMP (room, MIN (least, (gsize) self->shape.n_frames),
                      (gsize) self->shape.n_frames);
}

static void
set_asleep (FyLiveFlow *self, int frame, gboolean asleep)
{
  FyLiveState *state = &self->frame[frame];

  if (state->asleep != asleep)
    state->changed |= !asleep;
  state->asleep = asleep != 0;
  state->votes_stale = state->pins_stale = TRUE;
  if (!asleep)
    return;
  g_clear_pointer (&state->lists, g_ptr_array_unref);
  g_clear_pointer (&state->shown.soft, g_free);
  state->shown.n = -1; /* is like no other */
  state->trust_stale = FALSE;
}

static void
note_window (FyLiveFlow *self, int size)
{
  FyLive *live = self->live;

  g_mutex_lock (&live->mutex);
  if (!live->noted_window)
    g_string_append_printf (
        live->notes,
        _ ("memory for %d of %d frames at a time: an edit takes longer to reach the others\n"),
        size, self->shape.n_frames);
  live->noted_window = TRUE;
  g_mutex_unlock (&live->mutex);
}

gboolean
fy_live_is_read (const FyLiveFlow *self, int frame)
{
  return self->hand[frame] || (frame >= self->window_first - self->params.context &&
                               frame <= self->window_last + self->params.context);
}

gboolean
fy_live_move_window (FyLiveFlow *self)
{
  int n = self->shape.n_frames, size = find_size (self), first = self->window_first;
  int at = CLAMP (self->playhead, 0, n - 1), edge = size / 8;
  gboolean fits = self->window_last - first + 1 == size;
  /* Is not left for a step that leads near its edge, unless the clip goes on there. */
  gboolean inside = (at >= first + edge || first == 0) &&
                    (at < first + size - edge || first + size >= n) && at >= first &&
                    at < first + size;

  if (fits && inside)
    return FALSE;
  if (!fits || !inside)
    first = CLAMP (at - size / 4, 0, n - size); /* more ahead than behind */
  self->window_first = first;
  self->window_last = first + size - 1;
  if (size < n)
    note_window (self, size);
  for (int t = 0; t < n; t++)
    set_asleep (self, t, t < first || t >= first + size);
  return TRUE;
}
