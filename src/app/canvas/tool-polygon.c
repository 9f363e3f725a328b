/* SPDX-License-Identifier: MIT */
/* Polygon and lasso: what a line encloses. */
#include "app/canvas/canvas-internal.h"
#include "label/polygon.h"

#include <glib/gi18n.h>
#include <math.h>

#define CLOSE_WITHIN 8.0 /* widget units from the first point, in which a click closes */
#define HANDLE       3.0

typedef struct
{
  FerryHand parent;
  gboolean lasso;
  GArray *vertices; /* of FyVertex */
  int frame;        /* that they are of */
  gboolean erase;
} PolygonHand;

static FyVertex *
vertex_at (PolygonHand *self, guint i)
{
  return &g_array_index (self->vertices, FyVertex, i);
}

static gboolean
is_begun (PolygonHand *self)
{
  return self->vertices->len > 0 &&
         self->frame == ferry_document_frame (self->parent.canvas->document);
}

static void
add (PolygonHand *self, const FerryPointer *pointer)
{
  FyVertex vertex = { pointer->x, pointer->y };

  g_array_append_val (self->vertices, vertex);
  gtk_widget_queue_draw (GTK_WIDGET (self->parent.canvas));
}

static void
begin (PolygonHand *self, const FerryPointer *pointer)
{
  g_array_set_size (self->vertices, 0);
  self->frame = ferry_document_frame (self->parent.canvas->document);
  self->erase = pointer->eraser || pointer->button == GDK_BUTTON_SECONDARY;
  add (self, pointer);
}

static void
close_line (PolygonHand *self)
{
  FerryCanvas *canvas = self->parent.canvas;
  const char *name = self->lasso ? _ ("Lasso") : _ ("Polygon");
  FyRect dirty = { 0 };
  FyPaint paint;

  if (self->vertices->len >= 3 &&
      ferry_canvas_edit_begin (canvas, name, self->erase, &paint) != NULL)
    {
      fy_polygon_fill (&paint, canvas->edit.map, vertex_at (self, 0), (int) self->vertices->len,
                       &dirty);
      ferry_canvas_edit_touch (canvas, &dirty);
      ferry_canvas_edit_end (canvas);
    }
  g_array_set_size (self->vertices, 0);
  gtk_widget_queue_draw (GTK_WIDGET (canvas));
}

static gboolean
is_near_first (PolygonHand *self, const FerryPointer *pointer)
{
  const FyVertex *first = vertex_at (self, 0);

  return self->vertices->len >= 3 && hypot (pointer->x - first->x, pointer->y - first->y) *
                                             ferry_canvas_scale (self->parent.canvas) <=
                                         CLOSE_WITHIN;
}

static gboolean
polygon_press (FerryHand *hand, const FerryPointer *pointer)
{
  PolygonHand *self = (PolygonHand *) hand;

  if (!ferry_canvas_is_exact (hand->canvas))
    return FALSE;
  if (self->lasso || !is_begun (self))
    begin (self, pointer);
  else if (pointer->presses == 2 || is_near_first (self, pointer))
    close_line (self);
  else
    add (self, pointer);
  return TRUE;
}

static void
polygon_move (FerryHand *hand, const FerryPointer *pointer)
{
  PolygonHand *self = (PolygonHand *) hand;

  if (self->lasso && self->vertices->len > 0)
    add (self, pointer);
  else if (!self->lasso && is_begun (self)) /* the point just set follows until it is let go */
    {
      *vertex_at (self, self->vertices->len - 1) = (FyVertex){ pointer->x, pointer->y };
      gtk_widget_queue_draw (GTK_WIDGET (hand->canvas));
    }
}

static void
polygon_release (FerryHand *hand)
{
  PolygonHand *self = (PolygonHand *) hand;

  if (self->lasso && is_begun (self))
    close_line (self);
}

static gboolean
polygon_cancel (FerryHand *hand)
{
  PolygonHand *self = (PolygonHand *) hand;

  if (self->vertices->len == 0)
    return FALSE;
  hand->down = FALSE;
  g_array_set_size (self->vertices, 0);
  gtk_widget_queue_draw (GTK_WIDGET (hand->canvas));
  return TRUE;
}

static gboolean
polygon_key (FerryHand *hand, guint key)
{
  PolygonHand *self = (PolygonHand *) hand;

  if (self->lasso || !is_begun (self))
    return FALSE;
  if (key == GDK_KEY_Return || key == GDK_KEY_KP_Enter || key == GDK_KEY_ISO_Enter)
    close_line (self);
  else if (key == GDK_KEY_BackSpace)
    g_array_set_size (self->vertices, self->vertices->len - 1);
  else
    return FALSE;
  gtk_widget_queue_draw (GTK_WIDGET (hand->canvas));
  return TRUE;
}

static void
trace (PolygonHand *self, cairo_t *cr, double pointer_x, double pointer_y)
{
  for (guint i = 0; i < self->vertices->len; i++)
    {
      double x, y;

      ferry_canvas_to_widget (self->parent.canvas, vertex_at (self, i)->x, vertex_at (self, i)->y,
                              &x, &y);
      cairo_line_to (cr, x, y);
    }
  if (!self->lasso)
    cairo_line_to (cr, pointer_x, pointer_y);
  cairo_close_path (cr);
}

/* The points, the first one larger: it closes. */
static void
draw_handles (PolygonHand *self, cairo_t *cr)
{
  for (guint i = 0; !self->lasso && i < self->vertices->len; i++)
    {
      double x, y, half = i == 0 ? HANDLE + 1.5 : HANDLE;

      ferry_canvas_to_widget (self->parent.canvas, vertex_at (self, i)->x, vertex_at (self, i)->y,
                              &x, &y);
      cairo_rectangle (cr, x - half, y - half, 2 * half, 2 * half);
      cairo_set_source_rgb (cr, 1, 1, 1);
      cairo_fill_preserve (cr);
      cairo_set_source_rgb (cr, 0, 0, 0);
      cairo_set_line_width (cr, 1);
      cairo_stroke (cr);
    }
}

static void
polygon_draw (FerryHand *hand, GtkSnapshot *snapshot)
{
  static const double dash[] = { 5, 5 };
  PolygonHand *self = (PolygonHand *) hand;
  graphene_rect_t box = { 0 };
  double x = 0, y = 0, px, py;
  cairo_t *cr;

  if (!is_begun (self))
    return;
  ferry_canvas_to_widget (hand->canvas, vertex_at (self, self->vertices->len - 1)->x,
                          vertex_at (self, self->vertices->len - 1)->y, &x, &y);
  ferry_canvas_input_pointer (hand->canvas->input, &x, &y);
  ferry_canvas_to_picture (hand->canvas, x, y, &px, &py);
  ferry_canvas_box_add (hand->canvas, &box, px, py, 2 * HANDLE);
  for (guint i = 0; i < self->vertices->len; i++)
    ferry_canvas_box_add (hand->canvas, &box, vertex_at (self, i)->x, vertex_at (self, i)->y,
                          2 * HANDLE);
  cr = gtk_snapshot_append_cairo (snapshot, &box);
  trace (self, cr, x, y);
  cairo_set_line_width (cr, 1.5);
  cairo_set_source_rgba (cr, 0, 0, 0, 0.9);
  cairo_stroke_preserve (cr);
  cairo_set_dash (cr, dash, 2, 0);
  cairo_set_source_rgb (cr, 1, 1, 1);
  cairo_stroke (cr);
  cairo_set_dash (cr, NULL, 0, 0);
  draw_handles (self, cr);
  cairo_destroy (cr);
}

static void
polygon_free (FerryHand *hand)
{
  g_array_unref (((PolygonHand *) hand)->vertices);
  g_free (hand);
}

FerryHand *
ferry_hand_new_polygon (FerryCanvas *canvas, gboolean lasso)
{
  PolygonHand *self = g_new0 (PolygonHand, 1);

  self->parent = (FerryHand){
    .canvas = canvas,
    .press = polygon_press,
    .move = polygon_move,
    .release = polygon_release,
    .cancel = polygon_cancel,
    .key = polygon_key,
    .draw = polygon_draw,
    .free = polygon_free,
  };
  self->lasso = lasso;
  self->vertices = g_array_new (FALSE, FALSE, sizeof (FyVertex));
  return &self->parent;
}
