/* SPDX-License-Identifier: MIT */
/* The compute thread: opens the session, then computes list after list, nearest to the play-head first,
 * and does what is asked of the session in between. */
#include "base/error.h"
#include "base/text.h"
#include "session/internal.h"
#include "session/live-internal.h"

/* --- Choosing --- */

/* How long a wish has to wait.  What the frame at the play-head, or one that is asked for, is carried through comes first, in
 * carrying order; then what is near, a frame ahead counting half as far as one behind. */
static gint64
turn_of (const FyLive *self, const FyLiveWish *wish)
{
  int at = self->asked >= 0 ? self->asked : self->playhead;
  FyLiveStep step = self->asked >= 0 ? self->asked_step : self->playhead_step;
  gint64 ahead = wish->wish.target - at, turn = ahead >= 0 ? 2 * ahead : -4 * ahead + 1;
  int way = ABS (wish->wish.target - wish->step.first);
  gboolean on_path = wish->step.direction != 0 && wish->step.first == step.first &&
                     wish->step.direction == step.direction && way <= ABS (at - wish->step.first);

  if (on_path)
    return way;
  return turn + ((gint64) 1 << 32) + (wish->late ? (gint64) 1 << 34 : 0);
}

/* With the mutex held. */
static gboolean
take_wish (FyLive *self, FyLiveWish *wish)
{
  guint best = 0;
  gint64 turn = G_MAXINT64;

  if (((self->paused || self->yielding) && self->asked < 0) || self->failed ||
      self->wishes->len == 0)
    return FALSE;
  for (guint i = 0; i < self->wishes->len; i++)
    {
      gint64 other = turn_of (self, &g_array_index (self->wishes, FyLiveWish, i));

      if (other < turn)
        {
          best = i;
          turn = other;
        }
    }
  *wish = g_array_index (self->wishes, FyLiveWish, best);
  g_array_remove_index (self->wishes, best);
  return TRUE;
}

/* --- Opening --- */

/* With the mutex held. */
static void
keep_notes (FyLive *self, FySession *session)
{
  g_free (self->session_notes);
  self->session_notes = g_strdup (fy_session_notes (session));
}

static void
fail (FyLive *self, GError *error)
{
  g_mutex_lock (&self->mutex);
  self->failed = TRUE;
  g_array_set_size (self->wishes, 0);
  g_clear_error (&self->error_news);
  self->error_news = error;
  fy_live_tell (self);
  g_mutex_unlock (&self->mutex);
}

static void
announce (FyLive *self, FySession *session)
{
  const FyClipInfo *clip = fy_clip_info (fy_session_clip (session));
  FyLiveShape shape = { .n_frames = clip->n_frames, .width = clip->width, .height = clip->height };
  FyLiveInfo info = { .device = g_strdup (fy_device_title (fy_session_device (session))),
                      .notes = g_strdup (fy_session_notes (session)),
                      .n_frames = clip->n_frames,
                      .width = clip->width,
                      .height = clip->height,
                      .n_parts = session->n_parts };

  fy_session_network_size (session, &info.network_width, &info.network_height);
  fy_session_grid_size (session, &info.grid_width, &info.grid_height);
  shape.grid_width = info.grid_width;
  shape.grid_height = info.grid_height;
  shape.cells = shape.grid_width * shape.grid_height;
  g_mutex_lock (&self->mutex);
  self->shape = shape;
  self->info = info;
  self->ready = g_malloc0 ((gsize) shape.n_frames);
  self->opened = self->opened_news = TRUE;
  keep_notes (self, session);
  g_cond_signal (&self->flow_wake);
  fy_live_tell (self);
  g_mutex_unlock (&self->mutex);
}

static FySession *
open_session (FyLive *self)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  FySession *session;

  g_mutex_lock (&self->mutex);
  self->computing = cancellable;
  if (self->ended)
    g_cancellable_cancel (cancellable);
  g_mutex_unlock (&self->mutex);
  session = fy_session_new (self->input, &self->params, cancellable, &error);
  g_mutex_lock (&self->mutex);
  self->computing = NULL;
  g_mutex_unlock (&self->mutex);
  if (session != NULL)
    announce (self, session);
  else
    fail (self, g_steal_pointer (&error));
  return session;
}

/* --- Lists --- */

/* Which of the frames that a list takes cannot be decoded; passed over from now on. */
static gboolean
find_broken (FyLive *self,
             FySession *session,
             const FyListWish *wish,
             const GError *why,
             GCancellable *cancellable)
{
  g_autoptr (GArray) broken = g_array_new (FALSE, FALSE, sizeof (int));

  if (!g_error_matches (why, FY_ERROR, FY_ERROR_DECODE))
    return FALSE;
  for (int at = wish->begin; at <= wish->end; at++)
    {
      int frame = at < wish->end ? at : wish->target;
      g_autoptr (GError) error = NULL;
      g_autoptr (FyFeatures) features =
          fy_session_features (session, frame, FALSE, cancellable, &error);

      if (features == NULL && g_error_matches (error, FY_ERROR, FY_ERROR_DECODE))
        {
          g_array_append_val (broken, frame);
          g_mutex_lock (&self->mutex);
          g_string_append_printf (self->notes, _ ("%s; passed over\n"), error->message);
          g_mutex_unlock (&self->mutex);
        }
    }
  g_mutex_lock (&self->mutex);
  g_array_append_vals (self->broken_news, broken->data, broken->len);
  g_cond_signal (&self->flow_wake);
  g_mutex_unlock (&self->mutex);
  return broken->len > 0;
}

/* With the mutex held. */
static void
keep_list (FyLive *self, const FyListWish *wish, FyNeighbours *list, double seconds)
{
  FyLiveList *arrived = g_new (FyLiveList, 1);

  *arrived = (FyLiveList){ *wish, list, ++self->n_arrived };
  g_ptr_array_add (self->arrived, arrived);
  self->seconds_per_list =
      self->seconds_per_list > 0 ? 0.9 * self->seconds_per_list + 0.1 * seconds : seconds;
  g_cond_signal (&self->flow_wake);
  fy_live_tell_progress (self);
}

/* With the mutex held, which it lets go while it computes. */
static void
compute_list (FyLive *self, FySession *session, const FyLiveWish *live_wish)
{
  const FyListWish *wish = &live_wish->wish;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  gint64 clock = g_get_monotonic_time ();
  FyNeighbours *list;

  self->computing = cancellable;
  self->in_hand = *wish;
  self->in_hand_serial = self->propagate_serial;
  fy_session_set_playhead (session, self->playhead);
  g_mutex_unlock (&self->mutex);
  list = fy_session_list (session, wish->target, wish->begin, wish->end, wish->radius, cancellable,
                          &error);
  if (list == NULL && !g_cancellable_is_cancelled (cancellable) &&
      !find_broken (self, session, wish, error, cancellable) &&
      !g_cancellable_is_cancelled (cancellable))
    fail (self, g_steal_pointer (&error));
  g_mutex_lock (&self->mutex);
  self->computing = NULL;
  keep_notes (self, session);
  if (list != NULL && self->in_hand_serial == self->propagate_serial)
    keep_list (self, wish, list, fy_session_lap (&clock));
  else
    fy_neighbours_unref (list);
  if (list == NULL && g_cancellable_is_cancelled (cancellable) &&
      self->in_hand_serial == self->propagate_serial) /* it gave way, see fy_live_set_yielding */
    g_array_append_val (self->wishes, *live_wish);
}

/* --- Calls --- */

static void
pass_on (GCancellable *from, gpointer to)
{
  g_cancellable_cancel (to);
}

/* With the mutex held, which it lets go meanwhile.  session: NULL when it could not be opened. */
static void
do_call (FyLive *self, FySession *session, FyLiveCall *call)
{
  GCancellable *asked = g_task_get_cancellable (call->task);
  g_autoptr (GCancellable) cancellable = g_cancellable_new (); /* by whom asked, or by the end */
  g_autoptr (GError) error = NULL;
  gpointer result = NULL;
  gulong handler = 0;

  self->calling = cancellable;
  g_mutex_unlock (&self->mutex);
  if (asked != NULL)
    handler = g_cancellable_connect (asked, G_CALLBACK (pass_on), cancellable, NULL);
  if (session == NULL)
    g_set_error_literal (&error, G_IO_ERROR, G_IO_ERROR_CLOSED, _ ("the clip could not be opened"));
  else if (!g_cancellable_set_error_if_cancelled (cancellable, &error))
    result = call->job (session, call->data, cancellable, &error);
  g_cancellable_disconnect (asked, handler);
  if (error != NULL)
    g_task_return_error (call->task, g_steal_pointer (&error));
  else
    g_task_return_pointer (call->task, result, call->result_free);
  g_mutex_lock (&self->mutex);
  self->calling = NULL;
  g_queue_push_tail (&self->done, call);
  fy_live_tell (self);
}

/* --- The thread --- */

/* With the mutex held. */
static gboolean
do_something (FyLive *self, FySession *session, guint *serial)
{
  FyLiveCall *call = g_queue_pop_head (&self->calls);
  FyLiveWish wish;
  FyPropagateParams params = self->propagate;
  g_autoptr (GError) error = NULL;

  if (call != NULL)
    do_call (self, session, call);
  else if (session != NULL && *serial != self->propagate_serial)
    {
      *serial = self->propagate_serial;
      g_mutex_unlock (&self->mutex);
      if (!fy_session_set_params (session, &params, &error))
        fail (self, g_steal_pointer (&error));
      g_mutex_lock (&self->mutex);
    }
  else if (session != NULL && take_wish (self, &wish))
    compute_list (self, session, &wish);
  else
    return FALSE;
  return TRUE;
}

gpointer
fy_live_compute (gpointer data)
{
  FyLive *self = data;
  g_autoptr (FySession) session = open_session (self);
  guint serial = 0;

  g_mutex_lock (&self->mutex);
  while (!self->ended)
    if (!do_something (self, session, &serial))
      {
        fy_live_tell_progress (self);
        g_cond_wait (&self->compute_wake, &self->mutex);
      }
  g_mutex_unlock (&self->mutex);
  return NULL;
}
