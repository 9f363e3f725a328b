/* SPDX-License-Identifier: MIT */
/* The safetensors format: a JSON header that says where each tensor lies, then the bytes.
 *
 * Source: https://huggingface.co/docs/safetensors, "Format".  Thread: one at a time. */
#pragma once

#include "weights/checkpoint.h"

G_BEGIN_DECLS

/* A line of the file's free-form description. */
typedef struct
{
  const char *name;
  const char *text;
} FyNote;

/* Gives a tensor's n elements as float32, row-major. */
typedef gboolean (
    *FyTensorFill) (int index, float *out, gsize n, gpointer user_data, GError **error);

/* Writes a file, whole or not at all.
 *
 * tensors  names, shapes and types; FY_DTYPE_F32 or FY_DTYPE_F16 only
 * notes    the __metadata__
 * fill     called once for each tensor, in order
 * Errors:  fill's; FY_ERROR_MISMATCH for a value that float16 cannot hold; G_IO_ERROR. */
gboolean fy_safetensors_save (const char *path,
                              const FyTensorInfo *tensors,
                              int n_tensors,
                              const FyNote *notes,
                              int n_notes,
                              FyTensorFill fill,
                              gpointer user_data,
                              GError **error);

G_END_DECLS
