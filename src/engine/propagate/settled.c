/* SPDX-License-Identifier: MIT */
#include "propagate/settled.h"

void
fy_single_class (const float *soft, int n_classes, int cells, guint16 *class)
{
  gsize n = (gsize) cells;

  for (gsize cell = 0; cell < n; cell++)
    class[cell] = FY_UNSETTLED;
  for (int c = n_classes - 1; c >= 0; c--)
    for (gsize cell = 0; cell < n; cell++)
      if (soft[(gsize) c * n + cell] != 0.0f)
        class[cell] = class[cell] == FY_UNSETTLED ? (guint16) c : FY_UNSETTLED - 1;
  for (gsize cell = 0; cell < n; cell++)
    if (class[cell] == FY_UNSETTLED - 1)
      class[cell] = FY_UNSETTLED;
}

/* The class that a cell has in all recent frames.  Returns: (transfer full) [cells]. */
static guint16 *
lasting_class (const FyContextLabels *context)
{
  gsize cells = (gsize) context->width * (gsize) context->height;
  guint16 *lasting = g_memdup2 (context->classes[context->begin], cells * sizeof *lasting);

  for (int frame = context->begin + 1; frame < context->end; frame++)
    for (gsize cell = 0; cell < cells; cell++)
      if (context->classes[frame][cell] != lasting[cell])
        lasting[cell] = FY_UNSETTLED;
  return lasting;
}

/* The class that all cells of the circle around (x, y) have. */
static guint16
circle_class (const FyContextLabels *context, const guint16 *lasting, int x, int y)
{
  int radius = context->radius;
  guint16 class = lasting[y * context->width + x];

  for (int dy = 1 - radius; dy < radius; dy++)
    for (int dx = 1 - radius; dx < radius; dx++)
      {
        int ax = x + dx, ay = y + dy;

        if (dx * dx + dy * dy < radius * radius && ax >= 0 && ax < context->width && ay >= 0 &&
            ay < context->height && lasting[ay * context->width + ax] != class)
          return FY_UNSETTLED;
      }
  return class;
}

/* Whether the topk best cells of a reference are all of a class. */
static gboolean
agrees (const FyContextLabels *context,
        const FyNeighbours *reference,
        int topk,
        int cell,
        guint16 class)
{
  const guint32 *position = reference->position + (gsize) cell * (gsize) reference->k;
  guint32 cells = (guint32) reference->cells;

  for (int j = 0; j < topk; j++)
    if (position[j] == FY_SEARCH_NONE ||
        context->classes[position[j] / cells][position[j] % cells] != class)
      return FALSE;
  return TRUE;
}

int
fy_unsettled_cells (const FyContextLabels *context,
                    const FyNeighbours *const *reference,
                    int n,
                    int topk,
                    guint8 *wanted)
{
  g_autofree guint16 *lasting = lasting_class (context);
  int unsettled = 0;

  for (int y = 0; y < context->height; y++)
    for (int x = 0; x < context->width; x++)
      {
        int cell = y * context->width + x;
        guint16 class = context->radius > 0 ? circle_class (context, lasting, x, y) : FY_UNSETTLED;
        gboolean settled = class != FY_UNSETTLED;

        for (int i = 0; settled && i < n; i++)
          settled = agrees (context, reference[i], topk, cell, class);
        wanted[cell] = !settled;
        unsettled += !settled;
      }
  return unsettled;
}
