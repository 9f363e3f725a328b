/* SPDX-License-Identifier: MIT */
/* COCO's run lengths: by hand, of foreign text, there and back. */
#include "base/error.h"
#include "exchange/rle.h"

static GArray *
counts_of (const guint32 *count, guint n)
{
  GArray *counts = g_array_new (FALSE, FALSE, sizeof (guint32));

  return g_array_append_vals (counts, count, n);
}

static void
test_text (void)
{
  /* By hand: 5 is '5', 16 needs a second character for its sign, 40 = 8 + 32 * 1; from the fourth
   * count on differences: 4 - 16 = -12, which is 20 - 32. */
  static const guint32 count[] = { 5, 16, 40, 4, 40 };
  g_autoptr (GArray) counts = counts_of (count, 5);
  g_autofree char *text = fy_rle_to_string (counts);
  g_autoptr (GArray) back = fy_rle_from_string (text, 105, NULL);

  g_assert_cmpstr (text, ==, "5`0X1D0");
  g_assert_nonnull (back);
  g_assert_cmpmem (back->data, back->len * 4, count, sizeof count);
}

static void
test_foreign (void)
{
  static const char *const wrong[] = { "5", "ooooooooooooo", "!", "O", "5`0X1D0P", "5`", "\xff" };

  for (gsize i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (fy_rle_from_string (wrong[i], 105, &error));
      g_assert_error (error, FY_ERROR, FY_ERROR_CORRUPT);
    }
}

static void
test_round_trip (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (5);

  for (int round = 0; round < 200; round++)
    {
      int width = g_rand_int_range (rand, 1, 30), height = g_rand_int_range (rand, 1, 30);
      g_autoptr (FyIdMap) map = fy_id_map_new (width, height);
      g_autoptr (FyIdMap) back = fy_id_map_new (width, height);
      g_autoptr (GPtrArray) all = NULL;
      g_autoptr (FyRunMap) runs = NULL;

      for (int i = 0; i < width * height; i++) /* runs that stretch over columns, too */
        map->id[i] = (guint16) (round % 3 == 0 ? round % 2 : g_rand_int_range (rand, 0, 4));
      runs = fy_run_map_new (map);
      all = fy_rle_encode (map);
      for (guint i = 0; i < all->len; i++)
        {
          const FyRle *rle = g_ptr_array_index (all, i);
          g_autofree char *text = fy_rle_to_string (rle->counts);
          g_autoptr (GArray) counts = fy_rle_from_string (text, width * height, NULL);
          FyRect box;

          g_assert_nonnull (counts);
          for (guint j = 1; j < counts->len; j++) /* a run is one, over columns too */
            g_assert_cmpuint (g_array_index (counts, guint32, j), >, 0);
          fy_rle_decode (counts, rle->id, back);
          g_assert_cmpint (rle->area, ==, fy_run_map_area (runs, rle->id, &box));
          g_assert_cmpmem (&rle->box, sizeof box, &box, sizeof box);
        }
      g_assert_cmpmem (map->id, 2 * (gsize) (width * height), back->id,
                       2 * (gsize) (width * height));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rle/text", test_text);
  g_test_add_func ("/rle/foreign", test_foreign);
  g_test_add_func ("/rle/round-trip", test_round_trip);
  return g_test_run ();
}
