/* SPDX-License-Identifier: MIT */
/* What a clip asks of the thing it reads: a video file or a folder of images. */
#pragma once

#include "media/clip.h"
#include "media/frame-cache.h"

G_BEGIN_DECLS

typedef struct
{
  void (*free) (gpointer self);

  /* Decodes frame `number`, which exists.  May put it and its neighbours in the cache.
   * Returns: (transfer full). */
  FyFrame *(*read) (gpointer self,
                    int number,
                    FyFrameCache *cache,
                    GCancellable *cancellable,
                    GError **error);

  const char *(*frame_name) (gpointer self, int number); /* nullable result, borrowed */
  gint64 (*frame_time) (gpointer self, int number);      /* microseconds */

  /* Adds what identifies the pixels to a SHA-256. */
  gboolean (*digest) (gpointer self, GChecksum *checksum, GError **error);
} FySource;

/* Adds a file's size and `n` pieces of its content, evenly spread from the first bytes to the last;
 * all of it where the pieces would cover it.  Sets *error to G_IO_ERROR. */
gboolean fy_digest_file (GChecksum *checksum, const char *path, int n, gsize bytes, GError **error);

G_END_DECLS
