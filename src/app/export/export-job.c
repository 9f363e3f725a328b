/* SPDX-License-Identifier: MIT */
#include "app/export/export-job.h"

#include "app/export/export-flow.h"
#include "app/export/export-soft.h"
#include "base/error.h"
#include "exchange/manifest.h"

#define TELL_MS 50

/* What is exported, of the moment it was asked for.  Immutable; any thread. */
typedef struct
{
  gatomicrefcount refs;
  FyExport export; /* its pointers are owned, but for clip, info and the callbacks */
  FyClipInfo info;
  const FyExportFormat *format;
  char *path;
} Snapshot;

struct _FerryExportJob
{
  GObject parent_instance;

  Snapshot *snapshot;
  FerryDocument *document;
  GCancellable *cancellable;
  FerryExportFlow *flow; /* nullable; soft labels come from there */
  gboolean replace;
  FerryExportState state;
  GError *error;
  GPtrArray *findings;
  gboolean compared;

  /* Written by the thread. */
  gint phase; /* FerryExportState */
  gint done;
  gint total;
  gint telling; /* a source is on its way */
};

G_DEFINE_FINAL_TYPE (FerryExportJob, ferry_export_job, G_TYPE_OBJECT)

enum
{
  PROP_STATE = 1,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];
static guint changed_signal;

/* --- Snapshot --- */

static Snapshot *
snapshot_ref (Snapshot *self)
{
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

static void
snapshot_unref (Snapshot *self)
{
  if (!g_atomic_ref_count_dec (&self->refs))
    return;
  for (int i = 0; i < self->export.n_objects; i++)
    fy_object_unref (self->export.object[i]);
  for (int i = 0; i < self->info.n_frames; i++)
    fy_frame_labels_unref (self->export.labels[i]);
  g_free ((gpointer) self->export.object);
  g_free ((gpointer) self->export.labels);
  g_free ((gpointer) self->export.name);
  g_free ((gpointer) self->export.codec);
  g_free ((gpointer) self->info.path);
  g_free ((gpointer) self->info.name);
  g_free ((gpointer) self->info.format);
  g_free (self->path);
  g_free (self);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Snapshot, snapshot_unref)

static Snapshot *
snapshot_new (FerryDocument *document,
              const FyExportFormat *format,
              const FyExport *options,
              const char *path)
{
  Snapshot *self = g_new0 (Snapshot, 1);
  FyLabelSet *set = ferry_document_labels (document);
  int n_objects = fy_label_set_n_objects (set);
  FyObject **object = g_new0 (FyObject *, MAX (n_objects, 1));
  FyFrameLabels **labels;

  g_atomic_ref_count_init (&self->refs);
  self->info = *ferry_document_clip_info (document);
  self->info.path = g_strdup (self->info.path);
  self->info.name = g_strdup (self->info.name);
  self->info.format = g_strdup (self->info.format);
  labels = g_new0 (FyFrameLabels *, self->info.n_frames);
  for (int i = 0; i < n_objects; i++)
    object[i] = fy_object_ref (fy_label_set_object (set, i));
  for (int i = 0; i < self->info.n_frames; i++)
    {
      FyFrameLabels *one = fy_label_set_peek (set, i);

      labels[i] = one != NULL ? fy_frame_labels_ref (one) : NULL;
    }
  self->export = *options;
  self->export.info = &self->info;
  self->export.clip = NULL;
  self->export.object = object;
  self->export.n_objects = n_objects;
  self->export.labels = labels;
  self->export.name = g_strdup (options->name);
  self->export.codec = g_strdup (options->codec);
  if (ferry_document_live (document) != NULL) /* somebody to ask */
    self->export.soft = ferry_export_soft_get;
  self->format = format;
  self->path = g_strdup (path);
  return self;
}

/* --- Telling --- */

static void
set_state (FerryExportJob *self, FerryExportState state)
{
  if (self->state != state)
    {
      self->state = state;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATE]);
    }
  g_signal_emit (self, changed_signal, 0);
}

static gboolean
tell (gpointer data)
{
  FerryExportJob *self = data;

  g_atomic_int_set (&self->telling, FALSE);
  if (ferry_export_job_is_running (self))
    set_state (self, (FerryExportState) g_atomic_int_get (&self->phase));
  return G_SOURCE_REMOVE;
}

/* On the thread.  One source at a time, however fast it goes. */
static void
note_progress (int done, int total, gpointer data)
{
  FerryExportJob *self = data;

  g_atomic_int_set (&self->done, done);
  g_atomic_int_set (&self->total, total);
  if (g_atomic_int_compare_and_exchange (&self->telling, FALSE, TRUE))
    g_timeout_add_full (G_PRIORITY_DEFAULT_IDLE, TELL_MS, tell, g_object_ref (self),
                        g_object_unref);
}

static void
begin_phase (FerryExportJob *self, FerryExportState phase)
{
  g_atomic_int_set (&self->phase, (gint) phase);
  note_progress (0, 0, self);
}

/* --- On the thread --- */

/* Where the masks of a DAVIS export are. */
static FyMaskFolder *
open_masks (const char *path, GError **error)
{
  g_autoptr (GPtrArray) found = NULL;
  g_autofree char *annotations = g_build_filename (path, "Annotations", NULL);
  g_autoptr (GDir) dir = g_dir_open (annotations, 0, NULL);
  const char *name = dir != NULL ? g_dir_read_name (dir) : NULL;
  g_autofree char *below =
      name != NULL ? g_build_filename (annotations, name, NULL) : g_strdup (path);

  found = fy_mask_folder_find (below, error);
  return found != NULL ? g_ptr_array_steal_index (found, 0) : NULL;
}

/* Asks the doctor. */
static GPtrArray *
check_masks (const Snapshot *snapshot, GCancellable *cancellable, GError **error)
{
  FyDavisCheckParams params = { 0, snapshot->info.width, snapshot->info.height };
  g_autoptr (FyMaskFolder) folder = open_masks (snapshot->path, error);

  if (folder == NULL)
    return NULL;
  if (!snapshot->export.skip_empty)
    params.n_frames = snapshot->export.last - snapshot->export.first + 1;
  return fy_davis_check (folder, &params, cancellable, error);
}

static void
write_on_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  FerryExportJob *self = source;
  const Snapshot *snapshot = data;
  FyExport export = snapshot->export;
  GError *error = NULL;
  GPtrArray *findings = NULL;
  g_autoptr (FyClip) clip = fy_clip_open (snapshot->info.path, NULL, cancellable, &error);

  export.clip = clip;
  export.progress = note_progress;
  export.progress_data = self;
  if (self->flow != NULL)
    {
      export.soft = ferry_export_flow_get;
      export.soft_data = self->flow;
    }
  if (clip == NULL || !fy_export_run (&export, snapshot->format, snapshot->path, self->replace,
                                      cancellable, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  if (g_str_equal (snapshot->format->id, "davis"))
    {
      begin_phase (self, FERRY_EXPORT_CHECKING);
      findings = check_masks (snapshot, cancellable, NULL); /* stopped, it is none */
    }
  g_task_return_pointer (task, findings, (GDestroyNotify) g_ptr_array_unref);
}

static void
compare_on_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  const Snapshot *snapshot = data;
  GError *error = NULL;
  g_autoptr (FyClip) clip = fy_clip_open (snapshot->info.path, NULL, cancellable, &error);
  GPtrArray *findings = NULL;

  if (clip != NULL)
    findings = fy_manifest_check (snapshot->path, clip, note_progress, source, cancellable, &error);
  if (findings != NULL)
    g_task_return_pointer (task, findings, (GDestroyNotify) g_ptr_array_unref);
  else
    g_task_return_error (task, error);
}

static void
plan_on_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  const Snapshot *snapshot = data;
  FyExportPlan *plan = g_new (FyExportPlan, 1);

  fy_export_plan (&snapshot->export, snapshot->format, plan);
  g_task_return_pointer (task, plan, (GDestroyNotify) ferry_export_plan_free);
}

/* --- Running --- */

FerryExportJob *
ferry_export_job_new (FerryDocument *document,
                      const FyExportFormat *format,
                      const FyExport *options,
                      const char *path)
{
  FerryExportJob *self = g_object_new (FERRY_TYPE_EXPORT_JOB, NULL);

  self->snapshot = snapshot_new (document, format, options, path);
  self->document = g_object_ref (document);
  return self;
}

/* findings, error: nullable, taken. */
static void
end (FerryExportJob *self, GPtrArray *findings, GError *error)
{
  GApplication *application = g_application_get_default ();

  if (findings != NULL)
    {
      g_clear_pointer (&self->findings, g_ptr_array_unref);
      self->findings = findings;
    }
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      g_error_free (error);
      set_state (self, FERRY_EXPORT_CANCELLED);
    }
  else if (error != NULL)
    {
      self->error = error;
      set_state (self, FERRY_EXPORT_FAILED);
    }
  else
    set_state (self, FERRY_EXPORT_DONE);
  if (application != NULL)
    g_application_release (application);
}

/* The program does not end before the thread has cleared away what is not whole. */
static void
begin (FerryExportJob *self, FerryExportState phase)
{
  GApplication *application = g_application_get_default ();

  if (application != NULL)
    g_application_hold (application);
  g_clear_error (&self->error);
  g_clear_object (&self->cancellable);
  self->cancellable = g_cancellable_new ();
  g_atomic_int_set (&self->done, 0);
  g_atomic_int_set (&self->total, 0);
  g_atomic_int_set (&self->phase, (gint) phase);
  set_state (self, phase);
}

/* --- Soft masks: on the thread of the session --- */

typedef struct
{
  FerryExportJob *job; /* borrowed: on_soft_ended has a reference */
  Snapshot *snapshot;
  gboolean replace;
} SoftCall;

static void
soft_call_free (gpointer data)
{
  SoftCall *call = data;

  snapshot_unref (call->snapshot);
  g_free (call);
}

static gpointer
write_soft (FySession *session, gpointer data, GCancellable *cancellable, GError **error)
{
  SoftCall *call = data;
  FyExport export = call->snapshot->export;
  g_autoptr (FerryExportSoft) soft = ferry_export_soft_new (session, &export, cancellable, error);

  if (soft == NULL)
    return NULL;
  export.clip = fy_session_clip (session);
  export.soft_data = soft;
  export.progress = note_progress;
  export.progress_data = call->job;
  return fy_export_run (&export, call->snapshot->format, call->snapshot->path, call->replace,
                        cancellable, error)
             ? g_strdup ("")
             : NULL;
}

static void
on_soft_ended (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (FerryExportJob) self = data;
  GError *error = NULL;

  g_free (fy_live_run_finish (ferry_document_live (self->document), result, &error));
  end (self, NULL, error);
}

static void
carry_anew (FerryExportJob *self)
{
  FyLive *live = ferry_document_live (self->document);
  SoftCall *call = g_new (SoftCall, 1);

  *call = (SoftCall){ self, snapshot_ref (self->snapshot), self->replace };
  fy_live_run_async (live, write_soft, call, soft_call_free, g_free, self->cancellable,
                     on_soft_ended, g_object_ref (self));
}

/* --- All else: on a thread of its own --- */

static void
on_ended (GObject *source, GAsyncResult *result, gpointer data)
{
  FerryExportJob *self = FERRY_EXPORT_JOB (source);
  g_autoptr (GError) error = NULL;
  GPtrArray *findings = g_task_propagate_pointer (G_TASK (result), &error);
  gboolean flowed = self->flow != NULL;

  g_clear_pointer (&self->flow, ferry_export_flow_free);
  if (flowed && g_error_matches (error, FY_ERROR, FY_ERROR_UNSUPPORTED) &&
      ferry_document_live (self->document) != NULL)
    carry_anew (self);
  else
    end (self, findings, g_steal_pointer (&error));
}

static void
run (FerryExportJob *self, GTaskThreadFunc func)
{
  g_autoptr (GTask) task = g_task_new (self, self->cancellable, on_ended, NULL);

  g_task_set_check_cancellable (task, FALSE); /* what is whole by then stays */
  g_task_set_task_data (task, snapshot_ref (self->snapshot), (GDestroyNotify) snapshot_unref);
  g_task_run_in_thread (task, func);
}

static gboolean
has_hand (const FyExport *export)
{
  for (int i = 0; i < export->info->n_frames; i++)
    if (fy_frame_labels_has_hand (export->labels[i]))
      return TRUE;
  return FALSE;
}

void
ferry_export_job_start (FerryExportJob *self, gboolean replace)
{
  gboolean soft = (self->snapshot->format->takes & FY_EXPORT_SOFT) != 0;

  self->compared = FALSE;
  self->replace = replace;
  begin (self, FERRY_EXPORT_WRITING);
  if (soft && ferry_document_live (self->document) != NULL)
    {
      if (!has_hand (&self->snapshot->export))
        {
          carry_anew (self); /* which says that there is nothing to carry */
          return;
        }
      self->flow = ferry_export_flow_new (self->document, self->cancellable);
    }
  run (self, write_on_thread);
}

void
ferry_export_job_compare (FerryExportJob *self)
{
  self->compared = TRUE;
  begin (self, FERRY_EXPORT_COMPARING);
  run (self, compare_on_thread);
}

void
ferry_export_job_cancel (FerryExportJob *self)
{
  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
}

void
ferry_export_job_plan_async (FerryExportJob *self,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_task_data (task, snapshot_ref (self->snapshot), (GDestroyNotify) snapshot_unref);
  g_task_run_in_thread (task, plan_on_thread);
}

FyExportPlan *
ferry_export_job_plan_finish (FerryExportJob *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

void
ferry_export_plan_free (FyExportPlan *plan)
{
  fy_export_plan_clear (plan);
  g_free (plan);
}

/* --- What is known --- */

FerryExportState
ferry_export_job_state (FerryExportJob *self)
{
  return self->state;
}

gboolean
ferry_export_job_is_running (FerryExportJob *self)
{
  return self->state == FERRY_EXPORT_WRITING || self->state == FERRY_EXPORT_CHECKING ||
         self->state == FERRY_EXPORT_COMPARING;
}

void
ferry_export_job_progress (FerryExportJob *self, int *done, int *total)
{
  *done = g_atomic_int_get (&self->done);
  *total = g_atomic_int_get (&self->total);
}

const char *
ferry_export_job_path (FerryExportJob *self)
{
  return self->snapshot->path;
}

const FyExportFormat *
ferry_export_job_format (FerryExportJob *self)
{
  return self->snapshot->format;
}

const GError *
ferry_export_job_error (FerryExportJob *self)
{
  return self->error;
}

GPtrArray *
ferry_export_job_findings (FerryExportJob *self)
{
  return self->findings;
}

gboolean
ferry_export_job_has_compared (FerryExportJob *self)
{
  return self->compared;
}

/* --- Object --- */

static void
ferry_export_job_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_STATE)
    g_value_set_int (value, (int) FERRY_EXPORT_JOB (object)->state);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
ferry_export_job_finalize (GObject *object)
{
  FerryExportJob *self = FERRY_EXPORT_JOB (object);

  g_clear_pointer (&self->snapshot, snapshot_unref);
  g_clear_object (&self->document);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->flow, ferry_export_flow_free);
  g_clear_error (&self->error);
  g_clear_pointer (&self->findings, g_ptr_array_unref);
  G_OBJECT_CLASS (ferry_export_job_parent_class)->finalize (object);
}

static void
ferry_export_job_class_init (FerryExportJobClass *klass)
{
  G_OBJECT_CLASS (klass)->get_property = ferry_export_job_get_property;
  G_OBJECT_CLASS (klass)->finalize = ferry_export_job_finalize;
  properties[PROP_STATE] =
      g_param_spec_int ("state", NULL, NULL, FERRY_EXPORT_IDLE, FERRY_EXPORT_CANCELLED,
                        FERRY_EXPORT_IDLE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (G_OBJECT_CLASS (klass), N_PROPS, properties);
  changed_signal = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                 NULL, NULL, G_TYPE_NONE, 0);
}

static void
ferry_export_job_init (FerryExportJob *self)
{
}
