/* SPDX-License-Identifier: MIT */
/* How long the stages of the work take, and how much of it there is.  Thread: main. */
#pragma once

#include "bench-ceiling.h"
#include "difference.h"

G_BEGIN_DECLS

typedef struct
{
  const char *name;      /* static                                               */
  double seconds_min;    /* of a run                                             */
  double seconds_median; /* of a run                                             */
  double multiply_adds;  /* asked for in a run, as if nothing were skipped; 0 = not counted */
  double bytes;          /* of what a run reads and of what it leaves; 0 = not counted      */
  gboolean on_host;      /* the CPU does it, whatever the device                 */
  gboolean fast;         /* in 16 bits, with this error:                         */
  FerryDifference error;
} FerryMeasure;

typedef gboolean (*FerryMeasured) (gpointer user_data, GError **error);

/* What all stages are measured with. */
typedef struct
{
  FyDevice *device;
  int width; /* of the pictures, pixels */
  int height;
  int repeats;         /* runs by the clock, after one to warm up */
  double most_seconds; /* spent on a stage, about, before its repeats are cut to one */
  GArray *results;     /* FerryMeasure */
  GCancellable *cancellable;
} FerryBench;

/* Runs `func` by the clock and appends the measure, whose other members are given, to the results.
 * Errors:  those of func, G_IO_ERROR_CANCELLED. */
gboolean ferry_measure (FerryBench *bench,
                        FerryMeasure measure,
                        FerryMeasured func,
                        gpointer user_data,
                        GError **error);

/* What a stage reaches of a machine's ceilings, each 0 .. 1 and above. */
typedef struct
{
  double arithmetic;
  double memory;
} FerryShare;

FerryShare ferry_share (const FerryMeasure *self, const FerryCeiling *ceiling);

G_END_DECLS
