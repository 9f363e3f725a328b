/* SPDX-License-Identifier: MIT */
/* How far a carried label is to be trusted, a number an object and frame.
 *
 * Four signs, each 0 .. 1, multiplied; see trust.c for each one's formula and docs/trust.md for how well it
 * tells bad masks on DAVIS.  Thread: any. */
#pragma once

#include "propagate/votes.h"

G_BEGIN_DECLS

typedef struct
{
  double certainty;  /* 1 - entropy of the soft labels where the object may be, normalised    */
  double similarity; /* of the voters: mean cosine of the object's cells to those they read   */
  double cycle;      /* forward-backward: share of the object's cells whose best voters' own
                      * positions agree with their neighbours' (no jumps in the motion)       */
  double area;       /* how little the soft area jumped from the frame it came from           */
} FyTrustSigns;

/* 0 .. 1; 1 where the object is nowhere and was nowhere. */
double fy_trust (const FyTrustSigns *signs);

/* soft      [n_classes, cells] of the target
 * before    [cells] of `class` in the frame next to it on the way, NULL = zero everywhere
 * list      the merged neighbours that the votes were made of; nullable: no similarity, no cycle */
void fy_trust_signs (const float *soft,
                     int n_classes,
                     int class,
                     int width,
                     int height,
                     const float *before,
                     const FyNeighbours *list,
                     FyTrustSigns *signs);

G_END_DECLS
