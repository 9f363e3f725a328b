/* SPDX-License-Identifier: MIT */
#include "metric/davis-score.h"

#include "base/error.h"
#include "base/parallel.h"
#include "base/text.h"
#include "exchange/mask-folder.h"
#include "metric/boundary.h"

#include <string.h>

typedef struct
{
  const FyMaskFolder *truth;
  const FyMaskFolder *result;
  int n_objects;
  int first_item;   /* number of its first scored frame among all sequences' */
  int n_scored;     /* truth's frames 1 .. n_scored                          */
  int *mask;        /* [1 + n_scored] which mask of the result is truth's frame i */
  double *region;   /* [n_objects, n_scored] J */
  double *boundary; /* [n_objects, n_scored] F */
} Sequence;

static void
clear_sequence (gpointer data)
{
  Sequence *sequence = data;

  g_free (sequence->mask);
  g_free (sequence->region);
  g_free (sequence->boundary);
}

static gboolean fail (GError **error, const char *format, ...) G_GNUC_PRINTF (2, 3);

static gboolean
fail (GError **error, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  g_propagate_error (error, g_error_new_valist (FY_ERROR, FY_ERROR_MISMATCH, format, arguments));
  va_end (arguments);
  return FALSE;
}

/* --- Which frames --- */

/* Finds the masks of the frames to score.  Returns FALSE when one is missing. */
static gboolean
match_frames (Sequence *sequence, gboolean leading, GError **error)
{
  int n = fy_mask_folder_n_frames (sequence->truth), covered = 0, last = -1, end;

  sequence->mask = g_new (int, n);
  for (int i = 0; i < n; i++)
    {
      const char *name = fy_mask_folder_frame (sequence->truth, i);

      sequence->mask[i] = fy_mask_folder_index (sequence->result, name, fy_frame_number (name));
      if (sequence->mask[i] >= 0)
        last = i;
      if (sequence->mask[i] >= 0 && covered == i)
        covered++;
    }
  end = leading && last < covered ? covered : n;
  for (int i = 1; i < end - 1; i++)
    if (sequence->mask[i] < 0)
      return fail (error, _ ("%s: the mask %s is missing; every frame that %s has must be there%s"),
                   fy_mask_folder_path (sequence->result),
                   fy_mask_folder_frame (sequence->truth, i), fy_mask_folder_path (sequence->truth),
                   last < covered ? _ (", or score the leading frames only") : "");
  if (end < 3)
    return fail (error,
                 g_dngettext (GETTEXT_PACKAGE,
                              "%s: %d annotated frame; at least 3 are needed, since the first and "
                              "the last are not scored",
                              "%s: %d annotated frames, of which the first and the last are not "
                              "scored; at least 3 are needed",
                              (gulong) end),
                 fy_mask_folder_path (leading ? sequence->result : sequence->truth), end);
  sequence->n_scored = end - 2;
  return TRUE;
}

/* How many objects: the highest id of the first annotation. */
static gboolean
count_objects (Sequence *sequence, GError **error)
{
  g_autoptr (FyIdMap) first = fy_mask_folder_read (sequence->truth, 0, NULL, error);
  g_autoptr (GArray) ids = first != NULL ? fy_id_map_ids (first) : NULL;

  if (ids == NULL)
    return FALSE;
  if (ids->len == 0)
    return fail (error,
                 _ ("%s/%s: the first annotation holds no object, so there is nothing to score"),
                 fy_mask_folder_path (sequence->truth), fy_mask_folder_frame (sequence->truth, 0));
  sequence->n_objects = g_array_index (ids, guint16, ids->len - 1);
  return TRUE;
}

static gboolean
prepare (Sequence *sequence, int first_item, gboolean leading, GError **error)
{
  gsize n;

  if (!match_frames (sequence, leading, error) || !count_objects (sequence, error))
    return FALSE;
  n = (gsize) sequence->n_objects * (gsize) sequence->n_scored;
  sequence->first_item = first_item;
  sequence->region = g_new (double, n);
  sequence->boundary = g_new (double, n);
  return TRUE;
}

/* --- Which sequences --- */

static const FyMaskFolder *
folder_at (const GPtrArray *folders, guint i)
{
  return g_ptr_array_index (folders, i);
}

/* Is the folder given itself the sequence? */
static gboolean
is_sequence (const GPtrArray *folders, const char *path)
{
  return folders->len == 1 && strcmp (fy_mask_folder_path (folder_at (folders, 0)), path) == 0;
}

static const FyMaskFolder *
find_name (const GPtrArray *folders, const char *name)
{
  for (guint i = 0; i < folders->len; i++)
    if (strcmp (fy_mask_folder_name (folder_at (folders, i)), name) == 0)
      return folder_at (folders, i);
  return NULL;
}

/* Pairs sequences by name; two single sequences are a pair whatever their names.
 * Returns: (transfer full) GArray of Sequence, or NULL with *error set. */
static GArray *
pair_sequences (const GPtrArray *truths,
                const char *truth_path,
                const GPtrArray *results,
                const char *result_path,
                GError **error)
{
  g_autoptr (GArray) pairs = g_array_new (FALSE, TRUE, sizeof (Sequence));
  gboolean one_truth = is_sequence (truths, truth_path);
  gboolean one_result = is_sequence (results, result_path);

  g_array_set_clear_func (pairs, clear_sequence);
  for (guint i = 0; i < truths->len; i++)
    {
      Sequence pair = { .truth = folder_at (truths, i) };
      const char *name = fy_mask_folder_name (pair.truth);

      pair.result = one_truth && one_result ? folder_at (results, 0) : find_name (results, name);
      if (pair.result != NULL)
        g_array_append_val (pairs, pair);
      else if (!one_result)
        {
          fail (error,
                _ ("%s: no folder of masks for the sequence %s of %s; put its results there"),
                result_path, name, truth_path);
          return NULL;
        }
    }
  if (pairs->len == 0)
    {
      fail (error,
            _ ("%s: no sequence of %s is called %s; give the folder of the one it belongs to"),
            result_path, truth_path, fy_mask_folder_name (folder_at (results, 0)));
      return NULL;
    }
  return g_steal_pointer (&pairs);
}

/* --- Scoring --- */

typedef struct
{
  GArray *sequences;
  FyBoundary **boundary; /* [workers], made when first needed */
  int *width;            /* [workers] what it was made for    */
  int *height;
  GCancellable *cancellable;
  GMutex lock;
  int failed;    /* [lock] the first item that failed; G_MAXINT = none */
  GError *error; /* [lock] what it said                                */
} Run;

static void
run_clear (Run *run)
{
  for (int i = 0; i < fy_parallel_workers (); i++)
    fy_boundary_free (run->boundary[i]);
  g_free (run->boundary);
  g_free (run->width);
  g_free (run->height);
  g_mutex_clear (&run->lock);
  g_clear_error (&run->error);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Run, run_clear)

static FyBoundary *
boundary_for (Run *run, int worker, const FyIdMap *map)
{
  if (run->boundary[worker] == NULL || run->width[worker] != map->width ||
      run->height[worker] != map->height)
    {
      fy_boundary_free (run->boundary[worker]);
      run->boundary[worker] = fy_boundary_new (map->width, map->height);
      run->width[worker] = map->width;
      run->height[worker] = map->height;
    }
  return run->boundary[worker];
}

/* Fits the result the truth? */
static gboolean
check_result (const Sequence *sequence,
              int index,
              const FyIdMap *truth,
              const FyIdMap *result,
              GError **error)
{
  const char *path = fy_mask_folder_path (sequence->result);
  const char *name = fy_mask_folder_frame (sequence->result, index);
  gsize n = (gsize) result->width * (gsize) result->height;

  if (result->width != truth->width || result->height != truth->height)
    return fail (error,
                 _ ("%s/%s: %dx%d pixels but the truth %dx%d; write masks of the truth's size"),
                 path, name, result->width, result->height, truth->width, truth->height);
  for (gsize i = 0; i < n; i++)
    if (result->id[i] > sequence->n_objects)
      {
        g_autofree char *id = result->id[i] == FY_ID_VOID
                                  ? g_strdup (_ ("void (index 255)"))
                                  : g_strdup_printf (_ ("object %d"), result->id[i]);

        return fail (
            error,
            _ ("%s/%s: holds %s but the truth's objects end at %d; leave out what the truth's "
               "first frame has not"),
            path, name, id, sequence->n_objects);
      }
  return TRUE;
}

static gboolean
score_frame (Run *run, Sequence *sequence, int frame, int worker, GError **error)
{
  int index = sequence->mask[frame];
  g_autoptr (FyIdMap) truth = NULL;
  g_autoptr (FyIdMap) result = NULL;
  g_autofree FyRegion *regions = g_new (FyRegion, sequence->n_objects);
  FyBoundary *boundary;

  if (g_cancellable_set_error_if_cancelled (run->cancellable, error))
    return FALSE;
  truth = fy_mask_folder_read (sequence->truth, frame, NULL, error);
  result = truth != NULL ? fy_mask_folder_read (sequence->result, index, NULL, error) : NULL;
  if (result == NULL || !check_result (sequence, index, truth, result, error))
    return FALSE;
  boundary = boundary_for (run, worker, truth);
  if (boundary == NULL)
    return fail (error, _ ("%s: not enough memory to score %dx%d pixels"),
                 fy_mask_folder_path (sequence->truth), truth->width, truth->height);
  fy_region_measure (truth, result, sequence->n_objects, regions);
  for (int i = 0; i < sequence->n_objects; i++)
    {
      gsize at = (gsize) i * (gsize) sequence->n_scored + (gsize) frame - 1;

      sequence->region[at] = fy_region_similarity (&regions[i]);
      sequence->boundary[at] =
          fy_boundary_accuracy (boundary, truth, result, (guint16) (i + 1), &regions[i]);
    }
  return TRUE;
}

static void
score_item (int item, int worker, gpointer user_data)
{
  Run *run = user_data;
  g_autoptr (GError) error = NULL;
  guint s = run->sequences->len - 1;
  gboolean stop;
  Sequence *sequence;

  g_mutex_lock (&run->lock);
  stop = run->failed < item;
  g_mutex_unlock (&run->lock);
  if (stop)
    return;
  while (g_array_index (run->sequences, Sequence, s).first_item > item)
    s--;
  sequence = &g_array_index (run->sequences, Sequence, s);
  if (score_frame (run, sequence, item - sequence->first_item + 1, worker, &error))
    return;
  g_mutex_lock (&run->lock);
  if (item < run->failed)
    {
      run->failed = item;
      g_clear_error (&run->error);
      run->error = g_steal_pointer (&error);
    }
  g_mutex_unlock (&run->lock);
}

static gboolean
score_all (GArray *sequences, int n_items, GCancellable *cancellable, GError **error)
{
  int workers = fy_parallel_workers ();
  g_auto (Run) run = { .sequences = sequences,
                       .boundary = g_new0 (FyBoundary *, workers),
                       .width = g_new0 (int, workers),
                       .height = g_new0 (int, workers),
                       .cancellable = cancellable,
                       .failed = G_MAXINT };

  g_mutex_init (&run.lock);
  fy_parallel_for (n_items, score_item, &run);
  if (run.error != NULL)
    g_propagate_error (error, g_steal_pointer (&run.error));
  return run.failed == G_MAXINT;
}

static FyReport *
make_report (const GArray *sequences, gboolean compatible)
{
  FyReport *report = fy_report_new ();

  for (guint s = 0; s < sequences->len; s++)
    {
      const Sequence *sequence = &g_array_index (sequences, Sequence, s);

      for (int i = 0; i < sequence->n_objects; i++)
        {
          gsize at = (gsize) i * (gsize) sequence->n_scored;
          FyScore score = { .sequence = (char *) fy_mask_folder_name (sequence->truth),
                            .object = i + 1,
                            .n_frames = sequence->n_scored };

          score.region = fy_statistics (sequence->region + at, score.n_frames, compatible);
          score.boundary = fy_statistics (sequence->boundary + at, score.n_frames, compatible);
          fy_report_add (report, &score);
        }
    }
  return report;
}

FyReport *
fy_davis_score (const char *truth,
                const char *result,
                const FyDavisScoreParams *params,
                GCancellable *cancellable,
                GError **error)
{
  g_autoptr (GPtrArray) truths = fy_mask_folder_find (truth, error);
  g_autoptr (GPtrArray) results = truths != NULL ? fy_mask_folder_find (result, error) : NULL;
  g_autoptr (GArray) sequences =
      results != NULL ? pair_sequences (truths, truth, results, result, error) : NULL;
  int n_items = 0;

  if (sequences == NULL)
    return NULL;
  for (guint s = 0; s < sequences->len; s++)
    {
      Sequence *sequence = &g_array_index (sequences, Sequence, s);

      if (!prepare (sequence, n_items, params != NULL && params->leading, error))
        return NULL;
      n_items += sequence->n_scored;
    }
  if (!score_all (sequences, n_items, cancellable, error))
    return NULL;
  return make_report (sequences, params != NULL && params->compatible);
}
