/* SPDX-License-Identifier: MIT */
#include "app/panels/inspector-rows.h"

#define MARGIN 12

GtkWidget *
ferry_rows_new (void)
{
  GtkWidget *grid = gtk_grid_new ();

  gtk_grid_set_row_spacing (GTK_GRID (grid), 4);
  gtk_grid_set_column_spacing (GTK_GRID (grid), 12);
  gtk_widget_set_margin_top (grid, MARGIN);
  gtk_widget_set_margin_bottom (grid, MARGIN);
  gtk_widget_set_margin_start (grid, MARGIN);
  gtk_widget_set_margin_end (grid, MARGIN);
  gtk_widget_add_css_class (grid, "ferry-rows");
  return grid;
}

static int
next_row (GtkWidget *grid)
{
  int row = GPOINTER_TO_INT (g_object_get_data (G_OBJECT (grid), "rows"));

  g_object_set_data (G_OBJECT (grid), "rows", GINT_TO_POINTER (row + 1));
  return row;
}

void
ferry_rows_add (GtkWidget *grid, const char *label, GtkWidget *widget, const char *tip)
{
  GtkWidget *name = gtk_label_new (label);
  int row = next_row (grid);

  gtk_label_set_xalign (GTK_LABEL (name), 0);
  gtk_label_set_yalign (GTK_LABEL (name), 0.5f);
  gtk_widget_set_tooltip_text (name, tip);
  gtk_widget_set_tooltip_text (widget, tip);
  gtk_widget_set_hexpand (widget, TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                  -1);
  if (tip != NULL)
    gtk_accessible_update_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                    tip, -1);
  gtk_grid_attach (GTK_GRID (grid), name, 0, row, 1, 1);
  gtk_grid_attach (GTK_GRID (grid), widget, 1, row, 1, 1);
}

void
ferry_rows_add_wide (GtkWidget *grid, GtkWidget *widget)
{
  gtk_widget_set_hexpand (widget, TRUE);
  gtk_grid_attach (GTK_GRID (grid), widget, 0, next_row (grid), 2, 1);
}

void
ferry_rows_add_heading (GtkWidget *grid, const char *text)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_add_css_class (label, "heading");
  if (next_row (grid) > 0)
    gtk_widget_set_margin_top (label, 6);
  ferry_rows_add_wide (grid, label);
}

GtkWidget *
ferry_rows_add_text (GtkWidget *grid, const char *label, const char *tip)
{
  GtkWidget *text = gtk_label_new (NULL);
  GtkWidget *name = gtk_label_new (label);
  int row = next_row (grid);

  gtk_label_set_xalign (GTK_LABEL (text), 0);
  gtk_label_set_ellipsize (GTK_LABEL (text), PANGO_ELLIPSIZE_END);
  gtk_label_set_width_chars (GTK_LABEL (text), 14);
  gtk_label_set_max_width_chars (GTK_LABEL (text), 14);
  gtk_label_set_selectable (GTK_LABEL (text), TRUE);
  gtk_widget_set_focusable (text, FALSE);
  gtk_widget_set_hexpand (text, TRUE);
  gtk_widget_set_tooltip_text (text, tip);
  gtk_widget_set_tooltip_text (name, tip);
  gtk_label_set_xalign (GTK_LABEL (name), 0);
  gtk_widget_add_css_class (name, "dim-label");
  g_object_bind_property (text, "visible", name, "visible", G_BINDING_DEFAULT);
  gtk_grid_attach (GTK_GRID (grid), name, 0, row, 1, 1);
  gtk_grid_attach (GTK_GRID (grid), text, 1, row, 1, 1);
  return text;
}

GtkWidget *
ferry_check_new (const char *label, const char *tip)
{
  GtkWidget *check = gtk_check_button_new_with_label (label);

  gtk_widget_set_tooltip_text (check, tip);
  gtk_accessible_update_property (GTK_ACCESSIBLE (check), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  return check;
}

void
ferry_rows_let_wheel_pass (GtkWidget *widget)
{
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (widget);
  guint n = g_list_model_get_n_items (controllers);

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (GtkEventController) controller = g_list_model_get_item (controllers, i);

      if (GTK_IS_EVENT_CONTROLLER_SCROLL (controller))
        gtk_event_controller_set_propagation_phase (controller, GTK_PHASE_NONE);
    }
}

GtkWidget *
ferry_spin_new (double least, double most, double step, guint digits)
{
  GtkAdjustment *adjustment = gtk_adjustment_new (least, least, most, step, step * 10, 0);
  GtkWidget *spin = gtk_spin_button_new (adjustment, step, digits);

  gtk_spin_button_set_numeric (GTK_SPIN_BUTTON (spin), TRUE);
  gtk_editable_set_width_chars (GTK_EDITABLE (spin), 5);
  gtk_editable_set_max_width_chars (GTK_EDITABLE (spin), 5);
  gtk_widget_add_css_class (spin, "numeric");
  ferry_rows_let_wheel_pass (spin);
  return spin;
}

static char *
format_share (GtkScale *scale, double value, gpointer data)
{
  return g_strdup_printf ("%.0f %%", value * 100);
}

GtkWidget *
ferry_share_new (void)
{
  GtkWidget *scale = gtk_scale_new_with_range (GTK_ORIENTATION_HORIZONTAL, 0, 1, 0.05);

  gtk_scale_set_draw_value (GTK_SCALE (scale), TRUE);
  gtk_scale_set_value_pos (GTK_SCALE (scale), GTK_POS_RIGHT);
  gtk_scale_set_digits (GTK_SCALE (scale), 2);
  gtk_scale_set_format_value_func (GTK_SCALE (scale), format_share, NULL, NULL);
  gtk_widget_add_css_class (scale, "numeric");
  ferry_rows_let_wheel_pass (scale);
  return scale;
}
