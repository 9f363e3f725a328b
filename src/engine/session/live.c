/* SPDX-License-Identifier: MIT */
/* What the main thread sees of FyLive: it says what is wanted and is told what came of it. */
#include "base/text.h"
#include "session/live-internal.h"

#include <string.h>

/* Microseconds of callbacks in one go; then others have their turn. */
#define TELL_AT_MOST 4000

void
fy_live_list_free (gpointer data)
{
  FyLiveList *list = data;

  fy_neighbours_unref (list->list);
  g_free (list);
}

void
fy_live_result_free (gpointer data)
{
  FyLiveResult *result = data;

  g_clear_pointer (&result->map, fy_run_map_unref);
  g_free (result->ids);
  g_free (result->trust);
  g_free (result->point);
  g_free (result);
}

void
fy_live_call_free (gpointer data)
{
  FyLiveCall *call = data;

  if (call->data_free != NULL)
    call->data_free (call->data);
  g_object_unref (call->task);
  g_free (call);
}

static void
clear_given (gpointer data)
{
  g_clear_pointer (&((FyLiveGiven *) data)->labels, fy_frame_labels_unref);
}

/* --- Telling the main thread --- */

typedef struct
{
  GSource source;
  FyLive *live;
} Teller;

void
fy_live_tell (FyLive *self)
{
  if (self->source != NULL)
    g_source_set_ready_time (self->source, 0);
}

void
fy_live_tell_progress (FyLive *self)
{
  self->progress_news = TRUE;
  fy_live_tell (self);
}

static void
unref_live (FyLive *self)
{
  if (--self->refs > 0)
    return;
  g_ptr_array_unref (self->objects);
  g_array_unref (self->given);
  g_array_unref (self->given_news);
  g_array_unref (self->wishes);
  g_ptr_array_unref (self->arrived);
  g_array_unref (self->broken_news);
  g_hash_table_unref (self->results);
  g_array_unref (self->result_order);
  g_clear_error (&self->error_news);
  g_string_free (self->notes, TRUE);
  g_free (self->session_notes);
  g_free ((char *) self->info.device);
  g_free ((char *) self->info.notes);
  g_free ((char *) self->params.device);
  g_free ((char *) self->params.fine);
  g_free ((char *) self->params.semantic);
  g_free ((char *) self->params.cache);
  g_free (self->way);
  g_free (self->ready);
  g_free (self->input);
  g_main_context_unref (self->context);
  g_cond_clear (&self->compute_wake);
  g_cond_clear (&self->flow_wake);
  g_mutex_clear (&self->mutex);
  g_free (self);
}

/* Takes one result out.  Returns: (transfer full), nullable. */
static FyLiveResult *
take_result (FyLive *self)
{
  FyLiveResult *result = NULL;
  int frame;

  if (self->result_order->len == 0)
    return NULL;
  frame = g_array_index (self->result_order, int, 0);
  g_array_remove_index (self->result_order, 0);
  g_hash_table_steal_extended (self->results, GINT_TO_POINTER (frame), NULL, (gpointer *) &result);
  return result;
}

void
fy_live_call_finish (FyLiveCall *call)
{
  if (call->cancelled != 0)
    g_cancellable_disconnect (g_task_get_cancellable (call->task), call->cancelled);
  if (call->callback != NULL)
    call->callback (NULL, G_ASYNC_RESULT (call->task), call->user_data);
  fy_live_call_free (call);
}

static void
tell_result (FyLive *self, FyLiveResult *result)
{
  FyLiveFrame frame = { result->frame, result->serial, result->map,   result->ids,
                        result->trust, result->n,      result->point, result->n_points };

  if (self->funcs.carried != NULL)
    self->funcs.carried (self, &frame, self->user_data);
  fy_live_result_free (result);
}

/* Tells one thing, in the order in which they matter.  Returns: FALSE when there is nothing to tell. */
static gboolean
tell_one (FyLive *self)
{
  g_autoptr (GError) error = NULL;
  FyLiveResult *result = NULL;
  FyLiveCall *call = NULL;
  gboolean opened, progress = FALSE;

  g_mutex_lock (&self->mutex);
  opened = self->opened_news;
  self->opened_news = FALSE;
  if (!opened && (error = g_steal_pointer (&self->error_news)) == NULL &&
      (call = g_queue_pop_head (&self->done)) == NULL && (result = take_result (self)) == NULL)
    {
      progress = self->progress_news;
      self->progress_news = FALSE;
    }
  g_mutex_unlock (&self->mutex);
  if (opened && self->funcs.opened != NULL)
    self->funcs.opened (self, &self->info, self->user_data);
  if (error != NULL && self->funcs.failed != NULL)
    self->funcs.failed (self, error, self->user_data);
  if (call != NULL)
    fy_live_call_finish (call);
  if (result != NULL)
    tell_result (self, result);
  if (progress && self->funcs.progress != NULL)
    self->funcs.progress (self, self->user_data);
  return opened || error != NULL || call != NULL || result != NULL || progress;
}

static gboolean
dispatch (GSource *source, GSourceFunc func, gpointer user_data)
{
  FyLive *self = ((Teller *) source)->live;
  gint64 end = g_get_monotonic_time () + TELL_AT_MOST;
  gboolean more = TRUE;

  self->refs++;
  g_source_set_ready_time (source, -1);
  while (!self->closed && more && g_get_monotonic_time () < end)
    more = tell_one (self);
  if (!self->closed && more)
    g_source_set_ready_time (source, 0);
  unref_live (self);
  return G_SOURCE_CONTINUE;
}

static GSourceFuncs teller_funcs = { .dispatch = dispatch };

/* --- Beginning and end --- */

static void
init_wanted (FyLive *self)
{
  self->objects = g_ptr_array_new_with_free_func ((GDestroyNotify) fy_object_unref);
  self->given = g_array_new (FALSE, TRUE, sizeof (FyLiveGiven));
  g_array_set_clear_func (self->given, clear_given);
  self->given_news = g_array_new (FALSE, FALSE, sizeof (int));
  self->wishes = g_array_new (FALSE, FALSE, sizeof (FyLiveWish));
  self->arrived = g_ptr_array_new_with_free_func (fy_live_list_free);
  self->broken_news = g_array_new (FALSE, FALSE, sizeof (int));
  self->results = g_hash_table_new_full (NULL, NULL, NULL, fy_live_result_free);
  self->result_order = g_array_new (FALSE, FALSE, sizeof (int));
  self->notes = g_string_new (NULL);
}

FyLive *
fy_live_new (const char *input,
             const FySessionParams *params,
             const FyLiveFuncs *funcs,
             gpointer user_data)
{
  FyLive *self = g_new0 (FyLive, 1);

  self->refs = 1;
  self->asked = -1;
  self->flowing = TRUE; /* until it has seen that there is nothing */
  self->input = g_strdup (input);
  self->params = *params;
  self->params.device = g_strdup (params->device);
  self->params.fine = g_strdup (params->fine);
  self->params.semantic = g_strdup (params->semantic);
  self->params.cache = g_strdup (params->cache);
  self->propagate = params->propagate;
  self->funcs = *funcs;
  self->user_data = user_data;
  g_mutex_init (&self->mutex);
  g_cond_init (&self->compute_wake);
  g_cond_init (&self->flow_wake);
  init_wanted (self);
  self->context = g_main_context_ref_thread_default ();
  self->source = g_source_new (&teller_funcs, sizeof (Teller));
  ((Teller *) self->source)->live = self;
  g_source_set_priority (self->source, G_PRIORITY_HIGH_IDLE); /* after input, before drawing */
  g_source_set_static_name (self->source, "FyLive");
  g_source_attach (self->source, self->context);
  self->compute = g_thread_new ("fy-compute", fy_live_compute, self);
  self->flow = g_thread_new ("fy-flow", fy_live_flow, self);
  return self;
}

static void
end_threads (FyLive *self)
{
  g_mutex_lock (&self->mutex);
  self->ended = TRUE;
  if (self->computing != NULL)
    g_cancellable_cancel (self->computing);
  if (self->calling != NULL)
    g_cancellable_cancel (self->calling);
  if (self->updating != NULL)
    g_cancellable_cancel (self->updating);
  g_cond_broadcast (&self->compute_wake);
  g_cond_broadcast (&self->flow_wake);
  g_mutex_unlock (&self->mutex);
  g_thread_join (self->compute);
  g_thread_join (self->flow);
}

void
fy_live_free (FyLive *self)
{
  FyLiveCall *call;

  if (self == NULL)
    return;
  end_threads (self);
  self->closed = TRUE;
  g_source_destroy (self->source);
  g_source_unref (g_steal_pointer (&self->source));
  while ((call = g_queue_pop_head (&self->done)) != NULL)
    fy_live_call_finish (call);
  while ((call = g_queue_pop_head (&self->calls)) != NULL ||
         (call = g_queue_pop_head (&self->asks)) != NULL)
    {
      g_task_return_new_error (call->task, G_IO_ERROR, G_IO_ERROR_CANCELLED,
                               _ ("the clip was closed"));
      fy_live_call_finish (call);
    }
  unref_live (self);
}

/* --- What is wanted --- */

static gboolean
has_hand (const FyFrameLabels *labels)
{
  return labels != NULL && fy_frame_labels_has_hand (labels);
}

/* There is something new for the flow thread; with the mutex held. */
static void
wake_flow (FyLive *self)
{
  if (self->updating != NULL)
    g_cancellable_cancel (self->updating);
  g_cond_signal (&self->flow_wake);
}

void
fy_live_set_playhead (FyLive *self, int frame)
{
  g_mutex_lock (&self->mutex);
  if (frame != self->playhead)
    {
      self->playhead = frame;
      self->flowing = TRUE;
      g_cond_signal (&self->flow_wake); /* nothing has to be interrupted for it */
    }
  g_mutex_unlock (&self->mutex);
}

void
fy_live_set_objects (FyLive *self, FyObject *const *object, int n)
{
  g_mutex_lock (&self->mutex);
  g_ptr_array_set_size (self->objects, 0);
  for (int i = 0; i < n; i++)
    g_ptr_array_add (self->objects, fy_object_ref (object[i]));
  self->objects_news = TRUE;
  self->edition++;
  wake_flow (self);
  g_mutex_unlock (&self->mutex);
}

void
fy_live_set_labels (FyLive *self, int frame, FyFrameLabels *labels, guint serial)
{
  FyLiveGiven *given;
  gboolean hand;

  g_return_if_fail (frame >= 0);
  g_mutex_lock (&self->mutex);
  if ((guint) frame >= self->given->len)
    g_array_set_size (self->given, (guint) frame + 1);
  given = &g_array_index (self->given, FyLiveGiven, frame);
  hand = has_hand (given->labels) || has_hand (labels);
  g_clear_pointer (&given->labels, fy_frame_labels_unref);
  given->labels = labels != NULL ? fy_frame_labels_ref (labels) : NULL;
  given->serial = serial;
  if (!given->news)
    g_array_append_val (self->given_news, frame);
  given->news = TRUE;
  if (hand)
    {
      self->edition++;
      wake_flow (self);
    }
  else
    g_cond_signal (&self->flow_wake); /* what was carried comes back: interrupts nothing */
  g_mutex_unlock (&self->mutex);
}

void
fy_live_set_ways (FyLive *self, const guint8 *way)
{
  g_mutex_lock (&self->mutex);
  g_warn_if_fail (self->opened);
  if (self->opened)
    {
      g_free (self->way);
      self->way = g_memdup2 (way, (gsize) self->shape.n_frames);
      self->way_news = TRUE;
      self->edition++;
      wake_flow (self);
    }
  g_mutex_unlock (&self->mutex);
}

void
fy_live_set_params (FyLive *self, const FyPropagateParams *params)
{
  g_return_if_fail (fy_params_check (params, NULL));
  g_return_if_fail (!params->fused == !self->params.propagate.fused);
  g_mutex_lock (&self->mutex);
  self->propagate = *params;
  self->propagate_serial++;
  self->edition++;
  self->flowing = TRUE;
  g_array_set_size (self->wishes, 0); /* the flow thread wishes anew */
  wake_flow (self);
  g_cond_signal (&self->compute_wake);
  g_mutex_unlock (&self->mutex);
}

static void
set_paused (FyLive *self, gboolean paused)
{
  g_mutex_lock (&self->mutex);
  self->paused = paused;
  fy_live_tell_progress (self);
  g_cond_signal (&self->compute_wake);
  g_mutex_unlock (&self->mutex);
}

void
fy_live_pause (FyLive *self)
{
  set_paused (self, TRUE);
}

void
fy_live_resume (FyLive *self)
{
  set_paused (self, FALSE);
}

gboolean
fy_live_is_paused (FyLive *self)
{
  gboolean paused;

  g_mutex_lock (&self->mutex);
  paused = self->paused;
  g_mutex_unlock (&self->mutex);
  return paused;
}

void
fy_live_set_yielding (FyLive *self, gboolean yielding)
{
  g_mutex_lock (&self->mutex);
  self->yielding = yielding;
  if (yielding && self->opened && self->asked < 0 && self->computing != NULL)
    g_cancellable_cancel (self->computing); /* what it has seen already is kept */
  g_cond_signal (&self->compute_wake);
  g_mutex_unlock (&self->mutex);
}

/* --- How far it is --- */

FyReady
fy_live_ready (FyLive *self, int frame)
{
  FyReady ready = FY_READY_NONE;

  g_mutex_lock (&self->mutex);
  if (self->ready != NULL && frame >= 0 && frame < self->shape.n_frames)
    ready = (FyReady) self->ready[frame];
  g_mutex_unlock (&self->mutex);
  return ready;
}

void
fy_live_get_progress (FyLive *self, FyLiveProgress *progress)
{
  g_mutex_lock (&self->mutex);
  *progress = (FyLiveProgress){
    .lists_left = !self->opened ? -1 : (int) self->wishes->len + (self->computing != NULL),
    .carrying = self->carrying,
    .seconds_per_frame = self->seconds_per_list * MAX (self->lists_per_frame, 1),
    .seconds_left = -1,
    .opening = !self->opened && !self->failed,
    .paused = self->paused,
  };
  if (progress->lists_left == 0 || (self->opened && self->seconds_per_list > 0))
    progress->seconds_left = progress->lists_left * self->seconds_per_list;
  g_mutex_unlock (&self->mutex);
}

/* With the mutex held. */
static gboolean
has_news (const FyLive *self)
{
  return self->objects_news || self->given_news->len > 0 || self->way_news ||
         self->arrived->len > 0 || self->broken_news->len > 0 || self->asks.length > 0 ||
         self->flowing;
}

gboolean
fy_live_is_idle (FyLive *self)
{
  gboolean idle;

  g_mutex_lock (&self->mutex);
  idle = (self->opened || self->failed) && !(self->opened && has_news (self)) &&
         self->computing == NULL && self->calling == NULL && self->done.length == 0 &&
         (self->paused || self->wishes->len == 0) && self->calls.length == 0 &&
         self->result_order->len == 0 && !self->opened_news;
  g_mutex_unlock (&self->mutex);
  return idle;
}

char *
fy_live_notes (FyLive *self)
{
  char *notes;

  g_mutex_lock (&self->mutex);
  notes =
      g_strconcat (self->session_notes != NULL ? self->session_notes : "", self->notes->str, NULL);
  g_mutex_unlock (&self->mutex);
  return notes;
}

/* --- Asking the session --- */

void
fy_live_run_async (FyLive *self,
                   FyLiveJob job,
                   gpointer data,
                   GDestroyNotify data_free,
                   GDestroyNotify result_free,
                   GCancellable *cancellable,
                   GAsyncReadyCallback callback,
                   gpointer user_data)
{
  FyLiveCall *call = g_new (FyLiveCall, 1);

  *call = (FyLiveCall){
    job,      data,     data_free, result_free, g_task_new (NULL, cancellable, NULL, NULL),
    callback, user_data
  };
  g_mutex_lock (&self->mutex);
  g_queue_push_tail (&self->calls, call);
  g_cond_signal (&self->compute_wake);
  g_mutex_unlock (&self->mutex);
}

gpointer
fy_live_run_finish (FyLive *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
