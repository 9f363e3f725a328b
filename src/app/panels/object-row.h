/* SPDX-License-Identifier: MIT */
/* A row of the objects panel: an object, the background or a joint.  Thread: main. */
#pragma once

#include "app/panels/objects-panel-model.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define FERRY_TYPE_OBJECT_ROW (ferry_object_row_get_type ())
G_DECLARE_FINAL_TYPE (FerryObjectRow, ferry_object_row, FERRY, OBJECT_ROW, GtkWidget)

GtkWidget *ferry_object_row_new (FerryDocument *document, FerryObjectsModel *model);

/* Shows an item and follows it; NULL = none.  A row shows other items one after the other. */
void ferry_object_row_set_item (FerryObjectRow *self, FerryObjectItem *item);
FerryObjectItem *ferry_object_row_item (FerryObjectRow *self);

/* The row that shows an item, if any does. */
FerryObjectRow *ferry_object_row_of (FerryObjectItem *item);

/* Turns the name into an entry: Enter or leaving it takes the name, Esc does not. */
void ferry_object_row_rename (FerryObjectRow *self);

/* At the colour's button. */
void ferry_object_row_choose_colour (FerryObjectRow *self);

G_END_DECLS
