/* SPDX-License-Identifier: MIT */
/* Small pictures along the timeline, with their labels drawn in.  Thread: main. */
#pragma once

#include "app/timeline/timeline-model.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define FERRY_TYPE_THUMBNAIL_STRIP (ferry_thumbnail_strip_get_type ())
G_DECLARE_FINAL_TYPE (FerryThumbnailStrip, ferry_thumbnail_strip, FERRY, THUMBNAIL_STRIP, GtkWidget)

GtkWidget *ferry_thumbnail_strip_new (FerryTimelineModel *model);

/* Pictures in which labels are still those of before; for tests. */
gboolean ferry_thumbnail_strip_is_behind (FerryThumbnailStrip *self);

G_END_DECLS
