/* SPDX-License-Identifier: MIT */
/* A clip that is a video file.  See clip.h. */
#pragma once

#include "media/source.h"

G_BEGIN_DECLS

/* info      filled but for its names; kept, for `damaged` may become TRUE while frames are read
 * Returns:  (transfer full), for the functions in fy_video_source. */
gpointer fy_video_open (const char *path,
                        const FyClipParams *params,
                        FyClipInfo *info,
                        GCancellable *cancellable,
                        GError **error);

extern const FySource fy_video_source;

G_END_DECLS
