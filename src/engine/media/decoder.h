/* SPDX-License-Identifier: MIT */
/* Packets to frames, each frame knowing which packet it came from.  Thread: one at a time. */
#pragma once

#include <glib.h>
#include <libavcodec/avcodec.h>

G_BEGIN_DECLS

typedef struct FyDecoder FyDecoder;

/* Sends FFmpeg's log, once for the process, to g_debug instead of stderr.  Call before anything else. */
void fy_decoder_redirect_log (void);

/* threads   1 makes it decode each packet before it takes the next
 * Returns:  (transfer full), or NULL with FY_ERROR_UNSUPPORTED. */
FyDecoder *
fy_decoder_new (const char *path, const AVCodecParameters *parameters, int threads, GError **error);
void fy_decoder_free (FyDecoder *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FyDecoder, fy_decoder_free)

/* Packets sent from now on need not be decoded if no other is made from what they give.  Only where that
 * is certain (H.264) are they left out; then no frame comes of them. */
void fy_decoder_skip_unused (FyDecoder *self, gboolean skip);

/* Takes the packet that stands at `place` in decode order, or NULL at the end; call when _receive
 * has nothing.  Returns FALSE when it, or with threads one shortly before, does not decode. */
gboolean fy_decoder_send (FyDecoder *self, AVPacket *packet, int place);

/* Returns the next frame, its pts the place of its packet; NULL when another packet is wanted, or at
 * the end.  Sets *failed when an error came before it. */
AVFrame *fy_decoder_receive (FyDecoder *self, gboolean *failed);

/* Whether all frames have been received after the end. */
gboolean fy_decoder_ended (const FyDecoder *self);

/* Returns the place of a packet that the decoder had to make up pixels for, -1 when it could not be
 * told which, or G_MAXINT when there is no more to tell: call until then.  All there is to say of a
 * frame is said before it is received.
 *
 * Decoders say so only in their log.  (FF_DECODE_ERROR flags on frames are lost with threads.) */
int fy_decoder_take_complaint (FyDecoder *self);

/* Whether parts of the frame were never written: some decoders say nothing when a picture ends early.
 * Looks at one sample of each 16 x 16; YUV only, where zero in all planes is no colour. */
gboolean fy_decoder_left_holes (const AVFrame *frame);

G_END_DECLS
