/* SPDX-License-Identifier: MIT */
#include "app/match/match-view-panel.h"

#include "app/match/match-view-map.h"
#include "app/match/match-view-scale.h"
#include "match/similarity.h"

#include <glib/gi18n.h>

#define VALUES 3 /* of a cell's colour */

struct _FerryMatchPanel
{
  GtkWidget parent_instance;

  GtkWidget *title;
  FerryMatchMap *map;
  GtkWidget *scale; /* numbers and bar */
  GtkLabel *low_label;
  GtkLabel *high_label;
  GtkLabel *readout;

  int picture_width; /* pixels */
  int picture_height;
  int width; /* cells */
  int height;
  int best; /* cell; -1 = none */
  float low;
  float high;
  float *value; /* [height, width, n_values]; NULL = nothing is shown */
  int n_values;
};

G_DEFINE_FINAL_TYPE (FerryMatchPanel, ferry_match_panel, GTK_TYPE_WIDGET)

enum
{
  MOVE,
  PICKED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

/* --- What is said of it --- */

/* Two lines, always. */
static char *
text_of (FerryMatchPanel *self, int cell, gboolean pointed)
{
  int column = cell % self->width, row = cell / self->width;
  double x = (column + 0.5) * self->picture_width / self->width;
  double y = (row + 0.5) * self->picture_height / self->height;
  const float *value = self->value + (gsize) cell * (gsize) self->n_values;

  if (self->n_values > 1)
    return g_strdup_printf (_ ("%.2f %.2f %.2f\ncell %d, %d · %.0f, %.0f px"), (double) value[0],
                            (double) value[1], (double) value[2], column, row, x, y);
  /* Translators: similarity, a cell's column and row, then its place in pixels. */
  return g_strdup_printf (pointed ? _ ("%.3f\ncell %d, %d · %.0f, %.0f px")
                                  : _ ("%.3f is best\ncell %d, %d · %.0f, %.0f px"),
                          (double) value[0], column, row, x, y);
}

static void
show_readout (FerryMatchPanel *self, int cell)
{
  gboolean pointed = cell >= 0;
  g_autofree char *text = NULL;

  if (self->value != NULL && (pointed || self->best >= 0))
    text = text_of (self, pointed ? cell : self->best, pointed);
  else
    text = g_strconcat (self->value != NULL ? _ ("Point at a cell") : "", "\n", NULL);
  gtk_label_set_text (self->readout, text);
}

static void
describe (FerryMatchPanel *self)
{
  const char *title = gtk_label_get_text (GTK_LABEL (self->title));
  g_autofree char *best = self->best >= 0 ? text_of (self, self->best, FALSE) : NULL;
  g_autofree char *text = NULL;

  if (best != NULL)
    text = g_strdup_printf (_ ("From %.2f to %.2f; %s. Arrow keys move the point."),
                            (double) self->low, (double) self->high, best);
  else
    text =
        g_strdup (self->value != NULL
                      ? _ ("First three principal components of the features as red, green, blue")
                      : _ ("Nothing to show yet"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->map), GTK_ACCESSIBLE_PROPERTY_LABEL, title,
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text, -1);
}

/* --- What is shown --- */

GdkTexture *
ferry_match_texture (const guint8 *rgba, int width, int height)
{
  int factor = CLAMP (640 / width, 1, 8);
  gsize stride = 4 * (gsize) width * (gsize) factor;
  guint8 *pixels = g_malloc (stride * (gsize) height * (gsize) factor);
  g_autoptr (GBytes) bytes = NULL;

  for (int row = 0; row < height; row++)
    {
      guint8 *line = pixels + stride * (gsize) row * (gsize) factor;

      for (int column = 0; column < width; column++)
        for (int i = 0; i < factor; i++)
          memcpy (line + 4 * (column * factor + i), rgba + 4 * (row * width + column), 4);
      for (int i = 1; i < factor; i++)
        memcpy (line + stride * (gsize) i, line, stride);
    }
  bytes = g_bytes_new_take (pixels, stride * (gsize) height * (gsize) factor);
  return gdk_memory_texture_new (width * factor, height * factor, GDK_MEMORY_R8G8B8A8, bytes,
                                 stride);
}

static void
take_values (FerryMatchPanel *self, const float *value, int n_values, int width, int height)
{
  gsize cells = (gsize) width * (gsize) height;

  g_clear_pointer (&self->value, g_free);
  self->n_values = n_values;
  self->width = width;
  self->height = height;
  self->best = -1;
  if (value != NULL)
    self->value = g_memdup2 (value, cells * (gsize) n_values * sizeof (float));
}

void
ferry_match_panel_set_map (FerryMatchPanel *self,
                           const float *map,
                           int width,
                           int height,
                           float low,
                           float high,
                           int query)
{
  const FyRgb *colours = ferry_scale_colours ();
  g_autofree guint8 *rgba = NULL;
  g_autoptr (GdkTexture) texture = NULL;
  g_autofree char *low_text = g_strdup_printf ("%.2f", (double) low);
  g_autofree char *high_text = g_strdup_printf ("%.2f", (double) high);

  take_values (self, map, 1, width, height);
  self->low = low;
  self->high = high;
  if (map != NULL)
    {
      int cells = width * height;

      self->best = fy_similarity_best (map, cells);
      rgba = g_malloc (4 * (gsize) cells);
      for (int i = 0; i < cells; i++)
        {
          FyRgb colour = colours[ferry_scale_step (map[i], low, high)];
          const guint8 pixel[4] = { colour.r, colour.g, colour.b, 255 };

          memcpy (rgba + 4 * i, pixel, 4);
        }
      texture = ferry_match_texture (rgba, width, height);
    }
  gtk_label_set_text (self->low_label, map != NULL ? low_text : "");
  gtk_label_set_text (self->high_label, map != NULL ? high_text : "");
  ferry_match_map_set_cells (self->map, texture, width, height);
  ferry_match_map_set_marks (self->map, self->best, query);
  show_readout (self, ferry_match_map_pointed (self->map));
  describe (self);
}

void
ferry_match_panel_set_colours (FerryMatchPanel *self,
                               const guint8 *rgb,
                               const float *value,
                               int width,
                               int height)
{
  g_autofree guint8 *rgba = NULL;
  g_autoptr (GdkTexture) texture = NULL;

  gtk_widget_set_visible (self->scale, FALSE);
  ferry_match_map_set_opaque (self->map);
  take_values (self, value, VALUES, width, height);
  if (rgb != NULL)
    {
      gsize cells = (gsize) width * (gsize) height;

      rgba = g_malloc (4 * cells);
      for (gsize i = 0; i < cells; i++)
        {
          memcpy (rgba + 4 * i, rgb + 3 * i, 3);
          rgba[4 * i + 3] = 255;
        }
      texture = ferry_match_texture (rgba, width, height);
    }
  ferry_match_map_set_cells (self->map, texture, width, height);
  show_readout (self, ferry_match_map_pointed (self->map));
  describe (self);
}

void
ferry_match_panel_set_size (FerryMatchPanel *self, int width, int height)
{
  self->picture_width = width;
  self->picture_height = height;
  ferry_match_map_set_aspect (self->map, height > 0 ? (double) width / height : 1.0);
}

void
ferry_match_panel_set_picture (FerryMatchPanel *self, GdkTexture *texture)
{
  ferry_match_map_set_picture (self->map, texture);
}

void
ferry_match_panel_set_alone (FerryMatchPanel *self)
{
  gtk_widget_set_visible (self->title, FALSE);
}

void
ferry_match_panel_set_stale (FerryMatchPanel *self, gboolean stale)
{
  if (stale)
    gtk_widget_add_css_class (GTK_WIDGET (self->map), "ferry-stale");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->map), "ferry-stale");
  gtk_accessible_update_state (GTK_ACCESSIBLE (self->map), GTK_ACCESSIBLE_STATE_BUSY, stale, -1);
}

/* --- The widget --- */

static void
on_move (FerryMatchPanel *self, int columns, int rows)
{
  g_signal_emit (self, signals[MOVE], 0, columns, rows);
}

static void
on_picked (FerryMatchPanel *self, int cell)
{
  if (self->value != NULL && (cell >= 0 || self->best >= 0))
    g_signal_emit (self, signals[PICKED], 0, cell >= 0 ? cell : self->best);
}

static void
draw_bar (GtkDrawingArea *area, cairo_t *cr, int width, int height, gpointer data)
{
  cairo_pattern_t *pattern = cairo_pattern_create_linear (0, 0, width, 0);

  for (int i = 0; i < FERRY_SCALE_STEPS; i += 5)
    {
      FyRgb colour = ferry_scale_colours ()[i];

      cairo_pattern_add_color_stop_rgb (pattern, i / (FERRY_SCALE_STEPS - 1.0), colour.r / 255.0,
                                        colour.g / 255.0, colour.b / 255.0);
    }
  cairo_set_source (cr, pattern);
  cairo_paint (cr);
  cairo_pattern_destroy (pattern);
}

static GtkWidget *
make_label (const char *text, const char *const *classes)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_widget_set_css_classes (label, (const char **) classes);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  return label;
}

static GtkWidget *
make_scale (FerryMatchPanel *self)
{
  static const char *const classes[] = { "numeric", "caption", NULL };
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *bar = gtk_drawing_area_new ();

  gtk_widget_set_direction (row, GTK_TEXT_DIR_LTR); /* as the bar is drawn */
  gtk_drawing_area_set_draw_func (GTK_DRAWING_AREA (bar), draw_bar, NULL, NULL);
  gtk_widget_set_size_request (bar, 40, 10);
  gtk_widget_set_hexpand (bar, TRUE);
  gtk_widget_set_valign (bar, GTK_ALIGN_CENTER);
  gtk_widget_set_overflow (bar, GTK_OVERFLOW_HIDDEN);
  gtk_widget_add_css_class (bar, "ferry-scale");
  gtk_accessible_update_property (GTK_ACCESSIBLE (bar), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Colours from low to high similarity"), -1);
  self->low_label = GTK_LABEL (make_label ("", classes));
  self->high_label = GTK_LABEL (make_label ("", classes));
  gtk_label_set_width_chars (self->low_label, 5);
  gtk_label_set_width_chars (self->high_label, 4);
  gtk_box_append (GTK_BOX (row), GTK_WIDGET (self->low_label));
  gtk_box_append (GTK_BOX (row), bar);
  gtk_box_append (GTK_BOX (row), GTK_WIDGET (self->high_label));
  return row;
}

static void
ferry_match_panel_dispose (GObject *object)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (ferry_match_panel_parent_class)->dispose (object);
}

static void
ferry_match_panel_finalize (GObject *object)
{
  g_free (FERRY_MATCH_PANEL (object)->value);
  G_OBJECT_CLASS (ferry_match_panel_parent_class)->finalize (object);
}

static void
ferry_match_panel_class_init (FerryMatchPanelClass *klass)
{
  GType type = G_TYPE_FROM_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ferry_match_panel_dispose;
  G_OBJECT_CLASS (klass)->finalize = ferry_match_panel_finalize;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
  signals[MOVE] = g_signal_new ("move", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                                2, G_TYPE_INT, G_TYPE_INT);
  signals[PICKED] = g_signal_new ("picked", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 1, G_TYPE_INT);
}

static void
ferry_match_panel_init (FerryMatchPanel *self)
{
  static const char *const title_classes[] = { "heading", "caption", NULL };
  static const char *const readout_classes[] = { "numeric", "caption", "dim-label", NULL };
  const char *tip = _ ("Arrow keys move the point by a cell (with Shift by ten), Return "
                       "goes to the best match, a double click asks about that cell");
  GtkBoxLayout *layout = GTK_BOX_LAYOUT (gtk_widget_get_layout_manager (GTK_WIDGET (self)));

  self->best = -1;
  self->n_values = 1;
  gtk_orientable_set_orientation (GTK_ORIENTABLE (layout), GTK_ORIENTATION_VERTICAL);
  gtk_box_layout_set_spacing (layout, 3);
  self->title = make_label ("", title_classes);
  self->map = FERRY_MATCH_MAP (ferry_match_map_new ());
  self->scale = make_scale (self);
  self->readout = GTK_LABEL (make_label ("", readout_classes));
  gtk_label_set_ellipsize (self->readout, PANGO_ELLIPSIZE_END);
  gtk_label_set_max_width_chars (self->readout, 12);
  gtk_label_set_ellipsize (GTK_LABEL (self->title), PANGO_ELLIPSIZE_END);
  gtk_widget_set_tooltip_text (self->title, tip);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->readout), tip);
  gtk_widget_set_parent (self->title, GTK_WIDGET (self));
  gtk_widget_set_parent (GTK_WIDGET (self->map), GTK_WIDGET (self));
  gtk_widget_set_parent (self->scale, GTK_WIDGET (self));
  gtk_widget_set_parent (GTK_WIDGET (self->readout), GTK_WIDGET (self));
  g_signal_connect_swapped (self->map, "pointed", G_CALLBACK (show_readout), self);
  g_signal_connect_swapped (self->map, "move", G_CALLBACK (on_move), self);
  g_signal_connect_swapped (self->map, "picked", G_CALLBACK (on_picked), self);
}

GtkWidget *
ferry_match_panel_new (const char *title)
{
  FerryMatchPanel *self = g_object_new (FERRY_TYPE_MATCH_PANEL, NULL);

  gtk_label_set_text (GTK_LABEL (self->title), title);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
  describe (self);
  return GTK_WIDGET (self);
}
