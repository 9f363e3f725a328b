/* SPDX-License-Identifier: MIT */
/* Decoded frames of any pixel format to upright 8-bit RGB with square pixels.  Thread: any. */
#pragma once

#include "media/frame.h"
#include "media/orientation.h"

#include <libavutil/frame.h>
#include <libavutil/pixfmt.h>

G_BEGIN_DECLS

/* How the frames of a video are shown. */
typedef struct
{
  int coded_width; /* pixels; frames of another size are scaled to it */
  int coded_height;
  double sample_aspect; /* width / height of a coded pixel */
  FyOrientation orientation;
} FyPicture;

/* The size shown: the shorter side of a sample is stretched, so that no pixel is lost, then turned. */
void fy_picture_shown_size (const FyPicture *self, int *width, int *height);

/* Whether frames of this format can be converted. */
gboolean fy_convert_supports (enum AVPixelFormat format);

/* Matrix and range are the frame's own; where it does not tell, BT.601 up to 576 rows and BT.709
 * above, limited range for YUV, full for RGB, grey and JPEG.  Chroma is interpolated linearly from
 * where the stream says that it was sampled, within each field of an interlaced frame.  Transfer
 * curves are left alone: no tone mapping.  Alpha is dropped.
 *
 * Returns: (transfer full), NULL without memory. */
FyFrame *fy_convert (const AVFrame *frame, const FyPicture *picture);

G_END_DECLS
