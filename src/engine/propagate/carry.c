/* SPDX-License-Identifier: MIT */
#include "propagate/carry.h"

#include "base/parallel.h"

#include <string.h>

#define RUN      64    /* cells computed before they are compared with what was there */
#define ITEM     16384 /* votes that are worth handing to another core */
#define TOGETHER 4     /* classes at once */
#define LINE     16    /* floats of a line of the cache */

/* A block of some classes. */
typedef struct
{
  int block;
  int n_classes;
  int class[TOGETHER];
} Task;

typedef struct
{
  const FyVotes *votes;
  FyCarried *class;
  const float **source; /* [n_classes, n_sources] */
  int n_classes;
  Task *task; /* [n_tasks] block after block: what one reads is cached for the next */
  int n_tasks;
  int step;       /* tasks of an item */
  guint8 *result; /* [n_classes, FY_MAX_BLOCKS] CHANGED | FILLED */
} Carry;

enum
{
  CHANGED = 1,
  FILLED = 2
};

/* Sums up to TOGETHER classes at once, so that the votes are read once for all.  Planes lie apart: a
 * vector of votes would have to gather their addresses before their labels, which takes as long. */
static inline __attribute__ ((always_inline)) void
gather (const FyVotes *votes,
        const float *const *const *source,
        int n_classes,
        int begin,
        int n,
        float sums[][RUN])
{
  gsize k = (gsize) votes->k;
  const guint32 *voter = votes->voter + (gsize) begin * k;
  const float *weight = votes->weight + (gsize) begin * k;

  for (int i = 0; i < n; i++, voter += k, weight += k)
    {
      float sum[TOGETHER] = { 0.0f };

      for (gsize j = 0; j < k; j++)
        {
          guint32 slot = voter[j] >> FY_VOTE_CELL_BITS, cell = voter[j] & FY_VOTE_CELL_MASK;

          for (int c = 0; c < n_classes; c++)
            sum[c] += weight[j] * source[c][slot][cell];
        }
      for (int c = 0; c < n_classes; c++)
        sums[c][i] = sum[c];
    }
}

static void
gather_any (const FyVotes *votes,
            const float *const *const *source,
            int n_classes,
            int begin,
            int n,
            float sums[][RUN])
{
  switch (n_classes)
    {
    case 1:
      gather (votes, source, 1, begin, n, sums);
      break;
    case 2:
      gather (votes, source, 2, begin, n, sums);
      break;
    case 3:
      gather (votes, source, 3, begin, n, sums);
      break;
    default:
      gather (votes, source, TOGETHER, begin, n, sums);
    }
}

/* Puts what was computed in the place of what was there.  Returns CHANGED | FILLED. */
static int
put (const float *sums, int n, float *label)
{
  gsize size = (gsize) n * sizeof (float);
  int result = 0;

  for (int i = 0; i < n; i++)
    result |= sums[i] != 0.0f ? FILLED : 0;
  if (memcmp (sums, label, size) == 0)
    return result;
  memcpy (label, sums, size);
  return result | CHANGED;
}

/* Asks for all that the tasks [begin, end) of the same few classes read: many planes, each a little
 * at a time, are more than a processor foresees. */
static void
fetch (const Carry *carry, int begin, int end)
{
  const FyVotes *votes = carry->votes;
  int n_blocks = fy_n_blocks (votes->cells), each = fy_block_cells (votes->cells);
  int first = carry->task[begin].class[0] / TOGETHER * TOGETHER;
  FyBlocks target = { { 0 } };

  for (int i = begin; i < end; i++)
    fy_blocks_add (&target, carry->task[i].block);
  for (int slot = 0; slot < votes->n_sources; slot++)
    for (int c = first; c < MIN (first + TOGETHER, carry->n_classes); c++)
      {
        const float *source = carry->source[c * votes->n_sources + slot];
        const FyBlocks *seen_by = votes->seen_by + slot * n_blocks;

        for (int block = 0; block < n_blocks; block++)
          if (fy_blocks_any (fy_blocks_and (seen_by[block], target)))
            for (int cell = block * each; cell < MIN ((block + 1) * each, votes->cells);
                 cell += LINE)
              __builtin_prefetch (source + cell, 0, 2);
      }
}

/* The end of the tasks from `begin` on, before `end`, that are of the same few classes. */
static int
find_end (const Carry *carry, int begin, int end)
{
  int i = begin + 1;

  while (i < end && carry->task[i].class[0] / TOGETHER == carry->task[begin].class[0] / TOGETHER)
    i++;
  return i;
}

static void
carry_item (int item, int worker, gpointer data)
{
  const Carry *carry = data;
  const FyVotes *votes = carry->votes;
  int each = fy_block_cells (votes->cells);
  int begin = item * carry->step, end = MIN (begin + carry->step, carry->n_tasks), fetched = begin;

  for (int i = begin; i < end; i++)
    {
      Task task = carry->task[i];
      const float *const *source[TOGETHER];
      int last = MIN ((task.block + 1) * each, votes->cells);

      if (i == fetched)
        fetch (carry, i, fetched = find_end (carry, i, end));
      for (int c = 0; c < task.n_classes; c++)
        source[c] = carry->source + task.class[c] * votes->n_sources;
      for (int cell = task.block * each; cell < last; cell += RUN)
        {
          float sums[TOGETHER][RUN];
          int n = MIN (RUN, last - cell);

          gather_any (votes, source, task.n_classes, cell, n, sums);
          for (int c = 0; c < task.n_classes; c++)
            carry->result[task.class[c] * FY_MAX_BLOCKS + task.block] |=
                (guint8) put (sums[c], n, carry->class[task.class[c]].plane->label + cell);
        }
    }
}

/* Blocks in which something of a class can be seen. */
static FyBlocks
reached (const FyVotes *votes, const FyPlane *const *source)
{
  FyBlocks all = fy_blocks_all (votes->cells), blocks = { { 0 } };

  for (int slot = 0; slot < votes->n_sources; slot++)
    if (source[slot]->label != NULL && fy_blocks_any (fy_blocks_less (all, blocks)))
      blocks = fy_blocks_or (blocks, fy_votes_seeing (votes, slot, source[slot]->filled));
  return blocks;
}

/* Empties wanted blocks that nothing reaches; the rest is left in `wanted`, with a plane to go to. */
static void
prepare (FyCarried *class, const FyVotes *votes, const float *nothing, const float **source)
{
  FyBlocks blocks = reached (votes, class->source);
  int each = fy_block_cells (votes->cells);

  class->n_cells = 0;
  class->changed = fy_blocks_and (fy_blocks_less (class->wanted, blocks), class->plane->filled);
  class->plane->filled = fy_blocks_less (class->plane->filled, class->changed);
  for (int block = 0; block < fy_n_blocks (votes->cells); block++)
    if (fy_blocks_has (class->changed, block))
      memset (class->plane->label + block * each, 0,
              (gsize) MIN (each, votes->cells - block * each) * sizeof (float));
  class->wanted = fy_blocks_and (class->wanted, blocks);
  if (fy_blocks_any (class->wanted) && class->plane->label == NULL)
    class->plane->label = g_new0 (float, (gsize) votes->cells);
  for (int slot = 0; slot < votes->n_sources; slot++)
    source[slot] = class->source[slot]->label != NULL ? class->source[slot]->label : nothing;
}

static void
finish (FyCarried *class, const guint8 *result, int cells)
{
  int each = fy_block_cells (cells);

  class->plane->filled = fy_blocks_less (class->plane->filled, class->wanted);
  for (int block = 0; block < fy_n_blocks (cells); block++)
    if (fy_blocks_has (class->wanted, block))
      {
        class->n_cells += MIN (each, cells - block * each);
        if (result[block] & CHANGED)
          fy_blocks_add (&class->changed, block);
        if (result[block] & FILLED)
          fy_blocks_add (&class->plane->filled, block);
      }
  if (!fy_blocks_any (class->plane->filled))
    g_clear_pointer (&class->plane->label, g_free);
}

/* Makes items that are worth another core.  Returns their number. */
static int
plan (Carry *carry)
{
  int votes = fy_block_cells (carry->votes->cells) * carry->votes->k;

  for (int first = 0; first < carry->n_classes; first += TOGETHER)
    for (int block = 0; block < fy_n_blocks (carry->votes->cells); block++)
      {
        Task task = { block };

        for (int c = first; c < MIN (first + TOGETHER, carry->n_classes); c++)
          if (fy_blocks_has (carry->class[c].wanted, block))
            task.class[task.n_classes++] = c;
        if (task.n_classes > 0)
          carry->task[carry->n_tasks++] = task;
      }
  carry->step = ITEM / votes + 1;
  return (carry->n_tasks + carry->step - 1) / carry->step;
}

void
fy_carry_classes (const FyVotes *votes, FyCarried *class, int n_classes)
{
  gsize n_sources = (gsize) votes->n_sources;
  g_autofree float *nothing = g_new0 (float, (gsize) votes->cells);
  g_autofree const float **source = g_new0 (const float *, (gsize) n_classes *n_sources + 1);
  g_autofree guint8 *result = g_new0 (guint8, (gsize) n_classes * FY_MAX_BLOCKS);
  g_autofree Task *task = g_new (Task, (gsize) n_classes * FY_MAX_BLOCKS);
  Carry carry = { votes, class, source, n_classes, .task = task, .result = result };
  int n_items;

  for (int c = 0; c < n_classes; c++)
    prepare (&class[c], votes, nothing, source + (gsize) c * n_sources);
  n_items = plan (&carry);
  if (n_items > 0)
    fy_parallel_for (n_items, carry_item, &carry);
  for (int c = 0; c < n_classes; c++)
    finish (&class[c], result + c * FY_MAX_BLOCKS, votes->cells);
}

void
fy_carry_all (const FyVotes *votes, const FyPlane *const *source, int n_classes, float *soft)
{
  gsize n_sources = (gsize) votes->n_sources, cells = (gsize) votes->cells;
  gsize n = (gsize) n_classes, size = cells * sizeof (float);
  g_autofree const FyPlane **from = g_new (const FyPlane *, n *n_sources + 1);
  g_autofree FyPlane *plane = g_new0 (FyPlane, n);
  g_autofree FyCarried *class = g_new0 (FyCarried, n);

  for (gsize c = 0; c < n; c++)
    {
      for (gsize slot = 0; slot < n_sources; slot++)
        from[c * n_sources + slot] = &source[votes->source[slot]][c];
      class[c] = (FyCarried){ from + c * n_sources, fy_blocks_all (votes->cells), &plane[c] };
    }
  fy_carry_classes (votes, class, n_classes);
  for (gsize c = 0; c < n; c++)
    {
      if (plane[c].label != NULL)
        memcpy (soft + c * cells, plane[c].label, size);
      else
        memset (soft + c * cells, 0, size);
      g_free (plane[c].label);
    }
}

FyPlane *
fy_planes_new (const float *soft, int n_classes, int cells)
{
  FyPlane *planes = g_new (FyPlane, (gsize) n_classes);

  for (int c = 0; c < n_classes; c++)
    {
      const float *label = soft + (gsize) c * (gsize) cells;

      planes[c] = (FyPlane){ (float *) label, fy_blocks_filled (label, cells) };
    }
  return planes;
}

void
fy_carry (const FyNeighbours *list,
          float temperature,
          const float *const *source,
          int n_classes,
          float *soft)
{
  g_autoptr (FyVotes) votes = fy_votes_new (list, temperature);
  g_autoptr (GPtrArray) planes = g_ptr_array_new_with_free_func (g_free);

  for (int slot = 0; slot < votes->n_sources; slot++)
    {
      int frame = votes->source[slot];

      g_ptr_array_set_size (planes, MAX ((int) planes->len, frame + 1));
      g_ptr_array_index (planes, frame) = fy_planes_new (source[frame], n_classes, votes->cells);
    }
  fy_carry_all (votes, (const FyPlane *const *) planes->pdata, n_classes, soft);
}
