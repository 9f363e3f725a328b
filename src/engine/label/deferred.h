/* SPDX-License-Identifier: MIT */
/* Steps that each change many frames: made of a frame when somebody looks at it, and of the others a little at
 * a time.  Of one frame they are made in the order in which they were added.
 *
 * Thread: one at a time. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct FyDeferred FyDeferred;

typedef struct
{
  /* Makes a step of a frame.  Returns: whether it changed it. */
  gboolean (*make) (gpointer step, int frame, gpointer owner);
  /* Frames that were changed are told of, later and not from within `make`; more can be added there. */
  void (*tell) (int frame, gpointer owner);
  GDestroyNotify step_free;
} FyDeferredClass;

FyDeferred *fy_deferred_new (const FyDeferredClass *class, int n_frames, gpointer owner);
void fy_deferred_free (FyDeferred *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FyDeferred, fy_deferred_free)

/* For frames first .. last; takes the step. */
void fy_deferred_add (FyDeferred *self, gpointer step, int first, int last);

/* Makes what is left of a frame; cheap where nothing is. */
void fy_deferred_settle (FyDeferred *self, int frame);

/* Settles and tells of frames, from `near` on, until the time is over.  From within `tell` it does nothing.
 * Returns: FALSE when nothing is left. */
gboolean fy_deferred_work (FyDeferred *self, int near, gint64 microseconds);

gboolean fy_deferred_is_empty (const FyDeferred *self);

G_END_DECLS
