/* SPDX-License-Identifier: MIT */
/* A clip of image files: a folder's, or one alone.  See clip.h for which files and what order. */
#pragma once

#include "media/source.h"

G_BEGIN_DECLS

/* Opens a folder, or with `path` a file a clip of one frame; fills *info but for its names.
 * Returns: (transfer full), for the functions in fy_image_folder_source. */
gpointer fy_image_folder_open (const char *path,
                               FyClipInfo *info,
                               GCancellable *cancellable,
                               GError **error);

extern const FySource fy_image_folder_source;

/* Orders names as people count: "9.jpg" before "10.JPG".  A GCompareFunc of two strings. */
int fy_natural_compare (const char *a, const char *b);

G_END_DECLS
