/* SPDX-License-Identifier: MIT */
/* ferry-cli features: writes what the networks see in a frame. */
#include "difference.h"
#include "network.h"

#include "base/error.h"
#include "base/text.h"
#include "exchange/npy.h"

#include <math.h>

typedef struct
{
  FerryNetwork network;
  int frame;
  gboolean raw;
  char *out;
} Options;

/* Puts the parts side by side.
 *
 * weight    [n_parts] of each part's dot products in the similarity: unit rows times its root make
 *           joint rows whose dot product is that similarity, of unit length too; NULL = as they are
 * Returns:  (transfer full) [height * width, sum of channels] f32, or NULL. */
static float *
read_joined (FyFeatures *features, const float *weight, gsize *n_channels, GError **error)
{
  gsize cells = (gsize) fy_features_height (features) * (gsize) fy_features_width (features);
  int n_parts = fy_features_n_parts (features);
  g_autofree float *joined = NULL;
  gsize at = 0;

  *n_channels = 0;
  for (int p = 0; p < n_parts; p++)
    *n_channels += (gsize) fy_features_channels (features, p);
  joined = g_new (float, cells **n_channels);
  for (int p = 0; p < n_parts; p++)
    {
      gsize channels = (gsize) fy_features_channels (features, p);
      float scale = weight != NULL ? sqrtf (weight[p]) : 1.0f;
      g_autofree float *rows = g_new (float, cells *channels);

      if (!fy_features_read (features, p, rows, error))
        return NULL;
      for (gsize cell = 0; cell < cells; cell++)
        for (gsize c = 0; c < channels; c++)
          joined[cell * *n_channels + at + c] = scale * rows[cell * channels + c];
      at += channels;
    }
  return g_steal_pointer (&joined);
}

/* Weights may be finite and still drown every picture. */
static gboolean
check_values (const float *value, gsize n, int frame, GError **error)
{
  gboolean any = FALSE, finite = TRUE;

  for (gsize i = 0; i < n; i++)
    {
      any |= value[i] != 0.0f;
      finite &= isfinite (value[i]) != 0;
    }
  if (any && finite)
    return TRUE;
  g_set_error (error, FY_ERROR, FY_ERROR_MISMATCH,
               _ ("the features of frame %d are all zero or not finite; use another checkpoint"),
               frame);
  return FALSE;
}

/* The features of the frame, parts side by side.
 *
 * shape     [3] out: height, width, channels
 * Returns:  (transfer full), or NULL. */
static float *
compute (const Options *options,
         const char *input,
         const FySessionParams *params,
         gsize *shape,
         GCancellable *cancellable,
         GError **error)
{
  g_autoptr (FySession) session = fy_session_new (input, params, cancellable, error);
  g_autoptr (FyFeatures) features = NULL;
  g_autofree float *joined = NULL;
  float weight[FY_FEATURES_MAX_PARTS] = { 0 };
  int n_parts;

  if (session == NULL ||
      !ferry_check_frame (options->frame, fy_clip_info (fy_session_clip (session)), error))
    return NULL;
  features = fy_session_features (session, options->frame, options->raw, cancellable, error);
  if (features == NULL)
    return NULL;
  n_parts = fy_features_n_parts (features);
  for (int p = 0; p < n_parts; p++)
    weight[p] = fy_params_part_weight (&params->propagate, p);
  shape[0] = (gsize) fy_features_height (features);
  shape[1] = (gsize) fy_features_width (features);
  joined = read_joined (features, n_parts > 1 && !options->raw ? weight : NULL, &shape[2], error);
  if (joined == NULL ||
      !check_values (joined, shape[0] * shape[1] * shape[2], options->frame, error))
    return NULL;
  return g_steal_pointer (&joined);
}

static gboolean
run (gconstpointer values, const char *const *arguments, GCancellable *cancellable, GError **error)
{
  const Options *options = values;
  FySessionParams params;
  g_autofree float *features = NULL;
  g_autofree float *exact = NULL;
  gsize shape[3];

  if (!ferry_session_params (&options->network, NULL, &params, error))
    return FALSE;
  params.exact = TRUE;
  params.cache = NULL;
  features = compute (options, arguments[0], &params, shape, cancellable, error);
  if (features == NULL || !fy_npy_save (options->out, FY_NPY_F32, 3, shape, features, error))
    return FALSE;
  g_print (_ ("%zux%zu cells of %zu channels in %s\n"), shape[1], shape[0], shape[2], options->out);
  if (params.fast)
    {
      FerryDifference off;

      params.fast = FALSE;
      exact = compute (options, arguments[0], &params, shape, cancellable, error);
      if (exact == NULL)
        return FALSE;
      off = ferry_difference (features, exact, shape[0] * shape[1], shape[2]);
      g_print (
          _ ("against float32: at most %.2g of the largest value off, 1 - cosine %.2g a cell\n"),
          off.most, off.cosine);
    }
  return TRUE;
}

static const FerryOption option_table[] = {
  { "frame", FERRY_WHOLE, G_STRUCT_OFFSET (Options, frame), "N", N_ ("Which frame, from 0"), TRUE },
  { "out", FERRY_PATH, G_STRUCT_OFFSET (Options, out), "F.npy", N_ ("Where to"), TRUE },
  { "raw", FERRY_FLAG, G_STRUCT_OFFSET (Options, raw), NULL, N_ ("As the network gives them") },
  FERRY_NETWORK_OPTIONS (Options, network),
  { NULL },
};

const FerryCommand ferry_features = {
  .name = "features",
  .summary = N_ ("write the features of a frame"),
  .arguments = "INPUT --frame N --out F.npy",
  .description = N_ (
      "Writes the features of a frame, float32 [cells down, cells across, channels], each cell's "
      "vector of unit length. Of two networks the fine-grained one's channels come first, weighted "
      "so that dot products are the similarity that matching uses. With --fast they are computed "
      "exactly too, to say how far off the fast ones are."),
  .examples =
      "  ferry-cli features swan.mp4 --frame 0 --out swan.npy\n"
      "  ferry-cli features swan.mp4 --frame 0 --raw --semantic moco.pth.tar --out swan.npy",
  .min_arguments = 1,
  .max_arguments = 1,
  .values_size = sizeof (Options),
  .options = option_table,
  .run = run,
};
