/* SPDX-License-Identifier: MIT */
/* Labels carried through a clip while a person makes them.
 *
 * Owns two threads.  fy-compute has the session: it computes features and neighbour lists ahead of need,
 * nearest to the play-head first, one list a step, and runs what is asked of the session in between.
 * fy-flow has the soft labels: it turns lists into votes as they come, follows edits (propagate/flow.h),
 * resolves what changed to masks, nearest to the play-head first, and hands them out.  So a stroke is
 * carried at once wherever lists exist, whatever is being computed.
 *
 * What a hand made in a frame is a reference for the frames after it (before it, where carried back).
 * All calls return at once; all callbacks come on the main context that was the default of the thread
 * which made it, and none after fy_live_free.
 *
 * Thread: that one. */
#pragma once

#include "label/frame-labels.h"
#include "label/object.h"
#include "session/session.h"

G_BEGIN_DECLS

typedef struct FyLive FyLive;

/* How the labels of a frame come about, where no hand made them. */
typedef enum
{
  FY_WAY_AUTO,     /* forward behind the first frame with labels by hand, backward before it */
  FY_WAY_FORWARD,  /* from the frames before                                                 */
  FY_WAY_BACKWARD, /* from the frames behind                                                 */
  FY_WAY_NONE,     /* not at all                                                             */
} FyWay;

/* What an open session is like. */
typedef struct
{
  const char *device;
  const char *notes; /* fy_session_notes */
  int n_frames;      /* of the clip, as it is now */
  int width;         /* pixels */
  int height;
  int network_width; /* pixels */
  int network_height;
  int grid_width; /* cells */
  int grid_height;
  int n_parts; /* networks */
} FyLiveInfo;

/* What was carried into a frame. */
typedef struct
{
  int frame;
  guint serial; /* of the frame's labels by hand that went in: fy_live_set_labels */
  FyRunMap *map;
  const guint16 *ids; /* [n] ascending: the objects that were carried here */
  const float *trust; /* [n] propagate/trust.h; NAN = follows in a later one      */
  int n;
  const FyPoint *point; /* [n_points] of skeletons */
  int n_points;
} FyLiveFrame;

typedef struct
{
  /* The session is open.  info is borrowed and valid during the call. */
  void (*opened) (FyLive *self, const FyLiveInfo *info, gpointer user_data);
  /* It could not be opened, or cannot go on.  Everything handed out before is good. */
  void (*failed) (FyLive *self, const GError *error, gpointer user_data);
  /* Borrowed; what it points at can be referenced.  An object that is not among the ids, and that no hand
   * made here, is not carried here (any more): with n = 0 none is, as when the only stroke is undone or
   * the frame's way has become FY_WAY_NONE. */
  void (*carried) (FyLive *self, const FyLiveFrame *frame, gpointer user_data);
  /* Features, lists or carried frames have become more or fewer, or it has become idle; coalesced. */
  void (*progress) (FyLive *self, gpointer user_data);
} FyLiveFuncs;

/* input     as fy_session_new; opened on the compute thread
 * params    copied with its strings */
FyLive *fy_live_new (const char *input,
                     const FySessionParams *params,
                     const FyLiveFuncs *funcs,
                     gpointer user_data);
/* Stops within one list, whose wish is lost, or the call in hand, which is cancelled. */
void fy_live_free (FyLive *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FyLive, fy_live_free)

/* --- What is wanted --- */

void fy_live_set_playhead (FyLive *self, int frame);

/* The objects to carry; an object that stays keeps its labels bit for bit.  Borrowed. */
void fy_live_set_objects (FyLive *self, FyObject *const *object, int n);

/* The labels of a frame, or NULL.  Of it what a hand made counts; what was carried does not.
 * serial    comes back with results that took these labels into account */
void fy_live_set_labels (FyLive *self, int frame, FyFrameLabels *labels, guint serial);

/* way       [n_frames] FyWay */
void fy_live_set_ways (FyLive *self, const guint8 *way);

/* Of another k, temperature, lambda or references: lists are kept where they can be, else computed
 * again. */
void fy_live_set_params (FyLive *self, const FyPropagateParams *params);

/* Does no work ahead of need, until resumed; edits still flow through the lists that are there. */
void fy_live_pause (FyLive *self);
void fy_live_resume (FyLive *self);
gboolean fy_live_is_paused (FyLive *self);

/* Likewise, for moments in which the machine is needed for something else: the list in hand is put down
 * too, to be gone on with; nobody is told. */
void fy_live_set_yielding (FyLive *self, gboolean yielding);

/* --- How far it is --- */

typedef enum
{
  FY_READY_NONE,
  FY_READY_FEATURES, /* of this frame are known                             */
  FY_READY_LIST,     /* its neighbours too                                  */
  FY_READY_CARRIED,  /* its labels are up to date (or by hand)              */
} FyReady;

FyReady fy_live_ready (FyLive *self, int frame);

typedef struct
{
  int lists_left;           /* to compute; -1 while opening              */
  int carrying;             /* frames whose labels are being brought up to date */
  double seconds_per_frame; /* of late; 0 = not known                    */
  double seconds_left;      /* -1 = not known                            */
  gboolean opening;
  gboolean paused;
} FyLiveProgress;

void fy_live_get_progress (FyLive *self, FyLiveProgress *progress);

/* Whether all that was asked for is done and handed out, or waits for what is paused. */
gboolean fy_live_is_idle (FyLive *self);

/* What became of the device, the cache and frames that cannot be decoded, a line each, for people; "" when all
 * is well; news come with `progress`.  Returns: (transfer full). */
char *fy_live_notes (FyLive *self);

/* --- Soft labels --- */

/* What masks of a frame are made of. */
typedef struct
{
  int frame;
  int grid_width; /* cells */
  int grid_height;
  guint16 *ids; /* [n] ascending: objects that have any here */
  int n;
  float *soft; /* [n, cells] 0 .. 1 */
} FyLiveSoft;

void fy_live_soft_free (FyLiveSoft *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FyLiveSoft, fy_live_soft_free)

/* Another number whenever something else is wanted: labels by hand, objects, ways, parameters. */
guint fy_live_edition (FyLive *self);

/* A frame's soft labels once they are up to date, and whatever they lack is computed first, though it be
 * paused.
 *
 * edition   that they are to be of
 * Errors:   FY_ERROR_UNSUPPORTED: another edition is wanted by now, the frame is one of a long clip that
 *           there is no memory for at present, or the session is not open or has failed;
 *           G_IO_ERROR_CANCELLED */
void fy_live_soft_async (FyLive *self,
                         int frame,
                         guint edition,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data);
/* Returns: (transfer full). */
FyLiveSoft *fy_live_soft_finish (FyLive *self, GAsyncResult *result, GError **error);

/* --- Asking the session --- */

/* Runs on the compute thread between two lists.  Returns: the result, or NULL with *error set.  What has not
 * begun when the live is freed is called back from within fy_live_free, with G_IO_ERROR_CANCELLED. */
typedef gpointer (*FyLiveJob) (FySession *session,
                               gpointer data,
                               GCancellable *cancellable,
                               GError **error);

void fy_live_run_async (FyLive *self,
                        FyLiveJob job,
                        gpointer data,
                        GDestroyNotify data_free,
                        GDestroyNotify result_free,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data);
/* Returns: (transfer full). */
gpointer fy_live_run_finish (FyLive *self, GAsyncResult *result, GError **error);

G_END_DECLS
