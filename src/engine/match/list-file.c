/* SPDX-License-Identifier: MIT */
#include "match/list-file.h"

#include "base/size.h"

#include <string.h>

/* Before a record's arrays: positions, scores, then the networks' parts where they are known. */
typedef struct
{
  gint32 cells;
  gint32 k;
  gint32 n_parts; /* 0 or FY_FEATURES_MAX_PARTS */
  float weight[FY_FEATURES_MAX_PARTS];
  guint8 rest[44];
} Head;

G_STATIC_ASSERT (sizeof (Head) == 64);

gboolean
fy_list_save (FyCache *cache,
              const FyCacheId *id,
              const FyNeighbours *list,
              const float weight[FY_FEATURES_MAX_PARTS])
{
  gsize size = (gsize) list->cells * (gsize) list->k * 4;
  Head head = { .cells = list->cells,
                .k = list->k,
                .n_parts = list->part[0] != NULL ? FY_FEATURES_MAX_PARTS : 0,
                .weight = { weight[0], weight[1] } };
  const FyCachePiece pieces[] = { { &head, sizeof head },
                                  { list->position, size },
                                  { list->score, size },
                                  { list->part[0], size },
                                  { list->part[1], size } };

  return fy_cache_put (cache, id, pieces, 3 + head.n_parts);
}

/* Positions come from a file that whoever can write to the cache may have made: none may point
 * outside the context. */
static gboolean
positions_are_inside (const FyNeighbours *list, const FyCacheId *id)
{
  gsize n = (gsize) list->cells * (gsize) list->k;
  guint32 begin = (guint32) id->begin * (guint32) list->cells;
  guint32 end = (guint32) id->end * (guint32) list->cells;
  gboolean inside = TRUE;

  for (gsize i = 0; i < n; i++)
    inside &= (list->position[i] >= begin && list->position[i] < end) ||
              list->position[i] == FY_SEARCH_NONE;
  return inside;
}

/* Lays a list over a record's bytes.  Takes no reference when it returns NULL. */
static FyNeighbours *
view (GBytes *bytes, const FyCacheId *id, int cells, const Head **head)
{
  gsize size, want, n;
  guint8 *data = (guint8 *) g_bytes_get_data (bytes, &size);
  g_autoptr (FyNeighbours) list = g_new0 (FyNeighbours, 1);

  g_atomic_ref_count_init (&list->refs);
  list->bytes = g_bytes_ref (bytes);
  *head = (const Head *) (gpointer) data;
  if (size < sizeof **head || (*head)->cells != cells || (*head)->k < 1 ||
      (*head)->k > FY_SEARCH_MAX_K || ((*head)->n_parts & ~FY_FEATURES_MAX_PARTS) != 0 ||
      !fy_size_mul3 ((gsize) cells, (gsize) (*head)->k, 4, &n) ||
      !fy_size_mul3 (n, 2 + (gsize) (*head)->n_parts, 1, &want) || size != sizeof **head + want)
    return NULL;
  list->frame = id->frame;
  list->cells = cells;
  list->k = (*head)->k;
  data += sizeof **head;
  list->position = (guint32 *) (gpointer) data;
  list->score = (float *) (gpointer) (data + n);
  for (int p = 0; p < (*head)->n_parts; p++)
    list->part[p] = (float *) (gpointer) (data + (2 + (gsize) p) * n);
  return positions_are_inside (list, id) ? g_steal_pointer (&list) : NULL;
}

int
fy_list_kept (FyCache *cache, const FyCacheId *id)
{
  g_autoptr (GBytes) bytes = fy_cache_get (cache, id);
  const Head *head = bytes != NULL ? g_bytes_get_data (bytes, NULL) : NULL;

  return head != NULL && g_bytes_get_size (bytes) >= sizeof *head
             ? CLAMP (head->k, 0, FY_SEARCH_MAX_K)
             : 0;
}

FyNeighbours *
fy_list_load (FyCache *cache,
              const FyCacheId *id,
              int cells,
              int topk,
              const float weight[FY_FEATURES_MAX_PARTS])
{
  g_autoptr (GBytes) bytes = fy_cache_get (cache, id);
  g_autoptr (FyNeighbours) list = NULL;
  g_autoptr (FyNeighbours) other = NULL;
  const Head *head;
  int unproven;

  list = bytes != NULL ? view (bytes, id, cells, &head) : NULL;
  if (list == NULL || list->k < topk)
    return NULL;
  if (memcmp (head->weight, weight, sizeof head->weight) == 0)
    return g_steal_pointer (&list);
  if (head->n_parts == 0)
    return NULL;
  other = fy_neighbours_reweigh (list, head->weight, weight, topk, &unproven);
  return unproven == 0 ? g_steal_pointer (&other) : NULL;
}
