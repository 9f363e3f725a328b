/* SPDX-License-Identifier: MIT */
#include "app/window.h"
#include "config.h"

#include <glib/gi18n.h>

#define BIG_STEP 10

static void
on_open_response (GtkNativeDialog *dialog, int response, FerryWindow *self)
{
  g_autoptr (GFile) file = NULL;

  if (response == GTK_RESPONSE_ACCEPT)
    file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
  if (file != NULL)
    ferry_window_open (self, file);
  g_object_unref (dialog);
}

static void
choose (FerryWindow *self, const char *title, GtkFileChooserAction action)
{
  GtkFileChooserNative *dialog =
      gtk_file_chooser_native_new (title, GTK_WINDOW (self), action, _ ("_Open"), _ ("_Cancel"));

  g_signal_connect_object (dialog, "response", G_CALLBACK (on_open_response), self, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}

static void
open_file (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  choose (data, _ ("Open a video or a project"), GTK_FILE_CHOOSER_ACTION_OPEN);
}

static void
open_folder (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  choose (data, _ ("Open a folder of images"), GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER);
}

static void
go (FerryWindow *self, int step)
{
  FerryDocument *document = ferry_window_document (self);

  ferry_document_set_frame (document, ferry_document_frame (document) + step);
}

static void
step (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  go (data, g_variant_get_int32 (parameter));
}

static void
undo (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  fy_label_set_undo (ferry_document_labels (ferry_window_document (data)));
}

static void
redo (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  fy_label_set_redo (ferry_document_labels (ferry_window_document (data)));
}

void
ferry_window_install_actions (FerryWindow *self)
{
  static const GActionEntry entries[] = {
    { .name = "open", .activate = open_file },
    { .name = "open-folder", .activate = open_folder },
    { .name = "step", .activate = step, .parameter_type = "i" },
    { .name = "undo", .activate = undo },
    { .name = "redo", .activate = redo },
  };
  g_autoptr (GPropertyAction) tool =
      g_property_action_new ("tool", ferry_window_toolbox (self), "tool");

  g_action_map_add_action_entries (G_ACTION_MAP (self), entries, G_N_ELEMENTS (entries), self);
  g_action_map_add_action (G_ACTION_MAP (self), G_ACTION (tool));
}

static void
enable (FerryWindow *self, const char *name, gboolean enabled)
{
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (self), name);

  if (action != NULL)
    g_simple_action_set_enabled (G_SIMPLE_ACTION (action), enabled);
}

void
ferry_window_update_actions (FerryWindow *self)
{
  FyLabelSet *labels = ferry_document_labels (ferry_window_document (self));
  FyHistory *history = labels != NULL ? fy_label_set_history (labels) : NULL;

  enable (self, "undo", history != NULL && fy_history_position (history) > 0);
  enable (self, "redo",
          history != NULL && fy_history_position (history) < fy_history_length (history));
  enable (self, "step", labels != NULL);
}
