/* SPDX-License-Identifier: MIT */
/* A lane an object: its name, and where its labels came from along time.  Scrolls up and down.
 * Thread: main. */
#pragma once

#include "app/timeline/timeline-model.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define FERRY_TYPE_LANES (ferry_lanes_get_type ())
G_DECLARE_FINAL_TYPE (FerryLanes, ferry_lanes, FERRY, LANES, GtkWidget)

GtkWidget *ferry_lanes_new (FerryTimelineModel *model);

/* Borrowed: what a scroll bar shows. */
GtkAdjustment *ferry_lanes_adjustment (FerryLanes *self);

/* The object whose lane is at that height; 0 = none. */
guint16 ferry_lanes_object_at (FerryLanes *self, double y);
/* The height of its lane's middle. */
double ferry_lanes_y (FerryLanes *self, guint16 object);
void ferry_lanes_reveal (FerryLanes *self, guint16 object);

/* Selects the object of the next lane (-1: of the one before). */
void ferry_lanes_step (FerryLanes *self, int step);

G_END_DECLS
