/* SPDX-License-Identifier: MIT */
/* What somebody asks about a point of a clip, and the answers as they come: where it is similar to another
 * frame, who votes for its label, and features as colours.
 *
 * Answers come from the compute thread, between two lists.  A later question replaces an earlier one; the
 * answer to the earlier stays until then.  Nothing is asked while the query is not active.
 *
 * Signals
 *   "changed" (FerryAnswer)  an answer, its error, or whether it is being computed
 *   "asked"   ()             the point, the target or what is shown of features
 *
 * Thread: main. */
#pragma once

#include "app/document.h"
#include "app/match/match-view-job.h"

G_BEGIN_DECLS

typedef enum
{
  FERRY_ANSWER_SIMILARITY,
  FERRY_ANSWER_VOTERS,
  FERRY_ANSWER_FEATURES,
  FERRY_ANSWER_PICTURE, /* of the frame that is compared with */
  FERRY_N_ANSWERS
} FerryAnswer;

#define FERRY_TYPE_MATCH_QUERY (ferry_match_query_get_type ())
G_DECLARE_FINAL_TYPE (FerryMatchQuery, ferry_match_query, FERRY, MATCH_QUERY, GObject)

FerryMatchQuery *ferry_match_query_new (FerryDocument *document);

/* Inactive at first: what nobody looks at is not computed. */
void ferry_match_query_set_active (FerryMatchQuery *self, gboolean active);

/* --- The question --- */

/* A place in the picture of a frame, in pixels. */
void ferry_match_query_set_point (FerryMatchQuery *self, int frame, double x, double y);
/* By so many cells, to the edge of the picture at most. */
void ferry_match_query_move (FerryMatchQuery *self, int columns, int rows);

/* The frame that is compared with; -1: the one on show. */
void ferry_match_query_set_target (FerryMatchQuery *self, int frame);

/* Whether features as colours are wanted instead of similarity and voters. */
void ferry_match_query_set_features (FerryMatchQuery *self, gboolean features);
/* Colours as they are in the clip's first frame, or else in each frame anew. */
void ferry_match_query_set_first_basis (FerryMatchQuery *self, gboolean first);

/* FALSE while there is no point, or the size of a cell is not known yet.  All nullable. */
gboolean ferry_match_query_get_cell (FerryMatchQuery *self, int *frame, int *column, int *row);
gboolean ferry_match_query_has_point (FerryMatchQuery *self);
int ferry_match_query_target (FerryMatchQuery *self); /* a frame; -1 while nothing is open */
gboolean ferry_match_query_is_pinned (FerryMatchQuery *self);

/* --- The grid --- */

/* FALSE while it is not known. */
gboolean ferry_match_query_grid (FerryMatchQuery *self, int *width, int *height);
/* The middle of a cell in pixels. */
void ferry_match_query_pixel (FerryMatchQuery *self, int column, int row, double *x, double *y);

/* --- Answers --- */

gboolean ferry_match_query_is_busy (FerryMatchQuery *self, FerryAnswer answer);
/* What went wrong, or why there is no answer; NULL when all is well.  Borrowed. */
const char *ferry_match_query_trouble (FerryMatchQuery *self, FerryAnswer answer);

/* Borrowed, NULL while there is none: each until "changed" for it. */
const FySimilarity *ferry_match_query_similarity (FerryMatchQuery *self);
const FerrySimilarityJob *
ferry_match_query_similarity_job (FerryMatchQuery *self); /* its question */
const FerryVoters *ferry_match_query_voters (FerryMatchQuery *self);
const FerryFeatureColours *ferry_match_query_features (FerryMatchQuery *self);
FyFrame *ferry_match_query_picture (FerryMatchQuery *self);

/* What an answer is to: the point's frame and cell; of similarity, the frame it was compared with. */
void ferry_match_query_asked (FerryMatchQuery *self, FerryAnswer answer, int *frame, int *cell);
int ferry_match_query_compared (FerryMatchQuery *self);

/* --- Labels --- */

/* What share of a cell's label is whose: bilinear in the middle of the cell, as labels by hand come to the
 * grid; of carried labels, as they were resolved.
 *
 * ids, share  [4] out, descending by share; 0 = background
 * Returns:    how many. */
int ferry_match_query_labels (FerryMatchQuery *self,
                              int frame,
                              int cell,
                              guint16 ids[4],
                              double share[4]);

G_END_DECLS
