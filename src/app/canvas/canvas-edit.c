/* SPDX-License-Identifier: MIT */
#include "app/canvas/canvas-internal.h"
#include "app/preferences/shortcuts-window.h"
#include "app/probe.h"

#include <glib/gi18n.h>

/* A skeleton has no pixels, and nothing is painted where nothing can be seen of it. */
static guint16
object_to_paint (FerryCanvas *self)
{
  guint16 id = ferry_document_ensure_object (self->document);
  FyObject *object = fy_label_set_find (ferry_document_labels (self->document), id);

  if (object != NULL && object->kind == FY_OBJECT_SKELETON)
    {
      g_autofree char *why = g_strdup_printf (
          _ ("%s is a skeleton: place its joints with the Keypoint tool"), object->name);
      g_autofree char *text = ferry_shortcut_tip (why, "win.tool::keypoint");

      ferry_document_toast (self->document, "%s", text);
      return 0;
    }
  return id;
}

static gboolean
init_paint (FerryCanvas *self, FyLabelSet *labels, gboolean erase, FyPaint *paint)
{
  guint16 id = erase ? ferry_document_object (self->document) : object_to_paint (self);
  int n = fy_label_set_n_objects (labels);

  if (!erase && id == 0)
    return FALSE;
  fy_paint_init (paint, erase ? FY_ID_BACKGROUND : id);
  for (int i = 0; i < n; i++)
    {
      FyObject *object = fy_label_set_object (labels, i);

      if (object->locked || object->hidden)
        fy_paint_keep (paint, object->id);
    }
  if (ferry_toolbox_keeps_others (self->toolbox))
    fy_paint_keep_others (paint, erase ? id : FY_ID_BACKGROUND);
  return TRUE;
}

static FyRunMap *
dup_map (FerryCanvas *self, FyLabelSet *labels, int frame)
{
  FyFrameLabels *peeked = fy_label_set_peek (labels, frame);

  if (peeked != NULL && peeked->map != NULL)
    return fy_run_map_ref (peeked->map);
  return fy_run_map_new_empty (self->geometry.width, self->geometry.height);
}

FyIdMap *
ferry_canvas_edit_begin (FerryCanvas *self, const char *name, gboolean erase, FyPaint *paint)
{
  FerryEdit *edit = &self->edit;

  if (edit->map != NULL || !ferry_canvas_is_exact (self))
    return NULL;
  *edit = (FerryEdit){ .frame = ferry_document_frame (self->document) };
  edit->labels = g_object_ref (ferry_document_labels (self->document));
  fy_label_set_begin (edit->labels, name, edit->frame);
  if (init_paint (self, edit->labels, erase, paint))
    {
      edit->start = dup_map (self, edit->labels, edit->frame);
      edit->map = ferry_picture_begin (self->picture, edit->start);
    }
  if (edit->map == NULL)
    {
      fy_history_abandon (fy_label_set_history (edit->labels));
      fy_label_set_end (edit->labels);
      ferry_canvas_edit_drop (self);
    }
  return edit->map;
}

void
ferry_canvas_edit_touch (FerryCanvas *self, const FyRect *dirty)
{
  if (self->edit.map == NULL || dirty->width <= 0)
    return;
  fy_rect_add (&self->edit.dirty, dirty);
  self->edit.preview_due = TRUE;
  ferry_picture_touch (self->picture, dirty);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static FyRunMap *
changed_map (FerryEdit *edit)
{
  return fy_run_map_update (edit->start, edit->map, edit->dirty.y, edit->dirty.height);
}

void
ferry_canvas_edit_preview (FerryCanvas *self)
{
  g_autoptr (FyRunMap) map = NULL;

  if (self->edit.map == NULL || !self->edit.preview_due)
    return;
  self->edit.preview_due = FALSE;
  self->edit.previewed = TRUE;
  map = changed_map (&self->edit);
  ferry_document_preview (self->document, self->edit.frame, map);
}

void
ferry_canvas_edit_restart (FerryCanvas *self)
{
  FerryEdit *edit = &self->edit;
  g_autoptr (FyRunMap) map = NULL;

  if (edit->map == NULL)
    return;
  map = dup_map (self, edit->labels, edit->frame);
  if (map == edit->start)
    return;
  fy_run_map_expand (map, edit->map);
  fy_run_map_unref (edit->start);
  edit->start = g_steal_pointer (&map);
  edit->dirty = (FyRect){ 0 };
  ferry_canvas_invalidate (self);
}

void
ferry_canvas_edit_drop (FerryCanvas *self)
{
  g_clear_pointer (&self->edit.start, fy_run_map_unref);
  g_clear_object (&self->edit.labels);
  self->edit = (FerryEdit){ 0 };
}

/* The edit is closed before others hear of it, for they may ask for another. */
static void
finish (FerryCanvas *self, FyRunMap *drawn)
{
  g_autoptr (FyLabelSet) labels = g_object_ref (self->edit.labels);
  int frame = self->edit.frame;
  gboolean previewed = self->edit.previewed;

  ferry_picture_end (self->picture, drawn);
  ferry_canvas_edit_drop (self);
  if (drawn != NULL)
    fy_label_set_paint (labels, frame, drawn);
  else
    fy_history_abandon (fy_label_set_history (labels));
  fy_label_set_end (labels);
  if (drawn != NULL)
    ferry_probe_stroke ();
  if (previewed)
    ferry_document_preview (self->document, frame, NULL);
  ferry_canvas_invalidate (self);
}

void
ferry_canvas_edit_abandon (FerryCanvas *self)
{
  if (self->edit.map != NULL)
    finish (self, NULL);
}

void
ferry_canvas_edit_end (FerryCanvas *self)
{
  g_autoptr (FyRunMap) map = NULL;

  if (self->edit.map == NULL)
    return;
  map = self->edit.dirty.width > 0 ? changed_map (&self->edit) : NULL;
  finish (self, map);
}
