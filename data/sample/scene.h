/* SPDX-License-Identifier: MIT */
/* The sample clip as mathematics: a koi, a leaf and a paper boat over the pebbles of a pond.
 *
 * Everything follows from frame number and position alone: no state, no files, no random source.
 * Positions are in pixels; (0, 0) is the picture's upper left corner, so that the centre of its
 * first pixel is (0.5, 0.5).  Thread: any. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define SCENE_WIDTH  640
#define SCENE_HEIGHT 360
#define SCENE_FRAMES 60
#define SCENE_RATE   25 /* frames a second */

typedef struct
{
  double x;
  double y;
} ScenePoint;

/* Linear light, 1 = white. */
typedef struct
{
  double r;
  double g;
  double b;
} SceneColour;

/* Labels by id, from what lies deepest. */
typedef enum
{
  SCENE_POND,
  SCENE_KOI,
  SCENE_LEAF,
  SCENE_BOAT,
  SCENE_N_LABELS,
} SceneLabel;

/* How an object at rest comes into the picture: it bends, turns, grows, moves. */
typedef struct
{
  ScenePoint centre;
  double cosine; /* of the turn, clockwise on the screen */
  double sine;
  double scale;
} ScenePose;

typedef struct
{
  int frame;
  double time; /* 0 at the first frame, 1 at the last */
  ScenePose pose[SCENE_N_LABELS];
} Scene;

/* The scene at a frame, 0 .. SCENE_FRAMES-1. */
Scene scene_at (int frame);

/* What is seen at a position, and its colour. */
SceneLabel scene_label (const Scene *self, ScenePoint at);
SceneColour scene_colour (const Scene *self, ScenePoint at);

/* A point that stays on its object. */
typedef struct
{
  SceneLabel label;
  const char *name;
  ScenePoint rest; /* on the object at rest, its centre (0, 0) */
} SceneMark;

const SceneMark *scene_marks (int *n);

/* Where it is in this frame; perhaps outside the picture, or below another object. */
ScenePoint scene_mark_position (const Scene *self, const SceneMark *mark);

const char *scene_label_name (SceneLabel label);

G_END_DECLS
