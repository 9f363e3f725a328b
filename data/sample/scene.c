/* SPDX-License-Identifier: MIT */
#include "scene.h"

#include "noise.h"
#include "objects.h"

#include <math.h>

static const char *const names[SCENE_N_LABELS] = { "pond", "koi", "leaf", "boat" };

static const SceneMark marks[] = {
  { SCENE_KOI, "mouth", { 90, 0 } },          { SCENE_KOI, "back", { 20, 0 } },
  { SCENE_KOI, "tail root", { -56, 0 } },     { SCENE_KOI, "left fin", { 14, -38 } },
  { SCENE_KOI, "right fin", { 14, 38 } },     { SCENE_LEAF, "tip", { 57, 0 } },
  { SCENE_LEAF, "middle", { 0, 0 } },         { SCENE_LEAF, "stalk", { -80, 1.6 } },
  { SCENE_LEAF, "left side", { -12, -20 } },  { SCENE_LEAF, "right side", { -12, 20 } },
  { SCENE_BOAT, "bow", { 76, 0 } },           { SCENE_BOAT, "peak", { 0, 0 } },
  { SCENE_BOAT, "stern", { -60, 0 } },        { SCENE_BOAT, "port rim", { 0, -31 } },
  { SCENE_BOAT, "starboard rim", { 0, 31 } },
};

/* --- Motion --- */

static ScenePose
pose (double x, double y, double angle, double scale)
{
  return (ScenePose){ { x, y }, cos (angle), sin (angle), scale };
}

Scene
scene_at (int frame)
{
  Scene self = { .frame = frame, .time = frame / (double) (SCENE_FRAMES - 1) };
  double t = self.time;
  double swim = -0.38 + 1.05 * t; /* heading; y below is its path's integral, about */

  self.pose[SCENE_KOI] =
      pose (104 + 372 * t - 18 * t * t, 214 - 128 * t + 190 * t * t, swim, 0.96 + 0.14 * t);
  self.pose[SCENE_LEAF] = pose (398 - 92 * t + 8 * sin (5 * t), 66 + 168 * t,
                                2.5 + 1.25 * t + 0.12 * sin (9 * t), 1.06 - 0.12 * t);
  self.pose[SCENE_BOAT] = pose (566 - 172 * t, 276 - 132 * t + 7 * sin (8 * t),
                                3.5 + 0.55 * t + 0.07 * sin (11 * t), 0.94 + 0.08 * t);
  return self;
}

/* How far a point at rest is moved to the side (y) by the object's own bending. */
static double
bend (const Scene *self, SceneLabel label, double x)
{
  double t = self->time, tail;

  switch (label)
    {
    case SCENE_KOI:
      tail = fmax (0, 62 - x) / 100;
      return 11 * tail * tail * sin (x / 30 + 21 * t) + 1.5 * sin (21 * t + 2);
    case SCENE_LEAF:
      return 0.0042 * (x + 10) * (x + 10) * sin (4.4 * t + 0.6);
    case SCENE_BOAT:
    case SCENE_POND:
    case SCENE_N_LABELS:
      break;
    }
  return 0;
}

/* How wide the object looks: it rocks on the waves. */
static double
squeeze (const Scene *self, SceneLabel label)
{
  switch (label)
    {
    case SCENE_LEAF:
      return 0.93 + 0.11 * sin (7 * self->time + 1);
    case SCENE_BOAT:
      return 0.95 + 0.13 * sin (12 * self->time);
    case SCENE_KOI:
    case SCENE_POND:
    case SCENE_N_LABELS:
      break;
    }
  return 1;
}

static ScenePoint
to_rest (const Scene *self, SceneLabel label, ScenePoint at)
{
  const ScenePose *p = &self->pose[label];
  double dx = (at.x - p->centre.x) / p->scale, dy = (at.y - p->centre.y) / p->scale;
  double x = p->cosine * dx + p->sine * dy, y = -p->sine * dx + p->cosine * dy;

  return (ScenePoint){ x, (y - bend (self, label, x)) / squeeze (self, label) };
}

static ScenePoint
from_rest (const Scene *self, SceneLabel label, ScenePoint rest)
{
  const ScenePose *p = &self->pose[label];
  double x = rest.x * p->scale;
  double y = (rest.y * squeeze (self, label) + bend (self, label, rest.x)) * p->scale;

  return (ScenePoint){ p->centre.x + p->cosine * x - p->sine * y,
                       p->centre.y + p->sine * x + p->cosine * y };
}

/* Outline at a position in the picture; skips the work far away. */
static double
outline (const Scene *self, SceneLabel label, ScenePoint at)
{
  const ScenePose *p = &self->pose[label];

  if (fabs (at.x - p->centre.x) > 130 || fabs (at.y - p->centre.y) > 130)
    return 50;
  return object_outline (label, to_rest (self, label, at));
}

SceneLabel
scene_label (const Scene *self, ScenePoint at)
{
  for (int label = SCENE_BOAT; label > SCENE_POND; label--)
    if (outline (self, (SceneLabel) label, at) < 0)
      return (SceneLabel) label;
  return SCENE_POND;
}

/* --- Light --- */

/* Bright lines that waves focus on what is below them. */
static double
caustics (const Scene *self, ScenePoint at)
{
  double t = self->time * 3.2;
  double x = at.x / 62 + 0.45 * noise_value (at.x / 50 + t, at.y / 50, 71);
  double y = at.y / 62 + 0.45 * noise_value (at.x / 50, at.y / 50 - t, 73);
  double a = 1 - fabs (2 * noise_value (x + 0.8 * t, y + 0.3 * t, 77) - 1);
  double b = 1 - fabs (2 * noise_value (1.7 * x - 0.5 * t, 1.7 * y + 0.6 * t, 79) - 1);

  return pow (a * b, 3);
}

/* A cloud passes: the whole scene grows darker, then brighter again from the left. */
static double
sun (const Scene *self, ScenePoint at)
{
  double shade = noise_step (0.15, 0.5, self->time) * noise_step (1.15, 0.6, self->time);

  return 1.06 - 0.26 * shade + 0.10 * (at.x / SCENE_WIDTH - 0.5) * (1 - 2 * self->time);
}

/* Share of the light that the floating objects leave for what is below them. */
static double
shadow (const Scene *self, ScenePoint at, double depth, SceneLabel receiver)
{
  ScenePoint above = { at.x - 0.62 * depth, at.y - 0.78 * depth };
  double light = 1;

  for (int label = receiver + 1; label < SCENE_N_LABELS; label++)
    light *= 1 - 0.48 * noise_step (0.42 * depth, -0.42 * depth,
                                    outline (self, (SceneLabel) label, above));
  return light;
}

/* --- Pond --- */

static SceneColour
pebble_colour (double value, double tone)
{
  static const SceneColour stones[] = {
    { 0.20, 0.23, 0.22 }, { 0.33, 0.30, 0.23 }, { 0.12, 0.15, 0.16 }, { 0.42, 0.40, 0.34 },
    { 0.25, 0.19, 0.13 }, { 0.17, 0.21, 0.15 }, { 0.30, 0.16, 0.10 }, { 0.22, 0.24, 0.27 },
  };
  int at = (int) (value * G_N_ELEMENTS (stones));

  return colour_scale (stones[at], 0.7 + 0.6 * tone);
}

/* Pebbles at a position on the bed, light from the upper left. */
static SceneColour
pebbles (double x, double y, double size, guint32 seed)
{
  const SceneColour gap = { 0.030, 0.042, 0.040 };
  NoiseCell cell = noise_cells (x / size, y / size, seed);
  double dome = noise_step (0.0, 0.36, cell.border);
  double lit = 0.80 - 0.55 * (0.62 * cell.to_x + 0.78 * cell.to_y);
  SceneColour stone = pebble_colour (cell.value, noise_fractal (x / 7, y / 7, 3, seed + 7));

  return colour_mix (gap, colour_scale (stone, lit), 0.12 + 0.88 * dome);
}

static SceneColour
pond_texture (const Scene *self, ScenePoint at)
{
  const SceneColour moss = { 0.055, 0.12, 0.035 }, water = { 0.02, 0.12, 0.13 };
  double t = self->time;
  /* The camera pans; waves bend the view a little. */
  double x = at.x + 128 * t + 1.4 * sin (at.y / 27 + 9 * t) + 0.8 * sin (at.x / 19 - 7 * t);
  double y = at.y - 44 * t + 10 * sin (2 * t) + 1.4 * sin (at.x / 31 + 8 * t);
  double large = noise_fractal (x / 90, y / 90, 3, 91),
         growth = noise_fractal (x / 58 + 7, y / 58, 4, 97);
  SceneColour colour = pebbles (x, y, 23, 101);

  if (large > 0.5)
    colour = colour_mix (colour, pebbles (x, y, 46, 131), noise_step (0.52, 0.545, large));
  colour = colour_mix (colour, colour_scale (moss, 0.5 + noise_fractal (x / 6, y / 6, 2, 149)),
                       0.85 * noise_step (0.54, 0.66, growth));
  return colour_mix (colour, water, 0.26);
}

SceneColour
scene_colour (const Scene *self, ScenePoint at)
{
  const SceneColour water = { 0.02, 0.12, 0.13 };
  const ScenePoint from = { -0.62, -0.78 };
  SceneLabel label = scene_label (self, at);
  double light = sun (self, at);
  SceneColour colour;

  if (label == SCENE_POND)
    {
      colour = pond_texture (self, at);
      light *= shadow (self, at, 17, label) * (0.92 + 0.85 * caustics (self, at));
    }
  else
    {
      const ScenePose *p = &self->pose[label];
      ScenePoint turned = { p->cosine * from.x + p->sine * from.y,
                            -p->sine * from.x + p->cosine * from.y };

      colour = object_texture (label, to_rest (self, label, at), turned);
      light *= shadow (self, at, label == SCENE_KOI ? 11 : 4, label);
      if (label == SCENE_KOI)
        {
          colour = colour_mix (colour, water, 0.14);
          light *= 0.95 + 0.5 * caustics (self, at);
        }
    }
  return colour_scale (colour, light);
}

/* --- Marks --- */

const SceneMark *
scene_marks (int *n)
{
  *n = G_N_ELEMENTS (marks);
  return marks;
}

ScenePoint
scene_mark_position (const Scene *self, const SceneMark *mark)
{
  return from_rest (self, mark->label, mark->rest);
}

const char *
scene_label_name (SceneLabel label)
{
  return names[label];
}
