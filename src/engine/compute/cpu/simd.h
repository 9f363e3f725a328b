/* SPDX-License-Identifier: MIT */
/* Vectors of FY_LANES floats in the compiler's own notation, and the two things it has no notation
 * for.  Only kernel-*.c include this; they are built once per instruction set. */
#pragma once

#include <string.h>

#if defined(__AVX512F__) || defined(__AVX__)
#include <immintrin.h>
#elif defined(__SSE2__)
#include <emmintrin.h>
#endif

#if defined(__AVX512F__)
#define FY_LANES       16
#define FY_OUT_VECTORS 4
#elif defined(__AVX__)
#define FY_LANES       8
#define FY_OUT_VECTORS 2
#else
#define FY_LANES       4
#define FY_OUT_VECTORS 2
#endif

#if defined(__clang__)
#define FY_UNROLL _Pragma ("unroll")
#else
#define FY_UNROLL _Pragma ("GCC unroll 32")
#endif

#define FY_INLINE static inline __attribute__ ((always_inline))

typedef float FyVector __attribute__ ((vector_size (FY_LANES * 4)));
typedef int FyWords __attribute__ ((vector_size (FY_LANES * 4)));

FY_INLINE FyVector
fy_vector_load (const float *from)
{
  FyVector v;

  memcpy (&v, from, sizeof v);
  return v;
}

FY_INLINE void
fy_vector_store (float *to, FyVector v)
{
  memcpy (to, &v, sizeof v);
}

FY_INLINE FyVector
fy_vector_fill (float x)
{
  return x - (FyVector){ 0 };
}

FY_INLINE FyVector
fy_vector_max (FyVector a, FyVector b)
{
#if defined(__AVX512F__)
  return (FyVector) _mm512_max_ps ((__m512) a, (__m512) b);
#elif defined(__AVX__)
  return (FyVector) _mm256_max_ps ((__m256) a, (__m256) b);
#elif defined(__SSE2__)
  return (FyVector) _mm_max_ps ((__m128) a, (__m128) b);
#else
  FyVector most;

  for (int i = 0; i < FY_LANES; i++)
    most[i] = a[i] > b[i] ? a[i] : b[i];
  return most;
#endif
}

/* Numbers of an index: floats, or where that is twice as fast two of 16 bits in a word, whose products
 * are summed in 32 bits.  Loaded and stored as floats either way. */
#if defined(__AVX512VNNI__)
#define FY_PAIRS 1
typedef int FyWord;
typedef FyWords FySum;

FY_INLINE FySum
fy_sum_fill (FyWord x)
{
  return (FySum) _mm512_set1_epi32 (x);
}

FY_INLINE FySum
fy_sum_add (FySum sum, FySum a, FyVector b)
{
  return (FySum) _mm512_dpwssd_epi32 ((__m512i) sum, (__m512i) a, (__m512i) b);
}

FY_INLINE FyVector
fy_sum_to_vector (FySum sum)
{
  return (FyVector) _mm512_cvtepi32_ps ((__m512i) sum);
}
#else
#define FY_PAIRS 0
typedef float FyWord;
typedef FyVector FySum;

FY_INLINE FySum
fy_sum_fill (FyWord x)
{
  return fy_vector_fill (x);
}

FY_INLINE FySum
fy_sum_add (FySum sum, FySum a, FyVector b)
{
  return sum + a * b;
}

FY_INLINE FyVector
fy_sum_to_vector (FySum sum)
{
  return sum;
}
#endif

/* Sums the lanes in a fixed order: halves onto each other. */
FY_INLINE float
fy_vector_sum (FyVector v)
{
#if defined(__AVX512F__)
  return _mm512_reduce_add_ps ((__m512) v);
#else
  float lane[FY_LANES];

  memcpy (lane, &v, sizeof lane);
  for (int half = FY_LANES / 2; half >= 1; half /= 2)
    for (int i = 0; i < half; i++)
      lane[i] += lane[i + half];
  return lane[0];
#endif
}

/* Sums the lanes of each of FY_LANES vectors: lane i of the result is the sum of v[i]. */
FY_INLINE FyVector
fy_vector_sums (const FyVector v[FY_LANES])
{
#if defined(__AVX512F__)
  __m512 pair[8], quad[4], half[2];

  FY_UNROLL
  for (int i = 0; i < 8; i++) /* two sums side by side in each 64 bits, i and i + 8 */
    pair[i] = _mm512_add_ps (_mm512_unpacklo_ps ((__m512) v[i], (__m512) v[i + 8]),
                             _mm512_unpackhi_ps ((__m512) v[i], (__m512) v[i + 8]));
  FY_UNROLL
  for (int i = 0; i < 4; i++) /* four in each 128 bits: i, i + 8, i + 4, i + 12 */
    {
      __m512d a = _mm512_castps_pd (pair[i]), b = _mm512_castps_pd (pair[i + 4]);

      quad[i] = _mm512_add_ps (_mm512_castpd_ps (_mm512_unpacklo_pd (a, b)),
                               _mm512_castpd_ps (_mm512_unpackhi_pd (a, b)));
    }
  FY_UNROLL
  for (int i = 0; i < 2; i++)
    half[i] = _mm512_add_ps (_mm512_shuffle_f32x4 (quad[i], quad[i + 2], 0x88),
                             _mm512_shuffle_f32x4 (quad[i], quad[i + 2], 0xdd));
  half[0] = _mm512_add_ps (_mm512_shuffle_f32x4 (half[0], half[1], 0x88),
                           _mm512_shuffle_f32x4 (half[0], half[1], 0xdd));
  /* 128-bit block b now holds b', b' + 8, b' + 4, b' + 12 with b' = 0, 2, 1, 3 */
  return (FyVector) _mm512_permutexvar_ps (
      _mm512_setr_epi32 (0, 8, 4, 12, 2, 10, 6, 14, 1, 9, 5, 13, 3, 11, 7, 15), half[0]);
#else
  FyVector sums;

  for (int i = 0; i < FY_LANES; i++)
    sums[i] = fy_vector_sum (v[i]);
  return sums;
#endif
}

/* Bit i is set where a[i] >= b[i]; never where one is NaN. */
FY_INLINE unsigned
fy_vector_mask_ge (FyVector a, FyVector b)
{
#if defined(__AVX512F__)
  return _mm512_cmp_ps_mask ((__m512) a, (__m512) b, _CMP_GE_OQ);
#elif defined(__AVX__)
  return (unsigned) _mm256_movemask_ps (_mm256_cmp_ps ((__m256) a, (__m256) b, _CMP_GE_OQ));
#elif defined(__SSE2__)
  return (unsigned) _mm_movemask_ps (_mm_cmpge_ps ((__m128) a, (__m128) b));
#else
  unsigned mask = 0;

  for (unsigned i = 0; i < FY_LANES; i++)
    mask |= (unsigned) (a[i] >= b[i]) << i;
  return mask;
#endif
}

/* <a, b> over n floats: four running sums a step, then what is left. */
FY_INLINE float
fy_dot (const float *a, const float *b, int n)
{
  FyVector sum[4] = { { 0 }, { 0 }, { 0 }, { 0 } };
  float rest = 0.0f;
  int i = 0;

  for (; i + 4 * FY_LANES <= n; i += 4 * FY_LANES)
    {
      FY_UNROLL
      for (int j = 0; j < 4; j++)
        sum[j] += fy_vector_load (a + i + j * FY_LANES) * fy_vector_load (b + i + j * FY_LANES);
    }
  for (; i + FY_LANES <= n; i += FY_LANES)
    sum[0] += fy_vector_load (a + i) * fy_vector_load (b + i);
  for (; i < n; i++)
    rest += a[i] * b[i];
  return fy_vector_sum ((sum[0] + sum[1]) + (sum[2] + sum[3])) + rest;
}
