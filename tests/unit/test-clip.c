/* SPDX-License-Identifier: MIT */
/* Frames, their cache, scaling and turning; the order of names; the two orders of a frame index. */
#include "media/clip.h"
#include "media/frame-cache.h"
#include "media/frame-index.h"
#include "media/image-folder.h"
#include "media/orientation.h"

#include <math.h>
#include <string.h>

static FyFrame *
noise_frame (int width, int height)
{
  FyFrame *frame = fy_frame_new (width, height);
  g_autoptr (GRand) rand = g_rand_new_with_seed (3);

  for (int i = 0; i < width * height * 3; i++)
    frame->rgb[i] = (guint8) g_rand_int_range (rand, 0, 256);
  return frame;
}

static void
test_frame_new (void)
{
  g_autoptr (FyFrame) frame = fy_frame_new (1, 1);

  g_assert_nonnull (frame);
  g_assert_null (fy_frame_new (0, 5));
  g_assert_null (fy_frame_new (5, -1));
  g_assert_null (fy_frame_new (G_MAXINT, G_MAXINT));
  g_assert_true (fy_frame_scale (frame, 1, 1) == frame);
  fy_frame_unref (frame); /* what _scale returned */
  g_assert_null (fy_frame_scale (frame, 0, 1));
}

/* How much source sample s counts in output sample i of n to m along one axis. */
static double
share (int s, int i, int n, int m)
{
  double at;

  if (m <= n) /* what the two intervals have in common, of the output's length */
    {
      double from = fmax (s, (double) i * n / m), to = fmin (s + 1, (double) (i + 1) * n / m);

      return fmax (0, to - from) * m / n;
    }
  at = fmin (fmax ((i + 0.5) * n / m - 0.5, 0), n - 1);
  return fmax (0, 1 - fabs (at - s));
}

static double
want_scaled (const FyFrame *frame, int x, int y, int c, int width, int height)
{
  double sum = 0;

  for (int j = 0; j < frame->height; j++)
    for (int i = 0; i < frame->width; i++)
      sum += share (i, x, frame->width, width) * share (j, y, frame->height, height) *
             frame->rgb[(j * frame->width + i) * 3 + c];
  return sum;
}

static void
test_scale (void)
{
  static const int sizes[][4] = {
    { 1, 1, 3, 2 },    { 7, 5, 3, 2 },     { 7, 5, 14, 10 },   { 17, 13, 16, 12 },
    { 16, 9, 17, 10 }, { 31, 23, 31, 11 }, { 31, 23, 9, 40 },  { 40, 3, 5, 7 },
    { 33, 31, 1, 1 },  { 2, 2, 33, 31 },   { 64, 48, 32, 24 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      int width = sizes[i][2], height = sizes[i][3];
      g_autoptr (FyFrame) frame = noise_frame (sizes[i][0], sizes[i][1]);
      g_autoptr (FyFrame) scaled = NULL;

      frame->number = 12;
      frame->time_us = 34;
      scaled = fy_frame_scale (frame, width, height);
      g_assert_cmpint (scaled->width, ==, width);
      g_assert_cmpint (scaled->height, ==, height);
      g_assert_cmpint (scaled->number, ==, 12);
      g_assert_cmpint (scaled->time_us, ==, 34);
      for (int at = 0; at < width * height * 3; at++)
        g_assert_cmpfloat (
            fabs (scaled->rgb[at] -
                  want_scaled (frame, at / 3 % width, at / 3 / width, at % 3, width, height)),
            <=, 0.501);
    }
}

/* Flat colour stays what it is, white included. */
static void
test_scale_flat (void)
{
  g_autoptr (FyFrame) frame = fy_frame_new (1000, 700);

  memset (frame->rgb, 255, 1000 * 700 * 3);
  for (int size = 1; size < 1500; size = size * 3 + 1)
    {
      g_autoptr (FyFrame) scaled = fy_frame_scale (frame, size, size);

      for (int i = 0; i < size * size * 3; i++)
        g_assert_cmpuint (scaled->rgb[i], ==, 255);
    }
}

/* "ab" over "cd", two over two pixels of one letter each, turned as EXIF says. */
static void
test_orientation (void)
{
  static const char *const upright[] = { "",       "abcdef", "cbafed", "fedcba", "defabc",
                                         "adbecf", "daebfc", "fcebda", "cfbead" };
  static const int degrees[] = { 0, 0, 0, 180, 180, 270, 90, 90, 270 };
  g_autoptr (FyFrame) stored = fy_frame_new (3, 2);

  for (int i = 0; i < 6; i++)
    memset (stored->rgb + 3 * i, 'a' + i, 3);
  for (int value = 1; value <= 8; value++)
    {
      FyOrientation orientation = fy_orientation_from_exif (value);
      g_autoptr (FyFrame) turned = fy_orientation_apply (orientation, stored);
      char letters[7] = { 0 };

      g_assert_cmpint (turned->width, ==, value < 5 ? 3 : 2);
      g_assert_cmpint (turned->height, ==, value < 5 ? 2 : 3);
      for (int i = 0; i < 6; i++)
        letters[i] = (char) turned->rgb[3 * i + 1];
      g_assert_cmpstr (letters, ==, upright[value]);
      g_assert_cmpint (fy_orientation_degrees (orientation), ==, degrees[value]);
    }
  g_assert_true (fy_orientation_apply (fy_orientation_from_exif (0), stored) == stored);
  fy_frame_unref (stored);
}

/* Stored (x, y) is shown at (a*x + c*y, b*x + d*y). */
static void
test_orientation_matrix (void)
{
  static const struct
  {
    double a, b, c, d;
    int exif;
  } cases[] = { { 1, 0, 0, 1, 1 },   { -1, 0, 0, 1, 2 }, { -1, 0, 0, -1, 3 },
                { 1, 0, 0, -1, 4 },  { 0, 1, 1, 0, 5 },  { 0, 1, -1, 0, 6 },
                { 0, -1, -1, 0, 7 }, { 0, -1, 1, 0, 8 }, { .9, .1, -.1, .9, 1 } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      FyOrientation got =
          fy_orientation_from_matrix (cases[i].a, cases[i].b, cases[i].c, cases[i].d);
      FyOrientation want = fy_orientation_from_exif (cases[i].exif);

      g_assert_cmpint (got.transpose, ==, want.transpose);
      g_assert_cmpint (got.flip_x, ==, want.flip_x);
      g_assert_cmpint (got.flip_y, ==, want.flip_y);
    }
}

static void
cache_number (FyFrameCache *cache, int number)
{
  g_autoptr (FyFrame) frame = fy_frame_new (10, 10);

  frame->number = number;
  fy_frame_cache_add (cache, frame);
}

static gboolean
is_cached (FyFrameCache *cache, int number)
{
  g_autoptr (FyFrame) frame = fy_frame_cache_get (cache, number);

  g_assert_true (frame == NULL || frame->number == number);
  return frame != NULL;
}

static void
test_cache (void)
{
  g_autoptr (FyFrameCache) cache = fy_frame_cache_new (1000); /* three frames of 300 bytes */
  g_autoptr (FyFrame) large = fy_frame_new (20, 20);

  g_assert_cmpint (fy_frame_cache_capacity (cache, 10, 10), ==, 3);
  g_assert_cmpint (fy_frame_cache_capacity (cache, 20, 20), ==, 0);
  for (int number = 1; number <= 3; number++)
    cache_number (cache, number);
  g_assert_true (is_cached (cache, 1)); /* now 2 is the oldest */
  cache_number (cache, 4);
  g_assert_false (is_cached (cache, 2));
  g_assert_true (is_cached (cache, 1) && is_cached (cache, 3) && is_cached (cache, 4));
  cache_number (cache, 3); /* replaces itself only */
  g_assert_true (is_cached (cache, 1) && is_cached (cache, 3) && is_cached (cache, 4));
  fy_frame_cache_add (cache, large);
  g_assert_true (is_cached (cache, 1) && !is_cached (cache, 0));
}

static void
test_natural_order (void)
{
  static const char *const sorted[] = { "00000.jpg",
                                        "1.png",
                                        "2.JPG",
                                        "02b.jpg",
                                        "10.jpg",
                                        "99999999999999999999.png",
                                        "100000000000000000000.jpg",
                                        "a.jpg",
                                        "A1b2.jpg",
                                        "a1B10.jpg",
                                        "B.png",
                                        "b.png.png" };

  for (guint i = 0; i < G_N_ELEMENTS (sorted); i++)
    for (guint j = 0; j < G_N_ELEMENTS (sorted); j++)
      {
        int order = fy_natural_compare (sorted[i], sorted[j]);

        g_assert_cmpint ((order > 0) - (order < 0), ==, (i > j) - (i < j));
      }
  g_assert_cmpint (fy_natural_compare ("1.png", "01.png"), !=, 0);
}

/* Appends packets of a stream: "K0 P3 b1 b2 ..." with K = key, h = hidden, t = trimmed, and the
 * presentation time. */
static FyFrameIndex *
make_index (const char *text)
{
  FyFrameIndex *index = fy_frame_index_new ();
  g_auto (GStrv) words = g_strsplit (text, " ", -1);

  for (int d = 0; words[d] != NULL; d++)
    {
      FyPacketEntry packet = {
        .pts = words[d][1] != '\0' ? g_ascii_strtoll (words[d] + 1, NULL, 10) : FY_NO_TIME,
        .dts = d,
        .position = 100 * d,
        .size = 50,
        .role = words[d][0] == 'h'   ? FY_PACKET_HIDDEN
                : words[d][0] == 't' ? FY_PACKET_TRIMMED
                                     : FY_PACKET_SHOWN,
        .key = words[d][0] == 'K',
      };

      fy_frame_index_append (index, &packet);
    }
  return index;
}

static void
test_index_order (void)
{
  g_autoptr (FyFrameIndex) index = make_index ("K10 P40 b20 h99 b30 t5 K70 P90 b80");
  static const int packets[] = { 0, 2, 4, 1, 6, 8, 7 };

  g_assert_true (fy_frame_index_order_by_time (index));
  g_assert_cmpint (fy_frame_index_n_packets (index), ==, 9);
  g_assert_cmpint (fy_frame_index_n_frames (index), ==, (int) G_N_ELEMENTS (packets));
  for (int n = 0; n < (int) G_N_ELEMENTS (packets); n++)
    {
      g_assert_cmpint (fy_frame_index_frame (index, n)->packet, ==, packets[n]);
      g_assert_cmpint (fy_frame_index_packet (index, packets[n])->number, ==, n);
    }
  g_assert_cmpint (fy_frame_index_packet (index, 3)->number, ==, -1);
  g_assert_cmpint (fy_frame_index_packet (index, 5)->number, ==, -1);
  fy_frame_index_remove (index, 1, 3);
  g_assert_cmpint (fy_frame_index_n_frames (index), ==, 5);
  g_assert_cmpint (fy_frame_index_packet (index, 1)->number, ==, 1);
  g_assert_cmpint (fy_frame_index_packet (index, 2)->number, ==, -1);
}

static void
test_index_bad_times (void)
{
  static const char *const bad[] = { "K0 P P2", "K0 P1 P1" };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (FyFrameIndex) index = make_index (bad[i]);
      const FyFrameEntry frames[] = { { 1, 7 }, { 0, 8 } };

      g_assert_false (fy_frame_index_order_by_time (index));
      g_assert_cmpint (fy_frame_index_n_frames (index), ==, 0);
      fy_frame_index_order_by_output (index, frames, 2);
      g_assert_cmpint (fy_frame_index_packet (index, 0)->number, ==, 1);
      g_assert_cmpint (fy_frame_index_packet (index, 2)->number, ==, -1);
      g_assert_cmpuint (fy_frame_index_frame (index, 0)->hash, ==, 7);
    }
}

/* An open group of pictures: frames 4 and 5, shown before the second key, need the first. */
static void
test_index_seek (void)
{
  g_autoptr (FyFrameIndex) index = make_index ("K0 P3 b1 b2 K6 b4 b5 P9 b7 b8 K10 P11");
  static const int targets[] = { 0, 0, 0, 0, 0, 0, 4, 4, 4, 4, 10, 10 };
  static const int needed[] = { 0, 3, 3, 3, 6, 6, 6, 9, 9, 9, 10, 11 };

  g_assert_true (fy_frame_index_order_by_time (index));
  for (int n = 0; n < 12; n++)
    {
      g_assert_cmpint (fy_frame_index_seek_target (index, n), ==, targets[n]);
      g_assert_cmpint (fy_frame_index_last_needed (index, n), ==, needed[n]);
    }
  g_assert_true (fy_frame_index_leads (index, 5, 4));
  g_assert_true (fy_frame_index_leads (index, 6, 4));
  g_assert_false (fy_frame_index_leads (index, 7, 4));
  g_assert_false (fy_frame_index_leads (index, 2, 4)); /* before it in both orders */
  g_assert_cmpint (fy_frame_index_key_before (index, 12, 1), ==, 10);
  g_assert_cmpint (fy_frame_index_key_before (index, 10, 1), ==, 4);
  g_assert_cmpint (fy_frame_index_key_before (index, 10, 0), ==, 10);
  g_assert_cmpint (fy_frame_index_key_before (index, 10, 9), ==, 0);
  g_assert_cmpint (fy_frame_index_key_after (index, -1), ==, 0);
  g_assert_cmpint (fy_frame_index_key_after (index, 0), ==, 4);
  g_assert_cmpint (fy_frame_index_key_after (index, 10), ==, 12);
}

/* A trimmed key has no number; its time tells that it is shown before. */
static void
test_index_trimmed_key (void)
{
  g_autoptr (FyFrameIndex) index = make_index ("t0 K-5 t3 P6 b5 K9");

  g_assert_true (fy_frame_index_order_by_time (index));
  g_assert_cmpint (fy_frame_index_n_frames (index), ==, 4);
  g_assert_cmpint (fy_frame_index_seek_target (index, 1), ==, 1);
  g_assert_cmpint (fy_frame_index_seek_target (index, 3), ==, 5);
}

static void
test_index_identify (void)
{
  g_autoptr (FyFrameIndex) index = make_index ("K0 P1 P2 P3");
  const FyPacketEntry twins[] = { { .pts = 4, .position = 900, .size = 9 },
                                  { .pts = 5, .position = 900, .size = 9 },
                                  { .pts = FY_NO_TIME, .position = -1, .size = 9 } };

  for (guint i = 0; i < G_N_ELEMENTS (twins); i++)
    fy_frame_index_append (index, &twins[i]);
  g_assert_cmpint (fy_frame_index_identify (index, 200, 50, 77), ==, 2); /* whatever its time */
  g_assert_cmpint (fy_frame_index_identify (index, 200, 51, 2), ==, -1);
  g_assert_cmpint (fy_frame_index_identify (index, 250, 50, 2), ==, -1);
  g_assert_cmpint (fy_frame_index_identify (index, 900, 9, 5), ==, 5);
  g_assert_cmpint (fy_frame_index_identify (index, 900, 9, 6), ==, -1);
  g_assert_cmpint (fy_frame_index_identify (index, -1, 9, FY_NO_TIME), ==, -1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/clip/frame/new", test_frame_new);
  g_test_add_func ("/clip/frame/scale", test_scale);
  g_test_add_func ("/clip/frame/scale-flat", test_scale_flat);
  g_test_add_func ("/clip/orientation/exif", test_orientation);
  g_test_add_func ("/clip/orientation/matrix", test_orientation_matrix);
  g_test_add_func ("/clip/cache", test_cache);
  g_test_add_func ("/clip/natural-order", test_natural_order);
  g_test_add_func ("/clip/index/order", test_index_order);
  g_test_add_func ("/clip/index/bad-times", test_index_bad_times);
  g_test_add_func ("/clip/index/seek", test_index_seek);
  g_test_add_func ("/clip/index/trimmed-key", test_index_trimmed_key);
  g_test_add_func ("/clip/index/identify", test_index_identify);
  return g_test_run ();
}
