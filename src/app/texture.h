/* SPDX-License-Identifier: MIT */
/* Pictures for GTK to draw.  Thread: main. */
#pragma once

#include "media/frame.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* In the layout that the renderers draw without converting it: where GTK draws on the processor, RGB would go
 * through floats each time that it is drawn.
 * Returns: (transfer full). */
GdkTexture *ferry_texture_new (const FyFrame *frame);

G_END_DECLS
