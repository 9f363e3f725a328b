/* SPDX-License-Identifier: MIT */
#include "weights/resnet-keys.h"

const int *
fy_resnet_blocks (int depth)
{
  static const int blocks_18[FY_RESNET_LAYERS] = { 2, 2, 2, 2 };
  static const int blocks_50[FY_RESNET_LAYERS] = { 3, 4, 6, 3 };

  return depth == 50 ? blocks_50 : blocks_18;
}

/* Adds HEAD CONV.weight and the four parts of HEAD NORM. */
static void
add_pair (GArray *keys,
          int layer,
          const char *head,
          const char *conv,
          const char *norm,
          const gint64 shape[4])
{
  static const char *const parts[] = { "weight", "bias", "running_mean", "running_var" };
  FyResnetKey key = { .layer = layer, .rank = 4, .tensor = -1 };

  for (int i = 0; i < 4; i++)
    key.shape[i] = shape[i];
  g_snprintf (key.name, sizeof key.name, "%s%s.weight", head, conv);
  g_array_append_val (keys, key);
  key.rank = 1;
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    {
      g_snprintf (key.name, sizeof key.name, "%s%s.%s", head, norm, parts[i]);
      g_array_append_val (keys, key);
    }
}

static void
add_block (GArray *keys, int layer, int block, int in, int width, gboolean deep)
{
  int out = deep ? 4 * width : width;
  char head[FY_NAME_SIZE];

  g_snprintf (head, sizeof head, "layer%d.%d.", layer, block);
  if (deep)
    {
      add_pair (keys, layer, head, "conv1", "bn1", (gint64[]){ width, in, 1, 1 });
      add_pair (keys, layer, head, "conv2", "bn2", (gint64[]){ width, width, 3, 3 });
      add_pair (keys, layer, head, "conv3", "bn3", (gint64[]){ out, width, 1, 1 });
    }
  else
    {
      add_pair (keys, layer, head, "conv1", "bn1", (gint64[]){ width, in, 3, 3 });
      add_pair (keys, layer, head, "conv2", "bn2", (gint64[]){ width, width, 3, 3 });
    }
  if (block == 0 && in != out)
    add_pair (keys, layer, head, "downsample.0", "downsample.1", (gint64[]){ out, in, 1, 1 });
}

GArray *
fy_resnet_keys (int depth)
{
  GArray *keys = g_array_new (FALSE, FALSE, sizeof (FyResnetKey));
  gboolean deep = depth == 50;
  int in = 64;

  add_pair (keys, 0, "", "conv1", "bn1", (gint64[]){ 64, 3, 7, 7 });
  for (int layer = 1; layer <= FY_RESNET_LAYERS; layer++)
    for (int block = 0; block < fy_resnet_blocks (depth)[layer - 1]; block++)
      {
        int width = 64 << (layer - 1);

        add_block (keys, layer, block, in, width, deep);
        in = deep ? 4 * width : width;
      }
  return keys;
}
