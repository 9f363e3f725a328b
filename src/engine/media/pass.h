/* SPDX-License-Identifier: MIT */
/* One run of a decoder over a stream, from a key packet to the end.  Thread: one at a time. */
#pragma once

#include "media/demux.h"
#include "media/frame-index.h"

#include <libavcodec/avcodec.h>

G_BEGIN_DECLS

typedef struct FyPass FyPass;

/* Brings the demuxer to packet `start` and makes a decoder; both arguments are borrowed.  Of several passes
 * with one demuxer the last that was made or that returned can go on.
 *
 * rewind    go there packet by packet from the start of the file instead of seeking
 * threads   1 makes damaged data decode the same way each time that `start` is the same
 * Returns:  (transfer full), or NULL with *error set. */
FyPass *fy_pass_new (FyDemux *demux,
                     const FyFrameIndex *index,
                     int start,
                     gboolean rewind,
                     int threads,
                     GCancellable *cancellable,
                     GError **error);
void fy_pass_free (FyPass *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FyPass, fy_pass_free)

/* Brings the demuxer, which others have used since or whose read was cut short, to where this pass is.
 * Returns: FALSE when it does not get there; then it can be tried again. */
gboolean fy_pass_return (FyPass *self, GCancellable *cancellable);

/* Of packets before `goal` only those are decoded that others may be made from: the way to a frame that is
 * far from its key becomes half as long.  0 = all are decoded, as at first. */
void fy_pass_set_goal (FyPass *self, int goal);

/* Returns the next frame (transfer full), the place of its packet in decode order as its pts: -1 when
 * the decoder does not tell.  Frames that a start at this key cannot give right are left out.
 * NULL without *error set at the end; with it when cancelled, and then the pass has to return first. */
AVFrame *fy_pass_next (FyPass *self, GCancellable *cancellable, GError **error);

int fy_pass_start (const FyPass *self);
int fy_pass_position (const FyPass *self); /* next packet to decode */

/* Whether a packet did not decode cleanly so far.  What a decoder makes up for it depends on all that
 * it decoded before, and with threads on chance. */
gboolean fy_pass_is_damaged (const FyPass *self);

G_END_DECLS
