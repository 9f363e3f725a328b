/* SPDX-License-Identifier: MIT */
#include "noise.h"

#include <math.h>

static guint32
mix (guint32 h)
{
  h ^= h >> 16;
  h *= 0x7feb352du;
  h ^= h >> 15;
  h *= 0x846ca68bu;
  return h ^ h >> 16;
}

double
noise_hash (int x, int y, guint32 seed)
{
  return mix ((guint32) x + mix ((guint32) y + mix (seed))) / 4294967296.0;
}

double
noise_step (double from, double to, double x)
{
  double s = CLAMP ((x - from) / (to - from), 0.0, 1.0);

  return s * s * (3 - 2 * s);
}

double
noise_value (double x, double y, guint32 seed)
{
  int left = (int) floor (x), top = (int) floor (y);
  double across = noise_step (0, 1, x - left), down = noise_step (0, 1, y - top);
  double upper =
      noise_hash (left, top, seed) * (1 - across) + noise_hash (left + 1, top, seed) * across;
  double lower = noise_hash (left, top + 1, seed) * (1 - across) +
                 noise_hash (left + 1, top + 1, seed) * across;

  return upper * (1 - down) + lower * down;
}

double
noise_fractal (double x, double y, int octaves, guint32 seed)
{
  double sum = 0, total = 0, strength = 1;

  for (int i = 0; i < octaves; i++)
    {
      sum += strength * noise_value (x, y, seed + (guint32) i);
      total += strength;
      strength /= 2;
      x = 2 * x + 17.3;
      y = 2 * y + 5.1;
    }
  return sum / total;
}

NoiseCell
noise_cells (double x, double y, guint32 seed)
{
  int left = (int) floor (x), top = (int) floor (y);
  NoiseCell cell = { .nearest = G_MAXDOUBLE };
  double second = G_MAXDOUBLE, second_x = 0, second_y = 0;

  for (int j = top - 1; j <= top + 1; j++)
    for (int i = left - 1; i <= left + 1; i++)
      {
        double to_x = x - (i + 0.1 + 0.8 * noise_hash (i, j, seed));
        double to_y = y - (j + 0.1 + 0.8 * noise_hash (i, j, seed + 1));
        double distance = sqrt (to_x * to_x + to_y * to_y);

        if (distance < cell.nearest)
          {
            second = cell.nearest;
            second_x = cell.to_x;
            second_y = cell.to_y;
            cell = (NoiseCell){ distance, 0, noise_hash (i, j, seed + 2), to_x, to_y };
          }
        else if (distance < second)
          {
            second = distance;
            second_x = to_x;
            second_y = to_y;
          }
      }
  /* Half the difference of squared distances over the distance of the two points. */
  cell.border = (second * second - cell.nearest * cell.nearest) / 2 /
                fmax (1e-9, hypot (cell.to_x - second_x, cell.to_y - second_y));
  return cell;
}
