/* SPDX-License-Identifier: MIT */
/* The obvious way to read a video: from start to end, on one thread, by FFmpeg alone. */
#pragma once

#include <glib.h>

/* Returns a digest of every frame's pixels, upright and square, in the order the decoder gives them:
 * char *, (transfer full); NULL when the file does not open. */
GPtrArray *judge_decode (const char *path);

/* Tells one [height, width, 3] from another.  Returns: (transfer full). */
char *judge_digest (const guint8 *rgb, int width, int height);
