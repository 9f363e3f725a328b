/* SPDX-License-Identifier: MIT */
/* The inside of FyLive.  Only session/live*.c include this.
 *
 * What the three threads tell each other lies in FyLive, under its mutex: what is wanted (main to flow), what
 * is to be computed (flow to compute), lists (compute to flow) and results (both to main).  All else belongs
 * to one thread. */
#pragma once

#include "session/live-plan.h"
#include "session/live.h"

G_BEGIN_DECLS

/* Sizes, once the session is open. */
typedef struct
{
  int n_frames;
  int width; /* pixels */
  int height;
  int grid_width; /* cells */
  int grid_height;
  int cells;
} FyLiveShape;

/* The labels of a frame as they were given. */
typedef struct
{
  FyFrameLabels *labels; /* nullable */
  guint serial;
  gboolean news; /* the flow thread has not seen them */
} FyLiveGiven;

/* A list to compute: the one with the least turn comes next, the first of equal ones. */
typedef struct
{
  FyListWish wish;
  FyLiveStep step; /* of the target     */
  gboolean late;   /* after all others  */
} FyLiveWish;

typedef struct
{
  FyListWish wish;
  FyNeighbours *list;
  guint64 number; /* no two have the same */
} FyLiveList;

/* What was asked of the session or, without a job, of the flow. */
typedef struct
{
  FyLiveJob job; /* nullable */
  gpointer data;
  GDestroyNotify data_free;
  GDestroyNotify result_free;
  GTask *task; /* holds the result */
  GAsyncReadyCallback callback;
  gpointer user_data;
  int frame; /* without a job */
  guint edition;
  gulong cancelled; /* handler of the task's cancellable */
} FyLiveCall;

/* A result on its way to the main thread, and what it points at. */
typedef struct
{
  int frame;
  guint serial;
  FyRunMap *map;
  guint16 *ids;
  float *trust;
  int n;
  FyPoint *point;
  int n_points;
} FyLiveResult;

struct FyLive
{
  /* constant */
  char *input;
  FySessionParams params; /* with strings of its own */
  FyLiveFuncs funcs;
  gpointer user_data;
  GMainContext *context;
  GSource *source; /* dispatched when there is something for the main thread */
  GThread *compute;
  GThread *flow;

  /* main thread */
  int refs;
  gboolean closed;

  GMutex mutex; /* guards what follows */
  GCond compute_wake;
  GCond flow_wake;
  gboolean ended;

  /* What is wanted. */
  GPtrArray *objects; /* FyObject */
  gboolean objects_news;
  GArray *given;      /* FyLiveGiven by frame */
  GArray *given_news; /* int: frames        */
  guint8 *way;        /* [n_frames]; NULL until given */
  gboolean way_news;
  FyPropagateParams propagate;
  guint propagate_serial; /* counts its changes */
  int playhead;
  gboolean paused;
  gboolean yielding;
  guint edition;      /* counts changes of what is by hand, objects, ways and parameters */
  GQueue asks;        /* FyLiveCall of soft labels */
  gboolean asks_news; /* there are more, or some were cancelled */

  /* What is to be computed. */
  GArray *wishes;           /* FyLiveWish                    */
  FyLiveStep playhead_step; /* of the frame at the play-head */
  int asked;                /* frame whose soft labels somebody waits for; -1 = none */
  FyLiveStep asked_step;
  GQueue calls;            /* FyLiveCall */
  GCancellable *computing; /* of the list in hand; NULL between two */
  GCancellable *calling;   /* of the call in hand; NULL when there is none */
  FyListWish in_hand;
  guint in_hand_serial; /* of the parameters that it is computed with */
  gboolean failed;      /* no list any more */

  /* What was computed. */
  gboolean opened;
  FyLiveShape shape;
  GPtrArray *arrived; /* FyLiveList */
  guint64 n_arrived;
  GArray *broken_news;     /* int: frames */
  GCancellable *updating;  /* the flow thread's work, which news interrupt */
  double seconds_per_list; /* of late; 0 = not known */

  /* What is to be told. */
  gboolean opened_news;
  FyLiveInfo info; /* with strings of its own */
  GError *error_news;
  GHashTable *results;  /* frame -> FyLiveResult */
  GArray *result_order; /* int: frames, each once */
  gboolean progress_news;
  GQueue done; /* FyLiveCall */
  GString *notes;
  char *session_notes; /* nullable */
  gboolean noted_window;

  /* How far it is. */
  guint8 *ready; /* [n_frames] FyReady */
  int carrying;
  gboolean flowing;    /* the flow thread is at work */
  int lists_per_frame; /* of the plan, on average rounded up */
};

/* live.c: wakes the main thread; with the mutex held. */
void fy_live_tell (FyLive *self);
/* live.c: and tells it of progress, as of a thread that has nothing left to do. */
void fy_live_tell_progress (FyLive *self);
void fy_live_call_free (gpointer call);
void fy_live_result_free (gpointer result);
void fy_live_list_free (gpointer list);
/* live.c: calls back. */
void fy_live_call_finish (FyLiveCall *call);

/* live-compute.c, live-flow.c: the threads' bodies. */
gpointer fy_live_compute (gpointer self);
gpointer fy_live_flow (gpointer self);

G_END_DECLS
