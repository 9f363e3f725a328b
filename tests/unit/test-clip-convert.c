/* SPDX-License-Identifier: MIT */
/* Pixel formats, matrices and ranges against the formulas, one pixel at a time in double. */
#include "media/convert.h"

#include <libavutil/pixdesc.h>
#include <math.h>
#include <string.h>

typedef struct
{
  enum AVPixelFormat format;
  int width;
  int height;
  enum AVColorSpace space;
  enum AVColorRange range;
  enum AVChromaLocation location;
} Case;

/* Samples of one component: [height][width], its own size. */
typedef struct
{
  int width;
  int height;
  int depth;
  guint16 *sample;
} Plane;

static AVFrame *
new_frame (enum AVPixelFormat format, int width, int height)
{
  AVFrame *frame = av_frame_alloc ();

  frame->format = format;
  frame->width = width;
  frame->height = height;
  g_assert_cmpint (av_frame_get_buffer (frame, 0), ==, 0);
  for (int i = 0; i < AV_NUM_DATA_POINTERS && frame->buf[i] != NULL; i++)
    memset (frame->buf[i]->data, 0, frame->buf[i]->size);
  return frame;
}

/* Fills a frame with noise and tells what is in it. */
static void
fill (AVFrame *frame, GRand *rand, Plane planes[3])
{
  const AVPixFmtDescriptor *layout = av_pix_fmt_desc_get (frame->format);
  gboolean rgb = (layout->flags & AV_PIX_FMT_FLAG_RGB) != 0;

  for (int c = 0; c < MIN (layout->nb_components, 4); c++)
    {
      gboolean chroma = (c == 1 || c == 2) && !rgb && layout->nb_components > 2;
      int width = chroma ? AV_CEIL_RSHIFT (frame->width, layout->log2_chroma_w) : frame->width;
      int height = chroma ? AV_CEIL_RSHIFT (frame->height, layout->log2_chroma_h) : frame->height;
      guint16 *sample = g_new (guint16, (gsize) width * (gsize) height);

      for (int i = 0; i < width * height; i++)
        sample[i] = (guint16) g_rand_int_range (rand, 0, 1 << layout->comp[c].depth);
      for (int y = 0; y < height; y++)
        av_write_image_line2 (sample + y * width, frame->data, frame->linesize, layout, 0, y, c,
                              width, sizeof *sample);
      if (c < 3)
        planes[c] = (Plane){ width, height, layout->comp[c].depth, sample };
      else
        g_free (sample);
    }
}

static double
at_most (double value, double most)
{
  return fmin (fmax (value, 0), most);
}

/* Linear interpolation between the four samples around a place. */
static double
sample_at (const Plane *plane, double x, double y)
{
  double value = 0;

  x = at_most (x, plane->width - 1);
  y = at_most (y, plane->height - 1);
  for (int j = (int) y; j <= MIN ((int) y + 1, plane->height - 1); j++)
    for (int i = (int) x; i <= MIN ((int) x + 1, plane->width - 1); i++)
      value += (1 - fabs (x - i)) * (1 - fabs (y - j)) * plane->sample[j * plane->width + i];
  return value;
}

/* The place of a luma sample among those of chroma: log2 in one direction, and whether the first of
 * both coincide, their middles, or the last. */
static double
chroma_place (int at, int log2, double siting)
{
  int n = 1 << log2;

  return (at + 0.5 + siting * (n - 1) / 2.0) / n - 0.5;
}

static void
want_yuv (const Case *item, const Plane planes[3], int x, int y, double rgb[3])
{
  const AVPixFmtDescriptor *layout = av_pix_fmt_desc_get (item->format);
  gboolean left = item->location != AVCHROMA_LOC_CENTER && item->location != AVCHROMA_LOC_TOP;
  gboolean top = item->location == AVCHROMA_LOC_TOPLEFT || item->location == AVCHROMA_LOC_TOP;
  gboolean full = item->range == AVCOL_RANGE_JPEG;
  int depth = planes[0].depth;
  double one = (1 << depth) - 1, unit = 1 << (depth - 8);
  double cx = chroma_place (x, layout->log2_chroma_w, left);
  double cy = chroma_place (y, layout->log2_chroma_h, top);
  double luma = planes[0].sample[y * planes[0].width + x];
  double b = sample_at (&planes[1], cx, cy) - 128 * unit;
  double r = sample_at (&planes[2], cx, cy) - 128 * unit;
  gboolean hd = item->space == AVCOL_SPC_BT709 ||
                (item->space == AVCOL_SPC_UNSPECIFIED && item->height > 576);
  double kr = item->space == AVCOL_SPC_BT2020_NCL ? 0.2627 : hd ? 0.2126 : 0.299;
  double kb = item->space == AVCOL_SPC_BT2020_NCL ? 0.0593 : hd ? 0.0722 : 0.114;

  luma = full ? luma / one : (luma - 16 * unit) / (219 * unit);
  b /= full ? one : 224 * unit;
  r /= full ? one : 224 * unit;
  rgb[0] = luma + r * 2 * (1 - kr);
  rgb[2] = luma + b * 2 * (1 - kb);
  rgb[1] = (luma - kr * rgb[0] - kb * rgb[2]) / (1 - kr - kb);
  if (item->space == AVCOL_SPC_YCGCO)
    {
      rgb[0] = luma - b + r;
      rgb[1] = luma + b;
      rgb[2] = luma - b - r;
    }
}

static void
want (const Case *item, const Plane planes[3], int x, int y, double rgb[3])
{
  const AVPixFmtDescriptor *layout = av_pix_fmt_desc_get (item->format);

  if ((layout->flags & AV_PIX_FMT_FLAG_RGB) == 0 && layout->nb_components > 2)
    {
      want_yuv (item, planes, x, y, rgb);
      return;
    }
  for (int c = 0; c < 3; c++)
    {
      const Plane *plane = &planes[layout->nb_components > 2 ? c : 0];
      double one = (1 << plane->depth) - 1;

      rgb[c] = plane->sample[y * plane->width + x] / one;
      if (item->range == AVCOL_RANGE_MPEG)
        rgb[c] = (rgb[c] * one / (1 << (plane->depth - 8)) - 16) / 219;
    }
}

static void
test_format (gconstpointer data)
{
  const Case *item = data;
  AVFrame *frame = new_frame (item->format, item->width, item->height);
  FyPicture picture = { item->width, item->height, 1, { FALSE } };
  g_autoptr (GRand) rand = g_rand_new_with_seed (5);
  g_autoptr (FyFrame) got = NULL;
  Plane planes[3] = { 0 };

  fill (frame, rand, planes);
  frame->colorspace = item->space;
  frame->color_range = item->range;
  frame->chroma_location = item->location;
  g_assert_true (fy_convert_supports (item->format));
  got = fy_convert (frame, &picture);
  for (int y = 0; y < item->height; y++)
    for (int x = 0; x < item->width; x++)
      {
        double rgb[3];

        want (item, planes, x, y, rgb);
        for (int c = 0; c < 3; c++)
          g_assert_cmpfloat (
              fabs (got->rgb[(y * item->width + x) * 3 + c] - at_most (rgb[c] * 255, 255)), <=,
              0.502);
      }
  for (int c = 0; c < 3; c++)
    g_free (planes[c].sample);
  av_frame_free (&frame);
}

static void
test_palette (void)
{
  AVFrame *frame = new_frame (AV_PIX_FMT_PAL8, 5, 3);
  g_autoptr (FyFrame) got = NULL;
  guint32 *palette = (guint32 *) (gpointer) frame->data[1];

  for (guint32 i = 0; i < 256; i++)
    palette[i] = 0xff000000u | i << 16 | (255 - i) << 8 | (i ^ 0x55);
  for (int y = 0; y < 3; y++)
    for (int x = 0; x < 5; x++)
      frame->data[0][y * frame->linesize[0] + x] = (guint8) (60 * x + y);
  got = fy_convert (frame, &(FyPicture){ 5, 3, 1, { FALSE } });
  for (int i = 0; i < 15; i++)
    {
      guint8 index = (guint8) (60 * (i % 5) + i / 5);

      g_assert_cmpuint (got->rgb[3 * i], ==, index);
      g_assert_cmpuint (got->rgb[3 * i + 1], ==, 255 - index);
      g_assert_cmpuint (got->rgb[3 * i + 2], ==, index ^ 0x55);
    }
  av_frame_free (&frame);
}

/* Two fields of different flat colours are woven without a trace of each other. */
static void
test_interlaced (void)
{
  AVFrame *frame = new_frame (AV_PIX_FMT_YUV420P, 16, 16);
  g_autoptr (FyFrame) got = NULL;

#if LIBAVUTIL_VERSION_MAJOR >= 59
  frame->flags |= AV_FRAME_FLAG_INTERLACED;
#else
  G_GNUC_BEGIN_IGNORE_DEPRECATIONS
  frame->interlaced_frame = 1;
  G_GNUC_END_IGNORE_DEPRECATIONS
#endif
  for (int y = 0; y < 16; y++)
    memset (frame->data[0] + y * frame->linesize[0], 128, 16);
  for (int y = 0; y < 8; y++)
    {
      memset (frame->data[1] + y * frame->linesize[1], y % 2 ? 100 : 160, 8);
      memset (frame->data[2] + y * frame->linesize[2], y % 2 ? 90 : 140, 8);
    }
  got = fy_convert (frame, &(FyPicture){ 16, 16, 1, { FALSE } });
  for (int y = 2; y < 16; y++)
    g_assert_cmpmem (got->rgb + y * 48, 48, got->rgb + (y - 2) * 48, 48);
  g_assert_cmpint (memcmp (got->rgb, got->rgb + 48, 48), !=, 0);
  av_frame_free (&frame);
}

/* Pure red as the standards write it, where the stream says nothing: 601 for SD, 709 for HD. */
static void
test_known_colours (void)
{
  static const struct
  {
    int height;
    guint8 yuv[3];
  } reds[] = { { 576, { 81, 90, 240 } }, { 578, { 63, 102, 240 } } };

  for (guint i = 0; i < G_N_ELEMENTS (reds); i++)
    {
      AVFrame *frame = new_frame (AV_PIX_FMT_YUV444P, 2, reds[i].height);
      g_autoptr (FyFrame) got = NULL;

      for (int c = 0; c < 3; c++)
        memset (frame->data[c], reds[i].yuv[c], (gsize) (frame->linesize[c] * reds[i].height));
      got = fy_convert (frame, &(FyPicture){ 2, reds[i].height, 1, { FALSE } });
      g_assert_cmpint (got->rgb[0], >=, 253);
      g_assert_cmpint (got->rgb[1], <=, 2);
      g_assert_cmpint (got->rgb[2], <=, 2);
      av_frame_free (&frame);
    }
}

/* Size shown, for coded sizes, sample aspects and turns; then one pixel's way. */
static void
test_picture (void)
{
  static const struct
  {
    FyPicture picture;
    int width;
    int height;
  } sizes[] = {
    { { 720, 576, 16.0 / 15, { FALSE } }, 768, 576 },
    { { 720, 480, 8.0 / 9, { FALSE } }, 720, 540 },
    { { 384, 216, 2, { TRUE } }, 216, 768 },
    { { 384, 216, 0, { FALSE } }, 384, 216 },
    { { 384, 216, 65535, { FALSE } }, 384, 216 },
    { { 2, 2, 0.5, { FALSE } }, 2, 4 },
  };
  AVFrame *frame = new_frame (AV_PIX_FMT_RGB24, 3, 2);
  FyPicture turned = { 3, 2, 2, fy_orientation_from_exif (6) };
  g_autoptr (FyFrame) got = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      int width, height;

      fy_picture_shown_size (&sizes[i].picture, &width, &height);
      g_assert_cmpint (width, ==, sizes[i].width);
      g_assert_cmpint (height, ==, sizes[i].height);
    }
  frame->data[0][0] = 200; /* top left goes top right */
  got = fy_convert (frame, &turned);
  g_assert_cmpint (got->width, ==, 2);
  g_assert_cmpint (got->height, ==, 6);
  g_assert_cmpuint (got->rgb[3], ==, 200);
  g_assert_cmpuint (got->rgb[0], ==, 0);
  av_frame_free (&frame);
}

static void
test_unsupported (void)
{
  g_assert_false (fy_convert_supports (AV_PIX_FMT_NONE));
  g_assert_false (fy_convert_supports (AV_PIX_FMT_VAAPI));
  g_assert_false (fy_convert_supports (AV_PIX_FMT_GBRPF32));
  g_assert_false (fy_convert_supports (AV_PIX_FMT_BAYER_RGGB8));
  g_assert_false (fy_convert_supports (AV_PIX_FMT_XYZ12LE));
}

#define UNSAID AVCOL_SPC_UNSPECIFIED, AVCOL_RANGE_UNSPECIFIED, AVCHROMA_LOC_UNSPECIFIED

int
main (int argc, char **argv)
{
  static const Case cases[] = {
    { AV_PIX_FMT_YUV420P, 33, 17, UNSAID },
    { AV_PIX_FMT_YUV420P, 1, 1, UNSAID },
    { AV_PIX_FMT_YUV420P, 2, 3, UNSAID },
    { AV_PIX_FMT_YUV420P, 64, 600, UNSAID },
    { AV_PIX_FMT_YUV420P, 31, 16, AVCOL_SPC_BT709, AVCOL_RANGE_MPEG, AVCHROMA_LOC_LEFT },
    { AV_PIX_FMT_YUV420P, 32, 18, AVCOL_SPC_SMPTE170M, AVCOL_RANGE_JPEG, AVCHROMA_LOC_CENTER },
    { AV_PIX_FMT_YUV420P, 32, 18, AVCOL_SPC_BT470BG, AVCOL_RANGE_MPEG, AVCHROMA_LOC_TOPLEFT },
    { AV_PIX_FMT_YUV420P, 32, 18, AVCOL_SPC_YCGCO, AVCOL_RANGE_JPEG, AVCHROMA_LOC_LEFT },
    { AV_PIX_FMT_YUVJ422P, 33, 5, AVCOL_SPC_BT470BG, AVCOL_RANGE_JPEG, AVCHROMA_LOC_CENTER },
    { AV_PIX_FMT_YUV422P10LE, 33, 5, AVCOL_SPC_BT709, AVCOL_RANGE_MPEG, AVCHROMA_LOC_LEFT },
    { AV_PIX_FMT_YUV420P10LE, 35, 19, AVCOL_SPC_BT2020_NCL, AVCOL_RANGE_MPEG,
      AVCHROMA_LOC_TOPLEFT },
    { AV_PIX_FMT_YUV420P12BE, 35, 19, AVCOL_SPC_BT709, AVCOL_RANGE_JPEG, AVCHROMA_LOC_LEFT },
    { AV_PIX_FMT_P010LE, 34, 18, AVCOL_SPC_BT709, AVCOL_RANGE_MPEG, AVCHROMA_LOC_LEFT },
    { AV_PIX_FMT_NV12, 33, 17, UNSAID },
    { AV_PIX_FMT_NV21, 33, 17, UNSAID },
    { AV_PIX_FMT_YUYV422, 34, 7, UNSAID },
    { AV_PIX_FMT_UYVY422, 34, 7, UNSAID },
    { AV_PIX_FMT_YUV440P, 9, 17, UNSAID },
    { AV_PIX_FMT_YUV411P, 37, 4, UNSAID },
    { AV_PIX_FMT_YUV410P, 37, 9, UNSAID },
    { AV_PIX_FMT_YUV444P, 7, 5, UNSAID },
    { AV_PIX_FMT_YUV444P16LE, 7, 5, AVCOL_SPC_BT709, AVCOL_RANGE_JPEG, AVCHROMA_LOC_LEFT },
    { AV_PIX_FMT_YUVA420P, 8, 6, UNSAID },
    { AV_PIX_FMT_YUVA444P12LE, 8, 6, AVCOL_SPC_BT709, AVCOL_RANGE_MPEG, AVCHROMA_LOC_LEFT },
    { AV_PIX_FMT_GRAY8, 9, 7, UNSAID },
    { AV_PIX_FMT_GRAY10LE, 9, 7, AVCOL_SPC_BT709, AVCOL_RANGE_MPEG, AVCHROMA_LOC_LEFT },
    { AV_PIX_FMT_YA8, 9, 7, UNSAID },
    { AV_PIX_FMT_MONOBLACK, 19, 3, UNSAID },
    { AV_PIX_FMT_RGB24, 9, 7, UNSAID },
    { AV_PIX_FMT_BGR0, 9, 7, UNSAID },
    { AV_PIX_FMT_ARGB, 9, 7, UNSAID },
    { AV_PIX_FMT_RGB565LE, 9, 7, UNSAID },
    { AV_PIX_FMT_RGB48BE, 9, 7, UNSAID },
    { AV_PIX_FMT_GBRP, 9, 7, UNSAID },
    { AV_PIX_FMT_GBRP, 9, 7, AVCOL_SPC_RGB, AVCOL_RANGE_MPEG, AVCHROMA_LOC_UNSPECIFIED },
    { AV_PIX_FMT_GBRP10LE, 9, 7, UNSAID },
    { AV_PIX_FMT_GBRAP16BE, 9, 7, UNSAID },
  };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path =
          g_strdup_printf ("/clip-convert/%s/%d", av_get_pix_fmt_name (cases[i].format), (int) i);

      g_test_add_data_func (path, &cases[i], test_format);
    }
  g_test_add_func ("/clip-convert/palette", test_palette);
  g_test_add_func ("/clip-convert/interlaced", test_interlaced);
  g_test_add_func ("/clip-convert/known-colours", test_known_colours);
  g_test_add_func ("/clip-convert/picture", test_picture);
  g_test_add_func ("/clip-convert/unsupported", test_unsupported);
  return g_test_run ();
}
