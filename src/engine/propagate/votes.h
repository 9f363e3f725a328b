/* SPDX-License-Identifier: MIT */
/* Which cells a cell takes its label from, and how much from each: the neighbour list of one target
 * frame with its softmax weights, made ready for carrying.
 *
 * Cells are taken together in blocks, runs of at least 64 cells, never more than 128 of them a frame,
 * so that a set of blocks is two words.  Votes know which blocks can see which: what changed or what
 * is empty is followed by block, without looking at each vote.
 *
 * Immutable once made; reference-counted; any thread. */
#pragma once

#include "match/neighbours.h"

G_BEGIN_DECLS

#define FY_MAX_BLOCKS 128

/* A set of blocks of one frame. */
typedef struct
{
  guint64 word[FY_MAX_BLOCKS / 64];
} FyBlocks;

/* Cells of a block, the last of a frame aside. */
int fy_block_cells (int cells);
int fy_n_blocks (int cells);

/* All blocks of a frame. */
FyBlocks fy_blocks_all (int cells);

/* The blocks of a plane that are not all zero bits.  plane: [cells]. */
FyBlocks fy_blocks_filled (const float *plane, int cells);

static inline gboolean
fy_blocks_any (FyBlocks a)
{
  return (a.word[0] | a.word[1]) != 0;
}

static inline gboolean
fy_blocks_has (FyBlocks a, int block)
{
  return (a.word[block / 64] >> (block % 64) & 1) != 0;
}

static inline void
fy_blocks_add (FyBlocks *a, int block)
{
  a->word[block / 64] |= G_GUINT64_CONSTANT (1) << (block % 64);
}

static inline FyBlocks
fy_blocks_or (FyBlocks a, FyBlocks b)
{
  return (FyBlocks){ { a.word[0] | b.word[0], a.word[1] | b.word[1] } };
}

static inline FyBlocks
fy_blocks_and (FyBlocks a, FyBlocks b)
{
  return (FyBlocks){ { a.word[0] & b.word[0], a.word[1] & b.word[1] } };
}

/* What is in `a` and not in `b`. */
static inline FyBlocks
fy_blocks_less (FyBlocks a, FyBlocks b)
{
  return (FyBlocks){ { a.word[0] & ~b.word[0], a.word[1] & ~b.word[1] } };
}

#define FY_VOTE_CELL_BITS 20 /* so at most 2^20 cells, 2^12 source frames */
#define FY_VOTE_CELL_MASK ((1u << FY_VOTE_CELL_BITS) - 1)

typedef struct
{
  gatomicrefcount refs;
  int frame; /* target */
  int cells;
  int k;
  int n_sources;
  int *source;       /* [n_sources] frames that are read, in the order of their slots          */
  guint32 *voter;    /* [cells, k] slot << FY_VOTE_CELL_BITS | cell                            */
  float *weight;     /* [cells, k] a row sums to 1; 0 where the list is short, voter = the first */
  FyBlocks *seen_by; /* [n_sources, blocks] which of the target's blocks read this one         */
} FyVotes;

/* weight[q, j] = softmax (score[q] / temperature), float32 in the order of the row.
 *
 * list          merged neighbours; a row without any votes for nothing: its labels are 0
 * temperature   > 0
 * Returns:      (transfer full) one frame's, made on the calling thread: spread frames over the cores
 * Source:       propagation.md section 4. */
FyVotes *fy_votes_new (const FyNeighbours *list, float temperature);
FyVotes *fy_votes_ref (FyVotes *self);
void fy_votes_unref (FyVotes *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FyVotes, fy_votes_unref)

/* The blocks of the target that read any block of `from` in the frame of `slot`. */
FyBlocks fy_votes_seeing (const FyVotes *self, int slot, FyBlocks from);

G_END_DECLS
