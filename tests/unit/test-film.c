/* SPDX-License-Identifier: MIT */
#include "base/error.h"
#include "exchange/contact-sheet.h"
#include "exchange/film.h"
#include "exchange/png-file.h"
#include "folder.h"

#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <string.h>

typedef struct
{
  char *folder;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->folder = test_folder_new ();
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  test_folder_remove (fixture->folder);
  g_free (fixture->folder);
}

/* --- Reading a film back --- */

typedef struct
{
  GArray *time_us;   /* gint64, in order of presentation */
  GPtrArray *frames; /* AVFrame */
  gint64 end_us;     /* when the last picture ends, by the container */
} Film;

static void
free_frame (gpointer data)
{
  av_frame_free (&(AVFrame *){ data });
}

static void
film_clear (Film *film)
{
  g_array_unref (film->time_us);
  g_ptr_array_unref (film->frames);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Film, film_clear)

static void
take_frames (Film *film, AVCodecContext *codec, AVStream *stream)
{
  for (;;)
    {
      AVFrame *frame = av_frame_alloc ();
      gint64 time;

      if (avcodec_receive_frame (codec, frame) < 0)
        {
          av_frame_free (&frame);
          return;
        }
      time = av_rescale_q (frame->best_effort_timestamp, stream->time_base,
                           (AVRational){ 1, G_USEC_PER_SEC });
      g_array_append_val (film->time_us, time);
      g_ptr_array_add (film->frames, frame);
    }
}

static Film
read_film (const char *path)
{
  Film film = { g_array_new (FALSE, FALSE, sizeof (gint64)),
                g_ptr_array_new_with_free_func (free_frame), 0 };
  AVFormatContext *format = NULL;
  AVPacket *packet = av_packet_alloc ();
  AVCodecContext *codec;
  AVStream *stream;

  g_assert_cmpint (avformat_open_input (&format, path, NULL, NULL), ==, 0);
  g_assert_cmpint (avformat_find_stream_info (format, NULL), >=, 0);
  g_assert_cmpuint (format->nb_streams, ==, 1);
  stream = format->streams[0];
  film.end_us = format->duration;
  codec = avcodec_alloc_context3 (avcodec_find_decoder (stream->codecpar->codec_id));
  avcodec_parameters_to_context (codec, stream->codecpar);
  g_assert_cmpint (avcodec_open2 (codec, NULL, NULL), ==, 0);
  while (av_read_frame (format, packet) >= 0)
    {
      g_assert_cmpint (avcodec_send_packet (codec, packet), ==, 0);
      av_packet_unref (packet);
      take_frames (&film, codec, stream);
    }
  avcodec_send_packet (codec, NULL);
  take_frames (&film, codec, stream);
  avcodec_free_context (&codec);
  avformat_close_input (&format);
  av_packet_free (&packet);
  return film;
}

/* A moving pattern without fine detail. */
static guint8 *
paint (int width, int height, int frame)
{
  guint8 *rgb = g_malloc (3 * (gsize) width * (gsize) height), *at = rgb;

  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++)
      {
        *at++ = (guint8) (x * 200 / width + 4 * frame);
        *at++ = (guint8) (y * 200 / height + 20);
        *at++ = (guint8) (120 - 5 * frame);
      }
  return rgb;
}

static void
write_film (const char *path,
            int width,
            int height,
            int n,
            const gint64 *time_us,
            const char *codec)
{
  const FyFilmParams params = { .codec = codec, .frames_per_second = 30000.0 / 1001.0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (FyFilm) film = fy_film_new (path, width, height, &params, &error);

  g_assert_no_error (error);
  for (int i = 0; i < n; i++)
    {
      g_autofree guint8 *rgb = paint (width, height, i);

      fy_film_add (film, rgb, time_us != NULL ? time_us[i] : 0, &error);
      g_assert_no_error (error);
    }
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS)); /* not before it is whole */
  fy_film_finish (film, &error);
  g_assert_no_error (error);
}

static gboolean
have (const char *codec)
{
  g_autofree const char **here = fy_film_codecs ();

  if (g_strv_contains (here, codec))
    return TRUE;
  g_test_skip ("this FFmpeg has no such encoder");
  return FALSE;
}

/* --- Films --- */

/* Uneven source times, an odd size, B-frames: every picture stands where it should. */
static void
test_times (Fixture *fixture, gconstpointer data)
{
  const char *codec = data;
  const gint64 time_us[12] = { 500000,  533367,  566733,  600100,  700000,  700400,
                               1000000, 1033367, 1066733, 1500000, 1533367, 1566733 };
  g_autofree char *path = g_build_filename (fixture->folder, "a b:c.mp4", NULL);
  g_autofree char *url = g_strconcat ("file:", path, NULL);

  if (!have (codec))
    return;
  write_film (path, 107, 61, 12, time_us, codec);
  {
    g_auto (Film) film = read_film (url);
    const AVFrame *frame = g_ptr_array_index (film.frames, 0);

    g_assert_cmpuint (film.frames->len, ==, 12);
    g_assert_cmpint (frame->width, ==, 108);
    g_assert_cmpint (frame->height, ==, 62);
    for (guint i = 0; i < 12; i++)
      g_assert_cmpint (ABS (g_array_index (film.time_us, gint64, i) - (time_us[i] - time_us[0])),
                       <=, 10);
    g_assert_cmpint (ABS (film.end_us - (1066733 + 33367)), <=, 1000);
  }
  g_assert_cmpuint (test_folder_count (fixture->folder), ==, 1);
}

/* Colours survive in BT.709: a flat picture's luma and chroma are what the standard says. */
static void
test_colours (Fixture *fixture, gconstpointer data)
{
  static const guint8 rgb_in[3][3] = { { 235, 30, 20 }, { 20, 200, 40 }, { 30, 60, 230 } };
  g_autofree char *path = g_build_filename (fixture->folder, "a.mp4", NULL);

  if (!have ("libx264"))
    return;
  for (int c = 0; c < 3; c++)
    {
      g_autoptr (FyFilm) film = fy_film_new (path, 64, 48, NULL, NULL);
      g_autofree guint8 *rgb = g_malloc (64 * 48 * 3);
      double r = rgb_in[c][0] / 255.0, g = rgb_in[c][1] / 255.0, b = rgb_in[c][2] / 255.0;
      double luma = 0.2126 * r + 0.7152 * g + 0.0722 * b;

      for (int i = 0; i < 64 * 48; i++)
        memcpy (rgb + 3 * i, rgb_in[c], 3);
      g_assert_true (fy_film_add (film, rgb, 0, NULL));
      g_assert_true (fy_film_finish (film, NULL));
      {
        g_auto (Film) back = read_film (path);
        const AVFrame *frame = g_ptr_array_index (back.frames, 0);

        g_assert_cmpint (frame->colorspace, ==, AVCOL_SPC_BT709);
        g_assert_cmpfloat (ABS (frame->data[0][20] - (16 + 219 * luma)), <, 2.0);
        g_assert_cmpfloat (ABS (frame->data[1][10] - (128 + 224 * (b - luma) / 1.8556)), <, 2.0);
        g_assert_cmpfloat (ABS (frame->data[2][10] - (128 + 224 * (r - luma) / 1.5748)), <, 2.0);
      }
    }
}

/* ffv1 keeps every pixel, at an odd size too; pictures without times follow one another. */
static void
test_lossless (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->folder, "a.mkv", NULL);

  if (!have ("ffv1"))
    return;
  write_film (path, 31, 17, 5, NULL, "ffv1");
  {
    g_auto (Film) film = read_film (path);

    g_assert_cmpuint (film.frames->len, ==, 5);
    for (int i = 0; i < 5; i++)
      {
        const AVFrame *frame = g_ptr_array_index (film.frames, (guint) i);
        g_autofree guint8 *rgb = paint (31, 17, i);

        g_assert_cmpint (ABS (g_array_index (film.time_us, gint64, i) - i * 33367), <, 1000);
        g_assert_cmpint (frame->format, ==, AV_PIX_FMT_0RGB32);
        for (int p = 0; p < 31 * 17; p++)
          {
            guint32 pixel;

            memcpy (&pixel, frame->data[0] + p / 31 * frame->linesize[0] + 4 * (p % 31), 4);
            g_assert_cmphex (pixel & 0xffffff, ==,
                             (guint32) (rgb[3 * p] << 16 | rgb[3 * p + 1] << 8 | rgb[3 * p + 2]));
          }
      }
  }
}

static void
assert_no_film (const char *path, const FyFilmParams *params, FyError code, const char *word)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (fy_film_new (path, 64, 48, params, &error));
  g_assert_error (error, FY_ERROR, (int) code);
  g_assert_true (g_str_has_prefix (error->message, path));
  g_assert_nonnull (strstr (error->message, word));
}

static void
test_refused (Fixture *fixture, gconstpointer data)
{
  g_autofree char *gif = g_build_filename (fixture->folder, "a.gif", NULL);
  g_autofree char *mp4 = g_build_filename (fixture->folder, "a.MP4", NULL);
  g_autofree char *nowhere = g_build_filename (fixture->folder, "no", "a.mp4", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) empty = NULL;
  g_autoptr (FyFilm) film = NULL;

  assert_no_film (gif, NULL, FY_ERROR_UNSUPPORTED, ".mkv");
  assert_no_film (mp4, &(FyFilmParams){ .codec = "h263p" }, FY_ERROR_UNSUPPORTED, "offers");
  assert_no_film (mp4, &(FyFilmParams){ .codec = "ffv1" }, FY_ERROR_UNSUPPORTED, ".mkv only");
  g_assert_null (fy_film_new (nowhere, 64, 48, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  film = fy_film_new (mp4, 64, 48, NULL, &empty);
  g_assert_no_error (empty);
  g_assert_false (fy_film_finish (film, &empty));
  g_assert_error (empty, FY_ERROR, FY_ERROR_FAILED);
  g_clear_pointer (&film, fy_film_free);
  g_assert_cmpuint (test_folder_count (fixture->folder), ==, 0);
}

static void
test_disk_full (Fixture *fixture, gconstpointer data)
{
  if (g_test_subprocess ())
    {
      g_autofree char *path = g_build_filename (fixture->folder, "a.mkv", NULL);
      const FyFilmParams params = { .codec = "ffv1" };
      FyFilm *film = fy_film_new (path, 320, 240, &params, NULL);
      g_autofree guint8 *noise = g_malloc (320 * 240 * 3);
      g_autoptr (GError) error = NULL;
      gboolean good = TRUE;

      test_limit_file_size (100000);
      for (int i = 0; i < 320 * 240 * 3; i++)
        noise[i] = (guint8) g_test_rand_int ();
      for (int i = 0; i < 20 && good; i++)
        good = fy_film_add (film, noise, i * 40000, &error);
      good = good && fy_film_finish (film, &error);
      g_assert_false (good);
      g_assert_cmpint (error->domain, ==, G_IO_ERROR);
      g_assert_true (g_str_has_prefix (error->message, path));
      g_assert_nonnull (strstr (error->message, "free some space"));
      fy_film_free (film);
      g_assert_cmpuint (test_folder_count (fixture->folder), ==, 0);
      return;
    }
  if (!have ("ffv1"))
    return;
  g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
  g_test_trap_assert_passed ();
}

/* --- Contact sheet --- */

static void
test_sheet (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->folder, "sheet.png", NULL);
  const FyContactSheetParams params = { .columns = 2, .width_px = 40 };
  g_autoptr (FyContactSheet) sheet = fy_contact_sheet_new (3, 80, 60, &params, NULL);
  g_autofree guint8 *white = g_malloc (80 * 60 * 3);
  g_auto (FyPng) png = { 0 };
  g_autoptr (GError) error = NULL;
  const guint8 *pixel;
  int bright = 0;

  memset (white, 255, 80 * 60 * 3);
  for (int i = 0; i < 3; i++)
    fy_contact_sheet_add (sheet, white, 7 * i);
  g_assert_true (fy_contact_sheet_save (sheet, path, &error));
  g_assert_true (fy_png_read (path, &png, &error));
  g_assert_cmpint (png.width, ==, 24 + 40 + 12 + 40 + 24);
  g_assert_cmpint (png.height, ==, 24 + 30 + 26 + 12 + 30 + 26 + 24);
  pixel = png.samples;
  for (int i = 0; i < png.width * png.height; i++, pixel += 3)
    bright += pixel[0] == 255;
  g_assert_cmpint (bright, ==, 3 * 40 * 30); /* three pictures, nothing in the fourth place */
}

static void
test_sheet_limits (void)
{
  g_autoptr (FyContactSheet) tiny = fy_contact_sheet_new (2, 1, 1, NULL, NULL);
  g_autoptr (FyContactSheet) wide = fy_contact_sheet_new (5, 1000, 1, NULL, NULL);
  g_autoptr (GError) error = NULL;
  const guint8 dot[3] = { 1, 2, 3 };

  fy_contact_sheet_add (tiny, dot, 123456789);
  fy_contact_sheet_add (tiny, dot, 0);
  g_assert_nonnull (wide);
  g_assert_null (fy_contact_sheet_new (100000, 1920, 1080, NULL, &error));
  g_assert_error (error, FY_ERROR, FY_ERROR_UNSUPPORTED);
}

#define ADD(path, data, function) g_test_add (path, Fixture, data, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/exchange/film/times/libx264", "libx264", test_times);
  ADD ("/exchange/film/times/mpeg4", "mpeg4", test_times);
  ADD ("/exchange/film/colours", NULL, test_colours);
  ADD ("/exchange/film/lossless", NULL, test_lossless);
  ADD ("/exchange/film/refused", NULL, test_refused);
  ADD ("/exchange/film/disk-full", NULL, test_disk_full);
  ADD ("/exchange/contact-sheet/layout", NULL, test_sheet);
  g_test_add_func ("/exchange/contact-sheet/limits", test_sheet_limits);
  return g_test_run ();
}
