/* SPDX-License-Identifier: MIT */
/* Brush and eraser: strokes. */
#include "app/canvas/canvas-internal.h"

#include <glib/gi18n.h>

typedef struct
{
  FerryHand parent;
  gboolean eraser;
  FyBrush *brush; /* the stroke in progress */
} BrushHand;

static gboolean
brush_press (FerryHand *hand, const FerryPointer *pointer)
{
  BrushHand *self = (BrushHand *) hand;
  FerryCanvas *canvas = hand->canvas;
  gboolean erase = self->eraser || pointer->eraser || pointer->button == GDK_BUTTON_SECONDARY;
  double radius, hardness;
  gboolean pressure;
  FyRect dirty = { 0 };
  FyPaint paint;

  if (self->brush != NULL ||
      ferry_canvas_edit_begin (canvas, erase ? _ ("Erase") : _ ("Brush stroke"), erase, &paint) ==
          NULL)
    return FALSE;
  g_object_get (canvas->toolbox, "radius", &radius, "hardness", &hardness, "pressure", &pressure,
                NULL);
  self->brush = fy_brush_new (&paint, canvas->geometry.width, canvas->geometry.height, radius,
                              pressure ? hardness : 1.0);
  if (self->brush == NULL)
    {
      ferry_canvas_edit_abandon (canvas);
      return FALSE;
    }
  fy_brush_append (self->brush, canvas->edit.map, pointer->x, pointer->y, pointer->pressure,
                   &dirty);
  ferry_canvas_edit_touch (canvas, &dirty);
  return TRUE;
}

static void
brush_move (FerryHand *hand, const FerryPointer *pointer)
{
  BrushHand *self = (BrushHand *) hand;
  FyRect dirty = { 0 };

  if (self->brush == NULL || hand->canvas->edit.map == NULL)
    return;
  fy_brush_append (self->brush, hand->canvas->edit.map, pointer->x, pointer->y, pointer->pressure,
                   &dirty);
  ferry_canvas_edit_touch (hand->canvas, &dirty);
}

static void
brush_release (FerryHand *hand)
{
  BrushHand *self = (BrushHand *) hand;

  if (self->brush == NULL)
    return;
  g_clear_pointer (&self->brush, fy_brush_free);
  ferry_canvas_edit_end (hand->canvas);
}

static gboolean
brush_cancel (FerryHand *hand)
{
  BrushHand *self = (BrushHand *) hand;

  if (self->brush == NULL)
    return FALSE;
  g_clear_pointer (&self->brush, fy_brush_free);
  hand->down = FALSE;
  ferry_canvas_edit_abandon (hand->canvas);
  return TRUE;
}

/* Labels were carried here while the hand draws: the stroke goes over them too. */
static void
brush_labels_changed (FerryHand *hand)
{
  BrushHand *self = (BrushHand *) hand;
  FyRect dirty = { 0 };

  if (self->brush == NULL || hand->canvas->edit.map == NULL)
    return;
  ferry_canvas_edit_restart (hand->canvas);
  fy_brush_redraw (self->brush, hand->canvas->edit.map, &dirty);
  ferry_canvas_edit_touch (hand->canvas, &dirty);
}

static void
brush_free (FerryHand *hand)
{
  fy_brush_free (((BrushHand *) hand)->brush);
  g_free (hand);
}

FerryHand *
ferry_hand_new_brush (FerryCanvas *canvas, gboolean eraser)
{
  BrushHand *self = g_new0 (BrushHand, 1);

  self->parent = (FerryHand){
    .canvas = canvas,
    .press = brush_press,
    .move = brush_move,
    .release = brush_release,
    .cancel = brush_cancel,
    .labels_changed = brush_labels_changed,
    .free = brush_free,
  };
  self->eraser = eraser;
  return &self->parent;
}
