/* SPDX-License-Identifier: MIT */
#include "app/panels/objects-panel.h"

#include "app/panels/object-row.h"
#include "app/panels/objects-panel-dialogs.h"
#include "app/panels/objects-panel-model.h"
#include "app/panels/objects-panel-verbs.h"
#include "app/popover.h"
#include "app/preferences/shortcuts-window.h"

#include <glib/gi18n.h>
#include <string.h>

#define LIST_LEAST 120 /* of its height: then there are four rows in a window as it comes */

struct _FerryObjectsPanel
{
  GtkWidget parent_instance;

  FerryDocument *document;
  FerryToolbox *toolbox;
  FerryObjectsModel *model;
  GtkSingleSelection *selection;
  gboolean syncing; /* the selection follows the document */
  int ticks;        /* until the row in hand is scrolled to */

  GtkWidget *header;
  GtkWidget *count;
  GtkWidget *add;
  GtkWidget *add_menu;
  GtkWidget *overlay;
  GtkWidget *list;
  GtkWidget *placeholder;
};

G_DEFINE_FINAL_TYPE (FerryObjectsPanel, ferry_objects_panel, GTK_TYPE_WIDGET)

/* --- What is in hand --- */

static FerryObjectItem *
item_in_hand (FerryObjectsPanel *self)
{
  return self->selection != NULL ? gtk_single_selection_get_selected_item (self->selection) : NULL;
}

static guint16
object_in_hand (FerryObjectsPanel *self)
{
  FerryObjectItem *item = item_in_hand (self);

  return item != NULL ? item->id : FY_ID_BACKGROUND;
}

/* Whether there is another object that an object can become part of. */
static gboolean
has_others (FyLabelSet *labels, const FyObject *object)
{
  int n = fy_label_set_n_objects (labels);

  for (int i = 0; i < n; i++)
    {
      const FyObject *other = fy_label_set_object (labels, i);

      if (other->id != object->id && other->kind == object->kind)
        return TRUE;
    }
  return FALSE;
}

static void
update_actions (FerryObjectsPanel *self)
{
  FerryObjectItem *item = item_in_hand (self);
  FyLabelSet *labels = self->document != NULL ? ferry_document_labels (self->document) : NULL;
  gboolean object = item != NULL && item->object != NULL && item->joint == FERRY_NO_JOINT;
  gboolean free = object && !item->object->locked;
  int n = labels != NULL ? fy_label_set_n_objects (labels) : 0;
  GtkWidget *widget = GTK_WIDGET (self);

  gtk_widget_action_set_enabled (widget, "objects.rename", item != NULL && item->object != NULL);
  gtk_widget_action_set_enabled (widget, "objects.colour", object);
  gtk_widget_action_set_enabled (widget, "objects.alone", object);
  gtk_widget_action_set_enabled (widget, "objects.move", object && n > 1);
  gtk_widget_action_set_enabled (widget, "objects.merge",
                                 free && has_others (labels, item->object));
  gtk_widget_action_set_enabled (widget, "objects.delete", free);
  gtk_widget_action_set_enabled (widget, "objects.here", object);
  gtk_widget_action_set_enabled (widget, "objects.range", object);
  gtk_widget_action_set_enabled (widget, "objects.add-mask", labels != NULL);
  gtk_widget_action_set_enabled (widget, "objects.add-skeleton", labels != NULL);
  gtk_widget_action_set_enabled (widget, "objects.add-custom", labels != NULL);
}

static void
on_selected (FerryObjectsPanel *self)
{
  FerryObjectItem *item = item_in_hand (self);

  update_actions (self);
  if (self->syncing || item == NULL)
    return;
  ferry_document_set_object (self->document, item->id);
  if (item->joint != FERRY_NO_JOINT)
    g_object_set (self->document, "joint", item->joint, NULL);
}

/* A row that was just added can be scrolled to once it has its place, which it gets in the next frame. */
static gboolean
on_tick (GtkWidget *list, GdkFrameClock *clock, gpointer data)
{
  FerryObjectsPanel *self = data;
  guint row = gtk_single_selection_get_selected (self->selection);

  if (--self->ticks > 0)
    return G_SOURCE_CONTINUE;
  if (row != GTK_INVALID_LIST_POSITION)
    gtk_widget_activate_action (list, "list.scroll-to-item", "u", row);
  return G_SOURCE_REMOVE;
}

static void
show_selected (FerryObjectsPanel *self)
{
  if (self->ticks == 0)
    gtk_widget_add_tick_callback (self->list, on_tick, self, NULL);
  self->ticks = 2;
}

/* Selects the row of what the document has in hand; a joint's row where a joint's was. */
static void
sync_selection (FerryObjectsPanel *self)
{
  FerryObjectItem *item = item_in_hand (self);
  guint16 id = ferry_document_object (self->document);
  int joint, row;

  g_object_get (self->document, "joint", &joint, NULL);
  if (item == NULL || item->joint == FERRY_NO_JOINT || item->id != id)
    joint = FERRY_NO_JOINT;
  row = ferry_objects_model_find (self->model, id, joint);
  if (row < 0 || (guint) row == gtk_single_selection_get_selected (self->selection))
    return;
  self->syncing = TRUE;
  gtk_single_selection_set_selected (self->selection, (guint) row);
  self->syncing = FALSE;
  show_selected (self);
}

static void
on_updated (FerryObjectsPanel *self)
{
  FyLabelSet *labels = ferry_document_labels (self->document);
  int n = labels != NULL ? fy_label_set_n_objects (labels) : 0;
  g_autofree char *count = g_strdup_printf ("%d", n);

  gtk_label_set_text (GTK_LABEL (self->count), n > 0 ? count : "");
  gtk_widget_set_visible (self->placeholder, labels != NULL && n == 0);
  sync_selection (self);
  update_actions (self);
}

/* --- Verbs --- */

static void
rename_item (GtkWidget *widget, const char *name, GVariant *parameter)
{
  FerryObjectItem *item = item_in_hand (FERRY_OBJECTS_PANEL (widget));
  FerryObjectRow *row = item != NULL ? ferry_object_row_of (item) : NULL;

  if (row != NULL)
    ferry_object_row_rename (row);
}

static void
choose_colour (GtkWidget *widget, const char *name, GVariant *parameter)
{
  FerryObjectItem *item = item_in_hand (FERRY_OBJECTS_PANEL (widget));
  FerryObjectRow *row = item != NULL ? ferry_object_row_of (item) : NULL;

  if (row != NULL)
    ferry_object_row_choose_colour (row);
}

static void
show_alone (GtkWidget *widget, const char *name, GVariant *parameter)
{
  FerryObjectsPanel *self = FERRY_OBJECTS_PANEL (widget);

  ferry_objects_show_alone (self->document, object_in_hand (self));
}

static void
move (GtkWidget *widget, const char *name, GVariant *parameter)
{
  FerryObjectsPanel *self = FERRY_OBJECTS_PANEL (widget);
  guint16 id = object_in_hand (self);
  int index = fy_label_set_index (ferry_document_labels (self->document), id);

  ferry_objects_move (self->document, id, index + g_variant_get_int32 (parameter));
}

/* Where a question about the object in hand is asked. */
static GtkWidget *
place_in_hand (FerryObjectsPanel *self)
{
  FerryObjectItem *item = item_in_hand (self);
  FerryObjectRow *row = item != NULL ? ferry_object_row_of (item) : NULL;

  return row != NULL ? GTK_WIDGET (row) : self->header;
}

static void
merge (GtkWidget *widget, const char *name, GVariant *parameter)
{
  FerryObjectsPanel *self = FERRY_OBJECTS_PANEL (widget);

  ferry_objects_ask_merge (self->document, object_in_hand (self), place_in_hand (self));
}

static void
remove_object (GtkWidget *widget, const char *name, GVariant *parameter)
{
  FerryObjectsPanel *self = FERRY_OBJECTS_PANEL (widget);

  ferry_objects_remove (self->document, object_in_hand (self));
}

static void
declare (FerryObjectsPanel *self, const char *what, int first, int last)
{
  guint16 id = object_in_hand (self);

  if (strcmp (what, "reviewed") == 0 || strcmp (what, "not-reviewed") == 0)
    ferry_objects_review (self->document, id, first, last, *what == 'r');
  else
    ferry_objects_declare (self->document, id, first, last,
                           strcmp (what, "absent") == 0     ? FY_PROVENANCE_ABSENT
                           : strcmp (what, "occluded") == 0 ? FY_PROVENANCE_OCCLUDED
                                                            : FY_PROVENANCE_NONE);
}

static void
declare_here (GtkWidget *widget, const char *name, GVariant *parameter)
{
  FerryObjectsPanel *self = FERRY_OBJECTS_PANEL (widget);
  int frame = ferry_document_frame (self->document);

  declare (self, g_variant_get_string (parameter, NULL), frame, frame);
}

static void
declare_range (GtkWidget *widget, const char *name, GVariant *parameter)
{
  FerryObjectsPanel *self = FERRY_OBJECTS_PANEL (widget);
  int first, last;

  ferry_document_range (self->document, &first, &last);
  declare (self, g_variant_get_string (parameter, NULL), first, last);
}

static void
set_joint_state (GtkWidget *widget, const char *name, GVariant *parameter)
{
  FerryObjectsPanel *self = FERRY_OBJECTS_PANEL (widget);
  FerryObjectItem *item = item_in_hand (self);
  const char *state = g_variant_get_string (parameter, NULL);

  if (item == NULL || item->joint == FERRY_NO_JOINT)
    return;
  ferry_objects_set_joint_state (self->document, item->id, item->joint,
                                 strcmp (state, "placed") == 0     ? FY_JOINT_PLACED
                                 : strcmp (state, "occluded") == 0 ? FY_JOINT_OCCLUDED
                                 : strcmp (state, "absent") == 0   ? FY_JOINT_ABSENT
                                                                   : -1);
}

static void
add_mask (GtkWidget *widget, const char *name, GVariant *parameter)
{
  ferry_objects_add_mask (FERRY_OBJECTS_PANEL (widget)->document);
}

static void
add_skeleton (GtkWidget *widget, const char *name, GVariant *parameter)
{
  FerryObjectsPanel *self = FERRY_OBJECTS_PANEL (widget);

  if (ferry_objects_add_skeleton (self->document, NULL) != 0)
    g_object_set (self->toolbox, "tool", FERRY_TOOL_KEYPOINT, NULL);
}

static void
add_custom (GtkWidget *widget, const char *name, GVariant *parameter)
{
  FerryObjectsPanel *self = FERRY_OBJECTS_PANEL (widget);

  ferry_objects_ask_skeleton (self->document, self->add_menu);
}

static void
open_menu (GtkWidget *widget, const char *name, GVariant *parameter)
{
  FerryObjectsPanel *self = FERRY_OBJECTS_PANEL (widget);
  FerryObjectItem *item = item_in_hand (self);
  g_autoptr (GMenuModel) menu = NULL;
  GtkWidget *popover;

  if (item == NULL || item->object == NULL)
    return;
  menu = ferry_objects_menu (self->document, item->id, item->joint);
  popover = gtk_popover_menu_new_from_model (menu);
  ferry_popover_open (popover, place_in_hand (self), NULL);
}

/* --- Rows --- */

static void
on_row_menu (GtkGestureClick *gesture, int n_press, double x, double y, FerryObjectRow *row)
{
  FerryObjectsPanel *self =
      FERRY_OBJECTS_PANEL (gtk_widget_get_ancestor (GTK_WIDGET (row), FERRY_TYPE_OBJECTS_PANEL));
  FerryObjectItem *item = ferry_object_row_item (row);
  GdkRectangle at = { (int) x, (int) y, 1, 1 };
  g_autoptr (GMenuModel) menu = NULL;
  GtkWidget *popover;
  int position = ferry_objects_model_find (self->model, item->id, item->joint);

  gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
  gtk_single_selection_set_selected (self->selection, (guint) position);
  if (item->object == NULL)
    return;
  menu = ferry_objects_menu (self->document, item->id, item->joint);
  popover = gtk_popover_menu_new_from_model (menu);
  gtk_popover_set_has_arrow (GTK_POPOVER (popover), FALSE);
  gtk_widget_set_halign (popover, GTK_ALIGN_START);
  ferry_popover_open (popover, GTK_WIDGET (row), &at);
}

static GdkContentProvider *
on_drag_prepare (GtkDragSource *source, double x, double y, FerryObjectRow *row)
{
  FerryObjectItem *item = ferry_object_row_item (row);

  if (item == NULL || item->object == NULL || item->joint != FERRY_NO_JOINT)
    return NULL;
  return gdk_content_provider_new_typed (FERRY_TYPE_OBJECT_ITEM, item);
}

static void
on_drag_begin (GtkDragSource *source, GdkDrag *drag, FerryObjectRow *row)
{
  g_autoptr (GdkPaintable) paintable = gtk_widget_paintable_new (GTK_WIDGET (row));

  gtk_drag_source_set_icon (source, paintable, 12, 12);
}

static gboolean
is_below (FerryObjectRow *row, double y)
{
  return y > gtk_widget_get_height (GTK_WIDGET (row)) / 2.0;
}

static void
on_drop_leave (GtkDropTarget *target, FerryObjectRow *row)
{
  gtk_widget_remove_css_class (GTK_WIDGET (row), "drop-above");
  gtk_widget_remove_css_class (GTK_WIDGET (row), "drop-below");
}

static GdkDragAction
on_drop_motion (GtkDropTarget *target, double x, double y, FerryObjectRow *row)
{
  FerryObjectItem *item = ferry_object_row_item (row);

  on_drop_leave (target, row);
  if (item == NULL || item->object == NULL)
    return 0;
  gtk_widget_add_css_class (GTK_WIDGET (row), is_below (row, y) ? "drop-below" : "drop-above");
  return GDK_ACTION_MOVE;
}

static gboolean
on_drop (GtkDropTarget *target, const GValue *value, double x, double y, FerryObjectRow *row)
{
  FerryObjectsPanel *self =
      FERRY_OBJECTS_PANEL (gtk_widget_get_ancestor (GTK_WIDGET (row), FERRY_TYPE_OBJECTS_PANEL));
  FerryObjectItem *moved = g_value_get_object (value);
  FerryObjectItem *item = ferry_object_row_item (row);
  FyLabelSet *labels = ferry_document_labels (self->document);
  int from, to;

  on_drop_leave (target, row);
  if (moved == NULL || item == NULL || item->object == NULL)
    return FALSE;
  from = fy_label_set_index (labels, moved->id);
  to = fy_label_set_index (labels, item->id) + (is_below (row, y) ? 1 : 0);
  ferry_objects_move (self->document, moved->id, from < to ? to - 1 : to);
  return TRUE;
}

static void
add_dragging (GtkWidget *row)
{
  GtkDragSource *source = gtk_drag_source_new ();
  GtkDropTarget *target = gtk_drop_target_new (FERRY_TYPE_OBJECT_ITEM, GDK_ACTION_MOVE);

  gtk_drag_source_set_actions (source, GDK_ACTION_MOVE);
  g_signal_connect (source, "prepare", G_CALLBACK (on_drag_prepare), row);
  g_signal_connect (source, "drag-begin", G_CALLBACK (on_drag_begin), row);
  g_signal_connect (target, "motion", G_CALLBACK (on_drop_motion), row);
  g_signal_connect (target, "leave", G_CALLBACK (on_drop_leave), row);
  g_signal_connect (target, "drop", G_CALLBACK (on_drop), row);
  gtk_widget_add_controller (row, GTK_EVENT_CONTROLLER (source));
  gtk_widget_add_controller (row, GTK_EVENT_CONTROLLER (target));
}

static void
on_setup (GtkSignalListItemFactory *factory, GtkListItem *list_item, FerryObjectsPanel *self)
{
  GtkWidget *row = ferry_object_row_new (self->document, self->model);
  GtkGesture *click = gtk_gesture_click_new ();

  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (click), GDK_BUTTON_SECONDARY);
  g_signal_connect (click, "pressed", G_CALLBACK (on_row_menu), row);
  gtk_widget_add_controller (row, GTK_EVENT_CONTROLLER (click));
  add_dragging (row);
  gtk_list_item_set_child (list_item, row);
}

static void
on_bind (GtkSignalListItemFactory *factory, GtkListItem *list_item)
{
  ferry_object_row_set_item (FERRY_OBJECT_ROW (gtk_list_item_get_child (list_item)),
                             gtk_list_item_get_item (list_item));
}

static void
on_unbind (GtkSignalListItemFactory *factory, GtkListItem *list_item)
{
  ferry_object_row_set_item (FERRY_OBJECT_ROW (gtk_list_item_get_child (list_item)), NULL);
}

static void
on_activate (GtkListView *list, guint position, FerryObjectsPanel *self)
{
  rename_item (GTK_WIDGET (self), NULL, NULL);
}

void
ferry_objects_panel_set_document (FerryObjectsPanel *self,
                                  FerryDocument *document,
                                  FerryToolbox *toolbox)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();

  g_set_object (&self->document, document);
  g_set_object (&self->toolbox, toolbox);
  self->model = ferry_objects_model_new (document);
  self->selection = gtk_single_selection_new (NULL);
  gtk_single_selection_set_autoselect (self->selection, FALSE);
  gtk_single_selection_set_can_unselect (self->selection, FALSE);
  gtk_single_selection_set_model (self->selection, G_LIST_MODEL (self->model));
  g_signal_connect (factory, "setup", G_CALLBACK (on_setup), self);
  g_signal_connect (factory, "bind", G_CALLBACK (on_bind), NULL);
  g_signal_connect (factory, "unbind", G_CALLBACK (on_unbind), NULL);
  gtk_list_view_set_factory (GTK_LIST_VIEW (self->list), factory);
  gtk_list_view_set_model (GTK_LIST_VIEW (self->list), GTK_SELECTION_MODEL (self->selection));
  g_object_unref (factory);
  g_signal_connect_object (self->selection, "notify::selected-item", G_CALLBACK (on_selected), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->model, "updated", G_CALLBACK (on_updated), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (document, "notify::object", G_CALLBACK (sync_selection), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (document, "notify::joint", G_CALLBACK (sync_selection), self,
                           G_CONNECT_SWAPPED);
  on_updated (self);
}

/* --- Making it --- */

static GMenuModel *
make_add_menu (void)
{
  GMenu *menu = g_menu_new ();

  g_menu_append (menu, _ ("Object, as a mask"), "objects.add-mask");
  g_menu_append (menu, _ ("Skeleton of 15 joints (JHMDB)"), "objects.add-skeleton");
  g_menu_append (menu, _ ("Skeleton of your own…"), "objects.add-custom");
  return G_MENU_MODEL (menu);
}

static void
make_header (FerryObjectsPanel *self)
{
  GtkWidget *title = gtk_label_new (_ ("Objects"));
  GtkWidget *buttons = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
  g_autoptr (GMenuModel) menu = make_add_menu ();

  self->header = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  self->count = gtk_label_new (NULL);
  self->add = gtk_button_new_from_icon_name ("list-add-symbolic");
  self->add_menu = gtk_menu_button_new ();
  gtk_widget_add_css_class (self->header, "ferry-header");
  gtk_widget_add_css_class (title, "heading");
  gtk_widget_add_css_class (self->count, "dim-label");
  gtk_widget_add_css_class (self->count, "numeric");
  gtk_widget_set_hexpand (self->count, TRUE);
  gtk_label_set_xalign (GTK_LABEL (self->count), 0);
  gtk_widget_add_css_class (buttons, "linked");
  ferry_shortcut_set_tip (self->add, _ ("New object"), "win.new-object");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->add), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("New object"), -1);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (self->add), "objects.add-mask");
  gtk_menu_button_set_menu_model (GTK_MENU_BUTTON (self->add_menu), menu);
  gtk_menu_button_set_icon_name (GTK_MENU_BUTTON (self->add_menu), "pan-down-symbolic");
  gtk_widget_set_tooltip_text (self->add_menu, _ ("Other kinds of objects"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->add_menu), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Other kinds of objects"), -1);
  gtk_box_append (GTK_BOX (buttons), self->add);
  gtk_box_append (GTK_BOX (buttons), self->add_menu);
  gtk_box_append (GTK_BOX (self->header), title);
  gtk_box_append (GTK_BOX (self->header), self->count);
  gtk_box_append (GTK_BOX (self->header), buttons);
  gtk_widget_set_parent (self->header, GTK_WIDGET (self));
}

static void
show_placeholder (FerryObjectsPanel *self)
{
  g_autofree char *text = ferry_shortcut_tip (
      _ ("No objects yet.\nPaint to make the first one, or press +"), "win.new-object");

  gtk_label_set_text (GTK_LABEL (self->placeholder), text);
}

static void
make_list (FerryObjectsPanel *self)
{
  GtkWidget *scrolled = gtk_scrolled_window_new ();

  self->overlay = gtk_overlay_new ();
  self->list = gtk_list_view_new (NULL, NULL);
  self->placeholder = gtk_label_new (NULL);
  show_placeholder (self);
  ferry_shortcuts_watch (self, G_CALLBACK (show_placeholder));
  gtk_widget_add_css_class (self->list, "ferry-objects");
  gtk_widget_set_focusable (self->list, TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->list), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Objects"), -1);
  g_signal_connect (self->list, "activate", G_CALLBACK (on_activate), self);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scrolled), GTK_POLICY_NEVER,
                                  GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_min_content_height (GTK_SCROLLED_WINDOW (scrolled), LIST_LEAST);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), self->list);
  gtk_label_set_wrap (GTK_LABEL (self->placeholder), TRUE);
  gtk_label_set_max_width_chars (GTK_LABEL (self->placeholder), 26);
  gtk_label_set_justify (GTK_LABEL (self->placeholder), GTK_JUSTIFY_CENTER);
  gtk_widget_add_css_class (self->placeholder, "dim-label");
  gtk_widget_set_can_target (self->placeholder, FALSE);
  gtk_widget_set_margin_top (self->placeholder, 60);
  gtk_widget_set_margin_start (self->placeholder, 18);
  gtk_widget_set_margin_end (self->placeholder, 18);
  gtk_widget_set_valign (self->placeholder, GTK_ALIGN_START);
  gtk_overlay_set_child (GTK_OVERLAY (self->overlay), scrolled);
  gtk_overlay_add_overlay (GTK_OVERLAY (self->overlay), self->placeholder);
  gtk_widget_set_vexpand (self->overlay, TRUE);
  gtk_widget_set_parent (self->overlay, GTK_WIDGET (self));
}

static void
ferry_objects_panel_dispose (GObject *object)
{
  FerryObjectsPanel *self = FERRY_OBJECTS_PANEL (object);

  g_clear_pointer (&self->header, gtk_widget_unparent);
  g_clear_pointer (&self->overlay, gtk_widget_unparent);
  g_clear_object (&self->selection);
  g_clear_object (&self->model);
  g_clear_object (&self->document);
  g_clear_object (&self->toolbox);
  G_OBJECT_CLASS (ferry_objects_panel_parent_class)->dispose (object);
}

static void
install_actions (GtkWidgetClass *class)
{
  gtk_widget_class_install_action (class, "objects.rename", NULL, rename_item);
  gtk_widget_class_install_action (class, "objects.colour", NULL, choose_colour);
  gtk_widget_class_install_action (class, "objects.alone", NULL, show_alone);
  gtk_widget_class_install_action (class, "objects.move", "i", move);
  gtk_widget_class_install_action (class, "objects.merge", NULL, merge);
  gtk_widget_class_install_action (class, "objects.delete", NULL, remove_object);
  gtk_widget_class_install_action (class, "objects.here", "s", declare_here);
  gtk_widget_class_install_action (class, "objects.range", "s", declare_range);
  gtk_widget_class_install_action (class, "objects.joint-state", "s", set_joint_state);
  gtk_widget_class_install_action (class, "objects.add-mask", NULL, add_mask);
  gtk_widget_class_install_action (class, "objects.add-skeleton", NULL, add_skeleton);
  gtk_widget_class_install_action (class, "objects.add-custom", NULL, add_custom);
  gtk_widget_class_install_action (class, "objects.menu", NULL, open_menu);
  gtk_widget_class_add_binding_action (class, GDK_KEY_F2, 0, "objects.rename", NULL);
  gtk_widget_class_add_binding_action (class, GDK_KEY_Delete, GDK_SHIFT_MASK, "objects.delete",
                                       NULL);
  gtk_widget_class_add_binding_action (class, GDK_KEY_Up, GDK_ALT_MASK, "objects.move", "i", -1);
  gtk_widget_class_add_binding_action (class, GDK_KEY_Down, GDK_ALT_MASK, "objects.move", "i", 1);
  gtk_widget_class_add_binding_action (class, GDK_KEY_F10, GDK_SHIFT_MASK, "objects.menu", NULL);
  gtk_widget_class_add_binding_action (class, GDK_KEY_Menu, 0, "objects.menu", NULL);
}

static void
ferry_objects_panel_class_init (FerryObjectsPanelClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ferry_objects_panel_dispose;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
  install_actions (widget_class);
}

static void
ferry_objects_panel_init (FerryObjectsPanel *self)
{
  GtkLayoutManager *layout = gtk_widget_get_layout_manager (GTK_WIDGET (self));

  gtk_orientable_set_orientation (GTK_ORIENTABLE (layout), GTK_ORIENTATION_VERTICAL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Objects"), -1);
  make_header (self);
  make_list (self);
}
