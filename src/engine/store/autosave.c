/* SPDX-License-Identifier: MIT */
#include "store/autosave.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/stat.h>

#define GATHER_US    (50 * G_TIME_SPAN_MILLISECOND) /* to let changes come together */
#define RETRY_US     (2 * G_TIME_SPAN_SECOND)
#define STAMP_LENGTH 23 /* of "20260102-030405-123456-" */

/* What is to be written. */
typedef struct
{
  GPtrArray *objects;   /* of FyObject; NULL = as they are */
  GHashTable *frames;   /* frame -> FyFrameLabels, NULL = none */
  GHashTable *settings; /* name -> value, NULL = not set */
  FyProjectMedia media; /* path NULL = as it is */
} Changes;

struct FyAutosave
{
  FyProjectFile *file; /* of the thread */
  FyAutosaveFunc done;
  gpointer user_data;
  GMainContext *context;
  GThread *thread;

  GMutex mutex; /* of all below */
  GCond woken;  /* the thread: there is something to do */
  GCond turned; /* others: a turn has ended */
  Changes *changes;
  guint64 put;       /* calls that put something   */
  guint64 written;   /* of these are on disk       */
  guint64 attempts;  /* writes begun               */
  guint64 failed_at; /* the last that failed       */
  gint64 due;        /* monotonic time of the next write; 0 = none */
  gboolean held;     /* it waits                                   */
  GQueue copies;     /* of GTask with a path as data */
  GError *error;     /* of the last write, nullable */
  GSource *report;   /* to the main context, nullable */
  gboolean stopping;
};

/* --- Changes --- */

static void
unref_labels (gpointer labels)
{
  fy_frame_labels_unref (labels);
}

static Changes *
changes_new (void)
{
  Changes *self = g_new0 (Changes, 1);

  self->frames = g_hash_table_new_full (NULL, NULL, NULL, unref_labels);
  self->settings = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  return self;
}

static void
changes_free (Changes *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->objects, g_ptr_array_unref);
  g_hash_table_unref (self->frames);
  g_hash_table_unref (self->settings);
  fy_project_media_clear (&self->media);
  g_free (self);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Changes, changes_free)

static gboolean
changes_is_empty (const Changes *self)
{
  return self->objects == NULL && self->media.path == NULL &&
         g_hash_table_size (self->frames) == 0 && g_hash_table_size (self->settings) == 0;
}

static void
set_frame (Changes *self, int frame, FyFrameLabels *labels)
{
  g_hash_table_replace (self->frames, GINT_TO_POINTER (frame),
                        labels != NULL ? fy_frame_labels_ref (labels) : NULL);
}

static void
set_media (Changes *self, const FyProjectMedia *media)
{
  FyProjectMedia copy = *media;

  copy.path = g_strdup (media->path);
  copy.fingerprint = g_strdup (media->fingerprint);
  fy_project_media_clear (&self->media);
  self->media = copy;
}

/* Adds what `newer` does not change itself. */
static void
changes_put_under (Changes *newer, const Changes *older)
{
  GHashTableIter iter;
  gpointer key, value;

  if (newer->objects == NULL && older->objects != NULL)
    newer->objects = g_ptr_array_ref (older->objects);
  if (newer->media.path == NULL && older->media.path != NULL)
    set_media (newer, &older->media);
  g_hash_table_iter_init (&iter, older->frames);
  while (g_hash_table_iter_next (&iter, &key, &value))
    if (!g_hash_table_contains (newer->frames, key))
      set_frame (newer, GPOINTER_TO_INT (key), value);
  g_hash_table_iter_init (&iter, older->settings);
  while (g_hash_table_iter_next (&iter, &key, &value))
    if (!g_hash_table_contains (newer->settings, key))
      g_hash_table_replace (newer->settings, g_strdup (key), g_strdup (value));
}

static gboolean
write_rows (const Changes *self, FyProjectFile *file, GError **error)
{
  GHashTableIter iter;
  gpointer key, value;

  if (self->media.path != NULL && !fy_project_file_set_media (file, &self->media, error))
    return FALSE;
  if (self->objects != NULL &&
      !fy_project_file_set_objects (file, (FyObject *const *) self->objects->pdata,
                                    (int) self->objects->len, error))
    return FALSE;
  g_hash_table_iter_init (&iter, self->frames);
  while (g_hash_table_iter_next (&iter, &key, &value))
    if (!fy_project_file_set_frame (file, GPOINTER_TO_INT (key), value, error))
      return FALSE;
  g_hash_table_iter_init (&iter, self->settings);
  while (g_hash_table_iter_next (&iter, &key, &value))
    if (!fy_project_file_set_setting (file, key, value, error))
      return FALSE;
  return TRUE;
}

static gboolean
changes_write (const Changes *self, FyProjectFile *file, GError **error)
{
  if (!fy_project_file_begin (file, error))
    return FALSE;
  if (write_rows (self, file, error) && fy_project_file_commit (file, error))
    return TRUE;
  fy_project_file_rollback (file);
  return FALSE;
}

/* Writes all to another file: a copy with the changes, or the changes alone where the file cannot be read
 * any more. */
static gboolean
write_elsewhere (const Changes *changes, FyProjectFile *file, const char *path, GError **error)
{
  g_autoptr (FyProjectFile) other = NULL;
  gboolean copied = fy_project_file_copy (file, path, NULL);

  other = fy_project_file_open (path, copied ? FY_PROJECT_OPEN : FY_PROJECT_CREATE, error);
  return other != NULL && changes_write (changes, other, error);
}

static char *
refuge_folder (void)
{
  return g_build_filename (g_get_user_data_dir (), "ferry", "unsaved", NULL);
}

/* What is written next must be later, also where the clock was put back after the file was written. */
static void
end_in_the_past (const char *path)
{
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;
  struct timespec times[2] = { { .tv_nsec = UTIME_OMIT }, { .tv_sec = now - 1 } };
  GStatBuf about;

  if (g_stat (path, &about) == 0 && about.st_mtim.tv_sec >= now)
    utimensat (AT_FDCWD, path, times, 0);
}

char *
fy_autosave_new_refuge (const char *project_path)
{
  g_autofree char *folder = refuge_folder ();
  g_autofree char *base = g_path_get_basename (project_path);
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autofree char *stamp = g_date_time_format (now, "%Y%m%d-%H%M%S-%f");
  g_autofree char *name = g_strdup_printf ("%s-%s", stamp, base);

  end_in_the_past (project_path);
  g_mkdir_with_parents (folder, 0700);
  return g_build_filename (folder, name, NULL);
}

/* Whether a is later than b, by their files' times. */
static gboolean
is_newer (const char *a, const char *b)
{
  GStatBuf first, second;

  if (g_stat (a, &first) != 0)
    return FALSE;
  if (g_stat (b, &second) != 0)
    return TRUE;
  return first.st_mtim.tv_sec != second.st_mtim.tv_sec
             ? first.st_mtim.tv_sec > second.st_mtim.tv_sec
             : first.st_mtim.tv_nsec > second.st_mtim.tv_nsec;
}

char *
fy_autosave_find_refuge (const char *project_path)
{
  g_autofree char *folder = refuge_folder ();
  g_autofree char *base = g_path_get_basename (project_path);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  g_autofree char *found = NULL;
  const char *entry;

  while (dir != NULL && (entry = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, entry, NULL);

      if (strlen (entry) == strlen (base) + STAMP_LENGTH && g_str_has_suffix (entry, base) &&
          is_newer (path, found != NULL ? found : project_path))
        {
          g_free (found);
          found = g_steal_pointer (&path);
        }
    }
  return g_steal_pointer (&found);
}

/* The last resort when a file is closed that cannot be written.  Returns: where it is. */
static char *
take_refuge (FyAutosave *self)
{
  g_autofree char *path = fy_autosave_new_refuge (fy_project_file_path (self->file));
  g_autoptr (GError) error = NULL;

  if (write_elsewhere (self->changes, self->file, path, &error))
    return g_steal_pointer (&path);
  g_warning ("changes are lost: %s; %s", self->error->message, error->message);
  return NULL;
}

/* --- The thread.  All under the mutex but the writing itself --- */

static gboolean
report (gpointer data)
{
  FyAutosave *self = data;
  g_autoptr (GError) error = NULL;

  g_mutex_lock (&self->mutex);
  g_clear_pointer (&self->report, g_source_unref);
  error = self->error != NULL ? g_error_copy (self->error) : NULL;
  g_mutex_unlock (&self->mutex);
  self->done (self, error, self->user_data);
  return G_SOURCE_REMOVE;
}

static void
send_report (FyAutosave *self)
{
  if (self->done == NULL || self->report != NULL)
    return;
  self->report = g_idle_source_new ();
  g_source_set_priority (self->report, G_PRIORITY_DEFAULT);
  g_source_set_callback (self->report, report, self, NULL);
  g_source_attach (self->report, self->context);
}

/* Writes what there is. */
static void
write_changes (FyAutosave *self)
{
  g_autoptr (Changes) changes = g_steal_pointer (&self->changes);
  g_autoptr (GError) error = NULL;
  guint64 put = self->put, attempt = ++self->attempts;
  gboolean tell, fine;

  self->changes = changes_new ();
  self->due = 0;
  g_mutex_unlock (&self->mutex);
  fine = changes_write (changes, self->file, &error);
  g_mutex_lock (&self->mutex);
  tell = fine == (self->error != NULL);
  if (fine)
    {
      self->written = put;
    }
  else
    {
      changes_put_under (self->changes, changes);
      self->failed_at = attempt;
      if (self->due == 0)
        self->due = g_get_monotonic_time () + RETRY_US;
    }
  g_clear_error (&self->error);
  self->error = g_steal_pointer (&error);
  if (tell)
    send_report (self);
  g_cond_broadcast (&self->turned);
}

/* Puts into a copy what the file itself could not take. */
static gboolean
complete_copy (const Changes *changes, const char *path, GError **error)
{
  g_autoptr (FyProjectFile) copy = NULL;

  if (changes_is_empty (changes))
    return TRUE;
  copy = fy_project_file_open (path, FY_PROJECT_OPEN, error);
  return copy != NULL && changes_write (changes, copy, error);
}

static void
write_copy (FyAutosave *self)
{
  g_autoptr (GTask) task = g_queue_pop_head (&self->copies);
  const char *path = g_task_get_task_data (task);
  g_autoptr (Changes) left = changes_new ();
  g_autoptr (GError) error = NULL;

  if (!changes_is_empty (self->changes))
    write_changes (self);
  changes_put_under (left, self->changes);
  g_mutex_unlock (&self->mutex);
  if (fy_project_file_copy (self->file, path, &error) && complete_copy (left, path, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, g_steal_pointer (&error));
  g_mutex_lock (&self->mutex);
}

static gpointer
run (gpointer data)
{
  FyAutosave *self = data;

  g_mutex_lock (&self->mutex);
  for (;;)
    {
      gboolean nothing = changes_is_empty (self->changes);
      gboolean due = self->due != 0 && !self->held && g_get_monotonic_time () >= self->due;

      if (self->copies.length > 0)
        write_copy (self);
      else if (!nothing && (due || self->stopping))
        {
          write_changes (self);
          if (self->stopping && self->error != NULL)
            break;
        }
      else if (self->stopping)
        break;
      else if (!nothing && !self->held)
        g_cond_wait_until (&self->woken, &self->mutex, self->due);
      else
        g_cond_wait (&self->woken, &self->mutex);
    }
  g_mutex_unlock (&self->mutex);
  return NULL;
}

/* --- The main thread --- */

FyAutosave *
fy_autosave_new (FyProjectFile *file, FyAutosaveFunc done, gpointer user_data)
{
  FyAutosave *self = g_new0 (FyAutosave, 1);

  self->file = file;
  self->done = done;
  self->user_data = user_data;
  self->context = g_main_context_ref_thread_default ();
  g_mutex_init (&self->mutex);
  g_cond_init (&self->woken);
  g_cond_init (&self->turned);
  g_queue_init (&self->copies);
  self->changes = changes_new ();
  self->thread = g_thread_new ("fy-store", run, self);
  return self;
}

static void
end_thread (FyAutosave *self)
{
  g_mutex_lock (&self->mutex);
  self->stopping = TRUE;
  g_cond_signal (&self->woken);
  g_mutex_unlock (&self->mutex);
  g_thread_join (self->thread);
}

static void
free_all (FyAutosave *self)
{
  if (self->report != NULL)
    {
      g_source_destroy (self->report);
      g_source_unref (self->report);
    }
  fy_project_file_close (self->file);
  changes_free (self->changes);
  g_clear_error (&self->error);
  g_main_context_unref (self->context);
  g_cond_clear (&self->woken);
  g_cond_clear (&self->turned);
  g_mutex_clear (&self->mutex);
  g_free (self);
}

char *
fy_autosave_close (FyAutosave *self)
{
  char *refuge;

  end_thread (self);
  refuge = self->error != NULL ? take_refuge (self) : NULL;
  free_all (self);
  return refuge;
}

void
fy_autosave_free (FyAutosave *self)
{
  g_autofree char *refuge = NULL;
  g_autofree char *path = NULL;

  if (self == NULL)
    return;
  path = g_strdup (fy_project_file_path (self->file));
  refuge = fy_autosave_close (self);
  if (refuge != NULL)
    g_warning ("%s cannot be written; all of it is in %s", path, refuge);
}

void
fy_autosave_abandon (FyAutosave *self)
{
  end_thread (self);
  free_all (self);
}

/* Returns what is to be changed, with the mutex locked. */
static Changes *
begin_put (FyAutosave *self)
{
  g_mutex_lock (&self->mutex);
  return self->changes;
}

static void
end_put (FyAutosave *self)
{
  gint64 soon = g_get_monotonic_time () + GATHER_US;

  self->put++;
  if (self->due == 0 || self->due > soon)
    {
      self->due = soon;
      g_cond_signal (&self->woken);
    }
  g_mutex_unlock (&self->mutex);
}

void
fy_autosave_put_objects (FyAutosave *self, FyObject *const *object, int n)
{
  GPtrArray *objects = g_ptr_array_new_with_free_func ((GDestroyNotify) fy_object_unref);
  Changes *changes = begin_put (self);

  for (int i = 0; i < n; i++)
    g_ptr_array_add (objects, fy_object_ref (object[i]));
  g_clear_pointer (&changes->objects, g_ptr_array_unref);
  changes->objects = objects;
  end_put (self);
}

void
fy_autosave_put_frame (FyAutosave *self, int frame, FyFrameLabels *labels)
{
  g_return_if_fail (frame >= 0);
  set_frame (begin_put (self), frame, labels);
  end_put (self);
}

void
fy_autosave_put_setting (FyAutosave *self, const char *name, const char *value)
{
  g_hash_table_replace (begin_put (self)->settings, g_strdup (name), g_strdup (value));
  end_put (self);
}

void
fy_autosave_put_media (FyAutosave *self, const FyProjectMedia *media)
{
  set_media (begin_put (self), media);
  end_put (self);
}

void
fy_autosave_hold (FyAutosave *self, gboolean held)
{
  g_mutex_lock (&self->mutex);
  if (self->held && !held)
    g_cond_signal (&self->woken);
  self->held = held;
  g_mutex_unlock (&self->mutex);
}

gboolean
fy_autosave_is_failing (FyAutosave *self)
{
  gboolean failing;

  g_mutex_lock (&self->mutex);
  failing = self->error != NULL;
  g_mutex_unlock (&self->mutex);
  return failing;
}

gboolean
fy_autosave_is_clean (FyAutosave *self)
{
  gboolean clean;

  g_mutex_lock (&self->mutex);
  clean = self->written == self->put;
  g_mutex_unlock (&self->mutex);
  return clean;
}

gboolean
fy_autosave_flush (FyAutosave *self, GError **error)
{
  guint64 put, attempts;
  gboolean written;

  g_mutex_lock (&self->mutex);
  put = self->put;
  attempts = self->attempts;
  if (self->written < put)
    {
      self->held = FALSE;
      self->due = g_get_monotonic_time ();
      g_cond_signal (&self->woken);
    }
  while (self->written < put && self->failed_at <= attempts)
    g_cond_wait (&self->turned, &self->mutex);
  written = self->written >= put;
  if (!written)
    g_propagate_error (error, g_error_copy (self->error));
  g_mutex_unlock (&self->mutex);
  return written;
}

void
fy_autosave_copy_async (FyAutosave *self,
                        const char *path,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  GTask *task = g_task_new (NULL, NULL, callback, user_data);

  g_task_set_source_tag (task, fy_autosave_copy_async);
  g_task_set_task_data (task, g_strdup (path), g_free);
  g_mutex_lock (&self->mutex);
  g_queue_push_tail (&self->copies, task);
  g_cond_signal (&self->woken);
  g_mutex_unlock (&self->mutex);
}

gboolean
fy_autosave_copy_finish (FyAutosave *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
