/* SPDX-License-Identifier: MIT */
/* Tells a file that was cut off: copied or downloaded in part, or its recorder lost power. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Whether the outermost boxes, chunks or packets reach behind the end of the file.
 *
 * format    FFmpeg's name of the container; of one that is not known here FALSE is said */
gboolean fy_container_is_cut (const char *path, const char *format);

G_END_DECLS
