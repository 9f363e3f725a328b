/* SPDX-License-Identifier: MIT */
/* One export in the background: on a thread of its own, of the labels as they were when it was asked for,
 * from a clip that it opens for itself.  Editing goes on meanwhile.
 *
 * Property
 *   "state"    FerryExportState
 * Signal
 *   "changed"  ()   state or progress
 *
 * Thread: main. */
#pragma once

#include "app/document.h"
#include "exchange/davis-check.h"
#include "exchange/export.h"

G_BEGIN_DECLS

typedef enum
{
  FERRY_EXPORT_IDLE,
  FERRY_EXPORT_WRITING,
  FERRY_EXPORT_CHECKING,  /* the evaluator's rules, of DAVIS masks */
  FERRY_EXPORT_COMPARING, /* with the clip, by the manifest       */
  FERRY_EXPORT_DONE,
  FERRY_EXPORT_FAILED,
  FERRY_EXPORT_CANCELLED,
} FerryExportState;

#define FERRY_TYPE_EXPORT_JOB (ferry_export_job_get_type ())
G_DECLARE_FINAL_TYPE (FerryExportJob, ferry_export_job, FERRY, EXPORT_JOB, GObject)

/* Nothing is copied but references to labels and objects.
 *
 * document  one is open
 * options   range, style, codec and so on; what stands for the document in it is not looked at */
FerryExportJob *ferry_export_job_new (FerryDocument *document,
                                      const FyExportFormat *format,
                                      const FyExport *options,
                                      const char *path);

/* Writes; DAVIS masks are checked behind that.  To replace what is there needs saying so. */
void ferry_export_job_start (FerryExportJob *self, gboolean replace);
/* Compares what has been written with the clip, decoded again. */
void ferry_export_job_compare (FerryExportJob *self);
/* Leaves nothing behind. */
void ferry_export_job_cancel (FerryExportJob *self);

/* What would be written, looked up in the background. */
void ferry_export_job_plan_async (FerryExportJob *self,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);
/* Returns: (transfer full) to be freed by ferry_export_plan_free; NULL when cancelled. */
FyExportPlan *
ferry_export_job_plan_finish (FerryExportJob *self, GAsyncResult *result, GError **error);
void ferry_export_plan_free (FyExportPlan *plan);

FerryExportState ferry_export_job_state (FerryExportJob *self);
gboolean ferry_export_job_is_running (FerryExportJob *self);
/* Frames, or files, done of those of this state; total is 0 as long as it is not known. */
void ferry_export_job_progress (FerryExportJob *self, int *done, int *total);
const char *ferry_export_job_path (FerryExportJob *self);
const FyExportFormat *ferry_export_job_format (FerryExportJob *self);
/* Why it failed.  Borrowed. */
const GError *ferry_export_job_error (FerryExportJob *self);
/* What the last check found.  Borrowed, of FyFinding; NULL = there was none. */
GPtrArray *ferry_export_job_findings (FerryExportJob *self);
/* Whether these come from comparing with the clip. */
gboolean ferry_export_job_has_compared (FerryExportJob *self);

G_END_DECLS
