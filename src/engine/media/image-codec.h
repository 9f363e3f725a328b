/* SPDX-License-Identifier: MIT */
/* The two codecs behind image-file.h.  `file` stands at the start and stays the caller's. */
#pragma once

#include "media/image-file.h"

#include <stdio.h>

G_BEGIN_DECLS

gboolean fy_jpeg_read_header (FILE *file, const char *path, FyImageHeader *header, GError **error);
FyFrame *fy_jpeg_decode (FILE *file, const char *path, GError **error);

gboolean fy_png_read_header (FILE *file, const char *path, FyImageHeader *header, GError **error);
FyFrame *fy_png_decode (FILE *file, const char *path, GError **error);

/* Returns: (transfer full), or NULL with *error set when the size is refused or memory is short. */
FyFrame *fy_image_new_frame (const char *path, guint64 width, guint64 height, GError **error);

G_END_DECLS
