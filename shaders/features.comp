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
layout (constant_id = 5) const bool HALF = false;
layout (set = 0, binding = 1, std430) writeonly buffer Planes { vec4 planes[]; };
layout (set = 0, binding = 1, std430) writeonly buffer HalfPlanes { uvec2 half_planes[]; };

/* The nearest float16, to even, which packHalf2x16 does not promise. */
uint
to_half (float value)
{
  uint bits = floatBitsToUint (value), sign_ = bits >> 16 & 0x8000u, rest = bits & 0x7fffffffu;

  if (rest > 0x7f800000u)
    return sign_ | 0x7e00u;
  if (rest >= 0x477ff000u)
    return sign_ | 0x7c00u;
  if (rest < 0x38800000u) /* subnormal: a multiple of 2^-24 */
    return sign_ | uint (roundEven (uintBitsToFloat (rest) * 16777216.0));
  return sign_ | (rest - 0x38000000u + 0xfffu + (rest >> 13 & 1u)) >> 13;
}

void
store (uint at, vec4 value)
{
  if (HALF)
    half_planes[at] = uvec2 (to_half (value.x) | to_half (value.y) << 16,
                             to_half (value.z) | to_half (value.w) << 16);
  else
    planes[at] = value;
}

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
    store (c * push.plane + push.to + cell - push.first, FETCH (source, at + c) / scale);
}
