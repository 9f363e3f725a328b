/* SPDX-License-Identifier: MIT */
#include "exchange/contact-sheet.h"

#include "base/error.h"
#include "base/text.h"
#include "exchange/indexed-png.h"
#include "exchange/picture.h"
#include "media/frame.h"

#include <math.h>
#include <string.h>

#define DEFAULT_WIDTH 320
#define MARGIN        24 /* around the sheet                  */
#define GAP           12 /* between pictures                  */
#define CAPTION       26 /* height of the strip below each    */
#define DOT           2  /* pixels a dot of the digits        */
#define GLYPH_WIDTH   5  /* dots */
#define GLYPH_HEIGHT  7
#define ADVANCE       6 /* dots from digit to digit */

struct FyContactSheet
{
  int n;
  int added;
  int columns;
  int source_width;
  int source_height;
  int thumb_width;
  int thumb_height;
  int width; /* of the sheet */
  int height;
  guint8 *rgb; /* [height, width, 3] */
};

static const guint8 ground[3] = { 24, 24, 27 };
static const guint8 strip[3] = { 39, 39, 42 };
static const guint8 ink[3] = { 228, 228, 231 };

static guint8 *
pixel (FyContactSheet *self, int x, int y)
{
  return self->rgb + 3 * ((gsize) y * (gsize) self->width + (gsize) x);
}

static void
fill (FyContactSheet *self, int left, int top, int width, int height, const guint8 colour[3])
{
  for (int y = top; y < top + height; y++)
    for (int x = left; x < left + width; x++)
      memcpy (pixel (self, x, y), colour, 3);
}

/* Columns that bring the sheet nearest to 4:3 from above. */
static int
choose_columns (const FyContactSheet *self)
{
  double cell_width = self->thumb_width + GAP, cell_height = self->thumb_height + CAPTION + GAP;
  double columns = ceil (sqrt (self->n * 4.0 / 3.0 * cell_height / cell_width));

  return (int) CLAMP (columns, 1.0, (double) self->n);
}

FyContactSheet *
fy_contact_sheet_new (int n,
                      int width,
                      int height,
                      const FyContactSheetParams *params,
                      GError **error)
{
  g_autoptr (FyContactSheet) self = g_new0 (FyContactSheet, 1);
  int wish = params != NULL && params->width_px > 0 ? params->width_px : DEFAULT_WIDTH;
  gint64 sheet_width, sheet_height, rows;

  g_return_val_if_fail (n > 0 && width > 0 && height > 0, NULL);
  self->n = n;
  self->source_width = width;
  self->source_height = height;
  self->thumb_width = MIN (wish, width);
  self->thumb_height = MAX (1, (int) ((gint64) height * self->thumb_width / width));
  self->columns =
      params != NULL && params->columns > 0 ? MIN (params->columns, n) : choose_columns (self);
  rows = (n + self->columns - 1) / self->columns;
  sheet_width = 2 * MARGIN - GAP + (gint64) self->columns * (self->thumb_width + GAP);
  sheet_height = 2 * MARGIN - GAP + rows * (self->thumb_height + CAPTION + GAP);
  if (sheet_width > FY_PNG_MAX_PIXELS || sheet_height > FY_PNG_MAX_PIXELS / sheet_width)
    {
      g_set_error (
          error, FY_ERROR, FY_ERROR_UNSUPPORTED,
          _ ("a contact sheet of %d pictures of %dx%d would be too large; show fewer frames"), n,
          self->thumb_width, self->thumb_height);
      return NULL;
    }
  self->width = (int) sheet_width;
  self->height = (int) sheet_height;
  self->rgb = g_malloc (3 * (gsize) sheet_width * (gsize) sheet_height);
  fill (self, 0, 0, self->width, self->height, ground);
  return g_steal_pointer (&self);
}

void
fy_contact_sheet_free (FyContactSheet *self)
{
  if (self == NULL)
    return;
  g_free (self->rgb);
  g_free (self);
}

/* Writes a number into the strip whose corner is given, unless it is too narrow. */
static void
draw_number (FyContactSheet *self, int left, int top, int number)
{
  static const char *const font[GLYPH_HEIGHT] = {
    " ###    #    ###  #####    #  #####   ##  #####  ###   ### ",
    "#   #  ##   #   #    #    ##  #      #        # #   # #   #",
    "#  ##   #       #   #    # #  ####  #        #  #   # #   #",
    "# # #   #      #     #  #  #      # ####    #    ###   ####",
    "##  #   #     #       # #####     # #   #  #    #   #     #",
    "#   #   #    #    #   #    #  #   # #   #  #    #   #    # ",
    " ###   ###  #####  ###     #   ###   ###   #     ###   ##  ",
  };
  int pad = (CAPTION - GLYPH_HEIGHT * DOT) / 2;
  g_autofree char *digits = g_strdup_printf ("%d", MAX (number, 0));

  if (2 * pad + (int) strlen (digits) * ADVANCE * DOT > self->thumb_width)
    return;
  for (int i = 0; digits[i] != '\0'; i++)
    for (int y = 0; y < GLYPH_HEIGHT; y++)
      for (int x = 0; x < GLYPH_WIDTH; x++)
        if (font[y][(digits[i] - '0') * ADVANCE + x] == '#')
          fill (self, left + pad + (i * ADVANCE + x) * DOT, top + pad + y * DOT, DOT, DOT, ink);
}

void
fy_contact_sheet_add (FyContactSheet *self, const guint8 *rgb, int number)
{
  int left = MARGIN + self->added % self->columns * (self->thumb_width + GAP);
  int top = MARGIN + self->added / self->columns * (self->thumb_height + CAPTION + GAP);
  g_autoptr (FyFrame) picture = fy_frame_new (self->source_width, self->source_height);
  g_autoptr (FyFrame) thumb = NULL;
  gsize row = 3 * (gsize) self->thumb_width;

  g_return_if_fail (self->added < self->n && picture != NULL);
  memcpy (picture->rgb, rgb, 3 * (gsize) picture->width * (gsize) picture->height);
  thumb = fy_frame_scale (picture, self->thumb_width, self->thumb_height);
  for (int y = 0; y < self->thumb_height; y++)
    memcpy (pixel (self, left, top + y), thumb->rgb + (gsize) y * row, row);
  fill (self, left, top + self->thumb_height, self->thumb_width, CAPTION, strip);
  draw_number (self, left, top + self->thumb_height, number);
  self->added++;
}

gboolean
fy_contact_sheet_save (FyContactSheet *self, const char *path, GError **error)
{
  return fy_picture_write (path, self->rgb, self->width, self->height, error);
}
