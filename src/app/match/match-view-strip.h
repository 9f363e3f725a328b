/* SPDX-License-Identifier: MIT */
/* A frame's cell and those that vote for it: thumbnails, with a line to each voter, as thick as its vote.
 *
 * Signals
 *   "voter-activated" (int frame, int cell)   a voter, or the cell itself, was clicked
 *
 * Thread: main. */
#pragma once

#include "app/frames.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* One voter as it is shown. */
typedef struct
{
  int frame;
  int cell;
  double weight;
  GdkRGBA colour; /* of what it votes for */
} FerryStripVoter;

#define FERRY_TYPE_MATCH_STRIP (ferry_match_strip_get_type ())
G_DECLARE_FINAL_TYPE (FerryMatchStrip, ferry_match_strip, FERRY, MATCH_STRIP, GtkWidget)

GtkWidget *ferry_match_strip_new (void);

/* frames: nullable; width, height: cells of a frame */
void
ferry_match_strip_set_frames (FerryMatchStrip *self, FerryFrames *frames, int width, int height);

/* voter: [n], copied.  n = 0 leaves the frame and its cell alone; frame -1: nothing. */
void ferry_match_strip_set_voters (FerryMatchStrip *self,
                                   int frame,
                                   int cell,
                                   const FerryStripVoter *voter,
                                   int n);

G_END_DECLS
