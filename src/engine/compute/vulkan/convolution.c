/* SPDX-License-Identifier: MIT */
#include "compute/vulkan/operations.h"

#include "base/error.h"
#include "base/size.h"
#include "interface.h"

#include <string.h>

/* Outputs of a workgroup: see convolution.comp. */
#define GROUP_PIXELS 64
#define GROUP_VEC4S  16
#define MAX_GROUPS   65535

typedef struct
{
  FyConvolution parent;
  FyVulkanBuffer *weight; /* [tap][input channel][output channel], then the bias; owned */
  guint32 n_in;           /* vec4s of input channels                                    */
  guint32 n_out;          /* vec4s of output channels, even                             */
} FyVulkanConvolution;

static void
convolution_free (FyVulkanConvolution *self)
{
  fy_vulkan_buffer_free (self->weight);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FyVulkanConvolution, convolution_free)

void
fy_vulkan_convolution_free (FyConvolution *self)
{
  convolution_free ((FyVulkanConvolution *) self);
}

/* Reorders [out][in][tap] to [tap][in][out], zeros where there is no channel. */
static void
pack (const FyVulkanConvolution *self,
      const FyConvolutionParams *params,
      const float *weight,
      const float *bias,
      float *packed)
{
  gsize n_in = (gsize) params->in_channels, n_out = (gsize) params->out_channels;
  gsize taps = (gsize) params->kernel * (gsize) params->kernel;
  gsize row = (gsize) self->n_out * 4, tap_size = (gsize) self->n_in * 4 * row;

  for (gsize o = 0; o < n_out; o++)
    for (gsize i = 0; i < n_in; i++)
      for (gsize tap = 0; tap < taps; tap++)
        packed[tap * tap_size + i * row + o] = weight[(o * n_in + i) * taps + tap];
  if (bias != NULL)
    memcpy (packed + taps * tap_size, bias, n_out * sizeof (float));
}

FyConvolution *
fy_vulkan_convolution_new (FyDevice *device,
                           const FyConvolutionParams *params,
                           const float *weight,
                           const float *bias,
                           GError **error)
{
  FyVulkanDevice *own = (FyVulkanDevice *) device;
  g_autoptr (FyVulkanConvolution) self = g_new0 (FyVulkanConvolution, 1);
  g_autofree float *packed = NULL;
  gsize rows, size;

  self->n_in = ((guint32) params->in_channels + 3) / 4;
  self->n_out = ((guint32) params->out_channels + 7) / 8 * 2;
  rows = (gsize) (params->kernel * params->kernel) * self->n_in * 4 + 1;
  if (!fy_size_mul3 (rows, self->n_out, 16, &size) || size > own->max_range)
    {
      g_set_error (error, FY_ERROR, FY_ERROR_UNSUPPORTED,
                   "a convolution of %d to %d channels is too large for %s; use --device cpu",
                   params->in_channels, params->out_channels, device->name);
      return NULL;
    }
  self->weight = fy_vulkan_buffer_new (own, size, error);
  if (self->weight == NULL)
    return NULL;
  packed = g_malloc0 (size);
  pack (self, params, weight, bias, packed);
  if (!fy_vulkan_buffer_upload (self->weight, 0, packed, size, error))
    return NULL;
  return &g_steal_pointer (&self)->parent;
}

/* Makes output rows [y, end). */
static gboolean
run_rows (FyVulkanConvolution *self,
          const FyMap *source,
          const FyMap *residual,
          const FyMap *destination,
          int y,
          int end,
          GError **error)
{
  FyVulkanDevice *device = (FyVulkanDevice *) self->parent.device;
  const FyConvolutionParams *params = &self->parent.params;
  int stride = params->stride, reach = params->kernel / 2;
  FyWindow in =
      fy_window (device, source, y * stride - reach, (end - 1) * stride + reach + 1, FY_USAGE_READ);
  FyWindow more = fy_window (device, residual != NULL ? residual : destination, y, end,
                             residual != NULL ? FY_USAGE_READ : 0);
  FyWindow out = fy_window (device, destination, y, end, FY_USAGE_WRITE);
  FyBinding bindings[] = { in.binding,
                           { self->weight, 0, self->weight->parent.size, FY_USAGE_READ },
                           more.binding,
                           out.binding };
  FyConvolutionPush push = {
    .first = (guint32) (y * destination->width),
    .end = (guint32) (end * destination->width),
    .width = (guint32) destination->width,
    .n_in = self->n_in,
    .n_out = self->n_out,
    .kernel = (guint32) params->kernel,
    .stride = (guint32) stride,
    .flags = (params->relu ? FY_FLAG_RELU : 0) | (residual != NULL ? FY_FLAG_RESIDUAL : 0),
    .source_base = in.base - (guint32) reach * (in.row + in.pixel),
    .source_row = in.row,
    .source_pixel = in.pixel,
    .residual_base = more.base,
    .residual_row = more.row,
    .residual_pixel = more.pixel,
    .destination_base = out.base,
    .destination_row = out.row,
    .destination_pixel = out.pixel,
  };
  guint32 pixels = push.end - push.first;
  FyDispatch dispatch = {
    FY_SHADER_CONVOLUTION,
    0,
    bindings,
    &push,
    { (self->n_out + GROUP_VEC4S - 1) / GROUP_VEC4S, (pixels + GROUP_PIXELS - 1) / GROUP_PIXELS,
      1 },
    32.0 * pixels * self->n_in * self->n_out * params->kernel * params->kernel,
  };

  return fy_commands_dispatch (device->commands, &dispatch, error);
}

gboolean
fy_vulkan_convolution_run (FyConvolution *self,
                           const FyMap *source,
                           const FyMap *residual,
                           const FyMap *destination,
                           GError **error)
{
  FyVulkanConvolution *own = (FyVulkanConvolution *) self;
  FyVulkanDevice *device = (FyVulkanDevice *) self->device;
  const FyConvolutionParams *params = &self->params;
  double work_per_row =
      32.0 * destination->width * own->n_in * own->n_out * params->kernel * params->kernel;
  int step = fy_window_max_rows (device, destination, 0);

  if (residual != NULL)
    step = MIN (step, fy_window_max_rows (device, residual, 0));
  step = MIN (step, fy_window_max_rows (device, source, params->kernel) / params->stride);
  step = MIN (step, MAX_GROUPS * GROUP_PIXELS / destination->width);
  step = fy_rows_of_step (device, work_per_row, CLAMP (step, 1, destination->height));
  for (int y = 0; y < destination->height; y += step)
    if (!run_rows (own, source, residual, destination, y, MIN (y + step, destination->height),
                   error))
      return FALSE;
  return TRUE;
}
