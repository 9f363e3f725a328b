/* SPDX-License-Identifier: MIT */
/* The page of the preferences about the cache on disk.  Thread: main. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Takes a reference.  Returns: (transfer floating) */
GtkWidget *ferry_storage_page_new (GSettings *settings);

G_END_DECLS
