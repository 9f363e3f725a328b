/* SPDX-License-Identifier: MIT */
/* Exact top-k search over context frames that computes few similarities in full.
 *
 * With leading coefficients a1, b1 in an orthonormal basis and the lengths of what is left, a2, b2:
 *   <a, b>  <=  <a1, b1> + |a2| |b2|                                          (Cauchy-Schwarz)
 * so the product of two "index vectors" (coefficients, then the length of the rest) bounds the
 * similarity.  A candidate whose bound lies below the k-th best so far cannot enter the list.  Short
 * index vectors are tried on whole rows of candidates at once (in 16-bit integers where two products
 * of these cost as much as one in float32; the bound makes up for the rounding), long ones on what
 * survives, and only the rest is computed in full.
 *
 * Features that no few axes describe (an untrained network's) leave most candidates standing.  Where
 * that happens the first part's product is computed for a block as a whole, which costs a third of
 * doing it one by one, and bounds what is left.
 *
 * A tile of FY_SEARCH_BAND x GROUP targets walks a context frame together, so that its rows are read
 * once.  Built once per instruction set. */
#include "compute/cpu/kernel-table.h"

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
#define MAX_SHORT (FY_SHORT_LENGTH * FY_FEATURES_MAX_PARTS)
#define MAX_LONG  (FY_INDEX_LONG * FY_FEATURES_MAX_PARTS)

/* One target cell and its list so far. */
typedef struct
{
  int x;
  int y;
  gsize cell;
  int n;                  /* entries                           */
  float threshold;        /* score of entry k-1, or -infinity  */
  float *score;           /* [k] descending                    */
  guint32 *position;      /* [k]                               */
  float longer[MAX_LONG]; /* long index vector, times the parts' weights */
} Target;

typedef struct
{
  const FyCpuSearch *job;
  int k;
  int n_long;
  int x0;      /* of the tile                             */
  int columns; /* targets a row, 1 .. GROUP               */
  int rows;    /* 1 .. FY_SEARCH_BAND                     */
  Target target[FY_SEARCH_BAND][GROUP];
#if FY_PAIRS
  gint32 pairs[FY_SEARCH_BAND][GROUP][MAX_SHORT / 2]; /* as a plane's, times the parts' weights */
  float unit;                                         /* their steps                            */
#else
  float shorter[FY_SEARCH_BAND][GROUP][MAX_SHORT]; /* as `longer`            */
#endif
} Tile;

float
FY_KERNEL (similarity) (const FyCpuSearch *job, const FyCpuFrame *context, gsize target, gsize cell)
{
  float sum = 0.0f;

  for (int p = 0; p < job->params->n_parts; p++)
    {
      gsize n = (gsize) job->channels[p];

      sum += job->params->weight[p] *
             fy_dot (job->target.part[p] + target * n, context->part[p] + cell * n, (int) n);
    }
  return sum;
}

static gboolean
holds (const Target *target, guint32 position)
{
  for (int i = 0; i < target->n; i++)
    if (target->position[i] == position)
      return TRUE;
  return FALSE;
}

/* Puts a candidate into the list if it belongs there and is not there yet. */
static void
offer (Target *target, int k, guint32 position, float score)
{
  int at;

  if (target->n == k && (score < target->threshold ||
                         (score == target->threshold && position > target->position[k - 1])))
    return;
  if (isnan (score) || holds (target, position))
    return;
  if (target->n < k)
    target->n++;
  for (at = target->n - 1; at > 0; at--)
    {
      float above = target->score[at - 1];

      if (above > score || (above == score && target->position[at - 1] < position))
        break;
      target->score[at] = above;
      target->position[at] = target->position[at - 1];
    }
  target->score[at] = score;
  target->position[at] = position;
  if (target->n == k)
    target->threshold = target->score[k - 1];
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

/* Looks at a candidate whose first part's product is known to be `first`. */
static void
consider_rest (Tile *tile, Target *target, int slot, gsize cell, float first)
{
  const FyCpuSearch *job = tile->job;
  const FyCpuFrame *context = &job->context[slot];
  gsize cells = (gsize) job->height * (gsize) job->width;
  float bound = job->params->weight[0] * first + job->slack;

  if (job->params->n_parts == 2)
    bound += fy_dot (target->longer + FY_INDEX_LONG,
                     context->rows + cell * (gsize) tile->n_long + FY_INDEX_LONG, FY_INDEX_LONG);
  if (target->n == tile->k && bound < target->threshold)
    return;
  offer (target, tile->k, (guint32) ((gsize) slot * cells + cell),
         FY_KERNEL (similarity) (job, context, target->cell, cell));
}

/* Looks at a candidate that the short vectors let pass. */
static void
consider (Tile *tile, Target *target, int slot, gsize cell)
{
  const FyCpuSearch *job = tile->job;
  const FyCpuFrame *context = &job->context[slot];
  const float *longer = context->rows + cell * (gsize) tile->n_long;
  gsize n = (gsize) job->channels[0];

  if (target->n == tile->k &&
      fy_dot (target->longer, longer, tile->n_long) + job->slack < target->threshold)
    return;
  consider_rest (
      tile, target, slot, cell,
      fy_dot (job->target.part[0] + target->cell * n, context->part[0] + cell * n, (int) n));
}

#define WORDS (FY_SHORT_LENGTH / (1 + FY_PAIRS)) /* of a part's short vector */

static const float *
plane_row (const Tile *tile, const FyCpuFrame *frame, int y)
{
  gsize words = WORDS * (gsize) tile->job->params->n_parts;

  return frame->plane + (gsize) y * words * tile->job->pitch;
}

/* Bounds of BLOCK candidates, side by side in a row of a frame's plane, for each target of a row: the
 * parts from `part` on. */
#if FY_PAIRS
FY_INLINE void
bound_block (const Tile *tile,
             const FyCpuFrame *context,
             const float *plane,
             int row,
             int part,
             FyVector bound[GROUP][2])
{
  const gsize pitch = tile->job->pitch;
  const int end = WORDS * tile->job->params->n_parts;
  FyVector unit = fy_vector_fill (tile->unit * context->unit);
  FyVector slack = fy_vector_fill (tile->job->short_slack);
  FyWords sum[GROUP][2];

  FY_UNROLL
  for (int g = 0; g < GROUP; g++)
    sum[g][0] = sum[g][1] = fy_words_fill (0);
  for (int c = part * WORDS; c < end; c++)
    {
      FyWords b0 = (FyWords) fy_vector_load (plane + (gsize) c * pitch);
      FyWords b1 = (FyWords) fy_vector_load (plane + (gsize) c * pitch + FY_LANES);

      FY_UNROLL
      for (int g = 0; g < GROUP; g++)
        {
          FyWords a = fy_words_fill (tile->pairs[row][g][c]);

          sum[g][0] = fy_words_dot (sum[g][0], a, b0);
          sum[g][1] = fy_words_dot (sum[g][1], a, b1);
        }
    }
  FY_UNROLL
  for (int g = 0; g < GROUP; g++)
    for (int v = 0; v < 2; v++)
      bound[g][v] = unit * fy_words_to_vector (sum[g][v]) + slack;
}
#else
FY_INLINE void
bound_block (const Tile *tile,
             const FyCpuFrame *context,
             const float *plane,
             int row,
             int part,
             FyVector bound[GROUP][2])
{
  const gsize pitch = tile->job->pitch;
  const int end = WORDS * tile->job->params->n_parts;

  FY_UNROLL
  for (int g = 0; g < GROUP; g++)
    bound[g][0] = bound[g][1] = fy_vector_fill (tile->job->short_slack);
  for (int c = part * WORDS; c < end; c++)
    {
      FyVector b0 = fy_vector_load (plane + (gsize) c * pitch);
      FyVector b1 = fy_vector_load (plane + (gsize) c * pitch + FY_LANES);

      FY_UNROLL
      for (int g = 0; g < GROUP; g++)
        {
          FyVector a = fy_vector_fill (tile->shorter[row][g][c]);

          bound[g][0] += a * b0;
          bound[g][1] += a * b1;
        }
    }
}
#endif

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
      FyVector least = fy_vector_fill (target->threshold);
      Hits left = 0;

      for (int v = 0; v < 2; v++)
        {
          FyVector most = bound[g][v] + weight * fy_vector_load (product[g] + v * FY_LANES);

          left |= (Hits) fy_vector_mask_ge (most, least) << (v * FY_LANES);
        }
      for (left &= hits[g]; left != 0; left &= left - 1)
        {
          int i = __builtin_ctzll (left);

          consider_rest (tile, target, slot, first + (gsize) i, product[g][i]);
        }
    }
}

/* One row of targets against one row of a context frame. */
static void
search_row (Tile *tile, int row, int slot, int y, int half)
{
  const FyCpuSearch *job = tile->job;
  const float *plane = plane_row (tile, &job->context[slot], y);
  int begin = MAX (0, tile->x0 - half);
  int end = MIN (job->width, tile->x0 + tile->columns + half);

  for (int x = begin; x < end; x += BLOCK)
    {
      FyVector bound[GROUP][2];
      Hits hits[GROUP];
      int n_hits = 0, n_allowed = 0;

      bound_block (tile, &job->context[slot], plane + x, row, 0, bound);
      for (int g = 0; g < tile->columns; g++)
        {
          const Target *target = &tile->target[row][g];
          FyVector least = fy_vector_fill (target->threshold);
          Hits allowed = bits_between (MAX (target->x - half, 0) - x,
                                       MIN (target->x + half + 1, job->width) - x);

          hits[g] = fy_vector_mask_ge (bound[g][0], least) |
                    (Hits) fy_vector_mask_ge (bound[g][1], least) << FY_LANES;
          hits[g] &= allowed;
          n_hits += __builtin_popcountll (hits[g]);
          n_allowed += __builtin_popcountll (allowed);
        }
      if (n_hits * DENSE > n_allowed)
        consider_block (tile, row, slot, y, x, hits);
      else
        for (int g = 0; n_hits > 0 && g < tile->columns; g++)
          for (Hits left = hits[g]; left != 0; left &= left - 1)
            consider (tile, &tile->target[row][g], slot,
                      (gsize) y * (gsize) job->width + (gsize) (x + __builtin_ctzll (left)));
    }
}

static void
search_frame (Tile *tile, int slot)
{
  const FyCpuSearch *job = tile->job;
  int first_y = tile->target[0][0].y;
  int reach = job->params->radius == 0 ? job->height : job->params->radius - 1;
  int begin = MAX (0, first_y - reach), end = MIN (job->height, first_y + tile->rows + reach);

  for (int y = begin; y < end; y++)
    for (int row = 0; row < tile->rows; row++)
      {
        int half = half_width (job, y - (first_y + row));

        if (half >= 0)
          search_row (tile, row, slot, y, half);
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

/* A target's short vector with the weights in. */
#if FY_PAIRS
static void
weigh_short (Tile *tile, int row, int column, const float *plane)
{
  const FyCpuSearch *job = tile->job;

  tile->unit = job->target.unit * job->weights;
  for (int c = 0; c < WORDS * job->params->n_parts; c++)
    {
      float weight = job->params->weight[c / WORDS] / job->weights;
      gint16 pair[2];

      memcpy (pair, plane + (gsize) c * job->pitch, sizeof pair);
      for (int i = 0; i < 2; i++)
        pair[i] = (gint16) lrintf (weight * (float) pair[i]);
      memcpy (&tile->pairs[row][column][c], pair, sizeof pair);
    }
}
#else
static void
weigh_short (Tile *tile, int row, int column, const float *plane)
{
  const FyCpuSearch *job = tile->job;

  for (int c = 0; c < WORDS * job->params->n_parts; c++)
    tile->shorter[row][column][c] =
        plane[(gsize) c * job->pitch] * job->params->weight[c / FY_SHORT_LENGTH];
}
#endif

/* Sets up target (x, y) and its index vectors with the weights in. */
static void
begin_target (Tile *tile, int row, int column, int x, int y)
{
  const FyCpuSearch *job = tile->job;
  Target *target = &tile->target[row][column];
  gsize cell = (gsize) y * (gsize) job->width + (gsize) x;
  const float *longer = job->target.rows + cell * (gsize) tile->n_long;

  target->x = x;
  target->y = y;
  target->cell = cell;
  target->n = 0;
  target->threshold = -INFINITY;
  target->score = job->score + cell * (gsize) tile->k;
  target->position = job->position + cell * (gsize) tile->k;
  for (int c = 0; c < tile->n_long; c++)
    target->longer[c] = longer[c] * job->params->weight[c / FY_INDEX_LONG];
  weigh_short (tile, row, column, plane_row (tile, &job->target, y) + x);
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

  for (int t = 0; t < n_tiles; t++)
    {
      Tile *tile = &tiles[t];

      tile->job = job;
      tile->k = job->params->k;
      tile->n_long = FY_INDEX_LONG * job->params->n_parts;
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
          search_frame (&tiles[t], slot);
      }
  for (int t = 0; t < n_tiles; t++)
    for (int row = 0; row < tiles[t].rows; row++)
      for (int g = 0; g < tiles[t].columns; g++)
        finish_target (&tiles[t], &tiles[t].target[row][g]);
}
