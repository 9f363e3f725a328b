/* SPDX-License-Identifier: MIT */
/* The safetensors reader alone; its header's length is set right, so that mutations of the JSON
 * are not all refused for their length. */
#include "weights/safetensors-load.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const guint8 *data, size_t size);

int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  g_autofree guint8 *file = g_malloc (size + 8);
  const guint8 *end = size > 0 ? memrchr (data, '}', size) : NULL;
  guint64 length = end != NULL ? (guint64) (end + 1 - data) : size;
  g_autoptr (FyTensorTable) table = fy_tensor_table_new ("x");
  g_autoptr (GError) error = NULL;
  gboolean ok;

  length = GUINT64_TO_LE (length);
  memcpy (file, &length, sizeof length);
  if (size > 0)
    memcpy (file + 8, data, size);
  ok = fy_safetensors_load (file, size + 8, table, &error);
  if (ok != (error == NULL))
    abort ();
  for (guint i = 0; ok && i < table->tensors->len; i++)
    {
      const FyTensorView *view = fy_tensor_table_peek (table, i);
      gsize n = (gsize) fy_shape_count (view->info.shape, view->info.rank);
      g_autofree float *values = g_new (float, n);
      const FyStorage *storage = &g_array_index (table->storages, FyStorage, view->storage);

      fy_tensor_view_copy (view, storage->data, values);
    }
  return 0;
}
