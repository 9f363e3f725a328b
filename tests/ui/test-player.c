/* SPDX-License-Identifier: MIT */
/* Playing a document of the stage: by its times, within its range, with a decoder that is too slow. */
#include "app/timeline/player.h"
#include "timeline-stage.h"

#define PATIENCE (20 * G_USEC_PER_SEC)

static void
settle (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

typedef struct
{
  int n; /* frames shown */
  int latest;
  int backward; /* times that it went back */
} Shown;

static void
on_frame (FerryDocument *document, GParamSpec *spec, Shown *shown)
{
  int frame = ferry_document_frame (document);

  shown->n++;
  shown->backward += frame < shown->latest;
  shown->latest = frame;
}

static gboolean
is_playing (FerryDocument *document)
{
  gboolean playing;

  g_object_get (document, "playing", &playing, NULL);
  return playing;
}

static void
wait_for_end (FerryDocument *document)
{
  gint64 end = g_get_monotonic_time () + PATIENCE;

  while (is_playing (document) && g_get_monotonic_time () < end)
    g_main_context_iteration (NULL, TRUE);
  g_assert_false (is_playing (document));
}

static void
test_play (void)
{
  g_autoptr (FerryDocument) document = g_object_new (FERRY_TYPE_DOCUMENT, NULL);
  g_autoptr (FerryPlayer) player = ferry_player_new (document);
  Shown shown = { 0 };
  gint64 begin;
  double seconds;

  g_assert_nonnull (player);
  stage_open (document, 100, 0, 100);
  g_signal_connect (document, "notify::frame", G_CALLBACK (on_frame), &shown);
  g_object_set (document, "in", 10, "out", 59, NULL);
  begin = g_get_monotonic_time ();
  g_object_set (document, "playing", TRUE, NULL); /* outside: from the start of the range */
  g_assert_cmpint (ferry_document_frame (document), ==, 10);
  wait_for_end (document);
  seconds = (double) (g_get_monotonic_time () - begin) / G_USEC_PER_SEC;
  g_assert_cmpint (ferry_document_frame (document), ==, 59);
  g_assert_cmpint (shown.backward, ==, 0);
  g_assert_cmpfloat (seconds, >=, 0.49);
  g_assert_cmpint (shown.n, <=, 50);
  g_assert_cmpint (shown.n, >=, 5);
}

/* A decoder that needs 60 ms a picture at 100 frames a second: frames are left out, time is kept. */
static void
test_play_slow (void)
{
  g_autoptr (FerryDocument) document = g_object_new (FERRY_TYPE_DOCUMENT, NULL);
  g_autoptr (FerryPlayer) player = ferry_player_new (document);
  Shown shown = { 0 };

  g_assert_nonnull (player);
  stage_open (document, 80, 0, 100);
  stage_frames (document)->latency = 60;
  ferry_frames_want (ferry_document_frames (document), 0);
  g_signal_connect (document, "notify::frame", G_CALLBACK (on_frame), &shown);
  g_object_set (document, "playing", TRUE, NULL);
  wait_for_end (document);
  g_assert_cmpint (ferry_document_frame (document), ==, 79);
  g_assert_cmpint (shown.n, <=, 20);
  g_assert_cmpint (shown.n, >=, 2);
  g_assert_cmpint (shown.backward, ==, 0);
  settle ();
}

static void
test_play_loop (void)
{
  g_autoptr (FerryDocument) document = g_object_new (FERRY_TYPE_DOCUMENT, NULL);
  g_autoptr (FerryPlayer) player = ferry_player_new (document);
  Shown shown = { 0 };
  gint64 end = g_get_monotonic_time () + PATIENCE;

  g_assert_nonnull (player);
  stage_open (document, 20, 0, 200);
  g_object_set (document, "loop", TRUE, "in", 5, "out", 9, NULL);
  g_signal_connect (document, "notify::frame", G_CALLBACK (on_frame), &shown);
  g_object_set (document, "playing", TRUE, NULL);
  while (shown.backward < 3 && g_get_monotonic_time () < end)
    {
      g_main_context_iteration (NULL, TRUE);
      g_assert_cmpint (ferry_document_frame (document), >=, 5);
      g_assert_cmpint (ferry_document_frame (document), <=, 9);
    }
  g_assert_cmpint (shown.backward, ==, 3);
  g_object_set (document, "playing", FALSE, NULL);
  stage_open (document, 20, 0, 200); /* another clip ends it without a word */
}

static void
test_frame_at (void)
{
  static const gint64 time[] = { 0, 40, 80, 80, 200 };

  g_assert_cmpint (ferry_player_frame_at (time, 0, 4, -5), ==, 0);
  g_assert_cmpint (ferry_player_frame_at (time, 0, 4, 39), ==, 0);
  g_assert_cmpint (ferry_player_frame_at (time, 0, 4, 40), ==, 1);
  g_assert_cmpint (ferry_player_frame_at (time, 0, 4, 150), ==, 3);
  g_assert_cmpint (ferry_player_frame_at (time, 0, 4, 999), ==, 4);
  g_assert_cmpint (ferry_player_frame_at (time, 2, 3, 999), ==, 3);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/player/frame-at", test_frame_at);
  g_test_add_func ("/player/range", test_play);
  g_test_add_func ("/player/slow", test_play_slow);
  g_test_add_func ("/player/loop", test_play_loop);
  return g_test_run ();
}
