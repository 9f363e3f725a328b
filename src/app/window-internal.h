/* SPDX-License-Identifier: MIT */
/* The window's actions, by what they are about.  Only window*.c and *-actions.c include this. */
#pragma once

#include "app/window.h"

G_BEGIN_DECLS

void ferry_window_install_file_actions (FerryWindow *self);
void ferry_window_install_label_actions (FerryWindow *self);
void ferry_window_install_view_actions (FerryWindow *self);

/* The object in hand; NULL = background, and a toast has said so. */
FyObject *ferry_window_object_in_hand (FerryWindow *self);

G_END_DECLS
