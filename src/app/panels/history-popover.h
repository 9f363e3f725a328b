/* SPDX-License-Identifier: MIT */
/* What was done, newest on top: a click goes back, or forward again, to just behind it.  Thread: main. */
#pragma once

#include "app/document.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* For a menu button.  Takes a reference.  Returns: (transfer floating) */
GtkWidget *ferry_history_popover_new (FerryDocument *document);

G_END_DECLS
