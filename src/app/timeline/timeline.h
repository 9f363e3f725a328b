/* SPDX-License-Identifier: MIT */
/* The timeline of the window.  Thread: main. */
#pragma once

#include "app/document.h"
#include "app/toolbox.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define FERRY_TYPE_TIMELINE (ferry_timeline_get_type ())
G_DECLARE_FINAL_TYPE (FerryTimeline, ferry_timeline, FERRY, TIMELINE, GtkWidget)

/* Once, before it is shown.  Takes references. */
void
ferry_timeline_set_document (FerryTimeline *self, FerryDocument *document, FerryToolbox *toolbox);

G_END_DECLS
