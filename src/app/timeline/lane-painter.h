/* SPDX-License-Identifier: MIT */
/* Paints the lane of an object: what it is shown by is colour and shape, for people see colours
 * differently.
 *
 *   by hand      full band, filled diamond          imported   band of horizontal stripes
 *   corrected    full band, hollow diamond          absent     diagonal hatching in an outline
 *   carried      trust as a filled curve, red       occluded   upright dashes in an outline
 *                where it is low                    nothing    dotted line
 *   reviewed     a line below
 *
 * Thread: any. */
#pragma once

#include "app/timeline/lane-index.h"
#include "app/timeline/time-axis.h"
#include "label/palette.h"

G_BEGIN_DECLS

typedef struct
{
  FyRgb colour;      /* of the object                      */
  FyRgb text;        /* of the surroundings                */
  FyRgb base;        /* what it is painted on              */
  FyRgb weak;        /* of low trust                       */
  FyRgb good;        /* of review marks                    */
  gboolean contrast; /* nothing faint                      */
  int scale;         /* device pixels a pixel              */
} FerryLaneStyle;

/* row       [axis->n_frames], nullable
 * pixel     [height, width] premultiplied ARGB in native order, written wholly; device pixels, its left
 *           edge at the axis' x = 0 */
void ferry_lane_paint (const FerryLaneCell *row,
                       const FerryTimeAxis *axis,
                       const FerryLaneStyle *style,
                       guint32 *pixel,
                       int width,
                       int height);

/* A part of the lane, in pixels, that says one thing. */
typedef struct
{
  FyProvenance provenance;
  double x;
  double width;
} FerryLaneSpan;

/* The visible spans that are absent or occluded, and as wide as that at least.
 * Returns: (transfer full) of FerryLaneSpan. */
GArray *ferry_lane_spans (const FerryLaneCell *row, const FerryTimeAxis *axis, double least_width);

/* The frame by hand whose mark is at x, within some pixels; -1 = none. */
int ferry_lane_mark_at (const FerryLaneCell *row, const FerryTimeAxis *axis, double x);

G_END_DECLS
