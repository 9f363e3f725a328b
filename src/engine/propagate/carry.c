/* SPDX-License-Identifier: MIT */
#include "propagate/carry.h"

#include "base/parallel.h"

#include <math.h>

#define BAND 512 /* cells of an item */

typedef struct
{
  const FyNeighbours *list;
  float temperature;
  const float *const *source;
  int n_classes;
  float *soft;
} Carry;

/* One cell's voters: where each one's class 0 stands, and its weight. */
typedef struct
{
  int n;
  const float *label[FY_SEARCH_MAX_K];
  float weight[FY_SEARCH_MAX_K];
} Votes;

static void
gather_votes (const Carry *carry, int cell, Votes *votes)
{
  const FyNeighbours *list = carry->list;
  const guint32 *position = list->position + (gsize) cell * (gsize) list->k;
  const float *score = list->score + (gsize) cell * (gsize) list->k;
  guint32 cells = (guint32) list->cells;
  float sum = 0.0f;

  votes->n = 0;
  for (int j = 0; j < list->k && position[j] != FY_SEARCH_NONE; j++)
    {
      float weight = expf ((score[j] - score[0]) / carry->temperature);

      votes->label[j] = carry->source[position[j] / cells] + position[j] % cells;
      votes->weight[j] = weight;
      votes->n++;
      sum += weight;
    }
  for (int j = 0; j < votes->n; j++)
    votes->weight[j] /= sum;
}

static void
carry_band (int band, int worker, gpointer data)
{
  const Carry *carry = data;
  gsize cells = (gsize) carry->list->cells;
  int begin = band * BAND, end = MIN (begin + BAND, carry->list->cells);

  for (int cell = begin; cell < end; cell++)
    {
      Votes votes;

      gather_votes (carry, cell, &votes);
      for (gsize c = 0; c < (gsize) carry->n_classes; c++)
        {
          float sum = 0.0f;

          for (int j = 0; j < votes.n; j++)
            sum += votes.weight[j] * votes.label[j][c * cells];
          carry->soft[c * cells + (gsize) cell] = sum;
        }
    }
}

void
fy_carry (const FyNeighbours *list,
          float temperature,
          const float *const *source,
          int n_classes,
          float *soft)
{
  Carry carry = { list, temperature, source, n_classes, soft };

  fy_parallel_for ((list->cells + BAND - 1) / BAND, carry_band, &carry);
}
