/* SPDX-License-Identifier: MIT */
#include "media/pass.h"

#include "media/decoder.h"

/* Packets looked at after a seek for one that the index knows. */
#define LANDING_PACKETS 64

/* Frames that are shown before a key follow it closely. */
#define LEADING_PACKETS 64

struct FyPass
{
  FyDemux *demux;            /* borrowed */
  const FyFrameIndex *index; /* borrowed */
  FyDecoder *decoder;
  AVPacket *packet;
  gboolean pending; /* `packet` is the next one, already read */
  int threads;
  int start;
  int next;         /* packet to decode next */
  int goal;         /* packets before it are decoded only where others need them */
  int last_leading; /* last packet that is shown before `start` */
  gboolean damaged;
};

void
fy_pass_free (FyPass *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->decoder, fy_decoder_free);
  av_packet_free (&self->packet);
  g_free (self);
}

/* Reads up to packet `to`, which is then the one in `packet`, from packet `at` on. */
static gboolean
skip (FyPass *self, int at, int to, GCancellable *cancellable)
{
  for (; at <= to; at++)
    {
      if (g_cancellable_is_cancelled (cancellable) ||
          fy_demux_read (self->demux, self->packet, cancellable) != FY_DEMUX_PACKET ||
          self->packet->size != fy_frame_index_packet (self->index, at)->size)
        return FALSE;
    }
  return TRUE;
}

/* Finds out where a seek led and goes on from there to packet `to`.  FALSE when it led too far, or to
 * packets that cannot be told apart. */
static gboolean
arrive (FyPass *self, int to, GCancellable *cancellable)
{
  for (int i = 0; i < LANDING_PACKETS; i++)
    {
      int at;

      if (g_cancellable_is_cancelled (cancellable) ||
          fy_demux_read (self->demux, self->packet, cancellable) != FY_DEMUX_PACKET)
        return FALSE;
      at = fy_frame_index_identify (self->index, self->packet->pos, self->packet->size,
                                    self->packet->pts);
      if (at > to)
        return FALSE;
      if (at >= 0)
        return skip (self, at + 1, to, cancellable);
    }
  return FALSE;
}

static gboolean
seek (FyPass *self, int to, GCancellable *cancellable)
{
  static const int keys_back[] = { 0, 1, 4 };

  for (guint i = 0; i < G_N_ELEMENTS (keys_back); i++)
    {
      int key = fy_frame_index_key_before (self->index, to, keys_back[i]);
      const FyPacketEntry *entry = fy_frame_index_packet (self->index, key);
      gint64 time = entry->dts != FY_NO_TIME ? entry->dts : entry->pts;

      if (time != FY_NO_TIME && fy_demux_seek (self->demux, time, cancellable) &&
          arrive (self, to, cancellable))
        return TRUE;
    }
  return FALSE;
}

static int
find_last_leading (const FyPass *self)
{
  int end = MIN (self->start + LEADING_PACKETS, fy_frame_index_n_packets (self->index));

  for (int packet = end - 1; packet > self->start && self->start > 0; packet--)
    if (fy_frame_index_leads (self->index, packet, self->start))
      return packet;
  return self->start;
}

FyPass *
fy_pass_new (FyDemux *demux,
             const FyFrameIndex *index,
             int start,
             gboolean rewind,
             int threads,
             GCancellable *cancellable,
             GError **error)
{
  g_autoptr (FyPass) self = g_new0 (FyPass, 1);

  self->demux = demux;
  self->index = index;
  self->packet = av_packet_alloc ();
  self->threads = threads;
  self->start = self->next = start;
  self->last_leading = find_last_leading (self);
  self->pending = TRUE;
  if (rewind || !seek (self, start, cancellable))
    {
      if (!fy_demux_rewind (demux, cancellable, error))
        return NULL;
      self->pending = skip (self, 0, start, cancellable); /* if not, the first read ends the pass */
    }
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;
  self->decoder =
      fy_decoder_new (fy_demux_path (demux), fy_demux_stream (demux)->codecpar, threads, error);
  return self->decoder != NULL ? g_steal_pointer (&self) : NULL;
}

gboolean
fy_pass_return (FyPass *self, GCancellable *cancellable)
{
  gboolean ended = self->next >= fy_frame_index_n_packets (self->index);

  self->pending = !ended && seek (self, self->next, cancellable);
  return ended || self->pending;
}

int
fy_pass_start (const FyPass *self)
{
  return self->start;
}

int
fy_pass_position (const FyPass *self)
{
  return self->next;
}

gboolean
fy_pass_is_damaged (const FyPass *self)
{
  return self->damaged;
}

/* An error does not say which packet it is about.  With threads it may be one that was sent some
 * packets ago.  Errors in frames that lead the first key are of no interest. */
static void
note_error (FyPass *self)
{
  int delay = self->threads > 1 ? self->threads : 0;
  gboolean leading = self->start > 0 && self->next - 1 > self->start &&
                     self->next - 1 - delay <= self->last_leading;

  self->damaged |= !leading;
}

/* Takes in what the decoder had to say. */
static void
listen (FyPass *self)
{
  int place;

  while ((place = fy_decoder_take_complaint (self->decoder)) != G_MAXINT)
    self->damaged |=
        place < 0 || self->start == 0 || !fy_frame_index_leads (self->index, place, self->start);
}

void
fy_pass_set_goal (FyPass *self, int goal)
{
  self->goal = goal;
}

/* Gives the decoder its next packet, or tells it that there is none. */
static void
feed (FyPass *self, GCancellable *cancellable)
{
  int n = fy_frame_index_n_packets (self->index);
  gboolean have = self->pending;

  if (!have && self->next < n)
    have = fy_demux_read (self->demux, self->packet, cancellable) == FY_DEMUX_PACKET;
  if (g_cancellable_is_cancelled (cancellable))
    return; /* the read may have been cut short */
  self->pending = FALSE;
  if (have && self->packet->size != fy_frame_index_packet (self->index, self->next)->size)
    have = FALSE; /* not the packet that the index promised: the file has changed */
  if (!have && self->next < n)
    self->damaged = TRUE;
  fy_decoder_skip_unused (self->decoder, self->next < self->goal);
  self->next++;
  if (!fy_decoder_send (self->decoder, have ? self->packet : NULL, self->next - 1))
    note_error (self);
}

/* Whether starting where this pass did can give the frame. */
static gboolean
is_reachable (const FyPass *self, const AVFrame *frame)
{
  return self->start == 0 || frame->pts < 0 ||
         !fy_frame_index_leads (self->index, (int) frame->pts, self->start);
}

AVFrame *
fy_pass_next (FyPass *self, GCancellable *cancellable, GError **error)
{
  while (!fy_decoder_ended (self->decoder))
    {
      gboolean failed;
      AVFrame *frame = fy_decoder_receive (self->decoder, &failed);

      listen (self);
      if (failed)
        note_error (self);
      if (frame == NULL)
        {
          if (g_cancellable_set_error_if_cancelled (cancellable, error))
            return NULL;
          if (!fy_decoder_ended (self->decoder))
            feed (self, cancellable);
          continue;
        }
      if (frame->pts < 0 || frame->pts >= fy_frame_index_n_packets (self->index))
        frame->pts = -1;
      if (is_reachable (self, frame))
        {
          self->damaged |= fy_decoder_left_holes (frame);
          return frame;
        }
      av_frame_free (&frame);
    }
  return NULL;
}
