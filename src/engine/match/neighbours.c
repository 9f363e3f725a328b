/* SPDX-License-Identifier: MIT */
#include "match/neighbours.h"

#include "base/parallel.h"

#include <math.h>
#include <string.h>

FyNeighbours *
fy_neighbours_new (int frame, int cells, int k)
{
  FyNeighbours *self = g_new0 (FyNeighbours, 1);

  g_atomic_ref_count_init (&self->refs);
  self->frame = frame;
  self->cells = cells;
  self->k = k;
  self->position = g_new (guint32, (gsize) cells * (gsize) k);
  self->score = g_new (float, (gsize) cells *(gsize) k);
  return self;
}

FyNeighbours *
fy_neighbours_ref (FyNeighbours *self)
{
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

void
fy_neighbours_unref (FyNeighbours *self)
{
  if (self == NULL || !g_atomic_ref_count_dec (&self->refs))
    return;
  if (self->bytes == NULL)
    {
      g_free (self->position);
      g_free (self->score);
      for (int p = 0; p < FY_FEATURES_MAX_PARTS; p++)
        g_free (self->part[p]);
    }
  g_clear_pointer (&self->bytes, g_bytes_unref);
  g_free (self);
}

/* --- Merging --- */

/* How candidates of the local list count. */
typedef struct
{
  guint32 first_begin; /* positions of the first frame */
  guint32 first_end;
  int copies; /* times it stands in the recent slots */
} Counting;

typedef struct
{
  guint32 position[FY_SEARCH_MAX_K];
  float score[FY_SEARCH_MAX_K];
} Row;

/* The first k of a local row, a cell of the first frame as often as it counts. */
static void
count_row (const guint32 *position, const float *score, int k, const Counting *counting, Row *row)
{
  int n = 0;

  if (counting->copies == 1)
    {
      memcpy (row->position, position, (gsize) k * sizeof *position);
      memcpy (row->score, score, (gsize) k * sizeof *score);
      return;
    }
  for (int i = 0; n < k; i++)
    {
      gboolean first = position[i] >= counting->first_begin && position[i] < counting->first_end;

      for (int times = first ? counting->copies : 1; times > 0 && n < k; times--, n++)
        {
          row->position[n] = position[i];
          row->score[n] = score[i];
        }
    }
}

/* The first k of two rows, of equal ones `row`'s before the other's; a row that has ended stands at
 * -infinity.  Which comes next is a toss-up: nothing may branch on it. */
static void
merge_rows (const Row *row, const guint32 *position, const float *score, int k, Row *merged)
{
  int other = 0;

  for (int n = 0; n < k; n++)
    {
      float a = row->score[n - other], b = score[other];
      guint32 at = row->position[n - other], mask = 0u - (guint32) (b > a);

      merged->score[n] = b > a ? b : a;
      merged->position[n] = at ^ ((at ^ position[other]) & mask);
      other -= (int) mask;
    }
}

typedef struct
{
  const FyNeighbours *const *list;
  int n;
  Counting counting;
  FyNeighbours *merged;
} Merge;

#define BAND 512 /* cells of an item */

static void
merge_band (int band, int worker, gpointer data)
{
  const Merge *merge = data;
  FyNeighbours *merged = merge->merged;
  int begin = band * BAND, end = MIN (begin + BAND, merged->cells);
  gsize size = (gsize) merged->k * sizeof (float);

  for (int cell = begin; cell < end; cell++)
    {
      Row rows[2];
      gsize at = (gsize) cell * (gsize) merge->list[0]->k;
      int latest = 0;

      count_row (merge->list[0]->position + at, merge->list[0]->score + at, merged->k,
                 &merge->counting, &rows[0]);
      for (int i = 1; i < merge->n; i++)
        {
          at = (gsize) cell * (gsize) merge->list[i]->k;
          if (merge->list[i]->score[at] > rows[latest].score[merged->k - 1])
            {
              merge_rows (&rows[latest], merge->list[i]->position + at, merge->list[i]->score + at,
                          merged->k, &rows[1 - latest]);
              latest = 1 - latest;
            }
        }
      at = (gsize) cell * (gsize) merged->k;
      memcpy (merged->position + at, rows[latest].position, size);
      memcpy (merged->score + at, rows[latest].score, size);
    }
}

static FyNeighbours *
merge_all (const FyNeighbours *const *list, int n, Counting counting, int k)
{
  Merge merge = { list, n, counting, fy_neighbours_new (list[0]->frame, list[0]->cells, k) };

  fy_parallel_for ((list[0]->cells + BAND - 1) / BAND, merge_band, &merge);
  return merge.merged;
}

FyNeighbours *
fy_neighbours_merge (const FyNeighbours *local,
                     const FyNeighbours *const *reference,
                     int n,
                     int first,
                     int context,
                     int topk)
{
  g_autofree const FyNeighbours **list = g_new (const FyNeighbours *, (gsize) n + 1);
  int age = ABS (local->frame - first);
  Counting counting = { .first_begin = (guint32) first * (guint32) local->cells,
                        .first_end = ((guint32) first + 1) * (guint32) local->cells,
                        .copies = MAX (context - age, 0) + 1 };

  list[0] = local;
  for (int i = 0; i < n; i++)
    list[i + 1] = reference[i];
  return merge_all (list, n + 1, counting, topk);
}

FyNeighbours *
fy_neighbours_union (const FyNeighbours *a, const FyNeighbours *b)
{
  const FyNeighbours *list[] = { a, b };

  return merge_all (list, 2, (Counting){ 0, 0, 1 }, MIN (a->k, b->k));
}

/* --- Other weights --- */

/* Rows have unit length but for their rounding to float16. */
#define LONGEST 1.001

/* The most  to . (f, s)  can be where  from . (f, s) <= last  and neither f nor s leaves
 * -LONGEST .. LONGEST: it is reached in a corner of what is left of the square. */
static double
most_unlisted (const float *from, const float *to, double last)
{
  double most = -HUGE_VAL;

  for (int edge = 0; edge < 4; edge++)
    {
      int held = edge / 2, free = 1 - held; /* one variable sits on an edge of the square */
      double value = edge % 2 ? LONGEST : -LONGEST, other = LONGEST;

      if (from[free] > 0.0f)
        other = MIN (LONGEST, (last - (double) from[held] * value) / (double) from[free]);
      else if ((double) from[held] * value > last)
        continue;
      if (other >= -LONGEST)
        most = MAX (most, (double) to[held] * value + (double) to[free] * other);
    }
  return most;
}

typedef struct
{
  const FyNeighbours *list;
  const float *from;
  const float *to;
  int topk;
  FyNeighbours *made;
  gint unproven;
} Reweigh;

/* Insertion sort, descending, stable: a row is short and nearly in order. */
static void
sort_row (guint32 *position, float *score, int k)
{
  for (int i = 1; i < k; i++)
    {
      guint32 at = position[i];
      float value = score[i];
      int j = i;

      for (; j > 0 && score[j - 1] < value; j--)
        {
          position[j] = position[j - 1];
          score[j] = score[j - 1];
        }
      position[j] = at;
      score[j] = value;
    }
}

static void
reweigh_band (int band, int worker, gpointer data)
{
  Reweigh *work = data;
  const FyNeighbours *list = work->list;
  int begin = band * BAND, end = MIN (begin + BAND, list->cells), k = list->k;

  for (int cell = begin; cell < end; cell++)
    {
      gsize row = (gsize) cell * (gsize) k;
      guint32 *position = work->made->position + row;
      float *score = work->made->score + row;
      gboolean full = list->position[row + (gsize) k - 1] != FY_SEARCH_NONE;

      for (gsize j = 0; j < (gsize) k; j++)
        {
          position[j] = list->position[row + j];
          score[j] = position[j] == FY_SEARCH_NONE ? -INFINITY
                                                   : work->to[0] * list->part[0][row + j] +
                                                         work->to[1] * list->part[1][row + j];
        }
      sort_row (position, score, k);
      /* 1e-6: what rounding can take from a score or add to it */
      if (full && (double) score[work->topk - 1] <
                      most_unlisted (work->from, work->to,
                                     (double) list->score[row + (gsize) k - 1] + 1e-6) +
                          1e-6)
        g_atomic_int_inc (&work->unproven);
    }
}

FyNeighbours *
fy_neighbours_reweigh (const FyNeighbours *list,
                       const float from[FY_FEATURES_MAX_PARTS],
                       const float to[FY_FEATURES_MAX_PARTS],
                       int topk,
                       int *unproven)
{
  Reweigh work = { list, from, to, topk, fy_neighbours_new (list->frame, list->cells, list->k), 0 };

  fy_parallel_for ((list->cells + BAND - 1) / BAND, reweigh_band, &work);
  *unproven = work.unproven;
  return work.made;
}
