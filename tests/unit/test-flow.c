/* SPDX-License-Identifier: MIT */
/* The incremental flow against a slow version that carries everything anew. */
#include "propagate/flow.h"

#include "flow-judge.h"

#include <math.h>
#include <string.h>

#define SEQUENCES 200
#define EDITS     16

static const float nothing[CELLS];

/* --- One sequence of edits --- */

typedef struct
{
  FyFlow *flow;
  Judge *judge;
  GRand *random;
  GCancellable *cancellable;
  int patience; /* reports until cancelling; < 0 = does not cancel */
  gboolean told[N_FRAMES][MOST + 1];
  int n_carried; /* frames that were compared with the judge's */
  int n_mixed;   /* of these, with planes set by hand */
} Trial;

static void
hear (int frame, int class, gpointer user_data)
{
  Trial *trial = user_data;

  g_assert_cmpint (class, >=, FY_FLOW_ALL_CLASSES);
  g_assert_cmpint (class, <, trial->judge->n_classes);
  g_assert_false (trial->told[frame - FIRST][class + 1]);
  trial->told[frame - FIRST][class + 1] = TRUE;
  if (trial->patience-- == 0)
    g_cancellable_cancel (trial->cancellable);
}

static void
set_list (Trial *trial, int frame, FyNeighbours *list)
{
  JudgeFrame *judged = &trial->judge->frame[frame - FIRST];
  g_autoptr (FyVotes) votes = list != NULL ? fy_votes_new (list, trial->judge->temperature) : NULL;

  g_clear_pointer (&judged->list, fy_neighbours_unref);
  judged->list = list;
  fy_flow_set_votes (trial->flow, frame, votes);
}

static void
set_plane (Trial *trial, int frame, int class)
{
  JudgeFrame *judged = &trial->judge->frame[frame - FIRST];
  float *plane = judged->soft[class];

  judged->hand[class] = TRUE;
  if (g_rand_int_range (trial->random, 0, 4) == 0)
    {
      memset (plane, 0, CELLS * sizeof (float));
      fy_flow_set_plane (trial->flow, frame, class, NULL);
      return;
    }
  if (g_rand_boolean (trial->random))
    judge_make_plane (trial->random, plane);
  else
    plane[g_rand_int_range (trial->random, 0, CELLS)] = 0.25f;
  fy_flow_set_plane (trial->flow, frame, class, plane);
}

static void
set_soft (Trial *trial, int frame)
{
  JudgeFrame *judged = &trial->judge->frame[frame - FIRST];

  for (int c = 0; c < trial->judge->n_classes; c++)
    {
      judge_make_plane (trial->random, judged->soft[c]);
      judged->hand[c] = TRUE;
    }
  fy_flow_set_soft (trial->flow, frame, judged->soft[0]);
}

static void
insert_class (Trial *trial)
{
  Judge *judge = trial->judge;
  int class = g_rand_int_range (trial->random, 0, judge->n_classes + 1);

  if (judge->n_classes == MOST)
    return;
  for (int i = 0; i < N_FRAMES; i++)
    {
      float (*soft)[CELLS] = judge->frame[i].soft;
      gboolean *hand = judge->frame[i].hand;

      memmove (soft + class + 1, soft + class, (gsize) (judge->n_classes - class) * sizeof soft[0]);
      memset (soft + class, 0, sizeof soft[0]);
      memmove (hand + class + 1, hand + class, (gsize) (judge->n_classes - class) * sizeof hand[0]);
      hand[class] = FALSE;
    }
  judge->n_classes++;
  fy_flow_insert_class (trial->flow, class);
}

static void
remove_class (Trial *trial)
{
  Judge *judge = trial->judge;
  int class = g_rand_int_range (trial->random, 0, judge->n_classes);

  if (judge->n_classes == 1)
    return;
  judge->n_classes--;
  for (int i = 0; i < N_FRAMES; i++)
    {
      float (*soft)[CELLS] = judge->frame[i].soft;
      gboolean *hand = judge->frame[i].hand;

      memmove (soft + class, soft + class + 1, (gsize) (judge->n_classes - class) * sizeof soft[0]);
      memmove (hand + class, hand + class + 1, (gsize) (judge->n_classes - class) * sizeof hand[0]);
    }
  fy_flow_remove_class (trial->flow, class);
}

static void
clear_hand (Trial *trial, int frame)
{
  JudgeFrame *judged = &trial->judge->frame[frame - FIRST];

  memset (judged->hand, 0, sizeof judged->hand);
  fy_flow_clear_hand (trial->flow, frame);
}

static void
freeze (Trial *trial, int frame)
{
  JudgeFrame *judged = &trial->judge->frame[frame - FIRST];

  for (int c = 0; c < trial->judge->n_classes; c++)
    judged->hand[c] = TRUE;
  g_clear_pointer (&judged->list, fy_neighbours_unref);
  fy_flow_freeze (trial->flow, frame);
}

static void
edit (Trial *trial, gboolean complete)
{
  int frame = FIRST + g_rand_int_range (trial->random, 0, N_FRAMES);
  int class = g_rand_int_range (trial->random, 0, trial->judge->n_classes);
  JudgeFrame *judged = &trial->judge->frame[frame - FIRST];

  switch (g_rand_int_range (trial->random, 0, 18))
    {
    case 0:
      insert_class (trial);
      break;
    case 1:
      remove_class (trial);
      break;
    case 2:
      clear_hand (trial, frame);
      break;
    case 3:
    case 4:
    case 5:
      judged->hand[class] = FALSE;
      fy_flow_clear_plane (trial->flow, frame, class);
      break;
    case 6:
      set_list (trial, frame, NULL);
      break;
    case 7:
      if (complete && judged->known)
        freeze (trial, frame);
      break;
    case 8:
      set_soft (trial, frame);
      break;
    case 9:
    case 10:
    case 11:
    case 12:
    case 13:
      set_plane (trial, frame, class);
      break;
    default:
      set_list (trial, frame, judge_make_random_list (trial->random, trial->judge, frame, TRUE));
    }
}

static const float *
plane_of (FyFlow *flow, int frame, int class)
{
  const float *plane = fy_flow_peek (flow, frame, class);

  return plane != NULL ? plane : nothing;
}

static void
check_same (Trial *trial)
{
  judge_carry (trial->judge);
  for (int i = 0; i < N_FRAMES; i++)
    {
      const JudgeFrame *judged = &trial->judge->frame[i];

      g_assert_cmpint (fy_flow_is_known (trial->flow, FIRST + i), ==, judged->known);
      trial->n_carried += judged->carried;
      trial->n_mixed += judged->carried && judge_count_hand (trial->judge, FIRST + i) > 0;
      for (int c = 0; c < trial->judge->n_classes; c++)
        g_assert_cmpint (fy_flow_is_hand (trial->flow, FIRST + i, c), ==, judged->hand[c]);
      for (int c = 0; judged->known && c < trial->judge->n_classes; c++)
        {
          g_assert_cmpmem (plane_of (trial->flow, FIRST + i, c), sizeof judged->soft[c],
                           judged->soft[c], sizeof judged->soft[c]);
          g_assert_cmpint (fy_flow_peek (trial->flow, FIRST + i, c) == NULL, ==,
                           memcmp (judged->soft[c], nothing, sizeof nothing) == 0);
        }
    }
}

typedef struct
{
  gboolean known[N_FRAMES];
  float soft[N_FRAMES][MOST][CELLS];
} Snapshot;

static void
take_snapshot (Trial *trial, Snapshot *snapshot)
{
  for (int i = 0; i < N_FRAMES; i++)
    {
      snapshot->known[i] = fy_flow_is_known (trial->flow, FIRST + i);
      for (int c = 0; c < trial->judge->n_classes; c++)
        memcpy (snapshot->soft[i][c], plane_of (trial->flow, FIRST + i, c),
                sizeof snapshot->soft[i][c]);
    }
}

/* Every change was reported and nothing else. */
static void
check_told (Trial *trial, const Snapshot *before)
{
  for (int i = 0; i < N_FRAMES; i++)
    {
      g_assert_cmpint (trial->told[i][0], ==,
                       fy_flow_is_known (trial->flow, FIRST + i) != before->known[i]);
      for (int c = 0; c < trial->judge->n_classes; c++)
        g_assert_cmpint (trial->told[i][c + 1], ==,
                         memcmp (plane_of (trial->flow, FIRST + i, c), before->soft[i][c],
                                 sizeof before->soft[i][c]) != 0);
    }
}

/* Returns FALSE when cancelled. */
static gboolean
update (Trial *trial, int patience)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autofree Snapshot *before = g_new (Snapshot, 1);
  gboolean complete;

  take_snapshot (trial, before);
  memset (trial->told, 0, sizeof trial->told);
  trial->cancellable = cancellable;
  trial->patience = patience;
  complete = fy_flow_update (trial->flow, hear, trial, NULL, cancellable, &error);
  if (!complete)
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_true (complete || patience >= 0);
  check_told (trial, before);
  return complete;
}

static void
run_sequence (guint32 seed, int *n_cancelled, int *n_carried, int *n_mixed)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (seed);
  g_auto (Judge) judge = { .n_classes = g_rand_int_range (random, 1, MOST), .temperature = 0.07f };
  g_autoptr (FyFlow) flow = NULL;
  Trial trial = { .judge = &judge, .random = random };
  gboolean complete = FALSE;

  judge_make_order (&judge, random);
  trial.flow = flow = fy_flow_new (CELLS, judge.order, N_FRAMES);
  for (int c = 0; c < judge.n_classes; c++)
    fy_flow_insert_class (flow, c);
  set_soft (&trial, judge.order[0]);
  for (int i = 1; i < N_FRAMES; i++)
    set_list (&trial, judge.order[i],
              judge_make_random_list (random, &judge, judge.order[i], FALSE));
  for (int i = 0; i < EDITS; i++)
    {
      edit (&trial, complete);
      complete = FALSE;
      if (g_rand_int_range (random, 0, 3) == 0)
        continue;
      complete = update (&trial, g_rand_int_range (random, -6, 6));
      *n_cancelled += !complete;
      if (complete)
        check_same (&trial);
    }
  g_assert_true (update (&trial, -1));
  check_same (&trial);
  *n_carried += trial.n_carried;
  *n_mixed += trial.n_mixed;
}

static void
test_edits (void)
{
  int n_cancelled = 0, n_carried = 0, n_mixed = 0;

  for (guint32 seed = 1; seed <= SEQUENCES; seed++)
    run_sequence (seed, &n_cancelled, &n_carried, &n_mixed);
  g_test_message ("%d updates cancelled, %d carried frames compared, %d of them partly set by hand",
                  n_cancelled, n_carried, n_mixed);
  g_assert_cmpint (n_cancelled, >, SEQUENCES / 2); /* or resuming was hardly tried */
  g_assert_cmpint (n_carried, >, 20 * SEQUENCES);  /* or most frames were not to be known */
  g_assert_cmpint (n_mixed, >, 5 * SEQUENCES);
}

/* --- What an edit costs --- */

/* Forwards, classes in boxes of their own, everything up to date. */
static FyFlow *
make_forward (Judge *judge, GRand *random, int n_classes)
{
  FyFlow *flow;
  Trial trial = { .judge = judge, .random = random };

  judge->n_classes = n_classes;
  judge->temperature = 0.05f;
  for (int i = 0; i < N_FRAMES; i++)
    judge->order[i] = FIRST + i;
  trial.flow = flow = fy_flow_new (CELLS, judge->order, N_FRAMES);
  for (int c = 0; c < n_classes; c++)
    fy_flow_insert_class (flow, c);
  for (int c = 0; c < n_classes; c++)
    for (int q = 0; q < CELLS; q++)
      judge->frame[0].soft[c][q] = q % WIDTH / 5 == c || (c == 0 && q % WIDTH / 5 >= n_classes);
  for (int c = 0; c < n_classes; c++)
    judge->frame[0].hand[c] = TRUE;
  fy_flow_set_soft (flow, FIRST, judge->frame[0].soft[0]);
  for (int i = 1; i < N_FRAMES; i++)
    {
      int source[] = { FIRST + i - 1, FIRST + MAX (0, i - 2), FIRST };

      set_list (&trial, FIRST + i, judge_make_list (random, FIRST + i, source, 3, 4));
    }
  g_assert_true (fy_flow_update (flow, NULL, NULL, NULL, NULL, NULL));
  return flow;
}

static gboolean
block_differs (const float *a, const float *b, int block)
{
  int each = fy_block_cells (CELLS), begin = block * each, n = MIN (each, CELLS - begin);

  return memcmp (a + begin, b + begin, (gsize) n * sizeof (float)) != 0;
}

/* Cells of the blocks of one plane in which a vote falls on a block of `after` that differs from
 * `before`, and one on a block of `after` that is not empty. */
static gint64
count_seeing (const FyNeighbours *list, int class, const Snapshot *before, const Snapshot *after)
{
  int each = fy_block_cells (CELLS);
  gint64 n = 0;

  for (int begin = 0; begin < CELLS; begin += each)
    {
      int end = MIN (begin + each, CELLS);
      gboolean changed = FALSE, filled = FALSE;

      for (int i = begin * list->k; i < end * list->k; i++)
        if (list->position[i] != FY_SEARCH_NONE)
          {
            int from = (int) (list->position[i] / CELLS) - FIRST;
            int block = (int) (list->position[i] % CELLS) / each;

            changed |= block_differs (before->soft[from][class], after->soft[from][class], block);
            filled |= block_differs (nothing, after->soft[from][class], block);
          }
      n += changed && filled ? end - begin : 0;
    }
  return n;
}

static void
test_cost (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (3);
  g_auto (Judge) judge = { 0 };
  g_autoptr (FyFlow) flow = make_forward (&judge, random, 3);
  g_autofree Snapshot *before = g_new0 (Snapshot, 1), *after = g_new0 (Snapshot, 1);
  Trial trial = { .flow = flow, .judge = &judge };
  float *plane = judge.frame[0].soft[1];
  gint64 expected = 0;
  FyFlowStats stats;

  /* Nothing new costs nothing. */
  fy_flow_set_soft (flow, FIRST, judge.frame[0].soft[0]);
  g_assert_true (fy_flow_update (flow, NULL, NULL, &stats, NULL, NULL));
  g_assert_cmpint (stats.frames + stats.planes + stats.cells, ==, 0);

  /* One cell costs what can see it and what follows, in its class alone. */
  take_snapshot (&trial, before);
  plane[3 * WIDTH + 7] = 0.5f;
  fy_flow_set_plane (flow, FIRST, 1, plane);
  g_assert_true (fy_flow_update (flow, NULL, NULL, &stats, NULL, NULL));
  take_snapshot (&trial, after);
  for (int i = 1; i < N_FRAMES; i++)
    expected += count_seeing (judge.frame[i].list, 1, before, after);
  g_assert_cmpint (stats.cells, ==, expected);
  g_assert_cmpint (stats.planes, ==, stats.frames);
  g_assert_cmpint (stats.cells, <, (N_FRAMES - 1) * CELLS);
  check_same (&trial);

  /* What is empty costs nothing. */
  memset (plane, 0, CELLS * sizeof (float));
  fy_flow_set_plane (flow, FIRST, 1, NULL);
  g_assert_true (fy_flow_update (flow, NULL, NULL, &stats, NULL, NULL));
  g_assert_cmpint (stats.cells, ==, 0);
  check_same (&trial);
}

/* A vote for a frame that looks away from the change, or at it with no weight: it stops there. */
static void
test_stops (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (4);
  g_auto (Judge) judge = { 0 };
  g_autoptr (FyFlow) flow = make_forward (&judge, random, 2);
  Trial trial = { .flow = flow, .judge = &judge, .random = random };
  FyFlowStats stats;

  for (int i = 1; i < N_FRAMES; i++)
    {
      FyNeighbours *list = fy_neighbours_new (FIRST + i, CELLS, 2);

      for (int q = 0; q < CELLS; q++)
        {
          gboolean away = i >= 3 && q / WIDTH == HEIGHT / 2; /* sees this row, to no effect */

          list->position[2 * q] = (guint32) ((FIRST + i - 1) * CELLS + (i == 3 ? 0 : q));
          list->position[2 * q + 1] = (guint32) ((FIRST + i - 1) * CELLS + (away ? q : 0));
          list->score[2 * q] = 1.0f;
          list->score[2 * q + 1] = away ? -100.0f : 1.0f;
        }
      set_list (&trial, FIRST + i, list);
    }
  g_assert_true (fy_flow_update (flow, NULL, NULL, NULL, NULL, NULL));
  judge.frame[0].soft[1][HEIGHT / 2 * WIDTH + 2] = 0.75f;
  fy_flow_set_plane (flow, FIRST, 1, judge.frame[0].soft[1]);
  g_assert_true (fy_flow_update (flow, NULL, NULL, &stats, NULL, NULL));
  check_same (&trial);
  g_assert_cmpint (stats.frames, ==, 3); /* two that change, one that comes out the same */
}

static void
test_add_object (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (5);
  g_auto (Judge) judge = { 0 };
  g_autoptr (FyFlow) flow = make_forward (&judge, random, 3);
  g_autofree Snapshot *before = g_new0 (Snapshot, 1);
  g_autofree float *plane = g_new0 (float, CELLS);
  Trial trial = { .flow = flow, .judge = &judge };
  FyFlowStats stats;

  take_snapshot (&trial, before);
  plane[CELLS / 2] = 1.0f;
  fy_flow_insert_class (flow, 2);
  fy_flow_set_plane (flow, FIRST, 2, plane);
  g_assert_true (fy_flow_update (flow, NULL, NULL, &stats, NULL, NULL));
  g_assert_cmpint (stats.planes, >, 0);
  g_assert_cmpint (stats.planes, ==, stats.frames);
  g_assert_cmpfloat (plane_of (flow, FIRST, 2)[CELLS / 2], ==, 1.0f);
  for (int i = 0; i < N_FRAMES; i++)
    for (int c = 0; c < 3; c++)
      g_assert_cmpmem (plane_of (flow, FIRST + i, c < 2 ? c : 3), sizeof before->soft[i][c],
                       before->soft[i][c], sizeof before->soft[i][c]);
}

/* One object is corrected in a carried frame: the others there stay, background makes room. */
static void
test_correct (void)
{
  const int frame = FIRST + 4;
  g_autoptr (GRand) random = g_rand_new_with_seed (6);
  g_auto (Judge) judge = { 0 };
  g_autoptr (FyFlow) flow = make_forward (&judge, random, 3);
  g_autofree Snapshot *before = g_new0 (Snapshot, 1), *after = g_new0 (Snapshot, 1);
  g_autofree float *plane = g_new0 (float, CELLS);
  Trial trial = { .flow = flow, .judge = &judge };

  take_snapshot (&trial, before);
  for (int q = 0; q < CELLS; q++)
    plane[q] = q % 3 == 0 ? 0.6f : 0.0f;
  fy_flow_set_plane (flow, frame, 1, plane);
  g_assert_true (fy_flow_update (flow, NULL, NULL, NULL, NULL, NULL));
  take_snapshot (&trial, after);
  g_assert_true (fy_flow_is_hand (flow, frame, 1));
  g_assert_false (fy_flow_is_hand (flow, frame, 2));
  g_assert_cmpmem (after->soft[4][1], CELLS * sizeof (float), plane, CELLS * sizeof (float));
  g_assert_cmpmem (after->soft[4][2], CELLS * sizeof (float), before->soft[4][2],
                   CELLS * sizeof (float));
  for (int q = 0; q < CELLS; q++)
    g_assert_cmpfloat (after->soft[4][0][q], ==,
                       MAX (0.0f, 1.0f - (plane[q] + after->soft[4][2][q])));
  g_assert_cmpint (memcmp (after->soft[5][0], before->soft[5][0], sizeof before->soft[5][0]), !=,
                   0);
  g_assert_cmpint (memcmp (after->soft[5][1], before->soft[5][1], sizeof before->soft[5][1]), !=,
                   0);

  fy_flow_clear_plane (flow, frame, 1);
  g_assert_true (fy_flow_update (flow, NULL, NULL, NULL, NULL, NULL));
  take_snapshot (&trial, after);
  g_assert_cmpmem (after, sizeof *after, before, sizeof *before);
}

static void
check_known (FyFlow *flow, int frame, gboolean known)
{
  g_assert_true (fy_flow_update (flow, NULL, NULL, NULL, NULL, NULL));
  g_assert_cmpint (fy_flow_is_known (flow, frame), ==, known);
}

/* A frame reads one that comes later: it can as long as all classes are set there. */
static void
test_later (void)
{
  const int early = FIRST + 5, late = FIRST + 8;
  g_autoptr (GRand) random = g_rand_new_with_seed (7);
  g_auto (Judge) judge = { 0 };
  g_autoptr (FyFlow) flow = make_forward (&judge, random, 2);
  Trial trial = { .flow = flow, .judge = &judge };

  fy_flow_clear_hand (flow, FIRST); /* or every update would start there */
  set_list (&trial, early, judge_make_list (random, early, &late, 1, 3));
  check_known (flow, early, FALSE);
  fy_flow_set_plane (flow, late, 1, judge.frame[0].soft[1]);
  check_known (flow, early, FALSE);
  fy_flow_set_soft (flow, late, judge.frame[0].soft[0]);
  check_known (flow, early, TRUE);
  fy_flow_insert_class (flow, 1);
  check_known (flow, early, FALSE);
  fy_flow_remove_class (flow, 1);
  check_known (flow, early, TRUE);
  fy_flow_clear_plane (flow, late, 1);
  check_known (flow, early, FALSE);
  fy_flow_clear_hand (flow, late);
  check_known (flow, late, FALSE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/flow/edits", test_edits);
  g_test_add_func ("/flow/cost", test_cost);
  g_test_add_func ("/flow/stops", test_stops);
  g_test_add_func ("/flow/add-object", test_add_object);
  g_test_add_func ("/flow/correct", test_correct);
  g_test_add_func ("/flow/later", test_later);
  return g_test_run ();
}
