/* SPDX-License-Identifier: MIT */
/* What a file holds, as a short name.  Thread: any. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A digest of a whole file's bytes, in hex: equal for equal files only.  Spread over the cores, so that
 * hundreds of megabytes take a moment.  Of no use against people who mean harm.
 * Returns: (transfer full), or NULL with G_FILE_ERROR naming the path. */
char *fy_file_digest (const char *path, GError **error);

G_END_DECLS
