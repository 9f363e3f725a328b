/* SPDX-License-Identifier: MIT */
/* Masks brought to the open clip: a PNG for the frame on show, a folder of them for all frames they name.
 * Thread: main. */
#pragma once

#include "app/document.h"

G_BEGIN_DECLS

/* One entry of the history when it is done; a notice tells how many, or what does not fit, in which case
 * nothing is changed. */
void ferry_import_masks (FerryDocument *document, GFile *file);

G_END_DECLS
