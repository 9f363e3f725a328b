/* SPDX-License-Identifier: MIT */
/* Labels drawn over a picture.  Thread: any. */
#pragma once

#include "label/id-map.h"
#include "label/palette.h"

G_BEGIN_DECLS

/* A zero member means the default. */
typedef struct
{
  double opacity; /* of the fill, 0 < opacity <= 1; 0 = 0.45              */
  int outline_px; /* width of the line along an object's inside; 0 = 2    */
  gboolean no_fill;
  gboolean no_outline;
  gboolean no_void;     /* else void pixels are hatched                         */
  const FyRgb *colours; /* [n_colours] colour of id i at i-1; NULL = the display
                         * colours, which also serve ids beyond n_colours       */
  int n_colours;
} FyOverlayParams;

/* Draws the map into a picture of its size.
 *
 * rgb      [height, width, 3] u8, changed in place
 * params   nullable
 *
 * The border of the picture is no border of an object. */
void fy_overlay_draw (guint8 *rgb, const FyIdMap *map, const FyOverlayParams *params);

G_END_DECLS
