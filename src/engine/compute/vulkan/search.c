/* SPDX-License-Identifier: MIT */
/* The host's side of search.comp.
 *
 * The lists of the best so far stay on the device between dispatches, a dispatch for some tiles of
 * targets and one context frame.  On a GPU several sets of lists ("lanes"), each for a run of
 * context frames, are filled side by side and merged at the end.
 *
 * A pruned search begins with what is nearest in the last frames: the k-th best of that is a floor
 * below which nothing need be looked at. */
#include "base/error.h"
#include "compute/vulkan/lead.h"
#include "compute/vulkan/operations.h"
#include "interface.h"

#include <math.h>
#include <string.h>

#define MAX_LANES  4
#define MAX_GROUPS 65535
#define MAX_SEEDS  3 /* last frames that a floor comes from */

G_STATIC_ASSERT (FY_MAX_K == FY_SEARCH_MAX_K && FY_NONE == FY_SEARCH_NONE);

#define MINUS_INFINITY 0xff800000u

typedef struct
{
  FySearch parent;
  FyVulkanBuffer *lists[MAX_LANES]; /* as in search.comp; owned */
  int n_lanes;
  FyVulkanBasis *basis; /* nullable until the first pruned search */
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
  gsize n_listed;   /* targets in the lists, those of tiles that reach over the edge too */
  gsize row_size;   /* bytes of one number for each of them                              */
  gsize lists_size; /* bytes of a lane                                                   */
  int n_lanes;

  FyRoom room;
  FyPlanes target_planes;
} Run;

/* How a context frame is walked. */
typedef struct
{
  guint radius;
  gboolean pruned;
  guint n_candidates;        /* of a tile, at most      */
  guint step_candidates;     /* of them in one dispatch */
  double work_per_candidate; /* for a tile              */
} Pass;

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
  fy_vulkan_basis_unref (((FyVulkanSearch *) self)->basis);
  g_free (self);
}

static void
plan (Run *run)
{
  gsize k = (gsize) run->search->parent.params.k;
  FyVulkanDevice *device = (FyVulkanDevice *) run->target->device;
  FySearchTile tile = fy_shader_search_tile (device->texel);
  guint width = (guint) run->target->width, height = (guint) run->target->height;

  run->tile = tile;
  run->tiles_x = (width + tile.width - 1) / tile.width;
  run->n_tiles = run->tiles_x * ((height + tile.height - 1) / tile.height);
  run->n_listed = (gsize) run->n_tiles * tile.width * tile.height;
  run->row_size = run->n_listed * 4;
  run->lists_size = run->row_size * (2 * k + 1);
  run->n_lanes = CLAMP (run->n_context, 1, device->texel ? 1 : MAX_LANES);
}

static Pass
plan_pass (const Run *run, guint radius, gboolean pruned)
{
  const FyVulkanDevice *device = (const FyVulkanDevice *) run->target->device;
  const FySearchTile *tile = &run->tile;
  guint width = (guint) run->target->width, height = (guint) run->target->height;
  guint reach = 2 * MIN (radius, width + height), most;
  double targets = tile->width * tile->height, channels = 0;
  double bounds = pruned ? 4.0 * FY_LEAD_PLANES * run->target->n_parts : 0;
  Pass pass = { .radius = reach / 2, .pruned = pruned, .n_candidates = width * height };

  for (int part = 0; part < run->target->n_parts; part++)
    channels += run->target->channels[part];
  if (radius > 0)
    pass.n_candidates = MIN (width, reach + tile->width) * MIN (height, reach + tile->height);
  most = (guint) MIN (device->max_work / (2 * targets * (channels + bounds)), 1u << 30);
  pass.step_candidates = MAX (most / tile->chunk, 1) * tile->chunk;
  /* what is usual, and yet not so far from the worst that a submit would last */
  pass.work_per_candidate = 2 * targets * (pruned ? bounds + channels / 3 : channels);
  return pass;
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
  gsize half = run->row_size * (gsize) run->search->parent.params.k;

  for (int lane = 0; lane < run->n_lanes; lane++)
    if (!fy_commands_fill (commands, run->search->lists[lane], 0, half, MINUS_INFINITY, error) ||
        !fy_commands_fill (commands, run->search->lists[lane], half, half, FY_SEARCH_NONE, error))
      return FALSE;
  return TRUE;
}

/* Takes away the floor. */
static gboolean
clear_floor (Run *run, GError **error)
{
  FyCommands *commands = ((FyVulkanDevice *) run->target->device)->commands;

  for (int lane = 0; lane < run->n_lanes; lane++)
    if (!fy_commands_fill (commands, run->search->lists[lane], run->lists_size - run->row_size,
                           run->row_size, MINUS_INFINITY, error))
      return FALSE;
  return TRUE;
}

/* Makes the k-th best of the first lane the floor of all. */
static gboolean
set_floor (Run *run, GError **error)
{
  FyCommands *commands = ((FyVulkanDevice *) run->target->device)->commands;
  FyVulkanBuffer **lists = run->search->lists;
  gsize last = (gsize) (run->search->parent.params.k - 1) * run->row_size;

  for (int lane = 0; lane < run->n_lanes; lane++)
    if (!fy_commands_copy (commands, lists[0], last, lists[lane], run->lists_size - run->row_size,
                           run->row_size, error))
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
  gsize k = (gsize) run->search->parent.params.k, size = 2 * k * run->row_size;
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
              const Pass *pass,
              const FyPlanes *context,
              int slot,
              int lane,
              GError **error)
{
  FyVulkanDevice *device = (FyVulkanDevice *) run->target->device;
  const FySearchParams *params = &run->search->parent.params;
  const FyFeatures *form = run->target;
  const FyPlanes *target = &run->target_planes;
  int last = params->n_parts - 1;
  int variant = fy_planes_variant (target, context) | (last > 0 ? FY_VARIANT_TWO_PARTS : 0) |
                (pass->pruned ? FY_VARIANT_PRUNED : 0);
  FyVulkanBuffer *lists = run->search->lists[lane];
  FyBinding bindings[] = {
    fy_planes_binding (target, 0),
    fy_planes_binding (target, last),
    fy_planes_binding (context, 0),
    fy_planes_binding (context, last),
    pass->pruned ? fy_vulkan_lead_binding (form) : fy_planes_binding (target, 0),
    pass->pruned ? fy_vulkan_lead_binding (run->context[slot]) : fy_planes_binding (context, 0),
    { lists, 0, lists->parent.size, FY_USAGE_READ | FY_USAGE_WRITE },
  };
  FySearchPush push = {
    .width = (guint32) form->width,
    .height = (guint32) form->height,
    .tiles_x = run->tiles_x,
    .n_listed = (guint32) run->n_listed,
    .k = (guint32) params->k,
    .radius = pass->radius,
    .slot = (guint32) slot * (guint32) (form->width * form->height),
    .n_channels_0 = ((guint32) form->channels[0] + 3) / 4,
    .n_channels_1 = ((guint32) form->channels[last] + 3) / 4,
    .weight_0 = params->weight[0],
    .weight_1 = params->weight[last],
  };

  for (guint first = 0; first < pass->n_candidates; first += pass->step_candidates)
    {
      double work =
          pass->work_per_candidate * MIN (pass->step_candidates, pass->n_candidates - first);
      guint step = (guint) fy_rows_of_step (device, work, MAX_GROUPS);

      push.first = first;
      push.end = first + pass->step_candidates;
      for (guint tile = 0; tile < run->n_tiles; tile += step)
        {
          guint n = MIN (step, run->n_tiles - tile);
          FyDispatch dispatch = { device->search, variant, bindings, &push, { n, 1, 1 }, n * work };

          push.first_tile = tile;
          if (g_cancellable_set_error_if_cancelled (run->cancellable, error) ||
              !fy_commands_dispatch (device->commands, &dispatch, error))
            return FALSE;
        }
    }
  return TRUE;
}

/* The least radius that has room for k seeds even in a corner. */
static guint
seed_radius (const Run *run, int n_seeds)
{
  const FySearchParams *params = &run->search->parent.params;
  int most = params->radius > 0 ? params->radius : MAX (run->target->width, run->target->height);

  for (int radius = 2; radius < most; radius++)
    {
      int quarter = 0;

      for (int y = 0; y < radius; y++)
        for (int x = 0; x < radius; x++)
          quarter += x * x + y * y < radius * radius;
      if (quarter * n_seeds >= params->k)
        return (guint) radius;
    }
  return (guint) most;
}

/* Makes the floor. */
static gboolean
seed (Run *run, GError **error)
{
  int n_seeds = MIN (run->n_context, MAX_SEEDS);
  Pass pass = plan_pass (run, seed_radius (run, n_seeds), FALSE);

  for (int slot = run->n_context - n_seeds; slot < run->n_context; slot++)
    {
      FyPlanes context;

      if (!fy_room_context (&run->room, run->context[slot], &context, error) ||
          !search_frame (run, &pass, &context, slot, 0, error))
        return FALSE;
    }
  return set_floor (run, error) && clear_lists (run, error);
}

/* The basis of this search: its own, or one in which features have coefficients already, or a new
 * one.  NULL without an error where memory is short. */
static gboolean
get_basis (Run *run, GError **error)
{
  FyVulkanSearch *self = run->search;
  FyVulkanBasis *found = ((FyVulkanFeatures *) run->target)->basis;
  g_autoptr (GError) why = NULL;

  if (self->basis != NULL)
    return TRUE;
  for (int slot = 0; found == NULL && slot < run->n_context; slot++)
    found = ((FyVulkanFeatures *) run->context[slot])->basis;
  self->basis =
      found != NULL ? fy_vulkan_basis_ref (found) : fy_vulkan_basis_new (run->target, &why);
  if (why == NULL || g_error_matches (why, FY_ERROR, FY_ERROR_GPU_MEMORY))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&why));
  return FALSE;
}

/* Enters a context frame by bounds, or in full where there is no memory for them. */
static gboolean
enter_frame (Run *run, gboolean prune, int slot, int lane, GError **error)
{
  FyPlanes context;
  Pass pass;

  if (!fy_room_context (&run->room, run->context[slot], &context, error) ||
      (prune && !fy_vulkan_lead_make (run->context[slot], &context, run->search->basis, error)))
    return FALSE;
  prune = prune && ((FyVulkanFeatures *) run->context[slot])->lead != NULL;
  pass = plan_pass (run, (guint) run->search->parent.params.radius, prune);
  return search_frame (run, &pass, &context, slot, lane, error);
}

/* Enters every context frame: lane l has slots [l n / lanes, (l + 1) n / lanes), lanes in turn. */
static gboolean
enter_frames (Run *run, gboolean prune, GError **error)
{
  int n = run->n_context, n_lanes = run->n_lanes;

  for (int turn = 0; turn < (n + n_lanes - 1) / n_lanes; turn++)
    for (int lane = 0; lane < n_lanes; lane++)
      {
        int slot = lane * n / n_lanes + turn;

        if (slot < (lane + 1) * n / n_lanes && !enter_frame (run, prune, slot, lane, error))
          return FALSE;
      }
  return TRUE;
}

static gboolean
search_frames (Run *run, GError **error)
{
  const FyVulkanDevice *device = (const FyVulkanDevice *) run->target->device;
  gboolean prune = !run->search->parent.params.brute_force && device->prunes && run->n_context > 0;

  if (!fy_room_target (&run->room, run->target, &run->target_planes, error) ||
      !clear_lists (run, error) || !clear_floor (run, error) || (prune && !get_basis (run, error)))
    return FALSE;
  prune = prune && run->search->basis != NULL;
  if (prune && !fy_vulkan_lead_make (run->target, &run->target_planes, run->search->basis, error))
    return FALSE;
  prune = prune && ((FyVulkanFeatures *) run->target)->lead != NULL;
  return (!prune || seed (run, error)) && enter_frames (run, prune, error);
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
         fy_room_make (&run.room, target, context, n_context, error) &&
         search_frames (&run, error) && fetch_lists (&run, position, score, error);
}
