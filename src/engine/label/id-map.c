/* SPDX-License-Identifier: MIT */
#include "label/id-map.h"

#include "base/size.h"

#include <string.h>
#include <sys/mman.h>

#define LARGE (1 << 20) /* bytes */

/* Zeroes.  Of a large map the kernel gives the pages as they are touched; the heap may hand out what was freed
 * and clear all of it, which takes 0.4 s of an 8K picture at the moment its first stroke begins. */
static guint16 *
allocate (gsize bytes)
{
  void *pages;

  if (bytes < LARGE)
    return g_try_malloc0 (bytes);
  pages = mmap (NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return pages != MAP_FAILED ? pages : NULL;
}

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
  self->id = allocate (bytes);
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
  if (size (self) < LARGE)
    g_free (self->id);
  else if (self->id != NULL)
    munmap (self->id, size (self));
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
