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
  int n = fy_label_set_n_frames (labels);
  gboolean inside = from >= 0 && from < n;
  Place here = { inside ? ferry_frame_trust (labels, object, from) : NAN, from };
  Place next = { NAN, -1 }; /* nearest beyond `here` */
  Place end = { NAN, -1 };  /* where the order begins anew */

  inside = inside && !isnan (here.trust);
  for (int frame = 0; frame < n; frame++)
    {
      Place place = { ferry_frame_trust (labels, object, frame), frame };
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
