/* SPDX-License-Identifier: MIT */
#include "app/canvas.h"

struct _FerryCanvas
{
  GtkWidget parent_instance;

  FerryDocument *document;
  FerryToolbox *toolbox;
};

G_DEFINE_FINAL_TYPE (FerryCanvas, ferry_canvas, GTK_TYPE_WIDGET)

void
ferry_canvas_set_document (FerryCanvas *self, FerryDocument *document, FerryToolbox *toolbox)
{
  g_set_object (&self->document, document);
  g_set_object (&self->toolbox, toolbox);
}

static void
ferry_canvas_dispose (GObject *object)
{
  FerryCanvas *self = FERRY_CANVAS (object);

  g_clear_object (&self->document);
  g_clear_object (&self->toolbox);
  G_OBJECT_CLASS (ferry_canvas_parent_class)->dispose (object);
}

static void
ferry_canvas_class_init (FerryCanvasClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ferry_canvas_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
}

static void
ferry_canvas_init (FerryCanvas *self)
{
}
