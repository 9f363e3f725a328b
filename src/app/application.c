/* SPDX-License-Identifier: MIT */
#include "app/application.h"

#include "app/models/models-dialog.h"
#include "app/preferences/preferences.h"
#include "app/preferences/shortcuts-window.h"
#include "app/window.h"
#include "config.h"

#include <glib/gi18n.h>

struct _FerryApplication
{
  GtkApplication parent_instance;

  GSettings *settings;
  FerryModelLibrary *models;
};

G_DEFINE_FINAL_TYPE (FerryApplication, ferry_application, GTK_TYPE_APPLICATION)

FerryApplication *
ferry_application_new (void)
{
  return g_object_new (FERRY_TYPE_APPLICATION, "application-id", FERRY_APPLICATION_ID, "flags",
                       G_APPLICATION_HANDLES_OPEN, NULL);
}

GSettings *
ferry_application_settings (FerryApplication *self)
{
  return self->settings;
}

static void
load_style (void)
{
  g_autoptr (GtkCssProvider) provider = gtk_css_provider_new ();

  gtk_css_provider_load_from_resource (provider, "/io/github/ferrylabels/Ferry/style.css");
  gtk_style_context_add_provider_for_display (gdk_display_get_default (),
                                              GTK_STYLE_PROVIDER (provider),
                                              GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
}

static void
about (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  gtk_show_about_dialog (gtk_application_get_active_window (data), "program-name", "Ferry",
                         "version", FERRY_VERSION, "logo-icon-name", FERRY_APPLICATION_ID,
                         "comments", _ ("Carries labels across video"), "license-type",
                         GTK_LICENSE_MIT_X11, NULL);
}

static void
shortcuts (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  GtkWindow *window = ferry_shortcuts_window_new (FERRY_APPLICATION (data)->settings);

  gtk_window_set_transient_for (window, gtk_application_get_active_window (data));
  gtk_window_present (window);
}

static void
preferences (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  FerryApplication *self = FERRY_APPLICATION (data);
  GtkWindow *window = gtk_application_get_active_window (data);

  gtk_window_present (ferry_preferences_new (self->settings, window));
}

/* One window of models: it is brought up again. */
static void
models (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  FerryApplication *self = FERRY_APPLICATION (data);
  GtkWindow *parent = gtk_application_get_active_window (data);
  GListModel *windows = gtk_window_get_toplevels ();
  GtkWindow *dialog = NULL;

  for (guint i = 0; i < g_list_model_get_n_items (windows) && dialog == NULL; i++)
    {
      g_autoptr (GtkWindow) window = g_list_model_get_item (windows, i);

      if (FERRY_IS_MODELS_DIALOG (window))
        dialog = window;
    }
  gtk_window_present (dialog != NULL ? dialog : ferry_models_dialog_new (self->models, parent));
}

/* Windows save and close one after the other. */
static void
quit (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  GList *windows = g_list_copy (gtk_application_get_windows (data));

  for (GList *window = windows; window != NULL; window = window->next)
    gtk_window_close (window->data);
  g_list_free (windows);
}

/* The window that shows it already. */
static FerryWindow *
find_window_of (FerryApplication *self, GFile *file)
{
  GList *windows = gtk_application_get_windows (GTK_APPLICATION (self));

  for (GList *window = windows; window != NULL; window = window->next)
    if (FERRY_IS_WINDOW (window->data) &&
        ferry_document_is_of (ferry_window_document (window->data), file))
      return window->data;
  return NULL;
}

static gboolean
is_empty (FerryWindow *window)
{
  gboolean opening;

  g_object_get (ferry_window_document (window), "opening", &opening, NULL);
  return !opening && ferry_document_n_frames (ferry_window_document (window)) == 0;
}

static FerryWindow *
find_window (FerryApplication *self)
{
  GtkWindow *window = gtk_application_get_active_window (GTK_APPLICATION (self));

  return window != NULL && FERRY_IS_WINDOW (window) ? FERRY_WINDOW (window)
                                                    : ferry_window_new (self);
}

static void
open_sample (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  FerryWindow *window = find_window (data);

  gtk_window_present (GTK_WINDOW (window));
  g_action_group_activate_action (G_ACTION_GROUP (window), "open-sample", NULL);
}

static void
install_actions (FerryApplication *self)
{
  static const GActionEntry entries[] = {
    { .name = "about", .activate = about },   { .name = "open-sample", .activate = open_sample },
    { .name = "quit", .activate = quit },     { .name = "shortcuts", .activate = shortcuts },
    { .name = "models", .activate = models }, { .name = "preferences", .activate = preferences },
  };

  g_action_map_add_action_entries (G_ACTION_MAP (self), entries, G_N_ELEMENTS (entries), self);
}

static void
ferry_application_startup (GApplication *application)
{
  FerryApplication *self = FERRY_APPLICATION (application);

  G_APPLICATION_CLASS (ferry_application_parent_class)->startup (application);
  self->settings = g_settings_new (FERRY_APPLICATION_ID);
  self->models = ferry_model_library_new (self->settings);
  load_style ();
  install_actions (self);
  ferry_preferences_follow_theme (self->settings);
  ferry_shortcuts_follow (GTK_APPLICATION (self), self->settings);
}

static void
ferry_application_activate (GApplication *application)
{
  gtk_window_present (GTK_WINDOW (find_window (FERRY_APPLICATION (application))));
}

static void
ferry_application_open (GApplication *application, GFile **files, int n_files, const char *hint)
{
  FerryApplication *self = FERRY_APPLICATION (application);

  for (int i = 0; i < n_files; i++)
    {
      FerryWindow *window = find_window_of (self, files[i]);

      if (window == NULL)
        window = find_window (self);
      if (!is_empty (window) && !ferry_document_is_of (ferry_window_document (window), files[i]))
        window = ferry_window_new (self);
      gtk_window_present (GTK_WINDOW (window));
      ferry_window_open (window, files[i]);
    }
}

/* Done here or, where the program runs already, there. */
static int
ferry_application_handle_local_options (GApplication *application, GVariantDict *options)
{
  g_autoptr (GError) error = NULL;

  if (g_variant_dict_contains (options, "version"))
    {
      g_print ("ferry %s\n", FERRY_VERSION);
      return 0;
    }
  if (!g_variant_dict_contains (options, "sample"))
    return -1;
  if (!g_application_register (application, NULL, &error))
    {
      g_printerr ("ferry: %s\n", error->message);
      return 1;
    }
  g_action_group_activate_action (G_ACTION_GROUP (application), "open-sample", NULL);
  return g_application_get_is_remote (application) ? 0 : -1;
}

static void
ferry_application_dispose (GObject *object)
{
  g_clear_object (&FERRY_APPLICATION (object)->models);
  g_clear_object (&FERRY_APPLICATION (object)->settings);
  G_OBJECT_CLASS (ferry_application_parent_class)->dispose (object);
}

static void
ferry_application_class_init (FerryApplicationClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ferry_application_dispose;
  G_APPLICATION_CLASS (klass)->startup = ferry_application_startup;
  G_APPLICATION_CLASS (klass)->activate = ferry_application_activate;
  G_APPLICATION_CLASS (klass)->open = ferry_application_open;
  G_APPLICATION_CLASS (klass)->handle_local_options = ferry_application_handle_local_options;
}

static void
ferry_application_init (FerryApplication *self)
{
  g_application_add_main_option (G_APPLICATION (self), "sample", 0, 0, G_OPTION_ARG_NONE,
                                 _ ("Open the sample clip"), NULL);
  g_application_add_main_option (G_APPLICATION (self), "version", 0, 0, G_OPTION_ARG_NONE,
                                 _ ("Print the version"), NULL);
}
