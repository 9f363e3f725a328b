/* SPDX-License-Identifier: MIT */
/* Lists that came, merged to votes; and which are still to come. */
#include "base/parallel.h"
#include "session/live-state.h"

#include <math.h>
#include <string.h>

/* Votes made before looking whether there is news. */
#define AT_ONCE 8

FyLiveClip
fy_live_clip (const FyLiveFlow *self)
{
  return (FyLiveClip){ .n_frames = self->shape.n_frames,
                       .way = self->way,
                       .hand = self->hand,
                       .broken = self->broken,
                       .made = (const int *) (gpointer) self->made->data,
                       .n_made = (int) self->made->len,
                       .context = self->params.context,
                       .radius = self->params.radius,
                       .references = self->params.references };
}

static FyLiveList *
find_list (const FyLiveState *frame, const FyListWish *wish)
{
  for (guint i = 0; frame->lists != NULL && i < frame->lists->len; i++)
    {
      FyLiveList *list = g_ptr_array_index (frame->lists, i);

      if (memcmp (&list->wish, wish, sizeof *wish) == 0)
        return list;
    }
  return NULL;
}

void
fy_live_add_list (FyLiveFlow *self, FyLiveList *list)
{
  FyLiveState *frame = &self->frame[list->wish.target];

  frame->featured = TRUE;
  for (int t = list->wish.begin; t < list->wish.end; t++)
    self->frame[t].featured = TRUE;
  if (frame->asleep || list->list->k < self->params.topk || find_list (frame, &list->wish) != NULL)
    {
      fy_live_list_free (list);
      return;
    }
  if (frame->lists == NULL)
    frame->lists = g_ptr_array_new_with_free_func (fy_live_list_free);
  g_ptr_array_add (frame->lists, list);
  frame->votes_stale = TRUE;
  frame->n_missing = MAX (frame->n_missing - 1, 0);
}

void
fy_live_forget_lists (FyLiveFlow *self)
{
  for (int t = 0; t < self->shape.n_frames; t++)
    {
      g_clear_pointer (&self->frame[t].lists, g_ptr_array_unref);
      self->frame[t].votes_stale = TRUE;
    }
}

/* --- Merging --- */

static FyNeighbours *
new_empty_list (const FyLiveFlow *self, int frame)
{
  FyNeighbours *list = fy_neighbours_new (frame, self->shape.cells, self->params.topk);

  for (gsize i = 0; i < (gsize) list->cells * (gsize) list->k; i++)
    {
      list->position[i] = FY_SEARCH_NONE;
      list->score[i] = -INFINITY;
    }
  return list;
}

/* The list over the recent frames; NULL where a part of it is missing. */
static FyNeighbours *
merge_recent (const FyLiveFlow *self, int target, const FyListWish *wish, int n)
{
  g_autoptr (FyNeighbours) all = NULL;

  for (int i = 0; i < n; i++)
    {
      FyLiveList *list = find_list (&self->frame[target], &wish[i]);
      g_autoptr (FyNeighbours) before = g_steal_pointer (&all);

      if (list == NULL)
        return NULL;
      all = before != NULL ? fy_neighbours_union (before, list->list)
                           : fy_neighbours_ref (list->list);
    }
  return all != NULL ? g_steal_pointer (&all) : new_empty_list (self, target);
}

FyNeighbours *
fy_live_merge (const FyLiveFlow *self, int target)
{
  const FyLiveState *frame = &self->frame[target];
  FyLiveClip clip = fy_live_clip (self);
  g_autoptr (GArray) wishes = g_array_new (FALSE, FALSE, sizeof (FyListWish));
  g_autoptr (GPtrArray) references = g_ptr_array_new ();
  g_autoptr (FyNeighbours) recent = NULL;
  int n_recent;

  fy_live_wishes (&clip, &frame->step, target, &n_recent, wishes);
  recent = merge_recent (self, target, (const FyListWish *) (gpointer) wishes->data, n_recent);
  for (guint i = (guint) n_recent; i < wishes->len; i++)
    {
      FyLiveList *list = find_list (frame, &g_array_index (wishes, FyListWish, i));

      if (list != NULL)
        g_ptr_array_add (references, list->list);
    }
  if (recent == NULL)
    return NULL;
  return fy_neighbours_merge (recent, (const FyNeighbours *const *) references->pdata,
                              (int) references->len, frame->step.first, self->params.context,
                              self->params.topk);
}

/* Tells one set of lists from another.  Returns: how many are missing. */
static int
find_key (const FyLiveFlow *self, int target, guint64 *key)
{
  const FyLiveState *frame = &self->frame[target];
  FyLiveClip clip = fy_live_clip (self);
  g_autoptr (GArray) wishes = g_array_new (FALSE, FALSE, sizeof (FyListWish));
  int n_recent, n_missing = 0;

  fy_live_wishes (&clip, &frame->step, target, &n_recent, wishes);
  *key = ((guint64) self->params_serial << 32) + (guint32) frame->step.first;
  for (guint i = 0; i < wishes->len; i++)
    {
      const FyLiveList *list = find_list (frame, &g_array_index (wishes, FyListWish, i));

      n_missing += list == NULL;
      *key = (*key ^ (list != NULL ? list->number : 0)) * G_GUINT64_CONSTANT (0x100000001b3);
    }
  return n_missing;
}

/* --- Votes --- */

typedef struct
{
  const FyLiveFlow *flow;
  int frame[AT_ONCE];
  FyVotes *votes[AT_ONCE];
} Making;

static void
make_one (int item, int worker, gpointer data)
{
  Making *making = data;
  g_autoptr (FyNeighbours) merged = fy_live_merge (making->flow, making->frame[item]);

  if (merged != NULL)
    making->votes[item] = fy_votes_new (merged, making->flow->params.temperature);
}

static void
set_votes (FyLiveFlow *self, int target, FyVotes *votes)
{
  FyLiveState *frame = &self->frame[target];

  frame->trust_stale = TRUE;
  fy_votes_unref (frame->votes);
  frame->votes = votes;
  for (int kind = 0; kind < FY_LIVE_N_KINDS; kind++)
    fy_flow_set_votes (self->flow[kind], target, votes);
  self->flow_stale = TRUE;
}

/* Whether a frame's votes have to be made; lets those go that are of no use. */
static gboolean
check_votes (FyLiveFlow *self, int target)
{
  FyLiveState *frame = &self->frame[target];
  guint64 key = 0;
  gboolean needed = fy_live_needs_votes (self, target);

  self->wishes_stale |= needed != frame->needed;
  frame->needed = needed != 0;
  frame->votes_stale = FALSE;
  frame->listed = needed && find_key (self, target, &key) == 0;
  self->good_stale = TRUE;
  if (key == frame->votes_key)
    return FALSE;
  frame->votes_key = key;
  if (!needed)
    set_votes (self, target, NULL);
  return needed;
}

gboolean
fy_live_make_votes (FyLiveFlow *self)
{
  Making making = { .flow = self };
  int n = 0, i;

  for (i = 0; i < self->shape.n_frames && n < AT_ONCE; i++)
    if (self->frame[self->order[i]].votes_stale && check_votes (self, self->order[i]))
      making.frame[n++] = self->order[i];
  fy_parallel_for (n, make_one, &making);
  for (int m = 0; m < n; m++)
    set_votes (self, making.frame[m], making.votes[m]);
  return i < self->shape.n_frames;
}

/* --- How far --- */

/* Also where all that a hand said is that nothing is there: that is known too. */
static gboolean
is_all_by_hand (const FyLiveFlow *self, int frame)
{
  gboolean any = FALSE;

  for (int kind = 0; kind < FY_LIVE_N_KINDS; kind++)
    for (int c = 0; c < fy_live_n_classes (self, kind); c++)
      {
        if (self->existing[kind][c] && !(fy_live_pin (self, frame, kind, c) & FY_LIVE_HAND))
          return FALSE;
        any |= self->existing[kind][c];
      }
  return any;
}

static void
check_frame (FyLiveFlow *self, int target)
{
  FyLiveState *frame = &self->frame[target];
  gboolean carried = fy_live_needs_votes (self, target);
  gboolean good = carried         ? frame->votes != NULL
                  : frame->asleep ? frame->frozen
                                  : self->hand[target] || is_all_by_hand (self, target);
  gboolean settled = carried ? good && frame->listed : good;

  for (int slot = 0; carried && good && slot < frame->votes->n_sources; slot++)
    {
      const FyLiveState *source = &self->frame[frame->votes->source[slot]];

      good = source->good;
      settled &= source->settled;
    }
  frame->changed |= good != frame->good;
  frame->good = good;
  frame->settled = good && settled;
}

void
fy_live_find_good (FyLiveFlow *self)
{
  for (int i = 0; i < self->shape.n_frames; i++)
    check_frame (self, self->order[i]);
  self->good_stale = FALSE;
}

void
fy_live_publish_status (FyLiveFlow *self)
{
  FyLive *live = self->live;
  int carrying = 0;

  g_mutex_lock (&live->mutex);
  for (int t = 0; t < self->shape.n_frames; t++)
    {
      const FyLiveState *frame = &self->frame[t];

      gboolean changed = fy_live_has_changed (self, t);

      carrying += changed;
      live->ready[t] =
          (guint8) ((frame->asleep ? frame->told : frame->settled && !changed) ? FY_READY_CARRIED
                    : frame->n_missing == 0                                    ? FY_READY_LIST
                    : frame->featured                                          ? FY_READY_FEATURES
                                                                               : FY_READY_NONE);
    }
  live->carrying = carrying;
  fy_live_tell_progress (live);
  g_mutex_unlock (&live->mutex);
}

/* --- Wishes --- */

/* Where a frame's labels will likely come from while there are none: the first frame. */
static FyLiveStep
likely_step (const FyLiveFlow *self, int frame)
{
  int first = 0;

  while (first < frame && self->broken[first])
    first++;
  return first < frame && !self->broken[frame] ? (FyLiveStep){ first, 1 } : (FyLiveStep){ -1, 0 };
}

/* Adds the lists of a frame that are neither there nor being computed. */
static void
add_wishes (FyLiveFlow *self, int target, gboolean likely, GArray *lists, GArray *wishes)
{
  FyLiveState *frame = &self->frame[target];
  FyLiveClip clip = fy_live_clip (self);
  FyLiveWish wish = { .step = frame->step };
  int n_recent;

  frame->n_missing = frame->asleep;
  if (frame->asleep)
    return;
  if (likely)
    wish.step = likely_step (self, target);
  else if (!fy_live_needs_votes (self, target))
    return;
  fy_live_wishes (&clip, &wish.step, target, &n_recent, lists);
  if (likely && wish.step.direction != 0)
    {
      FyListWish reference = { target, wish.step.first, wish.step.first + 1, 0 };

      g_array_append_val (lists, reference);
    }
  for (guint i = 0; i < lists->len; i++)
    {
      wish.wish = g_array_index (lists, FyListWish, i);
      wish.late = likely && i >= (guint) n_recent;
      if (find_list (frame, &wish.wish) != NULL)
        continue;
      frame->n_missing++;
      g_array_append_val (wishes, wish);
    }
}

/* With the mutex held: takes out what has come or is being computed meanwhile. */
static void
remove_wish (FyLive *live, const FyListWish *wish)
{
  for (guint i = 0; i < live->wishes->len; i++)
    if (memcmp (&g_array_index (live->wishes, FyLiveWish, i).wish, wish, sizeof *wish) == 0)
      {
        g_array_remove_index_fast (live->wishes, i);
        return;
      }
}

void
fy_live_publish_wishes (FyLiveFlow *self)
{
  FyLive *live = self->live;
  g_autoptr (GArray) wishes = g_array_new (FALSE, FALSE, sizeof (FyLiveWish));
  g_autoptr (GArray) lists = g_array_new (FALSE, FALSE, sizeof (FyListWish));
  int n_targets = 0;

  self->wishes_stale = FALSE;
  for (int t = 0; t < self->shape.n_frames; t++)
    {
      guint before = wishes->len;

      add_wishes (self, t, self->made->len == 0, lists, wishes);
      n_targets += wishes->len > before;
    }
  g_mutex_lock (&live->mutex);
  if (live->propagate_serial == self->params_serial && !live->failed)
    {
      g_array_set_size (live->wishes, 0);
      g_array_append_vals (live->wishes, wishes->data, wishes->len);
      for (guint i = 0; i < live->arrived->len; i++)
        remove_wish (live, &((FyLiveList *) g_ptr_array_index (live->arrived, i))->wish);
      if (live->computing != NULL && live->in_hand_serial == self->params_serial)
        remove_wish (live, &live->in_hand);
    }
  if (n_targets > 0)
    live->lists_per_frame = ((int) wishes->len + n_targets - 1) / n_targets;
  g_cond_signal (&live->compute_wake);
  g_mutex_unlock (&live->mutex);
}
