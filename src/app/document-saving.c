/* SPDX-License-Identifier: MIT */
#include "app/document-internal.h"

#include <glib/gi18n.h>

/* What a hand did is put at once; what follows from it by propagation waits until it settles. */
#define CARRIED_SAVED_MS 400

static void
on_saved (FyAutosave *autosave, const GError *error, gpointer data)
{
  FerryDocument *self = data;
  g_autofree char *text = NULL;

  if (error == NULL)
    {
      ferry_document_notice (self, &(FerryNotice){ .key = "saving" });
      ferry_document_toast (self, _ ("Everything is saved again"));
      return;
    }
  text = g_strdup_printf (_ ("%s. Nothing is lost while the window stays open; it is tried again "
                             "with every change."),
                          error->message);
  ferry_document_notice (self, &(FerryNotice){ .lasting = TRUE,
                                               .key = "saving",
                                               .text = text,
                                               .button = _ ("Save a Copy…"),
                                               .action = "win.save-copy" });
}

/* What is done to many frames a little at a time is written as a whole. */
static void
hold (FerryDocument *self)
{
  if (self->autosave != NULL)
    fy_autosave_hold (self->autosave, fy_label_set_is_settling (self->labels));
}

void
ferry_document_start_saving (FerryDocument *self, FyProjectFile *project)
{
  self->unsaved = g_hash_table_new (NULL, NULL);
  g_signal_connect_swapped (self->labels, "settled", G_CALLBACK (hold), self);
  if (project != NULL)
    self->autosave = fy_autosave_new (project, on_saved, self);
}

static gboolean
save_carried (gpointer data)
{
  FerryDocument *self = data;
  GHashTableIter iter;
  gpointer frame;

  g_clear_handle_id (&self->save_timeout, g_source_remove);
  g_hash_table_iter_init (&iter, self->unsaved);
  while (g_hash_table_iter_next (&iter, &frame, NULL))
    if (self->autosave != NULL)
      fy_autosave_put_frame (self->autosave, GPOINTER_TO_INT (frame),
                             fy_label_set_peek (self->labels, GPOINTER_TO_INT (frame)));
  g_hash_table_remove_all (self->unsaved);
  return G_SOURCE_REMOVE;
}

/* Everything that is open, into a project that is written to from then on. */
static void
write_to (FerryDocument *self, FyProjectFile *project)
{
  const FyClipInfo *info = ferry_document_clip_info (self);
  const FyProjectMedia media = { .path = self->media_path,
                                 .fingerprint = self->fingerprint,
                                 .n_frames = info->n_frames,
                                 .width = info->width,
                                 .height = info->height };

  g_free (self->project_path);
  self->project_path = g_strdup (fy_project_file_path (project));
  self->autosave = fy_autosave_new (project, on_saved, self);
  self->dirty = FALSE;
  fy_autosave_put_media (self->autosave, &media);
  ferry_document_save_objects (self);
  for (int i = 0; i < info->n_frames; i++)
    if (fy_label_set_peek (self->labels, i) != NULL)
      fy_autosave_put_frame (self->autosave, i, fy_label_set_peek (self->labels, i));
  ferry_document_save_params (self);
  ferry_document_save_ways (self);
}

static gboolean
move_to (FerryDocument *self, const char *path, GError **error)
{
  FyProjectFile *project = fy_project_file_open (path, FY_PROJECT_CREATE, error);

  if (project == NULL)
    return FALSE;
  write_to (self, project);
  ferry_document_notice (self, &(FerryNotice){ .key = "opened" });
  return TRUE;
}

/* To the copy of a project that cannot be written any more. */
static void
move_on (FerryDocument *self, const char *path)
{
  FyProjectFile *project = fy_project_file_open (path, FY_PROJECT_OPEN, NULL);

  if (project == NULL)
    return;
  fy_autosave_abandon (g_steal_pointer (&self->autosave));
  write_to (self, project);
  ferry_document_notice (self, &(FerryNotice){ .key = "saving" });
}

/* Of a project that cannot be written: what was done to it, elsewhere.  Returns: where; NULL = nowhere. */
static char *
leave_aside (FerryDocument *self)
{
  g_autofree char *path = fy_autosave_new_refuge (self->project_path);
  g_autoptr (GError) error = NULL;

  if (!move_to (self, path, &error))
    {
      g_warning ("changes are lost: %s", error->message);
      return NULL;
    }
  g_clear_pointer (&self->autosave, fy_autosave_free);
  return g_steal_pointer (&path);
}

char *
ferry_document_stop_saving (FerryDocument *self)
{
  char *aside = NULL;
  g_autofree char *frame = g_strdup_printf ("%d", self->frame);
  g_autofree char *object = g_strdup_printf ("%u", self->object);

  fy_label_set_settle (self->labels);
  g_clear_handle_id (&self->save_timeout, g_source_remove);
  if (self->unsaved != NULL)
    save_carried (self);
  ferry_document_save_setting (self, FERRY_SETTING_FRAME, frame);
  ferry_document_save_setting (self, FERRY_SETTING_OBJECT, object);
  if (self->autosave != NULL)
    aside = fy_autosave_close (g_steal_pointer (&self->autosave));
  else if (self->dirty)
    aside = leave_aside (self);
  g_clear_pointer (&self->unsaved, g_hash_table_unref);
  self->dirty = FALSE;
  return aside;
}

gboolean
ferry_document_is_saved (FerryDocument *self, GError **error)
{
  if (self->labels == NULL)
    return TRUE;
  fy_label_set_settle (self->labels);
  if (self->autosave != NULL)
    {
      save_carried (self);
      return fy_autosave_flush (self->autosave, error);
    }
  if (self->dirty)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_READ_ONLY, _ ("%s cannot be written"),
                 self->project_path);
  return !self->dirty;
}

void
ferry_document_save_frame (FerryDocument *self, int frame)
{
  if (self->taking)
    {
      g_hash_table_add (self->unsaved, GINT_TO_POINTER (frame));
      if (self->save_timeout == 0)
        self->save_timeout = g_timeout_add (CARRIED_SAVED_MS, save_carried, self);
    }
  else if (self->autosave != NULL)
    {
      hold (self);
      fy_autosave_put_frame (self->autosave, frame, fy_label_set_peek (self->labels, frame));
      g_hash_table_remove (self->unsaved, GINT_TO_POINTER (frame));
    }
}

void
ferry_document_save_objects (FerryDocument *self)
{
  int n;
  FyObject *const *objects = fy_label_set_objects (self->labels, &n);

  if (self->autosave == NULL)
    return;
  hold (self);
  fy_autosave_put_objects (self->autosave, objects, n);
}

void
ferry_document_save_setting (FerryDocument *self, const char *name, const char *value)
{
  if (self->autosave != NULL)
    fy_autosave_put_setting (self->autosave, name, value);
}

void
ferry_document_save_params (FerryDocument *self)
{
  const FyPropagateParams *p = &self->params;
  char temperature[G_ASCII_DTOSTR_BUF_SIZE], lambda[G_ASCII_DTOSTR_BUF_SIZE];
  g_autofree char *text =
      g_strdup_printf ("%s %d %d %d %s %s %d", p->name, p->topk, p->context, p->radius,
                       g_ascii_dtostr (temperature, sizeof temperature, (double) p->temperature),
                       g_ascii_dtostr (lambda, sizeof lambda, (double) p->lambda), p->references);

  ferry_document_save_setting (self, FERRY_SETTING_PARAMS, text);
}

/* text: nullable.  What cannot be read, or is out of range, leaves the preset as it is. */
void
ferry_document_read_params (FerryDocument *self, const char *text)
{
  g_autofree char *preset = g_settings_get_string (self->settings, "preset");
  g_auto (GStrv) word = g_strsplit (text != NULL ? text : "", " ", -1);
  const FyPropagateParams *found = fy_preset_find (word[0] != NULL ? word[0] : preset);
  FyPropagateParams params;

  if (found == NULL)
    found = fy_preset_find ("fc-davis");
  self->params = params = *found;
  if (g_strv_length (word) != 7)
    return;
  params.topk = (int) g_ascii_strtoll (word[1], NULL, 10);
  params.context = (int) g_ascii_strtoll (word[2], NULL, 10);
  params.radius = (int) g_ascii_strtoll (word[3], NULL, 10);
  params.temperature = (float) g_ascii_strtod (word[4], NULL);
  params.lambda = (float) g_ascii_strtod (word[5], NULL);
  params.references = (int) g_ascii_strtoll (word[6], NULL, 10);
  if (fy_params_check (&params, NULL))
    self->params = params;
}

/* A digit a frame. */
void
ferry_document_save_ways (FerryDocument *self)
{
  int n = fy_label_set_n_frames (self->labels);
  g_autofree char *text = g_malloc ((gsize) n + 1);

  for (int i = 0; i < n; i++)
    text[i] = (char) ('0' + self->way[i]);
  text[n] = '\0';
  ferry_document_save_setting (self, FERRY_SETTING_WAYS, text);
}

/* --- A copy --- */

static void
on_copied (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  FerryDocument *self = g_task_get_source_object (task);
  GError *error = NULL;

  if (!fy_autosave_copy_finish (self->autosave, result, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  if (self->autosave != NULL && fy_autosave_is_failing (self->autosave))
    move_on (self, g_task_get_task_data (task));
  g_task_return_boolean (task, TRUE);
}

void
ferry_document_save_copy_async (FerryDocument *self,
                                const char *path,
                                GAsyncReadyCallback callback,
                                gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);
  GError *error = NULL;

  fy_label_set_settle (self->labels);
  if (self->autosave != NULL)
    {
      save_carried (self);
      g_task_set_task_data (task, g_strdup (path), g_free);
      fy_autosave_copy_async (self->autosave, path, on_copied, task);
      return;
    }
  if (move_to (self, path, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
  g_object_unref (task);
}

gboolean
ferry_document_save_copy_finish (FerryDocument *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
