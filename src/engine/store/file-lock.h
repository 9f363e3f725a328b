/* SPDX-License-Identifier: MIT */
/* The mark that a project is open for writing.
 *
 * A lock of the kernel on the file itself, far behind its content and the bytes that SQLite locks: it is
 * the same through every path to the file, does not hinder readers, and ends with the process however
 * that ends.  Thread: any. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct FyFileLock FyFileLock;

/* Returns: (transfer full), or NULL with G_IO_ERROR; _BUSY when somebody else has it. */
FyFileLock *fy_file_lock_new (const char *path, GError **error);
void fy_file_lock_free (FyFileLock *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FyFileLock, fy_file_lock_free)

/* Reads the file's first bytes.  Returns: how many, less than size where the file ends. */
gsize fy_file_lock_read (FyFileLock *self, void *data, gsize size);

G_END_DECLS
