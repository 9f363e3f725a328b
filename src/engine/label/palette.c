/* SPDX-License-Identifier: MIT */
#include "label/palette.h"

#define TOLD_BY 22 /* entries that tell a palette */

FyRgb
fy_voc_colour (guint8 index)
{
  FyRgb colour = { 0, 0, 0 };

  for (int bit = 7; index != 0; bit--, index >>= 3)
    {
      colour.r |= (guint8) ((index & 1) << bit);
      colour.g |= (guint8) ((index >> 1 & 1) << bit);
      colour.b |= (guint8) ((index >> 2 & 1) << bit);
    }
  return colour;
}

/* The three bits that a channel of the VOC map can have, as 0 .. 7 with the top bit lowest; -1 when
 * it has others. */
static int
channel_bits (guint8 value)
{
  if (value == 191)
    value = 192;
  if ((value & 0x1f) != 0)
    return -1;
  return value >> 7 | (value >> 6 & 1) << 1 | (value >> 5 & 1) << 2;
}

int
fy_voc_index (FyRgb colour)
{
  int r = channel_bits (colour.r), g = channel_bits (colour.g), b = channel_bits (colour.b);
  int index = 0;

  if (r < 0 || g < 0 || b < 0 || (b & 4) != 0) /* blue's third bit would be the index's ninth */
    return -1;
  for (int round = 0; round < 3; round++)
    index |= ((r >> round & 1) | (g >> round & 1) << 1 | (b >> round & 1) << 2) << (3 * round);
  return index;
}

FyPaletteKind
fy_palette_recognise (const FyRgb *entries, int n)
{
  gboolean variant = FALSE;

  for (int i = 0; i < MIN (n, TOLD_BY); i++)
    {
      if (fy_voc_index (entries[i]) != i)
        return FY_PALETTE_OTHER;
      variant |= entries[i].r == 191 || entries[i].g == 191 || entries[i].b == 191;
    }
  if (n < 2) /* black alone tells nothing */
    return FY_PALETTE_OTHER;
  return variant ? FY_PALETTE_VOC_191 : FY_PALETTE_VOC;
}

static guint8
mix (guint8 from, guint8 to, int per_cent)
{
  return (guint8) ((from * (100 - per_cent) + to * per_cent + 50) / 100);
}

FyRgb
fy_display_colour (guint16 id)
{
  static const FyRgb hues[] = {
    { 230, 159, 0 },   /* orange         */
    { 86, 180, 233 },  /* sky blue       */
    { 0, 158, 115 },   /* bluish green   */
    { 240, 228, 66 },  /* yellow         */
    { 0, 114, 178 },   /* blue           */
    { 213, 94, 0 },    /* vermilion      */
    { 204, 121, 167 }, /* reddish purple */
  };
  guint at = id == 0 ? 0 : id - 1u;
  FyRgb hue = hues[at % G_N_ELEMENTS (hues)];
  int shade = (int) (at / G_N_ELEMENTS (hues) % 3);
  guint8 towards = shade == 1 ? 255 : 0;
  int per_cent = shade == 0 ? 0 : shade == 1 ? 55 : 50;

  return (FyRgb){ mix (hue.r, towards, per_cent), mix (hue.g, towards, per_cent),
                  mix (hue.b, towards, per_cent) };
}
