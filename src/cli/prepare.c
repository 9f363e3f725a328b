/* SPDX-License-Identifier: MIT */
/* ferry-cli prepare: computes what a clip's labels will need, before there are any. */
#include "network.h"
#include "terminal.h"

#include "base/text.h"
#include "match/preparer.h"

#include <string.h>

#define LOOK_EVERY (50 * 1000) /* microseconds between two looks at Ctrl-C and the progress */

typedef struct
{
  FerryNetwork network;
  FerryMatching matching;
  char *frames;
  int from;
  int playhead;
  gboolean json;
} Options;

typedef struct
{
  FySession *session;
  int first;
  int last;
  int from;
  int playhead;
} Job;

/* A list that is not kept was computed in vain, and so would be those after it. */
static gboolean
check_kept (FySession *session, GError **error)
{
  const char *notes = fy_session_notes (session);

  if (fy_session_times (session)->lists_not_kept == 0)
    return TRUE;
  if (notes[0] != '\0')
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "%.*s", (int) strcspn (notes, "\n"), notes);
  else
    g_set_error_literal (
        error, G_IO_ERROR, G_IO_ERROR_NO_SPACE,
        _ ("the cache is full; raise --cache-size, free some space on its disk, or "
           "prepare fewer --frames"));
  return FALSE;
}

static FyNeighbours *
compute (const FyListWish *wish, gpointer user_data, GCancellable *cancellable, GError **error)
{
  g_autoptr (FyNeighbours) list = fy_session_list (user_data, wish->target, wish->begin, wish->end,
                                                   wish->radius, cancellable, error);

  return list != NULL && check_kept (user_data, error) ? g_steal_pointer (&list) : NULL;
}

static gboolean
read_frames (Job *job, const Options *options, GError **error)
{
  if (!ferry_frames (options->frames, fy_clip_info (fy_session_clip (job->session)), &job->first,
                     &job->last, error))
    return FALSE;
  job->from = options->from == FERRY_NOT_GIVEN ? job->first : options->from;
  job->playhead = options->playhead == FERRY_NOT_GIVEN ? job->from : options->playhead;
  if (MIN (job->from, job->playhead) >= job->first && MAX (job->from, job->playhead) <= job->last)
    return TRUE;
  g_set_error (error, FERRY_USAGE, 0, _ ("--%s %d is not one of the frames %d to %d"),
               job->from < job->first || job->from > job->last ? "from" : "play-head",
               job->from < job->first || job->from > job->last ? job->from : job->playhead,
               job->first, job->last);
  return FALSE;
}

/* The lists of both ways.  Returns: (transfer full). */
static GArray *
list_missing (const Job *job)
{
  GArray *wishes = fy_session_missing_lists (job->session, job->from, job->last);
  g_autoptr (GArray) back = fy_session_missing_lists (job->session, job->from, job->first);

  g_array_append_vals (wishes, back->data, back->len);
  return wishes;
}

/* Lets the thread work until all is done, and tells how far it is.  `left`: out. */
static gboolean
work (const Job *job, const GArray *wishes, int *left, GCancellable *cancellable, GError **error)
{
  g_autoptr (FyPreparer) preparer = fy_preparer_new (compute, NULL, job->session);
  g_autoptr (FerryProgress) progress = ferry_progress_new (_ ("list"), (int) wishes->len);
  g_autoptr (GError) failed = NULL;
  gboolean done = FALSE;

  fy_session_set_playhead (job->session, job->playhead);
  fy_preparer_set_playhead (preparer, job->playhead);
  fy_preparer_want (preparer, FY_LANE_BATCH, (const FyListWish *) (gpointer) wishes->data,
                    (int) wishes->len);
  while (!done && failed == NULL && !g_cancellable_is_cancelled (cancellable))
    {
      done = fy_preparer_wait (preparer, LOOK_EVERY, &failed);
      *left = fy_preparer_left (preparer);
      ferry_progress_set (progress, (int) wishes->len - *left);
    }
  if (failed != NULL)
    g_propagate_error (error, g_steal_pointer (&failed));
  else if (!done)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED,
                 _ ("stopped with %d of %u lists to do; those done are kept for the next time"),
                 *left, wishes->len);
  return done;
}

static gboolean
run (gconstpointer values, const char *const *arguments, GCancellable *cancellable, GError **error)
{
  const Options *options = values;
  gint64 start = g_get_monotonic_time ();
  FySessionParams params;
  g_autoptr (FySession) session = NULL;
  g_autoptr (GArray) wishes = NULL;
  Job job;
  double seconds;
  int left = 0;

  if (!ferry_session_params (&options->network, &options->matching, &params, error))
    return FALSE;
  if (params.cache == NULL)
    {
      g_set_error_literal (error, FERRY_USAGE, 0,
                           _ ("--cache-size 0 keeps nothing, so there is nothing to prepare"));
      return FALSE;
    }
  job.session = session = fy_session_new (arguments[0], &params, cancellable, error);
  if (session == NULL || !read_frames (&job, options, error))
    return FALSE;
  wishes = list_missing (&job);
  if (!work (&job, wishes, &left, cancellable, error) ||
      !ferry_check_whole (session, options->frames, job.first, job.last, _ ("the cache"), error))
    return FALSE;
  ferry_print_notes (session);
  seconds = (double) (g_get_monotonic_time () - start) * 1e-6;
  g_print (options->json
               ? "{\n  \"frames\": %d,\n  \"lists\": %u,\n  \"seconds\": %.3f,\n  "
                 "\"cache_mib\": %.1f\n}\n"
               : g_dngettext (GETTEXT_PACKAGE,
                              "%d frame: %u lists computed in %.2f s; %.0f MiB in the cache\n",
                              "%d frames: %u lists computed in %.2f s; %.0f MiB in the cache\n",
                              (gulong) (job.last - job.first + 1)),
           job.last - job.first + 1, wishes->len, seconds,
           (double) fy_session_cache_size (session) / (1 << 20));
  return TRUE;
}

static const FerryOption option_table[] = {
  { "frames", FERRY_TEXT, G_STRUCT_OFFSET (Options, frames), "A-B",
    N_ ("Frames to prepare, counted from 0, like 0-59, 120- or 7; the whole clip without") },
  { "from", FERRY_WHOLE, G_STRUCT_OFFSET (Options, from), "N",
    N_ ("Frame that will have labels, to be carried from there both ways; A without") },
  { "play-head", FERRY_WHOLE, G_STRUCT_OFFSET (Options, playhead), "N",
    N_ ("Frame to begin around; the one of --from without") },
  FERRY_NETWORK_OPTIONS (Options, network),
  FERRY_MATCHING_OPTIONS (Options, matching),
  { "json", FERRY_FLAG, G_STRUCT_OFFSET (Options, json), NULL, N_ ("Print JSON") },
  { NULL },
};

const FerryCommand ferry_prepare = {
  .name = "prepare",
  .summary = N_ ("compute ahead what carrying masks will need"),
  .arguments = "INPUT",
  .description = N_ (
      "Computes the features and neighbour lists of a clip and keeps them, so that masks painted "
      "later are carried through it within a moment. They follow from the video alone.\n\n"
      "Stopped at any moment, by Ctrl-C, a crash or a power cut, it goes on where it was the next "
      "time. What is kept is in the cache (--cache), which may be deleted at any time."),
  .examples = "  ferry-cli prepare swan.mp4\n"
              "  ferry-cli prepare swan.mp4 --from 120 --frames 100-200 --cache-size 50G",
  .min_arguments = 1,
  .max_arguments = 1,
  .values_size = sizeof (Options),
  .options = option_table,
  .run = run,
};
