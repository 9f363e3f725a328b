/* SPDX-License-Identifier: MIT */
/* The order in which lists are computed ahead of need, and the thread that does it. */
#include "match/preparer.h"
#include "patience.h"

#define PATIENCE test_patience (20)

static FyListWish
wish_of (int target)
{
  return (FyListWish){ target, 0, target, 12 };
}

static void
add (FySchedule *schedule, FyLane lane, int target)
{
  FyListWish wish = wish_of (target);

  fy_schedule_add (schedule, lane, &wish);
}

static int
take (FySchedule *schedule, FyLane lane)
{
  FyListWish wish;

  return fy_schedule_take (schedule, lane, &wish) ? wish.target : -1;
}

static void
test_schedule (void)
{
  static const int order[] = { 10, 11, 12, 9, 13, 14, 8, 15, 16, 7 };
  g_autoptr (FySchedule) schedule = fy_schedule_new ();

  for (int target = 0; target < 30; target++)
    add (schedule, FY_LANE_BATCH, target);
  add (schedule, FY_LANE_BATCH, 5); /* is there already */
  g_assert_cmpint (fy_schedule_left (schedule, FY_LANE_BATCH), ==, 30);
  fy_schedule_set_playhead (schedule, 10);
  for (gsize i = 0; i < G_N_ELEMENTS (order); i++)
    g_assert_cmpint (take (schedule, FY_LANE_BATCH), ==, order[i]);
  fy_schedule_set_playhead (schedule, 29);
  g_assert_cmpint (take (schedule, FY_LANE_BATCH), ==, 29);
  add (schedule, FY_LANE_INTERACTIVE, 20);
  add (schedule, FY_LANE_INTERACTIVE, 3); /* in the order of asking */
  add (schedule, FY_LANE_BATCH, 3);       /* somebody waits for it already */
  g_assert_cmpint (fy_schedule_left (schedule, FY_LANE_BATCH), ==, 17);
  g_assert_cmpint (take (schedule, FY_LANE_INTERACTIVE), ==, 20);
  g_assert_cmpint (take (schedule, FY_LANE_INTERACTIVE), ==, 3);
  g_assert_cmpint (take (schedule, FY_LANE_INTERACTIVE), ==, -1);
  fy_schedule_forget (schedule, FY_LANE_BATCH);
  g_assert_cmpint (take (schedule, FY_LANE_BATCH), ==, -1);
}

/* What the thread did, and a gate that it stops at before each list. */
typedef struct
{
  GMutex mutex;
  GCond cond;
  int allowed; /* lists it may still do */
  gboolean waiting;
  GArray *done; /* int: targets */
  int failing;  /* target that cannot be computed; -1 = none */
} Desk;

static void
desk_init (Desk *desk, int allowed)
{
  *desk = (Desk){ .allowed = allowed, .failing = -1 };
  g_mutex_init (&desk->mutex);
  g_cond_init (&desk->cond);
  desk->done = g_array_new (FALSE, FALSE, sizeof (int));
}

static void
desk_clear (Desk *desk)
{
  g_array_unref (desk->done);
  g_cond_clear (&desk->cond);
  g_mutex_clear (&desk->mutex);
}

static void
desk_allow (Desk *desk, int n)
{
  g_mutex_lock (&desk->mutex);
  desk->allowed += n;
  desk->waiting = FALSE;
  g_cond_broadcast (&desk->cond);
  g_mutex_unlock (&desk->mutex);
}

/* Waits until the thread stands at the gate. */
static void
desk_wait (Desk *desk)
{
  g_mutex_lock (&desk->mutex);
  while (!desk->waiting)
    g_cond_wait (&desk->cond, &desk->mutex);
  g_mutex_unlock (&desk->mutex);
}

static FyNeighbours *
compute (const FyListWish *wish, gpointer user_data, GCancellable *cancellable, GError **error)
{
  Desk *desk = user_data;

  g_mutex_lock (&desk->mutex);
  while (desk->allowed == 0 && !g_cancellable_is_cancelled (cancellable))
    {
      desk->waiting = TRUE;
      g_cond_broadcast (&desk->cond);
      g_cond_wait_until (&desk->cond, &desk->mutex, g_get_monotonic_time () + 1000);
    }
  desk->waiting = FALSE;
  desk->allowed -= desk->allowed > 0 && !g_cancellable_is_cancelled (cancellable);
  g_mutex_unlock (&desk->mutex);
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;
  if (wish->target == desk->failing)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "frame %d is broken", wish->target);
      return NULL;
    }
  return fy_neighbours_new (wish->target, 4, 1);
}

static void
ready (const FyListWish *wish, FyNeighbours *list, gpointer user_data)
{
  Desk *desk = user_data;

  g_assert_cmpint (list->frame, ==, wish->target);
  g_mutex_lock (&desk->mutex);
  g_array_append_val (desk->done, wish->target);
  g_mutex_unlock (&desk->mutex);
}

static void
want (FyPreparer *preparer, FyLane lane, int first, int last)
{
  for (int target = first; target <= last; target++)
    {
      FyListWish wish = wish_of (target);

      fy_preparer_want (preparer, lane, &wish, 1);
    }
}

static void
assert_done (Desk *desk, const int *targets, guint n)
{
  g_mutex_lock (&desk->mutex);
  g_assert_cmpmem (desk->done->data, desk->done->len * sizeof (int), targets, n * sizeof (int));
  g_mutex_unlock (&desk->mutex);
}

/* Somebody who asks gets the next list; the play-head moves the rest; a pause holds only batch work. */
static void
test_order (void)
{
  static const int right[] = { 0, 7, 3, 4, 5, 9, 2, 6, 1 };
  g_autoptr (GError) error = NULL;
  FyPreparer *preparer;
  Desk desk;

  desk_init (&desk, 0);
  preparer = fy_preparer_new (compute, ready, &desk);
  want (preparer, FY_LANE_BATCH, 0, 6);
  desk_wait (&desk); /* frame 0 is in hand */
  want (preparer, FY_LANE_INTERACTIVE, 7, 7);
  fy_preparer_set_playhead (preparer, 3);
  g_assert_cmpint (fy_preparer_left (preparer), ==, 8);
  g_assert_false (fy_preparer_wait (preparer, 2000, &error));
  g_assert_no_error (error);
  desk_allow (&desk, 4);
  desk_wait (&desk); /* 5 is in hand */
  fy_preparer_pause (preparer);
  want (preparer, FY_LANE_INTERACTIVE, 9, 9);
  desk_allow (&desk, 100);
  g_assert_true (fy_preparer_wait (preparer, PATIENCE, &error));
  assert_done (&desk, right, 6);
  g_assert_cmpint (fy_preparer_left (preparer), ==, 3);
  fy_preparer_resume (preparer);
  g_assert_true (fy_preparer_wait (preparer, PATIENCE, &error));
  assert_done (&desk, right, 9);
  fy_preparer_free (preparer);
  desk_clear (&desk);
}

static void
test_cancel (void)
{
  static const int right[] = { 8 };
  g_autoptr (GError) error = NULL;
  FyPreparer *preparer;
  Desk desk;

  desk_init (&desk, 0);
  preparer = fy_preparer_new (compute, ready, &desk);
  want (preparer, FY_LANE_BATCH, 0, 6);
  desk_wait (&desk);
  want (preparer, FY_LANE_INTERACTIVE, 8, 8);
  fy_preparer_cancel (preparer); /* ends the list in hand, not what somebody waits for */
  desk_allow (&desk, 1);
  g_assert_true (fy_preparer_wait (preparer, PATIENCE, &error));
  g_assert_no_error (error);
  assert_done (&desk, right, 1);
  want (preparer, FY_LANE_BATCH, 0, 6);
  desk_wait (&desk);
  fy_preparer_free (preparer); /* in the middle of a list */
  assert_done (&desk, right, 1);
  desk_clear (&desk);
}

static void
test_error (void)
{
  static const int right[] = { 0, 1, 5 };
  g_autoptr (GError) error = NULL;
  FyPreparer *preparer;
  Desk desk;

  desk_init (&desk, 1000);
  desk.failing = 2;
  preparer = fy_preparer_new (compute, ready, &desk);
  fy_preparer_pause (preparer);
  want (preparer, FY_LANE_BATCH, 0, 4);
  fy_preparer_resume (preparer);
  g_assert_false (fy_preparer_wait (preparer, PATIENCE, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_FAILED);
  g_clear_error (&error);
  want (preparer, FY_LANE_BATCH, 5, 5); /* and goes on */
  g_assert_true (fy_preparer_wait (preparer, PATIENCE, &error));
  assert_done (&desk, right, 3);
  fy_preparer_free (preparer);
  desk_clear (&desk);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/preparer/schedule", test_schedule);
  g_test_add_func ("/preparer/order", test_order);
  g_test_add_func ("/preparer/cancel", test_cancel);
  g_test_add_func ("/preparer/error", test_error);
  return g_test_run ();
}
