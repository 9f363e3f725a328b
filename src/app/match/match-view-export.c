/* SPDX-License-Identifier: MIT */
#include "app/match/match-view-export.h"

#include "app/match/match-view-scale.h"
#include "base/output-file.h"
#include "exchange/npy.h"
#include "exchange/picture.h"

#include <cairo.h>
#include <math.h>

#define MARGIN  16
#define TITLE   22 /* pixels of a line of text  */
#define SCALE   34 /* of the bar and its numbers */
#define BAR     12
#define WIDTH   640 /* of a map */
#define OPACITY 0.72

void
ferry_match_export_free (FerryMatchExport *self)
{
  if (self == NULL)
    return;
  for (int i = 0; i < FERRY_MAX_MAPS; i++)
    {
      g_free (self->map[i].title);
      g_free (self->map[i].value);
      g_free (self->map[i].rgb);
    }
  g_clear_pointer (&self->picture, fy_frame_unref);
  g_free (self->title);
  for (int i = 0; i < self->n_voters; i++)
    g_free (self->voter[i].name);
  g_free (self->voter);
  g_free (self);
}

/* --- Picture --- */

static FyRgb
colour_of (const FerryExportMap *map, int cell)
{
  if (map->rgb != NULL)
    return (FyRgb){ map->rgb[3 * cell], map->rgb[3 * cell + 1], map->rgb[3 * cell + 2] };
  return ferry_scale_colours ()[ferry_scale_step (map->value[cell], map->low, map->high)];
}

static void
draw_cells (const FerryMatchExport *self,
            const FerryExportMap *map,
            cairo_surface_t *surface,
            int left,
            int top,
            int height)
{
  guint8 *pixels = cairo_image_surface_get_data (surface);
  int stride = cairo_image_surface_get_stride (surface);
  const FyFrame *under = map->rgb == NULL ? self->picture : NULL;
  double opacity = under != NULL ? OPACITY : 1.0;

  cairo_surface_flush (surface);
  for (int y = 0; y < height; y++)
    for (int x = 0; x < WIDTH; x++)
      {
        int cell = y * self->height / height * self->width + x * self->width / WIDTH;
        FyRgb colour = colour_of (map, cell);
        guint8 channel[3] = { colour.b, colour.g, colour.r };
        guint8 *out = pixels + (gssize) (top + y) * stride + 4 * (left + x);

        for (int c = 0; c < 3; c++)
          {
            double below = 0.0;

            if (under != NULL)
              below = under->rgb[((gssize) (y * under->height / height) * under->width +
                                  x * under->width / WIDTH) *
                                     3 +
                                 2 - c];
            out[c] = (guint8) lrint (opacity * channel[c] + (1.0 - opacity) * below);
          }
      }
  cairo_surface_mark_dirty (surface);
}

static void
draw_text (cairo_t *cr, double x, double y, double anchor, const char *text)
{
  cairo_text_extents_t extents;

  cairo_text_extents (cr, text, &extents);
  cairo_move_to (cr, x - anchor * extents.x_advance, y);
  cairo_set_source_rgb (cr, 0, 0, 0);
  cairo_show_text (cr, text);
}

static void
draw_scale (cairo_t *cr, const FerryExportMap *map, int left, int top)
{
  for (int i = 0; i <= 4; i++)
    {
      g_autofree char *number =
          g_strdup_printf ("%.2f", (double) (map->low + (map->high - map->low) * (float) i / 4));

      draw_text (cr, left + WIDTH * i / 4.0, top + BAR + 16, i / 4.0, number);
    }
  for (int x = 0; x < WIDTH; x++)
    {
      FyRgb colour = ferry_scale_colours ()[x * (FERRY_SCALE_STEPS - 1) / (WIDTH - 1)];

      cairo_set_source_rgb (cr, colour.r / 255.0, colour.g / 255.0, colour.b / 255.0);
      cairo_rectangle (cr, left + x, top, 1, BAR);
      cairo_fill (cr);
    }
}

static void
draw_best (cairo_t *cr,
           const FerryMatchExport *self,
           const FerryExportMap *map,
           int left,
           int top,
           int height)
{
  int best = fy_similarity_best (map->value, self->width * self->height);

  if (best < 0)
    return;
  cairo_new_path (cr);
  cairo_arc (cr, left + (best % self->width + 0.5) * WIDTH / self->width,
             top + (best / self->width + 0.5) * height / self->height, 9, 0, 2 * G_PI);
  cairo_set_source_rgb (cr, 0, 0, 0);
  cairo_set_line_width (cr, 5);
  cairo_stroke_preserve (cr);
  cairo_set_source_rgb (cr, 1, 1, 1);
  cairo_set_line_width (cr, 2.5);
  cairo_stroke (cr);
}

static void
draw (const FerryMatchExport *self, cairo_surface_t *surface, int height)
{
  cairo_t *cr = cairo_create (surface);

  cairo_set_source_rgb (cr, 1, 1, 1);
  cairo_paint (cr);
  cairo_select_font_face (cr, "sans-serif", CAIRO_FONT_SLANT_NORMAL, CAIRO_FONT_WEIGHT_NORMAL);
  cairo_set_font_size (cr, 14);
  draw_text (cr, MARGIN, MARGIN + 14, 0, self->title);
  for (int i = 0; i < self->n_maps; i++)
    {
      const FerryExportMap *map = &self->map[i];
      int left = MARGIN + i * (WIDTH + MARGIN), top = MARGIN + 2 * TITLE + 4;

      draw_text (cr, left, top - 8, 0, map->title);
      draw_cells (self, map, surface, left, top, height);
      if (map->rgb != NULL)
        continue;
      draw_best (cr, self, map, left, top, height);
      draw_scale (cr, map, left, top + height + 8);
    }
  cairo_destroy (cr);
  cairo_surface_flush (surface);
}

gboolean
ferry_match_export_png (const FerryMatchExport *self, const char *path, GError **error)
{
  int height = MAX (1, (int) lround (WIDTH / self->aspect));
  int width = MARGIN + self->n_maps * (WIDTH + MARGIN);
  int whole = 2 * MARGIN + 2 * TITLE + 4 + height + (self->map[0].rgb == NULL ? SCALE : 0);
  g_autofree guint8 *rgb = g_malloc ((gsize) width * (gsize) whole * 3);
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, width, whole);
  const guint8 *pixels;

  draw (self, surface, height);
  pixels = cairo_image_surface_get_data (surface);
  for (int y = 0; y < whole; y++)
    for (int x = 0; x < width; x++)
      for (int c = 0; c < 3; c++)
        rgb[((gsize) y * (gsize) width + (gsize) x) * 3 + (gsize) c] =
            pixels[(gssize) y * cairo_image_surface_get_stride (surface) + 4 * x + 2 - c];
  cairo_surface_destroy (surface);
  return fy_picture_write (path, rgb, width, whole, error);
}

/* --- Values --- */

gboolean
ferry_match_export_npy (const FerryMatchExport *self, const char *path, GError **error)
{
  int n_values = self->map[0].n_values;
  gsize each = (gsize) self->width * (gsize) self->height * (gsize) n_values;
  const gsize shape[] = { (gsize) self->n_maps, (gsize) self->height, (gsize) self->width,
                          (gsize) n_values };
  g_autofree float *values = g_new (float, each *(gsize) self->n_maps);

  for (int i = 0; i < self->n_maps; i++)
    memcpy (values + (gsize) i * each, self->map[i].value, each * sizeof (float));
  return fy_npy_save (path, FY_NPY_F32, n_values > 1 ? 4 : 3, shape, values, error);
}

/* --- Table --- */

static void
append_quoted (GString *csv, const char *text)
{
  g_string_append_c (csv, '"');
  for (; *text != '\0'; text++)
    {
      if (*text == '"')
        g_string_append_c (csv, '"');
      g_string_append_c (csv, *text);
    }
  g_string_append_c (csv, '"');
}

static void
append_number (GString *csv, double number)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  g_string_append_c (csv, ',');
  g_string_append (csv, g_ascii_formatd (text, sizeof text, "%.9g", number));
}

gboolean
ferry_match_export_csv (const FerryMatchExport *self, const char *path, GError **error)
{
  g_autoptr (GString) csv = g_string_new ("frame,column,row,x,y,similarity,weight,id,name\n");

  for (int i = 0; i < self->n_voters; i++)
    {
      const FerryExportVoter *voter = &self->voter[i];

      g_string_append_printf (csv, "%d,%d,%d", voter->voter.frame, voter->column, voter->row);
      append_number (csv, voter->x);
      append_number (csv, voter->y);
      append_number (csv, (double) voter->voter.similarity);
      append_number (csv, (double) voter->voter.weight);
      g_string_append_printf (csv, ",%d,", voter->id);
      append_quoted (csv, voter->name);
      g_string_append_c (csv, '\n');
    }
  return fy_output_file_save (path, csv->str, csv->len, FALSE, error);
}

void
ferry_match_export_take_voters (FerryMatchExport *self, FerryMatchQuery *query, FyLabelSet *labels)
{
  const FerryVoters *voters = ferry_match_query_voters (query);
  int width = 1, height = 1;

  if (voters == NULL || !ferry_match_query_grid (query, &width, &height))
    return;
  self->n_voters = voters->n;
  self->voter = g_new (FerryExportVoter, (gsize) voters->n);
  for (int i = 0; i < voters->n; i++)
    {
      FerryExportVoter *voter = &self->voter[i];
      FyObject *object;
      guint16 ids[4];
      double share[4];

      voter->voter = voters->voter[i];
      voter->column = voter->voter.cell % width;
      voter->row = voter->voter.cell / width;
      ferry_match_query_pixel (query, voter->column, voter->row, &voter->x, &voter->y);
      ferry_match_query_labels (query, voter->voter.frame, voter->voter.cell, ids, share);
      object = fy_label_set_find (labels, ids[0]);
      voter->id = ids[0];
      voter->name = g_strdup (object != NULL ? object->name : "");
    }
}
