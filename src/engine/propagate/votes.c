/* SPDX-License-Identifier: MIT */
#include "propagate/votes.h"

#include <math.h>
#include <string.h>

#define LEAST_BLOCK 64

/* --- Blocks --- */

int
fy_block_cells (int cells)
{
  return MAX (LEAST_BLOCK, (cells + FY_MAX_BLOCKS - 1) / FY_MAX_BLOCKS);
}

int
fy_n_blocks (int cells)
{
  int each = fy_block_cells (cells);

  return (cells + each - 1) / each;
}

FyBlocks
fy_blocks_all (int cells)
{
  FyBlocks all = { { 0 } };

  for (int block = 0; block < fy_n_blocks (cells); block++)
    fy_blocks_add (&all, block);
  return all;
}

FyBlocks
fy_blocks_filled (const float *plane, int cells)
{
  int each = fy_block_cells (cells);
  FyBlocks filled = { { 0 } };

  for (int begin = 0; begin < cells; begin += each)
    {
      int n = MIN (each, cells - begin);
      guint32 any = 0;

      for (int i = 0; i < n; i++)
        {
          guint32 bits;

          memcpy (&bits, plane + begin + i, sizeof bits);
          any |= bits;
        }
      if (any != 0)
        fy_blocks_add (&filled, begin / each);
    }
  return filled;
}

/* --- Votes --- */

/* Numbers the frames that a list reads. */
typedef struct
{
  double per_frame; /* 1 / cells */
  int cells;
  int first;     /* of the frames in `slot` */
  gint16 *slot;  /* by frame - first; -1 = none yet */
  guint8 *block; /* [cells] */
} Slots;

static int
frame_of (const Slots *slots, guint32 position)
{
  /* Exact: half a cell is far more than what rounding in double can move a 32-bit number. */
  return (int) (((double) position + 0.5) * slots->per_frame);
}

static void
slots_init (Slots *self, const FyNeighbours *list)
{
  gsize n = (gsize) list->cells * (gsize) list->k;
  guint32 least = FY_SEARCH_NONE, most = 0;
  int n_frames, each = fy_block_cells (list->cells);

  for (gsize i = 0; i < n; i++)
    {
      guint32 at = list->position[i];

      least = MIN (least, at);
      most = MAX (most, at == FY_SEARCH_NONE ? 0 : at);
    }
  *self = (Slots){ .per_frame = 1.0 / list->cells, .cells = list->cells };
  self->first = least == FY_SEARCH_NONE ? 0 : frame_of (self, least);
  n_frames = frame_of (self, most) - self->first + 1;
  self->slot = g_new (gint16, (gsize) MAX (n_frames, 1));
  memset (self->slot, -1, (gsize) MAX (n_frames, 1) * sizeof (gint16));
  self->block = g_new (guint8, (gsize) list->cells);
  for (int block = 0; block < fy_n_blocks (list->cells); block++)
    memset (self->block + block * each, block, (gsize) MIN (each, list->cells - block * each));
}

static void
add_source (FyVotes *self, int frame)
{
  int blocks = fy_n_blocks (self->cells), n = ++self->n_sources;

  g_assert (n <= 1 << (32 - FY_VOTE_CELL_BITS));
  self->source = g_renew (int, self->source, (gsize) n);
  self->source[n - 1] = frame;
  self->seen_by = g_renew (FyBlocks, self->seen_by, (gsize) (n * blocks));
  memset (self->seen_by + (n - 1) * blocks, 0, (gsize) blocks * sizeof (FyBlocks));
}

static guint32
voter_of (FyVotes *self, const Slots *slots, guint32 position)
{
  int frame = frame_of (slots, position);
  gint16 *slot = &slots->slot[frame - slots->first];

  if (*slot < 0)
    {
      *slot = (gint16) self->n_sources;
      add_source (self, frame);
    }
  return (guint32) *slot << FY_VOTE_CELL_BITS |
         (position - (guint32) frame * (guint32) slots->cells);
}

static void
weigh (const FyNeighbours *list, gsize row, float temperature, int n, float *weight)
{
  const float *score = list->score + row;
  float sum = 0.0f;

  for (int j = 0; j < n; j++)
    {
      weight[j] = expf ((score[j] - score[0]) / temperature);
      sum += weight[j];
    }
  for (int j = 0; j < n; j++)
    weight[j] /= sum;
}

static void
fill_row (FyVotes *self, const FyNeighbours *list, Slots *slots, float temperature, int cell)
{
  gsize row = (gsize) cell * (gsize) self->k;
  int n = 0, block = slots->block[cell], blocks = fy_n_blocks (self->cells);

  while (n < self->k && list->position[row + (gsize) n] != FY_SEARCH_NONE)
    {
      guint32 voter = voter_of (self, slots, list->position[row + (gsize) n]);
      int slot = (int) (voter >> FY_VOTE_CELL_BITS);

      fy_blocks_add (&self->seen_by[slot * blocks + slots->block[voter & FY_VOTE_CELL_MASK]],
                     block);
      self->voter[row + (gsize) n] = voter;
      n++;
    }
  weigh (list, row, temperature, n, self->weight + row);
  for (int j = n; j < self->k; j++)
    {
      self->voter[row + (gsize) j] = n > 0 ? self->voter[row] : 0;
      self->weight[row + (gsize) j] = 0.0f;
    }
}

FyVotes *
fy_votes_new (const FyNeighbours *list, float temperature)
{
  FyVotes *self = g_new0 (FyVotes, 1);
  gsize n = (gsize) list->cells * (gsize) list->k;
  Slots slots;

  g_assert (list->cells <= 1 << FY_VOTE_CELL_BITS);
  g_atomic_ref_count_init (&self->refs);
  self->frame = list->frame;
  self->cells = list->cells;
  self->k = list->k;
  self->voter = g_new (guint32, n);
  self->weight = g_new (float, n);
  slots_init (&slots, list);
  for (int cell = 0; cell < self->cells; cell++)
    fill_row (self, list, &slots, temperature, cell);
  g_free (slots.slot);
  g_free (slots.block);
  return self;
}

FyVotes *
fy_votes_ref (FyVotes *self)
{
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

void
fy_votes_unref (FyVotes *self)
{
  if (self == NULL || !g_atomic_ref_count_dec (&self->refs))
    return;
  g_free (self->source);
  g_free (self->voter);
  g_free (self->weight);
  g_free (self->seen_by);
  g_free (self);
}

FyBlocks
fy_votes_seeing (const FyVotes *self, int slot, FyBlocks from)
{
  const FyBlocks *seen_by = self->seen_by + (gsize) slot * (gsize) fy_n_blocks (self->cells);
  FyBlocks seeing = { { 0 } };

  for (int w = 0; w < FY_MAX_BLOCKS / 64; w++)
    for (guint64 left = from.word[w]; left != 0; left &= left - 1)
      seeing = fy_blocks_or (seeing, seen_by[64 * w + __builtin_ctzll (left)]);
  return seeing;
}
