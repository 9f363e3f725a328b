/* SPDX-License-Identifier: MIT */
/* Measuring how long things take.  Thread: main. */
#pragma once

#include "compute/device.h"
#include "difference.h"

G_BEGIN_DECLS

typedef struct
{
  const char *name;      /* static                                              */
  double seconds_min;    /* of a run                                            */
  double seconds_median; /* of a run                                            */
  double flops;          /* additions and multiplications asked for in a run    */
  double bytes;          /* of what a run reads and of what it leaves, in memory */
  gboolean compared;     /* with what is exact:                                  */
  FerryDifference error;
} FerryMeasure;

typedef gboolean (*FerryMeasured) (gpointer user_data, GError **error);

/* Runs `func` once to warm up and `repeats` times by the clock; appends the measure to `results`
 * (FerryMeasure), whose name, flops and bytes are given.
 * Errors:  those of func, G_IO_ERROR_CANCELLED. */
gboolean ferry_measure (GArray *results,
                        FerryMeasure measure,
                        int repeats,
                        FerryMeasured func,
                        gpointer user_data,
                        GCancellable *cancellable,
                        GError **error);

/* The most that the device can compute, in 1e9 operations a second: on the CPU a loop of fused
 * multiply-adds in registers on all cores, on a GPU its fastest large convolution. */
gboolean ferry_measure_ceiling (FyDevice *device, double *gflops, GError **error);

/* Writes a checkpoint of a ResNet up to layer3 with made-up weights, always the same.
 * Returns: (transfer full) the path of a new temporary file, or NULL with G_IO_ERROR. */
char *ferry_synthetic_checkpoint (int depth, GError **error);

G_END_DECLS
