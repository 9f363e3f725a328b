/* SPDX-License-Identifier: MIT */
/* How an export goes and how it ended: progress, what went wrong, what a check found, and what to do next.
 *
 * Signal
 *   "dismissed"  ()   what is there shall not be replaced
 *
 * Thread: main. */
#pragma once

#include "app/export/export-job.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define FERRY_TYPE_EXPORT_OUTCOME (ferry_export_outcome_get_type ())
G_DECLARE_FINAL_TYPE (FerryExportOutcome, ferry_export_outcome, FERRY, EXPORT_OUTCOME, GtkBox)

/* NULL hides it. */
void ferry_export_outcome_set_job (FerryExportOutcome *self, FerryExportJob *job);

/* Opens the folder that was written, or that a file was written to, in the file manager. */
void ferry_export_show_folder (GtkWindow *window, const char *path);

/* Text over several lines, from the left. */
GtkWidget *ferry_export_text_new (const char *text, gboolean dim);

G_END_DECLS
