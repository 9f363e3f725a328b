/* SPDX-License-Identifier: MIT */
#include "propagate/flow.h"

#include <string.h>

/* A frame that reads another one. */
typedef struct
{
  int frame;
  int slot; /* of the other one in its votes */
} Reader;

typedef struct
{
  int rank; /* in carrying order; -1 = not in the flow */
  gboolean hand;
  gboolean known;
  gboolean stale; /* a plane may be */
  FyVotes *votes; /* of a hand-made frame too: it may be carried again */
  GArray *readers;
} Frame;

typedef struct
{
  FyPlane plane;
  FyBlocks stale; /* what an update has to compute, were the frame carried */
} Label;

struct _FyFlow
{
  int cells;
  int first;   /* number of frame[0] */
  int n_frame; /* numbers that `frame` spans */
  Frame *frame;
  int *order; /* [n_frames] */
  int n_frames;
  GPtrArray *classes; /* Label [n_frame] */
  int start;          /* rank before which nothing is to be done */
};

FyFlow *
fy_flow_new (int cells, const int *order, int n_frames)
{
  FyFlow *self = g_new0 (FyFlow, 1);
  int last = order[0];

  self->cells = cells;
  self->first = order[0];
  for (int i = 0; i < n_frames; i++)
    {
      self->first = MIN (self->first, order[i]);
      last = MAX (last, order[i]);
    }
  self->n_frame = last - self->first + 1;
  self->frame = g_new0 (Frame, (gsize) self->n_frame);
  for (int i = 0; i < self->n_frame; i++)
    self->frame[i].rank = -1;
  for (int i = 0; i < n_frames; i++)
    {
      Frame *frame = &self->frame[order[i] - self->first];

      g_assert (frame->rank < 0);
      frame->rank = i;
      frame->readers = g_array_new (FALSE, FALSE, sizeof (Reader));
    }
  self->order = g_memdup2 (order, (gsize) n_frames * sizeof (int));
  self->n_frames = n_frames;
  self->classes = g_ptr_array_new ();
  return self;
}

static void
free_class (FyFlow *self, Label *labels)
{
  for (int i = 0; i < self->n_frame; i++)
    g_free (labels[i].plane.label);
  g_free (labels);
}

void
fy_flow_free (FyFlow *self)
{
  if (self == NULL)
    return;
  for (guint c = 0; c < self->classes->len; c++)
    free_class (self, g_ptr_array_index (self->classes, c));
  g_ptr_array_unref (self->classes);
  for (int i = 0; i < self->n_frame; i++)
    {
      fy_votes_unref (self->frame[i].votes);
      g_clear_pointer (&self->frame[i].readers, g_array_unref);
    }
  g_free (self->frame);
  g_free (self->order);
  g_free (self);
}

/* NULL where the flow has no such frame. */
static Frame *
find_frame (FyFlow *self, int frame)
{
  int at = frame - self->first;

  return at >= 0 && at < self->n_frame && self->frame[at].rank >= 0 ? &self->frame[at] : NULL;
}

static Label *
label_of (FyFlow *self, int frame, int class)
{
  Label *labels = g_ptr_array_index (self->classes, class);

  return &labels[frame - self->first];
}

/* --- Marking --- */

static void
start_at (FyFlow *self, const Frame *frame)
{
  self->start = MIN (self->start, frame->rank);
}

/* What can see `changed` of a frame is stale. */
static void
mark_readers (FyFlow *self, int frame, int class, FyBlocks changed)
{
  const GArray *readers = find_frame (self, frame)->readers;
  FyBlocks all = fy_blocks_all (self->cells);

  for (guint i = 0; i < readers->len && fy_blocks_any (changed); i++)
    {
      Reader reader = g_array_index (readers, Reader, i);
      Frame *other = find_frame (self, reader.frame);
      FyBlocks *stale = &label_of (self, reader.frame, class)->stale;

      if (fy_blocks_any (fy_blocks_less (all, *stale)))
        *stale = fy_blocks_or (*stale, fy_votes_seeing (other->votes, reader.slot, changed));
      other->stale = TRUE;
    }
}

static void
mark_whole (FyFlow *self, int number)
{
  Frame *frame = find_frame (self, number);

  for (guint c = 0; c < self->classes->len; c++)
    label_of (self, number, (int) c)->stale = fy_blocks_all (self->cells);
  frame->stale = TRUE;
  start_at (self, frame);
}

/* The frames that read this one have to be looked at again. */
static void
start_at_readers (FyFlow *self, const Frame *frame)
{
  for (guint i = 0; i < frame->readers->len; i++)
    start_at (self, find_frame (self, g_array_index (frame->readers, Reader, i).frame));
}

/* --- Edits --- */

void
fy_flow_insert_class (FyFlow *self, int class)
{
  g_return_if_fail (class >= 0 && class <= (int) self->classes->len);
  g_ptr_array_insert (self->classes, class, g_new0 (Label, (gsize) self->n_frame));
}

void
fy_flow_remove_class (FyFlow *self, int class)
{
  g_return_if_fail (class >= 0 && class < (int) self->classes->len);
  free_class (self, g_ptr_array_remove_index (self->classes, (guint) class));
}

int
fy_flow_n_classes (FyFlow *self)
{
  return (int) self->classes->len;
}

static void
stop_reading (FyFlow *self, int number)
{
  Frame *frame = find_frame (self, number);

  for (int slot = 0; frame->votes != NULL && slot < frame->votes->n_sources; slot++)
    {
      Frame *source = find_frame (self, frame->votes->source[slot]);

      for (guint i = 0; source != NULL && i < source->readers->len; i++)
        if (g_array_index (source->readers, Reader, i).frame == number)
          {
            g_array_remove_index_fast (source->readers, i);
            break;
          }
    }
  g_clear_pointer (&frame->votes, fy_votes_unref);
}

void
fy_flow_set_votes (FyFlow *self, int number, FyVotes *votes)
{
  Frame *frame = find_frame (self, number);

  g_return_if_fail (frame != NULL);
  g_return_if_fail (votes == NULL || (votes->frame == number && votes->cells == self->cells));
  if (votes == frame->votes)
    return;
  stop_reading (self, number);
  frame->votes = votes != NULL ? fy_votes_ref (votes) : NULL;
  for (int slot = 0; votes != NULL && slot < votes->n_sources; slot++)
    {
      Frame *source = find_frame (self, votes->source[slot]);
      Reader reader = { number, slot };

      if (source != NULL)
        g_array_append_val (source->readers, reader);
    }
  mark_whole (self, number);
}

/* The blocks in which two planes differ. */
static FyBlocks
compare (const FyPlane *plane, const float *label, FyBlocks filled, int cells)
{
  int each = fy_block_cells (cells);
  FyBlocks both = fy_blocks_and (plane->filled, filled);
  FyBlocks differ = fy_blocks_less (fy_blocks_or (plane->filled, filled), both);

  for (int begin = 0; begin < cells; begin += each)
    if (fy_blocks_has (both, begin / each) &&
        memcmp (plane->label + begin, label + begin,
                (gsize) MIN (each, cells - begin) * sizeof (float)) != 0)
      fy_blocks_add (&differ, begin / each);
  return differ;
}

static void
replace (FyFlow *self, int frame, int class, const float *label)
{
  FyPlane *plane = &label_of (self, frame, class)->plane;
  gsize size = (gsize) self->cells * sizeof (float);
  FyBlocks filled = { { 0 } }, changed;

  if (label != NULL)
    filled = fy_blocks_filled (label, self->cells);
  changed = compare (plane, label, filled, self->cells);
  if (!fy_blocks_any (filled))
    g_clear_pointer (&plane->label, g_free);
  else if (plane->label == NULL)
    plane->label = g_memdup2 (label, size);
  else
    memcpy (plane->label, label, size);
  plane->filled = filled;
  mark_readers (self, frame, class, changed);
}

static void
make_hand (FyFlow *self, Frame *frame)
{
  frame->hand = frame->known = TRUE;
  start_at_readers (self, frame);
}

void
fy_flow_set_plane (FyFlow *self, int number, int class, const float *label)
{
  Frame *frame = find_frame (self, number);

  g_return_if_fail (frame != NULL && class >= 0 && class < (int) self->classes->len);
  for (int c = 0; !frame->hand && c < (int) self->classes->len; c++)
    if (c != class)
      replace (self, number, c, NULL);
  replace (self, number, class, label);
  make_hand (self, frame);
}

void
fy_flow_set_soft (FyFlow *self, int number, const float *soft)
{
  Frame *frame = find_frame (self, number);

  g_return_if_fail (frame != NULL);
  for (int c = 0; c < (int) self->classes->len; c++)
    replace (self, number, c, soft + (gsize) c * (gsize) self->cells);
  make_hand (self, frame);
}

void
fy_flow_freeze (FyFlow *self, int number)
{
  Frame *frame = find_frame (self, number);

  g_return_if_fail (frame != NULL && frame->known);
  stop_reading (self, number);
  make_hand (self, frame);
}

void
fy_flow_clear_hand (FyFlow *self, int number)
{
  Frame *frame = find_frame (self, number);

  g_return_if_fail (frame != NULL);
  if (!frame->hand)
    return;
  frame->hand = frame->known = FALSE;
  start_at_readers (self, frame);
  mark_whole (self, number);
}

/* --- Update --- */

static gboolean
can_be_known (FyFlow *self, const Frame *frame)
{
  if (frame->hand || frame->votes == NULL)
    return frame->hand;
  for (int slot = 0; slot < frame->votes->n_sources; slot++)
    {
      const Frame *source = find_frame (self, frame->votes->source[slot]);

      if (source == NULL || !(source->hand || (source->known && source->rank < frame->rank)))
        return FALSE;
    }
  return TRUE;
}

/* Computes what is stale of a carried frame. */
static void
carry_frame (FyFlow *self, int number, FyFlowFunc func, gpointer user_data, FyFlowStats *stats)
{
  Frame *frame = find_frame (self, number);
  gsize n_sources = (gsize) frame->votes->n_sources, n = 0;
  g_autofree FyCarried *class = g_new0 (FyCarried, (gsize) self->classes->len);
  g_autofree int *which = g_new (int, (gsize) self->classes->len);
  g_autofree const FyPlane **source =
      g_new (const FyPlane *, (gsize) self->classes->len *n_sources + 1);
  gint64 planes = stats->planes;

  for (int c = 0; c < (int) self->classes->len; c++)
    {
      Label *label = label_of (self, number, c);
      const FyPlane **from = source + n * n_sources;

      if (!fy_blocks_any (label->stale))
        continue;
      for (gsize slot = 0; slot < n_sources; slot++)
        from[slot] = &label_of (self, frame->votes->source[slot], c)->plane;
      class[n] = (FyCarried){ from, label->stale, &label->plane };
      which[n++] = c;
      label->stale = (FyBlocks){ { 0 } };
    }
  frame->stale = FALSE;
  fy_carry_classes (frame->votes, class, (int) n);
  for (gsize i = 0; i < n; i++)
    {
      stats->planes += class[i].n_cells > 0;
      stats->cells += class[i].n_cells;
      mark_readers (self, number, which[i], class[i].changed);
      if (func != NULL && fy_blocks_any (class[i].changed))
        func (number, which[i], user_data);
    }
  stats->frames += stats->planes > planes;
}

static void
update_frame (FyFlow *self, int number, FyFlowFunc func, gpointer user_data, FyFlowStats *stats)
{
  Frame *frame = find_frame (self, number);
  gboolean known = can_be_known (self, frame), flipped = known != frame->known;

  frame->known = known;
  if (known && !frame->hand && frame->stale)
    carry_frame (self, number, func, user_data, stats);
  if (flipped && func != NULL)
    func (number, FY_FLOW_ALL_CLASSES, user_data);
}

gboolean
fy_flow_update (FyFlow *self,
                FyFlowFunc func,
                gpointer user_data,
                FyFlowStats *stats,
                GCancellable *cancellable,
                GError **error)
{
  FyFlowStats unused;

  if (stats == NULL)
    stats = &unused;
  *stats = (FyFlowStats){ 0 };
  for (; self->start < self->n_frames; self->start++)
    {
      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;
      update_frame (self, self->order[self->start], func, user_data, stats);
    }
  return TRUE;
}

/* --- Labels --- */

gboolean
fy_flow_is_hand (FyFlow *self, int frame)
{
  return find_frame (self, frame)->hand;
}

gboolean
fy_flow_is_known (FyFlow *self, int frame)
{
  return find_frame (self, frame)->known;
}

const float *
fy_flow_peek (FyFlow *self, int frame, int class)
{
  return label_of (self, frame, class)->plane.label;
}

void
fy_flow_get_soft (FyFlow *self, int frame, float *soft)
{
  gsize cells = (gsize) self->cells;

  for (guint c = 0; c < self->classes->len; c++)
    {
      const float *label = fy_flow_peek (self, frame, (int) c);

      if (label != NULL)
        memcpy (soft + c * cells, label, cells * sizeof (float));
      else
        memset (soft + c * cells, 0, cells * sizeof (float));
    }
}
