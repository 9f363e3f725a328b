/* SPDX-License-Identifier: MIT */
/* Names of the kernels of the instruction set this file is built for (-DFY_ISA=name). */
#pragma once

#include "compute/cpu/kernels.h"
#include "compute/cpu/simd.h"

#define FY_JOIN_(a, b)  fy_cpu_##a##_##b
#define FY_JOIN(a, b)   FY_JOIN_ (a, b)
#define FY_KERNEL(name) FY_JOIN (name, FY_ISA)

/* Of a search's short vectors: where two products cost as much as one, twice as many are worth it. */
#define FY_SHORT_LENGTH (FY_PAIRS ? FY_INDEX_SHORT : FY_INDEX_SHORT / 2)

void FY_KERNEL (convolve) (const FyCpuConvolution *job, int block, int y0, int y1);
#if defined(__AVX512BF16__)
void FY_KERNEL (convolve_pairs) (const FyCpuConvolution *job, int block, int y0, int y1);
void FY_KERNEL (round_pairs) (const float *in, guint16 *out, gsize n);
#endif
void FY_KERNEL (
    max_pool) (const float *source, gsize source_row, float *destination, int width, int channels);
void FY_KERNEL (winograd_in) (const FyCpuWinograd *job, int tile_y, int tile_x, float *to);
void FY_KERNEL (
    winograd_out) (const FyCpuWinograd *job, int block, int tile_y, int tile_x, const float *from);
void FY_KERNEL (unit_row) (const float *in, float *out, int n, gboolean normalize);
void FY_KERNEL (search_band) (const FyCpuSearch *job, int y0);
float FY_KERNEL (similarity) (const FyCpuSearch *job,
                              const FyCpuFrame *context,
                              gsize target,
                              gsize cell);
