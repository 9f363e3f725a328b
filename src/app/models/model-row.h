/* SPDX-License-Identifier: MIT */
/* A row for a model that is installed: what it is, where from, its checksum, what it is used as.
 * Thread: main. */
#pragma once

#include "app/models/model-library.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define FERRY_TYPE_MODEL_ROW (ferry_model_row_get_type ())
G_DECLARE_FINAL_TYPE (FerryModelRow, ferry_model_row, FERRY, MODEL_ROW, GtkListBoxRow)

GtkWidget *ferry_model_row_new (FerryModelLibrary *library, FerryModelEntry *entry);

/* A wrapping line below a title that people can copy from.  text: nullable = hidden.
 * Returns: (transfer floating) */
GtkWidget *ferry_model_caption_new (const char *text);
void ferry_model_caption_set (GtkWidget *caption, const char *text);

/* What assistive programs call a button. */
void ferry_model_name_button (GtkWidget *button, const char *format, ...) G_GNUC_PRINTF (2, 3);

G_END_DECLS
