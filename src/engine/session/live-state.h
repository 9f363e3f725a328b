/* SPDX-License-Identifier: MIT */
/* What the flow thread knows.  Only session/live-{flow,news,votes,pins,result,window}.c include this.
 *
 * Thread: fy-flow. */
#pragma once

#include "propagate/flow.h"
#include "session/live-internal.h"

G_BEGIN_DECLS

/* Masks and joints flow apart, through the same votes: joints are no rivals of pixels. */
enum
{
  FY_LIVE_MASKS,
  FY_LIVE_JOINTS,
  FY_LIVE_N_KINDS
};

/* A class of a flow; that of background is not listed. */
typedef struct
{
  guint16 object;
  guint16 joint; /* 0 for masks */
} FyLiveClass;

/* Flags of a class in a frame. */
enum
{
  FY_LIVE_HAND = 1,   /* a hand said what it is here        */
  FY_LIVE_VISIBLE = 2 /* and it is here                     */
};

/* A mask as it was resolved, and what of. */
typedef struct
{
  guint16 *ids; /* [n] classes that are not zero everywhere */
  int n;
  float *soft; /* [n + 1, cells] */
  FyRunMap *map;
} FyLiveShown;

typedef struct
{
  FyFrameLabels *labels; /* as given; nullable */
  guint serial;
  FyLiveStep step;
  GPtrArray *lists; /* FyLiveList; NULL = none */
  FyVotes *votes;   /* nullable */

  guint64 votes_key; /* of the lists that the votes were made of */
  int n_missing;     /* lists that are to come                   */

  guint pins_stale : 1;  /* what the hand made is to be put into the flows  */
  guint needed : 1;      /* votes are                                        */
  guint votes_stale : 1; /* lists have come, or others are wanted            */
  guint changed : 1;     /* what was handed out may not be what would be     */
  guint fresh : 1;       /* the update that is under way has brought it up to date */
  guint trust_stale : 1;
  guint asleep : 1;   /* outside of the window: stays as it was            */
  guint frozen : 1;   /* and its planes are set, for others to read          */
  guint featured : 1; /* its features are known                             */
  guint listed : 1;   /* the votes are of all lists                         */
  guint good : 1;     /* can be handed out: all that it reads is there      */
  guint settled : 1;  /* and nothing will come that makes it better         */
  guint told : 1;     /* something carried was handed out, and still stands */

  guint told_serial;
  FyLiveShown shown;
  guint16 *trust_ids; /* [n_trust] */
  float *trust;
  int n_trust;
} FyLiveState;

typedef struct
{
  FyLive *live;
  FyLiveShape shape;
  gboolean open;
  FyPropagateParams params;
  guint params_serial;
  guint edition; /* that the news taken make */
  int playhead;
  int window_first; /* frames that there is memory for */
  int window_last;

  GArray *classes[FY_LIVE_N_KINDS];  /* FyLiveClass, ascending      */
  guint8 *existing[FY_LIVE_N_KINDS]; /* [n classes] visible by hand in some frame */
  FyFlow *flow[FY_LIVE_N_KINDS];

  FyLiveState *frame; /* [n_frames] */
  guint8 *way;
  guint8 *hand; /* something visible by hand: others are carried from there */
  guint8 *broken;
  GArray *made; /* int: frames of hand that are not broken */
  int *order;

  gboolean plan_stale;
  gboolean wishes_stale;
  gboolean good_stale;
  gboolean flow_stale; /* an update is due */

  GCancellable *updating; /* cancelled by news */
} FyLiveFlow;

static inline int
fy_live_n_classes (const FyLiveFlow *self, int kind)
{
  return (int) self->classes[kind]->len;
}

static inline const FyLiveClass *
fy_live_class (const FyLiveFlow *self, int kind, int class)
{
  return &g_array_index (self->classes[kind], FyLiveClass, class);
}

/* --- live-news.c: what is new --- */

/* Takes what is new; waits for it unless the thread is busy.  Returns: FALSE at the end. */
gboolean fy_live_wait_for_news (FyLiveFlow *self, gboolean busy);

/* --- live-pins.c: what hands made --- */

/* Flags of a class in a frame. */
int fy_live_pin (const FyLiveFlow *self, int frame, int kind, int class);

/* Whether something by hand is to be seen in a frame, that other frames can be carried from. */
gboolean fy_live_is_hand (const FyLiveFlow *self, int frame);

/* Whether some class of a frame that is carried into is not by hand. */
gboolean fy_live_needs_votes (const FyLiveFlow *self, int frame);

/* Whether a frame is outside of the window and nothing was ever carried into it. */
gboolean fy_live_is_closed (const FyLiveFlow *self, int frame);

/* Puts what the hand made in a frame into the flows. */
void fy_live_set_pins (FyLiveFlow *self, int frame);

/* --- live-window.c: of a long clip only the frames around the play-head are kept up to date --- */

/* Puts frames to sleep and wakes others where the play-head or the need of memory has moved.  Returns: whether
 * it did. */
gboolean fy_live_move_window (FyLiveFlow *self);

/* Whether a frame outside of the window is read by frames in it. */
gboolean fy_live_is_read (const FyLiveFlow *self, int frame);

/* --- live-votes.c: lists and votes --- */

FyLiveClip fy_live_clip (const FyLiveFlow *self);
void fy_live_add_list (FyLiveFlow *self, FyLiveList *list);
void fy_live_forget_lists (FyLiveFlow *self);

/* The merged lists of a frame, those over references as far as they are there.
 * Returns: (transfer full), NULL where one over the recent frames is missing. */
FyNeighbours *fy_live_merge (const FyLiveFlow *self, int frame);

/* Makes votes for some of the frames that lack them, in carrying order.  Returns: FALSE when none do. */
gboolean fy_live_make_votes (FyLiveFlow *self);

/* Finds out which frames can be handed out. */
void fy_live_find_good (FyLiveFlow *self);

/* Tells how far all is. */
void fy_live_publish_status (FyLiveFlow *self);

/* Counts what is missing, and says what is to be computed. */
void fy_live_publish_wishes (FyLiveFlow *self);

/* --- live-soft.c: soft labels to hand out --- */

/* Answers who asks for soft labels that are up to date.  busy: whether there is more to do before. */
void fy_live_answer (FyLiveFlow *self, gboolean busy);

/* --- live-result.c: masks and points to hand out --- */

/* Whether a frame has to be handed out.  Those that wait for lists stay as they were; those that nothing is
 * carried into any more are handed out once as that. */
gboolean fy_live_has_changed (const FyLiveFlow *self, int frame);

/* Hands out what has changed of some frames, nearest to the play-head first.  Returns: FALSE when nothing
 * has. */
gboolean fy_live_hand_out (FyLiveFlow *self);

/* Finds how far to trust some more frames.  Returns: FALSE when that is known of all. */
gboolean fy_live_find_trust (FyLiveFlow *self);

void fy_live_shown_clear (FyLiveShown *shown);

/* Frames by their distance from the play-head: the nearest one with `wanted`, -1 = none. */
int fy_live_nearest (const FyLiveFlow *self,
                     gboolean (*wanted) (const FyLiveFlow *self, int frame));

G_END_DECLS
