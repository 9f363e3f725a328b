/* SPDX-License-Identifier: MIT */
/* Tools that act where they are clicked: fill, pick, correspondence. */
#include "app/canvas/canvas-internal.h"
#include "label/fill.h"

#include <glib/gi18n.h>
#include <math.h>

static gboolean
is_inside (FerryCanvas *canvas, const FerryPointer *pointer)
{
  return pointer->x >= 0 && pointer->y >= 0 && pointer->x < canvas->geometry.width &&
         pointer->y < canvas->geometry.height;
}

/* With Shift: the holes of the object in hand; with the right button: to background. */
static gboolean
fill_press (FerryHand *hand, const FerryPointer *pointer)
{
  FerryCanvas *canvas = hand->canvas;
  gboolean holes = (pointer->state & GDK_SHIFT_MASK) != 0;
  gboolean erase = !holes && (pointer->eraser || pointer->button == GDK_BUTTON_SECONDARY);
  FyRect dirty = { 0 };
  FyPaint paint;

  if (!is_inside (canvas, pointer) ||
      ferry_canvas_edit_begin (canvas, holes ? _ ("Fill holes") : _ ("Fill"), erase, &paint) ==
          NULL)
    return FALSE;
  if (holes)
    fy_fill_holes (&paint, canvas->edit.map, paint.id, &dirty);
  else
    fy_fill_region (&paint, canvas->edit.map, (int) pointer->x, (int) pointer->y, &dirty);
  ferry_canvas_edit_touch (canvas, &dirty);
  ferry_canvas_edit_end (canvas);
  return TRUE;
}

static guint16
joint_near (FyFrameLabels *labels, const FerryPointer *pointer, double within)
{
  guint16 id = 0;

  for (int i = 0; labels != NULL && i < labels->n_points; i++)
    {
      const FyPoint *point = &labels->point[i];
      double distance = hypot ((double) point->x - pointer->x, (double) point->y - pointer->y);

      if (point->state == FY_JOINT_ABSENT || distance > within)
        continue;
      within = distance;
      id = point->object;
    }
  return id;
}

static gboolean
pick_press (FerryHand *hand, const FerryPointer *pointer)
{
  FerryCanvas *canvas = hand->canvas;
  FyFrameLabels *labels = ferry_canvas_peek_labels (canvas);
  guint16 id;

  if (!is_inside (canvas, pointer) || !ferry_canvas_is_exact (canvas))
    return FALSE;
  id = joint_near (labels, pointer, 6.0 / ferry_canvas_scale (canvas));
  if (id == 0 && labels != NULL && labels->map != NULL)
    id = fy_run_map_at (labels->map, (int) pointer->x, (int) pointer->y);
  if (fy_label_set_find (ferry_document_labels (canvas->document), id) != NULL)
    ferry_document_set_object (canvas->document, id);
  return TRUE;
}

static void
match_move (FerryHand *hand, const FerryPointer *pointer)
{
  FerryCanvas *canvas = hand->canvas;

  if (is_inside (canvas, pointer) && ferry_canvas_is_exact (canvas))
    g_signal_emit_by_name (canvas, "match-point", ferry_document_frame (canvas->document),
                           pointer->x, pointer->y);
}

static gboolean
match_press (FerryHand *hand, const FerryPointer *pointer)
{
  match_move (hand, pointer);
  return TRUE;
}

static void
point_free (FerryHand *hand)
{
  g_free (hand);
}

static FerryHand *
new_hand (FerryCanvas *canvas, gboolean (*press) (FerryHand *self, const FerryPointer *pointer))
{
  FerryHand *self = g_new0 (FerryHand, 1);

  *self = (FerryHand){ .canvas = canvas, .press = press, .free = point_free };
  return self;
}

FerryHand *
ferry_hand_new_fill (FerryCanvas *canvas)
{
  return new_hand (canvas, fill_press);
}

FerryHand *
ferry_hand_new_pick (FerryCanvas *canvas)
{
  return new_hand (canvas, pick_press);
}

FerryHand *
ferry_hand_new_match (FerryCanvas *canvas)
{
  FerryHand *self = new_hand (canvas, match_press);

  self->move = match_move;
  return self;
}
