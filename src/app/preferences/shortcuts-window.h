/* SPDX-License-Identifier: MIT */
/* The table of shortcuts put to use: accelerators of the application, the window that lists them, and keys
 * that belong to what has the focus.  Thread: main. */
#pragma once

#include "app/preferences/shortcuts.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Sets the accelerators of all verbs, now and whenever the settings change. */
void ferry_shortcuts_follow (GtkApplication *application, GSettings *settings);

/* A window that lists what can be pressed.  Returns: (transfer full), to be presented. */
GtkWindow *ferry_shortcuts_window_new (GSettings *settings);

/* Keys go first to a text that is written in, a slider or a similarity map that has the focus, a popover
 * that is open, and Space to a button that was reached by the keyboard; only what these leave alone are
 * shortcuts.  GTK would ask shortcuts first.  Once, for a window that has been given its application. */
void ferry_shortcuts_guard (GtkWindow *window);

/* "Brush (B)": a text with the key of an action, if it has one.  Returns: (transfer full) */
char *ferry_shortcut_tip (GtkApplication *application, const char *text, const char *action);

G_END_DECLS
