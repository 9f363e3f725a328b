/* SPDX-License-Identifier: MIT */
/* A history of changes of one number. */
#include "label/history.h"

typedef struct
{
  int before;
  int after;
  gsize bytes;
} Change;

static int freed;

static void
change_apply (gpointer data, gboolean undo, gpointer owner)
{
  Change *change = data;
  int *number = owner;

  g_assert_cmpint (*number, ==, undo ? change->after : change->before);
  *number = undo ? change->before : change->after;
}

static gsize
change_bytes (gpointer data)
{
  return ((Change *) data)->bytes;
}

static void
change_free (gpointer data)
{
  freed++;
  g_free (data);
}

static const FyChangeClass CHANGE = { change_apply, change_bytes, change_free };

static void
set (FyHistory *history, int *number, int value, gsize bytes)
{
  Change *change = g_new (Change, 1);

  *change = (Change){ *number, value, bytes };
  *number = value;
  fy_history_take (history, &CHANGE, change);
}

static void
test_groups (void)
{
  int number = 0;
  g_autoptr (FyHistory) history = fy_history_new (0, &number);

  g_assert_false (fy_history_undo (history));
  fy_history_begin (history, "outer", 7);
  fy_history_begin (history, "inner", 8);
  set (history, &number, 1, 1);
  fy_history_end (history);
  set (history, &number, 2, 1);
  g_assert_true (fy_history_is_open (history));
  g_assert_false (fy_history_undo (history));
  fy_history_end (history);
  g_assert_cmpint (fy_history_length (history), ==, 1);
  g_assert_cmpstr (fy_history_name (history, 0), ==, "outer");
  g_assert_cmpint (fy_history_frame (history, 0), ==, 7);
  g_assert_cmpint (ABS (fy_history_time (history, 0) - g_get_real_time ()), <, 60 * G_USEC_PER_SEC);
  fy_history_begin (history, "nothing", 0);
  fy_history_end (history);
  g_assert_cmpint (fy_history_length (history), ==, 1);
  set (history, &number, 3, 1); /* a group of its own */
  g_assert_cmpint (fy_history_length (history), ==, 2);
  g_assert_true (fy_history_undo (history) && fy_history_undo (history));
  g_assert_cmpint (number, ==, 0);
  fy_history_go (history, 1);
  g_assert_cmpint (number, ==, 2);
  fy_history_go (history, 99);
  g_assert_cmpint (number, ==, 3);
  fy_history_go (history, -1);
  g_assert_cmpint (number, ==, 0);
  fy_history_go (history, 1);
  set (history, &number, 9, 1); /* what was undone is forgotten */
  g_assert_cmpint (fy_history_length (history), ==, 2);
  g_assert_false (fy_history_redo (history));
  fy_history_undo (history);
  g_assert_cmpint (number, ==, 2);
  fy_history_clear (history);
  g_assert_cmpint (fy_history_length (history) + fy_history_position (history), ==, 0);
  g_assert_cmpuint (fy_history_bytes (history), ==, 0);
  g_assert_cmpint (number, ==, 2);
}

static void
test_abandon (void)
{
  int number = 0;
  g_autoptr (FyHistory) history = fy_history_new (0, &number);

  set (history, &number, 1, 1);
  set (history, &number, 2, 1);
  fy_history_undo (history);
  fy_history_begin (history, "a", 0);
  fy_history_begin (history, "b", 0);
  set (history, &number, 5, 1);
  set (history, &number, 6, 1);
  fy_history_abandon (history);
  g_assert_cmpint (number, ==, 1);
  g_assert_false (fy_history_is_open (history));
  fy_history_end (history); /* those that were begun; no harm */
  fy_history_end (history);
  g_assert_cmpint (fy_history_length (history), ==, 2);
  g_assert_true (fy_history_redo (history)); /* as before */
  g_assert_cmpint (number, ==, 2);
  fy_history_begin (history, "left open", 0);
  set (history, &number, 7, 1);
}

static void
test_bound (void)
{
  int number = 0;
  g_autoptr (FyHistory) history = fy_history_new (100, &number);

  freed = 0;
  for (int i = 1; i <= 50; i++)
    {
      set (history, &number, i, 10);
      g_assert_cmpuint (fy_history_bytes (history), <=, 100);
    }
  g_assert_cmpint (fy_history_length (history), ==, 10);
  g_assert_cmpint (fy_history_position (history), ==, 10);
  g_assert_cmpint (freed, ==, 40);
  fy_history_go (history, 0);
  g_assert_cmpint (number, ==, 40);
  fy_history_go (history, 10);
  set (history, &number, 51, 1000); /* never the last one */
  g_assert_cmpint (fy_history_length (history), ==, 1);
  g_assert_true (fy_history_undo (history));
  g_assert_cmpint (number, ==, 50);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/history/groups", test_groups);
  g_test_add_func ("/history/abandon", test_abandon);
  g_test_add_func ("/history/bound", test_bound);
  return g_test_run ();
}
