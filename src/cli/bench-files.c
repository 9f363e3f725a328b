/* SPDX-License-Identifier: MIT */
/* What ferry-cli bench measures of what goes to disk and comes from there. */
#include "bench-scratch.h"
#include "bench-stages.h"

#include "exchange/indexed-png.h"
#include "match/list-file.h"

#define TOPK     10
#define CHANNELS 256
#define LIMIT    ((guint64) 1 << 30)

static const FyCacheId features_id = { .kind = FY_CACHE_FEATURES };
static const FyCacheId list_id = { .kind = FY_CACHE_LIST, .frame = 20, .end = 20, .radius = 12 };
static const float weight[FY_FEATURES_MAX_PARTS] = { 1 };

typedef struct
{
  FyIdMap *mask;
  char *path; /* of the PNG */
  FyCache *cache;
  int cells;
  guint16 *rows; /* [cells, CHANNELS] float16 */
  FyNeighbours *list;
} Files;

static void
files_clear (Files *self)
{
  fy_id_map_free (self->mask);
  g_free (self->path);
  fy_cache_free (self->cache);
  g_free (self->rows);
  fy_neighbours_unref (self->list);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Files, files_clear)

/* --- What is measured --- */

static gboolean
write_png (gpointer data, GError **error)
{
  Files *self = data;

  return fy_indexed_png_write (self->path, self->mask, error);
}

/* Whether the cache still keeps what it is given, and has what it was given. */
static gboolean
check (Files *self, gboolean found, GError **error)
{
  const char *trouble = fy_cache_trouble (self->cache);

  if (trouble != NULL)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED, trouble);
  else if (!found)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED,
                         "what was put into a cache is not there any more; is the folder for "
                         "temporary files nearly full?");
  return trouble == NULL && found;
}

static gsize
features_size (const Files *self)
{
  return (gsize) self->cells * CHANNELS * sizeof *self->rows;
}

static gboolean
put_features (gpointer data, GError **error)
{
  Files *self = data;

  fy_cache_put (self->cache, &features_id, &(FyCachePiece){ self->rows, features_size (self) }, 1);
  return check (self, TRUE, error);
}

static gboolean
get_features (gpointer data, GError **error)
{
  Files *self = data;
  g_autoptr (GBytes) bytes = fy_cache_get (self->cache, &features_id);

  return check (self, bytes != NULL, error);
}

static gboolean
put_list (gpointer data, GError **error)
{
  Files *self = data;

  fy_list_save (self->cache, &list_id, self->list, weight);
  return check (self, TRUE, error);
}

static gboolean
get_list (gpointer data, GError **error)
{
  Files *self = data;
  g_autoptr (FyNeighbours) list = fy_list_load (self->cache, &list_id, self->cells, TOPK, weight);

  return check (self, list != NULL, error);
}

/* --- Made-up input --- */

/* Squares of 80 pixels, seven objects and background in turn. */
static FyIdMap *
make_mask (int width, int height)
{
  FyIdMap *mask = fy_id_map_new (width, height);

  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++)
      mask->id[(gsize) y * (gsize) width + (gsize) x] = (guint16) ((x / 80 + y / 80) % 8);
  return mask;
}

static void
make_records (Files *self)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (1);

  self->rows = g_new (guint16, (gsize) self->cells * CHANNELS);
  for (gsize i = 0; i < (gsize) self->cells * CHANNELS; i++)
    self->rows[i] = (guint16) g_rand_int_range (random, 0, 0x3c00); /* 0 .. 1 */
  self->list = fy_neighbours_new (list_id.frame, self->cells, TOPK);
  for (int i = 0; i < self->cells * TOPK; i++)
    {
      self->list->position[i] = (guint32) g_rand_int_range (random, 0, list_id.end * self->cells);
      self->list->score[i] = 1 - 0.01f * (float) (i % TOPK);
    }
}

gboolean
ferry_bench_files (FerryBench *bench, GError **error)
{
  g_autoptr (FerryScratch) folder = ferry_scratch_new (error);
  g_auto (Files) self = { .cells = ((bench->width + 7) / 8) * ((bench->height + 7) / 8) };
  FerryMeasure png = { .name = "write-png",
                       .bytes = (double) bench->width * bench->height * sizeof (guint16),
                       .on_host = TRUE };
  FerryMeasure features = { .bytes = (double) features_size (&self), .on_host = TRUE };
  FerryMeasure list = { .bytes = 8.0 * self.cells * TOPK, .on_host = TRUE };
  const struct
  {
    const char *name;
    FerryMeasured func;
  } steps[] = { { "cache-put-features", put_features },
                { "cache-get-features", get_features },
                { "cache-put-list", put_list },
                { "cache-get-list", get_list } };

  if (folder == NULL)
    return FALSE;
  self.path = g_build_filename (folder, "mask.png", NULL);
  self.mask = make_mask (bench->width, bench->height);
  self.cache = fy_cache_new (folder, "0", LIMIT);
  make_records (&self);
  if (!ferry_measure (bench, png, write_png, &self, error))
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (steps); i++)
    {
      FerryMeasure about = i < 2 ? features : list;

      about.name = steps[i].name;
      about.bytes *= i % 2 == 0 ? 2 : 1; /* from memory to the file, or mapped */
      if (!ferry_measure (bench, about, steps[i].func, &self, error))
        return FALSE;
    }
  return TRUE;
}
