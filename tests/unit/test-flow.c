/* SPDX-License-Identifier: MIT */
/* Votes, carrying and the incremental flow against a slow version that carries everything anew. */
#include "propagate/flow.h"

#include <math.h>
#include <string.h>

#define WIDTH     23
#define HEIGHT    31
#define CELLS     (WIDTH * HEIGHT) /* a dozen blocks, the last one short */
#define FIRST     5                /* number of the first frame */
#define N_FRAMES  12
#define MOST      5 /* classes */
#define SEQUENCES 100
#define EDITS     16

static const float nothing[CELLS];

/* --- The judge --- */

typedef struct
{
  gboolean hand;
  gboolean known;
  FyNeighbours *list; /* NULL = not there */
  float soft[MOST][CELLS];
} JudgeFrame;

typedef struct
{
  int order[N_FRAMES];
  int n_classes;
  float temperature;
  JudgeFrame frame[N_FRAMES];
} Judge;

static int
rank_of (const Judge *judge, int frame)
{
  for (int i = 0; i < N_FRAMES; i++)
    if (judge->order[i] == frame)
      return i;
  return -1;
}

static float
slow_cell (const FyNeighbours *list,
           float temperature,
           int cell,
           const float *(*label) (const void *data, int frame),
           const void *data)
{
  const guint32 *position = list->position + cell * list->k;
  const float *score = list->score + cell * list->k;
  float weight[FY_SEARCH_MAX_K], sum = 0.0f, value = 0.0f;
  int n = 0;

  for (; n < list->k && position[n] != FY_SEARCH_NONE; n++)
    sum += weight[n] = expf ((score[n] - score[0]) / temperature);
  for (int j = 0; j < n; j++)
    {
      int frame = (int) (position[j] / (guint32) list->cells);

      value += weight[j] / sum * label (data, frame)[position[j] % (guint32) list->cells];
    }
  return value;
}

typedef struct
{
  const Judge *judge;
  int class;
} JudgeClass;

static const float *
judge_label (const void *data, int frame)
{
  const JudgeClass *self = data;

  return self->judge->frame[frame - FIRST].soft[self->class];
}

static gboolean
judge_known (const Judge *judge, int rank)
{
  const JudgeFrame *frame = &judge->frame[judge->order[rank] - FIRST];

  if (frame->hand || frame->list == NULL)
    return frame->hand;
  for (int i = 0; i < CELLS * frame->list->k; i++)
    if (frame->list->position[i] != FY_SEARCH_NONE)
      {
        int from = (int) (frame->list->position[i] / CELLS), at = rank_of (judge, from);

        if (at < 0 ||
            !(judge->frame[from - FIRST].hand || (at < rank && judge->frame[from - FIRST].known)))
          return FALSE;
      }
  return TRUE;
}

static void
judge_carry (Judge *judge)
{
  for (int rank = 0; rank < N_FRAMES; rank++)
    {
      JudgeFrame *frame = &judge->frame[judge->order[rank] - FIRST];

      frame->known = judge_known (judge, rank);
      for (int c = 0; c < judge->n_classes && frame->known && !frame->hand; c++)
        for (int q = 0; q < CELLS; q++)
          frame->soft[c][q] = slow_cell (frame->list, judge->temperature, q, judge_label,
                                         &(JudgeClass){ judge, c });
    }
}

static void
judge_clear (Judge *judge)
{
  for (int i = 0; i < N_FRAMES; i++)
    g_clear_pointer (&judge->frame[i].list, fy_neighbours_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Judge, judge_clear)

/* --- Made-up input --- */

/* Neighbours close by in the given frames; some rows are short, some of them to nothing. */
static FyNeighbours *
make_list (GRand *random, int frame, const int *source, int n_sources, int k)
{
  FyNeighbours *list = fy_neighbours_new (frame, CELLS, k);

  for (int q = 0; q < CELLS; q++)
    {
      int n = g_rand_int_range (random, 0, 20) == 0 ? g_rand_int_range (random, 0, k + 1) : k;
      float score = 1.0f;

      for (int j = 0; j < k; j++)
        {
          int from = source[g_rand_int_range (random, 0, n_sources)];
          gboolean far = g_rand_int_range (random, 0, 500) == 0;
          int reach = far ? HEIGHT : 1;
          int x = q % WIDTH + g_rand_int_range (random, -reach, reach + 1);
          int y = q / WIDTH + g_rand_int_range (random, -reach, reach + 1);
          int cell = CLAMP (y, 0, HEIGHT - 1) * WIDTH + CLAMP (x, 0, WIDTH - 1);

          score -= (float) g_rand_double_range (random, 0, 0.05);
          list->position[q * k + j] = j < n ? (guint32) (from * CELLS + cell) : FY_SEARCH_NONE;
          list->score[q * k + j] = j < n ? score : -INFINITY;
        }
    }
  return list;
}

/* A list over the few frames before this one in carrying order and over hand-made ones; if `odd`, now
 * and then over any, inside the range or outside. */
static FyNeighbours *
random_list (GRand *random, const Judge *judge, int frame, gboolean odd)
{
  int source[2 * N_FRAMES + 1], n = 0, rank = rank_of (judge, frame);

  for (int i = MAX (0, rank - 3); i < rank; i++)
    source[n++] = judge->order[i];
  for (int i = 0; i < N_FRAMES; i++)
    if (judge->frame[i].hand && FIRST + i != frame && g_rand_boolean (random))
      source[n++] = FIRST + i;
  if (n == 0 || (odd && g_rand_int_range (random, 0, 8) == 0))
    source[n++] = g_rand_int_range (random, FIRST - 1, FIRST + N_FRAMES + 1);
  return make_list (random, frame, source, n, g_rand_int_range (random, 1, 6));
}

/* A box of ones or of something between, on zeros. */
static void
random_plane (GRand *random, float *plane)
{
  int x0 = g_rand_int_range (random, 0, WIDTH), x1 = g_rand_int_range (random, x0, WIDTH + 1);
  int y0 = g_rand_int_range (random, 0, HEIGHT), y1 = g_rand_int_range (random, y0, HEIGHT + 1);
  gboolean soft = g_rand_boolean (random);

  memset (plane, 0, CELLS * sizeof (float));
  for (int y = y0; y < y1; y++)
    for (int x = x0; x < x1; x++)
      plane[y * WIDTH + x] = soft ? (float) g_rand_double (random) : 1.0f;
}

static void
make_order (Judge *judge, GRand *random)
{
  int middle = g_rand_int_range (random, 0, N_FRAMES), kind = g_rand_int_range (random, 0, 3);
  int n = 0;

  if (kind < 2) /* forwards or both ways from the middle; else backwards */
    middle = kind == 0 ? 0 : middle;
  else
    middle = N_FRAMES;
  for (int i = middle; i < N_FRAMES; i++)
    judge->order[n++] = FIRST + i;
  for (int i = middle - 1; i >= 0; i--)
    judge->order[n++] = FIRST + i;
}

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

  if (!judged->hand)
    memset (judged->soft, 0, sizeof judged->soft);
  judged->hand = TRUE;
  if (g_rand_int_range (trial->random, 0, 4) == 0)
    {
      memset (plane, 0, CELLS * sizeof (float));
      fy_flow_set_plane (trial->flow, frame, class, NULL);
      return;
    }
  if (g_rand_boolean (trial->random))
    random_plane (trial->random, plane);
  else
    plane[g_rand_int_range (trial->random, 0, CELLS)] = 0.25f;
  fy_flow_set_plane (trial->flow, frame, class, plane);
}

static void
set_soft (Trial *trial, int frame)
{
  JudgeFrame *judged = &trial->judge->frame[frame - FIRST];

  for (int c = 0; c < trial->judge->n_classes; c++)
    random_plane (trial->random, judged->soft[c]);
  judged->hand = TRUE;
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

      memmove (soft + class + 1, soft + class, (gsize) (judge->n_classes - class) * sizeof soft[0]);
      memset (soft + class, 0, sizeof soft[0]);
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

      memmove (soft + class, soft + class + 1, (gsize) (judge->n_classes - class) * sizeof soft[0]);
    }
  fy_flow_remove_class (trial->flow, class);
}

static void
edit (Trial *trial, gboolean complete)
{
  int frame = FIRST + g_rand_int_range (trial->random, 0, N_FRAMES);
  int class = g_rand_int_range (trial->random, 0, trial->judge->n_classes);
  JudgeFrame *judged = &trial->judge->frame[frame - FIRST];

  switch (g_rand_int_range (trial->random, 0, 16))
    {
    case 0:
      insert_class (trial);
      break;
    case 1:
      remove_class (trial);
      break;
    case 2:
    case 3:
      judged->hand = FALSE;
      fy_flow_clear_hand (trial->flow, frame);
      break;
    case 4:
      set_list (trial, frame, NULL);
      break;
    case 5:
      if (complete && judged->known)
        {
          judged->hand = TRUE;
          g_clear_pointer (&judged->list, fy_neighbours_unref);
          fy_flow_freeze (trial->flow, frame);
        }
      break;
    case 6:
    case 7:
      set_soft (trial, frame);
      break;
    case 8:
    case 9:
    case 10:
      set_plane (trial, frame, class);
      break;
    default:
      set_list (trial, frame, random_list (trial->random, trial->judge, frame, TRUE));
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
      g_assert_cmpint (fy_flow_is_hand (trial->flow, FIRST + i), ==, judged->hand);
      trial->n_carried += judged->known && !judged->hand;
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
run_sequence (guint32 seed, int *n_cancelled, int *n_carried)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (seed);
  g_auto (Judge) judge = { .n_classes = g_rand_int_range (random, 1, MOST), .temperature = 0.07f };
  g_autoptr (FyFlow) flow = NULL;
  Trial trial = { .judge = &judge, .random = random };
  gboolean complete = FALSE;

  make_order (&judge, random);
  trial.flow = flow = fy_flow_new (CELLS, judge.order, N_FRAMES);
  for (int c = 0; c < judge.n_classes; c++)
    fy_flow_insert_class (flow, c);
  set_soft (&trial, judge.order[0]);
  for (int i = 1; i < N_FRAMES; i++)
    set_list (&trial, judge.order[i], random_list (random, &judge, judge.order[i], FALSE));
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
}

static void
test_edits (void)
{
  int n_cancelled = 0, n_carried = 0;

  for (guint32 seed = 1; seed <= SEQUENCES; seed++)
    run_sequence (seed, &n_cancelled, &n_carried);
  g_test_message ("%d updates cancelled, %d frames compared", n_cancelled, n_carried);
  g_assert_cmpint (n_cancelled, >, SEQUENCES / 2); /* or resuming was hardly tried */
  g_assert_cmpint (n_carried, >, 20 * SEQUENCES);  /* or most frames were not to be known */
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
  judge->frame[0].hand = TRUE;
  fy_flow_set_soft (flow, FIRST, judge->frame[0].soft[0]);
  for (int i = 1; i < N_FRAMES; i++)
    {
      int source[] = { FIRST + i - 1, FIRST + MAX (0, i - 2), FIRST };

      set_list (&trial, FIRST + i, make_list (random, FIRST + i, source, 3, 4));
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

/* --- Votes and one frame --- */

static void
test_votes (void)
{
  static const int source[] = { 3, 40, 41 };
  const int k = 5;
  g_autoptr (GRand) random = g_rand_new_with_seed (1);
  g_autoptr (FyNeighbours) list = make_list (random, 42, source, 3, k);
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
    g_assert_cmpfloat (soft[q], ==, slow_cell (list, 0.1f, q, frame_label, source));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/flow/votes", test_votes);
  g_test_add_func ("/flow/large", test_large);
  g_test_add_func ("/flow/edits", test_edits);
  g_test_add_func ("/flow/cost", test_cost);
  g_test_add_func ("/flow/stops", test_stops);
  g_test_add_func ("/flow/add-object", test_add_object);
  return g_test_run ();
}
