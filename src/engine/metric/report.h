/* SPDX-License-Identifier: MIT */
/* J and F of every object of every sequence, and over all of them.  Thread: one at a time. */
#pragma once

#include "metric/statistics.h"

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct
{
  char *sequence;
  int object;   /* from 1                    */
  int n_frames; /* scored                    */
  FyStatistics region;
  FyStatistics boundary;
} FyScore;

typedef struct
{
  GArray *scores; /* FyScore, by sequence, then object */
} FyReport;

FyReport *fy_report_new (void);
void fy_report_free (FyReport *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FyReport, fy_report_free)

/* Appends a copy of the score. */
void fy_report_add (FyReport *self, const FyScore *score);

/* Means over objects, each object of each sequence once.  NaN in one object is NaN in the mean, as in
 * the DAVIS evaluator.  Returns: J&F. */
double fy_report_overall (const FyReport *self, FyStatistics *region, FyStatistics *boundary);

/* Table for a terminal.  Returns: (transfer full). */
char *fy_report_to_text (const FyReport *self);

/* {"J&F", "J": {"mean", "recall", "decay"}, "F": {...},
 *  "sequences": {NAME: {OBJECT: {"J": {...}, "F": {...}}}}}; NaN is null.  Returns: (transfer full). */
char *fy_report_to_json (const FyReport *self);

/* The two files of the DAVIS evaluator, to the letter.  Returns: (transfer full). */
char *fy_report_to_global_csv (const FyReport *self);
char *fy_report_to_sequence_csv (const FyReport *self);

/* Writes them to folder/global_results-SET.csv and folder/per-sequence_results-SET.csv.
 * Errors:  G_IO_ERROR. */
gboolean
fy_report_save_csv (const FyReport *self, const char *folder, const char *set, GError **error);

G_END_DECLS
