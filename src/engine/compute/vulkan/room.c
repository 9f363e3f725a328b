/* SPDX-License-Identifier: MIT */
/* Features in host memory on their way through the device. */
#include "compute/vulkan/features.h"

static void
planes_clear (FyPlanes *planes)
{
  for (int part = 0; part < FY_FEATURES_MAX_PARTS; part++)
    g_clear_pointer (&planes->part[part], fy_vulkan_buffer_free);
}

void
fy_room_clear (FyRoom *self)
{
  planes_clear (&self->target);
  for (int i = 0; i < FY_ROOM_FRAMES; i++)
    planes_clear (&self->context[i]);
  self->n = 0;
}

static gboolean
planes_allocate (FyPlanes *planes, const FyFeatures *form)
{
  for (int part = 0; part < form->n_parts; part++)
    {
      planes->part[part] = fy_vulkan_buffer_new ((FyVulkanDevice *) form->device,
                                                 fy_vulkan_features_size (form, part), NULL);
      if (planes->part[part] == NULL)
        {
          planes_clear (planes);
          return FALSE;
        }
    }
  return TRUE;
}

static gsize
frame_size (const FyFeatures *form)
{
  gsize size = 0;

  for (int part = 0; part < form->n_parts; part++)
    size += fy_vulkan_features_size (form, part);
  return size;
}

/* Makes room for `wanted` context frames: all or nothing. */
static gboolean
make_context (FyRoom *self, const FyFeatures *form, int wanted)
{
  for (; self->n < wanted; self->n++)
    if (!planes_allocate (&self->context[self->n], form))
      {
        while (self->n > 0)
          planes_clear (&self->context[--self->n]);
        return FALSE;
      }
  return TRUE;
}

gboolean
fy_room_make (FyRoom *self,
              FyFeatures *target,
              FyFeatures *const *context,
              int n_context,
              GError **error)
{
  const FyFeatures *largest = NULL; /* of the context in host memory */
  gsize needed = 0;
  int wanted = 0;

  for (int slot = 0; slot < n_context; slot++)
    if (fy_vulkan_features_spilled (context[slot]))
      {
        if (largest == NULL || frame_size (context[slot]) > frame_size (largest))
          largest = context[slot];
        wanted = MIN (wanted + 1, FY_ROOM_FRAMES);
      }
  if (largest != NULL)
    needed += frame_size (largest);
  if (fy_vulkan_features_spilled (target))
    {
      needed += frame_size (target);
      if (!planes_allocate (&self->target, target))
        return fy_memory_fail (((FyVulkanDevice *) target->device)->memory, needed, error);
    }
  for (; wanted > 0; wanted /= 2)
    if (make_context (self, largest, wanted))
      return TRUE;
  if (largest == NULL)
    return TRUE;
  fy_room_clear (self);
  return fy_memory_fail (((FyVulkanDevice *) target->device)->memory, needed, error);
}

static gboolean
fill (const FyPlanes *room, FyFeatures *features, FyPlanes *planes, GError **error)
{
  const FyVulkanFeatures *own = (const FyVulkanFeatures *) features;

  *planes = (FyPlanes){ { own->planes[0], own->planes[1] }, features->format == FY_FEATURES_F16 };
  if (!fy_vulkan_features_spilled (features))
    return TRUE;
  for (int part = 0; part < features->n_parts; part++)
    {
      planes->part[part] = room->part[part];
      if (!fy_vulkan_buffer_upload (planes->part[part], 0, own->host[part],
                                    fy_vulkan_features_size (features, part), error))
        return FALSE;
    }
  return TRUE;
}

gboolean
fy_room_target (FyRoom *self, FyFeatures *target, FyPlanes *planes, GError **error)
{
  return fill (&self->target, target, planes, error);
}

gboolean
fy_room_context (FyRoom *self, FyFeatures *context, FyPlanes *planes, GError **error)
{
  const FyPlanes *room = &self->context[self->next];

  if (fy_vulkan_features_spilled (context))
    self->next = (self->next + 1) % self->n;
  return fill (room, context, planes, error);
}

FyBinding
fy_planes_binding (const FyPlanes *planes, int part)
{
  FyVulkanBuffer *buffer = planes->part[part];

  return (FyBinding){ buffer, 0, buffer->parent.size, FY_USAGE_READ, planes->half };
}

int
fy_planes_variant (const FyPlanes *target, const FyPlanes *context)
{
  gboolean texel = ((FyVulkanDevice *) target->part[0]->parent.device)->texel;

  if (texel) /* texels come as float32 */
    return 0;
  return (target->half ? FY_VARIANT_TARGET_F16 : 0) | (context->half ? FY_VARIANT_CONTEXT_F16 : 0);
}
