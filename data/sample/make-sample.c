/* SPDX-License-Identifier: MIT */
/* Makes the sample clip, its true masks and its points: make-sample FOLDER */
#include "render.h"
#include "scene.h"

#include "base/output-file.h"
#include "exchange/davis.h"
#include "exchange/film.h"

#include <string.h>

static gboolean
make_film (const char *folder, GError **error)
{
  g_autofree char *path = g_build_filename (folder, "pond.mp4", NULL);
  FyFilmParams params = { .frames_per_second = SCENE_RATE };
  g_autoptr (FyFilm) film = fy_film_new (path, SCENE_WIDTH, SCENE_HEIGHT, &params, error);

  for (int frame = 0; film != NULL && frame < SCENE_FRAMES; frame++)
    {
      g_autofree guint8 *rgb = render_picture (frame);

      if (!fy_film_add (film, rgb, frame * (G_USEC_PER_SEC / SCENE_RATE), error))
        return FALSE;
    }
  return film != NULL && fy_film_finish (film, error);
}

static gboolean
make_truth (const char *folder, GError **error)
{
  g_autofree char *path = g_build_filename (folder, "truth", NULL);
  g_autoptr (FyIdMap) first = render_mask (0);
  g_autoptr (GArray) ids = fy_id_map_ids (first);
  g_autoptr (FyDavisWriter) writer = fy_davis_writer_new (path, ids, error);

  for (int frame = 0; writer != NULL && frame < SCENE_FRAMES; frame++)
    {
      g_autoptr (FyIdMap) mask = render_mask (frame);
      g_autofree char *stem = fy_davis_stem (NULL, frame);

      if (!fy_davis_writer_write (writer, stem, mask, error))
        return FALSE;
    }
  return writer != NULL;
}

static gboolean
make_points (const char *folder, GError **error)
{
  g_autofree char *path = g_build_filename (folder, "points.csv", NULL);
  g_autofree char *csv = render_points ();

  return fy_output_file_save (path, csv, strlen (csv), FALSE, error);
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;

  if (argc != 2)
    {
      g_printerr ("usage: make-sample FOLDER\n");
      return 2;
    }
  if (make_truth (argv[1], &error) && make_points (argv[1], &error) && make_film (argv[1], &error))
    return 0;
  g_printerr ("make-sample: %s\n", error->message);
  return 1;
}
