/* SPDX-License-Identifier: MIT */
#include "base/error.h"
#include "exchange/davis-check.h"
#include "exchange/davis.h"
#include "exchange/picture.h"
#include "exchange/png-file.h"
#include "folder.h"

#include <string.h>

#define WIDTH  40
#define HEIGHT 30

typedef struct
{
  char *folder;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->folder = test_folder_new ();
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  test_folder_remove (fixture->folder);
  g_free (fixture->folder);
}

/* A mask with a bar of each of the ids, 0-terminated. */
static FyIdMap *
make_mask (const guint16 *ids)
{
  FyIdMap *map = fy_id_map_new (WIDTH, HEIGHT);

  for (int i = 0; ids[i] != 0; i++)
    for (int y = 0; y < 5; y++)
      map->id[y * WIDTH + 3 * i + 1] = ids[i];
  return map;
}

static void
write_mask (const char *folder, const char *name, const guint16 *ids)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autoptr (FyIdMap) map = make_mask (ids);
  g_autoptr (GError) error = NULL;

  fy_indexed_png_write (path, map, &error);
  g_assert_no_error (error);
}

#define IDS(...) ((const guint16[]){ __VA_ARGS__ __VA_OPT__ (, ) 0 })

static void
touch (const char *folder, const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);

  g_assert_true (g_file_set_contents (path, "x", 1, NULL));
}

/* --- Folders --- */

static void
test_order (Fixture *fixture, gconstpointer data)
{
  static const char *const names[] = { "frame_2.png", "frame_10.PNG", "Frame_100.png",
                                       "frame_1.png" };
  static const char *const order[] = { "frame_1.png", "frame_2.png", "frame_10.PNG",
                                       "Frame_100.png" };
  g_autoptr (FyMaskFolder) folder = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    touch (fixture->folder, names[i]);
  touch (fixture->folder, "ids.json");
  touch (fixture->folder, ".hidden.png");
  folder = fy_mask_folder_open (fixture->folder, NULL);
  g_assert_cmpint (fy_mask_folder_n_frames (folder), ==, 4);
  for (int i = 0; i < 4; i++)
    g_assert_cmpstr (fy_mask_folder_frame (folder, i), ==, order[i]);
  g_assert_cmpint (fy_mask_folder_index (folder, "frame_10.jpg", -1), ==, 2);
  g_assert_cmpint (fy_mask_folder_index (folder, "00010.jpg", 10), ==, 2);
  g_assert_cmpint (fy_mask_folder_index (folder, NULL, 100), ==, 3);
  g_assert_cmpint (fy_mask_folder_index (folder, "00011.jpg", 11), ==, -1);
  touch (fixture->folder, "other_100.png");
  fy_mask_folder_free (folder);
  folder = fy_mask_folder_open (fixture->folder, NULL);
  g_assert_cmpint (fy_mask_folder_index (folder, NULL, 100), ==, -1); /* two have it */
}

static void
test_number (void)
{
  g_assert_cmpint (fy_frame_number ("00014.png"), ==, 14);
  g_assert_cmpint (fy_frame_number ("frame_000014.png"), ==, 14);
  g_assert_cmpint (fy_frame_number ("take2_0007_mask.png"), ==, 7);
  g_assert_cmpint (fy_frame_number ("12"), ==, 12);
  g_assert_cmpint (fy_frame_number ("mask.png2"), ==, -1);
  g_assert_cmpint (fy_frame_number ("99999999999999999999999.png"), ==, -1);
}

static void
test_find (Fixture *fixture, gconstpointer data)
{
  g_autofree char *a = g_build_filename (fixture->folder, "Bear", NULL);
  g_autofree char *b = g_build_filename (fixture->folder, "camel", NULL);
  g_autofree char *empty = g_build_filename (fixture->folder, "attic", NULL);
  g_autofree char *nowhere = g_build_filename (fixture->folder, "nowhere", NULL);
  g_autoptr (GPtrArray) many = NULL;
  g_autoptr (GPtrArray) one = NULL;
  g_autoptr (GError) none = NULL;
  g_autoptr (GError) missing = NULL;

  g_mkdir (empty, 0755);
  g_assert_null (fy_mask_folder_find (fixture->folder, &none));
  g_assert_error (none, FY_ERROR, FY_ERROR_MISMATCH);
  g_mkdir (a, 0755);
  g_mkdir (b, 0755);
  touch (a, "0.png");
  touch (b, "0.png");
  touch (fixture->folder, "readme.txt");
  many = fy_mask_folder_find (fixture->folder, NULL);
  g_assert_cmpuint (many->len, ==, 2);
  g_assert_cmpstr (fy_mask_folder_name (g_ptr_array_index (many, 0)), ==, "Bear");
  g_assert_cmpstr (fy_mask_folder_name (g_ptr_array_index (many, 1)), ==, "camel");
  one = fy_mask_folder_find (b, NULL);
  g_assert_cmpuint (one->len, ==, 1);
  g_assert_null (fy_mask_folder_find (nowhere, &missing));
  g_assert_error (missing, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_assert_nonnull (strstr (missing->message, nowhere));
}

/* --- Labels --- */

static void
test_labels_choice (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *name;
    int frame;
    const char *want;
    guint16 id;
  } cases[] = {
    { "00003.jpg", 0, "00003.png", 4 }, /* by name first */
    { "img_7.jpg", 7, "00007.png", 8 }, /* then by number */
    { NULL, 3, "00003.png", 4 },
  };

  write_mask (fixture->folder, "00007.png", IDS (8));
  write_mask (fixture->folder, "00003.png", IDS (4));
  write_mask (fixture->folder, "00001.png", IDS (2));
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *used = NULL;
      g_autofree char *want = g_build_filename (fixture->folder, cases[i].want, NULL);
      g_autoptr (GError) error = NULL;
      g_autoptr (FyIdMap) map = fy_labels_read (fixture->folder, cases[i].name, cases[i].frame,
                                                WIDTH, HEIGHT, &used, NULL, &error);

      g_assert_no_error (error);
      g_assert_cmpstr (used, ==, want);
      g_assert_cmpint (map->id[1], ==, cases[i].id);
    }
}

/* Another frame's mask would be wrong in silence. */
static void
test_labels_of_other_frames (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  write_mask (fixture->folder, "00007.png", IDS (8));
  g_assert_null (fy_labels_read (fixture->folder, NULL, 5, WIDTH, HEIGHT, NULL, NULL, &error));
  g_assert_error (error, FY_ERROR, FY_ERROR_MISMATCH);
  g_assert_nonnull (strstr (error->message, "frame 5"));
  g_assert_nonnull (strstr (error->message, "00007.png"));
}

static void
assert_labels_fail (const char *path, int width, int height, const char *word)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (fy_labels_read (path, NULL, 0, width, height, NULL, NULL, &error));
  g_assert_error (error, FY_ERROR, FY_ERROR_MISMATCH);
  g_assert_true (g_str_has_prefix (error->message, path));
  if (strstr (error->message, word) == NULL)
    g_error ("\"%s\" does not say \"%s\"", error->message, word);
}

static void
test_labels_bad (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->folder, "a.png", NULL);

  assert_labels_fail (fixture->folder, WIDTH, HEIGHT, "no PNG");
  write_mask (fixture->folder, "a.png", IDS (1));
  assert_labels_fail (path, 854, 480, "40x30 but the clip's frames 854x480");
  write_mask (fixture->folder, "a.png", IDS ());
  assert_labels_fail (path, WIDTH, HEIGHT, "no object");
}

/* Three hundred objects are fine inside, in 16 bits; a DAVIS folder refuses them before the first
 * frame. */
static void
test_labels_300 (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->folder, "a.png", NULL);
  g_autofree char *out = g_build_filename (fixture->folder, "out", NULL);
  guint16 grey[WIDTH * HEIGHT];
  FyPng png = { .width = WIDTH, .height = HEIGHT, .bit_depth = 16, .channels = 1, .samples = grey };
  g_autoptr (GError) error = NULL;
  g_autoptr (FyIdMap) map = NULL;
  g_autoptr (GArray) ids = NULL;

  for (int i = 0; i < WIDTH * HEIGHT; i++)
    grey[i] = (guint16) (i % 301);
  g_assert_true (fy_png_write (path, &png, NULL));
  map = fy_labels_read (path, NULL, 0, WIDTH, HEIGHT, NULL, NULL, &error);
  g_assert_no_error (error);
  ids = fy_id_map_ids (map);
  g_assert_cmpuint (ids->len, ==, 300);
  g_assert_null (fy_davis_writer_new (out, ids, &error));
  g_assert_error (error, FY_ERROR, FY_ERROR_UNSUPPORTED);
  g_assert_nonnull (strstr (error->message, "300 objects"));
  g_assert_nonnull (strstr (error->message, "254"));
  g_assert_false (g_file_test (out, G_FILE_TEST_EXISTS));
}

/* --- Results --- */

static FyDavisWriter *
new_writer (const char *folder, const guint16 *ids)
{
  g_autoptr (FyIdMap) map = make_mask (ids);
  g_autoptr (GArray) array = fy_id_map_ids (map);
  g_autoptr (GError) error = NULL;
  FyDavisWriter *writer = fy_davis_writer_new (folder, array, &error);

  g_assert_no_error (error);
  return writer;
}

static void
test_writer (Fixture *fixture, gconstpointer data)
{
  g_autofree char *out = g_build_filename (fixture->folder, "results", "bear", NULL);
  g_autofree char *numbers = g_build_filename (out, "ids.json", NULL);
  g_autofree char *frame = g_build_filename (out, "00012.png", NULL);
  g_autofree char *text = NULL;
  g_autoptr (FyDavisWriter) writer = new_writer (out, IDS (3, 7, 300));
  g_autoptr (FyIdMap) mask = make_mask (IDS (3, 7, 300));
  g_autoptr (FyIdMap) stranger = make_mask (IDS (3, 4));
  g_autoptr (FyIdMap) back = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_get_contents (numbers, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, "{\"ids\": {\"1\": 3, \"2\": 7, \"3\": 300}}\n");
  mask->id[0] = FY_ID_VOID;
  g_assert_true (fy_davis_writer_write (writer, "00012", mask, &error));
  back = fy_indexed_png_read (frame, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (back->id[0], ==, 0);
  for (int i = 0; i < 3; i++)
    g_assert_cmpint (back->id[3 * i + 1], ==, i + 1);
  g_assert_false (fy_davis_writer_write (writer, "00013", stranger, &error));
  g_assert_error (error, FY_ERROR, FY_ERROR_MISMATCH);
  g_assert_cmpuint (test_folder_count (out), ==, 2);

  fy_davis_writer_free (writer); /* the same folder again, now without renumbering */
  writer = new_writer (out, IDS (1, 2));
  g_assert_false (g_file_test (numbers, G_FILE_TEST_EXISTS));
}

static void
test_writer_nowhere (Fixture *fixture, gconstpointer data)
{
  g_autofree char *file = g_build_filename (fixture->folder, "file", NULL);
  g_autofree char *below = g_build_filename (file, "out", NULL);
  g_autoptr (FyIdMap) mask = make_mask (IDS (1));
  g_autoptr (GArray) ids = fy_id_map_ids (mask);
  g_autoptr (GError) error = NULL;

  touch (fixture->folder, "file");
  g_assert_null (fy_davis_writer_new (below, ids, &error));
  g_assert_cmpint (error->domain, ==, G_IO_ERROR);
  g_assert_true (g_str_has_prefix (error->message, below));
}

static void
test_stem (void)
{
  static const struct
  {
    const char *image;
    const char *stem;
  } cases[] = { { NULL, "00042" }, { "00007.jpg", "00007" }, { "swan.v2.JPEG", "swan.v2" } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *stem = fy_davis_stem (cases[i].image, 42);

      g_assert_cmpstr (stem, ==, cases[i].stem);
    }
}

/* The disk fills up between two frames: the first stays, the second leaves nothing. */
static void
test_writer_disk_full (Fixture *fixture, gconstpointer data)
{
  if (g_test_subprocess ())
    {
      g_autoptr (FyIdMap) mask = fy_id_map_new (300, 300);
      g_autoptr (FyDavisWriter) writer = new_writer (fixture->folder, IDS (1, 2));
      g_autoptr (GError) error = NULL;

      g_assert_true (fy_davis_writer_write (writer, "00000", mask, &error));
      for (int i = 0; i < 300 * 300; i++)
        mask->id[i] = (guint16) (g_test_rand_int () & 1);
      test_limit_file_size (4096);
      g_assert_false (fy_davis_writer_write (writer, "00001", mask, &error));
      g_assert_cmpint (error->domain, ==, G_IO_ERROR);
      g_assert_nonnull (strstr (error->message, "00001.png"));
      g_assert_nonnull (strstr (error->message, "free some space"));
      g_assert_cmpuint (test_folder_count (fixture->folder), ==, 1);
      return;
    }
  g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
  g_test_trap_assert_passed ();
}

/* --- Check --- */

static GPtrArray *
check (const char *path, const FyDavisCheckParams *params)
{
  g_autoptr (FyMaskFolder) folder = fy_mask_folder_open (path, NULL);
  g_autoptr (GError) error = NULL;
  GPtrArray *findings = fy_davis_check (folder, params, NULL, &error);

  g_assert_no_error (error);
  return findings;
}

/* Exactly one finding, of this level, that says `word`. */
static void
assert_finding (const char *path,
                const FyDavisCheckParams *params,
                FyFindingLevel level,
                const char *word)
{
  g_autoptr (GPtrArray) findings = check (path, params);
  const FyFinding *finding = findings->len > 0 ? g_ptr_array_index (findings, 0) : NULL;

  if (findings->len != 1 || finding->level != level || strstr (finding->message, word) == NULL)
    g_error ("%u findings, the first \"%s\"; want one that says \"%s\"", findings->len,
             finding != NULL ? finding->message : "", word);
}

static void
write_healthy (const char *folder)
{
  for (int i = 0; i < 12; i++)
    {
      g_autofree char *name = g_strdup_printf ("%05d.png", i);

      write_mask (folder, name, IDS (1, 2));
    }
}

static void
test_check_frames (Fixture *fixture, gconstpointer data)
{
  const FyDavisCheckParams clip = { 12, WIDTH, HEIGHT };
  g_autofree char *name = g_build_filename (fixture->folder, "00005.png", NULL);
  g_autofree char *other = g_build_filename (fixture->folder, "5.png", NULL);
  g_autoptr (GPtrArray) findings = NULL;

  write_healthy (fixture->folder);
  findings = check (fixture->folder, &clip);
  g_assert_cmpuint (findings->len, ==, 0);
  assert_finding (fixture->folder, &(FyDavisCheckParams){ .n_frames = 13 }, FY_FINDING_ERROR,
                  "12 masks but the clip 13 frames");
  assert_finding (fixture->folder, &(FyDavisCheckParams){ .width = WIDTH, .height = 31 },
                  FY_FINDING_ERROR, "00000.png: 40x30 pixels, must be 40x31");
  g_rename (name, other);
  assert_finding (fixture->folder, NULL, FY_FINDING_WARNING, "rename it to 00005.png");
  g_unlink (other);
  assert_finding (fixture->folder, NULL, FY_FINDING_ERROR, "00005.png is missing");
  touch (fixture->folder, "00005.png");
  assert_finding (fixture->folder, &clip, FY_FINDING_ERROR, "not a PNG");
}

static void
test_check_ids (Fixture *fixture, gconstpointer data)
{
  write_healthy (fixture->folder);
  write_mask (fixture->folder, "00007.png", IDS (1, 2, 5));
  assert_finding (fixture->folder, NULL, FY_FINDING_ERROR, "00007.png: holds object 5");
  write_mask (fixture->folder, "00000.png", IDS (1, 2, 5));
  assert_finding (fixture->folder, NULL, FY_FINDING_WARNING, "3 objects but ids up to 5");
  write_healthy (fixture->folder);
  write_mask (fixture->folder, "00003.png", IDS ()); /* all gone for a while: fine */
  g_assert_cmpuint (check (fixture->folder, NULL)->len, ==, 0);
}

/* Writes a PNG of 4x1 samples as frame 1 of a healthy sequence of that size. */
static void
write_odd (const char *folder, FyPng *png, const void *samples)
{
  for (int i = 0; i < 3; i++)
    {
      g_autofree char *name = g_strdup_printf ("%05d.png", i);
      g_autofree char *path = g_build_filename (folder, name, NULL);
      g_autoptr (FyIdMap) map = fy_id_map_new (4, 1);

      map->id[0] = 1;
      g_assert_true (fy_indexed_png_write (path, map, NULL));
      png->width = 4;
      png->height = 1;
      png->samples = (void *) samples;
      if (i == 1)
        g_assert_true (fy_png_write (path, png, NULL));
    }
}

static void
test_check_coding (Fixture *fixture, gconstpointer data)
{
  FyPng grey = { .bit_depth = 8, .channels = 1 };
  FyPng colour = { .bit_depth = 8, .channels = 3, .colour = TRUE };
  FyPng index = { .bit_depth = 8, .channels = 1, .palette = TRUE, .n_entries = 256 };

  write_odd (fixture->folder, &grey, "\x00\xff\xff\x00");
  assert_finding (fixture->folder, NULL, FY_FINDING_ERROR, "black and white");
  write_odd (fixture->folder, &grey, "\x00\x01\x00\x00");
  assert_finding (fixture->folder, NULL, FY_FINDING_WARNING, "grey values");
  write_odd (fixture->folder, &colour, "\x00\x00\x00\x80\x00\x00\x00\x00\x00\x00\x00\x00");
  assert_finding (fixture->folder, NULL, FY_FINDING_ERROR, "RGB");
  write_odd (fixture->folder, &index, "\x00\x01\x00\x00");
  assert_finding (fixture->folder, NULL, FY_FINDING_NOTE, "not that of VOC");
  for (int i = 0; i < 256; i++)
    index.entry[i] = fy_voc_colour ((guint8) i);
  write_odd (fixture->folder, &index, "\x00\x01\xff\x00");
  assert_finding (fixture->folder, NULL, FY_FINDING_ERROR, "index 255");
  index.entry[9].r = 191;
  write_odd (fixture->folder, &index, "\x00\x01\x00\x00");
  assert_finding (fixture->folder, NULL, FY_FINDING_NOTE, "191");
}

#define ADD(path, function) g_test_add (path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/exchange/mask-folder/order", test_order);
  g_test_add_func ("/exchange/mask-folder/number", test_number);
  g_test_add_func ("/exchange/davis/stem", test_stem);
  ADD ("/exchange/mask-folder/find", test_find);
  ADD ("/exchange/labels/choice", test_labels_choice);
  ADD ("/exchange/labels/of-other-frames", test_labels_of_other_frames);
  ADD ("/exchange/labels/bad", test_labels_bad);
  ADD ("/exchange/labels/300", test_labels_300);
  ADD ("/exchange/davis/writer", test_writer);
  ADD ("/exchange/davis/nowhere", test_writer_nowhere);
  ADD ("/exchange/davis/disk-full", test_writer_disk_full);
  ADD ("/exchange/davis/check-frames", test_check_frames);
  ADD ("/exchange/davis/check-ids", test_check_ids);
  ADD ("/exchange/davis/check-coding", test_check_coding);
  return g_test_run ();
}
