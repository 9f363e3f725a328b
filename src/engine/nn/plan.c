/* SPDX-License-Identifier: MIT */
#include "nn/plan.h"

/* The last node that reads each value; n_nodes for the last value, which outlives the run. */
static int *
find_last_uses (const FyGraph *graph)
{
  int n = fy_graph_n_nodes (graph);
  int *last = g_new0 (int, (gsize) n + 1);

  for (int i = 0; i < n; i++)
    {
      const FyNode *node = fy_graph_node (graph, i);

      last[node->source] = i;
      if (node->residual >= 0)
        last[node->residual] = i;
    }
  last[n] = n;
  return last;
}

/* Value v is made by node v - 1 and read last by node last[v]. */
static gboolean
alive_together (const int *last, int a, int b)
{
  return a - 1 <= last[b] && b - 1 <= last[a];
}

/* First fit by birth: the lowest place that clashes with no value alive at the same time. */
static void
place (FyPlan *plan, const int *last, int value)
{
  gsize size = fy_map_size (&plan->map[value]), at = 0;
  gboolean moved = TRUE;

  while (moved)
    {
      moved = FALSE;
      for (int other = 0; other < value; other++)
        {
          gsize begin = plan->map[other].offset;
          gsize end = begin + fy_map_size (&plan->map[other]);

          if (alive_together (last, value, other) && at < end && begin < at + size)
            {
              at = (end + FY_MAP_ALIGN - 1) / FY_MAP_ALIGN * FY_MAP_ALIGN;
              moved = TRUE;
            }
        }
    }
  plan->map[value].offset = at;
  plan->size = MAX (plan->size, at + size);
}

/* A residual that nothing reads later makes room for the sum itself, element by element: what a node
 * reads around an element is its source. */
static gboolean
replaces_residual (const FyPlan *plan, const FyGraph *graph, const int *last, int value)
{
  const FyNode *node = value > 0 ? fy_graph_node (graph, value - 1) : NULL;
  const FyMap *map = &plan->map[value], *residual;

  if (node == NULL || node->residual < 0 || node->residual == node->source ||
      last[node->residual] != value - 1)
    return FALSE;
  residual = &plan->map[node->residual];
  return residual->height == map->height && residual->width == map->width &&
         residual->channels == map->channels && residual->halo == map->halo;
}

FyPlan *
fy_plan_new (const FyGraph *graph, int width, int height, int channel_multiple)
{
  FyPlan *self = g_new0 (FyPlan, 1);
  g_autofree int *last = find_last_uses (graph);
  int n = fy_graph_n_nodes (graph);

  self->n_values = n + 1;
  self->map = g_new0 (FyMap, (gsize) self->n_values);
  self->map[0] = (FyMap){ .height = height, .width = width, .channels = 3 };
  for (int i = 0; i < n; i++)
    {
      const FyNode *node = fy_graph_node (graph, i);
      FyMap *source = &self->map[node->source];

      source->halo = MAX (source->halo, node->kernel / 2);
      self->map[i + 1] = (FyMap){ .height = (source->height + node->stride - 1) / node->stride,
                                  .width = (source->width + node->stride - 1) / node->stride,
                                  .channels = node->out_channels };
    }
  for (int value = 0; value < self->n_values; value++)
    {
      FyMap *map = &self->map[value];

      map->channels = (map->channels + channel_multiple - 1) / channel_multiple * channel_multiple;
      if (replaces_residual (self, graph, last, value))
        map->offset = self->map[fy_graph_node (graph, value - 1)->residual].offset;
      else
        place (self, last, value);
    }
  return self;
}

void
fy_plan_free (FyPlan *self)
{
  if (self == NULL)
    return;
  g_free (self->map);
  g_free (self);
}
