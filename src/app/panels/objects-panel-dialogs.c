/* SPDX-License-Identifier: MIT */
#include "app/panels/objects-panel-dialogs.h"

#include "app/panels/objects-panel-verbs.h"
#include "app/popover.h"

#include <glib/gi18n.h>

typedef struct
{
  FerryDocument *document;
  guint16 id;
  GtkWidget *popover;
  GtkWidget *button;
  GtkWidget *choice; /* text view, or drop-down list */
  GArray *ids;       /* guint16, rows of the list */
} Question;

static void
question_free (gpointer data)
{
  Question *self = data;

  g_clear_pointer (&self->ids, g_array_unref);
  g_object_unref (self->document);
  g_free (self);
}

/* A box with a heading in a popover that owns the question. */
static GtkWidget *
ask (Question *self, const char *heading, const char *button, GCallback clicked)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 8);
  GtkWidget *label = gtk_label_new (heading);

  self->popover = gtk_popover_new ();
  self->button = gtk_button_new_with_label (button);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 30);
  gtk_widget_add_css_class (self->button, "suggested-action");
  gtk_widget_set_margin_top (box, 6);
  gtk_widget_set_margin_bottom (box, 6);
  gtk_widget_set_margin_start (box, 6);
  gtk_widget_set_margin_end (box, 6);
  gtk_box_append (GTK_BOX (box), label);
  gtk_box_append (GTK_BOX (box), self->button);
  gtk_popover_set_child (GTK_POPOVER (self->popover), box);
  g_signal_connect (self->button, "clicked", clicked, self);
  g_object_set_data_full (G_OBJECT (self->popover), "question", self, question_free);
  return box;
}

/* --- A skeleton of one's own --- */

/* Names, a line each; empty lines are none. */
static char **
read_names (GtkTextBuffer *buffer)
{
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();
  g_auto (GStrv) lines = NULL;
  g_autofree char *text = NULL;
  GtkTextIter start, end;

  gtk_text_buffer_get_bounds (buffer, &start, &end);
  text = gtk_text_buffer_get_text (buffer, &start, &end, FALSE);
  lines = g_strsplit (text, "\n", -1);
  for (int i = 0; lines[i] != NULL; i++)
    if (*g_strstrip (lines[i]) != '\0')
      g_strv_builder_add (names, lines[i]);
  return g_strv_builder_end (names);
}

static void
on_names_changed (GtkTextBuffer *buffer, Question *self)
{
  g_auto (GStrv) names = read_names (buffer);

  gtk_widget_set_sensitive (self->button, g_strv_length (names) > 0);
}

static void
on_add_skeleton (GtkButton *button, Question *self)
{
  g_auto (GStrv) names = read_names (gtk_text_view_get_buffer (GTK_TEXT_VIEW (self->choice)));

  ferry_objects_add_skeleton (self->document, (const char *const *) names);
  gtk_popover_popdown (GTK_POPOVER (self->popover));
}

void
ferry_objects_ask_skeleton (FerryDocument *document, GtkWidget *parent)
{
  Question *self = g_new0 (Question, 1);
  GtkWidget *scrolled = gtk_scrolled_window_new ();
  GtkWidget *box;

  self->document = g_object_ref (document);
  self->choice = gtk_text_view_new ();
  box = ask (self, _ ("Names of the joints, one a line"), _ ("Add skeleton"),
             G_CALLBACK (on_add_skeleton));
  gtk_text_view_set_top_margin (GTK_TEXT_VIEW (self->choice), 6);
  gtk_text_view_set_left_margin (GTK_TEXT_VIEW (self->choice), 6);
  gtk_text_view_set_accepts_tab (GTK_TEXT_VIEW (self->choice), FALSE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->choice), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Names of the joints"), -1);
  g_signal_connect (gtk_text_view_get_buffer (GTK_TEXT_VIEW (self->choice)), "changed",
                    G_CALLBACK (on_names_changed), self);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), self->choice);
  gtk_scrolled_window_set_has_frame (GTK_SCROLLED_WINDOW (scrolled), TRUE);
  gtk_widget_set_size_request (scrolled, 220, 180);
  gtk_box_insert_child_after (GTK_BOX (box), scrolled, gtk_widget_get_first_child (box));
  gtk_widget_set_sensitive (self->button, FALSE);
  ferry_popover_open (self->popover, parent, NULL);
  gtk_widget_grab_focus (self->choice);
}

/* --- Merging --- */

static void
on_merge (GtkButton *button, Question *self)
{
  guint row = gtk_drop_down_get_selected (GTK_DROP_DOWN (self->choice));

  gtk_popover_popdown (GTK_POPOVER (self->popover));
  if (row < self->ids->len)
    ferry_objects_merge (self->document, self->id, g_array_index (self->ids, guint16, row));
}

/* The other objects of its kind, in the panel's order. */
static GtkStringList *
list_others (Question *self)
{
  FyLabelSet *labels = ferry_document_labels (self->document);
  FyObject *object = fy_label_set_find (labels, self->id);
  GtkStringList *names = gtk_string_list_new (NULL);

  for (int i = 0; i < fy_label_set_n_objects (labels); i++)
    {
      FyObject *other = fy_label_set_object (labels, i);

      if (other->id == self->id || other->kind != object->kind)
        continue;
      gtk_string_list_take (names, g_strdup_printf ("%d  %s", other->id, other->name));
      g_array_append_val (self->ids, other->id);
    }
  return names;
}

void
ferry_objects_ask_merge (FerryDocument *document, guint16 id, GtkWidget *parent)
{
  FyObject *object = fy_label_set_find (ferry_document_labels (document), id);
  Question *self;
  g_autofree char *heading = NULL;
  GtkWidget *box;

  if (object == NULL)
    return;
  self = g_new0 (Question, 1);
  self->document = g_object_ref (document);
  self->id = id;
  self->ids = g_array_new (FALSE, FALSE, sizeof (guint16));
  heading = g_strdup_printf (_ ("In all frames, %s becomes part of"), object->name);
  box = ask (self, heading, _ ("Merge"), G_CALLBACK (on_merge));
  self->choice =
      gtk_drop_down_new (G_LIST_MODEL (list_others (self)),
                         gtk_property_expression_new (GTK_TYPE_STRING_OBJECT, NULL, "string"));
  gtk_drop_down_set_enable_search (GTK_DROP_DOWN (self->choice), TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->choice), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Object to merge into"), -1);
  gtk_box_insert_child_after (GTK_BOX (box), self->choice, gtk_widget_get_first_child (box));
  gtk_widget_set_sensitive (self->button, self->ids->len > 0);
  ferry_popover_open (self->popover, parent, NULL);
  gtk_widget_grab_focus (self->choice);
}

/* --- The menu of a row --- */

static void
append (GMenu *menu, const char *label, const char *action)
{
  g_menu_append (menu, label, action);
}

static void
append_section (GMenu *menu, const char *heading, GMenu *section)
{
  g_menu_append_section (menu, heading, G_MENU_MODEL (section));
  g_object_unref (section);
}

static void
append_joint (GMenu *menu)
{
  GMenu *state = g_menu_new ();
  GMenu *edit = g_menu_new ();

  append (edit, _ ("Rename joint"), "objects.rename");
  append_section (menu, NULL, edit);
  append (state, _ ("Occluded: here, but not to be seen"), "objects.joint-state::occluded");
  append (state, _ ("Absent: not in the picture"), "objects.joint-state::absent");
  append (state, _ ("Visible"), "objects.joint-state::placed");
  append (state, _ ("Remove from this frame"), "objects.joint-state::none");
  append_section (menu, _ ("In this frame"), state);
}

static GMenu *
declarations (const char *span)
{
  static const struct
  {
    const char *label;
    const char *action;
  } rows[] = {
    { N_ ("Absent"), "absent" },
    { N_ ("Occluded"), "occluded" },
    { N_ ("Take back what was done by hand"), "clear" },
    { N_ ("Reviewed"), "reviewed" },
    { N_ ("Not reviewed"), "not-reviewed" },
  };
  GMenu *menu = g_menu_new ();

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *action = g_strdup_printf ("objects.%s::%s", span, rows[i].action);

      append (menu, _ (rows[i].label), action);
    }
  return menu;
}

static void
append_object (GMenu *menu, FerryDocument *document)
{
  GMenu *edit = g_menu_new ();
  GMenu *order = g_menu_new ();
  GMenu *range = g_menu_new ();
  g_autofree char *heading = NULL;
  int first, last;

  append (edit, _ ("Rename"), "objects.rename");
  append (edit, _ ("Colour…"), "objects.colour");
  append (edit, _ ("Show this one alone, or all"), "objects.alone");
  append (edit, _ ("Merge into…"), "objects.merge");
  append (edit, _ ("Delete"), "objects.delete");
  append_section (menu, NULL, edit);
  append_section (menu, _ ("In this frame"), declarations ("here"));
  ferry_document_range (document, &first, &last);
  heading = g_strdup_printf (_ ("In frames %d to %d"), first + 1, last + 1);
  {
    GMenu *rows = declarations ("range");

    g_menu_append_submenu (range, heading, G_MENU_MODEL (rows));
    g_object_unref (rows);
  }
  append_section (menu, NULL, range);
  append (order, _ ("Move up"), "objects.move(-1)");
  append (order, _ ("Move down"), "objects.move(1)");
  append_section (menu, NULL, order);
}

GMenuModel *
ferry_objects_menu (FerryDocument *document, guint16 id, int joint)
{
  GMenu *menu = g_menu_new ();

  if (joint >= 0)
    append_joint (menu);
  else if (id != FY_ID_BACKGROUND)
    append_object (menu, document);
  return G_MENU_MODEL (menu);
}
