/* SPDX-License-Identifier: MIT */
/* The scene as pictures, masks and points.  Thread: any; spreads over the cores. */
#pragma once

#include "label/id-map.h"

G_BEGIN_DECLS

/* Returns: (transfer full) [SCENE_HEIGHT, SCENE_WIDTH, 3] u8, sRGB. */
guint8 *render_picture (int frame);

/* Each pixel's label is what its centre shows.  Returns: (transfer full). */
FyIdMap *render_mask (int frame);

/* All points in all frames as CSV: frame,object,point,x,y,visible.  Returns: (transfer full). */
char *render_points (void);

G_END_DECLS
