/* SPDX-License-Identifier: MIT */
#include "media/demux.h"

#include "base/error.h"
#include "base/text.h"
#include "media/container-end.h"

#include <string.h>

struct FyDemux
{
  char *path;
  int wish; /* stream asked for, from 1; 0 = best */
  AVIOContext *io;
  AVFormatContext *context;
  AVStream *stream;          /* of context */
  GCancellable *cancellable; /* of the call in progress */
};

static int
is_cancelled (void *data)
{
  FyDemux *self = data;

  return g_cancellable_is_cancelled (self->cancellable);
}

/* A container that names other files gets none of them. */
static int
refuse_open (AVFormatContext *context,
             AVIOContext **io,
             const char *url,
             int flags,
             AVDictionary **options)
{
  return AVERROR (EACCES);
}

static void
close_container (FyDemux *self)
{
  self->stream = NULL;
  avformat_close_input (&self->context);
  avio_closep (&self->io);
}

void
fy_demux_free (FyDemux *self)
{
  if (self == NULL)
    return;
  close_container (self);
  g_free (self->path);
  g_free (self);
}

/* Sets *error for an FFmpeg status and returns FALSE. */
static gboolean
fail (FyDemux *self, int status, GError **error)
{
  if (g_cancellable_set_error_if_cancelled (self->cancellable, error))
    return FALSE;
  if (status == AVERROR (EACCES) || status == AVERROR (ENOENT) || status == AVERROR (EIO))
    g_set_error (error, G_IO_ERROR, (gint) g_io_error_from_errno (AVUNERROR (status)),
                 _ ("%s: cannot read: %s"), self->path, g_strerror (AVUNERROR (status)));
  else
    g_set_error (error, FY_ERROR, FY_ERROR_CORRUPT,
                 _ ("%s: not a video or picture, or damaged beyond reading (%s); copy or export it "
                    "again"),
                 self->path, av_err2str (status));
  return FALSE;
}

static gboolean
is_video (const AVStream *stream)
{
  return stream->codecpar->codec_type == AVMEDIA_TYPE_VIDEO &&
         (stream->disposition & AV_DISPOSITION_ATTACHED_PIC) == 0;
}

static gboolean
pick_stream (FyDemux *self, GError **error)
{
  AVFormatContext *context = self->context;
  int best = av_find_best_stream (context, AVMEDIA_TYPE_VIDEO, -1, -1, NULL, 0);
  int n = 0;

  for (guint i = 0; i < context->nb_streams; i++)
    {
      if (!is_video (context->streams[i]))
        continue;
      n++;
      if (self->wish > 0 ? n == self->wish : (int) i == best || best < 0)
        self->stream = context->streams[i];
    }
  if (self->stream == NULL)
    {
      if (context->nb_streams == 0 ||
          (n == 0 && context->streams[0]->codecpar->codec_type == AVMEDIA_TYPE_UNKNOWN))
        return fail (self, AVERROR_INVALIDDATA, error);
      if (n == 0)
        g_set_error (error, FY_ERROR, FY_ERROR_UNSUPPORTED, _ ("%s: holds no video (%s)"),
                     self->path, context->iformat->name);
      else
        g_set_error (error, FY_ERROR, FY_ERROR_UNSUPPORTED,
                     _ ("%s: has no video stream %d; it has %d"), self->path, self->wish, n);
      return FALSE;
    }
  for (guint i = 0; i < context->nb_streams; i++)
    if (context->streams[i] != self->stream)
      context->streams[i]->discard = AVDISCARD_ALL;
  return TRUE;
}

static gboolean
open_container (FyDemux *self, GError **error)
{
  g_autofree char *url = g_strconcat ("file:", self->path, NULL);
  AVIOInterruptCB interrupt = { is_cancelled, self };
  AVDictionary *options = NULL;
  int status = avio_open2 (&self->io, url, AVIO_FLAG_READ, &interrupt, NULL);

  if (status < 0)
    return fail (self, status, error);
  self->context = avformat_alloc_context ();
  self->context->interrupt_callback = interrupt;
  self->context->io_open = refuse_open;
  self->context->pb = self->io;
  av_dict_set (&options, "protocol_whitelist", "none", 0);
  status = avformat_open_input (&self->context, url, NULL, &options);
  av_dict_free (&options);
  if (status < 0)
    return fail (self, status, error);
  if (strcmp (self->context->iformat->name, "tty") == 0) /* text drawn as pictures */
    return fail (self, AVERROR_INVALIDDATA, error);
  status = avformat_find_stream_info (self->context, NULL);
  if (status < 0 || is_cancelled (self))
    return fail (self, status, error);
  return pick_stream (self, error);
}

FyDemux *
fy_demux_new (const char *path, int stream, GCancellable *cancellable, GError **error)
{
  g_autoptr (FyDemux) self = g_new0 (FyDemux, 1);

  self->path = g_strdup (path);
  self->wish = stream;
  if (!fy_demux_rewind (self, cancellable, error))
    return NULL;
  return g_steal_pointer (&self);
}

const char *
fy_demux_path (const FyDemux *self)
{
  return self->path;
}

AVFormatContext *
fy_demux_context (FyDemux *self)
{
  return self->context;
}

AVStream *
fy_demux_stream (FyDemux *self)
{
  return self->stream;
}

gboolean
fy_demux_is_cut (const FyDemux *self)
{
  return fy_container_is_cut (self->path, self->context->iformat->name);
}

FyDemuxStatus
fy_demux_read (FyDemux *self, AVPacket *packet, GCancellable *cancellable)
{
  int status;

  self->cancellable = cancellable;
  do
    {
      av_packet_unref (packet);
      status = av_read_frame (self->context, packet);
    }
  /* A packet without data would tell a decoder that the stream is over. */
  while (status >= 0 && (packet->stream_index != self->stream->index || packet->size == 0));
  self->cancellable = NULL;
  if (status >= 0)
    return FY_DEMUX_PACKET;
  return status == AVERROR_EOF ? FY_DEMUX_END : FY_DEMUX_BROKEN;
}

gboolean
fy_demux_seek (FyDemux *self, gint64 time, GCancellable *cancellable)
{
  int status;

  self->cancellable = cancellable;
  status = av_seek_frame (self->context, self->stream->index, time, AVSEEK_FLAG_BACKWARD);
  self->cancellable = NULL;
  return status >= 0;
}

gboolean
fy_demux_rewind (FyDemux *self, GCancellable *cancellable, GError **error)
{
  FyDemux before = *self;

  self->io = NULL;
  self->context = NULL;
  self->stream = NULL;
  self->cancellable = cancellable;
  if (open_container (self, error))
    {
      self->cancellable = NULL;
      close_container (&before);
      return TRUE;
    }
  close_container (self);
  *self = before;
  return FALSE;
}
