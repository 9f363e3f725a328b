/* SPDX-License-Identifier: MIT */
/* Labels carried while a person makes them, against fy_session_propagate and against starting anew. */
#include "live-fixture.h"

#include <math.h>
#include <string.h>

#define SHORT_SIDE 64

static const guint16 all_ids[] = { 1, 2, 3, 0 };

/* --- The judge --- */

static gboolean
keep_mask (int frame,
           const FyIdMap *mask,
           const float *soft,
           int n_classes,
           gpointer user_data,
           GError **error)
{
  FyRunMap **map = (FyRunMap **) &g_ptr_array_index ((GPtrArray *) user_data, frame);

  *map = fy_run_map_new (mask);
  return TRUE;
}

/* Carries whole hand-made frames, true masks each, as a run does. */
static void
propagate (const FySessionParams *params, const int *frame, int n, int last, GPtrArray *masks)
{
  g_autofree char *path =
      g_build_filename (g_getenv ("FERRY_SOURCE"), "data", "sample", "pond.mp4", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (FySession) session = fy_session_new (path, params, NULL, &error);
  g_autoptr (GPtrArray) labels = g_ptr_array_new_with_free_func ((GDestroyNotify) fy_id_map_free);
  g_autofree FyHandMade *hand = g_new (FyHandMade, (gsize) n);

  g_assert_no_error (error);
  for (int i = 0; i < n; i++)
    {
      g_autoptr (FyRunMap) truth = live_truth (frame[i]);

      g_ptr_array_add (labels, fy_run_map_to_id_map (truth));
      hand[i] = (FyHandMade){ frame[i], g_ptr_array_index (labels, i) };
    }
  fy_session_propagate (session, hand, n, NULL, last, keep_mask, masks, NULL, &error);
  g_assert_no_error (error);
}

static void
free_map (gpointer map)
{
  if (map != NULL)
    fy_run_map_unref (map);
}

static GPtrArray *
new_masks (int n)
{
  GPtrArray *masks = g_ptr_array_new_with_free_func (free_map);

  g_ptr_array_set_size (masks, n);
  return masks;
}

static void
make_by_hand (LiveFixture *fixture, int frame)
{
  g_autoptr (FyRunMap) truth = live_truth (frame);
  g_autoptr (FyFrameLabels) labels = live_labels (truth, all_ids);

  fy_live_set_labels (fixture->live, frame, labels, (guint) frame + 1);
}

static void
compare_masks (LiveFixture *fixture,
               const GPtrArray *masks,
               int first,
               int last,
               const int *hand,
               int n)
{
  for (int t = first; t <= last; t++)
    {
      FyRunMap *map = g_ptr_array_index (fixture->map, t);
      gboolean by_hand = FALSE;

      for (int i = 0; i < n; i++)
        by_hand |= hand[i] == t;
      if (by_hand)
        continue;
      g_assert_nonnull (map);
      g_assert_true (fy_run_map_equal (map, g_ptr_array_index (masks, t)));
      g_assert_cmpint (fy_live_ready (fixture->live, t), ==, FY_READY_CARRIED);
    }
}

/* --- Tests --- */

static void
set_ways (LiveFixture *fixture, int first, int last, FyWay way)
{
  g_autofree guint8 *ways = g_malloc0 ((gsize) fixture->n_frames);

  for (int t = first; t <= last; t++)
    ways[t] = (guint8) way;
  fy_live_set_ways (fixture->live, ways);
}

/* One hand-made frame in the middle: what is before it is carried back, as two runs do; then corrections to
 * both sides of it, first as they come, then with the first part carried back again. */
static void
test_as_runs (void)
{
  static const int first[] = { 20 }, forwards[] = { 20, 41 }, backwards[] = { 20, 7 };
  static const int all[] = { 7, 20, 41 };
  FySessionParams params = live_params (SHORT_SIDE, NULL);
  g_autoptr (GPtrArray) one = new_masks (60), two = new_masks (60), three = new_masks (60);
  g_auto (LiveFixture) fixture;

  propagate (&params, first, 1, 59, one);
  propagate (&params, first, 1, 0, one);
  propagate (&params, all, 1, 0, two);
  propagate (&params, all, 3, 59, two);
  propagate (&params, backwards, 2, 0, three);
  propagate (&params, forwards, 2, 59, three);
  live_open (&fixture, &params);
  live_set_masks (&fixture, 3);
  make_by_hand (&fixture, 20);
  live_settle (&fixture);
  compare_masks (&fixture, one, 0, 59, first, 1);
  g_assert_null (g_ptr_array_index (fixture.map, 20)); /* is by hand: nothing to hand out */
  make_by_hand (&fixture, 41);
  make_by_hand (&fixture, 7);
  live_settle (&fixture);
  compare_masks (&fixture, two, 0, 59, all, 3);
  set_ways (&fixture, 0, 19, FY_WAY_BACKWARD);
  live_settle (&fixture);
  compare_masks (&fixture, three, 0, 59, all, 3);
  set_ways (&fixture, 0, 19, FY_WAY_AUTO);
  fy_live_set_labels (fixture.live, 41, NULL, 0);
  fy_live_set_labels (fixture.live, 7, NULL, 0);
  live_settle (&fixture);
  compare_masks (&fixture, one, 0, 59, first, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/live/as-runs", test_as_runs);
  return g_test_run ();
}
