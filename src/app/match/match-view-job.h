/* SPDX-License-Identifier: MIT */
/* What the correspondence view asks of the session: plain numbers in, plain numbers out.
 *
 * Each is an FyLiveJob; its data is the struct of its name, borrowed.
 *
 * Thread: compute. */
#pragma once

#include "match/principal-components.h"
#include "match/similarity.h"
#include "session/session.h"

G_BEGIN_DECLS

/* --- Where a cell is similar to another frame --- */

typedef struct
{
  int frame;
  int cell;
  int target; /* frame */
} FerrySimilarityJob;

/* Returns: (transfer full) FySimilarity. */
gpointer
ferry_similarity_job (FySession *session, gpointer data, GCancellable *cancellable, GError **error);

/* --- Who votes for a cell's label --- */

typedef struct
{
  int frame;
  int cell;
  int first;         /* frame that labels come from, not `frame` */
  GArray *reference; /* int: frames, nearest to `first` first   */
} FerryVotersJob;

FerryVotersJob *ferry_voters_job_new (int frame, int cell, int first);
void ferry_voters_job_free (gpointer job);

typedef struct
{
  int frame;
  int cell;
  float similarity; /* as the search compares it */
  float weight;     /* of its vote; all of a cell's sum to 1 */
} FerryVoter;

typedef struct
{
  int n;
  FerryVoter
      voter[FY_SEARCH_MAX_K]; /* most similar first; one that counts several times stands there so
                                      * often */
} FerryVoters;

/* Returns: (transfer full) FerryVoters (g_free): the row of fy_votes_new over fy_session_neighbours. */
gpointer
ferry_voters_job (FySession *session, gpointer data, GCancellable *cancellable, GError **error);

/* --- Features as colours --- */

typedef struct
{
  int frame;             /* whose features are shown                                   */
  int basis;             /* frame that the components are those of                     */
  GPtrArray *components; /* nullable: FyComponents of that frame, known from before    */
} FerryFeaturesJob;

FerryFeaturesJob *ferry_features_job_new (int frame, int basis, GPtrArray *components);
void ferry_features_job_free (gpointer job);

typedef struct
{
  int frame;
  int basis;
  int width; /* cells */
  int height;
  int n_parts;
  guint8 *rgb[FY_FEATURES_MAX_PARTS];  /* [height, width, 3]       */
  float *value[FY_FEATURES_MAX_PARTS]; /* [height, width, 3] along each component */
  GPtrArray *components;               /* [n_parts] of FyComponents; shared, never changed */
} FerryFeatureColours;

void ferry_feature_colours_free (gpointer colours);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FerryFeatureColours, ferry_feature_colours_free)

/* Returns: (transfer full) FerryFeatureColours. */
gpointer
ferry_features_job (FySession *session, gpointer data, GCancellable *cancellable, GError **error);

G_END_DECLS
