/* SPDX-License-Identifier: MIT */
/* What ferry-cli bench measures of carrying labels. */
#include "bench-stages.h"

#include "base/parallel.h"
#include "propagate/flow.h"
#include "propagate/resolve.h"

#include <string.h>

#define FRAMES      70
#define CONTEXT     20
#define TOPK        10
#define TEMPERATURE 0.05f
#define MOST        50 /* objects */

typedef struct
{
  int grid_width;
  int grid_height;
  int cells;
  int n_objects;
  FyNeighbours *list[FRAMES]; /* but of the first */
  FyVotes *votes[FRAMES];     /* but of the first */
  float *first;               /* [MOST + 1, cells] labels of the first frame */
  float *soft;                /* [MOST + 1, cells] of any frame */
  FyFlow *flow;
  guint16 ids[MOST];
  FyIdMap *mask;
  gboolean painted; /* the edit is made */
  FyFlowStats edited;
  GCancellable *cancellable;
} Carrying;

static void
carrying_clear (Carrying *self)
{
  for (int frame = 0; frame < FRAMES; frame++)
    {
      fy_neighbours_unref (self->list[frame]);
      fy_votes_unref (self->votes[frame]);
    }
  g_free (self->first);
  g_free (self->soft);
  fy_flow_free (self->flow);
  fy_id_map_free (self->mask);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Carrying, carrying_clear)

/* --- Made-up input --- */

/* A cell a few steps away; of those in the first frame one in fifty lies anywhere. */
static int
near (const Carrying *self, int cell, gboolean first, GRand *random)
{
  int reach = first ? 4 : 2, x, y;

  if (first && g_rand_int_range (random, 0, 50) == 0)
    return g_rand_int_range (random, 0, self->cells);
  x = cell % self->grid_width + g_rand_int_range (random, -reach, reach + 1);
  y = cell / self->grid_width + g_rand_int_range (random, -reach, reach + 1);
  return CLAMP (y, 0, self->grid_height - 1) * self->grid_width +
         CLAMP (x, 0, self->grid_width - 1);
}

/* A tenth of the neighbours in the first frame, the others in those before. */
static FyNeighbours *
make_list (const Carrying *self, int frame, GRand *random)
{
  FyNeighbours *list = fy_neighbours_new (frame, self->cells, TOPK);

  for (int i = 0; i < self->cells * TOPK; i++)
    {
      int from = g_rand_int_range (random, 0, 10) == 0
                     ? 0
                     : frame - 1 - g_rand_int_range (random, 0, MIN (frame, CONTEXT));
      int cell = near (self, i / TOPK, from == 0, random);

      list->position[i] = (guint32) (from * self->cells + cell);
      list->score[i] = 1 - 0.01f * (float) (i % TOPK);
    }
  return list;
}

/* Squares of 10 x 10 cells, object after object and background. */
static void
make_first (Carrying *self)
{
  int n_classes = self->n_objects + 1, across = self->grid_width / 10 + 1;

  memset (self->first, 0, (gsize) n_classes * (gsize) self->cells * sizeof (float));
  for (int cell = 0; cell < self->cells; cell++)
    {
      int square = cell / self->grid_width / 10 * across + cell % self->grid_width / 10;

      self->first[(gsize) (square % n_classes) * (gsize) self->cells + (gsize) cell] = 1;
    }
}

/* --- What is measured --- */

static void
make_votes (int item, int worker, gpointer data)
{
  Carrying *self = data;

  fy_votes_unref (self->votes[item + 1]);
  self->votes[item + 1] = fy_votes_new (self->list[item + 1], TEMPERATURE);
}

static gboolean
prepare (gpointer data, GError **error)
{
  fy_parallel_for (FRAMES - 1, make_votes, data);
  return TRUE;
}

static gboolean
carry (gpointer data, GError **error)
{
  Carrying *self = data;
  int order[FRAMES];

  for (int frame = 0; frame < FRAMES; frame++)
    order[frame] = frame;
  g_clear_pointer (&self->flow, fy_flow_free);
  self->flow = fy_flow_new (self->cells, order, FRAMES);
  for (int c = 0; c <= self->n_objects; c++)
    fy_flow_insert_class (self->flow, c);
  fy_flow_set_soft (self->flow, 0, self->first);
  for (int frame = 1; frame < FRAMES; frame++)
    fy_flow_set_votes (self->flow, frame, self->votes[frame]);
  return fy_flow_update (self->flow, NULL, NULL, NULL, self->cancellable, error);
}

/* Gives 3 x 3 cells in the middle of the first frame to the first object, or back. */
static gboolean
edit (gpointer data, GError **error)
{
  Carrying *self = data;
  gsize cells = (gsize) self->cells, size = 2 * cells * sizeof (float);

  self->painted = !self->painted;
  memcpy (self->soft, self->first, size);
  for (int i = 0; i < 9 && self->painted; i++)
    {
      int x = (self->grid_width - 3) / 2 + i % 3, y = (self->grid_height - 3) / 2 + i / 3;
      gsize cell = (gsize) y * (gsize) self->grid_width + (gsize) x;

      self->soft[cell] = 1 - self->soft[cell];
      self->soft[cells + cell] = 1 - self->soft[cells + cell];
    }
  fy_flow_set_plane (self->flow, 0, 0, self->soft);
  fy_flow_set_plane (self->flow, 0, 1, self->soft + cells);
  return fy_flow_update (self->flow, NULL, NULL, &self->edited, self->cancellable, error);
}

static gboolean
resolve (gpointer data, GError **error)
{
  Carrying *self = data;

  for (int frame = 1; frame < FRAMES; frame++)
    {
      fy_flow_get_soft (self->flow, frame, self->soft);
      fy_resolve (self->soft, self->ids, self->n_objects, self->grid_width, self->grid_height,
                  self->mask);
    }
  return TRUE;
}

/* --- All of it --- */

/* Of cells, summed over classes and frames; votes are read once a frame, whatever the classes. */
static FerryMeasure
carry_work (const char *name, double cells, double votes)
{
  return (FerryMeasure){
    .name = name, .multiply_adds = cells * TOPK, .bytes = 4 * cells + 8 * votes, .on_host = TRUE
  };
}

static FerryMeasure
resolve_work (const Carrying *self, const char *name)
{
  double pixels = (double) self->mask->width * self->mask->height;

  return (FerryMeasure){ .name = name,
                         .bytes = (FRAMES - 1) * (pixels * sizeof (guint16) +
                                                  4.0 * self->cells * (self->n_objects + 1)),
                         .on_host = TRUE };
}

/* The work of an edit is known when it was done. */
static gboolean
measure_edit (FerryBench *bench, Carrying *self, GError **error)
{
  double cells;

  if (!edit (self, error))
    return FALSE;
  cells = (double) self->edited.cells;
  return ferry_measure (bench, carry_work ("carry-edit", cells, cells / 2 * TOPK), edit, self,
                        error);
}

static gboolean
measure_objects (FerryBench *bench,
                 Carrying *self,
                 const char *carrying,
                 const char *resolving,
                 GError **error)
{
  double cells = (double) (FRAMES - 1) * self->cells;

  make_first (self);
  return ferry_measure (bench, carry_work (carrying, cells * (self->n_objects + 1), cells * TOPK),
                        carry, self, error) &&
         ferry_measure (bench, resolve_work (self, resolving), resolve, self, error);
}

gboolean
ferry_bench_carry (FerryBench *bench, GError **error)
{
  g_auto (Carrying) self = { .grid_width = (bench->width + 7) / 8,
                             .grid_height = (bench->height + 7) / 8,
                             .cancellable = bench->cancellable };
  g_autoptr (GRand) random = g_rand_new_with_seed (1);
  FerryMeasure votes = { .name = "votes-70", .on_host = TRUE };

  self.cells = self.grid_width * self.grid_height;
  self.first = g_new (float, (gsize) (MOST + 1) * (gsize) self.cells);
  self.soft = g_new (float, (gsize) (MOST + 1) * (gsize) self.cells);
  self.mask = fy_id_map_new (bench->width, bench->height);
  for (int i = 0; i < MOST; i++)
    self.ids[i] = (guint16) (i + 1);
  for (int frame = 1; frame < FRAMES; frame++)
    self.list[frame] = make_list (&self, frame, random);
  votes.bytes = (FRAMES - 1) * 16.0 * self.cells * TOPK;
  self.n_objects = 2;
  if (!ferry_measure (bench, votes, prepare, &self, error) ||
      !measure_objects (bench, &self, "carry-70x2", "resolve-70x2", error) ||
      !measure_edit (bench, &self, error))
    return FALSE;
  self.n_objects = MOST;
  return measure_objects (bench, &self, "carry-70x50", "resolve-70x50", error);
}
