/* SPDX-License-Identifier: MIT */
/* The host's side of search.comp.
 *
 * The lists of the best so far stay on the device between dispatches, a dispatch for some tiles of
 * targets and one context frame.  On a GPU several sets of lists ("lanes"), each for a run of
 * context frames, are filled side by side and merged at the end. */
#include "base/error.h"
#include "compute/vulkan/features.h"
#include "compute/vulkan/operations.h"
#include "interface.h"

#include <math.h>
#include <string.h>

#define MAX_LANES  4
#define MAX_GROUPS 65535

typedef struct
{
  FySearch parent;
  FyVulkanBuffer *lists[MAX_LANES]; /* score[k][n_listed], then position[k][n_listed]; owned */
  int n_lanes;
} FyVulkanSearch;

/* One call of fy_search_run. */
typedef struct
{
  FyVulkanSearch *search;
  FyFeatures *target;
  FyFeatures *const *context;
  int n_context;
  GCancellable *cancellable;

  FySearchTile tile;
  guint tiles_x;
  guint n_tiles;
  gsize n_listed;            /* targets in the lists, those of tiles that reach over the edge too */
  gsize lists_size;          /* bytes of a lane */
  guint n_candidates;        /* of a tile, at most                                            */
  guint step_candidates;     /* of them in one dispatch                                       */
  double work_per_candidate; /* for a tile                                                    */
  int n_lanes;

  FyRoom room;
} Run;

static void
run_clear (Run *run)
{
  fy_room_clear (&run->room);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Run, run_clear)

/* --- Life --- */

FySearch *
fy_vulkan_search_new (FyDevice *device, const FySearchParams *params, GError **error)
{
  FyVulkanSearch *self;

  if (!fy_vulkan_device_check ((FyVulkanDevice *) device, error))
    return NULL;
  self = g_new0 (FyVulkanSearch, 1);
  return &self->parent;
}

static void
drop_lists (FyVulkanSearch *self)
{
  for (int lane = 0; lane < self->n_lanes; lane++)
    g_clear_pointer (&self->lists[lane], fy_vulkan_buffer_free);
  self->n_lanes = 0;
}

void
fy_vulkan_search_free (FySearch *self)
{
  drop_lists ((FyVulkanSearch *) self);
  g_free (self);
}

static void
plan (Run *run)
{
  const FySearchParams *params = &run->search->parent.params;
  FyVulkanDevice *device = (FyVulkanDevice *) run->target->device;
  FySearchTile tile = fy_shader_search_tile (device->texel);
  guint width = (guint) run->target->width, height = (guint) run->target->height;
  guint reach = 2 * MIN ((guint) params->radius, width + height), channels = 0, most;

  run->tile = tile;
  run->tiles_x = (width + tile.width - 1) / tile.width;
  run->n_tiles = run->tiles_x * ((height + tile.height - 1) / tile.height);
  run->n_listed = (gsize) run->n_tiles * tile.width * tile.height;
  run->lists_size = run->n_listed * (gsize) params->k * 2 * 4;
  run->n_lanes = CLAMP (run->n_context, 1, device->texel ? 1 : MAX_LANES);
  for (int part = 0; part < params->n_parts; part++)
    channels += (guint) run->target->channels[part];
  run->n_candidates = width * height;
  if (params->radius > 0)
    run->n_candidates = MIN (width, reach + tile.width) * MIN (height, reach + tile.height);
  run->work_per_candidate = 2.0 * tile.width * tile.height * channels;
  most = (guint) MIN (device->max_work / run->work_per_candidate, 1u << 30);
  run->step_candidates = MAX (most / tile.chunk, 1) * tile.chunk;
}

/* --- Lists --- */

/* Allocates the lists of the lanes, of fewer lanes where memory is short. */
static gboolean
allocate_lists (Run *run, GError **error)
{
  FyVulkanSearch *self = run->search;

  if (self->n_lanes > 0 &&
      (self->n_lanes < run->n_lanes || self->lists[0]->parent.size < run->lists_size))
    drop_lists (self);
  for (; self->n_lanes < run->n_lanes; self->n_lanes++)
    {
      FyVulkanBuffer *lists =
          fy_vulkan_buffer_new ((FyVulkanDevice *) self->parent.device, run->lists_size,
                                self->n_lanes == 0 ? error : NULL);

      self->lists[self->n_lanes] = lists;
      if (lists == NULL)
        break;
    }
  run->n_lanes = MIN (run->n_lanes, self->n_lanes);
  return run->n_lanes > 0;
}

/* Empties the lists: -infinity and FY_SEARCH_NONE. */
static gboolean
clear_lists (Run *run, GError **error)
{
  FyCommands *commands = ((FyVulkanDevice *) run->target->device)->commands;
  gsize half = run->lists_size / 2;

  for (int lane = 0; lane < run->n_lanes; lane++)
    if (!fy_commands_fill (commands, run->search->lists[lane], 0, half, 0xff800000u, error) ||
        !fy_commands_fill (commands, run->search->lists[lane], half, half, FY_SEARCH_NONE, error))
      return FALSE;
  return TRUE;
}

typedef struct
{
  const float *score;      /* [k][n_listed] */
  const guint32 *position; /* likewise      */
  gsize at;                /* next to take  */
} Head;

/* Merges the lists of one target.  A lane's positions are all below the next lane's. */
static void
merge (Head *heads, int n_lanes, gsize n_listed, int k, guint32 *position, float *score)
{
  for (int place = 0; place < k; place++)
    {
      Head *best = &heads[0];

      for (int lane = 1; lane < n_lanes; lane++)
        if (heads[lane].score[heads[lane].at] > best->score[best->at])
          best = &heads[lane];
      position[place] = best->position[best->at];
      score[place] = best->score[best->at];
      best->at += n_listed;
    }
}

static gboolean
fetch_lists (Run *run, guint32 *position, float *score, GError **error)
{
  const FySearchTile *tile = &run->tile;
  gsize size = run->lists_size, k = (gsize) run->search->parent.params.k;
  guint width = (guint) run->target->width, height = (guint) run->target->height;
  g_autofree guint8 *copy = g_malloc (size * (gsize) run->n_lanes);

  for (int lane = 0; lane < run->n_lanes; lane++)
    if (!fy_vulkan_buffer_download (run->search->lists[lane], 0, copy + size * (gsize) lane, size,
                                    error))
      return FALSE;
  for (guint y = 0; y < height; y++)
    for (guint x = 0; x < width; x++)
      {
        gsize number = y / tile->height * run->tiles_x + x / tile->width;
        gsize listed = (number * tile->height + y % tile->height) * tile->width + x % tile->width;
        gsize cell = (gsize) y * width + x;
        Head heads[MAX_LANES];

        for (int lane = 0; lane < run->n_lanes; lane++)
          heads[lane] = (Head){ (const float *) (copy + size * (gsize) lane),
                                (const guint32 *) (copy + size * (gsize) lane + size / 2), listed };
        merge (heads, run->n_lanes, run->n_listed, (int) k, position + cell * k, score + cell * k);
      }
  return TRUE;
}

/* --- Searching --- */

/* Enters context frame `slot` into the lists of a lane. */
static gboolean
search_frame (Run *run,
              const FyPlanes *target,
              const FyPlanes *context,
              int slot,
              int lane,
              GError **error)
{
  FyVulkanDevice *device = (FyVulkanDevice *) run->target->device;
  const FySearchParams *params = &run->search->parent.params;
  const FyFeatures *form = run->target;
  int last = params->n_parts - 1;
  int variant = fy_planes_variant (target, context) | (last > 0 ? FY_VARIANT_TWO_PARTS : 0);
  FyVulkanBuffer *lists = run->search->lists[lane];
  FyBinding bindings[] = {
    fy_planes_binding (target, 0),
    fy_planes_binding (target, last),
    fy_planes_binding (context, 0),
    fy_planes_binding (context, last),
    { lists, 0, lists->parent.size, FY_USAGE_READ | FY_USAGE_WRITE },
  };
  FySearchPush push = {
    .width = (guint32) form->width,
    .height = (guint32) form->height,
    .tiles_x = run->tiles_x,
    .n_listed = (guint32) run->n_listed,
    .k = (guint32) params->k,
    .radius = (guint32) MIN (params->radius, form->width + form->height),
    .slot = (guint32) slot * (guint32) (form->width * form->height),
    .n_channels_0 = ((guint32) form->channels[0] + 3) / 4,
    .n_channels_1 = ((guint32) form->channels[last] + 3) / 4,
    .weight_0 = params->weight[0],
    .weight_1 = params->weight[last],
  };

  for (guint first = 0; first < run->n_candidates; first += run->step_candidates)
    {
      double work = run->work_per_candidate * MIN (run->step_candidates, run->n_candidates - first);
      guint step = (guint) fy_rows_of_step (device, work, MAX_GROUPS);

      push.first = first;
      push.end = first + run->step_candidates;
      for (guint tile = 0; tile < run->n_tiles; tile += step)
        {
          guint n = MIN (step, run->n_tiles - tile);
          FyDispatch dispatch = {
            FY_SHADER_SEARCH, variant, bindings, &push, { n, 1, 1 }, n * work
          };

          push.first_tile = tile;
          if (g_cancellable_set_error_if_cancelled (run->cancellable, error) ||
              !fy_commands_dispatch (device->commands, &dispatch, error))
            return FALSE;
        }
    }
  return TRUE;
}

/* Enters every context frame: lane l has slots [l n / lanes, (l + 1) n / lanes), lanes in turn. */
static gboolean
search_frames (Run *run, GError **error)
{
  int n = run->n_context, n_lanes = run->n_lanes;
  FyPlanes target, context;

  if (!fy_room_target (&run->room, run->target, &target, error))
    return FALSE;
  for (int turn = 0; turn < (n + n_lanes - 1) / n_lanes; turn++)
    for (int lane = 0; lane < n_lanes; lane++)
      {
        int slot = lane * n / n_lanes + turn;

        if (slot >= (lane + 1) * n / n_lanes)
          continue;
        if (!fy_room_context (&run->room, run->context[slot], &context, error) ||
            !search_frame (run, &target, &context, slot, lane, error))
          return FALSE;
      }
  return TRUE;
}

gboolean
fy_vulkan_search_run (FySearch *self,
                      FyFeatures *target,
                      FyFeatures *const *context,
                      int n_context,
                      guint32 *position,
                      float *score,
                      GCancellable *cancellable,
                      GError **error)
{
  g_auto (Run) run = { .search = (FyVulkanSearch *) self,
                       .target = target,
                       .context = context,
                       .n_context = n_context,
                       .cancellable = cancellable };

  plan (&run);
  return allocate_lists (&run, error) &&
         fy_room_make (&run.room, target, context, n_context, error) && clear_lists (&run, error) &&
         search_frames (&run, error) && fetch_lists (&run, position, score, error);
}
