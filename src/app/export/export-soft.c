/* SPDX-License-Identifier: MIT */
#include "app/export/export-soft.h"

#include "base/error.h"

#include <glib/gi18n.h>
#include <string.h>

#define MAX_BYTES ((gsize) 1 << 30)

struct FerryExportSoft
{
  int width; /* pixels */
  int height;
  int grid_width; /* cells */
  int grid_height;
  GArray *ids;   /* guint16, ascending */
  float **plane; /* [n_frames] of [ids, cells]; NULL = not carried */
  int n_frames;
  const FyExport *export;
};

void
ferry_export_soft_free (FerryExportSoft *self)
{
  if (self == NULL)
    return;
  for (int i = 0; i < self->n_frames; i++)
    g_free (self->plane[i]);
  g_free (self->plane);
  g_array_unref (self->ids);
  g_free (self);
}

/* --- Carrying --- */

static void
free_hand (gpointer data)
{
  fy_id_map_free ((FyIdMap *) ((FyHandMade *) data)->labels);
}

/* The frames in which a hand made something.  Returns: (transfer full) of FyHandMade. */
static GArray *
find_hands (const FyExport *export)
{
  GArray *hands = g_array_new (FALSE, FALSE, sizeof (FyHandMade));

  g_array_set_clear_func (hands, free_hand);
  for (int i = 0; i < export->info->n_frames; i++)
    {
      const FyFrameLabels *labels = export->labels[i];

      if (labels != NULL && labels->map != NULL && fy_frame_labels_has_hand (labels) &&
          !fy_run_map_is_empty (labels->map))
        {
          FyHandMade hand = { i, fy_run_map_to_id_map (labels->map) };

          g_array_append_val (hands, hand);
        }
    }
  return hands;
}

static GArray *
find_ids (const FyExport *export, const GArray *hands)
{
  g_autofree guint8 *occurs = g_new0 (guint8, 65536);
  GArray *ids = g_array_new (FALSE, FALSE, sizeof (guint16));

  for (guint i = 0; i < hands->len; i++)
    {
      const FyFrameLabels *labels = export->labels[g_array_index (hands, FyHandMade, i).frame];
      g_autoptr (GArray) here = fy_run_map_ids (labels->map);

      for (guint j = 0; j < here->len; j++)
        occurs[g_array_index (here, guint16, j)] = 1;
    }
  for (guint id = 1; id < FY_ID_VOID; id++)
    if (occurs[id] != 0)
      g_array_append_vals (ids, &(guint16){ (guint16) id }, 1);
  return ids;
}

static gboolean
keep_frame (int frame,
            const FyIdMap *mask,
            const float *soft,
            int n_classes,
            gpointer user_data,
            GError **error)
{
  FerryExportSoft *self = user_data;
  gsize cells = (gsize) self->grid_width * (gsize) self->grid_height;
  const FyExport *export = self->export;

  if (frame < export->first || frame > export->last)
    return TRUE;
  g_free (self->plane[frame]);
  self->plane[frame] = g_memdup2 (soft + cells, (gsize) (n_classes - 1) * cells *
                                                    sizeof (float)); /* no background */
  return TRUE;
}

static gboolean
check_size (const FerryExportSoft *self, GError **error)
{
  gsize frame =
      (gsize) self->grid_width * (gsize) self->grid_height * self->ids->len * sizeof (float);
  int n = self->export->last - self->export->first + 1;

  if (self->ids->len == 0)
    g_set_error (error, FY_ERROR, FY_ERROR_UNSUPPORTED,
                 _ ("no mask was made by hand: soft masks are carried from such; paint one"));
  else if (frame * (gsize) n > MAX_BYTES)
    g_set_error (
        error, FY_ERROR, FY_ERROR_UNSUPPORTED,
        ngettext (
            "the soft labels of %d frame with %u objects take %d MiB, at most %d can be held; "
            "export a shorter range at a time",
            "the soft labels of %d frames with %u objects take %d MiB, at most %d can be held; "
            "export a shorter range at a time",
            (gulong) n),
        n, self->ids->len, (int) (frame * (gsize) n >> 20), (int) (MAX_BYTES >> 20));
  else
    return TRUE;
  return FALSE;
}

static gboolean
carry (FerryExportSoft *self,
       FySession *session,
       const GArray *hands,
       GCancellable *cancellable,
       GError **error)
{
  const FyHandMade *hand = (const FyHandMade *) (gconstpointer) hands->data;
  const FyExport *export = self->export;
  int last = MAX (export->last, hand[0].frame), n = 0;

  while (n < (int) hands->len && hand[n].frame <= last)
    n++;
  if (!fy_session_propagate (session, hand, n, self->ids, last, keep_frame, self, cancellable,
                             error))
    return FALSE;
  return export->first >= hand[0].frame ||
         fy_session_propagate (session, hand, 1, self->ids, export->first, keep_frame, self,
                               cancellable, error);
}

FerryExportSoft *
ferry_export_soft_new (FySession *session,
                       const FyExport *export,
                       GCancellable *cancellable,
                       GError **error)
{
  g_autoptr (FerryExportSoft) self = g_new0 (FerryExportSoft, 1);
  g_autoptr (GArray) hands = find_hands (export);

  self->export = export;
  self->width = export->info->width;
  self->height = export->info->height;
  self->n_frames = export->info->n_frames;
  self->plane = g_new0 (float *, self->n_frames);
  self->ids = find_ids (export, hands);
  fy_session_grid_size (session, &self->grid_width, &self->grid_height);
  if (!check_size (self, error) || !carry (self, session, hands, cancellable, error))
    return NULL;
  return g_steal_pointer (&self);
}

/* --- Lifting --- */

/* Where a pixel lies between two cells, edges taken beyond them. */
static void
find_tap (int pixel, int pixels, int cells, int at[2], float *share)
{
  float place = (float) ((pixel + 0.5) * cells / pixels - 0.5);

  place = CLAMP (place, 0.0f, (float) (cells - 1));
  at[0] = (int) place;
  at[1] = MIN (at[0] + 1, cells - 1);
  *share = place - (float) at[0];
}

void
ferry_soft_lift (const float *plane,
                 int grid_width,
                 int grid_height,
                 int width,
                 int height,
                 float *soft)
{
  for (int y = 0; y < height; y++)
    {
      int row[2];
      float down;
      const float *upper, *lower;

      find_tap (y, height, grid_height, row, &down);
      upper = plane + (gsize) row[0] * (gsize) grid_width;
      lower = plane + (gsize) row[1] * (gsize) grid_width;
      for (int x = 0; x < width; x++)
        {
          int column[2];
          float right, a, b;

          find_tap (x, width, grid_width, column, &right);
          a = upper[column[0]] * (1 - right) + upper[column[1]] * right;
          b = lower[column[0]] * (1 - right) + lower[column[1]] * right;
          *soft++ = a * (1 - down) + b * down;
        }
    }
}

gboolean
ferry_export_soft_get (int frame, guint16 object, float *soft, gpointer user_data, GError **error)
{
  const FerryExportSoft *self = user_data;
  gsize cells = (gsize) self->grid_width * (gsize) self->grid_height;

  memset (soft, 0, (gsize) self->width * (gsize) self->height * sizeof (float));
  for (guint i = 0; self->plane[frame] != NULL && i < self->ids->len; i++)
    if (g_array_index (self->ids, guint16, i) == object)
      ferry_soft_lift (self->plane[frame] + i * cells, self->grid_width, self->grid_height,
                       self->width, self->height, soft);
  return TRUE;
}
