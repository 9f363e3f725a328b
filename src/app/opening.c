/* SPDX-License-Identifier: MIT */
#include "app/opening.h"

#include "app/object-name.h"
#include "base/error.h"
#include "exchange/davis.h"
#include "label/edit.h"
#include "store/autosave.h"
#include "store/rescue.h"

#include <glib/gi18n.h>
#include <glib/gstdio.h>

#define LONGEST_NAME 40 /* characters of a clip's name in a file's */

void
ferry_opening_free (FerryOpening *self)
{
  if (self == NULL)
    return;
  fy_clip_free (self->clip);
  fy_project_file_close (self->project);
  fy_project_media_clear (&self->media);
  g_free (self->project_path);
  g_clear_pointer (&self->objects, g_ptr_array_unref);
  g_clear_pointer (&self->frames, g_ptr_array_unref);
  g_clear_pointer (&self->settings, g_hash_table_unref);
  g_free (self->warning);
  g_free (self->other);
  g_free (self);
}

static void
unref_labels (gpointer labels)
{
  fy_frame_labels_unref (labels);
}

static void
warn (FerryOpening *self, const char *sentence)
{
  g_autofree char *before = self->warning;

  self->warning =
      before != NULL ? g_strdup_printf ("%s %s", before, sentence) : g_strdup (sentence);
}

/* --- The clip --- */

/* DAVIS keeps the masks of JPEGImages/480p/NAME in Annotations/480p/NAME. */
static char *
find_annotations (const char *folder)
{
  g_autofree char *sequence = g_path_get_basename (folder);
  g_autofree char *above = g_path_get_dirname (folder);
  g_autofree char *size = g_path_get_basename (above);
  g_autofree char *images = g_path_get_dirname (above);
  g_autofree char *kind = g_path_get_basename (images);
  g_autofree char *root = g_path_get_dirname (images);
  g_autofree char *found = NULL;

  if (!g_str_equal (kind, "JPEGImages"))
    return NULL;
  found = g_build_filename (root, "Annotations", size, sequence, NULL);
  return g_file_test (found, G_FILE_TEST_IS_DIR) ? g_steal_pointer (&found) : NULL;
}

static void
add_objects (FerryOpening *self, const FyFrameLabels *labels)
{
  for (int i = 0; i < labels->n_states; i++)
    {
      gboolean known = FALSE;

      for (guint j = 0; j < self->objects->len && !known; j++)
        known = ((FyObject *) g_ptr_array_index (self->objects, j))->id == labels->state[i].object;
      if (!known)
        g_ptr_array_add (self->objects,
                         ferry_named_object (labels->state[i].object, FY_OBJECT_MASK));
    }
}

/* Masks that lie where DAVIS keeps them come along. */
static void
import_annotations (FerryOpening *self, const char *folder, GCancellable *cancellable)
{
  g_autofree char *annotations = find_annotations (folder);
  g_autoptr (FyMaskFolder) masks =
      annotations != NULL ? fy_mask_folder_open (annotations, NULL) : NULL;
  const FyClipInfo *info = fy_clip_info (self->clip);

  for (int i = 0; masks != NULL && i < info->n_frames; i++)
    {
      int index = fy_mask_folder_index (masks, fy_clip_frame_name (self->clip, i), i);
      g_autoptr (FyIdMap) map = index >= 0 ? fy_mask_folder_read (masks, index, NULL, NULL) : NULL;
      g_autoptr (FyRunMap) runs = NULL;
      FyFrameLabels *labels;

      if (g_cancellable_is_cancelled (cancellable))
        return;
      if (map == NULL || map->width != info->width || map->height != info->height)
        continue;
      runs = fy_run_map_new (map);
      labels = fy_edit_import (NULL, runs);
      self->frames->pdata[i] = labels;
      add_objects (self, labels);
      self->imported++;
    }
}

/* --- The project --- */

/* The clip's name as far as a file's name has room for it, with more behind. */
static char *
short_name (FyClip *clip)
{
  g_autofree char *name = g_utf8_make_valid (fy_clip_info (clip)->name, -1);

  return g_utf8_substring (name, 0, MIN (g_utf8_strlen (name, -1), LONGEST_NAME));
}

static char *
project_for (FyClip *clip, const char *fingerprint)
{
  g_autofree char *short_form = short_name (clip);
  g_autofree char *name = g_strdup_printf ("%s-%.12s.ferry", short_form, fingerprint);

  return g_build_filename (g_get_user_data_dir (), "ferry", "projects", name, NULL);
}

static void
take_frame (int frame, FyFrameLabels *labels, gpointer data)
{
  FerryOpening *self = data;

  /* Labels of frames that the clip has no more stay in the file. */
  if (frame >= 0 && frame < (int) self->frames->len && self->frames->pdata[frame] == NULL)
    self->frames->pdata[frame] = fy_frame_labels_ref (labels);
}

static gboolean
read_project (FerryOpening *self, FyProjectFile *project, GCancellable *cancellable, GError **error)
{
  static const char *const names[] = { FERRY_SETTING_PARAMS, FERRY_SETTING_WAYS,
                                       FERRY_SETTING_FRAME, FERRY_SETTING_OBJECT };

  g_clear_pointer (&self->objects, g_ptr_array_unref);
  self->objects = fy_project_file_get_objects (project, error);
  if (self->objects == NULL)
    return FALSE;
  self->highest_id = fy_project_file_get_highest_id (project);
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      char *value = fy_project_file_get_setting (project, names[i]);

      if (value != NULL)
        g_hash_table_insert (self->settings, g_strdup (names[i]), value);
    }
  return fy_project_file_get_frames (project, take_frame, self, cancellable, error);
}

/* Opens for writing, or, where that cannot be, for reading with a warning. */
static FyProjectFile *
open_project (FerryOpening *self, const char *path, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  g_autofree char *sentence = NULL;
  FyProjectFile *project = fy_project_file_open (path, FY_PROJECT_OPEN, &local_error);

  if (project != NULL && fy_project_file_check_pages (project, &local_error))
    return project;
  g_clear_pointer (&project, fy_project_file_close);
  if (g_error_matches (local_error, FY_ERROR, FY_ERROR_TOO_NEW) ||
      g_error_matches (local_error, FY_ERROR, FY_ERROR_CORRUPT))
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return NULL;
    }
  project = fy_project_file_open (path, FY_PROJECT_READ_ONLY, NULL);
  if (project == NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return NULL;
    }
  sentence = g_strdup_printf (_ ("%s. Changes are not saved: save a copy to keep them."),
                              local_error->message);
  warn (self, sentence);
  self->read_only = TRUE;
  self->busy = g_error_matches (local_error, G_IO_ERROR, G_IO_ERROR_BUSY);
  return project;
}

/* A reading handle is closed once all is read: only one that can be written is kept. */
static void
keep_project (FerryOpening *self, FyProjectFile *project)
{
  if (!self->read_only)
    self->project = project;
  else
    fy_project_file_close (project);
}

static gboolean
compare_media (FerryOpening *self, const FyProjectMedia *was, GError **error)
{
  const FyProjectMedia *is = &self->media;
  g_autofree char *sentence = NULL;

  if (g_strcmp0 (was->fingerprint, is->fingerprint) == 0)
    return TRUE;
  if (was->width != is->width || was->height != is->height)
    {
      g_set_error (error, FY_ERROR, FY_ERROR_MISMATCH,
                   _ ("%s is %d×%d, the project's labels are for %d×%d: find the clip that was "
                      "labelled"),
                   is->path, is->width, is->height, was->width, was->height);
      return FALSE;
    }
  if (was->n_frames != is->n_frames)
    sentence =
        g_strdup_printf (ngettext ("%s has %d frame, it had %d when it was labelled. Labels "
                                   "of frames that are gone are kept in the project.",
                                   "%s has %d frames, it had %d when it was labelled. Labels "
                                   "of frames that are gone are kept in the project.",
                                   (gulong) is->n_frames),
                         is->path, is->n_frames, was->n_frames);
  else
    sentence = g_strdup_printf (
        _ ("%s has changed since it was labelled: look whether the labels still fit."), is->path);
  warn (self, sentence);
  return TRUE;
}

static gboolean
open_clip (FerryOpening *self, const char *path, GCancellable *cancellable, GError **error)
{
  const FyClipParams params = { .cache_bytes = (gsize) 128 << 20,
                                .parked_bytes = (gsize) 256 << 20 };
  const FyClipInfo *info;

  self->clip = fy_clip_open (path, &params, cancellable, error);
  if (self->clip == NULL)
    return FALSE;
  info = fy_clip_info (self->clip);
  self->frames = g_ptr_array_new_with_free_func (unref_labels);
  g_ptr_array_set_size (self->frames, info->n_frames);
  self->media.path = g_canonicalize_filename (path, NULL);
  self->media.fingerprint = fy_clip_fingerprint (self->clip, error);
  self->media.n_frames = info->n_frames;
  self->media.width = info->width;
  self->media.height = info->height;
  return self->media.fingerprint != NULL;
}

/* Forgets what was read of a project that then turned out to be damaged. */
static void
forget_read (FerryOpening *self)
{
  guint n = self->frames->len;

  g_ptr_array_set_size (self->frames, 0);
  g_ptr_array_set_size (self->frames, (int) n);
  g_hash_table_remove_all (self->settings);
}

/* Frames of the clip, 0 while it is not open. */
static int
n_frames (const FerryOpening *self)
{
  return self->clip != NULL ? fy_clip_info (self->clip)->n_frames : 0;
}

/* Reads what is left of a project that somebody named into another file beside it, which is opened; the
 * damaged one stays as it is.
 * beside: out, (transfer full) where.  Returns: NULL when nothing is left. */
static FyProjectFile *
rescue_beside (FerryOpening *self, const char *path, const GError *damage, char **beside)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *stamp = g_date_time_format (now, "%Y%m%d-%H%M%S");
  g_autofree char *to =
      g_strdup_printf ("%.*s-%s.ferry", (int) (strlen (path) - strlen (".ferry")), path, stamp);
  g_autofree char *sentence = NULL;
  FyProjectFile *project;
  FyRescue found = { 0 };

  if (!fy_project_rescue (path, to, n_frames (self), &found, NULL))
    return NULL;
  project = fy_project_file_open (to, FY_PROJECT_OPEN, NULL);
  if (project == NULL)
    return NULL;
  sentence =
      g_strdup_printf (ngettext ("%s. The labels of %d frame were rescued, those of up to %d "
                                 "are lost; this is %s, and the damaged file is as it was.",
                                 "%s. The labels of %d frames were rescued, those of up to %d "
                                 "are lost; this is %s, and the damaged file is as it was.",
                                 (gulong) found.frames),
                       damage->message, found.frames, found.frames_lost, to);
  warn (self, sentence);
  *beside = g_steal_pointer (&to);
  return project;
}

/* What could not be written to the project when it was closed lies elsewhere. */
static void
find_unsaved (FerryOpening *self, const char *project_path)
{
  g_autofree char *path = fy_autosave_find_refuge (project_path);
  g_autoptr (FyProjectFile) project =
      path != NULL ? fy_project_file_open (path, FY_PROJECT_READ_ONLY, NULL) : NULL;
  g_auto (FyProjectMedia) media = { 0 };

  /* Projects of other folders may have the same name. */
  if (project == NULL || !fy_project_file_get_media (project, &media, NULL) ||
      g_strcmp0 (media.fingerprint, self->media.fingerprint) != 0)
    return;
  warn (self, _ ("Changes of the last time could not be saved in this project; they are kept in a "
                 "project of their own."));
  self->other = g_steal_pointer (&path);
}

/* Where a folder's clip is now, when somebody chose an image in it. */
static char *
media_now (const char *chosen, const FyProjectMedia *was)
{
  const char *dot = strrchr (chosen, '.');
  gboolean image = dot != NULL && (g_ascii_strcasecmp (dot, ".png") == 0 ||
                                   g_ascii_strcasecmp (dot, ".jpg") == 0 ||
                                   g_ascii_strcasecmp (dot, ".jpeg") == 0);

  return image && was->n_frames > 1 ? g_path_get_dirname (chosen) : g_strdup (chosen);
}

/* A file that is sound may still hold a row that is not. */
static gboolean
read_or_rescue (FerryOpening *self,
                const char *path,
                FyProjectFile **project,
                char **beside,
                GCancellable *cancellable,
                GError **error)
{
  g_autoptr (GError) local_error = NULL;

  if (read_project (self, *project, cancellable, &local_error))
    return TRUE;
  if (*beside == NULL && g_error_matches (local_error, FY_ERROR, FY_ERROR_CORRUPT))
    {
      g_clear_pointer (project, fy_project_file_close);
      forget_read (self);
      *project = rescue_beside (self, path, local_error, beside);
    }
  else
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  if (*project != NULL)
    return read_project (self, *project, cancellable, error);
  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

/* Opens the project file and, found by it, the clip. */
static gboolean
run_project (FerryOpening *self,
             const char *path,
             const char *media,
             gboolean *lost,
             GCancellable *cancellable,
             GError **error)
{
  g_autoptr (GError) local_error = NULL;
  g_autofree char *beside = NULL;
  g_autofree char *at = NULL;
  g_autoptr (FyProjectFile) project = open_project (self, path, &local_error);
  g_auto (FyProjectMedia) was = { 0 };

  if (g_error_matches (local_error, FY_ERROR, FY_ERROR_CORRUPT))
    project = rescue_beside (self, path, local_error, &beside);
  if (project == NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  g_clear_error (&local_error);
  if (!fy_project_file_get_media (project, &was, &local_error))
    {
      if (local_error != NULL)
        g_propagate_error (error, g_steal_pointer (&local_error));
      else
        g_set_error (error, FY_ERROR, FY_ERROR_STORE, _ ("%s does not say what clip it labels"),
                     path);
      return FALSE;
    }
  if (media == NULL && !g_file_test (was.path, G_FILE_TEST_EXISTS))
    {
      *lost = TRUE;
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                   _ ("%s is not there any more: find it (of a folder, any image in it), and the "
                      "project opens with it"),
                   was.path);
      return FALSE;
    }
  *lost = TRUE;
  at = media_now (media != NULL ? media : was.path, &was);
  if (!open_clip (self, at, cancellable, error) || !compare_media (self, &was, error))
    return FALSE;
  *lost = FALSE;
  if (!read_or_rescue (self, path, &project, &beside, cancellable, error))
    return FALSE;
  find_unsaved (self, path);
  if (media != NULL && !fy_project_file_set_media (project, &self->media, NULL))
    warn (self, _ ("Where the clip is now could not be saved in the project."));
  self->project_path = g_strdup (beside != NULL ? beside : path);
  keep_project (self, g_steal_pointer (&project));
  return TRUE;
}

static FyProjectFile *
create_project (FerryOpening *self, const char *path, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);
  g_autoptr (FyProjectFile) project = NULL;

  if (g_mkdir_with_parents (folder, 0700) != 0)
    {
      int code = errno;

      g_set_error (error, G_IO_ERROR, (int) g_io_error_from_errno (code), "%s: %s", folder,
                   g_strerror (code));
      return NULL;
    }
  project = fy_project_file_open (path, FY_PROJECT_CREATE, error);
  if (project == NULL || !fy_project_file_set_media (project, &self->media, error))
    return NULL;
  return g_steal_pointer (&project);
}

/* Reads a damaged project's file into a new one under its name; the damaged one is put aside, never written
 * over.  Returns: the new one, or NULL: then there is none. */
static FyProjectFile *
rescue (FerryOpening *self, const char *path, const GError *damage)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *stamp = g_date_time_format (now, "%Y%m%d-%H%M%S");
  g_autofree char *aside = g_strdup_printf ("%s.%s.damaged", path, stamp);
  g_autofree char *sentence = NULL;
  FyRescue found = { 0 };
  gboolean rescued;

  if (g_rename (path, aside) != 0)
    return NULL;
  rescued = fy_project_rescue (aside, path, n_frames (self), &found, NULL);
  if (rescued)
    sentence = g_strdup_printf (
        ngettext (
            "%s. The labels of %d frame were rescued, those of up to %d are lost; the damaged "
            "file was put aside as %s.",
            "%s. The labels of %d frames were rescued, those of up to %d are lost; the damaged "
            "file was put aside as %s.",
            (gulong) found.frames),
        damage->message, found.frames, found.frames_lost, aside);
  else
    sentence = g_strdup_printf (_ ("%s. It was put aside as %s; the clip starts without labels."),
                                damage->message, aside);
  warn (self, sentence);
  return rescued ? fy_project_file_open (path, FY_PROJECT_OPEN, NULL) : NULL;
}

/* The project that is found under `path`, rescued if need be.
 * Returns: FALSE with *error set when it is not to be touched; *project NULL: there is none. */
static gboolean
find_project (FerryOpening *self,
              const char *path,
              FyProjectFile **project,
              GCancellable *cancellable,
              GError **error)
{
  g_autoptr (GError) local_error = NULL;

  *project = open_project (self, path, &local_error);
  if (*project != NULL && read_project (self, *project, cancellable, &local_error))
    return TRUE;
  g_clear_pointer (project, fy_project_file_close);
  if (!g_error_matches (local_error, FY_ERROR, FY_ERROR_CORRUPT))
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  forget_read (self);
  *project = rescue (self, path, local_error);
  if (*project == NULL || read_project (self, *project, cancellable, NULL))
    return TRUE;
  g_clear_pointer (project, fy_project_file_close);
  forget_read (self);
  return TRUE;
}

/* A clip that was labelled and then changed has another project: the labels of before are not lost, but not
 * to be seen either. */
static void
find_earlier (FerryOpening *self)
{
  g_autofree char *folder = g_path_get_dirname (self->project_path);
  g_autofree char *name = short_name (self->clip);
  g_autofree char *prefix = g_strconcat (name, "-", NULL);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *entry;

  while (dir != NULL && self->other == NULL && (entry = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, entry, NULL);
      g_autoptr (FyProjectFile) project = NULL;
      g_autoptr (GPtrArray) objects = NULL;
      g_auto (FyProjectMedia) media = { 0 };

      if (!g_str_has_prefix (entry, prefix) || !g_str_has_suffix (entry, ".ferry") ||
          g_str_equal (path, self->project_path))
        continue;
      project = fy_project_file_open (path, FY_PROJECT_READ_ONLY, NULL);
      if (project == NULL || !fy_project_file_get_media (project, &media, NULL) ||
          !g_str_equal (media.path, self->media.path))
        continue;
      objects = fy_project_file_get_objects (project, NULL);
      if (objects != NULL && objects->len > 0)
        self->other = g_steal_pointer (&path);
    }
  if (self->other != NULL)
    warn (self, _ ("This clip has changed since it was labelled; the labels of before are kept."));
}

/* A clip that is found again at another place: so are copies of its project then. */
static void
follow_media (FerryOpening *self, FyProjectFile *project)
{
  g_auto (FyProjectMedia) was = { 0 };

  if (fy_project_file_get_media (project, &was, NULL) &&
      g_strcmp0 (was.path, self->media.path) != 0)
    fy_project_file_set_media (project, &self->media, NULL);
}

/* Opens a clip with the project that belongs to it. */
static gboolean
run_clip (FerryOpening *self, const char *path, GCancellable *cancellable, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  g_autoptr (FyProjectFile) project = NULL;
  gboolean fresh = FALSE;

  if (!open_clip (self, path, cancellable, error))
    return FALSE;
  self->project_path = project_for (self->clip, self->media.fingerprint);
  find_unsaved (self, self->project_path);
  if (g_file_test (self->project_path, G_FILE_TEST_EXISTS) &&
      !find_project (self, self->project_path, &project, cancellable, error))
    return FALSE;
  if (project == NULL)
    {
      fresh = TRUE;
      project = create_project (self, self->project_path, &local_error);
    }
  if (fresh && g_file_test (path, G_FILE_TEST_IS_DIR))
    import_annotations (self, self->media.path, cancellable);
  if (fresh && project != NULL && self->other == NULL)
    find_earlier (self);
  if (project == NULL)
    {
      g_autofree char *sentence = g_strdup_printf (
          _ ("%s. Changes are not saved: save a copy to keep them."), local_error->message);

      warn (self, sentence);
      self->read_only = TRUE;
      return TRUE;
    }
  if (!fresh && !self->read_only)
    follow_media (self, project);
  keep_project (self, g_steal_pointer (&project));
  return TRUE;
}

FerryOpening *
ferry_opening_run (const char *path,
                   const char *media,
                   gboolean *lost,
                   GCancellable *cancellable,
                   GError **error)
{
  g_autoptr (FerryOpening) self = g_new0 (FerryOpening, 1);
  gboolean project = g_str_has_suffix (path, ".ferry") && !g_file_test (path, G_FILE_TEST_IS_DIR);

  *lost = FALSE;
  self->settings = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->objects = g_ptr_array_new_with_free_func ((GDestroyNotify) fy_object_unref);
  if (project ? !run_project (self, path, media, lost, cancellable, error)
              : !run_clip (self, path, cancellable, error))
    return NULL;
  return g_steal_pointer (&self);
}
