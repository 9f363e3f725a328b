/* SPDX-License-Identifier: MIT */
#include "app/models/model-row.h"

#include "app/popover.h"

#include <glib/gi18n.h>
#include <string.h>

struct _FerryModelRow
{
  GtkListBoxRow parent_instance;

  FerryModelLibrary *library;
  FerryModelEntry *entry;
  char *title;
  GtkWidget *fine;
  GtkWidget *semantic;
  GtkWidget *sum;
  GtkWidget *copy;
  GtkWidget *trouble;
  gboolean updating;
};

G_DEFINE_FINAL_TYPE (FerryModelRow, ferry_model_row, GTK_TYPE_LIST_BOX_ROW)

/* --- Texts --- */

GtkWidget *
ferry_model_caption_new (const char *text)
{
  GtkWidget *caption = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (caption), 0);
  gtk_label_set_wrap (GTK_LABEL (caption), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (caption), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_selectable (GTK_LABEL (caption), TRUE);
  gtk_widget_set_can_focus (caption, FALSE);
  gtk_widget_add_css_class (caption, "ferry-caption");
  ferry_model_caption_set (caption, text);
  return caption;
}

void
ferry_model_caption_set (GtkWidget *caption, const char *text)
{
  if (g_strcmp0 (gtk_label_get_text (GTK_LABEL (caption)), text != NULL ? text : "") != 0)
    gtk_label_set_text (GTK_LABEL (caption), text != NULL ? text : "");
  gtk_widget_set_visible (caption, text != NULL);
}

void
ferry_model_name_button (GtkWidget *button, const char *format, ...)
{
  g_autofree char *name = NULL;
  va_list args;

  va_start (args, format);
  name = g_strdup_vprintf (format, args);
  va_end (args);
  /* Else GTK says it twice where there is a label in the button too. */
  gtk_accessible_reset_relation (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_RELATION_LABELLED_BY);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

static char *
make_title (const FerryModelEntry *entry)
{
  if (entry->place == FERRY_MODEL_SHIPPED)
    return g_strdup (_ ("Ferry's own model"));
  return entry->model->note.title != NULL ? g_strdup (entry->model->note.title)
                                          : g_filename_display_basename (entry->model->path);
}

/* "SFC fine-grained, ResNet-18 · suits: fine-grained · 5.6 MB · MIT licence" */
static char *
describe (const FerryModelEntry *entry)
{
  const FyModel *model = entry->model;
  g_autofree char *size = g_format_size (model->size);
  g_autofree char *file = g_filename_display_basename (model->path);
  g_autofree char *network = NULL;

  if (model->trouble != NULL)
    return g_strdup_printf ("%s · %s", file, size);
  network = g_strdup_printf (_ ("%s, ResNet-%d"), model->method, model->depth);
  return g_strjoin (" · ", network, model->fine ? _ ("suits fine-grained") : _ ("suits semantic"),
                    size, model->licence != NULL ? model->licence : _ ("licence not stated"), file,
                    NULL);
}

static char *
describe_origin (const FerryModelEntry *entry)
{
  const FyModelNote *note = &entry->model->note;
  g_autoptr (GDateTime) date = g_date_time_new_from_unix_local (note->date);
  g_autofree char *day = date != NULL && note->date > 0 ? g_date_time_format (date, "%x") : NULL;
  g_autofree char *path = g_filename_display_name (entry->model->path);

  if (entry->place == FERRY_MODEL_SHIPPED)
    return g_strdup (_ ("Comes with Ferry"));
  if (entry->place == FERRY_MODEL_ELSEWHERE)
    return g_strdup_printf (_ ("Chosen where it lies: %s"), path);
  if (note->origin == FY_ORIGIN_UNKNOWN)
    return g_strdup (_ ("Origin unknown"));
  if (day == NULL)
    return g_strdup_printf (_ ("From %s"), note->source);
  return g_strdup_printf (note->origin == FY_ORIGIN_DOWNLOADED
                              /* Translators: a date; an address. */
                              ? _ ("Downloaded on %s from %s")
                              /* Translators: a date; the path of a file. */
                              : _ ("Added on %s from %s"),
                          day, note->source);
}

static void
update_sum (FerryModelRow *self)
{
  const char *sum = self->entry->sha256;
  const char *then = self->entry->model->note.sha256;
  g_autofree char *text = NULL;

  if (self->entry->model->trouble != NULL)
    {
      gtk_widget_set_visible (self->sum, FALSE);
      gtk_widget_set_visible (self->copy, FALSE);
      ferry_model_caption_set (self->trouble, self->entry->model->trouble);
      return;
    }
  text = g_strdup_printf ("SHA-256 %s", sum == NULL    ? _ ("is being computed…")
                                        : *sum == '\0' ? _ ("cannot be computed")
                                                       : sum);
  ferry_model_caption_set (self->sum, text);
  gtk_widget_set_visible (self->copy, sum != NULL && *sum != '\0');
  if (sum != NULL && *sum != '\0' && then != NULL && strcmp (sum, then) != 0)
    {
      g_autofree char *other = g_strdup_printf (
          _ ("The file was changed since it came in: its SHA-256 was %s. Get it again."), then);

      ferry_model_caption_set (self->trouble, other);
    }
}

/* --- Verbs --- */

static void
update_use (FerryModelRow *self)
{
  self->updating = TRUE;
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (self->fine),
                                ferry_model_library_is_used (self->library, self->entry, "fine"));
  gtk_toggle_button_set_active (
      GTK_TOGGLE_BUTTON (self->semantic),
      ferry_model_library_is_used (self->library, self->entry, "semantic"));
  self->updating = FALSE;
}

static void
on_use (GtkToggleButton *button, FerryModelRow *self)
{
  const char *key = GTK_WIDGET (button) == self->fine ? "fine" : "semantic";

  if (self->updating)
    return;
  ferry_model_library_set (self->library,
                           gtk_toggle_button_get_active (button) ? self->entry : NULL, key);
  update_use (self); /* Ferry's own stays in use when it is let go */
}

static void
on_copy (GtkButton *button, FerryModelRow *self)
{
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), self->entry->sha256);
}

static void
on_confirmed (GtkButton *button, FerryModelRow *self)
{
  g_autoptr (FerryModelRow) row = g_object_ref (self); /* the list may let it go */
  g_autoptr (GError) error = NULL;

  gtk_popover_popdown (
      GTK_POPOVER (gtk_widget_get_ancestor (GTK_WIDGET (button), GTK_TYPE_POPOVER)));
  if (!ferry_model_library_remove (row->library, row->entry, &error))
    ferry_model_caption_set (row->trouble, error->message);
}

static GtkWidget *
make_question (FerryModelRow *self)
{
  const char *use = ferry_model_library_use (self->library, self->entry);
  g_autofree char *size = g_format_size (self->entry->model->size);
  g_autofree char *text = NULL;
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 9);
  GtkWidget *label;
  GtkWidget *button = gtk_button_new_with_label (_ ("Remove It"));

  if (use == NULL)
    /* Translators: a model; an amount of bytes. */
    text = g_strdup_printf (_ ("Delete %s (%s) from this computer?"), self->title, size);
  else
    text = g_strdup_printf (strcmp (use, "fine") == 0
                                ? _ ("%s is in use as the fine-grained network. Choose another "
                                     "first.")
                                : _ ("%s is in use as the semantic network. Let go of it first."),
                            self->title);
  label = gtk_label_new (text);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 36);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_box_append (GTK_BOX (box), label);
  if (use != NULL)
    {
      g_object_ref_sink (button);
      g_object_unref (button);
      return box;
    }
  gtk_widget_add_css_class (button, "destructive-action");
  gtk_widget_set_halign (button, GTK_ALIGN_END);
  g_signal_connect_object (button, "clicked", G_CALLBACK (on_confirmed), self, 0);
  gtk_box_append (GTK_BOX (box), button);
  return box;
}

static void
on_remove (GtkButton *button, FerryModelRow *self)
{
  GtkWidget *popover = gtk_popover_new ();

  gtk_popover_set_child (GTK_POPOVER (popover), make_question (self));
  ferry_popover_open (popover, GTK_WIDGET (button), NULL);
}

/* --- The widget --- */

static GtkWidget *
make_use (FerryModelRow *self, const char *label, const char *tip)
{
  GtkWidget *button = gtk_toggle_button_new_with_label (label);

  gtk_widget_set_tooltip_text (button, tip);
  g_signal_connect (button, "toggled", G_CALLBACK (on_use), self);
  gtk_widget_set_sensitive (button, self->entry->model->trouble == NULL);
  return button;
}

static GtkWidget *
make_icon_button (FerryModelRow *self, const char *icon, const char *tip, GCallback clicked)
{
  GtkWidget *button = gtk_button_new_from_icon_name (icon);

  gtk_button_set_has_frame (GTK_BUTTON (button), FALSE);
  gtk_widget_set_tooltip_text (button, tip);
  g_signal_connect (button, "clicked", clicked, self);
  return button;
}

static GtkWidget *
make_uses (FerryModelRow *self)
{
  GtkWidget *uses = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);

  self->fine = make_use (self, _ ("Fine-grained"),
                         _ ("Use it as the fine-grained network, whose features always count"));
  self->semantic = make_use (self, _ ("Semantic"),
                             _ ("Use it as the second network, whose features are fused with the "
                                "others by the weight lambda"));
  /* Translators: the name of a model. */
  ferry_model_name_button (self->fine, _ ("Use %s as the fine-grained network"), self->title);
  /* Translators: the name of a model. */
  ferry_model_name_button (self->semantic, _ ("Use %s as the semantic network"), self->title);
  gtk_widget_add_css_class (uses, "linked");
  gtk_box_append (GTK_BOX (uses), self->fine);
  gtk_box_append (GTK_BOX (uses), self->semantic);
  return uses;
}

static GtkWidget *
make_head (FerryModelRow *self)
{
  GtkWidget *head = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *title = gtk_label_new (self->title);
  GtkWidget *remove;

  gtk_label_set_xalign (GTK_LABEL (title), 0);
  gtk_label_set_ellipsize (GTK_LABEL (title), PANGO_ELLIPSIZE_MIDDLE);
  gtk_widget_set_hexpand (title, TRUE);
  gtk_widget_add_css_class (title, "heading");
  gtk_widget_set_tooltip_text (title, self->entry->model->path);
  gtk_box_append (GTK_BOX (head), title);
  gtk_box_append (GTK_BOX (head), make_uses (self));
  if (self->entry->place != FERRY_MODEL_INSTALLED)
    return head;
  remove = make_icon_button (self, "user-trash-symbolic", _ ("Remove this model"),
                             G_CALLBACK (on_remove));
  /* Translators: the name of a model. */
  ferry_model_name_button (remove, _ ("Remove %s"), self->title);
  gtk_box_append (GTK_BOX (head), remove);
  return head;
}

static GtkWidget *
make_sum (FerryModelRow *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);

  self->sum = ferry_model_caption_new (NULL);
  gtk_label_set_wrap (GTK_LABEL (self->sum), FALSE);
  gtk_widget_add_css_class (self->sum, "ferry-sum");
  self->copy =
      make_icon_button (self, "edit-copy-symbolic", _ ("Copy the checksum"), G_CALLBACK (on_copy));
  /* Translators: the name of a model. */
  ferry_model_name_button (self->copy, _ ("Copy the checksum of %s"), self->title);
  gtk_widget_add_css_class (self->copy, "ferry-small");
  gtk_widget_set_valign (self->copy, GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (box), self->sum);
  gtk_box_append (GTK_BOX (box), self->copy);
  return box;
}

static void
fill (FerryModelRow *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);
  g_autofree char *description = describe (self->entry);
  g_autofree char *origin = describe_origin (self->entry);

  gtk_widget_add_css_class (box, "ferry-model-row");
  gtk_box_append (GTK_BOX (box), make_head (self));
  gtk_box_append (GTK_BOX (box), ferry_model_caption_new (description));
  gtk_box_append (GTK_BOX (box), ferry_model_caption_new (origin));
  gtk_box_append (GTK_BOX (box), make_sum (self));
  self->trouble = ferry_model_caption_new (NULL);
  gtk_widget_add_css_class (self->trouble, "ferry-trouble");
  gtk_box_append (GTK_BOX (box), self->trouble);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (self), box);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (self), FALSE);
  gtk_widget_set_focusable (GTK_WIDGET (self), FALSE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, self->title,
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, description, -1);
}

GtkWidget *
ferry_model_row_new (FerryModelLibrary *library, FerryModelEntry *entry)
{
  FerryModelRow *self = g_object_new (FERRY_TYPE_MODEL_ROW, NULL);
  GSettings *settings = ferry_model_library_settings (library);

  self->library = g_object_ref (library);
  self->entry = ferry_model_entry_ref (entry);
  self->title = make_title (entry);
  fill (self);
  g_signal_connect_object (library, "summed", G_CALLBACK (update_sum), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (settings, "changed::fine", G_CALLBACK (update_use), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (settings, "changed::semantic", G_CALLBACK (update_use), self,
                           G_CONNECT_SWAPPED);
  update_use (self);
  update_sum (self);
  return GTK_WIDGET (self);
}

static void
ferry_model_row_finalize (GObject *object)
{
  FerryModelRow *self = FERRY_MODEL_ROW (object);

  g_object_unref (self->library);
  ferry_model_entry_unref (self->entry);
  g_free (self->title);
  G_OBJECT_CLASS (ferry_model_row_parent_class)->finalize (object);
}

static void
ferry_model_row_class_init (FerryModelRowClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ferry_model_row_finalize;
}

static void
ferry_model_row_init (FerryModelRow *self)
{
}
