/* SPDX-License-Identifier: MIT */
/* A row for a checkpoint that others published: what it is, its address, and the one thing to do with it
 * now.  Thread: main. */
#pragma once

#include "app/models/model-library.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define FERRY_TYPE_PUBLISHED_ROW (ferry_published_row_get_type ())
G_DECLARE_FINAL_TYPE (FerryPublishedRow, ferry_published_row, FERRY, PUBLISHED_ROW, GtkListBoxRow)

GtkWidget *ferry_published_row_new (FerryModelLibrary *library, FerryPublished *published);

G_END_DECLS
