/* SPDX-License-Identifier: MIT */
/* Carries labels through a clip, a frame a step. */
#include "base/error.h"
#include "base/parallel.h"
#include "base/text.h"
#include "propagate/carry.h"
#include "propagate/resolve.h"
#include "propagate/settled.h"
#include "session/internal.h"

/* One way through the clip. */
typedef struct
{
  FySession *session;
  const FyHandMade *hand;
  int n_hand;
  int n_passed; /* of these, so far */
  int first;
  int last;
  int direction; /* 1 or -1 */
  int grid_width;
  int grid_height;
  const GArray *ids;  /* guint16, ascending */
  GPtrArray *soft;    /* [n_frames] soft labels by frame number; NULL where not needed (any more) */
  GPtrArray *planes;  /* [n_frames] of these: fy_planes_new */
  GPtrArray *classes; /* [n_frames] of these: fy_single_class, made when somebody asks */
  GQueue ahead;       /* FyVotes of the frames that come next */
  FyIdMap *mask;
  FyFrameFunc frame_func;
  gpointer user_data;
  GCancellable *cancellable;
} Run;

static int
n_ids (const Run *run)
{
  return (int) run->ids->len;
}

static const guint16 *
id_list (const Run *run)
{
  return (const guint16 *) (gpointer) run->ids->data;
}

static float *
new_soft (Run *run, int frame)
{
  float *soft =
      g_new (float, (gsize) (n_ids (run) + 1) * (gsize) run->grid_width * (gsize) run->grid_height);

  g_ptr_array_index (run->soft, frame) = soft;
  return soft;
}

/* A frame's soft label is complete: others may look at it. */
static void
show_soft (Run *run, int frame)
{
  g_ptr_array_index (run->planes, frame) = fy_planes_new (
      g_ptr_array_index (run->soft, frame), n_ids (run) + 1, run->grid_width * run->grid_height);
}

static gboolean
check_size (FySession *session, const FyIdMap *labels, GError **error)
{
  const FyClipInfo *info = fy_clip_info (fy_session_clip (session));

  if (labels->width == info->width && labels->height == info->height)
    return TRUE;
  g_set_error (error, FY_ERROR, FY_ERROR_MISMATCH,
               _ ("the labels are %dx%d, the frames of %s %dx%d; paint them at the frames' size"),
               labels->width, labels->height, info->path, info->width, info->height);
  return FALSE;
}

static int
ascending (gconstpointer a, gconstpointer b)
{
  return *(const guint16 *) a - *(const guint16 *) b;
}

/* The ids of all hand-made frames, each once.  Returns: (transfer full), or NULL with an error. */
static GArray *
collect_ids (FySession *session, const FyHandMade *hand, int n, GError **error)
{
  g_autoptr (GArray) all = g_array_new (FALSE, FALSE, sizeof (guint16));
  g_autoptr (GArray) once = g_array_new (FALSE, FALSE, sizeof (guint16));

  for (int i = 0; i < n; i++)
    {
      g_autoptr (GArray) some = fy_id_map_ids (hand[i].labels);

      if (!check_size (session, hand[i].labels, error))
        return NULL;
      g_array_append_vals (all, some->data, some->len);
    }
  g_array_sort (all, ascending);
  for (guint i = 0; i < all->len; i++)
    if (i == 0 || g_array_index (all, guint16, i) != g_array_index (all, guint16, i - 1))
      g_array_append_val (once, g_array_index (all, guint16, i));
  if (once->len > 0)
    return g_steal_pointer (&once);
  g_set_error_literal (error, FY_ERROR, FY_ERROR_MISMATCH,
                       _ ("the labels hold no object: every pixel is background; paint at least "
                          "one object"));
  return NULL;
}

/* A hand-made frame: the annotator's own pixels, or, for the first, their way through the grid as the
 * reference programs write it. */
static gboolean
take_hand_made (Run *run, GError **error)
{
  const FyHandMade *hand = &run->hand[run->n_passed++];
  g_autoptr (FyIdMap) mask = fy_id_map_copy (hand->labels);
  float *soft = new_soft (run, hand->frame);

  fy_soften (hand->labels, id_list (run), n_ids (run), run->grid_width, run->grid_height, soft);
  show_soft (run, hand->frame);
  if (hand->frame == run->first && fy_session_params (run->session)->strict_reference)
    fy_resolve (soft, id_list (run), n_ids (run), run->grid_width, run->grid_height, mask);
  return run->frame_func (hand->frame, mask, soft, n_ids (run) + 1, run->user_data, error);
}

/* The references of the frames that come next: those passed, nearest to the first frame first. */
static GArray *
choose_references (const Run *run)
{
  int wish = fy_session_params (run->session)->references;
  GArray *chosen = g_array_new (FALSE, FALSE, sizeof (int));
  int begin = wish > 0 ? MAX (0, run->n_passed - wish) : 0;
  int end = wish == FY_REFERENCES_FIRST ? 1 : run->n_passed;

  for (int i = begin; i < end; i++)
    g_array_append_val (chosen, run->hand[i].frame);
  return chosen;
}

static gboolean
is_hand_made (const Run *run, int frame)
{
  for (int i = 0; i < run->n_hand; i++)
    if (run->hand[i].frame == frame)
      return TRUE;
  return FALSE;
}

/* --- Votes --- */

typedef struct
{
  const Run *run;
  FyFrameLists lists[FY_SESSION_AHEAD];
  FyVotes *votes[FY_SESSION_AHEAD];
} Batch;

static void
make_votes (int item, int worker, gpointer data)
{
  Batch *batch = data;
  FySession *session = batch->run->session;
  g_autoptr (FyNeighbours) merged =
      fy_session_merge (session, batch->run->first, &batch->lists[item]);

  batch->votes[item] = fy_votes_new (merged, fy_session_params (session)->temperature);
}

/* Makes the votes of the frames from `frame` on whose lists are kept, as far as one is like the next
 * and memory allows. */
static void
look_ahead (Run *run, int frame, const GArray *references)
{
  Batch batch = { .run = run };
  int most = FY_SESSION_AHEAD / (1 + (int) references->len), n = 0;
  gint64 clock;

  for (int at = frame; n < most && at != run->last + run->direction && !is_hand_made (run, at);
       at += run->direction, n++)
    if (!fy_session_kept_lists (run->session, run->first, (const int *) (gpointer) references->data,
                                (int) references->len, at, &batch.lists[n]))
      break;
  if (n == 0)
    return;
  clock = g_get_monotonic_time ();
  fy_parallel_for (n, make_votes, &batch);
  for (int i = 0; i < n; i++)
    {
      g_queue_push_tail (&run->ahead, batch.votes[i]);
      fy_frame_lists_clear (&batch.lists[i]);
    }
  fy_session_times (run->session)->carry += fy_session_lap (&clock);
}

static void
carry (Run *run, const FyVotes *votes, float *soft)
{
  FySessionTimes *times = fy_session_times (run->session);
  gint64 clock = g_get_monotonic_time ();

  fy_carry_all (votes, (const FyPlane *const *) run->planes->pdata, n_ids (run) + 1, soft);
  times->carry += fy_session_lap (&clock);
  fy_resolve (soft, id_list (run), n_ids (run), run->grid_width, run->grid_height, run->mask);
  times->resolve += fy_session_lap (&clock);
}

static void
find_classes (Run *run, int frame)
{
  int cells = run->grid_width * run->grid_height;
  guint16 *class;

  if (g_ptr_array_index (run->classes, frame) != NULL)
    return;
  class = g_new (guint16, (gsize) cells);
  g_ptr_array_index (run->classes, frame) = class;
  fy_single_class (g_ptr_array_index (run->soft, frame), n_ids (run) + 1, cells, class);
}

static void
find_wanted (int begin,
             int end,
             const FyNeighbours *const *reference,
             int n,
             guint8 *wanted,
             gpointer user_data)
{
  Run *run = user_data;
  const FyPropagateParams *params = fy_session_params (run->session);
  FyContextLabels context = { .width = run->grid_width,
                              .height = run->grid_height,
                              .begin = begin,
                              .end = end,
                              .radius = params->radius,
                              .classes = (const guint16 *const *) run->classes->pdata };

  for (int frame = begin; frame < end; frame++)
    find_classes (run, frame);
  for (int i = 0; i < run->n_passed; i++)
    find_classes (run, run->hand[i].frame);
  fy_unsettled_cells (&context, reference, n, params->topk, wanted);
}

static FyVotes *
get_votes (Run *run, int frame, GError **error)
{
  g_autoptr (GArray) references = choose_references (run);
  g_autoptr (FyNeighbours) list = NULL;
  FyVotes *votes;
  gint64 clock;

  if (g_queue_is_empty (&run->ahead))
    look_ahead (run, frame, references);
  votes = g_queue_pop_head (&run->ahead);
  if (votes != NULL)
    return votes;
  list = fy_session_neighbours (
      run->session, run->first, (const int *) (gpointer) references->data, (int) references->len,
      frame, run->session->params.lazy ? find_wanted : NULL, run, run->cancellable, error);
  if (list == NULL)
    return NULL;
  clock = g_get_monotonic_time ();
  votes = fy_votes_new (list, fy_session_params (run->session)->temperature);
  fy_session_times (run->session)->carry += fy_session_lap (&clock);
  return votes;
}

static void
forget (Run *run, int frame)
{
  g_clear_pointer (&g_ptr_array_index (run->soft, frame), g_free);
  g_clear_pointer (&g_ptr_array_index (run->planes, frame), g_free);
  g_clear_pointer (&g_ptr_array_index (run->classes, frame), g_free);
}

static gboolean
step (Run *run, int frame, GError **error)
{
  int context = fy_session_params (run->session)->context;
  int stale = frame - run->direction * context; /* no later frame looks so far back */
  g_autoptr (FyVotes) votes = get_votes (run, frame, error);
  float *soft;

  if (votes == NULL)
    return FALSE;
  soft = new_soft (run, frame);
  carry (run, votes, soft);
  show_soft (run, frame);
  if ((stale - run->first) * run->direction > 0 && !is_hand_made (run, stale))
    forget (run, stale);
  return run->frame_func (frame, run->mask, soft, n_ids (run) + 1, run->user_data, error);
}

static gboolean
go (Run *run, GError **error)
{
  for (int frame = run->first; frame != run->last + run->direction; frame += run->direction)
    {
      gboolean made = run->n_passed < run->n_hand && run->hand[run->n_passed].frame == frame;

      if (g_cancellable_set_error_if_cancelled (run->cancellable, error) ||
          !(made ? take_hand_made (run, error) : step (run, frame, error)))
        return FALSE;
    }
  return TRUE;
}

static void
free_votes (gpointer votes)
{
  fy_votes_unref (votes);
}

gboolean
fy_session_propagate (FySession *self,
                      const FyHandMade *hand,
                      int n,
                      const GArray *ids,
                      int last,
                      FyFrameFunc frame_func,
                      gpointer user_data,
                      GCancellable *cancellable,
                      GError **error)
{
  const FyClipInfo *info = fy_clip_info (fy_session_clip (self));
  g_autoptr (GArray) own_ids = collect_ids (self, hand, n, error);
  g_autoptr (GPtrArray) soft = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) planes = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) classes = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (FyIdMap) mask = fy_id_map_new (info->width, info->height);
  Run run = { .session = self,
              .hand = hand,
              .n_hand = n,
              .first = hand[0].frame,
              .last = last,
              .direction = last >= hand[0].frame ? 1 : -1,
              .ids = ids != NULL ? ids : own_ids,
              .soft = soft,
              .planes = planes,
              .classes = classes,
              .mask = mask,
              .frame_func = frame_func,
              .user_data = user_data,
              .cancellable = cancellable };
  gboolean done;

  g_return_val_if_fail (n >= 1 && last >= 0 && last < info->n_frames, FALSE);
  if (own_ids == NULL)
    return FALSE;
  fy_session_grid_size (self, &run.grid_width, &run.grid_height);
  g_ptr_array_set_size (soft, info->n_frames);
  g_ptr_array_set_size (planes, info->n_frames);
  g_ptr_array_set_size (classes, info->n_frames);
  done = go (&run, error);
  g_queue_clear_full (&run.ahead, free_votes);
  return done;
}
