/* SPDX-License-Identifier: MIT */
/* What the canvas shows, as pixels of the screen: the part of a picture that is in view with its labels
 * drawn over it, in one layer.  Without GTK.
 *
 * A scene is made on any thread; from then on it belongs to one. */
#pragma once

#include "app/canvas/canvas-geometry.h"
#include "app/toolbox.h"
#include "label/label-set.h"
#include "media/frame.h"

G_BEGIN_DECLS

/* How labels look.  Immutable once made; reference-counted; any thread. */
typedef struct
{
  FyRgb colour;
  guint8 shown;
} FerryLookObject;

typedef struct
{
  gatomicrefcount refs;
  FerryOverlay overlay;
  double opacity; /* of the fill, 0 .. 1 */
  gboolean hatching;
  gboolean pixel_grid;     /* where the picture is larger than FERRY_GRID_SCALE  */
  int line;                /* width of outlines, device pixels                   */
  int n;                   /* ids                                                */
  FerryLookObject *object; /* [n] by id; ids beyond have their display colour    */
} FerryLook;

#define FERRY_GRID_SCALE 8.0

/* Filled but for the objects. */
FerryLook *ferry_look_new (FyLabelSet *labels);
FerryLook *ferry_look_ref (FerryLook *self);
void ferry_look_unref (FerryLook *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FerryLook, ferry_look_unref)

/* Where an object's number stands. */
typedef struct
{
  guint16 id;
  double x; /* of the picture, on a pixel of the object */
  double y;
} FerryMark;

typedef struct
{
  FerryGeometry geometry;
  FyRect area;     /* device pixels of the canvas that show the picture */
  FerryLook *look; /* owned                                             */
  FyIdMap *map;    /* owned; NULL = no labels                           */
  FyIdMap *before; /* owned; of the frame before; NULL = not shown      */
  FyIdMap *behind;
  GBytes *picture; /* [area.height, area.width, 4] u8 B G R 255; owned  */
  int *column;     /* [area.width] of the picture; owned                */
  int *row;        /* [area.height]                                     */
} FerryScene;

/* frame     has the geometry's size, or another one when it is only something like the picture
 * before, map, behind   nullable
 * picture   of a scene of the same frame and geometry; nullable
 * Returns:  (transfer full), NULL when nothing of it is in view or it does not fit memory. */
FerryScene *ferry_scene_new (const FerryGeometry *geometry,
                             FerryLook *look,
                             FyFrame *frame,
                             FyRunMap *before,
                             FyRunMap *map,
                             FyRunMap *behind,
                             GBytes *picture);
void ferry_scene_free (FerryScene *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FerryScene, ferry_scene_free)

/* Draws a part.
 *
 * part      within 0 .. area.width, 0 .. area.height
 * bgra      [part.height, stride] u8 B G R 255, out
 * stride    bytes from row to row */
void ferry_scene_compose (const FerryScene *self, const FyRect *part, guint8 *bgra, gsize stride);

/* The part to be drawn again when pixels of the map have changed. */
FyRect ferry_scene_part_of (const FerryScene *self, const FyRect *pixels);

/* The numbers of what the map holds.  Returns: (transfer full) of FerryMark. */
GArray *ferry_scene_marks (const FerryScene *self);

G_END_DECLS
