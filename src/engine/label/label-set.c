/* SPDX-License-Identifier: MIT */
#include "base/text.h"
#include "label/edit.h"
#include "label/label-set-internal.h"

/* Microseconds of deferred work in one go; then others have their turn. */
#define WORK_AT_MOST 4000
/* In a set of this many frames nothing is deferred. */
#define FEW_FRAMES 64

G_DEFINE_FINAL_TYPE (FyLabelSet, fy_label_set, G_TYPE_OBJECT)

enum
{
  FRAME_CHANGED,
  OBJECTS_CHANGED,
  HISTORY_CHANGED,
  SETTLED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

typedef struct
{
  GPtrArray *before;
  GPtrArray *after;
} ObjectsChange;

void
fy_label_set_store (FyLabelSet *self, int frame, FyFrameLabels *labels)
{
  FyFrameLabels *old = self->frame[frame];

  self->frame[frame] = fy_frame_labels_is_empty (labels) ? NULL : fy_frame_labels_ref (labels);
  fy_frame_labels_unref (old);
}

void
fy_label_set_tell (FyLabelSet *self, int frame)
{
  g_signal_emit (self, signals[FRAME_CHANGED], 0, frame);
}

static void
put_frame (FyLabelSet *self, int frame, FyFrameLabels *labels)
{
  fy_label_set_store (self, frame, labels);
  fy_label_set_tell (self, frame);
}

/* --- Deferred changes --- */

FyFrameLabels *
fy_label_set_now (FyLabelSet *self, int frame)
{
  fy_deferred_settle (self->deferred, frame);
  return self->frame[frame];
}

static gboolean
work (gpointer data)
{
  g_autoptr (FyLabelSet) self = g_object_ref (data);

  if (fy_deferred_work (self->deferred, self->near, WORK_AT_MOST))
    return G_SOURCE_CONTINUE;
  self->working = 0;
  g_signal_emit (self, signals[SETTLED], 0);
  return G_SOURCE_REMOVE;
}

void
fy_label_set_settle (FyLabelSet *self)
{
  while (fy_deferred_work (self->deferred, self->near, G_USEC_PER_SEC))
    ;
}

gboolean
fy_label_set_is_settling (FyLabelSet *self)
{
  return !fy_deferred_is_empty (self->deferred);
}

void
fy_label_set_look_at (FyLabelSet *self, int frame)
{
  self->near = frame;
}

void
fy_label_set_defer (FyLabelSet *self, gpointer step, int first, int last)
{
  fy_deferred_add (self->deferred, step, first, last);
  if (self->n_frames <= FEW_FRAMES)
    fy_label_set_settle (self);
  else if (self->working == 0)
    self->working = g_idle_add (work, self);
}

/* --- Reviews.  They end when an object looks other than what a person looked at, and hold again when it
 * looks like that again, as after a stroke that is undone --- */

static gint64
review_key (int frame, guint16 id)
{
  return (gint64) frame << 16 | id;
}

void
fy_label_set_forget_reviews (FyLabelSet *self, int frame, const GArray *ids)
{
  for (guint i = 0; i < ids->len; i++)
    {
      gint64 key = review_key (frame, g_array_index (ids, guint16, i));

      g_hash_table_remove (self->looked_at, &key);
    }
}

static gboolean
looks_like (const FyFrameLabels *a, const FyFrameLabels *b, guint16 id)
{
  g_auto (FyLabelsDifference) difference = { 0 };

  fy_labels_difference_init (&difference, a, b);
  return !fy_ids_has (difference.pixels, id) && !fy_ids_has (difference.points, id);
}

/* Sets right what is reviewed in carried labels, which nobody else has yet. */
static void
carry_reviews (FyLabelSet *self, int frame, FyFrameLabels *labels)
{
  for (int i = 0; i < labels->n_states; i++)
    {
      FyState *state = &labels->state[i];
      gboolean was = fy_frame_labels_state (fy_label_set_now (self, frame), state->object).reviewed;
      gint64 key = review_key (frame, state->object);
      FyFrameLabels *seen;

      if (was && !state->reviewed)
        g_hash_table_replace (self->looked_at, g_memdup2 (&key, sizeof key),
                              fy_frame_labels_ref (fy_label_set_now (self, frame)));
      else if (!state->reviewed && state->provenance == FY_PROVENANCE_CARRIED &&
               (seen = g_hash_table_lookup (self->looked_at, &key)) != NULL)
        state->reviewed = looks_like (seen, labels, state->object);
    }
}

/* --- Changes of the objects --- */

gboolean
fy_label_set_drop (FyLabelSet *self, int frame, GArray *ids)
{
  gboolean has = FALSE;
  g_autoptr (FyFrameLabels) labels = NULL;

  for (guint i = 0; i < ids->len && !has; i++)
    has = fy_frame_labels_has_object (self->frame[frame], g_array_index (ids, guint16, i));
  if (!has)
    return FALSE;
  labels = fy_frame_labels_without_objects (self->frame[frame], ids);
  fy_label_set_store (self, frame, labels);
  return TRUE;
}

static int
compare_ids (gconstpointer a, gconstpointer b)
{
  return (int) *(const guint16 *) a - (int) *(const guint16 *) b;
}

static void
put_objects (FyLabelSet *self, GPtrArray *objects)
{
  g_autoptr (GPtrArray) old = self->objects;
  g_autoptr (GArray) gone = g_array_new (FALSE, FALSE, sizeof (guint16));

  self->objects = g_ptr_array_ref (objects);
  for (guint i = 0; i < old->len; i++)
    {
      guint16 id = ((FyObject *) g_ptr_array_index (old, i))->id;

      if (fy_objects_index (objects, id) < 0)
        g_array_append_val (gone, id);
    }
  g_array_sort (gone, compare_ids);
  /* What was carried of an object goes with it: nothing that a hand made can be left of it. */
  fy_label_set_drop_objects (self, gone);
  g_signal_emit (self, signals[OBJECTS_CHANGED], 0);
}

static void
objects_change_apply (gpointer data, gboolean undo, gpointer owner)
{
  ObjectsChange *change = data;

  put_objects (owner, undo ? change->before : change->after);
}

static gsize
objects_change_bytes (gpointer data)
{
  ObjectsChange *change = data;

  return sizeof *change + (change->before->len + change->after->len) * sizeof (gpointer) +
         sizeof (FyObject);
}

static void
objects_change_free (gpointer data)
{
  ObjectsChange *change = data;

  g_ptr_array_unref (change->before);
  g_ptr_array_unref (change->after);
  g_free (change);
}

static const FyChangeClass OBJECTS_CHANGE = { objects_change_apply, objects_change_bytes,
                                              objects_change_free };

static gpointer
ref_object (gconstpointer object, gpointer unused)
{
  return fy_object_ref ((FyObject *) object);
}

static GPtrArray *
copy_objects (FyLabelSet *self)
{
  return g_ptr_array_copy (self->objects, ref_object, NULL);
}

static void
change_objects (FyLabelSet *self, GPtrArray *objects)
{
  ObjectsChange *change = g_new0 (ObjectsChange, 1);

  change->before = g_ptr_array_ref (self->objects);
  change->after = g_ptr_array_ref (objects);
  fy_history_take (self->history, &OBJECTS_CHANGE, change);
  put_objects (self, objects);
}

/* --- Life --- */

static void
fy_label_set_finalize (GObject *object)
{
  FyLabelSet *self = FY_LABEL_SET (object);

  g_clear_handle_id (&self->working, g_source_remove);
  fy_deferred_free (self->deferred);
  fy_history_free (self->history);
  g_ptr_array_unref (self->objects);
  g_hash_table_unref (self->looked_at);
  for (int i = 0; i < self->n_frames; i++)
    fy_frame_labels_unref (self->frame[i]);
  g_free (self->frame);
  G_OBJECT_CLASS (fy_label_set_parent_class)->finalize (object);
}

static void
fy_label_set_class_init (FyLabelSetClass *klass)
{
  GType type = G_TYPE_FROM_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = fy_label_set_finalize;
  signals[FRAME_CHANGED] = g_signal_new ("frame-changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                         NULL, G_TYPE_NONE, 1, G_TYPE_INT);
  signals[OBJECTS_CHANGED] = g_signal_new ("objects-changed", type, G_SIGNAL_RUN_LAST, 0, NULL,
                                           NULL, NULL, G_TYPE_NONE, 0);
  signals[HISTORY_CHANGED] = g_signal_new ("history-changed", type, G_SIGNAL_RUN_LAST, 0, NULL,
                                           NULL, NULL, G_TYPE_NONE, 0);
  signals[SETTLED] =
      g_signal_new ("settled", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
fy_label_set_init (FyLabelSet *self)
{
  self->history = fy_history_new (0, self);
  self->objects = g_ptr_array_new_with_free_func ((GDestroyNotify) fy_object_unref);
  self->looked_at = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free,
                                           (GDestroyNotify) fy_frame_labels_unref);
}

FyLabelSet *
fy_label_set_new (int width, int height, int n_frames)
{
  FyLabelSet *self = g_object_new (FY_TYPE_LABEL_SET, NULL);

  self->width = width;
  self->height = height;
  self->n_frames = n_frames;
  self->frame = g_new0 (FyFrameLabels *, MAX (n_frames, 1));
  self->deferred = fy_deferred_new (&fy_label_set_deferred_class, n_frames, self);
  return self;
}

int
fy_label_set_width (FyLabelSet *self)
{
  return self->width;
}

int
fy_label_set_height (FyLabelSet *self)
{
  return self->height;
}

int
fy_label_set_n_frames (FyLabelSet *self)
{
  return self->n_frames;
}

/* --- History --- */

FyHistory *
fy_label_set_history (FyLabelSet *self)
{
  return self->history;
}

static void
tell_history (FyLabelSet *self)
{
  g_signal_emit (self, signals[HISTORY_CHANGED], 0);
}

void
fy_label_set_begin (FyLabelSet *self, const char *name, int frame)
{
  fy_history_begin (self->history, name, frame);
}

void
fy_label_set_end (FyLabelSet *self)
{
  guint before = fy_history_serial (self->history);

  fy_history_end (self->history);
  if (fy_history_serial (self->history) != before)
    tell_history (self);
}

void
fy_label_set_abandon (FyLabelSet *self)
{
  fy_history_abandon (self->history);
}

gboolean
fy_label_set_undo (FyLabelSet *self)
{
  gboolean done = fy_history_undo (self->history);

  if (done)
    tell_history (self);
  return done;
}

gboolean
fy_label_set_redo (FyLabelSet *self)
{
  gboolean done = fy_history_redo (self->history);

  if (done)
    tell_history (self);
  return done;
}

void
fy_label_set_go (FyLabelSet *self, int position)
{
  int before = fy_history_position (self->history);

  fy_history_go (self->history, position);
  if (fy_history_position (self->history) != before)
    tell_history (self);
}

/* --- Objects --- */

int
fy_label_set_n_objects (FyLabelSet *self)
{
  return (int) self->objects->len;
}

FyObject *
fy_label_set_object (FyLabelSet *self, int index)
{
  return g_ptr_array_index (self->objects, index);
}

FyObject *const *
fy_label_set_objects (FyLabelSet *self, int *n)
{
  *n = (int) self->objects->len;
  return (FyObject *const *) self->objects->pdata;
}

FyObject *
fy_label_set_find (FyLabelSet *self, guint16 id)
{
  int index = fy_label_set_index (self, id);

  return index >= 0 ? fy_label_set_object (self, index) : NULL;
}

int
fy_label_set_index (FyLabelSet *self, guint16 id)
{
  return fy_objects_index (self->objects, id);
}

GArray *
fy_label_set_ids (FyLabelSet *self, FyObjectKind kind)
{
  GArray *ids = g_array_new (FALSE, FALSE, sizeof (guint16));

  for (int i = 0; i < fy_label_set_n_objects (self); i++)
    if (fy_label_set_object (self, i)->kind == kind)
      g_array_append_val (ids, fy_label_set_object (self, i)->id);
  g_array_sort (ids, compare_ids);
  return ids;
}

guint16
fy_label_set_next_id (FyLabelSet *self)
{
  if (self->highest_id + 1 < FY_ID_VOID)
    return self->highest_id + 1;
  for (guint id = 1; id < FY_ID_VOID; id++)
    if (fy_objects_index (self->objects, (guint16) id) < 0)
      return (guint16) id;
  return 0;
}

/* The objects with one more, or one replaced. */
static GPtrArray *
with_object (FyLabelSet *self, FyObject *object)
{
  GPtrArray *objects = copy_objects (self);
  int index = fy_objects_index (objects, object->id);

  if (index >= 0)
    {
      fy_object_unref (g_ptr_array_index (objects, index));
      g_ptr_array_index (objects, index) = fy_object_ref (object);
    }
  else
    {
      g_ptr_array_add (objects, fy_object_ref (object));
    }
  self->highest_id = MAX (self->highest_id, object->id);
  return objects;
}

void
fy_label_set_set_object (FyLabelSet *self, FyObject *object)
{
  FyObject *old = fy_label_set_find (self, object->id);
  g_autoptr (GPtrArray) objects = NULL;

  g_return_if_fail (object->id != FY_ID_BACKGROUND && object->id != FY_ID_VOID);
  if (old != NULL && fy_object_equal (old, object))
    return;
  objects = with_object (self, object);
  fy_label_set_begin (self, old != NULL ? _ ("Change object") : _ ("Add object"), -1);
  change_objects (self, objects);
  fy_label_set_end (self);
}

void
fy_label_set_add_objects (FyLabelSet *self, FyObject *const *object, int n)
{
  g_autoptr (GPtrArray) objects = copy_objects (self);

  for (int i = 0; i < n; i++)
    if (fy_objects_index (objects, object[i]->id) < 0)
      {
        g_ptr_array_add (objects, fy_object_ref (object[i]));
        self->highest_id = MAX (self->highest_id, object[i]->id);
      }
  if (objects->len == self->objects->len)
    return;
  fy_label_set_begin (self, _ ("Add objects"), -1);
  change_objects (self, objects);
  fy_label_set_end (self);
}

void
fy_label_set_move_object (FyLabelSet *self, guint16 id, int index)
{
  int at = fy_label_set_index (self, id);
  int to = CLAMP (index, 0, fy_label_set_n_objects (self) - 1);
  g_autoptr (GPtrArray) objects = NULL;

  if (at < 0 || at == to)
    return;
  objects = copy_objects (self);
  g_ptr_array_insert (objects, to, g_ptr_array_steal_index (objects, (guint) at));
  fy_label_set_begin (self, _ ("Move object"), -1);
  change_objects (self, objects);
  fy_label_set_end (self);
}

void
fy_label_set_remove_object (FyLabelSet *self, guint16 id)
{
  int at = fy_label_set_index (self, id);
  FySpan span = { .last = self->n_frames - 1, .id = id, .verb = FY_SPAN_REMOVE };
  g_autoptr (GPtrArray) objects = NULL;

  if (at < 0)
    return;
  fy_label_set_begin (self, _ ("Remove object"), -1);
  fy_label_set_change_span (self, &span);
  objects = copy_objects (self);
  g_ptr_array_remove_index (objects, (guint) at);
  change_objects (self, objects);
  fy_label_set_end (self);
}

void
fy_label_set_merge_objects (FyLabelSet *self, guint16 id, guint16 into)
{
  FyObject *to = fy_label_set_find (self, into);

  if (id == into || to == NULL || fy_label_set_find (self, id) == NULL)
    return;
  fy_label_set_begin (self, _ ("Merge objects"), -1);
  fy_label_set_change_span (self, &(FySpan){ .last = self->n_frames - 1,
                                             .id = id,
                                             .verb = FY_SPAN_MERGE,
                                             .into = into,
                                             .n_joints = to->skeleton.n_joints });
  fy_label_set_remove_object (self, id);
  fy_label_set_end (self);
}

/* --- Frames --- */

static gboolean
is_frame (FyLabelSet *self, int frame)
{
  return frame >= 0 && frame < self->n_frames;
}

/* Whether a map, which may be NULL, has the clip's size. */
static gboolean
fits (FyLabelSet *self, const FyRunMap *map)
{
  return map == NULL ||
         (fy_run_map_width (map) == self->width && fy_run_map_height (map) == self->height);
}

FyFrameLabels *
fy_label_set_peek (FyLabelSet *self, int frame)
{
  g_return_val_if_fail (is_frame (self, frame), NULL);
  return fy_label_set_now (self, frame);
}

void
fy_label_set_set_frame (FyLabelSet *self, int frame, FyFrameLabels *labels)
{
  g_return_if_fail (is_frame (self, frame) && fits (self, labels != NULL ? labels->map : NULL));
  fy_label_set_begin (self, _ ("Change labels"), frame);
  fy_label_set_change_frame (self, frame, labels);
  fy_label_set_end (self);
}

void
fy_label_set_paint (FyLabelSet *self, int frame, FyRunMap *map)
{
  g_autoptr (FyFrameLabels) labels = NULL;

  g_return_if_fail (is_frame (self, frame) && fits (self, map));
  labels = fy_edit_paint (fy_label_set_now (self, frame), map);
  fy_label_set_begin (self, _ ("Paint"), frame);
  fy_label_set_change_frame (self, frame, labels);
  fy_label_set_end (self);
}

void
fy_label_set_declare (FyLabelSet *self, guint16 id, int first, int last, FyProvenance provenance)
{
  g_return_if_fail (provenance == FY_PROVENANCE_ABSENT || provenance == FY_PROVENANCE_OCCLUDED ||
                    provenance == FY_PROVENANCE_NONE);
  g_return_if_fail (fy_label_set_index (self, id) >= 0);
  fy_label_set_begin (self, _ ("Declare"), first);
  fy_label_set_change_span (self, &(FySpan){ .first = MAX (first, 0),
                                             .last = MIN (last, self->n_frames - 1),
                                             .id = id,
                                             .verb = FY_SPAN_DECLARE,
                                             .provenance = provenance });
  fy_label_set_end (self);
}

void
fy_label_set_set_reviewed (FyLabelSet *self, guint16 id, int first, int last, gboolean reviewed)
{
  g_return_if_fail (fy_label_set_index (self, id) >= 0);
  fy_label_set_begin (self, _ ("Review"), first);
  fy_label_set_change_span (self, &(FySpan){ .first = MAX (first, 0),
                                             .last = MIN (last, self->n_frames - 1),
                                             .id = id,
                                             .verb = FY_SPAN_REVIEW,
                                             .reviewed = reviewed });
  fy_label_set_end (self);
}

void
fy_label_set_carry (FyLabelSet *self,
                    int frame,
                    const guint16 *carried,
                    const float *trust,
                    int n,
                    FyRunMap *map,
                    const FyPoint *point,
                    int n_points)
{
  FyCarried all = { carried, trust, n, map, point, point != NULL ? n_points : 0 };
  g_autoptr (FyFrameLabels) labels = NULL;

  g_return_if_fail (is_frame (self, frame) && fits (self, map));
  labels = fy_edit_carry (fy_label_set_now (self, frame), self->objects, &all);
  carry_reviews (self, frame, labels);
  if (!fy_frame_labels_equal (fy_label_set_now (self, frame), labels))
    put_frame (self, frame, labels);
}

void
fy_label_set_forget_carried (FyLabelSet *self, int frame, const guint16 *ids, int n)
{
  g_autoptr (FyFrameLabels) labels = NULL;

  g_return_if_fail (is_frame (self, frame));
  for (int i = 0; i < n; i++)
    if (fy_frame_labels_provenance (labels != NULL ? labels : fy_label_set_now (self, frame),
                                    ids[i]) == FY_PROVENANCE_CARRIED)
      {
        FyFrameLabels *before =
            labels != NULL ? labels : fy_frame_labels_ref (fy_label_set_now (self, frame));

        labels = fy_frame_labels_without_object (before, ids[i]);
        fy_frame_labels_unref (before);
      }
  if (labels != NULL)
    put_frame (self, frame, labels);
}

/* --- Files --- */

void
fy_label_set_load_highest_id (FyLabelSet *self, guint16 highest)
{
  self->highest_id = MAX (self->highest_id, highest);
}

void
fy_label_set_load_object (FyLabelSet *self, FyObject *object)
{
  g_autoptr (GPtrArray) objects = with_object (self, object);

  put_objects (self, objects);
}

gboolean
fy_label_set_load_frame (FyLabelSet *self, int frame, FyFrameLabels *labels)
{
  FyFrameLabels *old;

  if (!is_frame (self, frame) || !fits (self, labels != NULL ? labels->map : NULL))
    return FALSE;
  old = self->frame[frame];
  self->frame[frame] = fy_frame_labels_is_empty (labels) ? NULL : fy_frame_labels_ref (labels);
  fy_frame_labels_unref (old);
  return TRUE;
}

GArray *
fy_label_set_hand_frames (FyLabelSet *self, guint16 id)
{
  GArray *frames = g_array_new (FALSE, FALSE, sizeof (int));

  for (int i = 0; i < self->n_frames; i++)
    if (id != 0 ? fy_frame_labels_is_by_hand (fy_label_set_now (self, i), id)
                : fy_frame_labels_has_hand (fy_label_set_now (self, i)))
      g_array_append_val (frames, i);
  return frames;
}
