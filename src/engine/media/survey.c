/* SPDX-License-Identifier: MIT */
#include "media/survey.h"

#include "base/error.h"
#include "base/text.h"
#include "media/packet-probe.h"
#include "media/pass.h"

#include <libavutil/imgutils.h>
#include <libavutil/murmur3.h>
#include <string.h>

/* Frames decoded from the first key on to see whether the index is right. */
#define HEAD_FRAMES 8

/* Groups of pictures from the end of a cut file in which to look for what still decodes. */
#define TAIL_KEYS 3

typedef AVPacket Packet;
static void
packet_free (Packet *packet)
{
  av_packet_free (&packet);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Packet, packet_free)

typedef AVFrame Frame;
static void
frame_free (Frame *frame)
{
  av_frame_free (&frame);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Frame, frame_free)

void
fy_survey_clear (FySurvey *self)
{
  g_clear_pointer (&self->index, fy_frame_index_free);
  av_frame_free (&self->first);
}

guint64
fy_frame_hash (const AVFrame *frame)
{
  int size = av_image_get_buffer_size (frame->format, frame->width, frame->height, 1);
  g_autofree guint8 *samples = g_malloc ((gsize) MAX (size, 0) + 1);
  struct AVMurMur3 *murmur = av_murmur3_alloc ();
  guint8 digest[16];
  guint64 hash;

  av_murmur3_init_seeded (murmur, ((guint64) frame->width << 32 | (guint) frame->height) ^
                                      (guint64) frame->format << 24);
  if (av_image_copy_to_buffer (samples, size, (const guint8 *const *) frame->data, frame->linesize,
                               frame->format, frame->width, frame->height, 1) > 0)
    av_murmur3_update (murmur, samples, (size_t) size);
  av_murmur3_final (murmur, digest);
  av_free (murmur);
  memcpy (&hash, digest, sizeof hash);
  return hash != 0 ? hash : 1;
}

static gint64
time_or_none (gint64 time)
{
  return time != AV_NOPTS_VALUE ? time : FY_NO_TIME;
}

/* What is decoded here is decoded on one thread.  With more, damage is made up for differently each
 * time, and some decoders do not even notice it each time. */

/* Appends every packet to the index. */
static gboolean
scan (FyDemux *demux, FySurvey *survey, gboolean *exact, GCancellable *cancellable, GError **error)
{
  g_autoptr (FyPacketProbe) probe = fy_packet_probe_new (fy_demux_stream (demux)->codecpar);
  g_autoptr (Packet) packet = av_packet_alloc ();
  FyDemuxStatus status;

  *exact = fy_packet_probe_is_exact (probe);
  while ((status = fy_demux_read (demux, packet, cancellable)) == FY_DEMUX_PACKET)
    {
      gboolean hidden = fy_packet_probe_is_hidden (probe, packet);
      gboolean trimmed = (packet->flags & AV_PKT_FLAG_DISCARD) != 0;
      FyPacketEntry entry = {
        .pts = time_or_none (packet->pts),
        .dts = time_or_none (packet->dts),
        .position = packet->pos,
        .size = packet->size,
        .role = hidden    ? FY_PACKET_HIDDEN
                : trimmed ? FY_PACKET_TRIMMED
                          : FY_PACKET_SHOWN,
        .key = (packet->flags & AV_PKT_FLAG_KEY) != 0 && !hidden,
      };

      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;
      if ((packet->flags & AV_PKT_FLAG_CORRUPT) != 0)
        survey->damaged = TRUE;
      fy_frame_index_append (survey->index, &entry);
    }
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;
  if (status == FY_DEMUX_BROKEN || fy_demux_is_cut (demux))
    survey->damaged = TRUE;
  return TRUE;
}

/* Decodes from packet `start` until frame `last` or a later one has come, and marks those that came.
 *
 * sound     out: FALSE when frames came that the index does not know, or in another order
 * Returns:  GByteArray [n_frames], NULL with *error set. */
static GByteArray *
decode_range (FyDemux *demux,
              FySurvey *survey,
              int start,
              int last,
              gboolean *sound,
              GCancellable *cancellable,
              GError **error)
{
  g_autoptr (FyPass) pass = fy_pass_new (demux, survey->index, start, FALSE, 1, cancellable, error);
  g_autoptr (GByteArray) came = g_byte_array_new ();
  g_autoptr (GError) local_error = NULL;
  AVFrame *frame;
  int number = -1;

  if (pass == NULL)
    return NULL;
  g_byte_array_set_size (came, (guint) fy_frame_index_n_frames (survey->index));
  memset (came->data, 0, came->len);
  *sound = TRUE;
  while (number < last && (frame = fy_pass_next (pass, cancellable, &local_error)) != NULL)
    {
      const FyPacketEntry *packet =
          frame->pts >= 0 ? fy_frame_index_packet (survey->index, (int) frame->pts) : NULL;

      if (packet == NULL || packet->role == FY_PACKET_HIDDEN ||
          (packet->number >= 0 && packet->number < number))
        *sound = FALSE;
      else if (packet->number >= 0)
        came->data[number = packet->number] = TRUE;
      if (survey->first == NULL)
        survey->first = frame;
      else
        av_frame_free (&frame);
    }
  if (local_error == NULL)
    return g_steal_pointer (&came);
  g_propagate_error (error, g_steal_pointer (&local_error));
  return NULL;
}

/* Strikes out the frames from `first` to `last` that did not come. */
static void
remove_missing (FyFrameIndex *index, const GByteArray *came, int first, int last)
{
  for (int number = last; number >= first; number--)
    if (!came->data[number])
      fy_frame_index_remove (index, number, number + 1);
}

/* Decodes the first frames.  Of a recording that starts anywhere, those before the first key may not
 * come, and are struck out; any other that is missing makes the index unsound. */
static gboolean
check_head (FyDemux *demux,
            FySurvey *survey,
            gboolean *sound,
            GCancellable *cancellable,
            GError **error)
{
  FyFrameIndex *index = survey->index;
  int first_key = fy_frame_index_key_after (index, -1);
  int n = fy_frame_index_n_frames (index), key, last;
  g_autoptr (GByteArray) came = NULL;

  *sound = FALSE;
  if (first_key == fy_frame_index_n_packets (index) || n == 0)
    return TRUE;
  key = MAX (0, fy_frame_index_packet (index, first_key)->number);
  last = MIN (key + HEAD_FRAMES, n) - 1;
  came = decode_range (demux, survey, 0, last, sound, cancellable, error);
  if (came == NULL)
    return FALSE;
  while (last >= key && !came->data[last]) /* decoders may give the last few out of order */
    last--;
  if (last < key || memchr (came->data + key, 0, (gsize) (last - key + 1)) != NULL)
    *sound = FALSE;
  if (*sound)
    remove_missing (index, came, 0, key - 1);
  return TRUE;
}

/* Decodes the end and strikes out the frames that do not come. */
static gboolean
check_tail (FyDemux *demux, FySurvey *survey, GCancellable *cancellable, GError **error)
{
  FyFrameIndex *index = survey->index;
  int start = fy_frame_index_key_before (index, fy_frame_index_n_packets (index), TAIL_KEYS);
  gboolean sound;
  g_autoptr (GByteArray) came =
      decode_range (demux, survey, start, G_MAXINT, &sound, cancellable, error);
  int first = MAX (0, fy_frame_index_packet (index, start)->number);

  if (came == NULL)
    return FALSE;
  remove_missing (index, came, first, (int) came->len - 1);
  return TRUE;
}

/* Decodes everything; the frames are what comes, in the order it comes. */
static gboolean
decode_all (FyDemux *demux, FySurvey *survey, GCancellable *cancellable, GError **error)
{
  int n_packets = fy_frame_index_n_packets (survey->index);
  g_autoptr (FyPass) pass = NULL;
  g_autoptr (GArray) frames = g_array_new (FALSE, FALSE, sizeof (FyFrameEntry));
  g_autofree gboolean *came = g_new0 (gboolean, (gsize) n_packets);
  g_autoptr (GError) local_error = NULL;
  AVFrame *frame;

  pass = fy_pass_new (demux, survey->index, 0, FALSE, 1, cancellable, error);
  if (pass == NULL)
    return FALSE;
  while ((frame = fy_pass_next (pass, cancellable, &local_error)) != NULL)
    {
      FyFrameEntry entry = { .packet = MAX (0, (int) frame->pts), .hash = fy_frame_hash (frame) };

      if (frame->pts < 0 || came[entry.packet])
        survey->counted = TRUE;
      came[entry.packet] = TRUE;
      if (fy_frame_index_packet (survey->index, entry.packet)->role != FY_PACKET_TRIMMED)
        g_array_append_val (frames, entry);
      if (survey->first == NULL)
        survey->first = frame;
      else
        av_frame_free (&frame);
    }
  survey->damaged |= fy_pass_is_damaged (pass);
  if (local_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  fy_frame_index_order_by_output (survey->index, (const FyFrameEntry *) (gpointer) frames->data,
                                  (int) frames->len);
  return TRUE;
}

gboolean
fy_survey (FyDemux *demux, FySurvey *survey, GCancellable *cancellable, GError **error)
{
  gboolean exact;

  survey->index = fy_frame_index_new ();
  if (!scan (demux, survey, &exact, cancellable, error))
    return FALSE;
  if (fy_frame_index_n_packets (survey->index) == 0)
    {
      g_set_error (error, FY_ERROR, FY_ERROR_CORRUPT,
                   _ ("%s: its video stream holds no data; copy or export it again"),
                   fy_demux_path (demux));
      return FALSE;
    }
  exact = exact && fy_frame_index_order_by_time (survey->index);
  if (exact && !check_head (demux, survey, &exact, cancellable, error))
    return FALSE;
  if (exact && survey->damaged && !check_tail (demux, survey, cancellable, error))
    return FALSE;
  if (!exact && !decode_all (demux, survey, cancellable, error))
    return FALSE;
  if (fy_frame_index_n_frames (survey->index) > 0 && survey->first != NULL)
    return TRUE;
  g_set_error (
      error, FY_ERROR, FY_ERROR_CORRUPT,
      g_dngettext (GETTEXT_PACKAGE,
                   "%s: its only packet of video cannot be decoded; copy or export it again",
                   "%s: none of its %d packets of video can be decoded; copy or export it again",
                   (gulong) fy_frame_index_n_packets (survey->index)),
      fy_demux_path (demux), fy_frame_index_n_packets (survey->index));
  return FALSE;
}
