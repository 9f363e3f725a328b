/* SPDX-License-Identifier: MIT */
#include "flow-judge.h"

#include <math.h>
#include <string.h>

int
judge_rank (const Judge *judge, int frame)
{
  for (int i = 0; i < N_FRAMES; i++)
    if (judge->order[i] == frame)
      return i;
  return -1;
}

float
judge_cell (const FyNeighbours *list,
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

int
judge_count_hand (const Judge *judge, int frame)
{
  int n = 0;

  for (int c = 0; c < judge->n_classes; c++)
    n += judge->frame[frame - FIRST].hand[c];
  return n;
}

static gboolean
judge_carried (const Judge *judge, int rank)
{
  const JudgeFrame *frame = &judge->frame[judge->order[rank] - FIRST];

  for (int i = 0; frame->list != NULL && i < CELLS * frame->list->k; i++)
    if (frame->list->position[i] != FY_SEARCH_NONE)
      {
        int from = (int) (frame->list->position[i] / CELLS), at = judge_rank (judge, from);

        if (at < 0 || !(judge_count_hand (judge, from) == judge->n_classes ||
                        (at < rank && judge->frame[from - FIRST].known)))
          return FALSE;
      }
  return frame->list != NULL;
}

static void
judge_class (const Judge *judge, JudgeFrame *frame, int class)
{
  for (int q = 0; q < CELLS; q++)
    frame->soft[class][q] = !frame->carried
                                ? 0.0f
                                : judge_cell (frame->list, judge->temperature, q, judge_label,
                                              &(JudgeClass){ judge, class });
}

static void
judge_rest (const Judge *judge, JudgeFrame *frame)
{
  for (int q = 0; q < CELLS; q++)
    {
      float sum = 0.0f;

      for (int c = 1; c < judge->n_classes; c++)
        sum += frame->soft[c][q];
      frame->soft[0][q] = sum < 1.0f ? 1.0f - sum : 0.0f;
    }
}

void
judge_carry (Judge *judge)
{
  for (int rank = 0; rank < N_FRAMES; rank++)
    {
      JudgeFrame *frame = &judge->frame[judge->order[rank] - FIRST];
      int n_hand = judge_count_hand (judge, judge->order[rank]);

      frame->carried = judge_carried (judge, rank);
      frame->known = frame->carried || n_hand > 0;
      for (int c = 0; c < judge->n_classes && frame->known; c++)
        if (!frame->hand[c])
          judge_class (judge, frame, c);
      if (n_hand > 0 && !frame->hand[0])
        judge_rest (judge, frame);
    }
}

void
judge_clear (Judge *judge)
{
  for (int i = 0; i < N_FRAMES; i++)
    g_clear_pointer (&judge->frame[i].list, fy_neighbours_unref);
}
FyNeighbours *
judge_make_list (GRand *random, int frame, const int *source, int n_sources, int k)
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

FyNeighbours *
judge_make_random_list (GRand *random, const Judge *judge, int frame, gboolean odd)
{
  int source[2 * N_FRAMES + 1], n = 0, rank = judge_rank (judge, frame);

  for (int i = MAX (0, rank - 3); i < rank; i++)
    source[n++] = judge->order[i];
  for (int i = 0; i < N_FRAMES; i++)
    if (judge_count_hand (judge, FIRST + i) > 0 && FIRST + i != frame &&
        g_rand_int_range (random, 0, 4) == 0)
      source[n++] = FIRST + i;
  if (n == 0 || (odd && g_rand_int_range (random, 0, 8) == 0))
    source[n++] = g_rand_int_range (random, FIRST - 1, FIRST + N_FRAMES + 1);
  return judge_make_list (random, frame, source, n, g_rand_int_range (random, 1, 6));
}

void
judge_make_plane (GRand *random, float *plane)
{
  int x0 = g_rand_int_range (random, 0, WIDTH), x1 = g_rand_int_range (random, x0, WIDTH + 1);
  int y0 = g_rand_int_range (random, 0, HEIGHT), y1 = g_rand_int_range (random, y0, HEIGHT + 1);
  gboolean soft = g_rand_boolean (random);

  memset (plane, 0, CELLS * sizeof (float));
  for (int y = y0; y < y1; y++)
    for (int x = x0; x < x1; x++)
      plane[y * WIDTH + x] = soft ? (float) g_rand_double (random) : 1.0f;
}

void
judge_make_order (Judge *judge, GRand *random)
{
  int kind = g_rand_int_range (random, 0, 4), n = 0;
  int middle[] = { 0, N_FRAMES, g_rand_int_range (random, 0, N_FRAMES), 0 };

  for (int i = middle[kind]; i < N_FRAMES; i++)
    judge->order[n++] = FIRST + i;
  for (int i = middle[kind] - 1; i >= 0; i--)
    judge->order[n++] = FIRST + i;
  for (int i = 1; kind == 3 && i < N_FRAMES; i++)
    {
      int other = g_rand_int_range (random, 0, i + 1), frame = judge->order[i];

      judge->order[i] = judge->order[other];
      judge->order[other] = frame;
    }
}
