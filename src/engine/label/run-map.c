/* SPDX-License-Identifier: MIT */
#include "label/run-map.h"

#include "base/error.h"
#include "base/reader.h"
#include "base/text.h"

#include <string.h>

#define VERSION  1
#define LONGEST  65535 /* pixels a side */
#define ID_BYTES (65536 / 8)

/* Pixels of one id up to `end`, excluded.  Neighbours in a row have different ids; the last run of a row
 * ends at the width, which also tells where a row's runs end. */
typedef struct
{
  guint16 end;
  guint16 id;
} Run;

struct FyRunMap
{
  gatomicrefcount refs;
  int width;
  int height;
  guint32 *row; /* [height] a row's first run; equal rows below each other share their runs */
  Run *run;     /* [n] */
  guint32 n;
};

/* A map in the making. */
typedef struct
{
  FyRunMap *map;
  guint32 room; /* runs */
  int y;
  guint32 first; /* run of row y */
} Builder;

/* A set of ids. */
typedef struct
{
  guint8 bit[ID_BYTES];
} IdSet;

static void
id_set_add (IdSet *set, guint id)
{
  set->bit[id >> 3] |= (guint8) (1u << (id & 7));
}

static gboolean
id_set_has (const IdSet *set, guint id)
{
  return (set->bit[id >> 3] >> (id & 7) & 1) != 0;
}

static GArray *
id_set_list (const IdSet *set, guint last)
{
  GArray *list = g_array_new (FALSE, FALSE, sizeof (guint16));

  for (guint byte = 0; byte < ID_BYTES; byte++)
    for (guint id = byte * 8; set->bit[byte] != 0 && id < byte * 8 + 8; id++)
      if (id != FY_ID_BACKGROUND && id <= last && id_set_has (set, id))
        {
          guint16 value = (guint16) id;

          g_array_append_val (list, value);
        }
  return list;
}

/* --- Building --- */

static gboolean
builder_start (Builder *self, int width, int height)
{
  if (width <= 0 || height <= 0 || width > LONGEST || height > LONGEST)
    return FALSE;
  *self = (Builder){ .map = g_new0 (FyRunMap, 1), .room = (guint32) height * 2 + 64 };
  g_atomic_ref_count_init (&self->map->refs);
  self->map->width = width;
  self->map->height = height;
  self->map->row = g_new (guint32, height);
  self->map->run = g_new (Run, self->room);
  return TRUE;
}

static FyRunMap *
builder_finish (Builder *self)
{
  FyRunMap *map = g_steal_pointer (&self->map);

  map->run = g_renew (Run, map->run, map->n);
  return map;
}

static void
reserve (Builder *self, gsize n)
{
  gsize wanted = self->map->n + n;

  if (wanted <= self->room)
    return;
  self->room = (guint32) MIN (wanted + wanted / 2, G_MAXUINT32);
  self->map->run = g_renew (Run, self->map->run, self->room);
}

/* Appends a run, or makes the one before it longer. */
static inline void
push (Builder *self, guint end, guint16 id)
{
  FyRunMap *map = self->map;

  if (map->n > self->first && map->run[map->n - 1].id == id)
    {
      map->run[map->n - 1].end = (guint16) end;
      return;
    }
  if (map->n == self->room)
    reserve (self, 1);
  map->run[map->n++] = (Run){ (guint16) end, id };
}

static gboolean
runs_equal (const Run *a, const Run *b, guint width)
{
  for (;; a++, b++)
    {
      if (a->end != b->end || a->id != b->id)
        return FALSE;
      if (a->end == width)
        return TRUE;
    }
}

/* Ends a row, which shares the runs of the row above when it is the same. */
static void
end_row (Builder *self)
{
  FyRunMap *map = self->map;
  guint32 above = self->y > 0 ? map->row[self->y - 1] : 0;

  if (self->y > 0 && runs_equal (map->run + above, map->run + self->first, (guint) map->width))
    {
      map->row[self->y] = above;
      map->n = self->first;
    }
  else
    {
      map->row[self->y] = self->first;
    }
  self->y++;
  self->first = map->n;
}

/* Takes rows y .. y + n - 1 over from another map. */
static void
copy_rows (Builder *self, const FyRunMap *from, int y, int n)
{
  FyRunMap *map = self->map;
  guint32 start, end;

  if (n <= 0)
    return;
  start = from->row[y];
  end = from->row[y + n - 1];
  while (from->run[end++].end != from->width)
    ;
  reserve (self, end - start);
  memcpy (map->run + map->n, from->run + start, sizeof (Run) * (end - start));
  for (int i = 0; i < n; i++)
    map->row[self->y++] = from->row[y + i] - start + map->n;
  map->n += end - start;
  self->first = map->n;
}

/* Where the pixels that are like pixel x end. */
static inline int
run_end (const guint16 *pixel, int x, int width)
{
  guint16 id = pixel[x++];
  guint64 eight[2], all = id * G_GUINT64_CONSTANT (0x0001000100010001);

  if (x < width && pixel[x] != id)
    return x;
  for (; x + 8 <= width; x += 8)
    {
      memcpy (eight, pixel + x, sizeof eight);
      if (((eight[0] ^ all) | (eight[1] ^ all)) != 0)
        break;
    }
  while (x < width && pixel[x] == id)
    x++;
  return x;
}

static void
encode_rows (Builder *self, const FyIdMap *map, int y, int n)
{
  for (int i = y; i < y + n; i++)
    {
      const guint16 *pixel = map->id + (gsize) i * (gsize) map->width;

      for (int x = 0; x < map->width;)
        {
          guint16 id = pixel[x];

          x = run_end (pixel, x, map->width);
          push (self, (guint) x, id);
        }
      end_row (self);
    }
}

FyRunMap *
fy_run_map_new (const FyIdMap *map)
{
  Builder builder;

  if (!builder_start (&builder, map->width, map->height))
    return NULL;
  encode_rows (&builder, map, 0, map->height);
  return builder_finish (&builder);
}

FyRunMap *
fy_run_map_new_empty (int width, int height)
{
  Builder builder;

  if (!builder_start (&builder, width, height))
    return NULL;
  while (builder.y < height)
    {
      push (&builder, (guint) width, FY_ID_BACKGROUND);
      end_row (&builder);
    }
  return builder_finish (&builder);
}

FyRunMap *
fy_run_map_ref (FyRunMap *self)
{
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

void
fy_run_map_unref (FyRunMap *self)
{
  if (self == NULL || !g_atomic_ref_count_dec (&self->refs))
    return;
  g_free (self->row);
  g_free (self->run);
  g_free (self);
}

FyRunMap *
fy_run_map_update (const FyRunMap *self, const FyIdMap *map, int y, int height)
{
  int first = CLAMP (y, 0, self->height), last = CLAMP (y + height, first, self->height);
  Builder builder;

  g_return_val_if_fail (map->width == self->width && map->height == self->height, NULL);
  builder_start (&builder, self->width, self->height);
  reserve (&builder, self->n);
  copy_rows (&builder, self, 0, first);
  encode_rows (&builder, map, first, last - first);
  copy_rows (&builder, self, last, self->height - last);
  return builder_finish (&builder);
}

/* --- Looking --- */

int
fy_run_map_width (const FyRunMap *self)
{
  return self->width;
}

int
fy_run_map_height (const FyRunMap *self)
{
  return self->height;
}

gsize
fy_run_map_bytes (const FyRunMap *self)
{
  return sizeof *self + sizeof (guint32) * (gsize) self->height + sizeof (Run) * self->n;
}

static const Run *
row_runs (const FyRunMap *self, int y)
{
  return self->run + self->row[y];
}

/* Whether a row is stored as the one above it. */
static gboolean
is_as_above (const FyRunMap *self, int y)
{
  return y > 0 && self->row[y] == self->row[y - 1];
}

static gboolean
is_background (const FyRunMap *self, int y)
{
  const Run *run = row_runs (self, y);

  return run->id == FY_ID_BACKGROUND && run->end == self->width;
}

/* blank: the map is all background, whose memory is best left alone where it stays so */
static void
expand (const FyRunMap *self, FyIdMap *map, gboolean blank)
{
  gsize width = (gsize) self->width;

  for (int y = 0; y < self->height; y++)
    {
      guint16 *pixel = map->id + (gsize) y * width;
      int x = 0;

      if (blank && is_background (self, y))
        continue;
      if (is_as_above (self, y))
        {
          memcpy (pixel, pixel - width, width * sizeof *pixel);
          continue;
        }
      for (const Run *run = row_runs (self, y); x < self->width; run++)
        while (x < run->end)
          pixel[x++] = run->id;
    }
}

void
fy_run_map_expand (const FyRunMap *self, FyIdMap *map)
{
  g_return_if_fail (map->width == self->width && map->height == self->height);
  expand (self, map, FALSE);
}

FyIdMap *
fy_run_map_to_id_map (const FyRunMap *self)
{
  FyIdMap *map = fy_id_map_new (self->width, self->height);

  if (map != NULL)
    expand (self, map, TRUE);
  return map;
}

guint16
fy_run_map_at (const FyRunMap *self, int x, int y)
{
  const Run *run;

  g_return_val_if_fail (x >= 0 && x < self->width && y >= 0 && y < self->height, FY_ID_BACKGROUND);
  for (run = row_runs (self, y); run->end <= x; run++)
    ;
  return run->id;
}

gboolean
fy_run_map_equal (const FyRunMap *a, const FyRunMap *b)
{
  if (a == b)
    return TRUE;
  if (a->width != b->width || a->height != b->height)
    return FALSE;
  for (int y = 0; y < a->height; y++)
    if (!(is_as_above (a, y) && is_as_above (b, y)) &&
        !runs_equal (row_runs (a, y), row_runs (b, y), (guint) a->width))
      return FALSE;
  return TRUE;
}

gboolean
fy_run_map_is_empty (const FyRunMap *self)
{
  for (guint32 i = 0; i < self->n; i++)
    if (self->run[i].id != FY_ID_BACKGROUND)
      return FALSE;
  return TRUE;
}

gboolean
fy_run_map_has (const FyRunMap *self, guint16 id)
{
  for (guint32 i = 0; i < self->n; i++)
    if (self->run[i].id == id)
      return TRUE;
  return FALSE;
}

GArray *
fy_run_map_ids (const FyRunMap *self)
{
  IdSet set = { 0 };

  for (guint32 i = 0; i < self->n; i++)
    id_set_add (&set, self->run[i].id);
  return id_set_list (&set, FY_ID_VOID - 1);
}

GArray *
fy_run_map_difference (const FyRunMap *a, const FyRunMap *b)
{
  IdSet set = { 0 };

  g_return_val_if_fail (a->width == b->width && a->height == b->height, id_set_list (&set, 0));
  for (int y = 0; a != b && y < a->height; y++)
    {
      const Run *ra = row_runs (a, y), *rb = row_runs (b, y);

      if (is_as_above (a, y) && is_as_above (b, y))
        continue;
      for (int x = 0; x < a->width;)
        {
          if (ra->id != rb->id)
            {
              id_set_add (&set, ra->id);
              id_set_add (&set, rb->id);
            }
          x = MIN (ra->end, rb->end);
          ra += ra->end == x;
          rb += rb->end == x;
        }
    }
  return id_set_list (&set, FY_ID_VOID);
}

gint64
fy_run_map_area (const FyRunMap *self, guint16 id, FyRect *box)
{
  int left = self->width, right = 0, top = self->height, bottom = 0;
  gint64 area = 0;

  for (int y = 0; y < self->height; y++)
    {
      gint64 before = area;
      int x = 0;

      for (const Run *run = row_runs (self, y); x < self->width; x = run++->end)
        if (run->id == id)
          {
            area += run->end - x;
            left = MIN (left, x);
            right = MAX (right, run->end);
          }
      if (area == before)
        continue;
      top = MIN (top, y);
      bottom = y + 1;
    }
  if (box != NULL)
    *box = area > 0 ? (FyRect){ left, top, right - left, bottom - top } : (FyRect){ 0 };
  return area;
}

/* --- Changing --- */

FyRunMap *
fy_run_map_replace (const FyRunMap *self, guint16 id, guint16 to)
{
  Builder builder;

  builder_start (&builder, self->width, self->height);
  reserve (&builder, self->n);
  for (int y = 0; y < self->height; y++)
    {
      const Run *run = row_runs (self, y);

      for (int x = 0; x < self->width; x = run++->end)
        push (&builder, run->end, run->id == id ? to : run->id);
      end_row (&builder);
    }
  return builder_finish (&builder);
}

FyRunMap *
fy_run_map_compose (const FyRunMap *self, const FyRunMap *over, const guint16 *ids, int n)
{
  IdSet set = { 0 };
  Builder builder;

  g_return_val_if_fail (self->width == over->width && self->height == over->height, NULL);
  for (int i = 0; i < n; i++)
    id_set_add (&set, ids[i]);
  builder_start (&builder, self->width, self->height);
  reserve (&builder, self->n);
  for (int y = 0; y < self->height; y++)
    {
      const Run *below = row_runs (self, y), *above = row_runs (over, y);

      for (int x = 0; x < self->width;)
        {
          guint16 id = id_set_has (&set, above->id)   ? above->id
                       : id_set_has (&set, below->id) ? FY_ID_BACKGROUND
                                                      : below->id;

          x = MIN (below->end, above->end);
          push (&builder, (guint) x, id);
          below += below->end == x;
          above += above->end == x;
        }
      end_row (&builder);
    }
  return builder_finish (&builder);
}

/* --- Bytes ---
 * u8 version, then numbers of 7 bits a byte, lowest first: width, height, and records of rows.  A record's
 * first number is 4 * argument + kind:
 *   SAME      argument + 1 rows are as the one above them
 *   SHIFTED   a row has the ids of the one above; how far each end but the last has moved follows, 0 -1 1
 *             -2 .. as 0 1 2 3 ..
 *   RUNS      a row has argument + 1 runs; length and id of each follow, without the last one's length
 * What is above the first row is background. */
enum
{
  SAME,
  SHIFTED,
  RUNS,
  N_KINDS
};

static void
put_number (GByteArray *bytes, guint32 number)
{
  guint8 buffer[5];
  guint n = 0;

  for (; number > 127; number >>= 7)
    buffer[n++] = (guint8) (number | 128);
  buffer[n++] = (guint8) number;
  g_byte_array_append (bytes, buffer, n);
}

/* How many runs a row has. */
static guint
count_runs (const Run *run, guint width)
{
  guint n = 1;

  while (run++->end != width)
    n++;
  return n;
}

static gboolean
same_ids (const Run *a, const Run *b, guint n)
{
  for (guint i = 0; i < n; i++)
    if (a[i].id != b[i].id)
      return FALSE;
  return TRUE;
}

static void
put_row (GByteArray *bytes, const Run *run, guint n, const Run *above, guint n_above)
{
  if (n == n_above && same_ids (run, above, n))
    {
      put_number (bytes, SHIFTED);
      for (guint i = 0; i + 1 < n; i++)
        {
          gint32 moved = run[i].end - above[i].end;

          put_number (bytes, moved < 0 ? (guint32) (-moved * 2 - 1) : (guint32) moved * 2);
        }
      return;
    }
  put_number (bytes, (n - 1) * 4 + RUNS);
  for (guint i = 0; i < n; i++)
    {
      if (i + 1 < n)
        put_number (bytes, (guint) (run[i].end - (i > 0 ? run[i - 1].end : 0)));
      put_number (bytes, run[i].id);
    }
}

GBytes *
fy_run_map_to_bytes (const FyRunMap *self)
{
  GByteArray *bytes = g_byte_array_sized_new (64 + 2 * self->n);
  guint8 version = VERSION;
  Run background = { (guint16) self->width, FY_ID_BACKGROUND };
  const Run *above = &background;
  guint width = (guint) self->width, n_above = 1, same = 0;

  g_byte_array_append (bytes, &version, 1);
  put_number (bytes, width);
  put_number (bytes, (guint32) self->height);
  for (int y = 0; y < self->height; y++)
    {
      const Run *run = row_runs (self, y);
      guint n;

      if (run == above || runs_equal (run, above, width))
        {
          same++;
          continue;
        }
      if (same > 0)
        put_number (bytes, (same - 1) * 4 + SAME);
      same = 0;
      n = count_runs (run, width);
      put_row (bytes, run, n, above, n_above);
      above = run;
      n_above = n;
    }
  if (same > 0)
    put_number (bytes, (same - 1) * 4 + SAME);
  return g_byte_array_free_to_bytes (bytes);
}

static guint32
get_number (FyReader *reader)
{
  guint32 number = 0;

  for (int shift = 0; shift < 32; shift += 7)
    {
      guint8 byte = fy_reader_u8 (reader);

      number |= (guint32) (byte & 127) << shift;
      if (byte < 128)
        return number;
    }
  reader->failed = TRUE;
  return 0;
}

/* Appends a run that must be a proper one. */
static gboolean
take_run (Builder *self, gint64 end, guint32 id)
{
  FyRunMap *map = self->map;
  guint before = map->n > self->first ? map->run[map->n - 1].end : 0;

  if (end <= before || end > map->width || id > G_MAXUINT16 ||
      (map->n > self->first && map->run[map->n - 1].id == id))
    return FALSE;
  push (self, (guint) end, (guint16) id);
  return TRUE;
}

static gboolean
get_shifted (Builder *self, FyReader *reader)
{
  FyRunMap *map = self->map;
  guint32 above = self->y > 0 ? map->row[self->y - 1] : 0;
  Run run = { (guint16) map->width, FY_ID_BACKGROUND };

  for (;; above++)
    {
      guint32 number;
      gint64 moved;

      if (self->y > 0)
        run = map->run[above];
      if (run.end == map->width)
        return take_run (self, run.end, run.id);
      number = get_number (reader);
      moved = (number & 1) != 0 ? -(gint64) (number / 2) - 1 : (gint64) (number / 2);
      if (reader->failed || !take_run (self, run.end + moved, run.id))
        return FALSE;
    }
}

static gboolean
get_runs (Builder *self, FyReader *reader, guint32 n)
{
  gint64 end = 0;

  for (guint32 i = 0; i < n; i++)
    {
      gint64 length = i + 1 < n ? (gint64) get_number (reader) : self->map->width - end;
      guint32 id = get_number (reader);

      end += length;
      if (reader->failed || !take_run (self, end, id))
        return FALSE;
    }
  return TRUE;
}

static gboolean
get_same (Builder *self, guint32 n)
{
  if (n > (guint32) (self->map->height - self->y))
    return FALSE;
  for (guint32 i = 0; i < n; i++)
    {
      if (self->y == 0)
        {
          push (self, (guint) self->map->width, FY_ID_BACKGROUND);
          end_row (self);
          continue;
        }
      self->map->row[self->y] = self->map->row[self->y - 1];
      self->y++;
    }
  return TRUE;
}

static gboolean
get_record (Builder *self, FyReader *reader)
{
  guint32 number = get_number (reader), kind = number % 4, argument = number / 4;
  gboolean fine;

  if (reader->failed || kind >= N_KINDS)
    return FALSE;
  if (kind == SAME)
    return get_same (self, argument + 1);
  fine = kind == SHIFTED ? get_shifted (self, reader) : get_runs (self, reader, argument + 1);
  if (fine)
    end_row (self);
  return fine;
}

FyRunMap *
fy_run_map_from_bytes (GBytes *bytes, GError **error)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);
  FyReader reader = FY_READER (data, size);
  guint8 version = fy_reader_u8 (&reader);
  guint32 width = get_number (&reader), height = get_number (&reader);
  g_autoptr (FyRunMap) map = NULL;
  Builder builder;

  if (reader.failed || version != VERSION || width > LONGEST || height > LONGEST ||
      !builder_start (&builder, (int) width, (int) height))
    {
      g_set_error (error, FY_ERROR, FY_ERROR_CORRUPT,
                   _ ("a label map of %zu bytes does not begin like one"), size);
      return NULL;
    }
  map = builder.map;
  while (builder.y < map->height)
    if (!get_record (&builder, &reader))
      {
        g_set_error (error, FY_ERROR, FY_ERROR_CORRUPT,
                     _ ("row %d of %d of a label map is damaged at byte %zu of %zu"), builder.y,
                     map->height, reader.at, size);
        return NULL;
      }
  if (reader.at != size)
    {
      g_set_error (error, FY_ERROR, FY_ERROR_CORRUPT, _ ("a label map has %zu bytes too many"),
                   size - reader.at);
      return NULL;
    }
  map = NULL;
  return builder_finish (&builder);
}
