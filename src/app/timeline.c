/* SPDX-License-Identifier: MIT */
#include "app/timeline.h"

struct _FerryTimeline
{
  GtkWidget parent_instance;

  FerryDocument *document;
  FerryToolbox *toolbox;
};

G_DEFINE_FINAL_TYPE (FerryTimeline, ferry_timeline, GTK_TYPE_WIDGET)

void
ferry_timeline_set_document (FerryTimeline *self, FerryDocument *document, FerryToolbox *toolbox)
{
  g_set_object (&self->document, document);
  g_set_object (&self->toolbox, toolbox);
}

static void
ferry_timeline_dispose (GObject *object)
{
  FerryTimeline *self = FERRY_TIMELINE (object);

  g_clear_object (&self->document);
  g_clear_object (&self->toolbox);
  G_OBJECT_CLASS (ferry_timeline_parent_class)->dispose (object);
}

static void
ferry_timeline_class_init (FerryTimelineClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ferry_timeline_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
}

static void
ferry_timeline_init (FerryTimeline *self)
{
}
