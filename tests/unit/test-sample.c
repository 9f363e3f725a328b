/* SPDX-License-Identifier: MIT */
/* The sample clip, its masks and its points are what their program makes of them. */
#include "render.h"
#include "scene.h"

#include "exchange/indexed-png.h"
#include "media/clip.h"

#include <math.h>
#include <string.h>

static char *
sample_path (const char *name)
{
  return g_build_filename (g_getenv ("FERRY_SOURCE"), "data", "sample", name, NULL);
}

static void
test_masks (void)
{
  for (int frame = 0; frame < SCENE_FRAMES; frame++)
    {
      g_autofree char *name = g_strdup_printf ("truth/%05d.png", frame);
      g_autofree char *path = sample_path (name);
      g_autoptr (GError) error = NULL;
      FyIndexedPngInfo info;
      g_autoptr (FyIdMap) stored = fy_indexed_png_read (path, &info, &error);
      g_autoptr (FyIdMap) made = render_mask (frame);

      g_assert_no_error (error);
      g_assert_cmpint (info.palette, ==, FY_PALETTE_VOC);
      g_assert_cmpint (stored->width, ==, SCENE_WIDTH);
      g_assert_cmpint (stored->height, ==, SCENE_HEIGHT);
      g_assert_cmpmem (stored->id, SCENE_WIDTH * SCENE_HEIGHT * sizeof *stored->id, made->id,
                       SCENE_WIDTH * SCENE_HEIGHT * sizeof *made->id);
    }
}

static void
test_points (void)
{
  g_autofree char *path = sample_path ("points.csv");
  g_autofree char *made = render_points ();
  g_autofree char *stored = NULL;
  g_autoptr (GError) error = NULL;

  g_file_get_contents (path, &stored, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (stored, ==, made);
}

/* Every object is in every frame, and hides another in some. */
static void
test_scene (void)
{
  int n_frames_with_overlap = 0;

  for (int frame = 0; frame < SCENE_FRAMES; frame++)
    {
      g_autoptr (FyIdMap) mask = render_mask (frame);
      g_autoptr (GArray) ids = fy_id_map_ids (mask);
      const guint16 *id = mask->id;
      gboolean touch = FALSE;

      g_assert_cmpuint (ids->len, ==, SCENE_N_LABELS - 1);
      for (int i = 1; i < SCENE_WIDTH * SCENE_HEIGHT; i++)
        touch |= id[i] != id[i - 1] && id[i] != FY_ID_BACKGROUND && id[i - 1] != FY_ID_BACKGROUND;
      n_frames_with_overlap += touch;
    }
  g_assert_cmpint (n_frames_with_overlap, >=, SCENE_FRAMES / 3);
  g_assert_cmpint (n_frames_with_overlap, <, SCENE_FRAMES);
}

static double
psnr (const guint8 *a, const guint8 *b, int n)
{
  double sum = 0;

  for (int i = 0; i < n; i++)
    sum += (a[i] - b[i]) * (a[i] - b[i]);
  return 10 * log10 (255.0 * 255.0 * n / sum);
}

static void
test_film (void)
{
  static const int shown[] = { 0, 41 };
  g_autofree char *path = sample_path ("pond.mp4");
  g_autoptr (GError) error = NULL;
  g_autoptr (FyClip) clip = fy_clip_open (path, NULL, NULL, &error);
  const FyClipInfo *info;

  g_assert_no_error (error);
  info = fy_clip_info (clip);
  g_assert_cmpint (info->n_frames, ==, SCENE_FRAMES);
  g_assert_cmpint (info->width, ==, SCENE_WIDTH);
  g_assert_cmpint (info->height, ==, SCENE_HEIGHT);
  g_assert_cmpfloat (fabs (info->frames_per_second - SCENE_RATE), <, 1e-6);
  for (guint i = 0; i < G_N_ELEMENTS (shown); i++)
    {
      g_autoptr (FyFrame) frame = fy_clip_frame (clip, shown[i], NULL, &error);
      g_autofree guint8 *made = render_picture (shown[i]);
      g_autofree guint8 *other = render_picture (shown[i] + 1);
      double quality;

      g_assert_no_error (error);
      quality = psnr (frame->rgb, made, SCENE_WIDTH * SCENE_HEIGHT * 3);
      g_test_message ("frame %d: %.1f dB", shown[i], quality);
      g_assert_cmpfloat (quality, >, 36);
      g_assert_cmpfloat (psnr (frame->rgb, other, SCENE_WIDTH * SCENE_HEIGHT * 3), <, 30);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sample/masks", test_masks);
  g_test_add_func ("/sample/points", test_points);
  g_test_add_func ("/sample/scene", test_scene);
  g_test_add_func ("/sample/film", test_film);
  return g_test_run ();
}
