/* SPDX-License-Identifier: MIT */
#include "app/match/match-view-scale.h"

#include <math.h>

#define DARKEST    0.20 /* OKLab lightness */
#define LIGHTEST   0.95
#define FIRST_HUE  295.0 /* degrees: violet */
#define LAST_HUE   105.0 /* yellow          */
#define CHROMA     0.135
#define LEAST_STEP 1e-6f

/* OKLab to linear sRGB. */
static void
to_linear (double lightness, double a, double b, double rgb[3])
{
  double l = pow (lightness + 0.3963377774 * a + 0.2158037573 * b, 3.0);
  double m = pow (lightness - 0.1055613458 * a - 0.0638541728 * b, 3.0);
  double s = pow (lightness - 0.0894841775 * a - 1.2914855480 * b, 3.0);

  rgb[0] = 4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s;
  rgb[1] = -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s;
  rgb[2] = -0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s;
}

static guint8
encode (double linear)
{
  double x = CLAMP (linear, 0.0, 1.0);

  return (guint8) lrint (255.0 * (x <= 0.0031308 ? 12.92 * x : 1.055 * pow (x, 1 / 2.4) - 0.055));
}

static gboolean
is_shown (const double rgb[3])
{
  for (int c = 0; c < 3; c++)
    if (rgb[c] < -1e-4 || rgb[c] > 1.0 + 1e-4)
      return FALSE;
  return TRUE;
}

/* At t from 0 to 1; with less chroma where a screen cannot show it. */
static FyRgb
colour_at (double t)
{
  double hue = (FIRST_HUE + t * (LAST_HUE - FIRST_HUE)) * G_PI / 180.0, rgb[3];

  for (double chroma = CHROMA; chroma >= 0.0; chroma -= 0.001)
    {
      to_linear (DARKEST + t * (LIGHTEST - DARKEST), chroma * cos (hue), chroma * sin (hue), rgb);
      if (is_shown (rgb))
        break;
    }
  return (FyRgb){ encode (rgb[0]), encode (rgb[1]), encode (rgb[2]) };
}

const FyRgb *
ferry_scale_colours (void)
{
  static FyRgb colours[FERRY_SCALE_STEPS];
  static gsize made = 0;

  if (g_once_init_enter (&made))
    {
      for (int i = 0; i < FERRY_SCALE_STEPS; i++)
        colours[i] = colour_at (i / (FERRY_SCALE_STEPS - 1.0));
      g_once_init_leave (&made, 1);
    }
  return colours;
}

int
ferry_scale_step (float value, float low, float high)
{
  float t = (value - low) / (high - low);

  return t > 0.0f ? (int) lrintf (MIN (t, 1.0f) * (FERRY_SCALE_STEPS - 1)) : 0;
}

void
ferry_scale_range (const float *map, int n, float *low, float *high)
{
  *low = INFINITY;
  *high = -INFINITY;
  for (int i = 0; i < n; i++)
    {
      *low = map[i] < *low ? map[i] : *low;
      *high = map[i] > *high ? map[i] : *high;
    }
  if (*high < *low)
    {
      *low = 0.0f;
      *high = 1.0f;
    }
  *high = MAX (*high, *low + LEAST_STEP);
}
