/* SPDX-License-Identifier: MIT */
#include "app/timeline/timeline-style.h"

#include <math.h>

static void
parse (GdkRGBA *colour, const char *text)
{
  gdk_rgba_parse (colour, text);
}

void
ferry_timeline_style_read (FerryTimelineStyle *self, GtkWidget *widget)
{
  GtkStyleContext *context = gtk_widget_get_style_context (widget);
  g_autofree char *theme = NULL;
  gboolean dark;

  g_object_get (gtk_widget_get_settings (widget), "gtk-theme-name", &theme, NULL);
  gtk_style_context_get_color (context, &self->text);
  dark = self->text.red + self->text.green + self->text.blue > 1.5f;
  self->contrast = theme != NULL && strstr (theme, "HighContrast") != NULL;
  if (!gtk_style_context_lookup_color (context, "theme_bg_color", &self->base))
    parse (&self->base, dark ? "#303030" : "#f6f5f4");
  parse (&self->accent, dark ? "#ff7b63" : "#c01c28");
  parse (&self->on_accent, dark ? "#1d1d20" : "#ffffff");
  parse (&self->weak, dark ? "#ff5c57" : "#d81b1b");
  parse (&self->good, dark ? "#57e389" : "#1a7f4b");
}

static gboolean
is_mirrored (GtkWidget *part)
{
  return gtk_widget_get_direction (part) == GTK_TEXT_DIR_RTL;
}

double
ferry_timeline_track_x (GtkWidget *part)
{
  return is_mirrored (part) ? 0 : FERRY_NAMES_WIDTH;
}

double
ferry_timeline_names_x (GtkWidget *part)
{
  return is_mirrored (part) ? ferry_timeline_track_width (part) : 0;
}

double
ferry_timeline_track_width (GtkWidget *part)
{
  return MAX (gtk_widget_get_width (part) - FERRY_NAMES_WIDTH, 0);
}

GdkRGBA
ferry_timeline_faint (const GdkRGBA *colour, double alpha)
{
  GdkRGBA faint = *colour;

  faint.alpha *= (float) alpha;
  return faint;
}

FyRgb
ferry_timeline_rgb (const GdkRGBA *colour)
{
  return (FyRgb){ (guint8) lrintf (colour->red * 255), (guint8) lrintf (colour->green * 255),
                  (guint8) lrintf (colour->blue * 255) };
}

GdkRGBA
ferry_timeline_rgba (FyRgb colour, double alpha)
{
  return (GdkRGBA){ colour.r / 255.0f, colour.g / 255.0f, colour.b / 255.0f, (float) alpha };
}

static PangoLayout *
make_layout (GtkWidget *widget, const char *text, double scale)
{
  PangoLayout *layout = gtk_widget_create_pango_layout (widget, text);
  g_autoptr (PangoAttrList) attributes = pango_attr_list_new ();

  pango_attr_list_insert (attributes, pango_attr_scale_new (scale));
  pango_attr_list_insert (attributes, pango_attr_font_features_new ("tnum"));
  pango_layout_set_attributes (layout, attributes);
  pango_layout_set_single_paragraph_mode (layout, TRUE);
  return layout;
}

double
ferry_timeline_text_width (GtkWidget *widget, const char *text, double scale)
{
  g_autoptr (PangoLayout) layout = make_layout (widget, text, scale);
  int width;

  pango_layout_get_pixel_size (layout, &width, NULL);
  return width;
}

double
ferry_timeline_write (GtkWidget *widget,
                      GtkSnapshot *snapshot,
                      const char *text,
                      double x,
                      double y,
                      double width,
                      double height,
                      double scale,
                      const GdkRGBA *colour)
{
  g_autoptr (PangoLayout) layout = make_layout (widget, text, scale);
  int text_width;
  int text_height;

  if (width > 0)
    {
      pango_layout_set_width (layout, (int) (width * PANGO_SCALE));
      pango_layout_set_ellipsize (layout, PANGO_ELLIPSIZE_END);
    }
  pango_layout_get_pixel_size (layout, &text_width, &text_height);
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (
      snapshot,
      &GRAPHENE_POINT_INIT ((float) round (x), (float) round (y + (height - text_height) / 2)));
  gtk_snapshot_append_layout (snapshot, layout, colour);
  gtk_snapshot_restore (snapshot);
  return text_width;
}

void
ferry_timeline_write_centred (GtkWidget *widget,
                              GtkSnapshot *snapshot,
                              const char *text,
                              double x,
                              double y,
                              double width,
                              double height,
                              double scale,
                              const GdkRGBA *colour)
{
  double inside = ferry_timeline_text_width (widget, text, scale);

  ferry_timeline_write (widget, snapshot, text, x + (width - inside) / 2, y, 0, height, scale,
                        colour);
}
