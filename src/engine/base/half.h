/* SPDX-License-Identifier: MIT */
/* The two 16-bit floating-point formats of checkpoints, to and from float32.
 *
 * f16 is IEEE 754 binary16; bf16 is the upper half of a float32.  Rounding is to nearest even;
 * infinities, NaN and subnormals are kept.  Thread: any. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

float fy_f16_to_f32 (guint16 bits);
guint16 fy_f32_to_f16 (float value);
float fy_bf16_to_f32 (guint16 bits);

/* Arrays of n, spread over the cores; the same bits as one by one. */
void fy_f16_to_f32_all (const guint16 *from, gsize n, float *to);
void fy_f32_to_f16_all (const float *from, gsize n, guint16 *to);

/* Rounds each to the nearest float16, in place. */
void fy_round_to_f16_all (float *values, gsize n);

G_END_DECLS
