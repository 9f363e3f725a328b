/* SPDX-License-Identifier: MIT */
/* ferry-cli propagate: carries the masks of one frame to the frames after it. */
#include "hand-made.h"
#include "network.h"
#include "terminal.h"

#include "base/error.h"
#include "base/text.h"
#include "exchange/davis.h"
#include "exchange/npy.h"

#include <glib/gstdio.h>
#include <string.h>

typedef struct
{
  FerryNetwork network;
  FerryMatching matching;
  char *labels;
  char *corrections;
  char *references;
  int from;
  char *out;
  char *soft;
  char *frames;
  gboolean lazy;
  gboolean plan;
  gboolean json;
} Options;

/* One propagation on its way to disk. */
typedef struct
{
  const Options *options;
  FySession *session;
  FyDavisWriter *masks;
  FerryProgress *progress;
  FerryHandMade hand;
  GArray *ids; /* guint16: of all objects */
  int from;
  int first;
  int last;
  int low; /* frames low .. high are written; none while high < low */
  int high;
  int written;
  double write_seconds; /* spent on files */
} Job;

static void
job_clear (Job *self)
{
  ferry_hand_made_clear (&self->hand);
  g_clear_pointer (&self->ids, g_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Job, job_clear)

/* --- Writing --- */

static gboolean
write_soft (const Job *job, const char *stem, const float *soft, int n_classes, GError **error)
{
  g_autofree char *name = g_strconcat (stem, ".npy", NULL);
  g_autofree char *path = g_build_filename (job->options->soft, name, NULL);
  int width, height;

  fy_session_grid_size (job->session, &width, &height);
  return fy_npy_save (path, FY_NPY_F32, 3,
                      (const gsize[]){ (gsize) n_classes, (gsize) height, (gsize) width }, soft,
                      error);
}

static gboolean
write_frame (int frame,
             const FyIdMap *mask,
             const float *soft,
             int n_classes,
             gpointer user_data,
             GError **error)
{
  Job *job = user_data;
  gint64 start = g_get_monotonic_time ();
  const char *image = fy_clip_frame_name (fy_session_clip (job->session), frame);
  g_autofree char *stem = fy_davis_stem (image, frame);

  if (frame >= job->low && frame <= job->high) /* the one that both ways start from */
    return TRUE;
  if (!fy_davis_writer_write (job->masks, stem, mask, error) ||
      (job->options->soft != NULL && !write_soft (job, stem, soft, n_classes, error)))
    return FALSE;
  job->write_seconds += (double) (g_get_monotonic_time () - start) * 1e-6;
  job->low = MIN (job->low, frame);
  job->high = MAX (job->high, frame);
  job->written++;
  ferry_progress_set (job->progress, job->written);
  return TRUE;
}

/* --- Reporting --- */

static void
print_summary (const Job *job, guint n_objects, double wall_seconds)
{
  const FyClipInfo *clip = fy_clip_info (fy_session_clip (job->session));
  const FySessionTimes *times = fy_session_times (job->session);
  FyDevice *device = fy_session_device (job->session);
  g_autofree char *device_json = ferry_json_string (fy_device_name (device));

  if (job->options->json)
    g_print ("{\n  \"frames\": %d,\n  \"width\": %d,\n  \"height\": %d,\n  \"objects\": %u,\n"
             "  \"device\": %s,\n  \"seconds\": {\"decode\": %.4f, \"features\": %.4f, "
             "\"match\": %.4f, \"carry\": %.4f, \"resolve\": %.4f, \"write\": %.4f, "
             "\"cache\": %.4f, \"wall\": %.4f},\n"
             "  \"computed\": {\"features\": %d, \"lists\": %d},\n"
             "  \"from_cache\": {\"features\": %d, \"lists\": %d},\n"
             "  \"settled\": %.3f,\n"
             "  \"cache_mib\": %.1f,\n  \"peak_rss_mib\": %.1f\n}\n",
             job->written, clip->width, clip->height, n_objects, device_json, times->decode,
             times->features, times->match, times->carry, times->resolve, job->write_seconds,
             times->cache, wall_seconds, times->features_computed, times->lists_computed,
             times->features_from_cache, times->lists_from_cache,
             times->cells_searched > 0 ? times->cells_settled / times->cells_searched : 0.0,
             (double) fy_session_cache_size (job->session) / (1 << 20), ferry_peak_memory ());
  else
    g_print (g_dngettext (
                 GETTEXT_PACKAGE,
                 "%d masks of %u object, %dx%d, in %s\n"
                 "%.2f s on %s: decode %.2f, features %.2f, match %.2f, carry %.2f, resolve %.2f, "
                 "write %.2f, cache %.2f; %.0f MiB\n",
                 "%d masks of %u objects, %dx%d, in %s\n"
                 "%.2f s on %s: decode %.2f, features %.2f, match %.2f, carry %.2f, resolve %.2f, "
                 "write %.2f, cache %.2f; %.0f MiB\n",
                 n_objects),
             job->written, n_objects, clip->width, clip->height, job->options->out, wall_seconds,
             fy_device_title (device), times->decode, times->features, times->match, times->carry,
             times->resolve, job->write_seconds, times->cache, ferry_peak_memory ());
  if (!job->options->json && times->lists_computed == 0 && times->lists_from_cache > 0)
    g_print (_ ("no frame was looked at: all neighbour lists were in the cache\n"));
  if (!job->options->json && job->hand.coding.coding == FY_LABEL_CODING_COLOUR)
    g_print (
        _ ("the labels have no palette: their colours were taken for the ids these stand for\n"));
}

/* Masks of an earlier run that this one did not replace: what is in the folder is a mixture. */
static void
warn_of_others (const Job *job)
{
  g_autoptr (FyMaskFolder) folder = fy_mask_folder_open (job->options->out, NULL);
  int others = folder != NULL ? fy_mask_folder_n_frames (folder) - job->written : 0;

  if (others > 0)
    g_printerr (
        g_dngettext (
            GETTEXT_PACKAGE,
            "ferry-cli: %s: %d mask of an earlier run is still there beside the new ones\n",
            "ferry-cli: %s: %d masks of an earlier run are still there beside the new ones\n",
            (gulong) others),
        job->options->out, others);
}

/* --- The command --- */

static gboolean
make_folder (const char *path, GError **error)
{
  g_autoptr (GFile) folder = g_file_new_for_path (path);
  g_autoptr (GError) wrong = NULL;

  if (g_file_test (path, G_FILE_TEST_IS_DIR) ||
      g_file_make_directory_with_parents (folder, NULL, &wrong))
    return TRUE;
  g_set_error (error, wrong->domain, wrong->code,
               _ ("%s: cannot make the folder: %s; choose one you may write to"), path,
               wrong->message);
  return FALSE;
}

static gboolean
is_same (const char *a, const char *b)
{
  GStatBuf one, other;

  return g_stat (a, &one) == 0 && g_stat (b, &other) == 0 && one.st_dev == other.st_dev &&
         one.st_ino == other.st_ino;
}

/* Masks are called like the images they belong to: in the folder of the clip or of the labels they
 * would take their places. */
static gboolean
check_out (const Job *job, const char *labels, GError **error)
{
  FyClip *clip = fy_session_clip (job->session);
  const char *out = job->options->out;
  g_autofree char *stem = fy_davis_stem (fy_clip_frame_name (clip, job->first), job->first);
  g_autofree char *name = g_strconcat (stem, ".png", NULL);
  g_autofree char *first = g_build_filename (out, name, NULL);

  if (!is_same (out, fy_clip_info (clip)->path) && !is_same (out, job->options->labels) &&
      (job->options->corrections == NULL || !is_same (out, job->options->corrections)) &&
      !is_same (first, labels))
    return TRUE;
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_EXISTS,
               _ ("%s: the masks would overwrite the clip, its labels or corrections there; choose "
                  "another folder"),
               out);
  return FALSE;
}

static gboolean
check_count (const GArray *ids, const char *path, GError **error)
{
  if (ids->len <= FY_DAVIS_MAX_OBJECTS)
    return TRUE;
  g_set_error (
      error, FY_ERROR, FY_ERROR_UNSUPPORTED,
      _ ("%s: the labels hold %u objects, a DAVIS mask at most %d; carry them in several runs"),
      path, ids->len, FY_DAVIS_MAX_OBJECTS);
  return FALSE;
}

static gboolean
read_references (const char *text, int *references, GError **error)
{
  guint64 n;

  if (text == NULL || strcmp (text, "all") == 0)
    *references = 0;
  else if (strcmp (text, "first") == 0)
    *references = FY_REFERENCES_FIRST;
  else if (g_str_has_prefix (text, "nearest:") &&
           g_ascii_string_to_unsigned (text + strlen ("nearest:"), 10, 1, 1000, &n, NULL))
    *references = (int) n;
  else
    {
      g_set_error (error, FERRY_USAGE, 0,
                   _ ("--references \"%s\" is none of first, all, nearest:N with N 1 to 1000"),
                   text);
      return FALSE;
    }
  return TRUE;
}

/* Which frames, and which of them the labels are of. */
static gboolean
choose_frames (Job *job, GError **error)
{
  const Options *options = job->options;

  if (!ferry_frames (options->frames, fy_clip_info (fy_session_clip (job->session)), &job->first,
                     &job->last, error))
    return FALSE;
  job->from = options->from == FERRY_NOT_GIVEN ? job->first : options->from;
  job->low = job->from;
  job->high = job->from - 1;
  if (job->from >= job->first && job->from <= job->last)
    return TRUE;
  g_set_error (error, FERRY_USAGE, 0, _ ("--from %d is not one of the frames %d to %d"), job->from,
               job->first, job->last);
  return FALSE;
}

static gboolean
read_hand_made (Job *job, GError **error)
{
  const Options *options = job->options;

  if (!ferry_hand_made_read (&job->hand, fy_session_clip (job->session), options->labels,
                             options->corrections, job->from, job->first, job->last, error) ||
      !check_out (job, job->hand.first_path, error))
    return FALSE;
  job->ids = ferry_hand_made_ids (&job->hand);
  return check_count (job->ids, job->hand.first_path, error);
}

/* Forwards, then backwards. */
static gboolean
carry (Job *job, GCancellable *cancellable, GError **error)
{
  const int ends[] = { job->last, job->first };

  for (int i = 0; i < 2; i++)
    {
      g_autoptr (GArray) way = ferry_hand_made_towards (&job->hand, ends[i]);

      if ((i == 1 && ends[i] == job->from) ||
          fy_session_propagate (job->session, (const FyHandMade *) (gpointer) way->data,
                                (int) way->len, job->ids, ends[i], write_frame, job, cancellable,
                                error))
        continue;
      ferry_explain_stop (error, i == 0 ? job->high + 1 : job->low - 1, job->first, job->last,
                          job->low, job->high, job->options->out);
      return FALSE;
    }
  return TRUE;
}

static void
print_plan (const Job *job)
{
  FySessionPlan plan;
  const double mib = 1 << 20;
  int width, height;

  fy_session_plan (job->session, job->last - job->first + 1, (int) job->ids->len, &plan);
  fy_session_grid_size (job->session, &width, &height);
  g_print (
      job->options->json
          ? "{\n  \"frames\": %d,\n  \"cells\": [%d, %d],\n  \"memory_mib\": {\"network\": %.1f, "
            "\"features\": %.1f, \"labels\": %.1f, \"decoder\": %.1f, \"all\": %.1f},\n"
            "  \"window\": %d,\n  \"disk_mib\": %.1f\n}\n"
          : _ ("%d frames of %dx%d cells\nmemory, MiB: network %.0f, features %.0f, labels %.0f, "
               "decoder %.0f; with the program %.0f\nfeatures of %d frames at hand\n"
               "disk, MiB: %.0f\n"),
      job->last - job->first + 1, width, height, (double) plan.network / mib,
      (double) plan.features / mib, (double) plan.labels / mib, (double) plan.decoder / mib,
      (double) plan.memory / mib, plan.window, (double) plan.disk / mib);
}

static gboolean
carry_and_report (Job *job, gint64 start, GCancellable *cancellable, GError **error)
{
  const Options *options = job->options;
  g_autoptr (FyDavisWriter) masks = fy_davis_writer_new (options->out, job->ids, error);
  gboolean done;

  if (masks == NULL || (options->soft != NULL && !make_folder (options->soft, error)))
    return FALSE;
  job->masks = masks;
  job->progress = ferry_progress_new (_ ("frame"), job->last - job->first + 1);
  done = carry (job, cancellable, error);
  g_clear_pointer (&job->progress, ferry_progress_free);
  ferry_print_notes (job->session);
  if (!done || !ferry_check_whole (job->session, options->frames, job->first, job->last,
                                   options->out, error))
    return FALSE;
  print_summary (job, job->ids->len, (double) (g_get_monotonic_time () - start) * 1e-6);
  warn_of_others (job);
  return TRUE;
}

static gboolean
run (gconstpointer values, const char *const *arguments, GCancellable *cancellable, GError **error)
{
  const Options *options = values;
  gint64 start = g_get_monotonic_time ();
  FySessionParams params;
  g_autoptr (FySession) session = NULL;
  g_auto (Job) job = { .options = options };

  if (!ferry_session_params (&options->network, &options->matching, &params, error) ||
      !read_references (options->references, &params.propagate.references, error))
    return FALSE;
  params.lazy = options->lazy;
  job.session = session = fy_session_new (arguments[0], &params, cancellable, error);
  if (session == NULL || !choose_frames (&job, error) || !read_hand_made (&job, error))
    return FALSE;
  if (!options->plan)
    return carry_and_report (&job, start, cancellable, error);
  print_plan (&job);
  return TRUE;
}

static const FerryOption option_table[] = {
  { "labels", FERRY_PATH, G_STRUCT_OFFSET (Options, labels), "FILE|DIR",
    N_ ("Indexed PNG with the masks of the first frame, or a folder with one named like that "
        "frame"),
    TRUE },
  { "out", FERRY_PATH, G_STRUCT_OFFSET (Options, out), "DIR",
    N_ ("Folder for the masks, made if missing: 00000.png and so on, or named like the images of "
        "INPUT"),
    TRUE },
  { "soft", FERRY_PATH, G_STRUCT_OFFSET (Options, soft), "DIR",
    N_ ("Also write soft masks there, 00000.npy and so on: float32 [classes, cells down, cells "
        "across], "
        "class 0 = background") },
  { "frames", FERRY_TEXT, G_STRUCT_OFFSET (Options, frames), "A-B",
    N_ ("Frames to carry through, counted from 0, like 0-59, 120- or 7; the whole clip without") },
  { "from", FERRY_WHOLE, G_STRUCT_OFFSET (Options, from), "N",
    N_ ("Frame that --labels are of: they are carried from there to the last frame, and back to "
        "the "
        "first; A without") },
  { "corrections", FERRY_PATH, G_STRUCT_OFFSET (Options, corrections), "DIR",
    N_ ("Folder of corrected masks, named like their frames: they stay as they are and lead the "
        "frames "
        "that lie beyond them, seen from the start, whose own masks are those of --labels") },
  { "references", FERRY_TEXT, G_STRUCT_OFFSET (Options, references), "first|all|nearest:N",
    N_ ("Which labelled frames later ones may look anywhere in; all without") },
  FERRY_NETWORK_OPTIONS (Options, network),
  FERRY_MATCHING_OPTIONS (Options, matching),
  { "lazy", FERRY_FLAG, G_STRUCT_OFFSET (Options, lazy), NULL,
    N_ ("Search only for cells whose labels are not settled: less work on a slow device, but the "
        "next "
        "run has it to do") },
  { "plan", FERRY_FLAG, G_STRUCT_OFFSET (Options, plan), NULL,
    N_ ("Only say what memory and disk it would take") },
  { "json", FERRY_FLAG, G_STRUCT_OFFSET (Options, json), NULL, N_ ("Print JSON") },
  { NULL },
};

const FerryCommand ferry_propagate = {
  .name = "propagate",
  .summary = N_ ("carry masks through a clip"),
  .arguments = "INPUT --labels FILE|DIR --out DIR",
  .description = N_ (
      "Carries the masks of the first frame to all frames after it and writes one indexed PNG a "
      "frame, at the clip's own size and with the palette that DAVIS uses.\n\n"
      "INPUT is a video file or a folder of JPEG or PNG images. Object ids other than 1 to N are "
      "renumbered; ids.json in the folder then tells which is which.\n\n"
      "Stopped by Ctrl-C, it leaves the masks written so far, each of them whole."),
  .examples =
      "  ferry-cli propagate swan.mp4 --labels first.png --out masks\n"
      "  ferry-cli propagate JPEGImages/480p/dog --labels Annotations/480p/dog --out results/dog\n"
      "  ferry-cli propagate swan.mp4 --labels 00120.png --frames 120-200 --out masks\n"
      "  ferry-cli propagate swan.mp4 --labels first.png --out masks --fine fc.pth --semantic "
      "moco.pth.tar --preset sfc-davis",
  .min_arguments = 1,
  .max_arguments = 1,
  .values_size = sizeof (Options),
  .options = option_table,
  .run = run,
};
