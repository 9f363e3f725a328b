/* SPDX-License-Identifier: MIT */
#include "app/models/model-library.h"

#include "app/models/fetch.h"
#include "session/model.h"

#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <string.h>

static const char *const keys[] = { "fine", "semantic" };

struct _FerryModelLibrary
{
  GObject parent_instance;

  GSettings *settings;
  char *folder;
  char *shipped;
  GPtrArray *entries;   /* FerryModelEntry */
  GPtrArray *published; /* FerryPublished; NULL = see table_error */
  GError *table_error;
  GPtrArray *jobs; /* FerryModelJob */
  GCancellable *closing;
  gboolean listing;
  gboolean list_again;
  FerryModelEntry *summing; /* NULL = none */
};

G_DEFINE_FINAL_TYPE (FerryModelLibrary, ferry_model_library, G_TYPE_OBJECT)

enum
{
  LISTED,
  SUMMED,
  JOBS,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

/* --- Entries --- */

static FerryModelEntry *
entry_new (FerryModelPlace place, FyModel *model)
{
  FerryModelEntry *self = g_rc_box_new0 (FerryModelEntry);
  GStatBuf status;

  self->place = place;
  self->model = model;
  if (g_stat (model->path, &status) == 0)
    self->changed = (gint64) status.st_mtim.tv_sec * G_USEC_PER_SEC + status.st_mtim.tv_nsec / 1000;
  return self;
}

static void
entry_clear (gpointer data)
{
  FerryModelEntry *self = data;

  fy_model_free (self->model);
  g_free (self->sha256);
}

FerryModelEntry *
ferry_model_entry_ref (FerryModelEntry *self)
{
  return g_rc_box_acquire (self);
}

void
ferry_model_entry_unref (FerryModelEntry *self)
{
  g_rc_box_release_full (self, entry_clear);
}

static GPtrArray *
entries_new (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify) ferry_model_entry_unref);
}

/* --- Listing --- */

typedef struct
{
  char *folder;
  char *shipped;
  char *named[G_N_ELEMENTS (keys)];
} Places;

static void
places_free (gpointer data)
{
  Places *self = data;

  g_free (self->folder);
  g_free (self->shipped);
  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
    g_free (self->named[i]);
  g_free (self);
}

static gboolean
has_path (GPtrArray *entries, const char *path)
{
  for (guint i = 0; i < entries->len; i++)
    if (strcmp (((FerryModelEntry *) entries->pdata[i])->model->path, path) == 0)
      return TRUE;
  return FALSE;
}

static void
list (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  const Places *places = data;
  GPtrArray *entries = entries_new ();
  g_autoptr (GPtrArray) models = fy_model_folder_list (places->folder);

  g_ptr_array_add (entries, entry_new (FERRY_MODEL_SHIPPED, fy_model_look (places->shipped)));
  g_ptr_array_set_free_func (models, NULL);
  for (guint i = 0; i < models->len; i++)
    g_ptr_array_add (entries, entry_new (FERRY_MODEL_INSTALLED, models->pdata[i]));
  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
    if (*places->named[i] != '\0' && !has_path (entries, places->named[i]))
      g_ptr_array_add (entries,
                       entry_new (FERRY_MODEL_ELSEWHERE, fy_model_look (places->named[i])));
  g_task_return_pointer (task, entries, (GDestroyNotify) g_ptr_array_unref);
}

/* --- Sums --- */

static void sum_next (FerryModelLibrary *self);

static void
sum (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  char *sha256 = fy_model_checksum (data, G_CHECKSUM_SHA256, NULL, NULL, cancellable, NULL);

  g_task_return_pointer (task, sha256 != NULL ? sha256 : g_strdup (""), g_free);
}

static void
on_summed (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (FerryModelLibrary) self = data;
  FerryModelEntry *entry = g_steal_pointer (&self->summing);

  entry->sha256 = g_task_propagate_pointer (G_TASK (result), NULL);
  ferry_model_entry_unref (entry);
  if (g_cancellable_is_cancelled (self->closing))
    return;
  g_signal_emit (self, signals[SUMMED], 0);
  sum_next (self);
}

static void
sum_next (FerryModelLibrary *self)
{
  for (guint i = 0; i < self->entries->len && self->summing == NULL; i++)
    {
      FerryModelEntry *entry = self->entries->pdata[i];
      g_autoptr (GTask) task = NULL;

      if (entry->sha256 != NULL || entry->model->trouble != NULL)
        continue;
      /* No source: its last reference would go on the thread. */
      task = g_task_new (NULL, self->closing, on_summed, g_object_ref (self));
      g_task_set_check_cancellable (task, FALSE);
      g_task_set_task_data (task, g_strdup (entry->model->path), g_free);
      self->summing = ferry_model_entry_ref (entry);
      g_task_run_in_thread (task, sum);
    }
}

/* Takes over the sums of files that did not change. */
static void
keep_sums (GPtrArray *from, GPtrArray *to)
{
  for (guint i = 0; i < to->len; i++)
    for (guint j = 0; j < from->len; j++)
      {
        FerryModelEntry *entry = to->pdata[i];
        const FerryModelEntry *old = from->pdata[j];

        if (strcmp (entry->model->path, old->model->path) == 0 && entry->changed == old->changed &&
            entry->model->size == old->model->size && entry->sha256 == NULL)
          entry->sha256 = g_strdup (old->sha256);
      }
}

/* What has come in is now among the entries. */
static void
drop_done (FerryModelLibrary *self)
{
  for (guint i = self->jobs->len; i-- > 0;)
    if (ferry_model_job_state (self->jobs->pdata[i]) == FERRY_JOB_DONE)
      ferry_model_library_dismiss (self, self->jobs->pdata[i]);
}

static void
on_listed (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (FerryModelLibrary) self = data;
  GPtrArray *entries = g_task_propagate_pointer (G_TASK (result), NULL);
  g_autoptr (GPtrArray) old = self->entries;

  self->listing = FALSE;
  keep_sums (old, entries);
  self->entries = entries;
  if (g_cancellable_is_cancelled (self->closing))
    return;
  if (self->list_again)
    ferry_model_library_refresh (self);
  else
    drop_done (self);
  g_signal_emit (self, signals[LISTED], 0);
  sum_next (self);
}

void
ferry_model_library_refresh (FerryModelLibrary *self)
{
  g_autoptr (GTask) task = NULL;
  Places *places;

  self->list_again = self->listing;
  if (self->listing)
    return;
  self->listing = TRUE;
  places = g_new0 (Places, 1);
  places->folder = g_strdup (self->folder);
  places->shipped = g_strdup (self->shipped);
  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
    places->named[i] = g_settings_get_string (self->settings, keys[i]);
  task = g_task_new (NULL, NULL, on_listed, g_object_ref (self));
  g_task_set_task_data (task, places, places_free);
  g_task_run_in_thread (task, list);
}

/* A file outside the folder comes and goes with the setting that names it. */
static void
on_setting (FerryModelLibrary *self)
{
  gboolean stale = FALSE;

  if (self->entries->len == 0) /* not listed yet */
    return;
  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      g_autofree char *path = g_settings_get_string (self->settings, keys[i]);

      stale = stale || (*path != '\0' && !has_path (self->entries, path));
    }
  for (guint i = 0; i < self->entries->len; i++)
    {
      const FerryModelEntry *entry = self->entries->pdata[i];

      stale = stale || (entry->place == FERRY_MODEL_ELSEWHERE &&
                        ferry_model_library_use (self, entry) == NULL);
    }
  if (stale)
    ferry_model_library_refresh (self);
}

GPtrArray *
ferry_model_library_entries (FerryModelLibrary *self)
{
  return self->entries;
}

/* --- Use --- */

gboolean
ferry_model_library_is_used (FerryModelLibrary *self, const FerryModelEntry *entry, const char *key)
{
  g_autofree char *path = g_settings_get_string (self->settings, key);

  if (*path == '\0')
    return entry->place == FERRY_MODEL_SHIPPED && strcmp (key, "fine") == 0;
  return strcmp (path, entry->model->path) == 0;
}

const char *
ferry_model_library_use (FerryModelLibrary *self, const FerryModelEntry *entry)
{
  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
    if (ferry_model_library_is_used (self, entry, keys[i]))
      return keys[i];
  return NULL;
}

void
ferry_model_library_set (FerryModelLibrary *self, const FerryModelEntry *entry, const char *key)
{
  gboolean own = entry != NULL && entry->place == FERRY_MODEL_SHIPPED && strcmp (key, "fine") == 0;

  g_settings_set_string (self->settings, key, entry == NULL || own ? "" : entry->model->path);
}

gboolean
ferry_model_library_remove (FerryModelLibrary *self, FerryModelEntry *entry, GError **error)
{
  gboolean good;

  if (entry->place != FERRY_MODEL_INSTALLED || ferry_model_library_use (self, entry) != NULL)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_BUSY, _ ("%s: is in use"), entry->model->path);
      return FALSE;
    }
  good = fy_model_remove (entry->model->path, error);
  ferry_model_library_refresh (self);
  return good;
}

/* --- What others published --- */

GPtrArray *
ferry_model_library_published (FerryModelLibrary *self, const GError **error)
{
  if (self->published == NULL && self->table_error == NULL)
    self->published = ferry_published_load (&self->table_error);
  *error = self->table_error;
  return self->published;
}

gboolean
ferry_model_library_has (FerryModelLibrary *self, const FerryPublished *published)
{
  for (guint i = 0; i < self->entries->len; i++)
    {
      const FyModelNote *note = &((FerryModelEntry *) self->entries->pdata[i])->model->note;

      if (note->origin == FY_ORIGIN_DOWNLOADED && g_strcmp0 (note->source, published->address) == 0)
        return TRUE;
    }
  return FALSE;
}

guint64
ferry_model_library_kept (FerryModelLibrary *self, const FerryPublished *published, guint64 *total)
{
  g_autofree char *part = ferry_published_part (self->folder, published);

  return ferry_fetch_kept (published->address, part, total);
}

void
ferry_model_library_discard (FerryModelLibrary *self, const FerryPublished *published)
{
  g_autofree char *part = ferry_published_part (self->folder, published);

  ferry_fetch_discard (part);
  g_signal_emit (self, signals[JOBS], 0);
}

/* --- Jobs --- */

static void
on_job (FerryModelJob *job, FerryModelLibrary *self)
{
  switch (ferry_model_job_state (job))
    {
    case FERRY_JOB_DONE: /* it stays until it is listed */
      ferry_model_library_refresh (self);
      break;
    case FERRY_JOB_FAILED:
      g_signal_emit (self, signals[JOBS], 0);
      break;
    case FERRY_JOB_CANCELLED:
      ferry_model_library_dismiss (self, job);
      break;
    case FERRY_JOB_FETCHING:
    case FERRY_JOB_CHECKING:
    default:
      break;
    }
}

static void
begin (FerryModelLibrary *self, FerryModelJob *job)
{
  g_signal_connect_object (job, "changed", G_CALLBACK (on_job), self, G_CONNECT_AFTER);
  g_ptr_array_add (self->jobs, job);
  g_signal_emit (self, signals[JOBS], 0);
}

GPtrArray *
ferry_model_library_jobs (FerryModelLibrary *self)
{
  return self->jobs;
}

FerryModelJob *
ferry_model_library_job (FerryModelLibrary *self, const FerryPublished *published)
{
  for (guint i = 0; i < self->jobs->len; i++)
    if (ferry_model_job_published (self->jobs->pdata[i]) == published)
      return self->jobs->pdata[i];
  return NULL;
}

void
ferry_model_library_dismiss (FerryModelLibrary *self, FerryModelJob *job)
{
  g_ptr_array_remove (self->jobs, job);
  g_signal_emit (self, signals[JOBS], 0);
}

void
ferry_model_library_add (FerryModelLibrary *self, const char *path)
{
  begin (self, ferry_model_job_new_copy (self->folder, path));
}

void
ferry_model_library_download (FerryModelLibrary *self, FerryPublished *published)
{
  FerryModelJob *old = ferry_model_library_job (self, published);

  if (ferry_model_library_has (self, published) ||
      (old != NULL && ferry_model_job_error (old) == NULL))
    return;
  if (old != NULL)
    g_ptr_array_remove (self->jobs, old);
  begin (self, ferry_model_job_new_download (self->folder, published));
}

/* --- All of it --- */

GSettings *
ferry_model_library_settings (FerryModelLibrary *self)
{
  return self->settings;
}

const char *
ferry_model_library_folder (FerryModelLibrary *self)
{
  return self->folder;
}

FerryModelLibrary *
ferry_model_library_new (GSettings *settings)
{
  FerryModelLibrary *self = g_object_new (FERRY_TYPE_MODEL_LIBRARY, NULL);

  self->settings = g_object_ref (settings);
  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      g_autofree char *signal = g_strconcat ("changed::", keys[i], NULL);

      g_signal_connect_object (settings, signal, G_CALLBACK (on_setting), self, G_CONNECT_SWAPPED);
    }
  return self;
}

static void
ferry_model_library_dispose (GObject *object)
{
  FerryModelLibrary *self = FERRY_MODEL_LIBRARY (object);

  g_cancellable_cancel (self->closing);
  for (guint i = 0; i < self->jobs->len; i++)
    {
      g_signal_handlers_disconnect_by_data (self->jobs->pdata[i], self);
      ferry_model_job_cancel (self->jobs->pdata[i]);
    }
  g_ptr_array_set_size (self->jobs, 0);
  G_OBJECT_CLASS (ferry_model_library_parent_class)->dispose (object);
}

static void
ferry_model_library_finalize (GObject *object)
{
  FerryModelLibrary *self = FERRY_MODEL_LIBRARY (object);

  g_clear_object (&self->settings);
  g_clear_object (&self->closing);
  g_clear_error (&self->table_error);
  g_clear_pointer (&self->published, g_ptr_array_unref);
  g_ptr_array_unref (self->entries);
  g_ptr_array_unref (self->jobs);
  g_free (self->folder);
  g_free (self->shipped);
  G_OBJECT_CLASS (ferry_model_library_parent_class)->finalize (object);
}

static void
ferry_model_library_class_init (FerryModelLibraryClass *klass)
{
  static const char *const names[N_SIGNALS] = { "listed", "summed", "jobs" };

  G_OBJECT_CLASS (klass)->dispose = ferry_model_library_dispose;
  G_OBJECT_CLASS (klass)->finalize = ferry_model_library_finalize;
  for (int i = 0; i < N_SIGNALS; i++)
    signals[i] = g_signal_new (names[i], FERRY_TYPE_MODEL_LIBRARY, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                               NULL, G_TYPE_NONE, 0);
}

static void
ferry_model_library_init (FerryModelLibrary *self)
{
  self->folder = g_build_filename (g_get_user_data_dir (), "ferry", "models", NULL);
  self->shipped = fy_shipped_model_path ();
  self->entries = entries_new ();
  self->jobs = g_ptr_array_new_with_free_func (g_object_unref);
  self->closing = g_cancellable_new ();
}
