/* SPDX-License-Identifier: MIT */
#include "app/panels/object-swatch.h"

#include "app/popover.h"

#include <glib/gi18n.h>

#define SIZE 22 /* pixels */

#define N_COLOURS 21 /* of fy_display_colour before they repeat */

struct _FerrySwatch
{
  GtkWidget parent_instance;

  FerrySwatchKind kind;
  FyRgb colour;
  int number;
};

G_DEFINE_FINAL_TYPE (FerrySwatch, ferry_swatch, GTK_TYPE_WIDGET)

GtkWidget *
ferry_swatch_new (void)
{
  return g_object_new (FERRY_TYPE_SWATCH, "valign", GTK_ALIGN_CENTER, "halign", GTK_ALIGN_CENTER,
                       NULL);
}

void
ferry_swatch_set (FerrySwatch *self, FerrySwatchKind kind, FyRgb colour, int number)
{
  if (self->kind == kind && self->colour.r == colour.r && self->colour.g == colour.g &&
      self->colour.b == colour.b && self->number == number)
    return;
  self->kind = kind;
  self->colour = colour;
  self->number = number;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static GdkRGBA
to_rgba (FyRgb colour)
{
  return (GdkRGBA){ colour.r / 255.0f, colour.g / 255.0f, colour.b / 255.0f, 1 };
}

static FyRgb
from_rgba (const GdkRGBA *colour)
{
  return (FyRgb){ (guint8) (colour->red * 255 + 0.5f), (guint8) (colour->green * 255 + 0.5f),
                  (guint8) (colour->blue * 255 + 0.5f) };
}

/* Black or white, whichever is told better from it.  Source: WCAG's relative luminance, roughly. */
static GdkRGBA
contrast (FyRgb colour)
{
  double light = 0.2126 * colour.r + 0.7152 * colour.g + 0.0722 * colour.b;
  float value = light > 125 ? 0 : 1;

  return (GdkRGBA){ value, value, value, 1 };
}

static void
draw_number (FerrySwatch *self, GtkSnapshot *snapshot)
{
  g_autofree char *text = g_strdup_printf ("%d", self->number);
  g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (GTK_WIDGET (self), text);
  PangoAttrList *attributes = pango_attr_list_new ();
  GdkRGBA colour = contrast (self->colour);
  int width, height;

  pango_attr_list_insert (attributes, pango_attr_scale_new (self->number > 99 ? 0.65 : 0.85));
  pango_attr_list_insert (attributes, pango_attr_weight_new (PANGO_WEIGHT_BOLD));
  pango_layout_set_attributes (layout, attributes);
  pango_attr_list_unref (attributes);
  pango_layout_get_pixel_size (layout, &width, &height);
  if (self->kind == FERRY_SWATCH_BACKGROUND)
    gtk_style_context_get_color (gtk_widget_get_style_context (GTK_WIDGET (self)), &colour);
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (
      snapshot, &GRAPHENE_POINT_INIT ((float) (SIZE - width) / 2, (float) (SIZE - height) / 2));
  gtk_snapshot_append_layout (snapshot, layout, &colour);
  gtk_snapshot_restore (snapshot);
}

static void
draw_shape (FerrySwatch *self, GtkSnapshot *snapshot, float inset, float radius, gboolean filled)
{
  graphene_rect_t bounds = GRAPHENE_RECT_INIT (inset, inset, SIZE - 2 * inset, SIZE - 2 * inset);
  GskRoundedRect shape;
  GdkRGBA colour = to_rgba (self->colour);
  GdkRGBA edge;
  float width = filled ? 1 : 2;

  gtk_style_context_get_color (gtk_widget_get_style_context (GTK_WIDGET (self)), &edge);
  edge.alpha *= 0.35f;
  if (!filled && self->kind != FERRY_SWATCH_BACKGROUND)
    edge = colour;
  gsk_rounded_rect_init_from_rect (&shape, &bounds, radius);
  gtk_snapshot_push_rounded_clip (snapshot, &shape);
  if (filled)
    gtk_snapshot_append_color (snapshot, &colour, &bounds);
  gtk_snapshot_pop (snapshot);
  gtk_snapshot_append_border (snapshot, &shape, (float[4]){ width, width, width, width },
                              (GdkRGBA[4]){ edge, edge, edge, edge });
}

/* Placed: a dot; occluded: a ring; absent: a cross; not there yet: a small grey ring. */
static void
draw_joint (FerrySwatch *self, GtkSnapshot *snapshot)
{
  graphene_rect_t bounds = GRAPHENE_RECT_INIT (0, 0, SIZE, SIZE);
  GdkRGBA colour = to_rgba (self->colour);
  cairo_t *cr = gtk_snapshot_append_cairo (snapshot, &bounds);
  const double middle = SIZE / 2.0;

  if (self->number < 0)
    gtk_style_context_get_color (gtk_widget_get_style_context (GTK_WIDGET (self)), &colour);
  colour.alpha = self->number < 0 ? 0.35f : 1;
  gdk_cairo_set_source_rgba (cr, &colour);
  cairo_set_line_width (cr, self->number < 0 ? 1 : 2);
  if (self->number == FY_JOINT_ABSENT)
    {
      cairo_move_to (cr, middle - 4, middle - 4);
      cairo_line_to (cr, middle + 4, middle + 4);
      cairo_move_to (cr, middle - 4, middle + 4);
      cairo_line_to (cr, middle + 4, middle - 4);
    }
  else
    cairo_arc (cr, middle, middle, self->number < 0 ? 3 : 4.5, 0, 2 * G_PI);
  if (self->number == FY_JOINT_PLACED)
    cairo_fill (cr);
  else
    cairo_stroke (cr);
  cairo_destroy (cr);
}

static void
ferry_swatch_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  FerrySwatch *self = FERRY_SWATCH (widget);

  switch (self->kind)
    {
    case FERRY_SWATCH_JOINT:
      draw_joint (self, snapshot);
      return;
    case FERRY_SWATCH_BACKGROUND:
      draw_shape (self, snapshot, 0, 5, FALSE);
      draw_number (self, snapshot);
      return;
    case FERRY_SWATCH_MASK:
    case FERRY_SWATCH_COLOUR:
      draw_shape (self, snapshot, 0, 5, TRUE);
      break;
    case FERRY_SWATCH_SKELETON:
      draw_shape (self, snapshot, 0, SIZE / 2.0f, TRUE);
      break;
    }
  if (self->kind != FERRY_SWATCH_COLOUR)
    draw_number (self, snapshot);
}

static void
ferry_swatch_measure (GtkWidget *widget,
                      GtkOrientation orientation,
                      int for_size,
                      int *minimum,
                      int *natural,
                      int *minimum_baseline,
                      int *natural_baseline)
{
  *minimum = *natural = SIZE;
}

static void
ferry_swatch_class_init (FerrySwatchClass *klass)
{
  GTK_WIDGET_CLASS (klass)->snapshot = ferry_swatch_snapshot;
  GTK_WIDGET_CLASS (klass)->measure = ferry_swatch_measure;
  gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (klass), GTK_ACCESSIBLE_ROLE_PRESENTATION);
}

static void
ferry_swatch_init (FerrySwatch *self)
{
}

/* --- Choosing a colour --- */

typedef struct
{
  FyRgb colour; /* that it has */
  FerryColourFunc choose;
  gpointer user_data;
  GDestroyNotify free;
  GtkWidget *popover;
  GtkWindow *window;
} Choice;

static void
choice_free (gpointer data)
{
  Choice *self = data;

  if (self->free != NULL)
    self->free (self->user_data);
  g_free (self);
}

static void
on_colour (GtkButton *button, Choice *self)
{
  guint id = GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (button), "colour"));

  self->choose (fy_display_colour ((guint16) id), self->user_data);
  gtk_popover_popdown (GTK_POPOVER (self->popover));
}

static void
on_dialog_response (GtkDialog *dialog, int response, Choice *self)
{
  GdkRGBA colour;

  gtk_color_chooser_get_rgba (GTK_COLOR_CHOOSER (dialog), &colour);
  if (response == GTK_RESPONSE_OK)
    self->choose (from_rgba (&colour), self->user_data);
  gtk_window_destroy (GTK_WINDOW (dialog));
}

static void
on_other (GtkButton *button, Choice *self)
{
  GtkWidget *dialog = gtk_color_chooser_dialog_new (_ ("Colour of the object"), self->window);
  GdkRGBA colour = to_rgba (self->colour);
  Choice *copy = g_memdup2 (self, sizeof *self);

  self->free = NULL; /* the dialog's now */
  gtk_window_set_modal (GTK_WINDOW (dialog), TRUE);
  gtk_color_chooser_set_use_alpha (GTK_COLOR_CHOOSER (dialog), FALSE);
  gtk_color_chooser_set_rgba (GTK_COLOR_CHOOSER (dialog), &colour);
  g_signal_connect (dialog, "response", G_CALLBACK (on_dialog_response), copy);
  g_object_set_data_full (G_OBJECT (dialog), "choice", copy, choice_free);
  gtk_window_present (GTK_WINDOW (dialog));
  gtk_popover_popdown (GTK_POPOVER (self->popover));
}

static GtkWidget *
make_colour_button (guint16 id, Choice *choice)
{
  GtkWidget *button = gtk_button_new ();
  GtkWidget *swatch = ferry_swatch_new ();
  FyRgb colour = fy_display_colour (id);
  g_autofree char *name =
      g_strdup_printf (_ ("Colour %d: #%02x%02x%02x"), id, colour.r, colour.g, colour.b);

  ferry_swatch_set (FERRY_SWATCH (swatch), FERRY_SWATCH_COLOUR, colour, 0);
  gtk_button_set_child (GTK_BUTTON (button), swatch);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_add_css_class (button, "ferry-swatch");
  gtk_widget_set_tooltip_text (button, name);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  g_object_set_data (G_OBJECT (button), "colour", GUINT_TO_POINTER ((guint) id));
  g_signal_connect (button, "clicked", G_CALLBACK (on_colour), choice);
  return button;
}

void
ferry_swatch_choose (GtkWidget *parent,
                     FyRgb colour,
                     FerryColourFunc choose,
                     gpointer user_data,
                     GDestroyNotify user_data_free)
{
  GtkWidget *popover = gtk_popover_new ();
  GtkWidget *grid = gtk_grid_new ();
  GtkWidget *other = gtk_button_new_with_label (_ ("Other…"));
  Choice *choice = g_new (Choice, 1);

  *choice = (Choice){ .colour = colour,
                      .choose = choose,
                      .user_data = user_data,
                      .free = user_data_free,
                      .popover = popover,
                      .window = GTK_WINDOW (gtk_widget_get_root (parent)) };
  for (guint16 id = 1; id <= N_COLOURS; id++)
    gtk_grid_attach (GTK_GRID (grid), make_colour_button (id, choice), (id - 1) % 7, (id - 1) / 7,
                     1, 1);
  gtk_widget_set_margin_top (other, 6);
  g_signal_connect (other, "clicked", G_CALLBACK (on_other), choice);
  gtk_grid_attach (GTK_GRID (grid), other, 0, 3, 7, 1);
  gtk_popover_set_child (GTK_POPOVER (popover), grid);
  g_object_set_data_full (G_OBJECT (popover), "choice", choice, choice_free);
  ferry_popover_open (popover, parent, NULL);
}
