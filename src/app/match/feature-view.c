/* SPDX-License-Identifier: MIT */
#include "app/match/feature-view.h"

#include "app/match/match-view-panel.h"

#include <glib/gi18n.h>

struct _FerryFeatureView
{
  GtkWidget parent_instance;

  FerryMatchQuery *query;
  FerryDocument *document;
  GtkDropDown *basis;
  GtkLabel *note;
  GtkFlowBox *panels;
  int n_panels;
  FerryMatchPanel *panel[FY_FEATURES_MAX_PARTS];
};

G_DEFINE_FINAL_TYPE (FerryFeatureView, ferry_feature_view, GTK_TYPE_WIDGET)

static void
make_panels (FerryFeatureView *self, int n)
{
  static const char *const titles[FY_FEATURES_MAX_PARTS] = { N_ ("Fine-grained features"),
                                                             N_ ("Semantic features") };
  GtkWidget *child;

  if (n == self->n_panels)
    return;
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->panels))) != NULL)
    gtk_flow_box_remove (self->panels, child);
  self->n_panels = n;
  gtk_flow_box_set_max_children_per_line (self->panels, (guint) MAX (n, 1));
  for (int p = 0; p < n; p++)
    {
      GtkWidget *panel = ferry_match_panel_new (n > 1 ? _ (titles[p]) : _ ("Features"));

      self->panel[p] = FERRY_MATCH_PANEL (panel);
      gtk_flow_box_append (self->panels, panel);
      gtk_widget_set_focusable (gtk_widget_get_parent (panel), FALSE);
    }
}

static char *
note_of (FerryFeatureView *self, const FerryFeatureColours *colours)
{
  const FyComponents *components = g_ptr_array_index (colours->components, 0);
  double shown = 0.0;

  for (int v = 0; v < FY_N_COMPONENTS; v++)
    shown += components->variance[v];
  return g_strdup_printf (_ ("Frame %d · three components of frame %d, %.0f %% of its variance"),
                          colours->frame + 1, colours->basis + 1,
                          components->total > 0 ? 100.0 * shown / components->total : 0.0);
}

static void
update (FerryFeatureView *self, int answer)
{
  const FerryFeatureColours *colours = ferry_match_query_features (self->query);
  const FyClipInfo *clip = ferry_document_clip_info (self->document);
  const char *trouble = ferry_match_query_trouble (self->query, FERRY_ANSWER_FEATURES);
  gboolean busy = ferry_match_query_is_busy (self->query, FERRY_ANSWER_FEATURES);
  g_autofree char *note = colours != NULL ? note_of (self, colours) : NULL;
  g_autofree char *text = NULL;

  if (answer != FERRY_ANSWER_FEATURES)
    return;
  text = trouble != NULL
             ? g_strdup (trouble)
             : g_strdup_printf ("%s%s%s", note != NULL ? note : "",
                                note != NULL && busy ? " · " : "", busy ? _ ("computing…") : "");
  gtk_label_set_text (self->note, text);
  make_panels (self, colours != NULL && clip != NULL ? colours->n_parts : 0);
  for (int p = 0; p < self->n_panels; p++)
    {
      ferry_match_panel_set_size (self->panel[p], clip->width, clip->height);
      ferry_match_panel_set_colours (self->panel[p], colours->rgb[p], colours->value[p],
                                     colours->width, colours->height);
      ferry_match_panel_set_stale (self->panel[p], busy);
    }
}

static void
on_basis (FerryFeatureView *self)
{
  ferry_match_query_set_first_basis (self->query, gtk_drop_down_get_selected (self->basis) == 0);
}

void
ferry_feature_view_set_query (FerryFeatureView *self,
                              FerryMatchQuery *query,
                              FerryDocument *document)
{
  self->query = g_object_ref (query);
  self->document = g_object_ref (document);
  g_signal_connect_object (query, "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->basis, "notify::selected", G_CALLBACK (on_basis), self,
                           G_CONNECT_SWAPPED);
  update (self, FERRY_ANSWER_FEATURES);
}

static void
ferry_feature_view_dispose (GObject *object)
{
  FerryFeatureView *self = FERRY_FEATURE_VIEW (object);
  GtkWidget *child;

  gtk_widget_dispose_template (GTK_WIDGET (self), FERRY_TYPE_FEATURE_VIEW);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  g_clear_object (&self->query);
  g_clear_object (&self->document);
  G_OBJECT_CLASS (ferry_feature_view_parent_class)->dispose (object);
}

static void
ferry_feature_view_class_init (FerryFeatureViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ferry_feature_view_dispose;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/ferrylabels/Ferry/feature-view.ui");
  gtk_widget_class_bind_template_child (widget_class, FerryFeatureView, basis);
  gtk_widget_class_bind_template_child (widget_class, FerryFeatureView, note);
  gtk_widget_class_bind_template_child (widget_class, FerryFeatureView, panels);
}

static void
ferry_feature_view_init (FerryFeatureView *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
