/* SPDX-License-Identifier: MIT */
/* What the canvas shows, without a window: where the picture lies, and what its pixels become. */
#include "app/canvas/compositor-scale.h"
#include "app/canvas/compositor.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static FyFrame *
random_frame (GRand *rand, int width, int height)
{
  FyFrame *frame = fy_frame_new (width, height);

  for (int i = 0; i < width * height * 3; i++)
    frame->rgb[i] = (guint8) g_rand_int_range (rand, 0, 256);
  return frame;
}

/* Rectangles, so that there are insides and edges. */
static FyIdMap *
random_map (GRand *rand, int width, int height)
{
  FyIdMap *map = fy_id_map_new (width, height);

  for (int n = 0; n < 12; n++)
    {
      int x = g_rand_int_range (rand, 0, width), y = g_rand_int_range (rand, 0, height);
      int right = x + g_rand_int_range (rand, 1, 30), bottom = y + g_rand_int_range (rand, 1, 30);
      guint16 id = n == 11 ? FY_ID_VOID : (guint16) g_rand_int_range (rand, 0, 5);

      for (int j = y; j < MIN (bottom, height); j++)
        for (int i = x; i < MIN (right, width); i++)
          map->id[j * width + i] = id;
    }
  return map;
}

/* --- Where it lies --- */

static void
test_zoom_keeps_the_place (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (1);

  for (int round = 0; round < 500; round++)
    {
      FerryGeometry g = { 0 };
      double dx = g_rand_double_range (rand, 300, 500), dy = g_rand_double_range (rand, 200, 400);
      double x, y, again_x, again_y;

      ferry_geometry_set_picture (&g, 640, 360);
      ferry_geometry_set_view (&g, 801, 603);
      ferry_geometry_zoom_at (&g, g_rand_double_range (rand, 0.5, 4), dx, dy);
      ferry_geometry_to_picture (&g, dx, dy, &x, &y);
      ferry_geometry_zoom_at (&g, g_rand_double_range (rand, 1, 60), dx, dy);
      ferry_geometry_to_picture (&g, dx, dy, &again_x, &again_y);
      if (x > 0 && y > 0 && x < 640 &&
          y < 360) /* else held on the picture; the origin is rounded */
        g_assert_cmpfloat (hypot (again_x - x, again_y - y) * g.scale, <, 60 * 2 * M_SQRT2);
      ferry_geometry_to_device (&g, again_x, again_y, &x, &y);
      g_assert_cmpfloat_with_epsilon (x, dx, 1e-6);
      g_assert_cmpfloat_with_epsilon (y, dy, 1e-6);
    }
}

static void
test_limits (void)
{
  FerryGeometry g = { 0 };
  double left, top;
  FyRect area;

  ferry_geometry_set_picture (&g, 641, 361);
  ferry_geometry_set_view (&g, 800, 600);
  area = ferry_geometry_visible (&g);
  g_assert_cmpint (area.width, ==, 800); /* fits across */
  ferry_geometry_zoom_at (&g, 1000, 400, 300);
  g_assert_cmpfloat (g.scale, ==, FERRY_ZOOM_MAX);
  ferry_geometry_zoom_at (&g, 1e-9, 400, 300);
  g_assert_cmpfloat (g.scale, ==, FERRY_ZOOM_MIN);
  ferry_geometry_zoom_at (&g, 1, 17.3, 11.8);
  ferry_geometry_pan (&g, 1e6, -3.7);
  ferry_geometry_origin (&g, &left, &top);
  g_assert_cmpfloat (left, ==, floor (left));
  g_assert_cmpfloat (top, ==, floor (top));
  area = ferry_geometry_visible (&g);
  g_assert_cmpint (area.width, >=, 399); /* never lost out of sight */
  ferry_geometry_set_view (&g, 400, 300);
  g_assert_cmpfloat (g.scale, ==, 1); /* zoomed by hand: a resize keeps it */
  ferry_geometry_fit (&g);
  ferry_geometry_set_view (&g, 1282, 2000);
  g_assert_cmpfloat (g.scale, ==, 2);
}

/* --- Smaller pictures --- */

static double
judge_mean (const FyFrame *frame, double left, double top, double right, double bottom, int channel)
{
  double sum = 0, weight = 0;

  for (int y = 0; y < frame->height; y++)
    for (int x = 0; x < frame->width; x++)
      {
        double w = MIN (right, x + 1) - MAX (left, x), h = MIN (bottom, y + 1) - MAX (top, y);

        if (w <= 0 || h <= 0)
          continue;
        sum += w * h * frame->rgb[3 * (y * frame->width + x) + channel];
        weight += w * h;
      }
  return sum / weight;
}

static void
test_scale_down (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (2);

  for (int round = 0; round < 40; round++)
    {
      g_autoptr (FyFrame) frame =
          random_frame (rand, g_rand_int_range (rand, 1, 60), g_rand_int_range (rand, 1, 60));
      double scale = g_rand_double_range (rand, 0.05, 1);
      int width = MAX (1, (int) (frame->width * scale)),
          height = MAX (1, (int) (frame->height * scale));
      int x = g_rand_int_range (rand, 0, width), y = g_rand_int_range (rand, 0, height);
      g_autofree guint8 *bgra = g_malloc ((gsize) (width * height * 4));

      ferry_scale_down (frame, scale, x, y, width - x, height - y, bgra);
      for (int j = y; j < height; j++)
        for (int i = x; i < width; i++)
          {
            const guint8 *p = bgra + 4 * ((j - y) * (width - x) + i - x);

            g_assert_cmpint (p[3], ==, 255);
            for (int k = 0; k < 3; k++)
              {
                double mean =
                    judge_mean (frame, i / scale, j / scale, MIN ((i + 1) / scale, frame->width),
                                MIN ((j + 1) / scale, frame->height), k);

                g_assert_cmpfloat (fabs (p[2 - k] - mean), <, 2.0);
              }
          }
    }
}

static double
pixel (const FyFrame *frame, int x, int y, int channel)
{
  x = CLAMP (x, 0, frame->width - 1);
  y = CLAMP (y, 0, frame->height - 1);
  return frame->rgb[3 * (y * frame->width + x) + channel];
}

static double
judge_between (const FyFrame *frame, double x, double y, int channel)
{
  int left = (int) floor (x), top = (int) floor (y);
  double across = x - left, down = y - top;
  double above = pixel (frame, left, top, channel) * (1 - across) +
                 pixel (frame, left + 1, top, channel) * across;
  double below = pixel (frame, left, top + 1, channel) * (1 - across) +
                 pixel (frame, left + 1, top + 1, channel) * across;

  return above * (1 - down) + below * down;
}

static void
test_scale_smooth (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (6);

  for (int round = 0; round < 40; round++)
    {
      g_autoptr (FyFrame) frame =
          random_frame (rand, g_rand_int_range (rand, 1, 20), g_rand_int_range (rand, 1, 20));
      double across = g_rand_double_range (rand, 0.5, 9), down = across * 1.02;
      int width = MAX (1, (int) (frame->width * across)),
          height = MAX (1, (int) (frame->height * down));
      int x = g_rand_int_range (rand, 0, width), y = g_rand_int_range (rand, 0, height);
      g_autofree guint8 *bgra = g_malloc ((gsize) (width * height * 4));

      ferry_scale_smooth (frame, across, down, x, y, width - x, height - y, bgra);
      for (int j = y; j < height; j++)
        for (int i = x; i < width; i++)
          {
            const guint8 *p = bgra + 4 * ((j - y) * (width - x) + i - x);

            g_assert_cmpint (p[3], ==, 255);
            for (int k = 0; k < 3; k++)
              g_assert_cmpfloat (fabs (p[2 - k] - judge_between (frame, (i + 0.5) / across - 0.5,
                                                                 (j + 0.5) / down - 0.5, k)),
                                 <, 2.0);
          }
    }
}

/* --- Labels over the picture --- */

static FerryScene *
make_scene (GRand *rand, FerryOverlay overlay, double zoom, gboolean onion)
{
  g_autoptr (FyLabelSet) labels = fy_label_set_new (57, 43, 1);
  g_autoptr (FyFrame) frame = random_frame (rand, 57, 43);
  g_autoptr (FyIdMap) map = random_map (rand, 57, 43);
  g_autoptr (FyRunMap) runs = fy_run_map_new (map);
  g_autoptr (FerryLook) look = NULL;
  FerryGeometry geometry = { 0 };

  for (guint16 id = 1; id < 4; id++) /* id 4 is nobody's */
    {
      g_autoptr (FyObject) object = fy_object_new (id, NULL, FY_OBJECT_MASK);

      object->hidden = id == 2;
      fy_label_set_set_object (labels, object);
    }
  look = ferry_look_new (labels);
  look->overlay = overlay;
  look->opacity = 0.5;
  look->line = 2;
  look->pixel_grid = TRUE;
  look->hatching = onion;
  ferry_geometry_set_picture (&geometry, 57, 43);
  ferry_geometry_set_view (&geometry, 90, 80);
  ferry_geometry_zoom_at (&geometry, zoom, 30, 20);
  return ferry_scene_new (&geometry, look, frame, onion ? runs : NULL, runs, onion ? runs : NULL,
                          NULL);
}

static guint8 *
compose (const FerryScene *scene, const FyRect *part, guint8 *into)
{
  gsize stride = 4 * (gsize) scene->area.width;
  guint8 *pixels = into != NULL ? into : g_malloc0 (stride * (gsize) scene->area.height);

  ferry_scene_compose (scene, part, pixels + (gsize) part->y * stride + 4 * (gsize) part->x,
                       stride);
  return pixels;
}

static guint16
id_at (const FerryScene *scene, int x, int y)
{
  x = scene->column[CLAMP (x, 0, scene->area.width - 1)];
  y = scene->row[CLAMP (y, 0, scene->area.height - 1)];
  return scene->map->id[y * scene->map->width + x];
}

/* Mask with outline, one pixel at a time. */
static void
judge_both (const FerryScene *scene, int x, int y, int *bgr)
{
  const guint8 *from = g_bytes_get_data (scene->picture, NULL);
  guint16 id = id_at (scene, x, y);
  gboolean edge = FALSE;
  FyRgb c = fy_display_colour (MAX (id, 1));
  int colour[3] = { c.b, c.g, c.r };

  for (int d = 1; d <= 2; d++)
    edge |= id_at (scene, x - d, y) != id || id_at (scene, x + d, y) != id ||
            id_at (scene, x, y - d) != id || id_at (scene, x, y + d) != id;
  for (int k = 0; k < 3; k++)
    {
      bgr[k] = from[4 * (y * scene->area.width + x) + k];
      if (id != 0 && id != 2)
        bgr[k] = edge ? colour[k] : (bgr[k] + colour[k] + 1) / 2;
    }
}

static void
test_mask_and_outline (void)
{
  static const double zooms[] = { 0.5, 1, 1.7, 6 };
  g_autoptr (GRand) rand = g_rand_new_with_seed (3);

  for (gsize z = 0; z < G_N_ELEMENTS (zooms); z++)
    {
      g_autoptr (FerryScene) scene = make_scene (rand, FERRY_OVERLAY_BOTH, zooms[z], FALSE);
      FyRect all = { 0, 0, scene->area.width, scene->area.height };
      g_autofree guint8 *pixels = compose (scene, &all, NULL);

      for (int y = 0; y < all.height; y++)
        for (int x = 0; x < all.width; x++)
          {
            const guint8 *p = pixels + 4 * (y * all.width + x);
            int bgr[3];

            if (id_at (scene, x, y) == FY_ID_VOID) /* hatched */
              continue;
            judge_both (scene, x, y, bgr);
            for (int k = 0; k < 3; k++)
              g_assert_cmpint (abs (p[k] - bgr[k]), <=, 1);
            g_assert_cmpint (p[3], ==, 255);
          }
    }
}

/* Drawn in parts, or only where pixels have changed, it is what it is drawn at once. */
static void
test_parts (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (4);

  for (int round = 0; round < 120; round++)
    {
      double zoom = exp (g_rand_double_range (rand, log (0.2), log (30)));
      g_autoptr (FerryScene) scene =
          make_scene (rand, (FerryOverlay) (round % FERRY_N_OVERLAYS), zoom, round % 2 == 1);
      FyRect all = { 0, 0, scene->area.width, scene->area.height }, part;
      FyRect changed = { g_rand_int_range (rand, 0, 50), g_rand_int_range (rand, 0, 40), 5, 3 };
      g_autofree guint8 *pieces = NULL, *whole = compose (scene, &all, NULL);
      gsize size = 4 * (gsize) all.width * (gsize) all.height;

      for (int y = 0; y < all.height; y += 13)
        for (int x = 0; x < all.width; x += 17)
          {
            FyRect piece = { x, y, MIN (17, all.width - x), MIN (13, all.height - y) };

            pieces = compose (scene, &piece, pieces);
          }
      g_assert_cmpmem (pieces, size, whole, size);
      for (int y = changed.y; y < changed.y + changed.height; y++)
        for (int x = changed.x; x < changed.x + changed.width; x++)
          scene->map->id[y * 57 + x] = 3;
      part = ferry_scene_part_of (scene, &changed);
      if (part.width > 0)
        compose (scene, &part, pieces);
      g_free (whole);
      whole = compose (scene, &all, NULL);
      g_assert_cmpmem (pieces, size, whole, size);
    }
}

/* A number stands on its object. */
static void
test_marks (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (5);

  for (int round = 0; round < 20; round++)
    {
      g_autoptr (FerryScene) scene = make_scene (rand, FERRY_OVERLAY_BOTH, 1, FALSE);
      g_autoptr (GArray) marks = ferry_scene_marks (scene);
      g_autoptr (GArray) ids = fy_id_map_ids (scene->map);
      guint shown = 0;

      for (guint i = 0; i < ids->len; i++)
        shown += g_array_index (ids, guint16, i) != 2; /* is hidden */
      g_assert_cmpuint (marks->len, ==, shown);
      for (guint i = 0; i < marks->len; i++)
        {
          FerryMark *mark = &g_array_index (marks, FerryMark, i);

          g_assert_cmpint (scene->map->id[(int) mark->y * 57 + (int) mark->x], ==, mark->id);
        }
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/canvas/zoom", test_zoom_keeps_the_place);
  g_test_add_func ("/canvas/limits", test_limits);
  g_test_add_func ("/canvas/scale-down", test_scale_down);
  g_test_add_func ("/canvas/scale-smooth", test_scale_smooth);
  g_test_add_func ("/canvas/mask-and-outline", test_mask_and_outline);
  g_test_add_func ("/canvas/parts", test_parts);
  g_test_add_func ("/canvas/marks", test_marks);
  return g_test_run ();
}
