/* SPDX-License-Identifier: MIT */
/* The clip's pictures for the window: decoded on a thread of its own, never waited for.
 *
 * Signals
 *   "wanted"           (int frame)                        it is waited for
 *   "frame-ready"      (int frame)
 *   "thumbnail-ready"  (int frame)
 *   "failed"           (int frame, const char *message)   that frame cannot be decoded
 *
 * Thread: main. */
#pragma once

#include "media/clip.h"

#include <gdk/gdk.h>

G_BEGIN_DECLS

#define FERRY_THUMBNAIL_HEIGHT 54 /* pixels, at scale 1 */

#define FERRY_TYPE_FRAMES (ferry_frames_get_type ())
G_DECLARE_FINAL_TYPE (FerryFrames, ferry_frames, FERRY, FRAMES, GObject)

/* Takes the clip, which from then on belongs to the thread. */
FerryFrames *ferry_frames_new (FyClip *clip);

/* Copied when opened: safe to read at any time. */
const FyClipInfo *ferry_frames_info (FerryFrames *self);
gint64 ferry_frames_time (FerryFrames *self, int frame); /* microseconds */
/* NULL for a video. */
const char *ferry_frames_name (FerryFrames *self, int frame);

/* The picture if it is at hand.  Returns: (transfer full) (nullable). */
FyFrame *ferry_frames_get (FerryFrames *self, int frame);

/* Something to show at once while scrubbing: of the pictures and the thumbnails at hand the one of the nearest
 * frame; thumbnails are as small as they are.
 * found: out, its number.  Returns: (transfer full) (nullable). */
FyFrame *ferry_frames_get_near (FerryFrames *self, int frame, int *found);

/* Decodes it next; a later wish replaces one that has not begun, and cuts short one that is not on the way to
 * it, as long as some picture comes every now and then.  "frame-ready" follows. */
void ferry_frames_want (FerryFrames *self, int frame);

/* A small picture, at most FERRY_THUMBNAIL_HEIGHT high times the scale, NULL until "thumbnail-ready"; asking
 * is wishing for it.  Borrowed.  The RGB pixels likewise, to draw labels into. */
GdkTexture *ferry_frames_peek_thumbnail (FerryFrames *self, int frame);
FyFrame *ferry_frames_peek_small (FerryFrames *self, int frame);

/* Wishes for thumbnails that were not asked for since the last call are forgotten. */
void ferry_frames_forget_thumbnails (FerryFrames *self);

/* Runs on the thread that has the clip, after what is wished for; for exports.  See GTask. */
typedef gpointer (*FerryFramesJob) (FyClip *clip,
                                    gpointer data,
                                    GCancellable *cancellable,
                                    GError **error);
void ferry_frames_run_async (FerryFrames *self,
                             FerryFramesJob job,
                             gpointer data,
                             GDestroyNotify data_free,
                             GDestroyNotify result_free,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data);
gpointer ferry_frames_run_finish (FerryFrames *self, GAsyncResult *result, GError **error);

G_END_DECLS
