/* SPDX-License-Identifier: MIT */
/* What can be said of an object from a frame on: a menu, and the verbs behind it.  Thread: main. */
#pragma once

#include "app/document.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Opens at a point of the widget. */
void ferry_lane_menu_popup (GtkWidget *parent,
                            FerryDocument *document,
                            guint16 object,
                            int frame,
                            double x,
                            double y);

/* From the frame to the one before the next labels by hand: absent or occluded. */
void ferry_lane_declare (FyLabelSet *labels, guint16 object, int frame, FyProvenance provenance);
/* What a hand said here: of the frame, or of all frames around it that are absent or occluded likewise. */
void ferry_lane_take_back (FyLabelSet *labels, guint16 object, int frame);
/* Everything a hand said, from the frame on. */
void ferry_lane_take_back_all (FyLabelSet *labels, guint16 object, int frame);

G_END_DECLS
