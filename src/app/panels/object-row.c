/* SPDX-License-Identifier: MIT */
#include "app/panels/object-row.h"

#include "app/panels/object-swatch.h"
#include "app/panels/objects-panel-verbs.h"
#include "app/preferences/shortcuts-window.h"

#include <glib/gi18n.h>

struct _FerryObjectRow
{
  GtkWidget parent_instance;

  FerryDocument *document; /* borrowed: the panel's */
  FerryObjectsModel *model;
  FerryObjectItem *item;
  gulong changed;
  gboolean updating; /* what the buttons show, not what a hand did */
  int looks;         /* of the buttons, as they are; -1 = not known */
  char *whole;       /* what it is called for assistive programs    */

  GtkWidget *colour; /* button around the swatch */
  GtkWidget *swatch;
  GtkWidget *texts;
  GtkWidget *name;
  GtkWidget *entry; /* in the place of the name while it is changed */
  GtkWidget *caption;
  GtkWidget *expander;
  GtkWidget *eye;
  GtkWidget *lock;
};

G_DEFINE_FINAL_TYPE (FerryObjectRow, ferry_object_row, GTK_TYPE_WIDGET)

#define ROW_KEY    "ferry-row"
#define TEXT_CHARS 12 /* of a name or what is said below it, at least */

FerryObjectItem *
ferry_object_row_item (FerryObjectRow *self)
{
  return self->item;
}

FerryObjectRow *
ferry_object_row_of (FerryObjectItem *item)
{
  return g_object_get_data (G_OBJECT (item), ROW_KEY);
}

static gboolean
is_object (FerryObjectItem *item)
{
  return item->object != NULL && item->joint == FERRY_NO_JOINT;
}

/* --- What it shows --- */

static char *
describe_joint (FerryObjectItem *item)
{
  switch (item->joint_state)
    {
    case FY_JOINT_PLACED:
      /* Translators: where a joint is and how that came about: "123.4, 56.7 · carried". */
      return g_strdup_printf (_ ("%.1f, %.1f · %s"), (double) item->x, (double) item->y,
                              ferry_provenance_label (item->provenance));
    case FY_JOINT_OCCLUDED:
      return g_strdup (_ ("occluded"));
    case FY_JOINT_ABSENT:
      return g_strdup (_ ("absent"));
    default:
      return g_strdup (_ ("not placed"));
    }
}

static char *
describe_object (FerryObjectItem *item)
{
  g_autoptr (GString) text = g_string_new (ferry_provenance_label (item->provenance));

  if (item->reviewed)
    g_string_append_printf (text, " ✓");
  if (item->object->kind == FY_OBJECT_SKELETON)
    /* Translators: joints that are placed, of all that a skeleton has. */
    g_string_append_printf (text,
                            ngettext (" · %d of %d joint", " · %d of %d joints",
                                      (gulong) item->object->skeleton.n_joints),
                            item->n_placed, item->object->skeleton.n_joints);
  else if (item->area > 0)
    {
      g_autofree char *area = g_strdup_printf ("%'" G_GINT64_FORMAT, item->area);

      /* Translators: pixels of an object. */
      g_string_append_printf (text, _ (" · %s px"), area);
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static char *
describe (FerryObjectItem *item)
{
  if (item->joint != FERRY_NO_JOINT)
    return describe_joint (item);
  if (item->object != NULL)
    return describe_object (item);
  return g_strdup (_ ("what belongs to no object"));
}

static const char *
item_name (FerryObjectItem *item)
{
  if (item->object == NULL)
    return _ ("Background");
  return item->joint != FERRY_NO_JOINT ? item->object->skeleton.joint[item->joint]
                                       : item->object->name;
}

static void
set_toggle (GtkWidget *button, gboolean active, const char *icon, const char *tip, const char *verb)
{
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (button), active);
  gtk_button_set_icon_name (GTK_BUTTON (button), icon);
  ferry_shortcut_set_tip (button, tip, verb);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, tip, -1);
}

enum
{
  LOOKS_OBJECT = 1 << 0,
  LOOKS_SKELETON = 1 << 1,
  LOOKS_HIDDEN = 1 << 2,
  LOOKS_LOCKED = 1 << 3,
  LOOKS_EXPANDED = 1 << 4,
  LOOKS_JOINT = 1 << 5,
  LOOKS_IN_HAND = 1 << 6,
};

static int
looks_of (FerryObjectItem *item)
{
  int looks = 0;

  if (item->joint != FERRY_NO_JOINT)
    return LOOKS_JOINT | (item->in_hand ? LOOKS_IN_HAND : 0);
  if (item->object == NULL)
    return 0;
  looks |= LOOKS_OBJECT;
  looks |= item->object->kind == FY_OBJECT_SKELETON ? LOOKS_SKELETON : 0;
  looks |= item->object->hidden ? LOOKS_HIDDEN : 0;
  looks |= item->object->locked ? LOOKS_LOCKED : 0;
  looks |= item->expanded ? LOOKS_EXPANDED : 0;
  return looks;
}

static void
set_class (GtkWidget *widget, const char *class, gboolean on)
{
  if (on)
    gtk_widget_add_css_class (widget, class);
  else
    gtk_widget_remove_css_class (widget, class);
}

static void
update_buttons (FerryObjectRow *self, int looks)
{
  gboolean hidden = (looks & LOOKS_HIDDEN) != 0, locked = (looks & LOOKS_LOCKED) != 0;
  gboolean expanded = (looks & LOOKS_EXPANDED) != 0;

  self->updating = TRUE;
  set_toggle (self->eye, hidden, hidden ? "view-conceal-symbolic" : "view-reveal-symbolic",
              hidden ? _ ("Show this object") : _ ("Hide this object"), "win.hide-object");
  set_toggle (self->lock, locked, locked ? "changes-prevent-symbolic" : "changes-allow-symbolic",
              locked ? _ ("Unlock this object")
                     : _ ("Lock this object: nothing done by hand changes it"),
              "win.lock-object");
  if (looks & LOOKS_SKELETON)
    set_toggle (self->expander, expanded, expanded ? "pan-down-symbolic" : "pan-end-symbolic",
                expanded ? _ ("Fold the joints away") : _ ("Show the joints"), NULL);
  self->updating = FALSE;
}

/* What seldom changes, of a row that shows one item after the other. */
static void
update_looks (FerryObjectRow *self)
{
  int looks = looks_of (self->item);
  gboolean object = (looks & LOOKS_OBJECT) != 0, joint = (looks & LOOKS_JOINT) != 0;

  if (looks == self->looks)
    return;
  self->looks = looks;
  gtk_widget_set_visible (self->expander, (looks & LOOKS_SKELETON) != 0);
  gtk_widget_set_visible (self->eye, object);
  gtk_widget_set_visible (self->lock, object);
  gtk_widget_set_can_target (self->colour, object);
  gtk_widget_set_focusable (self->colour, object);
  gtk_orientable_set_orientation (GTK_ORIENTABLE (self->texts),
                                  joint ? GTK_ORIENTATION_HORIZONTAL : GTK_ORIENTATION_VERTICAL);
  gtk_label_set_max_width_chars (GTK_LABEL (self->caption), joint ? -1 : TEXT_CHARS);
  set_class (self->texts, "dim-label", (looks & LOOKS_HIDDEN) != 0);
  set_class (GTK_WIDGET (self), "joint", joint);
  set_class (GTK_WIDGET (self), "in-hand", (looks & LOOKS_IN_HAND) != 0);
  if (object)
    update_buttons (self, looks);
}

static void
update_swatch (FerryObjectRow *self)
{
  FerryObjectItem *item = self->item;
  FyRgb colour = item->object != NULL ? item->object->colour : (FyRgb){ 0, 0, 0 };
  FerrySwatchKind kind = item->object == NULL                   ? FERRY_SWATCH_BACKGROUND
                         : item->joint != FERRY_NO_JOINT        ? FERRY_SWATCH_JOINT
                         : item->object->kind == FY_OBJECT_MASK ? FERRY_SWATCH_MASK
                                                                : FERRY_SWATCH_SKELETON;

  ferry_swatch_set (FERRY_SWATCH (self->swatch), kind, colour,
                    item->joint != FERRY_NO_JOINT ? item->joint_state : item->id);
}

static void
update (FerryObjectRow *self)
{
  FerryObjectItem *item = self->item;
  g_autofree char *caption = describe (item);
  g_autofree char *whole = g_strdup_printf ("%s, %s", item_name (item), caption);

  update_looks (self);
  update_swatch (self);
  if (g_strcmp0 (whole, self->whole) == 0)
    return;
  gtk_label_set_text (GTK_LABEL (self->name), item_name (item));
  gtk_label_set_text (GTK_LABEL (self->caption), caption);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, whole, -1);
  g_free (self->whole);
  self->whole = g_steal_pointer (&whole);
}

void
ferry_object_row_set_item (FerryObjectRow *self, FerryObjectItem *item)
{
  if (self->item != NULL)
    {
      g_clear_signal_handler (&self->changed, self->item);
      if (ferry_object_row_of (self->item) == self)
        g_object_set_data (G_OBJECT (self->item), ROW_KEY, NULL);
    }
  g_set_object (&self->item, item);
  if (item == NULL)
    return;
  g_object_set_data (G_OBJECT (item), ROW_KEY, self);
  self->changed = g_signal_connect_swapped (item, "changed", G_CALLBACK (update), self);
  update (self);
}

/* --- Its buttons --- */

static void
on_eye (GtkToggleButton *button, FerryObjectRow *self)
{
  if (!self->updating)
    ferry_objects_set_hidden (self->document, self->item->id,
                              gtk_toggle_button_get_active (button));
}

static void
on_lock (GtkToggleButton *button, FerryObjectRow *self)
{
  if (!self->updating)
    ferry_objects_set_locked (self->document, self->item->id,
                              gtk_toggle_button_get_active (button));
}

static void
on_expander (GtkToggleButton *button, FerryObjectRow *self)
{
  if (!self->updating)
    ferry_objects_model_expand (self->model, self->item, gtk_toggle_button_get_active (button));
}

typedef struct
{
  FerryDocument *document;
  guint16 id;
} ColourOf;

static void
colour_of_free (gpointer data)
{
  g_object_unref (((ColourOf *) data)->document);
  g_free (data);
}

static void
take_colour (FyRgb colour, gpointer data)
{
  ColourOf *of = data;

  ferry_objects_set_colour (of->document, of->id, colour);
}

void
ferry_object_row_choose_colour (FerryObjectRow *self)
{
  ColourOf *of;

  if (self->item == NULL || !is_object (self->item))
    return;
  of = g_new (ColourOf, 1);
  *of = (ColourOf){ g_object_ref (self->document), self->item->id };
  ferry_swatch_choose (self->colour, self->item->object->colour, take_colour, of, colour_of_free);
}

/* --- Its name --- */

static void
end_rename (FerryObjectRow *self, gboolean take)
{
  GtkWidget *entry = g_steal_pointer (&self->entry);
  g_autofree char *name = NULL;
  gboolean focus;

  if (entry == NULL)
    return;
  name = g_strdup (gtk_editable_get_text (GTK_EDITABLE (entry)));
  focus = gtk_widget_get_focus_child (self->texts) == entry;
  gtk_box_remove (GTK_BOX (self->texts), entry);
  gtk_widget_set_visible (self->name, TRUE);
  if (focus)
    gtk_widget_grab_focus (gtk_widget_get_parent (GTK_WIDGET (self)));
  if (!take || self->item == NULL || self->item->object == NULL)
    return;
  if (self->item->joint != FERRY_NO_JOINT)
    ferry_objects_rename_joint (self->document, self->item->id, self->item->joint, name);
  else
    ferry_objects_rename (self->document, self->item->id, name);
}

static gboolean
on_entry_key (GtkEventControllerKey *controller,
              guint key,
              guint code,
              GdkModifierType state,
              FerryObjectRow *self)
{
  if (key != GDK_KEY_Escape)
    return GDK_EVENT_PROPAGATE;
  end_rename (self, FALSE);
  return GDK_EVENT_STOP;
}

static void
on_entry_activate (GtkEntry *entry, FerryObjectRow *self)
{
  end_rename (self, TRUE);
}

static void
on_entry_leave (GtkEventControllerFocus *controller, FerryObjectRow *self)
{
  end_rename (self, TRUE);
}

void
ferry_object_row_rename (FerryObjectRow *self)
{
  GtkEventController *keys, *focus;

  if (self->item == NULL || self->item->object == NULL || self->entry != NULL)
    return;
  self->entry = gtk_entry_new ();
  keys = gtk_event_controller_key_new ();
  focus = gtk_event_controller_focus_new ();
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect (keys, "key-pressed", G_CALLBACK (on_entry_key), self);
  g_signal_connect (focus, "leave", G_CALLBACK (on_entry_leave), self);
  g_signal_connect (self->entry, "activate", G_CALLBACK (on_entry_activate), self);
  gtk_widget_add_controller (self->entry, keys);
  gtk_widget_add_controller (self->entry, focus);
  gtk_widget_add_css_class (self->entry, "ferry-rename");
  gtk_widget_set_hexpand (self->entry, TRUE);
  gtk_editable_set_width_chars (GTK_EDITABLE (self->entry), 4);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->entry), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Name"), -1);
  gtk_editable_set_text (GTK_EDITABLE (self->entry), item_name (self->item));
  gtk_widget_set_visible (self->name, FALSE);
  gtk_box_prepend (GTK_BOX (self->texts), self->entry);
  gtk_widget_grab_focus (self->entry);
  gtk_editable_select_region (GTK_EDITABLE (self->entry), 0, -1);
}

/* --- Making one --- */

static GtkWidget *
make_toggle (FerryObjectRow *self, GCallback toggled)
{
  GtkWidget *button = gtk_toggle_button_new ();

  gtk_widget_add_css_class (button, "flat");
  gtk_widget_add_css_class (button, "ferry-small");
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_set_focus_on_click (button, FALSE);
  g_signal_connect (button, "toggled", toggled, self);
  gtk_widget_set_parent (button, GTK_WIDGET (self));
  return button;
}

static GtkWidget *
make_label (const char *class)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_label_set_max_width_chars (GTK_LABEL (label), TEXT_CHARS);
  gtk_widget_add_css_class (label, class);
  return label;
}

GtkWidget *
ferry_object_row_new (FerryDocument *document, FerryObjectsModel *model)
{
  FerryObjectRow *self = g_object_new (FERRY_TYPE_OBJECT_ROW, NULL);

  self->document = document;
  self->model = model;
  return GTK_WIDGET (self);
}

static void
ferry_object_row_dispose (GObject *object)
{
  FerryObjectRow *self = FERRY_OBJECT_ROW (object);
  GtkWidget *child;

  self->entry = NULL;
  ferry_object_row_set_item (self, NULL);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (ferry_object_row_parent_class)->dispose (object);
}

static void
ferry_object_row_finalize (GObject *object)
{
  g_free (FERRY_OBJECT_ROW (object)->whole);
  G_OBJECT_CLASS (ferry_object_row_parent_class)->finalize (object);
}

static void
ferry_object_row_class_init (FerryObjectRowClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ferry_object_row_dispose;
  G_OBJECT_CLASS (klass)->finalize = ferry_object_row_finalize;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (klass), "objectrow");
  gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (klass), GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
ferry_object_row_init (FerryObjectRow *self)
{
  self->looks = -1;
  self->swatch = ferry_swatch_new ();
  self->colour = gtk_button_new ();
  gtk_button_set_child (GTK_BUTTON (self->colour), self->swatch);
  gtk_widget_add_css_class (self->colour, "flat");
  gtk_widget_add_css_class (self->colour, "ferry-swatch");
  gtk_widget_set_valign (self->colour, GTK_ALIGN_CENTER);
  gtk_widget_set_focus_on_click (self->colour, FALSE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->colour), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Colour"), -1);
  g_signal_connect_swapped (self->colour, "clicked", G_CALLBACK (ferry_object_row_choose_colour),
                            self);
  gtk_widget_set_parent (self->colour, GTK_WIDGET (self));

  self->texts = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  self->name = make_label ("name");
  self->caption = make_label ("caption");
  gtk_widget_add_css_class (self->caption, "numeric");
  gtk_widget_set_hexpand (self->name, TRUE);
  gtk_box_append (GTK_BOX (self->texts), self->name);
  gtk_box_append (GTK_BOX (self->texts), self->caption);
  gtk_widget_set_hexpand (self->texts, TRUE);
  gtk_widget_set_valign (self->texts, GTK_ALIGN_CENTER);
  gtk_widget_set_parent (self->texts, GTK_WIDGET (self));

  self->expander = make_toggle (self, G_CALLBACK (on_expander));
  self->eye = make_toggle (self, G_CALLBACK (on_eye));
  self->lock = make_toggle (self, G_CALLBACK (on_lock));
}
