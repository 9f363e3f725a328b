/* SPDX-License-Identifier: MIT */
/* The small questions of the objects panel, each a popover.  Thread: main. */
#pragma once

#include "app/document.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Asks for the names of a skeleton's joints and adds it. */
void ferry_objects_ask_skeleton (FerryDocument *document, GtkWidget *parent);

/* Asks which object another one becomes part of. */
void ferry_objects_ask_merge (FerryDocument *document, guint16 id, GtkWidget *parent);

/* The menu of a row: the actions of the panel ("objects.…").
 *
 * joint    in hand there, or -1 for an object's own row
 * Returns: (transfer full) */
GMenuModel *ferry_objects_menu (FerryDocument *document, guint16 id, int joint);

G_END_DECLS
