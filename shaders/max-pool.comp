#version 450
/* SPDX-License-Identifier: MIT */
#extension GL_GOOGLE_include_directive : require
#include "load.glsl"
#include "interface.h"

layout (local_size_x = 8, local_size_y = 8) in; /* along channels, along pixels */
layout (push_constant, std430) uniform Push { FyMaxPoolPush push; };
SOURCE (0, source);
layout (set = 0, binding = 1, std430) writeonly buffer Destination { vec4 destination[]; };

void
main ()
{
  uint c = gl_GlobalInvocationID.x, pixel = push.first + gl_GlobalInvocationID.y;
  uint y = pixel / push.width, x = pixel % push.width;
  uint at = push.source_base + 2 * y * push.source_row + 2 * x * push.pixel + c;
  vec4 most;

  if (c >= push.pixel || pixel >= push.end)
    return;
  most = FETCH (source, at);
  [[unroll]] for (uint i = 1; i < 9; i++)
    most = max (most, FETCH (source, at + i / 3 * push.source_row + i % 3 * push.pixel));
  destination[push.destination_base + y * push.destination_row + x * push.pixel + c] = most;
}
