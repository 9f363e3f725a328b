/* SPDX-License-Identifier: MIT */
/* The soft labels of a range of frames, kept so that a change costs what it touches.
 *
 * A plane, one class of one frame, is set by hand or is carried from frames that come before in the
 * carrying order.  An edit marks the blocks of cells (votes.h) that can see what changed; an update
 * computes those alone, frame after frame, and what comes out with the same bits marks nothing
 * further.  Whatever the edits, cancelled updates included, a completed update leaves the bits that
 * carrying everything anew would give.
 *
 * Frames go by their numbers in the clip, classes by their place, 0 = background.
 *
 * A frame can be carried when it has votes and each frame that these read comes earlier in the order
 * and is known, or has all its classes set by hand, wherever it stands.  A frame is known when it can
 * be carried or has a plane that is set by hand.  In a known frame that cannot be carried the classes
 * that are not set are zero.
 *
 * Background is a class like the others, but for frames in which some classes are set by hand and it is
 * not: there it is the rest, max (0, 1 - sum of the other classes), in float32, summed in their order.
 *
 * Holds about 9 bytes a vote and 4 a cell and class that is not zero everywhere.
 *
 * Thread: one at a time; spreads over the cores. */
#pragma once

#include "propagate/carry.h"

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _FyFlow FyFlow;

/* Without classes, votes and planes that are set.
 *
 * cells      of a frame
 * order      [n_frames] the range in carrying order, each frame once, in any order: ascending to carry
 *            forwards, descending backwards, outwards from a frame in the middle for both */
FyFlow *fy_flow_new (int cells, const int *order, int n_frames);
void fy_flow_free (FyFlow *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FyFlow, fy_flow_free)

/* --- Edits: cheap, and seen in other frames after the next update --- */

/* Makes room for a class that no frame has set by hand; those from `class` on move up by one.
 * class: 0 .. the number of classes. */
void fy_flow_insert_class (FyFlow *self, int class);

/* Forgets a class; those above move down by one. */
void fy_flow_remove_class (FyFlow *self, int class);
int fy_flow_n_classes (FyFlow *self);

/* Votes of a frame, in the place of those it had; NULL = not known yet. */
void fy_flow_set_votes (FyFlow *self, int frame, FyVotes *votes);

/* Sets one class of a frame by hand; the others stay what they are.
 *
 * label      [cells], finite; NULL = zero everywhere; copied */
void fy_flow_set_plane (FyFlow *self, int frame, int class, const float *label);

/* Sets all classes of a frame by hand.
 *
 * soft       [n_classes, cells], finite; copied */
void fy_flow_set_soft (FyFlow *self, int frame, const float *soft);

/* The class, or all classes, of the frame are carried again. */
void fy_flow_clear_plane (FyFlow *self, int frame, int class);
void fy_flow_clear_hand (FyFlow *self, int frame);

/* Takes all labels that a known frame has as set by hand, and lets its votes go: nothing has to be
 * updated for that.  For a run that never comes back, it keeps memory in bounds. */
void fy_flow_freeze (FyFlow *self, int frame);

gboolean fy_flow_is_hand (FyFlow *self, int frame, int class);

/* --- Update --- */

#define FY_FLOW_ALL_CLASSES (-1)

/* Called when an update has changed a class of a frame, or, with FY_FLOW_ALL_CLASSES, when a frame has
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

/* --- Labels: planes as they were set, the others as the last update left them --- */

gboolean fy_flow_is_known (FyFlow *self, int frame);

/* Of a known frame.  Returns: [cells], valid until the next edit or update; NULL = zero everywhere. */
const float *fy_flow_peek (FyFlow *self, int frame, int class);

/* All classes of a known frame.  soft: [n_classes, cells] out. */
void fy_flow_get_soft (FyFlow *self, int frame, float *soft);

G_END_DECLS
