#version 450
/* SPDX-License-Identifier: MIT */
/* Bytes to normalised floats by a table, so that rounding is the host's. */
#extension GL_GOOGLE_include_directive : require
#include "load.glsl"
#include "interface.h"

layout (local_size_x = 64) in;
layout (push_constant, std430) uniform Push { FyLoadPicturePush push; };

/* float table[3][256], then the bytes of the picture */
layout (set = 0, binding = 0, std430) readonly buffer Picture { uint words[]; };
layout (set = 0, binding = 1, std430) writeonly buffer Destination { vec4 destination[]; };

float
channel (uint pixel, uint c)
{
  uint at = pixel * 3 + c;
  uint value = (words[768 + at / 4] >> (at % 4 * 8)) & 255u;

  return uintBitsToFloat (words[c * 256 + value]);
}

void
main ()
{
  uint pixel = push.first + LINEAR_ID;
  uint at = push.base + pixel / push.width * push.row + pixel % push.width * push.pixel;

  if (pixel >= push.end)
    return;
  destination[at] = vec4 (channel (pixel, 0), channel (pixel, 1), channel (pixel, 2), 0);
  for (uint c = 1; c < push.pixel; c++)
    destination[at + c] = vec4 (0);
}
