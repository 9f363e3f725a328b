/* SPDX-License-Identifier: MIT */
/* ferry-cli info: what is in a clip or a checkpoint, or what this machine and program have. */
#include "command.h"
#include "config.h"
#include "network.h"

#include "base/text.h"
#include "session/model.h"

#include <string.h>

typedef struct
{
  gboolean json;
} Options;

/* --- A clip --- */

static void
print_clip (const FyClipInfo *info, const char *fingerprint)
{
  g_print ("%s: %s\n", info->path, _ (info->format));
  g_print (_ ("  frames       %d"), info->n_frames);
  if (info->frames_per_second > 0)
    g_print (_ (", %.6g a second%s"), info->frames_per_second,
             info->variable_rate ? _ (" on average, unevenly") : "");
  g_print (_ ("\n  size         %dx%d"), info->width, info->height);
  if (info->coded_width != info->width || info->coded_height != info->height)
    g_print (_ (" (in the file %dx%d, turned by %d degrees, pixels %.6g wide)"), info->coded_width,
             info->coded_height, info->rotation, info->sample_aspect);
  g_print (_ ("\n  samples      %d bits%s\n"), info->bit_depth,
           info->interlaced ? _ (", interlaced") : "");
  g_print (_ ("  fingerprint  %s\n"), fingerprint);
  if (info->damaged)
    g_print (_ ("  damaged: the index or packets are broken, reading may stop early\n"));
}

static void
print_clip_json (const FyClipInfo *info, const char *fingerprint)
{
  g_autofree char *path = ferry_json_string (info->path);
  g_autofree char *format = ferry_json_string (info->format);

  g_print ("{\n  \"kind\": \"clip\",\n  \"path\": %s,\n  \"format\": %s,\n", path, format);
  g_print ("  \"frames\": %d,\n  \"frames_per_second\": %.8g,\n", info->n_frames,
           info->frames_per_second);
  g_print ("  \"width\": %d,\n  \"height\": %d,\n", info->width, info->height);
  g_print ("  \"coded_width\": %d,\n  \"coded_height\": %d,\n", info->coded_width,
           info->coded_height);
  g_print ("  \"rotation\": %d,\n  \"sample_aspect\": %.8g,\n  \"bit_depth\": %d,\n",
           info->rotation, info->sample_aspect, info->bit_depth);
  g_print ("  \"interlaced\": %s,\n  \"variable_rate\": %s,\n  \"damaged\": %s,\n",
           info->interlaced ? "true" : "false", info->variable_rate ? "true" : "false",
           info->damaged ? "true" : "false");
  g_print ("  \"fingerprint\": \"%s\"\n}\n", fingerprint);
}

static gboolean
show_clip (const char *path, gboolean json, GCancellable *cancellable, GError **error)
{
  g_autoptr (FyClip) clip = fy_clip_open (path, NULL, cancellable, error);
  g_autofree char *fingerprint = clip != NULL ? fy_clip_fingerprint (clip, error) : NULL;

  if (fingerprint == NULL)
    return FALSE;
  (json ? print_clip_json : print_clip) (fy_clip_info (clip), fingerprint);
  return TRUE;
}

/* --- A checkpoint --- */

static char *
format_shape (const FyTensorInfo *tensor, const char *between)
{
  GString *text = g_string_new ("[");

  for (int i = 0; i < tensor->rank; i++)
    g_string_append_printf (text, "%s%" G_GINT64_FORMAT, i == 0 ? "" : between, tensor->shape[i]);
  return g_string_free (g_string_append_c (text, ']'), FALSE);
}

static void
print_checkpoint (FyCheckpoint *checkpoint, FyBackbone *backbone, const char *hash)
{
  const FyBackboneInfo *info = fy_backbone_info (backbone);
  const char *const *extra = fy_backbone_extra (backbone);
  int n = fy_checkpoint_n_tensors (checkpoint);

  g_print ("%s: %s\n", fy_checkpoint_path (checkpoint), fy_checkpoint_format (checkpoint));
  g_print (_ ("  network  ResNet-%d up to layer%d, %s padding\n"), info->depth, info->last_layer,
           info->reflect_padding ? "reflect" : "zero");
  g_print (_ ("  method   %s"), info->method);
  if (info->prefix[0] != '\0')
    g_print (_ (" (keys begin with %s)"), info->prefix);
  g_print (_ ("\n  not used %u keys\n  SHA-256  %s\n  tensors  %d\n"),
           g_strv_length ((char **) extra), hash, n);
  for (int i = 0; i < n; i++)
    {
      const FyTensorInfo *tensor = fy_checkpoint_tensor (checkpoint, i);
      g_autofree char *shape = format_shape (tensor, "x");

      g_print ("    %-8s %-20s %s\n", fy_dtype_name (tensor->dtype), shape, tensor->name);
    }
}

static void
print_checkpoint_json (FyCheckpoint *checkpoint, FyBackbone *backbone, const char *hash)
{
  const FyBackboneInfo *info = fy_backbone_info (backbone);
  g_autofree char *path = ferry_json_string (fy_checkpoint_path (checkpoint));
  g_autofree char *method = ferry_json_string (info->method);
  g_autofree char *prefix = ferry_json_string (info->prefix);
  int n = fy_checkpoint_n_tensors (checkpoint);

  g_print ("{\n  \"kind\": \"checkpoint\",\n  \"path\": %s,\n  \"format\": \"%s\",\n", path,
           fy_checkpoint_format (checkpoint));
  g_print ("  \"family\": \"ResNet\",\n  \"depth\": %d,\n  \"last_layer\": %d,\n", info->depth,
           info->last_layer);
  g_print ("  \"method\": %s,\n  \"prefix\": %s,\n  \"padding\": \"%s\",\n", method, prefix,
           info->reflect_padding ? "reflect" : "zero");
  g_print ("  \"sha256\": \"%s\",\n  \"tensors\": [", hash);
  for (int i = 0; i < n; i++)
    {
      const FyTensorInfo *tensor = fy_checkpoint_tensor (checkpoint, i);
      g_autofree char *name = ferry_json_string (tensor->name);
      g_autofree char *shape = format_shape (tensor, ", ");

      g_print ("%s\n    {\"name\": %s, \"dtype\": \"%s\", \"shape\": %s}", i == 0 ? "" : ",", name,
               fy_dtype_name (tensor->dtype), shape);
    }
  g_print ("\n  ]\n}\n");
}

static gboolean
show_checkpoint (const char *path, gboolean json, GError **error)
{
  g_autoptr (FyCheckpoint) checkpoint = fy_checkpoint_open (path, error);
  g_autoptr (FyBackbone) backbone = checkpoint != NULL ? fy_backbone_new (checkpoint, error) : NULL;
  g_autofree char *hash = backbone != NULL ? fy_checkpoint_hash (checkpoint, error) : NULL;

  if (hash == NULL)
    return FALSE;
  (json ? print_checkpoint_json : print_checkpoint) (checkpoint, backbone, hash);
  return TRUE;
}

/* Whether a file is to be read as a checkpoint: by its first bytes, which no video has, or by what
 * its name promises. */
static gboolean
is_checkpoint (const char *path)
{
  static const char *const endings[] = { ".pth", ".pt", ".pth.tar", ".safetensors", ".ckpt" };
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GFileInputStream) stream = NULL;
  guint8 head[10] = { 0 };

  for (guint i = 0; i < G_N_ELEMENTS (endings); i++)
    if (g_str_has_suffix (path, endings[i]))
      return TRUE;
  if (!g_file_test (path, G_FILE_TEST_IS_REGULAR)) /* reading a pipe could wait for ever */
    return FALSE;
  stream = g_file_read (file, NULL, NULL);
  if (stream == NULL ||
      !g_input_stream_read_all (G_INPUT_STREAM (stream), head, sizeof head, NULL, NULL, NULL))
    return FALSE;
  return memcmp (head, "PK\3\4", 4) == 0 || (head[0] == 0x80 && head[1] <= 5) ||
         memcmp (head + 6, "\0\0{", 3) == 0;
}

/* --- This machine --- */

static void
print_program (char **devices, const char *model, const FyPropagateParams *presets, int n_presets)
{
  g_print (_ ("ferry-cli %s\ndevices\n"), FERRY_VERSION);
  for (int i = 0; devices[i] != NULL; i++)
    g_print ("  %s\n", devices[i]);
  g_print (_ ("model\n  %s\npresets\n"), model);
  for (int i = 0; i < n_presets; i++)
    {
      const FyPropagateParams *p = &presets[i];

      g_print (_ ("  %-13s %s, k %d, %d frames, radius %d, temperature %g"), p->name,
               p->fused ? _ ("two networks") : _ ("one network"), p->topk, p->context, p->radius,
               (double) p->temperature);
      if (p->fused)
        g_print (_ (", lambda %g"), (double) p->lambda);
      g_print ("\n");
    }
}

static void
print_program_json (char **devices,
                    const char *model,
                    const FyPropagateParams *presets,
                    int n_presets)
{
  g_autofree char *model_json = ferry_json_string (model);

  g_print ("{\n  \"version\": \"%s\",\n  \"devices\": [", FERRY_VERSION);
  for (int i = 0; devices[i] != NULL; i++)
    {
      g_autofree char *name = NULL;
      g_autofree char *title = ferry_json_string (fy_device_line_split (devices[i], &name));
      g_autofree char *name_json = ferry_json_string (name);

      g_print ("%s\n    {\"name\": %s, \"title\": %s}", i == 0 ? "" : ",", name_json, title);
    }
  g_print ("\n  ],\n  \"model\": %s,\n  \"presets\": {", model_json);
  for (int i = 0; i < n_presets; i++)
    {
      const FyPropagateParams *p = &presets[i];

      g_print ("%s\n    \"%s\": {\"topk\": %d, \"context\": %d, \"radius\": %d, "
               "\"temperature\": %g, \"lambda\": %g, \"networks\": %d}",
               i == 0 ? "" : ",", p->name, p->topk, p->context, p->radius, (double) p->temperature,
               (double) p->lambda, p->fused ? 2 : 1);
    }
  g_print ("\n  }\n}\n");
}

static void
show_program (gboolean json)
{
  g_auto (GStrv) devices = fy_device_list ();
  g_autofree char *model = fy_shipped_model_path ();
  int n_presets;
  const FyPropagateParams *presets = fy_presets (&n_presets);

  (json ? print_program_json : print_program) (devices, model, presets, n_presets);
}

static gboolean
run (gconstpointer values, const char *const *arguments, GCancellable *cancellable, GError **error)
{
  const Options *options = values;
  const char *path = arguments[0];

  if (path == NULL)
    {
      show_program (options->json);
      return TRUE;
    }
  return is_checkpoint (path) ? show_checkpoint (path, options->json, error)
                              : show_clip (path, options->json, cancellable, error);
}

static const FerryOption option_table[] = {
  { "json", FERRY_FLAG, G_STRUCT_OFFSET (Options, json), NULL, N_ ("Print JSON") },
  { NULL },
};

const FerryCommand ferry_info = {
  .name = "info",
  .summary = N_ ("what is in a clip or a checkpoint; devices and presets"),
  .arguments = "[CLIP|CHECKPOINT]",
  .description =
      N_ ("Shows what a clip or a checkpoint holds as Ferry reads it. Without an argument: "
          "the program's version, the devices it can compute on, the presets, and where the "
          "shipped model is."),
  .examples = "  ferry-cli info\n"
              "  ferry-cli info swan.mp4\n"
              "  ferry-cli info moco_v2_800ep_pretrain.pth.tar --json",
  .min_arguments = 0,
  .max_arguments = 1,
  .values_size = sizeof (Options),
  .options = option_table,
  .run = run,
};
