/* SPDX-License-Identifier: MIT */
#include "app/timeline/lane-index.h"

#include <math.h>

#define FRAMES_A_LOOK 16 /* at the clock */

struct FerryLaneIndex
{
  FyLabelSet *labels;
  int n_frames;
  int scanned;    /* frames */
  GPtrArray *row; /* by id: FerryLaneCell [n_frames], NULL = all nothing */
};

FerryLaneIndex *
ferry_lane_index_new (FyLabelSet *labels)
{
  FerryLaneIndex *self = g_new0 (FerryLaneIndex, 1);

  self->labels = g_object_ref (labels);
  self->n_frames = fy_label_set_n_frames (labels);
  self->row = g_ptr_array_new_with_free_func (g_free);
  return self;
}

void
ferry_lane_index_free (FerryLaneIndex *self)
{
  g_object_unref (self->labels);
  g_ptr_array_unref (self->row);
  g_free (self);
}

static FerryLaneCell *
ensure_row (FerryLaneIndex *self, guint16 id)
{
  if (id >= self->row->len)
    g_ptr_array_set_size (self->row, id + 1);
  if (self->row->pdata[id] == NULL)
    self->row->pdata[id] = g_new0 (FerryLaneCell, self->n_frames);
  return self->row->pdata[id];
}

static guint8
pack_trust (float trust)
{
  return isnan (trust) ? 0 : (guint8) (1 + lrintf (CLAMP (trust, 0.0f, 1.0f) * 254));
}

static void
fill (FerryLaneIndex *self, int frame)
{
  const FyFrameLabels *of = fy_label_set_peek (self->labels, frame);

  for (int i = 0; of != NULL && i < of->n_states; i++)
    {
      const FyState *state = &of->state[i];
      FerryLaneCell *row = ensure_row (self, state->object);

      row[frame].state = state->provenance | (state->reviewed ? FERRY_LANE_REVIEWED : 0);
      row[frame].trust = pack_trust (state->trust);
    }
  for (int i = 0; of != NULL && i < of->n_points; i++)
    if (i == 0 || of->point[i].object != of->point[i - 1].object)
      {
        guint16 id = of->point[i].object;
        guint8 *state = &ensure_row (self, id)[frame].state;

        *state = (guint8) (fy_frame_labels_origin (of, id) | (*state & FERRY_LANE_REVIEWED));
      }
}

gboolean
ferry_lane_index_scan (FerryLaneIndex *self, gint64 microseconds)
{
  gint64 end = g_get_monotonic_time () + microseconds;

  while (self->scanned < self->n_frames)
    {
      fill (self, self->scanned++);
      if (self->scanned % FRAMES_A_LOOK == 0 && g_get_monotonic_time () >= end)
        break;
    }
  return self->scanned < self->n_frames;
}

void
ferry_lane_index_update (FerryLaneIndex *self, int frame)
{
  g_return_if_fail (frame >= 0 && frame < self->n_frames);
  for (guint id = 0; id < self->row->len; id++)
    if (self->row->pdata[id] != NULL)
      ((FerryLaneCell *) self->row->pdata[id])[frame] = (FerryLaneCell){ 0 };
  fill (self, frame);
}

const FerryLaneCell *
ferry_lane_index_row (FerryLaneIndex *self, guint16 object)
{
  return object < self->row->len ? self->row->pdata[object] : NULL;
}
