/* SPDX-License-Identifier: MIT */
/* What the parts of the timeline share: which frame is where, and labels by object.
 *
 * Signals
 *   "opened"          ()           another clip, or none
 *   "axis-changed"    ()           zoomed, scrolled or resized
 *   "labels-changed"  (int frame)  of a frame; -1 = of many
 *   "objects-changed" ()           objects, their order or properties
 *   "thumbnail-ready" (int frame)
 *
 * Thread: main. */
#pragma once

#include "app/document.h"
#include "app/timeline/lane-index.h"
#include "app/timeline/time-axis.h"
#include "app/toolbox.h"

G_BEGIN_DECLS

#define FERRY_TYPE_TIMELINE_MODEL (ferry_timeline_model_get_type ())
G_DECLARE_FINAL_TYPE (FerryTimelineModel, ferry_timeline_model, FERRY, TIMELINE_MODEL, GObject)

FerryTimelineModel *ferry_timeline_model_new (FerryDocument *document, FerryToolbox *toolbox);

/* Borrowed.  Labels and frames: NULL while nothing is open. */
FerryDocument *ferry_timeline_model_document (FerryTimelineModel *self);
FerryToolbox *ferry_timeline_model_toolbox (FerryTimelineModel *self);
FyLabelSet *ferry_timeline_model_labels (FerryTimelineModel *self);
FerryFrames *ferry_timeline_model_frames (FerryTimelineModel *self);
const FerryLaneCell *ferry_timeline_model_row (FerryTimelineModel *self, guint16 object);

const FerryTimeAxis *ferry_timeline_model_axis (FerryTimelineModel *self);
void ferry_timeline_model_set_width (FerryTimelineModel *self, double width);
void ferry_timeline_model_fit (FerryTimelineModel *self);
void ferry_timeline_model_zoom (FerryTimelineModel *self, double factor, double x);
void ferry_timeline_model_scroll_to (FerryTimelineModel *self, double offset);
void ferry_timeline_model_reveal (FerryTimelineModel *self, int frame);

/* Microseconds from the first frame: of the source, or as a folder of images is played. */
gint64 ferry_timeline_time (FerryFrames *frames, int frame);
/* "2.0 s", "1:02.5"; (transfer full). */
char *ferry_timeline_time_text (gint64 microseconds);
/* The frame that people mean by "61" (they count from 1), "2.5 s" or "1:02.5": the first that is shown then.
 * Returns: -1 where it is none of these or lies outside the clip. */
int ferry_timeline_parse (FerryFrames *frames, const char *text);

/* "Frame 61 of 120, 2.0 s; 1 swan: carried, trust 83 %"; (transfer full).  object: 0 = of none. */
char *ferry_timeline_describe (FerryTimelineModel *self, guint16 object, int frame);

G_END_DECLS
