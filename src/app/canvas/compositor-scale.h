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

/* The same of a picture that is seen at other scales across and down, of any size, blended between the
 * centres of its pixels. */
void ferry_scale_smooth (const FyFrame *frame,
                         double scale_across,
                         double scale_down,
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
