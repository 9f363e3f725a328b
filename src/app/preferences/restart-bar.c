/* SPDX-License-Identifier: MIT */
#include "app/preferences/restart-bar.h"

#include <glib/gi18n.h>

/* The window at the end of the chain of dialogs; NULL where a dialog stands alone. */
static GtkWindow *
find_window (GtkWidget *bar)
{
  GtkRoot *root = gtk_widget_get_root (bar);
  GtkWindow *window =
      GTK_IS_WINDOW (root) ? gtk_window_get_transient_for (GTK_WINDOW (root)) : NULL;

  while (window != NULL && gtk_window_get_transient_for (window) != NULL)
    window = gtk_window_get_transient_for (window);
  return window;
}

static void
on_changed (GSettings *settings, const char *key, GtkWidget *bar)
{
  const char *const *keys = g_object_get_data (G_OBJECT (bar), "keys");

  if (g_strv_contains (keys, key) && find_window (bar) != NULL)
    gtk_widget_set_visible (bar, TRUE);
}

static void
on_restart (GtkButton *button, GtkWidget *bar)
{
  GtkWindow *window = find_window (bar);

  if (window != NULL)
    gtk_widget_activate_action (GTK_WIDGET (window), "win.restart-flow", NULL);
  gtk_widget_set_visible (bar, FALSE);
}

GtkWidget *
ferry_restart_bar_new (GSettings *settings, const char *const *keys)
{
  GtkWidget *bar = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *label =
      gtk_label_new (_ ("Some of this takes effect when features are computed again."));
  GtkWidget *button = gtk_button_new_with_label (_ ("Start Again"));

  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_set_hexpand (label, TRUE);
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_set_tooltip_text (
      button, _ ("Opens the device and the networks anew; labels made by hand stay"));
  gtk_widget_add_css_class (bar, "ferry-banner");
  gtk_widget_set_visible (bar, FALSE);
  g_object_set_data (G_OBJECT (bar), "keys", (gpointer) keys);
  g_signal_connect (button, "clicked", G_CALLBACK (on_restart), bar);
  g_signal_connect_object (settings, "changed", G_CALLBACK (on_changed), bar, 0);
  gtk_box_append (GTK_BOX (bar), label);
  gtk_box_append (GTK_BOX (bar), button);
  return bar;
}
