/* SPDX-License-Identifier: MIT */
/* A sequence of label images on disk: a folder of PNGs, one a frame, read when asked for.
 *
 * Order is natural: runs of digits count as numbers, case does not matter.  Immutable once open.
 * Thread: any. */
#pragma once

#include "exchange/indexed-png.h"

G_BEGIN_DECLS

typedef struct FyMaskFolder FyMaskFolder;

/* Lists the PNGs of a folder; other files are ignored.
 * Returns: (transfer full), or NULL with FY_ERROR_MISMATCH when there is none, or G_IO_ERROR. */
FyMaskFolder *fy_mask_folder_open (const char *path, GError **error);
void fy_mask_folder_free (FyMaskFolder *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FyMaskFolder, fy_mask_folder_free)

/* Finds sequences: a folder of PNGs is one, a folder of such folders is many, in natural order.
 * Returns: (transfer full) GPtrArray of FyMaskFolder that owns them, at least one, or NULL with
 *          FY_ERROR_MISMATCH or G_IO_ERROR. */
GPtrArray *fy_mask_folder_find (const char *root, GError **error);

/* Borrowed: as opened, and the folder's own name ("blackswan"). */
const char *fy_mask_folder_path (const FyMaskFolder *self);
const char *fy_mask_folder_name (const FyMaskFolder *self);

int fy_mask_folder_n_frames (const FyMaskFolder *self);

/* File name of the mask at `index` in natural order, 0 <= index < n_frames ("00012.png").  Borrowed. */
const char *fy_mask_folder_frame (const FyMaskFolder *self, int index);

/* The mask that belongs to a frame: the one whose name without ending is that of `name`, a file name
 * (nullable), else the only one whose name's last run of digits is `number`.
 * Returns: its index, or -1. */
int fy_mask_folder_index (const FyMaskFolder *self, const char *name, int number);

/* The path of the mask at `index`, the answer for a frame that the error names.
 * Returns: (transfer full), or NULL with FY_ERROR_MISMATCH where it is -1. */
char *fy_mask_folder_file (const FyMaskFolder *self,
                           int index,
                           const char *name,
                           int number,
                           GError **error);

/* Reads the mask at `index`; errors as fy_indexed_png_read. */
FyIdMap *
fy_mask_folder_read (const FyMaskFolder *self, int index, FyIndexedPngInfo *info, GError **error);

/* The last run of digits in a file name without its ending: 14 in "frame_000014.png"; -1 when there
 * is none or it is too large. */
int fy_frame_number (const char *name);

G_END_DECLS
