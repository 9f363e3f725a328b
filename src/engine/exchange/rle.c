/* SPDX-License-Identifier: MIT */
#include "exchange/rle.h"

#include "base/error.h"
#include "base/text.h"

#define FIRST_CHARACTER 48
#define MORE            0x20

void
fy_rle_free (FyRle *self)
{
  if (self == NULL)
    return;
  g_array_unref (self->counts);
  g_free (self);
}

/* --- Masks to counts --- */

typedef struct
{
  FyRle *rle;
  gint64 end; /* of its last ones */
  int right;  /* of its box, inside */
  int bottom;
} Growing;

static Growing *
grow (GHashTable *growing, guint16 id)
{
  Growing *self = g_hash_table_lookup (growing, GUINT_TO_POINTER (id));

  if (self != NULL)
    return self;
  self = g_new0 (Growing, 1);
  self->rle = g_new0 (FyRle, 1);
  self->rle->id = id;
  self->rle->counts = g_array_new (FALSE, FALSE, sizeof (guint32));
  self->rle->box = (FyRect){ .x = G_MAXINT, .y = G_MAXINT };
  self->right = self->bottom = -1;
  g_hash_table_insert (growing, GUINT_TO_POINTER (id), self);
  return self;
}

static void
append (GArray *counts, gint64 count)
{
  guint32 value = (guint32) count;

  g_array_append_val (counts, value);
}

/* Pixels top .. bottom of a column. */
static void
add_run (Growing *self, int x, int top, int bottom, int height)
{
  gint64 start = (gint64) x * height + top, length = bottom - top + 1;
  GArray *counts = self->rle->counts;
  FyRect *box = &self->rle->box;

  if (counts->len > 0 && start == self->end) /* goes on at the top of the next column */
    g_array_index (counts, guint32, counts->len - 1) += (guint32) length;
  else
    {
      append (counts, start - self->end);
      append (counts, length);
    }
  self->end = start + length;
  self->rle->area += length;
  box->x = MIN (box->x, x);
  box->y = MIN (box->y, top);
  self->right = x;
  self->bottom = MAX (self->bottom, bottom);
}

static void
walk (const FyIdMap *map, GHashTable *growing)
{
  for (int x = 0; x < map->width; x++)
    for (int y = 0, top = 0; y < map->height; top = y)
      {
        const guint16 *column = map->id + x;
        guint16 id = column[(gsize) y * (gsize) map->width];

        while (y < map->height && column[(gsize) y * (gsize) map->width] == id)
          y++;
        if (id != FY_ID_BACKGROUND && id != FY_ID_VOID)
          add_run (grow (growing, id), x, top, y - 1, map->height);
      }
}

static int
compare_ids (gconstpointer a, gconstpointer b)
{
  const FyRle *const *first = a, *const *second = b;

  return (int) (*first)->id - (int) (*second)->id;
}

GPtrArray *
fy_rle_encode (const FyIdMap *map)
{
  g_autoptr (GHashTable) growing = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  GPtrArray *all = g_ptr_array_new_with_free_func ((GDestroyNotify) fy_rle_free);
  gint64 n_pixels = (gint64) map->width * map->height;
  GHashTableIter iter;
  gpointer value;

  walk (map, growing);
  g_hash_table_iter_init (&iter, growing);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      Growing *one = value;

      if (one->end < n_pixels)
        append (one->rle->counts, n_pixels - one->end);
      one->rle->box.width = one->right - one->rle->box.x + 1;
      one->rle->box.height = one->bottom - one->rle->box.y + 1;
      g_ptr_array_add (all, one->rle);
    }
  g_ptr_array_sort (all, compare_ids);
  return all;
}

void
fy_rle_decode (const GArray *counts, guint16 id, FyIdMap *map)
{
  gint64 at = 0, n_pixels = (gint64) map->width * map->height;

  for (guint i = 0; i < counts->len; i++)
    {
      gint64 end = MIN (at + g_array_index (counts, guint32, i), n_pixels);

      for (; at < end; at++)
        if (i % 2 == 1)
          map->id[at % map->height * map->width + at / map->height] = id;
    }
}

/* --- Counts to text --- */

static void
append_number (GString *text, gint64 value)
{
  gboolean more = TRUE;

  while (more)
    {
      int bits = (int) (value & 0x1f);

      value >>= 5;
      more = (bits & 0x10) != 0 ? value != -1 : value != 0;
      g_string_append_c (text, (char) (FIRST_CHARACTER + (more ? bits | MORE : bits)));
    }
}

char *
fy_rle_to_string (const GArray *counts)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < counts->len; i++)
    {
      gint64 before = i > 2 ? g_array_index (counts, guint32, i - 2) : 0;

      append_number (text, (gint64) g_array_index (counts, guint32, i) - before);
    }
  return g_string_free (text, FALSE);
}

/* Reads a number, moving *text behind it.  Returns: FALSE when it is none. */
static gboolean
take_number (const char **text, gint64 *value)
{
  int bits = 0, shift = 0;

  *value = 0;
  do
    {
      bits = **text - FIRST_CHARACTER;
      if (bits < 0 || bits >= 2 * MORE || shift > 35)
        return FALSE;
      *value |= (gint64) (bits & 0x1f) << shift;
      shift += 5;
      ++*text;
    }
  while ((bits & MORE) != 0);
  if ((bits & 0x10) != 0)
    *value |= -((gint64) 1 << shift);
  return TRUE;
}

GArray *
fy_rle_from_string (const char *text, gint64 n_pixels, GError **error)
{
  g_autoptr (GArray) counts = g_array_new (FALSE, FALSE, sizeof (guint32));
  const char *at = text;
  gint64 sum = 0;
  gboolean whole = TRUE;

  while (whole && *at != '\0')
    {
      gint64 value;

      whole = take_number (&at, &value);
      if (!whole)
        break;
      if (counts->len > 2)
        value += g_array_index (counts, guint32, counts->len - 2);
      whole = value >= 0 && value <= n_pixels - sum;
      if (!whole)
        break;
      append (counts, value);
      sum += value;
    }
  if (whole && sum == n_pixels)
    return g_steal_pointer (&counts);
  g_set_error (error, FY_ERROR, FY_ERROR_CORRUPT,
               _ ("run lengths: count %u at character %d is none, or they do not sum to %" PRId64
                  " pixels; export them again"),
               counts->len, (int) (at - text), n_pixels);
  return NULL;
}
