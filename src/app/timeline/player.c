/* SPDX-License-Identifier: MIT */
#include "app/timeline/player.h"

#include "app/timeline/timeline-model.h"

#define PATIENCE      (G_USEC_PER_SEC / 2) /* for a picture that does not come */
#define POLL          8                    /* ms between looks whether it came */
#define DEFAULT_FRAME (G_USEC_PER_SEC / 24)

struct FerryPlayer
{
  FerryDocument *document;
  guint source;
  int shown;       /* frame that was set last                 */
  gint64 shown_at; /* monotonic                               */
  gint64 origin;   /* monotonic time of the clip's time 0     */
  gint64 *time;    /* [n_frames]; NULL = of another clip      */
};

int
ferry_player_frame_at (const gint64 *time, int first, int last, gint64 now)
{
  int low = first;
  int high = last;

  while (low < high)
    {
      int middle = low + (high - low + 1) / 2;

      if (time[middle] <= now)
        low = middle;
      else
        high = middle - 1;
    }
  return low;
}

static void
read_times (FerryPlayer *self)
{
  FerryFrames *frames = ferry_document_frames (self->document);
  int n = ferry_document_n_frames (self->document);

  if (self->time != NULL)
    return;
  self->time = g_new (gint64, MAX (n, 1));
  for (int i = 0; i < n; i++)
    {
      self->time[i] = ferry_timeline_time (frames, i);
      /* Bisection needs an order, damaged files have none. */
      if (i > 0)
        self->time[i] = MAX (self->time[i], self->time[i - 1]);
    }
}

/* How long the last frame of the range is shown. */
static gint64
frame_length (FerryPlayer *self, int last)
{
  gint64 length = last > 0 ? self->time[last] - self->time[last - 1] : 0;

  return length > 0 ? length : DEFAULT_FRAME;
}

static void
show (FerryPlayer *self, int frame)
{
  self->shown = frame;
  self->shown_at = g_get_monotonic_time ();
  ferry_document_set_frame (self->document, frame);
}

/* From now on time runs as if `frame` had just begun. */
static void
begin_at (FerryPlayer *self, int frame)
{
  self->origin = g_get_monotonic_time () - self->time[frame];
  show (self, frame);
}

/* Whether the picture of the frame on show is there. */
static gboolean
has_picture (FerryPlayer *self)
{
  g_autoptr (FyFrame) picture =
      ferry_frames_get (ferry_document_frames (self->document), self->shown);

  return picture != NULL;
}

static gboolean tick (gpointer data);

static void
tick_in (FerryPlayer *self, gint64 microseconds)
{
  guint ms = (guint) CLAMP (microseconds / 1000, 1, 1000);

  self->source = g_timeout_add_full (G_PRIORITY_DEFAULT, ms, tick, self, NULL);
}

/* Until the next frame's time; where the picture on show is there, that one is wished for. */
static void
wait (FerryPlayer *self, int last, gboolean there, gint64 now)
{
  if (!there)
    tick_in (self, POLL * 1000);
  else if (self->shown >= last)
    tick_in (self, self->time[last] + frame_length (self, last) - now);
  else
    {
      ferry_frames_want (ferry_document_frames (self->document), self->shown + 1);
      tick_in (self, self->time[self->shown + 1] - now);
    }
}

static void
stop (FerryPlayer *self)
{
  g_object_set (self->document, "playing", FALSE, NULL);
}

/* The range has been played to its end. */
static void
end (FerryPlayer *self, int first, int last)
{
  gboolean loop = FALSE;

  g_object_get (self->document, "loop", &loop, NULL);
  if (loop)
    {
      begin_at (self, first);
      tick_in (self, POLL * 1000);
      return;
    }
  show (self, last);
  stop (self);
}

static gboolean
tick (gpointer data)
{
  FerryPlayer *self = data;
  gboolean there;
  int first;
  int last;
  gint64 now;

  self->source = 0;
  if (self->time == NULL)
    {
      stop (self);
      return G_SOURCE_REMOVE;
    }
  ferry_document_range (self->document, &first, &last);
  if (ferry_document_frame (self->document) != self->shown) /* someone went elsewhere */
    begin_at (self, ferry_document_frame (self->document));
  now = g_get_monotonic_time ();
  there = has_picture (self);
  if (there || now - self->shown_at > PATIENCE)
    {
      int frame =
          ferry_player_frame_at (self->time, MIN (self->shown, last), last, now - self->origin);

      if (now - self->origin >= self->time[last] + frame_length (self, last))
        {
          end (self, first, last);
          return G_SOURCE_REMOVE;
        }
      if (frame != self->shown)
        {
          show (self, frame);
          there = has_picture (self);
        }
    }
  wait (self, last, there, now - self->origin);
  return G_SOURCE_REMOVE;
}

static void
on_playing (FerryPlayer *self)
{
  gboolean playing = FALSE;
  int first;
  int last;
  int frame;

  g_object_get (self->document, "playing", &playing, NULL);
  g_clear_handle_id (&self->source, g_source_remove);
  if (!playing)
    return;
  if (ferry_document_n_frames (self->document) == 0)
    {
      stop (self);
      return;
    }
  read_times (self);
  ferry_document_range (self->document, &first, &last);
  frame = ferry_document_frame (self->document);
  begin_at (self, frame < first || frame >= last ? first : frame);
  tick_in (self, POLL * 1000);
}

static void
on_opened (FerryPlayer *self)
{
  g_clear_pointer (&self->time, g_free);
}

FerryPlayer *
ferry_player_new (FerryDocument *document)
{
  FerryPlayer *self = g_new0 (FerryPlayer, 1);

  self->document = document;
  g_signal_connect_swapped (document, "notify::playing", G_CALLBACK (on_playing), self);
  g_signal_connect_swapped (document, "opened", G_CALLBACK (on_opened), self);
  return self;
}

void
ferry_player_free (FerryPlayer *self)
{
  g_signal_handlers_disconnect_by_data (self->document, self);
  g_clear_handle_id (&self->source, g_source_remove);
  g_free (self->time);
  g_free (self);
}
