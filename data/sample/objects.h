/* SPDX-License-Identifier: MIT */
/* The three objects at rest: outline and texture around (0, 0), in pixels, head or bow to the right
 * (+x).  Colours are linear light before sun and water.  Thread: any. */
#pragma once

#include "scene.h"

G_BEGIN_DECLS

/* Below zero inside, above zero outside; roughly pixels near the outline. */
double object_outline (SceneLabel label, ScenePoint at);

/* light    direction the light comes from, turned into the object's frame; unit length */
SceneColour object_texture (SceneLabel label, ScenePoint at, ScenePoint light);

static inline SceneColour
colour_mix (SceneColour a, SceneColour b, double t)
{
  return (SceneColour){ a.r + t * (b.r - a.r), a.g + t * (b.g - a.g), a.b + t * (b.b - a.b) };
}

static inline SceneColour
colour_scale (SceneColour a, double s)
{
  return (SceneColour){ a.r * s, a.g * s, a.b * s };
}

G_END_DECLS
