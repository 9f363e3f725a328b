/* SPDX-License-Identifier: MIT */
/* Draws how long a frame takes, as clip and settings vary.  Thread: main. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Runs whole propagations of the sample clip and saves the plot, or nothing.
 *
 * device         as fy_device_new
 * width, height  pixels of the clip's frames where they do not vary; 0 = as they are
 * path           of the SVG
 * Errors:        those of a session, G_IO_ERROR */
gboolean ferry_bench_plot (const char *device,
                           int width,
                           int height,
                           const char *path,
                           GCancellable *cancellable,
                           GError **error);

G_END_DECLS
