/* SPDX-License-Identifier: MIT */
#include "bench-plot.h"

#include "bench-ceiling.h"
#include "bench-scratch.h"
#include "plot.h"
#include "terminal.h"

#include "base/error.h"
#include "base/output-file.h"
#include "exchange/picture.h"
#include "session/model.h"
#include "session/session.h"

#include <stdlib.h>
#include <string.h>

#define PRESET  "fc-davis"
#define CONTEXT 20 /* recent frames, as in the preset: from then on frames cost the same */
#define STEADY  6  /* frames measured after these */
#define FRAMES  (CONTEXT + 1 + STEADY)
#define LONGEST 60 /* frames: the sample clip */
#define OBJECTS 3
#define LEAST   16 /* pixels that a network can see */

enum
{
  LENGTH,
  RESOLUTION,
  TOPK,
  RADIUS,
  N_OBJECTS,
  N_PANELS
};

static const FerryPanel plan[N_PANELS] = {
  [LENGTH] = { .title = "Clip length",
               .unit = "frames",
               .n = 6,
               .x = { 5, 10, 20, 30, 45, LONGEST } },
  [RESOLUTION] = { .title = "Resolution", .unit = "picture height in pixels", .log = TRUE, .n = 5 },
  [TOPK] = { .title = "k",
             .unit = "neighbours of a cell",
             .log = TRUE,
             .n = 5,
             .x = { 2, 5, 10, 25, 64 } },
  [RADIUS] = { .title = "Radius", .unit = "cells of 8 pixels", .n = 5, .x = { 4, 8, 12, 16, 24 } },
  [N_OBJECTS] = { .title = "Objects",
                  .unit = "objects",
                  .log = TRUE,
                  .n = 6,
                  .x = { 1, 3, 7, 15, 30, 60 } },
};

/* Resolutions are these thirds, or sixths, of the usual one. */
static const int sixths[] = { 2, 3, 4, 6, 8 };

typedef struct
{
  const char *device;
  int width;
  int height;
  FyClip *sample;
  FerryScratch *scratch;
  char *clip;        /* folder of the sample's frames at that size */
  char *device_name; /* for people */
  FerryProgress *progress;
  int done; /* frames, of all runs */
  GCancellable *cancellable;
} Sweep;

static void
sweep_clear (Sweep *self)
{
  g_clear_pointer (&self->sample, fy_clip_free);
  ferry_scratch_free (self->scratch);
  g_free (self->clip);
  g_free (self->device_name);
  g_clear_pointer (&self->progress, ferry_progress_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Sweep, sweep_clear)

/* --- Input --- */

/* A folder of the sample's first frames at some size.  Returns: (transfer full) its path. */
static char *
make_clip (Sweep *self, int width, int height, int n_frames, GError **error)
{
  g_autofree char *name = g_strdup_printf ("%dx%d", width, height);
  g_autofree char *folder = g_build_filename (self->scratch, name, NULL);

  g_mkdir_with_parents (folder, 0700);
  for (int i = 0; i < n_frames; i++)
    {
      g_autofree char *file = g_strdup_printf ("%05d.png", i);
      g_autofree char *path = g_build_filename (folder, file, NULL);
      g_autoptr (FyFrame) frame = fy_clip_frame (self->sample, i, self->cancellable, error);
      g_autoptr (FyFrame) scaled = frame != NULL ? fy_frame_scale (frame, width, height) : NULL;

      if (frame != NULL && scaled == NULL)
        g_set_error (error, FY_ERROR, FY_ERROR_FAILED, "out of memory for a picture of %dx%d",
                     width, height);
      if (scaled == NULL || !fy_picture_write (path, scaled->rgb, width, height, error) ||
          g_cancellable_set_error_if_cancelled (self->cancellable, error))
        return NULL;
    }
  return g_steal_pointer (&folder);
}

/* Rectangles in rows, a quarter of the picture together. */
static FyIdMap *
make_labels (int width, int height, int n_objects)
{
  FyIdMap *labels = fy_id_map_new (width, height);
  int across = 1, down;

  while (across * across < n_objects)
    across++;
  down = (n_objects + across - 1) / across;
  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++)
      {
        int column = x * across / width, row = y * down / height, id = row * across + column + 1;
        int in_x = x - column * width / across, in_y = y - row * height / down;

        if (id <= n_objects && in_x < width / across / 2 && in_y < height / down / 2)
          labels->id[(gsize) y * (gsize) width + (gsize) x] = (guint16) id;
      }
  return labels;
}

/* --- A run --- */

typedef struct
{
  Sweep *sweep;
  FySession *session;
  FySessionTimes after[LONGEST]; /* this frame, from the beginning */
} Run;

static gboolean
take_frame (int frame,
            const FyIdMap *mask,
            const float *soft,
            int n_classes,
            gpointer user_data,
            GError **error)
{
  Run *self = user_data;

  self->after[frame] = *fy_session_times (self->session);
  ferry_progress_set (self->sweep->progress, ++self->sweep->done);
  return TRUE;
}

static gboolean
run_session (Sweep *self,
             const char *clip,
             const FyPropagateParams *params,
             int n_objects,
             int n_frames,
             Run *run,
             GError **error)
{
  const FySessionParams session = { .device = self->device,
                                    .propagate = *params,
                                    .short_side = -1 };
  g_autoptr (FySession) opened = fy_session_new (clip, &session, self->cancellable, error);
  const FyClipInfo *info = opened != NULL ? fy_clip_info (fy_session_clip (opened)) : NULL;
  FyIdMap *labels = info != NULL ? make_labels (info->width, info->height, n_objects) : NULL;
  const FyHandMade hand = { 0, labels };
  gboolean done = FALSE;

  if (opened != NULL)
    {
      if (self->device_name == NULL)
        self->device_name = g_strdup (fy_device_name (fy_session_device (opened)));
      *run = (Run){ .sweep = self, .session = opened };
      done = fy_session_propagate (opened, &hand, 1, NULL, n_frames - 1, take_frame, run,
                                   self->cancellable, error);
    }
  fy_id_map_free (labels);
  return done;
}

/* Seconds of the stages between two moments. */
static void
passed (const FySessionTimes *from, const FySessionTimes *to, double stage[FERRY_PLOT_LINES])
{
  stage[0] = to->features - from->features;
  stage[1] = to->match - from->match;
  stage[2] = to->carry + to->resolve - from->carry - from->resolve;
}

static int
compare_doubles (gconstpointer a, gconstpointer b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

/* One point of a panel: the median of the frames whose context is full. */
static gboolean
add_point (Sweep *self,
           FerryPanel *panel,
           int point,
           const char *clip,
           const FyPropagateParams *params,
           int n_objects,
           GError **error)
{
  Run run;
  double stage[FERRY_PLOT_LINES][STEADY];

  if (!run_session (self, clip, params, n_objects, FRAMES, &run, error))
    return FALSE;
  for (int i = 0; i < STEADY; i++)
    {
      double seconds[FERRY_PLOT_LINES];

      passed (&run.after[CONTEXT + i], &run.after[CONTEXT + i + 1], seconds);
      for (int line = 0; line < FERRY_PLOT_LINES; line++)
        stage[line][i] = seconds[line];
    }
  for (int line = 0; line < FERRY_PLOT_LINES; line++)
    {
      qsort (stage[line], STEADY, sizeof (double), compare_doubles);
      panel->y[line][point] = (stage[line][(STEADY - 1) / 2] + stage[line][STEADY / 2]) / 2;
    }
  return TRUE;
}

/* --- Panels --- */

/* One run tells of all lengths: the mean of the frames so far. */
static gboolean
sweep_length (Sweep *self, FerryPanel *panel, GError **error)
{
  static const FySessionTimes start;
  Run run;

  if (!run_session (self, self->clip, fy_preset_find (PRESET), OBJECTS, LONGEST, &run, error))
    return FALSE;
  for (int i = 0; i < panel->n; i++)
    {
      double seconds[FERRY_PLOT_LINES];

      passed (&start, &run.after[(int) panel->x[i] - 1], seconds);
      for (int line = 0; line < FERRY_PLOT_LINES; line++)
        panel->y[line][i] = seconds[line] / panel->x[i];
    }
  return TRUE;
}

static gboolean
sweep_resolution (Sweep *self, FerryPanel *panel, GError **error)
{
  for (int i = 0; i < panel->n; i++)
    {
      int width = MAX (LEAST, self->width * sixths[i] / 6);
      int height = MAX (LEAST, self->height * sixths[i] / 6);
      g_autofree char *clip = make_clip (self, width, height, FRAMES, error);

      panel->x[i] = height;
      if (clip == NULL ||
          !add_point (self, panel, i, clip, fy_preset_find (PRESET), OBJECTS, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
sweep_settings (Sweep *self, FerryPanel *panel, int which, GError **error)
{
  for (int i = 0; i < panel->n; i++)
    {
      FyPropagateParams params = *fy_preset_find (PRESET);
      int value = (int) panel->x[i], n_objects = which == N_OBJECTS ? value : OBJECTS;

      if (which == TOPK)
        params.topk = value;
      else if (which == RADIUS)
        params.radius = value;
      if (!add_point (self, panel, i, self->clip, &params, n_objects, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
sweep_all (Sweep *self, FerryPanel panel[N_PANELS], GError **error)
{
  int total = LONGEST;

  for (int p = 0; p < N_PANELS; p++)
    total += p == LENGTH ? 0 : plan[p].n * FRAMES;
  self->progress = ferry_progress_new ("frame", total);
  return sweep_length (self, &panel[LENGTH], error) &&
         sweep_resolution (self, &panel[RESOLUTION], error) &&
         sweep_settings (self, &panel[TOPK], TOPK, error) &&
         sweep_settings (self, &panel[RADIUS], RADIUS, error) &&
         sweep_settings (self, &panel[N_OBJECTS], N_OBJECTS, error);
}

/* --- The plot --- */

static char *
draw (const Sweep *self, const FerryPanel panel[N_PANELS])
{
  const FyPropagateParams *preset = fy_preset_find (PRESET);
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *date = g_date_time_format (now, "%Y-%m-%d");
  g_autofree char *processor = ferry_processor_name ();
  g_autofree char *size =
      g_strdup_printf ("pictures of %dx%d, k %d, radius %d, %d objects,", self->width, self->height,
                       preset->topk, preset->radius, OBJECTS);
  g_autofree char *context = g_strdup_printf ("%d recent frames and the first", preset->context);
  g_autofree char *median =
      g_strdup_printf ("Points are medians of %d frames whose context is", STEADY);
  const char *const caption[] = { processor,
                                  self->device_name,
                                  date,
                                  "",
                                  "Shipped ResNet-18, preset " PRESET ". What does not vary:",
                                  size,
                                  context,
                                  "",
                                  median,
                                  "full, of clip lengths means of the whole clip.",
                                  "Decoding and writing are not in them.",
                                  NULL };
  const FerryPlotText text = { .title = "What a frame costs",
                               .subtitle = "Seconds per frame, logarithmic; the sample clip",
                               .label = { "features", "lists", "carry + resolve" },
                               .caption = caption };

  return ferry_plot_svg (&text, panel, N_PANELS);
}

gboolean
ferry_bench_plot (const char *device,
                  int width,
                  int height,
                  const char *path,
                  GCancellable *cancellable,
                  GError **error)
{
  g_autofree char *sample = fy_data_path ("sample/pond.mp4");
  g_autoptr (FyOutputFile) file = fy_output_file_new (path, error); /* first: it takes minutes */
  g_auto (Sweep)
      self = { .device = device, .width = width, .height = height, .cancellable = cancellable };
  FerryPanel panel[N_PANELS];
  g_autofree char *svg = NULL;

  self.sample = file != NULL ? fy_clip_open (sample, NULL, cancellable, error) : NULL;
  self.scratch = self.sample != NULL ? ferry_scratch_new (error) : NULL;
  if (self.scratch == NULL)
    return FALSE;
  if (width == 0)
    {
      self.width = fy_clip_info (self.sample)->width;
      self.height = fy_clip_info (self.sample)->height;
    }
  memcpy (panel, plan, sizeof panel);
  self.clip = make_clip (&self, self.width, self.height, LONGEST, error);
  if (self.clip == NULL || !sweep_all (&self, panel, error))
    return FALSE;
  svg = draw (&self, panel);
  return fy_output_file_write (file, svg, strlen (svg), error) &&
         fy_output_file_commit (file, FALSE, error);
}
