/* SPDX-License-Identifier: MIT */
/* The soft labels that an export of soft masks writes where the flow cannot lend its own (export-flow.h):
 * carried anew, on the session's thread, from the frames that a hand made, forwards behind the first of them and backwards before it.  In such a frame all
 * its masks count as made by hand, also those of objects that were carried into it. */
#pragma once

#include "exchange/export.h"
#include "session/session.h"

G_BEGIN_DECLS

typedef struct FerryExportSoft FerryExportSoft;

/* Carries for first .. last of the export.
 *
 * Returns: (transfer full), or NULL with FY_ERROR_UNSUPPORTED when nothing was made by hand or when it would
 *          take more than 1 GiB, or as fy_session_propagate.  Thread: compute. */
FerryExportSoft *ferry_export_soft_new (FySession *session,
                                        const FyExport *export,
                                        GCancellable *cancellable,
                                        GError **error);
void ferry_export_soft_free (FerryExportSoft *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FerryExportSoft, ferry_export_soft_free)

/* A plane on the grid to the clip's size as masks are lifted: bilinear, centres aligned.
 *
 * plane     [grid_height, grid_width]
 * soft      [height, width] out */
void ferry_soft_lift (const float *plane,
                      int grid_width,
                      int grid_height,
                      int width,
                      int height,
                      float *soft);

/* A FyExportSoftFunc; user_data: the above. */
gboolean
ferry_export_soft_get (int frame, guint16 object, float *soft, gpointer user_data, GError **error);

G_END_DECLS
