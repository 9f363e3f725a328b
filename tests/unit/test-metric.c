/* SPDX-License-Identifier: MIT */
#include "base/error.h"
#include "exchange/indexed-png.h"
#include "folder.h"
#include "metric/boundary.h"
#include "metric/davis-score.h"
#include "metric/region.h"
#include "metric/report.h"

#include <json-glib/json-glib.h>
#include <math.h>
#include <string.h>

/* --- Statistics --- */

static void
assert_near (double got, double want)
{
  if (!(fabs (got - want) <= 1e-12))
    g_error ("got %.17g, want %.17g", got, want);
}

static void
test_statistics (void)
{
  const double five[5] = { 0.9, 0.5, 0.6, 0.2, 0.1 };
  const double with_nan[3] = { 0.8, (double) NAN, 0.2 };
  FyStatistics s = fy_statistics (five, 5, FALSE);

  /* quarters end at frames 0, 1, 2, 3, 4: both ends belong to a quarter */
  assert_near (s.mean, 0.46);
  assert_near (s.recall, 0.4); /* 0.5 is not above 0.5 */
  assert_near (s.decay, (0.9 + 0.5) / 2 - (0.2 + 0.1) / 2);
  s = fy_statistics (with_nan, 3, FALSE);
  assert_near (s.mean, 0.5);
  assert_near (s.recall, 1.0 / 3.0);
  s = fy_statistics (five, 1, FALSE);
  assert_near (s.mean, 0.9);
  assert_near (s.decay, 0.0);
  g_assert_true (isnan (fy_statistics (five, 0, FALSE).mean));
}

/* Seven frames: quarters end at 1, 2.5, 4, 5.5, 7, counted from 1; halves go up, to 3 and 6. */
static void
test_statistics_halves (void)
{
  const double score[7] = { 1, 2, 4, 8, 16, 32, 64 };

  assert_near (fy_statistics (score, 7, FALSE).decay, (1.0 + 2 + 4) / 3 - (32.0 + 64) / 2);
}

/* Beyond 256 frames the ends wrap in 8 bits.  Figures worked out by hand for score i = i. */
static void
test_statistics_wrap (void)
{
  double score[600];

  for (int i = 0; i < 600; i++)
    score[i] = i;
  /* 256: ends 0, 64, 128, 191, 255 either way */
  assert_near (fy_statistics (score, 256, FALSE).decay, 32 - 223);
  assert_near (fy_statistics (score, 256, TRUE).decay, 32 - 223);
  /* 257: ends 0, 64, 128, 192, 256, which wraps to 0: the last quarter is empty */
  assert_near (fy_statistics (score, 257, FALSE).decay, 32 - 224);
  g_assert_true (isnan (fy_statistics (score, 257, TRUE).decay));
  /* 300: ends 0, 75, 150, 224, 299 = 43 */
  g_assert_true (isnan (fy_statistics (score, 300, TRUE).decay));
  assert_near (fy_statistics (score, 300, FALSE).decay, 37.5 - 261.5);
  /* 600: ends 0, 150, 300 = 44, 449 = 193, 599 = 87 */
  assert_near (fy_statistics (score, 600, FALSE).decay, 75 - 524);
  g_assert_true (isnan (fy_statistics (score, 600, TRUE).decay));
}

/* --- J and F --- */

/* rows: '.' background, a digit an id, '#' void */
static FyIdMap *
make_map (int width, int height, const char *rows)
{
  FyIdMap *map = fy_id_map_new (width, height);

  g_assert_cmpuint (strlen (rows), ==, (gsize) (width * height));
  for (int i = 0; i < width * height; i++)
    map->id[i] = rows[i] == '.'   ? FY_ID_BACKGROUND
                 : rows[i] == '#' ? FY_ID_VOID
                                  : (guint16) (rows[i] - '0');
  return map;
}

static void
test_region (void)
{
  g_autoptr (FyIdMap) truth = make_map (5, 3,
                                        "11..."
                                        "11.2#"
                                        ".....");
  g_autoptr (FyIdMap) result = make_map (5, 3,
                                         ".1.4."
                                         ".11.."
                                         "....2");
  FyRegion region[3];

  fy_region_measure (truth, result, 3, region);
  g_assert_cmpuint (region[0].truth, ==, 4);
  g_assert_cmpuint (region[0].result, ==, 3);
  g_assert_cmpuint (region[0].intersection, ==, 2);
  g_assert_cmpint (region[0].left, ==, 0);
  g_assert_cmpint (region[0].right, ==, 3);
  g_assert_cmpint (region[0].top, ==, 0);
  g_assert_cmpint (region[0].bottom, ==, 2);
  assert_near (fy_region_similarity (&region[0]), 2.0 / 5.0);
  assert_near (fy_region_similarity (&region[1]), 0.0);
  assert_near (fy_region_similarity (&region[2]), 1.0); /* in neither */
}

static double
boundary (const FyIdMap *truth, const FyIdMap *result, guint16 id)
{
  g_autoptr (FyBoundary) scratch = fy_boundary_new (truth->width, truth->height);
  g_autofree FyRegion *region = g_new (FyRegion, id);

  fy_region_measure (truth, result, id, region);
  return fy_boundary_accuracy (scratch, truth, result, id, &region[id - 1]);
}

static void
test_tolerance (void)
{
  g_assert_cmpint (fy_boundary_tolerance (854, 480), ==, 8);
  g_assert_cmpint (fy_boundary_tolerance (910, 480), ==, 9);
  g_assert_cmpint (fy_boundary_tolerance (1280, 720), ==, 12);
  g_assert_cmpint (fy_boundary_tolerance (1920, 1080), ==, 18);
  g_assert_cmpint (fy_boundary_tolerance (3840, 2160), ==, 36);
}

/* Tolerance is 1 here: 0.008 * 8.5, rounded up. */
static void
test_boundary_by_hand (void)
{
  /* boundary of the truth: (2,1) (2,2) (2,3) (2,4) and nothing along the picture's border */
  g_autoptr (FyIdMap) truth = make_map (6, 6,
                                        "......"
                                        "......"
                                        "...111"
                                        "...111"
                                        "...111"
                                        "...111");
  /* one column further left and two rows lower */
  g_autoptr (FyIdMap) result = make_map (6, 6,
                                         "......"
                                         "......"
                                         "......"
                                         "......"
                                         "..1111"
                                         "..1111");
  g_autoptr (FyIdMap) empty = fy_id_map_new (6, 6);
  g_autoptr (FyIdMap) full = make_map (6, 6, "111111111111111111111111111111111111");
  /* truth's boundary: row 1: x 2..5; column 2: y 1..5: 8 pixels
   * result's: row 3: x 1..5; column 1: y 3..5: 7 pixels
   * of truth within 1 of result: (2,2)(2,3)(2,4)(2,5): 4
   * of result within 1 of truth: (1,3)(1,4)(1,5)(2,3)(3,3): 5 */
  double precision = 5.0 / 7.0, recall = 4.0 / 8.0;

  assert_near (boundary (truth, result, 1), 2 * precision * recall / (precision + recall));
  assert_near (boundary (truth, truth, 1), 1.0);
  assert_near (boundary (truth, empty, 1), 0.0);
  assert_near (boundary (empty, truth, 1), 0.0);
  assert_near (boundary (empty, empty, 1), 1.0);
  assert_near (boundary (full, full, 1), 1.0);  /* neither has a boundary */
  assert_near (boundary (full, empty, 1), 1.0); /* nor here */
  assert_near (boundary (full, truth, 1), 0.0);
}

/* --- F, the slow and obvious way --- */

static gboolean
judge_is (const FyIdMap *map, int x, int y, guint16 id)
{
  return map->id[y * map->width + x] == id;
}

static gboolean
judge_edge (const FyIdMap *map, int x, int y, guint16 id)
{
  gboolean here = judge_is (map, x, y, id);
  gboolean last_x = x == map->width - 1, last_y = y == map->height - 1;

  if (last_x && last_y)
    return FALSE;
  if (last_y)
    return here != judge_is (map, x + 1, y, id);
  if (last_x)
    return here != judge_is (map, x, y + 1, id);
  return here != judge_is (map, x + 1, y, id) || here != judge_is (map, x, y + 1, id) ||
         here != judge_is (map, x + 1, y + 1, id);
}

static gboolean
judge_near (const FyIdMap *map, int x, int y, guint16 id, int r)
{
  for (int v = MAX (0, y - r); v <= MIN (map->height - 1, y + r); v++)
    for (int u = MAX (0, x - r); u <= MIN (map->width - 1, x + r); u++)
      if ((u - x) * (u - x) + (v - y) * (v - y) <= r * r && judge_edge (map, u, v, id))
        return TRUE;
  return FALSE;
}

static double
judge_boundary (const FyIdMap *truth, const FyIdMap *result, guint16 id)
{
  int r = (int) ceil (0.008 * hypot (truth->width, truth->height));
  double n_truth = 0, n_result = 0, near_truth = 0, near_result = 0, precision, recall;

  for (int y = 0; y < truth->height; y++)
    for (int x = 0; x < truth->width; x++)
      {
        gboolean t = judge_edge (truth, x, y, id), p = judge_edge (result, x, y, id);

        n_truth += t;
        n_result += p;
        near_truth += t && judge_near (result, x, y, id, r);
        near_result += p && judge_near (truth, x, y, id, r);
      }
  if (n_truth == 0 || n_result == 0)
    return n_truth == n_result;
  precision = near_result / n_result;
  recall = near_truth / n_truth;
  return precision + recall > 0 ? 2 * precision * recall / (precision + recall) : 0;
}

/* Blobs of several ids, some of them cut by the border. */
static void
scatter (FyIdMap *map, GRand *rand)
{
  memset (map->id, 0, sizeof (guint16) * (gsize) (map->width * map->height));
  for (int blob = 0; blob < 4; blob++)
    {
      int cx = g_rand_int_range (rand, 0, map->width), cy = g_rand_int_range (rand, 0, map->height);
      int r = g_rand_int_range (rand, 0, 2 + MAX (map->width, map->height) / 3);
      guint16 id = (guint16) g_rand_int_range (rand, 0, 4);

      for (int y = MAX (0, cy - r); y < MIN (map->height, cy + r); y++)
        for (int x = MAX (0, cx - r); x < MIN (map->width, cx + r); x++)
          if ((x - cx) * (x - cx) + (y - cy) * (y - cy) < r * r)
            map->id[y * map->width + x] = id;
    }
}

static void
test_boundary_judged (void)
{
  static const int sizes[][2] = { { 1, 1 },  { 1, 9 },    { 9, 1 },     { 2, 2 },    { 17, 13 },
                                  { 64, 5 }, { 130, 90 }, { 250, 140 }, { 300, 333 } };
  g_autoptr (GRand) rand = g_rand_new_with_seed (5);

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    for (int round = 0; round < 6; round++)
      {
        g_autoptr (FyIdMap) truth = fy_id_map_new (sizes[i][0], sizes[i][1]);
        g_autoptr (FyIdMap) result = fy_id_map_new (sizes[i][0], sizes[i][1]);

        scatter (truth, rand);
        scatter (result, rand);
        for (guint16 id = 1; id <= 3; id++)
          assert_near (boundary (truth, result, id), judge_boundary (truth, result, id));
      }
}

/* --- Report --- */

static FyReport *
make_report (void)
{
  FyReport *report = fy_report_new ();
  const FyScore scores[3] = {
    { (char *) "bear", 1, 10, { 0.9, 1.0, -0.0625 }, { 0.7, 0.5, 0.25 } },
    { (char *) "pigs, two", 1, 20, { 0.3, 0.0, 0.125 }, { 0.1, 0.25, 0.5 } },
    { (char *) "pigs, two", 2, 20, { 0.6, 0.5, (double) NAN }, { 0.4, 0.75, 0.0 } },
  };

  for (int i = 0; i < 3; i++)
    fy_report_add (report, &scores[i]);
  return report;
}

static void
test_report_csv (void)
{
  g_autoptr (FyReport) report = make_report ();
  g_autofree char *global = fy_report_to_global_csv (report);
  g_autofree char *sequences = fy_report_to_sequence_csv (report);
  g_autofree char *folder = test_folder_new ();
  g_autofree char *path = g_build_filename (folder, "global_results-val.csv", NULL);
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_cmpstr (global, ==,
                   "J&F-Mean,J-Mean,J-Recall,J-Decay,F-Mean,F-Recall,F-Decay\n"
                   "0.500,0.600,0.500,,0.400,0.500,0.250\n");
  g_assert_cmpstr (sequences, ==,
                   "Sequence,J-Mean,F-Mean\n"
                   "bear_1,0.900,0.700\n"
                   "\"pigs, two_1\",0.300,0.100\n"
                   "\"pigs, two_2\",0.600,0.400\n");
  g_assert_true (fy_report_save_csv (report, folder, "val", &error));
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, global);
  g_assert_cmpuint (test_folder_count (folder), ==, 2);
  test_folder_remove (folder);
  g_assert_false (fy_report_save_csv (report, folder, "val", &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
}

static double
number_at (JsonNode *root, const char *path)
{
  g_autoptr (JsonNode) found = json_path_query (path, root, NULL);
  JsonArray *array = json_node_get_array (found);

  g_assert_cmpuint (json_array_get_length (array), ==, 1);
  return json_array_get_double_element (array, 0);
}

static void
test_report_json (void)
{
  g_autoptr (FyReport) report = make_report ();
  g_autofree char *text = fy_report_to_json (report);
  g_autoptr (JsonNode) root = json_from_string (text, NULL);
  JsonObject *object = json_node_get_object (root);

  g_assert_true (g_str_has_suffix (text, "}\n"));
  assert_near (json_object_get_double_member (object, "J&F"), 0.5);
  g_assert_true (
      json_object_get_null_member (json_object_get_object_member (object, "J"), "decay"));
  assert_near (number_at (root, "$.F.recall"), 0.5);
  assert_near (number_at (root, "$.sequences.bear['1'].J.mean"), 0.9);
  assert_near (number_at (root, "$.sequences['pigs, two']['2'].F.recall"), 0.75);
}

static void
test_report_text (void)
{
  g_autoptr (FyReport) report = make_report ();
  g_autofree char *text = fy_report_to_text (report);
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  g_assert_cmpuint (g_strv_length (lines), ==, 6);
  for (int i = 1; i < 5; i++)
    g_assert_cmpuint (strlen (lines[i]), ==, strlen (lines[0]));
  g_assert_true (g_str_has_prefix (lines[4], "mean "));
}

/* --- Folders --- */

typedef struct
{
  char *root;
  char *truth;
  char *result;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->root = test_folder_new ();
  fixture->truth = g_build_filename (fixture->root, "truth", NULL);
  fixture->result = g_build_filename (fixture->root, "result", NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  test_folder_remove (fixture->root);
  g_free (fixture->root);
  g_free (fixture->truth);
  g_free (fixture->result);
}

/* Writes frames 0 .. n-1 of a sequence: a square of each of the objects, `shift` pixels right. */
static void
write_sequence (const char *root, const char *name, int n, int n_objects, int shift)
{
  g_autofree char *folder = g_build_filename (root, name, NULL);

  g_assert_cmpint (g_mkdir_with_parents (folder, 0755), ==, 0);
  for (int frame = 0; frame < n; frame++)
    {
      g_autofree char *file = g_strdup_printf ("%05d.png", frame);
      g_autofree char *path = g_build_filename (folder, file, NULL);
      g_autoptr (FyIdMap) map = fy_id_map_new (60, 40);

      for (int y = 0; y < 10; y++)
        for (int x = 0; x < 10; x++)
          for (int id = 1; id <= n_objects; id++)
            map->id[(5 + y) * 60 + 15 * (id - 1) + 2 + x + shift] = (guint16) id;
      g_assert_true (fy_indexed_png_write (path, map, NULL));
    }
}

static void
remove_frame (const char *root, const char *name, const char *frame)
{
  g_autofree char *path = g_build_filename (root, name, frame, NULL);

  g_assert_cmpint (g_unlink (path), ==, 0);
}

static FyReport *
score_good (const char *truth, const char *result, gboolean leading)
{
  g_autoptr (GError) error = NULL;
  FyDavisScoreParams params = { .leading = leading };
  FyReport *report = fy_davis_score (truth, result, &params, NULL, &error);

  g_assert_no_error (error);
  return report;
}

static void
assert_score_fails (const char *truth,
                    const char *result,
                    gboolean leading,
                    FyError code,
                    const char *word)
{
  g_autoptr (GError) error = NULL;
  FyDavisScoreParams params = { .leading = leading };

  g_assert_null (fy_davis_score (truth, result, &params, NULL, &error));
  g_assert_error (error, FY_ERROR, (int) code);
  if (strstr (error->message, word) == NULL)
    g_error ("\"%s\" does not say \"%s\"", error->message, word);
}

static void
test_score_sequences (Fixture *fixture, gconstpointer data)
{
  g_autofree char *one_truth = g_build_filename (fixture->truth, "b10", NULL);
  g_autofree char *one_result = g_build_filename (fixture->result, "b9", NULL);
  g_autoptr (FyReport) all = NULL;
  g_autoptr (FyReport) same_name = NULL;
  g_autoptr (FyReport) other_name = NULL;
  const FyScore *score;

  write_sequence (fixture->truth, "b10", 5, 3, 0);
  write_sequence (fixture->truth, "b9", 4, 2, 0);
  write_sequence (fixture->result, "b10", 5, 2, 5); /* half of each object off, the third missing */
  write_sequence (fixture->result, "b9", 4, 2, 0);
  all = score_good (fixture->truth, fixture->result, FALSE);
  g_assert_cmpuint (all->scores->len, ==, 5);
  for (guint i = 0; i < 5; i++)
    {
      score = &g_array_index (all->scores, FyScore, i);
      g_assert_cmpstr (score->sequence, ==, i < 2 ? "b9" : "b10"); /* natural order */
      g_assert_cmpint (score->object, ==, i < 2 ? (int) i + 1 : (int) i - 1);
      g_assert_cmpint (score->n_frames, ==, i < 2 ? 2 : 3);
      assert_near (score->region.mean, i < 2 ? 1.0 : i < 4 ? 1.0 / 3.0 : 0.0);
      if (i < 2 || i == 4)
        assert_near (score->boundary.mean, i < 2 ? 1.0 : 0.0);
    }
  /* one against many: by name; one against one: whatever the names */
  same_name = score_good (fixture->truth, one_result, FALSE);
  g_assert_cmpuint (same_name->scores->len, ==, 2);
  other_name = score_good (one_truth, one_result, TRUE);
  g_assert_cmpstr (g_array_index (other_name->scores, FyScore, 0).sequence, ==, "b10");
}

static void
test_score_frames (Fixture *fixture, gconstpointer data)
{
  g_autoptr (FyReport) whole = NULL;
  g_autoptr (FyReport) leading = NULL;

  write_sequence (fixture->truth, "a", 8, 1, 0);
  write_sequence (fixture->result, "a", 8, 1, 0);
  remove_frame (fixture->result, "a", "00007.png"); /* first and last are not looked at */
  remove_frame (fixture->result, "a", "00000.png");
  whole = score_good (fixture->truth, fixture->result, FALSE);
  g_assert_cmpint (g_array_index (whole->scores, FyScore, 0).n_frames, ==, 6);

  write_sequence (fixture->result, "a", 1, 1, 0);
  remove_frame (fixture->result, "a", "00006.png");
  assert_score_fails (fixture->truth, fixture->result, FALSE, FY_ERROR_MISMATCH, "00006.png");
  leading = score_good (fixture->truth, fixture->result, TRUE);
  g_assert_cmpint (g_array_index (leading->scores, FyScore, 0).n_frames, ==, 4);
  remove_frame (fixture->result, "a", "00003.png"); /* a gap is never forgiven */
  assert_score_fails (fixture->truth, fixture->result, TRUE, FY_ERROR_MISMATCH, "00003.png");
}

static void
test_score_bad (Fixture *fixture, gconstpointer data)
{
  g_autofree char *broken = g_build_filename (fixture->result, "a", "00002.png", NULL);
  g_autoptr (FyIdMap) small = fy_id_map_new (30, 40);
  g_autoptr (GCancellable) cancelled = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  write_sequence (fixture->truth, "a", 5, 2, 0);
  write_sequence (fixture->truth, "b", 5, 2, 0);
  write_sequence (fixture->result, "a", 5, 3, 0);
  assert_score_fails (fixture->truth, fixture->result, FALSE, FY_ERROR_MISMATCH, "sequence b");
  write_sequence (fixture->result, "b", 5, 2, 0);
  assert_score_fails (fixture->truth, fixture->result, FALSE, FY_ERROR_MISMATCH,
                      "a/00001.png: holds object 3");
  write_sequence (fixture->result, "a", 5, 2, 0);
  g_assert_true (fy_indexed_png_write (broken, small, NULL));
  assert_score_fails (fixture->truth, fixture->result, FALSE, FY_ERROR_MISMATCH, "30x40");
  g_assert_true (g_file_set_contents (broken, "\x89PNG\r\n\x1a\n...", -1, NULL));
  assert_score_fails (fixture->truth, fixture->result, FALSE, FY_ERROR_CORRUPT, "a/00002.png");
  write_sequence (fixture->result, "a", 5, 2, 0);
  g_cancellable_cancel (cancelled);
  g_assert_null (fy_davis_score (fixture->truth, fixture->result, NULL, cancelled, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);

  write_sequence (fixture->truth, "c", 2, 1, 0);
  write_sequence (fixture->result, "c", 2, 1, 0);
  assert_score_fails (fixture->truth, fixture->result, FALSE, FY_ERROR_MISMATCH, "at least 3");
  write_sequence (fixture->truth, "c", 5, 0, 0);
  write_sequence (fixture->result, "c", 5, 0, 0);
  assert_score_fails (fixture->truth, fixture->result, FALSE, FY_ERROR_MISMATCH, "no object");
  assert_score_fails (fixture->root, fixture->result, FALSE, FY_ERROR_MISMATCH, "neither");
}

/* --- The stored figures of the DAVIS evaluator --- */

static void
assert_figures (JsonObject *want, const FyStatistics *got)
{
  assert_near (got->mean, json_object_get_double_member (want, "mean"));
  assert_near (got->recall, json_object_get_double_member (want, "recall"));
  assert_near (got->decay, json_object_get_double_member (want, "decay"));
}

static void
check_run (const char *reference, const char *name, const char *sequence, JsonObject *want)
{
  g_autofree char *result = g_build_filename (reference, name, NULL);
  g_autofree char *truth =
      g_build_filename (reference, "../data/davis/Annotations/480p", sequence, NULL);
  g_autoptr (FyReport) report = score_good (truth, result, TRUE);
  const FyScore *score = &g_array_index (report->scores, FyScore, 0);

  g_assert_cmpuint (report->scores->len, ==, 1);
  g_assert_cmpint (score->n_frames, ==, json_object_get_int_member (want, "frames_scored"));
  assert_figures (json_object_get_object_member (want, "J"), &score->region);
  assert_figures (json_object_get_object_member (want, "F"), &score->boundary);
  g_test_message ("%s: J %.6f F %.6f", name, score->region.mean, score->boundary.mean);
}

static void
test_reference (void)
{
  g_autofree char *scores = test_shared_path ("reference/davis-scores.json");
  g_autofree char *reference = scores != NULL ? g_path_get_dirname (scores) : NULL;
  g_autofree char *runs = NULL;
  g_autofree char *text = NULL;
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_auto (GStrv) lines = NULL;
  int n_runs = 0;

  if (scores == NULL)
    return;
  g_assert_true (json_parser_load_from_file (parser, scores, NULL));
  runs = g_build_filename (reference, "runs.txt", NULL);
  g_assert_true (g_file_get_contents (runs, &text, NULL, NULL));
  lines = g_strsplit (text, "\n", -1);
  for (int i = 0; lines[i] != NULL; i++)
    {
      g_auto (GStrv) words =
          g_strsplit (lines[i], " ", -1); /* name preset fine semantic sequence */
      JsonObject *all = json_node_get_object (json_parser_get_root (parser));

      if (lines[i][0] == '#' || g_strv_length (words) < 6)
        continue;
      check_run (reference, words[0], words[4], json_object_get_object_member (all, words[0]));
      n_runs++;
    }
  g_assert_cmpint (n_runs, >=, 7);
}

/* A pair of 480p masks, in the time of a blink: reported, with a bound that only a change of
 * method would break. */
static void
test_speed (void)
{
  g_autofree char *a = test_shared_path ("data/davis/Annotations/480p/bmx-trees/00010.png");
  g_autofree char *b = test_shared_path ("data/davis/Annotations/480p/bmx-trees/00012.png");
  g_autoptr (FyBoundary) scratch = fy_boundary_new (854, 480);
  g_autoptr (FyIdMap) truth = NULL;
  g_autoptr (FyIdMap) result = NULL;
  double least = (double) INFINITY;

  if (a == NULL || b == NULL)
    return;
  truth = fy_indexed_png_read (a, NULL, NULL);
  result = fy_indexed_png_read (b, NULL, NULL);
  for (int i = 0; i < 20; i++)
    {
      gint64 start = g_get_monotonic_time ();
      FyRegion region;

      fy_region_measure (truth, result, 1, &region);
      fy_boundary_accuracy (scratch, truth, result, 1, &region);
      least = fmin (least, (double) (g_get_monotonic_time () - start) * 1e-3);
    }
  g_test_message ("J and F of a 480p pair: %.3f ms", least);
  g_assert_cmpfloat (least, <, 50.0);
}

#define ADD(path, function) g_test_add (path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/metric/statistics/plain", test_statistics);
  g_test_add_func ("/metric/statistics/halves", test_statistics_halves);
  g_test_add_func ("/metric/statistics/wrap", test_statistics_wrap);
  g_test_add_func ("/metric/region", test_region);
  g_test_add_func ("/metric/boundary/tolerance", test_tolerance);
  g_test_add_func ("/metric/boundary/by-hand", test_boundary_by_hand);
  g_test_add_func ("/metric/boundary/judged", test_boundary_judged);
  g_test_add_func ("/metric/boundary/speed", test_speed);
  g_test_add_func ("/metric/report/csv", test_report_csv);
  g_test_add_func ("/metric/report/json", test_report_json);
  g_test_add_func ("/metric/report/text", test_report_text);
  ADD ("/metric/score/sequences", test_score_sequences);
  ADD ("/metric/score/frames", test_score_frames);
  ADD ("/metric/score/bad", test_score_bad);
  g_test_add_func ("/metric/score/reference", test_reference);
  return g_test_run ();
}
