/* SPDX-License-Identifier: MIT */
/* A part of a picture at the size of the screen.  Thread: any. */
#pragma once

#include "media/frame.h"

G_BEGIN_DECLS

/* Of the whole picture at `scale` < 1, the pixels x .. x + width - 1, y .. y + height - 1, each the mean of what
 * it covers.
 *
 * bgra      [height, width, 4] u8 B G R 255, out */
void ferry_scale_down (const FyFrame *frame,
                       double scale,
                       double x,
                       double y,
                       int width,
                       int height,
                       guint8 *bgra);

/* The picture's pixels at the given places.
 *
 * column    [width]
 * row       [height] */
void ferry_scale_up (const FyFrame *frame,
                     const int *column,
                     const int *row,
                     int width,
                     int height,
                     guint8 *bgra);

G_END_DECLS
