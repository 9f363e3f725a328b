/* SPDX-License-Identifier: MIT */
/* ferry-cli demo: carries the sample clip's masks, scores them and makes them to be looked at. */
#include "network.h"
#include "terminal.h"

#include "exchange/contact-sheet.h"
#include "exchange/davis.h"
#include "exchange/film.h"
#include "label/overlay.h"
#include "metric/davis-score.h"
#include "session/model.h"

#include <string.h>

#define SHEET_EVERY 5 /* frames */

typedef struct
{
  char *out;
  char *device;
} Options;

typedef struct
{
  FySession *session;
  FyDavisWriter *masks;
  FyFilm *film;
  FyContactSheet *sheet;
  FerryProgress *progress;
  GCancellable *cancellable;
} Demo;

/* --- Making --- */

static gboolean
take_frame (int number,
            const FyIdMap *mask,
            const float *soft,
            int n_classes,
            gpointer user_data,
            GError **error)
{
  Demo *self = user_data;
  g_autoptr (FyFrame) frame =
      fy_clip_frame (fy_session_clip (self->session), number, self->cancellable, error);
  g_autofree char *stem = fy_davis_stem (NULL, number);
  g_autofree guint8 *rgb = NULL;

  if (frame == NULL || !fy_davis_writer_write (self->masks, stem, mask, error))
    return FALSE;
  rgb = g_memdup2 (frame->rgb, (gsize) frame->width * (gsize) frame->height * 3);
  fy_overlay_draw (rgb, mask, NULL);
  if (number % SHEET_EVERY == 0)
    fy_contact_sheet_add (self->sheet, rgb, number);
  if (!fy_film_add (self->film, rgb, frame->time_us, error))
    return FALSE;
  ferry_progress_set (self->progress, number + 1);
  return TRUE;
}

/* Carries the truth of frame 0 through the clip into `masks`, `film` and `sheet`. */
static gboolean
carry (const FySessionParams *params,
       const char *clip,
       const char *truth,
       const char *masks,
       const char *film,
       const char *sheet,
       GCancellable *cancellable,
       GError **error)
{
  g_autoptr (FySession) session = fy_session_new (clip, params, cancellable, error);
  const FyClipInfo *info = session != NULL ? fy_clip_info (fy_session_clip (session)) : NULL;
  g_autoptr (FyIdMap) labels =
      info != NULL ? fy_labels_read (truth, NULL, 0, info->width, info->height, NULL, NULL, error)
                   : NULL;
  g_autoptr (GArray) ids = labels != NULL ? fy_id_map_ids (labels) : NULL;
  g_autoptr (FyDavisWriter) writer = ids != NULL ? fy_davis_writer_new (masks, ids, error) : NULL;
  g_autoptr (FyFilm) film_file =
      writer != NULL
          ? fy_film_new (film, info->width, info->height,
                         &(FyFilmParams){ .frames_per_second = info->frames_per_second }, error)
          : NULL;
  g_autoptr (FyContactSheet) sheet_file =
      film_file != NULL ? fy_contact_sheet_new ((info->n_frames - 1) / SHEET_EVERY + 1, info->width,
                                                info->height, NULL, error)
                        : NULL;
  g_autoptr (FerryProgress) progress = NULL;
  Demo demo = { session, writer, film_file, sheet_file, NULL, cancellable };

  if (sheet_file == NULL)
    return FALSE;
  demo.progress = progress = ferry_progress_new ("frame", info->n_frames);
  return fy_session_propagate (session, labels, 0, info->n_frames - 1, take_frame, &demo,
                               cancellable, error) &&
         fy_film_finish (film_file, error) && fy_contact_sheet_save (sheet_file, sheet, error);
}

/* --- The command --- */

static gboolean
run (gconstpointer values, const char *const *arguments, GCancellable *cancellable, GError **error)
{
  const Options *options = values;
  const char *out = options->out != NULL ? options->out : "ferry-demo";
  gint64 start = g_get_monotonic_time ();
  g_autofree char *clip = fy_data_path ("sample/pond.mp4");
  g_autofree char *truth = fy_data_path ("sample/truth");
  g_autofree char *masks = g_build_filename (out, "masks", NULL);
  g_autofree char *film = g_build_filename (out, "overlay.mp4", NULL);
  g_autofree char *sheet = g_build_filename (out, "contact-sheet.png", NULL);
  FySessionParams params = { .device = options->device, .propagate = *fy_preset_find ("fc-davis") };
  g_autoptr (FyReport) report = NULL;
  g_autofree char *table = NULL;

  if (!carry (&params, clip, truth, masks, film, sheet, cancellable, error))
    return FALSE;
  report = fy_davis_score (truth, masks, NULL, cancellable, error);
  if (report == NULL)
    return FALSE;
  table = fy_report_to_text (report);
  g_print ("%s\nclip           %s\nmasks          %s\noverlay film   %s\ncontact sheet  %s\n"
           "%.1f s\n",
           table, clip, masks, film, sheet, (double) (g_get_monotonic_time () - start) * 1e-6);
  return TRUE;
}

static const FerryOption option_table[] = {
  { "out", FERRY_PATH, G_STRUCT_OFFSET (Options, out), "DIR",
    "Where to; ferry-demo in the current folder without" },
  { "device", FERRY_TEXT, G_STRUCT_OFFSET (Options, device), "DEVICE",
    "cpu, vulkan or vulkan:N; the fastest real device without" },
  { NULL },
};

const FerryCommand ferry_demo = {
  .name = "demo",
  .summary = "carry and score the sample clip's masks",
  .arguments = "",
  .description = "Carries the masks of the sample clip's first frame through it with the shipped "
                 "model, scores them against the truth, and writes DAVIS masks, a film with the "
                 "masks over the frames, and a contact sheet.",
  .examples = "  ferry-cli demo\n"
              "  ferry-cli demo --device vulkan --out /tmp/demo",
  .min_arguments = 0,
  .max_arguments = 0,
  .values_size = sizeof (Options),
  .options = option_table,
  .run = run,
};
