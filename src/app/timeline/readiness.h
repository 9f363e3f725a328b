/* SPDX-License-Identifier: MIT */
/* Bars of what is computed, a frame: features, and lists with carried labels.  Thread: main. */
#pragma once

#include "app/timeline/timeline-model.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define FERRY_TYPE_READINESS (ferry_readiness_get_type ())
G_DECLARE_FINAL_TYPE (FerryReadiness, ferry_readiness, FERRY, READINESS, GtkWidget)

GtkWidget *ferry_readiness_new (FerryTimelineModel *model);

/* "CPU, 2 cores · 0.2 s/frame · 11 s left"; (transfer full). */
char *ferry_readiness_text (FerryDocument *document);
/* What of a frame is computed.  Borrowed. */
const char *ferry_readiness_frame_text (FerryDocument *document, int frame);

G_END_DECLS
