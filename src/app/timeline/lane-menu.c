/* SPDX-License-Identifier: MIT */
#include "app/timeline/lane-menu.h"

#include "app/navigation.h"
#include "app/popover.h"

#include <glib/gi18n.h>

/* What a menu is about. */
typedef struct
{
  FerryDocument *document;
  guint16 object;
  int frame;
} Subject;

/* --- Verbs --- */

void
ferry_lane_declare (FyLabelSet *labels, guint16 object, int frame, FyProvenance provenance)
{
  fy_label_set_begin (
      labels, provenance == FY_PROVENANCE_ABSENT ? _ ("Mark absent") : _ ("Mark occluded"), frame);
  fy_label_set_declare (labels, object, frame, ferry_last_before_hand (labels, object, frame),
                        provenance);
  fy_label_set_end (labels);
}

void
ferry_lane_take_back (FyLabelSet *labels, guint16 object, int frame)
{
  FyProvenance now = fy_frame_labels_provenance (fy_label_set_peek (labels, frame), object);
  int first = frame;
  int last = frame;

  if (now == FY_PROVENANCE_ABSENT || now == FY_PROVENANCE_OCCLUDED)
    ferry_same_around (labels, object, frame, &first, &last);
  fy_label_set_begin (labels, _ ("Take back labels by hand"), frame);
  fy_label_set_declare (labels, object, first, last, FY_PROVENANCE_NONE);
  fy_label_set_end (labels);
}

void
ferry_lane_take_back_all (FyLabelSet *labels, guint16 object, int frame)
{
  fy_label_set_begin (labels, _ ("Delete labels forward"), frame);
  fy_label_set_declare (labels, object, frame, fy_label_set_n_frames (labels) - 1,
                        FY_PROVENANCE_NONE);
  fy_label_set_end (labels);
}

/* --- The menu --- */

static FyLabelSet *
labels_of (Subject *subject)
{
  FyLabelSet *labels = ferry_document_labels (subject->document);

  return labels != NULL && fy_label_set_find (labels, subject->object) != NULL ? labels : NULL;
}

static void
absent (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  Subject *subject = data;

  if (labels_of (subject) != NULL)
    ferry_lane_declare (labels_of (subject), subject->object, subject->frame, FY_PROVENANCE_ABSENT);
}

static void
occluded (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  Subject *subject = data;

  if (labels_of (subject) != NULL)
    ferry_lane_declare (labels_of (subject), subject->object, subject->frame,
                        FY_PROVENANCE_OCCLUDED);
}

static void
take_back (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  Subject *subject = data;

  if (labels_of (subject) != NULL)
    ferry_lane_take_back (labels_of (subject), subject->object, subject->frame);
}

static void
take_back_all (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  Subject *subject = data;

  if (labels_of (subject) != NULL)
    ferry_lane_take_back_all (labels_of (subject), subject->object, subject->frame);
}

static void
review (GSimpleAction *action, GVariant *value, gpointer data)
{
  Subject *subject = data;

  if (labels_of (subject) != NULL)
    fy_label_set_set_reviewed (labels_of (subject), subject->object, subject->frame, subject->frame,
                               g_variant_get_boolean (value));
  g_simple_action_set_state (action, value);
}

static void
review_span (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  Subject *subject = data;
  FyLabelSet *labels = labels_of (subject);

  if (labels != NULL)
    fy_label_set_set_reviewed (labels, subject->object, subject->frame,
                               ferry_last_before_hand (labels, subject->object, subject->frame),
                               TRUE);
}

static void
go_there (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  Subject *subject = data;

  ferry_document_set_object (subject->document, subject->object);
  ferry_document_set_frame (subject->document, subject->frame);
}

static GMenuModel *
make_menu (const FyObject *object, int frame)
{
  g_autoptr (GMenu) menu = g_menu_new ();
  g_autoptr (GMenu) place = g_menu_new ();
  g_autoptr (GMenu) state = g_menu_new ();
  g_autoptr (GMenu) seen = g_menu_new ();
  g_autoptr (GMenu) away = g_menu_new ();
  /* Translators: an object's id and name, and a frame's number. */
  g_autofree char *title =
      g_strdup_printf (_ ("%d %s, frame %d"), object->id, object->name, frame + 1);

  g_menu_append (place, _ ("Go There"), "lane.go");
  g_menu_append (state, _ ("Absent from Here to the Next Labels"), "lane.absent");
  g_menu_append (state, _ ("Occluded from Here to the Next Labels"), "lane.occluded");
  g_menu_append (state, _ ("Take Back What Was Said Here"), "lane.take-back");
  g_menu_append (seen, _ ("Reviewed"), "lane.reviewed");
  g_menu_append (seen, _ ("Reviewed from Here to the Next Labels"), "lane.review-span");
  g_menu_append (away, _ ("Delete Labels by Hand from Here On"), "lane.take-back-all");
  g_menu_append_section (menu, title, G_MENU_MODEL (place));
  g_menu_append_section (menu, NULL, G_MENU_MODEL (state));
  g_menu_append_section (menu, NULL, G_MENU_MODEL (seen));
  g_menu_append_section (menu, NULL, G_MENU_MODEL (away));
  return G_MENU_MODEL (g_steal_pointer (&menu));
}

static void
subject_free (gpointer data)
{
  g_object_unref (((Subject *) data)->document);
  g_free (data);
}

static void
install_actions (GtkWidget *widget, FerryDocument *document, guint16 object, int frame)
{
  static const GActionEntry entries[] = {
    { .name = "go", .activate = go_there },
    { .name = "absent", .activate = absent },
    { .name = "occluded", .activate = occluded },
    { .name = "take-back", .activate = take_back },
    { .name = "take-back-all", .activate = take_back_all },
    { .name = "reviewed", .change_state = review, .state = "false" },
    { .name = "review-span", .activate = review_span },
  };
  g_autoptr (GSimpleActionGroup) group = g_simple_action_group_new ();
  Subject *subject = g_new (Subject, 1);
  FyState state =
      fy_frame_labels_state (fy_label_set_peek (ferry_document_labels (document), frame), object);

  *subject = (Subject){ g_object_ref (document), object, frame };
  g_action_map_add_action_entries (G_ACTION_MAP (group), entries, G_N_ELEMENTS (entries), subject);
  g_object_set_data_full (G_OBJECT (group), "subject", subject, subject_free);
  g_simple_action_set_state (
      G_SIMPLE_ACTION (g_action_map_lookup_action (G_ACTION_MAP (group), "reviewed")),
      g_variant_new_boolean (state.reviewed != 0));
  g_simple_action_set_enabled (
      G_SIMPLE_ACTION (g_action_map_lookup_action (G_ACTION_MAP (group), "take-back")),
      fy_provenance_is_hand (state.provenance));
  gtk_widget_insert_action_group (widget, "lane", G_ACTION_GROUP (group));
}

void
ferry_lane_menu_popup (GtkWidget *parent,
                       FerryDocument *document,
                       guint16 object,
                       int frame,
                       double x,
                       double y)
{
  const FyObject *of = fy_label_set_find (ferry_document_labels (document), object);
  g_autoptr (GMenuModel) menu = NULL;
  GtkWidget *popover;

  g_return_if_fail (of != NULL);
  menu = make_menu (of, frame);
  install_actions (parent, document, object, frame);
  popover = gtk_popover_menu_new_from_model (menu);
  gtk_popover_set_has_arrow (GTK_POPOVER (popover), FALSE);
  gtk_widget_set_halign (popover, GTK_ALIGN_START);
  ferry_popover_open (popover, parent, &(GdkRectangle){ (int) x, (int) y, 1, 1 });
}
