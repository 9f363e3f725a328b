/* SPDX-License-Identifier: MIT */
/* Soft labels of masks, handed to who asks for them. */
#include "base/error.h"
#include "base/text.h"
#include "session/live-state.h"

#include <string.h>

void
fy_live_soft_free (FyLiveSoft *self)
{
  if (self == NULL)
    return;
  g_free (self->ids);
  g_free (self->soft);
  g_free (self);
}

/* --- Main thread --- */

guint
fy_live_edition (FyLive *self)
{
  guint edition;

  g_mutex_lock (&self->mutex);
  edition = self->edition;
  g_mutex_unlock (&self->mutex);
  return edition;
}

static void
refuse (const FyLiveCall *ask)
{
  g_task_return_new_error (ask->task, FY_ERROR, FY_ERROR_UNSUPPORTED,
                           _ ("the soft labels of frame %d are not at hand"), ask->frame);
}

static void
on_cancelled (GCancellable *cancellable, FyLive *self)
{
  g_mutex_lock (&self->mutex);
  self->asks_news = TRUE;
  g_cond_signal (&self->flow_wake);
  g_mutex_unlock (&self->mutex);
}

void
fy_live_soft_async (FyLive *self,
                    int frame,
                    guint edition,
                    GCancellable *cancellable,
                    GAsyncReadyCallback callback,
                    gpointer user_data)
{
  FyLiveCall *call = g_new0 (FyLiveCall, 1);

  *call = (FyLiveCall){ .task = g_task_new (NULL, cancellable, NULL, NULL),
                        .callback = callback,
                        .user_data = user_data,
                        .frame = frame,
                        .edition = edition };
  if (cancellable != NULL)
    call->cancelled = g_cancellable_connect (cancellable, G_CALLBACK (on_cancelled), self, NULL);
  g_mutex_lock (&self->mutex);
  if (self->opened)
    {
      g_queue_push_tail (&self->asks, call);
      self->asks_news = TRUE;
      g_cond_signal (&self->flow_wake);
    }
  else
    {
      refuse (call);
      g_queue_push_tail (&self->done, call);
      fy_live_tell (self);
    }
  g_mutex_unlock (&self->mutex);
}

FyLiveSoft *
fy_live_soft_finish (FyLive *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* --- Flow thread --- */

static FyLiveSoft *
gather (const FyLiveFlow *self, int frame)
{
  FyFlow *flow = self->flow[FY_LIVE_MASKS];
  int n = fy_flow_is_known (flow, frame) ? fy_live_n_classes (self, FY_LIVE_MASKS) : 0;
  gsize cells = (gsize) self->shape.cells;
  FyLiveSoft *soft = g_new (FyLiveSoft, 1);

  *soft = (FyLiveSoft){ .frame = frame,
                        .grid_width = self->shape.grid_width,
                        .grid_height = self->shape.grid_height,
                        .ids = g_new (guint16, (gsize) n + 1),
                        .soft = g_new (float, (gsize) n *cells + 1) };
  for (int c = 0; c < n; c++)
    {
      const float *plane = fy_flow_peek (flow, frame, c + 1);

      if (plane == NULL || !self->existing[FY_LIVE_MASKS][c])
        continue;
      memcpy (soft->soft + (gsize) soft->n * cells, plane, cells * sizeof (float));
      soft->ids[soft->n++] = fy_live_class (self, FY_LIVE_MASKS, c)->object;
    }
  return soft;
}

/* Whether all that is known so far has been taken into account. */
static gboolean
is_calm (const FyLiveFlow *self)
{
  gboolean calm = !self->flow_stale && !self->good_stale && !self->plan_stale;

  for (int t = 0; t < self->shape.n_frames && calm; t++)
    calm = !self->frame[t].votes_stale && !self->frame[t].pins_stale;
  return calm;
}

/* With the mutex held.  Whether there is nothing left to wait for. */
static gboolean
is_at_end (const FyLive *live)
{
  return live->wishes->len == 0 && live->computing == NULL && live->arrived->len == 0 &&
         live->given_news->len == 0 && live->broken_news->len == 0 && !live->objects_news &&
         !live->way_news;
}

/* With the mutex held.  Returns: FALSE when it has to wait. */
static gboolean
answer (FyLiveFlow *self, const FyLiveCall *ask, gboolean busy)
{
  FyLive *live = self->live;
  gboolean seen = self->edition == live->edition;

  if (g_task_return_error_if_cancelled (ask->task))
    return TRUE;
  if (ask->edition != live->edition || ask->frame >= self->shape.n_frames ||
      (seen && self->frame[ask->frame].asleep))
    {
      refuse (ask);
      return TRUE;
    }
  if (seen && is_calm (self) &&
      (!fy_live_needs_votes (self, ask->frame) || self->frame[ask->frame].settled))
    {
      g_task_return_pointer (ask->task, gather (self, ask->frame),
                             (GDestroyNotify) fy_live_soft_free);
      return TRUE;
    }
  if (live->failed || (!busy && is_at_end (live)))
    {
      refuse (ask);
      return TRUE;
    }
  return FALSE;
}

void
fy_live_answer (FyLiveFlow *self, gboolean busy)
{
  FyLive *live = self->live;

  g_mutex_lock (&live->mutex);
  for (GList *link = live->asks.head, *next; link != NULL; link = next)
    {
      next = link->next;
      if (!answer (self, link->data, busy))
        continue;
      g_queue_push_tail (&live->done, link->data);
      g_queue_delete_link (&live->asks, link);
      fy_live_tell (live);
    }
  live->asked = -1;
  if (live->asks.head != NULL)
    {
      live->asked = ((const FyLiveCall *) live->asks.head->data)->frame;
      live->asked_step = self->frame[live->asked].step;
      g_cond_signal (&live->compute_wake);
    }
  g_mutex_unlock (&live->mutex);
}
