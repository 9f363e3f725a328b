/* SPDX-License-Identifier: MIT */
/* Where labels go out: formats at the left, what the chosen one takes at the right, and what will be written
 * in words.  Editing goes on beside it; closed, an export goes on too, and a toast tells how it ended.
 * Thread: main. */
#pragma once

#include "app/document.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define FERRY_TYPE_EXPORT_DIALOG (ferry_export_dialog_get_type ())
G_DECLARE_FINAL_TYPE (FerryExportDialog, ferry_export_dialog, FERRY, EXPORT_DIALOG, GtkWindow)

/* Shows the window's export dialog, its only one.  Nothing happens while nothing is open. */
void ferry_export_dialog_present (GtkWindow *parent, FerryDocument *document);

G_END_DECLS
