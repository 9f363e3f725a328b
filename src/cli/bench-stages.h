/* SPDX-License-Identifier: MIT */
/* The stages that ferry-cli bench measures, each appending to the results.  Thread: main.
 *
 * Errors:  of whatever part fails, G_IO_ERROR_CANCELLED. */
#pragma once

#include "measure.h"

#include "media/clip.h"
#include "nn/encoder.h"

G_BEGIN_DECLS

gboolean ferry_bench_decode (FerryBench *bench, GError **error);
gboolean ferry_bench_backbones (FerryBench *bench, GError **error);

/* Local, reference and merged lists of one frame. */
gboolean ferry_bench_matching (FerryBench *bench, GError **error);

/* Preparing votes, carrying, following an edit, resolving masks. */
gboolean ferry_bench_carry (FerryBench *bench, GError **error);

/* A mask as PNG; a frame's features and list into a cache and out of it. */
gboolean ferry_bench_files (FerryBench *bench, GError **error);

/* --- What several of them use --- */

/* Opens the sample clip. */
FyClip *ferry_sample_clip (FerryBench *bench, GError **error);

/* A frame of it brought to the wanted size.  Returns: (transfer full). */
FyFrame *ferry_sample_picture (FerryBench *bench, FyClip *clip, int number, GError **error);

/* A network: the shipped ResNet-18, or a ResNet-50 with made-up weights, always the same.
 * Returns: (transfer full). */
FyEncoder *
ferry_bench_encoder (FerryBench *bench, int depth, const FyEncoderParams *params, GError **error);

G_END_DECLS
