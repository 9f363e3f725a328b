/* SPDX-License-Identifier: MIT */
/* Clips that cannot be opened, frames that cannot be decoded, a cache that goes away. */
#include "folder.h"
#include "live-fixture.h"

#include "exchange/picture.h"

#include <string.h>
#include <unistd.h>

#define N_FRAMES 14
#define BROKEN   6
#define LONG     20000

/* The sample clip's first frames as a folder of small pictures, one of them cut short. */
static void
make_folder (const char *folder)
{
  g_autofree char *path =
      g_build_filename (g_getenv ("FERRY_SOURCE"), "data", "sample", "pond.mp4", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (FyClip) clip = fy_clip_open (path, NULL, NULL, &error);

  g_assert_no_error (error);
  for (int t = 0; t < N_FRAMES; t++)
    {
      g_autofree char *name = g_strdup_printf ("%05d.png", t);
      g_autofree char *file = g_build_filename (folder, name, NULL);
      g_autoptr (FyFrame) frame = fy_clip_frame (clip, t, NULL, &error);
      g_autoptr (FyFrame) small = fy_frame_scale (frame, 160, 90);
      g_autofree char *bytes = NULL;
      gsize size;

      fy_picture_write (file, small->rgb, small->width, small->height, &error);
      g_assert_no_error (error);
      if (t != BROKEN)
        continue;
      g_file_get_contents (file, &bytes, &size, &error);
      g_file_set_contents (file, bytes, (gssize) (size / 2), &error);
      g_assert_no_error (error);
    }
}

static void
paint (LiveFixture *fixture, int frame)
{
  static const guint16 ids[] = { 1, 0 };
  g_autoptr (FyIdMap) map = fy_id_map_new (160, 90);
  g_autoptr (FyRunMap) runs = NULL;
  g_autoptr (FyFrameLabels) labels = NULL;

  for (int y = 20; y < 70; y++)
    for (int x = 40; x < 120; x++)
      map->id[y * 160 + x] = 1;
  runs = fy_run_map_new (map);
  labels = live_labels (runs, ids);
  fy_live_set_labels (fixture->live, frame, labels, 1);
}

/* A frame that cannot be decoded is passed over and named; those around it are carried. */
static void
test_broken_frame (void)
{
  g_autofree char *folder = test_folder_new ();
  FySessionParams params = live_params (0, NULL);

  make_folder (folder);
  for (int first = 0; first < N_FRAMES; first += N_FRAMES - 1) /* forwards; backwards */
    {
      g_auto (LiveFixture) fixture = { 0 };
      g_autofree char *notes = NULL;

      live_open_clip (&fixture, folder, N_FRAMES, &params);
      live_set_masks (&fixture, 1);
      paint (&fixture, first);
      live_settle (&fixture);
      for (int t = 0; t < N_FRAMES; t++)
        g_assert_cmpint (g_ptr_array_index (fixture.map, t) != NULL, ==, t != first && t != BROKEN);
      for (int t = 0; t < N_FRAMES; t++)
        g_assert_cmpint (fy_live_ready (fixture.live, t) == FY_READY_CARRIED, ==, t != BROKEN);
      notes = fy_live_notes (fixture.live);
      g_assert_nonnull (strstr (notes, "00006.png"));
      g_assert_nonnull (strstr (notes, "passed over"));
      paint (&fixture, BROKEN); /* of no use to others, and does no harm */
      live_settle (&fixture);
    }
  test_folder_remove (folder);
}

static void
test_cannot_open (void)
{
  static const char *const missing[] = { "/nonexistent/clip.mp4", "" };

  for (gsize i = 0; i < G_N_ELEMENTS (missing); i++)
    {
      LiveFixture fixture;
      FySessionParams params = live_params (64, NULL);
      FyLiveProgress progress;

      live_try_clip (&fixture, missing[i], 1, &params);
      g_assert_nonnull (fixture.error);
      g_assert_false (fixture.opened);
      live_set_masks (&fixture, 2);
      paint (&fixture, 0);
      fy_live_get_progress (fixture.live, &progress);
      g_assert_false (progress.opening);
      g_assert_true (fy_live_is_idle (fixture.live));
      live_clear (&fixture);
    }
}

/* Only what is not kept any more has to be computed again. */
static void
test_cache_goes (void)
{
  g_autofree char *folder = test_folder_new (), *cache = test_folder_new ();
  FySessionParams params = live_params (0, cache);
  g_auto (LiveFixture) fixture = { 0 };

  make_folder (folder);
  live_open_clip (&fixture, folder, N_FRAMES, &params);
  live_set_masks (&fixture, 1);
  paint (&fixture, 0);
  test_folder_remove (cache);
  live_settle (&fixture);
  paint (&fixture, 9);
  live_settle (&fixture);
  g_assert_cmpint (fy_live_ready (fixture.live, 13), ==, FY_READY_CARRIED);
  test_folder_remove (cache);
  test_folder_remove (folder);
}

/* Far more frames than there is memory for: small pictures, but as many as half an hour has. */
static void
test_long (void)
{
  g_autofree char *folder = test_folder_new (),
                  *first = g_build_filename (folder, "00000.png", NULL);
  FySessionParams params = live_params (32, NULL);
  g_auto (LiveFixture) fixture = { 0 };

  make_folder (folder);
  for (int t = 1; t < LONG; t++)
    {
      g_autofree char *name = g_strdup_printf ("%05d.png", t);
      g_autofree char *path = g_build_filename (folder, name, NULL);

      g_unlink (path);
      g_assert_cmpint (link (first, path), ==, 0);
    }
  params.memory_bytes = 1;
  live_open_clip (&fixture, folder, LONG, &params);
  live_set_masks (&fixture, 1);
  paint (&fixture, 0);
  live_settle (&fixture);
  g_assert_nonnull (g_ptr_array_index (fixture.map, 39));
  g_assert_null (g_ptr_array_index (fixture.map, 40));
  fy_live_set_playhead (fixture.live, LONG - 1);
  live_settle (&fixture);
  g_assert_null (
      g_ptr_array_index (fixture.map, LONG - 1)); /* nothing beside it to carry on from */
  paint (&fixture, LONG - 5);
  live_settle (&fixture);
  g_assert_nonnull (g_ptr_array_index (fixture.map, LONG - 1));
  test_folder_remove (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/live-trouble/broken-frame", test_broken_frame);
  g_test_add_func ("/live-trouble/cannot-open", test_cannot_open);
  g_test_add_func ("/live-trouble/cache-goes", test_cache_goes);
  g_test_add_func ("/live-trouble/long", test_long);
  return g_test_run ();
}
