/* SPDX-License-Identifier: MIT */
/* A small picture with the labels of its frame drawn in.  Thread: any. */
#pragma once

#include "label/label-set.h"
#include "media/frame.h"

G_BEGIN_DECLS

/* Colours of objects by id, those that are shown. */
typedef struct FerryColours FerryColours;

FerryColours *ferry_colours_new (FyLabelSet *labels);
void ferry_colours_free (FerryColours *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FerryColours, ferry_colours_free)

/* picture   of any size, of the same frame
 * labels    nullable
 * opacity   0 .. 1
 * Returns:  (transfer full) `picture` again where there is nothing to draw. */
FyFrame *ferry_labelled_picture (FyFrame *picture,
                                 const FyFrameLabels *labels,
                                 const FerryColours *colours,
                                 double opacity);

G_END_DECLS
