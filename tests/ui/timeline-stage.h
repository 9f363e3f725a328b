/* SPDX-License-Identifier: MIT */
/* A document without files and threads for tests of the timeline: FerryDocument and FerryFrames as far as
 * the timeline uses them.  Thread: main. */
#pragma once

#include "app/document.h"

G_BEGIN_DECLS

/* Opens a clip of that size; a frame a second divided by frames_per_second. */
void stage_open (FerryDocument *document, int n_frames, int n_objects, double frames_per_second);
/* Objects with labels by hand, carried with trust, absent and reviewed in all frames. */
void stage_fill (FerryDocument *document);

/* What the timeline asked for. */
typedef struct
{
  int wished;   /* frame that was wanted last; -1 = none                    */
  int n_wishes; /* thumbnails asked for and not there                       */
  int latency;  /* ms until a wanted picture is there; 0 = it always is     */
  gboolean no_thumbnails;
} StageFrames;

StageFrames *stage_frames (FerryDocument *document);
void stage_set_ready (FerryDocument *document, int features, int lists, int carried);

G_END_DECLS
