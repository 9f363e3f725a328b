#version 450
/* SPDX-License-Identifier: MIT */
/* Convolution as a product of matrices that are never written down: pixels x taps and input
 * channels by taps and input channels x output channels.  An invocation makes 8 pixels x 8 output
 * channels.
 *
 * FY_MATRIX: of maps rounded to float16, by the matrices of matrix.glsl. */
#extension GL_GOOGLE_include_directive : require
#include "load.glsl"
#include "interface.h"
#ifdef FY_MATRIX
#include "matrix.glsl"
#endif

layout (local_size_x = 8, local_size_y = 8) in; /* along output channels, along pixels */
layout (push_constant, std430) uniform Push { FyConvolutionPush push; };

layout (constant_id = 8) const bool WEIGHT_HALF = false;

SOURCE (0, source);
SOURCE_HALF (1, weight); /* [tap][input channel][output channel] */
SOURCE (2, bias);
layout (set = 0, binding = 3, std430) readonly buffer Residual { vec4 residual[]; };
layout (set = 0, binding = 4, std430) writeonly buffer Destination { vec4 destination[]; };

vec4 sum[8][2];

uint output_of (uint n);

void
start_sums ()
{
  [[unroll]] for (uint n = 0; n < 2; n++)
    [[unroll]] for (uint i = 0; i < 8; i++)
      sum[i][n] = FETCH (bias, min (output_of (n), push.n_out - 1));
}

void
multiply (uint i, vec4 a, vec4 w[4][2])
{
  [[unroll]] for (uint n = 0; n < 2; n++)
    {
      sum[i][n] = fma (vec4 (a.x), w[0][n], sum[i][n]);
      sum[i][n] = fma (vec4 (a.y), w[1][n], sum[i][n]);
      sum[i][n] = fma (vec4 (a.z), w[2][n], sum[i][n]);
      sum[i][n] = fma (vec4 (a.w), w[3][n], sum[i][n]);
    }
}

/* Where the source of an output pixel begins. */
uint
source_of (uint pixel)
{
  pixel = min (pixel, push.end - 1);
  return push.source_base + pixel / push.width * push.stride * push.source_row +
         pixel % push.width * push.stride * push.source_pixel;
}

#ifdef FY_TEXEL

/* An invocation's pixels and output channels lie side by side. */
uint
pixel_of (uint i)
{
  return push.first + gl_GlobalInvocationID.y * 8 + i;
}

uint
output_of (uint n)
{
  return gl_GlobalInvocationID.x * 2 + n;
}

void
accumulate ()
{
  uint run = push.n_in == push.source_pixel ? push.kernel * push.n_in : push.n_in;
  uint at[8], w_at = output_of (0);

  start_sums ();
  [[unroll]] for (uint i = 0; i < 8; i++)
    at[i] = source_of (pixel_of (i));
  /* a row of taps is one run where the source has no channels that the weights lack */
  for (uint y = 0; y < push.kernel; y++)
    for (uint x = 0; x < push.kernel * push.n_in; x += run)
      {
        uint tap = y * push.source_row + x / push.n_in * push.source_pixel;

        for (uint c = tap; c < tap + run; c++)
          {
            vec4 w[4][2];

            [[unroll]] for (uint j = 0; j < 4; j++)
              {
                w[j][0] = FETCH_HALF (WEIGHT_HALF, weight, w_at);
                w[j][1] = FETCH_HALF (WEIGHT_HALF, weight, w_at + 1);
                w_at += push.n_out;
              }
            [[unroll]] for (uint i = 0; i < 8; i++)
              multiply (i, FETCH (source, at[i] + c), w);
          }
      }
}

#else

/* A workgroup makes 64 pixels x 64 output channels; what an invocation makes of them is spread so
 * that neighbours touch neighbouring banks of workgroup memory. */
uint
pixel_of (uint i)
{
  return push.first + gl_WorkGroupID.y * 64 + gl_LocalInvocationID.y + 8 * i;
}

uint
output_of (uint n)
{
  return gl_WorkGroupID.x * 16 + gl_LocalInvocationID.x + 8 * n;
}

#ifdef FY_MATRIX

/* Tiles of float16 in fours, rows apart so that their banks differ. */
const uint DEPTH = 8; /* vec4s of input channels at a time: two matrices */
const uint SOURCE_PITCH = DEPTH + 2, WEIGHT_PITCH = 16 + 2, RESULT_PITCH = 64 + 4;
shared uvec2 source_tile[64 * SOURCE_PITCH];        /* [pixel][input channel]          */
shared uvec2 weight_tile[4 * DEPTH * WEIGHT_PITCH]; /* [input channel][output channel] */
shared float result[64 * RESULT_PITCH];             /* [pixel][output channel]         */

/* Four float16; what is too large becomes the largest. */
uvec2
round_to_half (vec4 value)
{
  value = clamp (value, -65504.0, 65504.0);
  return uvec2 (packHalf2x16 (value.xy), packHalf2x16 (value.zw));
}

void
load_tiles (uint k, uint at[8])
{
  uint local = gl_LocalInvocationIndex, mine = k + local % DEPTH;
  uint tap = mine / push.n_in, c = mine % push.n_in;
  uint offset = tap / push.kernel * push.source_row + tap % push.kernel * push.source_pixel + c;
  uint depth = push.kernel * push.kernel * push.n_in;

  [[unroll]] for (uint i = 0; i < 8; i++)
    source_tile[(local / DEPTH + 8 * i) * SOURCE_PITCH + local % DEPTH] =
        mine < depth ? round_to_half (FETCH (source, at[i] + offset)) : uvec2 (0);
  [[unroll]] for (uint i = 0; i < 8; i++)
    {
      uint row = local / 16 + 4 * i, o = gl_WorkGroupID.x * 16 + local % 16;

      weight_tile[row * WEIGHT_PITCH + local % 16] =
          4 * k + row < 4 * depth && o < push.n_out
              ? weight_half.data[(4 * k + row) * push.n_out + o]
              : uvec2 (0);
    }
}

/* Each of the two subgroups makes 32 pixels x 64 output channels. */
void
accumulate ()
{
  uint depth = push.kernel * push.kernel * push.n_in, at[8];
  uint first = 32 * SUBGROUP;
  MATRIX_SUM part[2][4];

  EACH (uint m = 0; m < 2; m++)
    EACH (uint n = 0; n < 4; n++)
      CLEAR_MATRIX (part[m][n]);
  [[unroll]] for (uint i = 0; i < 8; i++)
    at[i] = source_of (push.first + gl_WorkGroupID.y * 64 + 8 * i +
                       gl_LocalInvocationIndex / DEPTH);
  for (uint k = 0; k < depth; k += DEPTH)
    {
      barrier ();
      load_tiles (k, at);
      barrier ();
      EACH (uint d = 0; d < DEPTH / 4; d++)
        {
          MATRIX a[2], b;

          EACH (uint m = 0; m < 2; m++)
            LOAD_MATRIX (a[m], source_tile, (first + 16 * m) * SOURCE_PITCH + 4 * d, SOURCE_PITCH);
          EACH (uint n = 0; n < 4; n++)
            {
              LOAD_MATRIX (b, weight_tile, 16 * d * WEIGHT_PITCH + 4 * n, WEIGHT_PITCH);
              EACH (uint m = 0; m < 2; m++)
                MULTIPLY_ADD (part[m][n], a[m], source_tile, SOURCE_PITCH, b, weight_tile,
                              WEIGHT_PITCH);
            }
        }
    }
  EACH (uint m = 0; m < 2; m++)
    EACH (uint n = 0; n < 4; n++)
      STORE_MATRIX (part[m][n], result, (first + 16 * m) * RESULT_PITCH + 16 * n, RESULT_PITCH);
  barrier ();
  start_sums ();
  [[unroll]] for (uint i = 0; i < 8; i++)
    [[unroll]] for (uint n = 0; n < 2; n++)
      {
        uint from = (gl_LocalInvocationID.y + 8 * i) * RESULT_PITCH +
                    4 * (gl_LocalInvocationID.x + 8 * n);

        sum[i][n] += vec4 (result[from], result[from + 1], result[from + 2], result[from + 3]);
      }
}

#else

const uint DEPTH = 4; /* vec4s of input channels at a time */
shared vec4 source_tile[DEPTH][64];     /* [.][pixel]          */
shared vec4 weight_tile[4 * DEPTH][16]; /* [.][output channel] */

void
load_tiles (uint k, uint at[4])
{
  uint local = gl_LocalInvocationIndex, mine = k + local % DEPTH;
  uint tap = mine / push.n_in, c = mine % push.n_in;
  uint offset = tap / push.kernel * push.source_row + tap % push.kernel * push.source_pixel + c;
  uint depth = push.kernel * push.kernel * push.n_in;

  [[unroll]] for (uint i = 0; i < 4; i++)
    source_tile[local % DEPTH][local / DEPTH + 16 * i] =
        mine < depth ? FETCH (source, at[i] + offset) : vec4 (0);
  [[unroll]] for (uint i = 0; i < 4; i++)
    {
      uint row = local / 16 + 4 * i, o = gl_WorkGroupID.x * 16 + local % 16;

      weight_tile[row][local % 16] = 4 * k + row < 4 * depth && o < push.n_out
                                         ? FETCH_HALF (WEIGHT_HALF, weight,
                                                       (4 * k + row) * push.n_out + o)
                                         : vec4 (0);
    }
}

void
accumulate ()
{
  uint depth = push.kernel * push.kernel * push.n_in, at[4];

  start_sums ();
  [[unroll]] for (uint i = 0; i < 4; i++)
    at[i] = source_of (push.first + gl_WorkGroupID.y * 64 + 16 * i +
                       gl_LocalInvocationIndex / DEPTH);
  for (uint k = 0; k < depth; k += DEPTH)
    {
      barrier ();
      load_tiles (k, at);
      barrier ();
      [[unroll]] for (uint d = 0; d < DEPTH; d++)
        {
          vec4 w[4][2];

          [[unroll]] for (uint j = 0; j < 4; j++)
            [[unroll]] for (uint n = 0; n < 2; n++)
              w[j][n] = weight_tile[4 * d + j][gl_LocalInvocationID.x + 8 * n];
          [[unroll]] for (uint i = 0; i < 8; i++)
            multiply (i, source_tile[d][gl_LocalInvocationID.y + 8 * i], w);
        }
    }
}

#endif
#endif

void
store (uint pixel, uint o, vec4 value)
{
  uint y = pixel / push.width, x = pixel % push.width;

  if ((push.flags & FY_FLAG_RESIDUAL) != 0)
    value += residual[push.residual_base + y * push.residual_row + x * push.residual_pixel + o];
  if ((push.flags & FY_FLAG_RELU) != 0)
    value = max (value, vec4 (0));
  destination[push.destination_base + y * push.destination_row + x * push.destination_pixel + o] =
      value;
}

void
main ()
{
  uint n_stored = min (push.n_out, push.destination_pixel);

#ifdef FY_TEXEL
  if (pixel_of (0) >= push.end || output_of (0) >= push.n_out)
    return;
#endif
  accumulate ();
  [[unroll]] for (uint i = 0; i < 8; i++)
    [[unroll]] for (uint n = 0; n < 2; n++)
      if (pixel_of (i) < push.end && output_of (n) < n_stored)
        store (pixel_of (i), output_of (n), sum[i][n]);
}
