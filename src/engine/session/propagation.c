/* SPDX-License-Identifier: MIT */
/* Carries labels through a clip, a frame a step. */
#include "base/error.h"
#include "propagate/carry.h"
#include "propagate/resolve.h"
#include "session/session.h"

typedef struct
{
  FySession *session;
  int first;
  int grid_width;
  int grid_height;
  GArray *ids;     /* guint16, ascending */
  GPtrArray *soft; /* [last + 1] soft labels by frame number; NULL where not needed (any more) */
} Run;

static gsize
soft_floats (const Run *run)
{
  return (gsize) (run->ids->len + 1) * (gsize) run->grid_width * (gsize) run->grid_height;
}

static gboolean
check_labels (FySession *session, const FyIdMap *labels, const GArray *ids, GError **error)
{
  const FyClipInfo *info = fy_clip_info (fy_session_clip (session));

  if (labels->width != info->width || labels->height != info->height)
    {
      g_set_error (error, FY_ERROR, FY_ERROR_MISMATCH,
                   "the labels are %dx%d, the frames of %s %dx%d; paint them at the frames' size",
                   labels->width, labels->height, info->path, info->width, info->height);
      return FALSE;
    }
  if (ids->len == 0)
    {
      g_set_error_literal (error, FY_ERROR, FY_ERROR_MISMATCH,
                           "the labels hold no object: every pixel is background; paint at least "
                           "one object");
      return FALSE;
    }
  return TRUE;
}

/* Hands out the first frame: the annotator's own pixels, or their way through the grid. */
static gboolean
begin (Run *run, const FyIdMap *labels, FyFrameFunc frame_func, gpointer user_data, GError **error)
{
  const guint16 *ids = (const guint16 *) (gpointer) run->ids->data;
  g_autoptr (FyIdMap) mask = fy_id_map_copy (labels);
  float *soft = g_new (float, soft_floats (run));

  g_ptr_array_index (run->soft, run->first) = soft;
  fy_soften (labels, ids, (int) run->ids->len, run->grid_width, run->grid_height, soft);
  if (fy_session_params (run->session)->strict_reference)
    fy_resolve (soft, ids, (int) run->ids->len, run->grid_width, run->grid_height, mask);
  return frame_func (run->first, mask, soft, (int) run->ids->len + 1, user_data, error);
}

static gboolean
step (Run *run,
      int frame,
      FyIdMap *mask,
      FyFrameFunc frame_func,
      gpointer user_data,
      GCancellable *cancellable,
      GError **error)
{
  const FyPropagateParams *params = fy_session_params (run->session);
  const guint16 *ids = (const guint16 *) (gpointer) run->ids->data;
  int n_ids = (int) run->ids->len, stale = frame - params->context;
  g_autoptr (FyNeighbours) list =
      fy_session_neighbours (run->session, run->first, frame, cancellable, error);
  float *soft;
  gint64 start;

  if (list == NULL)
    return FALSE;
  start = g_get_monotonic_time ();
  soft = g_new (float, soft_floats (run));
  g_ptr_array_index (run->soft, frame) = soft;
  fy_carry (list, params->temperature, (const float *const *) run->soft->pdata, n_ids + 1, soft);
  fy_resolve (soft, ids, n_ids, run->grid_width, run->grid_height, mask);
  fy_session_times (run->session)->carry += (double) (g_get_monotonic_time () - start) * 1e-6;
  if (stale > run->first) /* no later frame looks so far back */
    g_clear_pointer (&g_ptr_array_index (run->soft, stale), g_free);
  return frame_func (frame, mask, soft, n_ids + 1, user_data, error);
}

gboolean
fy_session_propagate (FySession *self,
                      const FyIdMap *labels,
                      int first,
                      int last,
                      FyFrameFunc frame_func,
                      gpointer user_data,
                      GCancellable *cancellable,
                      GError **error)
{
  g_autoptr (GArray) ids = fy_id_map_ids (labels);
  g_autoptr (GPtrArray) soft = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (FyIdMap) mask = fy_id_map_new (labels->width, labels->height);
  Run run = { .session = self, .first = first, .ids = ids, .soft = soft };

  g_return_val_if_fail (first >= 0 && last >= first, FALSE);
  g_return_val_if_fail (last < fy_clip_info (fy_session_clip (self))->n_frames, FALSE);
  if (!check_labels (self, labels, ids, error))
    return FALSE;
  fy_session_grid_size (self, &run.grid_width, &run.grid_height);
  g_ptr_array_set_size (soft, last + 1);
  if (!begin (&run, labels, frame_func, user_data, error))
    return FALSE;
  for (int frame = first + 1; frame <= last; frame++)
    if (g_cancellable_set_error_if_cancelled (cancellable, error) ||
        !step (&run, frame, mask, frame_func, user_data, cancellable, error))
      return FALSE;
  return TRUE;
}
