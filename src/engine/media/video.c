/* SPDX-License-Identifier: MIT */
#include "media/video.h"

#include "base/error.h"
#include "base/parallel.h"
#include "base/text.h"
#include "media/av-compat.h"
#include "media/convert.h"
#include "media/decoder.h"
#include "media/image-file.h"
#include "media/pass.h"
#include "media/survey.h"

#include <libavutil/imgutils.h>
#include <libavutil/pixdesc.h>
#include <math.h>

/* Frames waited for beyond the one wanted before it counts as missing. */
#define PATIENCE 16

/* Frames kept on the way to one that lies so little before the last: the next ones wanted, going backwards. */
#define PASSING_FRAMES 32

/* Going on over fewer packets than this is quicker than a seek. */
#define NEAR_PACKETS 8

/* Damaged frames are decoded from the first key after a multiple of so many packets. */
#define SEGMENT_PACKETS 3000

/* Pictures that a decoder keeps, beside one of each thread. */
#define PASS_PICTURES 11

/* Pieces of the file that its fingerprint covers. */
#define DIGEST_PIECES 16
#define DIGEST_BYTES  65536

/* A pass, and what it gave. */
typedef struct
{
  FyPass *pass;
  gboolean careful; /* it started at a checkpoint, on one thread */
  gboolean away;    /* has to return first                       */
  GQueue ahead; /* AVFrame with its number as pts: decoded and not asked for yet, as they came */
  int given;    /* frames the pass has given */
  int last;     /* latest number among them, -1 = none */
  int goal;     /* as fy_pass_set_goal */
} Run;

typedef struct
{
  FyDemux *demux;
  FyFrameIndex *index;
  FyPicture picture;
  FyClipInfo *info; /* borrowed */
  char *format;
  gint64 *time_us;  /* [n_frames] */
  gboolean counted; /* as in FySurvey */
  int previous;     /* frame read last */
  Run *run;         /* in progress, nullable */
  GQueue parked;    /* Run: where jumps may lead back to, used last first */
  guint most_parked;
} FyVideo;

static void
drop_frame (gpointer data)
{
  AVFrame *frame = data;

  av_frame_free (&frame);
}

static void
run_free (gpointer data)
{
  Run *self = data;

  g_queue_clear_full (&self->ahead, drop_frame);
  g_clear_pointer (&self->pass, fy_pass_free);
  g_free (self);
}

static void
video_free (gpointer data)
{
  FyVideo *self = data;

  if (self == NULL)
    return;
  g_clear_pointer (&self->run, run_free);
  g_queue_clear_full (&self->parked, run_free);
  g_clear_pointer (&self->demux, fy_demux_free);
  g_clear_pointer (&self->index, fy_frame_index_free);
  g_free (self->format);
  g_free (self->time_us);
  g_free (self);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FyVideo, video_free)

/* "mov,mp4 / h264" */
static char *
format_name (FyVideo *self)
{
  const char *container = fy_demux_context (self->demux)->iformat->name;
  g_auto (GStrv) names = g_strsplit (container, ",", 3);

  return g_strdup_printf ("%s%s%s / %s", names[0], names[1] != NULL ? "," : "",
                          names[1] != NULL ? names[1] : "",
                          avcodec_get_name (fy_demux_stream (self->demux)->codecpar->codec_id));
}

static gboolean
fill_picture (FyVideo *self, AVFrame *first, GError **error)
{
  AVStream *stream = fy_demux_stream (self->demux);
  AVRational aspect = av_guess_sample_aspect_ratio (fy_demux_context (self->demux), stream, first);
  const gint32 *matrix = fy_av_stream_display_matrix (stream);
  const AVFrameSideData *data = av_frame_get_side_data (first, AV_FRAME_DATA_DISPLAYMATRIX);
  FyClipInfo *info = self->info;

  if (matrix == NULL && data != NULL && data->size >= 9 * sizeof (gint32))
    matrix = (const gint32 *) (gconstpointer) data->data;
  self->picture.coded_width = first->width;
  self->picture.coded_height = first->height;
  self->picture.sample_aspect = aspect.num > 0 && aspect.den > 0 ? av_q2d (aspect) : 1;
  if (matrix != NULL)
    self->picture.orientation =
        fy_orientation_from_matrix (matrix[0], matrix[1], matrix[3], matrix[4]);
  if (!fy_convert_supports (first->format))
    {
      const char *name = av_get_pix_fmt_name (first->format);

      g_set_error (error, FY_ERROR, FY_ERROR_UNSUPPORTED,
                   _ ("%s: pixel format %s cannot be shown; convert the file"),
                   fy_demux_path (self->demux), name != NULL ? name : _ ("unknown"));
      return FALSE;
    }
  fy_picture_shown_size (&self->picture, &info->width, &info->height);
  info->coded_width = first->width;
  info->coded_height = first->height;
  info->sample_aspect = self->picture.sample_aspect;
  info->rotation = fy_orientation_degrees (self->picture.orientation);
  info->bit_depth = av_pix_fmt_desc_get (first->format)->comp[0].depth;
  info->interlaced = fy_av_frame_interlaced (first);
  return fy_image_check_size (fy_demux_path (self->demux), (guint64) info->width,
                              (guint64) info->height, error);
}

/* Takes each frame's time from its packet.  FALSE unless every one has one, later than the last. */
static gboolean
copy_times (FyVideo *self, gboolean decode_times)
{
  AVRational unit = fy_demux_stream (self->demux)->time_base;
  gint64 first = 0, before = 0;

  for (int n = 0; n < self->info->n_frames; n++)
    {
      const FyPacketEntry *packet =
          fy_frame_index_packet (self->index, fy_frame_index_frame (self->index, n)->packet);
      gint64 time = decode_times ? packet->dts : packet->pts;

      if (time == FY_NO_TIME || (n > 0 && time <= before))
        return FALSE;
      if (n == 0)
        first = time;
      self->time_us[n] = av_rescale_q (time - first, unit, AV_TIME_BASE_Q);
      before = time;
    }
  return TRUE;
}

static void
fill_times (FyVideo *self)
{
  AVStream *stream = fy_demux_stream (self->demux);
  FyClipInfo *info = self->info;
  double stated = stream->avg_frame_rate.den > 0 ? av_q2d (stream->avg_frame_rate) : 0;
  double tick_us = av_q2d (stream->time_base) * 1e6;
  double duration_us;

  self->time_us = g_new (gint64, (gsize) info->n_frames);
  if (self->counted || (!copy_times (self, FALSE) && !copy_times (self, TRUE)))
    for (int n = 0; n < info->n_frames; n++)
      self->time_us[n] = (gint64) round (n * 1e6 / (stated > 0 ? stated : 25));
  info->frames_per_second = stated;
  if (info->n_frames < 2)
    return;
  duration_us = (double) self->time_us[info->n_frames - 1] / (info->n_frames - 1);
  if (!(fabs (stated * duration_us / 1e6 - 1) < 0.01)) /* near enough, the container knows better */
    info->frames_per_second = 1e6 / MAX (duration_us, 1);
  for (int n = 0; n < info->n_frames; n++)
    if (fabs ((double) self->time_us[n] - n * duration_us) > MIN (2 * tick_us, duration_us / 3) + 1)
      info->variable_rate = TRUE;
}

/* What a pass holds: the pictures that others are made from, and those that its threads are at. */
static gsize
pass_bytes (const AVFrame *frame)
{
  int picture = av_image_get_buffer_size (frame->format, frame->width, frame->height, 1);

  return (gsize) MAX (picture, 1) * (gsize) (PASS_PICTURES + fy_parallel_workers ());
}

gpointer
fy_video_open (const char *path,
               const FyClipParams *params,
               FyClipInfo *info,
               GCancellable *cancellable,
               GError **error)
{
  g_autoptr (FyVideo) self = g_new0 (FyVideo, 1);
  g_auto (FySurvey) survey = { 0 };

  fy_decoder_redirect_log ();
  self->info = info;
  self->demux = fy_demux_new (path, params->stream, cancellable, error);
  if (self->demux == NULL || !fy_survey (self->demux, &survey, cancellable, error) ||
      !fill_picture (self, survey.first, error))
    return NULL;
  self->most_parked = (guint) (params->parked_bytes / pass_bytes (survey.first));
  self->index = g_steal_pointer (&survey.index);
  self->counted = survey.counted;
  info->n_frames = fy_frame_index_n_frames (self->index);
  info->damaged = survey.damaged;
  info->format = self->format = format_name (self);
  fill_times (self);
  return g_steal_pointer (&self);
}

static int
seek_target (FyVideo *self, int number)
{
  return self->counted ? 0 : fy_frame_index_seek_target (self->index, number);
}

/* Returns the key packet from which frame `number` is decoded, on one thread, if it or what it is made
 * from is damaged: the same one however the frame is reached, for made-up pixels depend on it. */
static int
checkpoint (FyVideo *self, int number)
{
  int segment = seek_target (self, number) / SEGMENT_PACKETS * SEGMENT_PACKETS;

  if (segment == 0 || fy_frame_index_frame (self->index, number)->hash != 0)
    return 0;
  return fy_frame_index_key_after (self->index, segment - 1);
}

/* Whether the frames of the pass are those that every other way to them gives. */
static gboolean
is_settled (FyVideo *self, const Run *run, int number)
{
  return !fy_pass_is_damaged (run->pass) ||
         (run->careful && fy_pass_start (run->pass) == checkpoint (self, number));
}

static gboolean
is_ahead (const Run *run, int number)
{
  for (GList *link = run->ahead.head; link != NULL; link = link->next)
    if (((AVFrame *) link->data)->pts == number)
      return TRUE;
  return FALSE;
}

/* Whether a pass that was cut short passed over what the frame is decoded from. */
static gboolean
may_be_left_out (FyVideo *self, const Run *run, int number)
{
  int position = fy_pass_position (run->pass);

  return position <= run->goal && fy_frame_index_frame (self->index, number)->packet < position;
}

/* Whether to go on with a pass is quicker than to start another one. */
static gboolean
can_go_on (FyVideo *self, const Run *run, int number)
{
  if (run == NULL ||
      (fy_frame_index_frame (self->index, number)->hash == 0 && !is_settled (self, run, number)))
    return FALSE;
  return is_ahead (run, number) ||
         (number > run->last && !may_be_left_out (self, run, number) &&
          seek_target (self, number) < fy_pass_position (run->pass) + NEAR_PACKETS);
}

/* --- Passes that are put aside.  In a long group of pictures a jump back would decode half of it anew; from where
 * an earlier jump led to, it is not as far --- */

static gboolean
is_worth_parking (FyVideo *self, const Run *run)
{
  return !self->counted && !run->careful && !fy_pass_is_damaged (run->pass) &&
         fy_pass_position (run->pass) > fy_pass_start (run->pass) + NEAR_PACKETS;
}

static void
park (FyVideo *self)
{
  Run *run = g_steal_pointer (&self->run);

  if (run == NULL)
    return;
  run->away = TRUE;
  if (is_worth_parking (self, run))
    g_queue_push_head (&self->parked, run);
  else
    run_free (run);
  while (self->parked.length > self->most_parked)
    run_free (g_queue_pop_tail (&self->parked));
}

/* Makes the pass that is nearest before the frame the one in progress.  Returns: FALSE when there is none. */
static gboolean
choose_run (FyVideo *self, int number)
{
  GList *best = NULL;
  int position = can_go_on (self, self->run, number) ? fy_pass_position (self->run->pass) : -1;
  Run *run;

  for (GList *link = self->parked.head; link != NULL; link = link->next)
    {
      int other = fy_pass_position (((Run *) link->data)->pass);

      if (other > position && can_go_on (self, link->data, number))
        {
          best = link;
          position = other;
        }
    }
  if (best == NULL)
    return position >= 0;
  run = best->data;
  g_queue_delete_link (&self->parked, best);
  park (self);
  self->run = run;
  return TRUE;
}

/* Goes on with a pass that leads to the frame.  Returns: FALSE when there is none, or it was cancelled. */
static gboolean
go_on (FyVideo *self, int number, GCancellable *cancellable)
{
  while (choose_run (self, number))
    {
      if (!self->run->away || fy_pass_return (self->run->pass, cancellable))
        {
          self->run->away = FALSE;
          return TRUE;
        }
      if (g_cancellable_is_cancelled (cancellable))
        return FALSE;
      g_clear_pointer (&self->run, run_free);
    }
  return FALSE;
}

static gboolean
start_run (FyVideo *self,
           int start,
           gboolean careful,
           gboolean rewind,
           GCancellable *cancellable,
           GError **error)
{
  FyPass *pass;

  park (self);
  pass = fy_pass_new (self->demux, self->index, start, rewind, careful ? 1 : fy_parallel_workers (),
                      cancellable, error);
  if (pass == NULL)
    return FALSE;
  self->run = g_new0 (Run, 1);
  self->run->pass = pass;
  self->run->careful = careful;
  self->run->last = -1;
  return TRUE;
}

static gboolean
is_right (FyVideo *self, const AVFrame *frame)
{
  int number = (int) frame->pts;
  guint64 hash = fy_frame_index_frame (self->index, number)->hash;

  return hash != 0 ? fy_frame_hash (frame) == hash : is_settled (self, self->run, number);
}

/* The first packet that gives one of these frames: what comes before and nothing is made from is not
 * decoded.  But damage is made up for in the same way only if all is. */
static int
find_goal (FyVideo *self, int first, int last)
{
  int goal = fy_frame_index_frame (self->index, last)->packet;

  if (self->counted || self->run->careful)
    return 0;
  for (int n = first; n < last; n++)
    goal = MIN (goal, fy_frame_index_frame (self->index, n)->packet);
  return goal;
}

/* Decodes until frame `number` has come, and with it all that it was made from: only then is it known
 * whether that was damaged.  Frames before `keep_from` are dropped. */
static gboolean
advance (FyVideo *self, int number, int keep_from, GCancellable *cancellable, GError **error)
{
  int needed = self->counted ? number : fy_frame_index_last_needed (self->index, number);
  Run *run = self->run;
  gboolean come = is_ahead (run, number);
  g_autoptr (GError) local_error = NULL;

  run->goal = find_goal (self, keep_from, number);
  fy_pass_set_goal (run->pass, run->goal);
  for (int waited = 0; run->last < needed || (!come && waited < PATIENCE);)
    {
      AVFrame *frame = fy_pass_next (run->pass, cancellable, &local_error);

      if (frame == NULL)
        break;
      if (self->counted)
        frame->pts = run->given < self->info->n_frames ? run->given : -1;
      else if (frame->pts >= 0)
        frame->pts = fy_frame_index_packet (self->index, (int) frame->pts)->number;
      run->given++;
      if (run->last >= needed)
        waited++;
      run->last = MAX (run->last, (int) frame->pts);
      come |= frame->pts == number;
      if (frame->pts < keep_from)
        av_frame_free (&frame);
      else
        g_queue_push_tail (&run->ahead, frame);
    }
  if (local_error == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local_error));
  if (is_worth_parking (self, run))
    run->away = TRUE; /* its decoder has all that was sent */
  else
    g_clear_pointer (&self->run, run_free);
  return FALSE;
}

static FyFrame *
show (FyVideo *self, const AVFrame *frame, FyFrameCache *cache)
{
  FyFrame *shown = fy_convert (frame, &self->picture);

  if (shown == NULL)
    return NULL;
  shown->number = (int) frame->pts;
  shown->time_us = self->time_us[shown->number];
  fy_frame_cache_add (cache, shown);
  return shown;
}

/* Takes frame `number` and those before it out of the waiting ones.  Sets *shown (transfer full), NULL
 * without memory, and returns TRUE if it was there and is right. */
static gboolean
take (FyVideo *self, int number, FyFrameCache *cache, FyFrame **shown)
{
  gboolean found = FALSE;
  GList *next;

  for (GList *link = self->run->ahead.head; link != NULL; link = next)
    {
      AVFrame *frame = link->data;

      next = link->next;
      if (frame->pts > number)
        continue;
      if (is_right (self, frame))
        {
          g_autoptr (FyFrame) passing = show (self, frame, cache);

          if (frame->pts == number && !found)
            {
              *shown = g_steal_pointer (&passing);
              found = TRUE;
            }
        }
      g_queue_delete_link (&self->run->ahead, link);
      drop_frame (frame);
    }
  return found;
}

/* Where to start after a pass did not give the frame: a few keys further back where that may be all
 * it takes (a gradual refresh has not reached every part of the picture after one), else at the
 * checkpoint.  Returns -1 when nothing is left to try. */
static int
step_back (FyVideo *self, int number, int attempt, gboolean *careful)
{
  int start = fy_pass_start (self->run->pass), limit = checkpoint (self, number);

  if (self->run->careful)
    return -1;
  if (!fy_pass_is_damaged (self->run->pass) && attempt < 4 && start > limit)
    return MAX (limit, fy_frame_index_key_before (self->index, start, 1 << attempt));
  *careful = TRUE;
  return limit;
}

/* Sets *shown (transfer full), or to NULL when the frame cannot be decoded. */
static gboolean
find_frame (FyVideo *self,
            int number,
            FyFrameCache *cache,
            FyFrame **shown,
            GCancellable *cancellable,
            GError **error)
{
  int capacity = fy_frame_cache_capacity (cache, self->info->width, self->info->height);
  gboolean backwards = number < self->previous && number >= self->previous - PASSING_FRAMES;
  int passing = backwards ? CLAMP (capacity - 1, 0, PASSING_FRAMES) : 0;
  int start = go_on (self, number, cancellable) ? -1 : seek_target (self, number);
  gboolean careful = FALSE;

  for (int attempt = 0;; attempt++)
    {
      if ((start >= 0 && !start_run (self, start, careful, careful, cancellable, error)) ||
          !advance (self, number, MAX (0, number - passing), cancellable, error))
        return FALSE;
      /* Elsewhere than at a checkpoint it may be the start that the decoder complains about. */
      if (fy_frame_index_frame (self->index, number)->hash == 0 &&
          fy_pass_start (self->run->pass) == checkpoint (self, number))
        self->info->damaged |= fy_pass_is_damaged (self->run->pass);
      if (take (self, number, cache, shown))
        return TRUE;
      start = step_back (self, number, attempt, &careful);
      if (start < 0)
        return TRUE;
    }
}

static FyFrame *
video_read (gpointer data,
            int number,
            FyFrameCache *cache,
            GCancellable *cancellable,
            GError **error)
{
  FyVideo *self = data;
  FyFrame *shown = NULL;

  if (!find_frame (self, number, cache, &shown, cancellable, error))
    return NULL;
  self->previous = number;
  if (shown == NULL)
    {
      self->info->damaged = TRUE;
      g_set_error (
          error, FY_ERROR, FY_ERROR_DECODE,
          _ ("%s: frame %d cannot be decoded, its data are damaged; leave it out or cut the "
             "clip there"),
          fy_demux_path (self->demux), number);
    }
  return shown;
}

static const char *
video_frame_name (gpointer data, int number)
{
  return NULL;
}

static gint64
video_frame_time (gpointer data, int number)
{
  FyVideo *self = data;

  return self->time_us[number];
}

static gboolean
video_digest (gpointer data, GChecksum *checksum, GError **error)
{
  FyVideo *self = data;
  guint8 stream = (guint8) fy_demux_stream (self->demux)->index;

  g_checksum_update (checksum, &stream, sizeof stream);
  return fy_digest_file (checksum, fy_demux_path (self->demux), DIGEST_PIECES, DIGEST_BYTES, error);
}

const FySource fy_video_source = {
  .free = video_free,
  .read = video_read,
  .frame_name = video_frame_name,
  .frame_time = video_frame_time,
  .digest = video_digest,
};
