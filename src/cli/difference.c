/* SPDX-License-Identifier: MIT */
#include "difference.h"

#include <math.h>

/* 1 - cosine; of a vector with none, whether the other has none either. */
static double
turned (const float *a, const float *b, gsize n)
{
  double ab = 0.0, aa = 0.0, bb = 0.0;

  for (gsize i = 0; i < n; i++)
    {
      ab += (double) a[i] * (double) b[i];
      aa += (double) a[i] * (double) a[i];
      bb += (double) b[i] * (double) b[i];
    }
  if (aa > 0.0 && bb > 0.0)
    return 1.0 - ab / sqrt (aa * bb);
  return aa == bb ? 0.0 : 1.0;
}

FerryDifference
ferry_difference (const float *features, const float *exact, gsize cells, gsize channels)
{
  double off = 0.0, size = 0.0, cosine = 0.0;

  for (gsize i = 0; i < cells * channels; i++)
    {
      off = fmax (off, fabs ((double) features[i] - (double) exact[i]));
      size = fmax (size, fabs ((double) exact[i]));
    }
  for (gsize cell = 0; cell < cells; cell++)
    cosine += turned (features + cell * channels, exact + cell * channels, channels);
  return (FerryDifference){ off > 0.0 ? off / size : 0.0,
                            off > 0.0 ? fmax (cosine / (double) cells, 0.0) : 0.0 };
}
