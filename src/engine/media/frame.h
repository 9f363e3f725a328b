/* SPDX-License-Identifier: MIT */
/* One decoded picture as every part of Ferry sees it: upright, square pixels, 8-bit RGB.
 *
 * Immutable once made; reference-counted; may be shared between threads. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  gatomicrefcount refs;
  int number;     /* presentation order, 0 .. n_frames-1              */
  gint64 time_us; /* presentation time, relative to frame 0           */
  int width;      /* pixels, after rotation and sample aspect         */
  int height;
  guint8 *rgb; /* [height, width, 3] u8, no padding; owned         */
} FyFrame;

/* Allocates a frame whose pixels are for the caller to fill before sharing it.
 * Returns: (transfer full), NULL when the size is not positive, is 2 GiB or more, or does not fit
 *          memory. */
FyFrame *fy_frame_new (int width, int height);
FyFrame *fy_frame_ref (FyFrame *self);
void fy_frame_unref (FyFrame *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FyFrame, fy_frame_unref)

/* Resamples to width x height: area average when smaller (each output pixel is the mean of what it
 * covers), bilinear with aligned centres when larger.  Equal size returns a reference.
 * Returns: (transfer full), NULL when the size is not positive or does not fit memory. */
FyFrame *fy_frame_scale (FyFrame *self, int width, int height);

G_END_DECLS
