/* SPDX-License-Identifier: MIT */
/* Soft labels as they are carried while a person works, for an export that writes them on a thread of its own:
 * asked for a frame at a time, of which one is held.  Of edits that come meanwhile nothing goes in: then, and
 * where a long clip's frames are not at hand, it fails with FY_ERROR_UNSUPPORTED, and they have to be carried
 * anew (export-soft.h).
 *
 * Thread: made and freed on main, which has to go on; used on the other one. */
#pragma once

#include "app/document.h"
#include "exchange/export.h"

G_BEGIN_DECLS

typedef struct FerryExportFlow FerryExportFlow;

/* Of what is wanted now.  document: labels are being carried in it.  Takes references. */
FerryExportFlow *ferry_export_flow_new (FerryDocument *document, GCancellable *cancellable);
void ferry_export_flow_free (FerryExportFlow *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FerryExportFlow, ferry_export_flow_free)

/* A FyExportSoftFunc; user_data: the above. */
gboolean
ferry_export_flow_get (int frame, guint16 object, float *soft, gpointer user_data, GError **error);

G_END_DECLS
