/* SPDX-License-Identifier: MIT */
#include "app/match/match-view.h"

#include "app/match/feature-view.h"
#include "app/match/match-query.h"
#include "app/match/match-view-export.h"
#include "app/match/match-view-panel.h"
#include "app/match/match-view-scale.h"
#include "app/match/match-view-voters.h"
#include "app/preferences/shortcuts-window.h"
#include "app/texture.h"
#include "app/tooltip.h"

#include <glib/gi18n.h>

struct _FerryMatchView
{
  GtkWidget parent_instance;

  FerryDocument *document;
  FerryToolbox *toolbox;
  FerryMatchQuery *query;
  GSimpleActionGroup *actions;
  GdkTexture *picture; /* of `pictured` */
  FyFrame *pictured;
  gboolean fixed_scale;
  gboolean updating; /* the controls follow the query */

  GtkStack *pages;
  GtkStack *states;
  GtkLabel *empty_label;
  GtkLabel *status;
  GtkFlowBox *panels;
  FerryMatchVoters *voters;
  FerryFeatureView *features;
  GtkLabel *target_text;
  GtkCheckButton *follow;
  GtkCheckButton *pinned;
  GtkSpinButton *target;
  GtkAdjustment *target_adjustment;
  GtkPopover *target_popover;

  int n_panels;
  FerryMatchPanel *panel[FERRY_MAX_MAPS];
};

G_DEFINE_FINAL_TYPE (FerryMatchView, ferry_match_view, GTK_TYPE_WIDGET)

static guint point_activated;

/* --- Maps: semantic, fine-grained, fused; of one network only that --- */

static int
n_maps (const FySimilarity *similarity)
{
  return similarity->n_parts > 1 ? similarity->n_parts + 1 : 1;
}

static const float *
map_of (const FySimilarity *similarity, int index)
{
  if (index == n_maps (similarity) - 1)
    return similarity->fused;
  return similarity->part[similarity->n_parts - 1 - index];
}

static const char *
map_title (int n, int index)
{
  static const char *const titles[FERRY_MAX_MAPS] = { N_ ("Semantic"), N_ ("Fine-grained"),
                                                      N_ ("Fused") };

  return n > 1 ? _ (titles[index]) : _ ("Similarity");
}

static void
scale_of (FerryMatchView *self, const FySimilarity *similarity, int index, float *low, float *high)
{
  *low = 0.0f;
  *high = 1.0f;
  if (!self->fixed_scale)
    ferry_scale_range (map_of (similarity, index), similarity->width * similarity->height, low,
                       high);
}

/* Goes to a voter, where it can be corrected. */
static void
on_voter (FerryMatchView *self, int frame, int cell)
{
  int width, height;
  double x, y;

  if (!ferry_match_query_grid (self->query, &width, &height))
    return;
  ferry_match_query_pixel (self->query, cell % width, cell / width, &x, &y);
  ferry_document_set_frame (self->document, frame);
  g_signal_emit (self, point_activated, 0, frame, x, y);
}

static void
on_move (FerryMatchView *self, int columns, int rows)
{
  ferry_match_query_move (self->query, columns, rows);
}

static void
on_picked (FerryMatchView *self, int cell)
{
  int frame = ferry_match_query_compared (self->query), width, height;
  double x, y;

  if (!ferry_match_query_grid (self->query, &width, &height))
    return;
  ferry_match_query_pixel (self->query, cell % width, cell / width, &x, &y);
  ferry_document_set_frame (self->document, frame);
  ferry_match_query_set_point (self->query, frame, x, y);
}

static void
make_panels (FerryMatchView *self, int n)
{
  GtkWidget *child;

  if (n == self->n_panels)
    return;
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->panels))) != NULL)
    gtk_flow_box_remove (self->panels, child);
  self->n_panels = n;
  gtk_flow_box_set_max_children_per_line (self->panels, (guint) MAX (n, 1));
  for (int i = 0; i < n; i++)
    {
      GtkWidget *panel = ferry_match_panel_new (map_title (n, i));

      self->panel[i] = FERRY_MATCH_PANEL (panel);
      if (n == 1)
        ferry_match_panel_set_alone (self->panel[i]);
      g_signal_connect_swapped (panel, "move", G_CALLBACK (on_move), self);
      g_signal_connect_swapped (panel, "picked", G_CALLBACK (on_picked), self);
      gtk_flow_box_append (self->panels, panel);
      gtk_widget_set_focusable (gtk_widget_get_parent (panel), FALSE);
    }
}

static void
show_maps (FerryMatchView *self)
{
  const FySimilarity *similarity = ferry_match_query_similarity (self->query);
  const FyClipInfo *clip = ferry_document_clip_info (self->document);
  const FyLiveInfo *live = ferry_document_live_info (self->document);
  int frame, cell, n = live != NULL && live->n_parts > 1 ? live->n_parts + 1 : 1;

  make_panels (self, similarity != NULL ? n_maps (similarity) : n);
  ferry_match_query_asked (self->query, FERRY_ANSWER_SIMILARITY, &frame, &cell);
  if (frame != ferry_match_query_compared (self->query))
    cell = -1;
  for (int i = 0; i < self->n_panels; i++)
    {
      float low = 0.0f, high = 1.0f;

      if (clip != NULL)
        ferry_match_panel_set_size (self->panel[i], clip->width, clip->height);
      if (similarity != NULL)
        scale_of (self, similarity, i, &low, &high);
      ferry_match_panel_set_map (self->panel[i], similarity != NULL ? map_of (similarity, i) : NULL,
                                 similarity != NULL ? similarity->width : 1,
                                 similarity != NULL ? similarity->height : 1, low, high, cell);
      ferry_match_panel_set_stale (
          self->panel[i], ferry_match_query_is_busy (self->query, FERRY_ANSWER_SIMILARITY));
    }
}

static void
show_picture (FerryMatchView *self)
{
  FyFrame *frame = ferry_match_query_picture (self->query);

  if (frame != self->pictured)
    {
      g_clear_object (&self->picture);
      g_clear_pointer (&self->pictured, fy_frame_unref);
      if (frame != NULL)
        {
          self->pictured = fy_frame_ref (frame);
          self->picture = ferry_texture_new (frame);
        }
    }
  for (int i = 0; i < self->n_panels; i++)
    ferry_match_panel_set_picture (self->panel[i], self->picture);
}

/* --- What is said --- */

static void
show_empty (FerryMatchView *self)
{
  g_autofree char *text =
      ferry_shortcut_tip (_ ("Pick a point with the Correspondence tool"), "win.tool::match");

  gtk_label_set_text (self->empty_label, text);
}

static void
show_status (FerryMatchView *self)
{
  const char *trouble = ferry_match_query_trouble (self->query, FERRY_ANSWER_SIMILARITY);
  gboolean busy = ferry_match_query_is_busy (self->query, FERRY_ANSWER_SIMILARITY);
  int frame, column, row;
  g_autofree char *text = NULL;
  double x, y;

  if (trouble == NULL)
    trouble = ferry_match_query_trouble (self->query, FERRY_ANSWER_PICTURE);
  if (trouble != NULL)
    text = g_strdup (trouble);
  else if (!ferry_match_query_get_cell (self->query, &frame, &column, &row))
    text = g_strdup (_ ("The networks are being loaded…"));
  else
    {
      ferry_match_query_pixel (self->query, column, row, &x, &y);
      text = g_strdup_printf (busy ? _ ("Point: frame %d, cell %d, %d · %.0f, %.0f px · computing…")
                                   : _ ("Point: frame %d, cell %d, %d · %.0f, %.0f px"),
                              frame + 1, column, row, x, y);
    }
  gtk_label_set_text (self->status, text);
  ferry_tooltip_set (GTK_WIDGET (self->status), trouble);
}

static void
show_target (FerryMatchView *self)
{
  int target = ferry_match_query_target (self->query);
  gboolean pinned = ferry_match_query_is_pinned (self->query);
  g_autofree char *text =
      target >= 0 ? g_strdup_printf (pinned ? _ ("frame %d, held") : _ ("frame %d"), target + 1)
                  : g_strdup ("");

  self->updating = TRUE;
  gtk_label_set_text (self->target_text, text);
  gtk_adjustment_set_upper (self->target_adjustment,
                            MAX (1, ferry_document_n_frames (self->document)));
  gtk_spin_button_set_value (self->target, target + 1);
  gtk_check_button_set_active (pinned ? self->pinned : self->follow, TRUE);
  self->updating = FALSE;
}

static void
enable (FerryMatchView *self, const char *name, gboolean enabled)
{
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (self->actions), name);

  g_simple_action_set_enabled (G_SIMPLE_ACTION (action), enabled);
}

static gboolean
shows_features (FerryMatchView *self)
{
  return g_strcmp0 (gtk_stack_get_visible_child_name (self->pages), "features") == 0;
}

static void
on_asked (FerryMatchView *self)
{
  gboolean any = ferry_match_query_has_point (self->query);

  gtk_stack_set_visible_child_name (self->states, any ? "answer" : "empty");
  show_empty (self);
  show_status (self);
  show_target (self);
  enable (self, "compare", any);
}

static void
on_changed (FerryMatchView *self, int answer)
{
  if (answer == FERRY_ANSWER_SIMILARITY)
    show_maps (self);
  if (answer == FERRY_ANSWER_SIMILARITY || answer == FERRY_ANSWER_PICTURE)
    show_picture (self);
  show_status (self);
  enable (self, "export",
          (shows_features (self)
               ? (gconstpointer) ferry_match_query_features (self->query)
               : (gconstpointer) ferry_match_query_similarity (self->query)) != NULL);
}

/* --- Controls --- */

static void
on_page (FerryMatchView *self)
{
  ferry_match_query_set_features (self->query, shows_features (self));
  on_changed (self, FERRY_N_ANSWERS);
}

static void
on_target (FerryMatchView *self)
{
  gboolean pinned = gtk_check_button_get_active (self->pinned);

  if (!self->updating)
    ferry_match_query_set_target (
        self->query, pinned ? gtk_spin_button_get_value_as_int (self->target) - 1 : -1);
}

static void
on_spin (FerryMatchView *self)
{
  if (!self->updating)
    ferry_match_query_set_target (self->query, gtk_spin_button_get_value_as_int (self->target) - 1);
}

static void
compare (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  FerryMatchView *self = data;
  const char *which = g_variant_get_string (parameter, NULL);
  int last = ferry_document_n_frames (self->document) - 1, frame;

  if (!ferry_match_query_get_cell (self->query, &frame, NULL, NULL))
    return;
  if (g_str_equal (which, "first"))
    frame = 0;
  else
    frame = CLAMP (frame + (g_str_equal (which, "next") ? 1 : -1), 0, last);
  ferry_match_query_set_target (self->query, frame);
}

static void
set_fixed_scale (GSimpleAction *action, GVariant *state, gpointer data)
{
  FerryMatchView *self = data;

  self->fixed_scale = g_variant_get_boolean (state);
  g_simple_action_set_state (action, state);
  show_maps (self);
}

/* --- Export --- */

typedef struct
{
  FerryMatchExport *export;
  char *kind;
  char *path;
} Writing;

static void
writing_free (gpointer data)
{
  Writing *writing = data;

  ferry_match_export_free (writing->export);
  g_free (writing->kind);
  g_free (writing->path);
  g_free (writing);
}

static void
copy_similarity (FerryMatchView *self, FerryMatchExport *export)
{
  const FySimilarity *similarity = ferry_match_query_similarity (self->query);
  int frame, cell;

  export->n_maps = n_maps (similarity);
  export->width = similarity->width;
  export->height = similarity->height;
  for (int i = 0; i < export->n_maps; i++)
    {
      FerryExportMap *map = &export->map[i];
      gsize cells = (gsize) export->width * (gsize) export->height;

      map->title = g_strdup (map_title (export->n_maps, i));
      map->n_values = 1;
      map->value = g_memdup2 (map_of (similarity, i), cells * sizeof (float));
      scale_of (self, similarity, i, &map->low, &map->high);
    }
  ferry_match_query_asked (self->query, FERRY_ANSWER_SIMILARITY, &frame, &cell);
  export->title = g_strdup_printf (_ ("Similarity of frame %d to cell %d, %d of frame %d"),
                                   ferry_match_query_compared (self->query) + 1,
                                   cell % export->width, cell / export->width, frame + 1);
  if (self->pictured != NULL)
    export->picture = fy_frame_ref (self->pictured);
  ferry_match_export_take_voters (export, self->query, ferry_document_labels (self->document));
}

static void
copy_features (FerryMatchView *self, FerryMatchExport *export)
{
  const FerryFeatureColours *colours = ferry_match_query_features (self->query);
  gsize values = 3 * (gsize) colours->width * (gsize) colours->height;

  export->n_maps = colours->n_parts;
  export->width = colours->width;
  export->height = colours->height;
  for (int p = 0; p < export->n_maps; p++)
    {
      export->map[p].title = g_strdup (p > 0 ? _ ("Semantic") : _ ("Fine-grained"));
      export->map[p].n_values = FY_N_COMPONENTS;
      export->map[p].value = g_memdup2 (colours->value[p], values * sizeof (float));
      export->map[p].rgb = g_memdup2 (colours->rgb[p], values);
    }
  export->title = g_strdup_printf (_ ("Features of frame %d, components of frame %d"),
                                   colours->frame + 1, colours->basis + 1);
}

static FerryMatchExport *
new_export (FerryMatchView *self)
{
  FerryMatchExport *export = g_new0 (FerryMatchExport, 1);
  const FyClipInfo *clip = ferry_document_clip_info (self->document);

  export->aspect = (double) clip->width / clip->height;
  if (shows_features (self))
    copy_features (self, export);
  else
    copy_similarity (self, export);
  return export;
}

static void
write_file (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  const Writing *writing = data;
  GError *error = NULL;
  gboolean written;

  if (g_str_equal (writing->kind, "png"))
    written = ferry_match_export_png (writing->export, writing->path, &error);
  else if (g_str_equal (writing->kind, "npy"))
    written = ferry_match_export_npy (writing->export, writing->path, &error);
  else
    written = ferry_match_export_csv (writing->export, writing->path, &error);
  if (written)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
on_written (GObject *source, GAsyncResult *result, gpointer data)
{
  FerryMatchView *self = FERRY_MATCH_VIEW (source);
  const Writing *writing = g_task_get_task_data (G_TASK (result));
  g_autofree char *name = g_path_get_basename (writing->path);
  g_autoptr (GError) error = NULL;

  if (self->document == NULL)
    return;
  if (g_task_propagate_boolean (G_TASK (result), &error))
    ferry_document_toast (self->document, _ ("%s is written"), name);
  else
    ferry_document_toast (self->document, "%s", error->message);
}

static void
on_response (GtkNativeDialog *dialog, int response, FerryMatchView *self)
{
  g_autoptr (GFile) file = NULL;
  Writing *writing = g_object_steal_data (G_OBJECT (dialog), "writing");
  g_autoptr (GTask) task = g_task_new (self, NULL, on_written, NULL);

  g_task_set_task_data (task, writing, writing_free);
  if (response == GTK_RESPONSE_ACCEPT)
    file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
  writing->path = file != NULL ? g_file_get_path (file) : NULL;
  if (writing->path != NULL)
    g_task_run_in_thread (task, write_file);
  g_object_unref (dialog);
}

static char *
file_name (FerryMatchView *self, const char *kind)
{
  int frame = ferry_match_query_target (self->query) + 1;

  if (g_str_equal (kind, "csv"))
    return g_strdup_printf ("voters-%05d.csv", frame);
  return g_strdup_printf ("%s-%05d.%s", shows_features (self) ? "features" : "similarity", frame,
                          kind);
}

static void export(GSimpleAction *action, GVariant *parameter, gpointer data)
{
  FerryMatchView *self = data;
  Writing *writing = g_new0 (Writing, 1);
  GtkWindow *window = GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self)));
  GtkFileChooserNative *dialog;
  g_autofree char *name = NULL;

  writing->kind = g_variant_dup_string (parameter, NULL);
  writing->export = new_export (self);
  if (g_str_equal (writing->kind, "csv") && writing->export->n_voters == 0)
    {
      ferry_document_toast (self->document, _ ("There are no voters to write"));
      writing_free (writing);
      return;
    }
  name = file_name (self, writing->kind);
  dialog = gtk_file_chooser_native_new (_ ("Export correspondences"), window,
                                        GTK_FILE_CHOOSER_ACTION_SAVE, _ ("_Save"), _ ("_Cancel"));
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (dialog), name);
  g_object_set_data_full (G_OBJECT (dialog), "writing", writing, writing_free);
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_response), self, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}

/* --- The widget --- */

void
ferry_match_view_set_point (FerryMatchView *self, int frame, double x, double y)
{
  ferry_match_query_set_point (self->query, frame, x, y);
}

void
ferry_match_view_set_document (FerryMatchView *self, FerryDocument *document, FerryToolbox *toolbox)
{
  g_set_object (&self->document, document);
  g_set_object (&self->toolbox, toolbox);
  self->query = ferry_match_query_new (document);
  ferry_match_voters_set_query (self->voters, self->query, document);
  ferry_feature_view_set_query (self->features, self->query, document);
  g_signal_connect_object (self->query, "changed", G_CALLBACK (on_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->query, "asked", G_CALLBACK (on_asked), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->pages, "notify::visible-child", G_CALLBACK (on_page), self,
                           G_CONNECT_SWAPPED);
  on_asked (self);
  on_changed (self, FERRY_ANSWER_SIMILARITY);
}

/* Half of the room, until somebody says otherwise. */
static void
share_room (FerryMatchView *self)
{
  GtkWidget *paned = gtk_widget_get_parent (GTK_WIDGET (self));
  gboolean set = TRUE;

  if (GTK_IS_PANED (paned))
    g_object_get (paned, "position-set", &set, NULL);
  if (!set && gtk_widget_get_width (paned) > 0)
    gtk_paned_set_position (GTK_PANED (paned), gtk_widget_get_width (paned) / 2);
}

static void
ferry_match_view_map (GtkWidget *widget)
{
  FerryMatchView *self = FERRY_MATCH_VIEW (widget);

  GTK_WIDGET_CLASS (ferry_match_view_parent_class)->map (widget);
  share_room (self);
  show_empty (self);
  if (self->query != NULL)
    ferry_match_query_set_active (self->query, TRUE);
}

static void
ferry_match_view_unmap (GtkWidget *widget)
{
  FerryMatchView *self = FERRY_MATCH_VIEW (widget);

  if (self->query != NULL)
    ferry_match_query_set_active (self->query, FALSE);
  GTK_WIDGET_CLASS (ferry_match_view_parent_class)->unmap (widget);
}

static void
ferry_match_view_dispose (GObject *object)
{
  FerryMatchView *self = FERRY_MATCH_VIEW (object);
  GtkWidget *child;

  if (self->query != NULL)
    g_object_run_dispose (G_OBJECT (self->query));
  g_clear_object (&self->query);
  gtk_widget_dispose_template (GTK_WIDGET (self), FERRY_TYPE_MATCH_VIEW);
  /* GTK 4.8 leaves what is not bound. */
  while (gtk_widget_get_first_child (GTK_WIDGET (self)) != NULL)
    gtk_widget_unparent (gtk_widget_get_first_child (GTK_WIDGET (self)));
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  g_clear_object (&self->picture);
  g_clear_pointer (&self->pictured, fy_frame_unref);
  g_clear_object (&self->actions);
  g_clear_object (&self->document);
  g_clear_object (&self->toolbox);
  G_OBJECT_CLASS (ferry_match_view_parent_class)->dispose (object);
}

static void
ferry_match_view_class_init (FerryMatchViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ferry_match_view_dispose;
  widget_class->map = ferry_match_view_map;
  widget_class->unmap = ferry_match_view_unmap;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_REGION);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/ferrylabels/Ferry/match-view.ui");
  gtk_widget_class_bind_template_child (widget_class, FerryMatchView, pages);
  gtk_widget_class_bind_template_child (widget_class, FerryMatchView, states);
  gtk_widget_class_bind_template_child (widget_class, FerryMatchView, empty_label);
  gtk_widget_class_bind_template_child (widget_class, FerryMatchView, status);
  gtk_widget_class_bind_template_child (widget_class, FerryMatchView, panels);
  gtk_widget_class_bind_template_child (widget_class, FerryMatchView, voters);
  gtk_widget_class_bind_template_child (widget_class, FerryMatchView, features);
  gtk_widget_class_bind_template_child (widget_class, FerryMatchView, target_text);
  gtk_widget_class_bind_template_child (widget_class, FerryMatchView, follow);
  gtk_widget_class_bind_template_child (widget_class, FerryMatchView, pinned);
  gtk_widget_class_bind_template_child (widget_class, FerryMatchView, target);
  gtk_widget_class_bind_template_child (widget_class, FerryMatchView, target_adjustment);
  gtk_widget_class_bind_template_child (widget_class, FerryMatchView, target_popover);
  point_activated =
      g_signal_new ("point-activated", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                    NULL, G_TYPE_NONE, 3, G_TYPE_INT, G_TYPE_DOUBLE, G_TYPE_DOUBLE);
}

static void
ferry_match_view_init (FerryMatchView *self)
{
  static const GActionEntry entries[] = {
    { .name = "compare", .activate = compare, .parameter_type = "s" },
    { .name = "export", .activate = export, .parameter_type = "s" },
    { .name = "fixed-scale", .state = "false", .change_state = set_fixed_scale },
  };

  g_type_ensure (FERRY_TYPE_MATCH_VOTERS);
  g_type_ensure (FERRY_TYPE_FEATURE_VIEW);
  self->actions = g_simple_action_group_new ();
  g_action_map_add_action_entries (G_ACTION_MAP (self->actions), entries, G_N_ELEMENTS (entries),
                                   self);
  gtk_widget_insert_action_group (GTK_WIDGET (self), "match", G_ACTION_GROUP (self->actions));
  gtk_widget_init_template (GTK_WIDGET (self));
  ferry_shortcuts_watch (self, G_CALLBACK (show_empty));
  g_signal_connect_swapped (self->voters, "voter-activated", G_CALLBACK (on_voter), self);
  g_signal_connect_swapped (self->pinned, "toggled", G_CALLBACK (on_target), self);
  g_signal_connect_swapped (self->target, "value-changed", G_CALLBACK (on_spin), self);
}
