/* SPDX-License-Identifier: MIT */
/* Tells from a packet's first bytes whether it becomes a frame of its own.  Thread: one at a time. */
#pragma once

#include <glib.h>
#include <libavcodec/avcodec.h>

G_BEGIN_DECLS

typedef struct FyPacketProbe FyPacketProbe;

FyPacketProbe *fy_packet_probe_new (const AVCodecParameters *parameters);
void fy_packet_probe_free (FyPacketProbe *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FyPacketProbe, fy_packet_probe_free)

/* Whether each packet of this codec that is not hidden becomes exactly one frame.  Where FALSE only
 * decoding tells what frames there are. */
gboolean fy_packet_probe_is_exact (const FyPacketProbe *self);

/* Whether the packet is no frame of its own: an alternate reference picture (VP8, VP9) or the second
 * field of a picture (H.264).  Call for each packet, in decode order. */
gboolean fy_packet_probe_is_hidden (FyPacketProbe *self, const AVPacket *packet);

G_END_DECLS
