/* SPDX-License-Identifier: MIT */
/* One video stream's packets out of a container, in decode order.
 *
 * Only the named file is read: playlists and references to other files are refused.
 * Thread: one at a time. */
#pragma once

#include <gio/gio.h>
#include <libavformat/avformat.h>

G_BEGIN_DECLS

typedef struct FyDemux FyDemux;

typedef enum
{
  FY_DEMUX_PACKET,
  FY_DEMUX_END,
  FY_DEMUX_BROKEN, /* no further packet: the container is damaged here, or was cut off */
} FyDemuxStatus;

/* stream    counted among the video streams from 1; 0 = best
 * Returns:  (transfer full), or NULL with FY_ERROR_CORRUPT, FY_ERROR_UNSUPPORTED or G_IO_ERROR. */
FyDemux *fy_demux_new (const char *path, int stream, GCancellable *cancellable, GError **error);
void fy_demux_free (FyDemux *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FyDemux, fy_demux_free)

const char *fy_demux_path (const FyDemux *self);
AVFormatContext *fy_demux_context (FyDemux *self); /* borrowed; valid until _rewind */
AVStream *fy_demux_stream (FyDemux *self);         /* borrowed; valid until _rewind */

/* Whether the container's own words say that the file goes on behind its end. */
gboolean fy_demux_is_cut (const FyDemux *self);

/* Reads the next packet into a blank one. */
FyDemuxStatus fy_demux_read (FyDemux *self, AVPacket *packet, GCancellable *cancellable);

/* Goes to a key packet not after `time` in the stream's time base, or somewhere near: look where it
 * landed. */
gboolean fy_demux_seek (FyDemux *self, gint64 time, GCancellable *cancellable);

/* Opens the file anew: the next packet is the first.  Where it cannot be, all stays as it was. */
gboolean fy_demux_rewind (FyDemux *self, GCancellable *cancellable, GError **error);

G_END_DECLS
