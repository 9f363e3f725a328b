/* SPDX-License-Identifier: MIT */
/* Soft labels of a FyLive, against those that fy_session_propagate hands out. */
#include "base/error.h"
#include "live-fixture.h"

#include <string.h>

#define SHORT_SIDE 64
#define N_FRAMES   60

/* --- The judge --- */

static gboolean
keep_soft (int frame,
           const FyIdMap *mask,
           const float *soft,
           int n_classes,
           gpointer user_data,
           GError **error)
{
  float **all = user_data;
  gsize cells = *(gsize *) all[N_FRAMES];

  g_free (all[frame]);
  all[frame] = g_memdup2 (soft + cells, (gsize) (n_classes - 1) * cells * sizeof (float));
  return TRUE;
}

/* Carries from the true masks of frame 20, then 41, forwards and from the first backwards.
 * soft: [N_FRAMES] out, of [3, cells] */
static void
propagate (const FySessionParams *params, float **soft, gsize *cells)
{
  g_autofree char *path =
      g_build_filename (g_getenv ("FERRY_SOURCE"), "data", "sample", "pond.mp4", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (FySession) session = fy_session_new (path, params, NULL, &error);
  g_autoptr (FyRunMap) first = live_truth (20), second = live_truth (41);
  g_autoptr (FyIdMap) map = fy_run_map_to_id_map (first), other = fy_run_map_to_id_map (second);
  FyHandMade hand[2] = { { 20, map }, { 41, other } };
  int width, height;

  g_assert_no_error (error);
  fy_session_grid_size (session, &width, &height);
  *cells = (gsize) width * (gsize) height;
  soft[N_FRAMES] = (float *) (gpointer) cells;
  g_assert_true (
      fy_session_propagate (session, hand, 2, NULL, N_FRAMES - 1, keep_soft, soft, NULL, &error));
  g_assert_true (fy_session_propagate (session, hand, 1, NULL, 0, keep_soft, soft, NULL, &error));
}

/* --- Asking --- */

typedef struct
{
  FyLive *live;
  FyLiveSoft *soft;
  GError *error;
  gboolean answered;
} Answer;

static void
answer_clear (Answer *self)
{
  g_clear_pointer (&self->soft, fy_live_soft_free);
  g_clear_error (&self->error);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Answer, answer_clear)

static void
on_soft (GObject *source, GAsyncResult *result, gpointer data)
{
  Answer *self = data;

  self->soft = fy_live_soft_finish (self->live, result, &self->error);
  self->answered = TRUE;
}

static void
await (Answer *self)
{
  gint64 end = g_get_monotonic_time () + LIVE_PATIENCE;

  while (!self->answered)
    {
      g_assert_cmpint (g_get_monotonic_time (), <, end);
      g_main_context_iteration (NULL, FALSE);
    }
}

static void
ask (Answer *self, LiveFixture *fixture, int frame, guint edition)
{
  answer_clear (self);
  *self = (Answer){ .live = fixture->live };
  fy_live_soft_async (fixture->live, frame, edition, NULL, on_soft, self);
  await (self);
}

/* --- Tests --- */

/* Asked for at once, before anything is computed, though it is paused: each frame comes as a run has it, bit
 * for bit, and carrying goes on. */
static void
test_as_a_run (void)
{
  FySessionParams params = live_params (SHORT_SIDE, NULL);
  float *soft[N_FRAMES + 1] = { NULL };
  gsize cells = 0;
  g_auto (LiveFixture) fixture = { 0 };
  g_auto (Answer) answer = { 0 };
  guint edition;

  propagate (&params, soft, &cells);
  live_open (&fixture, &params);
  fy_live_pause (fixture.live);
  live_set_masks (&fixture, 3);
  live_make_by_hand (&fixture, 20);
  live_make_by_hand (&fixture, 41);
  edition = fy_live_edition (fixture.live);
  for (int t = 0; t < N_FRAMES; t++)
    {
      ask (&answer, &fixture, t, edition);
      g_assert_no_error (answer.error);
      g_assert_cmpint (answer.soft->frame, ==, t);
      g_assert_cmpuint ((gsize) answer.soft->grid_width * (gsize) answer.soft->grid_height, ==,
                        cells);
      for (int c = 0, at = 0; c < 3; c++)
        {
          gboolean there = at < answer.soft->n && answer.soft->ids[at] == c + 1;

          for (gsize i = 0; i < cells; i++)
            {
              float found = there ? answer.soft->soft[(gsize) at * cells + i] : 0.0f;

              g_assert_true (memcmp (&found, &soft[t][(gsize) c * cells + i], sizeof found) == 0 ||
                             (found == 0.0f && soft[t][(gsize) c * cells + i] == 0.0f));
            }
          at += there;
        }
      g_free (soft[t]);
    }
  g_assert_true (fy_live_is_paused (fixture.live));
  live_settle (&fixture);
  live_make_by_hand (&fixture, 50);
  g_assert_cmpuint (fy_live_edition (fixture.live), !=, edition);
  ask (&answer, &fixture, 55, fy_live_edition (fixture.live));
  g_assert_no_error (answer.error);
}

/* What is wanted has changed: who asked for what was before is told so. */
static void
test_editions (void)
{
  FySessionParams params = live_params (SHORT_SIDE, NULL);
  g_auto (LiveFixture) fixture = { 0 };
  g_auto (Answer) answer = { 0 }, waiting = { 0 };
  guint edition;

  live_open (&fixture, &params);
  live_set_masks (&fixture, 3);
  live_make_by_hand (&fixture, 0);
  edition = fy_live_edition (fixture.live);
  waiting.live = fixture.live;
  fy_live_soft_async (fixture.live, 59, edition, NULL, on_soft, &waiting);
  live_make_by_hand (&fixture, 30);
  await (&waiting);
  g_assert_error (waiting.error, FY_ERROR, FY_ERROR_UNSUPPORTED);
  ask (&answer, &fixture, 0, edition);
  g_assert_error (answer.error, FY_ERROR, FY_ERROR_UNSUPPORTED);
  edition = fy_live_edition (fixture.live);
  ask (&answer, &fixture, 30, edition);
  g_assert_no_error (answer.error);
  g_assert_cmpint (answer.soft->n, ==, 3);
  /* What was carried comes back to it: that is no other edition. */
  live_settle (&fixture);
  fy_live_set_labels (fixture.live, 10, NULL, 1);
  g_assert_cmpuint (fy_live_edition (fixture.live), ==, edition);
}

/* Nobody waits for ever: cancelled, of a clip that is closed, of one with too little memory. */
static void
test_ends (void)
{
  FySessionParams params = live_params (SHORT_SIDE, NULL);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_auto (Answer) cancelled = { 0 }, closed = { 0 }, away = { 0 };
  LiveFixture fixture = { 0 };
  guint edition;

  live_open (&fixture, &params);
  live_set_masks (&fixture, 3);
  live_make_by_hand (&fixture, 0);
  edition = fy_live_edition (fixture.live);
  cancelled.live = closed.live = fixture.live;
  fy_live_soft_async (fixture.live, 59, edition, cancellable, on_soft, &cancelled);
  g_cancellable_cancel (cancellable);
  await (&cancelled);
  g_assert_error (cancelled.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  fy_live_soft_async (fixture.live, 59, edition, NULL, on_soft, &closed);
  live_clear (&fixture);
  g_assert_true (closed.answered);
  g_assert_error (closed.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);

  params.memory_bytes = 1;
  live_open (&fixture, &params);
  live_set_masks (&fixture, 3);
  live_make_by_hand (&fixture, 0);
  live_settle (&fixture);
  ask (&away, &fixture, 1, fy_live_edition (fixture.live));
  g_assert_no_error (away.error);
  ask (&away, &fixture, 59, fy_live_edition (fixture.live));
  g_assert_error (away.error, FY_ERROR, FY_ERROR_UNSUPPORTED);
  live_clear (&fixture);
}

/* Without anything by hand there is nothing, and that is known. */
static void
test_nothing (void)
{
  FySessionParams params = live_params (SHORT_SIDE, NULL);
  g_auto (LiveFixture) fixture = { 0 };
  g_auto (Answer) answer = { 0 };

  live_open (&fixture, &params);
  live_set_masks (&fixture, 2);
  ask (&answer, &fixture, 5, fy_live_edition (fixture.live));
  g_assert_no_error (answer.error);
  g_assert_cmpint (answer.soft->n, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/live-soft/as-a-run", test_as_a_run);
  g_test_add_func ("/live-soft/editions", test_editions);
  g_test_add_func ("/live-soft/ends", test_ends);
  g_test_add_func ("/live-soft/nothing", test_nothing);
  return g_test_run ();
}
