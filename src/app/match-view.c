/* SPDX-License-Identifier: MIT */
#include "app/match-view.h"

struct _FerryMatchView
{
  GtkWidget parent_instance;

  FerryDocument *document;
  FerryToolbox *toolbox;
};

G_DEFINE_FINAL_TYPE (FerryMatchView, ferry_match_view, GTK_TYPE_WIDGET)

void
ferry_match_view_set_document (FerryMatchView *self, FerryDocument *document, FerryToolbox *toolbox)
{
  g_set_object (&self->document, document);
  g_set_object (&self->toolbox, toolbox);
}

static void
ferry_match_view_dispose (GObject *object)
{
  FerryMatchView *self = FERRY_MATCH_VIEW (object);

  g_clear_object (&self->document);
  g_clear_object (&self->toolbox);
  G_OBJECT_CLASS (ferry_match_view_parent_class)->dispose (object);
}

static void
ferry_match_view_class_init (FerryMatchViewClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ferry_match_view_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
}

static void
ferry_match_view_init (FerryMatchView *self)
{
}
