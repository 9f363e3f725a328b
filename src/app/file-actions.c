/* SPDX-License-Identifier: MIT */
/* Opening, saving a copy, importing, exporting. */
#include "app/export/export-dialog.h"
#include "app/masks-import.h"
#include "app/window-internal.h"
#include "session/model.h"

#include <glib/gi18n.h>

/* What a file chooser is for. */
typedef void (*ChosenFunc) (FerryWindow *self, GFile *file, const char *argument);

typedef struct
{
  FerryWindow *window; /* borrowed: the dialog goes with it */
  ChosenFunc func;
  char *argument;
} Choice;

static void
on_response (GtkNativeDialog *dialog, int response, Choice *choice)
{
  g_autoptr (GFile) file = NULL;

  if (response == GTK_RESPONSE_ACCEPT)
    file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
  if (file != NULL)
    choice->func (choice->window, file, choice->argument);
  g_free (choice->argument);
  g_free (choice);
  g_object_unref (dialog);
}

static GtkFileChooserNative *
choose (FerryWindow *self,
        const char *title,
        GtkFileChooserAction action,
        ChosenFunc func,
        const char *argument)
{
  GtkFileChooserNative *dialog = gtk_file_chooser_native_new (
      title, GTK_WINDOW (self), action,
      action == GTK_FILE_CHOOSER_ACTION_SAVE ? _ ("_Save") : _ ("_Open"), _ ("_Cancel"));
  Choice *choice = g_new (Choice, 1);

  *choice = (Choice){ self, func, g_strdup (argument) };
  g_signal_connect (dialog, "response", G_CALLBACK (on_response), choice);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
  return dialog;
}

static void
opened (FerryWindow *self, GFile *file, const char *argument)
{
  ferry_window_open (self, file);
}

static void
open_file (GSimpleAction *action, GVariant *parameter, gpointer self)
{
  choose (self, _ ("Open a Video or a Project"), GTK_FILE_CHOOSER_ACTION_OPEN, opened, NULL);
}

static void
open_folder (GSimpleAction *action, GVariant *parameter, gpointer self)
{
  choose (self, _ ("Open a Folder of Images"), GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER, opened, NULL);
}

static void
open_path (GSimpleAction *action, GVariant *parameter, gpointer self)
{
  g_autoptr (GFile) file = g_file_new_for_commandline_arg (g_variant_get_string (parameter, NULL));

  ferry_window_open (self, file);
}

static void
on_sample_opened (GObject *source, GAsyncResult *result, gpointer data)
{
  FerryDocument *document = FERRY_DOCUMENT (source);
  g_autofree char *mask = fy_data_path ("sample/truth/00000.png");
  g_autoptr (GFile) file = g_file_new_for_path (mask);

  if (!ferry_document_open_finish (document, result, NULL))
    return;
  if (fy_label_set_n_objects (ferry_document_labels (document)) == 0)
    {
      ferry_document_set_frame (document, 0);
      ferry_import_masks (document, file);
    }
}

static void
open_sample (GSimpleAction *action, GVariant *parameter, gpointer self)
{
  g_autofree char *path = fy_data_path ("sample/pond.mp4");
  g_autoptr (GFile) file = g_file_new_for_path (path);

  ferry_document_open_async (ferry_window_document (self), file, on_sample_opened, NULL);
}

static void
close_document (GSimpleAction *action, GVariant *parameter, gpointer self)
{
  ferry_document_close (ferry_window_document (self));
}

static void
relinked (FerryWindow *self, GFile *file, const char *project)
{
  g_autoptr (GFile) of = g_file_new_for_commandline_arg (project);

  ferry_document_open_with_media_async (ferry_window_document (self), of, file, NULL, NULL);
}

static void
relink (GSimpleAction *action, GVariant *parameter, gpointer self)
{
  choose (self, _ ("Where Is the Clip Now?"), GTK_FILE_CHOOSER_ACTION_OPEN, relinked,
          g_variant_get_string (parameter, NULL));
}

static void
on_copied (GObject *source, GAsyncResult *result, gpointer data)
{
  FerryDocument *document = FERRY_DOCUMENT (source);
  g_autoptr (GError) error = NULL;

  if (ferry_document_save_copy_finish (document, result, &error))
    {
      ferry_document_notice (document, &(FerryNotice){ .key = "copy" });
      ferry_document_toast (document, _ ("The copy is saved"));
    }
  else
    ferry_document_notice (
        document, &(FerryNotice){ .lasting = TRUE, .key = "copy", .text = error->message });
}

static void
copy_chosen (FerryWindow *self, GFile *file, const char *argument)
{
  g_autofree char *path = g_file_get_path (file);
  g_autofree char *name = g_file_get_parse_name (file);

  if (path == NULL)
    ferry_document_toast (ferry_window_document (self), _ ("%s is not on this computer"), name);
  else
    ferry_document_save_copy_async (ferry_window_document (self), path, on_copied, NULL);
}

static void
save_copy (GSimpleAction *action, GVariant *parameter, gpointer self)
{
  GtkFileChooserNative *dialog = choose (self, _ ("Save a Copy of the Project"),
                                         GTK_FILE_CHOOSER_ACTION_SAVE, copy_chosen, NULL);
  g_autofree char *title = NULL;
  g_autofree char *name = NULL;

  g_object_get (ferry_window_document (self), "title", &title, NULL);
  name = g_strdup_printf ("%s.ferry", title);
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (dialog), name);
}

static void
import_chosen (FerryWindow *self, GFile *file, const char *argument)
{
  ferry_import_masks (ferry_window_document (self), file);
}

static void
import_mask (GSimpleAction *action, GVariant *parameter, gpointer self)
{
  choose (self, _ ("Import the Mask of This Frame"), GTK_FILE_CHOOSER_ACTION_OPEN, import_chosen,
          NULL);
}

static void
import_folder (GSimpleAction *action, GVariant *parameter, gpointer self)
{
  choose (self, _ ("Import a Folder of Masks"), GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER,
          import_chosen, NULL);
}

/* What came along with a DAVIS sequence is all of it: carrying needs the first mask alone. */
static void
keep_first_mask (GSimpleAction *action, GVariant *parameter, gpointer self)
{
  FyLabelSet *labels = ferry_document_labels (ferry_window_document (self));
  g_autoptr (GArray) frames = fy_label_set_hand_frames (labels, 0);

  fy_label_set_begin (labels, _ ("Keep only the first mask"), 0);
  for (guint i = 1; i < frames->len; i++)
    fy_label_set_set_frame (labels, g_array_index (frames, int, i), NULL);
  fy_label_set_end (labels);
}

static void
export_labels (GSimpleAction *action, GVariant *parameter, gpointer self)
{
  ferry_export_dialog_present (GTK_WINDOW (self), ferry_window_document (self));
}

static void
restart_flow (GSimpleAction *action, GVariant *parameter, gpointer self)
{
  ferry_document_restart_flow (ferry_window_document (self));
}

void
ferry_window_install_file_actions (FerryWindow *self)
{
  static const GActionEntry entries[] = {
    { .name = "open", .activate = open_file },
    { .name = "open-folder", .activate = open_folder },
    { .name = "open-path", .activate = open_path, .parameter_type = "s" },
    { .name = "open-sample", .activate = open_sample },
    { .name = "close-document", .activate = close_document },
    { .name = "relink", .activate = relink, .parameter_type = "s" },
    { .name = "save-copy", .activate = save_copy },
    { .name = "import-mask", .activate = import_mask },
    { .name = "import-folder", .activate = import_folder },
    { .name = "keep-first-mask", .activate = keep_first_mask },
    { .name = "export", .activate = export_labels },
    { .name = "restart-flow", .activate = restart_flow },
  };

  g_action_map_add_action_entries (G_ACTION_MAP (self), entries, G_N_ELEMENTS (entries), self);
}
