/* SPDX-License-Identifier: MIT */
#include "media/frame-index.h"

/* Pictures are reordered within 16 (H.264, HEVC), and a picture may be two field packets. */
#define REORDER_PACKETS 64

struct FyFrameIndex
{
  GArray *packets; /* FyPacketEntry, decode order      */
  GArray *frames;  /* FyFrameEntry, presentation order */
};

FyFrameIndex *
fy_frame_index_new (void)
{
  FyFrameIndex *self = g_new0 (FyFrameIndex, 1);

  self->packets = g_array_new (FALSE, FALSE, sizeof (FyPacketEntry));
  self->frames = g_array_new (FALSE, FALSE, sizeof (FyFrameEntry));
  return self;
}

void
fy_frame_index_free (FyFrameIndex *self)
{
  if (self == NULL)
    return;
  g_array_unref (self->packets);
  g_array_unref (self->frames);
  g_free (self);
}

static FyPacketEntry *
packet_at (const FyFrameIndex *self, int packet)
{
  return &g_array_index (self->packets, FyPacketEntry, packet);
}

static FyFrameEntry *
frame_at (const FyFrameIndex *self, int number)
{
  return &g_array_index (self->frames, FyFrameEntry, number);
}

int
fy_frame_index_n_packets (const FyFrameIndex *self)
{
  return (int) self->packets->len;
}

int
fy_frame_index_n_frames (const FyFrameIndex *self)
{
  return (int) self->frames->len;
}

const FyPacketEntry *
fy_frame_index_packet (const FyFrameIndex *self, int packet)
{
  g_return_val_if_fail (packet >= 0 && packet < fy_frame_index_n_packets (self), NULL);
  return packet_at (self, packet);
}

const FyFrameEntry *
fy_frame_index_frame (const FyFrameIndex *self, int number)
{
  g_return_val_if_fail (number >= 0 && number < fy_frame_index_n_frames (self), NULL);
  return frame_at (self, number);
}

void
fy_frame_index_append (FyFrameIndex *self, const FyPacketEntry *packet)
{
  g_array_append_vals (self->packets, packet, 1);
  packet_at (self, (int) self->packets->len - 1)->number = -1;
}

/* Writes each frame's number into its packet. */
static void
number_packets (FyFrameIndex *self)
{
  for (int d = 0; d < fy_frame_index_n_packets (self); d++)
    packet_at (self, d)->number = -1;
  for (int n = fy_frame_index_n_frames (self) - 1; n >= 0; n--)
    packet_at (self, frame_at (self, n)->packet)->number = n;
}

static int
compare_times (gconstpointer a, gconstpointer b, gpointer user_data)
{
  gint64 time_a = packet_at (user_data, ((const FyFrameEntry *) a)->packet)->pts;
  gint64 time_b = packet_at (user_data, ((const FyFrameEntry *) b)->packet)->pts;

  return (time_a > time_b) - (time_a < time_b);
}

gboolean
fy_frame_index_order_by_time (FyFrameIndex *self)
{
  gboolean distinct = TRUE;

  g_array_set_size (self->frames, 0);
  for (int d = 0; d < fy_frame_index_n_packets (self); d++)
    {
      const FyPacketEntry *packet = packet_at (self, d);
      FyFrameEntry frame = { .packet = d };

      if (packet->role == FY_PACKET_SHOWN)
        g_array_append_val (self->frames, frame);
      if (packet->role == FY_PACKET_SHOWN && packet->pts == FY_NO_TIME)
        distinct = FALSE;
    }
  g_array_sort_with_data (self->frames, compare_times, self);
  for (int n = 1; n < fy_frame_index_n_frames (self); n++)
    if (compare_times (frame_at (self, n - 1), frame_at (self, n), self) == 0)
      distinct = FALSE;
  if (!distinct)
    g_array_set_size (self->frames, 0);
  number_packets (self);
  return distinct;
}

void
fy_frame_index_order_by_output (FyFrameIndex *self, const FyFrameEntry *frames, int n)
{
  g_array_set_size (self->frames, 0);
  g_array_append_vals (self->frames, frames, (guint) n);
  number_packets (self);
}

void
fy_frame_index_remove (FyFrameIndex *self, int from, int to)
{
  if (to > from)
    g_array_remove_range (self->frames, (guint) from, (guint) (to - from));
  number_packets (self);
}

/* Whether packet a's frame is shown before packet b's.  Trimmed packets have no number, only a time. */
static gboolean
shown_before (const FyPacketEntry *a, const FyPacketEntry *b)
{
  if (a->number >= 0 && b->number >= 0)
    return a->number < b->number;
  return a->pts != FY_NO_TIME && b->pts != FY_NO_TIME && a->pts < b->pts;
}

gboolean
fy_frame_index_leads (const FyFrameIndex *self, int packet, int key)
{
  return packet > key && shown_before (packet_at (self, packet), packet_at (self, key));
}

int
fy_frame_index_seek_target (const FyFrameIndex *self, int number)
{
  const FyPacketEntry *wanted = packet_at (self, frame_at (self, number)->packet);

  for (int d = frame_at (self, number)->packet; d > 0; d--)
    if (packet_at (self, d)->key && !shown_before (wanted, packet_at (self, d)))
      return d;
  return 0;
}

int
fy_frame_index_key_before (const FyFrameIndex *self, int packet, int n)
{
  while (n > 0 && packet > 0)
    if (packet_at (self, --packet)->key)
      n--;
  return packet;
}

int
fy_frame_index_key_after (const FyFrameIndex *self, int packet)
{
  int n = fy_frame_index_n_packets (self);

  for (packet++; packet < n && !packet_at (self, packet)->key;)
    packet++;
  return packet;
}

int
fy_frame_index_last_needed (const FyFrameIndex *self, int number)
{
  int packet = frame_at (self, number)->packet;
  int last = number;

  for (int d = packet; d >= MAX (0, packet - REORDER_PACKETS); d--)
    last = MAX (last, packet_at (self, d)->number);
  return last;
}

int
fy_frame_index_identify (const FyFrameIndex *self, gint64 position, int size, gint64 pts)
{
  int there = -1, n_there = 0, then = -1, n_then = 0;

  if (position < 0)
    return -1;
  for (int d = 0; d < fy_frame_index_n_packets (self); d++)
    {
      const FyPacketEntry *packet = packet_at (self, d);

      if (packet->position != position || packet->size != size)
        continue;
      there = d;
      n_there++;
      if (packet->pts != pts || pts == FY_NO_TIME)
        continue;
      then = d;
      n_then++;
    }
  if (n_there == 1)
    return there;
  return n_then == 1 ? then : -1;
}
