/* SPDX-License-Identifier: MIT */
#include "app/inspector.h"

struct _FerryInspector
{
  GtkWidget parent_instance;

  FerryDocument *document;
  FerryToolbox *toolbox;
};

G_DEFINE_FINAL_TYPE (FerryInspector, ferry_inspector, GTK_TYPE_WIDGET)

void
ferry_inspector_set_document (FerryInspector *self, FerryDocument *document, FerryToolbox *toolbox)
{
  g_set_object (&self->document, document);
  g_set_object (&self->toolbox, toolbox);
}

static void
ferry_inspector_dispose (GObject *object)
{
  FerryInspector *self = FERRY_INSPECTOR (object);

  g_clear_object (&self->document);
  g_clear_object (&self->toolbox);
  G_OBJECT_CLASS (ferry_inspector_parent_class)->dispose (object);
}

static void
ferry_inspector_class_init (FerryInspectorClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ferry_inspector_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
}

static void
ferry_inspector_init (FerryInspector *self)
{
}
