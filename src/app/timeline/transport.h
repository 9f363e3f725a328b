/* SPDX-License-Identifier: MIT */
/* The row above the timeline: playing, where the play-head is, the range, and what is being computed.
 *
 * Its buttons activate "timeline.*" (timeline.c).  Thread: main. */
#pragma once

#include "app/timeline/timeline-model.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define FERRY_TYPE_TRANSPORT (ferry_transport_get_type ())
G_DECLARE_FINAL_TYPE (FerryTransport, ferry_transport, FERRY, TRANSPORT, GtkWidget)

GtkWidget *ferry_transport_new (FerryTimelineModel *model);

G_END_DECLS
