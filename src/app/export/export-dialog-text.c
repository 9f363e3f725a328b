/* SPDX-License-Identifier: MIT */
#include "app/export/export-dialog-text.h"

#include <glib/gi18n.h>
#include <string.h>

static const struct
{
  const char *id;
  const char *title;
  const char *subtitle;
  const char *about;
  const char *name; /* what follows the clip's name; NULL = `whole` */
  const char *whole;
} texts[] = {
  { "davis", N_ ("DAVIS masks"), N_ ("Indexed PNG, a file a frame"),
    N_ ("Masks at the clip's size in the VOC palette, checked as the DAVIS evaluator would read "
        "them. "
        "Objects are numbered 1, 2, 3… without gaps; ids.json tells which is which."),
    "-masks", NULL },
  { "soft", N_ ("Soft masks"), N_ ("16-bit grey PNG"),
    N_ ("How sure each pixel is of each object: a folder an object with a 16-bit grey picture a "
        "frame, 0 to 65535. It is what the masks are made from."),
    "-soft", NULL },
  { "film", N_ ("Overlay film"), N_ ("To show and to look through"),
    N_ ("The clip with its labels drawn in, each picture shown at the time it has in the source. "
        "Hidden objects are not drawn."),
    "-overlay", NULL },
  { "picture", N_ ("Single picture"), N_ ("One frame with its labels"),
    N_ ("One frame at the clip's size as a PNG, with or without its labels."), "-%05d", NULL },
  { "mask", N_ ("Single mask"), N_ ("One frame's indexed PNG"),
    N_ ("The mask of one frame in the VOC palette. Ids stay as they are."), "-%05d-mask", NULL },
  { "youtube-vos", N_ ("YouTube-VOS"), N_ ("Masks and meta.json"),
    N_ ("Annotations as indexed PNG, and meta.json with each object's name as its category and the "
        "frames it is in."),
    "-youtube-vos", NULL },
  { "coco", N_ ("COCO"), N_ ("One JSON, masks and joints"),
    N_ ("Masks as run lengths and skeletons as keypoints in one JSON, with box and area. Each "
        "object "
        "is a category, and a track over the frames."),
    "", NULL },
  { "mots", N_ ("MOTS"), N_ ("16-bit PNG and text"),
    N_ ("Pictures with class × 1000 + instance, and the same as run lengths in a text file. All "
        "objects are of class 1; void is to be ignored."),
    "-mots", NULL },
  { "deeplabcut", N_ ("DeepLabCut"), N_ ("Joints as CSV"),
    N_ ("Joints as a table of pixels. DeepLabCut's convertcsv2h5 makes its own file from it; the "
        "scorer is called Ferry."),
    NULL, "CollectedData_Ferry" },
  { "jhmdb", N_ ("JHMDB"), N_ ("Joints as MAT"),
    N_ ("The 15 joints of one skeleton as pos_img in a MATLAB file, counted from 1. A joint that "
        "is "
        "absent is NaN."),
    NULL, "joint_positions" },
};

static gsize
find (const FyExportFormat *format)
{
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    if (g_str_equal (texts[i].id, format->id))
      return i;
  g_assert_not_reached ();
}

const char *
ferry_export_title (const FyExportFormat *format)
{
  return _ (texts[find (format)].title);
}

const char *
ferry_export_subtitle (const FyExportFormat *format)
{
  return _ (texts[find (format)].subtitle);
}

const char *
ferry_export_about (const FyExportFormat *format)
{
  return _ (texts[find (format)].about);
}

char *
ferry_export_suggest_name (const FyExportFormat *format,
                           const char *clip,
                           int frame,
                           const char *ending)
{
  const char *name = texts[find (format)].name;
  const char *end = (format->takes & FY_EXPORT_FILM) != 0 && ending != NULL ? ending
                    : format->ending != NULL                                ? format->ending
                                                                            : "";
  g_autofree char *number = g_strdup_printf ("%05d", frame);
  g_autoptr (GString) whole = g_string_new (NULL);

  if (name == NULL)
    return g_strconcat (texts[find (format)].whole, end, NULL);
  g_string_append (whole, clip);
  g_string_append (whole, name);
  g_string_append (whole, end);
  g_string_replace (whole, "%05d", number, 1);
  g_strdelimit (whole->str, "/", '_');
  return g_string_free (g_steal_pointer (&whole), FALSE);
}

/* --- The plan --- */

static char *
describe_objects (const FyExportFormat *format, int n)
{
  if ((format->takes & FY_EXPORT_MASKS) == 0)
    return g_strdup_printf (ngettext ("%d skeleton", "%d skeletons", (gulong) n), n);
  return g_strdup_printf (ngettext ("%d object", "%d objects", (gulong) n), n);
}

char *
ferry_export_describe_plan (const FyExportFormat *format,
                            const FyExportPlan *plan,
                            gboolean carrying)
{
  g_autofree char *size = g_format_size (plan->bytes);
  g_autofree char *objects = describe_objects (format, plan->n_objects);
  g_autofree char *frames =
      g_strdup_printf (ngettext ("%d frame", "%d frames", (gulong) plan->n_frames), plan->n_frames);
  g_autofree char *files =
      g_strdup_printf (ngettext ("one file", "%d files", (gulong) plan->n_files), plan->n_files);
  int empty = plan->n_frames - plan->n_labelled;
  g_autofree char *rest = NULL;

  if (plan->problem != NULL)
    return g_strdup (plan->problem);
  if (empty > 0 && (format->takes & FY_EXPORT_ONE_FRAME) == 0)
    rest = g_strdup_printf (
        carrying
            ? ngettext (" %d frame has no labels yet; they are being carried.",
                        " %d frames have no labels yet; they are being carried.", (gulong) empty)
            : ngettext (" %d frame has no labels.", " %d frames have no labels.", (gulong) empty),
        empty);
  /* Translators: frames, objects, files, size; then a sentence or nothing. */
  return g_strdup_printf (_ ("Writes %s with %s: %s, about %s.%s"), frames, objects, files, size,
                          rest != NULL ? rest : "");
}

/* --- The job --- */

static char *
describe_end (FerryExportJob *job)
{
  GPtrArray *findings = ferry_export_job_findings (job);
  g_autofree char *path = g_filename_display_name (ferry_export_job_path (job));

  if (ferry_export_job_has_compared (job))
    return g_strdup_printf (
        findings->len == 0 ? _ ("%s belongs to this clip: every frame was decoded again and has "
                                "the picture and the time it had, every file is as it was "
                                "written.")
                           : _ ("%s and the clip differ:"),
        path);
  if (findings == NULL)
    return g_strdup_printf (_ ("%s is written."), path);
  return g_strdup_printf (findings->len == 0
                              ? _ ("%s is written. The DAVIS evaluator would take it as it is.")
                              : _ ("%s is written. For the DAVIS evaluator this matters:"),
                          path);
}

static char *
describe_failure (FerryExportJob *job)
{
  const GError *error = ferry_export_job_error (job);
  g_autofree char *path = g_filename_display_name (ferry_export_job_path (job));

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_EXISTS))
    return g_strdup_printf (_ ("%s is there already. Replace it?"), path);
  return g_strdup (error->message);
}

char *
ferry_export_describe_job (FerryExportJob *job)
{
  int done, total;

  ferry_export_job_progress (job, &done, &total);
  switch (ferry_export_job_state (job))
    {
    case FERRY_EXPORT_WRITING:
      return total == 0 ? g_strdup (_ ("Opening the clip…"))
                        : g_strdup_printf (_ ("Writing: frame %d of %d"), done, total);
    case FERRY_EXPORT_CHECKING:
      return g_strdup (_ ("Reading the masks as the DAVIS evaluator would…"));
    case FERRY_EXPORT_COMPARING:
      return total == 0 ? g_strdup (_ ("Opening the clip…"))
                        : g_strdup_printf (_ ("Comparing: %d of %d"), done, total);
    case FERRY_EXPORT_DONE:
      return describe_end (job);
    case FERRY_EXPORT_FAILED:
      return describe_failure (job);
    case FERRY_EXPORT_CANCELLED:
      return g_strdup (ferry_export_job_has_compared (job)
                           ? _ ("The comparison was cancelled; what was exported is there.")
                           : _ ("The export was cancelled; nothing was written."));
    case FERRY_EXPORT_IDLE:
    default:
      return g_strdup ("");
    }
}

char *
ferry_export_describe_finding (FerryExportJob *job, const FyFinding *finding, char **remedy)
{
  g_autofree char *below = g_strconcat (ferry_export_job_path (job), "/", NULL);
  g_autofree char *itself = g_strconcat (ferry_export_job_path (job), ": ", NULL);
  g_autoptr (GString) text = g_string_new (finding->message);
  char *end;

  g_string_replace (text, below, "", 0);
  g_string_replace (text, itself, "", 0);
  end = strrchr (text->str, ';');
  *remedy = NULL;
  if (end != NULL && end[1] == ' ')
    {
      *remedy = g_strdup (end + 2);
      (*remedy)[0] = g_ascii_toupper ((*remedy)[0]);
      g_string_truncate (text, (gsize) (end - text->str));
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}
