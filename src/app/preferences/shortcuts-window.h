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

/* --- Texts that name keys.  Without an application there are none --- */

/* "Brush (B)": a text with the key of an action, if it has one.
 * action: nullable in all of these.  Returns: (transfer full) */
char *ferry_shortcut_tip (const char *text, const char *action);

/* Makes that a widget's tooltip, now and whenever keys change. */
void ferry_shortcut_set_tip (GtkWidget *widget, const char *text, const char *action);

/* The same for everything within a widget that has an action and a tooltip. */
void ferry_shortcuts_name_keys (GtkWidget *root);

/* Calls func (instance) whenever keys have changed, as long as the instance is there. */
void ferry_shortcuts_watch (gpointer instance, GCallback func);

G_END_DECLS
