/* SPDX-License-Identifier: MIT */
#include "app/toast.h"

#include <glib/gi18n.h>

#define SHOWN_SECONDS 6

struct _FerryToast
{
  GtkWidget parent_instance;

  GtkRevealer *revealer;
  GtkLabel *text;
  GtkButton *button;
  guint timeout;
};

G_DEFINE_FINAL_TYPE (FerryToast, ferry_toast, GTK_TYPE_WIDGET)

static void
hide (FerryToast *self)
{
  g_clear_handle_id (&self->timeout, g_source_remove);
  gtk_revealer_set_reveal_child (self->revealer, FALSE);
  gtk_widget_set_can_target (GTK_WIDGET (self), FALSE);
}

static gboolean
time_is_up (gpointer data)
{
  FerryToast *self = data;

  self->timeout = 0;
  hide (self);
  return G_SOURCE_REMOVE;
}

void
ferry_toast_show (FerryToast *self, const char *text, const char *button, const char *action)
{
  gtk_label_set_text (self->text, text);
  gtk_widget_set_visible (GTK_WIDGET (self->button), button != NULL);
  if (button != NULL)
    {
      gtk_button_set_label (self->button, button);
      gtk_actionable_set_detailed_action_name (GTK_ACTIONABLE (self->button), action);
    }
  g_clear_handle_id (&self->timeout, g_source_remove);
  self->timeout = g_timeout_add_seconds (SHOWN_SECONDS, time_is_up, self);
  gtk_revealer_set_reveal_child (self->revealer, TRUE);
  gtk_widget_set_can_target (GTK_WIDGET (self), TRUE);
}

static void
ferry_toast_dispose (GObject *object)
{
  FerryToast *self = FERRY_TOAST (object);

  g_clear_handle_id (&self->timeout, g_source_remove);
  if (self->revealer != NULL)
    gtk_widget_unparent (GTK_WIDGET (self->revealer));
  self->revealer = NULL;
  G_OBJECT_CLASS (ferry_toast_parent_class)->dispose (object);
}

static void
ferry_toast_class_init (FerryToastClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ferry_toast_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (klass), GTK_ACCESSIBLE_ROLE_STATUS);
}

static void
ferry_toast_init (FerryToast *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *buttons[2]; /* each in a box: without a baseline, as in the window's banners */
  GtkWidget *close = gtk_button_new_from_icon_name ("window-close-symbolic");

  self->revealer = GTK_REVEALER (gtk_revealer_new ());
  self->text = GTK_LABEL (gtk_label_new (""));
  self->button = GTK_BUTTON (gtk_button_new_with_label (""));
  gtk_label_set_wrap (self->text, TRUE);
  gtk_label_set_max_width_chars (self->text, 80);
  gtk_label_set_natural_wrap_mode (self->text, GTK_NATURAL_WRAP_NONE);
  gtk_widget_add_css_class (box, "ferry-toast");
  gtk_widget_add_css_class (close, "flat");
  gtk_widget_add_css_class (close, "circular");
  gtk_accessible_update_property (GTK_ACCESSIBLE (close), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Dismiss"), -1);
  g_signal_connect_swapped (close, "clicked", G_CALLBACK (hide), self);
  g_signal_connect_swapped (self->button, "clicked", G_CALLBACK (hide), self);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->text));
  for (int i = 0; i < 2; i++)
    {
      buttons[i] = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
      gtk_widget_set_valign (buttons[i], GTK_ALIGN_CENTER);
      gtk_box_append (GTK_BOX (buttons[i]), i == 0 ? GTK_WIDGET (self->button) : close);
      gtk_box_append (GTK_BOX (box), buttons[i]);
    }
  gtk_revealer_set_transition_type (self->revealer, GTK_REVEALER_TRANSITION_TYPE_CROSSFADE);
  gtk_revealer_set_child (self->revealer, box);
  gtk_widget_set_parent (GTK_WIDGET (self->revealer), GTK_WIDGET (self));
  /* It keeps its place while it is not seen: what lies below must be reached. */
  gtk_widget_set_can_target (GTK_WIDGET (self), FALSE);
}
