/* SPDX-License-Identifier: MIT */
#include "app/preferences/preferences.h"
#include "app/preferences/checkpoint-row.h"

#include "app/panels/inspector-rows.h"
#include "app/preferences/preferences-storage.h"
#include "app/preferences/restart-bar.h"
#include "app/preferences/shortcuts-editor.h"
#include "compute/device.h"
#include "propagate/params.h"

#include <glib/gi18n.h>
#include <string.h>

enum
{
  THEME_SYSTEM,
  THEME_LIGHT,
  THEME_DARK,
};

#define FERRY_TYPE_PREFERENCES (ferry_preferences_get_type ())
G_DECLARE_FINAL_TYPE (FerryPreferences, ferry_preferences, FERRY, PREFERENCES, GtkWindow)

struct _FerryPreferences
{
  GtkWindow parent_instance;

  GSettings *settings;
  GtkWidget *stack;
  GtkWidget *device;
  GStrv devices; /* names, row by row */
  gboolean updating;
};

G_DEFINE_FINAL_TYPE (FerryPreferences, ferry_preferences, GTK_TYPE_WINDOW)

/* --- The theme --- */

static void
apply_theme (GSettings *settings)
{
  GtkSettings *gtk = gtk_settings_get_default ();
  int theme = g_settings_get_enum (settings, "theme");

  if (theme == THEME_SYSTEM)
    gtk_settings_reset_property (gtk, "gtk-application-prefer-dark-theme");
  else
    g_object_set (gtk, "gtk-application-prefer-dark-theme", theme == THEME_DARK, NULL);
}

void
ferry_preferences_follow_theme (GSettings *settings)
{
  g_signal_connect (settings, "changed::theme", G_CALLBACK (apply_theme), NULL);
  apply_theme (settings);
}

/* --- General --- */

static void
on_theme (GtkDropDown *list, GParamSpec *pspec, FerryPreferences *self)
{
  g_settings_set_enum (self->settings, "theme", (int) gtk_drop_down_get_selected (list));
}

static GtkWidget *
add_check (FerryPreferences *self,
           GtkWidget *grid,
           const char *label,
           const char *key,
           const char *tip)
{
  GtkWidget *check = ferry_check_new (label, tip);

  g_settings_bind (self->settings, key, check, "active", G_SETTINGS_BIND_DEFAULT);
  ferry_rows_add_wide (grid, check);
  return check;
}

static GtkWidget *
make_general (FerryPreferences *self)
{
  const char *const themes[] = { _ ("As the system"), _ ("Light"), _ ("Dark"), NULL };
  GtkWidget *grid = ferry_rows_new ();
  GtkWidget *theme = gtk_drop_down_new_from_strings (themes);
  GtkWidget *lightest = ferry_share_new ();

  ferry_rows_add_heading (grid, _ ("Looks"));
  gtk_drop_down_set_selected (GTK_DROP_DOWN (theme),
                              (guint) g_settings_get_enum (self->settings, "theme"));
  g_signal_connect (theme, "notify::selected", G_CALLBACK (on_theme), self);
  ferry_rows_add (grid, _ ("Theme"), theme, NULL);
  add_check (self, grid, _ ("Hatch objects besides colouring them"), "hatching",
             _ ("Tells objects apart by lines too, not by colour alone"));
  add_check (self, grid, _ ("Draw objects' numbers into them"), "numbers", NULL);
  ferry_rows_add_heading (grid, _ ("Pen"));
  add_check (self, grid, _ ("Pressure scales the brush"), "pressure",
             _ ("The harder the pen is pressed, the larger the brush"));
  ferry_rows_add (grid, _ ("Lightest touch"), lightest,
                  _ ("Share of the radius that the lightest touch of the pen paints"));
  g_settings_bind (self->settings, "hardness", gtk_range_get_adjustment (GTK_RANGE (lightest)),
                   "value", G_SETTINGS_BIND_DEFAULT);
  ferry_rows_add_heading (grid, _ ("Propagation"));
  add_check (self, grid, _ ("Edits replace carried labels at once"), "live",
             _ ("Otherwise only labels that are missing are filled in"));
  return grid;
}

/* --- Computing --- */

static void
list_devices (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  g_task_return_pointer (task, fy_device_list (), (GDestroyNotify) g_strfreev);
}

static void
on_devices (GObject *object, GAsyncResult *result, gpointer data)
{
  FerryPreferences *self = FERRY_PREFERENCES (object);
  g_auto (GStrv) lines = g_task_propagate_pointer (G_TASK (result), NULL);
  g_autoptr (GtkStringList) rows = gtk_string_list_new (NULL);
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();
  g_autofree char *chosen = NULL;
  guint row = 0;

  if (self->settings == NULL) /* closed meanwhile */
    return;
  chosen = g_settings_get_string (self->settings, "device");
  gtk_string_list_append (rows, _ ("The fastest there is"));
  g_strv_builder_add (names, "");
  for (int i = 0; lines != NULL && lines[i] != NULL; i++)
    {
      g_autofree char *name = NULL;

      gtk_string_list_append (rows, fy_device_line_split (lines[i], &name));
      g_strv_builder_add (names, name);
      if (strcmp (name, chosen) == 0)
        row = (guint) i + 1;
    }
  self->devices = g_strv_builder_end (names);
  self->updating = TRUE;
  gtk_drop_down_set_model (GTK_DROP_DOWN (self->device), G_LIST_MODEL (rows));
  gtk_drop_down_set_selected (GTK_DROP_DOWN (self->device), row);
  self->updating = FALSE;
  gtk_widget_set_sensitive (self->device, TRUE);
}

static void
on_device (GtkDropDown *list, GParamSpec *pspec, FerryPreferences *self)
{
  guint row = gtk_drop_down_get_selected (list);

  if (!self->updating && self->devices != NULL && row < g_strv_length (self->devices))
    g_settings_set_string (self->settings, "device", self->devices[row]);
}

static void
add_device (FerryPreferences *self, GtkWidget *grid)
{
  const char *const waiting[] = { _ ("Looking for devices…"), NULL };
  g_autoptr (GTask) task = g_task_new (self, NULL, on_devices, NULL);

  self->device = gtk_drop_down_new_from_strings (waiting);
  gtk_widget_set_sensitive (self->device, FALSE);
  g_signal_connect (self->device, "notify::selected", G_CALLBACK (on_device), self);
  ferry_rows_add (grid, _ ("Device"), self->device,
                  _ ("What computes: the processor, or a GPU through Vulkan"));
  g_task_run_in_thread (task, list_devices);
}

static void
on_preset (GtkDropDown *list, GParamSpec *pspec, FerryPreferences *self)
{
  int n;
  const FyPropagateParams *presets = fy_presets (&n);
  guint row = gtk_drop_down_get_selected (list);

  if (row < (guint) n)
    g_settings_set_string (self->settings, "preset", presets[row].name);
}

static void
add_preset (FerryPreferences *self, GtkWidget *grid)
{
  int n;
  const FyPropagateParams *presets = fy_presets (&n);
  g_autofree char *chosen = g_settings_get_string (self->settings, "preset");
  g_autoptr (GtkStringList) rows = gtk_string_list_new (NULL);
  GtkWidget *list;

  for (int i = 0; i < n; i++)
    gtk_string_list_append (rows, presets[i].name);
  list = gtk_drop_down_new (G_LIST_MODEL (g_steal_pointer (&rows)), NULL);
  for (int i = 0; i < n; i++)
    if (strcmp (presets[i].name, chosen) == 0)
      gtk_drop_down_set_selected (GTK_DROP_DOWN (list), (guint) i);
  g_signal_connect (list, "notify::selected", G_CALLBACK (on_preset), self);
  ferry_rows_add (grid, _ ("Preset"), list,
                  _ ("Published settings that new projects begin with: neighbours, temperature, "
                     "radius, context"));
}

static void
add_number (FerryPreferences *self,
            GtkWidget *grid,
            const char *label,
            const char *key,
            GtkWidget *spin,
            const char *tip)
{
  g_settings_bind (self->settings, key, spin, "value", G_SETTINGS_BIND_DEFAULT);
  ferry_rows_add (grid, label, spin, tip);
  gtk_widget_set_halign (spin, GTK_ALIGN_START);
}

static void
on_models (GtkButton *button, FerryPreferences *self)
{
  g_action_group_activate_action (G_ACTION_GROUP (g_application_get_default ()), "models", NULL);
}

static GtkWidget *
make_computing (FerryPreferences *self)
{
  GtkWidget *grid = ferry_rows_new ();
  GtkWidget *models = gtk_button_new_with_label (_ ("Models…"));

  ferry_rows_add_heading (grid, _ ("Networks"));
  ferry_rows_add (grid, _ ("Fine-grained"),
                  ferry_checkpoint_row_new (self->settings, "fine", _ ("Ferry's own model")),
                  _ ("A ResNet's checkpoint as its authors publish it: .pth, .pt, .safetensors"));
  ferry_rows_add (
      grid, _ ("Semantic"), ferry_checkpoint_row_new (self->settings, "semantic", _ ("None")),
      _ ("A second ResNet, whose features are fused with the others by the weight lambda"));
  gtk_widget_set_halign (models, GTK_ALIGN_START);
  gtk_widget_set_tooltip_text (models, _ ("Installed models, and those that others published"));
  g_signal_connect (models, "clicked", G_CALLBACK (on_models), self);
  ferry_rows_add_wide (grid, models);
  ferry_rows_add_heading (grid, _ ("Computing"));
  add_device (self, grid);
  add_preset (self, grid);
  add_number (
      self, grid, _ ("Short side (px)"), "short-side", ferry_spin_new (0, 4096, 8, 0),
      _ ("Pixels of the picture's short side that the network sees, never enlarged; 0 = all"));
  add_check (self, grid, _ ("Fast: features in 16 bits"), "fast",
             _ ("Where the device is faster so; masks differ a little"));
  ferry_rows_add_heading (grid, _ ("Memory"));
  add_number (self, grid, _ ("At most (MiB)"), "memory-mib", ferry_spin_new (64, 1048576, 64, 0),
              _ ("Memory that features, lists and frames stay inside, at the price of speed"));
  return grid;
}

/* --- The window --- */

static void
add_page (FerryPreferences *self, GtkWidget *page, const char *name, const char *title)
{
  gtk_stack_add_titled (GTK_STACK (self->stack), page, name, title);
}

GtkWindow *
ferry_preferences_new (GSettings *settings, GtkWindow *parent)
{
  static const char *const later[] = { "device",       "memory-mib", "cache-mib",
                                       "cache-folder", "short-side", "fast",
                                       "fine",         "semantic",   NULL };
  FerryPreferences *self = g_object_new (
      FERRY_TYPE_PREFERENCES, "title", _ ("Preferences"), "default-width", 600, "default-height",
      560, "destroy-with-parent", TRUE, "transient-for", parent, NULL);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *editor = ferry_shortcuts_editor_new (settings);

  self->settings = g_object_ref (settings);
  gtk_box_append (GTK_BOX (box), ferry_restart_bar_new (settings, later));
  gtk_box_append (GTK_BOX (box), self->stack);
  gtk_widget_set_vexpand (self->stack, TRUE);
  add_page (self, make_general (self), "general", _ ("General"));
  add_page (self, make_computing (self), "computing", _ ("Computing"));
  add_page (self, ferry_storage_page_new (settings), "storage", _ ("Storage"));
  gtk_widget_add_css_class (editor, "ferry-page");
  add_page (self, editor, "shortcuts", _ ("Shortcuts"));
  gtk_window_set_child (GTK_WINDOW (self), box);
  return GTK_WINDOW (self);
}

static void
ferry_preferences_dispose (GObject *object)
{
  FerryPreferences *self = FERRY_PREFERENCES (object);

  g_clear_object (&self->settings);
  g_clear_pointer (&self->devices, g_strfreev);
  G_OBJECT_CLASS (ferry_preferences_parent_class)->dispose (object);
}

static void
close_window (GtkWidget *widget, const char *name, GVariant *parameter)
{
  gtk_window_close (GTK_WINDOW (widget));
}

static void
ferry_preferences_class_init (FerryPreferencesClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ferry_preferences_dispose;
  gtk_widget_class_install_action (GTK_WIDGET_CLASS (klass), "preferences.close", NULL,
                                   close_window);
  gtk_widget_class_add_binding_action (GTK_WIDGET_CLASS (klass), GDK_KEY_Escape, 0,
                                       "preferences.close", NULL);
}

static void
ferry_preferences_init (FerryPreferences *self)
{
  GtkWidget *header = gtk_header_bar_new ();
  GtkWidget *switcher = gtk_stack_switcher_new ();

  self->stack = gtk_stack_new ();
  gtk_stack_switcher_set_stack (GTK_STACK_SWITCHER (switcher), GTK_STACK (self->stack));
  gtk_header_bar_set_title_widget (GTK_HEADER_BAR (header), switcher);
  gtk_window_set_titlebar (GTK_WINDOW (self), header);
}
