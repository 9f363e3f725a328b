#version 450
/* SPDX-License-Identifier: MIT */
/* <a, b> of pairs of cells in one part of the features, summed in the order of search.comp. */
#extension GL_GOOGLE_include_directive : require
#include "load.glsl"
#include "interface.h"

layout (local_size_x = 64) in;
layout (constant_id = 5) const bool TARGET_HALF = false;
layout (constant_id = 6) const bool CONTEXT_HALF = false;
layout (push_constant, std430) uniform Push { FyPartsPush push; };

/* planes [channel / 4][cell] */
SOURCE_HALF (0, target);
SOURCE_HALF (1, context);
layout (set = 0, binding = 2, std430) readonly buffer Pairs { uvec2 pairs[]; };
layout (set = 0, binding = 3, std430) writeonly buffer Result { float result[]; };

void
main ()
{
  uint i = push.first + LINEAR_ID;
  uvec2 cell;
  float sum = 0;

  if (i >= push.end)
    return;
  cell = pairs[i];
  for (uint c = 0; c < push.n_channels; c++)
    {
      vec4 a = FETCH_HALF (TARGET_HALF, target, c * push.n_cells + cell.x);
      vec4 b = FETCH_HALF (CONTEXT_HALF, context, c * push.n_cells + cell.y);

      sum = fma (a.x, b.x, sum);
      sum = fma (a.y, b.y, sum);
      sum = fma (a.z, b.z, sum);
      sum = fma (a.w, b.w, sum);
    }
  result[push.to + i] = sum;
}
