/* SPDX-License-Identifier: MIT */
/* Finds out which frames a video holds.  Thread: one at a time. */
#pragma once

#include "media/demux.h"
#include "media/frame-index.h"

#include <libavutil/frame.h>

G_BEGIN_DECLS

typedef struct
{
  FyFrameIndex *index;
  AVFrame *first; /* the first frame decoded: what it is tells what they all are */
  gboolean counted;
  /* The decoder does not tell which packet a frame came from: frame n is the n-th that a pass from
   * the start gives. */
  gboolean damaged; /* cut off, or packets that do not decode */
} FySurvey;

void fy_survey_clear (FySurvey *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (FySurvey, fy_survey_clear)

/* Reads all packets, decoding none, where their times put them in order and each is known to become
 * one frame; then it decodes only the first few frames, and the last of a file that was cut off, to
 * strike out what does not decode.  Any other video is decoded from start to end once, and the hash
 * of every frame kept. */
gboolean fy_survey (FyDemux *demux, FySurvey *survey, GCancellable *cancellable, GError **error);

/* Over size, format and samples; never 0. */
guint64 fy_frame_hash (const AVFrame *frame);

G_END_DECLS
