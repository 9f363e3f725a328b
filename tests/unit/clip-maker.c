/* SPDX-License-Identifier: MIT */
#include "clip-maker.h"

#include <glib/gstdio.h>
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/pixdesc.h>
#include <string.h>

typedef struct
{
  AVFormatContext *container;
  AVStream *stream;
  AVCodecContext *encoder;
  AVPacket *packet;
} Maker;

/* Writes what the encoder has ready. */
static void
take_packets (Maker *self)
{
  while (avcodec_receive_packet (self->encoder, self->packet) == 0)
    {
      self->packet->stream_index = self->stream->index;
      av_packet_rescale_ts (self->packet, self->encoder->time_base, self->stream->time_base);
      g_assert_cmpint (av_interleaved_write_frame (self->container, self->packet), ==, 0);
    }
}

/* Each sample a smooth function of place and time. */
static void
paint (AVFrame *frame, int n)
{
  const AVPixFmtDescriptor *layout = av_pix_fmt_desc_get (frame->format);

  for (int c = 0; c < layout->nb_components; c++)
    {
      gboolean small = (c == 1 || c == 2) && layout->log2_chroma_h > 0;
      int width =
          (c == 1 || c == 2) ? AV_CEIL_RSHIFT (frame->width, layout->log2_chroma_w) : frame->width;
      int height = small ? AV_CEIL_RSHIFT (frame->height, layout->log2_chroma_h) : frame->height;
      int most = (1 << layout->comp[c].depth) - 1;
      guint16 row[MADE_WIDTH];

      for (int y = 0; y < height; y++)
        {
          for (int x = 0; x < width; x++)
            row[x] =
                (guint16) (most * (40 + (3 * x + 5 * n + ((x * y + c * 20 + 7 * n) >> 4)) % 160) /
                           255);
          av_write_image_line2 (row, frame->data, frame->linesize, layout, 0, y, c, width,
                                sizeof *row);
        }
    }
}

static void
encode (Maker *self, int n_frames)
{
  AVFrame *frame = av_frame_alloc ();

  frame->format = self->encoder->pix_fmt;
  frame->width = self->encoder->width;
  frame->height = self->encoder->height;
  for (int n = 0; n < n_frames; n++)
    {
      g_assert_cmpint (av_frame_get_buffer (frame, 0), ==, 0);
      for (int i = 0; i < AV_NUM_DATA_POINTERS && frame->buf[i] != NULL; i++)
        memset (frame->buf[i]->data, 0, frame->buf[i]->size); /* encoders look beyond the edge */
      paint (frame, n);
      frame->pts = n;
      g_assert_cmpint (avcodec_send_frame (self->encoder, frame), ==, 0);
      take_packets (self);
      for (int i = 0; i < AV_NUM_DATA_POINTERS; i++)
        av_buffer_unref (&frame->buf[i]);
    }
  avcodec_send_frame (self->encoder, NULL);
  take_packets (self);
  av_frame_free (&frame);
}

static void
open_encoder (Maker *self, const AVCodec *codec, const MadeClip *clip)
{
  AVDictionary *options = NULL;

  self->encoder = avcodec_alloc_context3 (codec);
  self->encoder->width = clip->width > 0 ? clip->width : MADE_WIDTH;
  self->encoder->height = clip->height > 0 ? clip->height : MADE_HEIGHT;
  self->encoder->pix_fmt = av_get_pix_fmt (clip->format);
  self->encoder->time_base = (AVRational){ 1, 25 };
  self->encoder->framerate = (AVRational){ 25, 1 };
  self->encoder->thread_count = 1;
  if (clip->gop > 0)
    self->encoder->gop_size = clip->gop;
  self->encoder->max_b_frames = clip->b_frames;
  if ((self->container->oformat->flags & AVFMT_GLOBALHEADER) != 0)
    self->encoder->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
  if (clip->options != NULL)
    av_dict_parse_string (&options, clip->options, "=", ",", 0);
  g_assert_cmpint (avcodec_open2 (self->encoder, codec, &options), ==, 0);
  g_assert_null (av_dict_get (options, "", NULL, AV_DICT_IGNORE_SUFFIX)); /* all were known */
  av_dict_free (&options);
}

gboolean
make_clip (const char *folder, const MadeClip *clip)
{
  const AVCodec *codec = avcodec_find_encoder_by_name (clip->codec);
  g_autofree char *path = g_build_filename (folder, clip->name, NULL);
  Maker self = { .packet = av_packet_alloc () };

  if (codec == NULL)
    {
      av_packet_free (&self.packet);
      return FALSE;
    }
  g_assert_cmpint (avformat_alloc_output_context2 (&self.container, NULL, NULL, path), >=, 0);
  self.container->flags |= AVFMT_FLAG_BITEXACT; /* Matroska draws numbers */
  self.stream = avformat_new_stream (self.container, NULL);
  open_encoder (&self, codec, clip);
  avcodec_parameters_from_context (self.stream->codecpar, self.encoder);
  self.stream->time_base = self.encoder->time_base;
  g_assert_cmpint (avio_open (&self.container->pb, path, AVIO_FLAG_WRITE), >=, 0);
  g_assert_cmpint (avformat_write_header (self.container, NULL), >=, 0);
  encode (&self, clip->n_frames);
  g_assert_cmpint (av_write_trailer (self.container), ==, 0);
  avio_closep (&self.container->pb);
  avcodec_free_context (&self.encoder);
  av_packet_free (&self.packet);
  avformat_free_context (self.container);
  return TRUE;
}

void
remux_clip (const char *from, const char *to)
{
  AVFormatContext *input = NULL, *output = NULL;
  AVPacket *packet = av_packet_alloc ();
  AVStream *stream;
  gint64 time = 0;

  g_assert_cmpint (avformat_open_input (&input, from, NULL, NULL), ==, 0);
  g_assert_cmpint (avformat_find_stream_info (input, NULL), >=, 0);
  g_assert_cmpint (avformat_alloc_output_context2 (&output, NULL, NULL, to), >=, 0);
  stream = avformat_new_stream (output, NULL);
  avcodec_parameters_copy (stream->codecpar, input->streams[0]->codecpar);
  stream->codecpar->codec_tag = 0;
  stream->time_base = (AVRational){ 1, 50 };
  g_assert_cmpint (avio_open (&output->pb, to, AVIO_FLAG_WRITE), >=, 0);
  g_assert_cmpint (avformat_write_header (output, NULL), >=, 0);
  while (av_read_frame (input, packet) >= 0)
    {
      packet->pts = packet->dts = av_rescale_q (time++, (AVRational){ 1, 50 }, stream->time_base);
      packet->stream_index = 0;
      g_assert_cmpint (av_interleaved_write_frame (output, packet), ==, 0);
    }
  g_assert_cmpint (av_write_trailer (output), ==, 0);
  avio_closep (&output->pb);
  avformat_free_context (output);
  avformat_close_input (&input);
  av_packet_free (&packet);
}

/* Bits of an H.264 syntax structure (ITU-T H.264, 7.3), written in order. */
typedef struct
{
  GByteArray *bytes;
  int filled; /* bits of the last byte */
} Bits;

static void
put (Bits *self, guint value, int n)
{
  for (int i = n - 1; i >= 0; i--)
    {
      if (self->filled % 8 == 0)
        g_byte_array_append (self->bytes, (const guint8 *) "", 1);
      self->bytes->data[self->bytes->len - 1] |=
          (guint8) ((value >> i & 1) << (7 - self->filled % 8));
      self->filled++;
    }
}

static void
put_ue (Bits *self, guint value)
{
  int n = g_bit_storage (value + 1);

  put (self, 0, n - 1);
  put (self, value + 1, n);
}

/* Ends the structure and writes it as a unit, zero bytes guarded (7.4.1.1). */
static void
put_unit (GByteArray *stream, guint8 header, Bits *self)
{
  int zeros = 0;

  put (self, 1, 1);
  g_byte_array_append (stream, (const guint8 *) "\0\0\0\1", 4);
  g_byte_array_append (stream, &header, 1);
  for (guint i = 0; i < self->bytes->len; i++)
    {
      if (zeros >= 2 && self->bytes->data[i] <= 3)
        {
          g_byte_array_append (stream, (const guint8 *) "\3", 1);
          zeros = 0;
        }
      zeros = self->bytes->data[i] == 0 ? zeros + 1 : 0;
      g_byte_array_append (stream, &self->bytes->data[i], 1);
    }
  g_byte_array_set_size (self->bytes, 0);
  self->filled = 0;
}

/* Sequence and picture parameters: baseline tools, but fields allowed; 32 x 32 pixels. */
static void
put_parameters (GByteArray *stream, Bits *bits)
{
  put (bits, 77 << 16 | 30, 24); /* main profile, level 3.0 */
  put_ue (bits, 0);              /* seq_parameter_set_id                     */
  put_ue (bits, 0);              /* log2_max_frame_num_minus4                */
  put_ue (bits, 2);              /* pic_order_cnt_type: as decoded           */
  put_ue (bits, 1);              /* max_num_ref_frames                       */
  put (bits, 0, 1);              /* gaps_in_frame_num_value_allowed_flag     */
  put_ue (bits, 1);              /* pic_width_in_mbs_minus1                  */
  put_ue (bits, 0);              /* pic_height_in_map_units_minus1: of 2 MBs */
  put (bits, 0, 1);              /* frame_mbs_only_flag                      */
  put (bits, 0, 1);              /* mb_adaptive_frame_field_flag             */
  put (bits, 1, 1);              /* direct_8x8_inference_flag                */
  put (bits, 0, 2);              /* frame_cropping_flag, vui_parameters      */
  put_unit (stream, 0x67, bits);
  put_ue (bits, 0); /* pic_parameter_set_id                                 */
  put_ue (bits, 0); /* seq_parameter_set_id                                 */
  put (bits, 0, 2); /* entropy_coding_mode, bottom_field_pic_order          */
  put_ue (bits, 0); /* num_slice_groups_minus1                              */
  put_ue (bits, 0); /* num_ref_idx_l0_default_active_minus1                 */
  put_ue (bits, 0); /* num_ref_idx_l1_default_active_minus1                 */
  put (bits, 0, 3); /* weighted_pred_flag, weighted_bipred_idc              */
  put_ue (bits, 0); /* pic_init_qp_minus26, 0 in either Golomb code         */
  put_ue (bits, 0); /* pic_init_qs_minus26                                  */
  put_ue (bits, 0); /* chroma_qp_index_offset                               */
  put (bits, 4, 3); /* deblocking_filter_control_present 1, and two flags 0 */
  put_unit (stream, 0x68, bits);
}

/* One field: 2 x 1 macroblocks of raw samples. */
static void
put_field (GByteArray *stream, Bits *bits, int picture, gboolean bottom, guint8 level)
{
  gboolean idr = picture == 0 && !bottom;

  put_ue (bits, 0);                    /* first_mb_in_slice              */
  put_ue (bits, 7);                    /* slice_type: I                  */
  put_ue (bits, 0);                    /* pic_parameter_set_id           */
  put (bits, (guint) picture % 16, 4); /* frame_num                      */
  put (bits, bottom ? 3 : 2, 2);       /* field_pic_flag, bottom_field   */
  if (idr)
    put_ue (bits, 0);         /* idr_pic_id                                 */
  put (bits, 0, idr ? 2 : 1); /* dec_ref_pic_marking: nothing special    */
  put_ue (bits, 0);           /* slice_qp_delta                             */
  put_ue (bits, 1);           /* disable_deblocking_filter_idc              */
  for (int mb = 0; mb < 2; mb++)
    {
      put_ue (bits, 25); /* mb_type: I_PCM */
      while (bits->filled % 8 != 0)
        put (bits, 0, 1);
      for (int i = 0; i < 384; i++)
        put (bits, i < 256 ? (guint) level + (guint) i % 16 : 128, 8);
    }
  put_unit (stream, idr ? 0x65 : 0x61, bits);
}

void
make_field_clip (const char *path, int n)
{
  g_autoptr (GByteArray) stream = g_byte_array_new ();
  Bits bits = { .bytes = g_byte_array_new () };

  put_parameters (stream, &bits);
  for (int picture = 0; picture < n; picture++)
    for (int bottom = 0; bottom < 2; bottom++)
      put_field (stream, &bits, picture, bottom, (guint8) (30 + 6 * picture + 100 * bottom));
  g_assert_true (
      g_file_set_contents (path, (const char *) stream->data, (gssize) stream->len, NULL));
  g_byte_array_unref (bits.bytes);
}
