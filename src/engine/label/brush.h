/* SPDX-License-Identifier: MIT */
/* A stroke of a round brush, drawn into an id map while the hand moves.
 *
 * A pixel is painted when its centre is within the brush at some moment between two samples; the radius goes
 * linearly from one to the next.  The pixel under the pointer is always painted, and a stroke has no holes
 * however thin it is.  The stroke remembers what it went over, so that it can be laid on other labels that
 * came meanwhile.
 *
 * Thread: one at a time. */
#pragma once

#include "label/paint.h"

G_BEGIN_DECLS

#define FY_BRUSH_RADIUS_MIN 0.5 /* pixels */

typedef struct FyBrush FyBrush;

/* Begins a stroke.
 *
 * paint      copied
 * width      pixels of the maps it will be drawn into
 * radius     pixels, at full pressure
 * hardness   0 .. 1, the share of the radius that is left without pressure
 * Returns:   (transfer full), NULL when the size is not positive or too large. */
FyBrush *fy_brush_new (const FyPaint *paint, int width, int height, double radius, double hardness);
void fy_brush_free (FyBrush *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FyBrush, fy_brush_free)

/* The next sample, in pixels of the picture, which spans 0 .. width: may be outside.
 *
 * pressure   0 .. 1; 1 for a mouse
 * dirty      what changed is added; nullable
 * Samples that are not numbers are left out. */
void
fy_brush_append (FyBrush *self, FyIdMap *map, double x, double y, double pressure, FyRect *dirty);

/* Draws all of the stroke again, into other labels of the same size. */
void fy_brush_redraw (const FyBrush *self, FyIdMap *map, FyRect *dirty);

/* Around all that it went over, changed or not. */
FyRect fy_brush_extent (const FyBrush *self);
int fy_brush_n_samples (const FyBrush *self);

G_END_DECLS
