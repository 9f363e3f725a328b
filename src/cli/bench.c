/* SPDX-License-Identifier: MIT */
/* ferry-cli bench: how fast this machine does each part of the work. */
#include "bench-carry.h"
#include "network.h"

#include "base/error.h"
#include "session/model.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define DEFAULT_REPEATS 5

typedef struct
{
  char *what;
  char *size;
  char *device;
  int repeats;
  gboolean json;
} Options;

typedef struct
{
  const Options *options;
  FyDevice *device;
  int width; /* of the pictures, pixels */
  int height;
  int repeats;
  GArray *results; /* FerryMeasure */
  GCancellable *cancellable;
} Bench;

static gboolean
measure (Bench *bench, FerryMeasure about, FerryMeasured func, gpointer data, GError **error)
{
  return ferry_measure (bench->results, about, bench->repeats, func, data, bench->cancellable,
                        error);
}

/* --- Decoding --- */

static gboolean
decode_sample (gpointer user_data, GError **error)
{
  Bench *bench = user_data;
  g_autofree char *path = fy_data_path ("sample/pond.mp4");
  g_autoptr (FyClip) clip = fy_clip_open (path, NULL, bench->cancellable, error);

  for (int i = 0; clip != NULL && i < fy_clip_info (clip)->n_frames; i++)
    {
      g_autoptr (FyFrame) frame = fy_clip_frame (clip, i, bench->cancellable, error);

      if (frame == NULL)
        return FALSE;
    }
  return clip != NULL;
}

static gboolean
bench_decode (Bench *bench, GError **error)
{
  g_autofree char *path = fy_data_path ("sample/pond.mp4");
  g_autoptr (FyClip) clip = fy_clip_open (path, NULL, bench->cancellable, error);
  const FyClipInfo *info = clip != NULL ? fy_clip_info (clip) : NULL;

  return info != NULL &&
         measure (bench,
                  (FerryMeasure){ .name = "decode-sample",
                                  .bytes = 3.0 * info->n_frames * info->width * info->height },
                  decode_sample, bench, error);
}

/* --- Networks --- */

typedef struct
{
  FyEncoder *encoder;
  const guint8 *rgb;
  int width;
  int height;
} Encoding;

static gboolean
encode (gpointer user_data, GError **error)
{
  Encoding *self = user_data;
  FyMap features;
  float element;

  return fy_encoder_run (self->encoder, self->rgb, self->width, self->height, &features, error) &&
         fy_buffer_download (features.buffer, features.offset, &element, sizeof element, error);
}

static FyEncoder *
synthetic_encoder (FyDevice *device, int depth, GError **error)
{
  g_autofree char *path = ferry_synthetic_checkpoint (depth, error);
  FyEncoder *encoder = path != NULL ? fy_model_load (device, path, NULL, error) : NULL;

  if (path != NULL)
    unlink (path);
  return encoder;
}

static gboolean
load_encoders (Bench *bench, int depth, FyEncoder *encoder[2], GError **error)
{
  g_autofree char *path =
      depth == 18 ? fy_shipped_model_path () : ferry_synthetic_checkpoint (depth, error);

  for (int fast = 0; path != NULL && fast < 2; fast++)
    {
      encoder[fast] =
          fy_model_load (bench->device, path, &(FyEncoderParams){ .fast = fast == 1 }, error);
      if (encoder[fast] == NULL)
        break;
    }
  if (path != NULL && depth != 18)
    unlink (path);
  return encoder[1] != NULL;
}

static float *
read_encoded (Encoding *self, FyDevice *device, gsize *cells, gsize *channels, GError **error)
{
  g_autoptr (FyFeatures) features = NULL;
  g_autofree float *rows = NULL;
  FyMap map;

  if (!fy_encoder_run (self->encoder, self->rgb, self->width, self->height, &map, error))
    return NULL;
  features =
      fy_features_new (device, map.height, map.width, 1, &map.channels, FY_FEATURES_F32, error);
  *cells = (gsize) (map.width * map.height);
  *channels = (gsize) map.channels;
  rows = g_new (float, *cells **channels);
  if (features == NULL || !fy_features_set_map (features, 0, &map, FALSE, error) ||
      !fy_features_read (features, 0, rows, error))
    return NULL;
  return g_steal_pointer (&rows);
}

static gboolean
compare_encoders (Bench *bench,
                  Encoding *fast,
                  Encoding *exact,
                  FerryDifference *difference,
                  GError **error)
{
  gsize cells, channels;
  g_autofree float *a = read_encoded (fast, bench->device, &cells, &channels, error);
  g_autofree float *b =
      a != NULL ? read_encoded (exact, bench->device, &cells, &channels, error) : NULL;

  if (b == NULL)
    return FALSE;
  *difference = ferry_difference (a, b, cells, channels);
  return TRUE;
}

/* The sample clip's first frame, brought to the wanted size. */
static FyFrame *
sample_picture (Bench *bench, GError **error)
{
  g_autofree char *path = fy_data_path ("sample/pond.mp4");
  g_autoptr (FyClip) clip = fy_clip_open (path, NULL, bench->cancellable, error);
  g_autoptr (FyFrame) frame =
      clip != NULL ? fy_clip_frame (clip, 0, bench->cancellable, error) : NULL;
  FyFrame *picture = frame != NULL ? fy_frame_scale (frame, bench->width, bench->height) : NULL;

  if (frame != NULL && picture == NULL)
    g_set_error (error, FY_ERROR, FY_ERROR_FAILED, "out of memory for a picture of %dx%d",
                 bench->width, bench->height);
  return picture;
}

/* names   [2] exact, fast */
static gboolean
bench_backbone (Bench *bench, int depth, const char *const names[2], GError **error)
{
  g_autoptr (FyFrame) picture = sample_picture (bench, error);
  FyEncoder *encoder[2] = { NULL, NULL };
  gboolean ok = picture != NULL && load_encoders (bench, depth, encoder, error);
  g_autoptr (FyEncoder) exact = encoder[0];
  g_autoptr (FyEncoder) quick = encoder[1];
  int grid_width, grid_height;

  for (int fast = 0; ok && fast < 2; fast++)
    {
      Encoding encoding[2] = { { exact, picture->rgb, bench->width, bench->height },
                               { quick, picture->rgb, bench->width, bench->height } };
      FerryMeasure about = { .name = names[fast], .compared = fast == 1 };

      fy_encoder_grid (exact, bench->width, bench->height, &grid_width, &grid_height);
      about.flops = 2 * fy_encoder_work (exact, bench->width, bench->height);
      about.bytes = 3.0 * bench->width * bench->height +
                    4.0 * grid_width * grid_height * fy_encoder_channels (exact);
      ok = (!fast || compare_encoders (bench, &encoding[1], &encoding[0], &about.error, error)) &&
           measure (bench, about, encode, &encoding[fast], error);
    }
  return ok;
}

/* --- Matching --- */

typedef struct
{
  FySearch *local;
  FySearch *reference;
  const FyPropagateParams *params;
  FyFeatures *features[64]; /* [context + 2]: the reference, the context, the target */
  FyNeighbours *nearby;
  FyNeighbours *anywhere;
  GCancellable *cancellable;
} Matching;

static gboolean
match (gpointer user_data, GError **error)
{
  Matching *self = user_data;
  int context = self->params->context;
  FyFeatures *target = self->features[context + 1];
  g_autoptr (FyNeighbours) merged = NULL;

  if (!fy_search_run (self->local, target, self->features + 1, context, self->nearby->position,
                      self->nearby->score, self->cancellable, error) ||
      !fy_search_run (self->reference, target, self->features, 1, self->anywhere->position,
                      self->anywhere->score, self->cancellable, error))
    return FALSE;
  merged = fy_neighbours_merge (self->nearby, (const FyNeighbours *[]){ self->anywhere }, 1, 0,
                                context, self->params->topk);
  return merged != NULL;
}

static void
matching_clear (Matching *self)
{
  fy_search_free (self->local);
  fy_search_free (self->reference);
  for (guint i = 0; i < G_N_ELEMENTS (self->features); i++)
    g_clear_pointer (&self->features[i], fy_features_unref);
  g_clear_pointer (&self->nearby, fy_neighbours_unref);
  g_clear_pointer (&self->anywhere, fy_neighbours_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Matching, matching_clear)

static FyFeatures *
see (FyEncoder *const *encoder, int n_parts, FyDevice *device, FyFrame *picture, GError **error)
{
  int channels[FY_FEATURES_MAX_PARTS] = { 0 };
  g_autoptr (FyFeatures) features = NULL;
  int width, height;

  for (int p = 0; p < n_parts; p++)
    channels[p] = fy_encoder_channels (encoder[p]);
  fy_encoder_grid (encoder[0], picture->width, picture->height, &width, &height);
  features = fy_features_new (device, height, width, n_parts, channels, FY_FEATURES_F32, error);
  for (int p = 0; features != NULL && p < n_parts; p++)
    {
      FyMap map;

      if (!fy_encoder_run (encoder[p], picture->rgb, picture->width, picture->height, &map,
                           error) ||
          !fy_features_set_map (features, p, &map, TRUE, error))
        return NULL;
    }
  return g_steal_pointer (&features);
}

/* Features of the sample's first frames, brought to the wanted size: how much a search can skip
 * depends on what is in them. */
static gboolean
see_sample (Bench *bench, FyEncoder *const *encoder, int n_parts, Matching *self, GError **error)
{
  g_autofree char *path = fy_data_path ("sample/pond.mp4");
  g_autoptr (FyClip) clip = fy_clip_open (path, NULL, bench->cancellable, error);

  for (int i = 0; clip != NULL && i < self->params->context + 2; i++)
    {
      g_autoptr (FyFrame) frame = fy_clip_frame (clip, i, bench->cancellable, error);
      g_autoptr (FyFrame) picture =
          frame != NULL ? fy_frame_scale (frame, bench->width, bench->height) : NULL;

      self->features[i] =
          picture != NULL ? see (encoder, n_parts, bench->device, picture, error) : NULL;
      if (self->features[i] == NULL)
        return FALSE;
    }
  return clip != NULL;
}

/* Cells inside the circle around every cell of the grid, summed. */
static double
circle_pairs (int width, int height, int radius)
{
  double pairs = 0;

  for (int dy = 1 - radius; dy < radius; dy++)
    for (int dx = 1 - radius; dx < radius; dx++)
      if (dx * dx + dy * dy < radius * radius)
        pairs += (double) MAX (0, width - ABS (dx)) * MAX (0, height - ABS (dy));
  return pairs;
}

static FerryMeasure
match_work (const Matching *self, const char *name)
{
  FyFeatures *target = self->features[0];
  int width = fy_features_width (target), height = fy_features_height (target);
  double cells = (double) width * height, channels = 0;
  double pairs = self->params->context * circle_pairs (width, height, self->params->radius);

  for (int p = 0; p < fy_features_n_parts (target); p++)
    channels += fy_features_channels (target, p);
  return (FerryMeasure){ .name = name,
                         .flops = 2 * channels * (pairs + cells * cells),
                         .bytes = cells * (4 * channels * (self->params->context + 2) +
                                           8 * self->params->topk) };
}

static gboolean
run_match (Bench *bench, Matching *self, const char *name, GError **error)
{
  FyFeatures *target = self->features[0];
  int cells = fy_features_width (target) * fy_features_height (target);
  FySearchParams search = { .k = self->params->topk,
                            .radius = self->params->radius,
                            .n_parts = fy_features_n_parts (target) };

  for (int p = 0; p < search.n_parts; p++)
    search.weight[p] = fy_params_part_weight (self->params, p);
  self->local = fy_search_new (bench->device, &search, error);
  search.radius = 0;
  self->reference = self->local != NULL ? fy_search_new (bench->device, &search, error) : NULL;
  if (self->reference == NULL)
    return FALSE;
  self->nearby = fy_neighbours_new (self->params->context + 1, cells, search.k);
  self->anywhere = fy_neighbours_new (self->params->context + 1, cells, search.k);
  return measure (bench, match_work (self, name), match, self, error);
}

static gboolean
bench_match (Bench *bench, const char *preset, const char *name, GError **error)
{
  g_auto (Matching) self = { .params = fy_preset_find (preset), .cancellable = bench->cancellable };
  g_autofree char *shipped = fy_shipped_model_path ();
  g_autoptr (FyEncoder) fine = fy_model_load (bench->device, shipped, NULL, error);
  g_autoptr (FyEncoder) semantic =
      fine != NULL && self.params->fused ? synthetic_encoder (bench->device, 50, error) : NULL;
  FyEncoder *const encoder[] = { fine, semantic };

  if (fine == NULL || (self.params->fused && semantic == NULL))
    return FALSE;
  return see_sample (bench, encoder, self.params->fused ? 2 : 1, &self, error) &&
         run_match (bench, &self, name, error);
}

/* --- Reporting --- */

static void
print_measure (const FerryMeasure *m, gboolean json)
{
  double gflops = m->flops / m->seconds_min * 1e-9, gbytes = m->bytes / m->seconds_min * 1e-9;

  if (json)
    g_print ("{\"name\": \"%s\", \"seconds_min\": %.6f, \"seconds_median\": %.6f, "
             "\"gflops\": %.3f, \"gbytes_per_s\": %.3f",
             m->name, m->seconds_min, m->seconds_median, gflops, gbytes);
  else
    g_print ("%-22s %10.4f %10.4f %10.1f %10.2f", m->name, m->seconds_min, m->seconds_median,
             gflops, gbytes);
  if (m->compared)
    g_print (json ? ", \"error\": {\"most\": %.3e, \"cosine\": %.3e}"
                  : "  off by %.1e, 1 - cosine %.1e",
             m->error.most, m->error.cosine);
  g_print (json ? "}" : "\n");
}

static void
print_results (const Bench *bench, double ceiling)
{
  gboolean json = bench->options->json;
  g_autofree char *device = ferry_json_string (fy_device_name (bench->device));

  if (json)
    g_print ("{\n  \"device\": %s,\n  \"ceiling_gflops\": %.1f,\n  \"results\": [", device,
             ceiling);
  else
    g_print ("%s, pictures of %dx%d, at most %.0f GFLOP/s\n%-22s %10s %10s %10s %10s\n",
             fy_device_name (bench->device), bench->width, bench->height, ceiling, "", "s, fastest",
             "s, median", "GFLOP/s", "GB/s");
  for (guint i = 0; i < bench->results->len; i++)
    {
      if (json)
        g_print ("%s\n    ", i == 0 ? "" : ",");
      print_measure (&g_array_index (bench->results, FerryMeasure, i), json);
    }
  if (json)
    g_print ("\n  ]\n}\n");
}

/* --- The command --- */

static gboolean
read_options (Bench *bench, GError **error)
{
  static const char *const parts[] = { "decode", "backbone", "match", "carry", "all", NULL };
  const Options *options = bench->options;
  char rest;

  bench->width = 854;
  bench->height = 480;
  bench->repeats = options->repeats == FERRY_NOT_GIVEN ? DEFAULT_REPEATS : options->repeats;
  if (options->what != NULL && !g_strv_contains (parts, options->what))
    g_set_error (error, FERRY_USAGE, 0,
                 "--what \"%s\" is none of decode, backbone, match, carry, all", options->what);
  else if (options->size != NULL &&
           (sscanf (options->size, "%dx%d%c", &bench->width, &bench->height, &rest) != 2 ||
            MIN (bench->width, bench->height) < 32 || MAX (bench->width, bench->height) > 8192))
    g_set_error (error, FERRY_USAGE, 0, "--size \"%s\" does not read as WxH, 32 to 8192 each",
                 options->size);
  else if (bench->repeats < 1 || bench->repeats > 1000)
    g_set_error (error, FERRY_USAGE, 0, "--repeats %d is not 1 to 1000", bench->repeats);
  else
    return TRUE;
  return FALSE;
}

static gboolean
wanted (const Bench *bench, const char *part)
{
  const char *what = bench->options->what;

  return what == NULL || strcmp (what, "all") == 0 || strcmp (what, part) == 0;
}

static gboolean
run (gconstpointer values, const char *const *arguments, GCancellable *cancellable, GError **error)
{
  static const char *const resnet18[] = { "backbone-resnet18", "backbone-resnet18-fast" };
  static const char *const resnet50[] = { "backbone-resnet50", "backbone-resnet50-fast" };
  g_autoptr (GArray) results = g_array_new (FALSE, FALSE, sizeof (FerryMeasure));
  Bench bench = { .options = values, .results = results, .cancellable = cancellable };
  g_autoptr (FyDevice) device = NULL;
  double ceiling;

  if (!read_options (&bench, error))
    return FALSE;
  bench.device = device = fy_device_new (bench.options->device, error);
  if (device == NULL || !ferry_measure_ceiling (device, &ceiling, error) ||
      (wanted (&bench, "decode") && !bench_decode (&bench, error)) ||
      (wanted (&bench, "backbone") && (!bench_backbone (&bench, 18, resnet18, error) ||
                                       !bench_backbone (&bench, 50, resnet50, error))) ||
      (wanted (&bench, "match") && (!bench_match (&bench, "fc-davis", "match-fc", error) ||
                                    !bench_match (&bench, "sfc-davis", "match-sfc", error))) ||
      (wanted (&bench, "carry") &&
       !ferry_bench_carry (bench.width, bench.height, bench.repeats, results, cancellable, error)))
    return FALSE;
  print_results (&bench, ceiling);
  return TRUE;
}

static const FerryOption option_table[] = {
  { "what", FERRY_TEXT, G_STRUCT_OFFSET (Options, what), "PART",
    "decode, backbone, match, carry or all, which is the default" },
  { "size", FERRY_TEXT, G_STRUCT_OFFSET (Options, size), "WxH",
    "Picture that the networks see; 854x480 without" },
  { "device", FERRY_TEXT, G_STRUCT_OFFSET (Options, device), "DEVICE",
    "cpu, vulkan or vulkan:N; the fastest real device without" },
  { "repeats", FERRY_WHOLE, G_STRUCT_OFFSET (Options, repeats), "N",
    "Runs of each after one to warm up; 5 without" },
  { "json", FERRY_FLAG, G_STRUCT_OFFSET (Options, json), NULL, "Print JSON" },
  { NULL },
};

const FerryCommand ferry_bench = {
  .name = "bench",
  .summary = "measure how fast this machine is",
  .arguments = "",
  .description =
      "Measures each part of the work on made-up or sample data: backbone-* is one frame through a "
      "network, match-* the neighbour list of one frame with 20 frames of context and a reference, "
      "votes-70 makes ready the lists of 70 frames, carry-70x2 and -70x50 carry 2 and 50 objects, "
      "carry-edit follows a change of 3 x 3 cells in the first frame, resolve-70x2 and -70x50 make "
      "the masks (all on the CPU, whatever the device), decode-sample the whole sample clip.\n\n"
      "*-fast is in 16 bits where the device is faster so. How far off it is stands beside it: the "
      "largest difference as a share of the largest value, and 1 - cosine of a cell on average.\n\n"
      "GFLOP/s count what is asked for, as if nothing were skipped: an exact search that leaves "
      "out "
      "what cannot matter, or a convolution by Winograd's method, may beat the ceiling. GB/s count "
      "what goes in and comes out. Both are of the fastest run.",
  .examples = "  ferry-cli bench\n"
              "  ferry-cli bench --what match --size 910x480 --json",
  .min_arguments = 0,
  .max_arguments = 0,
  .values_size = sizeof (Options),
  .options = option_table,
  .run = run,
};
