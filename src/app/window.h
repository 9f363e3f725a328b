/* SPDX-License-Identifier: MIT */
/* The window: puts the parts together, has the actions (window-actions.c) and tells people things
 * (toast, banners).  Thread: main. */
#pragma once

#include "app/application.h"
#include "app/canvas/canvas.h"
#include "app/document.h"
#include "app/toolbox.h"

G_BEGIN_DECLS

#define FERRY_TYPE_WINDOW (ferry_window_get_type ())
G_DECLARE_FINAL_TYPE (FerryWindow, ferry_window, FERRY, WINDOW, GtkApplicationWindow)

FerryWindow *ferry_window_new (FerryApplication *application);

/* Borrowed. */
FerryDocument *ferry_window_document (FerryWindow *self);
FerryToolbox *ferry_window_toolbox (FerryWindow *self);
FerryCanvas *ferry_window_canvas (FerryWindow *self);
GSettings *ferry_window_settings (FerryWindow *self);

void ferry_window_open (FerryWindow *self, GFile *file);

void ferry_window_show_correspondences (FerryWindow *self, gboolean show);

/* window-actions.c */
void ferry_window_install_actions (FerryWindow *self);
/* Which actions can be used now, in one place. */
void ferry_window_update_actions (FerryWindow *self);

G_END_DECLS
