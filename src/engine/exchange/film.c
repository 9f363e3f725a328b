/* SPDX-License-Identifier: MIT */
#include "exchange/film.h"

#include "base/error.h"
#include "base/output-file.h"
#include "base/text.h"
#include "media/decoder.h"

#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libswscale/swscale.h>
#include <string.h>

#define TICKS_PER_SECOND                                                                           \
  60000 /* holds 24, 25, 30, 50, 60 and 30000/1001 a second; MPEG-4 takes it */
#define DEFAULT_RATE 25.0

typedef enum
{
  MP4 = 1 << 0,
  MOV = 1 << 1,
  MATROSKA = 1 << 2,
  WEBM = 1 << 3,
} Container;

static const struct
{
  const char *ending;
  const char *format; /* FFmpeg's name */
} containers[] = { { ".mp4", "mp4" },
                   { ".mov", "mov" },
                   { ".mkv", "matroska" },
                   { ".webm", "webm" } };

typedef struct
{
  const char *name;
  const char *title;
  enum AVPixelFormat format;
  const char *options; /* of FFmpeg: name=value:... */
  int containers;      /* of Container */
  double bytes;        /* a pixel and frame, roughly */
} Codec;

/* Best first. */
static const Codec codecs[] = {
  { "libx264", "H.264", AV_PIX_FMT_YUV420P, "preset=fast:crf=18", MP4 | MOV | MATROSKA, 0.04 },
  { "mpeg4", "MPEG-4", AV_PIX_FMT_YUV420P, "flags=+qscale:global_quality=354", /* 354 = 3 * 118 */
    MP4 | MOV | MATROSKA, 0.07 },
  { "libx265", "H.265", AV_PIX_FMT_YUV420P, "preset=fast:crf=20:x265-params=log-level=none",
    MP4 | MOV | MATROSKA, 0.03 },
  { "libvpx-vp9", "VP9", AV_PIX_FMT_YUV420P, "crf=24:b=0:deadline=good:cpu-used=4:row-mt=1",
    MP4 | MATROSKA | WEBM, 0.03 },
  { "libaom-av1", "AV1", AV_PIX_FMT_YUV420P, "crf=28:b=0:cpu-used=8:row-mt=1",
    MP4 | MATROSKA | WEBM, 0.025 },
  { "prores_ks", "ProRes", AV_PIX_FMT_YUV422P10, "profile=2", MOV | MATROSKA, 0.35 },
  { "ffv1", "FFV1, lossless", AV_PIX_FMT_0RGB32, "level=3", MATROSKA, 1.2 },
};

struct FyFilm
{
  char *path;
  int width; /* of the pictures */
  int height;
  gint64 ticks; /* one picture at the nominal rate */
  gint64 first_us;
  gint64 last; /* ticks; -1 before the first picture */
  FyOutputFile *file;
  AVFormatContext *format;
  AVCodecContext *codec;
  AVStream *stream;
  AVFrame *frame;
  AVPacket *packet;
  struct SwsContext *scale;
  guint8 *padded; /* [even height, even width, 3], NULL when the pictures are even */
};

void
fy_film_free (FyFilm *self)
{
  if (self == NULL)
    return;
  if (self->format != NULL)
    avio_closep (&self->format->pb);
  avformat_free_context (self->format);
  avcodec_free_context (&self->codec);
  av_frame_free (&self->frame);
  av_packet_free (&self->packet);
  sws_freeContext (self->scale);
  fy_output_file_free (self->file);
  g_free (self->padded);
  g_free (self->path);
  g_free (self);
}

/* Sets *error to "PATH: cannot ACTION: REASON"; code is FFmpeg's. */
static gboolean
fail (const FyFilm *self, const char *action, int code, GError **error)
{
  char reason[AV_ERROR_MAX_STRING_SIZE] = "";
  int number = AVUNERROR (code);

  av_strerror (code, reason, sizeof reason);
  if (number > 0 && number < 4096) /* an errno */
    g_set_error (error, G_IO_ERROR, (gint) g_io_error_from_errno (number),
                 _ ("%s: cannot %s: %s%s"), self->path, action, reason,
                 number == ENOSPC || number == EFBIG || number == EDQUOT ? _ ("; free some space")
                                                                         : "");
  else
    g_set_error (error, FY_ERROR, FY_ERROR_FAILED, _ ("%s: cannot %s: %s"), self->path, action,
                 reason);
  return FALSE;
}

static gboolean
fail_unsupported (const FyFilm *self, const char *what, GError **error)
{
  g_set_error (error, FY_ERROR, FY_ERROR_UNSUPPORTED, "%s: %s", self->path, what);
  return FALSE;
}

const char **
fy_film_codecs (void)
{
  const char **names = g_new0 (const char *, G_N_ELEMENTS (codecs) + 1);
  gsize n = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (codecs); i++)
    if (avcodec_find_encoder_by_name (codecs[i].name) != NULL)
      names[n++] = codecs[i].name;
  return names;
}

static const Codec *
find_codec (const char *name)
{
  for (gsize i = 0; name != NULL && i < G_N_ELEMENTS (codecs); i++)
    if (strcmp (codecs[i].name, name) == 0)
      return &codecs[i];
  return NULL;
}

const char *
fy_film_codec_title (const char *codec)
{
  const Codec *found = find_codec (codec);

  return found != NULL ? found->title : codec;
}

double
fy_film_codec_bytes (const char *codec)
{
  const Codec *found = find_codec (codec);

  return found != NULL ? found->bytes : codecs[0].bytes;
}

/* --- Starting --- */

/* Index of a Container's bit; -1 = no film's name. */
static int
choose_container (const char *path)
{
  g_autofree char *lower = g_ascii_strdown (path, -1);

  for (gsize i = 0; i < G_N_ELEMENTS (containers); i++)
    if (g_str_has_suffix (lower, containers[i].ending))
      return (int) i;
  return -1;
}

gboolean
fy_film_codec_fits (const char *codec, const char *name)
{
  const Codec *found = find_codec (codec);
  int container = choose_container (name);

  return found != NULL && container >= 0 && (found->containers & 1 << container) != 0;
}

/* Returns: NULL with *error set when this FFmpeg has none that fits. */
static const Codec *
choose_codec (const FyFilm *self, int container, const char *wish, GError **error)
{
  g_autofree const char **here = fy_film_codecs ();
  g_autofree char *list = g_strjoinv (", ", (char **) here);
  g_autofree char *message = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (codecs); i++)
    if (g_strv_contains (here, codecs[i].name) && (codecs[i].containers & 1 << container) != 0 &&
        (wish == NULL || strcmp (wish, codecs[i].name) == 0))
      return &codecs[i];
  message = g_strdup_printf (_ ("no encoder%s%s for %s; this FFmpeg offers %s (ffv1 in .mkv only)"),
                             wish != NULL ? " " : "", wish != NULL ? wish : "",
                             containers[container].ending,
                             list[0] != '\0' ? list : _ ("none that Ferry uses"));
  fail_unsupported (self, message, error);
  return NULL;
}

static gboolean
open_codec (FyFilm *self, const Codec *codec, double rate, GError **error)
{
  const AVCodec *encoder = avcodec_find_encoder_by_name (codec->name);
  int even = codec->format != AV_PIX_FMT_0RGB32 ? 1 : 0, code;
  AVDictionary *options = NULL;

  self->codec = avcodec_alloc_context3 (encoder);
  self->codec->width = (self->width + even) & ~even;
  self->codec->height = (self->height + even) & ~even;
  self->codec->pix_fmt = codec->format;
  self->codec->time_base = (AVRational){ 1, TICKS_PER_SECOND };
  self->codec->framerate = av_d2q (rate, 100000);
  self->codec->sample_aspect_ratio = (AVRational){ 1, 1 };
  if (even != 0)
    {
      self->codec->color_range = AVCOL_RANGE_MPEG;
      self->codec->colorspace = AVCOL_SPC_BT709;
      self->codec->color_primaries = AVCOL_PRI_BT709;
      self->codec->color_trc = AVCOL_TRC_BT709;
    }
  if ((self->format->oformat->flags & AVFMT_GLOBALHEADER) != 0)
    self->codec->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
  av_dict_parse_string (&options, codec->options, "=", ":", 0);
  code = avcodec_open2 (self->codec, encoder, &options);
  av_dict_free (&options);
  if (code < 0)
    {
      g_autofree char *message =
          g_strdup_printf (_ ("%s cannot encode pictures of %dx%d; scale them down, or try another "
                              "codec"),
                           codec->name, self->width, self->height);

      return fail_unsupported (self, message, error);
    }
  return TRUE;
}

/* What turns RGB pictures into the encoder's frames. */
static gboolean
make_frames (FyFilm *self, GError **error)
{
  int width = self->codec->width, height = self->codec->height, code;
  int flags = SWS_BICUBIC | SWS_ACCURATE_RND | SWS_FULL_CHR_H_INT | SWS_FULL_CHR_H_INP;
  const int *bt709 = sws_getCoefficients (SWS_CS_ITU709);

  self->packet = av_packet_alloc ();
  self->frame = av_frame_alloc ();
  self->frame->format = self->codec->pix_fmt;
  self->frame->width = width;
  self->frame->height = height;
  code = av_frame_get_buffer (self->frame, 0);
  if (code < 0)
    return fail (self, _ ("make a frame"), code, error);
  self->scale = sws_getContext (width, height, AV_PIX_FMT_RGB24, width, height,
                                self->codec->pix_fmt, flags, NULL, NULL, NULL);
  if (self->scale == NULL)
    return fail (self, _ ("convert colours"), AVERROR (EINVAL), error);
  if (self->codec->pix_fmt != AV_PIX_FMT_0RGB32)
    sws_setColorspaceDetails (self->scale, bt709, 1, bt709, 0, 0, 1 << 16, 1 << 16);
  if (width != self->width || height != self->height)
    self->padded = g_malloc (3 * (gsize) width * (gsize) height);
  return TRUE;
}

static gboolean
open_file (FyFilm *self, GError **error)
{
  g_autofree char *url = NULL;
  int code;

  self->file = fy_output_file_new (self->path, error);
  if (self->file == NULL)
    return FALSE;
  url = g_strconcat ("file:", fy_output_file_peek_path (self->file), NULL);
  code = avio_open (&self->format->pb, url, AVIO_FLAG_WRITE);
  if (code < 0)
    return fail (self, _ ("create the file"), code, error);
  self->stream = avformat_new_stream (self->format, NULL);
  self->stream->time_base = self->codec->time_base;
  self->stream->avg_frame_rate = self->codec->framerate;
  code = avcodec_parameters_from_context (self->stream->codecpar, self->codec);
  if (code >= 0)
    code = avformat_write_header (self->format, NULL);
  return code >= 0 || fail (self, "write", code, error);
}

FyFilm *
fy_film_new (const char *path, int width, int height, const FyFilmParams *params, GError **error)
{
  g_autoptr (FyFilm) self = g_new0 (FyFilm, 1);
  int container = choose_container (path);
  double wish = params != NULL ? params->frames_per_second : 0.0;
  double rate = wish >= 0.01 && wish <= 1000.0 ? wish : DEFAULT_RATE;
  const Codec *codec;
  int code;

  g_return_val_if_fail (width > 0 && height > 0, NULL);
  fy_decoder_redirect_log (); /* encoders too would write to the terminal */
  self->path = g_strdup (path);
  self->width = width;
  self->height = height;
  self->ticks = MAX (1, (gint64) (TICKS_PER_SECOND / rate + 0.5));
  self->last = -1;
  if (container < 0)
    {
      fail_unsupported (
          self, _ ("no film format by that name; end it in .mp4, .mov, .mkv or .webm"), error);
      return NULL;
    }
  codec = choose_codec (self, container, params != NULL ? params->codec : NULL, error);
  if (codec == NULL)
    return NULL;
  code = avformat_alloc_output_context2 (&self->format, NULL, containers[container].format, NULL);
  if (code < 0)
    {
      fail (self, _ ("make the container"), code, error);
      return NULL;
    }
  if (!open_codec (self, codec, rate, error) || !make_frames (self, error) ||
      !open_file (self, error))
    return NULL;
  return g_steal_pointer (&self);
}

/* --- Adding --- */

/* Repeats the last column and row where the encoder wants even sizes.  Returns: borrowed. */
static const guint8 *
pad (FyFilm *self, const guint8 *rgb)
{
  gsize from = 3 * (gsize) self->width, to = 3 * (gsize) self->codec->width;

  if (self->padded == NULL)
    return rgb;
  for (int y = 0; y < self->codec->height; y++)
    {
      guint8 *row = self->padded + (gsize) y * to;

      memcpy (row, rgb + (gsize) MIN (y, self->height - 1) * from, from);
      if (to > from)
        memcpy (row + from, row + from - 3, 3);
    }
  return self->padded;
}

/* Hands a frame to the encoder, NULL at the end, and writes what comes out. */
static gboolean
encode (FyFilm *self, AVFrame *frame, GError **error)
{
  int code = avcodec_send_frame (self->codec, frame);

  if (code < 0)
    return fail (self, "encode", code, error);
  while ((code = avcodec_receive_packet (self->codec, self->packet)) >= 0)
    {
      if (self->packet->duration == 0) /* else the last picture stands for no time at all */
        self->packet->duration = self->ticks;
      av_packet_rescale_ts (self->packet, self->codec->time_base, self->stream->time_base);
      self->packet->stream_index = self->stream->index;
      code = av_interleaved_write_frame (self->format, self->packet);
      if (code < 0)
        return fail (self, "write", code, error);
    }
  return code == AVERROR (EAGAIN) || code == AVERROR_EOF || fail (self, "encode", code, error);
}

gboolean
fy_film_add (FyFilm *self, const guint8 *rgb, gint64 time_us, GError **error)
{
  const guint8 *source[1] = { pad (self, rgb) };
  int stride[1] = { 3 * self->codec->width };
  gint64 ticks;
  int code;

  if (self->last < 0)
    self->first_us = time_us;
  ticks = av_rescale_q (time_us - self->first_us, (AVRational){ 1, G_USEC_PER_SEC },
                        self->codec->time_base);
  if (ticks <= self->last)
    ticks = self->last + self->ticks;
  code = av_frame_make_writable (self->frame);
  if (code < 0)
    return fail (self, _ ("make a frame"), code, error);
  sws_scale (self->scale, source, stride, 0, self->codec->height, self->frame->data,
             self->frame->linesize);
  self->frame->pts = self->last = ticks;
  return encode (self, self->frame, error);
}

gboolean
fy_film_finish (FyFilm *self, GError **error)
{
  int code;

  if (self->last < 0)
    {
      g_set_error (error, FY_ERROR, FY_ERROR_FAILED, _ ("%s: a film needs at least one picture"),
                   self->path);
      return FALSE;
    }
  if (!encode (self, NULL, error))
    return FALSE;
  code = av_write_trailer (self->format);
  if (code >= 0)
    code = self->format->pb->error;
  if (code >= 0)
    code = avio_closep (&self->format->pb);
  if (code < 0)
    return fail (self, "write", code, error);
  return fy_output_file_commit (self->file, TRUE, error);
}
