/* SPDX-License-Identifier: MIT */
/* What is left of a damaged project.  Thread: any. */
#pragma once

#include "store/project-file.h"

G_BEGIN_DECLS

typedef struct
{
  int frames;       /* that came over                                                    */
  int frames_lost;  /* at most: in a damaged part it cannot be told how many there were  */
  int objects;      /* that came over                                                    */
  int objects_lost; /* of those that labels belong to: they have new names and colours   */
  gboolean media;   /* whether the media's address came over                             */
} FyRescue;

/* Writes all that can be read of a project, whose file is not changed, to a new one.  Frames that cannot be
 * read are left out, to be carried or made again.
 *
 * n_frames   of the clip; 0 = not known: where the project cannot tell either, it is looked for very many
 * Errors:    as fy_project_file_open, for both; FY_ERROR_CORRUPT when nothing can be read. */
gboolean fy_project_rescue (const char *path,
                            const char *to,
                            int n_frames,
                            FyRescue *rescue,
                            GError **error);

G_END_DECLS
