/* SPDX-License-Identifier: MIT */
/* Ruler, thumbnails, lanes and readiness above each other, under one play-head; takes the input of them all.
 *
 *   click, drag          goes there; in the ruler, drags the ends of the range
 *   wheel                steps; over the names scrolls the lanes; Shift: scrolls time; Ctrl: zooms
 *   Left, Right          step; Shift: 10; Page Up, Down: to the next number of the ruler
 *   Home, End            ends of the clip
 *   Up, Down             object in hand
 *   + -                  zoom in, out
 *   Menu, Shift+F10      menu of the object in hand
 *
 * Thread: main. */
#pragma once

#include "app/timeline/timeline-model.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define FERRY_TYPE_TRACKS (ferry_tracks_get_type ())
G_DECLARE_FINAL_TYPE (FerryTracks, ferry_tracks, FERRY, TRACKS, GtkWidget)

GtkWidget *ferry_tracks_new (FerryTimelineModel *model);

/* Zooms at the play-head, or the middle where it is out of sight. */
void ferry_tracks_zoom (FerryTracks *self, double factor);

G_END_DECLS
