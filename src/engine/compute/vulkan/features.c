/* SPDX-License-Identifier: MIT */
#include "compute/vulkan/features.h"

#include "base/error.h"
#include "base/half.h"
#include "base/size.h"
#include "compute/vulkan/operations.h"
#include "interface.h"

#include <string.h>

/* --- Life --- */

gsize
fy_vulkan_features_size (int height, int width, int channels)
{
  return (gsize) height * (gsize) width * (((gsize) channels + 3) / 4) * 16;
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
  g_free (own);
}

/* Allocates on the device.  A quarter of its memory is left for maps, weights and the lists of a
 * search, and no less than a search of frames in host memory needs. */
static gboolean
allocate_planes (FyVulkanFeatures *self, FyVulkanDevice *device, const gsize *size, int n_parts)
{
  gsize all = size[0] + size[1];
  gsize left = MAX (fy_memory_budget (device->memory) / 4, 3 * all);

  if (all + left > fy_memory_available (device->memory))
    return FALSE;
  for (int part = 0; part < n_parts; part++)
    {
      self->planes[part] = fy_vulkan_buffer_new (device, size[part], NULL);
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
  gsize size[FY_FEATURES_MAX_PARTS] = { 0 };

  for (int part = 0; part < n_parts; part++)
    {
      size[part] = fy_vulkan_features_size (height, width, channels[part]);
      if (size[part] > own->max_range)
        {
          g_set_error (error, FY_ERROR, FY_ERROR_GPU_MEMORY,
                       "features of %dx%d cells and %d channels are too large for %s, which reads "
                       "%" G_GSIZE_FORMAT " MiB at once; use smaller frames or --device cpu",
                       width, height, channels[part], device->name, own->max_range >> 20);
          return NULL;
        }
    }
  self = g_new0 (FyVulkanFeatures, 1);
  if (!allocate_planes (self, own, size, n_parts))
    for (int part = 0; part < n_parts; part++)
      self->host[part] = g_malloc (size[part]);
  return &self->parent;
}

/* --- Maps into planes --- */

/* Rows [y0, y1) of the map into planes `pitch` cells apart, from cell `at` of each on. */
static gboolean
record_cells (FyVulkanDevice *device,
              const FyMap *map,
              gboolean normalize,
              int y0,
              int y1,
              FyVulkanBuffer *planes,
              gsize at,
              gsize pitch,
              GError **error)
{
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
    FY_SHADER_FEATURES, 0, bindings, &push, { 0 }, FY_WORK_OF_BYTES (cells * window.pixel * 48)
  };

  fy_linear_groups (cells, dispatch.groups);
  return fy_commands_dispatch (device->commands, &dispatch, error);
}

/* The map's rows by way of a strip of device memory, as large as there is room for. */
static gboolean
set_host (FyVulkanFeatures *self,
          FyVulkanDevice *device,
          int part,
          const FyMap *map,
          gboolean normalize,
          GError **error)
{
  gsize width = (gsize) map->width, cells = (gsize) map->height * width;
  gsize n_planes = (gsize) map->channels / 4;
  int step = MIN (map->height, fy_window_max_rows (device, map, 0));
  g_autoptr (FyVulkanBuffer) strip = NULL;
  g_autofree guint8 *made = NULL;

  while ((strip = fy_vulkan_buffer_new (device, (gsize) step * width * n_planes * 16,
                                        step == 1 ? error : NULL)) == NULL)
    {
      if (step == 1)
        return FALSE;
      step = (step + 1) / 2;
    }
  made = g_malloc ((gsize) step * width * n_planes * 16);
  for (int y = 0; y < map->height; y += step)
    {
      int end = MIN (y + step, map->height);
      gsize n = (gsize) (end - y) * width;

      if (!record_cells (device, map, normalize, y, end, strip, 0, n, error) ||
          !fy_vulkan_buffer_download (strip, 0, made, n_planes * n * 16, error))
        return FALSE;
      for (gsize plane = 0; plane < n_planes; plane++)
        memcpy (self->host[part] + (plane * cells + (gsize) y * width) * 4, made + plane * n * 16,
                n * 16);
    }
  return TRUE;
}

/* By way of the host. */
static gboolean
round_part (FyFeatures *self, int part, GError **error)
{
  gsize n = (gsize) self->height * (gsize) self->width * (gsize) self->channels[part];
  g_autofree float *rows = g_new (float, n);

  return fy_vulkan_features_read (self, part, rows, error) &&
         fy_vulkan_features_write (self, part, rows, error);
}

gboolean
fy_vulkan_features_set_map (FyFeatures *self,
                            int part,
                            const FyMap *map,
                            gboolean normalize,
                            GError **error)
{
  FyVulkanFeatures *own = (FyVulkanFeatures *) self;
  FyVulkanDevice *device = (FyVulkanDevice *) self->device;
  gsize width = (gsize) map->width, cells = (gsize) map->height * width;
  int step = MIN (map->height, fy_window_max_rows (device, map, 0));

  if (own->planes[part] == NULL)
    return set_host (own, device, part, map, normalize, error) &&
           (self->format != FY_FEATURES_F16 || round_part (self, part, error));
  for (int y = 0; y < map->height; y += step)
    if (!record_cells (device, map, normalize, y, MIN (y + step, map->height), own->planes[part],
                       (gsize) y * width, cells, error))
      return FALSE;
  return self->format != FY_FEATURES_F16 || round_part (self, part, error);
}

/* --- Rows in host memory --- */

gboolean
fy_vulkan_features_write (FyFeatures *self, int part, const float *rows, GError **error)
{
  FyVulkanFeatures *own = (FyVulkanFeatures *) self;
  gsize cells = (gsize) self->height * (gsize) self->width;
  gsize channels = (gsize) self->channels[part], padded = (channels + 3) / 4 * 4;
  g_autofree float *made = own->host[part] == NULL ? g_new (float, cells *padded) : NULL;
  float *planes = made != NULL ? made : own->host[part];

  for (gsize cell = 0; cell < cells; cell++)
    for (gsize c = 0; c < padded; c++)
      planes[(c / 4 * cells + cell) * 4 + c % 4] = c < channels ? rows[cell * channels + c] : 0;
  if (self->format == FY_FEATURES_F16)
    fy_round_to_f16_all (planes, cells * padded);
  return made == NULL || fy_vulkan_buffer_upload (own->planes[part], 0, made,
                                                  cells * padded * sizeof (float), error);
}

gboolean
fy_vulkan_features_read (FyFeatures *self, int part, float *rows, GError **error)
{
  FyVulkanFeatures *own = (FyVulkanFeatures *) self;
  gsize cells = (gsize) self->height * (gsize) self->width;
  gsize channels = (gsize) self->channels[part], padded = (channels + 3) / 4 * 4;
  g_autofree float *copy = own->host[part] == NULL ? g_new (float, cells *padded) : NULL;
  const float *planes = copy != NULL ? copy : own->host[part];

  if (copy != NULL && !fy_vulkan_buffer_download (own->planes[part], 0, copy,
                                                  cells * padded * sizeof (float), error))
    return FALSE;
  for (gsize cell = 0; cell < cells; cell++)
    for (gsize c = 0; c < channels; c++)
      rows[cell * channels + c] = planes[(c / 4 * cells + cell) * 4 + c % 4];
  return TRUE;
}
