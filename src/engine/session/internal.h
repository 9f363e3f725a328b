/* SPDX-License-Identifier: MIT */
/* The inside of a session.  Only session/ includes this. */
#pragma once

#include "match/cache.h"
#include "session/model.h"
#include "session/session.h"

G_BEGIN_DECLS

struct FySession
{
  FySessionParams params; /* its strings are not kept */
  FyClip *clip;
  FyCache *cache;     /* nullable */
  char *device_name;  /* as asked for; nullable */
  GPtrArray *devices; /* FyDevice; the last is in use, the others were lost */
  FyDevice *device;
  int n_parts;
  FyEncoder *encoder[FY_FEATURES_MAX_PARTS]; /* fine-grained first */
  char *model[FY_FEATURES_MAX_PARTS];        /* their checkpoints' paths */
  FySearch *local;
  FySearch *reference;
  int width; /* of the picture the network sees */
  int height;
  int grid_width;
  int grid_height;
  GQueue recent; /* Recent, last used first: unit features at hand */
  guint window;  /* of them, at most                              */
  int candidates;
  int playhead; /* -1: where work is done */
  GString *notes;
  FySessionTimes times;
};

/* Seconds since *from, which is moved to now. */
double fy_session_lap (gint64 *from);

/* Loads the networks onto the device and makes the searches. */
gboolean fy_session_equip (FySession *self, GError **error);
void fy_session_strip (FySession *self);

/* Whether what went wrong is the device's fault and another one was found: then everything on the
 * old device is gone, and what failed can be tried again.  Clears *error when so. */
gboolean fy_session_recover (FySession *self, GError **error);

/* plan.c */
void fy_session_choose_window (FySession *self);

/* Whether lists that are searched for at once know their parts. */
gboolean fy_session_keeps_parts (const FySession *self);

/* lists.c */
#define FY_SESSION_AHEAD 16 /* kept lists at hand ahead of the frame they are needed for */

/* The lists that the labels of one frame come by. */
typedef struct
{
  FyNeighbours *local;
  GPtrArray *reference; /* FyNeighbours */
} FyFrameLists;

void fy_frame_lists_clear (FyFrameLists *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (FyFrameLists, fy_frame_lists_clear)

/* As fy_session_neighbours takes them, out of the cache.  Returns: FALSE when one is not there. */
gboolean fy_session_kept_lists (FySession *self,
                                int first,
                                const int *reference,
                                int n,
                                int target,
                                FyFrameLists *lists);

/* Thread: any. */
FyNeighbours *fy_session_merge (const FySession *self, int first, const FyFrameLists *lists);

/* features.c */
void fy_session_forget_features (FySession *self);

/* fy_session_features of unit features, but fails with its device. */
FyFeatures *
fy_session_get_features (FySession *self, int frame, GCancellable *cancellable, GError **error);
FyFeaturesFormat fy_session_format (const FySession *self);

G_END_DECLS
