/* SPDX-License-Identifier: MIT */
/* A zip archive in memory, read without trusting it.
 *
 * Opening reads the directory (zip64 too) and checks that no two members overlap.  A stored member
 * is read in place.  A deflated one is inflated to exactly the size the directory gives, once, and
 * kept; all of them together may not exceed a fixed budget.
 *
 * Source: PKWARE APPNOTE 6.3.  Thread: one at a time. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct FyZip FyZip;

/* path   begins every message
 * Errors: FY_ERROR_CORRUPT, FY_ERROR_UNSUPPORTED (encrypted, several volumes). */
FyZip *fy_zip_new (GBytes *file, const char *path, GError **error);
void fy_zip_free (FyZip *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FyZip, fy_zip_free)

/* Members in the directory's order. */
int fy_zip_n_members (const FyZip *self);
const char *fy_zip_name (const FyZip *self, int member);
gsize fy_zip_size (const FyZip *self, int member); /* bytes, not compressed */

/* Returns the member of that name, or -1. */
int fy_zip_find (const FyZip *self, const char *name);

/* Returns a member's bytes, borrowed from the archive; NULL with FY_ERROR_CORRUPT when they do not
 * match size and CRC (a CRC of 0 means that none was recorded), FY_ERROR_UNSUPPORTED for another
 * method or a budget overdrawn. */
const guint8 *fy_zip_read (FyZip *self, int member, GError **error);

G_END_DECLS
