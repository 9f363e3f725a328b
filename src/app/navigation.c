/* SPDX-License-Identifier: MIT */
#include "app/navigation.h"

#include <math.h>

int
ferry_next_hand (FyLabelSet *labels, guint16 object, int from, int direction)
{
  g_autoptr (GArray) frames = fy_label_set_hand_frames (labels, object);
  int found = -1;

  for (guint i = 0; i < frames->len; i++)
    {
      int frame = g_array_index (frames, int, i);

      if (direction > 0 && frame > from)
        return frame;
      if (direction < 0 && frame < from)
        found = frame;
    }
  return found;
}

static float
weakness (const FyState *state, float least)
{
  if (state->provenance != FY_PROVENANCE_CARRIED || state->reviewed || isnan (state->trust))
    return least;
  return isnan (least) ? state->trust : MIN (least, state->trust);
}

float
ferry_frame_trust (FyLabelSet *labels, guint16 object, int frame)
{
  const FyFrameLabels *of = fy_label_set_peek (labels, frame);
  float least = NAN;
  FyState one;

  if (of == NULL)
    return least;
  if (object != 0)
    {
      one = fy_frame_labels_state (of, object);
      return weakness (&one, least);
    }
  for (int i = 0; i < of->n_states; i++)
    least = weakness (&of->state[i], least);
  return least;
}

/* --- Weakness of all frames, kept up to date: of many objects it takes long to find --- */

#define WEAKNESS     "ferry-weakness"
#define SCAN_AT_MOST 2000 /* microseconds */

typedef struct
{
  FyLabelSet *labels; /* which owns it */
  int n_frames;
  int scanned;
  guint scan;   /* source */
  float *least; /* [n_frames] of those scanned */
} Weakness;

static void
weakness_free (gpointer data)
{
  Weakness *self = data;

  g_clear_handle_id (&self->scan, g_source_remove);
  g_free (self->least);
  g_free (self);
}

static gboolean
scan_weakness (gpointer data)
{
  Weakness *self = data;
  gint64 end = g_get_monotonic_time () + SCAN_AT_MOST;

  for (; self->scanned < self->n_frames && g_get_monotonic_time () < end; self->scanned++)
    self->least[self->scanned] = ferry_frame_trust (self->labels, 0, self->scanned);
  if (self->scanned < self->n_frames)
    return G_SOURCE_CONTINUE;
  self->scan = 0;
  return G_SOURCE_REMOVE;
}

static void
on_frame_changed (FyLabelSet *labels, int frame, Weakness *self)
{
  if (frame < self->scanned)
    self->least[frame] = ferry_frame_trust (labels, 0, frame);
}

void
ferry_follow_weakness (FyLabelSet *labels)
{
  Weakness *self = g_new0 (Weakness, 1);

  g_return_if_fail (g_object_get_data (G_OBJECT (labels), WEAKNESS) == NULL);
  self->labels = labels;
  self->n_frames = fy_label_set_n_frames (labels);
  self->least = g_new (float, (gsize) self->n_frames + 1);
  self->scan = g_idle_add (scan_weakness, self);
  g_object_set_data_full (G_OBJECT (labels), WEAKNESS, self, weakness_free);
  g_signal_connect (labels, "frame-changed", G_CALLBACK (on_frame_changed), self);
}

static float
find_weakness (FyLabelSet *labels, const Weakness *kept, guint16 object, int frame)
{
  if (kept != NULL && object == 0 && frame < kept->scanned)
    return kept->least[frame];
  return ferry_frame_trust (labels, object, frame);
}

/* Place in the order of weakness. */
typedef struct
{
  float trust;
  int frame;
} Place;

static int
compare (Place a, Place b)
{
  if (a.trust != b.trust)
    return a.trust < b.trust ? -1 : 1;
  return a.frame < b.frame ? -1 : a.frame > b.frame;
}

int
ferry_next_weak (FyLabelSet *labels, guint16 object, int from, int direction)
{
  const Weakness *kept = g_object_get_data (G_OBJECT (labels), WEAKNESS);
  int n = fy_label_set_n_frames (labels);
  gboolean inside = from >= 0 && from < n;
  Place here = { inside ? find_weakness (labels, kept, object, from) : NAN, from };
  Place next = { NAN, -1 }; /* nearest beyond `here` */
  Place end = { NAN, -1 };  /* where the order begins anew */

  inside = inside && !isnan (here.trust);
  for (int frame = 0; frame < n; frame++)
    {
      Place place = { find_weakness (labels, kept, object, frame), frame };
      int way = inside ? direction : 1;

      if (isnan (place.trust))
        continue;
      if (end.frame < 0 || compare (place, end) * way < 0)
        end = place;
      if (inside && compare (place, here) * way > 0 &&
          (next.frame < 0 || compare (place, next) * way < 0))
        next = place;
    }
  return next.frame >= 0 ? next.frame : end.frame;
}

int
ferry_last_before_hand (FyLabelSet *labels, guint16 object, int frame)
{
  int last = fy_label_set_n_frames (labels) - 1;

  for (int i = frame + 1; i <= last; i++)
    if (fy_provenance_is_hand (fy_frame_labels_provenance (fy_label_set_peek (labels, i), object)))
      return i - 1;
  return last;
}

void
ferry_same_around (FyLabelSet *labels, guint16 object, int frame, int *first, int *last)
{
  FyProvenance same = fy_frame_labels_provenance (fy_label_set_peek (labels, frame), object);
  int n = fy_label_set_n_frames (labels);

  for (*first = frame; *first > 0; (*first)--)
    if (fy_frame_labels_provenance (fy_label_set_peek (labels, *first - 1), object) != same)
      break;
  for (*last = frame; *last < n - 1; (*last)++)
    if (fy_frame_labels_provenance (fy_label_set_peek (labels, *last + 1), object) != same)
      break;
}
