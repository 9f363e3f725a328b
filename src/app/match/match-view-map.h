/* SPDX-License-Identifier: MIT */
/* A picture with a grid of coloured cells over it, and marks.
 *
 * Signals
 *   "pointed" (int cell)              the pointer is over another cell; -1 = over none
 *   "move"    (int columns, int rows) arrow keys; with Shift ten times as far
 *   "picked"  (int cell)              double click; -1: Return
 *
 * Thread: main. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define FERRY_TYPE_MATCH_MAP (ferry_match_map_get_type ())
G_DECLARE_FINAL_TYPE (FerryMatchMap, ferry_match_map, FERRY, MATCH_MAP, GtkWidget)

GtkWidget *ferry_match_map_new (void);

/* The cells hide the picture. */
void ferry_match_map_set_opaque (FerryMatchMap *self);
void ferry_match_map_set_aspect (FerryMatchMap *self, double aspect); /* width / height */
void ferry_match_map_set_picture (FerryMatchMap *self, GdkTexture *picture);
/* cells: nullable; width, height: how many */
void ferry_match_map_set_cells (FerryMatchMap *self, GdkTexture *cells, int width, int height);
/* A ring and a square; -1 = none. */
void ferry_match_map_set_marks (FerryMatchMap *self, int best, int query);
int ferry_match_map_pointed (FerryMatchMap *self);

G_END_DECLS
