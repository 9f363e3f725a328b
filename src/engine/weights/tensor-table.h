/* SPDX-License-Identifier: MIT */
/* What a reader of one file format hands to the checkpoint: named views of runs of bytes.
 *
 * Internal to weights.  Adding checks everything that comes from the file, so that copying a
 * tensor's elements cannot leave its storage. */
#pragma once

#include "weights/checkpoint.h"

G_BEGIN_DECLS

/* Limits on what a file may ask for: each is far above any checkpoint of a network Ferry runs. */
#define FY_MAX_TENSORS     100000
#define FY_MAX_TENSOR_NAME 512

/* Bytes that tensors are views of: at `data`, or in a member of the zip archive if that is NULL. */
typedef struct
{
  const guint8 *data; /* borrowed from the file */
  int member;
  gsize size; /* bytes */
} FyStorage;

typedef struct
{
  FyTensorInfo info;
  gint64 stride[FY_CHECKPOINT_MAX_RANK]; /* elements */
  gint64 offset;                         /* elements */
  guint storage;                         /* index */
} FyTensorView;

typedef struct
{
  char *path;        /* begins every message */
  GArray *storages;  /* FyStorage */
  GArray *tensors;   /* FyTensorView */
  GHashTable *index; /* name (borrowed from its view) -> index */
  GHashTable *notes; /* name -> text */
} FyTensorTable;

FyTensorTable *fy_tensor_table_new (const char *path);
void fy_tensor_table_free (FyTensorTable *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FyTensorTable, fy_tensor_table_free)

/* Returns the new storage's index. */
guint fy_tensor_table_add_storage (FyTensorTable *self, FyStorage storage);

/* Whether another tensor of that name may be added; only then may the name stand in a message.
 * Errors: FY_ERROR_CORRUPT for one that is no printable text or taken, FY_ERROR_UNSUPPORTED beyond
 *         the limits. */
gboolean fy_tensor_table_check_name (const FyTensorTable *self, const char *name, GError **error);

/* Adds a copy of the view.
 * Errors: those of the name; FY_ERROR_CORRUPT for a shape whose product overflows or elements
 *         outside the storage. */
gboolean fy_tensor_table_add (FyTensorTable *self, const FyTensorView *view, GError **error);

/* Keeps a short text; a long or unprintable one, or one too many, is dropped. */
void fy_tensor_table_add_note (FyTensorTable *self, const char *name, const char *text);

const FyTensorView *fy_tensor_table_peek (const FyTensorTable *self, guint index);

/* Product of a shape, or -1 when it overflows. */
gint64 fy_shape_count (const gint64 *shape, int rank);

/* Sets the strides of a row-major tensor without gaps; leaves those of an empty one alone. */
void fy_tensor_view_set_contiguous (FyTensorView *self);

/* Copies all elements, row-major, from the storage's bytes to out. */
void fy_tensor_view_copy (const FyTensorView *self, const guint8 *storage, float *out);

G_END_DECLS
