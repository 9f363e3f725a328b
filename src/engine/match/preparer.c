/* SPDX-License-Identifier: MIT */
#include "match/preparer.h"

struct FyPreparer
{
  FyListFunc compute;
  FyReadyFunc ready;
  gpointer user_data;
  GThread *thread;

  GMutex mutex; /* guards what follows */
  GCond wake;   /* there may be something to do  */
  GCond rest;   /* there may be nothing left     */
  FySchedule *schedule;
  GCancellable *cancellable; /* of the list in hand; NULL between two */
  gboolean in_hand_is_batch;
  gboolean paused;
  gboolean ended;
  GError *error;
};

/* With the mutex held. */
static gboolean
take (FyPreparer *self, FyListWish *wish)
{
  gboolean interactive = fy_schedule_take (self->schedule, FY_LANE_INTERACTIVE, wish);

  self->in_hand_is_batch = !interactive;
  return interactive || (!self->paused && fy_schedule_take (self->schedule, FY_LANE_BATCH, wish));
}

/* With the mutex held, which it lets go while it computes. */
static void
do_one (FyPreparer *self, const FyListWish *wish)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (FyNeighbours) list = NULL;
  g_autoptr (GError) error = NULL;

  self->cancellable = cancellable;
  g_mutex_unlock (&self->mutex);
  list = self->compute (wish, self->user_data, cancellable, &error);
  if (list != NULL && self->ready != NULL)
    self->ready (wish, list, self->user_data);
  g_mutex_lock (&self->mutex);
  self->cancellable = NULL;
  if (list != NULL || g_cancellable_is_cancelled (cancellable))
    return;
  for (int lane = 0; lane < FY_N_LANES; lane++)
    fy_schedule_forget (self->schedule, (FyLane) lane);
  g_clear_error (&self->error);
  self->error = g_steal_pointer (&error);
}

static gpointer
work (gpointer data)
{
  FyPreparer *self = data;
  FyListWish wish;

  g_mutex_lock (&self->mutex);
  while (!self->ended)
    if (take (self, &wish))
      {
        do_one (self, &wish);
        g_cond_broadcast (&self->rest);
      }
    else
      g_cond_wait (&self->wake, &self->mutex);
  g_mutex_unlock (&self->mutex);
  return NULL;
}

FyPreparer *
fy_preparer_new (FyListFunc compute, FyReadyFunc ready, gpointer user_data)
{
  FyPreparer *self = g_new0 (FyPreparer, 1);

  self->compute = compute;
  self->ready = ready;
  self->user_data = user_data;
  self->schedule = fy_schedule_new ();
  g_mutex_init (&self->mutex);
  g_cond_init (&self->wake);
  g_cond_init (&self->rest);
  self->thread = g_thread_new ("fy-compute", work, self);
  return self;
}

void
fy_preparer_free (FyPreparer *self)
{
  if (self == NULL)
    return;
  g_mutex_lock (&self->mutex);
  self->ended = TRUE;
  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_cond_signal (&self->wake);
  g_mutex_unlock (&self->mutex);
  g_thread_join (self->thread);
  fy_schedule_free (self->schedule);
  g_clear_error (&self->error);
  g_cond_clear (&self->rest);
  g_cond_clear (&self->wake);
  g_mutex_clear (&self->mutex);
  g_free (self);
}

void
fy_preparer_want (FyPreparer *self, FyLane lane, const FyListWish *wish, int n)
{
  g_mutex_lock (&self->mutex);
  for (int i = 0; i < n; i++)
    fy_schedule_add (self->schedule, lane, &wish[i]);
  g_cond_signal (&self->wake);
  g_mutex_unlock (&self->mutex);
}

void
fy_preparer_set_playhead (FyPreparer *self, int frame)
{
  g_mutex_lock (&self->mutex);
  fy_schedule_set_playhead (self->schedule, frame);
  g_mutex_unlock (&self->mutex);
}

static void
set_paused (FyPreparer *self, gboolean paused)
{
  g_mutex_lock (&self->mutex);
  self->paused = paused;
  g_cond_signal (&self->wake);
  g_cond_broadcast (&self->rest);
  g_mutex_unlock (&self->mutex);
}

void
fy_preparer_pause (FyPreparer *self)
{
  set_paused (self, TRUE);
}

void
fy_preparer_resume (FyPreparer *self)
{
  set_paused (self, FALSE);
}

void
fy_preparer_cancel (FyPreparer *self)
{
  g_mutex_lock (&self->mutex);
  fy_schedule_forget (self->schedule, FY_LANE_BATCH);
  if (self->cancellable != NULL && self->in_hand_is_batch)
    g_cancellable_cancel (self->cancellable);
  g_cond_broadcast (&self->rest);
  g_mutex_unlock (&self->mutex);
}

/* With the mutex held. */
static int
count_left (const FyPreparer *self, gboolean batch_too)
{
  return fy_schedule_left (self->schedule, FY_LANE_INTERACTIVE) +
         (batch_too ? fy_schedule_left (self->schedule, FY_LANE_BATCH) : 0) +
         (self->cancellable != NULL);
}

int
fy_preparer_left (FyPreparer *self)
{
  int left;

  g_mutex_lock (&self->mutex);
  left = count_left (self, TRUE);
  g_mutex_unlock (&self->mutex);
  return left;
}

gboolean
fy_preparer_wait (FyPreparer *self, gint64 timeout_us, GError **error)
{
  gint64 end = g_get_monotonic_time () + timeout_us;
  gboolean in_time = TRUE;
  GError *failed;

  g_mutex_lock (&self->mutex);
  while (in_time && self->error == NULL && count_left (self, !self->paused) > 0)
    in_time = g_cond_wait_until (&self->rest, &self->mutex, end);
  in_time = count_left (self, !self->paused) == 0;
  failed = g_steal_pointer (&self->error);
  g_mutex_unlock (&self->mutex);
  if (failed == NULL)
    return in_time;
  g_propagate_error (error, failed);
  return FALSE;
}
