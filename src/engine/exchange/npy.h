/* SPDX-License-Identifier: MIT */
/* NumPy arrays in .npy files, format version 1.0: float32 and uint32, little endian.  Written in C
 * order; read in either, and always in C order in memory.
 *
 * Source:  numpy/lib/format.py, "Format Version 1.0".  Thread: any. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define FY_NPY_MAX_DIMS 8

typedef enum
{
  FY_NPY_F32, /* "<f4" */
  FY_NPY_U32, /* "<u4" */
} FyNpyType;

typedef struct
{
  FyNpyType type;
  int n_dims;                   /* 0: one number                    */
  gsize shape[FY_NPY_MAX_DIMS]; /* outermost first                  */
  gsize n;                      /* elements: product of the shape   */
  union
  {
    float *f32;
    guint32 *u32;
    void *data;
  }; /* [shape], machine's byte order; owned */
} FyNpy;

void fy_npy_free (FyNpy *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FyNpy, fy_npy_free)

/* Writes an array.
 * data     [shape] of the type, machine's byte order
 * Errors:  G_IO_ERROR. */
gboolean fy_npy_save (const char *path,
                      FyNpyType type,
                      int n_dims,
                      const gsize *shape,
                      const void *data,
                      GError **error);

/* Reads an array; `name` stands for the file in messages.
 * Returns: (transfer full), or NULL with FY_ERROR_CORRUPT, FY_ERROR_UNSUPPORTED (another version, type
 *          or byte order); _load also G_IO_ERROR. */
FyNpy *fy_npy_parse (const guint8 *bytes, gsize size, const char *name, GError **error);
FyNpy *fy_npy_load (const char *path, GError **error);

G_END_DECLS
