/* SPDX-License-Identifier: MIT */
/* Three numbers for the scores of one object over a sequence.  Thread: any. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  double mean;   /* NaN scores do not count; NaN when none is left */
  double recall; /* share of scores above 0.5                      */
  double decay;  /* mean of the first quarter less that of the last */
} FyStatistics;

/* As the DAVIS evaluator: quarters share their end frames, which are rounded, a half upwards.
 *
 * compatible   keep each quarter's end in 8 bits as the evaluator does: beyond 256 frames it wraps,
 *              and decay means nothing, or is NaN
 * Source:      davis2017-evaluation, db_statistics. */
FyStatistics fy_statistics (const double *score, int n, gboolean compatible);

G_END_DECLS
