/* SPDX-License-Identifier: MIT */
/* Changes of many frames, which are made when somebody looks at one, and of the others in slices. */
#include "label-box.h"
#include "label/label-set.h"

#define MANY 300

static void
carry_box (FyLabelSet *set, int frame, guint16 id, float trust, FyRunMap *map)
{
  fy_label_set_carry (set, frame, &id, &trust, 1, map, NULL, 0);
}

static void
see_frame (FyLabelSet *set, int frame, FyFrameLabels **seen)
{
  FyFrameLabels *labels = fy_label_set_peek (set, frame);

  fy_frame_labels_unref (seen[frame]);
  seen[frame] = labels != NULL ? fy_frame_labels_ref (labels) : NULL;
}

static FyLabelSet *
many_frames (void)
{
  FyLabelSet *set = fy_label_set_new (WIDTH, HEIGHT, MANY);
  g_autoptr (FyRunMap) map = box (2, 2, 2, 9, 9);

  for (guint16 id = 1; id <= 3; id++)
    {
      g_autoptr (FyObject) object = fy_object_new (id, NULL, FY_OBJECT_MASK);

      fy_label_set_set_object (set, object);
    }
  for (int i = 0; i < MANY; i++)
    carry_box (set, i, i % 3 == 0 ? 1 : 2, 0.5f, map);
  return set;
}

static void
do_anything (GRand *rand, FyLabelSet *late, FyLabelSet *judge)
{
  static const FyProvenance verbs[] = { FY_PROVENANCE_ABSENT, FY_PROVENANCE_OCCLUDED,
                                        FY_PROVENANCE_NONE };
  guint16 id = (guint16) g_rand_int_range (rand, 1, 4);
  int first = g_rand_int_range (rand, 0, 100), last = g_rand_int_range (rand, 200, MANY);
  int frame = g_rand_int_range (rand, 0, MANY);
  FyProvenance verb = verbs[g_rand_int_range (rand, 0, 3)];
  g_autoptr (FyRunMap) map = box (id, 1, 1, 5, 5);
  gboolean there = fy_label_set_find (judge, id) != NULL;

  switch (g_rand_int_range (rand, 0, 9))
    {
    case 0:
      fy_label_set_undo (late);
      fy_label_set_undo (judge);
      break;
    case 1:
      fy_label_set_redo (late);
      fy_label_set_redo (judge);
      break;
    case 2:
      fy_label_set_paint (late, frame, map);
      fy_label_set_paint (judge, frame, map);
      break;
    case 3:
      carry_box (late, frame, id, 0.5f, map);
      carry_box (judge, frame, id, 0.5f, map);
      break;
    case 4:
      fy_label_set_remove_object (late, id);
      fy_label_set_remove_object (judge, id);
      break;
    case 5:
      fy_label_set_merge_objects (late, id, id % 3 + 1);
      fy_label_set_merge_objects (judge, id, id % 3 + 1);
      break;
    case 6:
      g_main_context_iteration (NULL, FALSE);
      break;
    default:
      if (!there)
        break;
      fy_label_set_declare (late, id, first, last, verb);
      fy_label_set_declare (judge, id, first, last, verb);
    }
  fy_label_set_settle (judge);
}

/* Looked at, or told of, each frame is as if everything had been done at once. */
static void
test_many_frames (void)
{
  for (guint32 seed = 0; seed < 40; seed++)
    {
      g_autoptr (GRand) rand = g_rand_new_with_seed (seed);
      g_autoptr (FyLabelSet) late = many_frames (), judge = many_frames ();
      FyFrameLabels *seen[MANY] = { NULL };

      for (int i = 0; i < MANY; i++)
        see_frame (late, i, seen);
      g_signal_connect (late, "frame-changed", G_CALLBACK (see_frame), seen);
      fy_label_set_look_at (late, 150);
      for (int step = 0; step < 30; step++)
        {
          int frame = g_rand_int_range (rand, 0, MANY);

          do_anything (rand, late, judge);
          g_assert_true (fy_frame_labels_equal (fy_label_set_peek (late, frame),
                                                fy_label_set_peek (judge, frame)));
        }
      while (fy_label_set_is_settling (late))
        g_main_context_iteration (NULL, FALSE);
      for (int i = 0; i < MANY; i++)
        {
          g_assert_true (
              fy_frame_labels_equal (fy_label_set_peek (late, i), fy_label_set_peek (judge, i)));
          g_assert_true (fy_frame_labels_equal (fy_label_set_peek (late, i), seen[i]));
          fy_frame_labels_unref (seen[i]);
        }
    }
}

static void
assert_same_frames (FyLabelSet *a, FyLabelSet *b)
{
  for (int i = 0; i < MANY; i++)
    g_assert_true (fy_frame_labels_equal (fy_label_set_peek (a, i), fy_label_set_peek (b, i)));
}

/* A span is what its frames are one by one. */
static void
test_span (void)
{
  static const FyProvenance verbs[] = { FY_PROVENANCE_ABSENT, FY_PROVENANCE_NONE };
  g_autoptr (FyLabelSet) span = many_frames (), judge = many_frames ();

  for (int v = 0; v < 2; v++)
    {
      fy_label_set_declare (span, 2, 10, 250, verbs[v]);
      fy_label_set_begin (judge, "one by one", 10);
      for (int i = 10; i <= 250; i++)
        fy_label_set_declare (judge, 2, i, i, verbs[v]);
      fy_label_set_end (judge);
      assert_same_frames (span, judge);
      fy_label_set_undo (span);
      fy_label_set_undo (judge);
      assert_same_frames (span, judge);
      fy_label_set_redo (span);
      fy_label_set_redo (judge);
      assert_same_frames (span, judge);
    }
}

/* Merged in slices, every frame that had either object has the one, and undone it has what it had. */
static void
test_merge (void)
{
  g_autoptr (FyLabelSet) set = many_frames (), before = many_frames ();
  g_autoptr (FyRunMap) other = box (1, 4, 4, 6, 7);

  for (int i = 0; i < MANY; i += 3)
    {
      carry_box (set, i, 1, 0.5f, other);
      carry_box (before, i, 1, 0.5f, other);
    }
  fy_label_set_merge_objects (set, 1, 2);
  g_assert_true (fy_label_set_is_settling (set));
  g_assert_null (fy_label_set_find (set, 1));
  for (int i = 0; i < MANY; i++)
    {
      FyFrameLabels *labels = fy_label_set_peek (set, i);

      g_assert_false (fy_frame_labels_has_object (labels, 1));
      g_assert_cmpint (
          fy_run_map_area (labels->map, 2, NULL), ==,
          fy_run_map_area (fy_label_set_peek (before, i)->map, i % 3 == 0 ? 1 : 2, NULL));
    }
  fy_label_set_undo (set);
  assert_same_frames (set, before);
  g_assert_nonnull (fy_label_set_find (set, 1));
}

/* It takes its time elsewhere: the frame that is looked at is there first, and no call takes long. */
static void
test_many_frames_in_slices (void)
{
  g_autoptr (FyLabelSet) set = many_frames ();
  FyFrameLabels *seen[MANY] = { NULL };

  fy_label_set_look_at (set, 200);
  g_signal_connect (set, "frame-changed", G_CALLBACK (see_frame), seen);
  fy_label_set_declare (set, 2, 0, MANY - 1, FY_PROVENANCE_ABSENT);
  g_assert_true (fy_label_set_is_settling (set));
  for (int i = 0; i < MANY; i++)
    g_assert_null (seen[i]);
  g_assert_cmpint (fy_frame_labels_provenance (fy_label_set_peek (set, 7), 2), ==,
                   FY_PROVENANCE_ABSENT);
  while (seen[200] == NULL)
    g_main_context_iteration (NULL, FALSE);
  fy_label_set_settle (set);
  g_assert_false (fy_label_set_is_settling (set));
  for (int i = 0; i < MANY; i++)
    {
      g_assert_cmpint (fy_frame_labels_provenance (seen[i], 2), ==, FY_PROVENANCE_ABSENT);
      fy_frame_labels_unref (seen[i]);
    }
  g_assert_cmpint (fy_history_length (fy_label_set_history (set)), ==, 4); /* objects, and this */
  fy_label_set_remove_object (set, 2);
  g_assert_null (fy_label_set_find (set, 2)); /* while it is under way the set goes */
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/label-set-many/span", test_span);
  g_test_add_func ("/label-set-many/any-order", test_many_frames);
  g_test_add_func ("/label-set-many/merge", test_merge);
  g_test_add_func ("/label-set-many/slices", test_many_frames_in_slices);
  return g_test_run ();
}
