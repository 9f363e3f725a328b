/* SPDX-License-Identifier: MIT */
/* A document with labels and without files and threads, for tests of the side panel.  Thread: main. */
#pragma once

#include "app/document.h"

G_BEGIN_DECLS

#define STAGE_WIDTH    64
#define STAGE_HEIGHT   36
#define STAGE_N_FRAMES 20

/* An open document without objects.  Returns: (transfer full) */
FerryDocument *stage_new (GSettings *settings);

/* Adds mask objects 1 .. n, each with a column of pixels by hand in frame 0. */
void stage_add_masks (FerryDocument *document, int n);

G_END_DECLS
