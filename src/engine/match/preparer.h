/* SPDX-License-Identifier: MIT */
/* Has neighbour lists computed ahead of need, on a thread of its own, one list a step.
 *
 * What computes and what keeps is given to it: usually fy_session_list with a cache.  Lists that were
 * kept before a restart are found there at once, so nothing finished is done again.
 *
 * Thread: any; the functions given to it are called on its own thread. */
#pragma once

#include "match/neighbours.h"
#include "match/schedule.h"

G_BEGIN_DECLS

typedef struct FyPreparer FyPreparer;

/* Finds or computes a list.  Returns: (transfer full), or NULL with *error set. */
typedef FyNeighbours *(*FyListFunc) (const FyListWish *wish,
                                     gpointer user_data,
                                     GCancellable *cancellable,
                                     GError **error);

/* A list is ready.  `list` is borrowed. */
typedef void (*FyReadyFunc) (const FyListWish *wish, FyNeighbours *list, gpointer user_data);

/* Starts with nothing to do.  ready: nullable. */
FyPreparer *fy_preparer_new (FyListFunc compute, FyReadyFunc ready, gpointer user_data);

/* Cancels the list in hand, forgets the others and waits for the thread to end. */
void fy_preparer_free (FyPreparer *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FyPreparer, fy_preparer_free)

/* Adds wishes.  Interactive ones come next, after the list in hand, even while paused. */
void fy_preparer_want (FyPreparer *self, FyLane lane, const FyListWish *wish, int n);

/* Nearest to this frame first, from the next list on. */
void fy_preparer_set_playhead (FyPreparer *self, int frame);

/* Does no batch work after the list in hand, until resumed. */
void fy_preparer_pause (FyPreparer *self);
void fy_preparer_resume (FyPreparer *self);

/* Cancels the list in hand and forgets those that wait, but for interactive ones. */
void fy_preparer_cancel (FyPreparer *self);

/* Lists that wait in both lanes, the one in hand included. */
int fy_preparer_left (FyPreparer *self);

/* Waits until nothing is left to do (while paused: nothing interactive), `timeout_us` at most.
 *
 * Returns: TRUE when so; FALSE when time is up, or with *error set as `compute` set it: it has stopped
 *          then with its wishes forgotten, and more can be added. */
gboolean fy_preparer_wait (FyPreparer *self, gint64 timeout_us, GError **error);

G_END_DECLS
