/* SPDX-License-Identifier: MIT */
#include "app/preferences/shortcuts-window.h"

#include "app/application.h"
#include "app/match/match-view-map.h"
#include "app/tooltip.h"

#include <glib/gi18n.h>
#include <string.h>

/* --- Accelerators --- */

static void
apply (GSettings *settings, const char *key, GtkApplication *application)
{
  FerryKeys preset = (FerryKeys) g_settings_get_enum (settings, "shortcuts");
  g_autoptr (GVariant) changes = g_settings_get_value (settings, "shortcut-changes");
  int n;
  const FerryShortcut *table = ferry_shortcuts (&n);

  if (key != NULL && strcmp (key, "shortcuts") != 0 && strcmp (key, "shortcut-changes") != 0)
    return;
  for (int i = 0; i < n; i++)
    {
      g_auto (GStrv) keys = ferry_shortcut_keys (&table[i], preset, changes);

      gtk_application_set_accels_for_action (application, table[i].action,
                                             (const char *const *) keys);
    }
}

void
ferry_shortcuts_follow (GtkApplication *application, GSettings *settings)
{
  g_signal_connect_object (settings, "changed", G_CALLBACK (apply), application, 0);
  apply (settings, NULL, application);
}

/* --- Texts that name keys --- */

char *
ferry_shortcut_tip (const char *text, const char *action)
{
  GApplication *application = g_application_get_default ();
  g_auto (GStrv) keys = NULL;
  GdkModifierType modifiers;
  g_autofree char *label = NULL;
  guint key;

  if (action != NULL && GTK_IS_APPLICATION (application))
    keys = gtk_application_get_accels_for_action (GTK_APPLICATION (application), action);
  if (keys == NULL || keys[0] == NULL || !gtk_accelerator_parse (keys[0], &key, &modifiers))
    return g_strdup (text);
  label = gtk_accelerator_get_label (key, modifiers);
  return g_strdup_printf ("%s (%s)", text, label);
}

void
ferry_shortcuts_watch (gpointer instance, GCallback func)
{
  GApplication *application = g_application_get_default ();
  GSettings *settings;

  if (application == NULL || !FERRY_IS_APPLICATION (application))
    return;
  settings = ferry_application_settings (FERRY_APPLICATION (application));
  /* After the accelerators have followed. */
  g_signal_connect_object (settings, "changed::shortcuts", func, instance,
                           G_CONNECT_SWAPPED | G_CONNECT_AFTER);
  g_signal_connect_object (settings, "changed::shortcut-changes", func, instance,
                           G_CONNECT_SWAPPED | G_CONNECT_AFTER);
}

#define TIP "ferry-tip"

typedef struct
{
  char *text;
  char *action;
} Tip;

static void
tip_free (gpointer data)
{
  Tip *tip = data;

  g_free (tip->text);
  g_free (tip->action);
  g_free (tip);
}

static void
show_tip (GtkWidget *widget)
{
  const Tip *tip = g_object_get_data (G_OBJECT (widget), TIP);
  g_autofree char *text = ferry_shortcut_tip (tip->text, tip->action);

  ferry_tooltip_set (widget, text);
}

void
ferry_shortcut_set_tip (GtkWidget *widget, const char *text, const char *action)
{
  gboolean watched = g_object_get_data (G_OBJECT (widget), TIP) != NULL;
  Tip *tip = g_new (Tip, 1);

  *tip = (Tip){ g_strdup (text), g_strdup (action) };
  g_object_set_data_full (G_OBJECT (widget), TIP, tip, tip_free);
  show_tip (widget);
  if (!watched)
    ferry_shortcuts_watch (widget, G_CALLBACK (show_tip));
}

void
ferry_shortcuts_name_keys (GtkWidget *root)
{
  const char *text = gtk_widget_get_tooltip_text (root);
  const char *name =
      GTK_IS_ACTIONABLE (root) ? gtk_actionable_get_action_name (GTK_ACTIONABLE (root)) : NULL;

  if (text != NULL && name != NULL)
    {
      GVariant *target = gtk_actionable_get_action_target_value (GTK_ACTIONABLE (root));
      g_autofree char *action = g_action_print_detailed_name (name, target);

      ferry_shortcut_set_tip (root, text, action);
    }
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    ferry_shortcuts_name_keys (child);
}

/* --- The window --- */

static void
append_shortcut (GString *xml, const char *keys, const char *title)
{
  g_autofree char *text = g_markup_printf_escaped (
      "<child><object class=\"GtkShortcutsShortcut\"><property name=\"accelerator\">%s</property>"
      "<property name=\"title\">%s</property></object></child>",
      keys, title);

  g_string_append (xml, text);
}

/* The keys of the first to ninth object in one line, "<Ctrl>1...9", where they differ by the digit alone.
 * Returns: (transfer full) (nullable) */
static char *
find_digits (const FerryShortcut *table, int at, FerryKeys preset, GVariant *changes)
{
  g_autofree char *first = NULL;
  g_auto (GStrv) keys = NULL;
  gsize length;

  if (strcmp (table[at].action, "win.select-object(1)") != 0)
    return NULL;
  keys = ferry_shortcut_keys (&table[at], preset, changes);
  first = g_strjoinv (" ", keys);
  length = strlen (first);
  if (length == 0 || first[length - 1] != '1')
    return NULL;
  for (int digit = 2; digit <= 9; digit++)
    {
      g_auto (GStrv) others = ferry_shortcut_keys (&table[at + digit - 1], preset, changes);
      g_autofree char *other = g_strjoinv (" ", others);

      if (strlen (other) != length || strncmp (first, other, length - 1) != 0 ||
          other[length - 1] != '0' + digit)
        return NULL;
    }
  return g_strdup_printf ("%s...9", first);
}

static void
begin_group (GString *xml, const char *title)
{
  g_autofree char *text = g_markup_printf_escaped ("<child><object class=\"GtkShortcutsGroup\">"
                                                   "<property name=\"title\">%s</property>",
                                                   _ (title));

  g_string_append (xml, text);
}

/* A page of its own where one begins with this group. */
static void
begin_page (GString *xml, const char *group)
{
  static const struct
  {
    const char *group;
    const char *title;
  } pages[] = {
    { "Files", N_ ("Clip") },
    { "Propagation", N_ ("Labels") },
    { "Tools", N_ ("Tools and View") },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (pages); i++)
    if (strcmp (pages[i].group, group) == 0)
      {
        g_autofree char *text = g_markup_printf_escaped (
            "<child><object class=\"GtkShortcutsSection\">"
            "<property name=\"section-name\">%s</property><property name=\"title\">%s</property>"
            "<property name=\"max-height\">15</property>",
            group, _ (pages[i].title));

        g_string_append (xml, i > 0 ? "</object></child>" : "");
        g_string_append (xml, text);
      }
}

/* GTK 4.8 builds such windows from descriptions alone. */
static char *
describe_window (GSettings *settings)
{
  FerryKeys preset = (FerryKeys) g_settings_get_enum (settings, "shortcuts");
  g_autoptr (GVariant) changes = g_settings_get_value (settings, "shortcut-changes");
  GString *xml = g_string_new ("<interface><object class=\"GtkShortcutsWindow\" id=\"window\">");
  const char *section = NULL;
  int n;
  const FerryShortcut *table = ferry_shortcuts (&n);

  for (int i = 0; i < n; i++)
    {
      g_auto (GStrv) keys = ferry_shortcut_keys (&table[i], preset, changes);
      g_autofree char *joined = g_strjoinv (" ", keys);
      g_autofree char *digits = find_digits (table, i, preset, changes);

      if (section == NULL || strcmp (section, table[i].section) != 0)
        {
          g_string_append (xml, section != NULL ? "</object></child>" : "");
          section = table[i].section;
          begin_page (xml, section);
          begin_group (xml, section);
        }
      if (keys[0] != NULL)
        append_shortcut (xml, digits != NULL ? digits : joined,
                         digits != NULL ? _ ("First to ninth object") : _ (table[i].title));
      i += digits != NULL ? 8 : 0;
    }
  g_string_append (xml, "</object></child></object></child></object></interface>");
  return g_string_free (xml, FALSE);
}

GtkWindow *
ferry_shortcuts_window_new (GSettings *settings)
{
  g_autofree char *xml = describe_window (settings);
  g_autoptr (GtkBuilder) builder = gtk_builder_new_from_string (xml, -1);

  return GTK_WINDOW (g_object_ref (gtk_builder_get_object (builder, "window")));
}

/* --- Keys that belong to what has the focus --- */

static gboolean
is_plain_space (guint key, GdkModifierType state)
{
  return key == GDK_KEY_space && (state & gtk_accelerator_get_default_mod_mask ()) == 0;
}

/* The widget up from the focus that is still asked before shortcuts are; NULL = none is. */
static GtkWidget *
last_to_ask (GtkWindow *window, GtkWidget *focus, guint key, GdkModifierType state)
{
  GtkWidget *popover = gtk_widget_get_ancestor (focus, GTK_TYPE_POPOVER);

  if (popover != NULL)
    return popover;
  if (GTK_IS_TEXT (focus))
    return gtk_widget_get_parent (focus);
  if (GTK_IS_TEXT_VIEW (focus) || GTK_IS_RANGE (focus) || FERRY_IS_MATCH_MAP (focus))
    return focus;
  if (is_plain_space (key, state) && gtk_window_get_focus_visible (window) &&
      (GTK_IS_BUTTON (focus) || GTK_IS_CHECK_BUTTON (focus) || GTK_IS_SWITCH (focus)))
    return focus;
  return NULL;
}

static gboolean
on_key (GtkEventControllerKey *controller, guint key, guint code, GdkModifierType state, gpointer d)
{
  GtkWidget *window = gtk_event_controller_get_widget (GTK_EVENT_CONTROLLER (controller));
  GtkWidget *focus = gtk_window_get_focus (GTK_WINDOW (window));
  GtkWidget *last = focus != NULL ? last_to_ask (GTK_WINDOW (window), focus, key, state) : NULL;

  if (last == NULL)
    return GDK_EVENT_PROPAGATE;
  for (GtkWidget *widget = focus; widget != NULL; widget = gtk_widget_get_parent (widget))
    {
      if (gtk_event_controller_key_forward (controller, widget))
        return GDK_EVENT_STOP;
      if (widget == last)
        break;
    }
  return GDK_EVENT_PROPAGATE;
}

void
ferry_shortcuts_guard (GtkWindow *window)
{
  GtkEventController *keys = gtk_event_controller_key_new ();

  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect (keys, "key-pressed", G_CALLBACK (on_key), NULL);
  gtk_widget_add_controller (GTK_WIDGET (window), keys);
}
