/* SPDX-License-Identifier: MIT */
/* Opening a clip or a project: all that is slow about it, for a thread.
 *
 * A clip without a project of its own gets one in the user's data folder, found again by the clip's
 * fingerprint: so nothing has to be saved by hand, and nothing is lost by a crash. */
#pragma once

#include "label/frame-labels.h"
#include "media/clip.h"
#include "store/project-file.h"

G_BEGIN_DECLS

/* What was opened. */
typedef struct
{
  FyClip *clip;
  FyProjectFile *project; /* NULL: it cannot be written; then `warning` says why */
  gboolean read_only;
  gboolean busy; /* read_only because it is open elsewhere, in this program or another */
  FyProjectMedia media;
  char *project_path;
  GPtrArray *objects; /* FyObject */
  guint16 highest_id; /* that an object ever had */
  GPtrArray *frames;  /* FyFrameLabels, by frame number; NULL where there are none */
  GHashTable *settings;
  int imported;  /* frames whose masks came along with the clip */
  char *warning; /* nullable: a sentence for a banner           */
  char *other;   /* nullable: another project that the warning offers to open */
} FerryOpening;

void ferry_opening_free (FerryOpening *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FerryOpening, ferry_opening_free)

/* Settings of a project that an opening reads. */
#define FERRY_SETTING_PARAMS "params"
#define FERRY_SETTING_WAYS   "ways"
#define FERRY_SETTING_FRAME  "frame"
#define FERRY_SETTING_OBJECT "object"

/* path      a video, a folder of images, a project
 * media     nullable: where the project's clip is now
 * lost      out: TRUE when it failed because what is at the place of a project's clip is not that clip
 * Errors:   those of clip.h and project-file.h. */
FerryOpening *ferry_opening_run (const char *path,
                                 const char *media,
                                 gboolean *lost,
                                 GCancellable *cancellable,
                                 GError **error);

G_END_DECLS
