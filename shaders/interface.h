/* SPDX-License-Identifier: MIT */
/* Read by both GLSL and C: one definition of every push-constant block.
 *
 * Only uint and float scalars, so that both compilers agree on the layout.  Maps, weights and
 * features are seen as arrays of vec4, and every index, base and stride counts vec4s.  A map is
 * base + y * row + x * pixel + channel / 4; base may have wrapped below zero, the sum never has. */
#ifdef FY_SHADER
#define FY_PUSH(Name) struct Name
#else
#include <stdint.h>
#include <sys/types.h>
#define FY_PUSH(Name)                                                                              \
  typedef struct Name Name;                                                                        \
  struct Name
#endif

#define FY_MAX_K 64u         /* FY_SEARCH_MAX_K */
#define FY_NONE  0xffffffffu /* FY_SEARCH_NONE  */

#define FY_FLAG_RELU     1u
#define FY_FLAG_RESIDUAL 2u
#define FY_FLAG_REFLECT  1u

FY_PUSH (FyLoadPicturePush)
{
  uint first; /* pixels [first, end) of the picture */
  uint end;
  uint width;
  uint base;
  uint row;
  uint pixel;
};

/* The border cells of rows first, first + 1, ...: `top` rows above the map, `side` rows of the map,
 * `bottom` rows below it.  Rows and columns count from the border's corner. */
FY_PUSH (FyPadPush)
{
  uint first;
  uint top;
  uint side;
  uint bottom;
  uint height; /* of the map without its border */
  uint width;
  uint halo;
  uint base; /* of the border's corner */
  uint row;
  uint pixel;
  uint flags;
};

FY_PUSH (FyMaxPoolPush)
{
  uint first; /* pixels [first, end) of the output */
  uint end;
  uint width;       /* of the output */
  uint source_base; /* the cell above and left of the first */
  uint source_row;
  uint destination_base;
  uint destination_row;
  uint pixel; /* of both */
};

FY_PUSH (FyConvolutionPush)
{
  uint first; /* pixels [first, end) of the output */
  uint end;
  uint width; /* of the output                                  */
  uint n_in;  /* vec4s of input channels in the weights         */
  uint n_out; /* vec4s of output channels in the weights: even  */
  uint kernel;
  uint stride;
  uint flags;
  uint source_base; /* under the first tap of the first output */
  uint source_row;
  uint source_pixel;
  uint residual_base;
  uint residual_row;
  uint residual_pixel;
  uint destination_base;
  uint destination_row;
  uint destination_pixel;
};

/* Rows of a map into planes [channel / 4][cell]. */
FY_PUSH (FyFeaturesPush)
{
  uint first; /* cells [first, end) of the map */
  uint end;
  uint width;
  uint base;
  uint row;
  uint pixel;
  uint to;        /* where in a plane the first cell goes */
  uint plane;     /* cells from one plane to the next     */
  uint normalize; /* 0 or 1 */
};

/* Planes of a vector's leading coefficients: see lead.comp. */
#define FY_LEAD_PLANES 8u

FY_PUSH (FyLeadPush)
{
  uint first; /* cells [first, end) */
  uint end;
  uint n_cells;
  uint n_channels; /* vec4s */
  uint to;
  float slack;
};

/* Pairs [first, end): similarity `to` + i of the result. */
FY_PUSH (FyPartsPush)
{
  uint first;
  uint end;
  uint n_cells;
  uint n_channels; /* vec4s */
  uint to;
};

FY_PUSH (FySearchPush)
{
  uint width;
  uint height;
  uint first_tile;
  uint tiles_x;
  uint first; /* candidates [first, end) of each tile, as far as it has so many */
  uint end;
  uint n_listed; /* targets in the lists: tiles * targets of a tile        */
  uint k;
  uint radius;
  uint slot; /* position of the context frame's first cell                 */
  uint n_channels_0;
  uint n_channels_1;
  float weight_0;
  float weight_1;
};
