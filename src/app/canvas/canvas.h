/* SPDX-License-Identifier: MIT */
/* The canvas of the window: the frame and its labels, and the tools that change them.
 *
 * Never shows a wrong frame unsaid: while the play-head's frame is being decoded, the nearest one at hand is
 * shown with its own labels and a note that says so, and nothing can be painted.
 *
 * Properties
 *   "zoom"   double   device pixels for a pixel of the picture, read-only
 *
 * Signals
 *   "match-point" (int frame, double x, double y)   a point, in pixels of the picture, was picked for the
 *                                                   correspondence view
 *
 * Thread: main. */
#pragma once

#include "app/document.h"
#include "app/toolbox.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define FERRY_TYPE_CANVAS (ferry_canvas_get_type ())
G_DECLARE_FINAL_TYPE (FerryCanvas, ferry_canvas, FERRY, CANVAS, GtkWidget)

/* Once, before it is shown.  Takes references. */
void ferry_canvas_set_document (FerryCanvas *self, FerryDocument *document, FerryToolbox *toolbox);

/* Zooming: at the pointer where it is over the canvas, else in the middle; clamped to 5 % .. 6400 %. */
double ferry_canvas_zoom (FerryCanvas *self);
void ferry_canvas_zoom_to (FerryCanvas *self, double zoom);
void ferry_canvas_zoom_in (FerryCanvas *self);
void ferry_canvas_zoom_out (FerryCanvas *self);
void ferry_canvas_fit (FerryCanvas *self);
/* A place of the picture, in its pixels, to the middle; the zoom stays. */
void ferry_canvas_center (FerryCanvas *self, double x, double y);

/* With the Keypoint tool: says of the joint in hand that it is occluded, absent, or (said again) placed.
 * Returns: FALSE when no joint is in hand: then the object is meant. */
gboolean ferry_canvas_mark_joint (FerryCanvas *self, FyJointState state);

/* Gives up what a tool has begun, as Esc does.  Returns: FALSE when nothing was. */
gboolean ferry_canvas_cancel (FerryCanvas *self);

G_END_DECLS
