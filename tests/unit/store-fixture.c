/* SPDX-License-Identifier: MIT */
#include "store-fixture.h"

#include "base/error.h"
#include "folder.h"

#include <glib/gstdio.h>
#include <math.h>
#include <unistd.h>

FyFrameLabels *
store_labels (int seed)
{
  g_autoptr (FyIdMap) map = fy_id_map_new (WIDTH, HEIGHT);
  g_autoptr (FyRunMap) runs = NULL;
  FyState states[] = { { 1, FY_PROVENANCE_HAND, FALSE, NAN },
                       { 2, FY_PROVENANCE_CARRIED, seed % 3 == 0, (float) (seed % 10) / 10 },
                       { 3, FY_PROVENANCE_OCCLUDED, FALSE, NAN } };
  FyPoint points[] = { { 3, 0, FY_JOINT_PLACED, FY_PROVENANCE_HAND, 1.5f + (float) (seed % 30), 2 },
                       { 3, 7, FY_JOINT_ABSENT, FY_PROVENANCE_CARRIED, -4, 0 } };

  for (int y = 5; y < 25; y++)
    for (int x = seed % 20; x < seed % 20 + y; x++)
      map->id[y * WIDTH + x] = (guint16) (1 + (x + y > 30));
  runs = fy_run_map_new (map);
  return fy_frame_labels_new (runs, states, G_N_ELEMENTS (states), points, seed % 2 * 2);
}

GPtrArray *
store_objects (int n)
{
  GPtrArray *objects = g_ptr_array_new_with_free_func ((GDestroyNotify) fy_object_unref);

  for (int i = 0; i < n; i++)
    {
      gboolean skeleton = i == 2;
      FyObject *object = fy_object_new ((guint16) (i + 1), i == 1 ? "Schwän \"e\"" : NULL,
                                        skeleton ? FY_OBJECT_SKELETON : FY_OBJECT_MASK);

      object->hidden = i == 1;
      object->locked = i == 0;
      object->colour = (FyRgb){ (guint8) i, 200, 7 };
      if (skeleton)
        fy_object_set_skeleton_jhmdb (object);
      g_ptr_array_add (objects, object);
    }
  return objects;
}

void
store_fill (FyProjectFile *file, const char *media_path, int n_objects, int n_frames)
{
  g_autoptr (GPtrArray) objects = store_objects (n_objects);
  g_autoptr (GError) error = NULL;
  FyProjectMedia media = { (char *) media_path, (char *) "print", n_frames, WIDTH, HEIGHT };

  fy_project_file_begin (file, &error);
  g_assert_no_error (error);
  fy_project_file_set_media (file, &media, &error);
  g_assert_no_error (error);
  fy_project_file_set_objects (file, (FyObject **) objects->pdata, (int) objects->len, &error);
  g_assert_no_error (error);
  fy_project_file_set_setting (file, "k", "10", &error);
  g_assert_no_error (error);
  for (int i = 0; i < n_frames; i++)
    {
      g_autoptr (FyFrameLabels) labels = store_labels (i);

      fy_project_file_set_frame (file, i, labels, &error);
      g_assert_no_error (error);
    }
  g_assert_true (fy_project_file_commit (file, &error));
}

char *
store_make (const char *folder, const char *name, int n_objects, int n_frames)
{
  char *path = g_build_filename (folder, name, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (FyProjectFile) file = fy_project_file_open (path, FY_PROJECT_CREATE, &error);

  g_assert_no_error (error);
  store_fill (file, "/nowhere/clip.mp4", n_objects, n_frames);
  return path;
}

typedef struct
{
  int n;
  int wrong;
} Seen;

static void
see_frame (int frame, FyFrameLabels *labels, gpointer data)
{
  g_autoptr (FyFrameLabels) wanted = store_labels (frame);
  Seen *seen = data;

  seen->wrong += !fy_frame_labels_equal (labels, wanted) || frame != seen->n;
  seen->n++;
}

gboolean
store_read (FyProjectFile *file, int n_objects, int n_frames, GError **error)
{
  g_autoptr (GPtrArray) objects = NULL, wanted = store_objects (n_objects);
  FyProjectMedia media = { 0 };
  g_autoptr (GError) reason = NULL;
  Seen seen = { 0 };

  if (!fy_project_file_get_media (file, &media, &reason))
    {
      if (reason == NULL)
        g_set_error (&reason, FY_ERROR, FY_ERROR_CORRUPT, "%s: no media",
                     fy_project_file_path (file));
      g_propagate_error (error, g_steal_pointer (&reason));
      return FALSE;
    }
  g_assert_cmpstr (media.path, ==, "/nowhere/clip.mp4");
  g_assert_cmpstr (media.fingerprint, ==, "print");
  g_assert_cmpint (media.n_frames, ==, n_frames);
  g_assert_cmpint (media.width, ==, WIDTH);
  g_assert_cmpint (media.height, ==, HEIGHT);
  fy_project_media_clear (&media);
  objects = fy_project_file_get_objects (file, error);
  if (objects == NULL || !fy_project_file_get_frames (file, see_frame, &seen, NULL, error))
    return FALSE;
  g_assert_cmpint (seen.wrong, ==, 0);
  if (seen.n != n_frames || (int) objects->len != n_objects)
    {
      g_set_error (error, FY_ERROR, FY_ERROR_CORRUPT, "%s: rows are missing",
                   fy_project_file_path (file));
      return FALSE;
    }
  for (int i = 0; i < n_objects; i++)
    g_assert_true (fy_object_equal (objects->pdata[i], wanted->pdata[i]));
  return TRUE;
}

char *
store_test_init (int *argc, char ***argv)
{
  char *data;

  if (g_access ("/dev/shm", W_OK) == 0) /* does not wait for a disk */
    g_setenv ("TMPDIR", "/dev/shm", TRUE);
  data = test_folder_new ();
  g_setenv ("XDG_DATA_HOME", data, TRUE);
  g_test_init (argc, argv, NULL);
  return data;
}
