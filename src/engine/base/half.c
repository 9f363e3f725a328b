/* SPDX-License-Identifier: MIT */
#include "base/half.h"

#include <string.h>

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
