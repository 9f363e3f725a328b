/* SPDX-License-Identifier: MIT */
/* How far a carried label is to be trusted, a number an object and frame.
 *
 * Four signs, each 0 .. 1, multiplied; docs/trust.md says how well that tells bad masks on DAVIS.  Thread: any. */
#pragma once

#include "propagate/votes.h"

G_BEGIN_DECLS

/* Means over the object's cells are weighed by its soft label there. */
typedef struct
{
  double certainty;  /* mean of 1 - binary entropy (bits) of the soft label                      */
  double similarity; /* mean cosine of a cell to the one it reads most from                      */
  double cycle;      /* share of neighbouring cells, right and below, that read most from places
                      * that lie so beside each other, two cells more or less: no jumps in the
                      * motion                                                                   */
  double area;       /* (a + 1) / (b + 1) of the soft area in cells here and in the frame that it
                      * came from, the smaller by the larger                                     */
} FyTrustSigns;

/* Their product, 0 .. 1; 1 where the object is nowhere and was nowhere. */
double fy_trust (const FyTrustSigns *signs);

/* What the merged neighbours that votes were made of say of each cell, whatever the object. */
typedef struct FyTrustVoters FyTrustVoters;

FyTrustVoters *fy_trust_voters_new (const FyNeighbours *list, int width, int height);
void fy_trust_voters_free (FyTrustVoters *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FyTrustVoters, fy_trust_voters_free)

/* plane     [cells] of the object in the target, NULL = zero everywhere
 * before    [cells] of it in the frame next to that on the way, NULL likewise
 * voters    of the target; nullable: no similarity, no cycle */
void fy_trust_signs (const float *plane,
                     const float *before,
                     int cells,
                     const FyTrustVoters *voters,
                     FyTrustSigns *signs);

G_END_DECLS
