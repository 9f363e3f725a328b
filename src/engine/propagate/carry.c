/* SPDX-License-Identifier: MIT */
#include "propagate/carry.h"

#include "base/parallel.h"

#include <string.h>

#define RUN       64    /* cells computed before they are compared with what was there */
#define ITEM      16384 /* votes that are worth handing to another core */
#define CELL_MASK ((1u << FY_VOTE_CELL_BITS) - 1)

typedef struct
{
  const FyVotes *votes;
  FyCarried *class;
  const float **source; /* [n_classes, n_sources] */
  int n_classes;
  int *block; /* [n_blocks] that any class wants */
  int n_blocks;
  int step;       /* blocks of an item */
  guint8 *result; /* [n_classes, FY_MAX_BLOCKS] CHANGED | FILLED */
} Carry;

enum
{
  CHANGED = 1,
  FILLED = 2
};

/* One vote after the other: as planes lie apart, a vector of votes would have to gather their
 * addresses before it gathers labels, which takes as long. */
static void
gather (const FyVotes *votes, const float *const *source, int begin, int n, float *out)
{
  gsize k = (gsize) votes->k;
  const guint32 *voter = votes->voter + (gsize) begin * k;
  const float *weight = votes->weight + (gsize) begin * k;

  for (int i = 0; i < n; i++, voter += k, weight += k)
    {
      float sum = 0.0f;

      for (gsize j = 0; j < k; j++)
        sum += weight[j] * source[voter[j] >> FY_VOTE_CELL_BITS][voter[j] & CELL_MASK];
      out[i] = sum;
    }
}

/* Returns CHANGED | FILLED. */
static int
carry_block (const FyVotes *votes, const float *const *source, int block, float *label)
{
  int each = fy_block_cells (votes->cells), result = 0;
  int end = MIN ((block + 1) * each, votes->cells);

  for (int begin = block * each; begin < end; begin += RUN)
    {
      float sums[RUN];
      int n = MIN (RUN, end - begin);
      gsize size = (gsize) n * sizeof (float);

      gather (votes, source, begin, n, sums);
      for (int i = 0; i < n; i++)
        result |= sums[i] != 0.0f ? FILLED : 0;
      if (memcmp (sums, label + begin, size) != 0)
        {
          memcpy (label + begin, sums, size);
          result |= CHANGED;
        }
    }
  return result;
}

static void
carry_item (int item, int worker, gpointer data)
{
  const Carry *carry = data;
  int begin = item * carry->step, end = MIN (begin + carry->step, carry->n_blocks);

  for (int c = 0; c < carry->n_classes; c++)
    for (int i = begin; i < end; i++)
      if (fy_blocks_has (carry->class[c].wanted, carry->block[i]))
        carry->result[c * FY_MAX_BLOCKS + carry->block[i]] =
            (guint8) carry_block (carry->votes, carry->source + c * carry->votes->n_sources,
                                  carry->block[i], carry->class[c].plane->label);
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

/* Work in items large enough to be worth another core.  Returns the number of items. */
static int
plan (Carry *carry)
{
  int each = fy_block_cells (carry->votes->cells), n = fy_n_blocks (carry->votes->cells);
  gsize wanted = 0, votes;

  for (int block = 0; block < n; block++)
    {
      gsize before = wanted;

      for (int c = 0; c < carry->n_classes; c++)
        wanted += fy_blocks_has (carry->class[c].wanted, block);
      if (wanted > before)
        carry->block[carry->n_blocks++] = block;
    }
  if (wanted == 0)
    return 0;
  votes = wanted * (gsize) each * (gsize) carry->votes->k / (gsize) carry->n_blocks;
  carry->step = (int) (ITEM / MAX (votes, 1)) + 1;
  return (carry->n_blocks + carry->step - 1) / carry->step;
}

void
fy_carry_classes (const FyVotes *votes, FyCarried *class, int n_classes)
{
  gsize n_sources = (gsize) votes->n_sources;
  g_autofree float *nothing = g_new0 (float, (gsize) votes->cells);
  g_autofree const float **source = g_new0 (const float *, (gsize) n_classes *n_sources + 1);
  g_autofree guint8 *result = g_new0 (guint8, (gsize) n_classes * FY_MAX_BLOCKS);
  int block[FY_MAX_BLOCKS], n_items;
  Carry carry = { votes, class, source, n_classes, .block = block, .result = result };

  for (int c = 0; c < n_classes; c++)
    prepare (&class[c], votes, nothing, source + (gsize) c * n_sources);
  n_items = plan (&carry);
  if (n_items > 0)
    fy_parallel_for (n_items, carry_item, &carry);
  for (int c = 0; c < n_classes; c++)
    finish (&class[c], result + c * FY_MAX_BLOCKS, votes->cells);
}

void
fy_carry (const FyNeighbours *list,
          float temperature,
          const float *const *source,
          int n_classes,
          float *soft)
{
  g_autoptr (FyVotes) votes = fy_votes_new (list, temperature);
  gsize n_sources = (gsize) votes->n_sources, cells = (gsize) votes->cells;
  g_autofree FyPlane *from = g_new0 (FyPlane, n_sources);
  g_autofree const FyPlane **by_slot = g_new0 (const FyPlane *, n_sources);

  for (gsize slot = 0; slot < n_sources; slot++)
    by_slot[slot] = &from[slot];
  memset (soft, 0, (gsize) n_classes * cells * sizeof (float));
  for (gsize c = 0; c < (gsize) n_classes; c++)
    {
      FyPlane plane = { NULL };
      FyCarried class = { by_slot, fy_blocks_all (votes->cells), &plane };

      for (gsize slot = 0; slot < n_sources; slot++)
        {
          from[slot].label = (float *) source[votes->source[slot]] + c * cells;
          from[slot].filled = fy_blocks_filled (from[slot].label, votes->cells);
        }
      fy_carry_classes (votes, &class, 1);
      if (plane.label != NULL)
        memcpy (soft + c * cells, plane.label, cells * sizeof (float));
      g_free (plane.label);
    }
}
