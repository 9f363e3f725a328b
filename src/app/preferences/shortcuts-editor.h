/* SPDX-License-Identifier: MIT */
/* The page of the preferences on which keys are changed.  Thread: main. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Takes a reference.  Returns: (transfer floating) */
GtkWidget *ferry_shortcuts_editor_new (GSettings *settings);

G_END_DECLS
