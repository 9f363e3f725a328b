/* SPDX-License-Identifier: MIT */
/* What a run takes, and how many frames' features are at hand at once. */
#include "session/internal.h"

#include <string.h>

/* The program with its libraries, a frame on its way through the decoder, small things. */
#define PROGRAM_BYTES ((gsize) 90 << 20)

/* Floats a cell that the search keeps beside the rows, for each part.  Source: compute/cpu. */
#define INDEX_FLOATS 144

static gsize
count_cells (const FySession *self)
{
  return (gsize) self->grid_width * (gsize) self->grid_height;
}

/* Features of a frame in memory. */
static gsize
frame_bytes (const FySession *self)
{
  gsize floats = 0;

  for (int p = 0; p < self->n_parts; p++)
    floats += (gsize) fy_encoder_channels (self->encoder[p]) + INDEX_FLOATS;
  return count_cells (self) * floats * sizeof (float);
}

static gsize
network_bytes (const FySession *self)
{
  gsize bytes = 0;

  for (int p = 0; p < self->n_parts; p++)
    bytes += fy_encoder_memory (self->encoder[p], self->width, self->height) +
             fy_encoder_weights (self->encoder[p]);
  return bytes;
}

static gsize
decoder_bytes (const FySession *self)
{
  const FyClipInfo *info = fy_clip_info (self->clip);
  gsize frame = (gsize) info->width * (gsize) info->height * 3;
  gsize kept = MIN ((gsize) 128 << 20, self->params.memory_bytes / 8);

  return MIN (kept, frame * (gsize) info->n_frames) + 12 * frame;
}

/* The frames one target needs and the target: the context, a reference, one more; fewer where memory
 * is short.  Two are the least a search can do with. */
void
fy_session_choose_window (FySession *self)
{
  gsize fixed = PROGRAM_BYTES + network_bytes (self) + decoder_bytes (self);
  gsize left = self->params.memory_bytes > fixed ? self->params.memory_bytes - fixed : 0;
  gsize wish = (gsize) self->params.propagate.context + 3;

  self->window = (guint) CLAMP (left / frame_bytes (self), 2, wish);
}

gboolean
fy_session_keeps_parts (const FySession *self)
{
  return self->n_parts > 1 && self->candidates > self->params.propagate.topk;
}

void
fy_session_plan (FySession *self, int n_frames, int n_objects, FySessionPlan *plan)
{
  const FyClipInfo *info = fy_clip_info (self->clip);
  gsize cells = count_cells (self), pixels = (gsize) info->width * (gsize) info->height;
  gsize parts = fy_session_keeps_parts (self) ? FY_FEATURES_MAX_PARTS : 0;
  gsize list = cells * (gsize) self->candidates * (8 + 4 * parts) + 128;
  gsize features = 64;
  gsize recent = (gsize) MIN (self->params.propagate.context + 2, n_frames);

  for (int p = 0; p < self->n_parts; p++)
    features += cells * (gsize) fy_encoder_channels (self->encoder[p]) *
                (fy_session_format (self) == FY_FEATURES_F16 ? 2 : 4);
  *plan = (FySessionPlan){
    .network = network_bytes (self),
    .features = frame_bytes (self) * MIN (self->window, (gsize) n_frames),
    .labels = cells * ((gsize) n_objects + 1) * 4 * recent + pixels * 8,
    .decoder = decoder_bytes (self),
    .window = (int) self->window,
  };
  /* lists ahead, and half as many votes, or four of one frame */
  plan->memory = PROGRAM_BYTES + plan->network + plan->features + plan->labels + plan->decoder +
                 (self->cache != NULL ? FY_SESSION_AHEAD * 3 / 2 : 4) * list;
  if (self->cache != NULL)
    plan->disk = MIN (self->params.cache_bytes,
                      (guint64) n_frames * features + 2 * (guint64) MAX (n_frames - 1, 0) * list);
}
