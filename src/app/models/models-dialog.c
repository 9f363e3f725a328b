/* SPDX-License-Identifier: MIT */
#include "app/models/models-dialog.h"

#include "app/models/model-row.h"
#include "app/models/published-row.h"
#include "app/preferences/restart-bar.h"

#include <glib/gi18n.h>

struct _FerryModelsDialog
{
  GtkWindow parent_instance;

  FerryModelLibrary *library;
  GtkWidget *installed; /* list */
  GtkWidget *coming;    /* list of copies */
};

G_DEFINE_FINAL_TYPE (FerryModelsDialog, ferry_models_dialog, GTK_TYPE_WINDOW)

static void
clear (GtkWidget *list)
{
  GtkWidget *row;

  while ((row = gtk_widget_get_first_child (list)) != NULL)
    gtk_list_box_remove (GTK_LIST_BOX (list), row);
}

/* --- What is installed --- */

static void
on_listed (FerryModelsDialog *self)
{
  GPtrArray *entries = ferry_model_library_entries (self->library);

  clear (self->installed);
  for (guint i = 0; i < entries->len; i++)
    gtk_list_box_append (GTK_LIST_BOX (self->installed),
                         ferry_model_row_new (self->library, entries->pdata[i]));
}

/* --- Files on their way in --- */

static void
on_stop (GtkButton *button, FerryModelJob *job)
{
  GtkWidget *dialog = gtk_widget_get_ancestor (GTK_WIDGET (button), FERRY_TYPE_MODELS_DIALOG);

  if (ferry_model_job_is_running (job))
    ferry_model_job_cancel (job);
  else
    ferry_model_library_dismiss (FERRY_MODELS_DIALOG (dialog)->library, job);
}

static void
on_copy (GtkProgressBar *bar, FerryModelJob *job)
{
  double share;
  g_autofree char *text = ferry_model_job_progress (job, &share);

  gtk_progress_bar_set_text (bar, text);
  if (share >= 0)
    gtk_progress_bar_set_fraction (bar, share);
  else
    gtk_progress_bar_pulse (bar);
}

static GtkWidget *
make_coming (FerryModelJob *job)
{
  gboolean running = ferry_model_job_error (job) == NULL;
  g_autofree char *name = g_filename_display_basename (ferry_model_job_path (job));
  GtkWidget *head = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);
  GtkWidget *title = gtk_label_new (name);
  GtkWidget *button = gtk_button_new_with_label (running ? _ ("Cancel") : _ ("Dismiss"));
  GtkWidget *below;

  gtk_label_set_xalign (GTK_LABEL (title), 0);
  gtk_label_set_ellipsize (GTK_LABEL (title), PANGO_ELLIPSIZE_MIDDLE);
  gtk_widget_set_hexpand (title, TRUE);
  gtk_widget_add_css_class (title, "heading");
  gtk_widget_add_css_class (box, "ferry-model-row");
  g_signal_connect_object (button, "clicked", G_CALLBACK (on_stop), job, 0);
  gtk_box_append (GTK_BOX (head), title);
  gtk_box_append (GTK_BOX (head), button);
  if (running)
    {
      below = gtk_progress_bar_new ();
      gtk_progress_bar_set_show_text (GTK_PROGRESS_BAR (below), TRUE);
      g_signal_connect_object (job, "changed", G_CALLBACK (on_copy), below, G_CONNECT_SWAPPED);
      on_copy (GTK_PROGRESS_BAR (below), job);
    }
  else
    {
      below = ferry_model_caption_new (ferry_model_job_error (job)->message);
      gtk_widget_add_css_class (below, "ferry-trouble");
    }
  gtk_box_append (GTK_BOX (box), head);
  gtk_box_append (GTK_BOX (box), below);
  return box;
}

static void
on_jobs (FerryModelsDialog *self)
{
  GPtrArray *jobs = ferry_model_library_jobs (self->library);

  clear (self->coming);
  for (guint i = 0; i < jobs->len; i++)
    if (ferry_model_job_path (jobs->pdata[i]) != NULL)
      {
        GtkWidget *row = gtk_list_box_row_new ();

        gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), make_coming (jobs->pdata[i]));
        gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), FALSE);
        gtk_widget_set_focusable (row, FALSE);
        gtk_list_box_append (GTK_LIST_BOX (self->coming), row);
      }
  gtk_widget_set_visible (self->coming, gtk_widget_get_first_child (self->coming) != NULL);
}

/* --- Adding files --- */

static void
add_file (FerryModelsDialog *self, GFile *file)
{
  g_autofree char *path = g_file_get_path (file);

  if (path != NULL)
    ferry_model_library_add (self->library, path);
}

static void
on_response (GtkNativeDialog *chooser, int response, FerryModelsDialog *self)
{
  g_autoptr (GListModel) files = NULL;

  if (response == GTK_RESPONSE_ACCEPT && self->library != NULL)
    files = gtk_file_chooser_get_files (GTK_FILE_CHOOSER (chooser));
  for (guint i = 0; files != NULL && i < g_list_model_get_n_items (files); i++)
    {
      g_autoptr (GFile) file = g_list_model_get_item (files, i);

      add_file (self, file);
    }
  g_object_unref (chooser);
  g_object_unref (self);
}

static void
on_add (GtkButton *button, FerryModelsDialog *self)
{
  GtkFileChooserNative *chooser =
      gtk_file_chooser_native_new (_ ("Add Checkpoints"), GTK_WINDOW (self),
                                   GTK_FILE_CHOOSER_ACTION_OPEN, _ ("_Add"), _ ("_Cancel"));

  gtk_file_chooser_set_select_multiple (GTK_FILE_CHOOSER (chooser), TRUE);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (chooser), TRUE);
  g_signal_connect (chooser, "response", G_CALLBACK (on_response), g_object_ref (self));
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (chooser));
}

static gboolean
on_drop (GtkDropTarget *target, const GValue *value, double x, double y, FerryModelsDialog *self)
{
  g_autoptr (GSList) files = gdk_file_list_get_files (g_value_get_boxed (value));

  for (GSList *file = files; file != NULL; file = file->next)
    add_file (self, file->data);
  return TRUE;
}

/* --- The window --- */

static GtkWidget *
add_list (GtkWidget *box, const char *name)
{
  GtkWidget *list = gtk_list_box_new ();
  GtkWidget *frame = gtk_frame_new (NULL);

  gtk_list_box_set_selection_mode (GTK_LIST_BOX (list), GTK_SELECTION_NONE);
  gtk_list_box_set_show_separators (GTK_LIST_BOX (list), TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (list), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  gtk_frame_set_child (GTK_FRAME (frame), list);
  g_object_bind_property (list, "visible", frame, "visible", G_BINDING_SYNC_CREATE);
  gtk_box_append (GTK_BOX (box), frame);
  return list;
}

static void
add_heading (GtkWidget *box, const char *text)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_add_css_class (label, "heading");
  gtk_box_append (GTK_BOX (box), label);
}

static void
add_hint (FerryModelsDialog *self, GtkWidget *box)
{
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *hint = gtk_label_new (
      _ ("Drop a ResNet's checkpoint here (.pth, .pt, .safetensors) to add it; it is checked "
         "and copied."));
  GtkWidget *button = gtk_button_new_with_label (_ ("Add Files…"));

  gtk_label_set_xalign (GTK_LABEL (hint), 0);
  gtk_label_set_wrap (GTK_LABEL (hint), TRUE);
  gtk_widget_set_hexpand (hint, TRUE);
  gtk_widget_add_css_class (hint, "dim-label");
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  g_signal_connect (button, "clicked", G_CALLBACK (on_add), self);
  gtk_box_append (GTK_BOX (row), hint);
  gtk_box_append (GTK_BOX (row), button);
  gtk_box_append (GTK_BOX (box), row);
}

static void
add_published (FerryModelsDialog *self, GtkWidget *box)
{
  const GError *error;
  GPtrArray *published = ferry_model_library_published (self->library, &error);
  GtkWidget *list;

  add_heading (box, _ ("Published by Others"));
  if (published == NULL)
    {
      gtk_box_append (GTK_BOX (box), ferry_model_caption_new (error->message));
      return;
    }
  gtk_box_append (GTK_BOX (box),
                  ferry_model_caption_new (
                      _ ("Nothing is downloaded before you ask for it. The licences are the "
                         "publishers'; read their pages before you use a model.")));
  list = add_list (box, _ ("Published by Others"));
  for (guint i = 0; i < published->len; i++)
    gtk_list_box_append (GTK_LIST_BOX (list),
                         ferry_published_row_new (self->library, published->pdata[i]));
}

static GtkWidget *
make_page (FerryModelsDialog *self)
{
  GtkWidget *scrolled = gtk_scrolled_window_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 9);

  gtk_widget_add_css_class (box, "ferry-page");
  add_heading (box, _ ("On This Computer"));
  self->installed = add_list (box, _ ("On This Computer"));
  self->coming = add_list (box, _ ("On the Way In"));
  add_hint (self, box);
  add_published (self, box);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scrolled), GTK_POLICY_NEVER,
                                  GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), box);
  gtk_widget_set_vexpand (scrolled, TRUE);
  return scrolled;
}

GtkWindow *
ferry_models_dialog_new (FerryModelLibrary *library, GtkWindow *parent)
{
  static const char *const keys[] = { "fine", "semantic", NULL };
  FerryModelsDialog *self = g_object_new (
      FERRY_TYPE_MODELS_DIALOG, "title", _ ("Models"), "default-width", 780, "default-height", 640,
      "destroy-with-parent", TRUE, "transient-for", parent, NULL);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkDropTarget *target = gtk_drop_target_new (GDK_TYPE_FILE_LIST, GDK_ACTION_COPY);

  self->library = g_object_ref (library);
  gtk_box_append (GTK_BOX (box),
                  ferry_restart_bar_new (ferry_model_library_settings (library), keys));
  gtk_box_append (GTK_BOX (box), make_page (self));
  gtk_window_set_child (GTK_WINDOW (self), box);
  g_signal_connect (target, "drop", G_CALLBACK (on_drop), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (target));
  g_signal_connect_object (library, "listed", G_CALLBACK (on_listed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (library, "jobs", G_CALLBACK (on_jobs), self, G_CONNECT_SWAPPED);
  on_listed (self);
  on_jobs (self);
  ferry_model_library_refresh (library);
  return GTK_WINDOW (self);
}

static void
ferry_models_dialog_dispose (GObject *object)
{
  g_clear_object (&FERRY_MODELS_DIALOG (object)->library);
  G_OBJECT_CLASS (ferry_models_dialog_parent_class)->dispose (object);
}

static void
close_window (GtkWidget *widget, const char *name, GVariant *parameter)
{
  gtk_window_close (GTK_WINDOW (widget));
}

static void
ferry_models_dialog_class_init (FerryModelsDialogClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ferry_models_dialog_dispose;
  gtk_widget_class_install_action (GTK_WIDGET_CLASS (klass), "models.close", NULL, close_window);
  gtk_widget_class_add_binding_action (GTK_WIDGET_CLASS (klass), GDK_KEY_Escape, 0, "models.close",
                                       NULL);
}

static void
ferry_models_dialog_init (FerryModelsDialog *self)
{
}
