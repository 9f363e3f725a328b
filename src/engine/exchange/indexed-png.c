/* SPDX-License-Identifier: MIT */
#include "exchange/indexed-png.h"

#include "base/error.h"
#include "base/text.h"
#include "exchange/png-file.h"

static gsize
n_pixels (const FyPng *png)
{
  return (gsize) png->width * (gsize) png->height;
}

static guint
sample_at (const FyPng *png, gsize i)
{
  return png->bit_depth == 16 ? ((const guint16 *) png->samples)[i]
                              : ((const guint8 *) png->samples)[i];
}

static gboolean
fail_unsupported (const char *path, gsize pixel, int width, const char *what, GError **error)
{
  g_set_error (error, FY_ERROR, FY_ERROR_UNSUPPORTED,
               _ ("%s: pixel (%d, %d) %s; export the labels as an indexed or grey PNG"), path,
               (int) (pixel % (gsize) width), (int) (pixel / (gsize) width), what);
  return FALSE;
}

static gboolean
check_opaque (const char *path, const FyPng *png, GError **error)
{
  guint opaque = (1u << png->bit_depth) - 1;
  gsize step = (gsize) png->channels;

  for (gsize i = 0; png->alpha && i < n_pixels (png); i++)
    if (sample_at (png, i * step + step - 1) != opaque)
      return fail_unsupported (path, i, png->width, _ ("is transparent, which is no label"), error);
  return TRUE;
}

static void
ids_from_index (const FyPng *png, FyIdMap *map)
{
  const guint8 *index = png->samples;

  for (gsize i = 0; i < n_pixels (png); i++)
    map->id[i] = index[i] == 255 ? FY_ID_VOID : index[i];
}

static void
ids_from_grey (const FyPng *png, FyIdMap *map, FyIndexedPngInfo *info)
{
  guint maximum = (1u << png->bit_depth) - 1;
  gsize step = (gsize) png->channels;
  gboolean others = FALSE, any = FALSE;
  guint16 at_maximum;

  for (gsize i = 0; i < n_pixels (png); i++)
    {
      guint value = sample_at (png, i * step);

      others |= value != 0 && value != maximum;
      any |= value == maximum;
      map->id[i] = (guint16) value;
    }
  info->coding = any && !others ? FY_LABEL_CODING_GREY_ONE : FY_LABEL_CODING_GREY;
  at_maximum = !others ? 1 : png->bit_depth >= 8 ? FY_ID_VOID : (guint16) maximum;
  for (gsize i = 0; i < n_pixels (png); i++)
    if (map->id[i] == maximum)
      map->id[i] = at_maximum;
}

/* TRUE when a picture in colour is black and white only: one object then, as in grey. */
static gboolean
ids_from_black_and_white (const FyPng *png, FyIdMap *map)
{
  const guint8 *sample = png->samples;

  for (gsize i = 0; i < n_pixels (png); i++, sample += png->channels)
    {
      if ((sample[0] != 0 && sample[0] != 255) || sample[1] != sample[0] || sample[2] != sample[0])
        return FALSE;
      map->id[i] = sample[0] != 0;
    }
  return TRUE;
}

static gboolean
ids_from_colour (const char *path, const FyPng *png, FyIdMap *map, GError **error)
{
  const guint8 *sample = png->samples;

  for (gsize i = 0; i < n_pixels (png); i++, sample += png->channels)
    {
      int index = fy_voc_index ((FyRgb){ sample[0], sample[1], sample[2] });

      if (index < 0)
        {
          g_autofree char *what =
              g_strdup_printf (_ ("has the colour (%d, %d, %d), which is none of "
                                  "the VOC map and so no label"),
                               sample[0], sample[1], sample[2]);

          return fail_unsupported (path, i, png->width, what, error);
        }
      map->id[i] = index == 255 ? FY_ID_VOID : (guint16) index;
    }
  return TRUE;
}

static gboolean
holds_void (const FyIdMap *map)
{
  gsize n = (gsize) map->width * (gsize) map->height;

  for (gsize i = 0; i < n; i++)
    if (map->id[i] == FY_ID_VOID)
      return TRUE;
  return FALSE;
}

FyIdMap *
fy_indexed_png_read (const char *path, FyIndexedPngInfo *info, GError **error)
{
  g_auto (FyPng) png = { 0 };
  g_autoptr (FyIdMap) map = NULL;
  FyIndexedPngInfo found = { 0 };

  if (!fy_png_read (path, &png, error) || !check_opaque (path, &png, error))
    return NULL;
  map = fy_id_map_new (png.width, png.height);
  if (map == NULL)
    {
      g_set_error (error, FY_ERROR, FY_ERROR_UNSUPPORTED,
                   _ ("%s: not enough memory for %dx%d labels; scale it down"), path, png.width,
                   png.height);
      return NULL;
    }
  found.bit_depth = png.bit_depth;
  found.palette = png.palette ? fy_palette_recognise (png.entry, png.n_entries) : FY_PALETTE_OTHER;
  if (png.palette)
    ids_from_index (&png, map);
  else if (!png.colour)
    ids_from_grey (&png, map, &found);
  else if (ids_from_black_and_white (&png, map))
    found.coding = FY_LABEL_CODING_GREY_ONE;
  else if (ids_from_colour (path, &png, map, error))
    found.coding = FY_LABEL_CODING_COLOUR;
  else
    return NULL;
  found.has_void = holds_void (map);
  if (info != NULL)
    *info = found;
  return g_steal_pointer (&map);
}

gboolean
fy_indexed_png_write (const char *path, const FyIdMap *map, GError **error)
{
  gsize n = (gsize) map->width * (gsize) map->height;
  g_autofree guint8 *index = g_new (guint8, n);
  FyPng png = { .width = map->width,
                .height = map->height,
                .bit_depth = 8,
                .palette = TRUE,
                .channels = 1,
                .n_entries = 256,
                .samples = index };

  for (gsize i = 0; i < n; i++)
    {
      guint16 id = map->id[i] == FY_ID_VOID ? FY_ID_BACKGROUND : map->id[i];

      if (id > FY_DAVIS_MAX_OBJECTS)
        {
          g_set_error (
              error, FY_ERROR, FY_ERROR_UNSUPPORTED,
              _ ("%s: object id %d does not fit a DAVIS mask, which holds ids 1 to %d (255 "
                 "is void); renumber the objects"),
              path, id, FY_DAVIS_MAX_OBJECTS);
          return FALSE;
        }
      index[i] = (guint8) id;
    }
  for (int i = 0; i < 256; i++)
    png.entry[i] = fy_voc_colour ((guint8) i);
  return fy_png_write (path, &png, error);
}
