/* SPDX-License-Identifier: MIT */
#include "app/preferences/preferences-storage.h"

#include "app/panels/inspector-rows.h"
#include "match/cache.h"

#include <glib/gi18n.h>

#define MIB_PER_GIB 1024.0

typedef struct
{
  GSettings *settings;
  GtkWidget *page; /* borrowed */
  GtkWidget *folder;
  GtkWidget *size;
  GtkWidget *use;
  GtkWidget *clear;
  gboolean updating;
} StoragePage;

static void
storage_page_free (gpointer data)
{
  g_object_unref (((StoragePage *) data)->settings);
  g_free (data);
}

static char *
cache_folder (StoragePage *self)
{
  g_autofree char *folder = g_settings_get_string (self->settings, "cache-folder");

  return *folder != '\0' ? g_steal_pointer (&folder)
                         : g_build_filename (g_get_user_cache_dir (), "ferry", NULL);
}

/* --- What it takes, counted and cleared on another thread --- */

static void
sweep (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  if (GPOINTER_TO_INT (g_object_get_data (G_OBJECT (task), "clear")))
    fy_cache_folder_clear (data);
  g_task_return_int (task, (gssize) fy_cache_folder_size (data));
}

static void
on_swept (GObject *page, GAsyncResult *result, gpointer data)
{
  StoragePage *self = g_object_get_data (page, "page");
  gint64 bytes = g_task_propagate_int (G_TASK (result), NULL);
  g_autofree char *size = g_format_size_full ((guint64) bytes, G_FORMAT_SIZE_IEC_UNITS);
  g_autofree char *text = g_strdup_printf (_ ("now uses %s"), size);

  gtk_label_set_text (GTK_LABEL (self->use), text);
  gtk_widget_set_sensitive (self->clear, bytes > 0);
}

static void
start_sweep (StoragePage *self, gboolean clear)
{
  g_autoptr (GTask) task = g_task_new (self->page, NULL, on_swept, NULL);

  g_object_set_data (G_OBJECT (task), "clear", GINT_TO_POINTER (clear));
  g_task_set_task_data (task, cache_folder (self), g_free);
  gtk_label_set_text (GTK_LABEL (self->use), clear ? _ ("clearing…") : _ ("counting…"));
  gtk_widget_set_sensitive (self->clear, FALSE);
  g_task_run_in_thread (task, sweep);
}

static void
on_clear (GtkButton *button, StoragePage *self)
{
  start_sweep (self, TRUE);
}

/* --- Where, and how much --- */

static void
update_folder (StoragePage *self)
{
  g_autofree char *folder = cache_folder (self);

  gtk_label_set_text (GTK_LABEL (self->folder), folder);
  gtk_widget_set_tooltip_text (self->folder, folder);
  start_sweep (self, FALSE);
}

static void
on_folder_changed (GtkWidget *page)
{
  update_folder (g_object_get_data (G_OBJECT (page), "page"));
}

static void
on_response (GtkNativeDialog *dialog, int response, StoragePage *self)
{
  g_autoptr (GFile) file = NULL;

  if (response == GTK_RESPONSE_ACCEPT)
    file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
  if (file != NULL && g_file_peek_path (file) != NULL)
    g_settings_set_string (self->settings, "cache-folder", g_file_peek_path (file));
  g_object_unref (dialog);
}

static void
on_choose (GtkButton *button, StoragePage *self)
{
  GtkFileChooserNative *dialog = gtk_file_chooser_native_new (
      _ ("Folder of the cache"), GTK_WINDOW (gtk_widget_get_root (self->page)),
      GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER, _ ("_Choose"), _ ("_Cancel"));

  g_signal_connect (dialog, "response", G_CALLBACK (on_response), self);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}

static void
on_default (GtkButton *button, StoragePage *self)
{
  g_settings_reset (self->settings, "cache-folder");
}

static gboolean
mib_to_gib (GValue *value, GVariant *variant, gpointer data)
{
  g_value_set_double (value, g_variant_get_int32 (variant) / MIB_PER_GIB);
  return TRUE;
}

static GVariant *
gib_to_mib (const GValue *value, const GVariantType *type, gpointer data)
{
  return g_variant_new_int32 ((gint32) (g_value_get_double (value) * MIB_PER_GIB + 0.5));
}

static GtkWidget *
add_button (GtkWidget *box, const char *label, GCallback clicked, StoragePage *self)
{
  GtkWidget *button = gtk_button_new_with_label (label);

  g_signal_connect (button, "clicked", clicked, self);
  gtk_box_append (GTK_BOX (box), button);
  return button;
}

static GtkWidget *
make_use_row (StoragePage *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);

  self->use = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (self->use), 0);
  gtk_widget_set_hexpand (self->use, TRUE);
  gtk_widget_add_css_class (self->use, "numeric");
  gtk_box_append (GTK_BOX (box), self->use);
  self->clear = add_button (box, _ ("Clear"), G_CALLBACK (on_clear), self);
  gtk_widget_set_tooltip_text (
      self->clear, _ ("Removes features and lists; they are computed again when needed"));
  return box;
}

GtkWidget *
ferry_storage_page_new (GSettings *settings)
{
  GtkWidget *page = ferry_rows_new ();
  StoragePage *self = g_new0 (StoragePage, 1);
  GtkWidget *buttons = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);

  self->settings = g_object_ref (settings);
  self->page = page;
  ferry_rows_add_heading (page, _ ("Cache of features and neighbour lists"));
  self->folder = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (self->folder), 0);
  gtk_label_set_ellipsize (GTK_LABEL (self->folder), PANGO_ELLIPSIZE_MIDDLE);
  gtk_widget_set_hexpand (self->folder, TRUE);
  gtk_box_append (GTK_BOX (buttons), self->folder);
  add_button (buttons, _ ("Choose…"), G_CALLBACK (on_choose), self);
  add_button (buttons, _ ("Default"), G_CALLBACK (on_default), self);
  ferry_rows_add (page, _ ("Folder"), buttons, NULL);
  self->size = ferry_spin_new (0, 10240, 1, 1);
  ferry_rows_add (page, _ ("At most (GiB)"), self->size,
                  _ ("What is kept on disk; 0 keeps nothing, and every clip is computed anew"));
  gtk_widget_set_halign (self->size, GTK_ALIGN_START);
  ferry_rows_add_wide (page, make_use_row (self));
  g_object_set_data_full (G_OBJECT (page), "page", self, storage_page_free);
  g_settings_bind_with_mapping (settings, "cache-mib", self->size, "value", G_SETTINGS_BIND_DEFAULT,
                                mib_to_gib, gib_to_mib, NULL, NULL);
  g_signal_connect_object (settings, "changed::cache-folder", G_CALLBACK (on_folder_changed), page,
                           G_CONNECT_SWAPPED);
  update_folder (self);
  return page;
}
