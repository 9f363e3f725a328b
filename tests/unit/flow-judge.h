/* SPDX-License-Identifier: MIT */
/* A slow carrying of everything anew, and made-up input, for the tests of votes and of the flow. */
#pragma once

#include "propagate/votes.h"

#define WIDTH    23
#define HEIGHT   31
#define CELLS    (WIDTH * HEIGHT) /* a dozen blocks, the last one short */
#define FIRST    5                /* number of the first frame */
#define N_FRAMES 12
#define MOST     5 /* classes */

typedef struct
{
  gboolean hand[MOST];
  gboolean known;
  gboolean carried;   /* the classes that are not set by hand */
  FyNeighbours *list; /* NULL = not there */
  float soft[MOST][CELLS];
} JudgeFrame;

typedef struct
{
  int order[N_FRAMES];
  int n_classes;
  float temperature;
  JudgeFrame frame[N_FRAMES];
} Judge;

int judge_rank (const Judge *judge, int frame);

/* Classes of the frame that are set by hand. */
int judge_count_hand (const Judge *judge, int frame);

/* Carries everything. */
void judge_carry (Judge *judge);

void judge_clear (Judge *judge);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Judge, judge_clear)

/* One cell from a list as it is.  label: the labels of a frame. */
float judge_cell (const FyNeighbours *list,
                  float temperature,
                  int cell,
                  const float *(*label) (const void *data, int frame),
                  const void *data);

/* Neighbours close by in the given frames; some rows are short, some of them to nothing. */
FyNeighbours *judge_make_list (GRand *random, int frame, const int *source, int n_sources, int k);

/* A list over the few frames before this one in carrying order and over ones set by hand; if `odd`,
 * now and then over any, inside the range or outside. */
FyNeighbours *judge_make_random_list (GRand *random, const Judge *judge, int frame, gboolean odd);

/* A box of ones or of something between, on zeros.  plane: [CELLS] out. */
void judge_make_plane (GRand *random, float *plane);

/* Forwards, backwards, outwards from the middle, or any. */
void judge_make_order (Judge *judge, GRand *random);
