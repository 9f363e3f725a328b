/* SPDX-License-Identifier: MIT */
#include "app/preferences/checkpoint-row.h"

#include "weights/model-folder.h"

#include <glib/gi18n.h>

struct _FerryCheckpointRow
{
  GtkWidget parent_instance;

  GSettings *settings;
  char *key;
  char *none;
  GtkWidget *box;
  GtkLabel *name;
  GtkLabel *trouble;
  GtkWidget *clear;
};

G_DEFINE_FINAL_TYPE (FerryCheckpointRow, ferry_checkpoint_row, GTK_TYPE_WIDGET)

static void
update (FerryCheckpointRow *self)
{
  g_autofree char *path = g_settings_get_string (self->settings, self->key);
  g_autofree char *name =
      *path != '\0' ? g_filename_display_basename (path) : g_strdup (self->none);

  gtk_label_set_text (self->name, name);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->name), *path != '\0' ? path : NULL);
  gtk_widget_set_sensitive (self->clear, *path != '\0');
}

/* --- Taking one --- */

static void
look_into (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  g_autoptr (FyModel) model = fy_model_look (data);

  g_task_return_pointer (task, g_steal_pointer (&model->trouble), g_free);
}

static void
say (FerryCheckpointRow *self, const char *trouble)
{
  gtk_label_set_text (self->trouble, trouble != NULL ? trouble : "");
  gtk_widget_set_visible (GTK_WIDGET (self->trouble), trouble != NULL);
}

static void
on_looked (GObject *source, GAsyncResult *result, gpointer data)
{
  FerryCheckpointRow *self = FERRY_CHECKPOINT_ROW (source);
  g_autofree char *trouble = g_task_propagate_pointer (G_TASK (result), NULL);

  if (self->settings == NULL) /* closed meanwhile */
    return;
  say (self, trouble);
  if (trouble == NULL)
    g_settings_set_string (self->settings, self->key, g_task_get_task_data (G_TASK (result)));
}

static void
take (FerryCheckpointRow *self, GFile *file)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, on_looked, NULL);
  char *path = g_file_get_path (file);

  if (path == NULL)
    return;
  say (self, _ ("Looking into it…"));
  g_task_set_task_data (task, path, g_free);
  g_task_run_in_thread (task, look_into);
}

static void
on_response (GtkNativeDialog *dialog, int response, FerryCheckpointRow *self)
{
  g_autoptr (GFile) file = NULL;

  if (response == GTK_RESPONSE_ACCEPT)
    file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
  if (file != NULL && self->settings != NULL)
    take (self, file);
  g_object_unref (dialog);
  g_object_unref (self);
}

static void
choose (GtkButton *button, FerryCheckpointRow *self)
{
  GtkFileChooserNative *dialog = gtk_file_chooser_native_new (
      _ ("Choose a Checkpoint"), GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))),
      GTK_FILE_CHOOSER_ACTION_OPEN, _ ("_Open"), _ ("_Cancel"));

  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  g_signal_connect (dialog, "response", G_CALLBACK (on_response), g_object_ref (self));
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}

static void
clear (GtkButton *button, FerryCheckpointRow *self)
{
  say (self, NULL);
  g_settings_set_string (self->settings, self->key, "");
}

static gboolean
on_drop (GtkDropTarget *target, const GValue *value, double x, double y, FerryCheckpointRow *self)
{
  take (self, g_value_get_object (value));
  return TRUE;
}

/* --- The widget --- */

static void
ferry_checkpoint_row_dispose (GObject *object)
{
  FerryCheckpointRow *self = FERRY_CHECKPOINT_ROW (object);

  g_clear_object (&self->settings);
  g_clear_pointer (&self->key, g_free);
  g_clear_pointer (&self->none, g_free);
  g_clear_pointer (&self->box, gtk_widget_unparent);
  G_OBJECT_CLASS (ferry_checkpoint_row_parent_class)->dispose (object);
}

static void
ferry_checkpoint_row_class_init (FerryCheckpointRowClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ferry_checkpoint_row_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (klass), GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
ferry_checkpoint_row_init (FerryCheckpointRow *self)
{
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *button = gtk_button_new_with_label (_ ("Choose…"));
  GtkDropTarget *target = gtk_drop_target_new (G_TYPE_FILE, GDK_ACTION_COPY);

  self->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 3);
  self->name = GTK_LABEL (gtk_label_new (""));
  self->trouble = GTK_LABEL (gtk_label_new (""));
  self->clear = gtk_button_new_from_icon_name ("edit-clear-symbolic");
  gtk_label_set_xalign (self->name, 0);
  gtk_label_set_ellipsize (self->name, PANGO_ELLIPSIZE_MIDDLE);
  gtk_widget_set_hexpand (GTK_WIDGET (self->name), TRUE);
  gtk_label_set_xalign (self->trouble, 0);
  gtk_label_set_wrap (self->trouble, TRUE);
  gtk_label_set_wrap_mode (self->trouble, PANGO_WRAP_WORD_CHAR);
  gtk_label_set_max_width_chars (self->trouble, 40);
  gtk_widget_add_css_class (GTK_WIDGET (self->trouble), "ferry-caption");
  gtk_widget_set_visible (GTK_WIDGET (self->trouble), FALSE);
  gtk_widget_set_tooltip_text (self->clear, _ ("Without this checkpoint"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->clear), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Without this checkpoint"), -1);
  g_signal_connect (button, "clicked", G_CALLBACK (choose), self);
  g_signal_connect (self->clear, "clicked", G_CALLBACK (clear), self);
  g_signal_connect (target, "drop", G_CALLBACK (on_drop), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (target));
  gtk_box_append (GTK_BOX (row), GTK_WIDGET (self->name));
  gtk_box_append (GTK_BOX (row), button);
  gtk_box_append (GTK_BOX (row), self->clear);
  gtk_box_append (GTK_BOX (self->box), row);
  gtk_box_append (GTK_BOX (self->box), GTK_WIDGET (self->trouble));
  gtk_widget_set_parent (self->box, GTK_WIDGET (self));
}

GtkWidget *
ferry_checkpoint_row_new (GSettings *settings, const char *key, const char *none)
{
  FerryCheckpointRow *self = g_object_new (FERRY_TYPE_CHECKPOINT_ROW, NULL);
  g_autofree char *signal = g_strconcat ("changed::", key, NULL);

  self->settings = g_object_ref (settings);
  self->key = g_strdup (key);
  self->none = g_strdup (none);
  g_signal_connect_object (settings, signal, G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
  return GTK_WIDGET (self);
}
