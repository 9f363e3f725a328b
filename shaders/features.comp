#version 450
/* SPDX-License-Identifier: MIT */
/* The inside of a map into planes of four channels, cells side by side, which is how a search reads
 * them; each cell's vector is divided by its length on request. */
#extension GL_GOOGLE_include_directive : require
#include "load.glsl"
#include "interface.h"

layout (local_size_x = 64) in;
layout (push_constant, std430) uniform Push { FyFeaturesPush push; };
SOURCE (0, source);
layout (set = 0, binding = 1, std430) writeonly buffer Planes { vec4 planes[]; };

void
main ()
{
  uint cell = push.first + LINEAR_ID;
  uint at = push.base + cell / push.width * push.row + cell % push.width * push.pixel;
  float scale = 1;

  if (cell >= push.end)
    return;
  if (push.normalize != 0)
    {
      float squares = 0;

      for (uint c = 0; c < push.pixel; c++)
        {
          vec4 value = FETCH (source, at + c);

          squares += dot (value, value);
        }
      scale = max (sqrt (squares), 1e-12);
    }
  for (uint c = 0; c < push.pixel; c++)
    planes[c * push.plane + push.to + cell - push.first] = FETCH (source, at + c) / scale;
}
