/* SPDX-License-Identifier: MIT */
#include "media/packet-probe.h"

struct FyPacketProbe
{
  enum AVCodecID codec;
  AVCodecParserContext *parser; /* H.264 only */
  AVCodecContext *context;      /* for the parser: holds the parameter sets, is never opened */
  int open_field;               /* parity of a first field that waits for its second, or 0 */
};

FyPacketProbe *
fy_packet_probe_new (const AVCodecParameters *parameters)
{
  FyPacketProbe *self = g_new0 (FyPacketProbe, 1);

  self->codec = parameters->codec_id;
  if (self->codec != AV_CODEC_ID_H264)
    return self;
  self->parser = av_parser_init (self->codec);
  self->context = avcodec_alloc_context3 (NULL);
  avcodec_parameters_to_context (self->context, parameters);
  if (self->parser != NULL)
    self->parser->flags |= PARSER_FLAG_COMPLETE_FRAMES;
  return self;
}

void
fy_packet_probe_free (FyPacketProbe *self)
{
  if (self == NULL)
    return;
  av_parser_close (self->parser);
  avcodec_free_context (&self->context);
  g_free (self);
}

gboolean
fy_packet_probe_is_exact (const FyPacketProbe *self)
{
  const AVCodecDescriptor *codec = avcodec_descriptor_get (self->codec);

  switch (self->codec)
    {
    case AV_CODEC_ID_H264:
      return self->parser != NULL;
    case AV_CODEC_ID_HEVC:
    case AV_CODEC_ID_VP8:
    case AV_CODEC_ID_VP9:
    case AV_CODEC_ID_AV1:
    case AV_CODEC_ID_MPEG1VIDEO:
    case AV_CODEC_ID_MPEG2VIDEO:
    case AV_CODEC_ID_THEORA:
    case AV_CODEC_ID_FFV1:
      return TRUE;
    default:
      return codec != NULL && (codec->props & AV_CODEC_PROP_INTRA_ONLY) != 0;
    }
}

/* RFC 6386, 9.1: bit 4 of the frame tag is show_frame. */
static gboolean
vp8_is_hidden (const guint8 *data)
{
  return (data[0] & 0x10) == 0;
}

/* VP9 bitstream, 6.2: marker (2), profile (2), for profile 3 a reserved bit, show_existing_frame,
 * frame_type, show_frame.  A superframe (annex B) is there to wrap a hidden frame with a shown one. */
static gboolean
vp9_is_hidden (const guint8 *data, int size)
{
  gboolean profile_3 = (data[0] & 0x30) == 0x30;
  guint bits = profile_3 ? (guint) data[0] << 1 : data[0]; /* show_existing_frame at bit 3 */

  if ((data[size - 1] & 0xe0) == 0xc0 || (bits & 0x08) != 0)
    return FALSE;
  return (bits & 0x02) == 0;
}

static gboolean
h264_is_second_field (FyPacketProbe *self, const AVPacket *packet)
{
  guint8 *parsed;
  int parsed_size, parity = 0;

  av_parser_parse2 (self->parser, self->context, &parsed, &parsed_size, packet->data, packet->size,
                    packet->pts, packet->dts, packet->pos);
  if (self->parser->picture_structure == AV_PICTURE_STRUCTURE_TOP_FIELD ||
      self->parser->picture_structure == AV_PICTURE_STRUCTURE_BOTTOM_FIELD)
    parity = (int) self->parser->picture_structure;
  if (self->open_field != 0 && parity != 0 && parity != self->open_field)
    {
      self->open_field = 0;
      return TRUE;
    }
  self->open_field = parity;
  return FALSE;
}

gboolean
fy_packet_probe_is_hidden (FyPacketProbe *self, const AVPacket *packet)
{
  if (packet->size <= 0)
    return TRUE;
  if (self->codec == AV_CODEC_ID_VP8)
    return vp8_is_hidden (packet->data);
  if (self->codec == AV_CODEC_ID_VP9)
    return vp9_is_hidden (packet->data, packet->size);
  if (self->parser != NULL)
    return h264_is_second_field (self, packet);
  return FALSE;
}
