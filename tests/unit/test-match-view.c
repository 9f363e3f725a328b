/* SPDX-License-Identifier: MIT */
/* What the correspondence view computes and writes, against plain sums and what is read back. */
#include "app/match/match-view-export.h"
#include "app/match/match-view-scale.h"
#include "exchange/npy.h"
#include "propagate/votes.h"

#include <gdk/gdk.h>
#include <glib/gstdio.h>
#include <math.h>

/* --- Colours --- */

/* OKLab lightness of a colour, from the published matrices. */
static double
lightness (FyRgb colour)
{
  const guint8 encoded[3] = { colour.r, colour.g, colour.b };
  double c[3], l, m, s;

  for (int i = 0; i < 3; i++)
    c[i] = encoded[i] <= 10 ? encoded[i] / 255.0 / 12.92
                            : pow ((encoded[i] / 255.0 + 0.055) / 1.055, 2.4);
  l = cbrt (0.4122214708 * c[0] + 0.5363325363 * c[1] + 0.0514459929 * c[2]);
  m = cbrt (0.2119034982 * c[0] + 0.6806995451 * c[1] + 0.1073969566 * c[2]);
  s = cbrt (0.0883024619 * c[0] + 0.2817188376 * c[1] + 0.6299787005 * c[2]);
  return 0.2104542553 * l + 0.7936177850 * m - 0.0040720468 * s;
}

static void
test_scale_is_even (void)
{
  const FyRgb *colours = ferry_scale_colours ();
  double whole = lightness (colours[FERRY_SCALE_STEPS - 1]) - lightness (colours[0]);

  g_assert_cmpfloat (whole, >, 0.7);
  for (int i = 0; i + 15 < FERRY_SCALE_STEPS; i += 15)
    g_assert_cmpfloat_with_epsilon (lightness (colours[i + 15]) - lightness (colours[i]),
                                    whole / 17.0, 0.006);
}

static void
test_scale_step (void)
{
  const float map[] = { NAN, 0.5f, -0.25f, 0.75f };
  float low, high;

  ferry_scale_range (map, 4, &low, &high);
  g_assert_cmpfloat (low, ==, -0.25f);
  g_assert_cmpfloat (high, ==, 0.75f);
  g_assert_cmpint (ferry_scale_step (-0.25f, low, high), ==, 0);
  g_assert_cmpint (ferry_scale_step (0.25f, low, high), ==, 128);
  g_assert_cmpint (ferry_scale_step (0.75f, low, high), ==, 255);
  g_assert_cmpint (ferry_scale_step (9.0f, low, high), ==, 255);
  g_assert_cmpint (ferry_scale_step (-9.0f, low, high), ==, 0);
  g_assert_cmpint (ferry_scale_step (NAN, low, high), ==, 0);
  ferry_scale_range (map, 1, &low, &high);
  g_assert_cmpfloat (low, ==, 0.0f);
  g_assert_cmpfloat (high, ==, 1.0f);
  ferry_scale_range (map + 1, 1, &low, &high);
  g_assert_cmpfloat (high, >, low);
}

/* --- Jobs, on the sample clip --- */

static FySession *
open_sample (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *clip =
      g_build_filename (g_getenv ("FERRY_SOURCE"), "data", "sample", "pond.mp4", NULL);
  FySessionParams params = { .device = "cpu",
                             .propagate = *fy_preset_find ("single-davis"),
                             .short_side = 96 };
  FySession *session = fy_session_new (clip, &params, NULL, &error);

  g_assert_no_error (error);
  return session;
}

static float *
read_rows (FyFeatures *features)
{
  gsize n = (gsize) fy_features_width (features) * (gsize) fy_features_height (features) *
            (gsize) fy_features_channels (features, 0);
  float *rows = g_new (float, n);

  g_assert_true (fy_features_read (features, 0, rows, NULL));
  return rows;
}

static void
test_similarity_job (void)
{
  g_autoptr (FySession) session = open_sample ();
  FerrySimilarityJob job = { 3, 77, 9 };
  g_autoptr (FySimilarity) found = ferry_similarity_job (session, &job, NULL, NULL);
  g_autoptr (FyFeatures) a = fy_session_features (session, 3, FALSE, NULL, NULL);
  g_autoptr (FyFeatures) b = fy_session_features (session, 9, FALSE, NULL, NULL);
  g_autofree float *query = read_rows (a);
  g_autofree float *target = read_rows (b);
  int channels = fy_features_channels (a, 0);

  g_assert_cmpint (found->n_parts, ==, 1);
  g_assert_cmpint (found->width, ==, fy_features_width (a));
  for (int cell = 0; cell < found->width * found->height; cell++)
    {
      double sum = 0.0;

      for (int c = 0; c < channels; c++)
        sum += (double) query[77 * channels + c] * (double) target[cell * channels + c];
      g_assert_cmpfloat_with_epsilon (found->fused[cell], sum, 1e-6);
      g_assert_cmpfloat (found->fused[cell], ==, found->part[0][cell]);
    }
}

/* Lists merged by hand: frames 0 .. 5 of frame 6, labels from frame 0, references 0 and 4. */
static void
test_voters_job (void)
{
  g_autoptr (FySession) session = open_sample ();
  const FyPropagateParams *params = fy_session_params (session);
  FerryVotersJob *job = ferry_voters_job_new (6, 100, 0);
  g_autoptr (FyNeighbours) local = fy_session_list (session, 6, 0, 6, params->radius, NULL, NULL);
  g_autoptr (FyNeighbours) first = fy_session_list (session, 6, 0, 1, 0, NULL, NULL);
  g_autoptr (FyNeighbours) fourth = fy_session_list (session, 6, 4, 5, 0, NULL, NULL);
  const FyNeighbours *references[] = { first, fourth };
  g_autoptr (FyNeighbours) merged =
      fy_neighbours_merge (local, references, 2, 0, params->context, params->topk);
  g_autoptr (FyVotes) votes = fy_votes_new (merged, params->temperature);
  g_autofree FerryVoters *found = NULL;
  double total = 0.0;

  g_array_append_vals (job->reference, ((int[]){ 0, 4 }), 2);
  found = ferry_voters_job (session, job, NULL, NULL);
  ferry_voters_job_free (job);
  g_assert_cmpint (found->n, ==, params->topk);
  for (int i = 0; i < found->n; i++)
    {
      int at = 100 * merged->k + i;
      const FerryVoter *voter = &found->voter[i];

      g_assert_cmpuint ((guint32) (voter->frame * merged->cells + voter->cell), ==,
                        merged->position[at]);
      g_assert_cmpfloat (voter->similarity, ==, merged->score[at]);
      g_assert_cmpfloat (voter->weight, ==, votes->weight[at]);
      total += (double) voter->weight;
    }
  g_assert_cmpfloat_with_epsilon (total, 1.0, 1e-5);
}

static void
test_features_job (void)
{
  g_autoptr (FySession) session = open_sample ();
  FerryFeaturesJob *job = ferry_features_job_new (5, 0, NULL);
  g_autoptr (FerryFeatureColours) found = ferry_features_job (session, job, NULL, NULL);
  g_autoptr (FyFeatures) features = fy_session_features (session, 5, FALSE, NULL, NULL);
  g_autofree float *rows = read_rows (features);
  g_autoptr (FerryFeatureColours) again = NULL;
  const FyComponents *components = g_ptr_array_index (found->components, 0);
  int cells = found->width * found->height;

  ferry_features_job_free (job);
  for (int cell = 0; cell < cells; cell++)
    for (int v = 0; v < FY_N_COMPONENTS; v++)
      {
        double sum = 0.0;

        for (int c = 0; c < components->channels; c++)
          sum += ((double) rows[cell * components->channels + c] - (double) components->mean[c]) *
                 (double) components->axis[v * components->channels + c];
        g_assert_cmpfloat_with_epsilon (found->value[0][cell * FY_N_COMPONENTS + v], sum, 1e-6);
      }
  job = ferry_features_job_new (5, 0, found->components);
  again = ferry_features_job (session, job, NULL, NULL);
  ferry_features_job_free (job);
  g_assert_true (again->components == found->components);
  g_assert_cmpmem (again->rgb[0], (gsize) cells * 3, found->rgb[0], (gsize) cells * 3);
}

static void
test_cancelled (void)
{
  g_autoptr (FySession) session = open_sample ();
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  FerrySimilarityJob job = { 3, 77, 9 };
  g_autoptr (GError) error = NULL;

  g_cancellable_cancel (cancellable);
  g_assert_null (ferry_similarity_job (session, &job, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

/* --- Files --- */

static FerryMatchExport *
make_export (void)
{
  FerryMatchExport *export = g_new0 (FerryMatchExport, 1);

  export->title = g_strdup ("Similarity");
  export->n_maps = 2;
  export->width = 8;
  export->height = 4;
  export->aspect = 2.0;
  for (int i = 0; i < 2; i++)
    {
      export->map[i] = (FerryExportMap){
        .title = g_strdup ("Map"), .value = g_new (float, 32), .n_values = 1, .low = 0, .high = 31
      };
      for (int cell = 0; cell < 32; cell++)
        export->map[i].value[cell] = (float) (i == 0 ? cell : 31 - cell);
    }
  export->n_voters = 1;
  export->voter = g_new0 (FerryExportVoter, 1);
  export->voter[0] = (FerryExportVoter){ { 11, 30, 0.5f, 0.25f },           6, 3, 52.0, 28.5, 2,
                                         g_strdup ("a \"red\", small fish") };
  return export;
}

static char *
temporary (const char *name)
{
  g_autofree char *folder = g_dir_make_tmp ("ferry-match-XXXXXX", NULL);

  return g_build_filename (folder, name, NULL);
}

static void
discard (const char *path)
{
  g_autofree char *folder = g_path_get_dirname (path);

  g_assert_cmpint (g_remove (path), ==, 0);
  g_assert_cmpint (g_rmdir (folder), ==, 0);
}

static void
test_npy (void)
{
  g_autoptr (FerryMatchExport) export = make_export ();
  g_autofree char *path = temporary ("maps.npy");
  g_autoptr (FyNpy) read = NULL;

  g_assert_true (ferry_match_export_npy (export, path, NULL));
  read = fy_npy_load (path, NULL);
  g_assert_cmpint (read->n_dims, ==, 3);
  g_assert_cmpuint (read->shape[0], ==, 2);
  g_assert_cmpuint (read->shape[1], ==, 4);
  g_assert_cmpuint (read->shape[2], ==, 8);
  for (int i = 0; i < 64; i++)
    g_assert_cmpfloat (read->f32[i], ==, export->map[i / 32].value[i % 32]);
  discard (path);
}

/* Every pixel of both maps has its cell's colour, but for the mark around the best. */
static void
test_png (void)
{
  g_autoptr (FerryMatchExport) export = make_export ();
  g_autofree char *path = temporary ("maps.png");
  g_autoptr (GdkTexture) read = NULL;
  g_autofree guint8 *pixels = NULL;
  int width;

  g_assert_true (ferry_match_export_png (export, path, NULL));
  read = gdk_texture_new_from_filename (path, NULL);
  g_assert_nonnull (read);
  width = gdk_texture_get_width (read);
  g_assert_cmpint (width, ==, 16 + 2 * (640 + 16));
  pixels = g_malloc (4 * (gsize) width * (gsize) gdk_texture_get_height (read));
  gdk_texture_download (read, pixels, 4 * (gsize) width);
  for (int i = 0; i < 2 * 640 * 320; i++)
    {
      int map = i / (640 * 320), x = i % 640, y = i / 640 % 320, cell = y / 80 * 8 + x / 80;
      const guint8 *pixel = pixels + 4 * ((64 + y) * width + 16 + map * 656 + x); /* B, G, R, A */
      FyRgb colour = ferry_scale_colours ()[ferry_scale_step (export->map[map].value[cell], 0, 31)];

      if (cell == (map == 0 ? 31 : 0) && hypot (x % 80 - 39.5, y % 80 - 39.5) < 14)
        continue;
      g_assert_cmpint (pixel[0], ==, colour.b);
      g_assert_cmpint (pixel[1], ==, colour.g);
      g_assert_cmpint (pixel[2], ==, colour.r);
    }
  g_assert_cmpint (pixels[4 * ((64 + 280) * width + 16 + 600 + 9) + 1], >, 200); /* the ring */
  discard (path);
}

static void
test_csv (void)
{
  g_autoptr (FerryMatchExport) export = make_export ();
  g_autofree char *path = temporary ("voters.csv");
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (ferry_match_export_csv (export, path, NULL));
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_cmpstr (text, ==,
                   "frame,column,row,x,y,similarity,weight,id,name\n"
                   "11,6,3,52,28.5,0.5,0.25,2,\"a \"\"red\"\", small fish\"\n");
  discard (path);
  g_assert_false (ferry_match_export_csv (export, path, &error)); /* its folder is gone */
  g_assert_nonnull (error);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/match-view/scale/even", test_scale_is_even);
  g_test_add_func ("/match-view/scale/step", test_scale_step);
  g_test_add_func ("/match-view/job/similarity", test_similarity_job);
  g_test_add_func ("/match-view/job/voters", test_voters_job);
  g_test_add_func ("/match-view/job/features", test_features_job);
  g_test_add_func ("/match-view/job/cancelled", test_cancelled);
  g_test_add_func ("/match-view/export/npy", test_npy);
  g_test_add_func ("/match-view/export/png", test_png);
  g_test_add_func ("/match-view/export/csv", test_csv);
  return g_test_run ();
}
