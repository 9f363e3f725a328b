/* SPDX-License-Identifier: MIT */
/* ferry-cli check: would the DAVIS evaluator take these masks, and do they belong to that clip? */
#include "network.h"
#include "terminal.h"

#include "base/error.h"
#include "base/text.h"
#include "exchange/davis-check.h"
#include "exchange/manifest.h"

#define DEPTH 3 /* folders below the one given: Annotations/480p/NAME */

typedef struct
{
  char *clip;
  gboolean json;
} Options;

/* What was found out about one folder. */
typedef struct
{
  char *path;
  int masks; /* -1 = its manifest was looked at */
  GPtrArray *findings;
} Section;

static void
section_free (Section *self)
{
  g_free (self->path);
  g_clear_pointer (&self->findings, g_ptr_array_unref);
  g_free (self);
}

static Section *
section_new (const char *path, int masks, GPtrArray *findings)
{
  Section *self = g_new (Section, 1);

  *self = (Section){ g_strdup (path), masks, findings };
  return self;
}

/* --- Finding --- */

/* Adds the sequences in a folder, or else those in the folders below. */
static gboolean
add_sequences (GPtrArray *found, const char *path, int depth, GError **error)
{
  g_autoptr (GError) reason = NULL;
  g_autoptr (GPtrArray) here = fy_mask_folder_find (path, &reason);
  g_autoptr (GDir) dir = NULL;
  const char *name;

  if (here != NULL)
    {
      g_ptr_array_extend_and_steal (found, g_steal_pointer (&here));
      return TRUE;
    }
  if (!g_error_matches (reason, FY_ERROR, FY_ERROR_MISMATCH) || depth == 0)
    {
      g_propagate_error (error, g_steal_pointer (&reason));
      return FALSE;
    }
  dir = g_dir_open (path, 0, NULL);
  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *below = g_build_filename (path, name, NULL);

      if (name[0] != '.' && g_file_test (below, G_FILE_TEST_IS_DIR))
        add_sequences (found, below, depth - 1, NULL);
    }
  if (found->len == 0)
    g_propagate_error (error, g_steal_pointer (&reason));
  return found->len > 0;
}

/* --- Checking --- */

static gboolean
check_sequences (GPtrArray *sections,
                 const char *path,
                 const FyClipInfo *info,
                 GCancellable *cancellable,
                 GError **error)
{
  g_autoptr (GPtrArray) found =
      g_ptr_array_new_with_free_func ((GDestroyNotify) fy_mask_folder_free);
  FyDavisCheckParams params = { 0 };

  if (!add_sequences (found, path, DEPTH, error))
    return FALSE;
  if (info != NULL && found->len > 1)
    {
      g_set_error (error, FY_ERROR, FY_ERROR_MISMATCH,
                   _ ("%s: holds %u sequences, a clip belongs to one; give the folder of one"),
                   path, found->len);
      return FALSE;
    }
  if (info != NULL)
    params = (FyDavisCheckParams){ info->n_frames, info->width, info->height };
  for (guint i = 0; i < found->len; i++)
    {
      const FyMaskFolder *folder = g_ptr_array_index (found, i);
      GPtrArray *findings = fy_davis_check (folder, &params, cancellable, error);

      if (findings == NULL)
        return FALSE;
      g_ptr_array_add (sections, section_new (fy_mask_folder_path (folder),
                                              fy_mask_folder_n_frames (folder), findings));
    }
  return TRUE;
}

static void
show_progress (int done, int total, gpointer user_data)
{
  FerryProgress **progress = user_data;

  if (*progress == NULL)
    *progress = ferry_progress_new (_ ("comparison"), total);
  ferry_progress_set (*progress, done);
}

/* Compares with the manifest, if there is one. */
static gboolean
check_alignment (GPtrArray *sections,
                 const char *path,
                 FyClip *clip,
                 GCancellable *cancellable,
                 GError **error)
{
  g_autoptr (FerryProgress) progress = NULL;
  g_autoptr (GError) reason = NULL;
  GPtrArray *findings =
      fy_manifest_check (path, clip, show_progress, &progress, cancellable, &reason);
  g_autofree char *manifest = NULL;

  if (findings == NULL && g_error_matches (reason, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
    {
      FyFinding *finding;

      if (clip == NULL)
        return TRUE;
      finding = g_new (FyFinding, 1);
      finding->level = FY_FINDING_NOTE;
      finding->message =
          g_strdup_printf (_ ("%s: has no %s, so pictures and times cannot be compared; "
                              "export it again to have one"),
                           path, FY_MANIFEST_NAME);
      findings = g_ptr_array_new_with_free_func ((GDestroyNotify) fy_finding_free);
      g_ptr_array_add (findings, finding);
    }
  if (findings == NULL)
    {
      g_propagate_error (error, g_steal_pointer (&reason));
      return FALSE;
    }
  manifest = g_build_filename (path, FY_MANIFEST_NAME, NULL);
  g_ptr_array_add (sections, section_new (manifest, -1, findings));
  return TRUE;
}

/* --- Telling --- */

static const char *const level_names[] = { [FY_FINDING_NOTE] = N_ ("note"),
                                           [FY_FINDING_WARNING] = N_ ("warning"),
                                           [FY_FINDING_ERROR] = N_ ("error") };

static void
print_text (const GPtrArray *sections)
{
  for (guint i = 0; i < sections->len; i++)
    {
      const Section *section = g_ptr_array_index (sections, i);

      for (guint j = 0; j < section->findings->len; j++)
        {
          const FyFinding *finding = g_ptr_array_index (section->findings, j);

          g_print ("%-8s %s\n", _ (level_names[finding->level]), finding->message);
        }
      if (section->findings->len > 0)
        continue;
      if (section->masks < 0)
        g_print (_ ("%-8s %s: all as it was exported\n"), _ ("good"), section->path);
      else
        g_print (g_dngettext (GETTEXT_PACKAGE, "%-8s %s: %d mask\n", "%-8s %s: %d masks\n",
                              (gulong) section->masks),
                 _ ("good"), section->path, section->masks);
    }
}

static void
print_json (const GPtrArray *sections, const int *count)
{
  g_print ("{\n  \"errors\": %d,\n  \"warnings\": %d,\n  \"notes\": %d,\n  \"folders\": [",
           count[FY_FINDING_ERROR], count[FY_FINDING_WARNING], count[FY_FINDING_NOTE]);
  for (guint i = 0; i < sections->len; i++)
    {
      const Section *section = g_ptr_array_index (sections, i);
      g_autofree char *path = ferry_json_string (section->path);

      g_print ("%s\n    { \"path\": %s, ", i > 0 ? "," : "", path);
      if (section->masks >= 0)
        g_print ("\"masks\": %d, ", section->masks);
      g_print ("\"findings\": [");
      for (guint j = 0; j < section->findings->len; j++)
        {
          const FyFinding *finding = g_ptr_array_index (section->findings, j);
          g_autofree char *message = ferry_json_string (finding->message);

          g_print ("%s\n      { \"level\": \"%s\", \"message\": %s }", j > 0 ? "," : "",
                   level_names[finding->level], message);
        }
      g_print ("] }");
    }
  g_print ("\n  ]\n}\n");
}

/* Errors among the findings are a failure of the command. */
static gboolean
tell (const GPtrArray *sections, const char *path, gboolean json, GError **error)
{
  int count[G_N_ELEMENTS (level_names)] = { 0 };

  for (guint i = 0; i < sections->len; i++)
    {
      const Section *section = g_ptr_array_index (sections, i);

      for (guint j = 0; j < section->findings->len; j++)
        count[((FyFinding *) g_ptr_array_index (section->findings, j))->level]++;
    }
  if (json)
    print_json (sections, count);
  else
    print_text (sections);
  if (count[FY_FINDING_ERROR] == 0)
    return TRUE;
  g_set_error (error, FY_ERROR, FY_ERROR_MISMATCH,
               g_dngettext (GETTEXT_PACKAGE,
                            "%s: %d of the findings is an error; mend what it names",
                            "%s: %d of the findings are errors; mend what they name",
                            (gulong) count[FY_FINDING_ERROR]),
               path, count[FY_FINDING_ERROR]);
  return FALSE;
}

static gboolean
run (gconstpointer values, const char *const *arguments, GCancellable *cancellable, GError **error)
{
  const Options *options = values;
  const char *path = arguments[0];
  g_autoptr (GPtrArray) sections = g_ptr_array_new_with_free_func ((GDestroyNotify) section_free);
  g_autoptr (FyClip) clip = NULL;

  if (options->clip != NULL)
    {
      clip = fy_clip_open (options->clip, NULL, cancellable, error);
      if (clip == NULL)
        return FALSE;
    }
  return check_sequences (sections, path, clip != NULL ? fy_clip_info (clip) : NULL, cancellable,
                          error) &&
         check_alignment (sections, path, clip, cancellable, error) &&
         tell (sections, path, options->json, error);
}

static const FerryOption option_table[] = {
  { "clip", FERRY_PATH, G_STRUCT_OFFSET (Options, clip), "CLIP",
    N_ ("Also compare with the clip: number and size of frames, and by manifest.json each "
        "picture") },
  { "json", FERRY_FLAG, G_STRUCT_OFFSET (Options, json), NULL, N_ ("Print JSON") },
  { NULL },
};

const FerryCommand ferry_check = {
  .name = "check",
  .summary = N_ ("tell what is wrong with a folder of masks"),
  .arguments = "FOLDER [--clip CLIP]",
  .description = N_ (
      "Reads every mask and tells what would stop the DAVIS 2017 program or make it score "
      "something "
      "else than was meant, each with its remedy: sizes, missing frames, names, ids, void, "
      "palette, "
      "broken files. It fails when an error is among that.\n\n"
      "FOLDER is the folder of one sequence's PNG files, or a folder that holds such folders, as "
      "deep as Annotations/480p/NAME. An export of Ferry has a manifest.json there: then every "
      "file "
      "must be as it was exported and, given the clip, every frame must have the picture and the "
      "time it had."),
  .examples = "  ferry-cli check masks\n"
              "  ferry-cli check masks --clip swan.mp4\n"
              "  ferry-cli check Annotations/480p --json",
  .min_arguments = 1,
  .max_arguments = 1,
  .values_size = sizeof (Options),
  .options = option_table,
  .run = run,
};
