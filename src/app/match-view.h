/* SPDX-License-Identifier: MIT */
/* The match-view of the window.  Thread: main. */
#pragma once

#include "app/document.h"
#include "app/toolbox.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define FERRY_TYPE_MATCH_VIEW (ferry_match_view_get_type ())
G_DECLARE_FINAL_TYPE (FerryMatchView, ferry_match_view, FERRY, MATCH_VIEW, GtkWidget)

/* Once, before it is shown.  Takes references. */
void ferry_match_view_set_document (FerryMatchView *self,
                                    FerryDocument *document,
                                    FerryToolbox *toolbox);

G_END_DECLS
