/* SPDX-License-Identifier: MIT */
/* What was done, to be undone: groups of changes, one group a human action.
 *
 * Knows nothing of what the changes are.  Thread: one at a time. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct FyHistory FyHistory;

/* A change, both directions stored. */
typedef struct
{
  void (*apply) (gpointer change, gboolean undo, gpointer owner);
  gsize (*bytes) (gpointer change); /* of memory that only undoing needs */
  GDestroyNotify free;
} FyChangeClass;

/* limit     bytes; the oldest groups are forgotten beyond it, never the last one; 0 = 512 MiB
 * owner     passed to apply */
FyHistory *fy_history_new (gsize limit, gpointer owner);
void fy_history_free (FyHistory *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FyHistory, fy_history_free)

/* A group: _begin and _end nest, and the outermost gives the name, which people read ("Brush stroke").
 * A group without changes is none.  Ending one with changes forgets what was undone. */
void fy_history_begin (FyHistory *self, const char *name, int frame);
void fy_history_end (FyHistory *self);

gboolean fy_history_is_open (const FyHistory *self);

/* Undoes what the open group holds so far and closes it, whatever the nesting; what was undone before can
 * still be redone.  An _end that comes after it does nothing. */
void fy_history_abandon (FyHistory *self);

/* Takes a change that has been made.  Without an open group it is a group of its own. */
void fy_history_take (FyHistory *self, const FyChangeClass *class, gpointer change);

/* Return FALSE when there is nothing to, or while a group is open. */
gboolean fy_history_undo (FyHistory *self);
gboolean fy_history_redo (FyHistory *self);
gboolean fy_history_is_applying (const FyHistory *self);

/* Another number after every change of what can be undone and redone. */
guint fy_history_serial (const FyHistory *self);

/* For a list that people browse: entries 0 .. length-1, the first `position` of them done. */
int fy_history_length (const FyHistory *self);
int fy_history_position (const FyHistory *self);
const char *fy_history_name (const FyHistory *self, int entry);
int fy_history_frame (const FyHistory *self, int entry);
gint64 fy_history_time (const FyHistory *self, int entry); /* wall clock, microseconds */

/* Undoes or redoes until `position` entries are done; not while a group is open. */
void fy_history_go (FyHistory *self, int position);

void fy_history_clear (FyHistory *self);
gsize fy_history_bytes (const FyHistory *self);

G_END_DECLS
