/* SPDX-License-Identifier: MIT */
#include "app/popover.h"

#define MOST_KEPT 4 /* popovers that have closed */

static void
unparent (GtkWidget *popover)
{
  if (gtk_widget_get_parent (popover) != NULL)
    gtk_widget_unparent (popover);
}

/* GTK leaves the focus in a submenu that has closed. */
static gboolean
leave (gpointer popover)
{
  GtkRoot *root = gtk_widget_get_root (popover);
  GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;

  if (focus != NULL && gtk_widget_is_ancestor (focus, popover))
    gtk_root_set_focus (root, NULL);
  return G_SOURCE_REMOVE;
}

/* It is let go when some more have closed: a menu's item acts after its menu has closed, and GTK 4.8 takes the
 * pointer to be in a closed popover until it moves, and crashes where that is gone. */
static void
on_closed (GtkWidget *popover)
{
  static GQueue kept = G_QUEUE_INIT;

  g_idle_add_full (G_PRIORITY_DEFAULT_IDLE, leave, g_object_ref (popover), g_object_unref);
  if (g_queue_find (&kept, popover) == NULL)
    g_queue_push_tail (&kept, g_object_ref (popover));
  while (g_queue_get_length (&kept) > MOST_KEPT)
    {
      g_autoptr (GtkWidget) oldest = g_queue_pop_head (&kept);

      unparent (oldest);
    }
}

static void
on_parent_gone (GtkWidget *popover, GtkWidget *parent)
{
  unparent (popover);
}

/* What holds the list that a row is in: rows go, and with them what is open at them.  Others: themselves. */
static GtkWidget *
host_of (GtkWidget *widget)
{
  GtkWidget *list = gtk_widget_get_ancestor (widget, GTK_TYPE_LIST_VIEW);
  GtkWidget *scrolled =
      list != NULL ? gtk_widget_get_ancestor (list, GTK_TYPE_SCROLLED_WINDOW) : NULL;

  return scrolled != NULL ? gtk_widget_get_parent (scrolled) : widget;
}

void
ferry_popover_open (GtkWidget *popover, GtkWidget *parent, const GdkRectangle *at)
{
  GtkWidget *host = host_of (parent);
  GdkRectangle place = { 0, 0, gtk_widget_get_width (parent), gtk_widget_get_height (parent) };
  double x, y;

  if (at != NULL)
    place = *at;
  gtk_widget_set_parent (popover, host);
  if (gtk_widget_translate_coordinates (parent, host, place.x, place.y, &x, &y))
    {
      place.x = (int) x;
      place.y = (int) y;
    }
  if (at != NULL || host != parent)
    gtk_popover_set_pointing_to (GTK_POPOVER (popover), &place);
  g_signal_connect (popover, "closed", G_CALLBACK (on_closed), NULL);
  g_signal_connect_object (host, "destroy", G_CALLBACK (on_parent_gone), popover,
                           G_CONNECT_SWAPPED);
  gtk_popover_popup (GTK_POPOVER (popover));
}
