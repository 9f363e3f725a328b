/* SPDX-License-Identifier: MIT */
#include "compute/vulkan/features.h"

#include "base/error.h"
#include "base/half.h"
#include "base/size.h"
#include "base/text.h"
#include "compute/vulkan/lead.h"
#include "compute/vulkan/operations.h"
#include "interface.h"

#include <string.h>

/* --- Life --- */

/* Bytes of four channels of a cell. */
static gsize
vec4_size (const FyFeatures *self)
{
  return self->format == FY_FEATURES_F16 ? 8 : 16;
}

gsize
fy_vulkan_features_size (const FyFeatures *self, int part)
{
  return (gsize) self->height * (gsize) self->width * (((gsize) self->channels[part] + 3) / 4) *
         vec4_size (self);
}

gboolean
fy_vulkan_features_spilled (const FyFeatures *self)
{
  return ((const FyVulkanFeatures *) self)->host[0] != NULL;
}

void
fy_vulkan_features_free (FyFeatures *self)
{
  FyVulkanFeatures *own = (FyVulkanFeatures *) self;

  if (own == NULL)
    return;
  for (int part = 0; part < FY_FEATURES_MAX_PARTS; part++)
    {
      fy_vulkan_buffer_free (own->planes[part]);
      g_free (own->host[part]);
    }
  fy_vulkan_lead_drop (own);
  g_free (own);
}

gboolean
fy_vulkan_features_leave_room (const FyFeatures *self, gsize size)
{
  const FyMemory *memory = ((FyVulkanDevice *) self->device)->memory;
  gsize left = 0;

  for (int part = 0; part < self->n_parts; part++)
    left += 3 * fy_vulkan_features_size (self, part);
  left = MAX (left, fy_memory_budget (memory) / 4);
  return size + left <= fy_memory_available (memory);
}

static gboolean
allocate_planes (FyVulkanFeatures *self, const FyFeatures *form)
{
  gsize all = 0;

  for (int part = 0; part < form->n_parts; part++)
    all += fy_vulkan_features_size (form, part);
  if (!fy_vulkan_features_leave_room (form, all))
    return FALSE;
  for (int part = 0; part < form->n_parts; part++)
    {
      self->planes[part] = fy_vulkan_buffer_new ((FyVulkanDevice *) form->device,
                                                 fy_vulkan_features_size (form, part), NULL);
      if (self->planes[part] == NULL)
        {
          fy_vulkan_buffer_free (g_steal_pointer (&self->planes[0]));
          return FALSE;
        }
    }
  return TRUE;
}

FyFeatures *
fy_vulkan_features_new (FyDevice *device,
                        int height,
                        int width,
                        int n_parts,
                        const int *channels,
                        FyFeaturesFormat format,
                        GError **error)
{
  FyVulkanDevice *own = (FyVulkanDevice *) device;
  FyVulkanFeatures *self;
  FyFeatures form = {
    .device = device, .height = height, .width = width, .n_parts = n_parts, .format = format
  };

  if (!fy_vulkan_device_check (own, error))
    return NULL;
  for (int part = 0; part < n_parts; part++)
    {
      form.channels[part] = channels[part];
      if (fy_vulkan_features_size (&form, part) > own->max_range / 16 * vec4_size (&form))
        {
          g_set_error (
              error, FY_ERROR, FY_ERROR_GPU_MEMORY,
              _ ("features of %dx%d cells and %d channels are too large for %s, which reads "
                 "%zu MiB at once; use smaller frames or the CPU"),
              width, height, channels[part], device->name, own->max_range >> 20);
          return NULL;
        }
    }
  self = g_new0 (FyVulkanFeatures, 1);
  if (!allocate_planes (self, &form))
    for (int part = 0; part < n_parts; part++)
      self->host[part] = g_malloc (fy_vulkan_features_size (&form, part));
  return &self->parent;
}

/* --- Maps into planes --- */

/* Rows [y0, y1) of the map into planes `pitch` cells apart, from cell `at` of each on. */
static gboolean
record_cells (const FyFeatures *self,
              const FyMap *map,
              gboolean normalize,
              int y0,
              int y1,
              FyVulkanBuffer *planes,
              gsize at,
              gsize pitch,
              GError **error)
{
  FyVulkanDevice *device = (FyVulkanDevice *) self->device;
  gsize cells = (gsize) (y1 - y0) * (gsize) map->width;
  FyWindow window = fy_window (device, map, y0, y1, FY_USAGE_READ);
  FyBinding bindings[] = { window.binding, { planes, 0, planes->parent.size, FY_USAGE_WRITE } };
  FyFeaturesPush push = {
    .first = (guint32) (y0 * map->width),
    .end = (guint32) (y1 * map->width),
    .width = (guint32) map->width,
    .base = window.base,
    .row = window.row,
    .pixel = window.pixel,
    .to = (guint32) at,
    .plane = (guint32) pitch,
    .normalize = normalize ? 1 : 0,
  };
  FyDispatch dispatch = {
    FY_SHADER_FEATURES,
    self->format == FY_FEATURES_F16 ? FY_VARIANT_TARGET_F16 : 0,
    bindings,
    &push,
    { 0 },
    FY_WORK_OF_BYTES (cells * window.pixel * 48),
  };

  fy_linear_groups (cells, dispatch.groups);
  return fy_commands_dispatch (device->commands, &dispatch, error);
}

/* The map's rows by way of a strip of device memory, as large as there is room for. */
static gboolean
set_host (FyVulkanFeatures *self, int part, const FyMap *map, gboolean normalize, GError **error)
{
  FyVulkanDevice *device = (FyVulkanDevice *) self->parent.device;
  gsize width = (gsize) map->width, cells = (gsize) map->height * width;
  gsize n_planes = (gsize) map->channels / 4, size = vec4_size (&self->parent);
  int step = MIN (map->height, fy_window_max_rows (device, map, 0));
  g_autoptr (FyVulkanBuffer) strip = NULL;
  g_autofree guint8 *made = NULL;

  while ((strip = fy_vulkan_buffer_new (device, (gsize) step * width * n_planes * size,
                                        step == 1 ? error : NULL)) == NULL)
    {
      if (step == 1)
        return FALSE;
      step = (step + 1) / 2;
    }
  made = g_malloc ((gsize) step * width * n_planes * size);
  for (int y = 0; y < map->height; y += step)
    {
      int end = MIN (y + step, map->height);
      gsize n = (gsize) (end - y) * width;

      if (!record_cells (&self->parent, map, normalize, y, end, strip, 0, n, error) ||
          !fy_vulkan_buffer_download (strip, 0, made, n_planes * n * size, error))
        return FALSE;
      for (gsize plane = 0; plane < n_planes; plane++)
        memcpy (self->host[part] + (plane * cells + (gsize) y * width) * size,
                made + plane * n * size, n * size);
    }
  return TRUE;
}

gboolean
fy_vulkan_features_set_map (FyFeatures *self,
                            int part,
                            const FyMap *map,
                            gboolean normalize,
                            GError **error)
{
  FyVulkanFeatures *own = (FyVulkanFeatures *) self;
  gsize width = (gsize) map->width, cells = (gsize) map->height * width;
  int step = MIN (map->height, fy_window_max_rows ((FyVulkanDevice *) self->device, map, 0));

  fy_vulkan_lead_drop (own);
  if (fy_vulkan_features_spilled (self))
    return set_host (own, part, map, normalize, error);
  for (int y = 0; y < map->height; y += step)
    if (!record_cells (self, map, normalize, y, MIN (y + step, map->height), own->planes[part],
                       (gsize) y * width, cells, error))
      return FALSE;
  return TRUE;
}

/* --- Rows in host memory --- */

/* Rows of `size` bytes a channel into planes and back, four channels at a time. */
static void
rows_to_planes (const FyFeatures *self, int part, gsize size, const guint8 *rows, guint8 *planes)
{
  gsize cells = (gsize) self->height * (gsize) self->width;
  gsize channels = (gsize) self->channels[part];

  for (gsize cell = 0; cell < cells; cell++)
    for (gsize c = 0; c < channels; c += 4)
      {
        guint8 *to = planes + (c / 4 * cells + cell) * 4 * size;

        if (c + 4 > channels)
          memset (to, 0, 4 * size);
        memcpy (to, rows + (cell * channels + c) * size, MIN (4, channels - c) * size);
      }
}

static void
planes_to_rows (const FyFeatures *self, int part, gsize size, const guint8 *planes, guint8 *rows)
{
  gsize cells = (gsize) self->height * (gsize) self->width;
  gsize channels = (gsize) self->channels[part];

  for (gsize cell = 0; cell < cells; cell++)
    for (gsize c = 0; c < channels; c += 4)
      memcpy (rows + (cell * channels + c) * size, planes + (c / 4 * cells + cell) * 4 * size,
              MIN (4, channels - c) * size);
}

/* Rows in the form that is kept. */
static gboolean
write_rows (FyFeatures *self, int part, const void *rows, GError **error)
{
  FyVulkanFeatures *own = (FyVulkanFeatures *) self;
  gsize size = fy_vulkan_features_size (self, part);
  g_autofree guint8 *made = NULL;

  if (!fy_vulkan_device_check ((FyVulkanDevice *) self->device, error))
    return FALSE;
  fy_vulkan_lead_drop (own);
  if (fy_vulkan_features_spilled (self))
    {
      rows_to_planes (self, part, vec4_size (self) / 4, rows, own->host[part]);
      return TRUE;
    }
  made = g_malloc (size);
  rows_to_planes (self, part, vec4_size (self) / 4, rows, made);
  return fy_vulkan_buffer_upload (own->planes[part], 0, made, size, error);
}

static gboolean
read_rows (FyFeatures *self, int part, void *rows, GError **error)
{
  FyVulkanFeatures *own = (FyVulkanFeatures *) self;
  gsize size = fy_vulkan_features_size (self, part);
  g_autofree guint8 *copy = NULL;

  if (!fy_vulkan_device_check ((FyVulkanDevice *) self->device, error))
    return FALSE;
  if (fy_vulkan_features_spilled (self))
    {
      planes_to_rows (self, part, vec4_size (self) / 4, own->host[part], rows);
      return TRUE;
    }
  copy = g_malloc (size);
  if (!fy_vulkan_buffer_download (own->planes[part], 0, copy, size, error))
    return FALSE;
  planes_to_rows (self, part, vec4_size (self) / 4, copy, rows);
  return TRUE;
}

static gsize
count_values (const FyFeatures *self, int part)
{
  return (gsize) self->height * (gsize) self->width * (gsize) self->channels[part];
}

gboolean
fy_vulkan_features_write (FyFeatures *self, int part, const float *rows, GError **error)
{
  gsize n = count_values (self, part);
  g_autofree guint16 *rounded = NULL;

  if (self->format == FY_FEATURES_F32)
    return write_rows (self, part, rows, error);
  rounded = g_new (guint16, n);
  fy_f32_to_f16_all (rows, n, rounded);
  return write_rows (self, part, rounded, error);
}

gboolean
fy_vulkan_features_read (FyFeatures *self, int part, float *rows, GError **error)
{
  gsize n = count_values (self, part);
  g_autofree guint16 *kept = NULL;

  if (self->format == FY_FEATURES_F32)
    return read_rows (self, part, rows, error);
  kept = g_new (guint16, n);
  if (!read_rows (self, part, kept, error))
    return FALSE;
  fy_f16_to_f32_all (kept, n, rows);
  return TRUE;
}

gboolean
fy_vulkan_features_write_f16 (FyFeatures *self, int part, const guint16 *rows, GError **error)
{
  return write_rows (self, part, rows, error);
}

gboolean
fy_vulkan_features_read_f16 (FyFeatures *self, int part, guint16 *rows, GError **error)
{
  return read_rows (self, part, rows, error);
}
