/* SPDX-License-Identifier: MIT */
#include "clip-judge.h"

#include "media/convert.h"

#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/display.h>
#include <math.h>
#include <string.h>

typedef struct
{
  AVFormatContext *container;
  AVStream *stream;
  AVCodecContext *decoder;
  GPtrArray *digests;
} Judge;

/* FNV-1a over words instead of bytes: thousands of frames go through it. */
char *
judge_digest (const guint8 *rgb, int width, int height)
{
  gsize size = (gsize) width * (gsize) height * 3;
  guint64 hash = G_GUINT64_CONSTANT (0xcbf29ce484222325);

  for (gsize i = 0; i < size; i += 8)
    {
      guint64 word = 0;

      memcpy (&word, rgb + i, MIN (8, size - i));
      hash = (hash ^ word) * G_GUINT64_CONSTANT (0x100000001b3);
      hash ^= hash >> 32;
    }
  return g_strdup_printf ("%dx%d %016" G_GINT64_MODIFIER "x", width, height, hash);
}

/* What a damaged packet leaves out shall not be what lay in memory before. */
static int
get_cleared_buffer (AVCodecContext *context, AVFrame *frame, int flags)
{
  int status = avcodec_default_get_buffer2 (context, frame, flags);

  for (int i = 0; status >= 0 && i < AV_NUM_DATA_POINTERS && frame->buf[i] != NULL; i++)
    memset (frame->buf[i]->data, 0, frame->buf[i]->size);
  return status;
}

/* The matrix turns counter-clockwise by what av_display_rotation_get says. */
static int
exif_value (const AVStream *stream)
{
  static const int values[] = { 1, 8, 3, 6 }; /* quarter turns counter-clockwise */
  const gint32 *matrix = NULL;

#if LIBAVCODEC_VERSION_MAJOR < 61
  G_GNUC_BEGIN_IGNORE_DEPRECATIONS
  matrix = (const gint32 *) av_stream_get_side_data (stream, AV_PKT_DATA_DISPLAYMATRIX, NULL);
  G_GNUC_END_IGNORE_DEPRECATIONS
#else
  const AVPacketSideData *data =
      av_packet_side_data_get (stream->codecpar->coded_side_data,
                               stream->codecpar->nb_coded_side_data, AV_PKT_DATA_DISPLAYMATRIX);

  matrix = data != NULL ? (const gint32 *) data->data : NULL;
#endif
  if (matrix == NULL)
    return 1;
  return values[(int) round (av_display_rotation_get (matrix) / 90) & 3];
}

static void
take_frames (Judge *self)
{
  AVFrame *frame = av_frame_alloc ();
  int status;

  while ((status = avcodec_receive_frame (self->decoder, frame)) != AVERROR (EAGAIN) &&
         status != AVERROR_EOF)
    {
      AVRational aspect;
      FyPicture picture;
      g_autoptr (FyFrame) shown = NULL;

      if (status < 0)
        continue;
      aspect = av_guess_sample_aspect_ratio (self->container, self->stream, frame);
      picture = (FyPicture){
        .coded_width = frame->width,
        .coded_height = frame->height,
        .sample_aspect = aspect.num > 0 ? av_q2d (aspect) : 1,
        .orientation = fy_orientation_from_exif (exif_value (self->stream)),
      };
      shown = fy_convert (frame, &picture);
      g_ptr_array_add (self->digests, judge_digest (shown->rgb, shown->width, shown->height));
    }
  av_frame_free (&frame);
}

static gboolean
judge_open (Judge *self, const char *path)
{
  int best;

  if (avformat_open_input (&self->container, path, NULL, NULL) < 0)
    return FALSE;
  avformat_find_stream_info (self->container, NULL);
  best = av_find_best_stream (self->container, AVMEDIA_TYPE_VIDEO, -1, -1, NULL, 0);
  if (best < 0)
    return FALSE;
  self->stream = self->container->streams[best];
  self->decoder = avcodec_alloc_context3 (NULL);
  avcodec_parameters_to_context (self->decoder, self->stream->codecpar);
  self->decoder->thread_count = 1;
  self->decoder->get_buffer2 = get_cleared_buffer;
  return avcodec_open2 (self->decoder, avcodec_find_decoder (self->decoder->codec_id), NULL) >= 0;
}

GPtrArray *
judge_decode (const char *path)
{
  Judge self = { .digests = g_ptr_array_new_with_free_func (g_free) };
  AVPacket *packet = av_packet_alloc ();
  gboolean opened = judge_open (&self, path);

  while (opened && av_read_frame (self.container, packet) >= 0)
    {
      if (packet->stream_index == self.stream->index && packet->size > 0)
        {
          avcodec_send_packet (self.decoder, packet);
          take_frames (&self);
        }
      av_packet_unref (packet);
    }
  if (opened)
    {
      avcodec_send_packet (self.decoder, NULL);
      take_frames (&self);
    }
  else
    g_clear_pointer (&self.digests, g_ptr_array_unref);
  av_packet_free (&packet);
  avcodec_free_context (&self.decoder);
  avformat_close_input (&self.container);
  return self.digests;
}
