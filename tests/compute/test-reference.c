/* SPDX-License-Identifier: MIT */
/* The whole engine against what the reference programs computed: features, neighbour lists, soft
 * labels, masks and scores of every run they stored, and the shipped model's scores.
 *
 * A software Vulkan device sees the first frames of one run only, unless FERRY_TEST_FULL is set. */
#include "exchange/indexed-png.h"
#include "exchange/npy.h"
#include "metric/davis-score.h"
#include "session/model.h"
#include "session/session.h"

#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct
{
  char *device;
  char *name;
  char *preset;
  char *fine;     /* path            */
  char *semantic; /* path, nullable  */
  char *sequence;
  int frames;
  gboolean whole; /* all frames of the stored run: scores can be compared */
} Run;

typedef struct
{
  const Run *run;
  FySession *session;
  char *results; /* folder the masks go to */
  double least_equal;
} Check;

G_GNUC_PRINTF (1, 2)
static char *
shared_path (const char *format, ...)
{
  va_list arguments;
  g_autofree char *relative = NULL;

  va_start (arguments, format);
  relative = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  return g_build_filename (g_getenv ("FERRY_SHARED"), relative, NULL);
}

/* The stored array of a run at a frame, or NULL where none was stored. */
static FyNpy *
load_dump (const Check *check, const char *what, int frame, const char *suffix)
{
  g_autofree char *path =
      shared_path ("reference/dumps/%s-%s-t%d%s.npy", check->run->name, what, frame, suffix);
  g_autoptr (GError) error = NULL;
  FyNpy *dump;

  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    return NULL;
  dump = fy_npy_load (path, &error);
  g_assert_no_error (error);
  return dump;
}

/* Every 8th cell's fused vector: each part times the root of its weight. */
static void
check_features (const Check *check, int frame)
{
  g_autoptr (FyNpy) want = load_dump (check, "features", frame, "-every8");
  g_autoptr (GError) error = NULL;
  g_autoptr (FyFeatures) features = NULL;
  double off = 0.0, size = 0.0;
  gsize cells, done = 0;

  if (want == NULL)
    return;
  features = fy_session_features (check->session, frame, FALSE, NULL, &error);
  g_assert_no_error (error);
  cells = (gsize) (fy_features_width (features) * fy_features_height (features));
  g_assert_cmpuint (want->shape[0], ==, (cells + 7) / 8);
  for (int p = 0; p < fy_features_n_parts (features); p++)
    {
      gsize n = (gsize) fy_features_channels (features, p);
      g_autofree float *rows = g_new (float, cells *n);
      double root = sqrt ((double) fy_params_part_weight (fy_session_params (check->session), p));

      g_assert_true (fy_features_read (features, p, rows, &error));
      for (gsize cell = 0; cell < cells; cell += 8)
        for (gsize c = 0; c < n; c++)
          {
            double stored = (double) want->f32[cell / 8 * want->shape[1] + done + c];
            double got = root * (double) rows[cell * n + c];

            off += (got - stored) * (got - stored);
            size += stored * stored;
          }
      done += n;
    }
  g_assert_cmpuint (done, ==, want->shape[1]);
  g_test_message ("%s, frame %d: features off by %.1e", check->run->name, frame, sqrt (off / size));
  g_assert_cmpfloat (sqrt (off / size), <=, 1e-4);
}

/* One cell's list.  What stands in one list only must tie with the last entry. */
static void
check_row (const guint32 *got,
           const float *score,
           const guint32 *want,
           const float *weight,
           int k,
           double temperature)
{
  double last = (double) (score[k - 1] - score[0]);

  for (int j = 0; j < k; j++)
    {
      int extra = 0;
      double stored = temperature * log ((double) weight[j] / (double) weight[0]);

      g_assert_cmpfloat (fabs (stored - (double) (score[j] - score[0])), <=, 1e-5);
      for (int i = 0; i < k; i++)
        extra += (want[i] == want[j]) - (got[i] == want[j]);
      if (extra > 0) /* we hold it less often */
        g_assert_cmpfloat (fabs (stored - last), <=, 1e-5);
    }
}

static void
check_list (const Check *check, int frame)
{
  g_autoptr (FyNpy) position = load_dump (check, "position", frame, "");
  g_autoptr (FyNpy) weight = load_dump (check, "weight", frame, "");
  g_autoptr (FyNeighbours) list = NULL;
  g_autoptr (GError) error = NULL;

  if (position == NULL)
    return;
  list =
      fy_session_neighbours (check->session, 0, (int[]){ 0 }, 1, frame, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (position->shape[0], ==, (gsize) list->cells);
  g_assert_cmpuint (position->shape[1], ==, (gsize) list->k);
  for (int cell = 0; cell < list->cells; cell++)
    {
      gsize at = (gsize) (cell * list->k);

      check_row (list->position + at, list->score + at, position->u32 + at, weight->f32 + at,
                 list->k, (double) fy_session_params (check->session)->temperature);
    }
}

/* The stored arrays have the class innermost.  Where entries tie at the end of a list the other one
 * may have been taken, with another label: in few cells. */
static void
check_soft (const Check *check, int frame, const float *soft, int n_classes)
{
  g_autoptr (FyNpy) want = load_dump (check, "soft", frame, "");
  gsize cells, off = 0;

  if (want == NULL)
    return;
  cells = want->shape[0] * want->shape[1];
  g_assert_cmpuint (want->shape[2], ==, (gsize) n_classes);
  for (gsize cell = 0; cell < cells; cell++)
    for (gsize c = 0; c < (gsize) n_classes; c++)
      {
        float stored = want->f32[cell * (gsize) n_classes + c];

        off += !(fabsf (soft[c * cells + cell] - stored) <= 1e-4f);
      }
  g_test_message ("%s, frame %d: %" G_GSIZE_FORMAT " soft values off by more than 1e-4",
                  check->run->name, frame, off);
  g_assert_cmpuint (off * 500, <=, cells * (gsize) n_classes);
}

static double
equal_share (const FyIdMap *a, const FyIdMap *b)
{
  gsize n = (gsize) a->width * (gsize) a->height, equal = 0;

  g_assert_cmpint (a->width, ==, b->width);
  g_assert_cmpint (a->height, ==, b->height);
  for (gsize i = 0; i < n; i++)
    equal += a->id[i] == b->id[i];
  return (double) equal / (double) n;
}

static gboolean
check_frame (int frame,
             const FyIdMap *mask,
             const float *soft,
             int n_classes,
             gpointer user_data,
             GError **error)
{
  Check *check = user_data;
  g_autofree char *name = g_strdup_printf ("%05d.png", frame);
  g_autofree char *stored = shared_path ("reference/%s/%s", check->run->name, name);
  g_autofree char *saved = g_build_filename (check->results, name, NULL);
  g_autoptr (FyIdMap) want = fy_indexed_png_read (stored, NULL, error);
  double equal;

  if (want == NULL || !fy_indexed_png_write (saved, mask, error))
    return FALSE;
  equal = equal_share (mask, want);
  check->least_equal = MIN (check->least_equal, equal);
  g_assert_cmpfloat (equal, >=, 0.9995);
  check_soft (check, frame, soft, n_classes);
  check_features (check, frame);
  if (frame > 0)
    check_list (check, frame);
  return TRUE;
}

static double
stored_number (JsonParser *parser, const char *run, const char *metric, const char *name)
{
  JsonObject *object = json_node_get_object (json_parser_get_root (parser));

  object = json_object_get_object_member (json_object_get_object_member (object, run), metric);
  return json_object_get_double_member (object, name);
}

static void
check_scores (const Check *check)
{
  g_autofree char *path = shared_path ("reference/davis-scores.json");
  g_autofree char *truth = shared_path ("data/davis/Annotations/480p/%s", check->run->sequence);
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (FyReport) report = fy_davis_score (
      truth, check->results, &(FyDavisScoreParams){ .leading = TRUE }, NULL, &error);
  const char *metrics[] = { "J", "F" };
  FyStatistics score[2];

  g_assert_no_error (error);
  fy_report_overall (report, &score[0], &score[1]);
  g_assert_true (json_parser_load_from_file (parser, path, &error));
  for (int i = 0; i < 2; i++)
    {
      FyStatistics got = score[i];

      g_assert_cmpfloat_with_epsilon (
          got.mean, stored_number (parser, check->run->name, metrics[i], "mean"), 0.0005);
      g_assert_cmpfloat_with_epsilon (
          got.recall, stored_number (parser, check->run->name, metrics[i], "recall"), 0.0005);
      g_assert_cmpfloat_with_epsilon (
          got.decay, stored_number (parser, check->run->name, metrics[i], "decay"), 0.0005);
    }
}

static void
remove_folder (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);

      g_unlink (path);
    }
  g_rmdir (folder);
}

static FySession *
open_session (const Run *run, gboolean strict)
{
  g_autofree char *clip = shared_path ("data/davis/JPEGImages/480p/%s", run->sequence);
  FySessionParams params = { .device = run->device,
                             .fine = run->fine,
                             .semantic = run->semantic,
                             .propagate = *fy_preset_find (run->preset) };
  g_autoptr (GError) error = NULL;
  FySession *session;

  params.propagate.strict_reference = strict;
  session = fy_session_new (clip, &params, NULL, &error);
  g_assert_no_error (error);
  return session;
}

static FyIdMap *
read_first_mask (const Run *run)
{
  g_autofree char *path = shared_path ("data/davis/Annotations/480p/%s/00000.png", run->sequence);
  g_autoptr (GError) error = NULL;
  FyIdMap *labels = fy_indexed_png_read (path, NULL, &error);

  g_assert_no_error (error);
  return labels;
}

static void
test_run (gconstpointer data)
{
  const Run *run = data;
  g_autoptr (FySession) session = open_session (run, TRUE);
  g_autoptr (FyIdMap) labels = read_first_mask (run);
  g_autofree char *results = g_dir_make_tmp ("ferry-reference-XXXXXX", NULL);
  g_autoptr (GError) error = NULL;
  Check check = { run, session, results, 1.0 };

  fy_session_propagate (session, &(FyHandMade){ 0, labels }, 1, NULL, run->frames - 1, check_frame,
                        &check, NULL, &error);
  g_assert_no_error (error);
  g_test_message ("%s on %s: at least %.4f %% of a frame's pixels equal", run->name,
                  fy_device_name (fy_session_device (session)), 100.0 * check.least_equal);
  if (run->whole)
    check_scores (&check);
  remove_folder (results);
}

/* --- The shipped model --- */

static gboolean
save_mask (int frame,
           const FyIdMap *mask,
           const float *soft,
           int n_classes,
           gpointer user_data,
           GError **error)
{
  g_autofree char *name = g_strdup_printf ("%05d.png", frame);
  g_autofree char *path = g_build_filename (user_data, name, NULL);

  return fy_indexed_png_write (path, mask, error);
}

/* J&F of the shipped half-precision weights against those of an independent program with the full
 * ones. */
static void
test_shipped (gconstpointer data)
{
  const Run *run = data;
  g_autoptr (FySession) session = open_session (run, FALSE);
  g_autoptr (FyIdMap) labels = read_first_mask (run);
  g_autofree char *results = g_dir_make_tmp ("ferry-shipped-XXXXXX", NULL);
  g_autofree char *stored = shared_path ("reference/bootstrap.json");
  g_autofree char *truth = shared_path ("data/davis/Annotations/480p/%s", run->sequence);
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (FyReport) report = NULL;
  g_autoptr (GError) error = NULL;
  FyStatistics region, boundary;
  JsonObject *figures;

  fy_session_propagate (session, &(FyHandMade){ 0, labels }, 1, NULL,
                        fy_clip_info (fy_session_clip (session))->n_frames - 1, save_mask, results,
                        NULL, &error);
  g_assert_no_error (error);
  report = fy_davis_score (truth, results, NULL, NULL, &error);
  g_assert_no_error (error);
  fy_report_overall (report, &region, &boundary);
  g_assert_true (json_parser_load_from_file (parser, stored, &error));
  figures = json_object_get_object_member (json_node_get_object (json_parser_get_root (parser)),
                                           "sequences");
  figures = json_object_get_object_member (figures, run->sequence);
  g_test_message ("%s: J %.4f F %.4f", run->sequence, region.mean, boundary.mean);
  g_assert_cmpfloat_with_epsilon (region.mean, json_object_get_double_member (figures, "J"), 0.002);
  g_assert_cmpfloat_with_epsilon (boundary.mean, json_object_get_double_member (figures, "F"),
                                  0.002);
  remove_folder (results);
}

/* --- Which runs --- */

static void
add_run (const char *device, gboolean slow, const char *line)
{
  g_auto (GStrv) word = g_strsplit (line, " ", -1);
  Run *run;
  g_autofree char *path = NULL;

  if (line[0] == '#' || g_strv_length (word) != 6)
    return;
  if (slow && strcmp (word[0], "crw12-blackswan") != 0)
    return;
  run = g_new0 (Run, 1);
  run->device = g_strdup (device);
  run->name = g_strdup (word[0]);
  run->preset = g_strdup (word[1]);
  run->fine = shared_path ("%s", word[2]);
  run->semantic = strcmp (word[3], "-") == 0 ? NULL : shared_path ("%s", word[3]);
  run->sequence = g_strdup (word[4]);
  run->frames = slow ? 3 : atoi (word[5]);
  run->whole = !slow;
  path = g_strdup_printf ("/reference/%s/%s", device, run->name);
  g_test_add_data_func (path, run, test_run);
}

static void
add_shipped (const char *sequence)
{
  g_autofree char *path = g_strdup_printf ("/reference/shipped/%s", sequence);
  Run *run = g_new0 (Run, 1);

  run->device = g_strdup ("cpu");
  run->preset = g_strdup ("fc-davis");
  run->fine = fy_shipped_model_path ();
  run->sequence = g_strdup (sequence);
  g_test_add_data_func (path, run, test_shipped);
}

static void
skip_all (void)
{
  g_test_skip ("no ../shared: the reference programs' outputs are not here");
}

int
main (int argc, char **argv)
{
  static const char *few[] = { "car-shadow", "scooter-black" };
  static const char *rest[] = { "blackswan",      "bmx-trees", "dog",
                                "horsejump-high", "libby",     "soapbox" };
  gboolean full = g_getenv ("FERRY_TEST_FULL") != NULL;
  g_autofree char *list = NULL;
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  g_auto (GStrv) devices = fy_device_list ();

  g_test_init (&argc, &argv, NULL);
  list = shared_path ("reference/runs.txt");
  if (!g_file_get_contents (list, &text, NULL, NULL))
    {
      g_test_add_func ("/reference/none", skip_all);
      return g_test_run ();
    }
  lines = g_strsplit (text, "\n", -1);
  for (int d = 0; devices[d] != NULL; d++)
    {
      g_autofree char *device = g_strndup (devices[d], strcspn (devices[d], " "));
      gboolean slow = strstr (devices[d], "software") != NULL && !full;

      for (int i = 0; lines[i] != NULL; i++)
        add_run (device, slow, lines[i]);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (few); i++)
    add_shipped (few[i]);
  for (gsize i = 0; full && i < G_N_ELEMENTS (rest); i++)
    add_shipped (rest[i]);
  return g_test_run ();
}
