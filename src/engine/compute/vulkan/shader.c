/* SPDX-License-Identifier: MIT */
#include "compute/vulkan/shader.h"

#include <stdint.h> /* the built headers need it */

#include "convolution-emulated.spv.h"
#include "convolution-matrix.spv.h"
#include "convolution-texel.spv.h"
#include "convolution.spv.h"
#include "features-texel.spv.h"
#include "features.spv.h"
#include "interface.h"
#include "lead-texel.spv.h"
#include "lead.spv.h"
#include "load-picture.spv.h"
#include "max-pool-texel.spv.h"
#include "max-pool.spv.h"
#include "pad.spv.h"
#include "parts-texel.spv.h"
#include "parts.spv.h"
#include "search-subgroup-texel.spv.h"
#include "search-subgroup.spv.h"
#include "search-texel.spv.h"
#include "search.spv.h"

#define CODE(name) #name, fy_spirv_##name, sizeof fy_spirv_##name

const FyShaderInfo *
fy_shader_info (FyShader shader, gboolean texel)
{
  static const FyShaderInfo table[FY_N_SHADERS][2] = {
    [FY_SHADER_LOAD_PICTURE] = { { CODE (load_picture), 0, 2, sizeof (FyLoadPicturePush) },
                                 { CODE (load_picture), 0, 2, sizeof (FyLoadPicturePush) } },
    [FY_SHADER_PAD] = { { CODE (pad), 0, 1, sizeof (FyPadPush) },
                        { CODE (pad), 0, 1, sizeof (FyPadPush) } },
    [FY_SHADER_MAX_POOL] = { { CODE (max_pool), 1, 2, sizeof (FyMaxPoolPush) },
                             { CODE (max_pool_texel), 1, 2, sizeof (FyMaxPoolPush) } },
    [FY_SHADER_CONVOLUTION] = { { CODE (convolution), 3, 5, sizeof (FyConvolutionPush) },
                                { CODE (convolution_texel), 3, 5, sizeof (FyConvolutionPush) } },
    [FY_SHADER_CONVOLUTION_MATRIX] = { { CODE (convolution_matrix), 0, 5,
                                         sizeof (FyConvolutionPush) },
                                       { CODE (convolution_matrix), 0, 5,
                                         sizeof (FyConvolutionPush) } },
    [FY_SHADER_CONVOLUTION_EMULATED] = { { CODE (convolution_emulated), 0, 5,
                                           sizeof (FyConvolutionPush) },
                                         { CODE (convolution_emulated), 0, 5,
                                           sizeof (FyConvolutionPush) } },
    [FY_SHADER_FEATURES] = { { CODE (features), 1, 2, sizeof (FyFeaturesPush) },
                             { CODE (features_texel), 1, 2, sizeof (FyFeaturesPush) } },
    [FY_SHADER_SEARCH] = { { CODE (search), 6, 7, sizeof (FySearchPush) },
                           { CODE (search_texel), 6, 7, sizeof (FySearchPush) } },
    [FY_SHADER_SEARCH_SUBGROUP] = { { CODE (search_subgroup), 6, 7, sizeof (FySearchPush) },
                                    { CODE (search_subgroup_texel), 6, 7, sizeof (FySearchPush) } },
    [FY_SHADER_PARTS] = { { CODE (parts), 2, 4, sizeof (FyPartsPush) },
                          { CODE (parts_texel), 2, 4, sizeof (FyPartsPush) } },
    [FY_SHADER_LEAD] = { { CODE (lead), 2, 3, sizeof (FyLeadPush) },
                         { CODE (lead_texel), 2, 3, sizeof (FyLeadPush) } },
  };

  return &table[shader][texel ? 1 : 0];
}

/* A workgroup makes 64 x 64 similarities.  Small tiles visit fewer cells in vain; wide chunks make
 * less of what was read. */
FySearchTile
fy_shader_search_tile (gboolean texel)
{
  return texel ? (FySearchTile){ 4, 4, 256 } : (FySearchTile){ 8, 4, 128 };
}

guint
fy_shader_constants (FyShader shader,
                     int variant,
                     gboolean texel,
                     guint lanes,
                     guint32 constants[FY_SHADER_MAX_CONSTANTS])
{
  FySearchTile tile = fy_shader_search_tile (texel);

  constants[0] = tile.chunk / 8;
  constants[1] = lanes;
  constants[2] = tile.width;
  constants[3] = tile.height;
  constants[4] = (variant & FY_VARIANT_TWO_PARTS) != 0 ? 2 : 1;
  constants[5] = (variant & FY_VARIANT_TARGET_F16) != 0;
  constants[6] = (variant & FY_VARIANT_CONTEXT_F16) != 0;
  constants[7] = (variant & FY_VARIANT_PRUNED) != 0;
  constants[8] = (variant & FY_VARIANT_WEIGHT_F16) != 0;
  return FY_SHADER_MAX_CONSTANTS;
}
