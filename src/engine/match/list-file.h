/* SPDX-License-Identifier: MIT */
/* Neighbour lists as records of a cache.  Thread: as the cache. */
#pragma once

#include "match/cache.h"
#include "match/neighbours.h"

G_BEGIN_DECLS

/* Keeps a list.  `weight`: of each network in its scores.  Returns: as fy_cache_put. */
gboolean fy_list_save (FyCache *cache,
                       const FyCacheId *id,
                       const FyNeighbours *list,
                       const float weight[FY_FEATURES_MAX_PARTS]);

/* Entries a row of a list that was kept; 0 when there is none. */
int fy_list_kept (FyCache *cache, const FyCacheId *id);

/* Finds a list that says what a search for `topk` neighbours with these weights would say.
 *
 * Returns: (transfer full), of at least topk entries a row, its arrays in the cache's file; or NULL
 *          when there is none, it is too short, or its weights are others and it cannot be shown to
 *          hold the same neighbours. */
FyNeighbours *fy_list_load (FyCache *cache,
                            const FyCacheId *id,
                            int cells,
                            int topk,
                            const float weight[FY_FEATURES_MAX_PARTS]);

G_END_DECLS
