/* SPDX-License-Identifier: MIT */
/* Checks arguments against the contract once, then calls the back-end. */
#include "compute/device.h"

#include "base/error.h"
#include "base/text.h"
#include "compute/backend.h"

#include <string.h>

/* --- Devices --- */

FyDevice *
fy_device_new (const char *name, GError **error)
{
  const char *digits;
  guint64 number;

  if (name == NULL)
    {
      g_autoptr (GError) why = NULL;
      FyDevice *gpu = fy_vulkan_device_new (-1, FALSE, &why);

      if (gpu != NULL)
        return gpu;
      if (!g_error_matches (why, FY_ERROR, FY_ERROR_UNSUPPORTED))
        return fy_cpu_device_new (error);
      g_propagate_error (error, g_steal_pointer (&why));
      return NULL;
    }
  if (strcmp (name, "cpu") == 0)
    return fy_cpu_device_new (error);
  if (strcmp (name, "vulkan") == 0)
    return fy_vulkan_device_new (-1, TRUE, error);
  digits = g_str_has_prefix (name, "vulkan:") ? name + strlen ("vulkan:") : "";
  if (g_ascii_string_to_unsigned (digits, 10, 0, 1000, &number, NULL))
    return fy_vulkan_device_new ((int) number, TRUE, error);

  g_set_error (error, FY_ERROR, FY_ERROR_NO_DEVICE,
               _ ("no device is called \"%s\"; use cpu, vulkan or vulkan:N"), name);
  return NULL;
}

void
fy_device_free (FyDevice *self)
{
  if (self == NULL)
    return;
  g_free (self->title);
  self->backend->free (self);
}

const char *
fy_device_name (FyDevice *self)
{
  return self->name;
}

const char *
fy_device_title (FyDevice *self)
{
  return self->title != NULL ? self->title : self->name;
}

const char *
fy_device_kind (FyDevice *self)
{
  return self->backend->kind;
}

int
fy_device_channel_multiple (FyDevice *self)
{
  return self->backend->channel_multiple;
}

char **
fy_device_list (void)
{
  g_autoptr (GPtrArray) lines = g_ptr_array_new ();
  g_autoptr (FyDevice) cpu = fy_cpu_device_new (NULL);

  g_ptr_array_add (lines, g_strdup_printf ("cpu       %s", fy_device_title (cpu)));
  fy_vulkan_device_list (lines);
  g_ptr_array_add (lines, NULL);
  return (char **) g_ptr_array_free (g_steal_pointer (&lines), FALSE);
}

const char *
fy_device_line_split (const char *line, char **name)
{
  gsize length = strcspn (line, " ");

  *name = g_strndup (line, length);
  return line + length + strspn (line + length, " ");
}

/* --- Memory --- */

FyBuffer *
fy_buffer_new (FyDevice *device, gsize size, GError **error)
{
  FyBuffer *self;

  g_return_val_if_fail (size > 0, NULL);
  self = device->backend->buffer_new (device, size, error);
  if (self == NULL)
    return NULL;
  self->device = device;
  self->size = size;
  return self;
}

void
fy_buffer_free (FyBuffer *self)
{
  if (self != NULL)
    self->device->backend->buffer_free (self);
}

static gboolean
inside (const FyBuffer *self, gsize offset, gsize size)
{
  return offset <= self->size && size <= self->size - offset;
}

gboolean
fy_buffer_upload (FyBuffer *self, gsize offset, const void *data, gsize size, GError **error)
{
  g_return_val_if_fail (inside (self, offset, size), FALSE);
  return self->device->backend->buffer_upload (self, offset, data, size, error);
}

gboolean
fy_buffer_download (FyBuffer *self, gsize offset, void *data, gsize size, GError **error)
{
  g_return_val_if_fail (inside (self, offset, size), FALSE);
  return self->device->backend->buffer_download (self, offset, data, size, error);
}

gsize
fy_map_size (const FyMap *map)
{
  gsize height = (gsize) (map->height + 2 * map->halo),
        width = (gsize) (map->width + 2 * map->halo);

  return height * width * (gsize) map->channels * sizeof (float);
}

static gboolean
map_is_valid (FyDevice *device, const FyMap *map)
{
  return map->height > 0 && map->width > 0 && map->channels > 0 && map->halo >= 0 &&
         map->offset % FY_MAP_ALIGN == 0 && map->buffer->device == device &&
         map->channels % device->backend->channel_multiple == 0 &&
         inside (map->buffer, map->offset, fy_map_size (map));
}

/* --- Operations of a network --- */

gboolean
fy_device_load_picture (FyDevice *self,
                        const guint8 *rgb,
                        const float mean[3],
                        const float std[3],
                        const FyMap *destination,
                        GError **error)
{
  g_return_val_if_fail (map_is_valid (self, destination) && destination->channels >= 3, FALSE);
  return self->backend->load_picture (self, rgb, mean, std, destination, error);
}

gboolean
fy_device_pad (FyDevice *self, const FyMap *map, FyPadding padding, GError **error)
{
  g_return_val_if_fail (map_is_valid (self, map), FALSE);
  g_return_val_if_fail (
      padding == FY_PADDING_ZERO || (map->halo < map->height && map->halo < map->width), FALSE);
  if (map->halo == 0)
    return TRUE;
  return self->backend->pad (self, map, padding, error);
}

FyConvolution *
fy_convolution_new (FyDevice *device,
                    const FyConvolutionParams *params,
                    const float *weight,
                    const float *bias,
                    GError **error)
{
  FyConvolution *self;

  g_return_val_if_fail (params->in_channels > 0 && params->out_channels > 0, NULL);
  g_return_val_if_fail (params->kernel == 1 || params->kernel == 3 || params->kernel == 7, NULL);
  g_return_val_if_fail (params->stride == 1 || params->stride == 2, NULL);
  self = device->backend->convolution_new (device, params, weight, bias, error);
  if (self == NULL)
    return NULL;
  self->device = device;
  self->params = *params;
  return self;
}

void
fy_convolution_free (FyConvolution *self)
{
  if (self != NULL)
    self->device->backend->convolution_free (self);
}

static gboolean
is_strided_size (const FyMap *source, const FyMap *destination, int stride)
{
  return destination->height == (source->height + stride - 1) / stride &&
         destination->width == (source->width + stride - 1) / stride;
}

gboolean
fy_convolution_run (FyConvolution *self,
                    const FyMap *source,
                    const FyMap *residual,
                    const FyMap *destination,
                    GError **error)
{
  const FyConvolutionParams *params = &self->params;

  g_return_val_if_fail (map_is_valid (self->device, source), FALSE);
  g_return_val_if_fail (map_is_valid (self->device, destination), FALSE);
  g_return_val_if_fail (source->halo >= params->kernel / 2, FALSE);
  g_return_val_if_fail (source->channels >= params->in_channels, FALSE);
  g_return_val_if_fail (destination->channels >= params->out_channels, FALSE);
  g_return_val_if_fail (is_strided_size (source, destination, params->stride), FALSE);
  g_return_val_if_fail (residual == NULL || (map_is_valid (self->device, residual) &&
                                             residual->height == destination->height &&
                                             residual->width == destination->width &&
                                             residual->channels == destination->channels),
                        FALSE);
  return self->device->backend->convolution_run (self, source, residual, destination, error);
}

gboolean
fy_device_max_pool (FyDevice *self, const FyMap *source, const FyMap *destination, GError **error)
{
  g_return_val_if_fail (map_is_valid (self, source) && map_is_valid (self, destination), FALSE);
  g_return_val_if_fail (source->halo >= 1 && source->channels == destination->channels, FALSE);
  g_return_val_if_fail (is_strided_size (source, destination, 2), FALSE);
  return self->backend->max_pool (self, source, destination, error);
}

/* --- Features of a frame --- */

FyFeatures *
fy_features_new (FyDevice *device,
                 int height,
                 int width,
                 int n_parts,
                 const int *channels,
                 FyFeaturesFormat format,
                 GError **error)
{
  FyFeatures *self;

  g_return_val_if_fail (height > 0 && width > 0, NULL);
  g_return_val_if_fail (n_parts >= 1 && n_parts <= FY_FEATURES_MAX_PARTS, NULL);
  self = device->backend->features_new (device, height, width, n_parts, channels, format, error);
  if (self == NULL)
    return NULL;
  g_atomic_ref_count_init (&self->refs);
  self->device = device;
  self->height = height;
  self->width = width;
  self->n_parts = n_parts;
  self->format = format;
  for (int part = 0; part < n_parts; part++)
    self->channels[part] = channels[part];
  return self;
}

FyFeatures *
fy_features_ref (FyFeatures *self)
{
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

void
fy_features_unref (FyFeatures *self)
{
  if (self != NULL && g_atomic_ref_count_dec (&self->refs))
    self->device->backend->features_free (self);
}

int
fy_features_height (FyFeatures *self)
{
  return self->height;
}

int
fy_features_width (FyFeatures *self)
{
  return self->width;
}

int
fy_features_n_parts (FyFeatures *self)
{
  return self->n_parts;
}

int
fy_features_channels (FyFeatures *self, int part)
{
  return self->channels[part];
}

gboolean
fy_features_set_map (FyFeatures *self,
                     int part,
                     const FyMap *map,
                     gboolean normalize,
                     GError **error)
{
  g_return_val_if_fail (part >= 0 && part < self->n_parts, FALSE);
  g_return_val_if_fail (map_is_valid (self->device, map), FALSE);
  g_return_val_if_fail (map->height == self->height && map->width == self->width, FALSE);
  g_return_val_if_fail (map->channels == self->channels[part], FALSE);
  return self->device->backend->features_set_map (self, part, map, normalize, error);
}

gboolean
fy_features_write (FyFeatures *self, int part, const float *rows, GError **error)
{
  g_return_val_if_fail (part >= 0 && part < self->n_parts, FALSE);
  return self->device->backend->features_write (self, part, rows, error);
}

gboolean
fy_features_read (FyFeatures *self, int part, float *rows, GError **error)
{
  g_return_val_if_fail (part >= 0 && part < self->n_parts, FALSE);
  return self->device->backend->features_read (self, part, rows, error);
}

gboolean
fy_features_write_f16 (FyFeatures *self, int part, const guint16 *rows, GError **error)
{
  g_return_val_if_fail (part >= 0 && part < self->n_parts, FALSE);
  g_return_val_if_fail (self->format == FY_FEATURES_F16, FALSE);
  return self->device->backend->features_write_f16 (self, part, rows, error);
}

gboolean
fy_features_read_f16 (FyFeatures *self, int part, guint16 *rows, GError **error)
{
  g_return_val_if_fail (part >= 0 && part < self->n_parts, FALSE);
  g_return_val_if_fail (self->format == FY_FEATURES_F16, FALSE);
  return self->device->backend->features_read_f16 (self, part, rows, error);
}

/* --- Neighbour search --- */

FySearch *
fy_search_new (FyDevice *device, const FySearchParams *params, GError **error)
{
  FySearch *self;

  g_return_val_if_fail (params->k >= 1 && params->k <= FY_SEARCH_MAX_K, NULL);
  g_return_val_if_fail (params->radius >= 0, NULL);
  g_return_val_if_fail (params->n_parts >= 1 && params->n_parts <= FY_FEATURES_MAX_PARTS, NULL);
  self = device->backend->search_new (device, params, error);
  if (self == NULL)
    return NULL;
  self->device = device;
  self->params = *params;
  return self;
}

void
fy_search_free (FySearch *self)
{
  if (self != NULL)
    self->device->backend->search_free (self);
}

static gboolean
same_form (const FySearch *self, const FyFeatures *a, const FyFeatures *b)
{
  if (a->device != self->device || a->n_parts != self->params.n_parts || a->n_parts != b->n_parts ||
      a->height != b->height || a->width != b->width)
    return FALSE;
  for (int part = 0; part < a->n_parts; part++)
    if (a->channels[part] != b->channels[part])
      return FALSE;
  return TRUE;
}

gboolean
fy_search_run (FySearch *self,
               FyFeatures *target,
               FyFeatures *const *context,
               int n_context,
               guint32 *position,
               float *score,
               GCancellable *cancellable,
               GError **error)
{
  gsize cells = (gsize) target->height * (gsize) target->width;

  g_return_val_if_fail (n_context >= 0 && cells * (gsize) n_context < FY_SEARCH_NONE, FALSE);
  for (int slot = 0; slot < n_context; slot++)
    g_return_val_if_fail (same_form (self, context[slot], target), FALSE);
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;
  return self->device->backend->search_run (self, target, context, n_context, position, score,
                                            cancellable, error);
}

gboolean
fy_search_run_some (FySearch *self,
                    FyFeatures *target,
                    FyFeatures *const *context,
                    int n_context,
                    const guint8 *wanted,
                    guint32 *position,
                    float *score,
                    GCancellable *cancellable,
                    GError **error)
{
  gboolean ok;

  self->wanted = wanted;
  ok = fy_search_run (self, target, context, n_context, position, score, cancellable, error);
  self->wanted = NULL;
  return ok;
}

gboolean
fy_search_parts (FySearch *self,
                 FyFeatures *target,
                 FyFeatures *const *context,
                 int n_context,
                 const guint32 *position,
                 float *const *similarity,
                 GError **error)
{
  for (int slot = 0; slot < n_context; slot++)
    g_return_val_if_fail (same_form (self, context[slot], target), FALSE);
  return self->device->backend->search_parts (self, target, context, n_context, position,
                                              similarity, error);
}
