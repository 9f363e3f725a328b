/* SPDX-License-Identifier: MIT */
/* Region similarity J: intersection over union.  Thread: any. */
#pragma once

#include "label/id-map.h"

G_BEGIN_DECLS

/* One object in a truth and a result. */
typedef struct
{
  gsize intersection; /* pixels */
  gsize truth;
  gsize result;
  int left; /* box around the object in both: left <= x < right; empty when it is in neither */
  int top;
  int right;
  int bottom;
} FyRegion;

/* Measures objects 1 .. n_objects at once; other ids, void too, are background.
 *
 * result    of the truth's size
 * region    [n_objects] out; object i at i-1 */
void
fy_region_measure (const FyIdMap *truth, const FyIdMap *result, int n_objects, FyRegion *region);

/* J in 0 .. 1; 1 when both are empty. */
double fy_region_similarity (const FyRegion *region);

G_END_DECLS
