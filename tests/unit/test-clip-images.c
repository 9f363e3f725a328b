/* SPDX-License-Identifier: MIT */
/* Folders of images, and every kind of image in them. */
#include "clip-images.h"
#include "folder.h"

#include "base/error.h"
#include "media/clip.h"

static char *folder;

static char *
in_folder (const char *name)
{
  return g_build_filename (folder, name, NULL);
}

/* g_file_set_contents would wait for the disk each time. */
static void
write_bytes (const char *path, const void *bytes, gsize size)
{
  FILE *file = g_fopen (path, "wb");

  g_assert_cmpuint (fwrite (bytes, 1, size, file), ==, size);
  fclose (file);
}

/* Opens the one image at `name` and returns its frame. */
static FyFrame *
read_one (const char *name)
{
  g_autofree char *path = in_folder (name);
  g_autoptr (GError) error = NULL;
  g_autoptr (FyClip) clip = fy_clip_open (path, NULL, NULL, &error);
  FyFrame *frame;

  g_assert_no_error (error);
  g_assert_cmpint (fy_clip_info (clip)->n_frames, ==, 1);
  g_assert_cmpstr (fy_clip_frame_name (clip, 0), ==, name);
  frame = fy_clip_frame (clip, 0, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (frame->width, ==, fy_clip_info (clip)->width);
  g_assert_cmpint (frame->height, ==, fy_clip_info (clip)->height);
  return frame;
}

static void
check_pixel (const FyFrame *frame, int x, int y, int r, int g, int b)
{
  const guint8 *rgb = frame->rgb + (y * frame->width + x) * 3;

  g_assert_cmpint (rgb[0], ==, r);
  g_assert_cmpint (rgb[1], ==, g);
  g_assert_cmpint (rgb[2], ==, b);
}

static void
test_png_kinds (void)
{
  static const guint8 rgb[] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 };
  static const guint8 rgb16[] = {
    0, 127, 0, 129, 255, 127
  }; /* 127, 129, 65407: 0.49, 0.50, 254.5 */
  static const guint8 rgba[] = { 200, 100, 50, 0, 1, 2, 3, 255 };
  static const guint8 packed[] = { 0x1f }; /* two pixels of 4 bits, eight of 1 */
  static const guint8 grey_alpha[] = { 77, 0, 88, 255 };
  g_autofree char *path = in_folder ("a.png");
  g_autoptr (FyFrame) interlaced = NULL, deep = NULL, clear = NULL, palette = NULL, bits = NULL,
                      grey = NULL;

  write_png (path, rgb, 6, 2, 2, 8, PNG_COLOR_TYPE_RGB, TRUE);
  interlaced = read_one ("a.png");
  g_assert_cmpmem (interlaced->rgb, 12, rgb, 12);
  write_png (path, rgb16, 6, 1, 1, 16, PNG_COLOR_TYPE_RGB, FALSE);
  deep = read_one ("a.png");
  check_pixel (deep, 0, 0, 0, 1, 255); /* rounded: 127/257 = 0.494, 129/257 = 0.502, 254.502 */
  write_png (path, rgba, 8, 2, 1, 8, PNG_COLOR_TYPE_RGB_ALPHA, FALSE);
  clear = read_one ("a.png");
  check_pixel (clear, 0, 0, 200, 100, 50); /* alpha is dropped, not blended */
  check_pixel (clear, 1, 0, 1, 2, 3);
  write_png (path, packed, 1, 2, 1, 4, PNG_COLOR_TYPE_PALETTE, FALSE);
  palette = read_one ("a.png");
  check_pixel (palette, 0, 0, 16, 239, 1);
  check_pixel (palette, 1, 0, 240, 15, 15);
  write_png (path, packed, 1, 8, 1, 1, PNG_COLOR_TYPE_GRAY, FALSE);
  bits = read_one ("a.png");
  check_pixel (bits, 0, 0, 0, 0, 0);
  check_pixel (bits, 3, 0, 255, 255, 255);
  write_png (path, grey_alpha, 4, 2, 1, 8, PNG_COLOR_TYPE_GRAY_ALPHA, FALSE);
  grey = read_one ("a.png");
  check_pixel (grey, 0, 0, 77, 77, 77);
  check_pixel (grey, 1, 0, 88, 88, 88);
}

/* JPEG keeps no exact values: flat pictures come within a step. */
static void
check_flat_jpeg (const guint8 *sample, J_COLOR_SPACE space, int r, int g, int b)
{
  g_autofree char *path = in_folder ("a.jpg");
  int channels = space == JCS_CMYK ? 4 : space == JCS_RGB ? 3 : 1;
  guint8 samples[16 * 16 * 4];
  g_autoptr (FyFrame) frame = NULL;

  for (int i = 0; i < 16 * 16 * channels; i++)
    samples[i] = sample[i % channels];
  write_jpeg (path, samples, 16, 16, space, FALSE, NULL, 0);
  frame = read_one ("a.jpg");
  for (int i = 0; i < 16 * 16; i++)
    {
      g_assert_cmpint (ABS (frame->rgb[3 * i] - r), <=, 1);
      g_assert_cmpint (ABS (frame->rgb[3 * i + 1] - g), <=, 1);
      g_assert_cmpint (ABS (frame->rgb[3 * i + 2] - b), <=, 1);
    }
}

static void
test_jpeg_kinds (void)
{
  static const guint8 rgb[] = { 250, 30, 90 }, grey[] = { 99 };
  static const guint8 light[] = { 255, 128, 0, 255 }, dark[] = { 200, 100, 50, 51 };

  check_flat_jpeg (rgb, JCS_RGB, 250, 30, 90);
  check_flat_jpeg (grey, JCS_GRAYSCALE, 99, 99, 99);
  /* libjpeg marks CMYK as Adobe's, which stores light instead of ink */
  check_flat_jpeg (light, JCS_CMYK, 255, 128, 0);
  check_flat_jpeg (dark, JCS_CMYK, 40, 20, 10);
}

/* A grey 16 x 8 picture, its left half black, white and turned as `value` says: upright, the corner
 * stored at the top left stands where the table says. */
static void
test_exif (void)
{
  static const guint8 intel[33] = "Exif\0\0II*\0\10\0\0\0\1\0\22\1\3\0\1\0\0\0\6\0\0\0\0\0\0\0";
  static const guint8 motorola[33] = "Exif\0\0MM\0*\0\0\0\10\0\1\1\22\0\3\0\0\0\1\0\6\0\0\0\0\0\0";
  static const guint8 broken[33] = "Exif\0\0II*\0\377\377\377\177\377\377\22\1\3\0\1\0\0\0\6\0\0\0";
  static const guint8 *const markers[] = { intel, motorola, broken };
  g_autofree char *path = in_folder ("a.jpg");
  guint8 samples[16 * 8];

  for (int i = 0; i < 16 * 8; i++)
    samples[i] = i % 16 < 8 ? 0 : 255;
  for (int m = 0; m < 3; m++)
    for (int value = 1; value <= 8; value++)
      {
        guint8 marker[32];
        gboolean turned = m < 2 && value >= 5;
        gboolean black_first = m == 2 || (value != 2 && value != 3 && value != 7 && value != 8);
        g_autoptr (FyFrame) frame = NULL;

        memcpy (marker, markers[m], sizeof marker);
        if (m < 2)
          marker[m == 0 ? 24 : 25] = (guint8) value;
        write_jpeg (path, samples, 16, 8, JCS_GRAYSCALE, FALSE, marker, sizeof marker);
        frame = read_one ("a.jpg");
        g_assert_cmpint (frame->width, ==, turned ? 8 : 16);
        g_assert_cmpint (frame->height, ==, turned ? 16 : 8);
        g_assert_cmpint (frame->rgb[0] < 128, ==, black_first);
        /* the other end of the long side, through the middle */
        g_assert_cmpint (frame->rgb[16 * 8 * 3 - 1] < 128, ==, !black_first);
      }
}

static void
test_folder (void)
{
  static const char *const names[] = { "f10.png", "F9.PNG", "f1.jpeg", "f2" };
  static const char *const order[] = { "f1.jpeg", "f2", "F9.PNG", "f10.png" };
  static const guint8 levels[] = { 1, 2, 9, 10 };
  g_autofree char *notes = in_folder ("notes.txt"), *hidden = in_folder (".f0.png"),
                  *inner = in_folder ("masks");
  g_autoptr (GError) error = NULL;
  g_autoptr (FyClip) clip = NULL;
  const FyClipInfo *info;
  guint8 grey[20 * 10];

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = in_folder (names[i]);
      guint8 level = (guint8) atoi (names[i] + 1);

      memset (grey, level, sizeof grey);
      if (g_str_has_suffix (names[i], "jpeg"))
        write_jpeg (path, grey, 20, 10, JCS_GRAYSCALE, FALSE, NULL, 0);
      else
        write_flat_png (path, 20, 10, level);
    }
  write_bytes (notes, "not a picture", 13);
  write_flat_png (hidden, 3, 3, 0);
  g_mkdir (inner, 0777);

  clip = fy_clip_open (folder, NULL, NULL, &error);
  g_assert_no_error (error);
  info = fy_clip_info (clip);
  g_assert_cmpint (info->n_frames, ==, 4);
  g_assert_cmpint (info->width, ==, 20);
  g_assert_cmpint (info->height, ==, 10);
  g_assert_cmpstr (info->format, ==, "image folder");
  g_assert_cmpstr (info->path, ==, folder);
  g_assert_true (g_str_has_suffix (folder, info->name));
  g_assert_cmpfloat (info->frames_per_second, ==, 0);
  for (int n = 3; n >= 0; n--)
    {
      g_autoptr (FyFrame) frame = fy_clip_frame (clip, n, NULL, &error);
      g_autoptr (FyFrame) again = fy_clip_frame (clip, n, NULL, &error);

      g_assert_no_error (error);
      g_assert_true (frame == again); /* out of the cache */
      g_assert_cmpstr (fy_clip_frame_name (clip, n), ==, order[n]);
      g_assert_cmpint (frame->number, ==, n);
      g_assert_cmpint (fy_clip_frame_time (clip, n), ==, 0);
      check_pixel (frame, 19, 9, levels[n], levels[n], levels[n]);
    }
  g_assert_null (fy_clip_frame (clip, 4, NULL, &error));
  g_assert_error (error, FY_ERROR, FY_ERROR_FAILED);
}

/* Opening the folder fails so, with a message of one line that holds both words. */
static void
check_open_fails (GQuark domain, int code, const char *word, const char *other)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (fy_clip_open (folder, NULL, NULL, &error));
  g_assert_error (error, domain, code);
  g_assert_nonnull (strstr (error->message, word));
  g_assert_nonnull (strstr (error->message, other));
  g_assert_null (strchr (error->message, '\n'));
}

static void
test_folder_errors (void)
{
  g_autofree char *first = in_folder ("1.png"), *second = in_folder ("2.png"),
                  *third = in_folder ("3.jpg");

  check_open_fails (FY_ERROR, FY_ERROR_UNSUPPORTED, folder, "no JPEG or PNG");
  write_flat_png (first, 20, 10, 1);
  write_flat_png (second, 20, 11, 1);
  check_open_fails (FY_ERROR, FY_ERROR_MISMATCH, "1.png is 20x10", "2.png is 20x11");
  write_flat_png (second, 20, 10, 1);
  write_bytes (third, "", 0);
  check_open_fails (FY_ERROR, FY_ERROR_CORRUPT, folder, "3.jpg");
  write_bytes (third, "text, whatever its name says", 28);
  check_open_fails (FY_ERROR, FY_ERROR_CORRUPT, folder, "3.jpg");
  write_bytes (third, "\xff\xd8\xff\xe0\0\x10JFIF", 10);
  check_open_fails (FY_ERROR, FY_ERROR_CORRUPT, folder, "3.jpg");
}

static void
test_unreadable (void)
{
  g_autofree char *path = in_folder ("1.png");
  g_autoptr (GError) error = NULL;

  if (geteuid () == 0)
    {
      g_test_skip ("root may read everything");
      return;
    }
  write_flat_png (path, 4, 4, 0);
  g_chmod (path, 0);
  check_open_fails (G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED, folder, "1.png");
  g_assert_null (fy_clip_open (path, NULL, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED);
}

/* Every form of a file shorter by `least` or more is an error that names it, at opening or reading. */
static void
check_truncated (const char *name, gsize least)
{
  g_autofree char *path = in_folder (name), *whole = NULL;
  gsize size;

  g_assert_true (g_file_get_contents (path, &whole, &size, NULL));
  for (gsize cut = least; cut < size; cut += 1 + size / 40)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (FyClip) clip = NULL;

      write_bytes (path, whole, size - cut);
      clip = fy_clip_open (folder, NULL, NULL, &error);
      if (clip != NULL)
        g_assert_null (fy_clip_frame (clip, 0, NULL, &error));
      if (clip != NULL)
        g_assert_error (error, FY_ERROR, FY_ERROR_DECODE);
      else
        g_assert_error (error, FY_ERROR, FY_ERROR_CORRUPT);
      g_assert_nonnull (strstr (error->message, path));
    }
  g_unlink (path);
}

static void
test_truncated (void)
{
  g_autofree char *jpeg = in_folder ("1.jpg"), *png = in_folder ("1.png"), *bytes = NULL;
  g_autofree guint8 *noise = g_malloc (64 * 48 * 3);
  g_autoptr (FyFrame) whole = NULL, unmarked = NULL;
  gsize size;

  for (int i = 0; i < 64 * 48 * 3; i++)
    noise[i] = (guint8) (i * 7919 >> 3);
  write_jpeg (jpeg, noise, 64, 48, JCS_RGB, FALSE, NULL, 0);
  whole = read_one ("1.jpg");
  g_assert_true (g_file_get_contents (jpeg, &bytes, &size, NULL));
  write_bytes (jpeg, bytes, size - 2);
  unmarked = read_one ("1.jpg"); /* lacks its end marker only: all pixels are there */
  g_assert_cmpmem (unmarked->rgb, 64 * 48 * 3, whole->rgb, 64 * 48 * 3);
  check_truncated ("1.jpg", 4);
  write_jpeg (jpeg, noise, 64, 48, JCS_RGB, TRUE, NULL, 0);
  check_truncated ("1.jpg", 2);
  write_png (png, noise, 64 * 3, 64, 48, 8, PNG_COLOR_TYPE_RGB, FALSE);
  check_truncated ("1.png", 1);
}

/* Damage anywhere gives a picture or an error, nothing worse. */
static void
test_bit_flips (void)
{
  static const char *const names[] = { "1.jpg", "1.png" };
  g_autofree guint8 *noise = g_malloc (64 * 48 * 3);
  g_autoptr (GRand) rand = g_rand_new_with_seed (11);

  for (int i = 0; i < 64 * 48 * 3; i++)
    noise[i] = (guint8) (i * 7919 >> 3);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = in_folder (names[i]), *whole = NULL;
      gsize size;

      if (i == 0)
        write_jpeg (path, noise, 64, 48, JCS_RGB, FALSE, NULL, 0);
      else
        write_png (path, noise, 64 * 3, 64, 48, 8, PNG_COLOR_TYPE_RGB, FALSE);
      g_assert_true (g_file_get_contents (path, &whole, &size, NULL));
      for (int round = 0; round < 200; round++)
        {
          g_autofree char *flipped = g_memdup2 (whole, size);
          g_autoptr (GError) error = NULL;
          g_autoptr (FyClip) clip = NULL;
          g_autoptr (FyFrame) frame = NULL;

          for (int k = 0; k < 1 + round % 3; k++)
            flipped[g_rand_int_range (rand, 0, (gint32) size)] ^= (char) (1 << round % 8);
          write_bytes (path, flipped, size);
          clip = fy_clip_open (path, NULL, NULL, &error);
          frame = clip != NULL ? fy_clip_frame (clip, 0, NULL, &error) : NULL;
          g_assert_true ((frame != NULL) != (error != NULL));
        }
      g_unlink (path);
    }
}

static guint32
crc (const guint8 *data, gsize size)
{
  guint32 value = 0xffffffff;

  for (gsize i = 0; i < size; i++)
    for (int bit = 0; bit < 8; bit++)
      value = value >> 1 ^ (((value ^ data[i] >> bit) & 1) != 0 ? 0xedb88320 : 0);
  return ~value;
}

/* A few bytes that claim to be an enormous picture are refused before any memory is taken. */
static void
test_enormous (void)
{
  guint8 png[] = "\x89PNG\r\n\x1a\n\0\0\0\15IHDR\0\0\x40\0\0\0\x40\1\10\2\0\0\0....\0\0\0\0IDAT";
  guint8 jpeg[64 * 64] = { 0 };
  g_autofree char *png_path = in_folder ("1.png"), *jpeg_path = in_folder ("1.jpg"), *bytes = NULL;
  guint32 sum = GUINT32_TO_BE (crc (png + 12, 17));
  gsize size;

  memcpy (png + 29, &sum, 4);
  write_bytes (png_path, png, sizeof png);
  check_open_fails (FY_ERROR, FY_ERROR_UNSUPPORTED, png_path, "16384x16385");
  g_unlink (png_path);

  write_jpeg (jpeg_path, jpeg, 64, 64, JCS_GRAYSCALE, FALSE, NULL, 0);
  g_assert_true (g_file_get_contents (jpeg_path, &bytes, &size, NULL));
  for (gsize i = 0; i + 9 < size; i++)
    if (memcmp (bytes + i, "\xff\xc0", 2) == 0)
      memcpy (bytes + i + 5, "\xff\x00\xff\x00", 4);
  write_bytes (jpeg_path, bytes, size);
  check_open_fails (FY_ERROR, FY_ERROR_UNSUPPORTED, jpeg_path, "65280x65280");
}

static void
test_changed_since (void)
{
  g_autofree char *path = in_folder ("1.png");
  g_autoptr (GError) error = NULL;
  g_autoptr (FyClip) clip = NULL;

  write_flat_png (path, 8, 8, 0);
  clip = fy_clip_open (folder, NULL, NULL, &error);
  g_assert_no_error (error);
  write_flat_png (path, 9, 8, 0);
  g_assert_null (fy_clip_frame (clip, 0, NULL, &error));
  g_assert_error (error, FY_ERROR, FY_ERROR_MISMATCH);
  g_clear_error (&error);
  g_unlink (path);
  g_assert_null (fy_clip_frame (clip, 0, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
}

static void
test_cancelled (void)
{
  g_autofree char *path = in_folder ("1.png");
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (FyClip) clip = NULL;

  write_flat_png (path, 8, 8, 0);
  clip = fy_clip_open (folder, NULL, cancellable, &error);
  g_assert_no_error (error);
  g_cancellable_cancel (cancellable);
  g_assert_null (fy_clip_frame (clip, 0, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  g_assert_null (fy_clip_open (folder, NULL, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static char *
fingerprint (const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (FyClip) clip = fy_clip_open (path, NULL, NULL, &error);
  char *text;

  g_assert_no_error (error);
  text = fy_clip_fingerprint (clip, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (strlen (text), ==, 64);
  return text;
}

static void
test_fingerprint (void)
{
  g_autofree char *here = in_folder ("here"), *there = in_folder ("there");
  g_autofree char *path = g_build_filename (there, "1.png", NULL);
  g_autofree char *other = g_build_filename (there, "3.png", NULL);
  g_autofree char *first = NULL, *moved = NULL, *changed = NULL, *renamed = NULL;

  g_mkdir (here, 0777);
  for (int i = 1; i <= 2; i++)
    {
      g_autofree char *image = g_strdup_printf ("%s/%d.png", here, i);

      write_flat_png (image, 8, 8, (guint8) i);
    }
  first = fingerprint (here);
  g_assert_cmpint (g_rename (here, there), ==, 0);
  moved = fingerprint (there);
  g_assert_cmpstr (moved, ==, first);
  write_flat_png (path, 8, 8, 7);
  changed = fingerprint (there);
  g_assert_cmpstr (changed, !=, first);
  g_rename (path, other);
  renamed = fingerprint (there);
  g_assert_cmpstr (renamed, !=, changed);
}

/* All that libjpeg does unasked, and nothing else. */
static guint8 *
decode_plainly (const char *path, gsize *size)
{
  struct jpeg_decompress_struct jpeg;
  struct jpeg_error_mgr errors;
  FILE *file = g_fopen (path, "rb");
  gsize pitch;
  guint8 *rgb;

  jpeg.err = jpeg_std_error (&errors);
  jpeg_create_decompress (&jpeg);
  jpeg_stdio_src (&jpeg, file);
  jpeg_read_header (&jpeg, TRUE);
  jpeg_start_decompress (&jpeg);
  pitch = 3 * (gsize) jpeg.output_width;
  *size = pitch * jpeg.output_height;
  rgb = g_malloc (*size);
  while (jpeg.output_scanline < jpeg.output_height)
    jpeg_read_scanlines (&jpeg, &(JSAMPROW){ rgb + jpeg.output_scanline * pitch }, 1);
  jpeg_finish_decompress (&jpeg);
  jpeg_destroy_decompress (&jpeg);
  fclose (file);
  return rgb;
}

static void
test_davis (void)
{
  g_autofree char *path = test_shared_path ("data/davis/JPEGImages/480p/dog");
  g_autoptr (GError) error = NULL;
  g_autoptr (FyClip) clip = path != NULL ? fy_clip_open (path, NULL, NULL, &error) : NULL;

  if (path == NULL)
    return;
  g_assert_no_error (error);
  g_assert_cmpint (fy_clip_info (clip)->n_frames, ==, 60);
  g_assert_cmpint (fy_clip_info (clip)->width, ==, 854);
  g_assert_cmpint (fy_clip_info (clip)->height, ==, 480);
  g_assert_cmpstr (fy_clip_info (clip)->name, ==, "dog");
  g_assert_cmpstr (fy_clip_frame_name (clip, 59), ==, "00059.jpg");
  for (int n = 0; n < 60; n += 20)
    {
      g_autoptr (FyFrame) frame = fy_clip_frame (clip, n, NULL, &error);
      g_autofree char *image = g_build_filename (path, fy_clip_frame_name (clip, n), NULL);
      gsize size;
      g_autofree guint8 *want = decode_plainly (image, &size);

      g_assert_no_error (error);
      g_assert_cmpmem (frame->rgb, 854 * 480 * 3, want, size);
    }
}

/* Each test in an empty folder of its own. */
static void
run (gconstpointer data)
{
  GTestFunc test = *(const GTestFunc *) data;

  folder = test_folder_new ();
  test ();
  test_folder_remove (folder);
  g_clear_pointer (&folder, g_free);
}

int
main (int argc, char **argv)
{
  static const struct
  {
    GTestFunc test; /* first: run () takes the address */
    const char *path;
  } tests[] = {
    { test_png_kinds, "/clip-images/png-kinds" },
    { test_jpeg_kinds, "/clip-images/jpeg-kinds" },
    { test_exif, "/clip-images/exif" },
    { test_folder, "/clip-images/folder" },
    { test_folder_errors, "/clip-images/folder-errors" },
    { test_unreadable, "/clip-images/unreadable" },
    { test_truncated, "/clip-images/truncated" },
    { test_bit_flips, "/clip-images/bit-flips" },
    { test_enormous, "/clip-images/enormous" },
    { test_changed_since, "/clip-images/changed-since" },
    { test_cancelled, "/clip-images/cancelled" },
    { test_fingerprint, "/clip-images/fingerprint" },
    { test_davis, "/clip-images/davis" },
  };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add_data_func (tests[i].path, &tests[i].test, run);
  return g_test_run ();
}
