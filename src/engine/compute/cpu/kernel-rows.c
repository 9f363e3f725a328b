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

#if defined(__AVX512BF16__)
void
FY_KERNEL (round_pairs) (const float *in, guint16 *out, gsize n)
{
  for (gsize i = 0; i < n; i += 32)
    {
      __mmask32 here = n - i < 32 ? (1u << (n - i)) - 1 : G_MAXUINT32;
      __m512 low = _mm512_maskz_loadu_ps ((__mmask16) here, in + i);
      __m512 high = _mm512_maskz_loadu_ps ((__mmask16) (here >> 16), in + i + 16);

      _mm512_mask_storeu_epi16 (out + i, here, (__m512i) _mm512_cvtne2ps_pbh (high, low));
    }
}
#endif

#define STRING_(x) #x
#define STRING(x)  STRING_ (x)

extern const FyCpuKernels FY_KERNEL (kernels);
const FyCpuKernels FY_KERNEL (kernels) = {
  .name = STRING (FY_ISA_NAME),
  .lanes = FY_LANES,
  .short_length = FY_SHORT_LENGTH,
  .pairs = FY_PAIRS,
  .out_block = FY_OUT_VECTORS * FY_LANES,
  .convolve = FY_KERNEL (convolve),
#if defined(__AVX512BF16__)
  .convolve_pairs = FY_KERNEL (convolve_pairs),
  .round_pairs = FY_KERNEL (round_pairs),
#endif
  .winograd_in = FY_KERNEL (winograd_in),
  .winograd_out = FY_KERNEL (winograd_out),
  .max_pool = FY_KERNEL (max_pool),
  .unit_row = FY_KERNEL (unit_row),
  .search_band = FY_KERNEL (search_band),
  .similarity = FY_KERNEL (similarity),
};
