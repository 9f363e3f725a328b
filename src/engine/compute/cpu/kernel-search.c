/* SPDX-License-Identifier: MIT */
/* Exact top-k search over context frames that computes few similarities in full.
 *
 * With leading coefficients a1, b1 in an orthonormal basis and the lengths of what is left, a2, b2:
 *   <a, b>  <=  <a1, b1> + |a2| |b2|                                          (Cauchy-Schwarz)
 * so the product of two "index vectors" (coefficients, then the length of the rest) bounds the
 * similarity.  A candidate whose bound lies below the k-th best so far cannot enter the list.  Short
 * index vectors are tried on whole rows of candidates at once, long ones on what survives, as many at
 * once as a vector has lanes, and only the rest is computed in full.  Both are of 16-bit integers where
 * two products of these cost as much as one in float32; the bounds make up for the rounding.
 *
 * How much a bound excludes hangs on how good the list is already.  In the first frame it is not: there
 * the bounds are kept, and the candidates with the largest ones come first.
 *
 * Features that no few axes describe (an untrained network's) leave most candidates standing.  Where
 * that happens the first part's product is computed for a block as a whole, which costs a third of
 * doing it one by one, and bounds what is left.
 *
 * Targets side by side walk a context frame together, so that its rows are read once.  Built once per
 * instruction set. */
#include "compute/cpu/kernel-target.h"

#include <math.h>

#if FY_LANES == 16
#define GROUP 8 /* targets side by side that share loads: 2 GROUP running sums fit the registers */
#else
#define GROUP 4
#endif
#define BLOCK (2 * FY_LANES) /* candidates of a step */
#define DENSE 3              /* a block is dense when more than 1 in DENSE survives */

/* Targets by candidates whose products stay in registers. */
#define TILE_TARGETS 4
#if FY_LANES == 16
#define TILE_CANDIDATES 4
#else
#define TILE_CANDIDATES 2
#endif

typedef struct
{
  const FyCpuSearch *job;
  int k;
  int x0;      /* of the tile                             */
  int columns; /* targets a row, 1 .. GROUP               */
  int rows;    /* 1 .. FY_SEARCH_BAND                     */
  float unit;  /* of the targets' index vectors           */
  Target target[FY_SEARCH_BAND][GROUP];
} Tile;

/* weight * <a, b> of a part */
FY_INLINE float
part_similarity (const FyCpuSearch *job,
                 const FyCpuFrame *context,
                 gsize target,
                 gsize cell,
                 int part)
{
  gsize n = (gsize) job->channels[part];

  return job->params->weight[part] *
         fy_dot (job->target.part[part] + target * n, context->part[part] + cell * n, (int) n);
}

float
FY_KERNEL (similarity) (const FyCpuSearch *job, const FyCpuFrame *context, gsize target, gsize cell)
{
  float sum = part_similarity (job, context, target, cell, 0);

  for (int p = 1; p < job->params->n_parts; p++)
    sum += part_similarity (job, context, target, cell, p);
  return sum;
}

/* Half the width, in cells, of the allowed row at distance dy; -1 where no cell is allowed. */
static int
half_width (const FyCpuSearch *job, int dy)
{
  int radius = job->params->radius;
  int square = radius * radius - dy * dy;
  int dx;

  if (radius == 0)
    return job->width;
  if (square <= 0)
    return -1;
  dx = (int) sqrtf ((float) square);
  while (dx * dx >= square)
    dx--;
  while ((dx + 1) * (dx + 1) < square)
    dx++;
  return dx;
}

static float
unit_of (const Tile *tile, const FyCpuFrame *context)
{
  return FY_PAIRS ? tile->unit * context->unit : 1.0f;
}

static const float *
long_row (const Tile *tile, const FyCpuFrame *context, gsize cell)
{
  return context->rows + cell * LONG_WORDS * (gsize) tile->job->params->n_parts;
}

/* Bounds of FY_LANES candidates by a part of their long vectors. */
FY_INLINE FyVector
bound_long (const Tile *tile,
            const FyCpuFrame *context,
            const Target *target,
            const guint32 cell[FY_LANES],
            int part)
{
  const float *row[FY_LANES];
  FySum sum[FY_LANES];
  FyVector lanes[FY_LANES];

  FY_UNROLL
  for (int i = 0; i < FY_LANES; i++)
    {
      row[i] = long_row (tile, context, cell[i]) + part * LONG_WORDS;
      sum[i] = fy_sum_fill (0);
    }
  for (int c = 0; c < LONG_WORDS; c += FY_LANES)
    {
      FySum a;

      memcpy (&a, target->longer + part * LONG_WORDS + c, sizeof a);
      FY_UNROLL
      for (int i = 0; i < FY_LANES; i++)
        sum[i] = fy_sum_add (sum[i], a, fy_vector_load (row[i] + c));
    }
  FY_UNROLL
  for (int i = 0; i < FY_LANES; i++)
    lanes[i] = fy_sum_to_vector (sum[i]);
  return fy_vector_fill (unit_of (tile, context)) * fy_vector_sums (lanes);
}

/* Looks at a candidate of which a bound of the second part is known. */
static void
consider (Tile *tile, Target *target, int slot, gsize cell, float second)
{
  const FyCpuSearch *job = tile->job;
  const FyCpuFrame *context = &job->context[slot];
  gsize cells = (gsize) job->height * (gsize) job->width;
  float score = part_similarity (job, context, target->cell, cell, 0);

  if (target->n == tile->k && score + second + job->long_slack < target->threshold)
    return;
  for (int p = 1; p < job->params->n_parts; p++)
    score += part_similarity (job, context, target->cell, cell, p);
  offer (target, tile->k, (guint32) ((gsize) slot * cells + cell), score);
}

/* Asks for memory that is needed soon. */
FY_INLINE void
fetch (const float *from, int floats)
{
  for (int i = 0; i < floats; i += 16)
    __builtin_prefetch (from + i);
}

/* Looks at the candidates that wait. */
static void
consider_waiting (Tile *tile, Target *target, int slot)
{
  const FyCpuSearch *job = tile->job;
  const FyCpuFrame *context = &job->context[slot];
  float second[FY_LANES] = { 0 };
  FyVector bound;
  unsigned left;

  if (target->n_waiting == 0)
    return;
  for (int i = target->n_waiting; i < FY_LANES; i++)
    target->waiting[i] = target->waiting[0];
  bound = bound_long (tile, context, target, target->waiting, 0);
  if (job->params->n_parts == 2)
    {
      FyVector more = bound_long (tile, context, target, target->waiting, 1);

      fy_vector_store (second, more);
      bound += more;
    }
  left = fy_vector_mask_ge (bound + fy_vector_fill (job->long_slack),
                            fy_vector_fill (target->threshold));
  left &= (2u << (target->n_waiting - 1)) - 1;
  for (unsigned ahead = left; ahead != 0; ahead &= ahead - 1)
    fetch (context->part[0] + target->waiting[__builtin_ctz (ahead)] * (gsize) job->channels[0],
           job->channels[0]);
  for (target->n_waiting = 0; left != 0; left &= left - 1)
    {
      int i = __builtin_ctz (left);

      consider (tile, target, slot, target->waiting[i], second[i]);
    }
}

/* Has a candidate wait until there are as many as a vector has lanes. */
FY_INLINE void
put_off (Tile *tile, Target *target, int slot, gsize cell)
{
  fetch (long_row (tile, &tile->job->context[slot], cell), LONG_WORDS * tile->job->params->n_parts);
  target->waiting[target->n_waiting++] = (guint32) cell;
  if (target->n_waiting == FY_LANES)
    consider_waiting (tile, target, slot);
}

static const float *
plane_row (const Tile *tile, const FyCpuFrame *frame, int y)
{
  gsize words = SHORT_WORDS * (gsize) tile->job->params->n_parts;

  return frame->plane + (gsize) y * words * tile->job->pitch;
}

/* Bounds of BLOCK candidates, side by side in a row of a frame's plane, for each target of a row: the
 * parts from `part` on. */
FY_INLINE void
bound_block (const Tile *tile,
             const FyCpuFrame *context,
             const float *plane,
             int row,
             int part,
             FyVector bound[GROUP][2])
{
  const gsize pitch = tile->job->pitch;
  const int end = SHORT_WORDS * tile->job->params->n_parts;
  FyVector unit = fy_vector_fill (unit_of (tile, context));
  FyVector slack = fy_vector_fill (tile->job->short_slack);
  FySum sum[GROUP][2];

  FY_UNROLL
  for (int g = 0; g < GROUP; g++)
    sum[g][0] = sum[g][1] = fy_sum_fill (0);
  for (int c = part * SHORT_WORDS; c < end; c++)
    {
      FyVector b0 = fy_vector_load (plane + (gsize) c * pitch);
      FyVector b1 = fy_vector_load (plane + (gsize) c * pitch + FY_LANES);

      __builtin_prefetch (plane + (gsize) c * pitch + BLOCK);
      __builtin_prefetch (plane + (gsize) c * pitch + BLOCK + FY_LANES);
      FY_UNROLL
      for (int g = 0; g < GROUP; g++)
        {
          FySum a = fy_sum_fill (tile->target[row][g].shorter[c]);

          sum[g][0] = fy_sum_add (sum[g][0], a, b0);
          sum[g][1] = fy_sum_add (sum[g][1], a, b1);
        }
    }
  FY_UNROLL
  for (int g = 0; g < GROUP; g++)
    for (int v = 0; v < 2; v++)
      bound[g][v] = unit * fy_sum_to_vector (sum[g][v]) + slack;
}

/* Candidates of a block that a target has to look at, one bit each. */
typedef guint64 Hits;

/* Bits [from, to) of a block, either end clipped to it. */
FY_INLINE Hits
bits_between (int from, int to)
{
  from = MAX (from, 0);
  to = MIN (to, BLOCK);
  if (from >= to)
    return 0;
  return (((Hits) 1 << (to - from)) - 1) << from;
}

/* Where a block's bounds reach a value. */
FY_INLINE Hits
bits_ge (const FyVector bound[2], float value)
{
  FyVector least = fy_vector_fill (value);

  return fy_vector_mask_ge (bound[0], least) | (Hits) fy_vector_mask_ge (bound[1], least)
                                                   << FY_LANES;
}

/* Writes a tile's sums to product[g ..][i ..]. */
FY_INLINE void
store_tile (FyVector sum[TILE_TARGETS][TILE_CANDIDATES], int g, int i, float product[GROUP][BLOCK])
{
  for (int first = 0; first < TILE_TARGETS * TILE_CANDIDATES; first += FY_LANES)
    {
      FyVector sums = fy_vector_sums (&sum[0][0] + first);

      for (int j = 0; j < FY_LANES; j++)
        product[g + (first + j) / TILE_CANDIDATES][i + (first + j) % TILE_CANDIDATES] = sums[j];
    }
}

/* product[g][i] = <target g, candidate i> of the first part, wherever some target needs it. */
static void
multiply_block (const Tile *tile,
                int row,
                const float *candidates,
                int count,
                Hits needed,
                float product[GROUP][BLOCK])
{
  const FyCpuSearch *job = tile->job;
  const gsize n = (gsize) job->channels[0];
  const Hits some = ((Hits) 1 << TILE_CANDIDATES) - 1;

  for (int i = 0; i < BLOCK; i += TILE_CANDIDATES)
    for (int g = 0; (needed >> i & some) != 0 && g < tile->columns; g += TILE_TARGETS)
      {
        FyVector sum[TILE_TARGETS][TILE_CANDIDATES] = { { { 0 } } };
        const float *a[TILE_TARGETS], *b[TILE_CANDIDATES];
        gsize c = 0;

        for (int t = 0; t < TILE_TARGETS; t++) /* past the last: the last once more */
          a[t] = job->target.part[0] + tile->target[row][MIN (g + t, tile->columns - 1)].cell * n;
        for (int t = 0; t < TILE_CANDIDATES; t++)
          b[t] = candidates + (gsize) MIN (i + t, count - 1) * n;
        for (; c + FY_LANES <= n; c += FY_LANES)
          {
            FyVector right[TILE_CANDIDATES];

            FY_UNROLL
            for (int t = 0; t < TILE_CANDIDATES; t++)
              right[t] = fy_vector_load (b[t] + c);
            FY_UNROLL
            for (int u = 0; u < TILE_TARGETS; u++)
              {
                FyVector left = fy_vector_load (a[u] + c);

                FY_UNROLL
                for (int t = 0; t < TILE_CANDIDATES; t++)
                  sum[u][t] += left * right[t];
              }
          }
        store_tile (sum, g, i, product);
        for (int u = 0; c < n && u < TILE_TARGETS && g + u < tile->columns; u++)
          for (int t = 0; t < TILE_CANDIDATES; t++)
            product[g + u][i + t] += fy_dot (a[u] + c, b[t] + c, (int) (n - c));
      }
}

/* A block of which most survived: the first part's products all at once, the second's bounds. */
static void
consider_block (Tile *tile, int row, int slot, int y, int x, const Hits hits[GROUP])
{
  const FyCpuSearch *job = tile->job;
  const float *plane = plane_row (tile, &job->context[slot], y);
  gsize first = (gsize) y * (gsize) job->width + (gsize) x;
  FyVector bound[GROUP][2]; /* of the second part, if there is one */
  float product[GROUP][BLOCK] = { { 0 } };
  Hits needed = 0;

  for (int g = 0; g < tile->columns; g++)
    needed |= hits[g];
  multiply_block (tile, row, job->context[slot].part[0] + first * (gsize) job->channels[0],
                  job->width - x, needed, product);
  bound_block (tile, &job->context[slot], plane + x, row, 1, bound);
  for (int g = 0; g < tile->columns; g++)
    {
      Target *target = &tile->target[row][g];
      FyVector weight = fy_vector_fill (job->params->weight[0]);
      Hits left;

      for (int v = 0; v < 2; v++)
        bound[g][v] += weight * fy_vector_load (product[g] + v * FY_LANES);
      for (left = hits[g] & bits_ge (bound[g], target->threshold); left != 0; left &= left - 1)
        put_off (tile, target, slot, first + (gsize) __builtin_ctzll (left));
    }
}

/* --- One row of targets against a frame --- */

/* Candidates that a walk takes up, by their bounds. */
typedef enum
{
  ALL,     /* those that may belong into the list          */
  LEADING, /* of these, those with the largest bounds      */
  REST     /* of these, the others                         */
} Taking;

/* What a walk over a frame leaves for the next: its bounds, and which of them lead. */
typedef struct
{
  float *bound;         /* [blocks][GROUP][BLOCK], where they are allowed */
  float leading[GROUP]; /* the least bound that leads                     */
} Sieve;

/* Takes up candidates of a block. */
FY_INLINE void
sift_block (Tile *tile,
            int row,
            int slot,
            int y,
            int x,
            int half,
            FyVector bound[GROUP][2],
            Taking taking,
            const Sieve *sieve)
{
  const FyCpuSearch *job = tile->job;
  Hits hits[GROUP], any = 0;
  int n_hits = 0, n_allowed = 0;

  FY_UNROLL
  for (int g = 0; g < GROUP; g++)
    {
      float threshold = tile->target[row][g].threshold;

      hits[g] =
          bits_ge (bound[g], taking == LEADING ? MAX (threshold, sieve->leading[g]) : threshold);
      if (taking == REST)
        hits[g] &= ~bits_ge (bound[g], sieve->leading[g]);
      any |= hits[g];
    }
  if (any == 0)
    return;
  for (int g = 0; g < tile->columns; g++)
    {
      int at = tile->target[row][g].x;
      Hits allowed = bits_between (MAX (at - half, 0) - x, MIN (at + half + 1, job->width) - x);

      hits[g] &= allowed;
      n_hits += __builtin_popcountll (hits[g]);
      n_allowed += __builtin_popcountll (allowed);
    }
  if (n_hits * DENSE > n_allowed)
    consider_block (tile, row, slot, y, x, hits);
  else
    for (int g = 0; n_hits > 0 && g < tile->columns; g++)
      for (Hits left = hits[g]; left != 0; left &= left - 1)
        put_off (tile, &tile->target[row][g], slot,
                 (gsize) y * (gsize) job->width + (gsize) (x + __builtin_ctzll (left)));
}

/* The rows of a frame that a row of targets may see, one after the other. */
typedef struct
{
  int y;
  int last;
  int half;  /* see half_width   */
  int begin; /* columns, in BLOCKs */
  int end;
} Walk;

static Walk
walk_begin (const Tile *tile, int row)
{
  int reach = tile->job->params->radius == 0 ? tile->job->height : tile->job->params->radius - 1;
  int y = tile->target[row][0].y;

  return (Walk){ .y = MAX (0, y - reach) - 1, .last = MIN (tile->job->height - 1, y + reach) };
}

static gboolean
walk_next (Walk *walk, const Tile *tile, int row)
{
  do
    {
      if (++walk->y > walk->last)
        return FALSE;
      walk->half = half_width (tile->job, walk->y - tile->target[row][0].y);
    }
  while (walk->half < 0);
  walk->begin = MAX (0, tile->x0 - walk->half);
  walk->end = MIN (tile->job->width, tile->x0 + tile->columns + walk->half);
  return TRUE;
}

static void
search_row (Tile *tile, int row, int slot)
{
  for (Walk walk = walk_begin (tile, row); walk_next (&walk, tile, row);)
    {
      const float *plane = plane_row (tile, &tile->job->context[slot], walk.y);

      for (int x = walk.begin; x < walk.end; x += BLOCK)
        {
          FyVector bound[GROUP][2];

          bound_block (tile, &tile->job->context[slot], plane + x, row, 0, bound);
          sift_block (tile, row, slot, walk.y, x, walk.half, bound, ALL, NULL);
        }
    }
}

/* The k-th largest of a vector's lanes, or the least. */
static float
kth_lane (FyVector v, int k)
{
  float lane[FY_LANES];

  fy_vector_store (lane, v);
  for (int i = 1; i < FY_LANES; i++)
    for (int j = i; j > 0 && lane[j] > lane[j - 1]; j--)
      {
        float other = lane[j];

        lane[j] = lane[j - 1];
        lane[j - 1] = other;
      }
  return lane[MIN (k, FY_LANES) - 1];
}

static void
measure_bounds (const Tile *tile, int row, int slot, Sieve *sieve)
{
  float *to = sieve->bound;
  FyVector most[GROUP];

  for (int g = 0; g < GROUP; g++)
    most[g] = fy_vector_fill (-INFINITY);
  for (Walk walk = walk_begin (tile, row); walk_next (&walk, tile, row);)
    {
      const float *plane = plane_row (tile, &tile->job->context[slot], walk.y);

      for (int x = walk.begin; x < walk.end; x += BLOCK, to += GROUP * BLOCK)
        {
          FyVector bound[GROUP][2];

          bound_block (tile, &tile->job->context[slot], plane + x, row, 0, bound);
          memcpy (to, bound, sizeof bound);
          FY_UNROLL
          for (int g = 0; g < GROUP; g++)
            most[g] = fy_vector_max (most[g], fy_vector_max (bound[g][0], bound[g][1]));
        }
    }
  for (int g = 0; g < GROUP; g++)
    sieve->leading[g] = kth_lane (most[g], tile->k);
}

static void
sift_row (Tile *tile, int row, int slot, Taking taking, const Sieve *sieve)
{
  const float *from = sieve->bound;

  for (Walk walk = walk_begin (tile, row); walk_next (&walk, tile, row);)
    for (int x = walk.begin; x < walk.end; x += BLOCK, from += GROUP * BLOCK)
      {
        FyVector bound[GROUP][2];

        memcpy (bound, from, sizeof bound);
        sift_block (tile, row, slot, walk.y, x, walk.half, bound, taking, sieve);
      }
}

static void
consider_all_waiting (Tile *tile, int row, int slot)
{
  for (int g = 0; g < tile->columns; g++)
    consider_waiting (tile, &tile->target[row][g], slot);
}

/* In the first frame the lists are not good yet: what has the largest bounds comes before the others,
 * few of which are then left. */
static void
search_frame (Tile *tile, int slot, gboolean first, Sieve *sieve)
{
  for (int row = 0; row < tile->rows; row++)
    {
      if (first)
        {
          measure_bounds (tile, row, slot, sieve);
          sift_row (tile, row, slot, LEADING, sieve);
          consider_all_waiting (tile, row, slot);
          sift_row (tile, row, slot, REST, sieve);
        }
      else
        search_row (tile, row, slot);
      consider_all_waiting (tile, row, slot);
    }
}

static gboolean
is_allowed (const FyCpuSearch *job, const Target *target, int x, int y)
{
  int dx = x - target->x, dy = y - target->y, radius = job->params->radius;

  return x >= 0 && x < job->width && y >= 0 && y < job->height &&
         (radius == 0 || dx * dx + dy * dy < radius * radius);
}

static void
seed_cell (Tile *tile, Target *target, int slot, int x, int y)
{
  const FyCpuSearch *job = tile->job;
  gsize cells = (gsize) job->height * (gsize) job->width;
  gsize cell = (gsize) y * (gsize) job->width + (gsize) x;

  if (is_allowed (job, target, x, y))
    offer (target, tile->k, (guint32) ((gsize) slot * cells + cell),
           FY_KERNEL (similarity) (job, &job->context[slot], target->cell, cell));
}

/* Gives a list good first entries, so that its threshold excludes from the start: what its left
 * neighbour chose, moved along, and cells around its own place in the last frames. */
static void
seed (Tile *tile, Target *target, const Target *left)
{
  const FyCpuSearch *job = tile->job;
  int slots = MIN (job->n_context, 3), reach = 1;
  gsize width = (gsize) job->width, cells = width * (gsize) job->height;

  for (int i = 0; left != NULL && i < left->n; i++)
    {
      gsize cell = left->position[i] % cells;

      seed_cell (tile, target, (int) (left->position[i] / cells),
                 (int) (cell % width) + target->x - left->x, (int) (cell / width));
    }
  while (slots * (2 * reach + 1) * (2 * reach + 1) < tile->k && reach < 8)
    reach++;
  for (int slot = job->n_context - slots; slot < job->n_context; slot++)
    for (int dy = -reach; dy <= reach; dy++)
      for (int dx = -reach; dx <= reach; dx++)
        seed_cell (tile, target, slot, target->x + dx, target->y + dy);
}

/* A target's index vector with the weights in: words a pitch apart, some a part. */
static void
weigh (const FyCpuSearch *job, const float *from, gsize pitch, int words, FyWord *to)
{
  for (int c = 0; c < words * job->params->n_parts; c++)
    {
      float weight = job->params->weight[c / words];
#if FY_PAIRS
      gint16 pair[2];

      memcpy (pair, from + (gsize) c * pitch, sizeof pair);
      for (int i = 0; i < 2; i++)
        pair[i] = (gint16) lrintf (weight / job->weights * (float) pair[i]);
      memcpy (to + c, pair, sizeof pair);
#else
      to[c] = from[(gsize) c * pitch] * weight;
#endif
    }
}

/* Sets up target (x, y) and its index vectors with the weights in. */
static void
begin_target (Tile *tile, int row, int column, int x, int y)
{
  const FyCpuSearch *job = tile->job;
  Target *target = &tile->target[row][column];
  gsize cell = (gsize) y * (gsize) job->width + (gsize) x;

  target->x = x;
  target->y = y;
  target->cell = cell;
  target->n = 0;
  target->threshold = -INFINITY;
  target->score = job->score + cell * (gsize) tile->k;
  target->position = job->position + cell * (gsize) tile->k;
  target->n_waiting = 0;
  weigh (job, plane_row (tile, &job->target, y) + x, job->pitch, SHORT_WORDS, target->shorter);
  weigh (job, long_row (tile, &job->target, cell), 1, LONG_WORDS, target->longer);
}

static void
finish_target (const Tile *tile, Target *target)
{
  for (int i = target->n; i < tile->k; i++)
    {
      target->score[i] = -INFINITY;
      target->position[i] = FY_SEARCH_NONE;
    }
}

static void
brute_target (Tile *tile, Target *target)
{
  const FyCpuSearch *job = tile->job;

  for (int slot = 0; slot < job->n_context; slot++)
    for (int y = 0; y < job->height; y++)
      for (int x = 0; x < job->width; x++)
        seed_cell (tile, target, slot, x, y);
}

/* Gives every target of a tile its first entries; `left` is the tile before it, or NULL. */
static void
begin_tile (Tile *tile, const Tile *left)
{
  for (int row = 0; row < tile->rows; row++)
    for (int g = 0; g < tile->columns; g++)
      {
        Target *target = &tile->target[row][g];

        if (tile->job->params->brute_force)
          brute_target (tile, target);
        else
          seed (tile, target,
                g > 0          ? target - 1
                : left != NULL ? &left->target[row][GROUP - 1]
                               : NULL);
      }
}

/* Whether a tile has a target that is wanted. */
static gboolean
is_wanted (const Tile *tile)
{
  const guint8 *wanted = tile->job->wanted;

  for (int row = 0; row < tile->rows; row++)
    for (int g = 0; g < tile->columns; g++)
      if (wanted == NULL || wanted[tile->target[row][g].cell])
        return TRUE;
  return FALSE;
}

/* Frame by frame over the whole band, so that a frame's rows stay in the caches while the tiles
 * pass over them; the latest frame first, since its matches are the best. */
void
FY_KERNEL (search_band) (const FyCpuSearch *job, int y0)
{
  int n_tiles = (job->width + GROUP - 1) / GROUP, last = job->n_context - 1;
  g_autofree Tile *tiles = g_new0 (Tile, (gsize) n_tiles);
  g_autofree float *bound =
      g_new (float, (gsize) job->height *((gsize) job->width / BLOCK + 2) * GROUP * BLOCK);
  Sieve sieve = { .bound = bound };

  for (int t = 0; t < n_tiles; t++)
    {
      Tile *tile = &tiles[t];

      tile->job = job;
      tile->k = job->params->k;
      tile->unit = job->target.unit * job->weights;
      tile->x0 = t * GROUP;
      tile->rows = MIN (FY_SEARCH_BAND, job->height - y0);
      tile->columns = MIN (GROUP, job->width - tile->x0);
      for (int row = 0; row < tile->rows; row++)
        for (int g = 0; g < tile->columns; g++)
          begin_target (tile, row, g, tile->x0 + g, y0 + row);
    }
  for (int slot = last; slot >= 0; slot--)
    for (int t = 0; t < n_tiles; t++)
      {
        if (!is_wanted (&tiles[t]))
          continue;
        if (slot == last)
          begin_tile (&tiles[t], t > 0 ? &tiles[t - 1] : NULL);
        if (!job->params->brute_force)
          search_frame (&tiles[t], slot, slot == last, &sieve);
      }
  for (int t = 0; t < n_tiles; t++)
    for (int row = 0; row < tiles[t].rows; row++)
      for (int g = 0; g < tiles[t].columns; g++)
        finish_target (&tiles[t], &tiles[t].target[row][g]);
}
