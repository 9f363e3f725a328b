/* SPDX-License-Identifier: MIT */
#include "label/id-map.h"

#include "base/size.h"
#include "base/zeroes.h"

#include <string.h>

static gsize
size (const FyIdMap *self)
{
  return sizeof (guint16) * (gsize) self->width * (gsize) self->height;
}

FyIdMap *
fy_id_map_new (int width, int height)
{
  g_autoptr (FyIdMap) self = g_new0 (FyIdMap, 1);
  gsize bytes;

  if (width <= 0 || height <= 0 ||
      !fy_size_mul3 ((gsize) width, (gsize) height, sizeof (guint16), &bytes))
    return NULL;
  self->width = width;
  self->height = height;
  self->id = fy_zeroes_new (bytes);
  return self->id != NULL ? g_steal_pointer (&self) : NULL;
}

FyIdMap *
fy_id_map_copy (const FyIdMap *self)
{
  FyIdMap *copy = fy_id_map_new (self->width, self->height);

  if (copy != NULL)
    memcpy (copy->id, self->id, size (self));
  return copy;
}

void
fy_id_map_free (FyIdMap *self)
{
  if (self == NULL)
    return;
  fy_zeroes_free (self->id, size (self));
  g_free (self);
}

GArray *
fy_id_map_ids (const FyIdMap *self)
{
  GArray *ids = g_array_new (FALSE, FALSE, sizeof (guint16));
  g_autofree gboolean *seen = g_new0 (gboolean, 65536);
  gsize n = (gsize) self->width * (gsize) self->height;

  for (gsize i = 0; i < n; i++)
    seen[self->id[i]] = TRUE;
  for (guint value = 1; value < FY_ID_VOID; value++)
    if (seen[value])
      {
        guint16 id = (guint16) value;

        g_array_append_val (ids, id);
      }
  return ids;
}
