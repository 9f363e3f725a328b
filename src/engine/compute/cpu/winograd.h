/* SPDX-License-Identifier: MIT */
/* 3x3 convolutions at stride 1 with a quarter of the multiplications, in float32.
 *
 * Results differ from the direct sum by about 2e-6 of their size (the transforms' rounding). */
#pragma once

#include "compute/cpu/cpu.h"

G_BEGIN_DECLS

/* TRUE for a convolution this can do and is worth it for. */
gboolean fy_cpu_winograd_fits (const FyCpuKernels *kernels, const FyConvolutionParams *params);

/* Floats of packed weights. */
gsize fy_cpu_winograd_weights (const FyConvolutionParams *params);

/* With `pairs` in the order of those, but not rounded yet. */
void fy_cpu_winograd_pack (const FyCpuKernels *kernels,
                           const FyConvolutionParams *params,
                           gboolean pairs,
                           const float *weight,
                           float *packed);

/* Runs one, of pairs of bf16 or of floats, whose weights were packed here.  Returns: FALSE when there is no memory for scratch. */
gboolean fy_cpu_winograd_run (FyCpuDevice *device, const FyCpuConvolution *map, gboolean pairs);

G_END_DECLS
