/* SPDX-License-Identifier: MIT */
/* One map of a frame's cells: a heat map over the dimmed picture with its scale, or features as colours.
 * Says the value under the pointer, or else the best one.
 *
 * Signals
 *   "move"    (int columns, int rows)  arrow keys: the point that is asked about, by so many cells
 *   "picked"  (int cell)               double click, or Return for the best one
 *
 * Thread: main. */
#pragma once

#include "media/frame.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define FERRY_TYPE_MATCH_PANEL (ferry_match_panel_get_type ())
G_DECLARE_FINAL_TYPE (FerryMatchPanel, ferry_match_panel, FERRY, MATCH_PANEL, GtkWidget)

GtkWidget *ferry_match_panel_new (const char *title);

/* Size of the clip's pictures in pixels, whatever size is shown. */
void ferry_match_panel_set_size (FerryMatchPanel *self, int width, int height);

/* texture: nullable.  The same one may go to several panels. */
void ferry_match_panel_set_picture (FerryMatchPanel *self, GdkTexture *texture);

/* map     [height, width] of cells, copied; NULL takes it away
 * low..high  ends of the scale
 * query   cell to mark as the point, -1 = none */
void ferry_match_panel_set_map (FerryMatchPanel *self,
                                const float *map,
                                int width,
                                int height,
                                float low,
                                float high,
                                int query);

/* rgb, value  [height, width, 3] of cells, copied: colours, and what they stand for; NULL takes them away */
void ferry_match_panel_set_colours (FerryMatchPanel *self,
                                    const guint8 *rgb,
                                    const float *value,
                                    int width,
                                    int height);

/* It is the only one: without the title, which the page has too. */
void ferry_match_panel_set_alone (FerryMatchPanel *self);

/* What is shown is not yet what was asked for. */
void ferry_match_panel_set_stale (FerryMatchPanel *self, gboolean stale);

/* A picture of cells, each some pixels large so that it stays sharp.
 * rgba: [height, width, 4].  Returns: (transfer full). */
GdkTexture *ferry_match_texture (const guint8 *rgba, int width, int height);

G_END_DECLS
