/* SPDX-License-Identifier: MIT */
/* The clip's pictures for the window: what is wished for comes, and all that the main thread has stays with it. */
#include "app/frames.h"
#include "patience.h"

typedef struct
{
  FerryFrames *frames;
  GThread *main;
  int ready; /* of frames, the last number */
  int thumbnails;
  int pending;   /* jobs */
  int last;      /* atomic: FerryFrames that are gone */
  int elsewhere; /* atomic: of these, on another thread */
} Fixture;

static void
on_frame (FerryFrames *frames, int frame, gpointer data)
{
  ((Fixture *) data)->ready = frame;
}

static void
on_thumbnail (FerryFrames *frames, int frame, gpointer data)
{
  ((Fixture *) data)->thumbnails++;
}

static void
on_gone (gpointer data, GObject *was)
{
  Fixture *self = data;

  if (g_thread_self () != self->main)
    g_atomic_int_inc (&self->elsewhere);
  g_atomic_int_inc (&self->last);
}

static void
fixture_open (Fixture *self)
{
  g_autofree char *path =
      g_build_filename (g_getenv ("FERRY_SOURCE"), "data", "sample", "pond.mp4", NULL);
  g_autoptr (GError) error = NULL;
  FyClip *clip = fy_clip_open (path, 0, NULL, &error);

  g_assert_no_error (error);
  self->main = g_thread_self ();
  self->ready = -1;
  self->frames = ferry_frames_new (clip);
  g_object_weak_ref (G_OBJECT (self->frames), on_gone, self);
  g_signal_connect (self->frames, "frame-ready", G_CALLBACK (on_frame), self);
  g_signal_connect (self->frames, "thumbnail-ready", G_CALLBACK (on_thumbnail), self);
}

/* So that a wait with nothing coming ends too. */
static gboolean
wake (gpointer nothing)
{
  return G_SOURCE_CONTINUE;
}

static void
wait_until_equal (const int *number, int value)
{
  gint64 end = g_get_monotonic_time () + test_patience (20);
  guint timer = g_timeout_add (5, wake, NULL);

  while (g_atomic_int_get (number) != value)
    {
      g_assert_cmpint (g_get_monotonic_time (), <, end);
      g_main_context_iteration (NULL, TRUE);
    }
  g_source_remove (timer);
}

/* Of wishes that replace each other the last comes, with its own pixels; thumbnails come too. */
static void
test_wishes (void)
{
  Fixture self = { 0 };
  g_autoptr (FyFrame) frame = NULL;
  int n;

  fixture_open (&self);
  n = ferry_frames_info (self.frames)->n_frames;
  for (int i = 0; i < 10; i++)
    g_assert_null (ferry_frames_peek_small (self.frames, i * 5));
  for (int i = 0; i < 100; i++)
    {
      ferry_frames_want (self.frames, i * 37 % n);
      g_main_context_iteration (NULL, FALSE);
    }
  ferry_frames_want (self.frames, n - 1);
  wait_until_equal (&self.ready, n - 1);
  frame = ferry_frames_get (self.frames, n - 1);
  g_assert_nonnull (frame);
  g_assert_cmpint (frame->number, ==, n - 1);
  wait_until_equal (&self.thumbnails, 10);
  g_assert_nonnull (ferry_frames_peek_thumbnail (self.frames, 45));
  g_object_unref (self.frames);
  wait_until_equal (&self.last, 1);
}

static gpointer
count_frames (FyClip *clip, gpointer data, GCancellable *cancellable, GError **error)
{
  return GINT_TO_POINTER (fy_clip_info (clip)->n_frames + *(int *) data);
}

static void
on_counted (GObject *source, GAsyncResult *result, gpointer data)
{
  Fixture *self = data;
  g_autoptr (GError) error = NULL;
  gpointer n = ferry_frames_run_finish (FERRY_FRAMES (source), result, &error);

  g_assert_no_error (error);
  g_assert_cmpint (GPOINTER_TO_INT (n), ==, 67);
  self->pending--;
}

/* The last to hold the pictures is a job of the thread: they go on the main thread all the same. */
static void
test_job_outlives (void)
{
  for (int round = 1; round <= 25; round++)
    {
      Fixture self = { .pending = 1 };
      int *seven = g_new (int, 1);

      *seven = 7;
      fixture_open (&self);
      ferry_frames_want (self.frames, round);
      ferry_frames_run_async (self.frames, count_frames, seven, g_free, NULL, NULL, on_counted,
                              &self);
      g_object_unref (self.frames);
      wait_until_equal (&self.pending, 0);
      wait_until_equal (&self.last, 1);
      g_assert_cmpint (self.elsewhere, ==, 0);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/frames/wishes", test_wishes);
  g_test_add_func ("/frames/job-outlives", test_job_outlives);
  return g_test_run ();
}
