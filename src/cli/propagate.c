/* SPDX-License-Identifier: MIT */
/* ferry-cli propagate: carries the masks of one frame to the frames after it. */
#include "network.h"
#include "terminal.h"

#include "base/error.h"
#include "exchange/davis.h"
#include "exchange/npy.h"

#include <glib/gstdio.h>

typedef struct
{
  FerryNetwork network;
  FerryMatching matching;
  char *labels;
  char *out;
  char *soft;
  char *frames;
  gboolean json;
} Options;

/* One propagation on its way to disk. */
typedef struct
{
  const Options *options;
  FySession *session;
  FyDavisWriter *masks;
  FerryProgress *progress;
  FyIndexedPngInfo coding; /* of the labels */
  int first;
  int last;
  int written;          /* frames */
  double write_seconds; /* spent on files */
} Job;

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

  if (!fy_davis_writer_write (job->masks, stem, mask, error) ||
      (job->options->soft != NULL && !write_soft (job, stem, soft, n_classes, error)))
    return FALSE;
  job->write_seconds += (double) (g_get_monotonic_time () - start) * 1e-6;
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
  const char *device = fy_device_name (fy_session_device (job->session));
  g_autofree char *device_json = ferry_json_string (device);

  if (job->options->json)
    g_print ("{\n  \"frames\": %d,\n  \"width\": %d,\n  \"height\": %d,\n  \"objects\": %u,\n"
             "  \"device\": %s,\n  \"seconds\": {\"decode\": %.4f, \"features\": %.4f, "
             "\"match\": %.4f, \"carry\": %.4f, \"write\": %.4f, \"wall\": %.4f},\n"
             "  \"peak_rss_mib\": %.1f\n}\n",
             job->written, clip->width, clip->height, n_objects, device_json, times->decode,
             times->features, times->match, times->carry, job->write_seconds, wall_seconds,
             ferry_peak_memory ());
  else
    g_print ("%d masks of %u object%s, %dx%d, in %s\n"
             "%.2f s on %s: decode %.2f, features %.2f, match %.2f, carry %.2f, write %.2f; "
             "%.0f MiB\n",
             job->written, n_objects, n_objects == 1 ? "" : "s", clip->width, clip->height,
             job->options->out, wall_seconds, device, times->decode, times->features, times->match,
             times->carry, job->write_seconds, ferry_peak_memory ());
  if (!job->options->json && job->coding.coding == FY_LABEL_CODING_COLOUR)
    g_print ("the labels have no palette: their colours were taken for the ids these stand for\n");
}

/* Masks of an earlier run that this one did not replace: what is in the folder is a mixture. */
static void
warn_of_others (const Job *job)
{
  g_autoptr (FyMaskFolder) folder = fy_mask_folder_open (job->options->out, NULL);
  int others = folder != NULL ? fy_mask_folder_n_frames (folder) - job->written : 0;

  if (others > 0)
    g_printerr ("ferry-cli: %s: %d mask%s of an earlier run %s still there beside the new ones\n",
                job->options->out, others, others == 1 ? "" : "s", others == 1 ? "is" : "are");
}

/* A damaged clip was carried as far as it goes.  Whoever named the frames has what they asked for;
 * otherwise the run is not what the name of the clip promises. */
static gboolean
check_whole (const Job *job, GError **error)
{
  const FyClipInfo *clip = fy_clip_info (fy_session_clip (job->session));

  if (!clip->damaged || job->options->frames != NULL)
    return TRUE;
  g_set_error (
      error, FY_ERROR, FY_ERROR_CORRUPT,
      "%s: damaged: %d frames could be read and their masks are in %s; get a whole copy, or "
      "name the frames with --frames %d-%d",
      clip->path, clip->n_frames, job->options->out, job->first, job->last);
  return FALSE;
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
               "%s: cannot make the folder: %s; choose one you may write to", path, wrong->message);
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
      !is_same (first, labels))
    return TRUE;
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_EXISTS,
               "%s: the masks would overwrite the clip or its labels there; choose another folder",
               out);
  return FALSE;
}

static gboolean
check_count (const FyIdMap *labels, const char *path, GError **error)
{
  g_autoptr (GArray) ids = fy_id_map_ids (labels);

  if (ids->len <= FY_DAVIS_MAX_OBJECTS)
    return TRUE;
  g_set_error (
      error, FY_ERROR, FY_ERROR_UNSUPPORTED,
      "%s: the labels hold %u objects, a DAVIS mask at most %d; carry them in several runs", path,
      ids->len, FY_DAVIS_MAX_OBJECTS);
  return FALSE;
}

static FyIdMap *
read_labels (Job *job, GError **error)
{
  FyClip *clip = fy_session_clip (job->session);
  const FyClipInfo *info = fy_clip_info (clip);
  g_autofree char *used = NULL;
  g_autoptr (FyIdMap) labels =
      fy_labels_read (job->options->labels, fy_clip_frame_name (clip, job->first), job->first,
                      info->width, info->height, &used, &job->coding, error);

  return labels != NULL && check_out (job, used, error) && check_count (labels, used, error)
             ? g_steal_pointer (&labels)
             : NULL;
}

static gboolean
run (gconstpointer values, const char *const *arguments, GCancellable *cancellable, GError **error)
{
  const Options *options = values;
  gint64 start = g_get_monotonic_time ();
  Job job = { .options = options };
  FySessionParams params;
  g_autoptr (FySession) session = NULL;
  g_autoptr (FyIdMap) labels = NULL;
  g_autoptr (GArray) ids = NULL;
  g_autoptr (FyDavisWriter) masks = NULL;
  g_autoptr (FerryProgress) progress = NULL;
  gboolean done;

  if (!ferry_session_params (&options->network, &options->matching, &params, error))
    return FALSE;
  job.session = session = fy_session_new (arguments[0], &params, cancellable, error);
  if (session == NULL || !ferry_frames (options->frames, fy_clip_info (fy_session_clip (session)),
                                        &job.first, &job.last, error))
    return FALSE;
  labels = read_labels (&job, error);
  ids = labels != NULL ? fy_id_map_ids (labels) : NULL;
  job.masks = masks = ids != NULL ? fy_davis_writer_new (options->out, ids, error) : NULL;
  if (masks == NULL || (options->soft != NULL && !make_folder (options->soft, error)))
    return FALSE;
  job.progress = progress = ferry_progress_new ("frame", job.last - job.first + 1);
  done = fy_session_propagate (session, labels, job.first, job.last, write_frame, &job, cancellable,
                               error);
  g_clear_pointer (&progress, ferry_progress_free);
  if (!done)
    ferry_explain_stop (error, job.first, job.last, job.written, options->out);
  if (!done || !check_whole (&job, error))
    return FALSE;
  print_summary (&job, ids->len, (double) (g_get_monotonic_time () - start) * 1e-6);
  warn_of_others (&job);
  return TRUE;
}

static const FerryOption option_table[] = {
  { "labels", FERRY_PATH, G_STRUCT_OFFSET (Options, labels), "FILE|DIR",
    "Indexed PNG with the masks of the first frame, or a folder with one named like that frame",
    TRUE },
  { "out", FERRY_PATH, G_STRUCT_OFFSET (Options, out), "DIR",
    "Folder for the masks, made if missing: 00000.png and so on, or named like the images of INPUT",
    TRUE },
  { "soft", FERRY_PATH, G_STRUCT_OFFSET (Options, soft), "DIR",
    "Also write soft masks there, 00000.npy and so on: float32 [classes, cells down, cells "
    "across], "
    "class 0 = background" },
  { "frames", FERRY_TEXT, G_STRUCT_OFFSET (Options, frames), "A-B",
    "Frames to carry through, counted from 0; the masks are those of A" },
  FERRY_NETWORK_OPTIONS (Options, network),
  FERRY_MATCHING_OPTIONS (Options, matching),
  { "json", FERRY_FLAG, G_STRUCT_OFFSET (Options, json), NULL, "Print JSON" },
  { NULL },
};

const FerryCommand ferry_propagate = {
  .name = "propagate",
  .summary = "carry masks through a clip",
  .arguments = "INPUT --labels FILE|DIR --out DIR",
  .description =
      "Carries the masks of the first frame to all frames after it and writes one indexed PNG a "
      "frame, at the clip's own size and with the palette that DAVIS uses.\n\n"
      "INPUT is a video file or a folder of JPEG or PNG images. Object ids other than 1 to N are "
      "renumbered; ids.json in the folder then tells which is which.\n\n"
      "Stopped by Ctrl-C, it leaves the masks written so far, each of them whole.",
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
