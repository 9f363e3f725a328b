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
  int rank;         /* in carrying order; -1 = not in the flow */
  int n_hand;       /* classes that are set by hand                                    */
  gboolean known;   /* as the last update left it                                      */
  gboolean carried; /* so were the planes that are not set by hand; else they are zero */
  gboolean stale;   /* a plane may be                                                  */
  FyVotes *votes;
  GArray *readers;
} Frame;

typedef struct
{
  FyPlane plane;
  gboolean hand;
  FyBlocks stale; /* what an update has to compute, unless it is set by hand */
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

/* Whether background is what the other classes leave. */
static gboolean
has_rest (FyFlow *self, int number)
{
  return find_frame (self, number)->n_hand > 0 && !label_of (self, number, 0)->hand;
}

static gboolean
follows_votes (FyFlow *self, int number, int class)
{
  return !label_of (self, number, class)->hand && !(class == 0 && has_rest (self, number));
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

      if (!follows_votes (self, reader.frame, class))
        continue;
      if (fy_blocks_any (fy_blocks_less (all, *stale)))
        *stale = fy_blocks_or (*stale, fy_votes_seeing (other->votes, reader.slot, changed));
      other->stale = TRUE;
    }
}

static void
mark_plane (FyFlow *self, int number, int class, FyBlocks blocks)
{
  Frame *frame = find_frame (self, number);
  FyBlocks *stale = &label_of (self, number, class)->stale;

  *stale = fy_blocks_or (*stale, blocks);
  frame->stale = TRUE;
  start_at (self, frame);
}

static void
mark_whole (FyFlow *self, int number)
{
  start_at (self, find_frame (self, number));
  for (guint c = 0; c < self->classes->len; c++)
    mark_plane (self, number, (int) c, fy_blocks_all (self->cells));
}

/* What the frame is, not only what is in it, may have changed for those that read it. */
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
  for (int rank = 0; rank < self->n_frames; rank++)
    {
      Frame *frame = find_frame (self, self->order[rank]);

      if (frame->n_hand == 0)
        continue;
      if (class == 0)
        mark_whole (self, self->order[rank]);
      start_at_readers (self, frame);
    }
}

void
fy_flow_remove_class (FyFlow *self, int class)
{
  Label *labels;

  g_return_if_fail (class >= 0 && class < (int) self->classes->len);
  labels = g_ptr_array_remove_index (self->classes, (guint) class);
  for (int rank = 0; rank < self->n_frames; rank++)
    {
      int number = self->order[rank];
      Frame *frame = find_frame (self, number);

      if (frame->n_hand == 0)
        continue;
      frame->n_hand -= labels[number - self->first].hand;
      mark_whole (self, number);
      start_at_readers (self, frame);
    }
  free_class (self, labels);
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

/* Gives a plane new labels.  label: nullable.  Returns: the blocks that changed. */
static FyBlocks
put (FyPlane *plane, const float *label, int cells)
{
  gsize size = (gsize) cells * sizeof (float);
  FyBlocks filled = { { 0 } }, changed;

  if (label != NULL)
    filled = fy_blocks_filled (label, cells);
  changed = compare (plane, label, filled, cells);
  if (!fy_blocks_any (filled))
    g_clear_pointer (&plane->label, g_free);
  else if (plane->label == NULL)
    plane->label = g_memdup2 (label, size);
  else
    memcpy (plane->label, label, size);
  plane->filled = filled;
  return changed;
}

/* Turns a class over to the annotator or back. */
static void
make_hand (FyFlow *self, int number, int class, gboolean hand)
{
  Frame *frame = find_frame (self, number);
  Label *label = label_of (self, number, class);

  if (label->hand == hand)
    return;
  label->hand = hand;
  frame->n_hand += hand ? 1 : -1;
  mark_plane (self, number, class, fy_blocks_all (self->cells));
  mark_plane (self, number, 0, fy_blocks_all (self->cells));
  start_at_readers (self, frame);
}

void
fy_flow_set_plane (FyFlow *self, int frame, int class, const float *label)
{
  FyBlocks changed;

  g_return_if_fail (find_frame (self, frame) != NULL);
  g_return_if_fail (class >= 0 && class < (int) self->classes->len);
  make_hand (self, frame, class, TRUE);
  changed = put (&label_of (self, frame, class)->plane, label, self->cells);
  mark_readers (self, frame, class, changed);
  if (has_rest (self, frame))
    mark_plane (self, frame, 0, changed);
  start_at_readers (self, find_frame (self, frame));
}

void
fy_flow_set_soft (FyFlow *self, int frame, const float *soft)
{
  for (int c = 0; c < (int) self->classes->len; c++)
    fy_flow_set_plane (self, frame, c, soft + (gsize) c * (gsize) self->cells);
}

void
fy_flow_clear_plane (FyFlow *self, int frame, int class)
{
  g_return_if_fail (find_frame (self, frame) != NULL);
  g_return_if_fail (class >= 0 && class < (int) self->classes->len);
  make_hand (self, frame, class, FALSE);
}

void
fy_flow_clear_hand (FyFlow *self, int frame)
{
  for (int c = 0; c < (int) self->classes->len; c++)
    fy_flow_clear_plane (self, frame, c);
}

void
fy_flow_freeze (FyFlow *self, int number)
{
  Frame *frame = find_frame (self, number);

  g_return_if_fail (frame != NULL && frame->known);
  stop_reading (self, number);
  for (int c = 0; c < (int) self->classes->len; c++)
    make_hand (self, number, c, TRUE);
}

gboolean
fy_flow_is_hand (FyFlow *self, int frame, int class)
{
  return label_of (self, frame, class)->hand;
}

/* --- Update --- */

static gboolean
is_all_hand (FyFlow *self, const Frame *frame)
{
  return frame->n_hand > 0 && frame->n_hand == (int) self->classes->len;
}

static gboolean
can_be_carried (FyFlow *self, const Frame *frame)
{
  if (frame->votes == NULL)
    return FALSE;
  for (int slot = 0; slot < frame->votes->n_sources; slot++)
    {
      const Frame *source = find_frame (self, frame->votes->source[slot]);

      if (source == NULL ||
          !((source->known && source->rank < frame->rank) || is_all_hand (self, source)))
        return FALSE;
    }
  return TRUE;
}

/* What an update tells, and whom. */
typedef struct
{
  FyFlowFunc func; /* nullable */
  gpointer user_data;
  FyFlowStats *stats;
} Told;

static void
tell (FyFlow *self, int number, int class, FyBlocks changed, int n_cells, const Told *told)
{
  told->stats->planes += n_cells > 0;
  told->stats->cells += n_cells;
  mark_readers (self, number, class, changed);
  if (class != 0 && has_rest (self, number))
    mark_plane (self, number, 0, changed);
  if (told->func != NULL && fy_blocks_any (changed))
    told->func (number, class, told->user_data);
}

/* Computes what is stale of the planes that follow the votes. */
static void
carry_frame (FyFlow *self, int number, const FyVotes *votes, const Told *told)
{
  gsize n_sources = (gsize) votes->n_sources, n = 0;
  g_autofree FyCarried *class = g_new0 (FyCarried, (gsize) self->classes->len);
  g_autofree int *which = g_new (int, (gsize) self->classes->len);
  g_autofree const FyPlane **source =
      g_new (const FyPlane *, (gsize) self->classes->len *n_sources + 1);

  for (int c = 0; c < (int) self->classes->len; c++)
    {
      Label *label = label_of (self, number, c);
      const FyPlane **from = source + n * n_sources;

      if (!follows_votes (self, number, c) || !fy_blocks_any (label->stale))
        continue;
      for (gsize slot = 0; slot < n_sources; slot++)
        from[slot] = &label_of (self, votes->source[slot], c)->plane;
      class[n] = (FyCarried){ from, label->stale, &label->plane };
      which[n++] = c;
      label->stale = (FyBlocks){ { 0 } };
    }
  fy_carry_classes (votes, class, (int) n);
  for (gsize i = 0; i < n; i++)
    tell (self, number, which[i], class[i].changed, class[i].n_cells, told);
}

/* What the other classes leave of a block; rest: [n] out. */
static void
sum_rest (FyFlow *self, int number, int block, int n, float *rest)
{
  int begin = block * fy_block_cells (self->cells);

  memset (rest, 0, (gsize) n * sizeof (float));
  for (guint c = 1; c < self->classes->len; c++)
    {
      const FyPlane *plane = &label_of (self, number, (int) c)->plane;

      for (int i = 0; i < n && fy_blocks_has (plane->filled, block); i++)
        rest[i] += plane->label[begin + i];
    }
  for (int i = 0; i < n; i++)
    rest[i] = MAX (0.0f, 1.0f - rest[i]);
}

static void
leave_rest (FyFlow *self, int number, const Told *told)
{
  Label *label = label_of (self, number, 0);
  int each = fy_block_cells (self->cells), n_cells = 0;
  FyBlocks stale = label->stale, changed = { { 0 } };
  g_autofree float *rest = g_new0 (float, (gsize) self->cells);

  if (!fy_blocks_any (stale))
    return;
  if (label->plane.label != NULL)
    memcpy (rest, label->plane.label, (gsize) self->cells * sizeof (float));
  for (int block = 0; block < fy_n_blocks (self->cells); block++)
    if (fy_blocks_has (stale, block))
      {
        int n = MIN (each, self->cells - block * each);

        sum_rest (self, number, block, n, rest + block * each);
        n_cells += n;
      }
  label->stale = (FyBlocks){ { 0 } };
  changed = put (&label->plane, rest, self->cells);
  tell (self, number, 0, changed, n_cells, told);
}

static void
update_frame (FyFlow *self, int number, const Told *told)
{
  Frame *frame = find_frame (self, number);
  FyVotes none = { .frame = number, .cells = self->cells, .k = 1 };
  gboolean carried = can_be_carried (self, frame), known = carried || frame->n_hand > 0;
  gboolean flipped = known != frame->known;
  gint64 planes = told->stats->planes;

  frame->known = known;
  if (known && carried != frame->carried)
    {
      frame->carried = carried;
      mark_whole (self, number);
    }
  if (known && frame->stale)
    {
      carry_frame (self, number, carried ? frame->votes : &none, told);
      if (has_rest (self, number))
        leave_rest (self, number, told);
      frame->stale = FALSE;
    }
  told->stats->frames += told->stats->planes > planes;
  if (flipped && told->func != NULL)
    told->func (number, FY_FLOW_ALL_CLASSES, told->user_data);
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
  Told told = { func, user_data, stats != NULL ? stats : &unused };

  *told.stats = (FyFlowStats){ 0 };
  for (; self->start < self->n_frames; self->start++)
    {
      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;
      update_frame (self, self->order[self->start], &told);
    }
  return TRUE;
}

/* --- Labels --- */

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
