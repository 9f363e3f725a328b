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
#define MAX_FRAMES 4 /* context frames from host memory on the device at once */

typedef struct
{
  FySearch parent;
  FyVulkanBuffer *lists[MAX_LANES]; /* score[k][n_listed], then position[k][n_listed]; owned */
  int n_lanes;
} FyVulkanSearch;

/* The planes of a frame on the device. */
typedef struct
{
  FyVulkanBuffer *part[FY_FEATURES_MAX_PARTS];
} Planes;

/* Room on the device for features that lie in host memory. */
typedef struct
{
  Planes target;             /* owned */
  Planes frames[MAX_FRAMES]; /* owned */
  int n_frames;
  int next;
} Stream;

/* The sizes of one run. */
typedef struct
{
  FySearchTile tile;
  guint tiles_x;
  guint n_tiles;
  gsize n_listed;
  double work_per_tile; /* of one context frame */
} Plan;

/* --- Life --- */

FySearch *
fy_vulkan_search_new (FyDevice *device, const FySearchParams *params, GError **error)
{
  FyVulkanSearch *self = g_new0 (FyVulkanSearch, 1);

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

static Plan
plan_run (const FySearch *self, const FyFeatures *target)
{
  FyVulkanDevice *device = (FyVulkanDevice *) self->device;
  FySearchTile tile = fy_shader_search_tile (device->texel);
  Plan plan = { .tile = tile };
  double width = target->width, height = target->height, reach = 2.0 * self->params.radius;
  double candidates = width * height, channels = 0;

  plan.tiles_x = ((guint) target->width + tile.width - 1) / tile.width;
  plan.n_tiles = plan.tiles_x * (((guint) target->height + tile.height - 1) / tile.height);
  plan.n_listed = (gsize) plan.n_tiles * tile.width * tile.height;
  if (self->params.radius > 0)
    candidates = MIN (width, reach + tile.width) * MIN (height, reach + tile.height);
  for (int part = 0; part < target->n_parts; part++)
    channels += target->channels[part];
  plan.work_per_tile = 2 * tile.width * tile.height * candidates * channels;
  return plan;
}

/* --- Lists --- */

static gsize
lists_size (const FyVulkanSearch *self, const Plan *plan)
{
  return plan->n_listed * (gsize) self->parent.params.k * 2 * 4;
}

/* Allocates up to `wanted` lanes: fewer where memory is short. */
static gboolean
allocate_lists (FyVulkanSearch *self, const Plan *plan, int wanted, GError **error)
{
  FyVulkanDevice *device = (FyVulkanDevice *) self->parent.device;
  gsize size = lists_size (self, plan);

  if (self->n_lanes > 0 && (self->n_lanes < wanted || self->lists[0]->parent.size < size))
    drop_lists (self);
  for (; self->n_lanes < wanted; self->n_lanes++)
    {
      FyVulkanBuffer *lists =
          fy_vulkan_buffer_new (device, size, self->n_lanes == 0 ? error : NULL);

      self->lists[self->n_lanes] = lists;
      if (lists == NULL)
        return self->n_lanes > 0;
    }
  return TRUE;
}

/* Empties the lists: -infinity and FY_SEARCH_NONE. */
static gboolean
clear_lists (FyVulkanSearch *self, const Plan *plan, int n_lanes, GError **error)
{
  FyCommands *commands = ((FyVulkanDevice *) self->parent.device)->commands;
  gsize half = lists_size (self, plan) / 2;

  for (int lane = 0; lane < n_lanes; lane++)
    if (!fy_commands_fill (commands, self->lists[lane], 0, half, 0xff800000u, error) ||
        !fy_commands_fill (commands, self->lists[lane], half, half, FY_SEARCH_NONE, error))
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
fetch_lists (FyVulkanSearch *self,
             const Plan *plan,
             int n_lanes,
             const FyFeatures *target,
             guint32 *position,
             float *score,
             GError **error)
{
  gsize size = lists_size (self, plan), k = (gsize) self->parent.params.k;
  g_autofree guint8 *copy = g_malloc (size * (gsize) n_lanes);

  for (int lane = 0; lane < n_lanes; lane++)
    if (!fy_vulkan_buffer_download (self->lists[lane], 0, copy + size * (gsize) lane, size, error))
      return FALSE;
  for (guint y = 0; y < (guint) target->height; y++)
    for (guint x = 0; x < (guint) target->width; x++)
      {
        const FySearchTile *tile = &plan->tile;
        gsize number = y / tile->height * plan->tiles_x + x / tile->width;
        gsize listed = (number * tile->height + y % tile->height) * tile->width + x % tile->width;
        gsize cell = (gsize) y * (gsize) target->width + x;
        Head heads[MAX_LANES];

        for (int lane = 0; lane < n_lanes; lane++)
          heads[lane] = (Head){ (const float *) (copy + size * (gsize) lane),
                                (const guint32 *) (copy + size * (gsize) lane + size / 2), listed };
        merge (heads, n_lanes, plan->n_listed, (int) k, position + cell * k, score + cell * k);
      }
  return TRUE;
}

/* --- Features from host memory --- */

static void
planes_clear (Planes *planes)
{
  for (int part = 0; part < FY_FEATURES_MAX_PARTS; part++)
    g_clear_pointer (&planes->part[part], fy_vulkan_buffer_free);
}

static void
stream_clear (Stream *self)
{
  planes_clear (&self->target);
  for (int i = 0; i < MAX_FRAMES; i++)
    planes_clear (&self->frames[i]);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Stream, stream_clear)

static gsize
frame_size (const FyFeatures *form)
{
  gsize size = 0;

  for (int part = 0; part < form->n_parts; part++)
    size += fy_vulkan_features_size (form->height, form->width, form->channels[part]);
  return size;
}

static gboolean
planes_allocate (Planes *planes, const FyFeatures *form, GError **error)
{
  for (int part = 0; part < form->n_parts; part++)
    {
      planes->part[part] = fy_vulkan_buffer_new (
          (FyVulkanDevice *) form->device,
          fy_vulkan_features_size (form->height, form->width, form->channels[part]), error);
      if (planes->part[part] == NULL)
        {
          planes_clear (planes);
          return FALSE;
        }
    }
  return TRUE;
}

static gboolean
is_in_host_memory (const FyFeatures *features)
{
  return ((const FyVulkanFeatures *) features)->host[0] != NULL;
}

/* Makes room for the target and for some context frames at once, fewer until they fit. */
static gboolean
stream_open (Stream *self,
             const FyFeatures *target,
             FyFeatures *const *context,
             int n_context,
             GError **error)
{
  const FyMemory *memory = ((FyVulkanDevice *) target->device)->memory;
  gsize needed = is_in_host_memory (target) ? frame_size (target) : 0;
  gboolean fits = needed == 0 || planes_allocate (&self->target, target, NULL);
  int wanted = 0;

  for (int slot = 0; slot < n_context; slot++)
    wanted += is_in_host_memory (context[slot]) ? 1 : 0;
  if (wanted > 0)
    needed += frame_size (target);
  for (wanted = MIN (wanted, MAX_FRAMES); fits && wanted > 0; wanted /= 2)
    {
      while (self->n_frames < wanted &&
             planes_allocate (&self->frames[self->n_frames], target, NULL))
        self->n_frames++;
      if (self->n_frames == wanted)
        return TRUE;
      while (self->n_frames > 0)
        planes_clear (&self->frames[--self->n_frames]);
      fits = wanted > 1;
    }
  if (fits)
    return TRUE;
  stream_clear (self);
  return fy_memory_fail (memory, needed, error);
}

/* Finds a frame's planes on the device; copies them to `room` if they are in host memory. */
static gboolean
planes_of (FyFeatures *features, Planes *room, Planes *planes, GError **error)
{
  const FyVulkanFeatures *own = (const FyVulkanFeatures *) features;

  *planes = (Planes){ { own->planes[0], own->planes[1] } };
  if (!is_in_host_memory (features))
    return TRUE;
  *planes = *room;
  for (int part = 0; part < features->n_parts; part++)
    if (!fy_vulkan_buffer_upload (planes->part[part], 0, own->host[part],
                                  planes->part[part]->parent.size, error))
      return FALSE;
  return TRUE;
}

/* --- Searching --- */

static FyBinding
whole (FyVulkanBuffer *buffer, FyUsage usage)
{
  return (FyBinding){ buffer, 0, buffer->parent.size, usage };
}

/* Enters one context frame into the lists of a lane. */
static gboolean
search_frame (FyVulkanSearch *self,
              const Plan *plan,
              const FyFeatures *form,
              const Planes *target,
              const Planes *context,
              int slot,
              FyVulkanBuffer *lists,
              GError **error)
{
  FyVulkanDevice *device = (FyVulkanDevice *) self->parent.device;
  const FySearchParams *params = &self->parent.params;
  int last = params->n_parts - 1;
  FyBinding bindings[] = {
    whole (target->part[0], FY_USAGE_READ),        whole (target->part[last], FY_USAGE_READ),
    whole (context->part[0], FY_USAGE_READ),       whole (context->part[last], FY_USAGE_READ),
    whole (lists, FY_USAGE_READ | FY_USAGE_WRITE),
  };
  FySearchPush push = {
    .width = (guint32) form->width,
    .height = (guint32) form->height,
    .tiles_x = plan->tiles_x,
    .n_listed = (guint32) plan->n_listed,
    .k = (guint32) params->k,
    .radius = (guint32) MIN (params->radius, form->width + form->height),
    .slot = (guint32) slot * (guint32) (form->width * form->height),
    .n_channels_0 = ((guint32) form->channels[0] + 3) / 4,
    .n_channels_1 = ((guint32) form->channels[last] + 3) / 4,
    .weight_0 = params->weight[0],
    .weight_1 = params->weight[last],
  };
  int step = fy_rows_of_step (device, plan->work_per_tile, (int) MIN (plan->n_tiles, 65535));

  for (guint tile = 0; tile < plan->n_tiles; tile += (guint) step)
    {
      guint n = MIN ((guint) step, plan->n_tiles - tile);
      FyDispatch dispatch = { FY_SHADER_SEARCH,       last, bindings, &push, { n, 1, 1 },
                              n * plan->work_per_tile };

      push.first_tile = tile;
      if (!fy_commands_dispatch (device->commands, &dispatch, error))
        return FALSE;
    }
  return TRUE;
}

/* Enters every context frame: lane l has slots [l n / lanes, (l + 1) n / lanes), lanes in turn. */
static gboolean
search_frames (FyVulkanSearch *self,
               const Plan *plan,
               Stream *stream,
               FyFeatures *target,
               FyFeatures *const *context,
               int n_context,
               int n_lanes,
               GCancellable *cancellable,
               GError **error)
{
  Planes own, other;

  if (!planes_of (target, &stream->target, &own, error))
    return FALSE;
  for (int turn = 0; turn < (n_context + n_lanes - 1) / n_lanes; turn++)
    for (int lane = 0; lane < n_lanes; lane++)
      {
        int slot = lane * n_context / n_lanes + turn;
        Planes *room = &stream->frames[stream->next];

        if (slot >= (lane + 1) * n_context / n_lanes)
          continue;
        if (g_cancellable_set_error_if_cancelled (cancellable, error) ||
            !planes_of (context[slot], room, &other, error) ||
            !search_frame (self, plan, target, &own, &other, slot, self->lists[lane], error))
          return FALSE;
        if (is_in_host_memory (context[slot]))
          stream->next = (stream->next + 1) % stream->n_frames;
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
  FyVulkanSearch *own = (FyVulkanSearch *) self;
  FyVulkanDevice *device = (FyVulkanDevice *) self->device;
  Plan plan = plan_run (self, target);
  int n_lanes = CLAMP (n_context, 1, device->texel ? 1 : MAX_LANES);
  g_auto (Stream) stream = { 0 };

  if (lists_size (own, &plan) > device->max_range)
    return fy_memory_fail (device->memory, lists_size (own, &plan), error);
  if (!allocate_lists (own, &plan, n_lanes, error))
    return FALSE;
  n_lanes = MIN (n_lanes, own->n_lanes);
  if (!stream_open (&stream, target, context, n_context, error) ||
      !clear_lists (own, &plan, n_lanes, error) ||
      !search_frames (own, &plan, &stream, target, context, n_context, n_lanes, cancellable, error))
    return FALSE;
  return fetch_lists (own, &plan, n_lanes, target, position, score, error);
}
