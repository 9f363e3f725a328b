/* SPDX-License-Identifier: MIT */
/* The side panel on a document that the test makes: rows, verbs, parameters, keys and their actions. */
#include "app/application.h"
#include "app/panels/inspector.h"
#include "app/panels/object-row.h"
#include "app/panels/objects-panel-verbs.h"
#include "app/panels/objects-panel.h"
#include "app/preferences/shortcuts.h"
#include "app/window.h"
#include "panels-stage.h"

#define LIMIT_S 10

/* --- Helpers --- */

static gboolean
poll (gboolean (*done) (gpointer), gpointer data)
{
  gint64 end = g_get_monotonic_time () + LIMIT_S * G_USEC_PER_SEC;

  while (!done (data) && g_get_monotonic_time () < end)
    if (!g_main_context_iteration (NULL, FALSE))
      g_usleep (2000);
  return done (data);
}

static void
settle (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

static GSettings *
new_settings (void)
{
  return g_settings_new (FERRY_APPLICATION_ID);
}

/* The nth widget of a type below another one, depth first; NULL = there are fewer. */
static GtkWidget *
find_nth (GtkWidget *widget, GType type, int *n)
{
  if (G_TYPE_CHECK_INSTANCE_TYPE (widget, type) && (*n)-- == 0)
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find_nth (child, type, n);

      if (found != NULL)
        return found;
    }
  return NULL;
}

static GtkWidget *
find (GtkWidget *widget, GType type, int n)
{
  return find_nth (widget, type, &n);
}

static GtkWidget *
find_button (GtkWidget *widget, const char *label)
{
  for (int n = 0;; n++)
    {
      GtkWidget *button = find (widget, GTK_TYPE_BUTTON, n);

      g_assert_nonnull (button);
      if (g_strcmp0 (gtk_button_get_label (GTK_BUTTON (button)), label) == 0)
        return button;
    }
}

static int
n_done (FerryDocument *document)
{
  return fy_history_position (fy_label_set_history (ferry_document_labels (document)));
}

/* --- Rows --- */

typedef struct
{
  int n;
  guint position;
  guint removed;
  guint added;
} Changes;

static void
note_change (GListModel *model, guint position, guint removed, guint added, Changes *changes)
{
  *changes = (Changes){ changes->n + 1, position, removed, added };
}

static void
test_rows (void)
{
  g_autoptr (GSettings) settings = new_settings ();
  g_autoptr (FerryDocument) document = stage_new (settings);
  g_autoptr (FerryObjectsModel) model = ferry_objects_model_new (document);
  g_autoptr (FerryObjectItem) first = NULL;
  g_autoptr (FerryObjectItem) again = NULL;
  Changes changes = { 0 };

  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (model)), ==, 1); /* background */
  stage_add_masks (document, 300);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (model)), ==, 301);
  g_signal_connect (model, "items-changed", G_CALLBACK (note_change), &changes);

  /* Another name is another look of the same row. */
  first = g_list_model_get_item (G_LIST_MODEL (model), 1);
  ferry_objects_rename (document, 1, "swan");
  again = g_list_model_get_item (G_LIST_MODEL (model), 1);
  g_assert_true (first == again);
  g_assert_cmpstr (first->object->name, ==, "swan");
  g_assert_cmpint (changes.n, ==, 0);

  /* One that goes takes one row along; moving by one touches two. */
  ferry_objects_remove (document, 200);
  g_assert_true (changes.n == 1 && changes.position == 200 && changes.removed == 1 &&
                 changes.added == 0);
  ferry_objects_move (document, 10, 10);
  g_assert_true (changes.n == 2 && changes.position == 10 && changes.removed == 2 &&
                 changes.added == 2);
  fy_label_set_undo (ferry_document_labels (document));
  fy_label_set_undo (ferry_document_labels (document));
  g_assert_cmpint (ferry_objects_model_find (model, 200, FERRY_NO_JOINT), ==, 200);
}

static void
test_joints (void)
{
  g_autoptr (GSettings) settings = new_settings ();
  g_autoptr (FerryDocument) document = stage_new (settings);
  g_autoptr (FerryObjectsModel) model = ferry_objects_model_new (document);
  const char *const own[] = { "tip", "base", NULL };
  g_autoptr (FerryObjectItem) item = NULL;

  g_assert_cmpint (ferry_objects_add_skeleton (document, NULL), ==, 1);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (model)), ==, 1 + 1 + 15);
  item = g_list_model_get_item (G_LIST_MODEL (model), 1);
  ferry_objects_model_expand (model, item, FALSE);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (model)), ==, 2);
  g_assert_cmpint (ferry_objects_add_skeleton (document, own), ==, 2);
  g_assert_cmpint (ferry_objects_model_find (model, 2, 1), ==, 4);
  g_assert_cmpint (ferry_objects_model_find (model, 1, 0), ==, -1);
  ferry_objects_set_joint_state (document, 2, 1, FY_JOINT_ABSENT);
  g_assert_cmpint (
      fy_frame_labels_point (fy_label_set_peek (ferry_document_labels (document), 0), 2, 1)->state,
      ==, FY_JOINT_ABSENT);
}

static gboolean
has_no_labels (gpointer item)
{
  return ((FerryObjectItem *) item)->provenance == FY_PROVENANCE_NONE;
}

static gboolean
is_by_hand (gpointer item)
{
  return ((FerryObjectItem *) item)->provenance == FY_PROVENANCE_HAND;
}

static gboolean
is_corrected (gpointer item)
{
  return ((FerryObjectItem *) item)->provenance == FY_PROVENANCE_CORRECTED;
}

static void
place (FyLabelSet *labels, guint16 joint, FyProvenance provenance)
{
  FyPoint point = { 1, joint, FY_JOINT_PLACED, (guint8) provenance, 2.0f, 2.0f };
  g_autoptr (FyFrameLabels) placed =
      fy_frame_labels_with_point (fy_label_set_peek (labels, 0), &point);

  fy_label_set_set_frame (labels, 0, placed);
}

/* A skeleton's own row says how its joints came about. */
static void
test_joints_placed (void)
{
  g_autoptr (GSettings) settings = new_settings ();
  g_autoptr (FerryDocument) document = stage_new (settings);
  g_autoptr (FerryObjectsModel) model = ferry_objects_model_new (document);
  FyLabelSet *labels = ferry_document_labels (document);
  g_autoptr (FerryObjectItem) item = NULL;

  g_assert_cmpint (ferry_objects_add_skeleton (document, NULL), ==, 1);
  item = g_list_model_get_item (G_LIST_MODEL (model), 1);
  g_assert_cmpint (item->provenance, ==, FY_PROVENANCE_NONE);
  place (labels, 0, FY_PROVENANCE_HAND);
  g_assert_true (poll (is_by_hand, item));
  g_assert_cmpint (item->n_placed, ==, 1);
  place (labels, 1, FY_PROVENANCE_CARRIED);
  g_assert_true (poll (is_corrected, item));
  fy_label_set_declare (labels, 1, 0, 0, FY_PROVENANCE_NONE);
  g_assert_true (poll (has_no_labels, item));
}

static gboolean
area_is_known (gpointer item)
{
  return ((FerryObjectItem *) item)->area == STAGE_HEIGHT;
}

static gboolean
area_is_none (gpointer item)
{
  return ((FerryObjectItem *) item)->area == 0;
}

static void
test_areas (void)
{
  g_autoptr (GSettings) settings = new_settings ();
  g_autoptr (FerryDocument) document = stage_new (settings);
  g_autoptr (FerryObjectsModel) model = ferry_objects_model_new (document);
  g_autoptr (FerryObjectItem) item = NULL;

  stage_add_masks (document, 3);
  item = g_list_model_get_item (G_LIST_MODEL (model), 2);
  g_assert_true (poll (area_is_known, item));
  g_assert_cmpint (item->provenance, ==, FY_PROVENANCE_HAND);
  ferry_document_set_frame (document, 1);
  g_assert_true (poll (area_is_none, item));
  g_assert_cmpint (item->provenance, ==, FY_PROVENANCE_NONE);
  ferry_document_set_frame (document, 0);
  g_assert_true (poll (area_is_known, item));
}

/* --- Verbs --- */

static void
count_notice (FerryDocument *document, const FerryNotice *notice, int *n)
{
  (*n)++;
}

/* Each verb is one entry of the history, and undoing it gives what was. */
static void
test_verbs (void)
{
  g_autoptr (GSettings) settings = new_settings ();
  g_autoptr (FerryDocument) document = stage_new (settings);
  FyLabelSet *labels = ferry_document_labels (document);
  g_autoptr (FyFrameLabels) before = NULL;

  stage_add_masks (document, 3);
  before = fy_frame_labels_ref (fy_label_set_peek (labels, 0));
  for (int verb = 0; verb < 10; verb++)
    {
      int length = n_done (document);
      g_autoptr (FyObject) object = fy_object_ref (fy_label_set_find (labels, 2));

      switch (verb)
        {
        case 0:
          ferry_objects_rename (document, 2, "  reeds ");
          g_assert_cmpstr (fy_label_set_find (labels, 2)->name, ==, "reeds");
          break;
        case 1:
          ferry_objects_set_colour (document, 2, (FyRgb){ 1, 2, 3 });
          g_assert_cmpint (fy_label_set_find (labels, 2)->colour.b, ==, 3);
          break;
        case 2:
          ferry_objects_set_hidden (document, 2, TRUE);
          g_assert_true (fy_label_set_find (labels, 2)->hidden);
          break;
        case 3:
          ferry_objects_show_alone (document, 2);
          g_assert_true (fy_label_set_find (labels, 1)->hidden &&
                         !fy_label_set_find (labels, 2)->hidden);
          break;
        case 4:
          ferry_objects_move (document, 2, 99);
          g_assert_cmpint (fy_label_set_index (labels, 2), ==, 2);
          break;
        case 5:
          ferry_objects_remove (document, 2);
          g_assert_null (fy_label_set_find (labels, 2));
          break;
        case 6:
          ferry_objects_merge (document, 2, 3);
          g_assert_null (fy_label_set_find (labels, 2));
          g_assert_cmpint (fy_run_map_area (fy_label_set_peek (labels, 0)->map, 3, NULL), ==,
                           2 * STAGE_HEIGHT);
          break;
        case 7:
          ferry_objects_declare (document, 2, 0, 4, FY_PROVENANCE_ABSENT);
          g_assert_cmpint (fy_frame_labels_provenance (fy_label_set_peek (labels, 4), 2), ==,
                           FY_PROVENANCE_ABSENT);
          break;
        case 8:
          ferry_objects_review (document, 2, 0, 0, TRUE);
          g_assert_true (fy_frame_labels_state (fy_label_set_peek (labels, 0), 2).reviewed);
          break;
        default:
          ferry_objects_add_mask (document);
          g_assert_cmpint (fy_label_set_n_objects (labels), ==, 4);
        }
      g_assert_cmpint (n_done (document), ==, length + 1);
      g_assert_true (fy_label_set_undo (labels));
      g_assert_true (fy_object_equal (object, fy_label_set_find (labels, 2)));
      g_assert_true (fy_frame_labels_equal (before, fy_label_set_peek (labels, 0)));
      g_assert_cmpint (fy_label_set_n_objects (labels), ==, 3);
    }
}

static void
test_locked (void)
{
  g_autoptr (GSettings) settings = new_settings ();
  g_autoptr (FerryDocument) document = stage_new (settings);
  int n_notices = 0, length;

  stage_add_masks (document, 2);
  ferry_objects_set_locked (document, 1, TRUE);
  length = n_done (document);
  g_signal_connect (document, "notice", G_CALLBACK (count_notice), &n_notices);
  ferry_objects_remove (document, 1);
  ferry_objects_merge (document, 2, 1);
  ferry_objects_declare (document, 1, 0, 0, FY_PROVENANCE_ABSENT);
  g_assert_cmpint (n_notices, ==, 3);
  g_assert_cmpint (n_done (document), ==, length);
}

/* --- The panel --- */

typedef struct
{
  GSettings *settings;
  FerryDocument *document;
  FerryToolbox *toolbox;
  GtkWidget *window;
  GtkWidget *panel;
  GtkWidget *inspector;
} Stage;

static gboolean
is_mapped (gpointer widget)
{
  return gtk_widget_get_mapped (widget) && gtk_widget_get_height (widget) > 0;
}

static void
stage_up (Stage *stage, gconstpointer data)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);

  stage->settings = new_settings ();
  stage->document = stage_new (stage->settings);
  stage->toolbox = ferry_toolbox_new (stage->settings);
  stage->window = gtk_window_new ();
  stage->panel = g_object_new (FERRY_TYPE_OBJECTS_PANEL, "vexpand", TRUE, NULL);
  stage->inspector = g_object_new (FERRY_TYPE_INSPECTOR, NULL);
  ferry_objects_panel_set_document (FERRY_OBJECTS_PANEL (stage->panel), stage->document,
                                    stage->toolbox);
  ferry_inspector_set_document (FERRY_INSPECTOR (stage->inspector), stage->document,
                                stage->toolbox);
  gtk_box_append (GTK_BOX (box), stage->panel);
  gtk_box_append (GTK_BOX (box), stage->inspector);
  gtk_window_set_child (GTK_WINDOW (stage->window), box);
  gtk_window_set_default_size (GTK_WINDOW (stage->window), 320, 700);
  gtk_window_present (GTK_WINDOW (stage->window));
  g_assert_true (poll (is_mapped, stage->panel));
}

static void
stage_down (Stage *stage, gconstpointer data)
{
  gtk_window_destroy (GTK_WINDOW (stage->window));
  settle ();
  g_object_unref (stage->toolbox);
  g_assert_finalize_object (stage->document);
  g_object_unref (stage->settings);
}

static FerryObjectRow *
row_of (Stage *stage, guint16 id)
{
  for (int n = 0;; n++)
    {
      GtkWidget *row = find (stage->panel, FERRY_TYPE_OBJECT_ROW, n);
      FerryObjectItem *item;

      g_assert_nonnull (row);
      item = ferry_object_row_item (FERRY_OBJECT_ROW (row));
      if (item != NULL && item->id == id && item->joint == FERRY_NO_JOINT)
        return FERRY_OBJECT_ROW (row);
    }
}

static void
test_selection (Stage *stage, gconstpointer data)
{
  GtkSelectionModel *selection;
  GtkWidget *list = find (stage->panel, GTK_TYPE_LIST_VIEW, 0);

  stage_add_masks (stage->document, 3);
  selection = gtk_list_view_get_model (GTK_LIST_VIEW (list));
  ferry_document_set_object (stage->document, 2);
  g_assert_true (gtk_selection_model_is_selected (selection, 2));
  gtk_selection_model_select_item (selection, 3, TRUE);
  g_assert_cmpint (ferry_document_object (stage->document), ==, 3);
  gtk_selection_model_select_item (selection, 0, TRUE);
  g_assert_cmpint (ferry_document_object (stage->document), ==, 0);
}

static void
test_rename (Stage *stage, gconstpointer data)
{
  FyLabelSet *labels = ferry_document_labels (stage->document);
  GtkWidget *entry;

  stage_add_masks (stage->document, 2);
  ferry_document_set_object (stage->document, 2);
  settle ();
  g_assert_true (gtk_widget_activate_action (stage->panel, "objects.rename", NULL));
  entry = find (GTK_WIDGET (row_of (stage, 2)), GTK_TYPE_TEXT, 0);
  g_assert_nonnull (entry);
  gtk_editable_set_text (GTK_EDITABLE (entry), "reeds");
  g_signal_emit_by_name (entry, "activate");
  g_assert_cmpstr (fy_label_set_find (labels, 2)->name, ==, "reeds");
  g_assert_null (find (GTK_WIDGET (row_of (stage, 2)), GTK_TYPE_TEXT, 0));
  g_assert_true (gtk_widget_activate_action (stage->panel, "objects.delete", NULL));
  g_assert_null (fy_label_set_find (labels, 2));
  g_assert_cmpint (ferry_document_object (stage->document), ==, 1);
}

/* --- The inspector --- */

static GtkSpinButton *
spin (Stage *stage, int n)
{
  GtkWidget *stack = find (stage->inspector, GTK_TYPE_STACK, 0);
  GtkWidget *page = gtk_stack_get_child_by_name (GTK_STACK (stack), "match");

  return GTK_SPIN_BUTTON (find (page, GTK_TYPE_SPIN_BUTTON, n));
}

/* Rows of the page: k, T, radius, context, lambda. */
static void
test_parameters (Stage *stage, gconstpointer data)
{
  const FyPropagateParams *params = ferry_document_params (stage->document);
  GtkWidget *apply = find_button (stage->inspector, "Apply");

  g_assert_cmpfloat (gtk_spin_button_get_value (spin (stage, 0)), ==, 10);
  g_assert_false (gtk_widget_get_sensitive (apply));
  gtk_spin_button_set_value (spin (stage, 0), 5);
  gtk_spin_button_set_value (spin (stage, 1), 0.1);
  g_assert_cmpint (params->topk, ==, 5);
  g_assert_cmpfloat_with_epsilon (params->temperature, 0.1, 1e-6);

  /* Another radius needs other lists: it waits, and temperature goes on. */
  gtk_spin_button_set_value (spin (stage, 2), 20);
  gtk_spin_button_set_value (spin (stage, 1), 0.2);
  g_assert_cmpint (params->radius, ==, 12);
  g_assert_cmpfloat_with_epsilon (params->temperature, 0.2, 1e-6);
  g_assert_true (gtk_widget_get_sensitive (apply));
  g_signal_emit_by_name (apply, "clicked");
  g_assert_cmpint (params->radius, ==, 20);
  g_assert_false (gtk_widget_get_sensitive (apply));

  /* Lists that were searched for 5 do not have 10. */
  gtk_spin_button_set_value (spin (stage, 0), 10);
  g_assert_cmpint (params->topk, ==, 5);
  g_signal_emit_by_name (find_button (stage->inspector, "Reset"), "clicked");
  g_signal_emit_by_name (apply, "clicked");
  g_assert_cmpint (params->topk, ==, 10);
  g_assert_cmpint (params->radius, ==, 12);
  g_assert_cmpfloat_with_epsilon (params->temperature, 0.05, 1e-6);
}

/* --- Keys and their actions --- */

static void
test_actions (void)
{
  FerryApplication *application = ferry_application_new (); /* lives as long as the program */
  FerryWindow *window;
  int n;
  const FerryShortcut *table = ferry_shortcuts (&n);

  g_application_set_flags (G_APPLICATION (application), G_APPLICATION_NON_UNIQUE);
  g_assert_true (g_application_register (G_APPLICATION (application), NULL, NULL));
  window = ferry_window_new (application);
  for (int i = 0; i < n; i++)
    {
      g_autofree char *name = NULL;
      g_autoptr (GVariant) target = NULL;
      gboolean of_window = g_str_has_prefix (table[i].action, "win.");
      GActionGroup *group = of_window ? G_ACTION_GROUP (window) : G_ACTION_GROUP (application);
      const GVariantType *type;

      g_assert_true (g_action_parse_detailed_name (table[i].action, &name, &target, NULL));
      if (!g_action_group_has_action (group, name + 4))
        g_error ("%s is in the table of shortcuts, but no action", table[i].action);
      type = g_action_group_get_action_parameter_type (group, name + 4);
      g_assert_true (target == NULL ? type == NULL : g_variant_is_of_type (target, type));
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  gtk_init ();
  g_test_add_func ("/panels/rows", test_rows);
  g_test_add_func ("/panels/joints", test_joints);
  g_test_add_func ("/panels/joints-placed", test_joints_placed);
  g_test_add_func ("/panels/areas", test_areas);
  g_test_add_func ("/panels/verbs", test_verbs);
  g_test_add_func ("/panels/locked", test_locked);
  g_test_add ("/panels/selection", Stage, NULL, stage_up, test_selection, stage_down);
  g_test_add ("/panels/rename", Stage, NULL, stage_up, test_rename, stage_down);
  g_test_add ("/panels/parameters", Stage, NULL, stage_up, test_parameters, stage_down);
  g_test_add_func ("/panels/actions", test_actions);
  return g_test_run ();
}
