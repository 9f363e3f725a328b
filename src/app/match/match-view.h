/* SPDX-License-Identifier: MIT */
/* What the networks see: where a point of one frame is found in others, who votes for its label, and
 * features as colours.
 *
 * Signals
 *   "point-activated" (int frame, double x, double y)  a voter was gone to, in pixels of the picture: the
 *                                                      play-head is there already, a place to correct
 *
 * Thread: main. */
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

/* Asks about a point, in pixels of the picture. */
void ferry_match_view_set_point (FerryMatchView *self, int frame, double x, double y);

G_END_DECLS
