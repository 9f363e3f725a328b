/* SPDX-License-Identifier: MIT */
/* A folder of one's own, below the folder for temporary files.  Thread: any. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef char FerryScratch; /* its path */

/* Errors: G_IO_ERROR. */
FerryScratch *ferry_scratch_new (GError **error);

/* Deletes it with all that is in it. */
void ferry_scratch_free (FerryScratch *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FerryScratch, ferry_scratch_free)

G_END_DECLS
