/* SPDX-License-Identifier: MIT */
/* The program: one instance, a window a document.  Thread: main. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define FERRY_APPLICATION_ID "io.github.ferrylabels.Ferry"

#define FERRY_TYPE_APPLICATION (ferry_application_get_type ())
G_DECLARE_FINAL_TYPE (FerryApplication, ferry_application, FERRY, APPLICATION, GtkApplication)

FerryApplication *ferry_application_new (void);
GSettings *ferry_application_settings (FerryApplication *self);

G_END_DECLS
