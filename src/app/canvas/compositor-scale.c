/* SPDX-License-Identifier: MIT */
#include "app/canvas/compositor-scale.h"

#include <math.h>
#include <string.h>

#define ONE 256 /* weight of a pixel that is covered whole */

/* The pixels of the picture that one of the screen covers, along one side. */
typedef struct
{
  int first;
  int n;
  guint32 head; /* weight of the first; those between count ONE */
  guint32 tail; /* of the last, when there are two or more      */
  guint32 sum;
} Cover;

static Cover *
covers (int n, double first, double scale, int size)
{
  Cover *cover = g_new (Cover, n);

  for (int i = 0; i < n; i++)
    {
      double from = CLAMP ((first + i) / scale, 0.0, size - 1.0 / ONE);
      double to = CLAMP ((first + i + 1) / scale, from + 1.0 / ONE, size);
      int last = (int) MIN (ceil (to) - 1, size - 1);
      Cover c = { .first = (int) from };

      c.n = last - c.first + 1;
      c.head = (guint32) lround (((c.n == 1 ? to : c.first + 1) - from) * ONE);
      c.tail = c.n > 1 ? (guint32) lround ((to - last) * ONE) : 0;
      c.head = MAX (c.head, c.n == 1 ? 1 : 0);
      c.sum = c.head + c.tail + (c.n > 2 ? (guint32) (c.n - 2) * ONE : 0);
      if (c.sum == 0)
        c.sum = c.head = 1;
      cover[i] = c;
    }
  return cover;
}

/* One row of the picture at its new width, 8.8 fixed point. */
static void
shrink_row (const guint8 *rgb, const Cover *cover, int width, guint16 *out)
{
  for (int x = 0; x < width; x++, out += 3)
    {
      const Cover *c = &cover[x];
      const guint8 *p = rgb + 3 * (gsize) c->first;
      guint32 sum[3] = { p[0] * c->head, p[1] * c->head, p[2] * c->head };

      for (int i = 1; i < c->n - 1; i++)
        {
          p += 3;
          sum[0] += p[0] * ONE;
          sum[1] += p[1] * ONE;
          sum[2] += p[2] * ONE;
        }
      if (c->n > 1)
        for (int k = 0; k < 3; k++)
          sum[k] += p[3 + k] * c->tail;
      for (int k = 0; k < 3; k++)
        out[k] = (guint16) ((guint64) sum[k] * 256 / c->sum);
    }
}

void
ferry_scale_down (const FyFrame *frame,
                  double scale,
                  double x,
                  double y,
                  int width,
                  int height,
                  guint8 *bgra)
{
  g_autofree Cover *across = covers (width, x, scale, frame->width);
  g_autofree Cover *down = covers (height, y, scale, frame->height);
  g_autofree guint16 *row = g_new (guint16, 3 * (gsize) width);
  g_autofree guint32 *sum = g_new (guint32, 3 * (gsize) width);
  int ready = -1; /* the row of the picture that `row` holds */

  for (int i = 0; i < height; i++)
    {
      const Cover *c = &down[i];
      guint64 share = ((guint64) 1 << 32) / c->sum;

      memset (sum, 0, sizeof *sum * 3 * (gsize) width);
      for (int j = 0; j < c->n; j++)
        {
          guint32 weight = j == 0 ? c->head : j == c->n - 1 ? c->tail : ONE;

          if (ready != c->first + j)
            shrink_row (frame->rgb + 3 * (gsize) (c->first + j) * (gsize) frame->width, across,
                        width, row);
          ready = c->first + j;
          for (int k = 0; k < 3 * width; k++)
            sum[k] += row[k] * weight;
        }
      for (int k = 0; k < width; k++, bgra += 4)
        {
          bgra[0] = (guint8) ((sum[3 * k + 2] * share + ((guint64) 1 << 39)) >> 40);
          bgra[1] = (guint8) ((sum[3 * k + 1] * share + ((guint64) 1 << 39)) >> 40);
          bgra[2] = (guint8) ((sum[3 * k] * share + ((guint64) 1 << 39)) >> 40);
          bgra[3] = 255;
        }
    }
}

/* The two pixels between whose centres one of the screen lies. */
typedef struct
{
  int first;
  int second;
  guint32 weight; /* of the second, of ONE */
} Between;

static Between *
betweens (int n, double first, double scale, int size)
{
  Between *between = g_new (Between, n);

  for (int i = 0; i < n; i++)
    {
      double at = CLAMP ((first + i + 0.5) / scale - 0.5, 0.0, size - 1.0);

      between[i].first = (int) at;
      between[i].second = MIN (between[i].first + 1, size - 1);
      between[i].weight = (guint32) lround ((at - between[i].first) * ONE);
    }
  return between;
}

/* A row between two of the picture, 8.8 fixed point. */
static void
blend_rows (const FyFrame *frame, const Between *between, guint16 *out)
{
  gsize n = 3 * (gsize) frame->width;
  const guint8 *first = frame->rgb + n * (gsize) between->first;
  const guint8 *second = frame->rgb + n * (gsize) between->second;

  for (gsize i = 0; i < n; i++)
    out[i] = (guint16) (first[i] * (ONE - between->weight) + second[i] * between->weight);
}

void
ferry_scale_smooth (const FyFrame *frame,
                    double scale_across,
                    double scale_down,
                    double x,
                    double y,
                    int width,
                    int height,
                    guint8 *bgra)
{
  g_autofree Between *across = betweens (width, x, scale_across, frame->width);
  g_autofree Between *down = betweens (height, y, scale_down, frame->height);
  g_autofree guint16 *row = g_new (guint16, 3 * (gsize) frame->width);

  for (int i = 0; i < height; i++)
    {
      blend_rows (frame, &down[i], row);
      for (int j = 0; j < width; j++, bgra += 4)
        {
          const guint16 *first = row + 3 * across[j].first, *second = row + 3 * across[j].second;
          guint32 weight = across[j].weight;

          for (int k = 0; k < 3; k++)
            bgra[2 - k] = (guint8) ((first[k] * (ONE - weight) + second[k] * weight + 32768) >> 16);
          bgra[3] = 255;
        }
    }
}

void
ferry_scale_up (const FyFrame *frame,
                const int *column,
                const int *row,
                int width,
                int height,
                guint8 *bgra)
{
  gsize stride = 4 * (gsize) width;

  for (int y = 0; y < height; y++, bgra += stride)
    {
      const guint8 *rgb = frame->rgb + 3 * (gsize) row[y] * (gsize) frame->width;

      if (y > 0 && row[y] == row[y - 1])
        {
          memcpy (bgra, bgra - stride, stride);
          continue;
        }
      for (int x = 0; x < width; x++)
        {
          const guint8 *p = rgb + 3 * (gsize) column[x];
          guint32 pixel = GUINT32_TO_LE ((guint32) p[2] | (guint32) p[1] << 8 |
                                         (guint32) p[0] << 16 | 0xff000000u);

          memcpy (bgra + 4 * (gsize) x, &pixel, 4);
        }
    }
}
