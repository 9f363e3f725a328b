/* SPDX-License-Identifier: MIT */
/* Masks and points of what was carried, on their way to the main thread. */
#include "base/parallel.h"
#include "propagate/joints.h"
#include "propagate/resolve.h"
#include "propagate/trust.h"
#include "session/live-state.h"

#include <math.h>
#include <string.h>

/* Frames handed out before looking whether there is news. */
#define AT_ONCE 8

void
fy_live_shown_clear (FyLiveShown *shown)
{
  g_clear_pointer (&shown->map, fy_run_map_unref);
  g_clear_pointer (&shown->ids, g_free);
  g_clear_pointer (&shown->soft, g_free);
  shown->n = 0;
}

int
fy_live_nearest (const FyLiveFlow *self, gboolean (*wanted) (const FyLiveFlow *self, int frame))
{
  int n = self->shape.n_frames, at = CLAMP (self->playhead, 0, n - 1);

  for (int away = 0; away < n; away++)
    {
      if (at + away < n && wanted (self, at + away))
        return at + away;
      if (at - away >= 0 && wanted (self, at - away))
        return at - away;
    }
  return -1;
}

/* --- Masks --- */

/* Whether a class of a frame is there because it was carried. */
static gboolean
is_carried (const FyLiveFlow *self, int frame, int kind, int class)
{
  return self->existing[kind][class] && !(fy_live_pin (self, frame, kind, class) & FY_LIVE_HAND);
}

/* The carried masks that are not zero everywhere, with background. */
static FyLiveShown
gather_masks (const FyLiveFlow *self, int frame)
{
  FyFlow *flow = self->flow[FY_LIVE_MASKS];
  int n = fy_live_n_classes (self, FY_LIVE_MASKS);
  gsize cells = (gsize) self->shape.cells;
  const float *rest = fy_flow_peek (flow, frame, 0);
  FyLiveShown shown = { .ids = g_new (guint16, (gsize) n + 1),
                        .soft = g_new (float, (gsize) (n + 1) * cells) };

  if (rest != NULL)
    memcpy (shown.soft, rest, cells * sizeof (float));
  else
    memset (shown.soft, 0, cells * sizeof (float));
  for (int c = 0; c < n; c++)
    {
      const float *plane = fy_flow_peek (flow, frame, c + 1);

      if (plane == NULL || !is_carried (self, frame, FY_LIVE_MASKS, c))
        continue;
      shown.ids[shown.n++] = fy_live_class (self, FY_LIVE_MASKS, c)->object;
      memcpy (shown.soft + (gsize) shown.n * cells, plane, cells * sizeof (float));
    }
  return shown;
}

/* Marks the grid rows from the first that differs to the last.  changed: [grid_height] out.
 * Returns: whether any does. */
static gboolean
compare_rows (const FyLiveFlow *self, const FyLiveShown *a, const FyLiveShown *b, guint8 *changed)
{
  gsize width = (gsize) self->shape.grid_width, height = (gsize) self->shape.grid_height;
  gsize first = height, last = 0;

  for (gsize y = 0; y < height; y++)
    for (gsize c = 0; c < (gsize) a->n + 1; c++)
      {
        gsize at = (c * height + y) * width;

        if (memcmp (a->soft + at, b->soft + at, width * sizeof (float)) != 0)
          {
            first = MIN (first, y);
            last = y;
            break;
          }
      }
  for (gsize y = 0; y < height; y++)
    changed[y] = y >= first && y <= last;
  return first < height;
}

/* Brings a frame's mask up to date, computing the rows that changed. */
static void
show (FyLiveFlow *self, int frame)
{
  const FyLiveShape *shape = &self->shape;
  FyLiveShown *old = &self->frame[frame].shown, new = gather_masks (self, frame);
  g_autofree guint8 *changed = g_malloc ((gsize) shape->grid_height);
  g_autoptr (FyIdMap) map = NULL;
  gboolean same =
      old->map != NULL &&
      old->n == new.n &&memcmp (old->ids, new.ids, (gsize) new.n * sizeof *new.ids) == 0;
  int y, height;

  if (!same)
    {
      map = fy_id_map_new (shape->width, shape->height);
      fy_resolve (new.soft, new.ids, new.n, shape->grid_width, shape->grid_height, map);
      new.map = fy_run_map_new (map);
    }
  else if (compare_rows (self, old, &new, changed))
    {
      map = fy_id_map_new (shape->width, shape->height);
      fy_resolve_rows (new.soft, new.ids, new.n, shape->grid_width, shape->grid_height, changed,
                       map, &y, &height);
      new.map = fy_run_map_update (old->map, map, y, height);
    }
  else
    new.map = fy_run_map_ref (old->map);
  fy_live_shown_clear (old);
  *old = new;
}

/* What a hand made laid over what was carried.  Returns: (transfer full). */
static FyRunMap *
compose (const FyLiveFlow *self, int frame, FyRunMap *carried)
{
  const FyFrameLabels *labels = self->frame[frame].labels;
  int n = fy_live_n_classes (self, FY_LIVE_MASKS), n_ids = 0;
  g_autofree guint16 *ids = g_new (guint16, (gsize) n + 1);

  for (int c = 0; c < n; c++)
    if (fy_live_pin (self, frame, FY_LIVE_MASKS, c) & FY_LIVE_VISIBLE)
      ids[n_ids++] = fy_live_class (self, FY_LIVE_MASKS, c)->object;
  if (n_ids == 0 || labels->map == NULL)
    return fy_run_map_ref (carried);
  return fy_run_map_compose (carried, labels->map, ids, n_ids);
}

/* --- Results --- */

static void
add_points (const FyLiveFlow *self, FyLiveResult *result)
{
  const FyLiveShape *shape = &self->shape;
  int n = fy_live_n_classes (self, FY_LIVE_JOINTS);

  result->point = g_new0 (FyPoint, (gsize) n + 1);
  for (int c = 0; c < n; c++)
    {
      const FyLiveClass *class = fy_live_class (self, FY_LIVE_JOINTS, c);
      FyPoint *point = &result->point[result->n_points];

      if (!is_carried (self, result->frame, FY_LIVE_JOINTS, c))
        continue;
      *point = (FyPoint){ .object = class->object,
                          .joint = class->joint,
                          .state = FY_JOINT_ABSENT,
                          .provenance = FY_PROVENANCE_CARRIED };
      if (fy_joint_find (fy_flow_peek (self->flow[FY_LIVE_JOINTS], result->frame, c + 1),
                         shape->width, shape->height, shape->grid_width, shape->grid_height,
                         &point->x, &point->y))
        point->state = FY_JOINT_PLACED;
      result->n_points++;
    }
}

static int
ascending (gconstpointer a, gconstpointer b)
{
  return *(const guint16 *) a - *(const guint16 *) b;
}

static void
add_ids (const FyLiveFlow *self, FyLiveResult *result)
{
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (guint16));
  guint n = 0;

  for (int kind = 0; kind < FY_LIVE_N_KINDS; kind++)
    for (int c = 0; c < fy_live_n_classes (self, kind); c++)
      if (is_carried (self, result->frame, kind, c))
        g_array_append_val (ids, fy_live_class (self, kind, c)->object);
  g_array_sort (ids, ascending);
  result->ids = g_new (guint16, ids->len + 1);
  for (guint i = 0; i < ids->len; i++)
    if (n == 0 || result->ids[n - 1] != g_array_index (ids, guint16, i))
      result->ids[n++] = g_array_index (ids, guint16, i);
  result->n = (int) n;
}

/* Trust as far as it is known; until it is found anew, what it was. */
static void
add_trust (const FyLiveFlow *self, FyLiveResult *result)
{
  const FyLiveState *frame = &self->frame[result->frame];

  result->trust = g_new (float, (gsize) result->n + 1);
  for (int i = 0; i < result->n; i++)
    {
      result->trust[i] = NAN;
      for (int j = 0; j < frame->n_trust; j++)
        if (frame->trust_ids[j] == result->ids[i])
          result->trust[i] = frame->trust[j];
    }
}

/* What there is to hand out of a frame.  Returns: (transfer full), with n = 0 where nothing is carried. */
static FyLiveResult *
make_result (FyLiveFlow *self, int frame)
{
  FyLiveState *state = &self->frame[frame];
  FyLiveResult *result = g_new0 (FyLiveResult, 1);

  *result = (FyLiveResult){ .frame = frame, .serial = state->serial };
  if (fy_live_needs_votes (self, frame))
    {
      show (self, frame);
      result->map = compose (self, frame, state->shown.map);
      add_ids (self, result);
      add_points (self, result);
      add_trust (self, result);
      return result;
    }
  fy_live_shown_clear (&state->shown);
  result->map = state->labels != NULL && state->labels->map != NULL
                    ? fy_run_map_ref (state->labels->map)
                    : fy_run_map_new_empty (self->shape.width, self->shape.height);
  return result;
}

static void
send (FyLiveFlow *self, FyLiveResult *result)
{
  FyLive *live = self->live;
  FyLiveState *frame = &self->frame[result->frame];

  frame->told = result->n > 0;
  g_mutex_lock (&live->mutex);
  if (!g_hash_table_contains (live->results, GINT_TO_POINTER (result->frame)))
    g_array_append_val (live->result_order, result->frame);
  g_hash_table_replace (live->results, GINT_TO_POINTER (result->frame), result);
  fy_live_tell (live);
  g_mutex_unlock (&live->mutex);
}

/* --- Handing out --- */

gboolean
fy_live_has_changed (const FyLiveFlow *self, int frame)
{
  const FyLiveState *state = &self->frame[frame];

  return state->changed && !state->asleep &&
         (fy_live_needs_votes (self, frame) ? state->good : state->told);
}

static gboolean
can_hand_out (const FyLiveFlow *self, int frame)
{
  return (!self->flow_stale || self->frame[frame].fresh) && fy_live_has_changed (self, frame);
}

typedef struct
{
  FyLiveFlow *flow;
  int frame[AT_ONCE];
  FyLiveResult *result[AT_ONCE];
} HandOut;

static void
hand_out_one (int item, int worker, gpointer data)
{
  HandOut *out = data;

  out->result[item] = make_result (out->flow, out->frame[item]);
}

gboolean
fy_live_hand_out (FyLiveFlow *self)
{
  HandOut out = { .flow = self };
  int n = 0, most = AT_ONCE;

  while (n < most && (out.frame[n] = fy_live_nearest (self, can_hand_out)) >= 0)
    {
      self->frame[out.frame[n]].changed = self->frame[out.frame[n]].fresh = FALSE;
      if (out.frame[n] == self->playhead)
        most = 1; /* at once, before others are looked at */
      n++;
    }
  fy_parallel_for (n, hand_out_one, &out);
  for (int i = 0; i < n; i++)
    send (self, out.result[i]);
  return n > 0;
}

/* --- Trust --- */

static gboolean
lacks_trust (const FyLiveFlow *self, int frame)
{
  const FyLiveState *state = &self->frame[frame];

  return state->trust_stale && state->good && state->told && !state->asleep;
}

static float
trust_in_mask (const FyLiveFlow *self, int frame, int class, const FyTrustVoters *voters)
{
  FyFlow *flow = self->flow[FY_LIVE_MASKS];
  int before = frame - self->frame[frame].step.direction;
  FyTrustSigns signs;

  fy_trust_signs (fy_flow_peek (flow, frame, class + 1), fy_flow_peek (flow, before, class + 1),
                  self->shape.cells, voters, &signs);
  return (float) fy_trust (&signs);
}

/* Of a skeleton: how sure its joints are, in the mean. */
static float
trust_in_joints (const FyLiveFlow *self, int frame, guint16 object)
{
  double sum = 0;
  int n = 0;

  for (int c = 0; c < fy_live_n_classes (self, FY_LIVE_JOINTS); c++)
    if (fy_live_class (self, FY_LIVE_JOINTS, c)->object == object &&
        is_carried (self, frame, FY_LIVE_JOINTS, c))
      {
        const float *plane = fy_flow_peek (self->flow[FY_LIVE_JOINTS], frame, c + 1);
        float most = 0;

        for (int cell = 0; plane != NULL && cell < self->shape.cells; cell++)
          most = MAX (most, plane[cell]);
        sum += (double) MIN (most, 1.0f);
        n++;
      }
  return n > 0 ? (float) (sum / n) : NAN;
}

static void
find_trust (FyLiveFlow *self, int frame)
{
  FyLiveState *state = &self->frame[frame];
  g_autoptr (FyNeighbours) list = fy_live_merge (self, frame);
  g_autoptr (FyTrustVoters) voters =
      list != NULL ? fy_trust_voters_new (list, self->shape.grid_width, self->shape.grid_height)
                   : NULL;
  int most = fy_live_n_classes (self, FY_LIVE_MASKS) + fy_live_n_classes (self, FY_LIVE_JOINTS);
  int n = 0;

  state->trust_ids = g_renew (guint16, state->trust_ids, (gsize) most + 1);
  state->trust = g_renew (float, state->trust, (gsize) most + 1);
  for (int kind = 0; kind < FY_LIVE_N_KINDS; kind++)
    for (int c = 0; c < fy_live_n_classes (self, kind); c++)
      if (is_carried (self, frame, kind, c))
        {
          guint16 object = fy_live_class (self, kind, c)->object;

          if (kind == FY_LIVE_JOINTS && n > 0 && state->trust_ids[n - 1] == object)
            continue;
          state->trust_ids[n] = object;
          state->trust[n++] = kind == FY_LIVE_MASKS ? trust_in_mask (self, frame, c, voters)
                                                    : trust_in_joints (self, frame, object);
        }
  state->n_trust = n;
}

static void
find_one (int item, int worker, gpointer data)
{
  HandOut *out = data;

  find_trust (out->flow, out->frame[item]);
  hand_out_one (item, worker, out);
}

gboolean
fy_live_find_trust (FyLiveFlow *self)
{
  HandOut out = { .flow = self };
  int n = 0;

  for (; n < AT_ONCE && (out.frame[n] = fy_live_nearest (self, lacks_trust)) >= 0; n++)
    self->frame[out.frame[n]].trust_stale = FALSE;
  fy_parallel_for (n, find_one, &out);
  for (int i = 0; i < n; i++)
    send (self, out.result[i]);
  return n > 0;
}
