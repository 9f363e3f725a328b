/* SPDX-License-Identifier: MIT */
/* Pictures as PNG files.  Thread: any. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* rgb      [height, width, 3] u8
 * Errors:  G_IO_ERROR. */
gboolean
fy_picture_write (const char *path, const guint8 *rgb, int width, int height, GError **error);

/* A soft mask as 16-bit grey: 0 .. 1 becomes 0 .. 65535, rounded; what lies outside is clamped and
 * NaN is 0.
 *
 * soft     [height, width] f32
 * Errors:  G_IO_ERROR. */
gboolean
fy_picture_write_soft (const char *path, const float *soft, int width, int height, GError **error);

G_END_DECLS
