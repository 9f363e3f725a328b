/* SPDX-License-Identifier: MIT */
/* Lies over the timeline: play-head, range and where the pointer is, so that these move without anything
 * below being drawn anew.  Takes no input.  Thread: main. */
#pragma once

#include "app/timeline/timeline-model.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define FERRY_TYPE_PLAYHEAD (ferry_playhead_get_type ())
G_DECLARE_FINAL_TYPE (FerryPlayhead, ferry_playhead, FERRY, PLAYHEAD, GtkWidget)

GtkWidget *ferry_playhead_new (FerryTimelineModel *model);

/* The frame that the pointer is at; -1 = at none. */
void ferry_playhead_set_hover (FerryPlayhead *self, int frame);

G_END_DECLS
