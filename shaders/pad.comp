#version 450
/* SPDX-License-Identifier: MIT */
#extension GL_GOOGLE_include_directive : require
#include "load.glsl"
#include "interface.h"

layout (local_size_x = 64) in;
layout (push_constant, std430) uniform Push { FyPadPush push; };
layout (set = 0, binding = 0, std430) buffer Map { vec4 map[]; };

/* Border cell number `cell` of the rows in hand, in coordinates of the border's corner. */
uvec2
border_cell (uint cell)
{
  uint around = push.width + 2 * push.halo, beside = 2 * push.halo;
  uint n_top = push.top * around, n_side = push.side * beside;

  if (cell < n_top)
    return uvec2 (cell % around, push.first + cell / around);
  cell -= n_top;
  if (cell < n_side)
    {
      uint x = cell % beside;

      return uvec2 (x < push.halo ? x : x + push.width, push.first + push.top + cell / beside);
    }
  cell -= n_side;
  return uvec2 (cell % around, push.first + push.top + push.side + cell / around);
}

uint
mirror (uint i, uint n)
{
  if (i < push.halo)
    return 2 * push.halo - i;
  return i < push.halo + n ? i : 2 * (push.halo + n - 1) - i;
}

void
main ()
{
  uint id = LINEAR_ID, c = id % push.pixel;
  uvec2 cell = border_cell (id / push.pixel);
  vec4 value = vec4 (0);

  if (cell.y >= push.first + push.top + push.side + push.bottom)
    return;
  if ((push.flags & FY_FLAG_REFLECT) != 0)
    value = map[push.base + mirror (cell.y, push.height) * push.row +
                mirror (cell.x, push.width) * push.pixel + c];
  map[push.base + cell.y * push.row + cell.x * push.pixel + c] = value;
}
