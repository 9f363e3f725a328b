/* SPDX-License-Identifier: MIT */
#include "label/overlay.h"

#define DEFAULT_OPACITY 0.45
#define DEFAULT_OUTLINE 2
#define HATCH_PERIOD    8 /* pixels from line to line, across */
#define HATCH_LINE      2

/* Is a pixel with another id less than `reach` steps away, up, down, left or right? */
static gboolean
is_edge (const FyIdMap *map, int x, int y, int reach)
{
  gsize stride = (gsize) map->width, at = (gsize) y * stride + (gsize) x;
  guint16 id = map->id[at];

  for (int d = 1; d <= reach; d++)
    if ((x >= d && map->id[at - (gsize) d] != id) ||
        (x + d < map->width && map->id[at + (gsize) d] != id) ||
        (y >= d && map->id[at - (gsize) d * stride] != id) ||
        (y + d < map->height && map->id[at + (gsize) d * stride] != id))
      return TRUE;
  return FALSE;
}

/* alpha: 0 .. 256 */
static void
blend (guint8 *rgb, FyRgb colour, guint alpha)
{
  rgb[0] = (guint8) ((rgb[0] * (256 - alpha) + colour.r * alpha + 128) >> 8);
  rgb[1] = (guint8) ((rgb[1] * (256 - alpha) + colour.g * alpha + 128) >> 8);
  rgb[2] = (guint8) ((rgb[2] * (256 - alpha) + colour.b * alpha + 128) >> 8);
}

static FyRgb
colour_of (const FyOverlayParams *params, guint16 id)
{
  return id <= params->n_colours && params->colours != NULL ? params->colours[id - 1]
                                                            : fy_display_colour (id);
}

/* Lines from lower left to upper right. */
static void
hatch (guint8 *rgb, int x, int y)
{
  static const FyRgb grey = { 200, 200, 200 };

  if ((x + y) % HATCH_PERIOD < HATCH_LINE)
    blend (rgb, grey, 160);
}

void
fy_overlay_draw (guint8 *rgb, const FyIdMap *map, const FyOverlayParams *params)
{
  static const FyOverlayParams defaults = { 0 };
  const FyOverlayParams *p = params != NULL ? params : &defaults;
  double opacity = p->opacity > 0.0 ? MIN (p->opacity, 1.0) : DEFAULT_OPACITY;
  guint fill = p->no_fill ? 0 : (guint) (opacity * 256.0 + 0.5);
  int outline = p->no_outline ? 0 : p->outline_px > 0 ? p->outline_px : DEFAULT_OUTLINE;

  for (int y = 0; y < map->height; y++)
    for (int x = 0; x < map->width; x++, rgb += 3)
      {
        guint16 id = map->id[(gsize) y * (gsize) map->width + (gsize) x];

        if (id == FY_ID_BACKGROUND)
          continue;
        if (id != FY_ID_VOID)
          blend (rgb, colour_of (p, id), is_edge (map, x, y, outline) ? 256 : fill);
        else if (!p->no_void)
          hatch (rgb, x, y);
      }
}
