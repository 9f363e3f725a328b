/* SPDX-License-Identifier: MIT */
/* Bytes kept on disk that can be made again: a lookup hits or misses, and never fails. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define FY_CACHE_KEY_SIZE 32

/* Returns the payload saved under the key, or NULL for a file that is missing, another's, stale,
 * cut short or damaged. */
GBytes *fy_cache_load (const char *path, const guint8 key[FY_CACHE_KEY_SIZE]);

/* Saves a payload; a disk that is full or read-only is no matter. */
void fy_cache_save (const char *path, const guint8 key[FY_CACHE_KEY_SIZE], GBytes *payload);

G_END_DECLS
