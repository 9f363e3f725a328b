/* SPDX-License-Identifier: MIT */
/* Changes of frames, one at a time and of a whole span. */
#include "label/edit.h"
#include "label/label-set-internal.h"

/* Spans up to this are changed at once. */
#define AT_ONCE 64

/* --- One frame --- */

/* What changed in a frame. */
typedef struct
{
  int frame;
  FyLabelsDifference difference;
  FyFrameLabels *before; /* of what differs only */
  FyFrameLabels *after;
} FrameChange;

/* What was carried anew since is as trustworthy as it is now. */
static FyFrameLabels *
keep_trust (FyFrameLabels *labels, const FyFrameLabels *now)
{
  for (int i = 0; i < labels->n_states; i++)
    {
      FyState *state = &labels->state[i];
      FyState was = fy_frame_labels_state (now, state->object);

      if (state->provenance == FY_PROVENANCE_CARRIED && was.provenance == FY_PROVENANCE_CARRIED)
        state->trust = was.trust;
    }
  return labels;
}

static void
frame_change_put (FrameChange *change, gboolean undo, FyLabelSet *self)
{
  FyFrameLabels *now = fy_label_set_now (self, change->frame);
  g_autoptr (FyFrameLabels) labels =
      fy_frame_labels_patch (now, undo ? change->before : change->after, &change->difference);

  if (change->difference.pixels->len == 0 && change->difference.points->len == 0)
    keep_trust (labels, now);
  fy_label_set_forget_reviews (self, change->frame, change->difference.states);
  fy_label_set_store (self, change->frame, labels);
}

static void
frame_change_apply (gpointer data, gboolean undo, gpointer owner)
{
  FrameChange *change = data;

  frame_change_put (change, undo, owner);
  fy_label_set_tell (owner, change->frame);
}

static gsize
frame_change_bytes (gpointer data)
{
  FrameChange *change = data;
  const FyLabelsDifference *difference = &change->difference;

  return sizeof *change + 3 * sizeof (GArray) +
         sizeof (guint16) *
             (difference->pixels->len + difference->states->len + difference->points->len) +
         fy_frame_labels_bytes (change->before) + fy_frame_labels_bytes (change->after);
}

static void
frame_change_free (gpointer data)
{
  FrameChange *change = data;

  if (change == NULL)
    return;
  fy_labels_difference_clear (&change->difference);
  fy_frame_labels_unref (change->before);
  fy_frame_labels_unref (change->after);
  g_free (change);
}

static const FyChangeClass FRAME_CHANGE = { frame_change_apply, frame_change_bytes,
                                            frame_change_free };

/* Puts labels in place, telling nobody.  Returns: (transfer full), NULL when they are what is there. */
static FrameChange *
frame_change_make (FyLabelSet *self, int frame, FyFrameLabels *labels)
{
  FyFrameLabels *before = fy_label_set_now (self, frame);
  g_auto (FyLabelsDifference) difference = { 0 };
  FrameChange *change;

  if (before == labels)
    return NULL;
  fy_labels_difference_init (&difference, before, labels);
  if (fy_labels_difference_is_empty (&difference))
    return NULL;
  fy_labels_difference_add_owned (&difference, before, labels);
  change = g_new0 (FrameChange, 1);
  change->frame = frame;
  change->before = fy_frame_labels_patch (NULL, before, &difference);
  change->after = fy_frame_labels_patch (NULL, labels, &difference);
  fy_label_set_forget_reviews (self, frame, difference.states);
  change->difference = difference;
  difference = (FyLabelsDifference){ 0 };
  fy_label_set_store (self, frame, labels);
  return change;
}

void
fy_label_set_change_frame (FyLabelSet *self, int frame, FyFrameLabels *labels)
{
  FrameChange *change = frame_change_make (self, frame, labels);

  if (change == NULL)
    return;
  fy_history_take (self->history, &FRAME_CHANGE, change);
  fy_label_set_tell (self, frame);
}

/* --- A span --- */

/* Of a frame not before the span is made there. */
typedef struct
{
  grefcount refs; /* of the history, and of each step that is deferred */
  FySpan span;
  FrameChange **made; /* [last - first + 1] NULL = not made, or nothing changed */
  gsize bytes;
} SpanChange;

static gpointer
span_change_clear (gpointer data)
{
  SpanChange *self = data;

  for (int i = 0; i <= self->span.last - self->span.first; i++)
    frame_change_free (self->made[i]);
  g_free (self->made);
  g_free (self);
  return NULL;
}

/* It takes milliseconds to free, and labels go anywhere: on a thread. */
static void
span_change_unref (SpanChange *self)
{
  if (g_ref_count_dec (&self->refs))
    g_thread_unref (g_thread_new ("fy-free", span_change_clear, self));
}

typedef struct
{
  enum
  {
    STEP_MAKE,
    STEP_UNDO,
    STEP_REDO,
    STEP_DROP,
  } kind;
  SpanChange *change;
  GArray *ids; /* of STEP_DROP */
} Step;

static void
step_free (gpointer data)
{
  Step *step = data;

  g_clear_pointer (&step->change, span_change_unref);
  g_clear_pointer (&step->ids, g_array_unref);
  g_free (step);
}

/* Returns: (transfer full), as it is where the span's verb does nothing. */
static FyFrameLabels *
edit (FyFrameLabels *labels, const FySpan *span)
{
  FyState state;

  if (span->verb == FY_SPAN_DECLARE)
    return fy_edit_declare (labels, span->id, span->provenance);
  if (span->verb == FY_SPAN_REMOVE)
    return fy_frame_labels_without_object (labels, span->id);
  if (span->verb == FY_SPAN_MERGE)
    return fy_edit_merge (labels, span->id, span->into, span->n_joints);
  state = fy_frame_labels_state (labels, span->id);
  state.reviewed = span->reviewed != FALSE;
  return fy_frame_labels_with_state (labels, &state);
}

static gboolean
make_step (gpointer data, int frame, gpointer owner)
{
  Step *step = data;
  FrameChange **made;

  if (step->kind == STEP_DROP)
    return fy_label_set_drop (owner, frame, step->ids);
  made = &step->change->made[frame - step->change->span.first];
  if (step->kind == STEP_MAKE)
    {
      g_autoptr (FyFrameLabels) labels =
          edit (((FyLabelSet *) owner)->frame[frame], &step->change->span);

      *made = frame_change_make (owner, frame, labels);
    }
  else if (*made != NULL)
    frame_change_put (*made, step->kind == STEP_UNDO, owner);
  return *made != NULL;
}

static void
tell_step (int frame, gpointer owner)
{
  fy_label_set_tell (owner, frame);
}

const FyDeferredClass fy_label_set_deferred_class = { make_step, tell_step, step_free };

static void
span_change_defer (SpanChange *change, int kind, FyLabelSet *self)
{
  Step *step = g_new0 (Step, 1);

  g_ref_count_inc (&change->refs);
  step->kind = kind;
  step->change = change;
  fy_label_set_defer (self, step, change->span.first, change->span.last);
}

static void
span_change_apply (gpointer data, gboolean undo, gpointer owner)
{
  span_change_defer (data, undo ? STEP_UNDO : STEP_REDO, owner);
}

static gsize
span_change_bytes (gpointer data)
{
  return ((SpanChange *) data)->bytes;
}

static void
span_change_free (gpointer data)
{
  span_change_unref (data);
}

static const FyChangeClass SPAN_CHANGE = { span_change_apply, span_change_bytes, span_change_free };

void
fy_label_set_change_span (FyLabelSet *self, const FySpan *span)
{
  int n = span->last - span->first + 1;
  SpanChange *change;

  if (n <= AT_ONCE)
    {
      for (int i = span->first; i <= span->last; i++)
        {
          g_autoptr (FyFrameLabels) labels = edit (fy_label_set_now (self, i), span);

          fy_label_set_change_frame (self, i, labels);
        }
      return;
    }
  change = g_new0 (SpanChange, 1);
  g_ref_count_init (&change->refs);
  change->span = *span;
  change->made = g_new0 (FrameChange *, (gsize) n);
  change->bytes = sizeof *change + (gsize) n * sizeof *change->made;
  for (int i = span->first; i <= span->last; i++) /* about what it will have to keep */
    change->bytes += fy_frame_labels_bytes (self->frame[i]);
  span_change_defer (change, STEP_MAKE, self);
  fy_history_take (self->history, &SPAN_CHANGE, change);
}

void
fy_label_set_drop_objects (FyLabelSet *self, GArray *ids)
{
  Step *step;

  if (ids->len == 0)
    return;
  step = g_new0 (Step, 1);
  step->kind = STEP_DROP;
  step->ids = g_array_ref (ids);
  fy_label_set_defer (self, step, 0, self->n_frames - 1);
}
