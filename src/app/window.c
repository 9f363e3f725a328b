/* SPDX-License-Identifier: MIT */
#include "app/window.h"

#include "app/masks-import.h"
#include "app/match/match-view.h"
#include "app/panels/history-popover.h"
#include "app/panels/inspector.h"
#include "app/panels/objects-panel.h"
#include "app/preferences/shortcuts-window.h"
#include "app/probe.h"
#include "app/recent.h"
#include "app/timeline/timeline.h"
#include "app/toast.h"
#include "app/welcome.h"

#include <glib/gi18n.h>

#define MOST_RECENT 8
#define SIDE_WIDTH  320 /* pixels, at first */

struct _FerryWindow
{
  GtkApplicationWindow parent_instance;

  GSettings *settings;
  FerryDocument *document;
  FerryToolbox *toolbox;
  GHashTable *banner; /* key -> widget, borrowed */

  GtkStack *pages;
  GtkBox *banners;
  GtkBox *tools;
  GtkPaned *columns;
  GtkPaned *side;
  GtkLabel *title_label;
  GtkLabel *subtitle_label;
  GtkMenuButton *open_menu;
  GtkMenuButton *history_menu;
  GtkMenuButton *propagate_menu;
  GtkMenuButton *main_menu;
  FerryCanvas *canvas;
  FerryTimeline *timeline;
  FerryObjectsPanel *objects_panel;
  FerryInspector *inspector;
  FerryMatchView *match_view;
  FerryToast *toast;
};

G_DEFINE_FINAL_TYPE (FerryWindow, ferry_window, GTK_TYPE_APPLICATION_WINDOW)

FerryWindow *
ferry_window_new (FerryApplication *application)
{
  FerryWindow *self = g_object_new (FERRY_TYPE_WINDOW, "application", application, NULL);

  ferry_probe_window (GTK_WIDGET (self));
  ferry_shortcuts_guard (GTK_WINDOW (self));
  ferry_shortcuts_name_keys (gtk_window_get_titlebar (GTK_WINDOW (self)));
  ferry_shortcuts_name_keys (GTK_WIDGET (self->tools));
  ferry_shortcut_set_tip (GTK_WIDGET (self->open_menu),
                          gtk_widget_get_tooltip_text (GTK_WIDGET (self->open_menu)), "win.open");
  return self;
}

FerryDocument *
ferry_window_document (FerryWindow *self)
{
  return self->document;
}

FerryToolbox *
ferry_window_toolbox (FerryWindow *self)
{
  return self->toolbox;
}

FerryCanvas *
ferry_window_canvas (FerryWindow *self)
{
  return self->canvas;
}

GSettings *
ferry_window_settings (FerryWindow *self)
{
  return self->settings;
}

void
ferry_window_open (FerryWindow *self, GFile *file)
{
  ferry_document_open_async (self->document, file, NULL, NULL);
}

void
ferry_window_show_correspondences (FerryWindow *self, gboolean show)
{
  gtk_widget_set_visible (GTK_WIDGET (self->match_view), show);
}

/* --- Telling people --- */

static void
remove_banner (FerryWindow *self, const char *key)
{
  GtkWidget *banner = g_hash_table_lookup (self->banner, key);

  if (banner != NULL)
    gtk_box_remove (self->banners, banner);
  g_hash_table_remove (self->banner, key);
}

static void
dismiss_banner (GtkButton *button, FerryWindow *self)
{
  remove_banner (self, g_object_get_data (G_OBJECT (button), "key"));
}

/* Without a baseline: GTK 4.8 measures a row of such beside text that wraps in two ways, which differ. */
static GtkWidget *
centred (GtkWidget *child)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);

  gtk_widget_set_valign (box, GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (box), child);
  return box;
}

static void
add_banner (FerryWindow *self, const FerryNotice *notice, const char *key)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  g_autofree char *text = g_utf8_make_valid (notice->text, -1); /* names of files may be anything */
  GtkWidget *label = gtk_label_new (text);
  GtkWidget *close = gtk_button_new_from_icon_name ("window-close-symbolic");

  gtk_widget_add_css_class (box, "ferry-banner");
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_selectable (GTK_LABEL (label), TRUE);
  gtk_widget_set_hexpand (label, TRUE);
  gtk_widget_add_css_class (close, "flat");
  gtk_accessible_update_property (GTK_ACCESSIBLE (close), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Dismiss"), -1);
  g_object_set_data_full (G_OBJECT (close), "key", g_strdup (key), g_free);
  g_signal_connect (close, "clicked", G_CALLBACK (dismiss_banner), self);
  gtk_box_append (GTK_BOX (box), label);
  if (notice->button != NULL)
    {
      GtkWidget *button = gtk_button_new_with_label (notice->button);

      gtk_actionable_set_detailed_action_name (GTK_ACTIONABLE (button), notice->action);
      gtk_box_append (GTK_BOX (box), centred (button));
    }
  gtk_box_append (GTK_BOX (box), centred (close));
  gtk_box_append (self->banners, box);
  g_hash_table_insert (self->banner, g_strdup (key), box);
}

static void
on_notice (FerryWindow *self, const FerryNotice *notice)
{
  const char *key = notice->key != NULL ? notice->key : notice->text;

  if (key != NULL && (notice->lasting || notice->text == NULL))
    remove_banner (self, key);
  if (notice->text == NULL)
    return;
  if (notice->lasting)
    add_banner (self, notice, key);
  else
    {
      g_autofree char *text = g_utf8_make_valid (notice->text, -1);

      ferry_toast_show (self->toast, text, notice->button, notice->action);
    }
}

/* --- Closing --- */

static void
on_close_answer (GtkDialog *dialog, int response, FerryWindow *self)
{
  /* GTK 4.8 looks for the parent again when the dialog is let go of, which is after this. */
  gtk_window_set_transient_for (GTK_WINDOW (dialog), NULL);
  gtk_window_destroy (GTK_WINDOW (dialog));
  if (response == GTK_RESPONSE_CLOSE)
    gtk_window_destroy (GTK_WINDOW (self));
  else if (response == GTK_RESPONSE_OK)
    g_action_group_activate_action (G_ACTION_GROUP (self), "save-copy", NULL);
}

static void
ask_to_close (FerryWindow *self, const GError *error)
{
  static const struct
  {
    const char *label;
    int response;
  } answer[] = { { N_ ("Close Anyway"), GTK_RESPONSE_CLOSE },
                 { N_ ("Stay"), GTK_RESPONSE_CANCEL },
                 { N_ ("Save a Copy…"), GTK_RESPONSE_OK } };
  GtkWidget *dialog = gtk_message_dialog_new (
      GTK_WINDOW (self), GTK_DIALOG_MODAL | GTK_DIALOG_DESTROY_WITH_PARENT, GTK_MESSAGE_WARNING,
      GTK_BUTTONS_NONE, "%s", _ ("The last changes are not saved"));

  gtk_message_dialog_format_secondary_text (GTK_MESSAGE_DIALOG (dialog),
                                            _ ("%s.\n\nWithout a copy they are put aside, if there "
                                               "is room for them, and offered when the "
                                               "clip is opened again."),
                                            error->message);
  /* Not by gtk_dialog_add_button: its mnemonics get into the accessible names. */
  for (gsize i = 0; i < G_N_ELEMENTS (answer); i++)
    gtk_dialog_add_action_widget (
        GTK_DIALOG (dialog), gtk_button_new_with_label (_ (answer[i].label)), answer[i].response);
  gtk_dialog_set_default_response (GTK_DIALOG (dialog), GTK_RESPONSE_OK);
  g_signal_connect (dialog, "response", G_CALLBACK (on_close_answer), self);
  gtk_window_present (GTK_WINDOW (dialog));
}

static gboolean
ferry_window_close_request (GtkWindow *window)
{
  FerryWindow *self = FERRY_WINDOW (window);
  g_autoptr (GError) error = NULL;

  if (ferry_document_is_saved (self->document, &error))
    return GTK_WINDOW_CLASS (ferry_window_parent_class)->close_request (window);
  ask_to_close (self, error);
  return TRUE;
}

/* --- Following the document --- */

static void
update_title (FerryWindow *self)
{
  const FyClipInfo *info = ferry_document_clip_info (self->document);
  g_autofree char *title = NULL;
  g_autofree char *subtitle = NULL;

  g_object_get (self->document, "title", &title, NULL);
  if (info == NULL)
    {
      gtk_label_set_text (self->title_label, "Ferry");
      gtk_widget_set_visible (GTK_WIDGET (self->subtitle_label), FALSE);
      gtk_window_set_title (GTK_WINDOW (self), "Ferry");
      return;
    }
  if (info->frames_per_second > 0)
    /* Translators: width x height, frames a second, frame shown / number of frames. */
    subtitle = g_strdup_printf (_ ("%d×%d @ %.4g · frame %d / %d"), info->width, info->height,
                                info->frames_per_second, ferry_document_frame (self->document) + 1,
                                info->n_frames);
  else
    subtitle = g_strdup_printf (_ ("%d×%d · frame %d / %d"), info->width, info->height,
                                ferry_document_frame (self->document) + 1, info->n_frames);
  gtk_label_set_text (self->title_label, title);
  gtk_label_set_text (self->subtitle_label, subtitle);
  gtk_widget_set_visible (GTK_WIDGET (self->subtitle_label), TRUE);
  gtk_window_set_title (GTK_WINDOW (self), title);
}

static void
on_opened (FerryWindow *self)
{
  gboolean open = ferry_document_n_frames (self->document) > 0;

  gtk_stack_set_visible_child_name (self->pages, open ? "work" : "empty");
  if (open)
    {
      ferry_recent_add (ferry_document_clip_info (self->document)->path);
      g_signal_connect_object (ferry_document_labels (self->document), "history-changed",
                               G_CALLBACK (ferry_window_update_actions), self, G_CONNECT_SWAPPED);
    }
  gtk_widget_set_sensitive (GTK_WIDGET (self->propagate_menu), open);
  gtk_widget_set_sensitive (GTK_WIDGET (self->history_menu), open);
  update_title (self);
  ferry_window_update_actions (self);
}

/* --- Menus --- */

/* When the menu opens. */
static void
fill_recent (GtkMenuButton *button, GParamSpec *pspec, GMenu *section)
{
  g_autoptr (GPtrArray) recent = ferry_recent_list (MOST_RECENT);

  g_menu_remove_all (section);
  for (guint i = 0; i < recent->len; i++)
    {
      const FerryRecent *entry = g_ptr_array_index (recent, i);
      g_autoptr (GMenuItem) item = g_menu_item_new (entry->name, NULL);

      g_menu_item_set_action_and_target (item, "win.open-path", "s", entry->path);
      g_menu_append_item (section, item);
    }
}

static void
make_menus (FerryWindow *self)
{
  g_autoptr (GtkBuilder) builder =
      gtk_builder_new_from_resource ("/io/github/ferrylabels/Ferry/menus.ui");
  GObject *recent = gtk_builder_get_object (builder, "recent-section");
  GtkWidget *carrying = gtk_widget_get_parent (GTK_WIDGET (self->propagate_menu));

  gtk_menu_button_set_menu_model (self->open_menu,
                                  G_MENU_MODEL (gtk_builder_get_object (builder, "open-menu")));
  gtk_menu_button_set_menu_model (
      self->propagate_menu, G_MENU_MODEL (gtk_builder_get_object (builder, "propagate-menu")));
  gtk_widget_set_direction (carrying, GTK_TEXT_DIR_LTR); /* as time runs */
  for (GtkWidget *child = gtk_widget_get_first_child (carrying); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    gtk_widget_set_direction (child, GTK_TEXT_DIR_LTR);
  gtk_menu_button_set_menu_model (self->main_menu,
                                  G_MENU_MODEL (gtk_builder_get_object (builder, "main-menu")));
  g_signal_connect_object (self->open_menu, "notify::active", G_CALLBACK (fill_recent), recent, 0);
}

/* --- Drag and drop --- */

/* A PNG dropped where a clip is open is the mask of the frame on show; a folder is another clip (its masks
 * are imported by the menu). */
static gboolean
is_mask (GFile *file)
{
  g_autofree char *name = g_file_get_basename (file);

  return g_str_has_suffix (name, ".png") || g_str_has_suffix (name, ".PNG");
}

static gboolean
on_drop (GtkDropTarget *target, const GValue *value, double x, double y, FerryWindow *self)
{
  GSList *files = g_value_get_boxed (value);

  if (files == NULL)
    return FALSE;
  if (ferry_document_n_frames (self->document) > 0 && is_mask (files->data))
    ferry_import_masks (self->document, files->data);
  else
    ferry_window_open (self, files->data);
  return TRUE;
}

static void
accept_drops (FerryWindow *self)
{
  GtkDropTarget *target = gtk_drop_target_new (GDK_TYPE_FILE_LIST, GDK_ACTION_COPY);

  g_signal_connect (target, "drop", G_CALLBACK (on_drop), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (target));
}

/* A point was picked: its view is shown if it is not. */
static void
on_match_point (FerryCanvas *canvas, int frame, double x, double y, FerryWindow *self)
{
  g_action_group_change_action_state (G_ACTION_GROUP (self), "correspondences",
                                      g_variant_new_boolean (TRUE));
  ferry_match_view_set_point (self->match_view, frame, x, y);
}

/* A voter is to be corrected where it is. */
static void
on_point_activated (FerryMatchView *view, int frame, double x, double y, FerryWindow *self)
{
  FyLabelSet *labels = ferry_document_labels (self->document);
  const FyObject *object = fy_label_set_find (labels, ferry_document_object (self->document));
  gboolean skeleton = object != NULL && object->kind == FY_OBJECT_SKELETON;

  if (ferry_toolbox_tool (self->toolbox) == FERRY_TOOL_MATCH)
    g_object_set (self->toolbox, "tool", skeleton ? FERRY_TOOL_KEYPOINT : FERRY_TOOL_BRUSH, NULL);
  ferry_canvas_center (self->canvas, x, y);
  gtk_widget_grab_focus (GTK_WIDGET (self->canvas));
}

static void
make_tools (FerryWindow *self)
{
  for (int tool = 0; tool < FERRY_N_TOOLS; tool++)
    {
      GtkWidget *button = gtk_toggle_button_new ();
      g_autoptr (GEnumClass) class = g_type_class_ref (FERRY_TYPE_TOOL);
      g_autofree char *action =
          g_strdup_printf ("win.tool::%s", g_enum_get_value (class, tool)->value_nick);

      gtk_button_set_icon_name (GTK_BUTTON (button), ferry_tool_icon ((FerryTool) tool));
      gtk_widget_set_tooltip_text (button, ferry_tool_label ((FerryTool) tool));
      gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                      ferry_tool_label ((FerryTool) tool), -1);
      gtk_actionable_set_detailed_action_name (GTK_ACTIONABLE (button), action);
      gtk_widget_add_css_class (button, "flat");
      gtk_box_append (self->tools, button);
    }
}

/* The picture has the most room: the side panel begins with what it needs, not with what it would like. */
static void
on_columns_allocated (GtkPaned *columns, GParamSpec *pspec, FerryWindow *self)
{
  int most, side;

  gtk_widget_measure (GTK_WIDGET (self->side), GTK_ORIENTATION_HORIZONTAL, -1, &side, NULL, NULL,
                      NULL);
  g_object_get (columns, "max-position", &most, NULL);
  if (most <= side)
    return;
  g_signal_handlers_disconnect_by_func (columns, on_columns_allocated, self);
  gtk_paned_set_position (columns, most + side - MAX (side, SIDE_WIDTH));
}

static void
ferry_window_dispose (GObject *object)
{
  FerryWindow *self = FERRY_WINDOW (object);

  if (self->document != NULL)
    ferry_document_close (self->document);
  gtk_widget_dispose_template (GTK_WIDGET (self), FERRY_TYPE_WINDOW);
  g_clear_object (&self->document);
  g_clear_object (&self->toolbox);
  g_clear_object (&self->settings);
  g_clear_pointer (&self->banner, g_hash_table_unref);
  G_OBJECT_CLASS (ferry_window_parent_class)->dispose (object);
}

static void
show_history (GSimpleAction *action, GVariant *parameter, gpointer self)
{
  gtk_menu_button_popup (FERRY_WINDOW (self)->history_menu);
}

static void
ferry_window_constructed (GObject *object)
{
  static const GActionEntry history[] = { { .name = "history", .activate = show_history } };

  FerryWindow *self = FERRY_WINDOW (object);

  G_OBJECT_CLASS (ferry_window_parent_class)->constructed (object);
  /* The window's own property is set later. */
  self->settings =
      g_object_ref (ferry_application_settings (FERRY_APPLICATION (g_application_get_default ())));
  self->document = ferry_document_new (self->settings);
  self->toolbox = ferry_toolbox_new (self->settings);
  g_settings_bind (self->settings, "width", self, "default-width", G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (self->settings, "height", self, "default-height", G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (self->settings, "maximized", self, "maximized", G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (self->settings, "side-panel", self->side, "visible", G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (self->settings, "timeline", self->timeline, "visible", G_SETTINGS_BIND_DEFAULT);
  g_signal_connect (self->columns, "notify::max-position", G_CALLBACK (on_columns_allocated), self);
  ferry_window_install_actions (self);
  make_tools (self);
  make_menus (self);
  accept_drops (self);
  g_action_map_add_action_entries (G_ACTION_MAP (self), history, G_N_ELEMENTS (history), self);
  gtk_menu_button_set_popover (self->history_menu, ferry_history_popover_new (self->document));
  g_signal_connect (self->canvas, "match-point", G_CALLBACK (on_match_point), self);
  g_signal_connect (self->match_view, "point-activated", G_CALLBACK (on_point_activated), self);
  ferry_canvas_set_document (self->canvas, self->document, self->toolbox);
  ferry_timeline_set_document (self->timeline, self->document, self->toolbox);
  ferry_objects_panel_set_document (self->objects_panel, self->document, self->toolbox);
  ferry_inspector_set_document (self->inspector, self->document, self->toolbox);
  ferry_match_view_set_document (self->match_view, self->document, self->toolbox);
  g_signal_connect_object (self->document, "notice", G_CALLBACK (on_notice), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->document, "opened", G_CALLBACK (on_opened), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->document, "notify::frame", G_CALLBACK (update_title), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->document, "notify::object",
                           G_CALLBACK (ferry_window_update_actions), self, G_CONNECT_SWAPPED);
  on_opened (self);
}

static void
ferry_window_class_init (FerryWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ferry_window_dispose;
  G_OBJECT_CLASS (klass)->constructed = ferry_window_constructed;
  GTK_WINDOW_CLASS (klass)->close_request = ferry_window_close_request;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/ferrylabels/Ferry/window.ui");
  gtk_widget_class_bind_template_child (widget_class, FerryWindow, pages);
  gtk_widget_class_bind_template_child (widget_class, FerryWindow, banners);
  gtk_widget_class_bind_template_child (widget_class, FerryWindow, tools);
  gtk_widget_class_bind_template_child (widget_class, FerryWindow, side);
  gtk_widget_class_bind_template_child (widget_class, FerryWindow, columns);
  gtk_widget_class_bind_template_child (widget_class, FerryWindow, title_label);
  gtk_widget_class_bind_template_child (widget_class, FerryWindow, subtitle_label);
  gtk_widget_class_bind_template_child (widget_class, FerryWindow, open_menu);
  gtk_widget_class_bind_template_child (widget_class, FerryWindow, history_menu);
  gtk_widget_class_bind_template_child (widget_class, FerryWindow, propagate_menu);
  gtk_widget_class_bind_template_child (widget_class, FerryWindow, main_menu);
  gtk_widget_class_bind_template_child (widget_class, FerryWindow, canvas);
  gtk_widget_class_bind_template_child (widget_class, FerryWindow, timeline);
  gtk_widget_class_bind_template_child (widget_class, FerryWindow, objects_panel);
  gtk_widget_class_bind_template_child (widget_class, FerryWindow, inspector);
  gtk_widget_class_bind_template_child (widget_class, FerryWindow, match_view);
  gtk_widget_class_bind_template_child (widget_class, FerryWindow, toast);
}

static void
ferry_window_init (FerryWindow *self)
{
  g_type_ensure (FERRY_TYPE_CANVAS);
  g_type_ensure (FERRY_TYPE_TIMELINE);
  g_type_ensure (FERRY_TYPE_OBJECTS_PANEL);
  g_type_ensure (FERRY_TYPE_INSPECTOR);
  g_type_ensure (FERRY_TYPE_MATCH_VIEW);
  g_type_ensure (FERRY_TYPE_TOAST);
  g_type_ensure (FERRY_TYPE_WELCOME);
  self->banner = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  gtk_widget_init_template (GTK_WIDGET (self));
}
