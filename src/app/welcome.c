/* SPDX-License-Identifier: MIT */
#include "app/welcome.h"

#include "app/recent.h"

#include <glib/gi18n.h>

#define MOST_RECENT 6

struct _FerryWelcome
{
  GtkWidget parent_instance;

  GtkWidget *box;
  GtkWidget *recent; /* title and list */
  GtkListBox *list;
};

G_DEFINE_FINAL_TYPE (FerryWelcome, ferry_welcome, GTK_TYPE_WIDGET)

static void
open_row (GtkListBox *list, GtkListBoxRow *row, gpointer data)
{
  gtk_widget_activate_action (GTK_WIDGET (list), "win.open-path", "s",
                              (const char *) g_object_get_data (G_OBJECT (row), "path"));
}

static GtkWidget *
make_row (const FerryRecent *recent)
{
  GtkWidget *row = gtk_list_box_row_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);
  GtkWidget *name = gtk_label_new (recent->name);
  GtkWidget *folder = gtk_label_new (recent->folder);

  gtk_label_set_xalign (GTK_LABEL (name), 0);
  gtk_label_set_xalign (GTK_LABEL (folder), 0);
  gtk_label_set_ellipsize (GTK_LABEL (name), PANGO_ELLIPSIZE_MIDDLE);
  gtk_label_set_ellipsize (GTK_LABEL (folder), PANGO_ELLIPSIZE_MIDDLE);
  gtk_widget_add_css_class (folder, "dim-label");
  gtk_widget_add_css_class (folder, "caption");
  gtk_box_append (GTK_BOX (box), name);
  gtk_box_append (GTK_BOX (box), folder);
  gtk_widget_add_css_class (box, "ferry-recent-row");
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, recent->name,
                                  -1);
  g_object_set_data_full (G_OBJECT (row), "path", g_strdup (recent->path), g_free);
  return row;
}

/* What is recent may have changed while the window was full. */
static void
ferry_welcome_map (GtkWidget *widget)
{
  FerryWelcome *self = FERRY_WELCOME (widget);
  g_autoptr (GPtrArray) recent = ferry_recent_list (MOST_RECENT);
  GtkListBoxRow *row;

  while ((row = gtk_list_box_get_row_at_index (self->list, 0)) != NULL)
    gtk_list_box_remove (self->list, GTK_WIDGET (row));
  for (guint i = 0; i < recent->len; i++)
    gtk_list_box_append (self->list, make_row (g_ptr_array_index (recent, i)));
  gtk_widget_set_visible (self->recent, recent->len > 0);
  GTK_WIDGET_CLASS (ferry_welcome_parent_class)->map (widget);
}

static void
ferry_welcome_dispose (GObject *object)
{
  g_clear_pointer (&FERRY_WELCOME (object)->box, gtk_widget_unparent);
  G_OBJECT_CLASS (ferry_welcome_parent_class)->dispose (object);
}

static void
ferry_welcome_class_init (FerryWelcomeClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ferry_welcome_dispose;
  GTK_WIDGET_CLASS (klass)->map = ferry_welcome_map;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
}

static GtkWidget *
make_button (const char *label, const char *action)
{
  GtkWidget *button = gtk_button_new_with_label (label);

  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), action);
  gtk_widget_add_css_class (button, "pill");
  return button;
}

static GtkWidget *
make_buttons (void)
{
  GtkWidget *buttons = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *open = make_button (_ ("Open Video…"), "win.open");

  gtk_widget_add_css_class (open, "suggested-action");
  gtk_widget_set_halign (buttons, GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (buttons), open);
  gtk_box_append (GTK_BOX (buttons), make_button (_ ("Open Folder…"), "win.open-folder"));
  gtk_box_append (GTK_BOX (buttons), make_button (_ ("Try the Sample Clip"), "win.open-sample"));
  return buttons;
}

static GtkWidget *
make_recent (FerryWelcome *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  GtkWidget *title = gtk_label_new (_ ("Recent"));

  gtk_label_set_xalign (GTK_LABEL (title), 0);
  gtk_widget_add_css_class (title, "heading");
  self->list = GTK_LIST_BOX (gtk_list_box_new ());
  gtk_list_box_set_selection_mode (self->list, GTK_SELECTION_NONE);
  gtk_widget_add_css_class (GTK_WIDGET (self->list), "rich-list");
  gtk_widget_add_css_class (GTK_WIDGET (self->list), "frame");
  g_signal_connect (self->list, "row-activated", G_CALLBACK (open_row), NULL);
  gtk_box_append (GTK_BOX (box), title);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->list));
  gtk_widget_set_margin_top (box, 24);
  return box;
}

static void
ferry_welcome_init (FerryWelcome *self)
{
  GtkWidget *title = gtk_label_new (_ ("Carry labels across video"));
  GtkWidget *text =
      gtk_label_new (_ ("Drop a video, a folder of images, a DAVIS sequence or a project here.\n"
                        "Paint the first frame, and watch the masks follow."));

  self->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 18);
  gtk_widget_set_halign (self->box, GTK_ALIGN_CENTER);
  gtk_widget_set_valign (self->box, GTK_ALIGN_CENTER);
  gtk_widget_set_size_request (self->box, 480, -1);
  gtk_widget_add_css_class (title, "title-1");
  gtk_label_set_justify (GTK_LABEL (text), GTK_JUSTIFY_CENTER);
  self->recent = make_recent (self);
  gtk_box_append (GTK_BOX (self->box), title);
  gtk_box_append (GTK_BOX (self->box), text);
  gtk_box_append (GTK_BOX (self->box), make_buttons ());
  gtk_box_append (GTK_BOX (self->box), self->recent);
  gtk_widget_set_parent (self->box, GTK_WIDGET (self));
}
