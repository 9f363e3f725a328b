/* SPDX-License-Identifier: MIT */
/* How a shader reads vec4s.  A GPU reads storage buffers and shares what it read through workgroup
 * memory; a software device turns each such load into a loop over lanes, but fetches texels at
 * speed. */
#extension GL_EXT_control_flow_attributes : require

#ifdef FY_TEXEL
#define SOURCE(slot, name) layout (set = 0, binding = slot) uniform samplerBuffer name
#define FETCH(name, at)    texelFetch (name, int (at))

/* What may be float16; texels come as float32 whatever they are. */
#define SOURCE_HALF(slot, name)     SOURCE (slot, name)
#define FETCH_HALF(half_, name, at) FETCH (name, at)
#else
#define SOURCE(slot, name)                                       \
  layout (set = 0, binding = slot, std430) readonly buffer name##_block \
  {                                                              \
    vec4 data[];                                                 \
  }                                                              \
  name
#define FETCH(name, at) name.data[at]

/* What may be float16, which a specialisation constant tells. */
#define SOURCE_HALF(slot, name)                                  \
  SOURCE (slot, name);                                           \
  layout (set = 0, binding = slot, std430) readonly buffer name##_half_block \
  {                                                              \
    uvec2 data[];                                                \
  }                                                              \
  name##_half
#define FETCH_HALF(half_, name, at)                              \
  (half_ ? vec4 (unpackHalf2x16 (name##_half.data[at].x), unpackHalf2x16 (name##_half.data[at].y)) \
         : FETCH (name, at))
#endif

/* The number of this invocation in a dispatch laid out in rows to stay below the limits of one. */
#define LINEAR_ID                                                                    \
  ((gl_WorkGroupID.y * gl_NumWorkGroups.x + gl_WorkGroupID.x) * gl_WorkGroupSize.x + \
   gl_LocalInvocationID.x)
