/* SPDX-License-Identifier: MIT */
/* Videos: every frame is the one that decoding from start to end gives, however it is reached. */
#include "clip-judge.h"
#include "clip-maker.h"
#include "folder.h"

#include "base/error.h"
#include "media/clip.h"
#include "media/packet-probe.h"

#include <string.h>

#ifdef __SANITIZE_ADDRESS__
#define LEAKY_ENCODER "libx265"
#else
#define LEAKY_ENCODER ""
#endif

static char *
digest_frame (FyClip *clip, int number, GError **error)
{
  g_autoptr (FyFrame) frame = fy_clip_frame (clip, number, NULL, error);

  if (frame == NULL)
    return NULL;
  g_assert_cmpint (frame->number, ==, number);
  g_assert_cmpint (frame->time_us, ==, fy_clip_frame_time (clip, number));
  g_assert_cmpint (frame->width, ==, fy_clip_info (clip)->width);
  g_assert_cmpint (frame->height, ==, fy_clip_info (clip)->height);
  return judge_digest (frame->rgb, frame->width, frame->height);
}

static FyClip *
open_clip (const char *path, gsize cache_bytes)
{
  g_autoptr (GError) error = NULL;
  FyClip *clip = fy_clip_open (path, &(FyClipParams){ .cache_bytes = cache_bytes }, NULL, &error);

  g_assert_no_error (error);
  return clip;
}

/* Reads forwards and compares with the judge; only a damaged clip may have frames that do not decode,
 * and then the judge has none either.  Returns: (transfer full) char *, NULL for those. */
static GPtrArray *
read_forwards (const char *path)
{
  g_autoptr (FyClip) clip = open_clip (path, 0);
  g_autoptr (GPtrArray) want = judge_decode (path);
  GPtrArray *got = g_ptr_array_new_with_free_func (g_free);
  guint n_good = 0;

  g_assert_nonnull (want);
  for (int n = 0; n < fy_clip_info (clip)->n_frames; n++)
    {
      g_autoptr (GError) error = NULL;
      char *digest = digest_frame (clip, n, &error);

      g_ptr_array_add (got, digest);
      if (digest == NULL)
        {
          g_autofree char *name = g_strdup_printf ("%s: frame %d ", path, n);

          g_assert_true (fy_clip_info (clip)->damaged);
          g_assert_error (error, FY_ERROR, FY_ERROR_DECODE);
          g_assert_true (g_str_has_prefix (error->message, name));
          continue;
        }
      g_assert_cmpuint (n_good, <, want->len);
      g_assert_cmpstr (digest, ==, g_ptr_array_index (want, n_good));
      n_good++;
    }
  g_assert_cmpuint (n_good, ==, want->len);
  return got;
}

static void
check_frame (FyClip *clip, int number, GPtrArray *want)
{
  g_autofree char *digest = digest_frame (clip, number, NULL);

  g_assert_cmpstr (digest, ==, g_ptr_array_index (want, (guint) number));
}

static gpointer
cancel_soon (gpointer cancellable)
{
  gint64 until = g_get_monotonic_time () + g_random_int_range (0, 400);

  while (g_get_monotonic_time () < until) /* sleeping takes longer than a read */
    g_thread_yield ();
  g_cancellable_cancel (cancellable);
  return NULL;
}

/* Returns: whether the read was cancelled in time. */
static gboolean
read_and_cancel (FyClip *clip, int number)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  GThread *thread = g_thread_new ("cancel", cancel_soon, cancellable);
  g_autoptr (GError) error = NULL;
  g_autoptr (FyFrame) frame = fy_clip_frame (clip, number, cancellable, &error);

  g_thread_join (thread);
  return g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

/* Jumps as a person makes them who changes his mind: passes are put aside and taken up again. */
static void
check_jumps (const char *path, GPtrArray *want)
{
  FyClipParams params = { .cache_bytes = 1, .parked_bytes = (gsize) 64 << 20 };
  g_autoptr (FyClip) clip = fy_clip_open (path, &params, NULL, NULL);

  for (int i = 0; i < 14; i++)
    {
      if (i % 2 == 0)
        read_and_cancel (clip, g_random_int_range (0, (int) want->len));
      check_frame (clip, g_random_int_range (0, (int) want->len), want);
    }
}

/* Backwards with a cache of a few frames, and at random with none at all.  Returns how many frames
 * did not decode. */
static int
check_all_orders (const char *path)
{
  g_autoptr (GPtrArray) want = read_forwards (path);
  g_autoptr (FyClip) backwards = open_clip (path, 0);
  g_autoptr (FyClip) random = open_clip (path, 1);
  g_autoptr (GRand) rand = g_rand_new_with_seed (1);
  const FyClipInfo *info = fy_clip_info (backwards);
  gsize frame_bytes = (gsize) info->width * (gsize) info->height * 3;
  int n_missing = 0;

  g_clear_pointer (&backwards, fy_clip_free);
  backwards = open_clip (path, frame_bytes * 16);
  for (int n = (int) want->len - 1; n >= 0; n--)
    check_frame (backwards, n, want);
  for (int i = 0; i < 12; i++)
    check_frame (random, g_rand_int_range (rand, 0, (int) want->len), want);
  check_jumps (path, want);
  for (guint n = 0; n < want->len; n++)
    n_missing += g_ptr_array_index (want, n) == NULL;
  return n_missing;
}

/* What each shared video is, from how it was made. */
typedef struct
{
  const char *name;
  int n_frames; /* 0: does not open, with the error in `code` */
  int code;     /* FyError */
  int width;
  int height;
  int rotation;
  int bit_depth;
  const char *flags; /* i = interlaced, v = variable rate, d = damaged */
  int n_missing;     /* frames that do not decode */
} Known;

static const Known known[] = {
  { "anim.gif", 20, 0, 192, 108, 0, 8, "" },
  { "anim.png", 10, 0, 384, 216, 0, 8, "" },
  { "audio_only.mp4", 0, FY_ERROR_UNSUPPORTED, 0, 0, 0, 0, "" },
  { "av1.mp4", 60, 0, 384, 216, 0, 8, "" },
  { "av1.webm", 20, 0, 384, 216, 0, 8, "" },
  { "base.mkv", 60, 0, 384, 216, 0, 8, "" },
  { "base.y4m", 60, 0, 384, 216, 0, 8, "" },
  { "bitflips_mdat.mp4", 60, 0, 384, 216, 0, 8, "d", 1 },
  { "bitflips_moov.mp4", 0, FY_ERROR_UNSUPPORTED, 0, 0, 0, 0, "" },
  { "editlist_trim.mp4", 50, 0, 384, 216, 0, 8, "" },
  { "empty.mp4", 0, FY_ERROR_CORRUPT, 0, 0, 0, 0, "" },
  { "fast.mp4", 60, 0, 384, 216, 0, 8, "" },
  { "frag.mp4", 60, 0, 384, 216, 0, 8, "" },
  { "fullrange_bt601.mp4", 60, 0, 384, 216, 0, 8, "" },
  { "gray.mp4", 60, 0, 384, 216, 0, 8, "" },
  { "h264_10bit.mp4", 60, 0, 384, 216, 0, 10, "" },
  { "h264_bf2_g12.mp4", 60, 0, 384, 216, 0, 8, "" },
  { "h264_interlaced.mp4", 72, 0, 384, 216, 0, 8, "i" },
  { "h264_intra.mp4", 60, 0, 384, 216, 0, 8, "" },
  { "h264_longgop_b3.mp4", 60, 0, 384, 216, 0, 8, "" },
  { "h264_odd_444.mp4", 60, 0, 321, 241, 0, 8, "" },
  { "h264_opengop.mkv", 60, 0, 384, 216, 0, 8, "" },
  { "h264_rgb.mkv", 60, 0, 384, 216, 0, 8, "" },
  { "hevc_10bit.mp4", 60, 0, 384, 216, 0, 10, "" },
  { "hevc_12bit.mkv", 60, 0, 384, 216, 0, 12, "" },
  { "huffyuv.avi", 60, 0, 384, 216, 0, 8, "" },
  { "mjpeg.avi", 60, 0, 384, 216, 0, 8, "" },
  { "mjpeg422.mov", 60, 0, 384, 216, 0, 8, "" },
  { "mpeg2.mpg", 59, 0, 384, 216, 0, 8, "" },
  { "mpeg2_interlaced_tff.ts", 30, 0, 384, 216, 0, 8, "iv" },
  { "mpeg4.avi", 60, 0, 384, 216, 0, 8, "" },
  { "name with spaces – ünïcode 動画.mp4", 60, 0, 384, 216, 0, 8, "" },
  { "one_frame.mp4", 1, 0, 384, 216, 0, 8, "" },
  { "prores422hq.mov", 60, 0, 384, 216, 0, 10, "" },
  { "prores4444.mov", 60, 0, 384, 216, 0, 12, "" },
  { "random_bytes.mp4", 0, FY_ERROR_CORRUPT, 0, 0, 0, 0, "" },
  { "raw.avi", 60, 0, 384, 216, 0, 8, "" },
  { "raw.h264", 60, 0, 384, 216, 0, 8, "" },
  { "raw_bgr24.avi", 30, 0, 384, 216, 0, 8, "" },
  { "rot90.mp4", 60, 0, 216, 384, 270, 8, "" }, /* 90 counter-clockwise */
  { "sar2.mp4", 60, 0, 768, 216, 0, 8, "" },
  { "start_offset.mkv", 60, 0, 384, 216, 0, 8, "" },
  { "text_named.mp4", 0, FY_ERROR_CORRUPT, 0, 0, 0, 0, "" },
  { "theora.ogv", 52, 0, 384, 216, 0, 8, "v" }, /* eight packets are empty: shown longer */
  { "tiny2x2.mp4", 4, 0, 2, 2, 0, 8, "" },
  { "trunc.ts", 25, 0, 384, 216, 0, 8, "d" },
  { "trunc.webm", 30, 0, 384, 216, 0, 8, "d" },
  { "trunc_faststart_half.mp4", 24, 0, 384, 216, 0, 8, "d" },
  { "trunc_no_moov.mp4", 0, FY_ERROR_CORRUPT, 0, 0, 0, 0, "" },
  { "trunc_noindex.avi", 30, 0, 384, 216, 0, 8, "d" },
  { "ts.ts", 60, 0, 384, 216, 0, 8, "" },
  { "two_video_streams.mkv", 60, 0, 384, 216, 0, 8, "" },
  { "vfr.mp4", 26, 0, 384, 216, 0, 8, "v" },
  { "vfr_gaps.mkv", 35, 0, 384, 216, 0, 8, "v" },
  { "vp8.webm", 60, 0, 384, 216, 0, 8, "" },
  { "vp9_10bit.webm", 60, 0, 384, 216, 0, 10, "" },
  { "vp9_odd.webm", 60, 0, 321, 181, 0, 8, "" },
  { "with_audio.mp4", 60, 0, 384, 216, 0, 8, "" },
  { "wmv2.wmv", 60, 0, 384, 216, 0, 8, "" },
  { "xvid_bframes_packed.avi", 58, 0, 384, 216, 0, 8, "" },
};

static void
check_known (const Known *want, const FyClipInfo *got)
{
  g_assert_cmpint (got->n_frames, ==, want->n_frames);
  g_assert_cmpint (got->width, ==, want->width);
  g_assert_cmpint (got->height, ==, want->height);
  g_assert_cmpint (got->rotation, ==, want->rotation);
  g_assert_cmpint (got->bit_depth, ==, want->bit_depth);
  g_assert_cmpint (got->interlaced, ==, strchr (want->flags, 'i') != NULL);
  g_assert_cmpint (got->variable_rate, ==, strchr (want->flags, 'v') != NULL);
}

static void
test_shared (gconstpointer data)
{
  const Known *want = data;
  g_autofree char *relative = g_build_filename ("data/video", want->name, NULL);
  g_autofree char *path = test_shared_path (relative);
  g_autoptr (GError) error = NULL;
  g_autoptr (FyClip) clip = path != NULL ? fy_clip_open (path, NULL, NULL, &error) : NULL;

  if (path == NULL)
    return;
  if (want->n_frames == 0)
    {
      g_assert_null (clip);
      g_assert_error (error, FY_ERROR, want->code);
      g_assert_true (g_str_has_prefix (error->message, path));
      g_assert_null (strchr (error->message, '\n'));
      return;
    }
  g_assert_no_error (error);
  check_known (want, fy_clip_info (clip));
  g_assert_cmpint (check_all_orders (path), ==, want->n_missing);
  /* Damage within the packets shows when they are read. */
  for (int n = 0; n < want->n_frames; n++)
    fy_frame_unref (fy_clip_frame (clip, n, NULL, NULL));
  g_assert_cmpint (fy_clip_info (clip)->damaged, ==, strchr (want->flags, 'd') != NULL);
}

/* The table above leaves out no file. */
static void
test_shared_complete (void)
{
  g_autofree char *path = test_shared_path ("data/video");
  g_autoptr (GDir) dir = path != NULL ? g_dir_open (path, 0, NULL) : NULL;
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      gboolean listed = g_str_has_suffix (name, ".sh");

      for (guint i = 0; i < G_N_ELEMENTS (known); i++)
        listed |= strcmp (known[i].name, name) == 0;
      if (!listed)
        g_test_message ("%s is not in the table", name);
      g_assert_true (listed);
    }
}

static const MadeClip made[] = {
  { "open-gop.ts", "mpeg2video", "yuv420p", 60, 12, 2, NULL },
  { "open-gop.mpg", "mpeg2video", "yuv420p", 60, 12, 2, NULL },
  { "interlaced.ts", "mpeg2video", "yuv420p", 40, 12, 2, "flags=+ildct+ilme" },
  { "b-frames.avi", "mpeg4", "yuv420p", 60, 15, 2, NULL },
  { "b-frames.mp4", "mpeg4", "yuv420p", 60, 15, 2, NULL },
  { "intra.avi", "mjpeg", "yuvj422p", 20, 0, 0, NULL },
  { "slices.mkv", "ffv1", "yuv444p10le", 12, 5, 0, "slices=4" },
  { "flash.flv", "flv", "yuv420p", 40, 9, 0, NULL },
  { "open.mp4", "libx264", "yuv420p", 80, 0, 0,
    "x264-params=open-gop=1:keyint=16:bframes=4:b-pyramid=normal:scenecut=0:bframe-bias=100" },
  { "open.ts", "libx264", "yuv420p", 80, 0, 0,
    "x264-params=open-gop=1:keyint=16:bframes=4:b-pyramid=normal:scenecut=0:bframe-bias=100" },
  { "refresh.mp4", "libx264", "yuv420p", 60, 0, 0, "x264-params=intra-refresh=1:keyint=12" },
  { "open.mkv", "libx265", "yuv420p", 60, 0, 0,
    "x265-params=log-level=none:open-gop=1:keyint=16:scenecut=0:bframes=4" },
  { "hidden.webm", "libvpx", "yuv420p", 60, 20, 0,
    "auto-alt-ref=1,lag-in-frames=12,b=60000,deadline=realtime" },
  { "superframes.webm", "libvpx-vp9", "yuv420p", 60, 20, 0,
    "auto-alt-ref=1,lag-in-frames=12,b=60000,deadline=realtime,cpu-used=8" },
};

static const MadeClip *
made_as (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (made); i++)
    if (strcmp (made[i].name, name) == 0)
      return &made[i];
  g_assert_not_reached ();
}

static void
test_made (gconstpointer data)
{
  const MadeClip *clip = data;
  g_autofree char *folder = test_folder_new ();
  g_autofree char *path = g_build_filename (folder, clip->name, NULL);

  if (strcmp (clip->codec, LEAKY_ENCODER) == 0)
    g_test_skip ("the encoder leaks");
  else if (make_clip (folder, clip))
    g_assert_cmpint (check_all_orders (path), ==, 0);
  else
    g_test_skip_printf ("no encoder %s", clip->codec);
  test_folder_remove (folder);
}

/* A stream whose pictures change size in the middle: all are shown at the size of the first, the same
 * however they are reached. */
static void
test_changing_size (void)
{
  const MadeClip large = { "large.ts", "mpeg2video", "yuv420p", 12, 4, 0, NULL };
  const MadeClip small = { "small.ts", "mpeg2video", "yuv420p", 12, 4, 0, NULL, 48, 32 };
  g_autofree char *folder = test_folder_new ();
  g_autofree char *first = g_build_filename (folder, large.name, NULL);
  g_autofree char *second = g_build_filename (folder, small.name, NULL);
  g_autofree char *path = g_build_filename (folder, "both.ts", NULL);
  g_autofree char *a = NULL, *b = NULL;
  g_autoptr (FyClip) clip = NULL;
  g_autoptr (GPtrArray) seen = g_ptr_array_new_with_free_func (g_free);
  gsize a_size, b_size;
  int n_frames;

  g_assert_true (make_clip (folder, &large) && make_clip (folder, &small));
  g_assert_true (g_file_get_contents (first, &a, &a_size, NULL));
  g_assert_true (g_file_get_contents (second, &b, &b_size, NULL));
  a = g_realloc (a, a_size + b_size);
  memcpy (a + a_size, b, b_size);
  g_assert_true (g_file_set_contents (path, a, (gssize) (a_size + b_size), NULL));
  clip = open_clip (path, 1);
  n_frames = fy_clip_info (clip)->n_frames;
  g_assert_cmpint (n_frames, >, 20);
  g_assert_cmpint (fy_clip_info (clip)->width, ==, MADE_WIDTH);
  for (int n = 0; n < n_frames; n++)
    {
      g_autoptr (GError) error = NULL;
      char *digest = digest_frame (clip, n, &error); /* checks its size */

      if (digest == NULL)
        g_assert_error (error, FY_ERROR, FY_ERROR_DECODE);
      g_ptr_array_add (seen, digest);
    }
  g_assert_nonnull (g_ptr_array_index (seen, n_frames - 1));
  for (int n = n_frames - 1; n >= 0; n--)
    check_frame (clip, n, seen);
  test_folder_remove (folder);
}

/* Two packets a picture, in three containers: raw has no times, the others a time for each packet. */
static void
test_fields (void)
{
  static const char *const names[] = { "a.h264", "a.ts", "a.mkv" };
  g_autofree char *folder = test_folder_new ();
  g_autofree char *raw = g_build_filename (folder, names[0], NULL);

  make_field_clip (raw, 20);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = g_build_filename (folder, names[i], NULL);
      g_autoptr (FyClip) clip = NULL;

      if (i > 0)
        remux_clip (raw, path);
      clip = open_clip (path, 0);
      g_assert_cmpint (fy_clip_info (clip)->n_frames, ==, 20);
      g_assert_true (fy_clip_info (clip)->interlaced);
      g_assert_cmpint (check_all_orders (path), ==, 0);
    }
  test_folder_remove (folder);
}

/* A recording that begins anywhere: what cannot be decoded before the first key does not count. */
static void
test_cut_start (gconstpointer data)
{
  const MadeClip *clip = data;
  g_autofree char *folder = test_folder_new ();
  g_autofree char *path = g_build_filename (folder, clip->name, NULL);
  g_autofree char *bytes = NULL;
  gsize size;

  if (!make_clip (folder, clip))
    g_test_skip_printf ("no encoder %s", clip->codec);
  else
    g_assert_true (g_file_get_contents (path, &bytes, &size, NULL));
  for (gsize packet = 20; bytes != NULL && packet < size / 188 / 2; packet += 17)
    {
      g_assert_true (
          g_file_set_contents (path, bytes + packet * 188, (gssize) (size - packet * 188), NULL));
      g_assert_cmpint (check_all_orders (path), ==, 0);
    }
  test_folder_remove (folder);
}

static void
test_times (void)
{
  g_autofree char *folder = test_folder_new ();
  g_autofree char *path = g_build_filename (folder, "open-gop.ts", NULL);
  g_autoptr (FyClip) clip = NULL;

  g_assert_true (make_clip (folder, made_as ("open-gop.ts")));
  clip = open_clip (path, 0);
  g_assert_cmpstr (fy_clip_info (clip)->format, ==, "mpegts / mpeg2video");
  g_assert_cmpstr (fy_clip_info (clip)->name, ==, "open-gop");
  g_assert_cmpfloat (fy_clip_info (clip)->frames_per_second, ==, 25);
  for (int n = 0; n < 60; n++)
    {
      g_assert_cmpint (fy_clip_frame_time (clip, n), ==, 40000 * n);
      g_assert_null (fy_clip_frame_name (clip, n));
    }
  test_folder_remove (folder);
}

static void
test_streams (void)
{
  g_autofree char *path = test_shared_path ("data/video/two_video_streams.mkv");
  g_autofree char *first = NULL, *second = NULL;
  g_autoptr (GError) error = NULL;

  if (path == NULL)
    return;
  for (int stream = 1; stream <= 2; stream++)
    {
      g_autoptr (FyClip) clip =
          fy_clip_open (path, &(FyClipParams){ .stream = stream }, NULL, &error);
      char *fingerprint;

      g_assert_no_error (error);
      g_assert_cmpint (fy_clip_info (clip)->n_frames, ==, 60);
      fingerprint = fy_clip_fingerprint (clip, &error);
      g_assert_no_error (error);
      *(stream == 1 ? &first : &second) = fingerprint;
    }
  g_assert_cmpstr (first, !=, second);
  g_assert_null (fy_clip_open (path, &(FyClipParams){ .stream = 3 }, NULL, &error));
  g_assert_error (error, FY_ERROR, FY_ERROR_UNSUPPORTED);
}

static void
test_not_a_video (void)
{
  static const struct
  {
    const char *name;
    const char *text;
    GQuark (*domain) (void);
    int code;
  } files[] = {
    { "missing.mp4", NULL, g_io_error_quark, G_IO_ERROR_NOT_FOUND },
    { "empty.mkv", "", fy_error_quark, FY_ERROR_CORRUPT },
    { "notes.txt", "Some notes.\nMore notes.\n", fy_error_quark, FY_ERROR_CORRUPT },
    { "list.m3u8", "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n/etc/passwd\n#EXT-X-ENDLIST\n",
      fy_error_quark, FY_ERROR_CORRUPT },
    { "list.ffconcat", "ffconcat version 1.0\nfile intra.avi\n", fy_error_quark, FY_ERROR_CORRUPT },
  };
  g_autofree char *folder = test_folder_new ();

  g_assert_true (make_clip (folder, made_as ("intra.avi")));
  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autofree char *path = g_build_filename (folder, files[i].name, NULL);
      g_autoptr (GError) error = NULL;

      if (files[i].text != NULL)
        g_assert_true (g_file_set_contents (path, files[i].text, -1, NULL));
      g_assert_null (fy_clip_open (path, NULL, NULL, &error));
      g_assert_error (error, files[i].domain (), files[i].code);
      g_assert_true (g_str_has_prefix (error->message, path));
    }
  test_folder_remove (folder);
}

static void
test_pipe (void)
{
  g_autofree char *folder = test_folder_new ();
  g_autofree char *path = g_build_filename (folder, "pipe.mp4", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (mkfifo (path, 0600), ==, 0);
  g_assert_null (fy_clip_open (path, NULL, NULL, &error));
  g_assert_error (error, FY_ERROR, FY_ERROR_UNSUPPORTED);
  test_folder_remove (folder);
}

/* Cut and flipped anywhere, a file gives frames or errors, the same ones in every order, and never
 * stops the program. */
static void
test_damage (gconstpointer data)
{
  const MadeClip *clip = data;
  g_autofree char *folder = test_folder_new ();
  g_autofree char *path = g_build_filename (folder, clip->name, NULL);
  g_autofree char *whole = NULL;
  g_autoptr (GRand) rand = g_rand_new_with_seed (2);
  gsize size;

  g_assert_true (make_clip (folder, clip));
  g_assert_true (g_file_get_contents (path, &whole, &size, NULL));
  for (int round = 0; round < 10; round++)
    {
      g_autofree char *bytes = g_memdup2 (whole, size);
      gsize left = round % 2 ? size : size * (gsize) (round + 2) / 12;
      g_autoptr (GError) error = NULL;
      g_autoptr (FyClip) opened = NULL;

      for (int k = 0; round % 2 && k < round; k++)
        bytes[g_rand_int_range (rand, 0, (gint32) size)] ^= (char) (1 << k % 8);
      g_assert_true (g_file_set_contents (path, bytes, (gssize) left, NULL));
      opened = fy_clip_open (path, NULL, NULL, &error);
      if (opened != NULL)
        check_all_orders (path);
      else
        g_assert_true (g_str_has_prefix (error->message, path));
    }
  test_folder_remove (folder);
}

/* FFmpeg's complaints stay off stderr. */
static void
test_quiet (void)
{
  g_autofree char *path = test_shared_path ("data/video/bitflips_mdat.mp4");

  if (path != NULL && g_test_subprocess ())
    {
      g_autoptr (FyClip) clip = open_clip (path, 0);

      for (int n = 0; n < fy_clip_info (clip)->n_frames; n++)
        fy_frame_unref (fy_clip_frame (clip, n, NULL, NULL));
      g_assert_true (fy_clip_info (clip)->damaged);
    }
  else if (path != NULL)
    {
      g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
      g_test_trap_assert_passed ();
      g_test_trap_assert_stderr ("");
    }
}

/* Seeds for ten bits flipped with which decoders conceal without an error, end pictures early without
 * a word, or make it depend on their threads what comes out. */
typedef struct
{
  const char *name;
  guint32 seed;
} Flipped;

static const Flipped flipped[] = {
  { "h264_bf2_g12.mp4", 3 },
  { "h264_bf2_g12.mp4", 17 },
  { "h264_bf2_g12.mp4", 18 },
  { "ts.ts", 7 },
  { "ts.ts", 24 },
  { "hevc_10bit.mp4", 2 },
  { "hevc_10bit.mp4", 13 },
  { "hevc_10bit.mp4", 16 },
  { "hevc_10bit.mp4", 17 },
  { "hevc_10bit.mp4", 23 },
};

static void
test_flipped (gconstpointer data)
{
  const Flipped *item = data;
  g_autofree char *relative = g_build_filename ("data/video", item->name, NULL);
  g_autofree char *path = test_shared_path (relative);
  g_autofree char *folder = test_folder_new ();
  g_autofree char *copy = g_build_filename (folder, item->name, NULL);
  g_autoptr (GRand) rand = g_rand_new_with_seed (item->seed);
  g_autofree char *bytes = NULL;
  gsize size;

  if (path != NULL)
    {
      g_assert_true (g_file_get_contents (path, &bytes, &size, NULL));
      for (int k = 0; k < 10; k++)
        bytes[g_rand_int_range (rand, (gint32) size / 8, (gint32) size)] ^= (char) (1 << k % 8);
      g_assert_true (g_file_set_contents (copy, bytes, (gssize) size, NULL));
      check_all_orders (copy);
    }
  test_folder_remove (folder);
}

/* The bit that says whether a frame is shown, in each form of header. */
static void
test_hidden_packets (void)
{
  static const struct
  {
    enum AVCodecID codec;
    guint8 bytes[3];
    gboolean hidden;
  } packets[] = {
    { AV_CODEC_ID_VP8, { 0x10, 0, 0 }, FALSE },    { AV_CODEC_ID_VP8, { 0x01, 0, 0 }, TRUE },
    { AV_CODEC_ID_VP9, { 0x82, 0, 0 }, FALSE },    { AV_CODEC_ID_VP9, { 0x84, 0, 0 }, TRUE },
    { AV_CODEC_ID_VP9, { 0x88, 0, 0 }, FALSE },    { AV_CODEC_ID_VP9, { 0xb1, 0, 0 }, FALSE },
    { AV_CODEC_ID_VP9, { 0xb2, 0, 0 }, TRUE },     { AV_CODEC_ID_VP9, { 0xb4, 0, 0 }, FALSE },
    { AV_CODEC_ID_VP9, { 0x84, 0, 0xc1 }, FALSE }, { AV_CODEC_ID_AV1, { 0, 0, 0 }, FALSE },
  };
  AVCodecParameters *parameters = avcodec_parameters_alloc ();
  AVPacket *packet = av_packet_alloc ();

  for (guint i = 0; i < G_N_ELEMENTS (packets); i++)
    {
      g_autoptr (FyPacketProbe) probe = NULL;

      parameters->codec_id = packets[i].codec;
      probe = fy_packet_probe_new (parameters);
      packet->data = (guint8 *) packets[i].bytes;
      packet->size = 3;
      g_assert_true (fy_packet_probe_is_exact (probe));
      g_assert_cmpint (fy_packet_probe_is_hidden (probe, packet), ==, packets[i].hidden);
    }
  av_packet_free (&packet);
  avcodec_parameters_free (&parameters);
}

/* A cancelled read leaves the clip as it was. */
static void
test_cancelled (void)
{
  g_autofree char *folder = test_folder_new ();
  g_autofree char *path = g_build_filename (folder, "open-gop.ts", NULL);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) want = NULL;
  g_autoptr (FyClip) clip = NULL;

  g_assert_true (make_clip (folder, made_as ("open-gop.ts")));
  want = read_forwards (path);
  clip = open_clip (path, 1);
  g_cancellable_cancel (cancellable);
  for (int n = 10; n < 50; n += 7)
    {
      g_assert_null (fy_clip_frame (clip, n, cancellable, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      g_clear_error (&error);
      check_frame (clip, n, want);
    }
  g_assert_null (fy_clip_open (path, NULL, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  test_folder_remove (folder);
}

/* The same in the middle of a read. */
static void
test_cancelled_within (gconstpointer data)
{
  const char *name = data;
  g_autofree char *folder = test_folder_new ();
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autoptr (GPtrArray) want = NULL;
  int n_cancelled = 0;

  g_assert_true (make_clip (folder, made_as (name)));
  want = read_forwards (path);
  for (int round = 0; round < 400; round++)
    {
      g_autoptr (FyClip) clip = open_clip (path, 1);
      int n = g_random_int_range (0, (int) want->len);

      n_cancelled += read_and_cancel (clip, n);
      check_frame (clip, n, want);
    }
  g_test_message ("%d reads were cancelled in time",
                  n_cancelled); /* on a busy machine none may be */
  test_folder_remove (folder);
}

static void
test_fingerprint (void)
{
  g_autofree char *folder = test_folder_new ();
  g_autofree char *path = g_build_filename (folder, "intra.avi", NULL);
  g_autofree char *other = g_build_filename (folder, "moved.avi", NULL);
  g_autofree char *bytes = NULL;
  char *prints[3];
  gsize size;

  g_assert_true (make_clip (folder, made_as ("intra.avi")));
  for (int i = 0; i < 3; i++)
    {
      g_autoptr (FyClip) clip = open_clip (i == 0 ? path : other, 0);

      prints[i] = fy_clip_fingerprint (clip, NULL);
      g_assert_cmpuint (strlen (prints[i]), ==, 64);
      if (i == 0)
        g_assert_cmpint (g_rename (path, other), ==, 0);
      g_assert_true (g_file_get_contents (other, &bytes, &size, NULL));
      bytes[size / 2] ^= 1;
      if (i == 1)
        g_assert_true (g_file_set_contents (other, bytes, (gssize) size, NULL));
      g_clear_pointer (&bytes, g_free);
    }
  g_assert_cmpstr (prints[0], ==, prints[1]);
  g_assert_cmpstr (prints[0], !=, prints[2]);
  for (int i = 0; i < 3; i++)
    g_free (prints[i]);
  test_folder_remove (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_setenv ("FERRY_THREADS", "4", TRUE); /* damage shows itself differently with more than two */
  if (!g_test_subprocess ())
    av_log_set_level (AV_LOG_QUIET); /* of the judge and the maker */
  g_test_add_func ("/clip-video/quiet", test_quiet);
  g_test_add_func ("/clip-video/hidden-packets", test_hidden_packets);
  g_test_add_func ("/clip-video/shared-complete", test_shared_complete);
  for (guint i = 0; i < G_N_ELEMENTS (known); i++)
    {
      g_autofree char *path = g_strconcat ("/clip-video/shared/", known[i].name, NULL);

      g_test_add_data_func (path, &known[i], test_shared);
    }
  for (guint i = 0; i < G_N_ELEMENTS (flipped); i++)
    {
      g_autofree char *path =
          g_strdup_printf ("/clip-video/flipped/%s/%u", flipped[i].name, flipped[i].seed);

      g_test_add_data_func (path, &flipped[i], test_flipped);
    }
  for (guint i = 0; i < G_N_ELEMENTS (made); i++)
    {
      g_autofree char *path = g_strconcat ("/clip-video/made/", made[i].name, NULL);

      g_test_add_data_func (path, &made[i], test_made);
    }
  g_test_add_func ("/clip-video/changing-size", test_changing_size);
  g_test_add_func ("/clip-video/fields", test_fields);
  g_test_add_data_func ("/clip-video/cut-start/mpeg2", made_as ("open-gop.ts"), test_cut_start);
  g_test_add_data_func ("/clip-video/cut-start/h264", made_as ("open.ts"), test_cut_start);
  g_test_add_func ("/clip-video/times", test_times);
  g_test_add_func ("/clip-video/streams", test_streams);
  g_test_add_func ("/clip-video/not-a-video", test_not_a_video);
  g_test_add_func ("/clip-video/pipe", test_pipe);
  for (guint i = 0; i < 6; i++)
    {
      g_autofree char *path = g_strconcat ("/clip-video/damage/", made[i].name, NULL);

      g_test_add_data_func (path, &made[i], test_damage);
    }
  g_test_add_func ("/clip-video/cancelled", test_cancelled);
  g_test_add_data_func ("/clip-video/cancelled-within/ts", "open-gop.ts", test_cancelled_within);
  g_test_add_data_func ("/clip-video/cancelled-within/avi", "intra.avi", test_cancelled_within);
  g_test_add_func ("/clip-video/fingerprint", test_fingerprint);
  return g_test_run ();
}
