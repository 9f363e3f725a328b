/* SPDX-License-Identifier: MIT */
/* The two forms in which PyTorch saves: a zip archive (since 1.6) and, before, a stream of pickles
 * followed by the storages.  Internal to weights.
 *
 * Errors of both: FY_ERROR_CORRUPT or FY_ERROR_UNSUPPORTED, beginning with the table's path. */
#pragma once

#include "weights/tensor-table.h"
#include "weights/zip-archive.h"

G_BEGIN_DECLS

/* Fills the table; its storages are members of the archive. */
gboolean fy_torch_zip_load (FyZip *zip, FyTensorTable *table, GError **error);

/* Fills the table; its storages lie in `bytes`, which must outlive it. */
gboolean
fy_torch_stream_load (const guint8 *bytes, gsize size, FyTensorTable *table, GError **error);

G_END_DECLS
