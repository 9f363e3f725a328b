/* SPDX-License-Identifier: MIT */
/* Frame numbers and times above the timeline.  Thread: main. */
#pragma once

#include "app/timeline/timeline-model.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define FERRY_RULER_HEIGHT 22 /* pixels */

#define FERRY_TYPE_RULER (ferry_ruler_get_type ())
G_DECLARE_FINAL_TYPE (FerryRuler, ferry_ruler, FERRY, RULER, GtkWidget)

GtkWidget *ferry_ruler_new (FerryTimelineModel *model);

/* Frames between two numbers. */
int ferry_ruler_step (const FerryTimeAxis *axis);

G_END_DECLS
