/* SPDX-License-Identifier: MIT */
/* What FFmpeg 5.1 to 7.1 name differently. */
#pragma once

#include <glib.h>
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>

static inline gboolean
fy_av_frame_interlaced (const AVFrame *frame)
{
#if LIBAVUTIL_VERSION_INT >= AV_VERSION_INT(58, 7, 100) /* 6.1 */
  return (frame->flags & AV_FRAME_FLAG_INTERLACED) != 0;
#else
  return frame->interlaced_frame != 0;
#endif
}

/* Sets a function that hands out memory for frames on any thread. */
static inline void
fy_av_set_get_buffer (AVCodecContext *context, int (*function) (AVCodecContext *, AVFrame *, int))
{
  context->get_buffer2 = function;
#if LIBAVCODEC_VERSION_MAJOR < 60 /* 6.0 takes it for granted */
  G_GNUC_BEGIN_IGNORE_DEPRECATIONS
  context->thread_safe_callbacks = 1;
  G_GNUC_END_IGNORE_DEPRECATIONS
#endif
}

/* Returns the stream's display matrix, 9 numbers in 16.16 and 2.30, or NULL.  Borrowed. */
static inline const gint32 *
fy_av_stream_display_matrix (const AVStream *stream)
{
#if LIBAVCODEC_VERSION_INT >= AV_VERSION_INT(60, 31, 102) /* 6.1 */
  const AVPacketSideData *data =
      av_packet_side_data_get (stream->codecpar->coded_side_data,
                               stream->codecpar->nb_coded_side_data, AV_PKT_DATA_DISPLAYMATRIX);

  return data != NULL && data->size >= 9 * sizeof (gint32) ? (const gint32 *) data->data : NULL;
#else
  size_t size = 0;
  const guint8 *data = av_stream_get_side_data (stream, AV_PKT_DATA_DISPLAYMATRIX, &size);

  return size >= 9 * sizeof (gint32) ? (const gint32 *) data : NULL;
#endif
}
