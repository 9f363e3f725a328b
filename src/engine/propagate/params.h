/* SPDX-License-Identifier: MIT */
/* The parameters of a propagation and the published settings by name. Thread: any. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  const char *name;  /* of the preset; static                                             */
  gboolean fused;    /* compares a fine-grained and a semantic network                    */
  int topk;          /* neighbours a cell reads, 1 .. 64                                  */
  int context;       /* recent frames, 1 .. 1000; the first frame comes on top            */
  int radius;        /* cells; circle in the recent frames, dx^2 + dy^2 < radius^2; 0 = none */
  float temperature; /* softmax divisor, > 0                                              */
  float lambda;      /* weight of the fine-grained network, >= 0; used when fused         */
  int references;    /* hand-made frames that every later frame may look anywhere in: 0 = all of
                      * them, N = the N nearest, FY_REFERENCES_FIRST = the first alone     */
  gboolean strict_reference; /* repeats what the reference programs do besides: batch-norm shift
                              * where `shift`, frame 0 written as its round trip through the grid */
  gboolean shift; /* the preset's reference program shifts batch-norm statistics at load */
} FyPropagateParams;

#define FY_REFERENCES_FIRST (-1)

/* "crw-davis", "fc-davis", "single-davis" (one network) or "sfc-davis" (fused).
 * Returns: static, or NULL. */
const FyPropagateParams *fy_preset_find (const char *name);

/* All presets, `n` of them. Static. */
const FyPropagateParams *fy_presets (int *n);

/* Weight of part `part` in the similarity: fine-grained first.
 * lambda^2 / (lambda^2 + 1) and 1 / (lambda^2 + 1).  Source: SFC eq. 7. */
float fy_params_part_weight (const FyPropagateParams *self, int part);

/* Checks ranges; FY_ERROR_MISMATCH names the parameter, its value and its range. */
gboolean fy_params_check (const FyPropagateParams *self, GError **error);

G_END_DECLS
