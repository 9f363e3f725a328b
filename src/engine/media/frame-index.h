/* SPDX-License-Identifier: MIT */
/* The packets of a video stream in decode order and the frames they become in presentation order.
 *
 * Pure bookkeeping: knows no file and no decoder.  Built once when a video is opened: append every
 * packet, then order.  Thread: one at a time while it is built, then any. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define FY_NO_TIME G_MININT64

typedef enum
{
  FY_PACKET_SHOWN,   /* becomes a frame                                             */
  FY_PACKET_TRIMMED, /* decoded, its frame cut away by the container                */
  FY_PACKET_HIDDEN,  /* no frame of its own: alternate reference, second field ...  */
} FyPacketRole;

typedef struct
{
  gint64 pts; /* stream time base, or FY_NO_TIME */
  gint64 dts;
  gint64 position; /* bytes into the file; -1 = unknown */
  int size;        /* bytes */
  FyPacketRole role;
  gboolean key;
  int number; /* out: its frame's, -1 = none */
} FyPacketEntry;

typedef struct
{
  int packet;   /* that it is decoded from */
  guint64 hash; /* of its decoded samples, as a pass from the start gave them; 0 = not known */
} FyFrameEntry;

typedef struct FyFrameIndex FyFrameIndex;

FyFrameIndex *fy_frame_index_new (void);
void fy_frame_index_free (FyFrameIndex *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FyFrameIndex, fy_frame_index_free)

void fy_frame_index_append (FyFrameIndex *self, const FyPacketEntry *packet);

/* Numbers the shown packets' frames by presentation time.  Returns FALSE, leaving the index without
 * frames, unless every one has a time of its own. */
gboolean fy_frame_index_order_by_time (FyFrameIndex *self);

/* Makes `frames` [n], in the order in which a decoder gave them, the frames. */
void fy_frame_index_order_by_output (FyFrameIndex *self, const FyFrameEntry *frames, int n);

/* Strikes out frames [from, to): the decoder gives none for their packets. */
void fy_frame_index_remove (FyFrameIndex *self, int from, int to);

int fy_frame_index_n_packets (const FyFrameIndex *self);
int fy_frame_index_n_frames (const FyFrameIndex *self);
const FyPacketEntry *fy_frame_index_packet (const FyFrameIndex *self, int packet);
const FyFrameEntry *fy_frame_index_frame (const FyFrameIndex *self, int number);

/* Returns the key packet to decode from to reach frame `number`: the last before it in decode order
 * that is not shown later.  A key shown later does not do: frames that lead an open group of
 * pictures need the key before.  The first packet counts as key. */
int fy_frame_index_seek_target (const FyFrameIndex *self, int number);

/* Returns the key packet `n` keys before `packet`, at least 0. */
int fy_frame_index_key_before (const FyFrameIndex *self, int packet, int n);

/* Returns the next key packet after `packet`, or n_packets. */
int fy_frame_index_key_after (const FyFrameIndex *self, int packet);

/* Whether the frame of `packet` is shown before that of `key`, an earlier packet: then a decoder that
 * starts at `key` makes nothing or something else of it. */
gboolean fy_frame_index_leads (const FyFrameIndex *self, int packet, int key);

/* Returns the last frame shown among those decoded before or with frame `number`. */
int fy_frame_index_last_needed (const FyFrameIndex *self, int number);

/* Finds a packet by what a demuxer says of it: at one place in the file, or, where several share
 * one, by its time.  Returns -1 when there is none, or more than one. */
int fy_frame_index_identify (const FyFrameIndex *self, gint64 position, int size, gint64 pts);

G_END_DECLS
