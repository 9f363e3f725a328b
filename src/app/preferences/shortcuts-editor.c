/* SPDX-License-Identifier: MIT */
#include "app/preferences/shortcuts-editor.h"

#include "app/preferences/shortcuts.h"

#include <glib/gi18n.h>
#include <string.h>

#define FERRY_TYPE_SHORTCUTS_EDITOR (ferry_shortcuts_editor_get_type ())
G_DECLARE_FINAL_TYPE (FerryShortcutsEditor,
                      ferry_shortcuts_editor,
                      FERRY,
                      SHORTCUTS_EDITOR,
                      GtkWidget)

/* A line of the list. */
typedef struct
{
  const FerryShortcut *shortcut;
  GtkWidget *row;
  GtkWidget *label; /* GtkShortcutLabel */
  GtkWidget *set;
  GtkWidget *reset;
} Line;

struct _FerryShortcutsEditor
{
  GtkWidget parent_instance;

  GSettings *settings;
  Line *lines;
  int n_lines;
  const Line *asked; /* a key is waited for, or confirmed, for this one; NULL = for none */
  char *key;         /* that is another verb's: whether to take it is asked */

  GtkWidget *top;
  GtkWidget *search;
  GtkWidget *list;
  GtkWidget *scrolled;
  GtkWidget *bar; /* what is asked */
  GtkWidget *question;
  GtkWidget *take;
  GtkWidget *cancel;
};

G_DEFINE_FINAL_TYPE (FerryShortcutsEditor, ferry_shortcuts_editor, GTK_TYPE_WIDGET)

static FerryKeys
preset_of (FerryShortcutsEditor *self)
{
  return (FerryKeys) g_settings_get_enum (self->settings, "shortcuts");
}

static GVariant *
changes_of (FerryShortcutsEditor *self)
{
  return g_settings_get_value (self->settings, "shortcut-changes");
}

static void
update_line (FerryShortcutsEditor *self, Line *line, GVariant *changes)
{
  g_auto (GStrv) keys = ferry_shortcut_keys (line->shortcut, preset_of (self), changes);
  g_autofree char *joined = g_strjoinv (" ", keys);
  g_autofree char *name = g_strdup_printf (_ ("Change the key of: %s"), _ (line->shortcut->title));
  g_autoptr (GVariant) changed = g_variant_lookup_value (changes, line->shortcut->action, NULL);

  gtk_shortcut_label_set_accelerator (GTK_SHORTCUT_LABEL (line->label), joined);
  gtk_widget_set_opacity (line->reset, changed != NULL ? 1 : 0);
  gtk_widget_set_sensitive (line->reset, changed != NULL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (line->set), GTK_ACCESSIBLE_PROPERTY_LABEL, name,
                                  -1);
}

static void
update (FerryShortcutsEditor *self)
{
  g_autoptr (GVariant) changes = changes_of (self);

  for (int i = 0; i < self->n_lines; i++)
    update_line (self, &self->lines[i], changes);
}

/* --- Asking for a key --- */

static void
ask (FerryShortcutsEditor *self, const Line *line, const char *text, gboolean conflict)
{
  self->asked = line;
  gtk_label_set_text (GTK_LABEL (self->question), text);
  gtk_widget_set_visible (self->take, conflict);
  gtk_widget_set_visible (self->cancel, line != NULL);
}

static void
stop_asking (FerryShortcutsEditor *self)
{
  g_clear_pointer (&self->key, g_free);
  ask (self, NULL, _ ("Press a verb's button, then the key that it is to have."), FALSE);
}

static void
store (FerryShortcutsEditor *self, GVariant *changes)
{
  g_settings_set_value (self->settings, "shortcut-changes", changes);
  stop_asking (self);
}

static void
take_key (FerryShortcutsEditor *self, const char *key)
{
  g_autoptr (GVariant) old = changes_of (self);
  g_autoptr (GVariant) changes =
      ferry_shortcut_take_key (old, self->asked->shortcut, preset_of (self), key);

  store (self, changes);
}

static void
clear_key (FerryShortcutsEditor *self)
{
  const char *const none[] = { NULL };
  g_autoptr (GVariant) old = changes_of (self);
  g_autoptr (GVariant) changes =
      ferry_shortcut_change (old, self->asked->shortcut, preset_of (self), none);

  store (self, changes);
}

static void
offer_key (FerryShortcutsEditor *self, const char *key, guint value, GdkModifierType modifiers)
{
  g_autoptr (GVariant) changes = changes_of (self);
  const FerryShortcut *other =
      ferry_shortcut_of_key (key, preset_of (self), changes, self->asked->shortcut);
  g_autofree char *label = gtk_accelerator_get_label (value, modifiers);
  g_autofree char *text = NULL;

  if (other == NULL)
    {
      take_key (self, key);
      return;
    }
  text = g_strdup_printf (_ ("%s means “%s”. Give it to “%s” instead?"), label, _ (other->title),
                          _ (self->asked->shortcut->title));
  g_free (self->key);
  self->key = g_strdup (key);
  ask (self, self->asked, text, TRUE);
}

/* Shift is part of how many signs are typed; then it is no part of the shortcut. */
static GdkModifierType
own_modifiers (guint key, GdkModifierType state)
{
  GdkModifierType modifiers = state & gtk_accelerator_get_default_mod_mask ();
  gunichar sign = gdk_keyval_to_unicode (key);

  if (sign != 0 && sign != ' ' && !g_unichar_isalpha (sign))
    modifiers &= ~(GdkModifierType) GDK_SHIFT_MASK;
  return modifiers;
}

static gboolean
on_key (GtkEventControllerKey *controller,
        guint key,
        guint code,
        GdkModifierType state,
        FerryShortcutsEditor *self)
{
  GdkModifierType modifiers = own_modifiers (key, state);
  guint lower = gdk_keyval_to_lower (key);
  g_autofree char *name = NULL;

  if (self->asked == NULL || self->key != NULL)
    return GDK_EVENT_PROPAGATE;
  if (key == GDK_KEY_Escape && modifiers == 0)
    stop_asking (self);
  else if (key == GDK_KEY_BackSpace && modifiers == 0)
    clear_key (self);
  else if (gtk_accelerator_valid (lower, modifiers))
    {
      name = gtk_accelerator_name (lower, modifiers);
      offer_key (self, name, lower, modifiers);
    }
  return GDK_EVENT_STOP;
}

static void
on_set (GtkButton *button, FerryShortcutsEditor *self)
{
  const Line *line = g_object_get_data (G_OBJECT (button), "line");
  g_autofree char *text = g_strdup_printf (
      _ ("Press a key for “%s”. Backspace: none. Esc: leave it."), _ (line->shortcut->title));

  g_clear_pointer (&self->key, g_free);
  ask (self, line, text, FALSE);
}

static void
on_reset (GtkButton *button, FerryShortcutsEditor *self)
{
  const Line *line = g_object_get_data (G_OBJECT (button), "line");
  FerryKeys preset = preset_of (self);
  g_auto (GStrv) keys = ferry_shortcut_preset_keys (line->shortcut, preset);
  g_autoptr (GVariant) changes = changes_of (self);

  /* From those that took them meanwhile. */
  for (int i = 0; keys[i] != NULL; i++)
    {
      g_autoptr (GVariant) taken =
          ferry_shortcut_take_key (changes, line->shortcut, preset, keys[i]);

      g_variant_unref (changes);
      changes = g_steal_pointer (&taken);
    }
  {
    g_autoptr (GVariant) back =
        ferry_shortcut_change (changes, line->shortcut, preset, (const char *const *) keys);

    store (self, back);
  }
}

static void
on_reset_all (FerryShortcutsEditor *self)
{
  g_settings_reset (self->settings, "shortcut-changes");
  stop_asking (self);
}

static void
on_take (FerryShortcutsEditor *self)
{
  g_autofree char *key = g_steal_pointer (&self->key);

  if (key != NULL && self->asked != NULL)
    take_key (self, key);
}

/* --- The list --- */

static gboolean
is_found (GtkListBoxRow *row, gpointer data)
{
  FerryShortcutsEditor *self = data;
  const Line *line = g_object_get_data (G_OBJECT (row), "line");
  g_autofree char *wanted =
      g_utf8_casefold (gtk_editable_get_text (GTK_EDITABLE (self->search)), -1);
  g_autofree char *title = g_utf8_casefold (_ (line->shortcut->title), -1);

  return strstr (title, wanted) != NULL;
}

static void
set_header (GtkListBoxRow *row, GtkListBoxRow *before, gpointer data)
{
  const Line *line = g_object_get_data (G_OBJECT (row), "line");
  const Line *above = before != NULL ? g_object_get_data (G_OBJECT (before), "line") : NULL;
  GtkWidget *label;

  if (above != NULL && strcmp (above->shortcut->section, line->shortcut->section) == 0)
    {
      gtk_list_box_row_set_header (row, NULL);
      return;
    }
  label = gtk_label_new (_ (line->shortcut->section));
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_add_css_class (label, "heading");
  gtk_widget_add_css_class (label, "ferry-list-heading");
  gtk_list_box_row_set_header (row, label);
}

static GtkWidget *
new_line_button (FerryShortcutsEditor *self, Line *line, GCallback clicked)
{
  GtkWidget *button = gtk_button_new ();

  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  g_object_set_data (G_OBJECT (button), "line", line);
  g_signal_connect (button, "clicked", clicked, self);
  return button;
}

static void
make_line (FerryShortcutsEditor *self, Line *line, const FerryShortcut *shortcut)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *title = gtk_label_new (_ (shortcut->title));

  line->shortcut = shortcut;
  line->row = gtk_list_box_row_new ();
  line->label = gtk_shortcut_label_new ("");
  line->set = new_line_button (self, line, G_CALLBACK (on_set));
  line->reset = new_line_button (self, line, G_CALLBACK (on_reset));
  gtk_shortcut_label_set_disabled_text (GTK_SHORTCUT_LABEL (line->label), _ ("none"));
  gtk_button_set_child (GTK_BUTTON (line->set), line->label);
  gtk_button_set_icon_name (GTK_BUTTON (line->reset), "edit-clear-symbolic");
  gtk_widget_set_tooltip_text (line->set, _ ("Press to set another key"));
  gtk_widget_set_tooltip_text (line->reset, _ ("The preset's key again"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (line->reset), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("The preset's key again"), -1);
  gtk_label_set_xalign (GTK_LABEL (title), 0);
  gtk_label_set_ellipsize (GTK_LABEL (title), PANGO_ELLIPSIZE_END);
  gtk_widget_set_hexpand (title, TRUE);
  gtk_widget_set_margin_start (title, 12);
  gtk_box_append (GTK_BOX (box), title);
  gtk_box_append (GTK_BOX (box), line->set);
  gtk_box_append (GTK_BOX (box), line->reset);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (line->row), box);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (line->row), FALSE);
  g_object_set_data (G_OBJECT (line->row), "line", line);
  gtk_list_box_append (GTK_LIST_BOX (self->list), line->row);
}

static void
make_list (FerryShortcutsEditor *self)
{
  const FerryShortcut *table = ferry_shortcuts (&self->n_lines);

  self->list = gtk_list_box_new ();
  self->lines = g_new0 (Line, (gsize) self->n_lines);
  gtk_list_box_set_selection_mode (GTK_LIST_BOX (self->list), GTK_SELECTION_NONE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->list), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Keyboard shortcuts"), -1);
  for (int i = 0; i < self->n_lines; i++)
    make_line (self, &self->lines[i], &table[i]);
  gtk_list_box_set_header_func (GTK_LIST_BOX (self->list), set_header, NULL, NULL);
  self->scrolled = gtk_scrolled_window_new ();
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (self->scrolled), GTK_POLICY_NEVER,
                                  GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_has_frame (GTK_SCROLLED_WINDOW (self->scrolled), TRUE);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (self->scrolled), self->list);
  gtk_widget_set_vexpand (self->scrolled, TRUE);
  gtk_widget_set_parent (self->scrolled, GTK_WIDGET (self));
}

static void
on_preset (GtkDropDown *list, GParamSpec *pspec, FerryShortcutsEditor *self)
{
  g_settings_set_enum (self->settings, "shortcuts", (int) gtk_drop_down_get_selected (list));
}

static void
make_top (FerryShortcutsEditor *self)
{
  const char *const presets[] = { "Ferry", "Cutie", "CVAT", NULL };
  GtkWidget *preset = gtk_drop_down_new_from_strings (presets);
  GtkWidget *reset = gtk_button_new_with_label (_ ("Reset All"));

  self->top = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  self->search = gtk_search_entry_new ();
  gtk_widget_set_hexpand (self->search, TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->search), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Search"), -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (preset), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Preset of the shortcuts"), -1);
  gtk_widget_set_tooltip_text (preset, _ ("Keys as in this program, where it has them"));
  gtk_widget_set_tooltip_text (reset, _ ("All keys as the preset has them"));
  gtk_drop_down_set_selected (GTK_DROP_DOWN (preset), (guint) preset_of (self));
  g_signal_connect (preset, "notify::selected", G_CALLBACK (on_preset), self);
  g_signal_connect_swapped (reset, "clicked", G_CALLBACK (on_reset_all), self);
  g_signal_connect_swapped (self->search, "search-changed",
                            G_CALLBACK (gtk_list_box_invalidate_filter), self->list);
  gtk_box_append (GTK_BOX (self->top), preset);
  gtk_box_append (GTK_BOX (self->top), self->search);
  gtk_box_append (GTK_BOX (self->top), reset);
  gtk_widget_insert_after (self->top, GTK_WIDGET (self), NULL);
}

static void
make_bar (FerryShortcutsEditor *self)
{
  self->bar = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  self->question = gtk_label_new (NULL);
  self->take = gtk_button_new_with_label (_ ("Give It"));
  self->cancel = gtk_button_new_with_label (_ ("Cancel"));
  gtk_label_set_xalign (GTK_LABEL (self->question), 0);
  gtk_label_set_wrap (GTK_LABEL (self->question), TRUE);
  gtk_widget_set_hexpand (self->question, TRUE);
  gtk_widget_set_size_request (self->bar, -1, 40);
  gtk_widget_set_valign (self->take, GTK_ALIGN_CENTER);
  gtk_widget_set_valign (self->cancel, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (self->take, "suggested-action");
  g_signal_connect_swapped (self->take, "clicked", G_CALLBACK (on_take), self);
  g_signal_connect_swapped (self->cancel, "clicked", G_CALLBACK (stop_asking), self);
  gtk_box_append (GTK_BOX (self->bar), self->question);
  gtk_box_append (GTK_BOX (self->bar), self->take);
  gtk_box_append (GTK_BOX (self->bar), self->cancel);
  gtk_widget_set_parent (self->bar, GTK_WIDGET (self));
}

GtkWidget *
ferry_shortcuts_editor_new (GSettings *settings)
{
  FerryShortcutsEditor *self = g_object_new (FERRY_TYPE_SHORTCUTS_EDITOR, NULL);

  self->settings = g_object_ref (settings);
  make_list (self);
  make_top (self);
  make_bar (self);
  gtk_list_box_set_filter_func (GTK_LIST_BOX (self->list), is_found, self, NULL);
  g_signal_connect_object (settings, "changed::shortcuts", G_CALLBACK (update), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (settings, "changed::shortcut-changes", G_CALLBACK (update), self,
                           G_CONNECT_SWAPPED);
  update (self);
  stop_asking (self);
  return GTK_WIDGET (self);
}

static void
ferry_shortcuts_editor_dispose (GObject *object)
{
  FerryShortcutsEditor *self = FERRY_SHORTCUTS_EDITOR (object);

  g_clear_pointer (&self->top, gtk_widget_unparent);
  g_clear_pointer (&self->scrolled, gtk_widget_unparent);
  g_clear_pointer (&self->bar, gtk_widget_unparent);
  g_clear_object (&self->settings);
  G_OBJECT_CLASS (ferry_shortcuts_editor_parent_class)->dispose (object);
}

static void
ferry_shortcuts_editor_finalize (GObject *object)
{
  g_free (FERRY_SHORTCUTS_EDITOR (object)->lines);
  g_free (FERRY_SHORTCUTS_EDITOR (object)->key);
  G_OBJECT_CLASS (ferry_shortcuts_editor_parent_class)->finalize (object);
}

static void
ferry_shortcuts_editor_class_init (FerryShortcutsEditorClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ferry_shortcuts_editor_dispose;
  G_OBJECT_CLASS (klass)->finalize = ferry_shortcuts_editor_finalize;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BOX_LAYOUT);
}

static void
ferry_shortcuts_editor_init (FerryShortcutsEditor *self)
{
  GtkLayoutManager *layout = gtk_widget_get_layout_manager (GTK_WIDGET (self));
  GtkEventController *keys = gtk_event_controller_key_new ();

  gtk_orientable_set_orientation (GTK_ORIENTABLE (layout), GTK_ORIENTATION_VERTICAL);
  gtk_box_layout_set_spacing (GTK_BOX_LAYOUT (layout), 6);
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect (keys, "key-pressed", G_CALLBACK (on_key), self);
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
}
