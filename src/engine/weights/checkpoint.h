/* SPDX-License-Identifier: MIT */
/* A file of named tensors: PyTorch (.pth, .pt, .pth.tar; zip form and the older stream form) or
 * safetensors, told apart by content.
 *
 * Opening reads names, types and shapes only; the file is mapped and a tensor's bytes are touched
 * when it is read, so it must not be cut short meanwhile.  A pickle is interpreted by a reader that
 * knows a short list of opcodes and globals and can execute nothing.
 *
 * Thread: one at a time. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define FY_CHECKPOINT_MAX_RANK 8

typedef enum
{
  FY_DTYPE_F32,
  FY_DTYPE_F16,
  FY_DTYPE_BF16,
  FY_DTYPE_F64,
  FY_DTYPE_I64,
  FY_DTYPE_I32,
  FY_DTYPE_I16,
  FY_DTYPE_I8,
  FY_DTYPE_U8,
  FY_DTYPE_BOOL,
} FyDtype;

gsize fy_dtype_size (FyDtype dtype);       /* bytes an element           */
const char *fy_dtype_name (FyDtype dtype); /* "float32", "bfloat16", ... */

typedef struct
{
  const char *name; /* nested dictionaries joined by '.': "state_dict.module.conv1.weight" */
  FyDtype dtype;
  int rank;                             /* 0 = scalar        */
  gint64 shape[FY_CHECKPOINT_MAX_RANK]; /* outermost first   */
} FyTensorInfo;

typedef struct FyCheckpoint FyCheckpoint;

/* Returns: (transfer full), or NULL with FY_ERROR_CORRUPT (names the byte offset or member),
 *          _UNSUPPORTED (an opcode, global or dtype not on the list) or G_IO_ERROR. */
FyCheckpoint *fy_checkpoint_open (const char *path, GError **error);

/* The same for a file's bytes at hand; `path` is what messages call them. */
FyCheckpoint *fy_checkpoint_new_for_bytes (GBytes *bytes, const char *path, GError **error);
void fy_checkpoint_free (FyCheckpoint *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FyCheckpoint, fy_checkpoint_free)

const char *fy_checkpoint_path (FyCheckpoint *self);
const char *
fy_checkpoint_format (FyCheckpoint *self); /* "PyTorch zip", "PyTorch stream", "safetensors" */

/* Tensors in file order. */
int fy_checkpoint_n_tensors (FyCheckpoint *self);
const FyTensorInfo *fy_checkpoint_tensor (FyCheckpoint *self, int index);

/* Returns the index of a tensor, or -1. */
int fy_checkpoint_find (FyCheckpoint *self, const char *name);

/* Returns a short text or number stored beside the tensors ("epoch", "args.model_type", a line of
 * safetensors' __metadata__), or NULL.  (transfer none) */
const char *fy_checkpoint_note (FyCheckpoint *self, const char *name);

/* Copies a tensor as float32, row-major, whatever its type and strides.  n must be the product of
 * its shape.  Values are not judged: NaN comes through.
 * Errors: FY_ERROR_CORRUPT when its bytes are not all there or differ from their checksum,
 *         FY_ERROR_UNSUPPORTED when too much would have to be inflated. */
gboolean fy_checkpoint_read (FyCheckpoint *self, int index, float *out, gsize n, GError **error);

/* SHA-256 of the file in hex.  (transfer full) */
char *fy_checkpoint_hash (FyCheckpoint *self, GError **error);

G_END_DECLS
