/* SPDX-License-Identifier: MIT */
#include "media/frame.h"

#include "base/size.h"
#include "base/wide.h"

FyFrame *
fy_frame_new (int width, int height)
{
  g_autofree FyFrame *self = NULL;
  gsize bytes;

  if (width <= 0 || height <= 0 || !fy_size_mul3 ((gsize) width, (gsize) height, 3, &bytes) ||
      bytes > G_MAXINT32)
    return NULL;
  self = g_new0 (FyFrame, 1);
  self->rgb = g_try_malloc (bytes);
  if (self->rgb == NULL)
    return NULL;
  self->width = width;
  self->height = height;
  g_atomic_ref_count_init (&self->refs);
  return g_steal_pointer (&self);
}

FyFrame *
fy_frame_ref (FyFrame *self)
{
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

void
fy_frame_unref (FyFrame *self)
{
  if (self == NULL || !g_atomic_ref_count_dec (&self->refs))
    return;
  g_free (self->rgb);
  g_free (self);
}

/* The source samples that make up one output sample along one axis, and their shares. */
typedef struct
{
  int first;
  int count;
  const float *weight; /* [count], sum 1 */
} Taps;

/* Output sample i covers [i*n, (i+1)*n) and source sample s covers [s*m, (s+1)*m), both counted in
 * m-ths of a source sample: exact in integers. */
static void
fill_area (Taps *taps, float *weight, gint64 n, gint64 m)
{
  for (gint64 i = 0; i < m; i++)
    {
      gint64 from = i * n, to = from + n;

      taps[i] = (Taps){ .first = (int) (from / m), .weight = weight };
      for (gint64 s = from / m; s * m < to; s++)
        {
          gint64 covered = MIN (to, (s + 1) * m) - MAX (from, s * m);

          *weight++ = (float) covered / (float) n;
          taps[i].count++;
        }
    }
}

static void
fill_bilinear (Taps *taps, float *weight, gint64 n, gint64 m)
{
  for (gint64 i = 0; i < m; i++)
    {
      double at = CLAMP (((double) i + 0.5) * (double) n / (double) m - 0.5, 0, (double) (n - 1));
      gint64 first = (gint64) at;

      taps[i] = (Taps){ .first = (int) first, .count = first + 1 < n ? 2 : 1, .weight = weight };
      weight[0] = taps[i].count == 2 ? (float) (1 - (at - (double) first)) : 1;
      weight[1] = 1 - weight[0];
      weight += 2;
    }
}

/* Makes the taps from n to m samples.  `weight` receives the memory of all shares. */
static Taps *
make_taps (int n, int m, float **weight)
{
  Taps *taps = g_new (Taps, (gsize) m);

  /* Shrinking, each source sample is shared by at most two neighbours. */
  *weight = g_new (float, 2 * (gsize) MAX (n, m));
  if (m <= n)
    fill_area (taps, *weight, n, m);
  else
    fill_bilinear (taps, *weight, n, m);
  return taps;
}

/* Adds up the source rows of one output row: line [self->width, 3]. */
FY_WIDE static void
blend_rows (const FyFrame *self, const Taps *taps, float *restrict line)
{
  gsize samples = (gsize) self->width * 3;

  for (int t = 0; t < taps->count; t++)
    {
      const guint8 *restrict row = self->rgb + (gsize) (taps->first + t) * samples;
      float weight = taps->weight[t];

      if (t == 0)
        for (gsize i = 0; i < samples; i++)
          line[i] = weight * (float) row[i];
      else
        for (gsize i = 0; i < samples; i++)
          line[i] += weight * (float) row[i];
    }
}

static void
blend_columns (const float *line, const Taps *taps, int width, guint8 *out)
{
  for (int x = 0; x < width; x++, out += 3)
    {
      const float *from = line + (gsize) taps[x].first * 3;
      float sum[3] = { 0.5f, 0.5f, 0.5f };

      for (int t = 0; t < taps[x].count; t++, from += 3)
        for (int c = 0; c < 3; c++)
          sum[c] += taps[x].weight[t] * from[c];
      for (int c = 0; c < 3; c++)
        out[c] = (guint8) MIN (sum[c], 255.0f);
    }
}

FyFrame *
fy_frame_scale (FyFrame *self, int width, int height)
{
  g_autofree float *column_weight = NULL;
  g_autofree float *row_weight = NULL;
  g_autofree Taps *columns = NULL;
  g_autofree Taps *rows = NULL;
  g_autofree float *line = NULL;
  FyFrame *scaled;

  if (width == self->width && height == self->height)
    return fy_frame_ref (self);
  scaled = fy_frame_new (width, height);
  if (scaled == NULL)
    return NULL;
  scaled->number = self->number;
  scaled->time_us = self->time_us;
  columns = make_taps (self->width, width, &column_weight);
  rows = make_taps (self->height, height, &row_weight);
  line = g_new (float, (gsize) self->width * 3);
  for (int y = 0; y < height; y++)
    {
      blend_rows (self, &rows[y], line);
      blend_columns (line, columns, width, scaled->rgb + (gsize) y * (gsize) width * 3);
    }
  return scaled;
}
