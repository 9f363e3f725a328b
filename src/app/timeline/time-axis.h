/* SPDX-License-Identifier: MIT */
/* Which frame is where across the timeline: zoom and scroll.
 *
 * A frame covers the pixels from ferry_time_axis_x of it to that of the next.  Knows nothing of widgets.
 * Thread: any. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define FERRY_TIME_AXIS_MAX_SCALE 240.0 /* pixels a frame, at most */

typedef struct
{
  int n_frames;  /* 0 = nothing open                         */
  double width;  /* pixels there are                         */
  double scale;  /* pixels a frame                           */
  double offset; /* pixels scrolled away at the left, >= 0   */
  gboolean fits; /* stays the whole clip when width changes  */
} FerryTimeAxis;

/* Of another clip: all of it. */
void ferry_time_axis_set_length (FerryTimeAxis *self, int n_frames);
/* Keeps the scale, or the whole clip where that was shown. */
void ferry_time_axis_set_width (FerryTimeAxis *self, double width);
void ferry_time_axis_fit (FerryTimeAxis *self);
/* Keeps what is at pixel x there, as far as the clip's ends allow. */
void ferry_time_axis_zoom (FerryTimeAxis *self, double factor, double x);
void ferry_time_axis_scroll_to (FerryTimeAxis *self, double offset);
/* Scrolls as little as it takes to show a frame.  Returns: whether it scrolled. */
gboolean ferry_time_axis_reveal (FerryTimeAxis *self, int frame);

double ferry_time_axis_length (const FerryTimeAxis *self); /* pixels of the whole clip */
double ferry_time_axis_x (const FerryTimeAxis *self, double frame);
double ferry_time_axis_centre (const FerryTimeAxis *self, int frame);
int ferry_time_axis_frame (const FerryTimeAxis *self, double x); /* clamped; 0 for an empty clip */

/* Frames that are to be seen, whole or in part: first .. last; last < first when there are none. */
void ferry_time_axis_visible (const FerryTimeAxis *self, int *first, int *last);

/* The smallest of 1, 2, 5, 10, 20, 50 ... frames that take up at least that many pixels. */
int ferry_time_axis_tick (const FerryTimeAxis *self, double pixels);

/* The smallest of 1, 2, 3, 4, 6, 8, 12, 16 ... frames that take up at least that many pixels: each step's
 * multiples are among those of the step two before it, so that zooming finds thumbnails again. */
int ferry_time_axis_slot (const FerryTimeAxis *self, double pixels);

G_END_DECLS
