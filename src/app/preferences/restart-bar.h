/* SPDX-License-Identifier: MIT */
/* The bar that says of settings that they take effect when features are computed again, and does that:
 * by the action "win.restart-flow" of the window that the bar's own window stands before.
 * Thread: main. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* keys   of the settings that it appears for; static, NULL-terminated
 * Returns: (transfer floating), hidden until one of them changes */
GtkWidget *ferry_restart_bar_new (GSettings *settings, const char *const *keys);

G_END_DECLS
