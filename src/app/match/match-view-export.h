/* SPDX-License-Identifier: MIT */
/* The correspondence view's answers as files.  Each appears whole or not at all.
 *
 * A copy of what is shown, so that it can be written on any thread while the view goes on. */
#pragma once

#include "app/match/match-query.h"

G_BEGIN_DECLS

#define FERRY_MAX_MAPS (FY_FEATURES_MAX_PARTS + 1)

/* One map: either values with a scale, or colours with values. */
typedef struct
{
  char *title;
  float *value; /* [height, width, n_values]            */
  int n_values; /* 1, or FY_N_COMPONENTS with `rgb`     */
  float low;    /* ends of the scale                    */
  float high;
  guint8 *rgb; /* [height, width, 3]; NULL = by the scale */
} FerryExportMap;

typedef struct
{
  FerryVoter voter;
  int column; /* of its cell */
  int row;
  double x; /* the middle of its cell in pixels */
  double y;
  guint16 id; /* it votes for */
  char *name; /* of that object; "" = background */
} FerryExportVoter;

typedef struct
{
  char *title; /* of the picture */
  int n_maps;
  FerryExportMap map[FERRY_MAX_MAPS];
  int width; /* cells */
  int height;
  double aspect;    /* of the picture: width / height */
  FyFrame *picture; /* under the maps; nullable        */
  int n_voters;
  FerryExportVoter *voter; /* [n_voters]                      */
} FerryMatchExport;

void ferry_match_export_free (FerryMatchExport *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FerryMatchExport, ferry_match_export_free)

/* The maps side by side over the dimmed picture, each with title, scale and its best cell marked: PNG. */
gboolean ferry_match_export_png (const FerryMatchExport *self, const char *path, GError **error);

/* Float32 [maps, height, width], or of features [networks, height, width, 3]. */
gboolean ferry_match_export_npy (const FerryMatchExport *self, const char *path, GError **error);

/* The voters, a line each: frame (counted from 0), column and row of the cell, its middle in pixels,
 * similarity, weight, the object id it votes for and its name. */
gboolean ferry_match_export_csv (const FerryMatchExport *self, const char *path, GError **error);

/* Copies what the query knows of voters. */
void
ferry_match_export_take_voters (FerryMatchExport *self, FerryMatchQuery *query, FyLabelSet *labels);

G_END_DECLS
