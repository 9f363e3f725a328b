/* SPDX-License-Identifier: MIT */
/* The shaders that were built in. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  FY_SHADER_LOAD_PICTURE,
  FY_SHADER_PAD,
  FY_SHADER_MAX_POOL,
  FY_SHADER_CONVOLUTION,
  FY_SHADER_CONVOLUTION_MATRIX,   /* float16, by matrices.h */
  FY_SHADER_CONVOLUTION_EMULATED, /* the same in plain code */
  FY_SHADER_FEATURES,
  FY_SHADER_SEARCH,
  FY_SHADER_SEARCH_SUBGROUP, /* by subgroups.h */
  FY_SHADER_PARTS,
  FY_SHADER_LEAD,
  FY_N_SHADERS,
} FyShader;

#define FY_SHADER_MAX_BINDINGS  7
#define FY_SHADER_MAX_CONSTANTS 9

/* Variants of a shader: a set of these. */
enum
{
  FY_VARIANT_TWO_PARTS = 1,   /* of features                                        */
  FY_VARIANT_TARGET_F16 = 2,  /* the target's features, or those made, are float16  */
  FY_VARIANT_CONTEXT_F16 = 4, /* the context's are                                  */
  FY_VARIANT_PRUNED = 8,      /* the search bounds similarities before it makes any */
  FY_VARIANT_WEIGHT_F16 = 16, /* a convolution's weights are float16               */
  FY_SHADER_N_VARIANTS = 32,
};

typedef struct
{
  const char *name;
  const guint32 *code; /* SPIR-V */
  gsize code_size;     /* bytes  */
  guint n_sources;     /* the first bindings: read as vec4s, from texels in a texel build */
  guint n_bindings;
  guint push_size; /* bytes */
} FyShaderInfo;

/* texel: the build for software devices. */
const FyShaderInfo *fy_shader_info (FyShader shader, gboolean texel);

/* Cells of a tile of targets in the search, and candidates of a chunk; see search.comp. */
typedef struct
{
  guint width;
  guint height;
  guint chunk;
} FySearchTile;

FySearchTile fy_shader_search_tile (gboolean texel);

/* The specialisation constants of a shader, by id.  Returns how many.
 *
 * lanes   of a subgroup, for a shader that counts on them */
guint fy_shader_constants (FyShader shader,
                           int variant,
                           gboolean texel,
                           guint lanes,
                           guint32 constants[FY_SHADER_MAX_CONSTANTS]);

G_END_DECLS
