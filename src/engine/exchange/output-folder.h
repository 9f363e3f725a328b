/* SPDX-License-Identifier: MIT */
/* A folder that appears whole or not at all.
 *
 * Files go to a hidden folder beside the final name; _commit renames it.  Freed without _commit, nothing
 * is left behind.  Private to the folder.  Thread: one at a time. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct FyOutputFolder FyOutputFolder;

/* Makes those above it.  Returns: (transfer full), or NULL with G_IO_ERROR naming the path. */
FyOutputFolder *fy_output_folder_new (const char *path, GError **error);
void fy_output_folder_free (FyOutputFolder *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FyOutputFolder, fy_output_folder_free)

/* Where to write meanwhile.  Borrowed. */
const char *fy_output_folder_peek_path (FyOutputFolder *self);

/* Gives the folder its final name; what had that name is removed, with all that is in it. */
gboolean fy_output_folder_commit (FyOutputFolder *self, GError **error);

/* Makes a folder below a path and those above it.  Errors: G_IO_ERROR naming it. */
gboolean fy_make_folder (const char *path, GError **error);

G_END_DECLS
