/* SPDX-License-Identifier: MIT */
#include "app/panels/inspector-pages.h"
#include "app/panels/inspector-rows.h"

#include <glib/gi18n.h>
#include <math.h>

#define LEAST_RADIUS 0.5
#define MOST_RADIUS  500.0

/* The slider goes by equal ratios: 0 .. 1 is 0.5 .. 500 pixels. */
static gboolean
radius_to_slider (GBinding *binding, const GValue *from, GValue *to, gpointer data)
{
  g_value_set_double (to, log (g_value_get_double (from) / LEAST_RADIUS) /
                              log (MOST_RADIUS / LEAST_RADIUS));
  return TRUE;
}

static gboolean
slider_to_radius (GBinding *binding, const GValue *from, GValue *to, gpointer data)
{
  double radius = LEAST_RADIUS * pow (MOST_RADIUS / LEAST_RADIUS, g_value_get_double (from));
  double step = radius < 10 ? 0.5 : 1;

  g_value_set_double (to, CLAMP (round (radius / step) * step, LEAST_RADIUS, MOST_RADIUS));
  return TRUE;
}

static void
bind (FerryToolbox *toolbox, const char *property, gpointer target, const char *to)
{
  g_object_bind_property (toolbox, property, target, to,
                          G_BINDING_SYNC_CREATE | G_BINDING_BIDIRECTIONAL);
}

static void
add_radius (GtkWidget *grid, FerryToolbox *toolbox)
{
  const char *tip = _ ("Radius of brush and eraser in pixels of the picture ( [ and ] )");
  GtkWidget *spin = ferry_spin_new (LEAST_RADIUS, MOST_RADIUS, 1, 1);
  GtkWidget *slider = gtk_scale_new_with_range (GTK_ORIENTATION_HORIZONTAL, 0, 1, 0.02);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);

  gtk_scale_set_draw_value (GTK_SCALE (slider), FALSE);
  ferry_rows_let_wheel_pass (slider);
  gtk_widget_set_hexpand (slider, TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (slider), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Radius, by ratios"), -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (spin), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Radius in pixels"), -1);
  gtk_box_append (GTK_BOX (box), slider);
  gtk_box_append (GTK_BOX (box), spin);
  ferry_rows_add (grid, _ ("Radius"), box, tip);
  bind (toolbox, "radius", gtk_spin_button_get_adjustment (GTK_SPIN_BUTTON (spin)), "value");
  g_object_bind_property_full (toolbox, "radius", gtk_range_get_adjustment (GTK_RANGE (slider)),
                               "value", G_BINDING_SYNC_CREATE | G_BINDING_BIDIRECTIONAL,
                               radius_to_slider, slider_to_radius, NULL, NULL);
}

static void
add_share (GtkWidget *grid,
           FerryToolbox *toolbox,
           const char *label,
           const char *property,
           const char *tip)
{
  GtkWidget *scale = ferry_share_new ();

  ferry_rows_add (grid, label, scale, tip);
  bind (toolbox, property, gtk_range_get_adjustment (GTK_RANGE (scale)), "value");
}

static GtkWidget *
new_check (FerryToolbox *toolbox, const char *label, const char *property, const char *tip)
{
  GtkWidget *check = ferry_check_new (label, tip);

  bind (toolbox, property, check, "active");
  return check;
}

static void
add_overlay (GtkWidget *grid, FerryToolbox *toolbox)
{
  const char *const modes[] = {
    _ ("Mask"), _ ("Outline"), _ ("Mask and outline"), _ ("Cut out"), _ ("Labels alone"),
    _ ("Off"),  NULL,
  };
  GtkWidget *list = gtk_drop_down_new_from_strings (modes);

  ferry_rows_add (grid, _ ("Overlay"), list, _ ("How labels are laid over the picture"));
  bind (toolbox, "overlay", list, "selected");
}

static void
add_checks (GtkWidget *grid, FerryToolbox *toolbox)
{
  GtkWidget *box = gtk_grid_new ();
  GtkWidget *check[] = {
    new_check (toolbox, _ ("Onion skin"), "onion",
               _ ("Outlines of the frames before and behind, to see how things move")),
    new_check (toolbox, _ ("Pixel grid"), "pixel-grid",
               _ ("Lines between the picture's pixels from 8 times its size on")),
    new_check (toolbox, _ ("Hatching"), "hatching",
               _ ("Tells objects apart by lines too, not by colour alone")),
    new_check (toolbox, _ ("Numbers"), "numbers", _ ("Draws each object's number into it")),
  };

  gtk_grid_set_column_homogeneous (GTK_GRID (box), TRUE);
  gtk_grid_set_row_spacing (GTK_GRID (box), 2);
  for (int i = 0; i < 4; i++)
    gtk_grid_attach (GTK_GRID (box), check[i], i % 2, i / 2, 1, 1);
  ferry_rows_add_wide (grid, box);
}

/* Whether a pen's pressure counts, and how much. */
static void
add_pressure (GtkWidget *grid, FerryToolbox *toolbox)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *scale = ferry_share_new ();
  GtkWidget *check = new_check (toolbox, _ ("Pressure"), "pressure",
                                _ ("The harder the pen is pressed, the larger the brush"));

  gtk_widget_set_tooltip_text (
      scale, _ ("Hardness: share of the radius that the lightest touch of the pen paints"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (scale), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Radius at the lightest touch"), -1);
  gtk_widget_set_hexpand (scale, TRUE);
  bind (toolbox, "hardness", gtk_range_get_adjustment (GTK_RANGE (scale)), "value");
  g_object_bind_property (check, "active", scale, "sensitive", G_BINDING_SYNC_CREATE);
  gtk_box_append (GTK_BOX (box), check);
  gtk_box_append (GTK_BOX (box), scale);
  ferry_rows_add (grid, _ ("Pen"), box, NULL);
}

GtkWidget *
ferry_brush_page_new (FerryToolbox *toolbox)
{
  GtkWidget *grid = ferry_rows_new ();

  add_radius (grid, toolbox);
  add_pressure (grid, toolbox);
  ferry_rows_add_wide (
      grid,
      new_check (toolbox, _ ("Leave other objects alone"), "keep-others",
                 _ ("Painting takes no pixels from other objects, only from the background")));
  ferry_rows_add_wide (grid, gtk_separator_new (GTK_ORIENTATION_HORIZONTAL));
  add_overlay (grid, toolbox);
  add_share (grid, toolbox, _ ("Opacity"), "opacity", _ ("Opacity of the masks' filling"));
  add_checks (grid, toolbox);
  return grid;
}
