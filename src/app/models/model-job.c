/* SPDX-License-Identifier: MIT */
#include "app/models/model-job.h"

#include "app/models/fetch.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <string.h>

#define TICK_MS      100
#define RATE_SECONDS 3.0 /* over which the rate is smoothed */

/* What the thread has: never the job itself, whose end belongs to the main thread. */
typedef struct
{
  char *folder;
  char *path;                /* of a copy */
  FerryPublished *published; /* of a download */
  GCancellable *cancellable;

  GMutex lock; /* of what follows, which the thread writes */
  FerryJobState state;
  guint64 done, total;
} Work;

struct _FerryModelJob
{
  GObject parent_instance;

  Work *work;          /* shared with the thread */
  FerryJobState state; /* these as the main thread knows them */
  guint64 done, total;
  GError *error;
  guint tick;
  gint64 ticked; /* monotonic, microseconds */
  double rate;   /* bytes a second; 0 = not known yet */
};

G_DEFINE_FINAL_TYPE (FerryModelJob, ferry_model_job, G_TYPE_OBJECT)

static guint changed_signal;

static void
work_clear (gpointer data)
{
  Work *self = data;

  g_free (self->folder);
  g_free (self->path);
  g_clear_pointer (&self->published, ferry_published_unref);
  g_object_unref (self->cancellable);
  g_mutex_clear (&self->lock);
}

static void
work_unref (gpointer work)
{
  g_atomic_rc_box_release_full (work, work_clear);
}

char *
ferry_published_part (const char *folder, const FerryPublished *published)
{
  g_autofree char *name = g_strdup_printf (".%s.part", published->file);

  return g_build_filename (folder, name, NULL);
}

/* --- On the thread --- */

static void
report (guint64 done, guint64 total, gpointer data)
{
  Work *self = data;

  g_mutex_lock (&self->lock);
  self->done = done;
  self->total = total;
  g_mutex_unlock (&self->lock);
}

static void
enter_checking (Work *self)
{
  g_mutex_lock (&self->lock);
  self->state = FERRY_JOB_CHECKING;
  self->done = 0;
  g_mutex_unlock (&self->lock);
}

static void
copy (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Work *self = data;
  GError *error = NULL;
  g_autofree char *path =
      fy_model_folder_add (self->folder, self->path, report, self, cancellable, &error);

  if (path != NULL)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/* Whether a part is what was published. */
static gboolean
compare (Work *self, const char *part, const char *sha256, GError **error)
{
  const FerryPublished *published = self->published;
  g_autofree char *other = NULL;
  const char *found = sha256;

  if (published->checksum == NULL)
    return TRUE;
  if (published->checksum_type != G_CHECKSUM_SHA256)
    found = other =
        fy_model_checksum (part, published->checksum_type, report, self, self->cancellable, error);
  if (found == NULL)
    return FALSE;
  if (g_str_has_prefix (found, published->checksum))
    return TRUE;
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
               /* Translators: an address; SHA-256 or MD5; what it should be and is. */
               _ ("%s: not the file that was published: its %s should begin with %s and is %s; "
                  "nothing was installed. Try again, or ask the publisher"),
               published->address, ferry_checksum_name (published->checksum_type),
               published->checksum, found);
  return FALSE;
}

static gboolean
install (Work *self, const char *part, GError **error)
{
  const FerryPublished *published = self->published;
  g_autofree char *sha256 =
      fy_model_checksum (part, G_CHECKSUM_SHA256, report, self, self->cancellable, error);
  g_autofree char *path = NULL;
  FyModelNote note = { .origin = FY_ORIGIN_DOWNLOADED,
                       .source = published->address,
                       .title = published->title,
                       .licence = published->licence,
                       .sha256 = sha256,
                       .date = g_get_real_time () / G_USEC_PER_SEC };

  if (sha256 == NULL)
    return FALSE;
  if (!compare (self, part, sha256, error) ||
      !fy_model_check (part, published->address, self->cancellable, error))
    {
      /* What cannot be used is no use to resume either. */
      if (!g_cancellable_is_cancelled (self->cancellable))
        ferry_fetch_discard (part);
      return FALSE;
    }
  path = fy_model_folder_take (self->folder, part, published->file, &note, error);
  if (path == NULL)
    return FALSE;
  ferry_fetch_discard (part); /* what is left: its state */
  return TRUE;
}

static void
download (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Work *self = data;
  GError *error = NULL;
  g_autofree char *part = ferry_published_part (self->folder, self->published);

  if (g_mkdir_with_parents (self->folder, 0700) != 0)
    g_set_error (&error, G_IO_ERROR, (gint) g_io_error_from_errno (errno),
                 _ ("%s: cannot make the folder of the models: %s"), self->folder,
                 g_strerror (errno));
  else if (ferry_fetch (self->published->address, part, report, self, cancellable, &error))
    {
      enter_checking (self);
      install (self, part, &error);
    }
  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
}

/* --- On the main thread --- */

static void
update (FerryModelJob *self)
{
  gint64 time = g_get_monotonic_time ();
  double seconds = (double) (time - self->ticked) / G_USEC_PER_SEC;
  guint64 before = self->done;

  g_mutex_lock (&self->work->lock);
  self->state = self->work->state;
  self->done = self->work->done;
  self->total = self->work->total;
  g_mutex_unlock (&self->work->lock);
  if (self->state != FERRY_JOB_FETCHING || before == 0 || self->done < before)
    self->rate = 0;
  else if (seconds > 0)
    {
      double rate = (double) (self->done - before) / seconds;
      double weight = MIN (1, seconds / RATE_SECONDS);

      self->rate += (self->rate > 0 ? weight : 1) * (rate - self->rate);
    }
  self->ticked = time;
}

static gboolean
on_tick (gpointer data)
{
  update (data);
  g_signal_emit (data, changed_signal, 0);
  return G_SOURCE_CONTINUE;
}

static void
on_end (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (FerryModelJob) self = data;

  g_clear_handle_id (&self->tick, g_source_remove);
  if (g_task_propagate_boolean (G_TASK (result), &self->error))
    self->state = FERRY_JOB_DONE;
  else
    self->state = g_error_matches (self->error, G_IO_ERROR, G_IO_ERROR_CANCELLED)
                      ? FERRY_JOB_CANCELLED
                      : FERRY_JOB_FAILED;
  g_signal_emit (self, changed_signal, 0);
}

/* Takes the published one over. */
static FerryModelJob *
start (const char *folder, const char *path, FerryPublished *published)
{
  FerryModelJob *self = g_object_new (FERRY_TYPE_MODEL_JOB, NULL);
  Work *work = self->work;
  g_autoptr (GTask) task = g_task_new (NULL, work->cancellable, on_end, g_object_ref (self));

  work->folder = g_strdup (folder);
  work->path = g_strdup (path);
  work->published = published;
  /* A file that is whole is installed: what the thread says counts. */
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, g_atomic_rc_box_acquire (work), work_unref);
  self->ticked = g_get_monotonic_time ();
  self->tick = g_timeout_add (TICK_MS, on_tick, self);
  g_task_run_in_thread (task, path != NULL ? copy : download);
  return self;
}

FerryModelJob *
ferry_model_job_new_copy (const char *folder, const char *path)
{
  return start (folder, path, NULL);
}

FerryModelJob *
ferry_model_job_new_download (const char *folder, FerryPublished *published)
{
  return start (folder, NULL, ferry_published_ref (published));
}

void
ferry_model_job_cancel (FerryModelJob *self)
{
  g_cancellable_cancel (self->work->cancellable);
}

FerryJobState
ferry_model_job_state (FerryModelJob *self)
{
  return self->state;
}

gboolean
ferry_model_job_is_running (FerryModelJob *self)
{
  return self->state < FERRY_JOB_DONE;
}

const GError *
ferry_model_job_error (FerryModelJob *self)
{
  return self->error;
}

const FerryPublished *
ferry_model_job_published (FerryModelJob *self)
{
  return self->work->published;
}

const char *
ferry_model_job_path (FerryModelJob *self)
{
  return self->work->path;
}

char *
ferry_model_job_progress (FerryModelJob *self, double *share)
{
  g_autofree char *done = g_format_size (self->done);
  g_autofree char *total = g_format_size (self->total);
  g_autofree char *rate = g_format_size ((guint64) self->rate);

  *share = self->total > 0 ? (double) self->done / (double) self->total : -1;
  if (self->state == FERRY_JOB_CHECKING)
    return g_strdup (_ ("Checking what came…"));
  if (self->done == 0)
    return g_strdup (self->work->published != NULL ? _ ("Asking the server…")
                                                   : _ ("Looking into the file…"));
  if (self->total == 0)
    /* Translators: an amount of bytes; a rate: "1.2 MB/s". */
    return g_strdup_printf (_ ("%s, %s/s"), done, rate);
  if (self->rate <= 0)
    /* Translators: two amounts of bytes. */
    return g_strdup_printf (_ ("%s of %s"), done, total);
  /* Translators: two amounts of bytes; a rate. */
  return g_strdup_printf (_ ("%s of %s, %s/s"), done, total, rate);
}

static void
ferry_model_job_finalize (GObject *object)
{
  FerryModelJob *self = FERRY_MODEL_JOB (object);

  g_clear_handle_id (&self->tick, g_source_remove);
  work_unref (self->work);
  g_clear_error (&self->error);
  G_OBJECT_CLASS (ferry_model_job_parent_class)->finalize (object);
}

static void
ferry_model_job_class_init (FerryModelJobClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ferry_model_job_finalize;
  changed_signal = g_signal_new ("changed", FERRY_TYPE_MODEL_JOB, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                 NULL, G_TYPE_NONE, 0);
}

static void
ferry_model_job_init (FerryModelJob *self)
{
  self->work = g_atomic_rc_box_new0 (Work);
  self->work->cancellable = g_cancellable_new ();
  g_mutex_init (&self->work->lock);
}
