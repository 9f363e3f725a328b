/* SPDX-License-Identifier: MIT */
#include "propagate/joints.h"

#include <math.h>
#include <string.h>

#define WIDTH       854
#define HEIGHT      480
#define GRID_WIDTH  107
#define GRID_HEIGHT 60
#define CELLS       (GRID_WIDTH * GRID_HEIGHT)

/* A point comes back to where it was, within a fraction of a cell of 8 pixels; at the picture's edge, where
 * the patch is cut, within a cell. */
static void
test_round_trip (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (7);
  g_autofree float *label = g_new (float, CELLS);

  for (int i = 0; i < 2000; i++)
    {
      gboolean inside = i % 4 != 0;
      double margin = inside ? 16 : 0;
      float x = (float) g_rand_double_range (random, margin, WIDTH - margin);
      float y = (float) g_rand_double_range (random, margin, HEIGHT - margin);
      float back_x, back_y;

      fy_joint_soften (x, y, WIDTH, HEIGHT, GRID_WIDTH, GRID_HEIGHT, label);
      g_assert_true (
          fy_joint_find (label, WIDTH, HEIGHT, GRID_WIDTH, GRID_HEIGHT, &back_x, &back_y));
      g_assert_cmpfloat (hypot ((double) (back_x - x), (double) (back_y - y)), <,
                         inside ? 2.0 : 8.0);
    }
}

static void
test_patch (void)
{
  g_autofree float *label = g_new (float, CELLS);
  int n = 0;

  /* In the middle of a cell that is peak; cells two away and more, where the patch goes, fall off. */
  fy_joint_soften (20.5f * WIDTH / GRID_WIDTH, 10.5f * HEIGHT / GRID_HEIGHT, WIDTH, HEIGHT,
                   GRID_WIDTH, GRID_HEIGHT, label);
  g_assert_cmpfloat_with_epsilon ((double) label[10 * GRID_WIDTH + 20], 1.0, 1e-4);
  g_assert_cmpfloat_with_epsilon ((double) label[10 * GRID_WIDTH + 21], exp (-2), 1e-3);
  g_assert_cmpfloat_with_epsilon ((double) label[11 * GRID_WIDTH + 21], exp (-4), 1e-3);
  for (int i = 0; i < CELLS; i++)
    n += label[i] > 0;
  g_assert_cmpint (n, ==, 16);
}

static void
test_nowhere (void)
{
  g_autofree float *label = g_new0 (float, CELLS);
  float x, y;

  g_assert_false (fy_joint_find (NULL, WIDTH, HEIGHT, GRID_WIDTH, GRID_HEIGHT, &x, &y));
  g_assert_false (fy_joint_find (label, WIDTH, HEIGHT, GRID_WIDTH, GRID_HEIGHT, &x, &y));
  label[GRID_WIDTH + 3] = 0.01f; /* the three best are fewer here */
  g_assert_true (fy_joint_find (label, WIDTH, HEIGHT, GRID_WIDTH, GRID_HEIGHT, &x, &y));
  g_assert_cmpfloat_with_epsilon ((double) x, 3.5 * WIDTH / GRID_WIDTH, 1e-3);
  g_assert_cmpfloat_with_epsilon ((double) y, 1.5 * HEIGHT / GRID_HEIGHT, 1e-3);
  label[0] = 0.04f;
  label[1] = 0.03f;
  label[2] = 0.02f; /* the fourth counts no more */
  fy_joint_find (label, WIDTH, HEIGHT, GRID_WIDTH, GRID_HEIGHT, &x, &y);
  g_assert_cmpfloat_with_epsilon ((double) y, 0.5 * HEIGHT / GRID_HEIGHT, 1e-3);
  g_assert_cmpfloat_with_epsilon ((double) x,
                                  (0.5 * 4 + 1.5 * 3 + 2.5 * 2) / 9 * WIDTH / GRID_WIDTH, 1e-3);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/joints/round-trip", test_round_trip);
  g_test_add_func ("/joints/patch", test_patch);
  g_test_add_func ("/joints/nowhere", test_nowhere);
  return g_test_run ();
}
