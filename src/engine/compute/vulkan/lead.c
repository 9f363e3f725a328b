/* SPDX-License-Identifier: MIT */
#include "compute/vulkan/lead.h"

#include "compute/vulkan/operations.h"
#include "interface.h"

#include <string.h>

/* Coefficients of a vector: the last is the length of the rest. */
#define LEAD ((gsize) 4 * FY_LEAD_PLANES)

/* Of a vector's square, per channel: many times what rounding in coefficients, bounds and
 * similarities amounts to. */
#define SLACK 4.8e-7f

/* --- The basis --- */

FyVulkanBasis *
fy_vulkan_basis_ref (FyVulkanBasis *self)
{
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

void
fy_vulkan_basis_unref (FyVulkanBasis *self)
{
  if (self == NULL || !g_atomic_ref_count_dec (&self->refs))
    return;
  for (int part = 0; part < FY_FEATURES_MAX_PARTS; part++)
    fy_vulkan_buffer_free (self->axes[part]);
  g_free (self);
}

/* Reads a part and uploads its principal axes. */
static FyVulkanBuffer *
make_axes (FyFeatures *features, int part, GError **error)
{
  gsize cells = (gsize) features->height * (gsize) features->width;
  gsize channels = (gsize) features->channels[part], rank = MIN (LEAD - 1, channels);
  gsize size = (channels + 3) / 4 * 4 * LEAD * sizeof (float);
  g_autofree float *rows = g_new (float, cells *channels);
  g_autofree float *columns = g_malloc0 (size);
  g_autofree float *axes = NULL;
  g_autoptr (FyVulkanBuffer) buffer = NULL;

  if (!fy_vulkan_features_read (features, part, rows, error))
    return NULL;
  axes = fy_principal_axes (rows, cells, channels, (int) rank);
  for (gsize i = 0; i < rank; i++)
    for (gsize c = 0; c < channels; c++)
      columns[c * LEAD + i] = axes[i * channels + c];
  buffer = fy_vulkan_buffer_new ((FyVulkanDevice *) features->device, size, error);
  if (buffer == NULL || !fy_vulkan_buffer_upload (buffer, 0, columns, size, error))
    return NULL;
  return g_steal_pointer (&buffer);
}

FyVulkanBasis *
fy_vulkan_basis_new (FyFeatures *features, GError **error)
{
  g_autoptr (FyVulkanBasis) self = g_new0 (FyVulkanBasis, 1);

  g_atomic_ref_count_init (&self->refs);
  for (int part = 0; part < features->n_parts; part++)
    {
      self->axes[part] = make_axes (features, part, error);
      if (self->axes[part] == NULL)
        return NULL;
    }
  return g_steal_pointer (&self);
}

/* --- Coefficients of a frame --- */

void
fy_vulkan_lead_drop (FyVulkanFeatures *self)
{
  g_clear_pointer (&self->basis, fy_vulkan_basis_unref);
  g_clear_pointer (&self->lead, fy_vulkan_buffer_free);
}

static gboolean
record_part (FyVulkanFeatures *self, int part, const FyPlanes *planes, GError **error)
{
  const FyFeatures *form = &self->parent;
  FyVulkanDevice *device = (FyVulkanDevice *) form->device;
  guint32 cells = (guint32) (form->height * form->width);
  FyVulkanBuffer *axes = self->basis->axes[part];
  FyBinding bindings[] = {
    fy_planes_binding (planes, part),
    { axes, 0, axes->parent.size, FY_USAGE_READ },
    { self->lead, 0, self->lead->parent.size, FY_USAGE_WRITE },
  };
  FyLeadPush push = {
    .n_cells = cells,
    .n_channels = ((guint32) form->channels[part] + 3) / 4,
    .to = (guint32) part * FY_LEAD_PLANES * cells,
    .slack = SLACK * (float) (form->channels[part] + 64),
  };
  double work_per_cell = 2.0 * (double) LEAD * form->channels[part];
  guint32 step = (guint32) fy_rows_of_step (device, work_per_cell, form->height * form->width);

  for (; push.first < cells; push.first += step)
    {
      guint32 n = MIN (step, cells - push.first);
      FyDispatch dispatch = { FY_SHADER_LEAD, fy_planes_variant (planes, planes),
                              bindings,       &push,
                              { 0 },          work_per_cell * n };

      push.end = push.first + n;
      fy_linear_groups (n, dispatch.groups);
      if (!fy_commands_dispatch (device->commands, &dispatch, error))
        return FALSE;
    }
  return TRUE;
}

gboolean
fy_vulkan_lead_make (FyFeatures *features,
                     const FyPlanes *planes,
                     FyVulkanBasis *basis,
                     GError **error)
{
  FyVulkanFeatures *self = (FyVulkanFeatures *) features;
  gsize size = (gsize) features->n_parts * LEAD * (gsize) features->height *
               (gsize) features->width * sizeof (float);

  if (self->basis == basis)
    return TRUE;
  fy_vulkan_lead_drop (self);
  if (!fy_vulkan_features_leave_room (features, size))
    return TRUE;
  self->lead = fy_vulkan_buffer_new ((FyVulkanDevice *) features->device, size, NULL);
  if (self->lead == NULL)
    return TRUE;
  self->basis = fy_vulkan_basis_ref (basis);
  for (int part = 0; part < features->n_parts; part++)
    if (!record_part (self, part, planes, error))
      {
        fy_vulkan_lead_drop (self);
        return FALSE;
      }
  return TRUE;
}

FyBinding
fy_vulkan_lead_binding (const FyFeatures *features)
{
  FyVulkanBuffer *lead = ((const FyVulkanFeatures *) features)->lead;

  return (FyBinding){ lead, 0, lead->parent.size, FY_USAGE_READ };
}
