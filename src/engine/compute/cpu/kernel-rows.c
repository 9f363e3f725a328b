/* SPDX-License-Identifier: MIT */
/* The short loops, and the table of this instruction set. */
#include "compute/cpu/kernel-table.h"

#include <math.h>

void
FY_KERNEL (
    max_pool) (const float *source, gsize source_row, float *destination, int width, int channels)
{
  gsize n = (gsize) channels;

  for (int x = 0; x < width; x++)
    for (gsize c = 0; c < n; c++)
      {
        const float *from = source + (gsize) (2 * x) * n + c;
        float most = from[0];

        for (gsize tap = 1; tap < 9; tap++)
          {
            float value = from[tap / 3 * source_row + tap % 3 * n];

            most = value > most ? value : most;
          }
        destination[(gsize) x * n + c] = most;
      }
}

void
FY_KERNEL (unit_row) (const float *in, float *out, int n, gboolean normalize)
{
  float norm = normalize ? sqrtf (fy_dot (in, in, n)) : 1.0f;
  float divisor = norm > 1e-12f ? norm : 1e-12f;

  for (int i = 0; i < n; i++)
    out[i] = in[i] / divisor;
}

#define STRING_(x) #x
#define STRING(x)  STRING_ (x)

extern const FyCpuKernels FY_KERNEL (kernels);
const FyCpuKernels FY_KERNEL (kernels) = {
  .name = STRING (FY_ISA_NAME),
  .lanes = FY_LANES,
  .out_block = FY_OUT_VECTORS * FY_LANES,
  .convolve = FY_KERNEL (convolve),
  .winograd_in = FY_KERNEL (winograd_in),
  .winograd_out = FY_KERNEL (winograd_out),
  .max_pool = FY_KERNEL (max_pool),
  .unit_row = FY_KERNEL (unit_row),
  .search_band = FY_KERNEL (search_band),
  .similarity = FY_KERNEL (similarity),
};
