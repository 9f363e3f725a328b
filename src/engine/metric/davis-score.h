/* SPDX-License-Identifier: MIT */
/* Scores folders of masks as the DAVIS evaluator does (semi-supervised task).
 *
 * Truth and result are each one sequence or a folder of sequences; a sequence's name is its
 * folder's.  The first and the last annotated frame are not scored.  The highest id of the first
 * annotation is the number of objects; what comes later with a higher id, and void, is background.
 *
 * Thread:  any; spreads over the cores. */
#pragma once

#include "metric/report.h"

G_BEGIN_DECLS

/* A zero member means the default. */
typedef struct
{
  gboolean leading;    /* a result that stops early is scored as if the truth ended with it: N masks
                        * without a gap from the first frame on, of which 1 .. N-2 are scored;
                        * else every scored frame's mask must be there                          */
  gboolean compatible; /* as fy_statistics                                                      */
} FyDavisScoreParams;

/* params    nullable
 * Returns:  (transfer full), or NULL with FY_ERROR_MISMATCH (a mask or a sequence that is missing, sizes
 *           that differ, an object the truth has not, nothing to score), the errors of
 *           fy_indexed_png_read, or G_IO_ERROR_CANCELLED. */
FyReport *fy_davis_score (const char *truth,
                          const char *result,
                          const FyDavisScoreParams *params,
                          GCancellable *cancellable,
                          GError **error);

G_END_DECLS
