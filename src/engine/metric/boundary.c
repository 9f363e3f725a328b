/* SPDX-License-Identifier: MIT */
#include "metric/boundary.h"

#include "base/size.h"

#include <math.h>

#define FAR G_MAXUINT16 /* further than any tolerance */

/* One map's boundary inside the box. */
typedef struct
{
  guint8 *pixel;     /* [height, width] 1 on the boundary                            */
  guint16 *distance; /* [height, width] rows to the next boundary pixel, in its column */
  gsize n;           /* boundary pixels                                              */
} Side;

struct FyBoundary
{
  int width; /* of the pictures */
  int height;
  int tolerance;  /* pixels */
  guint16 *reach; /* [tolerance + 1] rows that a disk covers so many columns off its centre */
  Side truth;
  Side result;
};

int
fy_boundary_tolerance (int width, int height)
{
  double w = width, h = height;

  return (int) ceil (0.008 * sqrt (h * h + w * w));
}

static gboolean
side_init (Side *side, gsize pixels)
{
  side->pixel = g_try_malloc (pixels);
  side->distance = g_try_malloc (pixels * sizeof (guint16));
  return side->pixel != NULL && side->distance != NULL;
}

static void
side_clear (Side *side)
{
  g_free (side->pixel);
  g_free (side->distance);
}

FyBoundary *
fy_boundary_new (int width, int height)
{
  g_autoptr (FyBoundary) self = g_new0 (FyBoundary, 1);
  gsize pixels;

  if (width <= 0 || height <= 0 ||
      !fy_size_mul3 ((gsize) width, (gsize) height, sizeof (guint16), &pixels))
    return NULL;
  pixels /= sizeof (guint16);
  self->width = width;
  self->height = height;
  self->tolerance = MIN (fy_boundary_tolerance (width, height), FAR - 1);
  self->reach = g_new (guint16, self->tolerance + 1);
  for (gint64 r = self->tolerance, x = 0; x <= r; x++)
    self->reach[x] = (guint16) floor (sqrt ((double) (r * r - x * x)));
  if (!side_init (&self->truth, pixels) || !side_init (&self->result, pixels))
    return NULL;
  return g_steal_pointer (&self);
}

void
fy_boundary_free (FyBoundary *self)
{
  if (self == NULL)
    return;
  side_clear (&self->truth);
  side_clear (&self->result);
  g_free (self->reach);
  g_free (self);
}

/* The part of the picture that can hold boundary pixels. */
typedef struct
{
  int left;
  int top;
  int width;
  int height;
} Box;

/* Marks one row's boundary pixels: here and below are the map's rows, below NULL on the last.
 * Returns: how many. */
static gsize
mark_row (const guint16 *here,
          const guint16 *below,
          guint16 id,
          int n,
          gboolean at_border,
          guint8 *pixel)
{
  int inner = at_border ? n - 1 : n; /* columns that have a right neighbour */
  gsize count = 0;

  if (below == NULL)
    for (int x = 0; x < inner; x++)
      pixel[x] = (here[x] == id) ^ (here[x + 1] == id);
  else
    for (int x = 0; x < inner; x++)
      {
        int a = here[x] == id;

        pixel[x] = (guint8) ((a ^ (here[x + 1] == id)) | (a ^ (below[x] == id)) |
                             (a ^ (below[x + 1] == id)));
      }
  if (at_border)
    pixel[n - 1] = below != NULL && (here[n - 1] == id) != (below[n - 1] == id);
  for (int x = 0; x < n; x++)
    count += pixel[x];
  return count;
}

static void
find_boundary (const FyBoundary *self, const FyIdMap *map, guint16 id, const Box *box, Side *side)
{
  gboolean at_border = box->left + box->width == self->width;

  side->n = 0;
  for (int y = 0; y < box->height; y++)
    {
      gsize row = (gsize) (box->top + y);
      const guint16 *here = map->id + row * (gsize) self->width + box->left;
      const guint16 *below = row + 1 < (gsize) self->height ? here + self->width : NULL;

      side->n += mark_row (here, below, id, box->width, at_border,
                           side->pixel + (gsize) y * (gsize) box->width);
    }
}

/* Fills `distance` by a pass down and a pass up. */
static void
measure_columns (const Box *box, Side *side)
{
  gsize width = (gsize) box->width, n = width * (gsize) box->height;

  for (gsize i = 0; i < width; i++)
    side->distance[i] = side->pixel[i] != 0 ? 0 : FAR;
  for (gsize i = width; i < n; i++)
    {
      guint16 further = (guint16) (MIN (side->distance[i - width], FAR - 1) + 1);

      side->distance[i] = side->pixel[i] != 0 ? 0 : further;
    }
  for (gsize i = n - width; i-- > 0;)
    {
      guint16 further = (guint16) (MIN (side->distance[i + width], FAR - 1) + 1);

      side->distance[i] = MIN (side->distance[i], further);
    }
}

/* Does a disk around column x of this row hold a boundary pixel of the side measured? */
static gboolean
is_near (const FyBoundary *self, const guint16 *distance, int x, int width)
{
  if (distance[x] <= self->reach[0])
    return TRUE;
  for (int d = 1; d <= self->tolerance; d++)
    if ((x >= d && distance[x - d] <= self->reach[d]) ||
        (x + d < width && distance[x + d] <= self->reach[d]))
      return TRUE;
  return FALSE;
}

/* Share of one side's boundary pixels that are near the other side's. */
static double
share_near (const FyBoundary *self, const Box *box, const Side *side, const Side *other)
{
  gsize near = 0;

  for (int y = 0; y < box->height; y++)
    {
      const guint8 *pixel = side->pixel + (gsize) y * (gsize) box->width;
      const guint16 *distance = other->distance + (gsize) y * (gsize) box->width;

      for (int x = 0; x < box->width; x++)
        if (pixel[x] != 0)
          near += is_near (self, distance, x, box->width) ? 1 : 0;
    }
  return (double) near / (double) side->n;
}

double
fy_boundary_accuracy (FyBoundary *self,
                      const FyIdMap *truth,
                      const FyIdMap *result,
                      guint16 id,
                      const FyRegion *region)
{
  Box box = { .left = MAX (region->left - 1, 0), .top = MAX (region->top - 1, 0) };
  double precision, recall;

  g_return_val_if_fail (truth->width == self->width && truth->height == self->height, 0.0);
  if (region->left >= region->right) /* the object is nowhere */
    return 1.0;
  box.width = region->right - box.left;
  box.height = region->bottom - box.top;
  find_boundary (self, truth, id, &box, &self->truth);
  find_boundary (self, result, id, &box, &self->result);
  if (self->truth.n == 0 || self->result.n == 0)
    return self->truth.n == self->result.n ? 1.0 : 0.0;
  measure_columns (&box, &self->truth);
  measure_columns (&box, &self->result);
  precision = share_near (self, &box, &self->result, &self->truth);
  recall = share_near (self, &box, &self->truth, &self->result);
  return precision + recall > 0.0 ? 2.0 * precision * recall / (precision + recall) : 0.0;
}
