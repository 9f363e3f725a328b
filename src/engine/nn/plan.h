/* SPDX-License-Identifier: MIT */
/* Where each value of a graph lies in one arena: values that are never needed at the same time share
 * memory.  Any thread. */
#pragma once

#include "compute/device.h"
#include "nn/graph.h"

G_BEGIN_DECLS

typedef struct
{
  int n_values;
  FyMap *map; /* [n_values] size, border and offset of each value; buffers are NULL */
  gsize size; /* bytes of the arena                                                 */
} FyPlan;

/* Plans a graph for pictures of width x height.  The last value stays until the next run.
 *
 * channel_multiple  what channels of each map are rounded up to */
FyPlan *fy_plan_new (const FyGraph *graph, int width, int height, int channel_multiple);
void fy_plan_free (FyPlan *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FyPlan, fy_plan_free)

G_END_DECLS
