/* SPDX-License-Identifier: MIT */
#include "app/document-internal.h"
#include "app/navigation.h"
#include "app/object-name.h"
#include "app/preferences/shortcuts-window.h"

#include <glib/gi18n.h>
#include <glib/gstdio.h>

#define TRY_AGAIN_MS 50
#define MOST_TRIES   40

G_DEFINE_FINAL_TYPE (FerryDocument, ferry_document, G_TYPE_OBJECT)

enum
{
  PROP_FRAME = 1,
  PROP_OBJECT,
  PROP_JOINT,
  PROP_PLAYING,
  PROP_LOOP,
  PROP_IN,
  PROP_OUT,
  PROP_LIVE,
  PROP_IS_OPEN,
  PROP_OPENING,
  PROP_TITLE,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

enum
{
  OPENED,
  PROGRESS,
  NOTICE,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

FerryDocument *
ferry_document_new (GSettings *settings)
{
  FerryDocument *self = g_object_new (FERRY_TYPE_DOCUMENT, NULL);

  self->settings = g_object_ref (settings);
  g_settings_bind (settings, "live", self, "live", G_SETTINGS_BIND_DEFAULT);
  return self;
}

static void
notify (FerryDocument *self, int property)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[property]);
}

/* --- Opening and closing --- */

static void
on_frame_changed (FyLabelSet *labels, int frame, FerryDocument *self)
{
  self->dirty |= self->autosave == NULL && !self->taking;
  ferry_document_flow_labels (self, frame);
  ferry_document_save_frame (self, frame);
}

static void
on_objects_changed (FyLabelSet *labels, FerryDocument *self)
{
  self->dirty |= self->autosave == NULL;
  ferry_document_flow_objects (self);
  ferry_document_save_objects (self);
  if (self->object != 0 && fy_label_set_find (labels, (guint16) self->object) == NULL)
    ferry_document_set_object (self, 0);
}

char *
ferry_document_open_action (const char *name, const char *path)
{
  g_autofree char *uri = g_filename_to_uri (path, NULL, NULL);

  return g_strdup_printf ("%s::%s", name, uri != NULL ? uri : path);
}

/* Banners are of what is open. */
static void
clear_banners (FerryDocument *self)
{
  static const char *const keys[] = { "opened", "opening", "saving", "copy", "import", "device" };

  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
    ferry_document_notice (self, &(FerryNotice){ .key = keys[i] });
}

static void
tell_aside (FerryDocument *self, const char *project, const char *aside)
{
  g_autofree char *text = NULL;
  g_autofree char *action = NULL;

  if (aside == NULL)
    return;
  text = g_strdup_printf (_ ("%s could not be written: all of it is in %s"), project, aside);
  action = ferry_document_open_action ("win.open-path", aside);
  ferry_document_notice (self, &(FerryNotice){ .lasting = TRUE,
                                               .key = "aside",
                                               .text = text,
                                               .button = _ ("Open It"),
                                               .action = action });
}

static void
forget (FerryDocument *self)
{
  g_autofree char *project = g_strdup (self->project_path);
  g_autofree char *aside = NULL;

  g_cancellable_cancel (self->opening);
  if (self->labels == NULL)
    return;
  g_object_set (self, "playing", FALSE, NULL);
  ferry_document_stop_flow (self);
  aside = ferry_document_stop_saving (self);
  g_signal_handlers_disconnect_by_data (self->labels, self);
  g_clear_object (&self->labels);
  g_clear_handle_id (&self->waiting, g_source_remove);
  g_clear_object (&self->frames);
  g_clear_pointer (&self->project_path, g_free);
  g_clear_pointer (&self->media_path, g_free);
  g_clear_pointer (&self->fingerprint, g_free);
  g_clear_pointer (&self->serial, g_free);
  g_clear_pointer (&self->way, g_free);
  g_clear_pointer (&self->swept, g_free);
  g_clear_pointer (&self->tried, g_free);
  self->frame = 0;
  self->object = 0;
  self->joint = 0;
  self->in = self->out = -1;
  self->changed = FALSE;
  clear_banners (self);
  tell_aside (self, project, aside);
}

void
ferry_document_close (FerryDocument *self)
{
  gboolean was_open = self->labels != NULL;

  forget (self);
  if (!was_open)
    return;
  g_signal_emit (self, signals[OPENED], 0);
  notify (self, PROP_IS_OPEN);
  notify (self, PROP_TITLE);
}

static int
setting_number (FerryOpening *opening, const char *name)
{
  const char *text = g_hash_table_lookup (opening->settings, name);

  return text != NULL ? (int) CLAMP (g_ascii_strtoll (text, NULL, 10), 0, G_MAXINT) : 0;
}

static void
load_labels (FerryDocument *self, FerryOpening *opening)
{
  const FyClipInfo *info = fy_clip_info (opening->clip);

  self->labels = fy_label_set_new (info->width, info->height, info->n_frames);
  for (guint i = 0; i < opening->objects->len; i++)
    fy_label_set_load_object (self->labels, g_ptr_array_index (opening->objects, i));
  fy_label_set_load_highest_id (self->labels, opening->highest_id);
  for (guint i = 0; i < opening->frames->len; i++)
    if (opening->frames->pdata[i] != NULL)
      fy_label_set_load_frame (self->labels, (int) i, opening->frames->pdata[i]);
}

/* What came along with the clip is not in its new project yet. */
static void
save_imported (FerryDocument *self, FerryOpening *opening)
{
  if (opening->imported == 0)
    return;
  ferry_document_save_objects (self);
  for (guint i = 0; i < opening->frames->len; i++)
    if (opening->frames->pdata[i] != NULL)
      ferry_document_save_frame (self, (int) i);
}

static void
tell_opened (FerryDocument *self, FerryOpening *opening)
{
  g_autofree char *text = NULL;
  g_autofree char *other =
      opening->other != NULL ? ferry_document_open_action ("win.open-path", opening->other) : NULL;

  if (opening->warning != NULL)
    ferry_document_notice (
        self, &(FerryNotice){ .lasting = TRUE,
                              .key = "opened",
                              .text = opening->warning,
                              .button = opening->read_only ? _ ("Save a Copy…")
                                        : other != NULL    ? _ ("Open Them")
                                                           : NULL,
                              .action = opening->read_only ? "win.save-copy" : other });
  if (opening->imported == 0)
    return;
  text = g_strdup_printf (g_dngettext (NULL, "The mask of %d frame came along",
                                       "The masks of %d frames came along", opening->imported),
                          opening->imported);
  ferry_document_notice (
      self, &(FerryNotice){ .text = text,
                            .button = opening->imported > 1 ? _ ("Keep Only the First") : NULL,
                            .action = "win.keep-first-mask" });
}

static void
take_opening (FerryDocument *self, FerryOpening *opening)
{
  forget (self);
  load_labels (self, opening);
  ferry_follow_weakness (self->labels);
  self->project_path = g_strdup (opening->project_path);
  self->media_path = g_strdup (opening->media.path);
  self->fingerprint = g_strdup (opening->media.fingerprint);
  self->frames = ferry_frames_new (g_steal_pointer (&opening->clip));
  ferry_document_follow_waiting (self);
  ferry_document_read_params (self, g_hash_table_lookup (opening->settings, FERRY_SETTING_PARAMS));
  ferry_document_start_saving (self, g_steal_pointer (&opening->project));
  self->frame =
      MIN (setting_number (opening, FERRY_SETTING_FRAME), ferry_document_n_frames (self) - 1);
  if (fy_label_set_find (self->labels, (guint16) setting_number (opening, FERRY_SETTING_OBJECT)) !=
      NULL)
    self->object = (guint) setting_number (opening, FERRY_SETTING_OBJECT);
  else if (fy_label_set_n_objects (self->labels) > 0)
    self->object = fy_label_set_object (self->labels, 0)->id;
  ferry_document_start_flow (self, g_hash_table_lookup (opening->settings, FERRY_SETTING_WAYS));
  save_imported (self, opening);
  g_signal_connect (self->labels, "frame-changed", G_CALLBACK (on_frame_changed), self);
  g_signal_connect (self->labels, "objects-changed", G_CALLBACK (on_objects_changed), self);
  g_signal_connect_swapped (self->labels, "settled", G_CALLBACK (ferry_document_sweep), self);
  g_signal_emit (self, signals[OPENED], 0);
  g_object_freeze_notify (G_OBJECT (self));
  for (int i = PROP_FRAME; i < N_PROPS; i++)
    notify (self, i);
  g_object_thaw_notify (G_OBJECT (self));
  tell_opened (self, opening);
}

typedef struct
{
  char *path;
  char *media;
  gboolean lost;
  int n_tries;
  GTask *outer;
} Request;

static void
request_free (gpointer data)
{
  Request *request = data;

  g_free (request->path);
  g_free (request->media);
  g_clear_object (&request->outer);
  g_free (request);
}

static void
open_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Request *request = data;
  GError *error = NULL;
  FerryOpening *opening =
      ferry_opening_run (request->path, request->media, &request->lost, cancellable, &error);

  if (opening == NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, opening, (GDestroyNotify) ferry_opening_free);
}

static void
tell_failed (FerryDocument *self, Request *request, const GError *error)
{
  g_autofree char *action = NULL;

  if (request->lost)
    action = ferry_document_open_action ("win.relink", request->path);
  ferry_document_notice (self, &(FerryNotice){ .lasting = TRUE,
                                               .key = "opening",
                                               .text = error->message,
                                               .button = action != NULL ? _ ("Find It…") : NULL,
                                               .action = action });
}

static gboolean
is_same_file (const char *a, const char *b)
{
  GStatBuf first, second;

  return a != NULL && b != NULL && g_stat (a, &first) == 0 && g_stat (b, &second) == 0 &&
         first.st_dev == second.st_dev && first.st_ino == second.st_ino;
}

static void start_opening (FerryDocument *self, Request *request, GCancellable *cancellable);

static gboolean
try_again (gpointer data)
{
  g_autoptr (GTask) task = data;
  Request *request = g_task_get_task_data (task);
  Request *again = g_new (Request, 1);

  *again = *request;
  again->path = g_strdup (request->path);
  again->media = g_strdup (request->media);
  g_object_ref (again->outer);
  start_opening (g_task_get_source_object (task), again, g_task_get_cancellable (task));
  return G_SOURCE_REMOVE;
}

/* A project that is open elsewhere, and that is here: by what is to be replaced, or by an opening that was
 * overtaken and has not let go of it yet.  Returns: whether it is tried again. */
static gboolean
free_project (FerryDocument *self, GTask *task, const FerryOpening *opening)
{
  Request *request = g_task_get_task_data (task);
  gboolean own = self->autosave != NULL && is_same_file (opening->project_path, self->project_path);

  if (!opening->busy || request->n_tries >= MOST_TRIES || (!own && self->n_openings == 0))
    return FALSE;
  if (own)
    ferry_document_close (self);
  request->n_tries++;
  self->opening = g_object_ref (g_task_get_cancellable (task));
  g_timeout_add (TRY_AGAIN_MS, try_again, g_object_ref (task));
  return TRUE;
}

static void
on_opening_done (GObject *source, GAsyncResult *result, gpointer data)
{
  FerryDocument *self = FERRY_DOCUMENT (source);
  GTask *task = G_TASK (result);
  Request *request = g_task_get_task_data (task);
  gboolean overtaken = self->opening != g_task_get_cancellable (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (FerryOpening) opening = g_task_propagate_pointer (task, &error);

  self->n_openings--;
  if (!overtaken)
    g_clear_object (&self->opening);
  if (overtaken || g_cancellable_is_cancelled (g_task_get_cancellable (task)))
    g_task_return_new_error (request->outer, G_IO_ERROR, G_IO_ERROR_CANCELLED, "overtaken");
  else if (opening == NULL)
    {
      tell_failed (self, request, error);
      g_task_return_error (request->outer, g_steal_pointer (&error));
    }
  else if (free_project (self, task, opening))
    return;
  else
    {
      take_opening (self, opening);
      g_task_return_boolean (request->outer, TRUE);
    }
  notify (self, PROP_OPENING);
}

static void
start_opening (FerryDocument *self, Request *request, GCancellable *cancellable)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, on_opening_done, NULL);

  /* What an opening that was overtaken holds is let go of when that is told. */
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, request, request_free);
  self->n_openings++;
  g_task_run_in_thread (task, open_in_thread);
}

gboolean
ferry_document_is_of (FerryDocument *self, GFile *file)
{
  const char *path = g_file_peek_path (file);

  return is_same_file (path, self->project_path) || is_same_file (path, self->media_path);
}

void
ferry_document_open_with_media_async (FerryDocument *self,
                                      GFile *file,
                                      GFile *media,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data)
{
  g_autoptr (GTask) outer = g_task_new (self, NULL, callback, user_data);
  Request *request;

  g_cancellable_cancel (self->opening);
  g_clear_object (&self->opening);
  if (media == NULL && self->autosave != NULL && !self->changed &&
      !fy_autosave_is_failing (self->autosave) && ferry_document_is_of (self, file))
    {
      g_task_return_boolean (outer, TRUE);
      notify (self, PROP_OPENING);
      return;
    }
  self->opening = g_cancellable_new ();
  request = g_new0 (Request, 1);
  request->path = g_file_get_path (file);
  request->media = media != NULL ? g_file_get_path (media) : NULL;
  request->outer = g_steal_pointer (&outer);
  if (request->path == NULL)
    request->path = g_file_get_uri (file);
  start_opening (self, request, self->opening);
  notify (self, PROP_OPENING);
}

void
ferry_document_open_async (FerryDocument *self,
                           GFile *file,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  ferry_document_open_with_media_async (self, file, NULL, callback, user_data);
}

gboolean
ferry_document_open_finish (FerryDocument *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* --- What is open --- */

FyLabelSet *
ferry_document_labels (FerryDocument *self)
{
  return self->labels;
}

FerryFrames *
ferry_document_frames (FerryDocument *self)
{
  return self->frames;
}

FyLive *
ferry_document_live (FerryDocument *self)
{
  return self->live;
}

FyAutosave *
ferry_document_autosave (FerryDocument *self)
{
  return self->autosave;
}

const FyClipInfo *
ferry_document_clip_info (FerryDocument *self)
{
  return self->frames != NULL ? ferry_frames_info (self->frames) : NULL;
}

const FyLiveInfo *
ferry_document_live_info (FerryDocument *self)
{
  return self->live_open ? &self->live_info : NULL;
}

const char *
ferry_document_project_path (FerryDocument *self)
{
  return self->project_path;
}

void
ferry_document_restart_flow (FerryDocument *self)
{
  if (self->labels == NULL)
    return;
  ferry_document_stop_flow (self);
  ferry_document_notice (self, &(FerryNotice){ .key = "device" });
  ferry_document_start_flow (self, NULL);
  g_signal_emit (self, signals[PROGRESS], 0);
}

int
ferry_document_n_frames (FerryDocument *self)
{
  return self->labels != NULL ? fy_label_set_n_frames (self->labels) : 0;
}

int
ferry_document_frame (FerryDocument *self)
{
  return self->frame;
}

void
ferry_document_set_frame (FerryDocument *self, int frame)
{
  frame = CLAMP (frame, 0, MAX (0, ferry_document_n_frames (self) - 1));
  if (frame == self->frame)
    return;
  self->frame = frame;
  fy_label_set_look_at (self->labels, frame);
  if (self->live != NULL)
    fy_live_set_playhead (self->live, frame);
  notify (self, PROP_FRAME);
}

guint16
ferry_document_object (FerryDocument *self)
{
  return (guint16) self->object;
}

void
ferry_document_set_object (FerryDocument *self, guint16 id)
{
  if (id == self->object)
    return;
  self->object = id;
  self->joint = 0;
  notify (self, PROP_OBJECT);
  notify (self, PROP_JOINT);
}

void
ferry_document_range (FerryDocument *self, int *first, int *last)
{
  *first = self->in >= 0 ? self->in : 0;
  *last = self->out >= 0 ? self->out : ferry_document_n_frames (self) - 1;
}

gboolean
ferry_document_may_change (FerryDocument *self, const FyObject *object)
{
  g_autofree char *why = NULL;
  g_autofree char *text = NULL;

  if (!object->locked && !object->hidden)
    return TRUE;
  why = g_strdup_printf (object->locked ? _ ("%s is locked: unlock it first")
                                        : _ ("%s is hidden: show it first"),
                         object->name);
  text = ferry_shortcut_tip (why, object->locked ? "win.lock-object" : "win.hide-object");
  ferry_document_toast (self, "%s", text);
  return FALSE;
}

guint16
ferry_document_ensure_object (FerryDocument *self)
{
  FyObject *object =
      self->labels != NULL ? fy_label_set_find (self->labels, (guint16) self->object) : NULL;
  g_autoptr (FyObject) made = NULL;

  if (self->labels == NULL)
    return 0;
  if (object == NULL && fy_label_set_n_objects (self->labels) > 0)
    {
      g_autofree char *text =
          ferry_shortcut_tip (_ ("Choose an object first, or make a new one"), "win.new-object");

      ferry_document_toast (self, "%s", text);
      return 0;
    }
  if (object != NULL)
    return ferry_document_may_change (self, object) ? object->id : 0;
  made = ferry_named_object (fy_label_set_next_id (self->labels), FY_OBJECT_MASK);
  fy_label_set_set_object (self->labels, made);
  ferry_document_set_object (self, made->id);
  return made->id;
}

void
ferry_document_notice (FerryDocument *self, const FerryNotice *notice)
{
  g_signal_emit (self, signals[NOTICE], 0, notice);
}

void
ferry_document_toast (FerryDocument *self, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  ferry_document_notice (self, &(FerryNotice){ .text = text });
}

/* --- GObject --- */

static void
ferry_document_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  FerryDocument *self = FERRY_DOCUMENT (object);

  switch (id)
    {
    case PROP_FRAME:
      g_value_set_int (value, self->frame);
      break;
    case PROP_OBJECT:
      g_value_set_uint (value, self->object);
      break;
    case PROP_JOINT:
      g_value_set_int (value, self->joint);
      break;
    case PROP_PLAYING:
      g_value_set_boolean (value, self->playing);
      break;
    case PROP_LOOP:
      g_value_set_boolean (value, self->loop);
      break;
    case PROP_IN:
      g_value_set_int (value, self->in);
      break;
    case PROP_OUT:
      g_value_set_int (value, self->out);
      break;
    case PROP_LIVE:
      g_value_set_boolean (value, self->live_edits);
      break;
    case PROP_IS_OPEN:
      g_value_set_boolean (value, self->labels != NULL);
      break;
    case PROP_OPENING:
      g_value_set_boolean (value, self->opening != NULL);
      break;
    case PROP_TITLE:
      g_value_take_string (value, self->frames != NULL ? g_filename_display_name (
                                                             ferry_frames_info (self->frames)->name)
                                                       : NULL);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
ferry_document_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  FerryDocument *self = FERRY_DOCUMENT (object);

  switch (id)
    {
    case PROP_FRAME:
      ferry_document_set_frame (self, g_value_get_int (value));
      return;
    case PROP_OBJECT:
      ferry_document_set_object (self, (guint16) g_value_get_uint (value));
      return;
    case PROP_JOINT:
      self->joint = g_value_get_int (value);
      break;
    case PROP_PLAYING:
      self->playing = g_value_get_boolean (value) && self->labels != NULL;
      break;
    case PROP_LOOP:
      self->loop = g_value_get_boolean (value);
      break;
    case PROP_IN:
      self->in = MIN (g_value_get_int (value), ferry_document_n_frames (self) - 1);
      if (self->out >= 0 && self->in > self->out)
        self->out = -1;
      break;
    case PROP_OUT:
      self->out = MIN (g_value_get_int (value), ferry_document_n_frames (self) - 1);
      if (self->out >= 0 && self->in > self->out)
        self->in = -1;
      break;
    case PROP_LIVE:
      self->live_edits = g_value_get_boolean (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
      return;
    }
  g_object_notify_by_pspec (object, pspec);
  if (id == PROP_IN)
    notify (self, PROP_OUT);
  else if (id == PROP_OUT)
    notify (self, PROP_IN);
}

static void
ferry_document_dispose (GObject *object)
{
  FerryDocument *self = FERRY_DOCUMENT (object);

  forget (self);
  g_clear_object (&self->opening);
  g_clear_object (&self->settings);
  G_OBJECT_CLASS (ferry_document_parent_class)->dispose (object);
}

static void
ferry_document_class_init (FerryDocumentClass *klass)
{
  GType type = G_TYPE_FROM_CLASS (klass);
  const GParamFlags write = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;
  const GParamFlags read = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  G_OBJECT_CLASS (klass)->get_property = ferry_document_get_property;
  G_OBJECT_CLASS (klass)->set_property = ferry_document_set_property;
  G_OBJECT_CLASS (klass)->dispose = ferry_document_dispose;
  properties[PROP_FRAME] = g_param_spec_int ("frame", NULL, NULL, 0, G_MAXINT, 0, write);
  properties[PROP_OBJECT] = g_param_spec_uint ("object", NULL, NULL, 0, G_MAXUINT16, 0, write);
  properties[PROP_JOINT] = g_param_spec_int ("joint", NULL, NULL, 0, G_MAXUINT16, 0, write);
  properties[PROP_PLAYING] = g_param_spec_boolean ("playing", NULL, NULL, FALSE, write);
  properties[PROP_LOOP] = g_param_spec_boolean ("loop", NULL, NULL, FALSE, write);
  properties[PROP_IN] = g_param_spec_int ("in", NULL, NULL, -1, G_MAXINT, -1, write);
  properties[PROP_OUT] = g_param_spec_int ("out", NULL, NULL, -1, G_MAXINT, -1, write);
  properties[PROP_LIVE] = g_param_spec_boolean ("live", NULL, NULL, TRUE, write);
  properties[PROP_IS_OPEN] = g_param_spec_boolean ("is-open", NULL, NULL, FALSE, read);
  properties[PROP_OPENING] = g_param_spec_boolean ("opening", NULL, NULL, FALSE, read);
  properties[PROP_TITLE] = g_param_spec_string ("title", NULL, NULL, NULL, read);
  g_object_class_install_properties (G_OBJECT_CLASS (klass), N_PROPS, properties);
  signals[OPENED] =
      g_signal_new ("opened", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[PROGRESS] =
      g_signal_new ("progress", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[NOTICE] = g_signal_new ("notice", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 1, G_TYPE_POINTER);
}

static void
ferry_document_init (FerryDocument *self)
{
  self->in = self->out = -1;
  self->previewed = -1;
  self->live_edits = TRUE;
}
