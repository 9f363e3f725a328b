/* SPDX-License-Identifier: MIT */
#include "nn/graph.h"

/* Blocks of layer1 .. layer4. */
static const int blocks_18[] = { 2, 2, 2, 2 };
static const int blocks_50[] = { 3, 4, 6, 3 };

/* One convolution of a block: "PREFIX.convN" with "PREFIX.bnN". */
static int
take_convolution (FyGraph *graph, const char *prefix, int number, FyNode node)
{
  node.kind = FY_NODE_CONVOLUTION;
  node.weight = g_strdup_printf ("%sconv%d", prefix, number);
  node.norm = g_strdup_printf ("%sbn%d", prefix, number);
  return fy_graph_take (graph, node);
}

/* The value a block adds to its result: its input, brought to the right size if need be. */
static int
take_shortcut (FyGraph *graph, const char *prefix, int value, int in, int out, int stride)
{
  FyNode node = { .kind = FY_NODE_CONVOLUTION,
                  .source = value,
                  .residual = -1,
                  .in_channels = in,
                  .out_channels = out,
                  .kernel = 1,
                  .stride = stride };

  if (in == out && stride == 1)
    return value;
  node.weight = g_strdup_printf ("%sdownsample.0", prefix);
  node.norm = g_strdup_printf ("%sdownsample.1", prefix);
  return fy_graph_take (graph, node);
}

/* ResNet-18's block: 3x3 (stride), 3x3. */
static int
take_basic (FyGraph *graph, const char *prefix, int value, int in, int width, int stride)
{
  int shortcut = take_shortcut (graph, prefix, value, in, width, stride);
  int a = take_convolution (graph, prefix, 1,
                            (FyNode){ .source = value,
                                      .residual = -1,
                                      .in_channels = in,
                                      .out_channels = width,
                                      .kernel = 3,
                                      .stride = stride,
                                      .relu = TRUE });

  return take_convolution (graph, prefix, 2,
                           (FyNode){ .source = a,
                                     .residual = shortcut,
                                     .in_channels = width,
                                     .out_channels = width,
                                     .kernel = 3,
                                     .stride = 1,
                                     .relu = TRUE });
}

/* ResNet-50's block: 1x1, 3x3 (stride), 1x1 to four times the width. */
static int
take_bottleneck (FyGraph *graph, const char *prefix, int value, int in, int width, int stride)
{
  int shortcut = take_shortcut (graph, prefix, value, in, 4 * width, stride);
  int a = take_convolution (graph, prefix, 1,
                            (FyNode){ .source = value,
                                      .residual = -1,
                                      .in_channels = in,
                                      .out_channels = width,
                                      .kernel = 1,
                                      .stride = 1,
                                      .relu = TRUE });
  int b = take_convolution (graph, prefix, 2,
                            (FyNode){ .source = a,
                                      .residual = -1,
                                      .in_channels = width,
                                      .out_channels = width,
                                      .kernel = 3,
                                      .stride = stride,
                                      .relu = TRUE });

  return take_convolution (graph, prefix, 3,
                           (FyNode){ .source = b,
                                     .residual = shortcut,
                                     .in_channels = width,
                                     .out_channels = 4 * width,
                                     .kernel = 1,
                                     .stride = 1,
                                     .relu = TRUE });
}

FyGraph *
fy_resnet_new (const FyResnetParams *params)
{
  FyGraph *graph = fy_graph_new ();
  gboolean deep = params->depth == 50;
  const int *blocks = deep ? blocks_50 : blocks_18;
  int channels = 64, value;

  value = take_convolution (graph, "", 1,
                            (FyNode){ .source = 0,
                                      .residual = -1,
                                      .in_channels = 3,
                                      .out_channels = 64,
                                      .kernel = 7,
                                      .stride = params->stride[0],
                                      .relu = TRUE });
  value = fy_graph_take (graph, (FyNode){ .kind = FY_NODE_MAX_POOL,
                                          .source = value,
                                          .residual = -1,
                                          .in_channels = 64,
                                          .out_channels = 64,
                                          .kernel = 3,
                                          .stride = 2 });
  for (int layer = 1; layer <= params->cut; layer++)
    for (int block = 0; block < blocks[layer - 1]; block++)
      {
        g_autofree char *prefix = g_strdup_printf ("layer%d.%d.", layer, block);
        int width = 64 << (layer - 1), stride = block == 0 ? params->stride[layer] : 1;

        value =
            (deep ? take_bottleneck : take_basic) (graph, prefix, value, channels, width, stride);
        channels = deep ? 4 * width : width;
      }
  return graph;
}
