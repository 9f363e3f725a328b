/* SPDX-License-Identifier: MIT */
#include "app/panels/inspector-pages.h"
#include "app/panels/inspector-rows.h"

#include "compute/device.h"
#include <glib/gi18n.h>
#include <math.h>

/* Rows of the list of references. */
enum
{
  REFERENCES_ALL,
  REFERENCES_FIRST,
  REFERENCES_NEAREST,
};

typedef struct
{
  FerryDocument *document;  /* borrowed: it outlives the page */
  FyPropagateParams wanted; /* what the page says                                     */
  FyPropagateParams lists;  /* what the lists were searched with; topk: the most ever */
  gboolean updating;

  GtkWidget *topk;
  GtkWidget *temperature;
  GtkWidget *radius;
  GtkWidget *context;
  GtkWidget *lambda;
  GtkWidget *references;
  GtkWidget *nearest;
  GtkWidget *note;
  GtkWidget *apply;
  GtkWidget *reset;
} MatchPage;

/* Whether another lambda needs no search: lists of two networks with more entries than are read know
 * what each network said. */
static gboolean
lambda_is_live (const MatchPage *self)
{
  return self->lists.fused && self->lists.topk > self->wanted.topk;
}

/* What can be had at once of what is wanted. */
static FyPropagateParams
live_part (const MatchPage *self)
{
  const FyPropagateParams *now = ferry_document_params (self->document);
  FyPropagateParams live = self->wanted;

  live.radius = now->radius;
  live.context = now->context;
  if (live.topk > self->lists.topk)
    live.topk = now->topk;
  if (!lambda_is_live (self))
    live.lambda = now->lambda;
  return live;
}

static gboolean
is_same (const FyPropagateParams *a, const FyPropagateParams *b)
{
  return a->topk == b->topk && a->context == b->context && a->radius == b->radius &&
         a->temperature == b->temperature && a->lambda == b->lambda &&
         a->references == b->references;
}

/* Seconds that computing all lists again takes, -1 = not known. */
static double
estimate (const MatchPage *self)
{
  FyLive *live = ferry_document_live (self->document);
  FyLiveProgress progress = { 0 };

  if (live == NULL)
    return -1;
  fy_live_get_progress (live, &progress);
  if (progress.seconds_per_frame <= 0)
    return -1;
  return progress.seconds_per_frame * ferry_document_n_frames (self->document);
}

static void
update_note (MatchPage *self)
{
  const FyPropagateParams *now = ferry_document_params (self->document);
  gboolean waits = !is_same (now, &self->wanted);
  double seconds = waits ? estimate (self) : -1;
  g_autofree char *text = NULL;

  if (waits && seconds >= 0)
    text = g_strdup_printf (_ ("Recomputes lists: about %.0f s"), ceil (seconds));
  else
    text = g_strdup (waits ? _ ("Recomputes lists of all frames")
                           : _ ("In force: labels follow at once"));
  gtk_label_set_text (GTK_LABEL (self->note), text);
  gtk_widget_set_sensitive (self->apply, waits);
}

static void
take_edit (MatchPage *self)
{
  FyPropagateParams live;

  if (ferry_document_n_frames (self->document) == 0)
    return;
  live = live_part (self);
  if (!is_same (&live, ferry_document_params (self->document)))
    ferry_document_set_params (self->document, &live);
  update_note (self);
}

/* --- The widgets --- */

static double
value (GtkWidget *spin)
{
  return gtk_spin_button_get_value (GTK_SPIN_BUTTON (spin));
}

static void
on_edit (MatchPage *self)
{
  guint row = gtk_drop_down_get_selected (GTK_DROP_DOWN (self->references));

  gtk_widget_set_sensitive (self->nearest, row == REFERENCES_NEAREST);
  if (self->updating)
    return;
  self->wanted.topk = (int) value (self->topk);
  self->wanted.temperature = (float) value (self->temperature);
  self->wanted.radius = (int) value (self->radius);
  self->wanted.context = (int) value (self->context);
  self->wanted.lambda = (float) value (self->lambda);
  self->wanted.references = row == REFERENCES_ALL     ? 0
                            : row == REFERENCES_FIRST ? FY_REFERENCES_FIRST
                                                      : (int) value (self->nearest);
  take_edit (self);
}

static void
show (MatchPage *self)
{
  const FyPropagateParams *wanted = &self->wanted;

  self->updating = TRUE;
  gtk_spin_button_set_value (GTK_SPIN_BUTTON (self->topk), wanted->topk);
  gtk_spin_button_set_value (GTK_SPIN_BUTTON (self->temperature), (double) wanted->temperature);
  gtk_spin_button_set_value (GTK_SPIN_BUTTON (self->radius), wanted->radius);
  gtk_spin_button_set_value (GTK_SPIN_BUTTON (self->context), wanted->context);
  gtk_spin_button_set_value (GTK_SPIN_BUTTON (self->lambda), (double) wanted->lambda);
  gtk_widget_set_sensitive (self->lambda, wanted->fused);
  gtk_drop_down_set_selected (GTK_DROP_DOWN (self->references),
                              wanted->references == 0  ? REFERENCES_ALL
                              : wanted->references < 0 ? REFERENCES_FIRST
                                                       : REFERENCES_NEAREST);
  if (wanted->references > 0)
    gtk_spin_button_set_value (GTK_SPIN_BUTTON (self->nearest), wanted->references);
  self->updating = FALSE;
  on_edit (self);
}

static void
on_apply (MatchPage *self)
{
  ferry_document_set_params (self->document, &self->wanted);
  self->wanted.topk = MIN (self->wanted.topk, FY_SEARCH_MAX_K);
  if (self->wanted.radius == self->lists.radius && self->wanted.context == self->lists.context)
    self->lists.topk = MAX (self->lists.topk, self->wanted.topk);
  else
    self->lists = self->wanted;
  update_note (self);
}

static void
on_reset (MatchPage *self)
{
  const FyPropagateParams *now = ferry_document_params (self->document);
  const FyPropagateParams *preset = now->name != NULL ? fy_preset_find (now->name) : NULL;

  if (preset == NULL)
    return;
  self->wanted = *preset;
  self->wanted.strict_reference = now->strict_reference;
  show (self);
}

static void
on_opened (MatchPage *self)
{
  self->wanted = self->lists = *ferry_document_params (self->document);
  show (self);
}

static void
on_document_opened (GtkWidget *page)
{
  on_opened (g_object_get_data (G_OBJECT (page), "page"));
}

static void
on_progress (GtkWidget *page)
{
  update_note (g_object_get_data (G_OBJECT (page), "page"));
}

/* --- Making it --- */

static GtkWidget *
add_number (MatchPage *self, GtkWidget *grid, const char *label, GtkWidget *spin, const char *tip)
{
  ferry_rows_add (grid, label, spin, tip);
  g_signal_connect_swapped (spin, "value-changed", G_CALLBACK (on_edit), self);
  return spin;
}

static void
add_numbers (MatchPage *self, GtkWidget *grid)
{
  self->topk =
      add_number (self, grid, _ ("Neighbours k"), ferry_spin_new (1, FY_SEARCH_MAX_K, 1, 0),
                  _ ("Top-k: how many most similar cells vote on each cell's label"));
  self->temperature = add_number (
      self, grid, _ ("Temperature T"), ferry_spin_new (0.005, 10, 0.005, 3),
      _ ("Softmax temperature: the lower it is, the more the most similar cell decides"));
  self->radius =
      add_number (self, grid, _ ("Radius r (cells)"), ferry_spin_new (0, 1000, 1, 0),
                  _ ("Local attention: how far in the recent frames a cell looks; 0 = everywhere"));
  self->context =
      add_number (self, grid, _ ("Context m (frames)"), ferry_spin_new (1, 1000, 1, 0),
                  _ ("Context frames: how many recent frames vote, besides the references"));
  self->lambda =
      add_number (self, grid, _ ("Balance λ"), ferry_spin_new (0, 100, 0.05, 2),
                  _ ("Weight of fine-grained against semantic correspondence when two networks are "
                     "fused: λ² to 1"));
}

static void
add_references (MatchPage *self, GtkWidget *grid)
{
  const char *const rows[] = { _ ("All"), _ ("First"), _ ("Nearest"), NULL };
  const char *tip = _ ("Reference frames: which of the frames labelled by hand every later frame "
                       "looks at, anywhere");
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);

  self->references = gtk_drop_down_new_from_strings (rows);
  self->nearest = ferry_spin_new (1, 1000, 1, 0);
  gtk_editable_set_width_chars (GTK_EDITABLE (self->nearest), 2);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->references), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("References"), -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->nearest), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Number of nearest references"), -1);
  gtk_box_append (GTK_BOX (box), self->references);
  gtk_box_append (GTK_BOX (box), self->nearest);
  gtk_widget_set_hexpand (self->references, TRUE);
  ferry_rows_add (grid, _ ("References"), box, tip);
  g_signal_connect_swapped (self->references, "notify::selected", G_CALLBACK (on_edit), self);
  g_signal_connect_swapped (self->nearest, "value-changed", G_CALLBACK (on_edit), self);
}

static void
add_buttons (MatchPage *self, GtkWidget *grid)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);

  self->note = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (self->note), 0);
  gtk_label_set_ellipsize (GTK_LABEL (self->note), PANGO_ELLIPSIZE_END);
  gtk_label_set_max_width_chars (GTK_LABEL (self->note), 14);
  gtk_widget_add_css_class (self->note, "ferry-caption");
  gtk_widget_add_css_class (self->note, "numeric");
  self->reset = gtk_button_new_with_label (_ ("Reset"));
  self->apply = gtk_button_new_with_label (_ ("Apply"));
  gtk_widget_set_tooltip_text (self->reset, _ ("Back to the published settings of the preset"));
  gtk_widget_set_tooltip_text (self->apply,
                               _ ("Computes the neighbour lists again; labels by hand stay"));
  gtk_box_set_homogeneous (GTK_BOX (box), TRUE);
  gtk_box_append (GTK_BOX (box), self->reset);
  gtk_box_append (GTK_BOX (box), self->apply);
  ferry_rows_add_wide (grid, self->note);
  ferry_rows_add_wide (grid, box);
  g_signal_connect_swapped (self->reset, "clicked", G_CALLBACK (on_reset), self);
  g_signal_connect_swapped (self->apply, "clicked", G_CALLBACK (on_apply), self);
}

GtkWidget *
ferry_match_page_new (FerryDocument *document)
{
  GtkWidget *grid = ferry_rows_new ();
  MatchPage *self = g_new0 (MatchPage, 1);

  self->document = document;
  self->updating = TRUE;
  add_numbers (self, grid);
  add_references (self, grid);
  add_buttons (self, grid);
  g_object_set_data_full (G_OBJECT (grid), "page", self, g_free);
  g_signal_connect_object (document, "opened", G_CALLBACK (on_document_opened), grid,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (document, "progress", G_CALLBACK (on_progress), grid, G_CONNECT_SWAPPED);
  on_opened (self);
  return grid;
}
