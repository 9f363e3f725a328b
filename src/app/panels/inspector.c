/* SPDX-License-Identifier: MIT */
#include "app/panels/inspector.h"

#include "app/panels/inspector-pages.h"

#include <glib/gi18n.h>

#define PAGE_HEIGHT 254 /* of the page that is shown, at most */
#define PAGE_LEAST  205 /* a window of 720 lines shows the first page as a whole */

struct _FerryInspector
{
  GtkWidget parent_instance;

  FerryDocument *document;
  FerryToolbox *toolbox;
  GtkWidget *switcher;
  GtkWidget *stack;
};

G_DEFINE_FINAL_TYPE (FerryInspector, ferry_inspector, GTK_TYPE_WIDGET)

static void
add_page (FerryInspector *self, GtkWidget *page, const char *name, const char *title)
{
  GtkWidget *scrolled = gtk_scrolled_window_new ();

  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scrolled), GTK_POLICY_NEVER,
                                  GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), page);
  gtk_scrolled_window_set_min_content_height (GTK_SCROLLED_WINDOW (scrolled), PAGE_LEAST);
  gtk_scrolled_window_set_max_content_height (GTK_SCROLLED_WINDOW (scrolled), PAGE_HEIGHT);
  gtk_scrolled_window_set_propagate_natural_height (GTK_SCROLLED_WINDOW (scrolled), TRUE);
  gtk_stack_add_titled (GTK_STACK (self->stack), scrolled, name, title);
}

void
ferry_inspector_set_document (FerryInspector *self, FerryDocument *document, FerryToolbox *toolbox)
{
  g_set_object (&self->document, document);
  g_set_object (&self->toolbox, toolbox);
  add_page (self, ferry_brush_page_new (toolbox), "brush", _ ("Brush"));
  add_page (self, ferry_model_page_new (document), "model", _ ("Model"));
  add_page (self, ferry_match_page_new (document), "match", _ ("Match"));
}

static void
ferry_inspector_dispose (GObject *object)
{
  FerryInspector *self = FERRY_INSPECTOR (object);

  g_clear_pointer (&self->switcher, gtk_widget_unparent);
  g_clear_pointer (&self->stack, gtk_widget_unparent);
  g_clear_object (&self->document);
  g_clear_object (&self->toolbox);
  G_OBJECT_CLASS (ferry_inspector_parent_class)->dispose (object);
}

static void
ferry_inspector_class_init (FerryInspectorClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ferry_inspector_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (klass), GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
ferry_inspector_init (FerryInspector *self)
{
  GtkLayoutManager *layout = gtk_widget_get_layout_manager (GTK_WIDGET (self));

  gtk_orientable_set_orientation (GTK_ORIENTABLE (layout), GTK_ORIENTATION_VERTICAL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Inspector"), -1);
  gtk_widget_add_css_class (GTK_WIDGET (self), "ferry-inspector");
  self->stack = gtk_stack_new ();
  self->switcher = gtk_stack_switcher_new ();
  gtk_stack_switcher_set_stack (GTK_STACK_SWITCHER (self->switcher), GTK_STACK (self->stack));
  gtk_widget_set_margin_top (self->switcher, 6);
  gtk_widget_set_margin_start (self->switcher, 12);
  gtk_widget_set_margin_end (self->switcher, 12);
  gtk_widget_set_vexpand (self->stack, TRUE);
  gtk_widget_set_parent (self->switcher, GTK_WIDGET (self));
  gtk_widget_set_parent (self->stack, GTK_WIDGET (self));
}
