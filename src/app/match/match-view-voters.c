/* SPDX-License-Identifier: MIT */
#include "app/match/match-view-voters.h"

#include "app/match/match-view-strip.h"

#include <glib/gi18n.h>

#define BAR_HEIGHT  14
#define LEAST_TABLE 88 /* its head and three rows */
#define MOST_TABLE  230

/* --- A row of the table, which changes in place: new rows cost milliseconds --- */

#define FERRY_TYPE_VOTER_ROW (ferry_voter_row_get_type ())
G_DECLARE_FINAL_TYPE (FerryVoterRow, ferry_voter_row, FERRY, VOTER_ROW, GObject)

enum
{
  COLUMN_FRAME,
  COLUMN_CELL,
  COLUMN_SIMILARITY,
  COLUMN_WEIGHT,
  COLUMN_LABEL,
  N_COLUMNS
};

struct _FerryVoterRow
{
  GObject parent_instance;

  int frame;
  int cell;
  char *text[N_COLUMNS];
};

G_DEFINE_FINAL_TYPE (FerryVoterRow, ferry_voter_row, G_TYPE_OBJECT)

static void
ferry_voter_row_finalize (GObject *object)
{
  for (int i = 0; i < N_COLUMNS; i++)
    g_free (FERRY_VOTER_ROW (object)->text[i]);
  G_OBJECT_CLASS (ferry_voter_row_parent_class)->finalize (object);
}

static guint row_changed;

static void
ferry_voter_row_class_init (FerryVoterRowClass *klass)
{
  row_changed = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                              NULL, NULL, G_TYPE_NONE, 0);
  G_OBJECT_CLASS (klass)->finalize = ferry_voter_row_finalize;
}

static void
ferry_voter_row_init (FerryVoterRow *self)
{
}

/* --- The whole --- */

struct _FerryMatchVoters
{
  GtkWidget parent_instance;

  FerryMatchQuery *query;
  FerryDocument *document;

  GtkLabel *heading;
  GtkDrawingArea *bar;
  GtkLabel *legend;
  FerryMatchStrip *strip;
  GtkColumnView *table;
  GListStore *rows;

  GArray *share; /* Share, descending */
};

G_DEFINE_FINAL_TYPE (FerryMatchVoters, ferry_match_voters, GTK_TYPE_WIDGET)

/* What an object gets of the votes. */
typedef struct
{
  guint16 id;
  double part;
} Share;

static guint voter_activated;

static GdkRGBA
colour_of (FerryMatchVoters *self, guint16 id)
{
  FyLabelSet *labels = ferry_document_labels (self->document);
  FyObject *object = labels != NULL ? fy_label_set_find (labels, id) : NULL;

  if (object == NULL)
    return (GdkRGBA){ 0.6f, 0.6f, 0.6f, 1.0f };
  return (GdkRGBA){ (float) object->colour.r / 255.0f, (float) object->colour.g / 255.0f,
                    (float) object->colour.b / 255.0f, 1.0f };
}

static const char *
name_of (FerryMatchVoters *self, guint16 id)
{
  FyLabelSet *labels = ferry_document_labels (self->document);
  FyObject *object = labels != NULL ? fy_label_set_find (labels, id) : NULL;

  return object != NULL ? object->name : _ ("background");
}

/* --- The bar --- */

static void
draw_bar (GtkDrawingArea *area, cairo_t *cr, int width, int height, gpointer data)
{
  FerryMatchVoters *self = data;
  double x = 0.0;

  cairo_set_source_rgba (cr, 0.5, 0.5, 0.5, 0.2);
  cairo_paint (cr);
  for (guint i = 0; i < self->share->len; i++)
    {
      const Share *share = &g_array_index (self->share, Share, i);
      GdkRGBA colour = colour_of (self, share->id);

      gdk_cairo_set_source_rgba (cr, &colour);
      cairo_rectangle (cr, x, 0, share->part * width, height);
      cairo_fill (cr);
      x += share->part * width;
      cairo_set_source_rgba (cr, 1, 1, 1, 0.9);
      cairo_rectangle (cr, x - 0.5, 0, x < width - 1 ? 1 : 0, height);
      cairo_fill (cr);
    }
}

static void
add_share (GArray *shares, guint16 id, double part)
{
  for (guint i = 0; i < shares->len; i++)
    if (g_array_index (shares, Share, i).id == id)
      {
        g_array_index (shares, Share, i).part += part;
        return;
      }
  g_array_append_val (shares, ((Share){ id, part }));
}

static int
larger_first (gconstpointer a, gconstpointer b)
{
  double x = ((const Share *) a)->part, y = ((const Share *) b)->part;

  return (x < y) - (x > y);
}

static void
show_shares (FerryMatchVoters *self)
{
  g_autoptr (GString) markup = g_string_new (NULL);

  g_array_sort (self->share, larger_first);
  for (guint i = 0; i < self->share->len; i++)
    {
      const Share *share = &g_array_index (self->share, Share, i);
      GdkRGBA colour = colour_of (self, share->id);
      g_autofree char *name = g_markup_escape_text (name_of (self, share->id), -1);

      g_string_append_printf (markup, "%s<span foreground=\"#%02x%02x%02x\">■</span> %s %.1f %%",
                              i > 0 ? "   " : "", (guint) (255.0f * colour.red),
                              (guint) (255.0f * colour.green), (guint) (255.0f * colour.blue), name,
                              100.0 * share->part);
    }
  gtk_label_set_markup (self->legend, markup->str);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->bar), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  gtk_label_get_text (self->legend), -1);
  gtk_widget_queue_draw (GTK_WIDGET (self->bar));
}

/* --- Everything --- */

static void
take_text (FerryVoterRow *row, int column, char *text)
{
  g_free (row->text[column]);
  row->text[column] = text;
}

static void
show_row (FerryMatchVoters *self, int position, const FerryVoter *voter, int width, guint16 id)
{
  g_autoptr (FerryVoterRow) row =
      g_list_model_get_item (G_LIST_MODEL (self->rows), (guint) position);
  gboolean added = row == NULL;

  if (added)
    row = g_object_new (FERRY_TYPE_VOTER_ROW, NULL);
  row->frame = voter->frame;
  row->cell = voter->cell;
  take_text (row, COLUMN_FRAME, g_strdup_printf ("%d", voter->frame + 1));
  take_text (row, COLUMN_CELL,
             g_strdup_printf ("%d, %d", voter->cell % width, voter->cell / width));
  take_text (row, COLUMN_SIMILARITY, g_strdup_printf ("%.4f", (double) voter->similarity));
  take_text (row, COLUMN_WEIGHT, g_strdup_printf ("%.1f %%", 100.0 * (double) voter->weight));
  take_text (row, COLUMN_LABEL, g_strdup (name_of (self, id)));
  if (added)
    g_list_store_append (self->rows, row);
  else
    g_signal_emit (row, row_changed, 0);
}

static void
show_voters (FerryMatchVoters *self, const FerryVoters *voters, int frame, int cell, int width)
{
  guint n_rows = g_list_model_get_n_items (G_LIST_MODEL (self->rows));
  FerryStripVoter shown[FY_SEARCH_MAX_K];

  g_array_set_size (self->share, 0);
  for (int i = 0; i < voters->n; i++)
    {
      const FerryVoter *voter = &voters->voter[i];
      guint16 ids[4];
      double part[4];
      int n = ferry_match_query_labels (self->query, voter->frame, voter->cell, ids, part);

      for (int j = 0; j < n; j++)
        add_share (self->share, ids[j], part[j] * (double) voter->weight);
      shown[i] = (FerryStripVoter){ voter->frame, voter->cell, (double) voter->weight,
                                    colour_of (self, ids[0]) };
      show_row (self, i, voter, width, ids[0]);
    }
  if (n_rows > (guint) voters->n)
    g_list_store_splice (self->rows, (guint) voters->n, n_rows - (guint) voters->n, NULL, 0);
  ferry_match_strip_set_voters (self->strip, frame, cell, shown, voters->n);
  show_shares (self);
}

static void
clear (FerryMatchVoters *self)
{
  g_array_set_size (self->share, 0);
  g_list_store_remove_all (self->rows);
  ferry_match_strip_set_voters (self->strip, -1, 0, NULL, 0);
  show_shares (self);
}

static void
show_heading (FerryMatchVoters *self, gboolean any, int frame, int cell, int width)
{
  const char *trouble = ferry_match_query_trouble (self->query, FERRY_ANSWER_VOTERS);
  gboolean busy = ferry_match_query_is_busy (self->query, FERRY_ANSWER_VOTERS);
  g_autofree char *text = NULL;

  if (trouble != NULL)
    text = g_strdup (trouble);
  else if (any)
    text = g_strdup_printf (busy ? _ ("Votes for cell %d, %d of frame %d · computing…")
                                 : _ ("Votes for cell %d, %d of frame %d"),
                            cell % width, cell / width, frame + 1);
  else
    text = g_strdup (busy ? _ ("Votes · computing…") : _ ("Votes"));
  gtk_label_set_text (self->heading, text);
  gtk_accessible_update_property (
      GTK_ACCESSIBLE (self->strip), GTK_ACCESSIBLE_PROPERTY_LABEL, text,
      GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
      _ ("The cell and the cells that vote for it, joined by lines; the "
         "table above says the same"),
      -1);
}

static void
update (FerryMatchVoters *self, int answer)
{
  const FerryVoters *voters = ferry_match_query_voters (self->query);
  int frame, cell, width = 1, height = 1;

  if (answer != FERRY_ANSWER_VOTERS)
    return;
  ferry_match_query_asked (self->query, FERRY_ANSWER_VOTERS, &frame, &cell);
  if (!ferry_match_query_grid (self->query, &width, &height))
    voters = NULL;
  ferry_match_strip_set_frames (self->strip, ferry_document_frames (self->document), width, height);
  if (voters != NULL)
    show_voters (self, voters, frame, cell, width);
  else
    clear (self);
  show_heading (self, voters != NULL, frame, cell, width);
  if (ferry_match_query_is_busy (self->query, FERRY_ANSWER_VOTERS))
    gtk_widget_add_css_class (GTK_WIDGET (self->strip), "ferry-stale");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->strip), "ferry-stale");
}

void
ferry_match_voters_set_query (FerryMatchVoters *self,
                              FerryMatchQuery *query,
                              FerryDocument *document)
{
  self->query = g_object_ref (query);
  self->document = g_object_ref (document);
  g_signal_connect_object (query, "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self, FERRY_ANSWER_VOTERS);
}

/* --- The widget --- */

static void
on_row_activated (GtkColumnView *table, guint position, FerryMatchVoters *self)
{
  g_autoptr (FerryVoterRow) row = g_list_model_get_item (G_LIST_MODEL (self->rows), position);

  if (row != NULL)
    g_signal_emit (self, voter_activated, 0, row->frame, row->cell);
}

static void
on_dot_activated (FerryMatchVoters *self, int frame, int cell)
{
  g_signal_emit (self, voter_activated, 0, frame, cell);
}

static void
setup_cell (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer column)
{
  GtkWidget *label = gtk_label_new (NULL);
  gboolean number = GPOINTER_TO_INT (column) != COLUMN_LABEL;

  if (number)
    gtk_widget_set_direction (label, GTK_TEXT_DIR_LTR); /* "10, 7" is column, row everywhere */
  gtk_label_set_xalign (GTK_LABEL (label), number ? 1.0f : 0.0f);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_widget_add_css_class (label, "numeric");
  gtk_list_item_set_child (item, label);
}

static void
show_cell (GtkListItem *item, FerryVoterRow *row)
{
  int column = GPOINTER_TO_INT (g_object_get_data (G_OBJECT (item), "column"));

  gtk_label_set_text (GTK_LABEL (gtk_list_item_get_child (item)), row->text[column]);
}

static void
bind_cell (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer column)
{
  FerryVoterRow *row = gtk_list_item_get_item (item);

  g_object_set_data (G_OBJECT (item), "column", column);
  g_signal_connect_swapped (row, "changed", G_CALLBACK (show_cell), item);
  show_cell (item, row);
}

static void
unbind_cell (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer column)
{
  g_signal_handlers_disconnect_by_data (gtk_list_item_get_item (item), item);
}

static GtkWidget *
make_table (FerryMatchVoters *self)
{
  static const char *const titles[N_COLUMNS] = { N_ ("Frame"), N_ ("Cell"), N_ ("Similarity"),
                                                 N_ ("Weight"), N_ ("Votes for") };
  g_autoptr (GtkSelectionModel) model =
      GTK_SELECTION_MODEL (gtk_no_selection_new (G_LIST_MODEL (g_object_ref (self->rows))));
  GtkWidget *window = gtk_scrolled_window_new ();

  self->table = GTK_COLUMN_VIEW (gtk_column_view_new (g_object_ref (model)));
  for (int i = 0; i < N_COLUMNS; i++)
    {
      GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
      g_autoptr (GtkColumnViewColumn) column = NULL;

      g_signal_connect (factory, "setup", G_CALLBACK (setup_cell), GINT_TO_POINTER (i));
      g_signal_connect (factory, "bind", G_CALLBACK (bind_cell), GINT_TO_POINTER (i));
      g_signal_connect (factory, "unbind", G_CALLBACK (unbind_cell), GINT_TO_POINTER (i));
      column = gtk_column_view_column_new (_ (titles[i]), factory);
      gtk_column_view_column_set_expand (column, i == COLUMN_LABEL);
      gtk_column_view_append_column (self->table, column);
    }
  gtk_column_view_set_single_click_activate (self->table, TRUE);
  gtk_widget_add_css_class (GTK_WIDGET (self->table), "data-table");
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->table),
                               _ ("Click on a voter to go there and correct it at the source"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->table), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Voters"), -1);
  g_signal_connect (self->table, "activate", G_CALLBACK (on_row_activated), self);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (window), GTK_WIDGET (self->table));
  gtk_scrolled_window_set_has_frame (GTK_SCROLLED_WINDOW (window), TRUE);
  gtk_scrolled_window_set_min_content_height (GTK_SCROLLED_WINDOW (window), LEAST_TABLE);
  gtk_scrolled_window_set_max_content_height (GTK_SCROLLED_WINDOW (window), MOST_TABLE);
  gtk_scrolled_window_set_propagate_natural_height (GTK_SCROLLED_WINDOW (window), TRUE);
  gtk_widget_set_vexpand (window, TRUE);
  return window;
}

static void
ferry_match_voters_dispose (GObject *object)
{
  FerryMatchVoters *self = FERRY_MATCH_VOTERS (object);
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  g_clear_object (&self->query);
  g_clear_object (&self->document);
  g_clear_object (&self->rows);
  G_OBJECT_CLASS (ferry_match_voters_parent_class)->dispose (object);
}

static void
ferry_match_voters_finalize (GObject *object)
{
  g_array_unref (FERRY_MATCH_VOTERS (object)->share);
  G_OBJECT_CLASS (ferry_match_voters_parent_class)->finalize (object);
}

static void
ferry_match_voters_class_init (FerryMatchVotersClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ferry_match_voters_dispose;
  G_OBJECT_CLASS (klass)->finalize = ferry_match_voters_finalize;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
  voter_activated = g_signal_new ("voter-activated", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                                  0, NULL, NULL, NULL, G_TYPE_NONE, 2, G_TYPE_INT, G_TYPE_INT);
}

static GtkLabel *
make_label (const char *class)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_widget_add_css_class (label, class);
  gtk_widget_add_css_class (label, "caption");
  gtk_widget_add_css_class (label, "numeric");
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  return GTK_LABEL (label);
}

static void
ferry_match_voters_init (FerryMatchVoters *self)
{
  GtkBoxLayout *layout = GTK_BOX_LAYOUT (gtk_widget_get_layout_manager (GTK_WIDGET (self)));
  GtkWidget *children[5];

  gtk_orientable_set_orientation (GTK_ORIENTABLE (layout), GTK_ORIENTATION_VERTICAL);
  gtk_box_layout_set_spacing (layout, 6);
  self->share = g_array_new (FALSE, FALSE, sizeof (Share));
  self->rows = g_list_store_new (FERRY_TYPE_VOTER_ROW);
  self->heading = make_label ("heading");
  self->bar = GTK_DRAWING_AREA (gtk_drawing_area_new ());
  self->legend = make_label ("ferry-legend");
  self->strip = FERRY_MATCH_STRIP (ferry_match_strip_new ());
  gtk_drawing_area_set_content_height (self->bar, BAR_HEIGHT);
  gtk_drawing_area_set_draw_func (self->bar, draw_bar, self, NULL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->bar), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("What they vote for"), -1);
  g_signal_connect_swapped (self->strip, "voter-activated", G_CALLBACK (on_dot_activated), self);
  children[0] = GTK_WIDGET (self->heading);
  children[1] = GTK_WIDGET (self->bar);
  children[2] = GTK_WIDGET (self->legend);
  children[3] = make_table (self);
  children[4] = GTK_WIDGET (self->strip);
  for (gsize i = 0; i < G_N_ELEMENTS (children); i++)
    gtk_widget_set_parent (children[i], GTK_WIDGET (self));
}
