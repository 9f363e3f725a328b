/* SPDX-License-Identifier: MIT */
/* The pages of the inspector.  Each follows what it is given by itself.
 * Returns: (transfer floating) a widget.  Thread: main. */
#pragma once

#include "app/document.h"
#include "app/toolbox.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

GtkWidget *ferry_brush_page_new (FerryToolbox *toolbox);
GtkWidget *ferry_model_page_new (FerryDocument *document);
GtkWidget *ferry_match_page_new (FerryDocument *document);

G_END_DECLS
