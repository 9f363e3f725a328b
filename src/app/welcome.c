/* SPDX-License-Identifier: MIT */
#include "app/welcome.h"

#include <glib/gi18n.h>

struct _FerryWelcome
{
  GtkWidget parent_instance;
};

G_DEFINE_FINAL_TYPE (FerryWelcome, ferry_welcome, GTK_TYPE_WIDGET)

static void
ferry_welcome_dispose (GObject *object)
{
  GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (object));

  g_clear_pointer (&child, gtk_widget_unparent);
  G_OBJECT_CLASS (ferry_welcome_parent_class)->dispose (object);
}

static void
ferry_welcome_class_init (FerryWelcomeClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ferry_welcome_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
}

static void
ferry_welcome_init (FerryWelcome *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12);
  GtkWidget *title = gtk_label_new (_ ("Drop a video, a folder of images or a project here"));
  GtkWidget *open = gtk_button_new_with_label (_ ("Open…"));
  GtkWidget *sample = gtk_button_new_with_label (_ ("Try the sample clip"));

  gtk_widget_set_halign (box, GTK_ALIGN_CENTER);
  gtk_widget_set_valign (box, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (title, "title-2");
  gtk_actionable_set_action_name (GTK_ACTIONABLE (open), "win.open");
  gtk_actionable_set_action_name (GTK_ACTIONABLE (sample), "win.open-sample");
  gtk_box_append (GTK_BOX (box), title);
  gtk_box_append (GTK_BOX (box), open);
  gtk_box_append (GTK_BOX (box), sample);
  gtk_widget_set_parent (box, GTK_WIDGET (self));
}
