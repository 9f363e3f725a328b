/* SPDX-License-Identifier: MIT */
/* Popovers that are made when they open and go when they close.  Thread: main. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Takes a floating popover, opens it at a widget, and lets it go some time after it is closed.
 *
 * at   in the widget's coordinates; NULL = all of it */
void ferry_popover_open (GtkWidget *popover, GtkWidget *parent, const GdkRectangle *at);

G_END_DECLS
