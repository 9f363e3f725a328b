/* SPDX-License-Identifier: MIT */
#include "app/objects-panel.h"

struct _FerryObjectsPanel
{
  GtkWidget parent_instance;

  FerryDocument *document;
  FerryToolbox *toolbox;
};

G_DEFINE_FINAL_TYPE (FerryObjectsPanel, ferry_objects_panel, GTK_TYPE_WIDGET)

void
ferry_objects_panel_set_document (FerryObjectsPanel *self,
                                  FerryDocument *document,
                                  FerryToolbox *toolbox)
{
  g_set_object (&self->document, document);
  g_set_object (&self->toolbox, toolbox);
}

static void
ferry_objects_panel_dispose (GObject *object)
{
  FerryObjectsPanel *self = FERRY_OBJECTS_PANEL (object);

  g_clear_object (&self->document);
  g_clear_object (&self->toolbox);
  G_OBJECT_CLASS (ferry_objects_panel_parent_class)->dispose (object);
}

static void
ferry_objects_panel_class_init (FerryObjectsPanelClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ferry_objects_panel_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
}

static void
ferry_objects_panel_init (FerryObjectsPanel *self)
{
}
