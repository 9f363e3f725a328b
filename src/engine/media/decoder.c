/* SPDX-License-Identifier: MIT */
#include "media/decoder.h"

#include "base/error.h"
#include "base/text.h"
#include "media/av-compat.h"

#include <libavutil/pixdesc.h>
#include <string.h>

/* Decoding ahead takes a frame of memory a thread: 16 threads up to 4K, 4 for 8K. */
#define MAX_THREADS      16
#define MAX_AHEAD_PIXELS (G_GINT64_CONSTANT (1) << 27)

/* Larger frames are refused: a decoder may keep 16 of them. */
#define MAX_PIXELS (G_GINT64_CONSTANT (1) << 27)

struct FyDecoder
{
  AVCodecContext *context;
  gboolean ended;

  GMutex lock;        /* what follows is written by the decoder's threads */
  GHashTable *places; /* AVCodecContext of a thread -> place it is at */
  GArray *complaints; /* int: places */
};

/* FFmpeg has one log for the process; these are the decoders whose complaints are listened for. */
static GMutex listening_lock;
static GHashTable *listening; /* set of FyDecoder */

static void
note_complaint (const AVCodecContext *context)
{
  FyDecoder *self = context->opaque;
  gpointer place;
  int complaint = -1;

  g_mutex_lock (&listening_lock);
  if (listening != NULL && g_hash_table_contains (listening, self))
    {
      g_mutex_lock (&self->lock);
      if (g_hash_table_lookup_extended (self->places, context, NULL, &place))
        complaint = GPOINTER_TO_INT (place);
      if (self->complaints->len == 0 ||
          g_array_index (self->complaints, int, self->complaints->len - 1) != complaint)
        g_array_append_val (self->complaints, complaint);
      g_mutex_unlock (&self->lock);
    }
  g_mutex_unlock (&listening_lock);
}

/* Whether what a decoder says means that pixels are not those that were encoded. */
static gboolean
is_complaint (int level, const char *format)
{
  /* H.264 that starts at the key of an open group of pictures is told to forget pictures that it has
   * never seen: that does no harm. */
  if (level <= AV_LOG_ERROR)
    return !g_str_has_prefix (format, "mmco: unref short failure");
  return g_str_has_prefix (format, "concealing "); /* said for those who debug, but said always */
}

/* Thread: any. */
static void
on_log (void *object, int level, const char *format, va_list arguments)
{
  char line[512];
  int at_start = 1;

  if (object != NULL && *(const AVClass **) object == avcodec_get_class () &&
      is_complaint (level, format))
    note_complaint (object);
  if (level > AV_LOG_WARNING)
    return;
  av_log_format_line2 (object, level, format, arguments, line, sizeof line, &at_start);
  g_debug ("%s", g_strchomp (line));
}

void
fy_decoder_redirect_log (void)
{
  static gsize done;

  if (g_once_init_enter (&done))
    {
      av_log_set_callback (on_log);
      g_once_init_leave (&done, 1);
    }
}

static void
listen_to (FyDecoder *self, gboolean on)
{
  g_mutex_lock (&listening_lock);
  if (listening == NULL)
    listening = g_hash_table_new (NULL, NULL);
  if (on)
    g_hash_table_add (listening, self);
  else
    g_hash_table_remove (listening, self);
  g_mutex_unlock (&listening_lock);
}

#ifdef __SANITIZE_THREAD__
/* It would not see that the decoder, which it does not know, orders what its threads do with a picture. */
void AnnotateIgnoreWritesBegin (const char *file, int line);
void AnnotateIgnoreWritesEnd (const char *file, int line);
#else
#define AnnotateIgnoreWritesBegin(file, line)
#define AnnotateIgnoreWritesEnd(file, line)
#endif

/* Gives the decoder cleared memory: samples that a damaged packet leaves out are then the same each
 * time, and not those of some older frame.  Thread: any of the decoder's. */
static int
get_cleared_buffer (AVCodecContext *context, AVFrame *frame, int flags)
{
  FyDecoder *self = context->opaque;
  int status = avcodec_default_get_buffer2 (context, frame, flags);

  g_mutex_lock (&self->lock);
  g_hash_table_insert (self->places, context, GINT_TO_POINTER ((int) frame->pts));
  g_mutex_unlock (&self->lock);
  AnnotateIgnoreWritesBegin (__FILE__, __LINE__);
  for (int i = 0; status >= 0 && i < AV_NUM_DATA_POINTERS && frame->buf[i] != NULL; i++)
    memset (frame->buf[i]->data, 0, frame->buf[i]->size);
  AnnotateIgnoreWritesEnd (__FILE__, __LINE__);
  return status;
}

static FyDecoder *
decoder_alloc (const AVCodec *codec)
{
  FyDecoder *self = g_new0 (FyDecoder, 1);

  g_mutex_init (&self->lock);
  self->places = g_hash_table_new (NULL, NULL);
  self->complaints = g_array_new (FALSE, FALSE, sizeof (int));
  self->context = avcodec_alloc_context3 (codec);
  self->context->opaque = self;
  self->context->max_pixels = MAX_PIXELS;
  self->context->flags |= AV_CODEC_FLAG_UNALIGNED; /* crop to the very pixel */
  fy_av_set_get_buffer (self->context, get_cleared_buffer);
  listen_to (self, TRUE);
  return self;
}

FyDecoder *
fy_decoder_new (const char *path, const AVCodecParameters *parameters, int threads, GError **error)
{
  const AVCodec *codec = avcodec_find_decoder (parameters->codec_id);
  gint64 pixels = MAX (1, (gint64) parameters->width * parameters->height);
  g_autoptr (FyDecoder) self = NULL;
  int status;

  if (codec == NULL)
    {
      g_set_error (error, FY_ERROR, FY_ERROR_UNSUPPORTED,
                   _ ("%s: this build of FFmpeg cannot decode %s; convert the file to H.264"), path,
                   avcodec_get_name (parameters->codec_id));
      return NULL;
    }
  if (pixels > MAX_PIXELS)
    {
      g_set_error (error, FY_ERROR, FY_ERROR_UNSUPPORTED,
                   _ ("%s: its frames are %dx%d; at most %" PRId64 " pixels can be decoded"), path,
                   parameters->width, parameters->height, MAX_PIXELS);
      return NULL;
    }
  threads = (int) CLAMP (threads, 1, MIN (MAX_THREADS, MAX_AHEAD_PIXELS / pixels));
  self = decoder_alloc (codec);
  status = avcodec_parameters_to_context (self->context, parameters);
  self->context->thread_count = threads;
  self->context->thread_type = FF_THREAD_FRAME; /* with slice threads some do not notice damage */
  if (threads > 1 && parameters->codec_id == AV_CODEC_ID_HEVC)
    self->context->err_recognition |= AV_EF_EXPLODE; /* else it keeps damage to itself */
  if (status >= 0)
    status = avcodec_open2 (self->context, codec, NULL);
  if (status < 0)
    {
      g_set_error (error, FY_ERROR, FY_ERROR_UNSUPPORTED,
                   _ ("%s: the %s decoder does not start: %s"), path, codec->name,
                   av_err2str (status));
      return NULL;
    }
  return g_steal_pointer (&self);
}

void
fy_decoder_free (FyDecoder *self)
{
  if (self == NULL)
    return;
  listen_to (self, FALSE);
  avcodec_free_context (&self->context);
  g_hash_table_unref (self->places);
  g_array_unref (self->complaints);
  g_mutex_clear (&self->lock);
  g_free (self);
}

void
fy_decoder_skip_unused (FyDecoder *self, gboolean skip)
{
  /* Of other codecs it is not as sure that nothing is made from what is left out. */
  if (self->context->codec_id == AV_CODEC_ID_H264)
    self->context->skip_frame = skip ? AVDISCARD_NONREF : AVDISCARD_DEFAULT;
}

gboolean
fy_decoder_send (FyDecoder *self, AVPacket *packet, int place)
{
  if (packet == NULL)
    return avcodec_send_packet (self->context, NULL) >= 0;
  /* The decoder hands a packet's time on to its frame: it carries the place instead.  What to do
   * with trimmed frames is for the index to say. */
  packet->pts = packet->dts = place;
  packet->flags &= ~AV_PKT_FLAG_DISCARD;
  return avcodec_send_packet (self->context, packet) >= 0;
}

AVFrame *
fy_decoder_receive (FyDecoder *self, gboolean *failed)
{
  AVFrame *frame = av_frame_alloc ();
  int status;

  *failed = FALSE;
  while ((status = avcodec_receive_frame (self->context, frame)) < 0)
    {
      if (status == AVERROR_EOF)
        self->ended = TRUE;
      if (status == AVERROR_EOF || status == AVERROR (EAGAIN))
        {
          av_frame_free (&frame);
          return NULL;
        }
      *failed = TRUE;
    }
  return frame;
}

gboolean
fy_decoder_ended (const FyDecoder *self)
{
  return self->ended;
}

int
fy_decoder_take_complaint (FyDecoder *self)
{
  int complaint = G_MAXINT;

  g_mutex_lock (&self->lock);
  if (self->complaints->len > 0)
    {
      complaint = g_array_index (self->complaints, int, self->complaints->len - 1);
      g_array_set_size (self->complaints, self->complaints->len - 1);
    }
  g_mutex_unlock (&self->lock);
  return complaint;
}

/* Whether component c is zero at luma sample (x, y). */
static gboolean
is_zero (const AVFrame *frame, const AVPixFmtDescriptor *layout, int c, int x, int y)
{
  gboolean chroma = c == 1 || c == 2;
  guint16 sample;

  av_read_image_line2 (&sample, (const guint8 **) frame->data, frame->linesize, layout,
                       chroma ? x >> layout->log2_chroma_w : x,
                       chroma ? y >> layout->log2_chroma_h : y, c, 1, 0, sizeof sample);
  return sample == 0;
}

gboolean
fy_decoder_left_holes (const AVFrame *frame)
{
  const AVPixFmtDescriptor *layout = av_pix_fmt_desc_get (frame->format);

  if (layout == NULL || layout->nb_components < 3 ||
      (layout->flags & (AV_PIX_FMT_FLAG_RGB | AV_PIX_FMT_FLAG_PAL | AV_PIX_FMT_FLAG_FLOAT |
                        AV_PIX_FMT_FLAG_HWACCEL)) != 0)
    return FALSE;
  for (int y = 8; y < frame->height; y += 16)
    for (int x = 8; x < frame->width; x += 16)
      if (is_zero (frame, layout, 1, x, y) && is_zero (frame, layout, 2, x, y) &&
          is_zero (frame, layout, 0, x, y))
        return TRUE;
  return FALSE;
}
