/* SPDX-License-Identifier: MIT */
/* The objects-panel of the window.  Thread: main. */
#pragma once

#include "app/document.h"
#include "app/toolbox.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define FERRY_TYPE_OBJECTS_PANEL (ferry_objects_panel_get_type ())
G_DECLARE_FINAL_TYPE (FerryObjectsPanel, ferry_objects_panel, FERRY, OBJECTS_PANEL, GtkWidget)

/* Once, before it is shown.  Takes references. */
void ferry_objects_panel_set_document (FerryObjectsPanel *self,
                                       FerryDocument *document,
                                       FerryToolbox *toolbox);

G_END_DECLS
