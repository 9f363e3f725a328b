/* SPDX-License-Identifier: MIT */
/* Measures what is done with labels: preparing votes, carrying, following an edit, resolving masks.
 * Thread: main. */
#pragma once

#include "measure.h"

G_BEGIN_DECLS

/* Appends votes-70, carry-70x2, carry-70x50, carry-edit, resolve-70x2 and resolve-70x50 to `results`
 * (FerryMeasure).
 *
 * width, height   of the pictures, pixels
 * Errors:         G_IO_ERROR_CANCELLED */
gboolean ferry_bench_carry (int width,
                            int height,
                            int repeats,
                            GArray *results,
                            GCancellable *cancellable,
                            GError **error);

G_END_DECLS
