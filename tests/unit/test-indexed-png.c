/* SPDX-License-Identifier: MIT */
#include "base/error.h"
#include "exchange/indexed-png.h"
#include "exchange/picture.h"
#include "exchange/png-file.h"
#include "folder.h"

#include <math.h>
#include <png.h>
#include <stdio.h>
#include <string.h>

/* --- Making PNGs of every kind --- */

typedef struct
{
  int width;
  int height;
  int depth;
  int type;
  gboolean interlaced;
  const FyRgb *palette;
  int n_palette;
  gboolean header_only;
} Kind;

/* samples: [height, width, channels], unpacked, 8 or 16 bit in machine order */
static void
write_png (const char *path, const Kind *kind, const void *samples, int channels)
{
  FILE *file = fopen (path, "wb");
  png_structp png = png_create_write_struct (PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
  png_infop info = png_create_info_struct (png);
  gsize stride = (gsize) kind->width * (gsize) channels * (kind->depth == 16 ? 2 : 1);
  int passes;

  png_init_io (png, file);
  png_set_IHDR (png, info, (png_uint_32) kind->width, (png_uint_32) kind->height, kind->depth,
                kind->type, kind->interlaced ? PNG_INTERLACE_ADAM7 : PNG_INTERLACE_NONE,
                PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  if (kind->palette != NULL)
    png_set_PLTE (png, info, (const png_color *) kind->palette, kind->n_palette);
  png_write_info (png, info);
  if (kind->header_only)
    png_write_chunk (png, (png_const_bytep) "IDAT", (png_const_bytep) "\x78\x9c", 2);
  else
    {
      png_set_packing (png);
      if (G_BYTE_ORDER == G_LITTLE_ENDIAN)
        png_set_swap (png);
      passes = png_set_interlace_handling (png);
      for (int pass = 0; pass < passes; pass++)
        for (int y = 0; y < kind->height; y++)
          png_write_row (png, (png_const_bytep) samples + (gsize) y * stride);
      png_write_end (png, NULL);
    }
  png_destroy_write_struct (&png, &info);
  fclose (file);
}

typedef struct
{
  char *folder;
  char *path;
  FyRgb voc[256];
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->folder = test_folder_new ();
  fixture->path = g_build_filename (fixture->folder, "a.png", NULL);
  for (int i = 0; i < 256; i++)
    fixture->voc[i] = fy_voc_colour ((guint8) i);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  test_folder_remove (fixture->folder);
  g_free (fixture->folder);
  g_free (fixture->path);
}

static FyIdMap *
read_good (const char *path, FyIndexedPngInfo *info)
{
  g_autoptr (GError) error = NULL;
  FyIdMap *map = fy_indexed_png_read (path, info, &error);

  g_assert_no_error (error);
  g_assert_nonnull (map);
  return map;
}

/* Fails with the code, naming the file and saying `word`. */
static void
assert_bad (const char *path, FyError code, const char *word)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (fy_indexed_png_read (path, NULL, &error));
  g_assert_error (error, FY_ERROR, (int) code);
  g_assert_true (g_str_has_prefix (error->message, path));
  if (strstr (error->message, word) == NULL)
    g_error ("\"%s\" does not say \"%s\"", error->message, word);
  g_assert_null (strchr (error->message, '\n'));
}

/* --- Reading --- */

static void
test_palette_depths (Fixture *fixture, gconstpointer data)
{
  for (int depth = 1; depth <= 8; depth *= 2)
    for (int interlaced = 0; interlaced < 2; interlaced++)
      {
        Kind kind = { .width = 37,
                      .height = 11,
                      .depth = depth,
                      .type = PNG_COLOR_TYPE_PALETTE,
                      .interlaced = interlaced,
                      .palette = fixture->voc,
                      .n_palette = 1 << depth };
        guint8 index[11 * 37];
        FyIndexedPngInfo info;
        g_autoptr (FyIdMap) map = NULL;

        for (int i = 0; i < 11 * 37; i++)
          index[i] = (guint8) (i * 7 % (1 << depth));
        write_png (fixture->path, &kind, index, 1);
        map = read_good (fixture->path, &info);
        g_assert_cmpint (map->width, ==, 37);
        g_assert_cmpint (map->height, ==, 11);
        for (int i = 0; i < 11 * 37; i++)
          g_assert_cmpint (map->id[i], ==, index[i] == 255 ? FY_ID_VOID : index[i]);
        g_assert_cmpint (info.coding, ==, FY_LABEL_CODING_INDEX);
        g_assert_cmpint (info.bit_depth, ==, depth);
        g_assert_cmpint (info.palette, ==, FY_PALETTE_VOC);
        g_assert_cmpint (info.has_void, ==, depth == 8);
      }
}

/* The index is the truth, whatever the colours. */
static void
test_other_palettes (Fixture *fixture, gconstpointer data)
{
  const guint8 index[6] = { 0, 1, 2, 9, 9, 3 };
  Kind kind = { .width = 6,
                .height = 1,
                .depth = 8,
                .type = PNG_COLOR_TYPE_PALETTE,
                .palette = fixture->voc,
                .n_palette = 16 };

  for (int round = 0; round < 2; round++)
    {
      g_autoptr (FyIdMap) map = NULL;
      FyIndexedPngInfo info;

      if (round == 0)
        fixture->voc[9].r = 191;
      else
        fixture->voc[1] = (FyRgb){ 236, 95, 103 };
      write_png (fixture->path, &kind, index, 1);
      map = read_good (fixture->path, &info);
      g_assert_cmpint (info.palette, ==, round == 0 ? FY_PALETTE_VOC_191 : FY_PALETTE_OTHER);
      for (int i = 0; i < 6; i++)
        g_assert_cmpint (map->id[i], ==, index[i]);
    }
}

typedef struct
{
  int depth;
  guint16 in[4];
  guint16 out[4];
  FyLabelCoding coding;
} GreyCase;

static void
test_grey (Fixture *fixture, gconstpointer data)
{
  static const GreyCase cases[] = {
    { 8, { 0, 255, 0, 255 }, { 0, 1, 0, 1 }, FY_LABEL_CODING_GREY_ONE },
    { 8, { 255, 255, 255, 255 }, { 1, 1, 1, 1 }, FY_LABEL_CODING_GREY_ONE },
    { 8, { 0, 0, 0, 0 }, { 0, 0, 0, 0 }, FY_LABEL_CODING_GREY },
    { 8, { 0, 1, 0, 1 }, { 0, 1, 0, 1 }, FY_LABEL_CODING_GREY },
    { 8, { 0, 7, 254, 255 }, { 0, 7, 254, FY_ID_VOID }, FY_LABEL_CODING_GREY },
    { 1, { 0, 1, 1, 0 }, { 0, 1, 1, 0 }, FY_LABEL_CODING_GREY_ONE },
    { 2, { 0, 1, 2, 3 }, { 0, 1, 2, 3 }, FY_LABEL_CODING_GREY },
    { 4, { 0, 15, 0, 15 }, { 0, 1, 0, 1 }, FY_LABEL_CODING_GREY_ONE },
    { 16, { 0, 65535, 0, 0 }, { 0, 1, 0, 0 }, FY_LABEL_CODING_GREY_ONE },
    { 16, { 0, 300, 255, 65534 }, { 0, 300, 255, 65534 }, FY_LABEL_CODING_GREY },
    { 16, { 0, 300, 256, 65535 }, { 0, 300, 256, FY_ID_VOID }, FY_LABEL_CODING_GREY },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const GreyCase *grey = &cases[i];
      Kind kind = { .width = 2, .height = 2, .depth = grey->depth, .type = PNG_COLOR_TYPE_GRAY };
      guint8 narrow[4];
      FyIndexedPngInfo info;
      g_autoptr (FyIdMap) map = NULL;

      for (int p = 0; p < 4; p++)
        narrow[p] = (guint8) grey->in[p];
      write_png (fixture->path, &kind, grey->depth == 16 ? (const void *) grey->in : narrow, 1);
      map = read_good (fixture->path, &info);
      g_assert_cmpmem (map->id, 8, grey->out, 8);
      g_assert_cmpint (info.coding, ==, grey->coding);
      g_assert_cmpint (info.bit_depth, ==, grey->depth);
    }
}

static void
test_colour (Fixture *fixture, gconstpointer data)
{
  const Kind kind = { .width = 2, .height = 2, .depth = 8, .type = PNG_COLOR_TYPE_RGB };
  const Kind with_alpha = { .width = 2, .height = 1, .depth = 8, .type = PNG_COLOR_TYPE_RGB_ALPHA };
  const Kind deep = { .width = 2, .height = 1, .depth = 16, .type = PNG_COLOR_TYPE_RGB };
  const guint8 good[12] = { 0, 0, 0, 128, 0, 0, 191, 0, 0, 224, 224, 192 };
  const guint8 bad[12] = { 0, 0, 0, 128, 0, 0, 0, 0, 0, 255, 17, 4 };
  const guint8 one[12] = { 0, 0, 0, 255, 255, 255, 0, 0, 0, 255, 255, 255 };
  guint8 rgba[8] = { 128, 0, 0, 255, 0, 128, 0, 255 };
  const guint16 zero[6] = { 0 };
  FyIndexedPngInfo info;
  g_autoptr (FyIdMap) map = NULL;
  g_autoptr (FyIdMap) opaque = NULL;
  g_autoptr (FyIdMap) white = NULL;

  write_png (fixture->path, &kind, good, 3);
  map = read_good (fixture->path, &info);
  g_assert_cmpint (info.coding, ==, FY_LABEL_CODING_COLOUR);
  g_assert_true (info.has_void);
  g_assert_cmpint (map->id[0], ==, 0);
  g_assert_cmpint (map->id[1], ==, 1);
  g_assert_cmpint (map->id[2], ==, 9);
  g_assert_cmpint (map->id[3], ==, FY_ID_VOID);

  write_png (fixture->path, &kind, one, 3);
  white = read_good (fixture->path, &info);
  g_assert_cmpint (info.coding, ==, FY_LABEL_CODING_GREY_ONE);
  g_assert_cmpmem (white->id, 8, ((const guint16[]){ 0, 1, 0, 1 }), 8);

  write_png (fixture->path, &kind, bad, 3);
  assert_bad (fixture->path, FY_ERROR_UNSUPPORTED, "pixel (1, 1) has the colour (255, 17, 4)");
  write_png (fixture->path, &with_alpha, rgba, 4);
  opaque = read_good (fixture->path, NULL);
  g_assert_cmpint (opaque->id[1], ==, 2);
  rgba[7] = 254;
  write_png (fixture->path, &with_alpha, rgba, 4);
  assert_bad (fixture->path, FY_ERROR_UNSUPPORTED, "pixel (1, 0) is transparent");
  write_png (fixture->path, &deep, zero, 3);
  assert_bad (fixture->path, FY_ERROR_UNSUPPORTED, "16-bit colour");
}

/* --- Writing --- */

/* Returns: (transfer full) FILE's bytes. */
static guint8 *
slurp (const char *path, gsize *size)
{
  char *bytes;

  g_assert_true (g_file_get_contents (path, &bytes, size, NULL));
  return (guint8 *) bytes;
}

static gboolean
has_chunk (const guint8 *bytes, gsize size, const char *type)
{
  return memmem (bytes, size, type, 4) != NULL;
}

static void
test_write (Fixture *fixture, gconstpointer data)
{
  g_autoptr (FyIdMap) map = fy_id_map_new (91, 3);
  g_autoptr (FyIdMap) back = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree guint8 *bytes = NULL;
  g_auto (FyPng) png = { 0 };
  gsize size;

  for (int i = 0; i < 255; i++)
    map->id[i] = (guint16) i;
  map->id[260] = FY_ID_VOID;
  g_assert_true (fy_indexed_png_write (fixture->path, map, &error));
  g_assert_no_error (error);
  bytes = slurp (fixture->path, &size);
  g_assert_cmpmem (bytes + 24, 5, "\x08\x03\x00\x00\x00", 5); /* 8 bit, palette, not interlaced */
  g_assert_false (has_chunk (bytes, size, "tRNS"));
  g_assert_true (fy_png_read (fixture->path, &png, &error));
  g_assert_cmpint (png.n_entries, ==, 256);
  g_assert_cmpmem (png.entry, sizeof png.entry, fixture->voc, sizeof fixture->voc);
  g_assert_null (memchr (png.samples, 255, 91 * 3)); /* void is background in the file */
  back = read_good (fixture->path, NULL);
  map->id[260] = FY_ID_BACKGROUND;
  g_assert_cmpmem (back->id, 2 * 91 * 3, map->id, 2 * 91 * 3);
}

static void
test_write_too_many (Fixture *fixture, gconstpointer data)
{
  g_autoptr (FyIdMap) map = fy_id_map_new (5, 5);

  for (guint16 id = 255; id < 1000; id += 45)
    {
      g_autoptr (GError) error = NULL;

      map->id[7] = id;
      g_assert_false (fy_indexed_png_write (fixture->path, map, &error));
      g_assert_error (error, FY_ERROR, FY_ERROR_UNSUPPORTED);
      g_assert_nonnull (strstr (error->message, "254"));
      g_assert_cmpuint (test_folder_count (fixture->folder), ==, 0);
    }
}

static void
test_pictures (Fixture *fixture, gconstpointer data)
{
  const float soft[6] = { 0.0f, 1.0f, 0.5f, -3.0f, 7.0f, NAN };
  const guint16 want[6] = { 0, 65535, 32768, 0, 65535, 0 };
  g_auto (FyPng) grey = { 0 };
  g_auto (FyPng) colour = { 0 };
  guint8 rgb[4 * 3 * 3];
  GError *error = NULL;

  for (guint i = 0; i < sizeof rgb; i++)
    rgb[i] = (guint8) (i * 37);
  g_assert_true (fy_picture_write_soft (fixture->path, soft, 3, 2, &error));
  g_assert_true (fy_png_read (fixture->path, &grey, &error));
  g_assert_cmpint (grey.bit_depth, ==, 16);
  g_assert_cmpint (grey.width, ==, 3);
  g_assert_cmpmem (grey.samples, sizeof want, want, sizeof want);
  g_assert_true (fy_picture_write (fixture->path, rgb, 4, 3, &error));
  g_assert_true (fy_png_read (fixture->path, &colour, &error));
  g_assert_cmpmem (colour.samples, sizeof rgb, rgb, sizeof rgb);
  g_assert_no_error (error);
}

/* --- Bad files --- */

/* A mask with structure, for the file to have some length. */
static guint8 *
write_sample (Fixture *fixture, gsize *size)
{
  g_autoptr (FyIdMap) map = fy_id_map_new (120, 90);

  for (int i = 0; i < 120 * 90; i++)
    map->id[i] = (guint16) ((i * 31 + i / 120 * i % 77) % 23);
  g_assert_true (fy_indexed_png_write (fixture->path, map, NULL));
  return slurp (fixture->path, size);
}

/* Without the flush to disk of g_file_set_contents, which hundreds of files would feel. */
static void
overwrite (const char *path, const guint8 *bytes, gsize size)
{
  FILE *file = fopen (path, "wb");

  g_assert_cmpuint (fwrite (bytes, 1, size, file), ==, size);
  g_assert_cmpint (fclose (file), ==, 0);
}

static void
test_truncated (Fixture *fixture, gconstpointer data)
{
  gsize size;
  g_autofree guint8 *bytes = write_sample (fixture, &size);

  g_assert_cmpuint (size, >, 3000);
  for (gsize length = 0; length < size; length += length + 80 < size ? 64 : 1)
    {
      overwrite (fixture->path, bytes, length);
      assert_bad (fixture->path, FY_ERROR_CORRUPT, length == 0 ? "empty" : "PNG");
    }
}

/* Every flipped bit breaks a checksum or what holds the chunks together. */
static void
test_bit_flips (Fixture *fixture, gconstpointer data)
{
  gsize size;
  g_autofree guint8 *bytes = write_sample (fixture, &size);
  g_autoptr (GRand) rand = g_rand_new_with_seed (11);

  for (int i = 0; i < 600; i++)
    {
      gsize at = i < 64 ? (gsize) i : (gsize) g_rand_int_range (rand, 0, (gint32) size);
      guint8 bit = (guint8) (1 << g_rand_int_range (rand, 0, 8));

      bytes[at] ^= bit;
      overwrite (fixture->path, bytes, size);
      assert_bad (fixture->path, FY_ERROR_CORRUPT, "PNG");
      bytes[at] ^= bit;
    }
}

static void
test_foreign (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) missing = NULL;

  g_assert_true (g_file_set_contents (fixture->path, "\xff\xd8\xff\xe0 a JPEG", -1, NULL));
  assert_bad (fixture->path, FY_ERROR_CORRUPT, "not a PNG");
  g_assert_null (fy_indexed_png_read (fixture->folder, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_REGULAR_FILE);
  g_unlink (fixture->path);
  g_assert_null (fy_indexed_png_read (fixture->path, NULL, &missing));
  g_assert_error (missing, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_assert_true (g_str_has_prefix (missing->message, fixture->path));
}

/* Sizes that a few bytes claim: refused unread, or read as far as they go. */
static void
test_huge (Fixture *fixture, gconstpointer data)
{
  Kind kind = {
    .width = 100000, .height = 100000, .depth = 8, .type = PNG_COLOR_TYPE_GRAY, .header_only = TRUE
  };

  write_png (fixture->path, &kind, NULL, 1);
  assert_bad (fixture->path, FY_ERROR_UNSUPPORTED, "100000x100000");
  kind.width = 1 << 14;
  kind.height = (1 << 14) + 1;
  write_png (fixture->path, &kind, NULL, 1);
  assert_bad (fixture->path, FY_ERROR_UNSUPPORTED, "16384x16385");
  kind.height = 1 << 14;
  write_png (fixture->path, &kind, NULL, 1);
  assert_bad (fixture->path, FY_ERROR_CORRUPT, "ends too early");
}

static void
test_disk_full (Fixture *fixture, gconstpointer data)
{
  if (g_test_subprocess ())
    {
      g_autoptr (FyIdMap) map = fy_id_map_new (300, 300);
      g_autoptr (GError) error = NULL;

      for (int i = 0; i < 300 * 300; i++)
        map->id[i] = (guint16) (g_test_rand_int () & 127);
      test_limit_file_size (20000);
      g_assert_false (fy_indexed_png_write (fixture->path, map, &error));
      g_assert_cmpint (error->domain, ==, G_IO_ERROR);
      g_assert_true (g_str_has_prefix (error->message, fixture->path));
      g_assert_cmpuint (test_folder_count (fixture->folder), ==, 0);
      return;
    }
  g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
  g_test_trap_assert_passed ();
}

/* --- Real files --- */

static void
test_real (Fixture *fixture, gconstpointer data)
{
  g_autofree char *grey = test_shared_path ("data/davis/Annotations/480p/blackswan/00000.png");
  g_autofree char *indexed = test_shared_path ("data/masks/caps/Annotations/frame_000033.png");
  FyIndexedPngInfo info;

  if (grey != NULL)
    {
      g_autoptr (FyIdMap) map = read_good (grey, &info);
      g_autoptr (GArray) ids = fy_id_map_ids (map);

      g_assert_cmpint (info.coding, ==, FY_LABEL_CODING_GREY_ONE);
      g_assert_cmpint (map->width, ==, 854);
      g_assert_cmpuint (ids->len, ==, 1);
    }
  if (indexed != NULL)
    {
      g_autoptr (FyIdMap) map = read_good (indexed, &info);
      g_autoptr (GArray) ids = fy_id_map_ids (map);

      g_assert_cmpint (info.palette, ==, FY_PALETTE_VOC);
      g_assert_cmpuint (ids->len, ==, 2);
    }
}

#define ADD(path, function)                                                                        \
  g_test_add ("/exchange/indexed-png/" path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("palette-depths", test_palette_depths);
  ADD ("other-palettes", test_other_palettes);
  ADD ("grey", test_grey);
  ADD ("colour", test_colour);
  ADD ("write", test_write);
  ADD ("write-too-many", test_write_too_many);
  ADD ("pictures", test_pictures);
  ADD ("truncated", test_truncated);
  ADD ("bit-flips", test_bit_flips);
  ADD ("foreign", test_foreign);
  ADD ("huge", test_huge);
  ADD ("disk-full", test_disk_full);
  ADD ("real", test_real);
  return g_test_run ();
}
