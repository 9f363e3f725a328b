/* SPDX-License-Identifier: MIT */
#include "exchange/export.h"

#include "base/error.h"
#include "base/output-file.h"
#include "base/text.h"
#include "exchange/davis.h"
#include "exchange/export-job.h"
#include "exchange/output-folder.h"

#include <stdlib.h>
#include <string.h>

#define MASKS  FY_EXPORT_MASKS
#define POINTS FY_EXPORT_POINTS

static const FyExportFormat formats[] = {
  { "davis", N_ ("DAVIS masks"), NULL, MASKS, FY_DAVIS_MAX_OBJECTS },
  { "soft", N_ ("Soft masks"), NULL, MASKS | FY_EXPORT_SOFT, 0 },
  { "film", N_ ("Overlay film"), ".mp4", MASKS | POINTS | FY_EXPORT_FILM, 0 },
  { "picture", N_ ("Single picture"), ".png", MASKS | POINTS | FY_EXPORT_ONE_FRAME, 0 },
  { "mask", N_ ("Single mask"), ".png", MASKS | FY_EXPORT_ONE_FRAME, FY_DAVIS_MAX_OBJECTS },
  { "youtube-vos", "YouTube-VOS", NULL, MASKS, FY_DAVIS_MAX_OBJECTS },
  { "coco", "COCO", ".json", MASKS | POINTS, 0 },
  { "mots", "MOTS", NULL, MASKS, 999 },
  { "deeplabcut", "DeepLabCut", ".csv", POINTS, 0 },
  { "jhmdb", "JHMDB", ".mat", POINTS, 1 },
};

static const FyExportWriter writers[] = {
  fy_export_write_davis,   fy_export_write_soft, fy_export_write_film,
  fy_export_write_picture, fy_export_write_mask, fy_export_write_youtube_vos,
  fy_export_write_coco,    fy_export_write_mots, fy_export_write_deeplabcut,
  fy_export_write_jhmdb,
};

G_STATIC_ASSERT (G_N_ELEMENTS (writers) == G_N_ELEMENTS (formats));

const FyExportFormat *
fy_export_formats (int *n)
{
  *n = G_N_ELEMENTS (formats);
  return formats;
}

const FyExportFormat *
fy_export_format_find (const char *id)
{
  for (gsize i = 0; i < G_N_ELEMENTS (formats); i++)
    if (strcmp (formats[i].id, id) == 0)
      return &formats[i];
  return NULL;
}

/* --- Shared --- */

gboolean
fy_export_step (const FyExportJob *job, int frame, GError **error)
{
  const FyExport *self = job->export;

  if (self->progress != NULL)
    self->progress (frame - self->first, self->last - self->first + 1, self->progress_data);
  return !g_cancellable_set_error_if_cancelled (job->cancellable, error);
}

static gboolean
is_label (const FyState *state)
{
  return state->provenance != FY_PROVENANCE_NONE && state->provenance != FY_PROVENANCE_ABSENT &&
         state->provenance != FY_PROVENANCE_OCCLUDED;
}

gboolean
fy_export_is_labelled (const FyExport *self, int frame, int takes)
{
  const FyFrameLabels *labels = self->labels[frame];

  if (labels == NULL)
    return FALSE;
  if ((takes & POINTS) != 0 && labels->n_points > 0)
    return TRUE;
  return (takes & MASKS) != 0 && labels->map != NULL && !fy_run_map_is_empty (labels->map);
}

gboolean
fy_export_wants (const FyExportJob *job, int frame)
{
  return !job->export->skip_empty || fy_export_is_labelled (job->export, frame, job->format->takes);
}

GArray *
fy_export_mask_ids (const FyExport *self)
{
  g_autofree guint8 *occurs = g_new0 (guint8, 65536);
  GArray *ids = g_array_new (FALSE, FALSE, sizeof (guint16));

  for (int i = self->first; i <= self->last; i++)
    if (self->labels[i] != NULL && self->labels[i]->map != NULL)
      {
        g_autoptr (GArray) here = fy_run_map_ids (self->labels[i]->map);

        for (guint j = 0; j < here->len; j++)
          occurs[g_array_index (here, guint16, j)] = 1;
      }
  for (guint id = 1; id < FY_ID_VOID; id++)
    if (occurs[id] != 0)
      g_array_append_vals (ids, &(guint16){ (guint16) id }, 1);
  return ids;
}

FyIdMap *
fy_export_map (const FyExport *self, int frame)
{
  const FyFrameLabels *labels = self->labels[frame];

  return labels != NULL && labels->map != NULL
             ? fy_run_map_to_id_map (labels->map)
             : fy_id_map_new (self->info->width, self->info->height);
}

char *
fy_export_stem (const FyExport *self, int frame)
{
  return fy_davis_stem (fy_clip_frame_name (self->clip, frame), frame);
}

const char *
fy_export_object_name (const FyExport *self, guint16 id, char **made)
{
  for (int i = 0; i < self->n_objects; i++)
    if (self->object[i]->id == id)
      return self->object[i]->name;
  g_free (*made);
  *made = g_strdup_printf ("object %d", id);
  return *made;
}

gboolean
fy_export_make_folder (const FyExportJob *job, const char *relative, GError **error)
{
  g_autofree char *path = g_build_filename (job->path, relative, NULL);

  return fy_make_folder (path, error);
}

gboolean
fy_export_save_text (const FyExportJob *job, const char *relative, const char *text, GError **error)
{
  g_autofree char *path = g_build_filename (job->path, relative, NULL);

  return fy_output_file_save (path, text, strlen (text), FALSE, error) &&
         fy_manifest_add_file (job->manifest, relative, -1, error);
}

/* --- Planning --- */

/* How many masks, or skeletons, have labels in the range. */
static int
count_objects (const FyExport *self, int takes)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (NULL, NULL);

  for (int i = self->first; i <= self->last; i++)
    {
      const FyFrameLabels *labels = self->labels[i];

      for (int j = 0; labels != NULL && (takes & MASKS) != 0 && j < labels->n_states; j++)
        if (is_label (&labels->state[j]))
          g_hash_table_add (seen, GUINT_TO_POINTER (labels->state[j].object));
      for (int j = 0; labels != NULL && (takes & POINTS) != 0 && j < labels->n_points; j++)
        g_hash_table_add (seen, GUINT_TO_POINTER (labels->point[j].object));
    }
  return (int) g_hash_table_size (seen);
}

/* Files and bytes, from what such files mostly take. */
static void
estimate (const FyExport *self, const FyExportFormat *format, guint64 runs, FyExportPlan *plan)
{
  guint64 frames = (guint64) plan->n_frames;
  guint64 pixels = (guint64) self->info->width * (guint64) self->info->height;

  plan->n_files = format->ending != NULL ? 1 : plan->n_frames + 1;
  if ((format->takes & FY_EXPORT_FILM) != 0)
    plan->bytes = (guint64) ((double) (frames * pixels) * fy_film_codec_bytes (self->codec));
  else if ((format->takes & FY_EXPORT_SOFT) != 0)
    {
      plan->n_files = plan->n_frames * plan->n_objects + 2;
      plan->bytes = frames * (guint64) plan->n_objects * pixels / 8;
    }
  else if (g_str_equal (format->id, "picture"))
    plan->bytes = pixels * 3 / 2;
  else if ((format->takes & MASKS) != 0)
    plan->bytes = runs / 2 + frames * 1300;
  else
    plan->bytes = frames * (guint64) plan->n_objects * 15 * 16;
}

static char *
find_problem (const FyExport *self, const FyExportFormat *format, const FyExportPlan *plan)
{
  gboolean masks = (format->takes & MASKS) != 0;
  gboolean needs_labels = (format->takes & (FY_EXPORT_FILM | FY_EXPORT_ONE_FRAME)) == 0;

  if ((format->takes & FY_EXPORT_SOFT) != 0 && self->soft == NULL)
    return g_strdup (_ ("Soft labels are not at hand: they come from carrying labels, which is not "
                        "running."));
  if (format->max_objects > 0 && plan->n_objects > format->max_objects)
    return g_strdup_printf (
        masks ? g_dngettext (GETTEXT_PACKAGE,
                             "There are labels of %d object, and %s holds at most %d: leave some "
                             "out, or choose another format.",
                             "There are labels of %d objects, and %s holds at most %d: leave some "
                             "out, or choose another format.",
                             (gulong) plan->n_objects)
              : g_dngettext (GETTEXT_PACKAGE,
                             "There are labels of %d skeleton, and %s holds at most %d: leave "
                             "some out, or choose another format.",
                             "There are labels of %d skeletons, and %s holds at most %d: leave "
                             "some out, or choose another format.",
                             (gulong) plan->n_objects),
        plan->n_objects, _ (format->title), format->max_objects);
  if (plan->n_frames == 0 || (needs_labels && plan->n_labelled == 0))
    return g_strdup (masks ? _ ("No frame of the range has labels of masks: label one, or choose "
                                "another range.")
                           : _ ("No frame of the range has labels of skeletons: label one, or "
                                "choose another range."));
  return NULL;
}

void
fy_export_plan (const FyExport *self, const FyExportFormat *format, FyExportPlan *plan)
{
  FyExport narrowed = *self;
  guint64 runs = 0;

  if ((format->takes & FY_EXPORT_ONE_FRAME) != 0)
    narrowed.last = narrowed.first;
  *plan = (FyExportPlan){ 0 };
  for (int i = narrowed.first; i <= narrowed.last; i++)
    {
      gboolean labelled = fy_export_is_labelled (self, i, format->takes);
      const FyRunMap *map = labelled ? self->labels[i]->map : NULL;

      plan->n_labelled += labelled;
      plan->n_frames += labelled || !self->skip_empty;
      runs += map != NULL ? fy_run_map_bytes (map) : 0;
    }
  plan->n_objects = count_objects (&narrowed, format->takes);
  estimate (self, format, runs, plan);
  plan->problem = find_problem (self, format, plan);
}

void
fy_export_plan_clear (FyExportPlan *self)
{
  g_clear_pointer (&self->problem, g_free);
}

/* --- The target --- */

/* What a path is when links are followed, as far as it exists.  Returns: (transfer full). */
static char *
resolve_path (const char *path)
{
  g_autofree char *absolute = g_canonicalize_filename (path, NULL);
  char *real = realpath (absolute, NULL);
  g_autofree char *parent = NULL;
  g_autofree char *above = NULL;
  g_autofree char *name = NULL;
  char *resolved;

  if (real != NULL || strcmp (absolute, "/") == 0)
    {
      resolved = g_strdup (real != NULL ? real : absolute);
      free (real);
      return resolved;
    }
  parent = g_path_get_dirname (absolute);
  name = g_path_get_basename (absolute);
  above = resolve_path (parent);
  return g_build_filename (above, name, NULL);
}

/* What is written must not become part of the clip, or take its place. */
static gboolean
check_apart (const FyExport *self, const char *path, GError **error)
{
  g_autofree char *clip = resolve_path (self->info->path);
  g_autofree char *target = resolve_path (path);
  g_autofree char *below = g_strconcat (clip, "/", NULL);

  if (strcmp (clip, target) != 0 && !g_str_has_prefix (target, below))
    return TRUE;
  g_set_error (error, FY_ERROR, FY_ERROR_MISMATCH,
               _ ("%s: lies in the clip itself (%s), whose frames it would change; choose a place "
                  "outside"),
               path, clip);
  return FALSE;
}

static gboolean
check_free (const FyExportFormat *format, const char *path, gboolean replace, GError **error)
{
  gboolean folder = g_file_test (path, G_FILE_TEST_IS_DIR);
  g_autofree char *foreign = NULL;
  g_autoptr (GDir) dir = folder ? g_dir_open (path, 0, NULL) : NULL;

  if (!g_file_test (path, G_FILE_TEST_EXISTS) ||
      (format->ending == NULL && dir != NULL && g_dir_read_name (dir) == NULL))
    return TRUE;
  if (folder != (format->ending == NULL))
    g_set_error (error, FY_ERROR, FY_ERROR_MISMATCH,
                 folder ? _ ("%s: is a folder; choose another name")
                        : _ ("%s: is a file; choose another name"),
                 path);
  else if (folder && !fy_manifest_covers (path, &foreign))
    g_set_error (error, FY_ERROR, FY_ERROR_MISMATCH,
                 _ ("%s: holds %s, which no export wrote; choose another name, or an empty folder"),
                 path, foreign);
  else if (!replace)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_EXISTS,
                 _ ("%s: is there already; replace it, or choose another name"), path);
  else
    return TRUE;
  return FALSE;
}

/* --- Running --- */

/* Messages name the hidden folder while it is one: people know the final one. */
static void
mend_message (GError *error, const char *hidden, const char *path)
{
  GString *message = g_string_new (error->message);

  g_string_replace (message, hidden, path, 0);
  g_free (error->message);
  error->message = g_string_free (message, FALSE);
}

static gboolean
write_folder (FyExportJob *job, FyExportWriter writer, const char *path, GError **error)
{
  g_autoptr (FyOutputFolder) folder = fy_output_folder_new (path, error);
  g_autoptr (FyManifest) manifest = NULL;
  g_autoptr (GError) reason = NULL;

  if (folder == NULL)
    return FALSE;
  job->path = fy_output_folder_peek_path (folder);
  manifest = fy_manifest_new (job->path, job->format->id, job->export->clip, error);
  job->manifest = manifest;
  if (manifest == NULL)
    return FALSE;
  if (writer (job, &reason) && fy_manifest_save (manifest, &reason) &&
      !g_cancellable_set_error_if_cancelled (job->cancellable, &reason) &&
      fy_output_folder_commit (folder, &reason))
    return TRUE;
  mend_message (reason, job->path, path);
  g_propagate_error (error, g_steal_pointer (&reason));
  return FALSE;
}

static gboolean
write_file (FyExportJob *job, FyExportWriter writer, const char *path, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);

  job->path = path;
  return fy_make_folder (folder, error) && writer (job, error);
}

gboolean
fy_export_run (const FyExport *self,
               const FyExportFormat *format,
               const char *path,
               gboolean replace,
               GCancellable *cancellable,
               GError **error)
{
  FyExport narrowed = *self;
  g_autofree char *name =
      g_utf8_make_valid (self->name != NULL ? self->name : self->info->name, -1);
  FyExportJob job = {
    .export = &narrowed, .format = format, .name = name, .cancellable = cancellable
  };
  FyExportWriter writer = writers[format - formats];
  g_auto (FyExportPlan) plan = { 0 };
  gboolean done;

  if ((format->takes & FY_EXPORT_ONE_FRAME) != 0)
    narrowed.last = narrowed.first;
  g_strdelimit (name, "/", '_');
  if (!check_apart (self, path, error) || !check_free (format, path, replace, error))
    return FALSE;
  fy_export_plan (&narrowed, format, &plan);
  if (plan.problem != NULL)
    {
      g_set_error (error, FY_ERROR, FY_ERROR_UNSUPPORTED, "%s", plan.problem);
      return FALSE;
    }
  done = format->ending == NULL ? write_folder (&job, writer, path, error)
                                : write_file (&job, writer, path, error);
  if (done && self->progress != NULL)
    self->progress (narrowed.last - narrowed.first + 1, narrowed.last - narrowed.first + 1,
                    self->progress_data);
  return done;
}
