/* SPDX-License-Identifier: MIT */
#include "propagate/trust.h"

#include <math.h>

/* Cells by which neighbours may read from places that lie otherwise beside each other. */
#define SLACK 2

typedef struct
{
  float similarity; /* to the one it reads most from                                 */
  guint8 any;       /* it reads from some                                            */
  guint8 pairs;     /* of its neighbours right and below: those that read from some, */
  guint8 agree;     /* and from places that lie so beside each other                 */
} Cell;

struct FyTrustVoters
{
  Cell *cell; /* [cells] */
};

typedef struct
{
  int x;
  int y;
} Place;

double
fy_trust (const FyTrustSigns *signs)
{
  return CLAMP (signs->certainty * signs->similarity * signs->cycle * signs->area, 0.0, 1.0);
}

/* p log p, 0 at 0. */
static double
p_log_p (double p)
{
  return p > 0 ? p * log (p) : 0;
}

/* Source: docs/trust.md, as the other signs. */
static double
find_certainty (const float *plane, int cells)
{
  double sum = 0, sure = 0;

  for (int i = 0; i < cells; i++)
    {
      double p = CLAMP ((double) plane[i], 0.0, 1.0), entropy;

      if (p <= 0)
        continue;
      entropy = -(p_log_p (p) + p_log_p (1 - p)) / G_LN2;
      sum += p;
      sure += p * (1 - entropy);
    }
  return sum > 0 ? sure / sum : 1;
}

FyTrustVoters *
fy_trust_voters_new (const FyNeighbours *list, int width, int height)
{
  FyTrustVoters *self = g_new (FyTrustVoters, 1);
  int cells = width * height;
  g_autofree Place *first = g_new (Place, (gsize) cells);

  self->cell = g_new0 (Cell, (gsize) cells);
  for (int q = 0; q < cells; q++)
    {
      gsize row = (gsize) q * (gsize) list->k;
      int at = (int) (list->position[row] % (guint32) cells);

      self->cell[q].any = list->position[row] != FY_SEARCH_NONE;
      self->cell[q].similarity = list->score[row];
      first[q] = (Place){ at % width, at / width };
    }
  for (int q = 0; q < cells; q++)
    for (int way = 0; way < 2 && self->cell[q].any; way++)
      {
        int other = q + (way == 0 ? 1 : width);
        Cell *cell = &self->cell[q];

        if ((way == 0 && q % width == width - 1) || other >= cells || !self->cell[other].any)
          continue;
        cell->pairs++;
        cell->agree += ABS (first[other].x - first[q].x - (way == 0)) <= SLACK &&
                       ABS (first[other].y - first[q].y - (way == 1)) <= SLACK;
      }
  return self;
}

void
fy_trust_voters_free (FyTrustVoters *self)
{
  if (self == NULL)
    return;
  g_free (self->cell);
  g_free (self);
}

static void
look_at_voters (const float *plane, int cells, const FyTrustVoters *voters, FyTrustSigns *signs)
{
  double sum = 0, similar = 0, pairs = 0, agree = 0;

  for (int q = 0; q < cells; q++)
    {
      double p = (double) plane[q];
      const Cell *cell = &voters->cell[q];

      if (p <= 0 || !cell->any)
        continue;
      sum += p;
      similar += p * (double) cell->similarity;
      pairs += p * cell->pairs;
      agree += p * cell->agree;
    }
  signs->similarity = sum > 0 ? CLAMP (similar / sum, 0.0, 1.0) : 1;
  signs->cycle = pairs > 0 ? agree / pairs : 1;
}

static double
sum_of (const float *plane, int cells)
{
  double sum = 0;

  for (int i = 0; plane != NULL && i < cells; i++)
    sum += (double) plane[i];
  return sum;
}

void
fy_trust_signs (const float *plane,
                const float *before,
                int cells,
                const FyTrustVoters *voters,
                FyTrustSigns *signs)
{
  double now = sum_of (plane, cells), then = sum_of (before, cells);

  *signs = (FyTrustSigns){ 1, 1, 1, 1 };
  if (plane != NULL)
    signs->certainty = find_certainty (plane, cells);
  if (plane != NULL && voters != NULL)
    look_at_voters (plane, cells, voters, signs);
  if (now > 0 || then > 0)
    signs->area = (MIN (now, then) + 1) / (MAX (now, then) + 1);
}
