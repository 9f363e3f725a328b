/* SPDX-License-Identifier: MIT */
#include "nn/graph.h"

struct FyGraph
{
  GArray *nodes; /* FyNode */
};

static void
clear_node (gpointer data)
{
  FyNode *node = data;

  g_free (node->weight);
  g_free (node->norm);
}

FyGraph *
fy_graph_new (void)
{
  FyGraph *self = g_new0 (FyGraph, 1);

  self->nodes = g_array_new (FALSE, FALSE, sizeof (FyNode));
  g_array_set_clear_func (self->nodes, clear_node);
  return self;
}

void
fy_graph_free (FyGraph *self)
{
  if (self == NULL)
    return;
  g_array_unref (self->nodes);
  g_free (self);
}

int
fy_graph_n_nodes (const FyGraph *self)
{
  return (int) self->nodes->len;
}

const FyNode *
fy_graph_node (const FyGraph *self, int index)
{
  return &g_array_index (self->nodes, FyNode, index);
}

int
fy_graph_take (FyGraph *self, FyNode node)
{
  g_array_append_val (self->nodes, node);
  return (int) self->nodes->len;
}
