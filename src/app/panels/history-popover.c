/* SPDX-License-Identifier: MIT */
#include "app/panels/history-popover.h"

#include <glib/gi18n.h>

#define WIDTH  280
#define HEIGHT 360

#define FERRY_TYPE_HISTORY_POPOVER (ferry_history_popover_get_type ())
G_DECLARE_FINAL_TYPE (FerryHistoryPopover,
                      ferry_history_popover,
                      FERRY,
                      HISTORY_POPOVER,
                      GtkPopover)

struct _FerryHistoryPopover
{
  GtkPopover parent_instance;

  FerryDocument *document;
  FyLabelSet *labels;  /* followed; nullable */
  GtkStringList *rows; /* a row a position, the newest on top; the text is the entry's number */
  GtkWidget *list;
  GtkWidget *scrolled;
};

G_DEFINE_FINAL_TYPE (FerryHistoryPopover, ferry_history_popover, GTK_TYPE_POPOVER)

static FyHistory *
history_of (FerryHistoryPopover *self)
{
  FyLabelSet *labels = ferry_document_labels (self->document);

  return labels != NULL ? fy_label_set_history (labels) : NULL;
}

/* A row for each entry and one for the beginning; made anew when it is looked at alone. */
static void
update (FerryHistoryPopover *self)
{
  FyHistory *history = history_of (self);
  int length = history != NULL ? fy_history_length (history) : 0;
  g_autoptr (GStrvBuilder) rows = g_strv_builder_new ();
  g_auto (GStrv) texts = NULL;

  if (!gtk_widget_get_mapped (GTK_WIDGET (self)))
    return;
  for (int position = length; position >= 0; position--)
    {
      g_autofree char *text = g_strdup_printf ("%d", position);

      g_strv_builder_add (rows, text);
    }
  texts = g_strv_builder_end (rows);
  gtk_string_list_splice (self->rows, 0, g_list_model_get_n_items (G_LIST_MODEL (self->rows)),
                          (const char *const *) texts);
  if (history != NULL)
    gtk_widget_activate_action (self->list, "list.scroll-to-item", "u",
                                (guint) (length - fy_history_position (history)));
}

static int
position_of (gpointer row)
{
  return (int) g_ascii_strtoll (gtk_string_object_get_string (row), NULL, 10);
}

/* --- Rows --- */

static GtkWidget *
new_label (const char *class, float xalign)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), xalign);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  if (class != NULL)
    gtk_widget_add_css_class (label, class);
  return label;
}

static void
on_setup (GtkSignalListItemFactory *factory, GtkListItem *item)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  GtkWidget *mark = gtk_image_new_from_icon_name ("object-select-symbolic");
  GtkWidget *name = new_label (NULL, 0);
  GtkWidget *where = new_label ("ferry-caption", 1);

  gtk_widget_set_hexpand (name, TRUE);
  gtk_widget_add_css_class (where, "numeric");
  gtk_box_append (GTK_BOX (box), mark);
  gtk_box_append (GTK_BOX (box), name);
  gtk_box_append (GTK_BOX (box), where);
  gtk_widget_add_css_class (box, "ferry-history-row");
  gtk_list_item_set_child (item, box);
}

/* "frame 12 · 14:05:31" */
static char *
describe (FyHistory *history, int entry)
{
  g_autoptr (GDateTime) time =
      g_date_time_new_from_unix_local (fy_history_time (history, entry) / G_USEC_PER_SEC);
  g_autofree char *clock = g_date_time_format (time, "%X");

  return g_strdup_printf (_ ("frame %d · %s"), fy_history_frame (history, entry) + 1, clock);
}

static void
on_bind (GtkSignalListItemFactory *factory, GtkListItem *item, FerryHistoryPopover *self)
{
  FyHistory *history = history_of (self);
  GtkWidget *mark = gtk_widget_get_first_child (gtk_list_item_get_child (item));
  GtkWidget *name = gtk_widget_get_next_sibling (mark);
  GtkWidget *where = gtk_widget_get_next_sibling (name);
  int position = position_of (gtk_list_item_get_item (item));
  int now = history != NULL ? fy_history_position (history) : 0;
  g_autofree char *text = NULL;

  if (history == NULL || position > fy_history_length (history))
    return;
  if (position > 0)
    text = describe (history, position - 1);
  gtk_label_set_text (GTK_LABEL (name),
                      position > 0 ? fy_history_name (history, position - 1) : _ ("As opened"));
  gtk_label_set_text (GTK_LABEL (where), text != NULL ? text : "");
  gtk_widget_set_opacity (mark, position == now ? 1 : 0);
  if (position > now)
    gtk_widget_add_css_class (name, "dim-label");
  else
    gtk_widget_remove_css_class (name, "dim-label");
  gtk_accessible_update_state (GTK_ACCESSIBLE (name), GTK_ACCESSIBLE_STATE_SELECTED,
                               position == now, -1);
}

static void
on_activate (GtkListView *list, guint row, FerryHistoryPopover *self)
{
  g_autoptr (GObject) item = g_list_model_get_item (G_LIST_MODEL (self->rows), row);
  FyLabelSet *labels = ferry_document_labels (self->document);

  if (labels != NULL && item != NULL)
    fy_label_set_go (labels, position_of (item));
}

/* --- Following the document --- */

static void
on_opened (FerryHistoryPopover *self)
{
  FyLabelSet *labels = ferry_document_labels (self->document);

  if (self->labels != NULL)
    g_signal_handlers_disconnect_by_data (self->labels, self);
  g_set_object (&self->labels, labels);
  if (labels != NULL)
    g_signal_connect_object (labels, "history-changed", G_CALLBACK (update), self,
                             G_CONNECT_SWAPPED);
  update (self);
}

GtkWidget *
ferry_history_popover_new (FerryDocument *document)
{
  FerryHistoryPopover *self = g_object_new (FERRY_TYPE_HISTORY_POPOVER, NULL);

  self->document = g_object_ref (document);
  g_signal_connect_object (document, "opened", G_CALLBACK (on_opened), self, G_CONNECT_SWAPPED);
  on_opened (self);
  return GTK_WIDGET (self);
}

static void
ferry_history_popover_dispose (GObject *object)
{
  FerryHistoryPopover *self = FERRY_HISTORY_POPOVER (object);

  g_clear_object (&self->labels);
  g_clear_object (&self->document);
  G_OBJECT_CLASS (ferry_history_popover_parent_class)->dispose (object);
}

static void
ferry_history_popover_class_init (FerryHistoryPopoverClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ferry_history_popover_dispose;
}

static void
ferry_history_popover_init (FerryHistoryPopover *self)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();

  self->rows = gtk_string_list_new (NULL);
  g_signal_connect (factory, "setup", G_CALLBACK (on_setup), NULL);
  g_signal_connect (factory, "bind", G_CALLBACK (on_bind), self);
  self->list = gtk_list_view_new (
      GTK_SELECTION_MODEL (gtk_no_selection_new (G_LIST_MODEL (self->rows))), factory);
  gtk_list_view_set_single_click_activate (GTK_LIST_VIEW (self->list), TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->list), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("History"), -1);
  g_signal_connect (self->list, "activate", G_CALLBACK (on_activate), self);
  self->scrolled = gtk_scrolled_window_new ();
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (self->scrolled), self->list);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (self->scrolled), GTK_POLICY_NEVER,
                                  GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_propagate_natural_height (GTK_SCROLLED_WINDOW (self->scrolled), TRUE);
  gtk_scrolled_window_set_max_content_height (GTK_SCROLLED_WINDOW (self->scrolled), HEIGHT);
  gtk_widget_set_size_request (self->scrolled, WIDTH, -1);
  gtk_popover_set_child (GTK_POPOVER (self), self->scrolled);
  gtk_widget_add_css_class (GTK_WIDGET (self), "menu");
  g_signal_connect_after (self, "map", G_CALLBACK (update), NULL);
}
