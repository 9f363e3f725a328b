/* SPDX-License-Identifier: MIT */
/* What a hand paints, against slow judges that look at one pixel at a time. */
#include "label/brush.h"
#include "label/fill.h"
#include "label/polygon.h"

#include <math.h>
#include <string.h>

typedef struct
{
  double x;
  double y;
  double pressure;
} Sample;

static guint16 *
at (FyIdMap *map, int x, int y)
{
  return &map->id[(gsize) y * (gsize) map->width + (gsize) x];
}

static FyIdMap *
random_map (GRand *rand, int width, int height, int n_ids)
{
  FyIdMap *map = fy_id_map_new (width, height);

  for (int i = 0; i < width * height; i++)
    map->id[i] = (guint16) g_rand_int_range (rand, 0, n_ids);
  return map;
}

/* The changed pixels are those that *dirty tells, exactly. */
static void
assert_dirty (FyIdMap *before, FyIdMap *after, const FyRect *dirty)
{
  FyRect seen = { 0 };

  for (int y = 0; y < after->height; y++)
    for (int x = 0; x < after->width; x++)
      if (*at (before, x, y) != *at (after, x, y))
        fy_rect_add (&seen, &(FyRect){ x, y, 1, 1 });
  g_assert_cmpmem (&seen, sizeof seen, dirty, sizeof *dirty);
}

static void
assert_equal (FyIdMap *a, FyIdMap *b)
{
  gsize bytes = sizeof (guint16) * (gsize) a->width * (gsize) a->height;

  g_assert_cmpmem (a->id, bytes, b->id, bytes);
}

/* --- The brush --- */

/* How far a point is inside the brush at the deepest moment between two samples; negative outside. */
static double
judge_depth (const Sample *a, const Sample *b, double radius, double hardness, double x, double y)
{
  double deepest = -HUGE_VAL;

  for (int step = 0; step <= 400; step++)
    {
      double t = step / 400.0, pressure = a->pressure + (b->pressure - a->pressure) * t;
      double r = radius * (hardness + (1 - hardness) * pressure);
      double distance = hypot (a->x + (b->x - a->x) * t - x, a->y + (b->y - a->y) * t - y);

      deepest = MAX (deepest, r - distance);
    }
  return deepest;
}

static void
check_stroke (GRand *rand, const Sample *sample, int n, double radius, double hardness)
{
  g_autoptr (FyIdMap) map = fy_id_map_new (61, 47);
  g_autoptr (FyIdMap) before = fy_id_map_copy (map);
  g_autoptr (FyBrush) brush = NULL;
  FyRect dirty = { 0 };
  FyPaint paint;

  fy_paint_init (&paint, 3);
  brush = fy_brush_new (&paint, map->width, map->height, radius, hardness);
  for (int i = 0; i < n; i++)
    fy_brush_append (brush, map, sample[i].x, sample[i].y, sample[i].pressure, &dirty);
  assert_dirty (before, map, &dirty);
  for (int y = 0; y < map->height; y++)
    for (int x = 0; x < map->width; x++)
      {
        double depth = -HUGE_VAL;
        gboolean under = FALSE;

        for (int i = 0; i < n; i++)
          {
            const Sample *from = &sample[MAX (i - 1, 0)];
            double here = judge_depth (from, &sample[i], radius, hardness, x + 0.5, y + 0.5);

            depth = MAX (depth, here);
            under |= floor (sample[i].x) == x && floor (sample[i].y) == y;
          }
        if (depth > 0.02 || under) /* the judge's steps are coarse */
          g_assert_cmpint (*at (map, x, y), ==, 3);
        else if (depth < -0.02)
          g_assert_cmpint (*at (map, x, y), ==, 0);
      }
}

static void
test_shape (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (4);

  for (int round = 0; round < 60; round++)
    {
      Sample sample[4];
      double radius = g_rand_double_range (rand, 2, 14), hardness = g_rand_double (rand);
      int n = g_rand_int_range (rand, 1, 5);

      hardness =
          MAX (hardness, FY_BRUSH_RADIUS_MIN / radius); /* the judge knows no smallest radius */
      for (int i = 0; i < n; i++)
        sample[i] = (Sample){ g_rand_double_range (rand, -15, 75),
                              g_rand_double_range (rand, -15, 60), g_rand_double (rand) };
      if (round % 3 == 0) /* one disc inside the other; straight lines */
        for (int i = 1; i < n; i++)
          sample[i].x = sample[0].x;
      if (round % 6 == 0)
        for (int i = 1; i < n; i++)
          sample[i].y = sample[0].y;
      check_stroke (rand, sample, n, radius, hardness);
    }
}

/* A line of the thinnest brush has no gap: every pixel has a neighbour, each sample's pixel is there. */
static void
test_thin (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (5);

  for (int round = 0; round < 200; round++)
    {
      g_autoptr (FyIdMap) map = fy_id_map_new (40, 40);
      g_autoptr (FyIdMap) walked = fy_id_map_new (40, 40);
      g_autoptr (FyBrush) brush = NULL;
      double x[2], y[2];
      int reached = 1, painted = 0;
      FyPaint paint;

      fy_paint_init (&paint, 1);
      brush = fy_brush_new (&paint, 40, 40, 0.1, 0);
      for (int i = 0; i < 2; i++)
        {
          x[i] = g_rand_double_range (rand, 0, 40);
          y[i] = g_rand_double_range (rand, 0, 40);
          fy_brush_append (brush, map, x[i], y[i], 0, NULL);
          g_assert_cmpint (*at (map, (int) x[i], (int) y[i]), ==, 1);
        }
      *at (walked, (int) x[0], (int) y[0]) = 1;
      for (gboolean more = TRUE; more;)
        {
          more = FALSE;
          for (int py = 0; py < 40; py++)
            for (int px = 0; px < 40; px++)
              for (int d = 0; d < 9 && *at (map, px, py) && !*at (walked, px, py); d++)
                {
                  int nx = px + d % 3 - 1, ny = py + d / 3 - 1;

                  if (nx >= 0 && ny >= 0 && nx < 40 && ny < 40 && *at (walked, nx, ny))
                    {
                      *at (walked, px, py) = 1;
                      reached++;
                      more = TRUE;
                    }
                }
        }
      for (int i = 0; i < 1600; i++)
        painted += map->id[i];
      g_assert_cmpint (reached, ==, painted);
      g_assert_cmpint (painted, <=, 100); /* and is thin */
    }
}

/* Who may be painted over, looked up in words. */
static gboolean
judge_may (guint16 id, guint16 was, gboolean keep_others, guint16 in_hand, const gboolean *locked)
{
  if (was == id || locked[was])
    return FALSE;
  if (!keep_others)
    return TRUE;
  return id != 0 ? was == 0 : was == in_hand;
}

static void
test_rules (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (6);
  static const gboolean locked[6] = { FALSE, FALSE, FALSE, FALSE, TRUE, TRUE };

  for (int erase = 0; erase < 2; erase++)
    for (int keep = 0; keep < 2; keep++)
      for (guint16 hand = 1; hand < 6; hand++)
        {
          g_autoptr (FyIdMap) map = random_map (rand, 30, 20, 6);
          g_autoptr (FyIdMap) before = fy_id_map_copy (map);
          g_autoptr (FyBrush) brush = NULL;
          guint16 id = erase ? 0 : hand;
          FyRect dirty = { 0 };
          FyPaint paint;

          fy_paint_init (&paint, id);
          fy_paint_keep (&paint, 4);
          fy_paint_keep (&paint, 5);
          if (keep)
            fy_paint_keep_others (&paint, erase ? hand : FY_ID_BACKGROUND);
          brush = fy_brush_new (&paint, 30, 20, 100, 1);
          fy_brush_append (brush, map, 15, 10, 1, &dirty);
          assert_dirty (before, map, &dirty);
          for (int i = 0; i < 600; i++)
            g_assert_cmpint (map->id[i], ==,
                             judge_may (id, before->id[i], keep, hand, locked) ? id
                                                                               : before->id[i]);
        }
}

/* What came meanwhile is painted over as if it had been there from the start. */
static void
test_redraw (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (7);
  g_autoptr (FyIdMap) map = random_map (rand, 50, 40, 4);
  g_autoptr (FyIdMap) other = random_map (rand, 50, 40, 4);
  g_autoptr (FyIdMap) direct = fy_id_map_copy (other);
  g_autoptr (FyIdMap) before = fy_id_map_copy (other);
  g_autoptr (FyBrush) brush = NULL, again = NULL;
  FyRect dirty = { 0 }, extent;
  FyPaint paint;

  fy_paint_init (&paint, 2);
  fy_paint_keep (&paint, 3);
  brush = fy_brush_new (&paint, 50, 40, 4, 1);
  again = fy_brush_new (&paint, 50, 40, 4, 1);
  for (int i = 0; i < 30; i++)
    {
      double x = g_rand_double_range (rand, -5, 55), y = g_rand_double_range (rand, -5, 45);

      fy_brush_append (brush, map, x, y, 1, NULL);
      fy_brush_append (again, direct, x, y, 1, NULL);
    }
  fy_brush_append (brush, map, (double) NAN, 3, 1, NULL);
  g_assert_cmpint (fy_brush_n_samples (brush), ==, 30);
  fy_brush_redraw (brush, other, &dirty);
  assert_equal (other, direct);
  assert_dirty (before, other, &dirty);
  extent = fy_brush_extent (brush);
  g_assert_cmpint (extent.x, <=, dirty.x);
  g_assert_cmpint (extent.x + extent.width, >=, dirty.x + dirty.width);
}

/* A long stroke of a large brush in a 4K picture: the time a sample takes. */
static void
test_speed (void)
{
  static const double radii[] = { 12, 100, 500 };

  for (gsize i = 0; i < G_N_ELEMENTS (radii); i++)
    {
      g_autoptr (FyIdMap) map = fy_id_map_new (3840, 2160);
      g_autoptr (FyBrush) brush = NULL;
      double seconds;
      FyPaint paint;

      fy_paint_init (&paint, 1);
      brush = fy_brush_new (&paint, 3840, 2160, radii[i], 1);
      g_test_timer_start ();
      for (int n = 0; n < 200; n++)
        fy_brush_append (brush, map, 1920 + 900 * cos (n * 0.05), 1080 + 900 * sin (n * 0.05), 1,
                         NULL);
      seconds = g_test_timer_elapsed ();
      g_test_message ("radius %g: %.3f ms a sample", radii[i], seconds / 200 * 1e3);
      g_assert_cmpfloat (seconds / 200, <, 0.05); /* far above: machines differ */
    }
}

/* --- Polygons --- */

static gboolean
judge_inside (const FyVertex *v, int n, double x, double y)
{
  gboolean inside = FALSE;

  for (int i = 0, j = n - 1; i < n; j = i++)
    if ((v[i].y > y) != (v[j].y > y) &&
        x < (v[j].x - v[i].x) * (y - v[i].y) / (v[j].y - v[i].y) + v[i].x)
      inside = !inside;
  return inside;
}

static void
test_polygon (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (8);

  for (int round = 0; round < 300; round++)
    {
      g_autoptr (FyIdMap) map = random_map (rand, 33, 29, 4);
      g_autoptr (FyIdMap) before = fy_id_map_copy (map);
      FyVertex vertex[12];
      int n = g_rand_int_range (rand, 0, 12);
      gint64 changed = 0, told;
      FyRect dirty = { 0 };
      FyPaint paint;

      for (int i = 0; i < n; i++)
        vertex[i] =
            (FyVertex){ g_rand_double_range (rand, -10, 43), g_rand_double_range (rand, -10, 39) };
      fy_paint_init (&paint, 2);
      fy_paint_keep (&paint, 3);
      told = fy_polygon_fill (&paint, map, vertex, n, &dirty);
      assert_dirty (before, map, &dirty);
      for (int y = 0; y < 29; y++)
        for (int x = 0; x < 33; x++)
          {
            guint16 was = *at (before, x, y);
            gboolean paints = was != 3 && judge_inside (vertex, n, x + 0.5, y + 0.5);

            g_assert_cmpint (*at (map, x, y), ==, paints ? 2 : was);
            changed += *at (map, x, y) != was;
          }
      g_assert_cmpint (told, ==, changed);
    }
}

/* Two polygons with a common edge through pixel centres leave no gap and share no pixel. */
static void
test_polygon_edge (void)
{
  static const FyVertex left[] = { { 0, 0 }, { 4.5, 0 }, { 4.5, 8 }, { 0, 8 } };
  static const FyVertex right[] = {
    { 4.5, 0 }, { 9, 0 }, { 9, 8 }, { (double) NAN, 1 }, { 4.5, 8 }
  };
  g_autoptr (FyIdMap) map = fy_id_map_new (9, 8);
  FyPaint paint;

  fy_paint_init (&paint, 1);
  g_assert_cmpint (fy_polygon_fill (&paint, map, left, 4, NULL), ==, 32);
  g_assert_cmpint (fy_polygon_fill (&paint, map, right, 5, NULL), ==, 40);
}

/* --- Filling --- */

static void
judge_region (FyIdMap *map, guint8 *seen, int x, int y, guint16 id, gboolean others)
{
  if (x < 0 || y < 0 || x >= map->width || y >= map->height || seen[y * map->width + x] ||
      (*at (map, x, y) == id) == others)
    return;
  seen[y * map->width + x] = 1;
  judge_region (map, seen, x - 1, y, id, others);
  judge_region (map, seen, x + 1, y, id, others);
  judge_region (map, seen, x, y - 1, id, others);
  judge_region (map, seen, x, y + 1, id, others);
}

static void
test_fill (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (9);

  for (int round = 0; round < 200; round++)
    {
      g_autoptr (FyIdMap) map = random_map (rand, 23, 17, 3);
      g_autoptr (FyIdMap) before = fy_id_map_copy (map);
      g_autofree guint8 *seen = g_new0 (guint8, 23 * 17);
      int x = g_rand_int_range (rand, 0, 23), y = g_rand_int_range (rand, 0, 17);
      guint16 seed = *at (map, x, y);
      FyRect dirty = { 0 };
      FyPaint paint;

      fy_paint_init (&paint, 5);
      fy_paint_keep (&paint, 2);
      judge_region (before, seen, x, y, seed, FALSE);
      fy_fill_region (&paint, map, x, y, &dirty);
      assert_dirty (before, map, &dirty);
      for (int i = 0; i < 23 * 17; i++)
        g_assert_cmpint (map->id[i], ==, seen[i] && seed != 2 ? 5 : before->id[i]);
      g_assert_cmpint (fy_fill_region (&paint, map, -1, 4, NULL), ==, 0);
      g_assert_cmpint (fy_fill_region (&paint, map, 3, 17, NULL), ==, 0);
    }
}

static void
test_holes (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (10);

  for (int round = 0; round < 200; round++)
    {
      g_autoptr (FyIdMap) map = random_map (rand, 19, 21, 8);
      g_autoptr (FyIdMap) before = NULL;
      g_autofree guint8 *outside = g_new0 (guint8, 19 * 21);
      gint64 changed = 0;
      FyPaint paint;

      for (int i = 0; i < 19 * 21; i++) /* enough of object 1 to enclose something */
        map->id[i] = map->id[i] >= 4 ? 1 : map->id[i];
      before = fy_id_map_copy (map);
      fy_paint_init (&paint, 1);
      fy_paint_keep (&paint, 3);
      for (int i = 0; i < 21; i++)
        for (int side = 0; side < 19; side += 18)
          judge_region (before, outside, side, i, 1, TRUE);
      for (int i = 0; i < 19; i++)
        for (int side = 0; side < 21; side += 20)
          judge_region (before, outside, i, side, 1, TRUE);
      changed = fy_fill_holes (&paint, map, 1, NULL);
      for (int i = 0; i < 19 * 21; i++)
        {
          gboolean hole = before->id[i] != 1 && !outside[i] && before->id[i] != 3;

          g_assert_cmpint (map->id[i], ==, hole ? 1 : before->id[i]);
          changed -= hole;
        }
      g_assert_cmpint (changed, ==, 0);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/brush/shape", test_shape);
  g_test_add_func ("/brush/thin", test_thin);
  g_test_add_func ("/brush/rules", test_rules);
  g_test_add_func ("/brush/redraw", test_redraw);
  g_test_add_func ("/brush/speed", test_speed);
  g_test_add_func ("/polygon/inside", test_polygon);
  g_test_add_func ("/polygon/edge", test_polygon_edge);
  g_test_add_func ("/fill/region", test_fill);
  g_test_add_func ("/fill/holes", test_holes);
  return g_test_run ();
}
