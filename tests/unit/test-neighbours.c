/* SPDX-License-Identifier: MIT */
/* Merged and re-weighed lists against one search over everything at once. */
#include "match/neighbours.h"

#include <math.h>

#define WIDTH  7
#define HEIGHT 5
#define CELLS  (WIDTH * HEIGHT)
#define FRAMES 16

/* Two parts of unit vectors, made up but always the same; like neighbours in a film, many are alike. */
#define CHANNELS 4

typedef struct
{
  float part[FRAMES][CELLS][FY_FEATURES_MAX_PARTS][CHANNELS];
} World;

static World *
make_world (GRand *random, double spread)
{
  World *world = g_new (World, 1);

  for (int frame = 0; frame < FRAMES; frame++)
    for (int cell = 0; cell < CELLS; cell++)
      for (int p = 0; p < FY_FEATURES_MAX_PARTS; p++)
        {
          float *row = world->part[frame][cell][p];
          double square = 0;

          for (int c = 0; c < CHANNELS; c++)
            {
              row[c] = (float) (1.0 + g_rand_double_range (random, -spread, spread));
              square += (double) row[c] * (double) row[c];
            }
          for (int c = 0; c < CHANNELS; c++)
            row[c] = (float) ((double) row[c] / sqrt (square));
        }
  return world;
}

static float
part_of (const World *world, int target, int q, int frame, int cell, int p)
{
  float sum = 0;

  for (int c = 0; c < CHANNELS; c++)
    sum += world->part[target][q][p][c] * world->part[frame][cell][p][c];
  return sum;
}

typedef struct
{
  float score;
  guint32 position;
  float part[FY_FEATURES_MAX_PARTS];
} Candidate;

static int
by_score (gconstpointer a, gconstpointer b)
{
  const Candidate *x = a, *y = b;

  if (x->score != y->score)
    return x->score > y->score ? -1 : 1;
  return x->position < y->position ? -1 : x->position > y->position;
}

static void
add_frame (GArray *candidates,
           const World *world,
           const float *weight,
           int target,
           int q,
           int frame,
           int radius)
{
  for (int cell = 0; cell < CELLS; cell++)
    {
      int dx = cell % WIDTH - q % WIDTH, dy = cell / WIDTH - q / WIDTH;
      Candidate candidate = { .position = (guint32) (frame * CELLS + cell) };

      if (radius > 0 && dx * dx + dy * dy >= radius * radius)
        continue;
      for (int p = 0; p < FY_FEATURES_MAX_PARTS; p++)
        candidate.part[p] = part_of (world, target, q, frame, cell, p);
      candidate.score = weight[0] * candidate.part[0] + weight[1] * candidate.part[1];
      g_array_append_val (candidates, candidate);
    }
}

static void
fill_row (FyNeighbours *list, int q, GArray *candidates)
{
  g_array_sort (candidates, by_score);
  for (int j = 0; j < list->k; j++)
    {
      const Candidate *c =
          j < (int) candidates->len ? &g_array_index (candidates, Candidate, j) : NULL;
      gsize at = (gsize) (q * list->k + j);

      list->position[at] = c != NULL ? c->position : FY_SEARCH_NONE;
      list->score[at] = c != NULL ? c->score : -INFINITY;
      for (int p = 0; p < FY_FEATURES_MAX_PARTS && list->part[p] != NULL; p++)
        list->part[p][at] = c != NULL ? c->part[p] : -INFINITY;
    }
}

/* A search of frames begin .. end-1. */
static FyNeighbours *
search (const World *world,
        const float *weight,
        int target,
        int begin,
        int end,
        int radius,
        int k,
        gboolean parts)
{
  FyNeighbours *list = fy_neighbours_new (target, CELLS, k);

  for (int p = 0; parts && p < FY_FEATURES_MAX_PARTS; p++)
    list->part[p] = g_new (float, CELLS *(gsize) k);
  for (int q = 0; q < CELLS; q++)
    {
      g_autoptr (GArray) candidates = g_array_new (FALSE, FALSE, sizeof (Candidate));

      for (int frame = begin; frame < end; frame++)
        add_frame (candidates, world, weight, target, q, frame, radius);
      fill_row (list, q, candidates);
    }
  return list;
}

/* The method itself: a slot a reference, a slot a recent frame, the first frame in the slots that
 * would lie beyond it. */
static FyNeighbours *
search_jointly (const World *world,
                const float *weight,
                int first,
                const int *reference,
                int n,
                int target,
                int context,
                int radius,
                int k)
{
  FyNeighbours *list = fy_neighbours_new (target, CELLS, k);
  int back = target > first ? -1 : 1;

  for (int q = 0; q < CELLS; q++)
    {
      g_autoptr (GArray) candidates = g_array_new (FALSE, FALSE, sizeof (Candidate));

      for (int i = 0; i < n; i++)
        add_frame (candidates, world, weight, target, q, reference[i], 0);
      for (int slot = 1; slot <= context; slot++)
        {
          int frame = target + back * slot;

          frame = back < 0 ? MAX (frame, first) : MIN (frame, first);
          add_frame (candidates, world, weight, target, q, frame, radius);
        }
      fill_row (list, q, candidates);
    }
  return list;
}

static void
assert_equal (const FyNeighbours *a, const FyNeighbours *b, int k)
{
  for (gsize q = 0; q < CELLS; q++)
    for (gsize j = 0; j < (gsize) k; j++)
      {
        gsize x = q * (gsize) a->k + j, y = q * (gsize) b->k + j;

        g_assert_cmpfloat (a->score[x], ==, b->score[y]);
        g_assert_cmpuint (a->position[x], ==, b->position[y]);
      }
}

static void
check_merge (const World *world, GRand *random)
{
  const float weight[] = { 0.75f, 0.25f };
  gboolean forwards = g_rand_boolean (random);
  int target = g_rand_int_range (random, forwards ? 1 : 0, forwards ? FRAMES : FRAMES - 1);
  int first = forwards ? g_rand_int_range (random, 0, target)
                       : g_rand_int_range (random, target + 1, FRAMES);
  int context = g_rand_int_range (random, 1, 12), radius = g_rand_int_range (random, 0, 5);
  int k = g_rand_int_range (random, 1, 21), n = g_rand_int_range (random, 0, 4);
  int begin = forwards ? MAX (first, target - context) : target + 1;
  int end = forwards ? target : MIN (first, target + context) + 1;
  g_autoptr (FyNeighbours) local = search (world, weight, target, begin, end, radius,
                                           k + g_rand_int_range (random, 0, 4), FALSE);
  g_autoptr (FyNeighbours) joint = NULL, merged = NULL;
  FyNeighbours *lists[4];
  int reference[4];

  for (int i = 0; i < n; i++)
    {
      reference[i] = forwards ? g_rand_int_range (random, first, target)
                              : g_rand_int_range (random, target + 1, first + 1);
      lists[i] = search (world, weight, target, reference[i], reference[i] + 1, 0, k, FALSE);
    }
  joint = search_jointly (world, weight, first, reference, n, target, context, radius, k);
  merged = fy_neighbours_merge (local, (const FyNeighbours *const *) lists, n, first, context, k);
  assert_equal (joint, merged, k);
  for (int i = 0; i < n; i++)
    fy_neighbours_unref (lists[i]);
}

/* Any references, any k, forwards and backwards: merged lists are the joint search, entry by entry. */
static void
test_merged_is_joint (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (3);
  g_autofree World *world = make_world (random, 0.9);

  for (int i = 0; i < 100; i++)
    check_merge (world, random);
}

static void
test_union (void)
{
  const float weight[] = { 0.6f, 0.4f };
  g_autoptr (GRand) random = g_rand_new_with_seed (4);
  g_autofree World *world = make_world (random, 0.9);
  g_autoptr (FyNeighbours) one = search (world, weight, 9, 0, 4, 3, 8, FALSE);
  g_autoptr (FyNeighbours) two = search (world, weight, 9, 4, 9, 3, 8, FALSE);
  g_autoptr (FyNeighbours) all = search (world, weight, 9, 0, 9, 3, 8, FALSE);
  g_autoptr (FyNeighbours) both = fy_neighbours_union (one, two);

  assert_equal (all, both, 8);
}

/* Re-weighed rows that are called proven are those of a search with the new weights, and the proof is
 * of use: with more candidates, more is proven. */
static void
test_reweigh (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (5);
  const float from[] = { 0.75385f, 0.24615f };
  int proven[2] = { 0, 0 }, refused = 0;

  for (int i = 0; i < 60; i++)
    {
      g_autofree World *world = make_world (random, 0.05 + 0.015 * i);
      float to0 = (float) g_rand_double_range (random, 0, 1);
      const float to[] = { to0, 1.0f - to0 };
      int k = g_rand_int_range (random, 1, 6), target = g_rand_int_range (random, 1, FRAMES);
      g_autoptr (FyNeighbours) right = search (world, to, target, 0, target, 3, k, FALSE);

      for (int wide = 0; wide <= 1; wide++)
        {
          g_autoptr (FyNeighbours) list =
              search (world, from, target, 0, target, 3, wide ? 64 : k + 2, TRUE);
          int unproven;
          g_autoptr (FyNeighbours) made = fy_neighbours_reweigh (list, from, to, k, &unproven);

          if (unproven == 0)
            assert_equal (right, made, k);
          proven[wide] += unproven == 0;
          refused += unproven > 0;
        }
    }
  g_test_message ("proven: %d of 60 with two more, %d with 64", proven[0], proven[1]);
  g_assert_cmpint (proven[1], >, proven[0]);
  g_assert_cmpint (proven[1], >=, 5);
  g_assert_cmpint (refused, >=, 5);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/neighbours/merged-is-joint", test_merged_is_joint);
  g_test_add_func ("/neighbours/union", test_union);
  g_test_add_func ("/neighbours/reweigh", test_reweigh);
  return g_test_run ();
}
