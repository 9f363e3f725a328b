/* SPDX-License-Identifier: MIT */
/* Would the DAVIS evaluator take these results, and count them as meant?  Thread: any. */
#pragma once

#include "exchange/mask-folder.h"

G_BEGIN_DECLS

typedef enum
{
  FY_FINDING_NOTE,    /* worth knowing                        */
  FY_FINDING_WARNING, /* will be scored, but not as one thinks */
  FY_FINDING_ERROR,   /* the evaluator stops                   */
} FyFindingLevel;

typedef struct
{
  FyFindingLevel level;
  char *message; /* one line: file, what, remedy */
} FyFinding;

void fy_finding_free (FyFinding *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FyFinding, fy_finding_free)

/* What is known of the clip; a zero member is not checked. */
typedef struct
{
  int n_frames;
  int width;
  int height;
} FyDavisCheckParams;

/* Reads every mask of a sequence and reports what is wrong: sizes, missing frames and names, ids,
 * void, colour type and palette, broken files.  One finding a kind: it names the first file.
 *
 * params   nullable
 * Returns: (transfer full) GPtrArray of FyFinding that owns them, empty when all is well; NULL with
 *          G_IO_ERROR_CANCELLED. */
GPtrArray *fy_davis_check (const FyMaskFolder *folder,
                           const FyDavisCheckParams *params,
                           GCancellable *cancellable,
                           GError **error);

G_END_DECLS
