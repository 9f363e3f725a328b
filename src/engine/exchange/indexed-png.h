/* SPDX-License-Identifier: MIT */
/* Label images as PNG: what DAVIS and its relatives store, one file a frame.
 *
 * Read:   palette of 1, 2, 4 or 8 bit      the index is the id; 255 is void, colours do not matter
 *         grey, all pixels 0 or the maximum  one object, id 1 (DAVIS 2016)
 *         other grey, 1 to 16 bit          the value is the id; the maximum of 8 and 16 bit is void
 *         RGB of 8 bit                     each colour must be one of the VOC map, whose index is the
 *                                          id; one other colour, or transparency, is an error
 * Write:  palette of 8 bit, the 256 entries of the VOC map, no transparency, never index 255.
 *
 * Thread: any. */
#pragma once

#include "label/id-map.h"
#include "label/palette.h"

#include <gio/gio.h>

G_BEGIN_DECLS

#define FY_DAVIS_MAX_OBJECTS 254       /* ids 1 .. 254: index 255 is void */
#define FY_PNG_MAX_PIXELS    (1 << 28) /* larger pictures are refused unread */

/* How a file told its ids. */
typedef enum
{
  FY_LABEL_CODING_INDEX,    /* palette                                              */
  FY_LABEL_CODING_GREY,     /* values                                               */
  FY_LABEL_CODING_GREY_ONE, /* black and white: one object                          */
  FY_LABEL_CODING_COLOUR,   /* RGB matched with the VOC map: worth telling the user */
} FyLabelCoding;

typedef struct
{
  FyLabelCoding coding;
  int bit_depth; /* of a sample in the file         */
  FyPaletteKind palette;
  gboolean has_void; /* some pixel is FY_ID_VOID        */
} FyIndexedPngInfo;

/* Reads a label image.
 *
 * info     out, nullable
 * Returns: (transfer full), or NULL with FY_ERROR_CORRUPT (not a PNG, truncated, a checksum that does
 *          not match), FY_ERROR_UNSUPPORTED (too large, colours that are no ids) or G_IO_ERROR. */
FyIdMap *fy_indexed_png_read (const char *path, FyIndexedPngInfo *info, GError **error);

/* Writes a label image as DAVIS wants it; void becomes background.
 * Errors:  FY_ERROR_UNSUPPORTED when an id is above 254, G_IO_ERROR. */
gboolean fy_indexed_png_write (const char *path, const FyIdMap *map, GError **error);

G_END_DECLS
