/* SPDX-License-Identifier: MIT */
/* Plays the document while its "playing" is set: moves "frame" as time passes.
 *
 * By the source's own times (24 images a second of a folder); where decoding is slower, frames are left
 * out, and none is waited for.  Inside the range where one is set; from its start at its end, or stops
 * there; "loop" decides.
 * Thread: main. */
#pragma once

#include "app/document.h"

G_BEGIN_DECLS

typedef struct FerryPlayer FerryPlayer;

/* The document outlives it. */
FerryPlayer *ferry_player_new (FerryDocument *document);
void ferry_player_free (FerryPlayer *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FerryPlayer, ferry_player_free)

/* The last frame of first .. last whose time has come, by bisection; first when none has.
 * time      [n_frames] ascending, of any unit */
int ferry_player_frame_at (const gint64 *time, int first, int last, gint64 now);

G_END_DECLS
