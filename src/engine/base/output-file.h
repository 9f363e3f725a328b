/* SPDX-License-Identifier: MIT */
/* A file that appears whole or not at all.
 *
 * Bytes go to a hidden temporary file beside the final name; _commit flushes it to disk and renames
 * it over the name.  Freed without _commit, nothing is left behind.  Thread: one at a time. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct FyOutputFile FyOutputFile;

/* Returns: (transfer full), or NULL with G_IO_ERROR naming the path. */
FyOutputFile *fy_output_file_new (const char *path, GError **error);
void fy_output_file_free (FyOutputFile *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FyOutputFile, fy_output_file_free)

gboolean fy_output_file_write (FyOutputFile *self, const void *data, gsize size, GError **error);

/* The temporary file's path, for libraries that open their own output; call _commit when they have
 * closed it. */
const char *fy_output_file_peek_path (FyOutputFile *self);

/* Gives the file its final name.  Without `durable` a power cut may lose it; a crash may not. */
gboolean fy_output_file_commit (FyOutputFile *self, gboolean durable, GError **error);

/* All of the above for bytes at hand. */
gboolean fy_output_file_save (const char *path,
                              const void *data,
                              gsize size,
                              gboolean durable,
                              GError **error);

G_END_DECLS
