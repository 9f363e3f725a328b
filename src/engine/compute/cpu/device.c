/* SPDX-License-Identifier: MIT */
/* The CPU as a device: memory, the small operations, the table. */
#include "base/error.h"
#include "base/parallel.h"
#include "base/text.h"
#include "compute/cpu/cpu.h"

#include <stdlib.h>
#include <string.h>

#define ALIGNMENT 64

/* Not aligned_alloc: glibc's leaves holes that it never uses again. */
float *
fy_cpu_alloc (gsize floats)
{
  gsize bytes;
  guint8 *memory;
  gpointer *aligned;

  if (!g_size_checked_mul (&bytes, floats, sizeof (float)) ||
      !g_size_checked_add (&bytes, bytes, ALIGNMENT + sizeof (gpointer)))
    return NULL;
  memory = malloc (bytes);
  if (memory == NULL)
    return NULL;
  aligned = (gpointer *) (((guintptr) memory + sizeof (gpointer) + ALIGNMENT - 1) &
                          ~(guintptr) (ALIGNMENT - 1));
  aligned[-1] = memory;
  return (float *) aligned;
}

void
fy_cpu_free (gpointer memory)
{
  if (memory != NULL)
    free (((gpointer *) memory)[-1]);
}

float *
fy_cpu_map_data (const FyMap *map)
{
  const FyCpuBuffer *buffer = (const FyCpuBuffer *) map->buffer;

  return buffer->data + map->offset / sizeof (float) + (gsize) map->halo * fy_cpu_map_row (map) +
         (gsize) (map->halo * map->channels);
}

gsize
fy_cpu_map_row (const FyMap *map)
{
  return (gsize) (map->width + 2 * map->halo) * (gsize) map->channels;
}

/* --- Device --- */

gboolean
fy_cpu_reserve_scratch (FyCpuDevice *device, gsize floats)
{
  gboolean ok = TRUE;

  if (floats <= device->scratch_floats)
    return TRUE;
  for (int i = 0; i < fy_parallel_workers (); i++)
    {
      fy_cpu_free (device->scratch[i]);
      device->scratch[i] = fy_cpu_alloc (floats);
      ok = ok && device->scratch[i] != NULL;
    }
  device->scratch_floats = ok ? floats : 0;
  return ok;
}

static void
device_free (FyDevice *device)
{
  FyCpuDevice *self = (FyCpuDevice *) device;

  for (int i = 0; i < fy_parallel_workers (); i++)
    fy_cpu_free (self->scratch[i]);
  g_free (self->scratch);
  g_free (device->name);
  g_free (device);
}

static FyBuffer *
buffer_new (FyDevice *device, gsize size, GError **error)
{
  float *data = fy_cpu_alloc (size / sizeof (float) + 1);
  FyCpuBuffer *buffer;

  if (data == NULL)
    {
      g_set_error (error, FY_ERROR, FY_ERROR_FAILED,
                   _ ("out of memory: %.1f MiB are needed at once; use a smaller short side"),
                   (double) size / (1 << 20));
      return NULL;
    }
  buffer = g_new0 (FyCpuBuffer, 1);
  buffer->data = data;
  return &buffer->parent;
}

static void
buffer_free (FyBuffer *buffer)
{
  fy_cpu_free (((FyCpuBuffer *) buffer)->data);
  g_free (buffer);
}

static gboolean
buffer_upload (FyBuffer *buffer, gsize offset, const void *data, gsize size, GError **error)
{
  memcpy ((char *) ((FyCpuBuffer *) buffer)->data + offset, data, size);
  return TRUE;
}

static gboolean
buffer_download (FyBuffer *buffer, gsize offset, void *data, gsize size, GError **error)
{
  memcpy (data, (const char *) ((FyCpuBuffer *) buffer)->data + offset, size);
  return TRUE;
}

/* --- The small operations --- */

typedef struct
{
  const guint8 *rgb;
  const FyMap *map;
  float value[3][256]; /* what each sample becomes */
} Picture;

static void
load_row (int y, int worker, gpointer data)
{
  const Picture *picture = data;
  const FyMap *map = picture->map;
  const guint8 *from = picture->rgb + (gsize) y * (gsize) map->width * 3;
  float *to = fy_cpu_map_data (map) + (gsize) y * fy_cpu_map_row (map);

  for (int x = 0; x < map->width; x++, from += 3, to += map->channels)
    {
      for (int c = 0; c < 3; c++)
        to[c] = picture->value[c][from[c]];
      for (int c = 3; c < map->channels; c++)
        to[c] = 0.0f;
    }
}

static gboolean
load_picture (FyDevice *device,
              const guint8 *rgb,
              const float mean[3],
              const float std[3],
              const FyMap *destination,
              GError **error)
{
  Picture picture = { .rgb = rgb, .map = destination };

  for (int c = 0; c < 3; c++)
    for (int sample = 0; sample < 256; sample++)
      {
        float unit = (float) sample / 255.0f;
        float centred = unit - mean[c];

        picture.value[c][sample] = centred / std[c];
      }
  fy_parallel_for (destination->height, load_row, &picture);
  return TRUE;
}

/* The coordinate in [0, n) that stands at `at`, at most n - 1 outside: mirrored about the edge. */
static int
mirrored (int at, int n)
{
  return at < 0 ? -at : at >= n ? 2 * (n - 1) - at : at;
}

static gboolean
pad (FyDevice *device, const FyMap *map, FyPadding padding, GError **error)
{
  float *origin = fy_cpu_map_data (map);
  gsize row = fy_cpu_map_row (map), pixel = (gsize) map->channels;
  gsize bytes = pixel * sizeof (float);

  for (int y = -map->halo; y < map->height + map->halo; y++)
    for (int x = -map->halo; x < map->width + map->halo; x++)
      {
        float *to;

        if (y >= 0 && y < map->height && x == 0)
          x = map->width; /* past the inside */
        to = origin + (gssize) row * y + (gssize) pixel * x;
        if (padding == FY_PADDING_ZERO)
          memset (to, 0, bytes);
        else
          memcpy (to,
                  origin + row * (gsize) mirrored (y, map->height) +
                      pixel * (gsize) mirrored (x, map->width),
                  bytes);
      }
  return TRUE;
}

typedef struct
{
  const FyCpuKernels *kernels;
  const FyMap *source;
  const FyMap *destination;
} Pool;

static void
pool_row (int y, int worker, gpointer data)
{
  const Pool *pool = data;
  gsize row = fy_cpu_map_row (pool->source);
  const float *from =
      fy_cpu_map_data (pool->source) + (gssize) row * (2 * y - 1) - pool->source->channels;

  pool->kernels->max_pool (from, row,
                           fy_cpu_map_data (pool->destination) +
                               (gsize) y * fy_cpu_map_row (pool->destination),
                           pool->destination->width, pool->destination->channels);
}

static gboolean
max_pool (FyDevice *device, const FyMap *source, const FyMap *destination, GError **error)
{
  Pool pool = { ((FyCpuDevice *) device)->kernels, source, destination };

  fy_parallel_for (destination->height, pool_row, &pool);
  return TRUE;
}

static const FyBackend backend = {
  .kind = "cpu",
  .channel_multiple = 1,
  .free = device_free,
  .buffer_new = buffer_new,
  .buffer_free = buffer_free,
  .buffer_upload = buffer_upload,
  .buffer_download = buffer_download,
  .load_picture = load_picture,
  .pad = pad,
  .max_pool = max_pool,
  .convolution_new = fy_cpu_convolution_new,
  .convolution_free = fy_cpu_convolution_free,
  .convolution_run = fy_cpu_convolution_run,
  .features_new = fy_cpu_features_new,
  .features_free = fy_cpu_features_free,
  .features_set_map = fy_cpu_features_set_map,
  .features_write = fy_cpu_features_write,
  .features_read = fy_cpu_features_read,
  .features_write_f16 = fy_cpu_features_write_f16,
  .features_read_f16 = fy_cpu_features_read_f16,
  .search_new = fy_cpu_search_new,
  .search_free = fy_cpu_search_free,
  .search_run = fy_cpu_search_run,
  .search_parts = fy_cpu_search_parts,
};

FyDevice *
fy_cpu_device_new (GError **error)
{
  FyCpuDevice *self = g_new0 (FyCpuDevice, 1);
  int threads = fy_parallel_workers ();

  self->kernels = fy_cpu_kernels ();
  self->scratch = g_new0 (float *, (gsize) threads);
  self->parent.backend = &backend;
  self->parent.name = g_strdup_printf ("CPU, %s, %d thread%s", self->kernels->name, threads,
                                       threads == 1 ? "" : "s");
  self->parent.title = g_strdup_printf (
      g_dngettext (GETTEXT_PACKAGE, "CPU, %s, %d thread", "CPU, %s, %d threads", (gulong) threads),
      self->kernels->name, threads);
  return &self->parent;
}
