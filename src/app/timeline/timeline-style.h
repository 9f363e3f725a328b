/* SPDX-License-Identifier: MIT */
/* Measures and colours that the parts of the timeline have in common.
 *
 * Each part is as wide as the timeline: names at the side where reading begins, and beside them the track,
 * in which time runs from left to right in every language.  Thread: main. */
#pragma once

#include "label/palette.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define FERRY_NAMES_WIDTH 136 /* pixels */
#define FERRY_LANE_HEIGHT 22

typedef struct
{
  GdkRGBA text;
  GdkRGBA base;   /* what text is written on */
  GdkRGBA accent; /* play-head               */
  GdkRGBA on_accent;
  GdkRGBA weak; /* low trust               */
  GdkRGBA good; /* reviewed                */
  gboolean contrast;
} FerryTimelineStyle;

void ferry_timeline_style_read (FerryTimelineStyle *self, GtkWidget *widget);

/* Where the track of a part begins, and the names. */
double ferry_timeline_track_x (GtkWidget *part);
double ferry_timeline_names_x (GtkWidget *part);
double ferry_timeline_track_width (GtkWidget *part);

GdkRGBA ferry_timeline_faint (const GdkRGBA *colour, double alpha);
FyRgb ferry_timeline_rgb (const GdkRGBA *colour);
GdkRGBA ferry_timeline_rgba (FyRgb colour, double alpha);

/* Text in one line with its upper left corner there, cut off with dots where it is wider.
 * width   pixels; 0 = as wide as it is
 * scale   of the font size
 * Returns: its width. */
double ferry_timeline_write (GtkWidget *widget,
                             GtkSnapshot *snapshot,
                             const char *text,
                             double x,
                             double y,
                             double width,
                             double height,
                             double scale,
                             const GdkRGBA *colour);
/* The width of text so written. */
double ferry_timeline_text_width (GtkWidget *widget, const char *text, double scale);

/* The same in the middle of a width, which it may exceed. */
void ferry_timeline_write_centred (GtkWidget *widget,
                                   GtkSnapshot *snapshot,
                                   const char *text,
                                   double x,
                                   double y,
                                   double width,
                                   double height,
                                   double scale,
                                   const GdkRGBA *colour);

G_END_DECLS
