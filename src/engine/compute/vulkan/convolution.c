/* SPDX-License-Identifier: MIT */
#include "compute/vulkan/operations.h"

#include "base/error.h"
#include "base/half.h"
#include "base/size.h"
#include "base/text.h"
#include "interface.h"

#include <math.h>
#include <string.h>

/* Outputs of a workgroup: see convolution.comp. */
#define GROUP_PIXELS 64
#define GROUP_VEC4S  16
#define MAX_GROUPS   65535

typedef struct
{
  FyConvolution parent;
  FyVulkanBuffer *weight; /* [tap][input channel][output channel]; owned */
  FyVulkanBuffer *bias;   /* [output channel] float32; owned             */
  FyShader shader;
  gboolean half; /* weights are float16, else float32           */
  guint32 n_in;  /* vec4s of input channels                     */
  guint32 n_out; /* vec4s of output channels, even              */
} FyVulkanConvolution;

static void
convolution_free (FyVulkanConvolution *self)
{
  fy_vulkan_buffer_free (self->weight);
  fy_vulkan_buffer_free (self->bias);
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
      float *packed)
{
  gsize n_in = (gsize) params->in_channels, n_out = (gsize) params->out_channels;
  gsize taps = (gsize) params->kernel * (gsize) params->kernel;
  gsize row = (gsize) self->n_out * 4, tap_size = (gsize) self->n_in * 4 * row;

  for (gsize o = 0; o < n_out; o++)
    for (gsize i = 0; i < n_in; i++)
      for (gsize tap = 0; tap < taps; tap++)
        packed[tap * tap_size + i * row + o] = weight[(o * n_in + i) * taps + tap];
}

/* Float16 multiplies as well as float32 unless a weight becomes infinite in it. */
static gboolean
fits_f16 (const FyConvolutionParams *params, const float *weight)
{
  gsize n = (gsize) params->out_channels * (gsize) params->in_channels *
            (gsize) (params->kernel * params->kernel);

  for (gsize i = 0; i < n; i++)
    if (!(fabsf (weight[i]) < 65520))
      return FALSE;
  return TRUE;
}

/* Fills the buffers: `n` weights, zeros included, and the bias. */
static gboolean
upload (const FyVulkanConvolution *self,
        const FyConvolutionParams *params,
        const float *weight,
        const float *bias,
        gsize n,
        GError **error)
{
  g_autofree float *packed = g_new0 (float, n);
  g_autofree guint16 *half = self->half ? g_new (guint16, n) : NULL;
  g_autofree float *padded = g_new0 (float, (gsize) self->n_out * 4);

  pack (self, params, weight, packed);
  if (self->half)
    fy_f32_to_f16_all (packed, n, half);
  if (bias != NULL)
    memcpy (padded, bias, (gsize) params->out_channels * sizeof (float));
  return fy_vulkan_buffer_upload (self->weight, 0, half != NULL ? (void *) half : packed,
                                  n * (self->half ? 2 : 4), error) &&
         fy_vulkan_buffer_upload (self->bias, 0, padded, self->bias->parent.size, error);
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
  gsize rows, size;

  self->n_in = ((guint32) params->in_channels + 3) / 4;
  self->n_out = ((guint32) params->out_channels + 7) / 8 * 2;
  self->half = params->fast && fits_f16 (params, weight);
  self->shader = self->half ? own->fast_convolution : FY_SHADER_CONVOLUTION;
  rows = (gsize) (params->kernel * params->kernel) * self->n_in * 4;
  if (!fy_size_mul3 (rows, self->n_out, 16, &size) || size > own->max_range)
    {
      g_set_error (error, FY_ERROR, FY_ERROR_UNSUPPORTED,
                   _ ("a convolution of %d to %d channels is too large for %s; use the CPU"),
                   params->in_channels, params->out_channels, device->name);
      return NULL;
    }
  self->weight = fy_vulkan_buffer_new (own, self->half ? size / 2 : size, error);
  self->bias = self->weight != NULL ? fy_vulkan_buffer_new (own, self->n_out * 16, error) : NULL;
  if (self->bias == NULL || !upload (self, params, weight, bias, size / 4, error))
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
                           { self->weight, 0, self->weight->parent.size, FY_USAGE_READ,
                             self->half },
                           { self->bias, 0, self->bias->parent.size, FY_USAGE_READ },
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
    self->shader,
    self->half ? FY_VARIANT_WEIGHT_F16 : 0,
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
