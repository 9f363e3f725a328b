/* SPDX-License-Identifier: MIT */
/* Decoded frames by number, the least recently used dropped first.  Thread: one at a time. */
#pragma once

#include "media/frame.h"

G_BEGIN_DECLS

typedef struct FyFrameCache FyFrameCache;

/* Keeps at most `bytes` of pixels. */
FyFrameCache *fy_frame_cache_new (gsize bytes);
void fy_frame_cache_free (FyFrameCache *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FyFrameCache, fy_frame_cache_free)

/* Frames of this size that fit together. */
int fy_frame_cache_capacity (const FyFrameCache *self, int width, int height);

/* Keeps a reference to the frame under frame->number, or not if it is too large. */
void fy_frame_cache_add (FyFrameCache *self, FyFrame *frame);

/* Returns: (transfer full) (nullable). */
FyFrame *fy_frame_cache_get (FyFrameCache *self, int number);

G_END_DECLS
