/* SPDX-License-Identifier: MIT */
#include "app/match/match-query.h"

#include "session/live-plan.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#define PICTURE_WIDTH 640 /* pixels of the picture under a map, at most */

/* What an answer depends on, whatever that is for each. */
typedef struct
{
  int part[8];
} Question;

/* An answer, and the question that is on its way. */
typedef struct
{
  GCancellable *asking; /* NULL = nothing is */
  gboolean quick;       /* and its answer soon here */
  Question asked;       /* last                     */
  Question answered;    /* what `answer` is to      */
  gpointer answer;
  GDestroyNotify answer_free;
  char *trouble;
  gboolean stale; /* to be asked anew whatever was asked */
} Slot;

struct _FerryMatchQuery
{
  GObject parent_instance;

  FerryDocument *document;
  gboolean active;
  gboolean features;
  gboolean first_basis;

  int frame; /* -1 = no point */
  double x;
  double y;
  int target; /* -1 = the frame on show */

  Slot slot[FERRY_N_ANSWERS];
  GPtrArray *components; /* of `basis` */
  int basis;
  guint idle; /* source */
};

G_DEFINE_FINAL_TYPE (FerryMatchQuery, ferry_match_query, G_TYPE_OBJECT)

enum
{
  CHANGED,
  ASKED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void ask (FerryMatchQuery *self);

/* --- The grid --- */

gboolean
ferry_match_query_grid (FerryMatchQuery *self, int *width, int *height)
{
  const FyLiveInfo *info = ferry_document_live_info (self->document);

  if (info == NULL || ferry_document_clip_info (self->document) == NULL)
    return FALSE;
  *width = info->grid_width;
  *height = info->grid_height;
  return TRUE;
}

gboolean
ferry_match_query_has_point (FerryMatchQuery *self)
{
  return self->frame >= 0;
}

gboolean
ferry_match_query_get_cell (FerryMatchQuery *self, int *frame, int *column, int *row)
{
  const FyClipInfo *clip = ferry_document_clip_info (self->document);
  int width, height;

  if (self->frame < 0 || !ferry_match_query_grid (self, &width, &height))
    return FALSE;
  if (frame != NULL)
    *frame = self->frame;
  if (column != NULL)
    *column = CLAMP ((int) floor (self->x * width / clip->width), 0, width - 1);
  if (row != NULL)
    *row = CLAMP ((int) floor (self->y * height / clip->height), 0, height - 1);
  return TRUE;
}

void
ferry_match_query_pixel (FerryMatchQuery *self, int column, int row, double *x, double *y)
{
  const FyClipInfo *clip = ferry_document_clip_info (self->document);
  int width, height;

  *x = *y = 0.0;
  if (!ferry_match_query_grid (self, &width, &height))
    return;
  *x = (column + 0.5) * clip->width / width;
  *y = (row + 0.5) * clip->height / height;
}

/* --- Asking --- */

static void
tell (FerryMatchQuery *self, FerryAnswer answer)
{
  g_signal_emit (self, signals[CHANGED], 0, (int) answer);
}

static void
stop_asking (Slot *slot)
{
  if (slot->asking != NULL)
    g_cancellable_cancel (slot->asking);
  g_clear_object (&slot->asking);
}

static void
forget_answer (Slot *slot)
{
  if (slot->answer != NULL)
    slot->answer_free (slot->answer);
  slot->answer = NULL;
  g_clear_pointer (&slot->trouble, g_free);
}

static void
clear_slot (Slot *slot)
{
  stop_asking (slot);
  forget_answer (slot);
  slot->stale = TRUE;
}

/* Whether a question is new and can be asked now: one that is answered soon is not cut short, so that
 * something is seen while the point or the frame moves on. */
static gboolean
may_ask (Slot *slot, const Question *question)
{
  if (!slot->stale && memcmp (question, &slot->asked, sizeof *question) == 0)
    return FALSE;
  return slot->asking == NULL || !slot->quick;
}

static GCancellable *
start_asking (FerryMatchQuery *self, FerryAnswer answer, const Question *question, gboolean quick)
{
  Slot *slot = &self->slot[answer];

  stop_asking (slot);
  slot->stale = FALSE;
  slot->asked = *question;
  slot->quick = quick;
  slot->asking = g_cancellable_new ();
  return slot->asking;
}

/* Takes an answer that came, unless its question was withdrawn. */
static void
take (FerryMatchQuery *self,
      FerryAnswer answer,
      GAsyncResult *result,
      gpointer found,
      GError *error,
      GDestroyNotify free_func)
{
  Slot *slot = &self->slot[answer];
  gboolean withdrawn =
      slot->asking == NULL || slot->asking != g_task_get_cancellable (G_TASK (result));
  gboolean cut_short = g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);

  if (withdrawn && found != NULL)
    free_func (found);
  if (withdrawn)
    return;
  g_clear_object (&slot->asking);
  slot->stale = cut_short;
  if (!cut_short)
    {
      forget_answer (slot);
      slot->answer = found;
      slot->answer_free = free_func;
      slot->answered = slot->asked;
      slot->trouble = error != NULL ? g_strdup (error->message) : NULL;
      ask (self);
    }
  tell (self, answer);
}

/* Whether the features of a frame are at hand, its list too. */
static gboolean
is_ready (FerryMatchQuery *self, int frame, FyReady least)
{
  return fy_live_ready (ferry_document_live (self->document), frame) >= least;
}

static void
on_similarity (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (FerryMatchQuery) self = data;
  g_autoptr (GError) error = NULL;
  gpointer found = fy_live_run_finish (NULL, result, &error);

  take (self, FERRY_ANSWER_SIMILARITY, result, found, error, (GDestroyNotify) fy_similarity_free);
}

static void
ask_similarity (FerryMatchQuery *self, int cell)
{
  FerrySimilarityJob job = { self->frame, cell, ferry_match_query_target (self) };
  float lambda = ferry_document_params (self->document)->lambda;
  Question question = { { job.frame, job.cell, job.target } };
  gboolean quick = is_ready (self, job.frame, FY_READY_FEATURES) &&
                   is_ready (self, job.target, FY_READY_FEATURES);

  memcpy (&question.part[3], &lambda, sizeof lambda);
  if (!may_ask (&self->slot[FERRY_ANSWER_SIMILARITY], &question))
    return;
  fy_live_run_async (ferry_document_live (self->document), ferry_similarity_job,
                     g_memdup2 (&job, sizeof job), g_free, (GDestroyNotify) fy_similarity_free,
                     start_asking (self, FERRY_ANSWER_SIMILARITY, &question, quick), on_similarity,
                     g_object_ref (self));
  tell (self, FERRY_ANSWER_SIMILARITY);
}

static void
on_voters (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (FerryMatchQuery) self = data;
  g_autoptr (GError) error = NULL;
  gpointer found = fy_live_run_finish (NULL, result, &error);

  take (self, FERRY_ANSWER_VOTERS, result, found, error, g_free);
}

/* Where the labels of the point's frame come from.  Without any label yet: as if they began at the start. */
static FerryVotersJob *
plan_voters (FerryMatchQuery *self, int cell)
{
  const FyPropagateParams *params = ferry_document_params (self->document);
  FyLabelSet *labels = ferry_document_labels (self->document);
  int n = ferry_document_n_frames (self->document), n_recent = 0;
  gsize size = (gsize) n;
  g_autofree guint8 *bytes = g_new0 (guint8, 3 * size);
  g_autofree FyLiveStep *step = g_new (FyLiveStep, size);
  g_autofree int *order = g_new (int, size);
  g_autoptr (GArray) wishes = g_array_new (FALSE, FALSE, sizeof (FyListWish));
  FyLiveClip clip = { .n_frames = n,
                      .way = bytes,
                      .hand = bytes + size,
                      .broken = bytes + 2 * size,
                      .context = params->context,
                      .radius = params->radius,
                      .references = params->references };
  gboolean any = FALSE;
  FerryVotersJob *job;

  for (int i = 0; i < n; i++)
    {
      bytes[i] = (guint8) ferry_document_way (self->document, i);
      bytes[n + i] = fy_frame_labels_has_hand (fy_label_set_peek (labels, i));
      any |= bytes[n + i];
    }
  bytes[n] |= !any;
  fy_live_plan (&clip, step, order);
  if (step[self->frame].direction == 0)
    return NULL;
  fy_live_wishes (&clip, &step[self->frame], self->frame, &n_recent, wishes);
  job = ferry_voters_job_new (self->frame, cell, step[self->frame].first);
  for (guint i = (guint) n_recent; i < wishes->len; i++)
    g_array_append_val (job->reference, g_array_index (wishes, FyListWish, i).begin);
  return job;
}

static Question
question_of_voters (FerryMatchQuery *self, const FerryVotersJob *job, int cell)
{
  const FyPropagateParams *params = ferry_document_params (self->document);
  Question question = { { self->frame, cell, job != NULL ? job->first : -1, params->topk,
                          params->context } };
  guint references = 0;

  for (guint i = 0; job != NULL && i < job->reference->len; i++)
    references = references * 31 + (guint) g_array_index (job->reference, int, i) + 1;
  question.part[5] = (int) references;
  memcpy (&question.part[6], &params->temperature, sizeof params->temperature);
  memcpy (&question.part[7], &params->lambda, sizeof params->lambda);
  return question;
}

static void
ask_voters (FerryMatchQuery *self, int cell)
{
  FerryVotersJob *job = plan_voters (self, cell);
  Question question = question_of_voters (self, job, cell);
  Slot *slot = &self->slot[FERRY_ANSWER_VOTERS];

  if (!may_ask (slot, &question))
    {
      g_clear_pointer (&job, ferry_voters_job_free);
      return;
    }
  if (job == NULL)
    {
      clear_slot (slot);
      slot->stale = FALSE;
      slot->asked = slot->answered = question;
      slot->trouble = g_strdup (_ ("Nothing votes here: labels are not carried into this frame."));
    }
  else
    fy_live_run_async (ferry_document_live (self->document), ferry_voters_job, job,
                       ferry_voters_job_free, g_free,
                       start_asking (self, FERRY_ANSWER_VOTERS, &question,
                                     is_ready (self, self->frame, FY_READY_LIST)),
                       on_voters, g_object_ref (self));
  tell (self, FERRY_ANSWER_VOTERS);
}

static void
on_features (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (FerryMatchQuery) self = data;
  g_autoptr (GError) error = NULL;
  FerryFeatureColours *found = fy_live_run_finish (NULL, result, &error);

  if (found != NULL)
    {
      g_clear_pointer (&self->components, g_ptr_array_unref);
      self->components = g_ptr_array_ref (found->components);
      self->basis = found->basis;
    }
  take (self, FERRY_ANSWER_FEATURES, result, found, error, ferry_feature_colours_free);
}

static void
ask_features (FerryMatchQuery *self)
{
  int target = ferry_match_query_target (self), basis = self->first_basis ? 0 : target;
  Question question = { { target, basis } };
  gboolean quick =
      is_ready (self, target, FY_READY_FEATURES) && is_ready (self, basis, FY_READY_FEATURES);

  if (!may_ask (&self->slot[FERRY_ANSWER_FEATURES], &question))
    return;
  fy_live_run_async (
      ferry_document_live (self->document), ferry_features_job,
      ferry_features_job_new (target, basis, basis == self->basis ? self->components : NULL),
      ferry_features_job_free, ferry_feature_colours_free,
      start_asking (self, FERRY_ANSWER_FEATURES, &question, quick), on_features,
      g_object_ref (self));
  tell (self, FERRY_ANSWER_FEATURES);
}

/* --- The picture, of about the size that it is shown in, in grey: colours are the map's --- */

static FyFrame *
to_grey (FyFrame *frame)
{
  FyFrame *grey = fy_frame_new (frame->width, frame->height);
  gsize pixels = (gsize) frame->width * (gsize) frame->height;

  for (gsize i = 0; grey != NULL && i < pixels; i++)
    {
      const guint8 *rgb = frame->rgb + 3 * i;

      memset (grey->rgb + 3 * i, (77 * rgb[0] + 150 * rgb[1] + 29 * rgb[2]) >> 8, 3);
    }
  return grey;
}

static gpointer
fetch_picture (FyClip *clip, gpointer data, GCancellable *cancellable, GError **error)
{
  g_autoptr (FyFrame) frame = NULL;
  g_autoptr (FyFrame) small = NULL;
  FyFrame *grey = NULL;
  int width, height;

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;
  frame = fy_clip_frame (clip, GPOINTER_TO_INT (data), cancellable, error);
  if (frame == NULL)
    return NULL;
  width = MIN (frame->width, PICTURE_WIDTH);
  height = MAX (1, (int) ((gint64) frame->height * width / frame->width));
  small = fy_frame_scale (frame, width, height);
  if (small != NULL)
    grey = to_grey (small);
  if (grey == NULL)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE, _ ("no memory to show frame %d"),
                 GPOINTER_TO_INT (data) + 1);
  return grey;
}

static void
on_picture (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (FerryMatchQuery) self = data;
  g_autoptr (GError) error = NULL;
  gpointer found = ferry_frames_run_finish (FERRY_FRAMES (source), result, &error);

  take (self, FERRY_ANSWER_PICTURE, result, found, error, (GDestroyNotify) fy_frame_unref);
}

static void
ask_picture (FerryMatchQuery *self)
{
  Question question = { { ferry_match_query_target (self) } };

  if (!may_ask (&self->slot[FERRY_ANSWER_PICTURE], &question))
    return;
  ferry_frames_run_async (ferry_document_frames (self->document), fetch_picture,
                          GINT_TO_POINTER (question.part[0]), NULL, (GDestroyNotify) fy_frame_unref,
                          start_asking (self, FERRY_ANSWER_PICTURE, &question, TRUE), on_picture,
                          g_object_ref (self));
}

/* Asks for what is not known yet, if somebody looks. */
static void
ask (FerryMatchQuery *self)
{
  int column, row, width, height;

  if (!self->active || ferry_match_query_target (self) < 0 ||
      !ferry_match_query_grid (self, &width, &height) ||
      ferry_document_live (self->document) == NULL)
    return;
  if (self->features)
    {
      ask_features (self);
      return;
    }
  if (!ferry_match_query_get_cell (self, NULL, &column, &row))
    return;
  ask_picture (self);
  ask_similarity (self, row * width + column);
  ask_voters (self, row * width + column);
}

static void
asked (FerryMatchQuery *self)
{
  ask (self);
  g_signal_emit (self, signals[ASKED], 0);
}

/* --- The question --- */

void
ferry_match_query_set_active (FerryMatchQuery *self, gboolean active)
{
  self->active = active;
  ask (self);
}

void
ferry_match_query_set_point (FerryMatchQuery *self, int frame, double x, double y)
{
  const FyClipInfo *clip = ferry_document_clip_info (self->document);

  if (clip == NULL)
    return;
  self->frame = CLAMP (frame, 0, clip->n_frames - 1);
  self->x = CLAMP (x, 0.0, clip->width - 0.5);
  self->y = CLAMP (y, 0.0, clip->height - 0.5);
  asked (self);
}

void
ferry_match_query_move (FerryMatchQuery *self, int columns, int rows)
{
  int frame, column, row, width, height;
  double x, y;

  if (!ferry_match_query_grid (self, &width, &height) ||
      !ferry_match_query_get_cell (self, &frame, &column, &row))
    return;
  ferry_match_query_pixel (self, CLAMP (column + columns, 0, width - 1),
                           CLAMP (row + rows, 0, height - 1), &x, &y);
  ferry_match_query_set_point (self, frame, x, y);
}

void
ferry_match_query_set_target (FerryMatchQuery *self, int frame)
{
  if (frame == self->target)
    return;
  self->target = frame;
  asked (self);
}

void
ferry_match_query_set_features (FerryMatchQuery *self, gboolean features)
{
  self->features = features;
  asked (self);
}

void
ferry_match_query_set_first_basis (FerryMatchQuery *self, gboolean first)
{
  self->first_basis = first;
  asked (self);
}

int
ferry_match_query_target (FerryMatchQuery *self)
{
  if (ferry_document_clip_info (self->document) == NULL)
    return -1;
  return self->target >= 0 ? self->target : ferry_document_frame (self->document);
}

gboolean
ferry_match_query_is_pinned (FerryMatchQuery *self)
{
  return self->target >= 0;
}

/* --- Answers --- */

gboolean
ferry_match_query_is_busy (FerryMatchQuery *self, FerryAnswer answer)
{
  return self->slot[answer].asking != NULL;
}

const char *
ferry_match_query_trouble (FerryMatchQuery *self, FerryAnswer answer)
{
  return self->slot[answer].trouble;
}

const FySimilarity *
ferry_match_query_similarity (FerryMatchQuery *self)
{
  return self->slot[FERRY_ANSWER_SIMILARITY].answer;
}

void
ferry_match_query_asked (FerryMatchQuery *self, FerryAnswer answer, int *frame, int *cell)
{
  *frame = self->slot[answer].answered.part[0];
  *cell = self->slot[answer].answered.part[1];
}

int
ferry_match_query_compared (FerryMatchQuery *self)
{
  return self->slot[FERRY_ANSWER_SIMILARITY].answered.part[2];
}

const FerryVoters *
ferry_match_query_voters (FerryMatchQuery *self)
{
  return self->slot[FERRY_ANSWER_VOTERS].answer;
}

const FerryFeatureColours *
ferry_match_query_features (FerryMatchQuery *self)
{
  return self->slot[FERRY_ANSWER_FEATURES].answer;
}

FyFrame *
ferry_match_query_picture (FerryMatchQuery *self)
{
  return self->slot[FERRY_ANSWER_PICTURE].answer;
}

/* --- Labels --- */

static void
add_share (guint16 ids[4], double share[4], int *n, guint16 id, double more)
{
  int at = 0;

  while (at < *n && ids[at] != id)
    at++;
  if (at == *n)
    {
      ids[at] = id;
      share[at] = 0.0;
      ++*n;
    }
  share[at] += more;
  for (; at > 0 && share[at] > share[at - 1]; at--)
    {
      guint16 other = ids[at - 1];
      double less = share[at - 1];

      ids[at - 1] = ids[at];
      share[at - 1] = share[at];
      ids[at] = other;
      share[at] = less;
    }
}

int
ferry_match_query_labels (FerryMatchQuery *self,
                          int frame,
                          int cell,
                          guint16 ids[4],
                          double share[4])
{
  FyLabelSet *set = ferry_document_labels (self->document);
  FyFrameLabels *labels = set != NULL ? fy_label_set_peek (set, frame) : NULL;
  FyRunMap *map = labels != NULL ? labels->map : NULL;
  int width, height, n = 0;
  double x, y;

  if (map == NULL || !ferry_match_query_grid (self, &width, &height))
    {
      add_share (ids, share, &n, FY_ID_BACKGROUND, 1.0);
      return n;
    }
  ferry_match_query_pixel (self, cell % width, cell / width, &x, &y);
  for (int corner = 0; corner < 4; corner++)
    {
      int column = (int) floor (x - 0.5) + corner % 2, row = (int) floor (y - 0.5) + corner / 2;
      double part = (1.0 - fabs (x - 0.5 - column)) * (1.0 - fabs (y - 0.5 - row));
      guint16 id = fy_run_map_at (map, CLAMP (column, 0, fy_run_map_width (map) - 1),
                                  CLAMP (row, 0, fy_run_map_height (map) - 1));

      if (part > 0.0)
        add_share (ids, share, &n, id == FY_ID_VOID ? FY_ID_BACKGROUND : id, part);
    }
  return n;
}

/* --- Following the document --- */

static gboolean
on_idle (gpointer data)
{
  FerryMatchQuery *self = data;

  self->idle = 0;
  ask (self);
  tell (self, FERRY_ANSWER_VOTERS);
  return G_SOURCE_REMOVE;
}

/* Labels are what voters vote for, and those by hand say who votes. */
static void
on_labels (FerryMatchQuery *self)
{
  if (self->idle == 0 && self->active && self->frame >= 0)
    self->idle = g_idle_add (on_idle, self);
}

static void
on_opened (FerryMatchQuery *self)
{
  FyLabelSet *labels = ferry_document_labels (self->document);

  for (int i = 0; i < FERRY_N_ANSWERS; i++)
    clear_slot (&self->slot[i]);
  g_clear_pointer (&self->components, g_ptr_array_unref);
  self->basis = -1;
  self->frame = -1;
  self->target = -1;
  if (labels != NULL)
    {
      g_signal_connect_object (labels, "frame-changed", G_CALLBACK (on_labels), self,
                               G_CONNECT_SWAPPED);
      g_signal_connect_object (labels, "objects-changed", G_CALLBACK (on_labels), self,
                               G_CONNECT_SWAPPED);
    }
  asked (self);
  for (int i = 0; i < FERRY_N_ANSWERS; i++)
    tell (self, (FerryAnswer) i);
}

static void
on_frame (FerryMatchQuery *self)
{
  if (self->target < 0)
    asked (self);
}

static void
ferry_match_query_dispose (GObject *object)
{
  FerryMatchQuery *self = FERRY_MATCH_QUERY (object);

  for (int i = 0; i < FERRY_N_ANSWERS; i++)
    clear_slot (&self->slot[i]);
  g_clear_pointer (&self->components, g_ptr_array_unref);
  g_clear_handle_id (&self->idle, g_source_remove);
  g_clear_object (&self->document);
  G_OBJECT_CLASS (ferry_match_query_parent_class)->dispose (object);
}

static void
ferry_match_query_class_init (FerryMatchQueryClass *klass)
{
  GType type = G_TYPE_FROM_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ferry_match_query_dispose;
  signals[CHANGED] = g_signal_new ("changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                   G_TYPE_NONE, 1, G_TYPE_INT);
  signals[ASKED] =
      g_signal_new ("asked", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
ferry_match_query_init (FerryMatchQuery *self)
{
  self->frame = -1;
  self->target = -1;
  self->basis = -1;
  self->first_basis = TRUE;
  for (int i = 0; i < FERRY_N_ANSWERS; i++)
    self->slot[i].stale = TRUE;
}

FerryMatchQuery *
ferry_match_query_new (FerryDocument *document)
{
  FerryMatchQuery *self = g_object_new (FERRY_TYPE_MATCH_QUERY, NULL);

  self->document = g_object_ref (document);
  on_opened (self);
  g_signal_connect_object (document, "opened", G_CALLBACK (on_opened), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (document, "progress", G_CALLBACK (ask), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (document, "notify::frame", G_CALLBACK (on_frame), self,
                           G_CONNECT_SWAPPED);
  return self;
}
