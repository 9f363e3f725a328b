/* SPDX-License-Identifier: MIT */
/* What is new for the flow thread: it waits for that, and takes it over. */
#include "session/live-state.h"

#include <string.h>

/* What the other threads have left, taken in one go. */
typedef struct
{
  GPtrArray *objects; /* nullable */
  GArray *frames;     /* int */
  GArray *given;      /* FyLiveGiven of these */
  guint8 *way;        /* nullable */
  GPtrArray *lists;
  GArray *broken;
} News;

static void
clear_given (gpointer data)
{
  g_clear_pointer (&((FyLiveGiven *) data)->labels, fy_frame_labels_unref);
}

static void
news_clear (News *news)
{
  g_clear_pointer (&news->objects, g_ptr_array_unref);
  g_clear_pointer (&news->frames, g_array_unref);
  g_clear_pointer (&news->given, g_array_unref);
  g_clear_pointer (&news->way, g_free);
  g_clear_pointer (&news->lists, g_ptr_array_unref);
  g_clear_pointer (&news->broken, g_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (News, news_clear)

/* With the mutex held. */
static void
take_labels (FyLive *live, News *news)
{
  news->frames = live->given_news;
  live->given_news = g_array_new (FALSE, FALSE, sizeof (int));
  news->given = g_array_new (FALSE, TRUE, sizeof (FyLiveGiven));
  g_array_set_clear_func (news->given, clear_given);
  for (guint i = 0; i < news->frames->len; i++)
    {
      FyLiveGiven *given =
          &g_array_index (live->given, FyLiveGiven, g_array_index (news->frames, int, i));
      FyLiveGiven copy = *given;

      if (copy.labels != NULL)
        fy_frame_labels_ref (copy.labels);
      given->news = FALSE;
      g_array_append_val (news->given, copy);
    }
}

/* With the mutex held. */
static void
take_news (FyLiveFlow *self, News *news)
{
  FyLive *live = self->live;

  if (live->objects_news)
    {
      news->objects = g_ptr_array_new_with_free_func ((GDestroyNotify) fy_object_unref);
      for (guint i = 0; i < live->objects->len; i++)
        g_ptr_array_add (news->objects, fy_object_ref (g_ptr_array_index (live->objects, i)));
    }
  live->objects_news = FALSE;
  take_labels (live, news);
  if (live->way_news)
    news->way = g_memdup2 (live->way, (gsize) self->shape.n_frames);
  live->way_news = FALSE;
  live->asks_news = FALSE;
  self->edition = live->edition;
  news->lists = live->arrived;
  live->arrived = g_ptr_array_new_with_free_func (fy_live_list_free);
  news->broken = live->broken_news;
  live->broken_news = g_array_new (FALSE, FALSE, sizeof (int));
  self->playhead = live->playhead;
  g_clear_object (&self->updating);
  self->updating = g_cancellable_new ();
  live->updating = self->updating;
}

/* --- Classes --- */

static GArray *
list_classes (const GPtrArray *objects, int kind)
{
  GArray *classes = g_array_new (FALSE, FALSE, sizeof (FyLiveClass));

  for (guint i = 0; i < objects->len; i++)
    {
      const FyObject *object = g_ptr_array_index (objects, i);
      gboolean skeleton = object->kind == FY_OBJECT_SKELETON;

      if (skeleton != (kind == FY_LIVE_JOINTS))
        continue;
      for (int joint = 0; joint < (skeleton ? object->skeleton.n_joints : 1); joint++)
        {
          FyLiveClass class = { object->id, (guint16) joint };

          g_array_append_val (classes, class);
        }
    }
  return classes;
}

static int
compare_classes (gconstpointer a, gconstpointer b)
{
  const FyLiveClass *ca = a, *cb = b;

  return ca->object != cb->object ? (int) ca->object - cb->object : (int) ca->joint - cb->joint;
}

/* Makes a flow's classes those of `classes`, which it takes; those that stay keep their labels. */
static void
change_classes (FyLiveFlow *self, int kind, GArray *classes)
{
  GArray *old = self->classes[kind];
  guint at = 0;

  g_array_sort (classes, compare_classes);
  for (guint c = 0; c < classes->len || at < old->len;)
    {
      const FyLiveClass *is = at < old->len ? &g_array_index (old, FyLiveClass, at) : NULL;
      const FyLiveClass *will = c < classes->len ? &g_array_index (classes, FyLiveClass, c) : NULL;
      int order = is == NULL ? 1 : will == NULL ? -1 : compare_classes (is, will);

      if (order < 0) /* is no more */
        {
          fy_flow_remove_class (self->flow[kind], (int) at + 1);
          g_array_remove_index (old, at);
        }
      else
        {
          if (order > 0)
            {
              fy_flow_insert_class (self->flow[kind], (int) at + 1);
              g_array_insert_val (old, at, *will);
            }
          at++;
          c++;
        }
    }
  g_array_unref (classes);
  self->existing[kind] = g_realloc (self->existing[kind], old->len + 1);
  memset (self->existing[kind], 0, old->len + 1);
  self->flow_stale = TRUE;
}

static void
mark_all (FyLiveFlow *self, gboolean hand_only)
{
  for (int t = 0; t < self->shape.n_frames; t++)
    {
      FyLiveState *frame = &self->frame[t];

      frame->pins_stale |= frame->labels != NULL;
      frame->votes_stale |= !hand_only;
      frame->changed |= !hand_only;
    }
}

/* Which objects some hand has made, and where.  Where that changes, much has to be looked at again. */
static void
find_existing (FyLiveFlow *self)
{
  for (int kind = 0; kind < FY_LIVE_N_KINDS; kind++)
    for (int c = 0; c < fy_live_n_classes (self, kind); c++)
      {
        guint8 exists = FALSE;

        for (int t = 0; t < self->shape.n_frames && !exists; t++)
          exists = (fy_live_pin (self, t, kind, c) & FY_LIVE_VISIBLE) != 0;
        if (self->existing[kind][c] != exists)
          mark_all (self, FALSE);
        self->existing[kind][c] = exists;
      }
  for (int t = 0; t < self->shape.n_frames; t++)
    {
      guint8 hand = (guint8) fy_live_is_hand (self, t);

      self->plan_stale |= hand != self->hand[t];
      self->hand[t] = hand;
    }
}

/* --- Taking over what is new --- */

/* Masks of another size than the clip's are none of its frames'. */
static gboolean
fits (const FyLiveFlow *self, const FyFrameLabels *labels)
{
  return labels == NULL || labels->map == NULL ||
         (fy_run_map_width (labels->map) == self->shape.width &&
          fy_run_map_height (labels->map) == self->shape.height);
}

static void
take_given (FyLiveFlow *self, const News *news)
{
  for (guint i = 0; i < news->frames->len; i++)
    {
      int t = g_array_index (news->frames, int, i);
      FyLiveGiven *given = &g_array_index (news->given, FyLiveGiven, i);
      FyLiveState *frame;

      if (t >= self->shape.n_frames)
        continue;
      g_warn_if_fail (fits (self, given->labels));
      if (!fits (self, given->labels))
        continue;
      frame = &self->frame[t];
      frame->pins_stale |= (frame->labels != NULL && fy_frame_labels_has_hand (frame->labels)) ||
                           (given->labels != NULL && fy_frame_labels_has_hand (given->labels));
      frame->votes_stale |= frame->pins_stale; /* whether it needs any */
      g_clear_pointer (&frame->labels, fy_frame_labels_unref);
      frame->labels = g_steal_pointer (&given->labels);
      frame->serial = given->serial;
      frame->changed = TRUE;
    }
}

static void
take_params (FyLiveFlow *self, const FyPropagateParams *params)
{
  const FyPropagateParams *old = &self->params;

  /* Lists hold scores of the networks' weights. */
  if (params->lambda != old->lambda)
    fy_live_forget_lists (self);
  self->params = *params;
  for (int t = 0; t < self->shape.n_frames; t++)
    {
      GPtrArray *lists = self->frame[t].lists;

      for (guint i = lists != NULL ? lists->len : 0; i > 0; i--)
        if (((FyLiveList *) g_ptr_array_index (lists, i - 1))->list->k < params->topk)
          g_ptr_array_remove_index (lists, i - 1);
    }
  mark_all (self, FALSE);
  self->plan_stale = TRUE;
}

static void
apply_news (FyLiveFlow *self, News *news)
{
  for (int t = 0; t < self->shape.n_frames; t++)
    self->frame[t].fresh = FALSE;
  if (news->objects != NULL)
    {
      for (int kind = 0; kind < FY_LIVE_N_KINDS; kind++)
        change_classes (self, kind, list_classes (news->objects, kind));
      mark_all (self, TRUE);
    }
  take_given (self, news);
  if (news->objects != NULL || news->frames->len > 0)
    find_existing (self);
  if (news->way != NULL)
    {
      memcpy (self->way, news->way, (gsize) self->shape.n_frames);
      self->plan_stale = TRUE;
    }
  for (guint i = 0; i < news->broken->len; i++)
    {
      self->broken[g_array_index (news->broken, int, i)] = TRUE;
      self->plan_stale = TRUE;
    }
  g_ptr_array_set_free_func (news->lists, NULL);
  for (guint i = 0; i < news->lists->len; i++)
    fy_live_add_list (self, g_ptr_array_index (news->lists, i));
}

/* --- Waiting --- */

/* With the mutex held. */
static void
take_shape (FyLiveFlow *self)
{
  FyLive *live = self->live;
  gsize n = (gsize) live->shape.n_frames;

  self->shape = live->shape;
  self->params = live->propagate;
  self->params_serial = live->propagate_serial;
  self->frame = g_new0 (FyLiveState, n);
  self->way = g_malloc0 (n);
  self->hand = g_malloc0 (n);
  self->broken = g_malloc0 (n);
  self->order = g_new (int, n);
  for (gsize t = 0; t < n; t++)
    self->order[t] = (int) t;
  self->open = self->plan_stale = TRUE;
}

static void
tell_playhead (FyLiveFlow *self)
{
  if (self->playhead >= 0 && self->playhead < self->shape.n_frames)
    self->live->playhead_step = self->frame[self->playhead].step;
}

gboolean
fy_live_wait_for_news (FyLiveFlow *self, gboolean busy)
{
  FyLive *live = self->live;
  g_auto (News) news = { NULL };
  FyPropagateParams params;
  gboolean other_params;

  g_mutex_lock (&live->mutex);
  while (
      !live->ended &&
      (!live->opened ||
       (!busy && !live->objects_news && live->given_news->len == 0 && !live->way_news &&
        live->arrived->len == 0 && live->broken_news->len == 0 && !live->asks_news && self->open &&
        live->propagate_serial == self->params_serial && live->playhead == self->playhead)))
    {
      if (live->opened &&
          live->flowing) /* told once it is true: who waits for idleness asks then */
        {
          live->flowing = FALSE;
          fy_live_tell_progress (live);
        }
      g_cond_wait (&live->flow_wake, &live->mutex);
    }
  live->flowing = TRUE;
  if (live->ended)
    {
      live->updating = NULL;
      g_mutex_unlock (&live->mutex);
      return FALSE;
    }
  if (!self->open)
    {
      take_shape (self);
      g_mutex_unlock (&live->mutex);
      return TRUE;
    }
  take_news (self, &news);
  params = live->propagate;
  other_params = live->propagate_serial != self->params_serial;
  self->params_serial = live->propagate_serial;
  tell_playhead (self);
  g_mutex_unlock (&live->mutex);
  apply_news (self, &news);
  if (other_params)
    take_params (self, &params);
  return TRUE;
}
