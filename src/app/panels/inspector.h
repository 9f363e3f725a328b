/* SPDX-License-Identifier: MIT */
/* The inspector of the window.  Thread: main. */
#pragma once

#include "app/document.h"
#include "app/toolbox.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define FERRY_TYPE_INSPECTOR (ferry_inspector_get_type ())
G_DECLARE_FINAL_TYPE (FerryInspector, ferry_inspector, FERRY, INSPECTOR, GtkWidget)

/* Once, before it is shown.  Takes references. */
void
ferry_inspector_set_document (FerryInspector *self, FerryDocument *document, FerryToolbox *toolbox);

G_END_DECLS
