/* SPDX-License-Identifier: MIT */
#include "propagate/resolve.h"

#include "base/parallel.h"
#include "base/wide.h"

#include <math.h>
#include <string.h>

/* Where a destination coordinate reads: (1 - f) of `low` and f of `high`. */
typedef struct
{
  int low;
  int high;
  float f;
} Tap;

static Tap
find_tap (int at, int destination, int source, gboolean horizontal)
{
  double scale = 1.0 / ((double) destination / source);
  float f = (float) ((at + 0.5) * scale - 0.5);
  int low = (int) floorf (f);

  f -= (float) low;
  if (horizontal && low < 0)
    return (Tap){ 0, 0, 0.0f };
  if (horizontal && low >= source - 1)
    return (Tap){ source - 1, source - 1, 0.0f };
  return (Tap){ CLAMP (low, 0, source - 1), CLAMP (low + 1, 0, source - 1), f };
}

static Tap *
find_taps (int destination, int source, gboolean horizontal)
{
  Tap *taps = g_new (Tap, (gsize) destination);

  for (int at = 0; at < destination; at++)
    taps[at] = find_tap (at, destination, source, horizontal);
  return taps;
}

static float
mix (float a, float b, float f)
{
  return a * (1.0f - f) + b * f;
}

/* --- Mask to grid --- */

/* Class of an id: 0 for background, void and ids that are not listed. */
static guint16 *
class_table (const guint16 *ids, int n_ids)
{
  guint16 *table = g_new0 (guint16, 65536);

  for (int i = 0; i < n_ids; i++)
    table[ids[i]] = (guint16) (i + 1);
  return table;
}

void
fy_soften (const FyIdMap *mask,
           const guint16 *ids,
           int n_ids,
           int grid_width,
           int grid_height,
           float *soft)
{
  g_autofree Tap *columns = find_taps (grid_width, mask->width, TRUE);
  g_autofree Tap *rows = find_taps (grid_height, mask->height, FALSE);
  g_autofree guint16 *class_of = class_table (ids, n_ids);
  gsize cells = (gsize) grid_width * (gsize) grid_height;

  memset (soft, 0, cells * (gsize) (n_ids + 1) * sizeof (float));
  for (int y = 0; y < grid_height; y++)
    for (int x = 0; x < grid_width; x++)
      {
        Tap row = rows[y], column = columns[x];
        const guint16 *low = mask->id + (gsize) row.low * (gsize) mask->width;
        const guint16 *high = mask->id + (gsize) row.high * (gsize) mask->width;
        guint16 corner[4] = { class_of[low[column.low]], class_of[low[column.high]],
                              class_of[high[column.low]], class_of[high[column.high]] };

        for (int i = 0; i < 4; i++) /* a class that fills several corners is written as often */
          {
            guint16 c = corner[i];
            float upper = mix (corner[0] == c, corner[1] == c, column.f);
            float lower = mix (corner[2] == c, corner[3] == c, column.f);

            soft[c * cells + (gsize) y * (gsize) grid_width + (gsize) x] =
                mix (upper, lower, row.f);
          }
      }
}

/* --- Grid to mask --- */

/* Pixels [begin, end) of a row. */
typedef struct
{
  int begin;
  int end;
} Span;

typedef struct
{
  const float *soft;
  const guint16 *ids;
  int n_classes;
  int grid_width;
  int grid_height;
  FyIdMap *mask;
  const Tap *columns;
  const Tap *rows;
  const Span *reach;     /* [grid_width] pixels that read a column of the grid */
  const guint8 *changed; /* [grid_height]; NULL = all are                      */
} Resolve;

static Span *
find_reach (const Tap *columns, int width, int grid_width)
{
  Span *reach = g_new0 (Span, (gsize) grid_width);

  for (int x = width - 1; x >= 0; x--)
    reach[columns[x].low].begin = reach[columns[x].high].begin = x;
  for (int x = 0; x < width; x++)
    reach[columns[x].low].end = reach[columns[x].high].end = x + 1;
  return reach;
}

static Span
join (Span a, Span b)
{
  if (a.begin == a.end || b.begin == b.end)
    return a.begin == a.end ? b : a;
  return (Span){ MIN (a.begin, b.begin), MAX (a.end, b.end) };
}

/* The pixels that see of a grid row what is not zero. */
static Span
find_extent (const Resolve *resolve, int class, int row)
{
  int width = resolve->grid_width, first = 0, last = width - 1;
  const float *soft =
      resolve->soft + ((gsize) class * (gsize) resolve->grid_height + (gsize) row) * (gsize) width;
  Span span = { resolve->mask->width, 0 };

  while (first < width && soft[first] == 0.0f)
    first++;
  while (last > first && soft[last] == 0.0f)
    last--;
  for (int x = first; x <= last; x++)
    if (resolve->reach[x].end > 0) /* a narrow picture does not read them all */
      span = (Span){ MIN (span.begin, resolve->reach[x].begin),
                     MAX (span.end, resolve->reach[x].end) };
  return span.begin < span.end ? span : (Span){ 0, 0 };
}

/* Stretches one grid row to the picture's width, the pixels of a span. */
static void
stretch (const Resolve *resolve, int class, int row, Span span, float *out)
{
  const float *soft = resolve->soft + ((gsize) class * (gsize) resolve->grid_height + (gsize) row) *
                                          (gsize) resolve->grid_width;

  for (int x = span.begin; x < span.end; x++)
    {
      Tap tap = resolve->columns[x];

      out[x] = mix (soft[tap.low], soft[tap.high], tap.f);
    }
}

/* What the background has. */
FY_WIDE static void
lay_ground (const float *restrict upper,
            const float *restrict lower,
            float f,
            Span span,
            float *restrict best)
{
  for (int x = span.begin; x < span.end; x++)
    best[x] = mix (upper[x], lower[x], f);
}

/* Gives the pixels of a span where this object is larger than all before to it. */
FY_WIDE static void
contest (const float *restrict upper,
         const float *restrict lower,
         float f,
         Span span,
         gint32 id,
         float *restrict best,
         gint32 *restrict winner)
{
  for (int x = span.begin; x < span.end; x++)
    {
      float value = mix (upper[x], lower[x], f);
      gboolean wins = value > best[x];

      best[x] = wins ? value : best[x];
      winner[x] = wins ? id : winner[x];
    }
}

FY_WIDE static void
name_winners (const gint32 *restrict winner, Span span, guint16 *restrict id)
{
  for (int x = span.begin; x < span.end; x++)
    id[x] = (guint16) winner[x];
}

/* Whether rows between grid rows `item - 1` and `item` have to be filled. */
static gboolean
sees_change (const Resolve *resolve, int item)
{
  return resolve->changed == NULL || resolve->changed[item] ||
         (item > 0 && resolve->changed[item - 1]);
}

/* Where each object may have pixels between grid rows `item - 1` and `item`.  span: [n_classes] out, that of
 * the background is where any has. */
static void
find_spans (const Resolve *resolve, int item, Span *span)
{
  span[0] = (Span){ 0, 0 };
  for (int c = 1; c < resolve->n_classes; c++)
    {
      span[c] = join (find_extent (resolve, c, item), find_extent (resolve, c, MAX (item - 1, 0)));
      span[0] = join (span[0], span[c]);
    }
}

/* One class's part in the rows [begin, end) of the picture, which lie above grid row `item`. */
static void
enter (const Resolve *resolve,
       int item,
       int class,
       int begin,
       int end,
       Span span,
       float *best,
       gint32 *winner)
{
  gsize n = (gsize) resolve->mask->width;
  g_autofree float *upper = g_new (float, n), *lower = g_new (float, n);
  int low = -1;

  stretch (resolve, class, item, span, lower);
  for (int y = begin; y < end; y++)
    {
      gsize at = (gsize) (y - begin) * n;

      if (resolve->rows[y].low != low)
        stretch (resolve, class, low = resolve->rows[y].low, span, upper);
      if (class == 0)
        lay_ground (upper, lower, resolve->rows[y].f, span, best + at);
      else
        contest (upper, lower, resolve->rows[y].f, span, resolve->ids[class - 1], best + at,
                 winner + at);
    }
}

/* The picture's rows that lie between grid rows `item - 1` and `item`: they share stretched rows.  Where all
 * objects are zero none wins. */
static void
resolve_band (int item, int worker, gpointer data)
{
  const Resolve *resolve = data;
  int width = resolve->mask->width, height = resolve->mask->height, begin = 0, end;
  gsize n = (gsize) width;
  guint16 *id;
  g_autofree Span *span = NULL;
  g_autofree float *best = NULL;
  g_autofree gint32 *winner = NULL;

  if (!sees_change (resolve, item))
    return;
  while (begin < height && resolve->rows[begin].high < item)
    begin++;
  for (end = begin; end < height && resolve->rows[end].high == item; end++)
    ;
  id = resolve->mask->id + (gsize) begin * n;
  memset (id, 0, sizeof *id * n * (gsize) (end - begin)); /* FY_ID_BACKGROUND */
  span = g_new (Span, (gsize) resolve->n_classes);
  find_spans (resolve, item, span);
  if (begin == end || span[0].begin == span[0].end)
    return;
  best = g_new (float, n *(gsize) (end - begin));
  winner = g_new0 (gint32, n * (gsize) (end - begin));
  for (int c = 0; c < resolve->n_classes; c++)
    if (span[c].begin < span[c].end)
      enter (resolve, item, c, begin, end, span[c], best, winner);
  for (int y = begin; y < end; y++, id += n)
    name_winners (winner + (gsize) (y - begin) * n, span[0], id);
}

void
fy_resolve (const float *soft,
            const guint16 *ids,
            int n_ids,
            int grid_width,
            int grid_height,
            FyIdMap *mask)
{
  g_autofree Tap *columns = find_taps (mask->width, grid_width, TRUE);
  g_autofree Tap *rows = find_taps (mask->height, grid_height, FALSE);
  g_autofree Span *reach = find_reach (columns, mask->width, grid_width);
  Resolve resolve = { soft, ids,     n_ids + 1, grid_width, grid_height,
                      mask, columns, rows,      reach,      NULL };

  fy_parallel_for (grid_height, resolve_band, &resolve);
}

void
fy_resolve_rows (const float *soft,
                 const guint16 *ids,
                 int n_ids,
                 int grid_width,
                 int grid_height,
                 const guint8 *changed,
                 FyIdMap *mask,
                 int *y,
                 int *height)
{
  g_autofree Tap *columns = find_taps (mask->width, grid_width, TRUE);
  g_autofree Tap *rows = find_taps (mask->height, grid_height, FALSE);
  g_autofree Span *reach = find_reach (columns, mask->width, grid_width);
  Resolve resolve = { soft, ids,     n_ids + 1, grid_width, grid_height,
                      mask, columns, rows,      reach,      changed };
  int begin = 0, end = mask->height;

  while (begin < end && !sees_change (&resolve, rows[begin].high))
    begin++;
  while (end > begin && !sees_change (&resolve, rows[end - 1].high))
    end--;
  *y = begin;
  *height = end - begin;
  fy_parallel_for (grid_height, resolve_band, &resolve);
}
