/* SPDX-License-Identifier: MIT */
/* The colours of a heat map: lightness rises evenly from dark violet over teal to light yellow, so that
 * equal steps look equal, and the order can be told with any colour vision and in grey.
 *
 * Computed along a path in OKLab: lightness linear, hue turning evenly, as much chroma as a screen has of
 * the darkest and lightest.  Source: B. Ottosson, "A perceptual color space for image processing", 2020.
 *
 * Pure numbers.  Thread: any. */
#pragma once

#include "label/palette.h"

G_BEGIN_DECLS

#define FERRY_SCALE_STEPS 256

/* The whole table.  Static, made at the first call. */
const FyRgb *ferry_scale_colours (void);

/* Where a value lies between low and high, as a step; NaN is the lowest. */
int ferry_scale_step (float value, float low, float high);

/* Ends of a map's values, NaN aside: 0 and 1 if there are none, high > low in any case. */
void ferry_scale_range (const float *map, int n, float *low, float *high);

G_END_DECLS
