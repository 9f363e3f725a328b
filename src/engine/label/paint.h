/* SPDX-License-Identifier: MIT */
/* Which pixels a hand may change, and to what: the one rule of every tool that paints.
 *
 * Thread: one at a time. */
#pragma once

#include "label/run-map.h"

G_BEGIN_DECLS

/* By value; every member but `id` tells which pixels change. */
typedef struct
{
  guint16 id;            /* what pixels become; FY_ID_BACKGROUND erases */
  guint8 may[65536 / 8]; /* bit of every id whose pixels may change     */
} FyPaint;

/* Pixels of every id become `id`. */
void fy_paint_init (FyPaint *self, guint16 id);

/* Pixels of `id` stay: of a locked or hidden object. */
void fy_paint_keep (FyPaint *self, guint16 id);

/* Pixels stay but those of `id`: painting keeps other objects when `id` is FY_ID_BACKGROUND, erasing when it
 * is the object in hand.  Ids that are kept already stay so. */
void fy_paint_keep_others (FyPaint *self, guint16 id);

static inline gboolean
fy_paint_may (const FyPaint *self, guint16 id)
{
  return (self->may[id >> 3] >> (id & 7) & 1) != 0;
}

/* Paints pixels first .. end - 1 of row y, cut to the map, and adds what changed to *dirty (nullable).
 * Returns: pixels that changed. */
int fy_paint_span (const FyPaint *self, FyIdMap *map, int y, int first, int end, FyRect *dirty);

/* The smallest rectangle around both; an empty one adds nothing. */
void fy_rect_add (FyRect *self, const FyRect *other);

G_END_DECLS
