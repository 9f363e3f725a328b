/* SPDX-License-Identifier: MIT */
#include "base/half.h"

#include "base/parallel.h"

#include <string.h>
#ifdef __x86_64__
#include <immintrin.h>
#endif

static float
float_from_bits (guint32 bits)
{
  float value;

  memcpy (&value, &bits, sizeof value);
  return value;
}

float
fy_f16_to_f32 (guint16 bits)
{
  guint32 sign = (guint32) (bits & 0x8000) << 16;
  guint32 exponent = (bits >> 10) & 0x1f;
  guint32 mantissa = bits & 0x3ff;

  if (exponent == 0x1f) /* infinity, NaN */
    return float_from_bits (sign | 0x7f800000u | mantissa << 13);
  if (exponent == 0) /* zero, subnormal: mantissa * 2^-24 is exact in float32 */
    return (sign ? -1.0f : 1.0f) * (float) mantissa * 0x1p-24f;
  return float_from_bits (sign | (exponent + 112) << 23 | mantissa << 13);
}

guint16
fy_f32_to_f16 (float value)
{
  guint32 bits, sign, rest;

  memcpy (&bits, &value, sizeof bits);
  sign = bits >> 16 & 0x8000;
  rest = bits & 0x7fffffff;
  if (rest > 0x7f800000) /* NaN: keep it quiet */
    return (guint16) (sign | 0x7e00);
  if (rest >= 0x477ff000) /* rounds beyond 65504 */
    return (guint16) (sign | 0x7c00);
  if (rest < 0x38800000) /* below 2^-14: the sum's last bit is one unit of 2^-24 */
    {
      float sum = float_from_bits (rest) + 0.5f;
      guint32 sum_bits;

      memcpy (&sum_bits, &sum, sizeof sum_bits);
      return (guint16) (sign | (sum_bits - 0x3f000000));
    }
  rest += 0xfff + (rest >> 13 & 1); /* to nearest even */
  return (guint16) (sign | (rest - 0x38000000) >> 13);
}

float
fy_bf16_to_f32 (guint16 bits)
{
  return float_from_bits ((guint32) bits << 16);
}

/* --- Arrays --- */

#define CHUNK 65536 /* values of an item */

typedef void (*Block) (gconstpointer from, gsize n, gpointer to);

typedef struct
{
  Block block;
  const guint8 *from;
  gsize from_size; /* bytes a value */
  guint8 *to;
  gsize to_size;
  gsize n;
} Conversion;

static void
widen (gconstpointer from, gsize n, gpointer to)
{
  for (gsize i = 0; i < n; i++)
    ((float *) to)[i] = fy_f16_to_f32 (((const guint16 *) from)[i]);
}

static void
narrow (gconstpointer from, gsize n, gpointer to)
{
  for (gsize i = 0; i < n; i++)
    ((guint16 *) to)[i] = fy_f32_to_f16 (((const float *) from)[i]);
}

#ifdef __x86_64__

/* The same eight at a time, where the processor converts (any with AVX2 does); what is left over goes
 * one by one. */
#define F16C __attribute__ ((target ("avx,f16c")))

F16C static void
widen_f16c (gconstpointer from, gsize n, gpointer to)
{
  const guint16 *source = from;
  float *target = to;
  gsize i = 0;

  for (; i + 8 <= n; i += 8)
    _mm256_storeu_ps (target + i,
                      _mm256_cvtph_ps (_mm_loadu_si128 ((const __m128i_u *) (source + i))));
  widen (source + i, n - i, target + i);
}

F16C static void
narrow_f16c (gconstpointer from, gsize n, gpointer to)
{
  const float *source = from;
  guint16 *target = to;
  gsize i = 0;

  for (; i + 8 <= n; i += 8)
    _mm_storeu_si128 ((__m128i_u *) (target + i),
                      _mm256_cvtps_ph (_mm256_loadu_ps (source + i), _MM_FROUND_TO_NEAREST_INT));
  narrow (source + i, n - i, target + i);
}

#define PICK(block) (__builtin_cpu_supports ("avx2") ? block##_f16c : block)
#else
#define PICK(block) block
#endif

/* There and back, a little at a time. */
static void
round_off (gconstpointer from, gsize n, gpointer to)
{
  guint16 half[256];

  for (gsize i = 0; i < n; i += G_N_ELEMENTS (half))
    {
      gsize some = MIN (G_N_ELEMENTS (half), n - i);

      PICK (narrow) ((const float *) from + i, some, half);
      PICK (widen) (half, some, (float *) to + i);
    }
}

static void
convert_chunk (int chunk, int worker, gpointer data)
{
  const Conversion *self = data;
  gsize begin = (gsize) chunk * CHUNK, n = MIN (CHUNK, self->n - begin);

  self->block (self->from + begin * self->from_size, n, self->to + begin * self->to_size);
}

static void
convert (Block block, gconstpointer from, gsize from_size, gpointer to, gsize to_size, gsize n)
{
  Conversion self = { block, from, from_size, to, to_size, n };

  fy_parallel_for ((int) ((n + CHUNK - 1) / CHUNK), convert_chunk, &self);
}

void
fy_f16_to_f32_all (const guint16 *from, gsize n, float *to)
{
  convert (PICK (widen), from, sizeof *from, to, sizeof *to, n);
}

void
fy_f32_to_f16_all (const float *from, gsize n, guint16 *to)
{
  convert (PICK (narrow), from, sizeof *from, to, sizeof *to, n);
}

void
fy_round_to_f16_all (float *values, gsize n)
{
  convert (round_off, values, sizeof *values, values, sizeof *values, n);
}
