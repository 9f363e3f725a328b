/* SPDX-License-Identifier: MIT */
/* The host's side of parts.comp: the parts of similarities found, a dispatch a context frame and
 * part.  What is wanted goes to the device ordered by context frame. */
#include "compute/vulkan/features.h"
#include "compute/vulkan/operations.h"
#include "interface.h"

#include <math.h>

/* Pairs of cells to measure. */
typedef struct
{
  gsize n;
  guint32 *cells;  /* [n][2]: of the target, of the context frame; owned */
  guint32 *number; /* [n]: where the pair stood; owned                   */
  gsize *first;    /* [n_context + 1]: of each frame; owned              */
} Pairs;

static void
pairs_clear (Pairs *pairs)
{
  g_free (pairs->cells);
  g_free (pairs->number);
  g_free (pairs->first);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Pairs, pairs_clear)

/* Sorts `all` positions by context frame, leaving out those that are none. */
static void
collect (Pairs *pairs, const guint32 *position, gsize all, gsize k, gsize cells, int n_context)
{
  g_autofree gsize *next = g_new0 (gsize, n_context + 2);

  for (gsize i = 0; i < all; i++)
    if (position[i] != FY_SEARCH_NONE)
      next[position[i] / cells + 2]++;
  for (int slot = 2; slot <= n_context + 1; slot++)
    next[slot] += next[slot - 1];
  pairs->n = next[n_context + 1];
  pairs->cells = g_new (guint32, 2 * pairs->n + 1);
  pairs->number = g_new (guint32, pairs->n + 1);
  for (gsize i = 0; i < all; i++)
    if (position[i] != FY_SEARCH_NONE)
      {
        gsize at = next[position[i] / cells + 1]++;

        pairs->cells[2 * at] = (guint32) (i / k);
        pairs->cells[2 * at + 1] = (guint32) (position[i] % cells);
        pairs->number[at] = (guint32) i;
      }
  pairs->first = g_steal_pointer (&next);
}

/* Measures the pairs of context frame `slot`: result [n_parts][pairs->n]. */
static gboolean
measure (const Pairs *pairs,
         int slot,
         const FyFeatures *form,
         const FyPlanes *target,
         const FyPlanes *context,
         FyVulkanBuffer *cells,
         FyVulkanBuffer *result,
         GError **error)
{
  FyVulkanDevice *device = (FyVulkanDevice *) form->device;

  for (int part = 0; part < form->n_parts; part++)
    {
      FyBinding bindings[] = {
        fy_planes_binding (target, part),
        fy_planes_binding (context, part),
        { cells, 0, cells->parent.size, FY_USAGE_READ },
        { result, 0, result->parent.size, FY_USAGE_WRITE },
      };
      FyPartsPush push = {
        .end = (guint32) pairs->first[slot + 1],
        .n_cells = (guint32) (form->height * form->width),
        .n_channels = ((guint32) form->channels[part] + 3) / 4,
        .to = (guint32) ((gsize) part * pairs->n),
      };
      double work = FY_WORK_OF_BYTES (push.n_channels * 32);
      gsize step = (gsize) fy_rows_of_step (device, work, G_MAXINT);

      for (gsize first = pairs->first[slot]; first < push.end; first += step)
        {
          gsize n = MIN (step, push.end - first);
          FyDispatch dispatch = { FY_SHADER_PARTS, fy_planes_variant (target, context),
                                  bindings,        &push,
                                  { 0 },           work * (double) n };

          push.first = (guint32) first;
          push.end = (guint32) (first + n);
          fy_linear_groups (n, dispatch.groups);
          if (!fy_commands_dispatch (device->commands, &dispatch, error))
            return FALSE;
          push.end = (guint32) pairs->first[slot + 1];
        }
    }
  return TRUE;
}

/* Puts what was measured where it is wanted. */
static gboolean
fetch (const Pairs *pairs,
       FyVulkanBuffer *result,
       int n_parts,
       gsize all,
       float *const *similarity,
       GError **error)
{
  g_autofree float *measured = g_new (float, (gsize) n_parts * pairs->n);

  if (!fy_vulkan_buffer_download (result, 0, measured, (gsize) n_parts * pairs->n * sizeof (float),
                                  error))
    return FALSE;
  for (int part = 0; part < n_parts; part++)
    {
      for (gsize i = 0; i < all; i++)
        similarity[part][i] = -INFINITY;
      for (gsize i = 0; i < pairs->n; i++)
        similarity[part][pairs->number[i]] = measured[(gsize) part * pairs->n + i];
    }
  return TRUE;
}

gboolean
fy_vulkan_search_parts (FySearch *self,
                        FyFeatures *target,
                        FyFeatures *const *context,
                        int n_context,
                        const guint32 *position,
                        float *const *similarity,
                        GError **error)
{
  FyVulkanDevice *device = (FyVulkanDevice *) self->device;
  gsize cells = (gsize) target->height * (gsize) target->width, k = (gsize) self->params.k;
  gsize n_parts = (gsize) target->n_parts;
  g_auto (Pairs) pairs = { 0 };
  g_auto (FyRoom) room = { 0 };
  g_autoptr (FyVulkanBuffer) wanted = NULL;
  g_autoptr (FyVulkanBuffer) result = NULL;
  FyPlanes planes, other;

  collect (&pairs, position, cells * k, k, cells, n_context);
  wanted = fy_vulkan_buffer_new (device, MAX (pairs.n, 1) * 8, error);
  if (wanted == NULL)
    return FALSE;
  result = fy_vulkan_buffer_new (device, MAX (pairs.n, 1) * n_parts * sizeof (float), error);
  if (result == NULL || !fy_room_make (&room, target, context, n_context, error) ||
      !fy_vulkan_buffer_upload (wanted, 0, pairs.cells, pairs.n * 8, error) ||
      !fy_room_target (&room, target, &planes, error))
    return FALSE;
  for (int slot = 0; slot < n_context; slot++)
    if (pairs.first[slot] < pairs.first[slot + 1] &&
        (!fy_room_context (&room, context[slot], &other, error) ||
         !measure (&pairs, slot, target, &planes, &other, wanted, result, error)))
      return FALSE;
  return fetch (&pairs, result, (int) n_parts, cells * k, similarity, error);
}
