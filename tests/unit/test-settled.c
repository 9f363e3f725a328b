/* SPDX-License-Identifier: MIT */
/* Settled cells: carrying gives the same whether their recent neighbours are known or not. */
#include "propagate/carry.h"
#include "propagate/settled.h"

#include <math.h>

#define WIDTH   14
#define HEIGHT  10
#define CELLS   (WIDTH * HEIGHT)
#define FRAMES  6 /* labelled; the target is the next */
#define CLASSES 3

typedef struct
{
  float score;
  guint32 position;
} Candidate;

static int
by_score (gconstpointer a, gconstpointer b)
{
  const Candidate *x = a, *y = b;

  return x->score != y->score ? (x->score > y->score ? -1 : 1)
                              : (x->position > y->position) * 2 - 1;
}

/* A search of made-up similarities: what lies near is a little more alike. */
static FyNeighbours *
search (GRand *random, int begin, int end, int radius, int k)
{
  FyNeighbours *list = fy_neighbours_new (FRAMES, CELLS, k);

  for (int q = 0; q < CELLS; q++)
    {
      g_autoptr (GArray) all = g_array_new (FALSE, FALSE, sizeof (Candidate));

      for (int at = begin * CELLS; at < end * CELLS; at++)
        {
          int cell = at % CELLS, dx = cell % WIDTH - q % WIDTH, dy = cell / WIDTH - q / WIDTH;
          Candidate candidate = {
            (float) (g_rand_double (random) / (1 + 0.2 * (dx * dx + dy * dy))), (guint32) at
          };

          if (radius == 0 || dx * dx + dy * dy < radius * radius)
            g_array_append_val (all, candidate);
        }
      g_array_sort (all, by_score);
      for (int j = 0; j < k; j++)
        {
          const Candidate *c = j < (int) all->len ? &g_array_index (all, Candidate, j) : NULL;

          list->position[q * k + j] = c != NULL ? c->position : FY_SEARCH_NONE;
          list->score[q * k + j] = c != NULL ? c->score : -INFINITY;
        }
    }
  return list;
}

/* Background and two objects with soft edges that wander. */
static float *
make_soft (GRand *random, int frame)
{
  float *soft = g_new0 (float, CLASSES *CELLS);
  int edge = g_rand_int_range (random, 0, 3) + 3;

  for (int cell = 0; cell < CELLS; cell++)
    {
      int x = cell % WIDTH, c = x < edge ? 1 : x > WIDTH - 3 ? 2 : 0;

      soft[c * CELLS + cell] = 1;
      if (x == edge)
        {
          soft[cell] = 0.75f;
          soft[CELLS + cell] = 0.25f;
        }
    }
  return soft;
}

static void
empty_row (FyNeighbours *list, int cell)
{
  for (int j = 0; j < list->k; j++)
    {
      list->position[cell * list->k + j] = FY_SEARCH_NONE;
      list->score[cell * list->k + j] = -INFINITY;
    }
}

static float *
carry (const FyNeighbours *local,
       const FyNeighbours *const *reference,
       int n,
       int k,
       float *const *source)
{
  g_autoptr (FyNeighbours) merged = fy_neighbours_merge (local, reference, n, 0, 3, k);
  float *soft = g_new (float, CLASSES *CELLS);

  fy_carry (merged, 0.1f, (const float *const *) source, CLASSES, soft);
  return soft;
}

static int
check (GRand *random, int radius, int k, int n)
{
  const int frame_of[] = { 0, 2 };
  float *source[FRAMES];
  guint16 *classes[FRAMES];
  guint8 wanted[CELLS];
  FyContextLabels context = { WIDTH, HEIGHT, 3, FRAMES, radius, (const guint16 *const *) classes };
  g_autoptr (FyNeighbours) local = search (random, 3, FRAMES, radius, k);
  FyNeighbours *reference[2];
  const FyNeighbours *const *references = (const FyNeighbours *const *) reference;
  g_autofree float *right = NULL, *lazy = NULL;
  int unsettled;

  for (int i = 0; i < n; i++)
    reference[i] = search (random, frame_of[i], frame_of[i] + 1, 0, k);
  for (int frame = 0; frame < FRAMES; frame++)
    {
      source[frame] = make_soft (random, frame);
      classes[frame] = g_new (guint16, CELLS);
      fy_single_class (source[frame], CLASSES, CELLS, classes[frame]);
    }
  right = carry (local, references, n, k, source);
  unsettled = fy_unsettled_cells (&context, references, n, k, wanted);
  for (int cell = 0; cell < CELLS; cell++)
    if (!wanted[cell])
      empty_row (local, cell);
  lazy = carry (local, references, n, k, source);
  for (int i = 0; i < CLASSES * CELLS; i++)
    g_assert_cmpfloat_with_epsilon (right[i], lazy[i], 1e-6f);
  for (int i = 0; i < n; i++)
    fy_neighbours_unref (reference[i]);
  for (int frame = 0; frame < FRAMES; frame++)
    {
      g_free (source[frame]);
      g_free (classes[frame]);
    }
  return CELLS - unsettled;
}

static void
test_carried_alike (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (21);
  int settled = 0;

  for (int i = 0; i < 60; i++)
    settled += check (random, 1 + i % 4, 1 + i % 7, 1 + i % 2);
  g_assert_cmpint (settled, >, 60 * CELLS / 50);
  g_assert_cmpint (settled, <, 60 * CELLS * 4 / 5);
  g_assert_cmpint (check (random, 0, 3, 1), ==, 0); /* no circle: anything may matter */
}

static void
test_single_class (void)
{
  const float soft[3 * 4] = { 1, 0, 0.5f, 0, 0, 0, 0, 0, 0, 0.25f, 0.5f, 0 };
  guint16 class[4];

  fy_single_class (soft, 3, 4, class);
  g_assert_cmpuint (class[0], ==, 0);
  g_assert_cmpuint (class[1], ==, 2); /* whatever it has of it */
  g_assert_cmpuint (class[2], ==, FY_UNSETTLED);
  g_assert_cmpuint (class[3], ==, FY_UNSETTLED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/settled/carried-alike", test_carried_alike);
  g_test_add_func ("/settled/single-class", test_single_class);
  return g_test_run ();
}
