/* SPDX-License-Identifier: MIT */
/* What ferry-cli bench measures of pictures and networks. */
#include "bench-stages.h"

#include "base/error.h"
#include "base/output-file.h"
#include "nn/graph.h"
#include "session/model.h"

#include <math.h>
#include <unistd.h>

/* --- Decoding --- */

FyClip *
ferry_sample_clip (FerryBench *bench, GError **error)
{
  g_autofree char *path = fy_data_path ("sample/pond.mp4");

  return fy_clip_open (path, NULL, bench->cancellable, error);
}

FyFrame *
ferry_sample_picture (FerryBench *bench, FyClip *clip, int number, GError **error)
{
  g_autoptr (FyFrame) frame = fy_clip_frame (clip, number, bench->cancellable, error);
  FyFrame *picture = frame != NULL ? fy_frame_scale (frame, bench->width, bench->height) : NULL;

  if (frame != NULL && picture == NULL)
    g_set_error (error, FY_ERROR, FY_ERROR_FAILED, "out of memory for a picture of %dx%d",
                 bench->width, bench->height);
  return picture;
}

static gboolean
decode_sample (gpointer user_data, GError **error)
{
  FerryBench *bench = user_data;
  g_autoptr (FyClip) clip = ferry_sample_clip (bench, error);

  for (int i = 0; clip != NULL && i < fy_clip_info (clip)->n_frames; i++)
    {
      g_autoptr (FyFrame) frame = fy_clip_frame (clip, i, bench->cancellable, error);

      if (frame == NULL)
        return FALSE;
    }
  return clip != NULL;
}

gboolean
ferry_bench_decode (FerryBench *bench, GError **error)
{
  g_autoptr (FyClip) clip = ferry_sample_clip (bench, error);
  const FyClipInfo *info = clip != NULL ? fy_clip_info (clip) : NULL;

  return info != NULL &&
         ferry_measure (bench,
                        (FerryMeasure){ .name = "decode-sample",
                                        .bytes = 3.0 * info->n_frames * info->width * info->height,
                                        .on_host = TRUE },
                        decode_sample, bench, error);
}

/* --- A made-up network --- */

/* One tensor's line of the header, and its numbers: uniform in center - spread .. center + spread. */
static void
add_tensor (GString *header,
            GArray *data,
            GRand *random,
            const char *name,
            const char *shape,
            gsize n,
            double center,
            double spread)
{
  gsize at = (gsize) data->len * sizeof (float);

  g_string_append_printf (header,
                          "%s\"%s\":{\"dtype\":\"F32\",\"shape\":[%s],\"data_offsets\":[%zu,%zu]}",
                          header->len > 1 ? "," : "", name, shape, at, at + n * sizeof (float));
  for (gsize i = 0; i < n; i++)
    {
      float value = (float) (center + spread * (2 * g_rand_double (random) - 1));

      g_array_append_val (data, value);
    }
}

static void
add_node (GString *header, GArray *data, GRand *random, const FyNode *node)
{
  static const char *const parts[] = { "weight", "bias", "running_mean", "running_var" };
  gsize n_inputs = (gsize) node->in_channels * (gsize) (node->kernel * node->kernel);
  g_autofree char *weight = g_strconcat (node->weight, ".weight", NULL);
  g_autofree char *shape = g_strdup_printf ("%d,%d,%d,%d", node->out_channels, node->in_channels,
                                            node->kernel, node->kernel);
  g_autofree char *channels = g_strdup_printf ("%d", node->out_channels);

  /* He et al. 2015: variance 2 / inputs, here of a uniform distribution; what is added to a residual
   * is small, so that sums do not grow. */
  add_tensor (header, data, random, weight, shape, (gsize) node->out_channels * n_inputs, 0,
              sqrt (6.0 / (double) n_inputs) * (node->residual >= 0 ? 0.3 : 1.0));
  for (int i = 0; i < 4; i++)
    {
      g_autofree char *name = g_strconcat (node->norm, ".", parts[i], NULL);

      add_tensor (header, data, random, name, channels, (gsize) node->out_channels,
                  i == 0 || i == 3 ? 1 : 0, 0);
    }
}

/* Returns: (transfer full) the path of a new temporary file. */
static char *
synthetic_checkpoint (int depth, GError **error)
{
  const FyResnetParams params = { .depth = depth, .cut = 3, .stride = FY_RESNET_STRIDES };
  g_autoptr (FyGraph) graph = fy_resnet_new (&params);
  g_autoptr (GRand) random = g_rand_new_with_seed (1);
  g_autoptr (GArray) data = g_array_new (FALSE, FALSE, sizeof (float));
  g_autoptr (GString) header = g_string_new ("{");
  g_autoptr (GByteArray) file = g_byte_array_new ();
  g_autofree char *path = NULL;
  guint64 size;
  int fd = g_file_open_tmp ("ferry-XXXXXX.safetensors", &path, error);

  if (fd < 0)
    return NULL;
  close (fd);
  for (int i = 0; i < fy_graph_n_nodes (graph); i++)
    if (fy_graph_node (graph, i)->kind == FY_NODE_CONVOLUTION)
      add_node (header, data, random, fy_graph_node (graph, i));
  g_string_append_c (header, '}');
  size = GUINT64_TO_LE ((guint64) header->len);
  g_byte_array_append (file, (const guint8 *) &size, sizeof size);
  g_byte_array_append (file, (const guint8 *) header->str, (guint) header->len);
  g_byte_array_append (file, (const guint8 *) data->data, data->len * (guint) sizeof (float));
  if (!fy_output_file_save (path, file->data, file->len, FALSE, error))
    {
      unlink (path);
      return NULL;
    }
  return g_steal_pointer (&path);
}

FyEncoder *
ferry_bench_encoder (FerryBench *bench, int depth, const FyEncoderParams *params, GError **error)
{
  g_autofree char *path =
      depth == 18 ? fy_shipped_model_path () : synthetic_checkpoint (depth, error);
  FyEncoder *encoder = path != NULL ? fy_model_load (bench->device, path, params, error) : NULL;

  if (path != NULL && depth != 18)
    unlink (path);
  return encoder;
}

/* --- Networks --- */

typedef struct
{
  FyEncoder *encoder;
  const FyFrame *picture;
} Encoding;

static gboolean
encode (gpointer user_data, GError **error)
{
  Encoding *self = user_data;
  FyMap features;
  float element;

  return fy_encoder_run (self->encoder, self->picture->rgb, self->picture->width,
                         self->picture->height, &features, error) &&
         fy_buffer_download (features.buffer, features.offset, &element, sizeof element, error);
}

static float *
read_encoded (FerryBench *bench,
              const Encoding *self,
              gsize *cells,
              gsize *channels,
              GError **error)
{
  g_autoptr (FyFeatures) features = NULL;
  g_autofree float *rows = NULL;
  FyMap map;

  if (!fy_encoder_run (self->encoder, self->picture->rgb, self->picture->width,
                       self->picture->height, &map, error))
    return NULL;
  features = fy_features_new (bench->device, map.height, map.width, 1, &map.channels,
                              FY_FEATURES_F32, error);
  *cells = (gsize) (map.width * map.height);
  *channels = (gsize) map.channels;
  rows = g_new (float, *cells **channels);
  if (features == NULL || !fy_features_set_map (features, 0, &map, FALSE, error) ||
      !fy_features_read (features, 0, rows, error))
    return NULL;
  return g_steal_pointer (&rows);
}

static gboolean
compare_encoders (FerryBench *bench,
                  const Encoding *fast,
                  const Encoding *exact,
                  FerryDifference *difference,
                  GError **error)
{
  gsize cells, channels;
  g_autofree float *a = read_encoded (bench, fast, &cells, &channels, error);
  g_autofree float *b = a != NULL ? read_encoded (bench, exact, &cells, &channels, error) : NULL;

  if (b == NULL)
    return FALSE;
  *difference = ferry_difference (a, b, cells, channels);
  return TRUE;
}

static FerryMeasure
encoding_work (const Encoding *self, const char *name)
{
  int width = self->picture->width, height = self->picture->height, grid_width, grid_height;

  fy_encoder_grid (self->encoder, width, height, &grid_width, &grid_height);
  return (FerryMeasure){ .name = name,
                         .multiply_adds = fy_encoder_work (self->encoder, width, height),
                         .bytes =
                             3.0 * width * height +
                             4.0 * grid_width * grid_height * fy_encoder_channels (self->encoder) +
                             (double) fy_encoder_weights (self->encoder) };
}

/* The exact network, and the fast one where the device has something faster: where it has not, both
 * give the same bits. */
static gboolean
bench_backbone (FerryBench *bench,
                int depth,
                const char *name,
                const char *fast_name,
                GError **error)
{
  g_autoptr (FyClip) clip = ferry_sample_clip (bench, error);
  g_autoptr (FyFrame) picture = clip != NULL ? ferry_sample_picture (bench, clip, 0, error) : NULL;
  g_autoptr (FyEncoder) exact =
      picture != NULL ? ferry_bench_encoder (bench, depth, NULL, error) : NULL;
  g_autoptr (FyEncoder) quick =
      exact != NULL ? ferry_bench_encoder (bench, depth, &(FyEncoderParams){ .fast = TRUE }, error)
                    : NULL;
  Encoding encoding = { exact, picture }, fast = { quick, picture };
  FerryMeasure about;

  if (quick == NULL ||
      !ferry_measure (bench, encoding_work (&encoding, name), encode, &encoding, error))
    return FALSE;
  about = encoding_work (&fast, fast_name);
  about.fast = TRUE;
  if (!compare_encoders (bench, &fast, &encoding, &about.error, error))
    return FALSE;
  return about.error.most <= 0 || ferry_measure (bench, about, encode, &fast, error);
}

gboolean
ferry_bench_backbones (FerryBench *bench, GError **error)
{
  return bench_backbone (bench, 18, "backbone-resnet18", "backbone-resnet18-fast", error) &&
         bench_backbone (bench, 50, "backbone-resnet50", "backbone-resnet50-fast", error);
}
