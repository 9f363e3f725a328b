/* SPDX-License-Identifier: MIT */
/* Trust: what its signs say of made-up labels, and whether it tells bad masks from good ones on real clips.
 *
 * test-trust DAVIS CACHE prints Spearman's rank correlation of each sign, and of all together, with J over all
 * frames of a DAVIS tree, the first mask of each sequence carried (docs/trust.md). */
#include "folder.h"

#include "exchange/indexed-png.h"
#include "propagate/carry.h"
#include "propagate/resolve.h"
#include "propagate/trust.h"
#include "session/session.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define N_COLUMNS 5 /* trust and its signs */

typedef struct
{
  double column[N_COLUMNS];
  double j;
} Row;

typedef struct
{
  FySession *session;
  int width; /* of the grid */
  int height;
  GPtrArray *soft; /* by frame: [2, cells] */
} Run;

static FyIdMap *
read_mask (const char *davis, const char *sequence, int frame)
{
  g_autofree char *name = g_strdup_printf ("%05d.png", frame);
  g_autofree char *path = g_build_filename (davis, "Annotations", "480p", sequence, name, NULL);
  FyIndexedPngInfo info;
  FyIdMap *map = fy_indexed_png_read (path, &info, NULL);

  for (gsize i = 0; map != NULL && i < (gsize) map->width * (gsize) map->height; i++)
    map->id[i] = map->id[i] != 0;
  return map;
}

static double
find_j (const FyIdMap *mask, const FyIdMap *truth)
{
  gsize both = 0, any = 0;

  for (gsize i = 0; i < (gsize) mask->width * (gsize) mask->height; i++)
    {
      both += mask->id[i] == 1 && truth->id[i] == 1;
      any += mask->id[i] == 1 || truth->id[i] == 1;
    }
  return any > 0 ? (double) both / (double) any : 1;
}

static gboolean
carry_frame (Run *run, int frame, FyIdMap *mask, Row *row, GError **error)
{
  static const guint16 ids[] = { 1 };
  static const int first[] = { 0 };
  gsize cells = (gsize) run->width * (gsize) run->height;
  g_autoptr (FyNeighbours) list =
      fy_session_neighbours (run->session, 0, first, 1, frame, NULL, NULL, NULL, error);
  const float *before = g_ptr_array_index (run->soft, frame - 1);
  float *soft = g_new (float, 2 * cells);
  g_autoptr (FyTrustVoters) voters = NULL;
  FyTrustSigns signs;

  if (list == NULL)
    return FALSE;
  g_ptr_array_add (run->soft, soft);
  fy_carry (list, fy_session_params (run->session)->temperature,
            (const float *const *) run->soft->pdata, 2, soft);
  fy_resolve (soft, ids, 1, run->width, run->height, mask);
  voters = fy_trust_voters_new (list, run->width, run->height);
  fy_trust_signs (soft + cells, before + cells, (int) cells, voters, &signs);
  *row =
      (Row){ { fy_trust (&signs), signs.certainty, signs.similarity, signs.cycle, signs.area }, 0 };
  return TRUE;
}

static gboolean
run_sequence (const char *davis,
              const char *sequence,
              int short_side,
              const char *cache,
              GArray *rows,
              GError **error)
{
  static const guint16 ids[] = { 1 };
  FySessionParams params = { .propagate = *fy_preset_find ("fc-davis"),
                             .device = "cpu",
                             .short_side = short_side,
                             .cache = cache };
  g_autofree char *input = g_build_filename (davis, "JPEGImages", "480p", sequence, NULL);
  g_autoptr (FySession) session = fy_session_new (input, &params, NULL, error);
  g_autoptr (FyIdMap) made = read_mask (davis, sequence, 0);
  g_autoptr (FyIdMap) mask = NULL;
  Run run = { .session = session };
  float *soft;

  if (session == NULL || made == NULL)
    return FALSE;
  mask = fy_id_map_new (made->width, made->height);
  fy_session_grid_size (session, &run.width, &run.height);
  run.soft = g_ptr_array_new_with_free_func (g_free);
  soft = g_new (float, (gsize) (2 * run.width * run.height));
  fy_soften (made, ids, 1, run.width, run.height, soft);
  g_ptr_array_add (run.soft, soft);
  for (int t = 1; t < fy_clip_info (fy_session_clip (session))->n_frames; t++)
    {
      g_autoptr (FyIdMap) truth = read_mask (davis, sequence, t);
      Row row;

      if (!carry_frame (&run, t, mask, &row, error))
        return FALSE;
      row.j = find_j (mask, truth);
      g_array_append_val (rows, row);
    }
  g_ptr_array_unref (run.soft);
  return TRUE;
}

/* --- Rank correlation --- */

typedef struct
{
  double value;
  guint at;
} Ranked;

static int
compare_ranked (const void *a, const void *b)
{
  double x = ((const Ranked *) a)->value, y = ((const Ranked *) b)->value;

  return x < y ? -1 : x > y;
}

/* Ranks of values, equal ones sharing the mean of theirs.  Returns: (transfer full). */
static double *
find_ranks (const double *values, guint n)
{
  g_autofree Ranked *ranked = g_new (Ranked, n);
  double *ranks = g_new (double, n);

  for (guint i = 0; i < n; i++)
    ranked[i] = (Ranked){ values[i], i };
  qsort (ranked, n, sizeof *ranked, compare_ranked);
  for (guint i = 0, end; i < n; i = end)
    {
      for (end = i; end < n && !(ranked[i].value < ranked[end].value); end++)
        ;
      for (guint j = i; j < end; j++)
        ranks[ranked[j].at] = (i + end - 1) / 2.0;
    }
  return ranks;
}

static double
spearman (const GArray *rows, int column)
{
  g_autofree double *x = g_new (double, rows->len), *y = g_new (double, rows->len), *rx = NULL,
                    *ry = NULL;
  double mean = (rows->len - 1) / 2.0, xy = 0, xx = 0, yy = 0;

  for (guint i = 0; i < rows->len; i++)
    {
      x[i] = g_array_index (rows, Row, i).column[column];
      y[i] = g_array_index (rows, Row, i).j;
    }
  rx = find_ranks (x, rows->len);
  ry = find_ranks (y, rows->len);
  for (guint i = 0; i < rows->len; i++)
    {
      xy += (rx[i] - mean) * (ry[i] - mean);
      xx += (rx[i] - mean) * (rx[i] - mean);
      yy += (ry[i] - mean) * (ry[i] - mean);
    }
  return xx > 0 && yy > 0 ? xy / sqrt (xx * yy) : 0;
}

static void
print_line (const char *name, const GArray *rows)
{
  double j = 0;

  for (guint i = 0; i < rows->len; i++)
    j += g_array_index (rows, Row, i).j;
  g_print ("%-16s %5u %6.3f", name, rows->len, j / rows->len);
  for (int c = 0; c < N_COLUMNS; c++)
    g_print (" %10.3f", spearman (rows, c));
  g_print ("\n");
}

static int
print_table (const char *davis, const char *cache)
{
  g_autofree char *folder = g_build_filename (davis, "JPEGImages", "480p", NULL);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  g_autoptr (GArray) all = g_array_new (FALSE, FALSE, sizeof (Row));
  const char *name;

  g_print ("%-16s %5s %6s %10s %10s %10s %10s %10s\n", "sequence", "n", "J", "trust", "certainty",
           "similarity", "cycle", "area");
  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autoptr (GArray) rows = g_array_new (FALSE, FALSE, sizeof (Row));
      g_autoptr (GError) error = NULL;

      if (!run_sequence (davis, name, 0, cache, rows, &error))
        {
          g_printerr ("%s: %s\n", name, error != NULL ? error->message : "no mask");
          return 1;
        }
      print_line (name, rows);
      g_array_append_vals (all, rows->data, rows->len);
    }
  if (all->len > 0)
    print_line ("all", all);
  return all->len > 0 ? 0 : 1;
}

/* On a real clip, at a quarter of the resolution to be quick. */
static void
test_davis (void)
{
  g_autofree char *davis = test_shared_path ("data/davis");
  g_autoptr (GArray) rows = g_array_new (FALSE, FALSE, sizeof (Row));
  g_autoptr (GError) error = NULL;

  if (davis == NULL)
    return;
  g_assert_true (run_sequence (davis, "dog", 240, NULL, rows, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (rows->len, ==, 59);
  g_assert_cmpfloat (spearman (rows, 0), >, 0.6);
}

/* --- Made-up labels --- */

#define WIDTH  20
#define HEIGHT 15
#define CELLS  (WIDTH * HEIGHT)

/* A square of soft label `inside`; background is the rest. */
static void
draw (float *soft, int left, int top, int size, float inside)
{
  for (int cell = 0; cell < CELLS; cell++)
    {
      int x = cell % WIDTH, y = cell / WIDTH;

      soft[CELLS + cell] = x >= left && x < left + size && y >= top && y < top + size ? inside : 0;
      soft[cell] = 1 - soft[CELLS + cell];
    }
}

/* Each cell's best neighbour is the cell itself in frame 0, or, `scattered`, one anywhere. */
static FyNeighbours *
make_list (gboolean scattered, float score)
{
  FyNeighbours *list = fy_neighbours_new (1, CELLS, 2);

  for (int cell = 0; cell < CELLS; cell++)
    {
      list->position[2 * cell] = (guint32) (scattered ? cell * cell * 31 % CELLS : cell);
      list->position[2 * cell + 1] = FY_SEARCH_NONE;
      list->score[2 * cell] = score;
      list->score[2 * cell + 1] = -INFINITY;
    }
  return list;
}

static FyTrustSigns
look (const float *soft, const float *before, const FyNeighbours *list)
{
  g_autoptr (FyTrustVoters) voters =
      list != NULL ? fy_trust_voters_new (list, WIDTH, HEIGHT) : NULL;
  FyTrustSigns signs;

  fy_trust_signs (soft + CELLS, before, CELLS, voters, &signs);
  return signs;
}

static void
test_signs (void)
{
  g_autoptr (FyNeighbours) still = make_list (FALSE, 0.9f), scattered = make_list (TRUE, 0.5f);
  float soft[2 * CELLS], before[2 * CELLS], nothing[2 * CELLS];
  FyTrustSigns signs;

  draw (nothing, 0, 0, 0, 1);
  draw (before, 4, 4, 8, 1);
  draw (soft, 5, 4, 8, 1);
  signs = look (soft, before + CELLS, still);
  g_assert_cmpfloat_with_epsilon (signs.certainty, 1, 1e-6);
  g_assert_cmpfloat_with_epsilon (signs.similarity, 0.9, 1e-6);
  g_assert_cmpfloat_with_epsilon (signs.cycle, 1, 1e-6);
  g_assert_cmpfloat_with_epsilon (signs.area, 1, 1e-6);
  g_assert_cmpfloat_with_epsilon (fy_trust (&signs), 0.9, 1e-6);

  signs = look (soft, before + CELLS, scattered);
  g_assert_cmpfloat_with_epsilon (signs.similarity, 0.5, 1e-6);
  g_assert_cmpfloat (signs.cycle, <, 0.3);
  signs = look (soft, NULL, NULL);
  g_assert_cmpfloat_with_epsilon (signs.similarity * signs.cycle, 1, 1e-6);
  g_assert_cmpfloat_with_epsilon (signs.area, 1.0 / 65, 1e-6); /* came out of nothing */
  draw (soft, 5, 4, 8, 0.5f);
  signs = look (soft, before + CELLS, still);
  g_assert_cmpfloat_with_epsilon (signs.certainty, 0, 1e-6);
  g_assert_cmpfloat_with_epsilon (signs.area, 33.0 / 65, 1e-6);
  signs = look (nothing, before + CELLS, still); /* has gone from one frame to the next */
  g_assert_cmpfloat (fy_trust (&signs), <, 0.02);
  signs = look (nothing, nothing + CELLS, still);
  g_assert_cmpfloat (fy_trust (&signs), ==, 1);
}

int
main (int argc, char **argv)
{
  if (argc == 3 && argv[1][0] != '-')
    return print_table (argv[1], argv[2]);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/trust/signs", test_signs);
  g_test_add_func ("/trust/davis", test_davis);
  return g_test_run ();
}
