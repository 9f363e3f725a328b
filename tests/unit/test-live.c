/* SPDX-License-Identifier: MIT */
/* Labels carried while a person makes them, against fy_session_propagate and against starting anew. */
#include "folder.h"
#include "live-fixture.h"

#include <math.h>
#include <string.h>
#include <time.h>

#define SHORT_SIDE 64

/* --- The judge --- */

static gboolean
keep_mask (int frame,
           const FyIdMap *mask,
           const float *soft,
           int n_classes,
           gpointer user_data,
           GError **error)
{
  FyRunMap **map = (FyRunMap **) &g_ptr_array_index ((GPtrArray *) user_data, frame);

  *map = fy_run_map_new (mask);
  return TRUE;
}

/* Carries whole hand-made frames, true masks each, as a run does. */
static void
propagate (const FySessionParams *params, const int *frame, int n, int last, GPtrArray *masks)
{
  g_autofree char *path =
      g_build_filename (g_getenv ("FERRY_SOURCE"), "data", "sample", "pond.mp4", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (FySession) session = fy_session_new (path, params, NULL, &error);
  g_autoptr (GPtrArray) labels = g_ptr_array_new_with_free_func ((GDestroyNotify) fy_id_map_free);
  g_autofree FyHandMade *hand = g_new (FyHandMade, (gsize) n);

  g_assert_no_error (error);
  for (int i = 0; i < n; i++)
    {
      g_autoptr (FyRunMap) truth = live_truth (frame[i]);

      g_ptr_array_add (labels, fy_run_map_to_id_map (truth));
      hand[i] = (FyHandMade){ frame[i], g_ptr_array_index (labels, i) };
    }
  fy_session_propagate (session, hand, n, NULL, last, keep_mask, masks, NULL, &error);
  g_assert_no_error (error);
}

static void
free_map (gpointer map)
{
  if (map != NULL)
    fy_run_map_unref (map);
}

static GPtrArray *
new_masks (int n)
{
  GPtrArray *masks = g_ptr_array_new_with_free_func (free_map);

  g_ptr_array_set_size (masks, n);
  return masks;
}

static void
compare_masks (LiveFixture *fixture,
               const GPtrArray *masks,
               int first,
               int last,
               const int *hand,
               int n)
{
  for (int t = first; t <= last; t++)
    {
      FyRunMap *map = g_ptr_array_index (fixture->map, t);
      gboolean by_hand = FALSE;

      for (int i = 0; i < n; i++)
        by_hand |= hand[i] == t;
      if (by_hand)
        continue;
      g_assert_nonnull (map);
      g_assert_true (fy_run_map_equal (map, g_ptr_array_index (masks, t)));
      g_assert_cmpint (fy_live_ready (fixture->live, t), ==, FY_READY_CARRIED);
    }
}

/* --- Tests --- */

static void
set_ways (LiveFixture *fixture, int first, int last, FyWay way)
{
  g_autofree guint8 *ways = g_malloc0 ((gsize) fixture->n_frames);

  for (int t = first; t <= last; t++)
    ways[t] = (guint8) way;
  fy_live_set_ways (fixture->live, ways);
}

/* One hand-made frame in the middle: what is before it is carried back, as two runs do; then corrections to
 * both sides of it, first as they come, then with the first part carried back again. */
static void
test_as_runs (void)
{
  static const int first[] = { 20 }, forwards[] = { 20, 41 }, backwards[] = { 20, 7 };
  static const int all[] = { 7, 20, 41 };
  FySessionParams params = live_params (SHORT_SIDE, NULL);
  g_autoptr (GPtrArray) one = new_masks (60), two = new_masks (60), three = new_masks (60);
  g_auto (LiveFixture) fixture = { 0 };

  propagate (&params, first, 1, 59, one);
  propagate (&params, first, 1, 0, one);
  propagate (&params, all, 1, 0, two);
  propagate (&params, all, 3, 59, two);
  propagate (&params, backwards, 2, 0, three);
  propagate (&params, forwards, 2, 59, three);
  live_open (&fixture, &params);
  live_set_masks (&fixture, 3);
  live_make_by_hand (&fixture, 20);
  live_settle (&fixture);
  compare_masks (&fixture, one, 0, 59, first, 1);
  g_assert_null (g_ptr_array_index (fixture.map, 20)); /* is by hand: nothing to hand out */
  live_make_by_hand (&fixture, 41);
  live_make_by_hand (&fixture, 7);
  live_settle (&fixture);
  compare_masks (&fixture, two, 0, 59, all, 3);
  set_ways (&fixture, 0, 19, FY_WAY_BACKWARD);
  live_settle (&fixture);
  compare_masks (&fixture, three, 0, 59, all, 3);
  set_ways (&fixture, 0, 19, FY_WAY_AUTO);
  fy_live_set_labels (fixture.live, 41, NULL, 0);
  fy_live_set_labels (fixture.live, 7, NULL, 0);
  live_settle (&fixture);
  compare_masks (&fixture, one, 0, 59, first, 1);
}

/* With memory for a few frames only: those around the play-head are carried; the play-head's way through the
 * clip carries all of it, from frames that were let go before. */
static void
test_window (void)
{
  static const int hand[] = { 0 };
  FySessionParams params = live_params (SHORT_SIDE, NULL);
  g_auto (LiveFixture) fixture = { 0 };
  g_autofree char *notes = NULL;

  params.memory_bytes = 1;
  params.propagate.context = 4;
  live_open (&fixture, &params);
  live_set_masks (&fixture, 3);
  live_make_by_hand (&fixture, hand[0]);
  live_settle (&fixture);
  g_assert_nonnull (g_ptr_array_index (fixture.map, 15));
  g_assert_null (g_ptr_array_index (fixture.map, 16));
  for (int t = 0; t < 60; t++)
    {
      fy_live_set_playhead (fixture.live, t);
      live_settle (&fixture);
      g_assert_true (t == hand[0] || g_ptr_array_index (fixture.map, t) != NULL);
    }
  for (int t = 1; t < 60; t++)
    {
      FyRunMap *map = g_ptr_array_index (fixture.map, t);

      g_assert_nonnull (map); /* moving on takes nothing back */
      g_assert_cmpint (fy_run_map_area (map, 1, NULL), >, 0);
    }
  notes = fy_live_notes (fixture.live);
  g_assert_nonnull (strstr (notes, "memory for 16 of 60 frames"));
}

/* Callbacks of what never ran come from within fy_live_free, and nothing after it. */
static void
count_call (GObject *source, GAsyncResult *result, gpointer user_data)
{
  ++*(int *) user_data;
}

static gpointer
find_frames (FySession *session, gpointer data, GCancellable *cancellable, GError **error)
{
  return GINT_TO_POINTER (fy_clip_info (fy_session_clip (session))->n_frames);
}

static gpointer
wait_for_end (FySession *session, gpointer data, GCancellable *cancellable, GError **error)
{
  while (!g_cancellable_set_error_if_cancelled (cancellable, error))
    g_thread_yield ();
  return NULL;
}

static void
expect_cancelled (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (fy_live_run_finish (NULL, result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  ++*(int *) user_data;
}

static void
keep_answer (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  *(int *) user_data = GPOINTER_TO_INT (fy_live_run_finish (NULL, result, &error));
  g_assert_no_error (error);
}

static void
test_calls (void)
{
  FySessionParams params = live_params (SHORT_SIDE, NULL);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  int n_calls = 0;

  {
    g_auto (LiveFixture) fixture = { 0 };

    live_open (&fixture, &params);
    fixture.n_frames = 0;
    fy_live_run_async (fixture.live, find_frames, NULL, NULL, NULL, NULL, keep_answer,
                       &fixture.n_frames);
    while (fixture.n_frames == 0)
      g_main_context_iteration (NULL, TRUE);
    g_assert_cmpint (fixture.n_frames, ==, 60);
    fy_live_run_async (fixture.live, wait_for_end, NULL, NULL, NULL, cancellable, expect_cancelled,
                       &n_calls);
    g_cancellable_cancel (cancellable);
    while (n_calls == 0)
      g_main_context_iteration (NULL, TRUE);
    fy_live_run_async (fixture.live, wait_for_end, NULL, NULL, NULL, NULL, expect_cancelled,
                       &n_calls);
    for (int i = 0; i < 100; i++)
      fy_live_run_async (fixture.live, find_frames, NULL, NULL, NULL, NULL, count_call, &n_calls);
  }
  g_assert_cmpint (n_calls, ==, 102);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpint (n_calls, ==, 102);
}

/* At any moment, also while it opens. */
static void
test_free (void)
{
  static const FyLiveFuncs none = { NULL };
  FySessionParams params = live_params (SHORT_SIDE, NULL);
  g_autofree char *path =
      g_build_filename (g_getenv ("FERRY_SOURCE"), "data", "sample", "pond.mp4", NULL);

  for (int i = 0; i < 20; i++)
    {
      FyLive *live = fy_live_new (path, &params, &none, NULL);
      g_autoptr (FyRunMap) truth = live_truth (0);
      g_autoptr (FyFrameLabels) labels = live_labels (truth, live_all_ids);
      g_autoptr (FyObject) object = fy_object_new (1, NULL, FY_OBJECT_MASK);
      gint64 clock;

      fy_live_set_objects (live, &object, 1);
      fy_live_set_labels (live, i, labels, 1);
      g_usleep ((gulong) (i * 12000)); /* what is interrupted differs, not what is expected */
      while (g_main_context_iteration (NULL, FALSE))
        ;
      clock = g_get_monotonic_time ();
      fy_live_free (live);
      g_assert_cmpint (g_get_monotonic_time () - clock, <, test_patience (5));
    }
}

/* --- Speed: with -m perf --- */

/* Three objects: bands of the mask of a DAVIS sequence's first frame, with a stroke of `width` pixels. */
static FyFrameLabels *
paint_bands (const char *davis, int width)
{
  g_autofree char *path =
      g_build_filename (davis, "Annotations", "480p", "soapbox", "00000.png", NULL);
  g_autoptr (GError) error = NULL;
  FyIndexedPngInfo info;
  g_autoptr (FyIdMap) map = fy_indexed_png_read (path, &info, &error);
  g_autoptr (FyRunMap) runs = NULL;

  g_assert_no_error (error);
  for (int y = 0; y < map->height; y++)
    for (int x = 0; x < map->width; x++)
      {
        guint16 *id = &map->id[y * map->width + x];

        *id = *id != 0 ? (guint16) (1 + 3 * x / map->width) : 0;
        if (ABS (y - 300) < 10 && x > 400 && x < 400 + width)
          *id = 2;
      }
  runs = fy_run_map_new (map);
  return live_labels (runs, live_all_ids);
}

typedef struct
{
  FyLive *live;
  gint over;
} Asking;

static gpointer
keep_asking (gpointer data)
{
  Asking *self = data;

  while (!g_atomic_int_get (&self->over))
    fy_live_is_idle (self->live);
  return NULL;
}

/* Who is told of progress and asks whether it is idle learns so at the last: nobody else would tell. */
static void
test_idleness (void)
{
  FySessionParams params = live_params (SHORT_SIDE, NULL);
  g_auto (LiveFixture) fixture = { 0 };
  GThread *thread[4];
  Asking asking = { NULL, FALSE };
  gint64 end;

  live_open (&fixture, &params);
  live_settle (&fixture);
  asking.live = fixture.live;
  for (int i = 0; i < 4; i++) /* the others wait for each other at every step */
    thread[i] = g_thread_new ("asking", keep_asking, &asking);
  end = g_get_monotonic_time () + 2 * G_USEC_PER_SEC;
  for (int i = 0; g_get_monotonic_time () < end; i++)
    {
      fixture.told_idle = FALSE;
      fy_live_set_playhead (fixture.live, 1 + i % 2);
      while (!fy_live_is_idle (fixture.live))
        g_main_context_iteration (NULL, FALSE);
      while (g_main_context_iteration (NULL, FALSE))
        ;
      g_assert_true (fixture.told_idle);
    }
  g_atomic_int_set (&asking.over, TRUE);
  for (int i = 0; i < 4; i++)
    g_thread_join (thread[i]);
}

static void
time_edit (LiveFixture *fixture, const char *davis, int width, const char *what)
{
  g_autoptr (FyFrameLabels) labels = paint_bands (davis, width);
  gint64 begin = g_get_monotonic_time (), first = 0;
  int before = fixture->n_carried;
  clock_t cpu = clock ();

  fy_live_set_labels (fixture->live, 0, labels, (guint) width + 1);
  while (!fy_live_is_idle (fixture->live))
    {
      if (!g_main_context_iteration (NULL, FALSE))
        g_usleep (100);
      if (first == 0 && fixture->n_carried > before)
        first = g_get_monotonic_time ();
    }
  g_print ("# %s: first frame after %.1f ms, all masks after %.1f ms, with trust after %.1f ms; %d "
           "handed out, %.0f ms of all cores\n",
           what, (double) (first - begin) * 1e-3, (double) (fixture->last_mask - begin) * 1e-3,
           (double) (g_get_monotonic_time () - begin) * 1e-3, fixture->n_carried - before,
           (double) (clock () - cpu) * 1e3 / CLOCKS_PER_SEC);
}

static void
test_speed (void)
{
  g_autofree char *davis = test_shared_path ("data/davis");
  g_autofree char *folder = NULL, *path = NULL;
  FySessionParams params;
  g_auto (LiveFixture) fixture = { 0 };

  if (davis == NULL)
    return;
  path = g_build_filename (davis, "JPEGImages", "480p", "soapbox", NULL);
  folder = test_folder_new ();
  params = live_params (480, g_getenv ("FERRY_TEST_CACHE") != NULL ? g_getenv ("FERRY_TEST_CACHE")
                                                                   : folder);
  live_open_clip (&fixture, path, 99, &params);
  live_set_masks (&fixture, 3);
  live_settle (&fixture); /* all lists that are wished for ahead of need */
  time_edit (&fixture, davis, 0, "first masks");
  time_edit (&fixture, davis, 10, "a stroke");
  time_edit (&fixture, davis, 20, "a longer stroke");
  time_edit (&fixture, davis, 0, "without it");
  test_folder_remove (folder);
}

static gboolean
has_some (LiveFixture *self)
{
  FyLiveProgress progress;

  fy_live_get_progress (self->live, &progress);
  return progress.lists_left > 0 && progress.lists_left < self->n_frames - 8;
}

/* While it yields nothing is computed ahead of need, not to the end either, and then the rest. */
static void
test_yielding (void)
{
  FySessionParams params = live_params (48, NULL);
  g_auto (LiveFixture) fixture = { 0 };
  g_autoptr (FyRunMap) truth = live_truth (0);
  g_autoptr (FyFrameLabels) labels = live_labels (truth, (const guint16[]){ 1, 0 });
  FyLiveProgress progress;
  int left;

  live_open (&fixture, &params);
  live_set_masks (&fixture, 1);
  fy_live_set_labels (fixture.live, 0, labels, 1);
  live_wait (&fixture, has_some);
  fy_live_set_yielding (fixture.live, TRUE);
  fy_live_get_progress (fixture.live, &progress);
  left = progress.lists_left;
  for (gint64 end = g_get_monotonic_time () + G_TIME_SPAN_SECOND / 2; g_get_monotonic_time () < end;
       g_usleep (1000))
    g_main_context_iteration (NULL, FALSE);
  fy_live_get_progress (fixture.live, &progress);
  g_assert_cmpint (progress.lists_left, >=, left - 1); /* it may have been done just then */
  g_assert_false (fy_live_is_idle (fixture.live));
  fy_live_set_yielding (fixture.live, FALSE);
  live_settle (&fixture);
  fy_live_get_progress (fixture.live, &progress);
  g_assert_cmpint (progress.lists_left, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/live/as-runs", test_as_runs);
  g_test_add_func ("/live/window", test_window);
  g_test_add_func ("/live/calls", test_calls);
  g_test_add_func ("/live/idleness", test_idleness);
  g_test_add_func ("/live/free", test_free);
  g_test_add_func ("/live/yielding", test_yielding);
  if (g_test_perf ())
    g_test_add_func ("/live/speed", test_speed);
  return g_test_run ();
}
