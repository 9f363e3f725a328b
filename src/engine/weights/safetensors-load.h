/* SPDX-License-Identifier: MIT */
/* Reading safetensors into a tensor table.  Internal to weights. */
#pragma once

#include "weights/tensor-table.h"

G_BEGIN_DECLS

/* Whether these bytes begin like safetensors: a small header length and an opening brace. */
gboolean fy_safetensors_detect (const guint8 *bytes, gsize size);

/* Fills the table; its storages lie in `bytes`, which must outlive it.
 * Errors: FY_ERROR_CORRUPT or FY_ERROR_UNSUPPORTED, beginning with the table's path. */
gboolean
fy_safetensors_load (const guint8 *bytes, gsize size, FyTensorTable *table, GError **error);

G_END_DECLS
