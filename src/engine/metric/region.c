/* SPDX-License-Identifier: MIT */
#include "metric/region.h"

static void
grow_box (FyRegion *region, int x, int y)
{
  region->left = MIN (region->left, x);
  region->right = MAX (region->right, x + 1);
  region->top = MIN (region->top, y);
  region->bottom = MAX (region->bottom, y + 1);
}

void
fy_region_measure (const FyIdMap *truth, const FyIdMap *result, int n_objects, FyRegion *region)
{
  const guint16 *t = truth->id, *r = result->id;

  g_return_if_fail (truth->width == result->width && truth->height == result->height);
  for (int i = 0; i < n_objects; i++)
    region[i] = (FyRegion){ .left = truth->width, .top = truth->height };
  for (int y = 0; y < truth->height; y++)
    for (int x = 0; x < truth->width; x++, t++, r++)
      {
        if ((*t | *r) == FY_ID_BACKGROUND)
          continue;
        if (*t != FY_ID_BACKGROUND && *t <= n_objects)
          {
            region[*t - 1].truth++;
            region[*t - 1].intersection += *t == *r;
            grow_box (&region[*t - 1], x, y);
          }
        if (*r != FY_ID_BACKGROUND && *r <= n_objects)
          {
            region[*r - 1].result++;
            grow_box (&region[*r - 1], x, y);
          }
      }
}

double
fy_region_similarity (const FyRegion *region)
{
  gsize common = region->truth + region->result - region->intersection;

  return common > 0 ? (double) region->intersection / (double) common : 1.0;
}
