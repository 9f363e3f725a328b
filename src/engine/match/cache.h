/* SPDX-License-Identifier: MIT */
/* Features and neighbour lists on disk: what took seconds to compute and can be computed again.
 *
 * A cache is a folder; in it a folder a key, the key naming clip, networks and settings; in that a
 * file a record.  A record is written whole under its name and never changed, so that any number
 * of programs share a cache without locks, kill -9 leaves whole records, and anything may be
 * deleted at any time.
 *
 * Nothing here fails.  A record that is missing, damaged, of another version or not what its name
 * says is a miss; one that cannot be written is not kept.
 *
 * Thread: one at a time.  Bytes it returned may go anywhere. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef enum
{
  FY_CACHE_FEATURES, /* of a frame                                 */
  FY_CACHE_LIST,     /* of a target frame over some context frames */
} FyCacheKind;

typedef struct
{
  FyCacheKind kind;
  int frame;  /* target */
  int begin;  /* context frames begin .. end - 1; 0 for features */
  int end;    /* */
  int radius; /* as searched; 0 for features */
} FyCacheId;

typedef struct FyCache FyCache;

#define FY_CACHE_KEY_DIGITS 64

/* Opens a cache, making its folder when there is first something to write.  What else lies in that
 * folder is not touched.
 *
 * key     file name: FY_CACHE_KEY_DIGITS hexadecimal digits
 * limit   bytes of all keys together, at most; what does not fit, also of what is there when it is
 *         opened, is dropped: other keys' records
 *         first, the key that was used longest ago first, then features before lists, farthest
 *         from the focus first.  Half of what is free on the disk is left alone besides. */
FyCache *fy_cache_new (const char *folder, const char *key, guint64 limit);
void fy_cache_free (FyCache *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FyCache, fy_cache_free)

/* A record's bytes, mapped and verified; their start is aligned to 64 bytes.
 * Returns: (transfer full), or NULL when there is none. */
GBytes *fy_cache_get (FyCache *self, const FyCacheId *id);

/* TRUE when a record of that name was there when last looked; it may yet be damaged. */
gboolean fy_cache_has (FyCache *self, const FyCacheId *id);

typedef struct
{
  gconstpointer data;
  gsize size;
} FyCachePiece;

/* Keeps a record made of some pieces, replacing the one of its name.
 * Returns: FALSE when it is not kept: there is no room for it, or see fy_cache_trouble. */
gboolean
fy_cache_put (FyCache *self, const FyCacheId *id, const FyCachePiece *pieces, int n_pieces);

/* Which list of this key takes most bytes.  Returns: FALSE when there is none. */
gboolean fy_cache_largest_list (FyCache *self, FyCacheId *id);

/* The frame somebody looks at or works on: what is near it is dropped last. */
void fy_cache_set_focus (FyCache *self, int frame);

/* Bytes of this key's records. */
guint64 fy_cache_size (FyCache *self);

/* Why records are no longer kept: one line that names the folder and a remedy; NULL while they are.
 * After the first failure nothing more is written.  Borrowed. */
const char *fy_cache_trouble (FyCache *self);

/* --- A folder as a whole.  Slow; any thread --- */

/* Bytes of all keys' records in it. */
guint64 fy_cache_folder_size (const char *folder);

/* Removes all keys' records, and nothing else; programs that use them miss them and compute them anew.
 * Returns: the bytes removed. */
guint64 fy_cache_folder_clear (const char *folder);

G_END_DECLS
