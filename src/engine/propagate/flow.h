/* SPDX-License-Identifier: MIT */
/* The soft labels of a range of frames, kept so that a change costs what it touches.
 *
 * A frame is either hand-made, its labels being set, or carried from frames that come before it in
 * the carrying order.  An edit marks the blocks of cells (votes.h) that can see what changed; an
 * update computes those alone, frame after frame, and what comes out with the same bits marks
 * nothing further.  Whatever the edits, cancelled updates included, a completed update leaves the
 * bits that carrying everything anew would give.
 *
 * Frames go by their numbers in the clip, classes by their place, 0 = background, which is a class
 * like the others.  A carried frame is known once an update has reached it: it has votes, and each
 * frame that these read is hand-made or is known and comes earlier in the order.
 *
 * Holds about 9 bytes a vote and 4 a cell and class that is not zero everywhere.
 *
 * Thread: one at a time; spreads over the cores. */
#pragma once

#include "propagate/carry.h"

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _FyFlow FyFlow;

/* Without classes, hand-made frames and votes.
 *
 * cells      of a frame
 * order      [n_frames] the range in carrying order, each frame once: ascending to carry forwards,
 *            descending backwards, outwards from a frame in the middle for both */
FyFlow *fy_flow_new (int cells, const int *order, int n_frames);
void fy_flow_free (FyFlow *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FyFlow, fy_flow_free)

/* --- Edits: cheap, and seen in other frames after the next update --- */

/* Makes room for a class that is zero everywhere; those from `class` on move up by one.
 * class: 0 .. the number of classes. */
void fy_flow_insert_class (FyFlow *self, int class);

/* Forgets a class; those above move down by one. */
void fy_flow_remove_class (FyFlow *self, int class);
int fy_flow_n_classes (FyFlow *self);

/* Votes of a frame, in the place of those it had; NULL = not known yet. */
void fy_flow_set_votes (FyFlow *self, int frame, FyVotes *votes);

/* Sets one class of a frame.  A frame that was carried becomes hand-made, its other classes zero.
 *
 * label      [cells], finite; NULL = zero everywhere; copied */
void fy_flow_set_plane (FyFlow *self, int frame, int class, const float *label);

/* Sets all classes of a frame, which is hand-made from then on.
 *
 * soft       [n_classes, cells], finite; copied */
void fy_flow_set_soft (FyFlow *self, int frame, const float *soft);

/* Makes a known frame hand-made with the labels that it has, and lets its votes go: nothing has to
 * be updated for that.  For a run that never comes back, it keeps memory in bounds. */
void fy_flow_freeze (FyFlow *self, int frame);

/* The frame is carried again. */
void fy_flow_clear_hand (FyFlow *self, int frame);

/* --- Update --- */

#define FY_FLOW_ALL_CLASSES (-1)

/* Called when a class of a carried frame has changed, or, with FY_FLOW_ALL_CLASSES, when a frame has
 * become known or unknown.  The flow must not be edited from within. */
typedef void (*FyFlowFunc) (int frame, int class, gpointer user_data);

typedef struct
{
  gint64 frames; /* in which something was computed                             */
  gint64 planes; /* of those frames, in which something was computed            */
  gint64 cells;  /* computed, summed over the classes                           */
} FyFlowStats;

/* Brings all frames that can be known up to date.
 *
 * func       nullable
 * stats      nullable; out, filled when cancelled too
 * cancellable  looked at before each frame; once cancelled, the next update goes on from there
 * Returns:   FALSE with G_IO_ERROR_CANCELLED */
gboolean fy_flow_update (FyFlow *self,
                         FyFlowFunc func,
                         gpointer user_data,
                         FyFlowStats *stats,
                         GCancellable *cancellable,
                         GError **error);

/* --- Labels, as the last update left them --- */

gboolean fy_flow_is_hand (FyFlow *self, int frame);
gboolean fy_flow_is_known (FyFlow *self, int frame);

/* Of a known frame.  Returns: [cells], valid until the next edit or update; NULL = zero everywhere. */
const float *fy_flow_peek (FyFlow *self, int frame, int class);

/* All classes of a known frame.  soft: [n_classes, cells] out. */
void fy_flow_get_soft (FyFlow *self, int frame, float *soft);

G_END_DECLS
