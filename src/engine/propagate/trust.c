/* SPDX-License-Identifier: MIT */
#include "propagate/trust.h"

#include <math.h>

/* Cells by which neighbours may read from places that lie otherwise beside each other. */
#define SLACK 2

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
      double p = CLAMP ((double) plane[i], 0.0, 1.0);
      double entropy = -(p_log_p (p) + p_log_p (1 - p)) / G_LN2;

      sum += p;
      sure += p * (1 - entropy);
    }
  return sum > 0 ? sure / sum : 1;
}

static void
look_at_voters (const float *plane,
                int width,
                int height,
                const FyNeighbours *list,
                FyTrustSigns *signs)
{
  int cells = width * height;
  double sum = 0, similar = 0, pairs = 0, agree = 0;

  for (int q = 0; q < cells; q++)
    {
      double p = (double) plane[q];
      gsize row = (gsize) q * (gsize) list->k;

      if (p <= 0 || list->position[row] == FY_SEARCH_NONE)
        continue;
      sum += p;
      similar += p * (double) list->score[row];
      for (int way = 0; way < 2; way++)
        {
          int other = q + (way == 0 ? 1 : width);
          gsize beside = (gsize) other * (gsize) list->k;
          int a, b;

          if ((way == 0 && q % width == width - 1) || other >= cells ||
              list->position[beside] == FY_SEARCH_NONE)
            continue;
          a = (int) (list->position[row] % (guint32) cells);
          b = (int) (list->position[beside] % (guint32) cells);
          pairs += p;
          if (ABS (b % width - a % width - (way == 0)) <= SLACK &&
              ABS (b / width - a / width - (way == 1)) <= SLACK)
            agree += p;
        }
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
fy_trust_signs (const float *soft,
                int n_classes,
                int class,
                int width,
                int height,
                const float *before,
                const FyNeighbours *list,
                FyTrustSigns *signs)
{
  int cells = width * height;
  const float *plane = soft + (gsize) class * (gsize) cells;
  double now = sum_of (plane, cells), then = sum_of (before, cells);

  *signs = (FyTrustSigns){ 1, 1, 1, 1 };
  signs->certainty = find_certainty (plane, cells);
  if (list != NULL)
    look_at_voters (plane, width, height, list, signs);
  if (now > 0 || then > 0)
    signs->area = (MIN (now, then) + 1) / (MAX (now, then) + 1);
}
