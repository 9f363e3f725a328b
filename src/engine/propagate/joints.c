/* SPDX-License-Identifier: MIT */
#include "propagate/joints.h"

#include <math.h>
#include <string.h>

#define PATCH 4   /* cells */
#define SIGMA 0.5 /* cells */
#define BEST  3   /* cells */

void
fy_joint_soften (float x,
                 float y,
                 int width,
                 int height,
                 int grid_width,
                 int grid_height,
                 float *label)
{
  double cx = (double) x * grid_width / width - 0.5, cy = (double) y * grid_height / height - 0.5;
  int left = (int) floor (cx) - PATCH / 2 + 1, top = (int) floor (cy) - PATCH / 2 + 1;

  memset (label, 0, (gsize) grid_width * (gsize) grid_height * sizeof (float));
  for (int gy = MAX (top, 0); gy < MIN (top + PATCH, grid_height); gy++)
    for (int gx = MAX (left, 0); gx < MIN (left + PATCH, grid_width); gx++)
      {
        double square = (gx - cx) * (gx - cx) + (gy - cy) * (gy - cy);

        label[gy * grid_width + gx] = (float) exp (-square / (2 * SIGMA * SIGMA));
      }
}

/* The cells with the largest labels above 0, the first of equal ones first.  Returns how many. */
static int
find_best (const float *label, int cells, int best[BEST])
{
  int n = 0;

  for (int cell = 0; cell < cells; cell++)
    {
      int at = n;

      if (!(label[cell] > 0.0f))
        continue;
      while (at > 0 && label[cell] > label[best[at - 1]])
        at--;
      if (at == BEST)
        continue;
      n = MIN (n + 1, BEST);
      for (int i = n - 1; i > at; i--)
        best[i] = best[i - 1];
      best[at] = cell;
    }
  return n;
}

gboolean
fy_joint_find (const float *label,
               int width,
               int height,
               int grid_width,
               int grid_height,
               float *x,
               float *y)
{
  int best[BEST];
  int n = label != NULL ? find_best (label, grid_width * grid_height, best) : 0;
  double sum = 0, at_x = 0, at_y = 0;

  for (int i = 0; i < n; i++)
    {
      double weight = (double) label[best[i]];

      sum += weight;
      at_x += weight * (best[i] % grid_width + 0.5);
      at_y += weight * (best[i] / grid_width + 0.5);
    }
  if (n == 0)
    return FALSE;
  *x = (float) (at_x / sum * width / grid_width);
  *y = (float) (at_y / sum * height / grid_height);
  return TRUE;
}
