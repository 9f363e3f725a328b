/* SPDX-License-Identifier: MIT */
#include "metric/statistics.h"

#include <math.h>

#define QUARTERS 4

/* Mean of score[from .. to-1] without NaN; NaN when nothing is left. */
static double
mean (const double *score, int from, int to)
{
  double sum = 0.0;
  int n = 0;

  for (int i = from; i < to; i++)
    if (!isnan (score[i]))
      {
        sum += score[i];
        n++;
      }
  return n > 0 ? sum / n : (double) NAN;
}

/* The index that ends quarter q - 1 and begins quarter q: q/4 of the way from first to last. */
static int
quarter_at (int q, int n, gboolean compatible)
{
  /* The evaluator adds 1e-10 before rounding to even, which makes halves go up. */
  double at = 1.0 + q * ((n - 1.0) / QUARTERS);
  int index = (int) nearbyint (at + 1e-10) - 1;

  return compatible ? index & 0xff : index;
}

FyStatistics
fy_statistics (const double *score, int n, gboolean compatible)
{
  FyStatistics result = { (double) NAN, (double) NAN, (double) NAN };
  int end[QUARTERS + 1], high = 0;

  if (n <= 0)
    return result;
  for (int i = 0; i < n; i++)
    high += score[i] > 0.5;
  for (int q = 0; q <= QUARTERS; q++)
    end[q] = quarter_at (q, n, compatible);
  result.mean = mean (score, 0, n);
  result.recall = (double) high / n;
  result.decay = mean (score, end[0], end[1] + 1) - mean (score, end[3], end[4] + 1);
  return result;
}
