/* SPDX-License-Identifier: MIT */
/* What the timeline shows and where it goes, without a window. */
#include "app/navigation.h"
#include "app/timeline/labelled-picture.h"
#include "app/timeline/lane-painter.h"

#include <math.h>

#define WIDTH  8
#define HEIGHT 4

static FyLabelSet *
make_labels (int n_frames, int n_objects)
{
  FyLabelSet *labels = fy_label_set_new (WIDTH, HEIGHT, n_frames);

  for (int i = 0; i < n_objects; i++)
    {
      g_autoptr (FyObject) object = fy_object_new ((guint16) (i + 1), NULL, FY_OBJECT_MASK);

      fy_label_set_load_object (labels, object);
    }
  return labels;
}

static void
put (FyLabelSet *labels,
     int frame,
     guint16 object,
     FyProvenance provenance,
     float trust,
     int reviewed)
{
  FyState state = { object, (guint8) provenance, (guint8) reviewed, trust };
  g_autoptr (FyFrameLabels) with =
      fy_frame_labels_with_state (fy_label_set_peek (labels, frame), &state);

  fy_label_set_load_frame (labels, frame, with);
}

/* --- Where frames are --- */

static void
test_axis_places (void)
{
  FerryTimeAxis axis = { 0 };
  int first;
  int last;

  ferry_time_axis_set_width (&axis, 1000);
  ferry_time_axis_set_length (&axis, 200);
  g_assert_cmpfloat (axis.scale, ==, 5);
  g_assert_cmpfloat (ferry_time_axis_x (&axis, 10), ==, 50);
  for (int frame = 0; frame < 200; frame++)
    g_assert_cmpint (ferry_time_axis_frame (&axis, ferry_time_axis_centre (&axis, frame)), ==,
                     frame);
  g_assert_cmpint (ferry_time_axis_frame (&axis, -50), ==, 0);
  g_assert_cmpint (ferry_time_axis_frame (&axis, 5000), ==, 199);
  ferry_time_axis_visible (&axis, &first, &last);
  g_assert_cmpint (first, ==, 0);
  g_assert_cmpint (last, ==, 199);
  ferry_time_axis_set_width (&axis, 500); /* stays whole */
  g_assert_cmpfloat (axis.scale, ==, 2.5);
}

static void
test_axis_zoom (void)
{
  FerryTimeAxis axis = { 0 };

  ferry_time_axis_set_width (&axis, 1000);
  ferry_time_axis_set_length (&axis, 20000);
  for (int i = 0; i < 60; i++)
    {
      int before = ferry_time_axis_frame (&axis, 700);

      ferry_time_axis_zoom (&axis, 1.25, 700);
      g_assert_cmpint (ABS (ferry_time_axis_frame (&axis, 700) - before), <=, 1);
    }
  g_assert_cmpfloat (axis.scale, ==, FERRY_TIME_AXIS_MAX_SCALE);
  ferry_time_axis_scroll_to (&axis, 1e12);
  g_assert_cmpint (ferry_time_axis_frame (&axis, 999), ==, 19999);
  g_assert_true (ferry_time_axis_reveal (&axis, 3));
  g_assert_cmpfloat (ferry_time_axis_x (&axis, 3), >=, 0);
  g_assert_cmpfloat (ferry_time_axis_x (&axis, 4), <=, 1000);
  g_assert_false (ferry_time_axis_reveal (&axis, 3));
  ferry_time_axis_zoom (&axis, 1e-9, 0);
  g_assert_true (axis.fits);
  g_assert_cmpfloat (axis.scale, ==, 0.05);
  g_assert_cmpfloat (axis.offset, ==, 0);
}

static void
test_axis_empty (void)
{
  FerryTimeAxis axis = { 0 };
  int first;
  int last;

  ferry_time_axis_set_length (&axis, 0);
  ferry_time_axis_set_width (&axis, 100);
  ferry_time_axis_zoom (&axis, 2, 50);
  ferry_time_axis_visible (&axis, &first, &last);
  g_assert_cmpint (last, <, first);
  ferry_time_axis_set_length (&axis, 1);
  g_assert_cmpfloat (axis.scale, ==, 100);
  ferry_time_axis_set_width (&axis, 2000);
  g_assert_cmpfloat (axis.scale, ==, FERRY_TIME_AXIS_MAX_SCALE);
}

static void
test_axis_steps (void)
{
  FerryTimeAxis axis = { .n_frames = 100000, .width = 1000, .scale = 1 };
  static const int slots[] = { 1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64 };

  g_assert_cmpint (ferry_time_axis_tick (&axis, 110), ==, 200);
  axis.scale = 30;
  g_assert_cmpint (ferry_time_axis_tick (&axis, 110), ==, 5);
  axis.scale = 120;
  g_assert_cmpint (ferry_time_axis_tick (&axis, 110), ==, 1);
  axis.scale = 1;
  for (gsize i = 0; i < G_N_ELEMENTS (slots); i++)
    g_assert_cmpint (ferry_time_axis_slot (&axis, slots[i]), ==, slots[i]);
  g_assert_cmpint (ferry_time_axis_slot (&axis, 33), ==, 48);
}

/* --- Where to go --- */

static void
test_next_hand (void)
{
  g_autoptr (FyLabelSet) labels = make_labels (20, 2);

  g_assert_cmpint (ferry_next_hand (labels, 0, 5, 1), ==, -1);
  put (labels, 3, 1, FY_PROVENANCE_HAND, NAN, 0);
  put (labels, 9, 2, FY_PROVENANCE_CORRECTED, NAN, 0);
  put (labels, 12, 1, FY_PROVENANCE_CARRIED, 0.1f, 0);
  put (labels, 15, 1, FY_PROVENANCE_ABSENT, NAN, 0);
  g_assert_cmpint (ferry_next_hand (labels, 0, 3, 1), ==, 9);
  g_assert_cmpint (ferry_next_hand (labels, 1, 3, 1), ==, 15);
  g_assert_cmpint (ferry_next_hand (labels, 0, 15, 1), ==, -1);
  g_assert_cmpint (ferry_next_hand (labels, 0, 9, -1), ==, 3);
  g_assert_cmpint (ferry_next_hand (labels, 2, 9, -1), ==, -1);
}

static void
test_next_weak (void)
{
  static const float trust[] = { 0.9f, 0.3f, 0.5f, 0.3f, 0.7f };
  g_autoptr (FyLabelSet) labels = make_labels (8, 2);
  int at = 0;

  g_assert_cmpint (ferry_next_weak (labels, 0, 0, 1), ==, -1);
  for (int i = 0; i < 5; i++)
    put (labels, i + 1, 1, FY_PROVENANCE_CARRIED, trust[i], 0);
  put (labels, 6, 1, FY_PROVENANCE_HAND, NAN, 0);
  put (labels, 7, 1, FY_PROVENANCE_CARRIED, 0.01f, 1); /* seen */
  {
    static const int order[] = { 2, 4, 3, 5, 1, 2 };

    for (gsize i = 0; i < G_N_ELEMENTS (order); i++)
      {
        at = ferry_next_weak (labels, 0, at, 1);
        g_assert_cmpint (at, ==, order[i]);
      }
  }
  g_assert_cmpint (ferry_next_weak (labels, 0, 3, -1), ==, 4);
  g_assert_cmpint (ferry_next_weak (labels, 0, 2, -1), ==, 1); /* round again */
  g_assert_cmpint (ferry_next_weak (labels, 0, 6, -1), ==, 2); /* from a frame that is no such */
  g_assert_cmpint (ferry_next_weak (labels, 2, 0, 1), ==, -1);
  put (labels, 1, 2, FY_PROVENANCE_CARRIED, 0.05f, 0); /* the worst object counts */
  g_assert_cmpint (ferry_next_weak (labels, 0, 0, 1), ==, 1);
  g_assert_cmpint (ferry_next_weak (labels, 1, 0, 1), ==, 2);
}

/* Kept up to date, it says the same as looked up anew. */
static void
test_weakness_followed (void)
{
  g_autoptr (FyLabelSet) labels = make_labels (300, 2), other = make_labels (300, 2);
  g_autoptr (GRand) rand = g_rand_new_with_seed (7);

  ferry_follow_weakness (labels);
  for (int step = 0; step < 600; step++)
    {
      int frame = g_rand_int_range (rand, 0, 300), from = g_rand_int_range (rand, 0, 300);
      guint16 id = (guint16) g_rand_int_range (rand, 1, 3);
      float trust = (float) g_rand_double (rand);

      fy_label_set_carry (labels, frame, &id, &trust, 1, NULL, NULL, 0);
      fy_label_set_carry (other, frame, &id, &trust, 1, NULL, NULL, 0);
      if (step % 50 == 49)
        {
          fy_label_set_set_reviewed (labels, id, frame / 2, frame, TRUE);
          fy_label_set_set_reviewed (other, id, frame / 2, frame, TRUE);
        }
      if (step % 3 == 0)
        g_main_context_iteration (NULL, FALSE);
      fy_label_set_settle (labels);
      fy_label_set_settle (other);
      g_assert_cmpint (ferry_next_weak (labels, 0, from, 1), ==,
                       ferry_next_weak (other, 0, from, 1));
      g_assert_cmpint (ferry_next_weak (labels, 0, from, -1), ==,
                       ferry_next_weak (other, 0, from, -1));
    }
}

static void
test_spans (void)
{
  g_autoptr (FyLabelSet) labels = make_labels (20, 1);
  int first;
  int last;

  put (labels, 10, 1, FY_PROVENANCE_HAND, NAN, 0);
  for (int i = 5; i < 9; i++)
    put (labels, i, 1, FY_PROVENANCE_ABSENT, NAN, 0);
  g_assert_cmpint (ferry_last_before_hand (labels, 1, 0), ==, 4);
  g_assert_cmpint (ferry_last_before_hand (labels, 1, 8), ==, 9);
  g_assert_cmpint (ferry_last_before_hand (labels, 1, 10), ==, 19);
  ferry_same_around (labels, 1, 6, &first, &last);
  g_assert_cmpint (first, ==, 5);
  g_assert_cmpint (last, ==, 8);
}

/* --- Labels by object --- */

/* Nothing is said of the object itself. */
static void
place (FyLabelSet *labels, int frame, guint16 object)
{
  FyPoint point = { object, 0, FY_JOINT_PLACED, FY_PROVENANCE_HAND, 1.0f, 1.0f };
  g_autoptr (FyFrameLabels) placed =
      fy_frame_labels_with_point (fy_label_set_peek (labels, frame), &point);

  fy_label_set_set_frame (labels, frame, placed);
}

static void
test_index (void)
{
  g_autoptr (FyLabelSet) labels = make_labels (50, 3);
  g_autoptr (FerryLaneIndex) index = NULL;
  const FerryLaneCell *row;

  put (labels, 7, 2, FY_PROVENANCE_CARRIED, 0.5f, 1);
  index = ferry_lane_index_new (labels);
  g_assert_null (ferry_lane_index_row (index, 2));
  while (ferry_lane_index_scan (index, 0))
    ;
  row = ferry_lane_index_row (index, 2);
  g_assert_null (ferry_lane_index_row (index, 1));
  g_assert_null (ferry_lane_index_row (index, 60000));
  g_assert_cmpint (row[7].state, ==, FY_PROVENANCE_CARRIED | FERRY_LANE_REVIEWED);
  g_assert_cmpint (row[7].trust, ==, 128);
  g_assert_cmpint (row[8].state, ==, 0);
  put (labels, 7, 1, FY_PROVENANCE_HAND, NAN, 0);
  put (labels, 7, 2, FY_PROVENANCE_NONE, NAN, 0);
  place (labels, 7, 3);
  ferry_lane_index_update (index, 7);
  g_assert_cmpint (ferry_lane_index_row (index, 3)[7].state, ==, FY_PROVENANCE_HAND);
  g_assert_cmpint (ferry_lane_index_row (index, 2)[7].state, ==, 0);
  g_assert_cmpint (ferry_lane_index_row (index, 1)[7].state, ==, FY_PROVENANCE_HAND);
  g_assert_cmpint (ferry_lane_index_row (index, 1)[7].trust, ==, 0);
}

/* --- Lanes --- */

#define LANE_HEIGHT 22

static const FerryLaneStyle STYLE = { .colour = { 0, 0, 200 },
                                      .text = { 0, 0, 0 },
                                      .base = { 255, 255, 255 },
                                      .weak = { 255, 0, 0 },
                                      .good = { 0, 255, 0 },
                                      .scale = 1 };

/* Pixels of a column whose colour is mostly there. */
static int
count_inked (const guint32 *pixel, int width, int x, guint least_alpha)
{
  int n = 0;

  for (int y = 0; y < LANE_HEIGHT; y++)
    n += pixel[y * width + x] >> 24 >= least_alpha;
  return n;
}

static void
test_lane_curve (void)
{
  FerryLaneCell row[40] = { 0 };
  FerryTimeAxis axis = { .n_frames = 40, .width = 400, .scale = 10 };
  guint32 pixel[400 * LANE_HEIGHT];
  int low;
  int high;

  for (int i = 0; i < 40; i++)
    row[i] = (FerryLaneCell){ FY_PROVENANCE_CARRIED, i < 20 ? 255 : 26 };
  ferry_lane_paint (row, &axis, &STYLE, pixel, 400, LANE_HEIGHT);
  high = count_inked (pixel, 400, 105, 120);
  low = count_inked (pixel, 400, 305, 120);
  g_assert_cmpint (high, >=, 12);
  g_assert_cmpint (low, <=, 4);
  g_assert_cmpint (low, >=, 1);
  /* The curve of low trust is red, that of high trust is not. */
  g_assert_cmpuint (pixel[17 * 400 + 305] >> 16 & 255, >, 90);
  g_assert_cmpuint (pixel[10 * 400 + 105] >> 16 & 255, <, 20);
}

/* Each provenance looks different without its colour: by how much is covered where. */
static void
test_lane_patterns (void)
{
  FerryTimeAxis axis = { .n_frames = 70, .width = 700, .scale = 10 };
  FerryLaneCell row[70] = { 0 };
  guint32 pixel[700 * LANE_HEIGHT];
  guint seen[FY_N_PROVENANCES][2];

  for (int i = 0; i < 70; i++)
    row[i] = (FerryLaneCell){ (guint8) (i / 10), 200 };
  ferry_lane_paint (row, &axis, &STYLE, pixel, 700, LANE_HEIGHT);
  for (int provenance = 0; provenance < FY_N_PROVENANCES; provenance++)
    {
      guint across = 0; /* inked pixels along a row through the band, and in all of it */
      guint all = 0;

      for (int x = provenance * 100 + 10; x < provenance * 100 + 90; x++)
        {
          across += pixel[8 * 700 + x] >> 24 > 100;
          all += (guint) count_inked (pixel, 700, x, 100);
        }
      seen[provenance][0] = across;
      seen[provenance][1] = all;
      for (int other = 0; other < provenance; other++)
        g_assert_true (ABS ((int) (all - seen[other][1])) > 40 ||
                       ABS ((int) (across - seen[other][0])) > 10 ||
                       (other == FY_PROVENANCE_HAND && provenance == FY_PROVENANCE_CORRECTED));
    }
  /* Diamonds: filled for labels by hand, hollow for corrected ones. */
  g_assert_cmpuint (pixel[11 * 700 + 255] & 0xffffff, ==, 0x000000);
  g_assert_cmpuint (pixel[11 * 700 + 355] & 0xffffff, >, 0xf00000);
  g_assert_cmpint (ferry_lane_mark_at (row, &axis, 253), ==, 25);
  g_assert_cmpint (ferry_lane_mark_at (row, &axis, 150), ==, -1);
}

static void
test_lane_reviewed_and_spans (void)
{
  FerryTimeAxis axis = { .n_frames = 30, .width = 300, .scale = 10 };
  FerryLaneCell row[30] = { 0 };
  guint32 pixel[300 * LANE_HEIGHT];
  g_autoptr (GArray) spans = NULL;

  row[3].state = FY_PROVENANCE_CARRIED | FERRY_LANE_REVIEWED;
  for (int i = 10; i < 20; i++)
    row[i].state = FY_PROVENANCE_ABSENT;
  row[25].state = FY_PROVENANCE_OCCLUDED;
  ferry_lane_paint (row, &axis, &STYLE, pixel, 300, LANE_HEIGHT);
  g_assert_cmphex (pixel[19 * 300 + 35], ==, 0xff00ff00);
  g_assert_cmphex (pixel[19 * 300 + 45], ==, 0);
  spans = ferry_lane_spans (row, &axis, 50);
  g_assert_cmpint (spans->len, ==, 1);
  g_assert_cmpfloat (g_array_index (spans, FerryLaneSpan, 0).x, ==, 100);
  g_assert_cmpfloat (g_array_index (spans, FerryLaneSpan, 0).width, ==, 100);
}

/* Zoomed out, the worst of the frames in a column is what is seen. */
static void
test_lane_of_many_frames (void)
{
  const int n = 20000;
  g_autofree FerryLaneCell *row = g_new0 (FerryLaneCell, n);
  FerryTimeAxis axis = { .n_frames = n, .width = 1000, .scale = 0.05 };
  g_autofree guint32 *pixel = g_new (guint32, 1000 * LANE_HEIGHT);

  for (int i = 0; i < n; i++)
    row[i] = (FerryLaneCell){ FY_PROVENANCE_CARRIED, 240 };
  row[10007].trust = 10;
  ferry_lane_paint (row, &axis, &STYLE, pixel, 1000, LANE_HEIGHT);
  g_assert_cmpint (count_inked (pixel, 1000, 499, 100), >=, 12);
  g_assert_cmpuint (pixel[10 * 1000 + 500] >> 16 & 255, >, pixel[10 * 1000 + 499] >> 16 & 255);
  ferry_lane_paint (NULL, &axis, &STYLE, pixel, 1000, LANE_HEIGHT);
  g_assert_cmpint (count_inked (pixel, 1000, 499, 200), ==, 0);
}

/* --- Thumbnails --- */

static void
test_picture (void)
{
  g_autoptr (FyLabelSet) labels = make_labels (2, 2);
  g_autoptr (FyFrame) picture = fy_frame_new (4, 2);
  g_autoptr (FyFrame) same = NULL;
  g_autoptr (FyFrame) drawn = NULL;
  g_autoptr (FyIdMap) map = fy_id_map_new (WIDTH, HEIGHT);
  g_autoptr (FyRunMap) runs = NULL;
  g_autoptr (FerryColours) colours = ferry_colours_new (labels);
  FyRgb colour = fy_label_set_find (labels, 2)->colour;

  memset (picture->rgb, 100, 4 * 2 * 3);
  same = ferry_labelled_picture (picture, NULL, colours, 0.5);
  g_assert_true (same == picture);
  for (int y = 0; y < HEIGHT; y++)
    for (int x = WIDTH / 2; x < WIDTH; x++)
      map->id[y * WIDTH + x] = 2;
  runs = fy_run_map_new (map);
  fy_label_set_paint (labels, 0, runs);
  drawn = ferry_labelled_picture (picture, fy_label_set_peek (labels, 0), colours, 1);
  g_assert_cmpint (drawn->rgb[3], ==, 100);
  g_assert_cmpint (ABS (drawn->rgb[2 * 3] - colour.r), <=, 1);
  g_assert_cmpint (ABS (drawn->rgb[2 * 3 + 2] - colour.b), <=, 1);
  g_assert_cmpint (picture->rgb[2 * 3], ==, 100);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/axis/places", test_axis_places);
  g_test_add_func ("/axis/zoom", test_axis_zoom);
  g_test_add_func ("/axis/empty", test_axis_empty);
  g_test_add_func ("/axis/steps", test_axis_steps);
  g_test_add_func ("/navigation/hand", test_next_hand);
  g_test_add_func ("/navigation/weak", test_next_weak);
  g_test_add_func ("/navigation/weakness-followed", test_weakness_followed);
  g_test_add_func ("/navigation/spans", test_spans);
  g_test_add_func ("/index", test_index);
  g_test_add_func ("/lane/curve", test_lane_curve);
  g_test_add_func ("/lane/patterns", test_lane_patterns);
  g_test_add_func ("/lane/reviewed", test_lane_reviewed_and_spans);
  g_test_add_func ("/lane/many", test_lane_of_many_frames);
  g_test_add_func ("/picture", test_picture);
  return g_test_run ();
}
