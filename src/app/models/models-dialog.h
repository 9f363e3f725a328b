/* SPDX-License-Identifier: MIT */
/* The window of models: what is installed and used, files dropped in, and what others published.
 * Thread: main. */
#pragma once

#include "app/models/model-library.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define FERRY_TYPE_MODELS_DIALOG (ferry_models_dialog_get_type ())
G_DECLARE_FINAL_TYPE (FerryModelsDialog, ferry_models_dialog, FERRY, MODELS_DIALOG, GtkWindow)

/* parent   nullable
 * Returns: (transfer full), to be presented */
GtkWindow *ferry_models_dialog_new (FerryModelLibrary *library, GtkWindow *parent);

G_END_DECLS
