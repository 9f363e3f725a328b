/* SPDX-License-Identifier: MIT */
/* The window of preferences.  Thread: main. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* parent   has the action "win.restart-flow", by which what computes takes other settings; nullable
 * Returns: (transfer full), to be presented */
GtkWindow *ferry_preferences_new (GSettings *settings, GtkWindow *parent);

/* Light or dark as the settings say, now and whenever they change. */
void ferry_preferences_follow_theme (GSettings *settings);

G_END_DECLS
