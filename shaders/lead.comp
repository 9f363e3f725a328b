#version 450
/* SPDX-License-Identifier: MIT */
/* The leading coefficients of feature vectors and, last, the length of what they leave, lengthened
 * by the slack: with |a2|' = sqrt (|a2|^2 + s |a|^2) is |a2|' |b2|' >= |a2| |b2| + s |a| |b|. */
#extension GL_GOOGLE_include_directive : require
#include "load.glsl"
#include "interface.h"

layout (local_size_x = 64) in;
layout (constant_id = 5) const bool HALF = false;
layout (push_constant, std430) uniform Push { FyLeadPush push; };

SOURCE_HALF (0, source); /* planes [channel / 4][cell]         */
SOURCE (1, axes);     /* [channel][FY_LEAD_PLANES]          */
layout (set = 0, binding = 2, std430) writeonly buffer Lead { vec4 lead[]; };

void
main ()
{
  uint cell = push.first + LINEAR_ID;
  vec4 sums[FY_LEAD_PLANES];
  float squares = 0, rest;

  if (cell >= push.end)
    return;
  [[unroll]] for (uint i = 0; i < FY_LEAD_PLANES; i++)
    sums[i] = vec4 (0);
  for (uint c = 0; c < push.n_channels; c++)
    {
      vec4 a = FETCH_HALF (HALF, source, c * push.n_cells + cell);
      uint at = 4 * c * FY_LEAD_PLANES;

      squares += dot (a, a);
      [[unroll]] for (uint i = 0; i < FY_LEAD_PLANES; i++)
        [[unroll]] for (uint j = 0; j < 4; j++)
          sums[i] = fma (vec4 (a[j]), FETCH (axes, at + j * FY_LEAD_PLANES + i), sums[i]);
    }
  rest = squares;
  [[unroll]] for (uint i = 0; i < FY_LEAD_PLANES; i++)
    rest -= dot (sums[i], sums[i]);
  sums[FY_LEAD_PLANES - 1].w = sqrt (max (rest, 0) + push.slack * squares);
  [[unroll]] for (uint i = 0; i < FY_LEAD_PLANES; i++)
    lead[push.to + i * push.n_cells + cell] = sums[i];
}
