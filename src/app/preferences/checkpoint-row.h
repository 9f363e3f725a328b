/* SPDX-License-Identifier: MIT */
/* A network's checkpoint, kept in a setting as a path: chosen by a dialog or dropped here.  It is looked into
 * before it is taken, and what is wrong with it is said in its place.  Thread: main. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define FERRY_TYPE_CHECKPOINT_ROW (ferry_checkpoint_row_get_type ())
G_DECLARE_FINAL_TYPE (FerryCheckpointRow, ferry_checkpoint_row, FERRY, CHECKPOINT_ROW, GtkWidget)

/* key       of a string; "" = none
 * none      what then stands here, for people: "Ferry's own" */
GtkWidget *ferry_checkpoint_row_new (GSettings *settings, const char *key, const char *none);

G_END_DECLS
