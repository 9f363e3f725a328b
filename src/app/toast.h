/* SPDX-License-Identifier: MIT */
/* A line that appears over the window's content for some seconds.  Thread: main. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define FERRY_TYPE_TOAST (ferry_toast_get_type ())
G_DECLARE_FINAL_TYPE (FerryToast, ferry_toast, FERRY, TOAST, GtkWidget)

/* In the place of what it shows.  button and action: nullable. */
void ferry_toast_show (FerryToast *self, const char *text, const char *button, const char *action);

G_END_DECLS
