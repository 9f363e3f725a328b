/* SPDX-License-Identifier: MIT */
/* What the export dialog says.  Thread: any. */
#pragma once

#include "app/export/export-job.h"

G_BEGIN_DECLS

/* Translated: "DAVIS masks", "for training and the evaluator", and a sentence or two. */
const char *ferry_export_title (const FyExportFormat *format);
const char *ferry_export_subtitle (const FyExportFormat *format);
const char *ferry_export_about (const FyExportFormat *format);

/* A name to suggest: "swan-masks", "swan-00041.png".
 * ending   of a film; else the format's own counts */
char *ferry_export_suggest_name (const FyExportFormat *format,
                                 const char *clip,
                                 int frame,
                                 const char *ending);

/* "Writes 90 frames with 3 objects: 91 files, about 1.2 MB."
 * carrying: whether there will be more labels */
char *ferry_export_describe_plan (const FyExportFormat *format,
                                  const FyExportPlan *plan,
                                  gboolean carrying);

/* How far a running job is, or how it ended. */
char *ferry_export_describe_job (FerryExportJob *job);

/* A finding in two parts, paths shortened to what is below the job's.
 * remedy: out, (transfer full), NULL where there is none.  Returns: (transfer full). */
char *ferry_export_describe_finding (FerryExportJob *job, const FyFinding *finding, char **remedy);

G_END_DECLS
