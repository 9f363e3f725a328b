/* SPDX-License-Identifier: MIT */
/* ferry-cli demo: carries the sample clip's masks, scores them and makes them to be looked at. */
#include "network.h"
#include "terminal.h"

#include "base/text.h"
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

/* The sample's propagation and all that is made of it. */
typedef struct
{
  GCancellable *cancellable;
  char *masks; /* paths of what is made */
  char *film_path;
  char *sheet_path;

  FySession *session;
  FyIdMap *labels;
  FyDavisWriter *writer;
  FyFilm *film;
  FyContactSheet *sheet;
  FerryProgress *progress;
  int last;    /* frame */
  int written; /* frames */
} Demo;

static void
demo_clear (Demo *self)
{
  g_free (self->masks);
  g_free (self->film_path);
  g_free (self->sheet_path);
  fy_session_free (self->session);
  fy_id_map_free (self->labels);
  fy_davis_writer_free (self->writer);
  fy_film_free (self->film);
  fy_contact_sheet_free (self->sheet);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Demo, demo_clear)

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

  if (frame == NULL || !fy_davis_writer_write (self->writer, stem, mask, error))
    return FALSE;
  rgb = g_memdup2 (frame->rgb, (gsize) frame->width * (gsize) frame->height * 3);
  fy_overlay_draw (rgb, mask, NULL);
  if (number % SHEET_EVERY == 0)
    fy_contact_sheet_add (self->sheet, rgb, number);
  if (!fy_film_add (self->film, rgb, frame->time_us, error))
    return FALSE;
  ferry_progress_set (self->progress, ++self->written);
  return TRUE;
}

/* Opens what is read and what is written. */
static gboolean
open_all (Demo *self,
          const FySessionParams *params,
          const char *clip,
          const char *truth,
          GError **error)
{
  FyFilmParams film = { 0 };
  const FyClipInfo *info;
  g_autoptr (GArray) ids = NULL;

  self->session = fy_session_new (clip, params, self->cancellable, error);
  if (self->session == NULL)
    return FALSE;
  info = fy_clip_info (fy_session_clip (self->session));
  self->last = info->n_frames - 1;
  self->labels = fy_labels_read (truth, NULL, 0, info->width, info->height, NULL, NULL, error);
  if (self->labels == NULL)
    return FALSE;
  ids = fy_id_map_ids (self->labels);
  self->writer = fy_davis_writer_new (self->masks, ids, error);
  if (self->writer == NULL)
    return FALSE;
  film.frames_per_second = info->frames_per_second;
  self->film = fy_film_new (self->film_path, info->width, info->height, &film, error);
  if (self->film == NULL)
    return FALSE;
  self->sheet =
      fy_contact_sheet_new (self->last / SHEET_EVERY + 1, info->width, info->height, NULL, error);
  return self->sheet != NULL;
}

static gboolean
carry (Demo *self, GError **error)
{
  const FyHandMade hand = { 0, self->labels };
  gboolean done;

  self->progress = ferry_progress_new (_ ("frame"), self->last + 1);
  done = fy_session_propagate (self->session, &hand, 1, NULL, self->last, take_frame, self,
                               self->cancellable, error);
  g_clear_pointer (&self->progress, ferry_progress_free);
  if (!done)
    ferry_explain_stop (error, self->written, 0, self->last, 0, self->written - 1, self->masks);
  return done && fy_film_finish (self->film, error) &&
         fy_contact_sheet_save (self->sheet, self->sheet_path, error);
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
  FySessionParams params = { .device = options->device, .propagate = *fy_preset_find ("fc-davis") };
  g_auto (Demo) demo = { .cancellable = cancellable,
                         .masks = g_build_filename (out, "masks", NULL),
                         .film_path = g_build_filename (out, "overlay.mp4", NULL),
                         .sheet_path = g_build_filename (out, "contact-sheet.png", NULL) };
  g_autoptr (FyReport) report = NULL;
  g_autofree char *table = NULL;

  if (!open_all (&demo, &params, clip, truth, error) || !carry (&demo, error))
    return FALSE;
  report = fy_davis_score (truth, demo.masks, NULL, cancellable, error);
  if (report == NULL)
    return FALSE;
  table = fy_report_to_text (report);
  g_print (_ ("%s\nclip           %s\nmasks          %s\noverlay film   %s\ncontact sheet  %s\n"
              "%.1f s\n"),
           table, clip, demo.masks, demo.film_path, demo.sheet_path,
           (double) (g_get_monotonic_time () - start) * 1e-6);
  return TRUE;
}

static const FerryOption option_table[] = {
  { "out", FERRY_PATH, G_STRUCT_OFFSET (Options, out), "DIR",
    N_ ("Where to; ferry-demo in the current folder without") },
  { "device", FERRY_TEXT, G_STRUCT_OFFSET (Options, device), "DEVICE",
    N_ ("cpu, vulkan or vulkan:N; the fastest real device without") },
  { NULL },
};

const FerryCommand ferry_demo = {
  .name = "demo",
  .summary = N_ ("carry and score the sample clip's masks"),
  .arguments = "",
  .description =
      N_ ("Carries the masks of the sample clip's first frame through it with the shipped "
          "model, scores them against the truth, and writes DAVIS masks, a film with the "
          "masks over the frames, and a contact sheet."),
  .examples = "  ferry-cli demo\n"
              "  ferry-cli demo --device vulkan --out /tmp/demo",
  .min_arguments = 0,
  .max_arguments = 0,
  .values_size = sizeof (Options),
  .options = option_table,
  .run = run,
};
