/* SPDX-License-Identifier: MIT */
/* The cache on disk: what it keeps comes back, what is wrong is a miss, and it stays inside its limit. */
#include "match/cache.h"

#include "folder.h"
#include "match/list-file.h"

#include <math.h>
#include <string.h>
#include <utime.h>

#define KEY_A   "a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1"
#define KEY_B   "b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2"
#define KEY_OLD "0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a"
#define PLENTY  ((guint64) 1 << 30)

static const FyCacheId list_id = { FY_CACHE_LIST, 35, 15, 35, 12 };

static void
put_text (FyCache *cache, const FyCacheId *id, const char *text)
{
  fy_cache_put (cache, id, &(FyCachePiece){ text, strlen (text) }, 1);
}

static void
check_text (FyCache *cache, const FyCacheId *id, const char *text)
{
  g_autoptr (GBytes) bytes = fy_cache_get (cache, id);

  if (text == NULL)
    {
      g_assert_null (bytes);
      return;
    }
  g_assert_nonnull (bytes);
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), text, strlen (text));
  g_assert_cmpuint ((gsize) g_bytes_get_data (bytes, NULL) % 64, ==, 0);
}

static FyCacheId
features_id (int frame)
{
  return (FyCacheId){ .kind = FY_CACHE_FEATURES, .frame = frame };
}

static void
test_round_trip (void)
{
  g_autofree char *folder = test_folder_new ();
  g_autofree char *root = g_build_filename (folder, "deep", "cache", NULL);
  g_autoptr (FyCache) cache = fy_cache_new (root, KEY_A, PLENTY);
  g_autoptr (FyCache) other = fy_cache_new (root, KEY_B, PLENTY);
  g_autoptr (FyCache) again = NULL;
  const FyCachePiece pieces[] = { { "one ", 4 }, { "two", 3 } };
  FyCacheId elsewhere = list_id;

  g_assert_false (g_file_test (root, G_FILE_TEST_EXISTS)); /* nothing to write yet */
  check_text (cache, &list_id, NULL);
  fy_cache_put (cache, &list_id, pieces, 2);
  check_text (cache, &list_id, "one two");
  check_text (other, &list_id, NULL);
  elsewhere.begin--;
  check_text (cache, &elsewhere, NULL);
  put_text (cache, &list_id, "three");
  check_text (cache, &list_id, "three");
  g_assert_cmpuint (fy_cache_size (cache), ==, 64 + 5);
  g_assert_null (fy_cache_trouble (cache));
  again = fy_cache_new (root, KEY_A, PLENTY);
  g_assert_cmpuint (fy_cache_size (again), ==, 64 + 5);
  g_assert_true (fy_cache_has (again, &list_id) && !fy_cache_has (again, &elsewhere));
  check_text (again, &list_id, "three");
  test_folder_remove (folder);
}

/* Path of the only record of key KEY_A. */
static char *
record_path (const char *root)
{
  g_autofree char *folder = g_build_filename (root, KEY_A, NULL);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);

  return g_build_filename (folder, g_dir_read_name (dir), NULL);
}

/* Whatever byte changes, wherever the file is cut, and under another record's name: a miss, which the
 * next put mends. */
static void
test_damage (void)
{
  g_autofree char *root = test_folder_new ();
  g_autoptr (FyCache) cache = fy_cache_new (root, KEY_A, PLENTY);
  g_autofree char *path = NULL, *content = NULL, *moved = NULL;
  FyCacheId id = list_id;
  gsize size;

  put_text (cache, &list_id, "what was computed");
  path = record_path (root);
  g_assert_true (g_file_get_contents (path, &content, &size, NULL));
  for (gsize at = 0; at < size; at++)
    {
      content[at] ^= 4;
      g_assert_true (g_file_set_contents (path, content, (gssize) size, NULL));
      check_text (cache, &list_id, NULL);
      content[at] ^= 4;
      g_assert_true (g_file_set_contents (path, content, (gssize) at, NULL));
      check_text (cache, &list_id, NULL);
    }
  g_assert_true (g_file_set_contents (path, content, (gssize) size, NULL));
  check_text (cache, &list_id, "what was computed");
  moved = g_build_filename (root, KEY_A, "list-000035-000015-000036-12", NULL);
  g_assert_cmpint (g_rename (path, moved), ==, 0);
  id.end = 36;
  check_text (cache, &id, NULL);
  put_text (cache, &id, "again");
  check_text (cache, &id, "again");
  test_folder_remove (root);
}

static guint64
size_on_disk (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;
  guint64 size = 0;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);
      GStatBuf about;

      g_assert_cmpint (g_stat (path, &about), ==, 0);
      size += S_ISDIR (about.st_mode) ? size_on_disk (path) : (guint64) about.st_size;
    }
  return size;
}

/* As if it had been used then. */
static void
set_used (const char *folder, time_t when)
{
  g_assert_cmpint (g_utime (folder, &(struct utimbuf){ when, when }), ==, 0);
}

/* Too much, though folders and files that are none of the cache's are never touched: the key used longest
 * ago goes first, then far features, then far lists.  So does a key of the future: the clock was put back.
 * data: seconds from now on in which the other key was used; 0 = long ago */
static void
test_limit (gconstpointer data)
{
  time_t used = GPOINTER_TO_INT (data) != 0 ? time (NULL) + GPOINTER_TO_INT (data) : 1;
  g_autofree char *root = test_folder_new ();
  g_autofree char *old = g_build_filename (root, KEY_OLD, NULL);
  g_autofree char *strange = g_build_filename (root, "holiday", NULL);
  g_autofree char *photo = g_build_filename (strange, "features-000000", NULL);
  g_autofree char *note = g_build_filename (old, "notes.txt", NULL);
  g_autofree char *text = g_strnfill (1000 - 64, 'x');
  g_autoptr (FyCache) before = fy_cache_new (root, KEY_OLD, PLENTY);
  g_autoptr (FyCache) cache = NULL;
  int kept = 0;

  for (int frame = 0; frame < 10; frame++)
    {
      FyCacheId id = features_id (frame);

      put_text (before, &id, text);
    }
  g_assert_cmpint (g_mkdir (strange, 0700), ==, 0);
  g_assert_true (g_file_set_contents (photo, text, -1, NULL));
  g_assert_true (g_file_set_contents (note, text, -1, NULL));
  set_used (strange, used);
  set_used (old, used);
  cache = fy_cache_new (root, KEY_A, 20000);
  for (int frame = 0; frame < 60; frame++)
    {
      FyCacheId features = features_id (frame), list = { FY_CACHE_LIST, frame, 0, frame, 3 };

      fy_cache_set_focus (cache, frame);
      put_text (cache, &features, text);
      put_text (cache, &list, text);
      g_assert_cmpuint (size_on_disk (root), <=, 20000 + 2000); /* what is not its own, the tag */
      check_text (cache, &list, text);
    }
  g_assert_cmpuint (size_on_disk (old), <, 1000); /* the note */
  g_assert_true (g_file_test (photo, G_FILE_TEST_EXISTS) && g_file_test (note, G_FILE_TEST_EXISTS));
  for (int frame = 0; frame < 60; frame++)
    {
      FyCacheId features = features_id (frame), list = { FY_CACHE_LIST, frame, 0, frame, 3 };

      kept += fy_cache_has (cache, &list);
      if (frame < 45)
        g_assert_false (fy_cache_has (cache, &features));
      if (frame < 35)
        g_assert_false (fy_cache_has (cache, &list));
    }
  g_assert_cmpint (kept, >=, 15); /* lists outlive features */
  test_folder_remove (root);
}

/* Two programs with one cache see each other's records. */
static void
test_shared (void)
{
  g_autofree char *root = test_folder_new ();
  g_autoptr (FyCache) one = fy_cache_new (root, KEY_A, PLENTY);
  g_autoptr (FyCache) two = fy_cache_new (root, KEY_A, PLENTY);
  g_autofree char *folder = g_build_filename (root, KEY_A, NULL);
  g_autoptr (GBytes) held = NULL;

  put_text (one, &list_id, "by one");
  held = fy_cache_get (two, &list_id);
  put_text (two, &list_id, "by two");
  check_text (one, &list_id, "by two");
  g_assert_cmpmem (g_bytes_get_data (held, NULL), g_bytes_get_size (held), "by one", 6);
  test_folder_remove (folder); /* somebody makes room */
  check_text (one, &list_id, NULL);
  put_text (one, &list_id, "anew");
  check_text (two, &list_id, "anew");
  g_assert_null (fy_cache_trouble (one));
  test_folder_remove (root);
}

/* Opened with a smaller limit than what it kept was under, it is made smaller at once: what nobody uses goes
 * first. */
static void
test_smaller (void)
{
  g_autofree char *root = test_folder_new ();
  g_autofree char *other = g_build_filename (root, KEY_B, NULL);
  g_autofree char *text = g_strnfill (10000, 'x');
  g_autoptr (FyCache) before = fy_cache_new (root, KEY_A, PLENTY);
  g_autoptr (FyCache) others = fy_cache_new (root, KEY_B, PLENTY);
  g_autoptr (FyCache) fits = NULL, half = NULL;

  for (int i = 0; i < 10; i++)
    {
      FyCacheId id = features_id (i);

      put_text (before, &id, text);
      put_text (others, &id, text);
    }
  put_text (before, &list_id, "kept to the last");
  utime (other, &(struct utimbuf){ 1, 1 });
  fits = fy_cache_new (root, KEY_A, 2 * fy_cache_size (before) - 20000);
  g_assert_cmpuint (fy_cache_size (fits), ==, fy_cache_size (before));
  g_assert_false (g_file_test (other, G_FILE_TEST_EXISTS));
  half = fy_cache_new (root, KEY_A, 50000);
  g_assert_cmpuint (fy_cache_size (half), <=, 50000);
  g_assert_cmpuint (fy_cache_size (half), >, 30000);
  check_text (half, &list_id, "kept to the last");
  test_folder_remove (root);
}

/* On a full disk, and where nothing can be made: one line says so, and the rest goes on. */
static void
test_full (void)
{
  g_autofree char *root = test_folder_new ();

  if (g_test_subprocess ())
    {
      g_autofree char *text = g_strnfill (100000, 'x');
      const char *folder = g_getenv ("FERRY_TEST_FOLDER");
      g_autoptr (FyCache) cache = fy_cache_new (folder, KEY_A, PLENTY);
      FyCacheId id = features_id (1);

      put_text (cache, &list_id, "small");
      test_limit_file_size (10000);
      put_text (cache, &id, text);
      check_text (cache, &id, NULL);
      check_text (cache, &list_id, "small");
      g_assert_nonnull (strstr (fy_cache_trouble (cache), "free some space"));
      return;
    }
  g_setenv ("FERRY_TEST_FOLDER", root, TRUE);
  g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
  g_test_trap_assert_passed ();
  test_folder_remove (root);
}

static void
test_unwritable (void)
{
  g_autofree char *root = test_folder_new ();
  g_autofree char *file = g_build_filename (root, "file", NULL);
  g_autoptr (FyCache) cache = NULL;

  g_assert_true (g_file_set_contents (file, "", 0, NULL));
  cache = fy_cache_new (file, KEY_A, PLENTY); /* a file is no folder, whoever asks */
  put_text (cache, &list_id, "x");
  check_text (cache, &list_id, NULL);
  g_assert_nonnull (strstr (fy_cache_trouble (cache), "choose another folder"));
  test_folder_remove (root);
}

/* --- Lists --- */

static FyNeighbours *
make_list (int cells, int k, gboolean parts)
{
  FyNeighbours *list = fy_neighbours_new (35, cells, k);

  for (int i = 0; i < cells * k; i++)
    {
      list->position[i] = (guint32) (15 * cells + i % (20 * cells));
      list->score[i] = 1.0f - 0.01f * (float) (i % k);
    }
  for (int p = 0; parts && p < FY_FEATURES_MAX_PARTS; p++)
    list->part[p] = g_memdup2 (list->score, (gsize) (cells * k) * sizeof (float));
  return list;
}

static void
test_lists (void)
{
  g_autofree char *root = test_folder_new ();
  g_autoptr (FyCache) cache = fy_cache_new (root, KEY_A, PLENTY);
  g_autoptr (FyNeighbours) list = make_list (30, 10, FALSE);
  g_autoptr (FyNeighbours) other = make_list (30, 12, TRUE);
  g_autoptr (FyNeighbours) found = NULL, shorter = NULL, weighted = NULL;
  const float weight[] = { 0.75f, 0.25f }, weights[] = { 0.5f, 0.5f };

  fy_list_save (cache, &list_id, list, weight);
  found = fy_list_load (cache, &list_id, 30, 10, weight);
  g_assert_cmpmem (found->position, 1200, list->position, 1200);
  g_assert_cmpmem (found->score, 1200, list->score, 1200);
  g_assert_cmpint (found->frame, ==, 35);
  shorter = fy_list_load (cache, &list_id, 30, 4, weight);
  g_assert_cmpint (shorter->k, ==, 10);
  g_assert_null (fy_list_load (cache, &list_id, 30, 11, weight));
  g_assert_null (fy_list_load (cache, &list_id, 31, 10, weight));
  g_assert_null (fy_list_load (cache, &list_id, 30, 10, weights)); /* its parts are not known */
  fy_list_save (cache, &list_id, other, weight);
  /* Equal parts make the same scores with any weights; what is not listed may still make more. */
  weighted = fy_list_load (cache, &list_id, 30, 1, weights);
  g_assert_nonnull (weighted);
  g_assert_cmpmem (weighted->position, 120, other->position, 120);
  g_assert_null (fy_list_load (cache, &list_id, 30, 12, weights));
  other->position[7] = 15 * 30 - 1; /* outside of what was searched */
  fy_list_save (cache, &list_id, other, weight);
  g_assert_null (fy_list_load (cache, &list_id, 30, 10, weight));
  test_folder_remove (root);
}

/* A folder as a whole: what is not a cache's stays. */
static void
test_folder (void)
{
  g_autofree char *folder = test_folder_new ();
  g_autofree char *foreign = g_build_filename (folder, KEY_A, "notes.txt", NULL);
  g_autoptr (FyCache) a = fy_cache_new (folder, KEY_A, PLENTY);
  g_autoptr (FyCache) b = fy_cache_new (folder, KEY_B, PLENTY);

  g_assert_cmpuint (fy_cache_folder_size (folder), ==, 0);
  put_text (a, &list_id, "12345");
  put_text (b, &list_id, "123");
  g_assert_true (g_file_set_contents (foreign, "mine", -1, NULL));
  g_assert_cmpuint (fy_cache_folder_size (folder), ==, 64 + 5 + 64 + 3);
  g_assert_cmpuint (fy_cache_folder_clear (folder), ==, 64 + 5 + 64 + 3);
  g_assert_cmpuint (fy_cache_folder_size (folder), ==, 0);
  g_assert_true (g_file_test (foreign, G_FILE_TEST_EXISTS));
  check_text (a, &list_id, NULL);
  put_text (a, &list_id, "again");
  check_text (a, &list_id, "again");
  test_folder_remove (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cache/round-trip", test_round_trip);
  g_test_add_func ("/cache/damage", test_damage);
  g_test_add_data_func ("/cache/limit", NULL, test_limit);
  g_test_add_data_func ("/cache/limit-future", GINT_TO_POINTER (24 * 60 * 60), test_limit);
  g_test_add_func ("/cache/shared", test_shared);
  g_test_add_func ("/cache/smaller", test_smaller);
  g_test_add_func ("/cache/full", test_full);
  g_test_add_func ("/cache/unwritable", test_unwritable);
  g_test_add_func ("/cache/lists", test_lists);
  g_test_add_func ("/cache/folder", test_folder);
  return g_test_run ();
}
