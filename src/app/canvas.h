/* SPDX-License-Identifier: MIT */
/* The canvas of the window.  Thread: main. */
#pragma once

#include "app/document.h"
#include "app/toolbox.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define FERRY_TYPE_CANVAS (ferry_canvas_get_type ())
G_DECLARE_FINAL_TYPE (FerryCanvas, ferry_canvas, FERRY, CANVAS, GtkWidget)

/* Once, before it is shown.  Takes references. */
void ferry_canvas_set_document (FerryCanvas *self, FerryDocument *document, FerryToolbox *toolbox);

G_END_DECLS
