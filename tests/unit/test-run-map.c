/* SPDX-License-Identifier: MIT */
/* Run maps against plain id maps, which are obvious. */
#include "base/error.h"
#include "label/run-map.h"

#include <string.h>
#include <time.h>

static guint16
random_id (GRand *rand, int kind)
{
  static const guint16 ends[] = { 0, 1, 2, 255, 256, 65533, 65534, FY_ID_VOID };

  return kind == 0   ? (guint16) g_rand_int_range (rand, 0, 3)
         : kind == 1 ? ends[g_rand_int_range (rand, 0, G_N_ELEMENTS (ends))]
                     : (guint16) g_rand_int_range (rand, 0, 65536);
}

/* Boxes of random ids on background, or noise. */
static FyIdMap *
random_map (GRand *rand, int width, int height)
{
  FyIdMap *map = fy_id_map_new (width, height);
  int kind = g_rand_int_range (rand, 0, 3), boxes = g_rand_int_range (rand, 0, 6);

  for (int i = 0; i < boxes; i++)
    {
      int x0 = g_rand_int_range (rand, 0, width), y0 = g_rand_int_range (rand, 0, height);
      int x1 = g_rand_int_range (rand, x0, width) + 1, y1 = g_rand_int_range (rand, y0, height) + 1;
      guint16 id = random_id (rand, kind);

      for (int y = y0; y < y1; y++)
        for (int x = x0; x < x1; x++)
          map->id[y * width + x] = id;
    }
  if (g_rand_int_range (rand, 0, 4) == 0)
    for (int i = 0; i < width * height; i++)
      map->id[i] = random_id (rand, kind);
  return map;
}

static void
assert_same (const FyRunMap *runs, const FyIdMap *map)
{
  g_autoptr (FyIdMap) back = fy_run_map_to_id_map (runs);

  g_assert_cmpint (fy_run_map_width (runs), ==, map->width);
  g_assert_cmpint (fy_run_map_height (runs), ==, map->height);
  g_assert_cmpmem (back->id, sizeof (guint16) * (gsize) (map->width * map->height), map->id,
                   sizeof (guint16) * (gsize) (map->width * map->height));
}

static void
assert_ids (GArray *got, GArray *wanted)
{
  g_assert_cmpmem (got->data, got->len * sizeof (guint16), wanted->data,
                   wanted->len * sizeof (guint16));
  g_array_unref (got);
  g_array_unref (wanted);
}

static GArray *
judge_difference (const FyIdMap *a, const FyIdMap *b)
{
  g_autofree gboolean *seen = g_new0 (gboolean, 65536);
  GArray *ids = g_array_new (FALSE, FALSE, sizeof (guint16));

  for (int i = 0; i < a->width * a->height; i++)
    if (a->id[i] != b->id[i])
      seen[a->id[i]] = seen[b->id[i]] = TRUE;
  for (guint i = 1; i < 65536; i++)
    if (seen[i])
      {
        guint16 id = (guint16) i;

        g_array_append_val (ids, id);
      }
  return ids;
}

static void
check_area (const FyRunMap *runs, const FyIdMap *map, guint16 id)
{
  int left = map->width, right = -1, top = map->height, bottom = -1;
  gint64 area = 0;
  FyRect box;

  for (int y = 0; y < map->height; y++)
    for (int x = 0; x < map->width; x++)
      if (map->id[y * map->width + x] == id)
        {
          area++;
          left = MIN (left, x);
          right = MAX (right, x);
          top = MIN (top, y);
          bottom = MAX (bottom, y);
        }
  g_assert_cmpint (fy_run_map_area (runs, id, &box), ==, area);
  g_assert_cmpint (fy_run_map_has (runs, id), ==, area > 0);
  if (area == 0)
    {
      g_assert_cmpint (box.width, ==, 0);
      return;
    }
  g_assert_cmpint (box.x, ==, left);
  g_assert_cmpint (box.y, ==, top);
  g_assert_cmpint (box.x + box.width - 1, ==, right);
  g_assert_cmpint (box.y + box.height - 1, ==, bottom);
}

/* `map` with some rows drawn anew, through an update of those rows. */
static void
check_update (GRand *rand, const FyRunMap *runs, const FyIdMap *map)
{
  g_autoptr (FyIdMap) other = random_map (rand, map->width, map->height);
  g_autoptr (FyIdMap) changed = fy_id_map_copy (map);
  g_autoptr (FyRunMap) updated = NULL, whole = NULL;
  int y = g_rand_int_range (rand, -2, map->height + 1);
  int n = g_rand_int_range (rand, 0, map->height + 3);

  for (int i = MAX (y, 0); i < MIN (y + n, map->height); i++)
    memcpy (changed->id + i * map->width, other->id + i * map->width,
            sizeof (guint16) * (gsize) map->width);
  updated = fy_run_map_update (runs, changed, y, n);
  assert_same (updated, changed);
  whole = fy_run_map_new (changed);
  g_assert_true (fy_run_map_equal (updated, whole));
  assert_ids (fy_run_map_difference (runs, updated), judge_difference (map, changed));
}

static void
check_compose (GRand *rand, const FyRunMap *runs, const FyIdMap *map)
{
  g_autoptr (FyIdMap) over = random_map (rand, map->width, map->height);
  g_autoptr (FyRunMap) over_runs = fy_run_map_new (over);
  g_autoptr (GArray) ids = fy_id_map_ids (over);
  g_autoptr (FyIdMap) wanted = fy_id_map_copy (map);
  g_autoptr (FyRunMap) composed = NULL;
  guint16 one = 1;

  if (g_rand_boolean (rand))
    g_array_set_size (ids, ids->len / 2);
  g_array_append_val (ids, one);
  for (int i = 0; i < map->width * map->height; i++)
    {
      gboolean above = FALSE, below = FALSE;

      for (guint j = 0; j < ids->len; j++)
        {
          above |= over->id[i] == g_array_index (ids, guint16, j);
          below |= map->id[i] == g_array_index (ids, guint16, j);
        }
      if (above)
        wanted->id[i] = over->id[i];
      else if (below)
        wanted->id[i] = FY_ID_BACKGROUND;
    }
  composed = fy_run_map_compose (runs, over_runs, (guint16 *) (gpointer) ids->data, (int) ids->len);
  assert_same (composed, wanted);
}

static void
check_replace (const FyRunMap *runs, const FyIdMap *map, guint16 id, guint16 to)
{
  g_autoptr (FyIdMap) wanted = fy_id_map_copy (map);
  g_autoptr (FyRunMap) replaced = fy_run_map_replace (runs, id, to), direct = NULL;

  for (int i = 0; i < map->width * map->height; i++)
    if (map->id[i] == id)
      wanted->id[i] = to;
  assert_same (replaced, wanted);
  direct = fy_run_map_new (wanted);
  g_assert_true (fy_run_map_equal (replaced, direct));
}

static void
check_bytes (const FyRunMap *runs)
{
  g_autoptr (GBytes) bytes = fy_run_map_to_bytes (runs);
  g_autoptr (GError) error = NULL;
  g_autoptr (FyRunMap) back = fy_run_map_from_bytes (bytes, &error);

  g_assert_no_error (error);
  g_assert_true (fy_run_map_equal (runs, back));
}

static void
check_map (GRand *rand, const FyIdMap *map)
{
  g_autoptr (FyRunMap) runs = fy_run_map_new (map);
  gboolean empty = TRUE;

  assert_same (runs, map);
  assert_ids (fy_run_map_ids (runs), fy_id_map_ids (map));
  for (int i = 0; i < map->width * map->height; i++)
    {
      empty &= map->id[i] == FY_ID_BACKGROUND;
      if (i % 7 == 0)
        g_assert_cmpint (fy_run_map_at (runs, i % map->width, i / map->width), ==, map->id[i]);
    }
  g_assert_cmpint (fy_run_map_is_empty (runs), ==, empty);
  check_area (runs, map, map->id[0]);
  check_area (runs, map, 2);
  check_update (rand, runs, map);
  check_compose (rand, runs, map);
  check_replace (runs, map, map->id[0], 2);
  check_replace (runs, map, 1, 0);
  check_bytes (runs);
}

static void
test_random (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (7);

  for (int i = 0; i < 3000; i++)
    {
      int width = g_rand_int_range (rand, 1, i % 100 == 0 ? 700 : 40);
      int height = g_rand_int_range (rand, 1, 30);
      g_autoptr (FyIdMap) map =
          random_map (rand, i % 17 == 0 ? 1 : width, i % 19 == 0 ? 1 : height);

      check_map (rand, map);
    }
}

/* Every id there is, in as many pixels. */
static void
test_all_ids (void)
{
  g_autoptr (FyIdMap) map = fy_id_map_new (256, 256);
  g_autoptr (GRand) rand = g_rand_new_with_seed (3);

  for (int i = 0; i < 65536; i++)
    map->id[i] = (guint16) i;
  check_map (rand, map);
}

static void
test_sizes (void)
{
  g_autoptr (FyRunMap) widest = fy_run_map_new_empty (65535, 1);
  g_autoptr (FyRunMap) highest = fy_run_map_new_empty (1, 65535);

  check_bytes (widest);
  check_bytes (highest);
  g_assert_true (fy_run_map_is_empty (widest));
  g_assert_cmpint (fy_run_map_area (highest, 0, NULL), ==, 65535);
  g_assert_null (fy_run_map_new_empty (65536, 1));
  g_assert_null (fy_run_map_new_empty (1, 65536));
  g_assert_null (fy_run_map_new_empty (0, 1));
  g_assert_null (fy_run_map_new_empty (1, -1));
}

/* Whatever the bytes are, they are refused with an error or make a proper map. */
static void
test_mutated_bytes (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (11);
  int refused = 0;

  for (int i = 0; i < 40000; i++)
    {
      g_autoptr (FyIdMap) map =
          random_map (rand, g_rand_int_range (rand, 1, 30), g_rand_int_range (rand, 1, 20));
      g_autoptr (FyRunMap) runs = fy_run_map_new (map), back = NULL;
      g_autoptr (GBytes) bytes = fy_run_map_to_bytes (runs), mutated = NULL;
      g_autoptr (GError) error = NULL;
      gsize size;
      /* exactly as long as it is, so that a sanitizer sees a step beyond */
      guint8 *data = g_bytes_unref_to_data (g_steal_pointer (&bytes), &size);
      int changes = g_rand_int_range (rand, 0, 3);

      for (int j = 0; j < changes; j++)
        data[g_rand_int_range (rand, 0, (int) size)] = (guint8) g_rand_int (rand);
      if (g_rand_int_range (rand, 0, 4) == 0)
        size = (gsize) g_rand_int_range (rand, 0, (int) size + 1);
      mutated = g_bytes_new_take (g_memdup2 (data, size), size);
      g_free (data);
      back = fy_run_map_from_bytes (mutated, &error);
      g_assert_true ((back == NULL) == (error != NULL));
      if (back == NULL)
        {
          g_assert_error (error, FY_ERROR, FY_ERROR_CORRUPT);
          refused++;
        }
      else if (fy_run_map_width (back) * fy_run_map_height (back) < 100000)
        {
          g_autoptr (FyIdMap) plain = fy_run_map_to_id_map (back);
          g_autoptr (FyRunMap) again = fy_run_map_new (plain);

          g_assert_true (fy_run_map_equal (back, again));
        }
    }
  g_assert_cmpint (refused, >, 10000);
}

/* A disc in a full HD frame: what a stroke's sample costs. */
static void
test_cost (void)
{
  g_autoptr (FyIdMap) map = fy_id_map_new (1920, 1080);
  g_autoptr (FyRunMap) runs = NULL;
  g_autoptr (GBytes) bytes = NULL;
  clock_t start;
  double encode, update, expand;

  for (int y = 0; y < 1080; y++)
    for (int x = 0; x < 1920; x++)
      if ((x - 900) * (x - 900) + (y - 500) * (y - 500) < 400 * 400)
        map->id[y * 1920 + x] = (guint16) (1 + (x / 200) % 3);
  runs = fy_run_map_new (map);
  start = clock ();
  for (int i = 0; i < 20; i++)
    fy_run_map_unref (fy_run_map_new (map));
  encode = (double) (clock () - start) / CLOCKS_PER_SEC / 20 * 1e3;
  start = clock ();
  for (int i = 0; i < 100; i++)
    fy_run_map_unref (fy_run_map_update (runs, map, 480, 40));
  update = (double) (clock () - start) / CLOCKS_PER_SEC / 100 * 1e3;
  start = clock ();
  for (int i = 0; i < 20; i++)
    fy_run_map_expand (runs, map);
  expand = (double) (clock () - start) / CLOCKS_PER_SEC / 20 * 1e3;
  bytes = fy_run_map_to_bytes (runs);
  g_test_message (
      "1920x1080: encode %.3f ms, update of 40 rows %.3f ms, expand %.3f ms, %" G_GSIZE_FORMAT
      " bytes in memory, %" G_GSIZE_FORMAT " in a file",
      encode, update, expand, fy_run_map_bytes (runs), g_bytes_get_size (bytes));
  g_assert_cmpuint (g_bytes_get_size (bytes), <, 20000);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/run-map/random", test_random);
  g_test_add_func ("/run-map/all-ids", test_all_ids);
  g_test_add_func ("/run-map/sizes", test_sizes);
  g_test_add_func ("/run-map/mutated-bytes", test_mutated_bytes);
  g_test_add_func ("/run-map/cost", test_cost);
  return g_test_run ();
}
