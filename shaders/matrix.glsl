/* SPDX-License-Identifier: MIT */
/* Matrices of 16 x 16 that a subgroup of 32 multiplies together: float16, summed in float32.
 * Tiles hold float16 in fours; places and pitches count such fours.
 *
 * FY_EMULATED does the same in plain code, for tests where no device has them.  Only what is inside
 * these macros differs. */
#ifdef FY_EMULATED

#define EACH       [[dont_unroll]] for /* compiles in seconds, not minutes */
#define MATRIX     uint
#define MATRIX_SUM float[8]
#define SUBGROUP   (gl_LocalInvocationIndex / 32)

#define LOAD_MATRIX(matrix, tile, at, pitch) matrix = at

/* An invocation holds 8 neighbours of a row.  llvmpipe leaves loops after 65535 turns in all. */
#define MATRIX_ROW    (gl_LocalInvocationIndex % 32 / 2)
#define MATRIX_COLUMN (gl_LocalInvocationIndex % 2 * 8)
#define MULTIPLY_ADD(sum, a, a_tile, a_pitch, b, b_tile, b_pitch)                     \
  [[dont_unroll]] for (uint e = 0; e < 8; e++)                                        \
    [[unroll]] for (uint k = 0; k < 16; k++)                                          \
      sum[e] += half_of (a_tile[a + MATRIX_ROW * a_pitch + k / 4], k % 4) *           \
                half_of (b_tile[b + k * b_pitch + (MATRIX_COLUMN + e) / 4], e % 4)
#define CLEAR_MATRIX(sum) sum = float[8](0, 0, 0, 0, 0, 0, 0, 0)
#define STORE_MATRIX(sum, floats, at, pitch)                                          \
  [[dont_unroll]] for (uint e = 0; e < 8; e++)                                        \
    floats[at + MATRIX_ROW * pitch + MATRIX_COLUMN + e] = sum[e]

float
half_of (uvec2 four, uint i)
{
  return unpackHalf2x16 (four[i / 2])[i % 2];
}

#else

#extension GL_EXT_shader_explicit_arithmetic_types_float16 : require
#extension GL_KHR_memory_scope_semantics : require
#extension GL_KHR_shader_subgroup_basic : require
#extension GL_NV_cooperative_matrix : require

#define EACH       [[unroll]] for
#define MATRIX     fcoopmatNV<16, gl_ScopeSubgroup, 16, 16>
#define MATRIX_SUM fcoopmatNV<32, gl_ScopeSubgroup, 16, 16>
#define SUBGROUP   gl_SubgroupID

#define LOAD_MATRIX(matrix, tile, at, pitch) coopMatLoadNV (matrix, tile, at, pitch, false)
#define MULTIPLY_ADD(sum, a, a_tile, a_pitch, b, b_tile, b_pitch) sum = coopMatMulAddNV (a, b, sum)
#define CLEAR_MATRIX(sum)                    sum = MATRIX_SUM (0)
#define STORE_MATRIX(sum, floats, at, pitch) coopMatStoreNV (sum, floats, at, pitch, false)

#endif
