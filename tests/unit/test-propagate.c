/* SPDX-License-Identifier: MIT */
/* Merge, carry and resolve against slow versions that follow the text of the method. */
#include "base/error.h"
#include "propagate/carry.h"
#include "propagate/params.h"
#include "propagate/resolve.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define WIDTH  9
#define HEIGHT 7
#define CELLS  (WIDTH * HEIGHT)

/* --- Merge: lists of single frames against the joint computation over explicit copies --- */

typedef struct
{
  float score;
  guint32 position;
} Candidate;

static int
by_score (gconstpointer a, gconstpointer b)
{
  const Candidate *x = a, *y = b;

  if (x->score != y->score)
    return x->score < y->score ? 1 : -1;
  return x->position < y->position ? -1 : x->position > y->position;
}

/* A made-up similarity of target cell q of `frame` to cell c of `from`, without ties. */
static float
similarity (int frame, int q, int from, int c)
{
  guint32 mixed = (guint32) (frame * 7919 + q * 104729 + from * 1299709 + c * 15485863);

  mixed ^= mixed >> 15;
  mixed *= 0x2c1b3c6du;
  mixed ^= mixed >> 12;
  mixed *= 0x297a2d39u;
  mixed ^= mixed >> 15;
  return (float) (mixed >> 8) / 16777216.0f;
}

static gboolean
in_circle (int a, int b, int radius)
{
  int dx = a % WIDTH - b % WIDTH, dy = a / WIDTH - b / WIDTH;

  return radius == 0 || dx * dx + dy * dy < radius * radius;
}

/* Appends the allowed cells of a frame. */
static void
add_frame (GArray *candidates, int frame, int q, int from, int radius)
{
  for (int c = 0; c < CELLS; c++)
    if (in_circle (q, c, radius))
      {
        Candidate candidate = { similarity (frame, q, from, c), (guint32) (from * CELLS + c) };

        g_array_append_val (candidates, candidate);
      }
}

static void
fill_row (FyNeighbours *list, int q, GArray *candidates)
{
  g_array_sort (candidates, by_score);
  for (int j = 0; j < list->k; j++)
    {
      gboolean there = j < (int) candidates->len;
      gsize at = (gsize) (q * list->k + j);

      list->position[at] =
          there ? g_array_index (candidates, Candidate, j).position : FY_SEARCH_NONE;
      list->score[at] = there ? g_array_index (candidates, Candidate, j).score : -INFINITY;
    }
}

/* The method as the reference programs run it: slot 0 is the first frame, unrestricted; slots
 * 1 .. m are the frames before the target, the first frame standing in for those that do not
 * exist. */
static void
joint_row (FyNeighbours *list, int q, int first, int context, int radius)
{
  g_autoptr (GArray) candidates = g_array_new (FALSE, FALSE, sizeof (Candidate));

  add_frame (candidates, list->frame, q, first, 0);
  for (int slot = 1; slot <= context; slot++)
    add_frame (candidates, list->frame, q, MAX (list->frame - slot, first), radius);
  fill_row (list, q, candidates);
}

static void
check_merge (int first, int frame, int context, int radius, int k)
{
  g_autoptr (FyNeighbours) joint = fy_neighbours_new (frame, CELLS, k);
  g_autoptr (FyNeighbours) local = fy_neighbours_new (frame, CELLS, k);
  g_autoptr (FyNeighbours) reference = fy_neighbours_new (frame, CELLS, k);
  g_autoptr (FyNeighbours) merged = NULL;

  for (int q = 0; q < CELLS; q++)
    {
      g_autoptr (GArray) near = g_array_new (FALSE, FALSE, sizeof (Candidate));
      g_autoptr (GArray) far = g_array_new (FALSE, FALSE, sizeof (Candidate));

      joint_row (joint, q, first, context, radius);
      for (int from = MAX (first, frame - context); from < frame; from++)
        add_frame (near, frame, q, from, radius);
      fill_row (local, q, near);
      add_frame (far, frame, q, first, 0);
      fill_row (reference, q, far);
    }
  merged = fy_neighbours_merge (local, (const FyNeighbours *[]){ reference }, 1, first, context, k);
  for (gsize i = 0; i < (gsize) (CELLS * k); i++)
    {
      g_assert_cmpuint (merged->position[i], ==, joint->position[i]);
      g_assert_cmpfloat (merged->score[i], ==, joint->score[i]);
    }
}

static void
test_merge (void)
{
  static const int radii[] = { 0, 1, 2, 4 };
  static const int ks[] = { 1, 2, 5, 10, 64 };

  for (gsize r = 0; r < G_N_ELEMENTS (radii); r++)
    for (gsize k = 0; k < G_N_ELEMENTS (ks); k++)
      for (int frame = 1; frame <= 9; frame++)
        {
          check_merge (0, frame, 5, radii[r], ks[k]);
          check_merge (3, frame + 3, 4, radii[r], ks[k]);
        }
}

/* --- Carry --- */

static void
test_carry (void)
{
  const int k = 5, classes = 3;
  g_autoptr (FyNeighbours) list = fy_neighbours_new (2, CELLS, k);
  g_autofree float *labels = g_new (float, (gsize) (2 * classes * CELLS));
  g_autofree float *soft = g_new (float, (gsize) (classes * CELLS));
  g_autofree float *fewer = g_new (float, (gsize) ((classes - 1) * CELLS));
  const float *source[] = { labels, labels + classes * CELLS };

  for (int i = 0; i < 2 * classes * CELLS; i++)
    labels[i] = similarity (1, i, 2, 3);
  for (int q = 0; q < CELLS; q++)
    for (int j = 0; j < k; j++)
      {
        list->position[q * k + j] =
            q == 4 && j > 1 ? FY_SEARCH_NONE : (guint32) ((q * 31 + j * 17) % (2 * CELLS));
        list->score[q * k + j] = q == 4 && j > 1 ? -INFINITY : 0.9f - 0.03f * (float) j;
      }
  fy_carry (list, 0.05f, source, classes, soft);
  for (int c = 0; c < classes; c++)
    for (int q = 0; q < CELLS; q++)
      {
        double sum = 0.0, weights = 0.0;

        for (int j = 0; j < k; j++)
          if (list->position[q * k + j] != FY_SEARCH_NONE)
            {
              guint32 at = list->position[q * k + j];
              double weight = exp ((double) list->score[q * k + j] / (double) 0.05f);

              sum += weight * (double) source[at / CELLS][c * CELLS + (int) (at % CELLS)];
              weights += weight;
            }
        g_assert_cmpfloat_with_epsilon ((double) soft[c * CELLS + q], sum / weights, 1e-6);
      }

  /* A class more or less changes no bit of the others. */
  fy_carry (list, 0.05f, source, classes - 1, fewer);
  g_assert_cmpmem (fewer, (gsize) ((classes - 1) * CELLS) * sizeof (float), soft,
                   (gsize) ((classes - 1) * CELLS) * sizeof (float));
}

/* --- Resolve --- */

static float
slow_sample (const float *from, int fw, int fh, int x, int y, int width, int height)
{
  float fx = (float) ((x + 0.5) * (1.0 / ((double) width / fw)) - 0.5);
  float fy = (float) ((y + 0.5) * (1.0 / ((double) height / fh)) - 0.5);
  int sx = (int) floorf (fx), sy = (int) floorf (fy), y0, y1;
  float a, b;

  fx -= (float) sx;
  fy -= (float) sy;
  if (sx < 0)
    sx = 0, fx = 0.0f;
  if (sx >= fw - 1)
    sx = fw - 1, fx = 0.0f;
  y0 = CLAMP (sy, 0, fh - 1);
  y1 = CLAMP (sy + 1, 0, fh - 1);
  a = from[y0 * fw + sx] * (1.0f - fx) + from[y0 * fw + MIN (sx + 1, fw - 1)] * fx;
  b = from[y1 * fw + sx] * (1.0f - fx) + from[y1 * fw + MIN (sx + 1, fw - 1)] * fx;
  return a * (1.0f - fy) + b * fy;
}

static void
check_resolve (const float *soft, int width, int height)
{
  static const guint16 ids[] = { 3, 7, 500 };
  g_autoptr (FyIdMap) mask = fy_id_map_new (width, height);

  memset (mask->id, 0x5a, sizeof (guint16) * (gsize) (width * height));
  fy_resolve (soft, ids, 3, WIDTH, HEIGHT, mask);
  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++)
      {
        int best = 0;

        for (int c = 1; c < 4; c++)
          if (slow_sample (soft + c * CELLS, WIDTH, HEIGHT, x, y, width, height) >
              slow_sample (soft + best * CELLS, WIDTH, HEIGHT, x, y, width, height))
            best = c;
        g_assert_cmpuint (mask->id[y * width + x], ==, best == 0 ? 0 : ids[best - 1]);
      }
}

/* Labels everywhere, and then objects in boxes, of which one has a single cell and one none. */
static void
test_resolve (void)
{
  static const int sizes[][2] = {
    { 72, 56 }, { 71, 53 }, { 9, 7 }, { 5, 3 }, { 1, 1 }, { 200, 9 }
  };
  float soft[4 * CELLS], boxes[4 * CELLS] = { 0 };

  for (int i = 0; i < 4 * CELLS; i++)
    soft[i] = i / CELLS == 2 && i % CELLS < 40 ? 0.0f : similarity (5, i, 1, 1);
  for (int i = 0; i < CELLS; i++)
    {
      int x = i % WIDTH, y = i / WIDTH;

      boxes[CELLS + i] = x >= 2 && x < 5 && y >= 1 && y < 4 ? 0.6f + 0.01f * (float) i : 0.0f;
      boxes[2 * CELLS + i] = x == WIDTH - 1 && y == HEIGHT - 1 ? 0.7f : 0.0f;
      boxes[i] = 1.0f - boxes[CELLS + i] - boxes[2 * CELLS + i];
    }
  for (gsize s = 0; s < G_N_ELEMENTS (sizes); s++)
    {
      check_resolve (soft, sizes[s][0], sizes[s][1]);
      check_resolve (boxes, sizes[s][0], sizes[s][1]);
    }
}

static void
test_soften (void)
{
  static const guint16 ids[] = { 1, 2 };
  static const int sizes[][2] = { { 72, 56 }, { 71, 53 }, { 9, 7 }, { 3, 3 } };
  float soft[3 * CELLS];

  for (gsize s = 0; s < G_N_ELEMENTS (sizes); s++)
    {
      int width = sizes[s][0], height = sizes[s][1];
      gsize n = (gsize) (width * height);
      g_autoptr (FyIdMap) mask = fy_id_map_new (width, height);
      g_autofree float *plane = g_new (float, n);

      for (gsize i = 0; i < n; i++)
        mask->id[i] = (guint16) (similarity (1, (int) i, 4, 2) * 3.0f);
      mask->id[0] = FY_ID_VOID;
      fy_soften (mask, ids, 2, WIDTH, HEIGHT, soft);
      for (int c = 0; c < 3; c++)
        {
          for (gsize i = 0; i < n; i++)
            plane[i] = (mask->id[i] == FY_ID_VOID ? 0 : mask->id[i]) == c;
          for (int y = 0; y < HEIGHT; y++)
            for (int x = 0; x < WIDTH; x++)
              g_assert_cmpfloat (soft[c * CELLS + y * WIDTH + x], ==,
                                 slow_sample (plane, width, height, x, y, WIDTH, HEIGHT));
        }
    }
}

/* --- Parameters --- */

static void
test_params (void)
{
  FyPropagateParams params = *fy_preset_find ("sfc-davis");
  g_autoptr (GError) error = NULL;

  g_assert_null (fy_preset_find ("sfc"));
  g_assert_cmpfloat_with_epsilon ((double) fy_params_part_weight (&params, 0), 0.75385, 1e-5);
  g_assert_cmpfloat_with_epsilon ((double) fy_params_part_weight (&params, 1), 0.24615, 1e-5);
  g_assert_true (fy_params_check (&params, &error));
  params.topk = 65;
  g_assert_false (fy_params_check (&params, &error));
  g_assert_error (error, FY_ERROR, FY_ERROR_MISMATCH);
  g_assert_nonnull (strstr (error->message, "topk is 65"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/propagate/merge", test_merge);
  g_test_add_func ("/propagate/carry", test_carry);
  g_test_add_func ("/propagate/resolve", test_resolve);
  g_test_add_func ("/propagate/soften", test_soften);
  g_test_add_func ("/propagate/params", test_params);
  return g_test_run ();
}
