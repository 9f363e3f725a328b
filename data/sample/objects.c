/* SPDX-License-Identifier: MIT */
#include "objects.h"

#include "noise.h"

#include <math.h>

/* --- Koi --- */

#define KOI_HALF_LENGTH 92.0

/* Half the width of the body at x, negative before the head and behind the tail's root. */
static double
koi_width (double x)
{
  double s = (x / KOI_HALF_LENGTH + 0.66) / 1.66; /* 0 at the tail's root, 1 at the mouth */

  if (s <= 0 || s >= 1)
    return -1;
  return 66 * pow (s, 0.9) * sqrt (1 - s) + 4.5 * (1 - s);
}

/* A fan that opens behind the body, its rear edge notched. */
static double
koi_tail (ScenePoint at)
{
  double behind = -0.58 * KOI_HALF_LENGTH - at.x;
  double side = fabs (at.y) - (3 + 0.62 * behind);
  double rear = behind - (24 + 0.75 * fabs (at.y));

  return fmax (fmax (side, rear), -behind);
}

/* Two leaves that spread backwards from the gills. */
static double
koi_fin (ScenePoint at)
{
  double x = at.x - 26, y = fabs (at.y) - 24;
  double along = -0.64 * x + 0.77 * y, across = 0.77 * x + 0.64 * y;

  return (hypot (along / 25, across / 10) - 1) * 10;
}

static double
koi_body (ScenePoint at)
{
  double width = koi_width (at.x);

  return width < 0 ? 10 : (fabs (at.y) - width) * 0.9;
}

static double
koi_outline (ScenePoint at)
{
  return fmin (koi_body (at), fmin (koi_tail (at), koi_fin (at)));
}

static SceneColour
koi_texture (ScenePoint at)
{
  const SceneColour cream = { 0.80, 0.74, 0.64 }, red = { 0.74, 0.115, 0.022 };
  const SceneColour ink = { 0.03, 0.03, 0.04 };
  double width = fmax (koi_width (at.x), 1), across = CLAMP (at.y / width, -1.0, 1.0);
  double patch = noise_fractal (at.x / 34 + 3.7, at.y / 30 + 0.4, 3, 11);
  double spots = noise_fractal (at.x / 13 + 9.1, at.y / 11, 2, 23);
  SceneColour colour;

  if (koi_body (at) > 0)
    {
      double rays = 0.5 + 0.5 * sin (atan2 (at.y, at.x + 30) * 60);

      return colour_mix (colour_scale (cream, 0.55 + 0.2 * rays), red,
                         0.55 * noise_step (0.45, 0.6, patch));
    }
  colour = colour_mix (cream, red, noise_step (0.465, 0.495, patch));
  colour = colour_mix (colour, ink, noise_step (0.70, 0.74, spots));
  /* Scales: rows of arcs, weaker towards the head. */
  colour =
      colour_scale (colour, 1 - 0.22 * noise_step (48, 20, at.x) *
                                    pow (fabs (sin (at.x * 0.42 + 0.9 * cos (at.y * 0.9))), 6));
  colour = colour_scale (colour, 1.08 - 0.62 * across * across);
  colour = colour_mix (colour, cream,
                       0.35 * noise_step (2.2, 0.6, fabs (at.y)) * noise_step (55, 20, at.x));
  if (hypot (at.x - 72, fabs (at.y) - 13.5) < 3.4)
    colour = ink;
  return colour;
}

/* --- Leaf --- */

#define LEAF_HALF_LENGTH 60.0

static double
leaf_outline (ScenePoint at)
{
  double s = (at.x / LEAF_HALF_LENGTH + 1) / 2; /* 0 at the stalk, 1 at the tip */
  double stalk =
      fmax (fabs (at.y - 0.004 * (at.x + 60) * (at.x + 60)) - 2.2, fmax (-86 - at.x, at.x + 40));
  double teeth, width;

  if (s <= 0 || s >= 1)
    return fmin (stalk, 10.0 + fabs (at.y));
  teeth = fabs (fmod (s * 15, 1) - 0.4);
  width = 78 * pow (s, 0.62) * pow (1 - s, 0.95) * (1 - 0.13 * teeth);
  return fmin (stalk, (fabs (at.y) - width) * 0.8);
}

static SceneColour
leaf_texture (ScenePoint at)
{
  const SceneColour yellow = { 0.78, 0.48, 0.035 }, crimson = { 0.42, 0.035, 0.02 };
  const SceneColour green = { 0.16, 0.27, 0.03 }, vein = { 0.84, 0.66, 0.22 };
  double edge = noise_step (
      -15, 0, leaf_outline (at) + 9 * (noise_fractal (at.x / 15, at.y / 15, 3, 31) - 0.5));
  double blotch = noise_fractal (at.x / 21 + 4, at.y / 17 + 8, 3, 37);
  double rib = fabs (at.y), beside = (at.x - 0.85 * fabs (at.y)) / 10.5;
  double side = fabs (beside - round (beside)) * 10.5;
  SceneColour colour = colour_mix (yellow, crimson, edge);

  colour = colour_mix (colour, green, 0.85 * noise_step (0.56, 0.68, blotch));
  colour = colour_mix (colour, crimson,
                       0.8 * noise_step (0.64, 0.67, noise_fractal (at.x / 7, at.y / 6, 3, 41)));
  colour = colour_mix (colour, vein,
                       fmax (noise_step (2.4, 0.9, rib), 0.65 * noise_step (1.5, 0.3, side)));
  /* Each half of the blade is vaulted. */
  return colour_scale (colour, 0.84 + 0.16 * cos ((rib - 12) / 9) - 0.12 * (at.y > 0));
}

/* --- Boat --- */

#define BOAT_HALF_LENGTH 80.0
#define BOAT_STERN       -62.0 /* x where the hull is cut off */

static double
lens (ScenePoint at, double half_length, double half_width)
{
  double x = at.x / half_length;

  return fabs (at.y) - half_width * (1 - x * x);
}

static double
boat_outline (ScenePoint at)
{
  return fmax (lens (at, BOAT_HALF_LENGTH, 36) * 0.85, BOAT_STERN - at.x);
}

/* Lines of print: words of uneven length. */
static double
print (double x, double y, guint32 seed)
{
  int line = (int) floor (y / 4.6);
  double in_line = y / 4.6 - line, column = x / 2.1 + 40 * noise_hash (line, 0, seed);
  int letter = (int) floor (column);
  double ink = 0.35 + 0.65 * noise_hash (letter, line, seed);
  gboolean gap = noise_hash (letter, line, seed + 1) < 0.17;

  return gap ? 0 : ink * noise_step (0.25, 0.40, in_line) * noise_step (0.85, 0.70, in_line);
}

/* A sheet of newspaper folded to a boat, seen from above: hull, hold, and the roof of its sail. */
static SceneColour
boat_texture (ScenePoint at, ScenePoint light)
{
  const SceneColour paper = { 0.88, 0.86, 0.80 }, ink = { 0.06, 0.065, 0.09 };
  const SceneColour band = { 0.045, 0.16, 0.50 }, flag = { 0.62, 0.05, 0.04 };
  double side = at.y < 0 ? -1 : 1, end = at.x < 0 ? -1 : 1;
  double roof = fabs (at.x) / 46 + fabs (at.y) / 18 - 1;
  double hold = fmax (lens (at, 66, 22), -50 - at.x);
  double rim = fmax (lens (at, BOAT_HALF_LENGTH, 36), BOAT_STERN - at.x);
  double turned = 0.97 * at.x + 0.24 * at.y, up = -0.24 * at.x + 0.97 * at.y;
  SceneColour colour;
  double lit;

  if (roof < 0)
    {
      lit = 0.70 + 0.46 * side * light.y + 0.10 * end * light.x;
      colour = colour_mix (paper, ink, 0.75 * print (up, turned, 51));
      colour = colour_mix (colour, flag,
                           noise_step (13, 12, fabs (at.x)) * noise_step (7, 8, fabs (at.x)));
      lit *= 1 + 0.35 * noise_step (1.2, 0.3, fabs (at.y));
    }
  else if (hold < 0)
    {
      lit = 0.22 - 0.14 * side * light.y + 0.12 * noise_step (-12, 0, hold);
      colour = colour_mix (paper, ink, 0.6 * print (at.x, at.y, 53));
    }
  else
    {
      lit = 0.84 + 0.34 * side * light.y + 0.08 * end * light.x;
      colour = colour_mix (paper, ink, 0.75 * print (turned, up, 57));
      colour = colour_mix (colour, band, noise_step (-4.6, -3.8, rim));
      lit *= 1 + 0.25 * noise_step (1.8, 0.4, hold);
      lit *= 1 - 0.30 * noise_step (1.2, 0.2, fabs (fabs (at.x) - 52 - 0.4 * fabs (at.y)));
    }
  return colour_scale (colour, lit);
}

/* --- By label --- */

double
object_outline (SceneLabel label, ScenePoint at)
{
  switch (label)
    {
    case SCENE_KOI:
      return koi_outline (at);
    case SCENE_LEAF:
      return leaf_outline (at);
    case SCENE_BOAT:
      return boat_outline (at);
    case SCENE_POND:
    case SCENE_N_LABELS:
      break;
    }
  return -1;
}

SceneColour
object_texture (SceneLabel label, ScenePoint at, ScenePoint light)
{
  switch (label)
    {
    case SCENE_KOI:
      return koi_texture (at);
    case SCENE_LEAF:
      return leaf_texture (at);
    case SCENE_BOAT:
      return boat_texture (at, light);
    case SCENE_POND:
    case SCENE_N_LABELS:
      break;
    }
  return (SceneColour){ 0, 0, 0 };
}
