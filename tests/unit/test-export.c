/* SPDX-License-Identifier: MIT */
/* Every format of the table written from a small clip and read back. */
#include "base/error.h"
#include "exchange/davis-check.h"
#include "exchange/export.h"
#include "exchange/indexed-png.h"
#include "exchange/manifest.h"
#include "exchange/picture.h"
#include "exchange/png-file.h"
#include "exchange/rle.h"
#include "folder.h"

#include <json-glib/json-glib.h>
#include <math.h>
#include <string.h>

/* libx265 keeps some tables for good. */
const char *__lsan_default_suppressions (void);

const char *
__lsan_default_suppressions (void)
{
  return "leak:libx265";
}

#define WIDTH  20
#define HEIGHT 16
#define FRAMES 6
#define SWAN   3
#define REED   7
#define BIRD   9 /* a skeleton */

/* Objects 3 and 7 move over frames 1 .. 4; frames 0 and 5 have no labels.  A skeleton is in frame 2. */
typedef struct
{
  char *folder; /* of the test */
  char *target; /* in it       */
  FyClip *clip;
  FyObject *object[3];
  FyFrameLabels *labels[FRAMES];
  FyExport export;
} Fixture;

static void
make_clip (const char *folder)
{
  guint8 rgb[3 * WIDTH * HEIGHT];

  g_assert_cmpint (g_mkdir (folder, 0777), ==, 0);
  for (int i = 0; i < FRAMES; i++)
    {
      g_autofree char *name = g_strdup_printf ("%05d.png", i);
      g_autofree char *path = g_build_filename (folder, name, NULL);
      g_autoptr (GError) error = NULL;

      for (gsize j = 0; j < sizeof rgb; j++)
        rgb[j] = (guint8) (j * 7 + (gsize) i * 31);
      fy_picture_write (path, rgb, WIDTH, HEIGHT, &error);
      g_assert_no_error (error);
    }
}

/* A block of 3 that moves right, a column of 7, a void pixel. */
static FyIdMap *
make_map (int frame)
{
  FyIdMap *map = fy_id_map_new (WIDTH, HEIGHT);

  if (frame < 1 || frame > 4)
    return map;
  for (int y = 4; y < 9; y++)
    for (int x = frame; x < frame + 6; x++)
      map->id[y * WIDTH + x] = SWAN;
  for (int y = 0; y < HEIGHT; y++)
    map->id[y * WIDTH + 15] = REED;
  map->id[WIDTH * HEIGHT - 1] = FY_ID_VOID;
  return map;
}

static FyFrameLabels *
make_labels (int frame)
{
  const FyState state[] = { { .object = SWAN, .provenance = FY_PROVENANCE_HAND },
                            { .object = REED, .provenance = FY_PROVENANCE_CARRIED } };
  FyPoint point[] = {
    { BIRD, 0, FY_JOINT_PLACED, FY_PROVENANCE_HAND, 4.5f, 5.5f },
    { BIRD, 2, FY_JOINT_OCCLUDED, FY_PROVENANCE_HAND, 8.25f, 9.5f },
  };
  g_autoptr (FyIdMap) map = make_map (frame);
  g_autoptr (FyRunMap) runs = fy_run_map_new (map);

  if (frame < 1 || frame > 4)
    return NULL;
  return fy_frame_labels_new (runs, state, G_N_ELEMENTS (state), point,
                              frame == 2 ? G_N_ELEMENTS (point) : 0);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *clip = NULL;

  fixture->folder = test_folder_new ();
  fixture->target = g_build_filename (fixture->folder, "out", NULL);
  clip = g_build_filename (fixture->folder, "swan lake", NULL);
  make_clip (clip);
  fixture->clip = fy_clip_open (clip, NULL, NULL, &error);
  g_assert_no_error (error);
  fixture->object[0] = fy_object_new (SWAN, "swan", FY_OBJECT_MASK);
  fixture->object[1] = fy_object_new (REED, "reed \"x\", y", FY_OBJECT_MASK);
  fixture->object[2] = fy_object_new (BIRD, "bird", FY_OBJECT_SKELETON);
  fy_object_set_skeleton_jhmdb (fixture->object[2]);
  for (int i = 0; i < FRAMES; i++)
    fixture->labels[i] = make_labels (i);
  fixture->export = (FyExport){ .info = fy_clip_info (fixture->clip),
                                .clip = fixture->clip,
                                .object = fixture->object,
                                .n_objects = 3,
                                .labels = fixture->labels,
                                .first = 0,
                                .last = FRAMES - 1 };
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  for (int i = 0; i < FRAMES; i++)
    fy_frame_labels_unref (fixture->labels[i]);
  for (int i = 0; i < 3; i++)
    fy_object_unref (fixture->object[i]);
  fy_clip_free (fixture->clip);
  test_folder_remove (fixture->folder);
  g_free (fixture->target);
  g_free (fixture->folder);
}

static gboolean
try_run (Fixture *fixture, const char *id, const char *path, gboolean replace, GError **error)
{
  const FyExportFormat *format = fy_export_format_find (id);

  g_assert_nonnull (format);
  return fy_export_run (&fixture->export, format, path, replace, NULL, error);
}

static void
run (Fixture *fixture, const char *id, const char *path)
{
  g_autoptr (GError) error = NULL;

  try_run (fixture, id, path, TRUE, &error);
  g_assert_no_error (error);
}

/* Must fail so, and leave nothing beside what was there. */
static void
assert_fails (Fixture *fixture,
              const char *id,
              const char *path,
              GQuark domain,
              int code,
              const char *says)
{
  guint before = test_folder_count (fixture->folder);
  g_autoptr (GError) error = NULL;

  g_assert_false (try_run (fixture, id, path, FALSE, &error));
  g_assert_error (error, domain, code);
  g_assert_nonnull (strstr (error->message, says));
  g_assert_null (strstr (error->message, "/."));
  g_assert_cmpuint (test_folder_count (fixture->folder), ==, before);
}

static char *
read_text (const char *folder, const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autoptr (GError) error = NULL;
  char *text = NULL;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  return text;
}

/* --- DAVIS and its manifest --- */

static void
assert_mask (const char *folder, int frame)
{
  g_autofree char *name = g_strdup_printf ("%05d.png", frame);
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (FyIdMap) got = fy_indexed_png_read (path, NULL, &error);
  g_autoptr (FyIdMap) want = make_map (frame);

  g_assert_no_error (error);
  for (int i = 0; i < WIDTH * HEIGHT; i++)
    g_assert_cmpint (got->id[i], ==, want->id[i] == SWAN ? 1 : want->id[i] == REED ? 2 : 0);
}

static guint
count_findings (const char *folder, FyClip *clip)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) findings = fy_manifest_check (folder, clip, NULL, NULL, NULL, &error);

  g_assert_no_error (error);
  return findings->len;
}

static void
test_davis (Fixture *fixture, gconstpointer data)
{
  g_autofree char *ids = NULL;

  run (fixture, "davis", fixture->target);
  for (int i = 0; i < FRAMES; i++)
    assert_mask (fixture->target, i);
  g_assert_cmpuint (test_folder_count (fixture->target), ==, FRAMES + 2);
  ids = read_text (fixture->target, "ids.json");
  g_assert_cmpstr (ids, ==, "{\"ids\": {\"1\": 3, \"2\": 7}}\n");
  g_assert_cmpuint (count_findings (fixture->target, fixture->clip), ==, 0);
  g_assert_cmpuint (test_folder_count (fixture->folder), ==, 2);
}

static void
test_davis_options (Fixture *fixture, gconstpointer data)
{
  g_autofree char *masks = g_build_filename (fixture->target, "Annotations/16p/swan lake", NULL);
  g_autofree char *list = NULL;
  g_autoptr (FyMaskFolder) folder = NULL;
  g_autoptr (GPtrArray) findings = NULL;
  FyDavisCheckParams params = { 3, WIDTH, HEIGHT };

  fixture->export.tree = fixture->export.skip_empty = TRUE;
  fixture->export.last = 3;
  run (fixture, "davis", fixture->target);
  list = read_text (fixture->target, "ImageSets/2017/val.txt");
  g_assert_cmpstr (list, ==, "swan lake\n");
  folder = fy_mask_folder_open (masks, NULL);
  g_assert_cmpint (fy_mask_folder_n_frames (folder), ==, 3);
  for (int i = 1; i <= 3; i++)
    assert_mask (masks, i);
  findings = fy_davis_check (folder, &params, NULL, NULL);
  g_assert_cmpuint (findings->len, ==, 1); /* 00000.png is missing */
  g_assert_cmpuint (count_findings (fixture->target, fixture->clip), ==, 0);
}

/* Writes over bytes 40 .. of a file. */
static void
spoil (const char *folder, const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autofree char *bytes = NULL;
  gsize size;

  g_assert_true (g_file_get_contents (path, &bytes, &size, NULL));
  bytes[size - 20] ^= 1;
  g_assert_true (g_file_set_contents (path, bytes, (gssize) size, NULL));
}

static void
test_manifest (Fixture *fixture, gconstpointer data)
{
  g_autofree char *mask = g_build_filename (fixture->target, "00003.png", NULL);
  g_autofree char *picture = g_build_filename (fixture->folder, "swan lake/00001.png", NULL);
  g_autofree char *other = g_build_filename (fixture->folder, "swan lake/00002.png", NULL);
  g_autofree char *manifest = g_build_filename (fixture->target, FY_MANIFEST_NAME, NULL);
  g_autoptr (FyClip) clip = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;

  run (fixture, "davis", fixture->target);
  spoil (fixture->target, "00002.png");
  g_assert_cmpuint (count_findings (fixture->target, fixture->clip), ==, 1);
  g_unlink (mask);
  g_assert_cmpuint (count_findings (fixture->target, NULL), ==, 2);
  g_assert_true (g_file_get_contents (other, &text, NULL, NULL));
  {
    gsize size;
    g_autofree char *bytes = NULL;

    g_assert_true (g_file_get_contents (other, &bytes, &size, NULL));
    g_assert_true (g_file_set_contents (picture, bytes, (gssize) size, NULL));
  }
  clip = fy_clip_open (fy_clip_info (fixture->clip)->path, NULL, NULL, NULL);
  g_assert_cmpuint (count_findings (fixture->target, clip), ==, 4); /* clip, picture, file, file */
  g_assert_true (
      g_file_set_contents (manifest, "{\"ferry-manifest\": 1, \"frames\": 3}", -1, NULL));
  g_assert_null (fy_manifest_check (fixture->target, NULL, NULL, NULL, NULL, &error));
  g_assert_error (error, FY_ERROR, FY_ERROR_CORRUPT);
  g_clear_error (&error);
  g_unlink (manifest);
  g_assert_null (fy_manifest_check (fixture->target, NULL, NULL, NULL, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
}

/* --- Whole or not at all --- */

static void
test_replace (Fixture *fixture, gconstpointer data)
{
  g_autofree char *stale = g_build_filename (fixture->target, "00005.png", NULL);
  g_autofree char *notes = g_build_filename (fixture->target, "notes.txt", NULL);
  g_autofree char *file = g_build_filename (fixture->folder, "a.json", NULL);
  g_autoptr (GError) error = NULL;

  run (fixture, "davis", fixture->target);
  assert_fails (fixture, "davis", fixture->target, G_IO_ERROR, G_IO_ERROR_EXISTS, "replace it");
  fixture->export.last = 4;
  run (fixture, "davis", fixture->target);
  g_assert_false (g_file_test (stale, G_FILE_TEST_EXISTS));
  g_assert_cmpuint (test_folder_count (fixture->folder), ==, 2);
  g_assert_true (g_file_set_contents (notes, "mine", -1, NULL));
  g_assert_false (try_run (fixture, "davis", fixture->target, TRUE, &error));
  g_assert_error (error, FY_ERROR, FY_ERROR_MISMATCH);
  g_assert_nonnull (strstr (error->message, "notes.txt"));
  g_assert_true (g_file_test (notes, G_FILE_TEST_EXISTS));
  run (fixture, "coco", file);
  assert_fails (fixture, "coco", file, G_IO_ERROR, G_IO_ERROR_EXISTS, "replace it");
  assert_fails (fixture, "davis", file, FY_ERROR, FY_ERROR_MISMATCH, "is a file");
  assert_fails (fixture, "coco", fixture->target, FY_ERROR, FY_ERROR_MISMATCH, "is a folder");
}

static void
test_targets (Fixture *fixture, gconstpointer data)
{
  g_autofree char *inside = g_build_filename (fixture->folder, "swan lake/masks/new", NULL);
  g_autofree char *itself = g_build_filename (fixture->folder, "swan lake", NULL);
  g_autofree char *linked = g_build_filename (fixture->folder, "link", NULL);
  g_autofree char *through = g_build_filename (linked, "out", NULL);
  g_autofree char *picture = g_build_filename (itself, "x.png", NULL);
  g_autofree char *below_file = g_build_filename (itself, "00000.png/out", NULL);
  g_autofree char *blocked = g_build_filename (fixture->folder, "file/out", NULL);
  g_autofree char *file = g_build_filename (fixture->folder, "file", NULL);

  g_assert_cmpint (symlink ("swan lake", linked), ==, 0);
  g_assert_true (g_file_set_contents (file, "x", -1, NULL));
  assert_fails (fixture, "davis", inside, FY_ERROR, FY_ERROR_MISMATCH, "in the clip");
  assert_fails (fixture, "davis", itself, FY_ERROR, FY_ERROR_MISMATCH, "in the clip");
  assert_fails (fixture, "davis", through, FY_ERROR, FY_ERROR_MISMATCH, "in the clip");
  assert_fails (fixture, "picture", picture, FY_ERROR, FY_ERROR_MISMATCH, "in the clip");
  assert_fails (fixture, "davis", below_file, FY_ERROR, FY_ERROR_MISMATCH, "in the clip");
  assert_fails (fixture, "davis", blocked, G_IO_ERROR, G_IO_ERROR_NOT_DIRECTORY, "another name");
}

static void
cancel_at_three (int done, int total, gpointer user_data)
{
  if (done == 3)
    g_cancellable_cancel (user_data);
}

static void
test_cancel (Fixture *fixture, gconstpointer data)
{
  int n;
  const FyExportFormat *format = fy_export_formats (&n);

  fixture->export.progress = cancel_at_three;
  for (int i = 0; i < n; i++)
    {
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();
      g_autofree char *path =
          g_strconcat (fixture->target, format[i].ending != NULL ? format[i].ending : "", NULL);
      g_autoptr (GError) error = NULL;

      if ((format[i].takes & (FY_EXPORT_SOFT | FY_EXPORT_ONE_FRAME)) != 0)
        continue;
      fixture->export.progress_data = cancellable;
      g_assert_false (
          fy_export_run (&fixture->export, &format[i], path, FALSE, cancellable, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      g_assert_cmpuint (test_folder_count (fixture->folder), ==, 1);
    }
}

static void
test_full_disk (Fixture *fixture, gconstpointer data)
{
  if (g_test_subprocess ())
    {
      test_limit_file_size (100);
      assert_fails (fixture, "davis", fixture->target, G_IO_ERROR, G_IO_ERROR_FAILED,
                    "free some space");
      assert_fails (fixture, "coco", fixture->target, G_IO_ERROR, G_IO_ERROR_FAILED,
                    "free some space");
      return;
    }
  g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_INHERIT_STDERR);
  g_test_trap_assert_passed ();
}

/* --- Plans --- */

static void
test_plan (Fixture *fixture, gconstpointer data)
{
  g_auto (FyExportPlan) plan = { 0 };

  fy_export_plan (&fixture->export, fy_export_format_find ("davis"), &plan);
  g_assert_null (plan.problem);
  g_assert_cmpint (plan.n_frames, ==, FRAMES);
  g_assert_cmpint (plan.n_labelled, ==, 4);
  g_assert_cmpint (plan.n_objects, ==, 2);
  fixture->export.skip_empty = TRUE;
  fy_export_plan (&fixture->export, fy_export_format_find ("deeplabcut"), &plan);
  g_assert_cmpint (plan.n_frames, ==, 1);
  g_assert_cmpint (plan.n_objects, ==, 1);
  fixture->export.last = 0;
  fy_export_plan (&fixture->export, fy_export_format_find ("davis"), &plan);
  g_assert_nonnull (strstr (plan.problem, "No frame"));
  fy_export_plan_clear (&plan);
  fy_export_plan (&fixture->export, fy_export_format_find ("soft"), &plan);
  g_assert_nonnull (strstr (plan.problem, "Soft labels"));
  assert_fails (fixture, "davis", fixture->target, FY_ERROR, FY_ERROR_UNSUPPORTED, "No frame");
}

static void
test_too_many (Fixture *fixture, gconstpointer data)
{
  FyState state[255];
  g_autoptr (FyIdMap) map = make_map (1);
  g_autoptr (FyRunMap) runs = NULL;
  g_auto (FyExportPlan) plan = { 0 };

  for (int i = 0; i < 255; i++)
    {
      state[i] = (FyState){ .object = (guint16) (i + 20), .provenance = FY_PROVENANCE_HAND };
      map->id[i] = (guint16) (i + 20);
    }
  runs = fy_run_map_new (map);
  fy_frame_labels_unref (fixture->labels[0]);
  fixture->labels[0] = fy_frame_labels_new (runs, state, 255, NULL, 0);
  fy_export_plan (&fixture->export, fy_export_format_find ("davis"), &plan);
  g_assert_nonnull (strstr (plan.problem, "257 objects"));
  assert_fails (fixture, "davis", fixture->target, FY_ERROR, FY_ERROR_UNSUPPORTED, "at most 254");
  run (fixture, "mots", fixture->target);
}

/* --- The other formats --- */

static JsonNode *
read_json (const char *folder, const char *name)
{
  g_autofree char *text = read_text (folder, name);
  g_autoptr (GError) error = NULL;
  JsonNode *node = json_from_string (text, &error);

  g_assert_no_error (error);
  return node;
}

static void
test_youtube_vos (Fixture *fixture, gconstpointer data)
{
  g_autofree char *masks = g_build_filename (fixture->target, "Annotations/swan lake", NULL);
  g_autoptr (JsonNode) node = NULL;
  JsonObject *object;
  JsonArray *frames;

  fixture->export.skip_empty = TRUE;
  run (fixture, "youtube-vos", fixture->target);
  for (int i = 1; i <= 4; i++)
    assert_mask (masks, i);
  g_assert_cmpuint (test_folder_count (masks), ==, 5); /* and ids.json */
  node = read_json (fixture->target, "meta.json");
  object = json_object_get_object_member (json_node_get_object (node), "videos");
  object = json_object_get_object_member (object, "swan lake");
  object = json_object_get_object_member (object, "objects");
  object = json_object_get_object_member (object, "2");
  g_assert_cmpstr (json_object_get_string_member (object, "category"), ==, "reed \"x\", y");
  frames = json_object_get_array_member (object, "frames");
  g_assert_cmpuint (json_array_get_length (frames), ==, 4);
  g_assert_cmpstr (json_array_get_string_element (frames, 0), ==, "00001");
  g_assert_cmpuint (count_findings (fixture->target, fixture->clip), ==, 0);
}

/* Puts the masks of an array of COCO annotations into maps [FRAMES]; returns how many skeletons. */
static int
decode_coco (JsonArray *annotations, FyIdMap **map)
{
  int skeletons = 0;

  for (guint i = 0; i < json_array_get_length (annotations); i++)
    {
      JsonObject *object = json_array_get_object_element (annotations, i);
      guint16 id = (guint16) json_object_get_int_member (object, "category_id");
      JsonObject *mask;
      g_autoptr (GArray) counts = NULL;

      if (json_object_has_member (object, "keypoints"))
        {
          skeletons++;
          continue;
        }
      mask = json_object_get_object_member (object, "segmentation");
      counts =
          fy_rle_from_string (json_object_get_string_member (mask, "counts"), WIDTH * HEIGHT, NULL);
      g_assert_nonnull (counts);
      fy_rle_decode (counts, id, map[json_object_get_int_member (object, "image_id")]);
    }
  return skeletons;
}

static void
assert_maps_and_free (FyIdMap **map)
{
  for (int i = 0; i < FRAMES; i++)
    {
      g_autoptr (FyIdMap) want = make_map (i);

      for (int j = 0; j < WIDTH * HEIGHT; j++)
        g_assert_cmpint (map[i]->id[j], ==, want->id[j] == FY_ID_VOID ? 0 : want->id[j]);
      fy_id_map_free (map[i]);
    }
}

static void
test_coco (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_strconcat (fixture->target, ".json", NULL);
  FyIdMap *map[FRAMES];
  g_autoptr (JsonNode) node = NULL;
  JsonObject *root, *last;
  JsonArray *annotations, *points;

  for (int i = 0; i < FRAMES; i++)
    map[i] = fy_id_map_new (WIDTH, HEIGHT);
  run (fixture, "coco", path);
  node = read_json (fixture->folder, "out.json");
  root = json_node_get_object (node);
  annotations = json_object_get_array_member (root, "annotations");
  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (root, "images")), ==,
                    FRAMES);
  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (root, "categories")), ==,
                    3);
  g_assert_cmpuint (json_array_get_length (annotations), ==, 9);
  g_assert_cmpint (decode_coco (annotations, map), ==, 1);
  assert_maps_and_free (map);
  last =
      json_array_get_object_element (annotations, 4); /* frame 1: 2, frame 2: 2 and the skeleton */
  g_assert_cmpint (json_object_get_int_member (last, "num_keypoints"), ==, 2);
  points = json_object_get_array_member (last, "keypoints");
  g_assert_cmpuint (json_array_get_length (points), ==, 45);
  g_assert_cmpfloat (json_array_get_double_element (points, 6), ==, 7.75);
  g_assert_cmpint (json_array_get_int_element (points, 8), ==, 1);
}

static void
test_mots (Fixture *fixture, gconstpointer data)
{
  FyIdMap *map[FRAMES];
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  g_autofree char *picture = NULL;
  g_auto (FyPng) png = { 0 };

  for (int i = 0; i < FRAMES; i++)
    map[i] = fy_id_map_new (WIDTH, HEIGHT);
  run (fixture, "mots", fixture->target);
  text = read_text (fixture->target, "instances_txt/swan lake.txt");
  lines = g_strsplit (text, "\n", -1);
  g_assert_cmpuint (g_strv_length (lines), ==, 13); /* the last is empty */
  for (int i = 0; lines[i][0] != '\0'; i++)
    {
      g_auto (GStrv) field = g_strsplit (lines[i], " ", -1);
      g_autoptr (GArray) counts = fy_rle_from_string (field[5], WIDTH * HEIGHT, NULL);
      int object = atoi (field[1]);

      g_assert_nonnull (counts);
      if (object == 10000) /* what is to be ignored */
        continue;
      g_assert_cmpstr (field[2], ==, "1");
      g_assert_true (object == 1001 || object == 1002);
      fy_rle_decode (counts, object == 1001 ? SWAN : REED, map[atoi (field[0])]);
    }
  assert_maps_and_free (map);
  picture = g_build_filename (fixture->target, "instances/swan lake/000002.png", NULL);
  g_assert_true (fy_png_read (picture, &png, NULL));
  g_assert_cmpint (png.bit_depth, ==, 16);
  g_assert_cmpint (((guint16 *) png.samples)[4 * WIDTH + 3], ==, 1001);
  g_assert_cmpint (((guint16 *) png.samples)[WIDTH * HEIGHT - 1], ==, 10000);
  g_assert_cmpuint (count_findings (fixture->target, fixture->clip), ==, 0);
}

static void
test_deeplabcut (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_strconcat (fixture->target, ".csv", NULL);
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;

  fixture->export.skip_empty = TRUE;
  run (fixture, "deeplabcut", path);
  text = read_text (fixture->folder, "out.csv");
  lines = g_strsplit (text, "\n", -1);
  g_assert_cmpuint (g_strv_length (lines), ==, 5);
  g_assert_true (g_str_has_prefix (lines[0], "scorer,Ferry,Ferry,"));
  g_assert_true (
      g_str_has_prefix (lines[1], "bodyparts,neck,neck,belly,belly,head,head,right shoulder"));
  g_assert_true (g_str_has_prefix (lines[2], "coords,x,y,x,y"));
  g_assert_true (g_str_has_prefix (
      lines[3], "labeled-data/swan lake/00002.png,4.0000,5.0000,,,7.7500,9.0000,,,"));
}

static void
test_jhmdb (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_strconcat (fixture->target, ".mat", NULL);
  g_autofree char *bytes = NULL;
  double value[2 * 15 * FRAMES];
  gsize size;

  run (fixture, "jhmdb", path);
  g_assert_true (g_file_get_contents (path, &bytes, &size, NULL));
  g_assert_cmpuint (size, ==, 128 + 8 + 16 + 24 + 16 + 8 + sizeof value);
  memcpy (value, bytes + size - sizeof value, sizeof value);
  g_assert_cmpfloat (value[60], ==, 5.0); /* frame 2, joint 0, counted from 1 */
  g_assert_cmpfloat (value[61], ==, 6.0);
  g_assert_true (isnan (value[62]));
  g_assert_cmpfloat (value[64], ==, 8.75);
  g_assert_true (isnan (value[0]));
  fy_object_set_skeleton (fixture->object[2], (const char *const[]){ "nose" }, NULL, 1);
  g_unlink (path);
  assert_fails (fixture, "jhmdb", path, FY_ERROR, FY_ERROR_MISMATCH, "15 joints");
}

static gboolean
soft_ramp (int frame, guint16 object, float *soft, gpointer user_data, GError **error)
{
  for (int i = 0; i < WIDTH * HEIGHT; i++)
    soft[i] = (float) (i * object + frame) / 4000.0f;
  return TRUE;
}

static void
test_soft (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->target, "7/00002.png", NULL);
  g_auto (FyPng) png = { 0 };

  fixture->export.soft = soft_ramp;
  fixture->export.skip_empty = TRUE;
  run (fixture, "soft", fixture->target);
  g_assert_true (fy_png_read (path, &png, NULL));
  g_assert_cmpint (png.bit_depth, ==, 16);
  for (int i = 0; i < WIDTH * HEIGHT; i++)
    g_assert_cmpint (((guint16 *) png.samples)[i], ==,
                     (int) floor ((i * 7 + 2) / 4000.0 * 65535.0 + 0.5));
  g_assert_cmpuint (count_findings (fixture->target, fixture->clip), ==, 0);
}

static void
test_pictures (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_strconcat (fixture->target, ".png", NULL);
  g_autofree char *mask = g_build_filename (fixture->folder, "00002.png", NULL);
  g_autoptr (FyFrame) frame = fy_clip_frame (fixture->clip, 2, NULL, NULL);
  gsize size = 3 * WIDTH * HEIGHT;
  const int inside = 3 * (12 * WIDTH + 15), outside = 3 * (12 * WIDTH + 12);

  fixture->export.first = 2;
  for (int style = FY_EXPORT_BOTH; style <= FY_EXPORT_OFF; style++)
    {
      g_auto (FyPng) png = { 0 };
      const guint8 *rgb;

      fixture->export.style = (FyExportStyle) style;
      run (fixture, "picture", path);
      g_assert_true (fy_png_read (path, &png, NULL));
      rgb = png.samples;
      if (style == FY_EXPORT_OFF)
        g_assert_cmpmem (rgb, size, frame->rgb, size);
      if (style == FY_EXPORT_LABELS)
        g_assert_cmpmem (rgb + inside, 3, &fixture->object[1]->colour, 3);
      if (style == FY_EXPORT_CUT_OUT || style == FY_EXPORT_LABELS)
        g_assert_cmpmem (rgb + outside, 3, "\0\0\0", 3);
      else
        g_assert_cmpmem (rgb + outside, 3, frame->rgb + outside, 3);
      if (style == FY_EXPORT_CUT_OUT)
        g_assert_cmpmem (rgb + inside, 3, frame->rgb + inside, 3);
      if (style == FY_EXPORT_MASK)
        g_assert_true (memcmp (rgb + inside, frame->rgb + inside, 3) != 0);
    }
  run (fixture, "mask", mask);
  fixture->object[0]->hidden = TRUE; /* not drawn, but exported */
  fixture->export.style = FY_EXPORT_MASK;
  run (fixture, "picture", path);
  run (fixture, "mask", mask);
  {
    g_auto (FyPng) png = { 0 };
    g_autoptr (FyIdMap) map = fy_indexed_png_read (mask, NULL, NULL);

    g_assert_true (fy_png_read (path, &png, NULL));
    g_assert_cmpmem ((guint8 *) png.samples + 3 * (8 * WIDTH + 2), 3,
                     frame->rgb + 3 * (8 * WIDTH + 2), 3);
    g_assert_cmpint (map->id[6 * WIDTH + 5], ==, SWAN);
  }
}

static void
test_film (Fixture *fixture, gconstpointer data)
{
  g_autofree const char **codecs = fy_film_codecs ();
  static const char *const endings[] = { ".mp4", ".mov", ".mkv", ".webm" };
  int n = 0;

  for (int i = 0; codecs[i] != NULL; i++)
    for (gsize j = 0; j < G_N_ELEMENTS (endings); j++)
      {
        g_autofree char *path = g_strconcat (fixture->target, codecs[i], endings[j], NULL);
        g_autoptr (FyClip) film = NULL;
        g_autoptr (GError) error = NULL;

        if (!fy_film_codec_fits (codecs[i], path))
          continue;
        fixture->export.codec = codecs[i];
        if (!try_run (fixture, "film", path, FALSE, &error))
          {
            g_test_message ("%s", error->message); /* an encoder may want larger pictures */
            g_assert_error (error, FY_ERROR, FY_ERROR_UNSUPPORTED);
            continue;
          }
        film = fy_clip_open (path, NULL, NULL, &error);
        g_assert_no_error (error);
        g_assert_cmpint (fy_clip_info (film)->n_frames, ==, FRAMES);
        g_assert_cmpint (fy_clip_info (film)->width, ==, WIDTH);
        g_assert_cmpint (ABS (fy_clip_frame_time (film, 3) - 120000), <=,
                         1000); /* at 25 a second */
        n++;
      }
  g_assert_cmpint (n, >, 3);
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const char *name;
    void (*func) (Fixture *fixture, gconstpointer data);
  } tests[] = {
    { "/export/davis", test_davis },
    { "/export/davis-options", test_davis_options },
    { "/export/manifest", test_manifest },
    { "/export/replace", test_replace },
    { "/export/targets", test_targets },
    { "/export/cancel", test_cancel },
    { "/export/full-disk", test_full_disk },
    { "/export/plan", test_plan },
    { "/export/too-many-objects", test_too_many },
    { "/export/youtube-vos", test_youtube_vos },
    { "/export/coco", test_coco },
    { "/export/mots", test_mots },
    { "/export/deeplabcut", test_deeplabcut },
    { "/export/jhmdb", test_jhmdb },
    { "/export/soft", test_soft },
    { "/export/pictures", test_pictures },
    { "/export/film", test_film },
  };

  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].name, Fixture, NULL, set_up, tests[i].func, tear_down);
  return g_test_run ();
}
