/* SPDX-License-Identifier: MIT */
/* Votes, and carrying by them, against a slow version. */
#include "propagate/carry.h"

#include "flow-judge.h"

#include <math.h>

static void
test_votes (void)
{
  static const int source[] = { 3, 40, 41 };
  const int k = 5;
  g_autoptr (GRand) random = g_rand_new_with_seed (1);
  g_autoptr (FyNeighbours) list = judge_make_list (random, 42, source, 3, k);
  g_autoptr (FyVotes) votes = fy_votes_new (list, 0.05f);

  g_assert_cmpint (votes->n_sources, ==, 3);
  for (int q = 0; q < CELLS; q++)
    {
      const guint32 *position = list->position + q * k;
      const float *score = list->score + q * k, *weight = votes->weight + q * k;
      float sum = 0.0f;
      double total = 0.0;

      for (int j = 0; j < k && position[j] != FY_SEARCH_NONE; j++)
        sum += expf ((score[j] - score[0]) / 0.05f);
      for (int j = 0; j < k; j++)
        {
          guint32 voter = votes->voter[q * k + j];
          guint32 at = (guint32) votes->source[voter >> FY_VOTE_CELL_BITS] * CELLS +
                       (voter & ((1u << FY_VOTE_CELL_BITS) - 1));

          total += (double) weight[j];
          if (position[j] == FY_SEARCH_NONE)
            {
              g_assert_cmpfloat (weight[j], ==, 0.0f);
              continue;
            }
          g_assert_cmpuint (at, ==, position[j]);
          g_assert_cmpfloat (weight[j], ==, expf ((score[j] - score[0]) / 0.05f) / sum);
        }
      g_assert_cmpfloat_with_epsilon (total, position[0] == FY_SEARCH_NONE ? 0.0 : 1.0, 1e-6);
    }
}

static const float *
frame_label (const void *data, int frame)
{
  return ((const float *const *) data)[frame];
}

/* So many cells that blocks are longer than they are at least; shared by the cores. */
static void
test_large (void)
{
  const int cells = 9001, k = 8, n_frames = 40;
  g_autoptr (GRand) random = g_rand_new_with_seed (2);
  g_autoptr (FyNeighbours) list = fy_neighbours_new (n_frames, cells, k);
  g_autofree float *labels = g_new0 (float, (gsize) (n_frames * cells));
  g_autofree float *soft = g_new (float, (gsize) cells);
  const float *source[40];

  g_assert_cmpint (fy_n_blocks (cells), <=, FY_MAX_BLOCKS);
  for (int frame = 0; frame < n_frames; frame++)
    source[frame] = labels + frame * cells;
  for (int i = 0; i < n_frames * cells; i++)
    labels[i] = i % cells / 500 % 2 == 0 ? 0.0f : (float) g_rand_double (random);
  for (int i = 0; i < cells * k; i++)
    {
      int cell = i / k + g_rand_int_range (random, -9, 10);

      list->position[i] =
          (guint32) (g_rand_int_range (random, 0, n_frames) * cells + CLAMP (cell, 0, cells - 1));
      list->score[i] = 1.0f - 0.02f * (float) (i % k);
    }
  fy_carry (list, 0.1f, source, 1, soft);
  for (int q = 0; q < cells; q++)
    g_assert_cmpfloat (soft[q], ==, judge_cell (list, 0.1f, q, frame_label, source));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/votes/softmax", test_votes);
  g_test_add_func ("/votes/large", test_large);
  return g_test_run ();
}
