/* SPDX-License-Identifier: MIT */
/* Where frames are carried from, and which lists that takes. */
#include "session/live-plan.h"

#include <string.h>

#define MOST 40

/* A clip drawn as text, a letter a frame: `.` AUTO, `>` forward, `<` backward, `x` none; in capitals below it
 * what is in the frame: `H` by hand, `B` broken. */
typedef struct
{
  FyLiveClip clip;
  guint8 way[MOST];
  guint8 hand[MOST];
  guint8 broken[MOST];
  int made[MOST];
  FyLiveStep step[MOST];
  int order[MOST];
} Plan;

static void
make_plan (Plan *self, const char *ways, const char *what, int context, int references)
{
  static const char letters[] = ".><x";
  int n = (int) strlen (ways);

  *self = (Plan){ .clip = {
                      .n_frames = n, .context = context, .radius = 12, .references = references } };
  for (int t = 0; t < n; t++)
    {
      self->way[t] = (guint8) (strchr (letters, ways[t]) - letters);
      self->hand[t] = what[t] == 'H';
      self->broken[t] = what[t] == 'B';
      if (what[t] == 'H')
        self->made[self->clip.n_made++] = t;
    }
  self->clip.way = self->way;
  self->clip.hand = self->hand;
  self->clip.broken = self->broken;
  self->clip.made = self->made;
  fy_live_plan (&self->clip, self->step, self->order);
}

/* Frames as text: `>` carried forwards, `<` backwards, `-` not at all. */
static void
check (const char *ways, const char *what, const char *expected)
{
  Plan plan;
  char got[MOST + 1] = "";

  make_plan (&plan, ways, what, 20, 0);
  for (int t = 0; t < plan.clip.n_frames; t++)
    got[t] = plan.step[t].direction > 0 ? '>' : plan.step[t].direction < 0 ? '<' : '-';
  g_assert_cmpstr (got, ==, expected);
}

static void
test_ways (void)
{
  check ("......", "......", "------");
  check ("......", "H.....", "->>>>>");
  check ("......", ".....H", "<<<<<-");
  check ("......", "..H...", "<<->>>");
  check ("......", "..H.H.", "<<->>>");
  check ("......", "..HH..", "<<->>>");
  check (".xx...", "H.....", "------"); /* NONE ends the way */
  check (".xx...", "H..H..",
         "----"
         ">>");
  check (".xx...", "H.H...",
         "---"
         ">>>"); /* which a hand-made frame beside it begins anew */
  check ("..<<..", "H...H.",
         "->"
         "<<"
         "->");
  check ("..<<<.", "H.....",
         "->"
         "----"); /* nothing behind to carry from */
  check ("<<<<<<", "..H...",
         "<<"
         "----");
  check (">>>>>>", "..H...",
         "---"
         ">>>");
  check ("......", "H.B...", "->->>>"); /* passed over */
  check ("......", "HB....", "-->>>>");
  check ("<>....", "HH....", "->>>>>"); /* not from each other */
}

static int
rank_of (const Plan *plan, int frame)
{
  int rank = 0;

  while (plan->order[rank] != frame)
    rank++;
  return rank;
}

static void
test_random (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (1);
  g_autoptr (GArray) wishes = g_array_new (FALSE, FALSE, sizeof (FyListWish));

  for (int i = 0; i < 3000; i++)
    {
      char ways[MOST + 1] = "", what[MOST + 1] = "";
      int n = g_rand_int_range (random, 1, MOST), n_recent;
      Plan plan;

      for (int t = 0; t < n; t++)
        {
          ways[t] = ".....><x"[g_rand_int_range (random, 0, 8)];
          what[t] = "......HB"[g_rand_int_range (random, 0, 8)];
        }
      make_plan (&plan, ways, what, g_rand_int_range (random, 1, 8),
                 g_rand_int_range (random, -1, 3));
      for (int t = 0; t < n; t++)
        {
          fy_live_wishes (&plan.clip, &plan.step[t], t, &n_recent, wishes);
          g_assert_cmpint (wishes->len > 0, ==, plan.step[t].direction != 0);
          for (guint w = 0; w < wishes->len; w++)
            {
              const FyListWish *wish = &g_array_index (wishes, FyListWish, w);

              g_assert_cmpint (wish->target, ==, t);
              g_assert_cmpint (wish->begin, <, wish->end);
              g_assert_cmpint (wish->radius, ==, w < (guint) n_recent ? 12 : 0);
              /* All that is read is there before, and can be decoded. */
              for (int from = wish->begin; from < wish->end; from++)
                {
                  g_assert_false (plan.broken[from]);
                  g_assert_true (plan.hand[from] || plan.step[from].direction != 0);
                  g_assert_cmpint (rank_of (&plan, from), <, rank_of (&plan, t));
                }
            }
        }
    }
}

/* With the hand-made frames given, and without. */
static void
check_wishes (const Plan *plan, int target, const char *expected)
{
  g_autoptr (GArray) wishes = g_array_new (FALSE, FALSE, sizeof (FyListWish));

  for (int without = 0; without < 2; without++)
    {
      g_autoptr (GString) got = g_string_new (NULL);
      FyLiveClip clip = plan->clip;
      int n_recent;

      clip.made = without ? NULL : plan->made;
      fy_live_wishes (&clip, &plan->step[target], target, &n_recent, wishes);
      for (guint w = 0; w < wishes->len; w++)
        {
          const FyListWish *wish = &g_array_index (wishes, FyListWish, w);

          g_string_append_printf (got, w < (guint) n_recent ? "%d-%d " : "%d ", wish->begin,
                                  wish->end - 1);
        }
      g_assert_cmpstr (got->str, ==, expected);
    }
}

static void
test_lists (void)
{
  Plan plan;

  make_plan (&plan, "............", "H...H.B.H...", 4, 0);
  check_wishes (&plan, 0, "");
  check_wishes (&plan, 1, "0-0 0 ");
  check_wishes (&plan, 5, "1-4 0 4 ");
  check_wishes (&plan, 7, "3-5 0 4 ");
  check_wishes (&plan, 9, "5-5 7-8 0 4 8 ");
  make_plan (&plan, "............", "H...H...H...", 4, 2);
  check_wishes (&plan, 9, "5-8 4 8 ");
  make_plan (&plan, "............", "H...H...H...", 4, FY_REFERENCES_FIRST);
  check_wishes (&plan, 9, "5-8 0 ");
  make_plan (&plan, "<<<<<<<<<<<<", "H...H...H...", 4, 0);
  check_wishes (&plan, 7, "8-8 8 ");
  check_wishes (&plan, 2, "3-6 8 4 ");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/live-plan/ways", test_ways);
  g_test_add_func ("/live-plan/lists", test_lists);
  g_test_add_func ("/live-plan/random", test_random);
  return g_test_run ();
}
