/* SPDX-License-Identifier: MIT */
#include "match/neighbours.h"

#include <math.h>

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
  g_free (self->position);
  g_free (self->score);
  g_free (self);
}

/* How candidates count for one target frame. */
typedef struct
{
  guint32 first_begin; /* positions of the reference frame */
  guint32 first_end;
  int copies; /* times it stands in the recent slots */
} Counting;

/* Walks one row of a list. */
typedef struct
{
  const guint32 *position;
  const float *score;
  int left; /* entries */
} Walk;

static Walk
walk_row (const FyNeighbours *list, int cell)
{
  gsize at = (gsize) cell * (gsize) list->k;

  return (Walk){ list->position + at, list->score + at, list->k };
}

/* TRUE when there is an entry to take. */
static gboolean
has_entry (const Walk *walk)
{
  return walk->left > 0 && walk->position[0] != FY_SEARCH_NONE;
}

/* Takes the better of two rows' heads. */
static void
take (Walk *a, Walk *b, guint32 *position, float *score, gboolean *from_a)
{
  Walk *walk;

  *from_a = has_entry (a) && (!has_entry (b) || a->score[0] >= b->score[0]);
  walk = *from_a ? a : b;
  *position = walk->position[0];
  *score = walk->score[0];
  walk->position++;
  walk->score++;
  walk->left--;
}

/* Merges one row.  A cell of the reference frame inside the circle stands in both lists: once for
 * its own slot (reference), `copies` times for the recent slots it fills (local). */
static void
merge_row (Walk local,
           Walk reference,
           const Counting *counting,
           guint32 *position,
           float *score,
           int k)
{
  int n = 0;

  while (n < k && (has_entry (&local) || has_entry (&reference)))
    {
      guint32 at;
      float value;
      gboolean from_local;
      int times = 1;

      take (&local, &reference, &at, &value, &from_local);
      if (from_local && at >= counting->first_begin && at < counting->first_end)
        times = counting->copies;
      for (; times > 0 && n < k; times--, n++)
        {
          position[n] = at;
          score[n] = value;
        }
    }
  for (; n < k; n++)
    {
      position[n] = FY_SEARCH_NONE;
      score[n] = -INFINITY;
    }
}

FyNeighbours *
fy_neighbours_merge (const FyNeighbours *local,
                     const FyNeighbours *reference,
                     int first,
                     int context,
                     int topk)
{
  FyNeighbours *merged = fy_neighbours_new (local->frame, local->cells, topk);
  int age = local->frame - first;
  Counting counting = { .first_begin = (guint32) (first * local->cells),
                        .first_end = (guint32) ((first + 1) * local->cells),
                        .copies = MAX (context - age, 0) + 1 };

  for (int cell = 0; cell < local->cells; cell++)
    merge_row (walk_row (local, cell), walk_row (reference, cell), &counting,
               merged->position + (gsize) cell * (gsize) topk,
               merged->score + (gsize) cell * (gsize) topk, topk);
  return merged;
}
