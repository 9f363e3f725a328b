/* SPDX-License-Identifier: MIT */
/* A target of a search and the list it has so far. */
#pragma once

#include "compute/cpu/kernel-table.h"

#include <math.h>

#define SHORT_WORDS (FY_SHORT_LENGTH / (1 + FY_PAIRS)) /* of a part's index vectors */
#define LONG_WORDS  (FY_INDEX_LONG / (1 + FY_PAIRS))

/* One target cell and its list so far. */
typedef struct
{
  int x;
  int y;
  gsize cell;
  int n;             /* entries                          */
  float threshold;   /* score of entry k-1, or -infinity */
  float *score;      /* [k] descending                   */
  guint32 *position; /* [k]                              */

  /* Index vectors, times the parts' weights. */
  FyWord shorter[SHORT_WORDS * FY_FEATURES_MAX_PARTS];
  FyWord longer[LONG_WORDS * FY_FEATURES_MAX_PARTS];

  int n_waiting;
  guint32 waiting[FY_LANES]; /* cells that the short vectors let pass */
} Target;

static gboolean
holds (const Target *target, guint32 position)
{
  for (int i = 0; i < target->n; i++)
    if (target->position[i] == position)
      return TRUE;
  return FALSE;
}

/* Puts a candidate into the list if it belongs there and is not there yet. */
static void
offer (Target *target, int k, guint32 position, float score)
{
  int at;

  if (target->n == k && (score < target->threshold ||
                         (score == target->threshold && position > target->position[k - 1])))
    return;
  if (isnan (score) || holds (target, position))
    return;
  if (target->n < k)
    target->n++;
  for (at = target->n - 1; at > 0; at--)
    {
      float above = target->score[at - 1];

      if (above > score || (above == score && target->position[at - 1] < position))
        break;
      target->score[at] = above;
      target->position[at] = target->position[at - 1];
    }
  target->score[at] = score;
  target->position[at] = position;
  if (target->n == k)
    target->threshold = target->score[k - 1];
}
