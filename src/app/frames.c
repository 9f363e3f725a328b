/* SPDX-License-Identifier: MIT */
#include "app/frames.h"

#include "app/texture.h"
#include "media/frame-cache.h"

#ifdef __GLIBC__
#include <malloc.h>
#endif

#define CACHE_BYTES     ((gsize) 96 << 20) /* of pictures for the window */
#define NEAR_FRAMES     64
#define SMALL_CACHE     2048 /* thumbnails kept */
#define THUMBNAIL_SCALE 2    /* made for double density */
#define NEAR_BEHIND     2    /* frames that are worth finishing for one so far before them, */
#define NEAR_AHEAD      64   /* or behind them */
#define LONGEST_WAIT    (300 * G_TIME_SPAN_MILLISECOND) /* for some picture, while wishes change */

/* What the thread is asked to do; of a lower kind first. */
typedef enum
{
  WISH_FRAME,
  WISH_THUMBNAIL,
  WISH_JOB,
  WISH_QUIT,
} WishKind;

typedef struct
{
  FerryFramesJob func;
  gpointer data;
  GDestroyNotify data_free;
  GDestroyNotify result_free;
} Job;

/* Shared with the thread; it alone touches the clip. */
typedef struct
{
  gatomicrefcount refs;
  FyClip *clip;
  GMainContext *context;
  GWeakRef owner; /* FerryFrames */

  GMutex lock;
  GCond changed;
  int frame;          /* [lock] wished for; -1 = none */
  GQueue thumbnails;  /* [lock] frame numbers, last wish first */
  GQueue jobs;        /* [lock] GTask */
  gboolean quit;      /* [lock] */
  GCancellable *stop; /* [lock] of the frame in hand; NULL = none is */
  WishKind kind;      /* [lock] of that, and its number */
  int number;
  gint64 given; /* [lock] when a picture was given last, or began to be awaited */
} Shared;

typedef struct
{
  FyFrame *frame;
  GdkTexture *texture; /* made when first asked for */
} Small;

struct _FerryFrames
{
  GObject parent_instance;

  Shared *shared;
  GThread *thread;
  FyClipInfo info;
  char *path;
  char *name;
  char *format;
  gint64 *time;
  char **frame_name;
  FyFrameCache *cache;
  GHashTable *small; /* frame number -> Small */
  GQueue small_order;
  GHashTable *asked; /* frame numbers of thumbnails, since they were last forgotten */
};

G_DEFINE_FINAL_TYPE (FerryFrames, ferry_frames, G_TYPE_OBJECT)

enum
{
  WANTED,
  FRAME_READY,
  THUMBNAIL_READY,
  FAILED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
job_free (gpointer data)
{
  Job *job = data;

  if (job->data_free != NULL)
    job->data_free (job->data);
  g_free (job);
}

static void
shared_unref (gpointer data)
{
  Shared *shared = data;

  if (!g_atomic_ref_count_dec (&shared->refs))
    return;
  fy_clip_free (shared->clip);
  g_main_context_unref (shared->context);
  g_weak_ref_clear (&shared->owner);
  g_queue_clear (&shared->thumbnails);
  g_queue_clear_full (&shared->jobs, g_object_unref);
  g_clear_object (&shared->stop);
  g_mutex_clear (&shared->lock);
  g_cond_clear (&shared->changed);
  g_free (shared);
}

/* --- What the thread found, brought to the main context --- */

typedef struct
{
  Shared *shared;
  int number;
  FyFrame *frame; /* nullable: then message */
  char *message;
  gboolean small;
} Found;

static void
found_free (gpointer data)
{
  Found *found = data;

  fy_frame_unref (found->frame);
  g_free (found->message);
  shared_unref (found->shared);
  g_free (found);
}

static void
small_free (gpointer data)
{
  Small *small = data;

  fy_frame_unref (small->frame);
  g_clear_object (&small->texture);
  g_free (small);
}

static void
keep_small (FerryFrames *self, FyFrame *frame, int number)
{
  Small *small = g_new0 (Small, 1);

  small->frame = fy_frame_ref (frame);
  if (!g_hash_table_contains (self->small, GINT_TO_POINTER (number)))
    g_queue_push_head (&self->small_order, GINT_TO_POINTER (number));
  g_hash_table_replace (self->small, GINT_TO_POINTER (number), small);
  while (g_queue_get_length (&self->small_order) > SMALL_CACHE)
    g_hash_table_remove (self->small, g_queue_pop_tail (&self->small_order));
}

static gboolean
deliver (gpointer data)
{
  Found *found = data;
  g_autoptr (FerryFrames) self = g_weak_ref_get (&found->shared->owner);

  if (self == NULL)
    return G_SOURCE_REMOVE;
  if (found->frame == NULL)
    g_signal_emit (self, signals[FAILED], 0, found->number, found->message);
  else if (found->small)
    {
      keep_small (self, found->frame, found->number);
      g_signal_emit (self, signals[THUMBNAIL_READY], 0, found->number);
    }
  else
    {
      fy_frame_cache_add (self->cache, found->frame);
      g_signal_emit (self, signals[FRAME_READY], 0, found->number);
    }
  return G_SOURCE_REMOVE;
}

static void
send (Shared *shared, int number, FyFrame *frame, const char *message, gboolean small)
{
  g_autoptr (GSource) source = g_idle_source_new ();
  Found *found = g_new0 (Found, 1);

  g_atomic_ref_count_inc (&shared->refs);
  *found = (Found){ .shared = shared,
                    .number = number,
                    .frame = frame != NULL ? fy_frame_ref (frame) : NULL,
                    .message = g_strdup (message),
                    .small = small };
  g_source_set_priority (source, small ? G_PRIORITY_DEFAULT_IDLE : G_PRIORITY_DEFAULT);
  g_source_set_callback (source, deliver, found, found_free);
  g_source_attach (source, shared->context);
}

/* --- The thread --- */

static FyFrame *
make_small (FyFrame *frame)
{
  int height = MIN (FERRY_THUMBNAIL_HEIGHT * THUMBNAIL_SCALE, frame->height);
  int width = MAX (1, (int) ((gint64) frame->width * height / frame->height));

  return fy_frame_scale (frame, width, height);
}

static void
decode (Shared *shared, int number, gboolean small, GCancellable *stop)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (FyFrame) frame = fy_clip_frame (shared->clip, number, stop, &error);

  if (frame == NULL)
    {
      if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        send (shared, number, NULL, error->message, small);
      return;
    }
  if (small)
    {
      g_autoptr (FyFrame) scaled = make_small (frame);

      if (scaled != NULL)
        send (shared, number, scaled, NULL, TRUE);
    }
  else
    send (shared, number, frame, NULL, FALSE);
}

static void
run_job (Shared *shared, GTask *task)
{
  Job *job = g_task_get_task_data (task);
  GError *error = NULL;
  gpointer result;

  if (g_task_return_error_if_cancelled (task))
    return;
  result = job->func (shared->clip, job->data, g_task_get_cancellable (task), &error);
  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, result, job->result_free);
}

static gboolean
nothing_more (gpointer task)
{
  return G_SOURCE_REMOVE;
}

/* The last reference to a task drops one to the FerryFrames, which belongs to the main thread. */
static void
let_go (Shared *shared, GTask *task)
{
  g_autoptr (GSource) source = g_idle_source_new ();

  g_source_set_callback (source, nothing_more, task, g_object_unref);
  g_source_attach (source, shared->context);
}

/* Takes what is to be done next.  stop: out, (transfer full), of a picture.  Returns: its kind. */
static WishKind
take (Shared *shared, int *number, GTask **task, GCancellable **stop)
{
  WishKind kind = WISH_QUIT;

  g_mutex_lock (&shared->lock);
  while (!shared->quit && shared->frame < 0 && shared->thumbnails.length == 0 &&
         shared->jobs.length == 0)
    g_cond_wait (&shared->changed, &shared->lock);
  if (shared->quit)
    kind = WISH_QUIT;
  else if (shared->frame >= 0)
    {
      kind = WISH_FRAME;
      *number = shared->frame;
      shared->frame = -1;
    }
  else if (shared->jobs.length > 0)
    {
      kind = WISH_JOB;
      *task = g_queue_pop_head (&shared->jobs);
    }
  else
    {
      kind = WISH_THUMBNAIL;
      *number = GPOINTER_TO_INT (g_queue_pop_head (&shared->thumbnails));
    }
  if (kind == WISH_FRAME || kind == WISH_THUMBNAIL)
    {
      shared->kind = kind;
      shared->number = *number;
      shared->stop = g_cancellable_new ();
      *stop = g_object_ref (shared->stop);
    }
  g_mutex_unlock (&shared->lock);
  return kind;
}

/* The frame in hand is decoded, or is not to be any more: then a thumbnail waits for its turn again. */
static void
put_down (Shared *shared)
{
  g_mutex_lock (&shared->lock);
  if (shared->kind == WISH_THUMBNAIL && g_cancellable_is_cancelled (shared->stop))
    g_queue_push_head (&shared->thumbnails, GINT_TO_POINTER (shared->number));
  else if (shared->kind == WISH_FRAME && !g_cancellable_is_cancelled (shared->stop))
    shared->given = g_get_monotonic_time ();
  g_clear_object (&shared->stop);
  g_mutex_unlock (&shared->lock);
}

static gpointer
run (gpointer data)
{
  Shared *shared = data;

  for (;;)
    {
      int number = 0;
      GTask *task = NULL;
      g_autoptr (GCancellable) stop = NULL;
      WishKind kind = take (shared, &number, &task, &stop);

      if (kind == WISH_QUIT)
        break;
      if (kind == WISH_JOB)
        {
          run_job (shared, task);
          let_go (shared, task);
        }
      else
        {
          decode (shared, number, kind == WISH_THUMBNAIL, stop);
          put_down (shared);
        }
    }
  shared_unref (shared);
  return NULL;
}

/* --- Asked from the main thread --- */

FerryFrames *
ferry_frames_new (FyClip *clip)
{
  FerryFrames *self = g_object_new (FERRY_TYPE_FRAMES, NULL);
  const FyClipInfo *info = fy_clip_info (clip);
  Shared *shared = g_new0 (Shared, 1);

  self->info = *info;
  self->info.path = self->path = g_strdup (info->path);
  self->info.name = self->name = g_strdup (info->name);
  self->info.format = self->format = g_strdup (info->format);
  self->time = g_new (gint64, (gsize) info->n_frames);
  self->frame_name = g_new0 (char *, (gsize) info->n_frames + 1);
  for (int i = 0; i < info->n_frames; i++)
    {
      self->time[i] = fy_clip_frame_time (clip, i);
      self->frame_name[i] = g_strdup (fy_clip_frame_name (clip, i));
    }
  g_atomic_ref_count_init (&shared->refs);
  g_atomic_ref_count_inc (&shared->refs);
  shared->clip = clip;
  shared->context = g_main_context_ref_thread_default ();
  shared->frame = -1;
  g_weak_ref_init (&shared->owner, self);
  g_mutex_init (&shared->lock);
  g_cond_init (&shared->changed);
  self->shared = shared;
  self->thread = g_thread_new ("fy-decode", run, shared);
  return self;
}

const FyClipInfo *
ferry_frames_info (FerryFrames *self)
{
  return &self->info;
}

gint64
ferry_frames_time (FerryFrames *self, int frame)
{
  g_return_val_if_fail (frame >= 0 && frame < self->info.n_frames, 0);
  return self->time[frame];
}

const char *
ferry_frames_name (FerryFrames *self, int frame)
{
  g_return_val_if_fail (frame >= 0 && frame < self->info.n_frames, NULL);
  return self->frame_name[frame];
}

FyFrame *
ferry_frames_get (FerryFrames *self, int frame)
{
  return fy_frame_cache_get (self->cache, frame);
}

/* The thumbnail of the frame that is nearest.  Returns: borrowed, nullable. */
static FyFrame *
nearest_small (FerryFrames *self, int frame)
{
  FyFrame *nearest = NULL;
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->small);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      FyFrame *small = ((Small *) value)->frame;

      if (nearest == NULL || ABS (small->number - frame) < ABS (nearest->number - frame))
        nearest = small;
    }
  return nearest;
}

FyFrame *
ferry_frames_get_near (FerryFrames *self, int frame, int *found)
{
  FyFrame *small = nearest_small (self, frame);
  int farthest = small != NULL ? MIN (ABS (small->number - frame), NEAR_FRAMES) : NEAR_FRAMES;

  for (int distance = 0; distance <= farthest; distance++)
    for (int sign = -1; sign <= 1; sign += 2)
      {
        FyFrame *picture = fy_frame_cache_get (self->cache, frame + sign * distance);

        if (picture == NULL)
          continue;
        *found = frame + sign * distance;
        return picture;
      }
  if (small == NULL)
    return NULL;
  *found = small->number;
  return fy_frame_ref (small);
}

/* With the lock held, as below. */
static gboolean
is_in_hand (const Shared *shared, int wish)
{
  return shared->stop != NULL && shared->kind == WISH_FRAME && shared->number == wish &&
         !g_cancellable_is_cancelled (shared->stop);
}

/* Whether what is decoded now only keeps a wish waiting. */
static gboolean
is_outdated (const Shared *shared, int wish)
{
  if (shared->stop == NULL || shared->kind == WISH_THUMBNAIL)
    return shared->stop != NULL;
  return (wish < shared->number - NEAR_BEHIND || wish > shared->number + NEAR_AHEAD) &&
         g_get_monotonic_time () < shared->given + LONGEST_WAIT;
}

void
ferry_frames_want (FerryFrames *self, int frame)
{
  Shared *shared = self->shared;

  g_return_if_fail (frame >= 0 && frame < self->info.n_frames);
  g_mutex_lock (&shared->lock);
  if (is_in_hand (shared, frame))
    {
      shared->frame = -1;
      g_mutex_unlock (&shared->lock);
      return;
    }
  if (shared->frame < 0 && (shared->stop == NULL || shared->kind == WISH_THUMBNAIL))
    shared->given = g_get_monotonic_time ();
  shared->frame = frame;
  if (is_outdated (shared, frame))
    g_cancellable_cancel (shared->stop);
  g_cond_signal (&shared->changed);
  g_mutex_unlock (&shared->lock);
  g_signal_emit (self, signals[WANTED], 0, frame);
}

static Small *
find_small (FerryFrames *self, int frame)
{
  Small *small = g_hash_table_lookup (self->small, GINT_TO_POINTER (frame));
  Shared *shared = self->shared;

  if (small != NULL || frame < 0 || frame >= self->info.n_frames)
    return small;
  g_hash_table_add (self->asked, GINT_TO_POINTER (frame));
  g_mutex_lock (&shared->lock);
  if (g_queue_find (&shared->thumbnails, GINT_TO_POINTER (frame)) == NULL)
    {
      g_queue_push_tail (&shared->thumbnails, GINT_TO_POINTER (frame));
      g_cond_signal (&shared->changed);
    }
  g_mutex_unlock (&shared->lock);
  return NULL;
}

FyFrame *
ferry_frames_peek_small (FerryFrames *self, int frame)
{
  Small *small = find_small (self, frame);

  return small != NULL ? small->frame : NULL;
}

GdkTexture *
ferry_frames_peek_thumbnail (FerryFrames *self, int frame)
{
  Small *small = find_small (self, frame);

  if (small != NULL && small->texture == NULL)
    small->texture = ferry_texture_new (small->frame);
  return small != NULL ? small->texture : NULL;
}

void
ferry_frames_forget_thumbnails (FerryFrames *self)
{
  GQueue *wishes = &self->shared->thumbnails;

  g_mutex_lock (&self->shared->lock);
  for (GList *link = wishes->head, *next; link != NULL; link = next)
    {
      next = link->next;
      if (!g_hash_table_contains (self->asked, link->data))
        g_queue_delete_link (wishes, link);
    }
  g_mutex_unlock (&self->shared->lock);
  g_hash_table_remove_all (self->asked);
}

void
ferry_frames_run_async (FerryFrames *self,
                        FerryFramesJob func,
                        gpointer data,
                        GDestroyNotify data_free,
                        GDestroyNotify result_free,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  Job *job = g_new (Job, 1);

  *job = (Job){ func, data, data_free, result_free };
  g_task_set_task_data (task, job, job_free);
  g_mutex_lock (&self->shared->lock);
  g_queue_push_tail (&self->shared->jobs, task);
  g_cond_signal (&self->shared->changed);
  g_mutex_unlock (&self->shared->lock);
}

gpointer
ferry_frames_run_finish (FerryFrames *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* The thread ends by itself once the frame in hand is decoded: nobody waits for it. */
static void
ferry_frames_dispose (GObject *object)
{
  FerryFrames *self = FERRY_FRAMES (object);

  if (self->thread != NULL)
    {
      g_mutex_lock (&self->shared->lock);
      self->shared->quit = TRUE;
      g_cond_signal (&self->shared->changed);
      g_cancellable_cancel (self->shared->stop);
      g_mutex_unlock (&self->shared->lock);
      g_clear_pointer (&self->thread, g_thread_unref);
    }
  G_OBJECT_CLASS (ferry_frames_parent_class)->dispose (object);
}

/* A hundred MiB are given back to the system page by page: too long for the main thread.  The C library keeps
 * what threads that have ended let go of, unless it is asked. */
static gpointer
free_cache (gpointer cache)
{
  fy_frame_cache_free (cache);
#ifdef __GLIBC__
  malloc_trim (0);
#endif
  return NULL;
}

static void
ferry_frames_finalize (GObject *object)
{
  FerryFrames *self = FERRY_FRAMES (object);

  g_clear_pointer (&self->shared, shared_unref);
  g_thread_unref (g_thread_new ("fy-free", free_cache, self->cache));
  g_hash_table_unref (self->small);
  g_hash_table_unref (self->asked);
  g_queue_clear (&self->small_order);
  g_free (self->time);
  for (int i = 0; i < self->info.n_frames; i++)
    g_free (self->frame_name[i]);
  g_free (self->frame_name);
  g_free (self->path);
  g_free (self->name);
  g_free (self->format);
  G_OBJECT_CLASS (ferry_frames_parent_class)->finalize (object);
}

static void
ferry_frames_class_init (FerryFramesClass *klass)
{
  GType type = G_TYPE_FROM_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ferry_frames_dispose;
  G_OBJECT_CLASS (klass)->finalize = ferry_frames_finalize;
  signals[WANTED] = g_signal_new ("wanted", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 1, G_TYPE_INT);
  signals[FRAME_READY] = g_signal_new ("frame-ready", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                       G_TYPE_NONE, 1, G_TYPE_INT);
  signals[THUMBNAIL_READY] = g_signal_new ("thumbnail-ready", type, G_SIGNAL_RUN_LAST, 0, NULL,
                                           NULL, NULL, G_TYPE_NONE, 1, G_TYPE_INT);
  signals[FAILED] = g_signal_new ("failed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 2, G_TYPE_INT, G_TYPE_STRING);
}

static void
ferry_frames_init (FerryFrames *self)
{
  self->cache = fy_frame_cache_new (CACHE_BYTES);
  self->small = g_hash_table_new_full (NULL, NULL, NULL, small_free);
  g_queue_init (&self->small_order);
  self->asked = g_hash_table_new (NULL, NULL);
}
