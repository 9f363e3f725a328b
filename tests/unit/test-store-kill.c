/* SPDX-License-Identifier: MIT */
/* A program that saves as it is edited is killed, at random moments or in the middle of its n-th write to
 * a file: what it had reported as saved is there, and the project is whole. */
#include "folder.h"
#include "store/autosave.h"

#include <math.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define ROUNDS   50
#define FRAMES   40
#define OBJECTS  4
#define WIDTH    160
#define HEIGHT   120
#define REPORTED 16 /* edits between two reports, at most */

/* A frame was edited for the serial-th time, and that is on disk. */
typedef struct
{
  int frame;
  int serial;
} Saved;

/* Labels that follow from the serial and carry it. */
static FyFrameLabels *
make_labels (int frame, int serial)
{
  g_autoptr (FyIdMap) map = fy_id_map_new (WIDTH, HEIGHT);
  g_autoptr (FyRunMap) runs = NULL;
  FyState states[OBJECTS];
  FyPoint point = { 1, 0, FY_JOINT_PLACED, FY_PROVENANCE_HAND, (float) serial, (float) frame };

  for (int i = 0; i < WIDTH * HEIGHT; i++)
    map->id[i] = (guint16) ((guint) (i / (1 + serial % 17) + frame) * 2654435761u >> 30);
  for (int i = 0; i < OBJECTS; i++)
    states[i] = (FyState){ (guint16) (i + 1), FY_PROVENANCE_HAND, serial % 2 == 0, NAN };
  runs = fy_run_map_new (map);
  return fy_frame_labels_new (runs, states, OBJECTS, &point, 1);
}

static void
put_objects (FyAutosave *autosave, int serial)
{
  g_autoptr (GPtrArray) objects = g_ptr_array_new_with_free_func ((GDestroyNotify) fy_object_unref);

  for (int i = 0; i < OBJECTS; i++)
    {
      g_autofree char *name = g_strdup_printf ("%d of %d", i, serial);

      g_ptr_array_add (objects, fy_object_new ((guint16) (i + 1), name, FY_OBJECT_MASK));
    }
  fy_object_set_skeleton_jhmdb (objects->pdata[0]);
  fy_autosave_put_objects (autosave, (FyObject **) objects->pdata, OBJECTS);
}

/* --- Death while writing --- */

typedef ssize_t (*WriteAt) (int fd, const void *data, size_t size, off_t at);

static WriteAt write_at;   /* the system's */
static int writes_to_live; /* of the child */

static ssize_t
write_and_die (int fd, const void *data, size_t size, off_t at)
{
  if (--writes_to_live > 0)
    return write_at (fd, data, size, at);
  write_at (fd, data, size / 2, at);
  kill (getpid (), SIGKILL);
  return -1;
}

/* Has SQLite write half of its n-th write and die. */
static void
die_writing (int n)
{
  static const char *const names[] = { "pwrite64", "pwrite" };
  sqlite3_vfs *vfs = sqlite3_vfs_find (NULL);

  writes_to_live = n;
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      sqlite3_syscall_ptr own = vfs->xGetSystemCall (vfs, names[i]);

      if (own == NULL)
        continue;
      write_at = (WriteAt) own;
      vfs->xSetSystemCall (vfs, names[i], (sqlite3_syscall_ptr) write_and_die);
    }
}

/* --- The program --- */

/* Edits and reports until it is killed. */
static void
edit (const char *path, int first_serial, int out)
{
  g_autoptr (GError) error = NULL;
  FyProjectFile *file = fy_project_file_open (path, FY_PROJECT_OPEN, &error);
  FyProjectMedia media = { (char *) "/nowhere/clip.mp4", (char *) "x", FRAMES, WIDTH, HEIGHT };
  g_autoptr (GRand) rand = g_rand_new_with_seed ((guint32) first_serial);
  FyAutosave *autosave;

  g_assert_no_error (error);
  autosave = fy_autosave_new (file, NULL, NULL);
  fy_autosave_put_media (autosave, &media);
  put_objects (autosave, first_serial);
  for (int serial = first_serial;;)
    {
      Saved saved[REPORTED];
      int n = g_rand_int_range (rand, 1, REPORTED + 1);

      for (int i = 0; i < n; i++, serial++)
        {
          int frame = g_rand_int_range (rand, 0, FRAMES);
          g_autoptr (FyFrameLabels) labels = make_labels (frame, serial);

          fy_autosave_put_frame (autosave, frame, labels);
          saved[i] = (Saved){ frame, serial };
          if (serial % 7 == 0)
            put_objects (autosave, serial);
        }
      if (!fy_autosave_flush (autosave, &error) ||
          write (out, saved, sizeof *saved * (gsize) n) != (gssize) (sizeof *saved * (gsize) n))
        _exit (1);
    }
}

/* When a child ends: in its n-th write, or a while after its first report, or after its start. */
typedef struct
{
  int writes; /* 0 = by time */
  gboolean after_report;
  gulong microseconds;
} Death;

/* Runs an editing child to its death and takes in what it reported.  Returns: the highest serial. */
static int
run_and_kill (const char *path, int first_serial, const Death *death, int *reported)
{
  int ends[2], highest = first_serial, status;
  Saved saved;
  pid_t child;

  g_assert_cmpint (pipe (ends), ==, 0);
  child = fork ();
  if (child == 0)
    {
      close (ends[0]);
      if (death->writes > 0)
        die_writing (death->writes);
      edit (path, first_serial, ends[1]);
    }
  close (ends[1]);
  if (death->writes == 0 && death->after_report)
    {
      g_assert_cmpint (read (ends[0], &saved, sizeof saved), ==, sizeof saved);
      reported[saved.frame] = saved.serial;
    }
  if (death->writes == 0)
    {
      g_usleep (death->microseconds);
      kill (child, SIGKILL);
    }
  while (read (ends[0], &saved, sizeof saved) == sizeof saved)
    {
      reported[saved.frame] = saved.serial;
      highest = MAX (highest, saved.serial);
    }
  close (ends[0]);
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  g_assert_true (WIFSIGNALED (status) && WTERMSIG (status) == SIGKILL);
  return highest;
}

static void
see_frame (int frame, FyFrameLabels *labels, gpointer data)
{
  const FyPoint *point = fy_frame_labels_point (labels, 1, 0);
  int *serials = data;
  g_autoptr (FyFrameLabels) wanted = NULL;

  g_assert_nonnull (point);
  serials[frame] = (int) point->x;
  wanted = make_labels (frame, serials[frame]);
  g_assert_true (fy_frame_labels_equal (labels, wanted));
}

static void
test_kill (void)
{
  g_autofree char *folder = test_folder_new ();
  g_autofree char *path = g_build_filename (folder, "a.ferry", NULL);
  g_autofree char *journal = g_strconcat (path, "-journal", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (FyProjectFile) made = fy_project_file_open (path, FY_PROJECT_CREATE, &error);
  g_autoptr (GRand) rand = g_rand_new_with_seed (9);
  int reported[FRAMES] = { 0 }, serial = 1, cut_short = 0;

  g_clear_pointer (&made, fy_project_file_close);
  for (int round = 0; round < ROUNDS; round++)
    {
      g_autoptr (FyProjectFile) file = NULL;
      int found[FRAMES] = { 0 };

      Death death = { round % 2 * g_rand_int_range (rand, 1, 300), round % 4 == 0,
                      (gulong) g_rand_int_range (rand, 0, 100000) };

      serial = run_and_kill (path, serial + REPORTED, &death, reported);
      cut_short += g_file_test (journal, G_FILE_TEST_EXISTS);
      file = fy_project_file_open (path, FY_PROJECT_OPEN, &error);
      g_assert_no_error (error);
      g_assert_true (fy_project_file_check (file, &error));
      g_assert_true (fy_project_file_get_frames (file, see_frame, found, NULL, &error));
      for (int i = 0; i < FRAMES; i++)
        g_assert_cmpint (found[i], >=, reported[i]);
    }
  g_test_message ("%d edits in %d rounds; %d times a transaction was cut short", serial, ROUNDS,
                  cut_short);
  test_folder_remove (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/store/kill", test_kill);
  return g_test_run ();
}
