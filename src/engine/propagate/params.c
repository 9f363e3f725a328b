/* SPDX-License-Identifier: MIT */
#include "propagate/params.h"

#include "base/error.h"
#include "base/text.h"
#include "compute/device.h"

#include <math.h>
#include <string.h>

/* Source: propagation.md section 4; the programs of CRW (single network) and SFC (fused). */
static const FyPropagateParams presets[] = {
  { .name = "crw-davis", .topk = 10, .context = 20, .radius = 12, .temperature = 0.05f },
  { .name = "fc-davis",
    .topk = 10,
    .context = 20,
    .radius = 12,
    .temperature = 0.05f,
    .shift = TRUE },
  { .name = "single-davis",
    .topk = 10,
    .context = 20,
    .radius = 12,
    .temperature = 0.05f,
    .shift = TRUE },
  { .name = "sfc-davis",
    .fused = TRUE,
    .topk = 15,
    .context = 20,
    .radius = 15,
    .temperature = 0.1f,
    .lambda = 1.75f,
    .shift = TRUE },
};

const FyPropagateParams *
fy_presets (int *n)
{
  *n = G_N_ELEMENTS (presets);
  return presets;
}

const FyPropagateParams *
fy_preset_find (const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (presets); i++)
    if (strcmp (presets[i].name, name) == 0)
      return &presets[i];
  return NULL;
}

float
fy_params_part_weight (const FyPropagateParams *self, int part)
{
  float square = self->lambda * self->lambda;

  if (!self->fused)
    return 1.0f;
  return part == 0 ? square / (square + 1.0f) : 1.0f / (square + 1.0f);
}

static gboolean
check_range (const char *name, double value, double least, double most, GError **error)
{
  if (value >= least && value <= most)
    return TRUE;
  g_set_error (error, FY_ERROR, FY_ERROR_MISMATCH, _ ("%s is %g; it must lie in %g .. %g"), name,
               value, least, most);
  return FALSE;
}

gboolean
fy_params_check (const FyPropagateParams *self, GError **error)
{
  return check_range ("topk", self->topk, 1, FY_SEARCH_MAX_K, error) &&
         check_range ("context", self->context, 1, 1000, error) &&
         check_range ("radius", self->radius, 0, 10000, error) &&
         check_range ("temperature", (double) self->temperature, 1e-4, 1e4, error) &&
         check_range ("references", self->references, FY_REFERENCES_FIRST, 1000, error) &&
         check_range ("lambda", (double) self->lambda, 0, 1e4, error);
}
