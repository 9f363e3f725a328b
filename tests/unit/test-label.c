/* SPDX-License-Identifier: MIT */
#include "label/overlay.h"
#include "label/palette.h"

#include <math.h>
#include <string.h>

static void
assert_colour (FyRgb colour, guint8 r, guint8 g, guint8 b)
{
  g_assert_cmpint (colour.r, ==, r);
  g_assert_cmpint (colour.g, ==, g);
  g_assert_cmpint (colour.b, ==, b);
}

/* Known entries of the PASCAL VOC map. */
static void
test_voc (void)
{
  assert_colour (fy_voc_colour (0), 0, 0, 0);
  assert_colour (fy_voc_colour (1), 128, 0, 0);
  assert_colour (fy_voc_colour (2), 0, 128, 0);
  assert_colour (fy_voc_colour (3), 128, 128, 0);
  assert_colour (fy_voc_colour (4), 0, 0, 128);
  assert_colour (fy_voc_colour (8), 64, 0, 0);
  assert_colour (fy_voc_colour (9), 192, 0, 0);
  assert_colour (fy_voc_colour (20), 0, 64, 128);
  assert_colour (fy_voc_colour (255), 224, 224, 192);
}

static guint8
to_191 (guint8 value)
{
  return value == 192 ? 191 : value;
}

static void
test_voc_index (void)
{
  for (int i = 0; i < 256; i++)
    {
      FyRgb colour = fy_voc_colour ((guint8) i);
      FyRgb variant = { to_191 (colour.r), to_191 (colour.g), to_191 (colour.b) };

      g_assert_cmpint (fy_voc_index (colour), ==, i);
      g_assert_cmpint (fy_voc_index (variant), ==, i);
    }
  g_assert_cmpint (fy_voc_index ((FyRgb){ 1, 0, 0 }), ==, -1);
  g_assert_cmpint (fy_voc_index ((FyRgb){ 255, 255, 255 }), ==, -1);
  g_assert_cmpint (fy_voc_index ((FyRgb){ 0, 0, 32 }), ==, -1);
  g_assert_cmpint (fy_voc_index ((FyRgb){ 127, 0, 0 }), ==, -1);
}

static void
test_recognise (void)
{
  FyRgb palette[256];

  for (int i = 0; i < 256; i++)
    palette[i] = fy_voc_colour ((guint8) i);
  g_assert_cmpint (fy_palette_recognise (palette, 256), ==, FY_PALETTE_VOC);
  g_assert_cmpint (fy_palette_recognise (palette, 2), ==, FY_PALETTE_VOC);
  g_assert_cmpint (fy_palette_recognise (palette, 1), ==, FY_PALETTE_OTHER);
  for (int i = 0; i < 256; i++) /* the variant, a grey ramp behind its first 22 */
    palette[i] = i < 22 ? (FyRgb){ to_191 (palette[i].r), to_191 (palette[i].g), palette[i].b }
                        : (FyRgb){ (guint8) i, (guint8) i, (guint8) i };
  g_assert_cmpint (fy_palette_recognise (palette, 256), ==, FY_PALETTE_VOC_191);
  palette[5].g = 3;
  g_assert_cmpint (fy_palette_recognise (palette, 256), ==, FY_PALETTE_OTHER);
}

/* --- Colours that people tell apart --- */

static double
linear (guint8 value)
{
  double v = value / 255.0;

  return v <= 0.04045 ? v / 12.92 : pow ((v + 0.055) / 1.055, 2.4);
}

static double
lab_curve (double t)
{
  return t > 0.008856 ? cbrt (t) : 7.787 * t + 16.0 / 116.0;
}

/* The colour as seen through a 3x3 matrix on linear RGB, in CIE Lab (D65). */
static void
to_lab (FyRgb colour, const double view[3][3], double lab[3])
{
  static const double xyz[3][3] = { { 0.4124, 0.3576, 0.1805 },
                                    { 0.2126, 0.7152, 0.0722 },
                                    { 0.0193, 0.1192, 0.9505 } };
  static const double white[3] = { 0.9505, 1.0, 1.089 };
  double in[3] = { linear (colour.r), linear (colour.g), linear (colour.b) }, seen[3], f[3];

  for (int i = 0; i < 3; i++)
    seen[i] = CLAMP (view[i][0] * in[0] + view[i][1] * in[1] + view[i][2] * in[2], 0.0, 1.0);
  for (int i = 0; i < 3; i++)
    f[i] = lab_curve ((xyz[i][0] * seen[0] + xyz[i][1] * seen[1] + xyz[i][2] * seen[2]) / white[i]);
  lab[0] = 116.0 * f[1] - 16.0;
  lab[1] = 500.0 * (f[0] - f[1]);
  lab[2] = 200.0 * (f[1] - f[2]);
}

/* Least distance between two of the display colours of ids 1 .. n. */
static double
least_distance (const double view[3][3], int n)
{
  double least = (double) INFINITY;

  for (int i = 1; i <= n; i++)
    for (int j = 1; j < i; j++)
      {
        double a[3], b[3];

        to_lab (fy_display_colour ((guint16) i), view, a);
        to_lab (fy_display_colour ((guint16) j), view, b);
        least = fmin (least, sqrt ((a[0] - b[0]) * (a[0] - b[0]) + (a[1] - b[1]) * (a[1] - b[1]) +
                                   (a[2] - b[2]) * (a[2] - b[2])));
      }
  return least;
}

/* A difference of 2.3 in Lab is just noticeable.  Matrices: Machado, Oliveira, Fernandes 2009. */
static void
test_display_colours (void)
{
  static const double views[4][3][3] = {
    { { 1, 0, 0 }, { 0, 1, 0 }, { 0, 0, 1 } },
    { { 0.152286, 1.052583, -0.204868 },
      { 0.114503, 0.786281, 0.099216 },
      { -0.003882, -0.048116, 1.051998 } }, /* no red cones */
    { { 0.367322, 0.860646, -0.227968 },
      { 0.280085, 0.672501, 0.047413 },
      { -0.011820, 0.042940, 0.968881 } }, /* no green cones */
    { { 1.255528, -0.076749, -0.178779 },
      { -0.078411, 0.930809, 0.147602 },
      { 0.004733, 0.691367, 0.303900 } }, /* no blue cones */
  };

  for (int i = 0; i < 4; i++)
    {
      g_assert_cmpfloat (least_distance (views[i], 7), >, 15.0);
      g_assert_cmpfloat (least_distance (views[i], 21), >, 6.0);
    }
  g_assert_cmpmem (&(FyRgb[1]){ fy_display_colour (1) }, sizeof (FyRgb),
                   &(FyRgb[1]){ fy_display_colour (22) }, sizeof (FyRgb));
}

/* --- Overlay --- */

/* A 6x5 map: object 1 in the left three columns, object 2 at the lower right, void above it. */
static FyIdMap *
make_map (void)
{
  static const guint16 v = FY_ID_VOID;
  const guint16 ids[5][6] = {
    { 1, 1, 1, 0, v, v }, { 1, 1, 1, 0, v, v }, { 1, 1, 1, 0, 0, 0 },
    { 1, 1, 1, 0, 2, 2 }, { 1, 1, 1, 0, 2, 2 },
  };
  FyIdMap *map = fy_id_map_new (6, 5);

  memcpy (map->id, ids, sizeof ids);
  return map;
}

static void
test_outline (void)
{
  g_autoptr (FyIdMap) map = make_map ();
  guint8 rgb[5][6][3];
  const FyRgb red = { 255, 0, 0 };
  const FyOverlayParams params = {
    .opacity = 0.5, .outline_px = 1, .colours = &red, .n_colours = 1
  };

  memset (rgb, 100, sizeof rgb);
  fy_overlay_draw (&rgb[0][0][0], map, &params);
  for (int y = 0; y < 5; y++)
    {
      assert_colour (*(FyRgb *) rgb[y][0], 178, 50, 50); /* the picture's border is none of it */
      assert_colour (*(FyRgb *) rgb[y][1], 178, 50, 50);
      assert_colour (*(FyRgb *) rgb[y][2], 255, 0, 0);
      assert_colour (*(FyRgb *) rgb[y][3], 100, 100, 100);
    }
  for (int y = 3; y < 5; y++) /* beyond the colours given: the display colour */
    assert_colour (*(FyRgb *) rgb[y][4], 86, 180, 233);
  assert_colour (*(FyRgb *) rgb[3][5], 86, 180, 233);
  assert_colour (*(FyRgb *) rgb[4][5], 93, 140, 167);
}

static void
test_parts (void)
{
  g_autoptr (FyIdMap) map = make_map ();
  guint8 rgb[5][6][3], before[5][6][3];

  memset (before, 100, sizeof before);
  memcpy (rgb, before, sizeof rgb);
  fy_overlay_draw (&rgb[0][0][0], map,
                   &(FyOverlayParams){ .no_fill = TRUE, .no_outline = TRUE, .no_void = TRUE });
  g_assert_cmpmem (rgb, sizeof rgb, before, sizeof before);
  fy_overlay_draw (&rgb[0][0][0], map, &(FyOverlayParams){ .no_outline = TRUE, .opacity = 1.0 });
  assert_colour (*(FyRgb *) rgb[0][0], 230, 159, 0);
}

/* Lines two pixels wide, eight apart. */
static void
test_void (void)
{
  g_autoptr (FyIdMap) map = fy_id_map_new (16, 16);
  guint8 rgb[16][16][3];

  for (int i = 0; i < 256; i++)
    map->id[i] = FY_ID_VOID;
  memset (rgb, 100, sizeof rgb);
  fy_overlay_draw (&rgb[0][0][0], map, NULL);
  for (int y = 0; y < 16; y++)
    for (int x = 0; x < 16; x++)
      g_assert_cmpint (rgb[y][x][0], ==, (x + y) % 8 < 2 ? 163 : 100);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/label/palette/voc", test_voc);
  g_test_add_func ("/label/palette/voc-index", test_voc_index);
  g_test_add_func ("/label/palette/recognise", test_recognise);
  g_test_add_func ("/label/palette/display-colours", test_display_colours);
  g_test_add_func ("/label/overlay/outline", test_outline);
  g_test_add_func ("/label/overlay/parts", test_parts);
  g_test_add_func ("/label/overlay/void", test_void);
  return g_test_run ();
}
