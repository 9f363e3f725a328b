/* SPDX-License-Identifier: MIT */
/* Tooltips that follow something.  Thread: main. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Sets a text that is another than before: GTK asks the display server where the pointer is, and waits for the
 * answer, each time that one is set.  text: nullable. */
void ferry_tooltip_set (GtkWidget *widget, const char *text);

G_END_DECLS
