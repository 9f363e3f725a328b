/* SPDX-License-Identifier: MIT */
/* What an empty window shows: what can be dropped here, recent projects, the sample clip.
 * Thread: main. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define FERRY_TYPE_WELCOME (ferry_welcome_get_type ())
G_DECLARE_FINAL_TYPE (FerryWelcome, ferry_welcome, FERRY, WELCOME, GtkWidget)

G_END_DECLS
