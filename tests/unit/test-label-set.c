/* SPDX-License-Identifier: MIT */
/* Labels of a clip: what a hand made is nobody else's, and everything it did can be undone and redone. */
#include "label-box.h"
#include "label/label-set.h"

#include <math.h>
#include <string.h>

#define FRAMES   6
#define MOST_IDS 9

/* --- All of a set, to compare --- */

typedef struct
{
  GPtrArray *objects;
  FyFrameLabels *frame[FRAMES];
} Copy;

static void
copy_init (Copy *copy, FyLabelSet *set)
{
  copy->objects = g_ptr_array_new_with_free_func ((GDestroyNotify) fy_object_unref);
  for (int i = 0; i < fy_label_set_n_objects (set); i++)
    g_ptr_array_add (copy->objects, fy_object_ref (fy_label_set_object (set, i)));
  for (int i = 0; i < FRAMES; i++)
    {
      FyFrameLabels *labels = fy_label_set_peek (set, i);

      copy->frame[i] = labels != NULL ? fy_frame_labels_ref (labels) : NULL;
    }
}

static void
copy_clear (Copy *copy)
{
  g_ptr_array_unref (copy->objects);
  for (int i = 0; i < FRAMES; i++)
    fy_frame_labels_unref (copy->frame[i]);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Copy, copy_clear)

static void
copy_free (gpointer copy)
{
  copy_clear (copy);
  g_free (copy);
}

static void
assert_objects (FyLabelSet *set, const Copy *copy)
{
  g_assert_cmpint (fy_label_set_n_objects (set), ==, (int) copy->objects->len);
  for (guint i = 0; i < copy->objects->len; i++)
    g_assert_true (fy_object_equal (fy_label_set_object (set, (int) i), copy->objects->pdata[i]));
}

static void
assert_same (FyLabelSet *set, const Copy *copy)
{
  assert_objects (set, copy);
  for (int i = 0; i < FRAMES; i++)
    g_assert_true (fy_frame_labels_equal (fy_label_set_peek (set, i), copy->frame[i]));
}

/* A frame without what a propagation may change. */
static FyFrameLabels *
by_hand (const FyFrameLabels *labels)
{
  FyFrameLabels *left = fy_frame_labels_with_map (labels, labels != NULL ? labels->map : NULL);

  for (guint16 id = 1; id <= MOST_IDS; id++)
    {
      FyState state = fy_frame_labels_state (left, id);
      FyFrameLabels *less;

      if (fy_provenance_is_hand ((FyProvenance) state.provenance))
        {
          /* of a skeleton that is a hand's, joints that are not */
          for (guint16 joint = 0; joint < 15; joint++)
            {
              const FyPoint *point = fy_frame_labels_point (left, id, joint);

              if (point == NULL || fy_provenance_is_hand ((FyProvenance) point->provenance))
                continue;
              less = fy_frame_labels_without_point (left, id, joint);
              fy_frame_labels_unref (left);
              left = less;
            }
          continue;
        }
      less = fy_frame_labels_without_object (left, id);
      fy_frame_labels_unref (left);
      left = less;
    }
  return left;
}

static gboolean
same_by_hand (const FyFrameLabels *a, const FyFrameLabels *b)
{
  g_autoptr (FyFrameLabels) hand_a = by_hand (a), hand_b = by_hand (b);

  return fy_frame_labels_equal (hand_a, hand_b);
}

/* --- Random edits --- */

static guint16
some_id (GRand *rand, FyLabelSet *set)
{
  int n = fy_label_set_n_objects (set);

  return n == 0 ? 0 : fy_label_set_object (set, g_rand_int_range (rand, 0, n))->id;
}

static FyRunMap *
random_runs (GRand *rand, FyLabelSet *set, FyRunMap *from)
{
  g_autoptr (FyIdMap) map = fy_id_map_new (WIDTH, HEIGHT);
  int boxes = g_rand_int_range (rand, 1, 4);

  if (from != NULL)
    fy_run_map_expand (from, map);
  for (int i = 0; i < boxes; i++)
    {
      int x0 = g_rand_int_range (rand, 0, WIDTH), y0 = g_rand_int_range (rand, 0, HEIGHT);
      guint16 id = g_rand_int_range (rand, 0, 5) == 0    ? FY_ID_BACKGROUND
                   : g_rand_int_range (rand, 0, 20) == 0 ? FY_ID_VOID
                                                         : some_id (rand, set);

      for (int y = y0; y < MIN (y0 + 7, HEIGHT); y++)
        for (int x = x0; x < MIN (x0 + 9, WIDTH); x++)
          map->id[y * WIDTH + x] = id;
    }
  return fy_run_map_new (map);
}

static void
paint (GRand *rand, FyLabelSet *set, int frame)
{
  FyFrameLabels *labels = fy_label_set_peek (set, frame);
  g_autoptr (FyRunMap) map = random_runs (rand, set, labels != NULL ? labels->map : NULL);

  fy_label_set_paint (set, frame, map);
}

static void
place_joint (GRand *rand, FyLabelSet *set, int frame, guint16 id)
{
  FyPoint point = { id,
                    (guint16) g_rand_int_range (rand, 0, 15),
                    FY_JOINT_PLACED,
                    FY_PROVENANCE_HAND,
                    (float) g_rand_int_range (rand, 0, WIDTH),
                    3 };
  FyState state = { id, FY_PROVENANCE_CORRECTED, FALSE, NAN };
  g_autoptr (FyFrameLabels) placed =
      fy_frame_labels_with_point (fy_label_set_peek (set, frame), &point);
  g_autoptr (FyFrameLabels) labels = fy_frame_labels_with_state (placed, &state);

  fy_label_set_set_frame (set, frame, labels);
}

static void
add_object (GRand *rand, FyLabelSet *set)
{
  guint16 id = fy_label_set_next_id (set);
  g_autoptr (FyObject) object = NULL;

  if (id > MOST_IDS)
    return;
  object = fy_object_new (id, NULL, id % 3 == 0 ? FY_OBJECT_SKELETON : FY_OBJECT_MASK);
  if (id % 3 == 0)
    fy_object_set_skeleton_jhmdb (object);
  fy_label_set_set_object (set, object);
}

static void
rename_object (FyLabelSet *set, guint16 id, int serial)
{
  g_autoptr (FyObject) object = fy_object_copy (fy_label_set_find (set, id));

  g_free (object->name);
  object->name = g_strdup_printf ("name %d", serial);
  fy_label_set_set_object (set, object);
}

/* One thing that a person does, maybe without effect. */
static void
edit (GRand *rand, FyLabelSet *set, int serial)
{
  int frame = g_rand_int_range (rand, 0, FRAMES), last = g_rand_int_range (rand, frame, FRAMES);
  FyProvenance said[] = { FY_PROVENANCE_NONE, FY_PROVENANCE_ABSENT, FY_PROVENANCE_OCCLUDED };
  guint16 id = some_id (rand, set);

  switch (id == 0 ? 0 : g_rand_int_range (rand, 0, 14))
    {
    case 0:
      add_object (rand, set);
      break;
    case 1:
      rename_object (set, id, serial);
      break;
    case 2:
      fy_label_set_move_object (set, id, g_rand_int_range (rand, 0, 5));
      break;
    case 3:
      if (g_rand_int_range (rand, 0, 4) == 0)
        fy_label_set_remove_object (set, id);
      break;
    case 4:
      if (g_rand_int_range (rand, 0, 4) == 0)
        fy_label_set_merge_objects (set, id, some_id (rand, set));
      break;
    case 5:
      fy_label_set_declare (set, id, frame, last, said[g_rand_int_range (rand, 0, 3)]);
      break;
    case 6:
      fy_label_set_set_reviewed (set, id, frame, last, g_rand_boolean (rand));
      break;
    case 7:
      fy_label_set_set_frame (set, frame, NULL);
      break;
    case 8:
      place_joint (rand, set, frame, id);
      break;
    case 9:
      fy_label_set_begin (set, "two", frame);
      paint (rand, set, frame);
      paint (rand, set, last);
      fy_label_set_end (set);
      break;
    default:
      paint (rand, set, frame);
    }
}

/* A propagation brings random pixels and joints of random objects, also of one that is none. */
static void
carry (GRand *rand, FyLabelSet *set)
{
  int frame = g_rand_int_range (rand, 0, FRAMES), n = 0;
  g_autoptr (FyRunMap) map = random_runs (rand, set, NULL);
  g_autoptr (FyFrameLabels) before = NULL;
  guint16 ids[MOST_IDS + 1];
  float trust[MOST_IDS + 1];
  FyPoint points[MOST_IDS * 2];
  int n_points = 0;

  if (fy_label_set_peek (set, frame) != NULL)
    before = fy_frame_labels_ref (fy_label_set_peek (set, frame));
  for (guint16 id = 1; id <= MOST_IDS; id++)
    if (g_rand_boolean (rand))
      {
        ids[n] = id;
        trust[n++] = (float) g_rand_int_range (rand, 0, 100) / 100;
        if (id % 3 == 0)
          points[n_points++] = (FyPoint){
            id, (guint16) g_rand_int_range (rand, 0, 15), FY_JOINT_PLACED, FY_PROVENANCE_CARRIED, 1,
            2
          };
      }
  fy_label_set_carry (set, frame, ids, trust, n, map, points, n_points);
  g_assert_true (same_by_hand (before, fy_label_set_peek (set, frame)));
}

/* --- Undo --- */

static GPtrArray *
states_new (FyLabelSet *set)
{
  GPtrArray *states = g_ptr_array_new_with_free_func (copy_free);
  Copy *copy = g_new (Copy, 1);

  copy_init (copy, set);
  g_ptr_array_add (states, copy);
  return states;
}

/* The set after an edit, in place of what was undone before it. */
static void
states_take (GPtrArray *states, FyLabelSet *set)
{
  Copy *copy = g_new (Copy, 1);

  copy_init (copy, set);
  g_ptr_array_set_size (states, fy_history_position (fy_label_set_history (set)));
  g_ptr_array_add (states, copy);
}

typedef void (*Compare) (FyLabelSet *set, const Copy *copy);

static void
assert_same_by_hand (FyLabelSet *set, const Copy *copy)
{
  assert_objects (set, copy);
  for (int i = 0; i < FRAMES; i++)
    g_assert_true (same_by_hand (fy_label_set_peek (set, i), copy->frame[i]));
}

/* Edits at random, going back now and then; then all the way back, forth, and about. */
static void
edit_and_go (guint32 seed, gboolean with_carry, Compare compare)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (seed);
  g_autoptr (FyLabelSet) set = fy_label_set_new (WIDTH, HEIGHT, FRAMES);
  g_autoptr (GPtrArray) states = states_new (set);
  FyHistory *history = fy_label_set_history (set);

  for (int i = 0; i < 80; i++)
    {
      int before = fy_history_position (history);

      edit (rand, set, i);
      if (fy_history_position (history) > before)
        states_take (states, set);
      compare (set, states->pdata[fy_history_position (history)]);
      if (with_carry)
        carry (rand, set);
      if (g_rand_int_range (rand, 0, 6) == 0)
        fy_label_set_undo (set);
      compare (set, states->pdata[fy_history_position (history)]);
    }
  g_assert_cmpint (fy_history_length (history), ==, (int) states->len - 1);
  g_assert_cmpint (states->len, >, 20);
  while (fy_label_set_undo (set))
    compare (set, states->pdata[fy_history_position (history)]);
  g_assert_cmpint (fy_history_position (history), ==, 0);
  while (fy_label_set_redo (set))
    {
      compare (set, states->pdata[fy_history_position (history)]);
      if (with_carry)
        carry (rand, set);
    }
  g_assert_cmpint (fy_history_position (history), ==, (int) states->len - 1);
  for (int i = 0; i < 20; i++)
    {
      int position = g_rand_int_range (rand, 0, (int) states->len);

      fy_label_set_go (set, position);
      compare (set, states->pdata[position]);
    }
}

static void
test_undo_all (void)
{
  for (guint32 seed = 0; seed < 60; seed++)
    edit_and_go (seed, FALSE, assert_same);
}

static void
test_carry_between (void)
{
  for (guint32 seed = 0; seed < 60; seed++)
    edit_and_go (seed + 1000, TRUE, assert_same_by_hand);
}

/* --- Single rules --- */

static FyLabelSet *
set_with_objects (int n)
{
  FyLabelSet *set = fy_label_set_new (WIDTH, HEIGHT, FRAMES);

  for (int i = 1; i <= n; i++)
    {
      g_autoptr (FyObject) object = fy_object_new ((guint16) i, NULL, FY_OBJECT_MASK);

      fy_label_set_load_object (set, object);
    }
  return set;
}

static void
carry_box (FyLabelSet *set, int frame, guint16 id, float trust, FyRunMap *map)
{
  fy_label_set_carry (set, frame, &id, &trust, 1, map, NULL, 0);
}

static FyProvenance
provenance (FyLabelSet *set, int frame, guint16 id)
{
  return fy_frame_labels_provenance (fy_label_set_peek (set, frame), id);
}

static gint64
area (FyLabelSet *set, int frame, guint16 id)
{
  FyFrameLabels *labels = fy_label_set_peek (set, frame);

  return labels != NULL && labels->map != NULL ? fy_run_map_area (labels->map, id, NULL) : 0;
}

static void
test_forget_carried (void)
{
  g_autoptr (FyLabelSet) set = set_with_objects (2);
  g_autoptr (FyRunMap) one = box (1, 0, 0, 4, 4), two = box (2, 8, 8, 4, 4);
  const guint16 both[] = { 1, 2 };
  int length;

  fy_label_set_paint (set, 0, one);
  carry_box (set, 0, 2, 0.5f, two);
  length = fy_history_length (fy_label_set_history (set));
  fy_label_set_forget_carried (set, 0, both, 2);
  g_assert_cmpint (provenance (set, 0, 1), ==, FY_PROVENANCE_HAND);
  g_assert_cmpint (area (set, 0, 1), ==, 16);
  g_assert_cmpint (provenance (set, 0, 2), ==, FY_PROVENANCE_NONE);
  g_assert_cmpint (area (set, 0, 2), ==, 0);
  fy_label_set_forget_carried (set, 1, both, 2); /* where nothing is */
  g_assert_null (fy_label_set_peek (set, 1));
  g_assert_cmpint (fy_history_length (fy_label_set_history (set)), ==, length);
}

static void
test_provenance (void)
{
  g_autoptr (FyLabelSet) set = set_with_objects (2);
  g_autoptr (FyRunMap) one = box (1, 0, 0, 8, 8), two = box (2, 4, 4, 8, 8),
                       nothing = box (0, 0, 0, 1, 1);

  fy_label_set_paint (set, 0, one);
  g_assert_cmpint (provenance (set, 0, 1), ==, FY_PROVENANCE_HAND);
  carry_box (set, 0, 2, 0.5f, two); /* under what a hand made */
  g_assert_cmpint (provenance (set, 0, 2), ==, FY_PROVENANCE_CARRIED);
  g_assert_cmpint (area (set, 0, 1), ==, 64);
  g_assert_cmpint (area (set, 0, 2), ==, 64 - 16);
  fy_label_set_paint (set, 0, two); /* over both */
  g_assert_cmpint (provenance (set, 0, 1), ==, FY_PROVENANCE_HAND);
  g_assert_cmpint (provenance (set, 0, 2), ==, FY_PROVENANCE_CORRECTED);
  carry_box (set, 0, 2, 0.5f, one);
  g_assert_cmpint (area (set, 0, 2), ==, 64);
  fy_label_set_declare (set, 2, 0, 1, FY_PROVENANCE_ABSENT);
  g_assert_cmpint (area (set, 0, 2), ==, 0);
  g_assert_cmpint (provenance (set, 1, 2), ==, FY_PROVENANCE_ABSENT);
  carry_box (set, 1, 2, 0.5f, two);
  g_assert_cmpint (area (set, 1, 2), ==, 0);
  fy_label_set_paint (set, 1, two); /* there it is after all */
  g_assert_cmpint (provenance (set, 1, 2), ==, FY_PROVENANCE_HAND);
  fy_label_set_paint (set, 1, nothing); /* a hand says that nothing of it is here */
  g_assert_cmpint (provenance (set, 1, 2), ==, FY_PROVENANCE_HAND);
  fy_label_set_declare (set, 2, 0, FRAMES - 1, FY_PROVENANCE_NONE);
  g_assert_cmpint (provenance (set, 1, 2), ==, FY_PROVENANCE_NONE);
  g_assert_null (fy_label_set_peek (set, 1));
  carry_box (set, 1, 2, 0.5f, two);
  g_assert_cmpint (area (set, 1, 2), ==, 64);
}

/* What was carried meanwhile into the same frame stays when an older edit of another object is undone. */
static void
test_undo_keeps_carried (void)
{
  g_autoptr (FyLabelSet) set = set_with_objects (2);
  g_autoptr (FyRunMap) one = box (1, 0, 0, 4, 4), two = box (2, 10, 4, 8, 8);

  fy_label_set_paint (set, 3, one);
  carry_box (set, 3, 2, 0.25f, two);
  g_assert_true (fy_label_set_undo (set));
  g_assert_cmpint (area (set, 3, 1), ==, 0);
  g_assert_cmpint (area (set, 3, 2), ==, 64);
  g_assert_true (fy_label_set_redo (set));
  g_assert_cmpint (area (set, 3, 1), ==, 16);
  g_assert_cmpint (area (set, 3, 2), ==, 64);
}

static gboolean
is_reviewed (FyLabelSet *set, int frame)
{
  return fy_frame_labels_state (fy_label_set_peek (set, frame), 1).reviewed;
}

static void
test_reviews (void)
{
  g_autoptr (FyLabelSet) set = set_with_objects (1);
  g_autoptr (FyRunMap) one = box (1, 0, 0, 4, 4), other = box (1, 0, 0, 5, 4),
                       third = box (1, 0, 0, 5, 5);

  carry_box (set, 2, 1, 0.5f, one);
  fy_label_set_set_reviewed (set, 1, 0, 3, TRUE);
  carry_box (set, 2, 1, 0.75f, one); /* the same again */
  g_assert_true (is_reviewed (set, 2));
  fy_label_set_undo (set);
  g_assert_false (is_reviewed (set, 2));
  g_assert_cmpfloat (fy_frame_labels_state (fy_label_set_peek (set, 2), 1).trust, ==, 0.75f);
  fy_label_set_redo (set);
  carry_box (set, 2, 1, 0.5f, other);
  g_assert_false (is_reviewed (set, 2));
  carry_box (set, 2, 1, 0.5f, third);
  g_assert_false (is_reviewed (set, 2));
  carry_box (set, 2, 1, 0.5f, one); /* as it was, say after an undo */
  g_assert_true (is_reviewed (set, 2));
  carry_box (set, 2, 1, 0.5f, other);
  fy_label_set_set_reviewed (set, 1, 2, 2, TRUE); /* a person says it of this */
  carry_box (set, 2, 1, 0.5f, one);
  g_assert_false (is_reviewed (set, 2));
  carry_box (set, 2, 1, 0.5f, other);
  g_assert_true (is_reviewed (set, 2));
  fy_label_set_set_reviewed (set, 1, 2, 2, FALSE);
  carry_box (set, 2, 1, 0.5f, one);
  carry_box (set, 2, 1, 0.5f, other);
  g_assert_false (is_reviewed (set, 2));
}

/* An id is never given again, and with an object everything of it goes. */
static void
test_objects (void)
{
  g_autoptr (FyLabelSet) set = fy_label_set_new (WIDTH, HEIGHT, FRAMES);
  g_autoptr (FyObject) first = fy_object_new (fy_label_set_next_id (set), NULL, FY_OBJECT_MASK);
  g_autoptr (FyObject) last = fy_object_new (65534, NULL, FY_OBJECT_MASK);
  g_autoptr (FyRunMap) map = box (1, 0, 0, 4, 4);

  fy_label_set_set_object (set, first);
  carry_box (set, 1, 1, 0.5f, map);
  fy_label_set_undo (set);
  g_assert_null (fy_label_set_peek (set, 1));
  carry_box (set, 1, 1, 0.5f, map); /* comes too late */
  g_assert_null (fy_label_set_peek (set, 1));
  g_assert_cmpint (fy_label_set_next_id (set), ==, 2);
  fy_label_set_load_highest_id (set, 300);
  g_assert_cmpint (fy_label_set_next_id (set), ==, 301);
  fy_label_set_set_object (set, last);
  g_assert_cmpint (fy_label_set_next_id (set), ==, 1);
}

static void
count_frame (FyLabelSet *set, int frame, gpointer data)
{
  int *count = data;

  count[frame]++;
}

static void
count_one (FyLabelSet *set, gpointer data)
{
  int *count = data;

  (*count)++;
}

static void
nothing_to_apply (gpointer change, gboolean undo, gpointer owner)
{
}

static gsize
one_byte (gpointer change)
{
  return 1;
}

/* A change of somebody else's in a group of the set. */
static void
take_foreign (FyLabelSet *set)
{
  static const FyChangeClass class = { nothing_to_apply, one_byte, g_free };

  fy_label_set_begin (set, "foreign", 0);
  fy_history_take (fy_label_set_history (set), &class, g_new (char, 1));
  fy_label_set_end (set);
}

static void
test_signals (void)
{
  g_autoptr (FyLabelSet) set = set_with_objects (2);
  g_autoptr (FyRunMap) one = box (1, 0, 0, 4, 4), two = box (2, 0, 0, 4, 4);
  int frames[FRAMES] = { 0 }, objects = 0, history = 0;

  g_signal_connect (set, "frame-changed", G_CALLBACK (count_frame), frames);
  g_signal_connect (set, "objects-changed", G_CALLBACK (count_one), &objects);
  g_signal_connect (set, "history-changed", G_CALLBACK (count_one), &history);
  fy_label_set_begin (set, "two strokes", 0);
  fy_label_set_paint (set, 0, one);
  fy_label_set_paint (set, 1, one);
  fy_label_set_end (set);
  g_assert_cmpint (frames[0] + frames[1], ==, 2);
  g_assert_cmpint (history, ==, 1);
  g_assert_cmpstr (fy_history_name (fy_label_set_history (set), 0), ==, "two strokes");
  take_foreign (set);
  g_assert_cmpint (history, ==, 2);
  fy_label_set_undo (set);
  history = 1;
  fy_label_set_paint (set, 1, one); /* no change */
  g_assert_cmpint (history, ==, 1);
  fy_label_set_begin (set, "given up", 1);
  fy_label_set_paint (set, 1, two);
  fy_label_set_abandon (set);
  g_assert_cmpint (history, ==, 1);
  g_assert_cmpint (frames[1], ==, 3);
  g_assert_cmpint (area (set, 1, 1), ==, 16);
  fy_label_set_remove_object (set, 1);
  g_assert_cmpint (objects, ==, 1);
  g_assert_null (fy_label_set_peek (set, 1));
  fy_label_set_undo (set);
  g_assert_cmpint (objects, ==, 2);
  g_assert_cmpint (frames[1], ==, 5);
  g_assert_cmpint (history, ==, 3);
}

static void
test_hand_frames (void)
{
  g_autoptr (FyLabelSet) set = set_with_objects (2);
  g_autoptr (FyRunMap) one = box (1, 0, 0, 4, 4), two = box (2, 0, 0, 4, 4);
  g_autoptr (GArray) all = NULL, second = NULL;
  int wanted[] = { 1, 3, 4 };

  fy_label_set_paint (set, 1, one);
  fy_label_set_paint (set, 4, two);
  carry_box (set, 2, 2, 0.5f, two);
  fy_label_set_declare (set, 1, 3, 3, FY_PROVENANCE_OCCLUDED);
  all = fy_label_set_hand_frames (set, 0);
  second = fy_label_set_hand_frames (set, 2);
  g_assert_cmpmem (all->data, all->len * sizeof (int), wanted, sizeof wanted);
  g_assert_cmpint (second->len, ==, 1);
  g_assert_cmpint (g_array_index (second, int, 0), ==, 4);
}

/* Maps of another size, and frames that are not there, are not taken from a file. */
static void
test_load (void)
{
  g_autoptr (FyLabelSet) set = set_with_objects (1);
  g_autoptr (FyRunMap) fits = box (1, 0, 0, 4, 4), other = NULL;
  g_autoptr (FyIdMap) map = fy_id_map_new (WIDTH + 1, HEIGHT);
  g_autoptr (FyFrameLabels) good = fy_frame_labels_new (fits, NULL, 0, NULL, 0), bad = NULL;

  map->id[3] = 1;
  other = fy_run_map_new (map);
  bad = fy_frame_labels_new (other, NULL, 0, NULL, 0);
  g_assert_true (fy_label_set_load_frame (set, 1, good));
  g_assert_false (fy_label_set_load_frame (set, 1, bad));
  g_assert_false (fy_label_set_load_frame (set, FRAMES, good));
  g_assert_true (fy_frame_labels_equal (fy_label_set_peek (set, 1), good));
  g_assert_cmpint (fy_history_length (fy_label_set_history (set)), ==, 0);
}

/* Many at once are one change; what was carried of them goes with them. */
static void
test_add_objects (void)
{
  g_autoptr (FyLabelSet) set = set_with_objects (1);
  FyObject *object[3];
  g_autoptr (FyRunMap) map = box (3, 2, 2, 4, 4);
  const guint16 id = 3;
  const float trust = 0.5f;
  int objects = 0;

  for (guint16 i = 0; i < 3; i++)
    object[i] = fy_object_new ((guint16) (i + 1), NULL, FY_OBJECT_MASK);
  g_signal_connect (set, "objects-changed", G_CALLBACK (count_one), &objects);
  fy_label_set_add_objects (set, object, 3);
  g_assert_cmpint (objects, ==, 1);
  g_assert_cmpint (fy_label_set_n_objects (set), ==, 3);
  g_assert_cmpint (fy_label_set_next_id (set), ==, 4);
  fy_label_set_carry (set, 2, &id, &trust, 1, map, NULL, 0);
  g_assert_cmpint (area (set, 2, 3), ==, 16);
  fy_label_set_undo (set);
  g_assert_cmpint (fy_label_set_next_id (set), ==, 4); /* an id is never given again */
  g_assert_cmpint (objects, ==, 2);
  g_assert_cmpint (fy_label_set_n_objects (set), ==, 1);
  g_assert_null (fy_label_set_peek (set, 2));
  fy_label_set_add_objects (set, object, 1); /* is there already */
  g_assert_cmpint (objects, ==, 2);
  for (int i = 0; i < 3; i++)
    fy_object_unref (object[i]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/label-set/undo-all", test_undo_all);
  g_test_add_func ("/label-set/carry-between", test_carry_between);
  g_test_add_func ("/label-set/provenance", test_provenance);
  g_test_add_func ("/label-set/undo-keeps-carried", test_undo_keeps_carried);
  g_test_add_func ("/label-set/forget-carried", test_forget_carried);
  g_test_add_func ("/label-set/reviews", test_reviews);
  g_test_add_func ("/label-set/objects", test_objects);
  g_test_add_func ("/label-set/add-objects", test_add_objects);
  g_test_add_func ("/label-set/signals", test_signals);
  g_test_add_func ("/label-set/hand-frames", test_hand_frames);
  g_test_add_func ("/label-set/load", test_load);
  return g_test_run ();
}
