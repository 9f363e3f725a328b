/* SPDX-License-Identifier: MIT */
/* Colours of label images.
 *
 * Two sets that have nothing to do with each other.  The PASCAL VOC colour map is part of a file
 * format: entry i of the palette of every DAVIS mask.  The display colours are what a person sees
 * on a screen or in a film; no file stores them.  In files the index is the truth, never the
 * colour.  Thread: any. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  guint8 r;
  guint8 g;
  guint8 b;
} FyRgb;

/* Entry `index` of the VOC colour map: bits 0, 1, 2 of the index are the top bits of red, green and
 * blue, bits 3, 4, 5 the next ones, and so on.
 * Source:  PASCAL VOC development kit, as DAVIS uses it. */
FyRgb fy_voc_colour (guint8 index);

/* The index of a colour in the VOC map, -1 when it is not there.  A channel of 191 counts as 192. */
int fy_voc_index (FyRgb colour);

typedef enum
{
  FY_PALETTE_OTHER,
  FY_PALETTE_VOC,
  FY_PALETTE_VOC_191, /* written by several tools: 191 where VOC has 192 */
} FyPaletteKind;

/* Tells a file's palette by its first entries, at most 22: tools that write the 191 variant put
 * other colours, mostly a grey ramp, behind these. */
FyPaletteKind fy_palette_recognise (const FyRgb *entries, int n);

/* The colour to show object `id` in, 1 <= id: the seven hues of Okabe and Ito's set, which people
 * with any common colour blindness tell apart, then the same hues light, then dark; from id 22 on
 * they repeat.
 * Source:  M. Okabe, K. Ito, "Color Universal Design", 2008. */
FyRgb fy_display_colour (guint16 id);

G_END_DECLS
