/* SPDX-License-Identifier: MIT */
#include "media/convert.h"

#include "base/size.h"
#include "base/wide.h"
#include "media/av-compat.h"
#include "media/image-file.h"

#include <libavutil/pixdesc.h>
#include <math.h>

/* Sample aspects beyond this are taken for damage, and for square pixels. */
#define MAX_SAMPLE_ASPECT 16.0

void
fy_picture_shown_size (const FyPicture *self, int *width, int *height)
{
  double aspect = self->sample_aspect;
  double stretched_width, stretched_height;

  if (!(aspect >= 1 / MAX_SAMPLE_ASPECT && aspect <= MAX_SAMPLE_ASPECT))
    aspect = 1;
  stretched_width = round (self->coded_width * MAX (aspect, 1));
  stretched_height = round (self->coded_height * MAX (1 / aspect, 1));
  *width = (int) (self->orientation.transpose ? stretched_height : stretched_width);
  *height = (int) (self->orientation.transpose ? stretched_width : stretched_height);
}

gboolean
fy_convert_supports (enum AVPixelFormat format)
{
  const AVPixFmtDescriptor *layout = av_pix_fmt_desc_get (format);

  if (layout == NULL || format == AV_PIX_FMT_XYZ12LE || format == AV_PIX_FMT_XYZ12BE)
    return FALSE;
  for (int c = 0; c < layout->nb_components; c++)
    if (layout->comp[c].depth > 16)
      return FALSE;
  return (layout->flags &
          (AV_PIX_FMT_FLAG_HWACCEL | AV_PIX_FMT_FLAG_FLOAT | AV_PIX_FMT_FLAG_BAYER)) == 0;
}

/* Where chroma rows or columns lie among those of luma: luma i is at chroma
 * (i + 0.5 + shift) / 2^log2 - 0.5. */
typedef struct
{
  int log2;
  float shift;
} Siting;

typedef struct
{
  const AVFrame *frame;
  const AVPixFmtDescriptor *layout;
  gboolean palette;
  gboolean grey;
  gboolean rgb;
  float factor[3][3]; /* RGB in 0 .. 255 from the three components as stored */
  float offset[3];    /* half a step for rounding included                   */
  int chroma_width;
  int chroma_height;
  Siting across;
  Siting down;
  gboolean by_field; /* `down` counts within the rows of one field */

  guint16 *raw;        /* [width] */
  float *component[3]; /* [width] */
  float *chroma;       /* [1 + chroma_width + 1], ends repeated */
  guint8 *out[3];      /* [width] */
} Converter;

static void
converter_clear (Converter *self)
{
  g_free (self->raw);
  g_free (self->chroma);
  for (int c = 0; c < 3; c++)
    {
      g_free (self->component[c]);
      g_free (self->out[c]);
    }
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Converter, converter_clear)

/* Fills the matrix from Y' in 0 .. 1 and two colour differences in -0.5 .. 0.5 to R'G'B'. */
static void
fill_matrix (enum AVColorSpace space, int height, double matrix[3][3])
{
  double red = 0.299, blue = 0.114; /* their parts in Y' (ITU-T H.273, table 4) */

  if (space == AVCOL_SPC_YCGCO)
    {
      static const double ycgco[3][3] = { { 1, -1, 1 }, { 1, 1, 0 }, { 1, -1, -1 } };

      for (int i = 0; i < 9; i++)
        matrix[i / 3][i % 3] = ycgco[i / 3][i % 3];
      return;
    }
  if (space == AVCOL_SPC_BT2020_NCL || space == AVCOL_SPC_BT2020_CL)
    red = 0.2627, blue = 0.0593;
  else if (space == AVCOL_SPC_SMPTE240M)
    red = 0.212, blue = 0.087;
  else if (space == AVCOL_SPC_FCC)
    red = 0.30, blue = 0.11;
  else if (space == AVCOL_SPC_BT709 ||
           (space != AVCOL_SPC_BT470BG && space != AVCOL_SPC_SMPTE170M && height > 576))
    red = 0.2126, blue = 0.0722;
  matrix[0][0] = matrix[1][0] = matrix[2][0] = 1;
  matrix[0][1] = matrix[2][2] = 0;
  matrix[0][2] = 2 * (1 - red);
  matrix[2][1] = 2 * (1 - blue);
  matrix[1][1] = -blue * matrix[2][1] / (1 - red - blue);
  matrix[1][2] = -red * matrix[0][2] / (1 - red - blue);
}

static gboolean
is_full_range (const Converter *self)
{
  enum AVPixelFormat format = self->frame->format;

  if (self->palette || format == AV_PIX_FMT_YUVJ420P || format == AV_PIX_FMT_YUVJ422P ||
      format == AV_PIX_FMT_YUVJ444P || format == AV_PIX_FMT_YUVJ440P ||
      format == AV_PIX_FMT_YUVJ411P)
    return TRUE;
  if (self->grey || self->rgb)
    return self->frame->color_range != AVCOL_RANGE_MPEG;
  return self->frame->color_range == AVCOL_RANGE_JPEG;
}

/* Joins range, matrix and the scale of 255 into factor and offset. */
static void
fill_factors (Converter *self)
{
  gboolean full = is_full_range (self);
  double matrix[3][3] = { { 1, 0, 0 }, { 0, 1, 0 }, { 0, 0, 1 } };
  double zero[3], span[3];

  if (self->grey)
    for (int i = 0; i < 3; i++)
      matrix[i][0] = 1, matrix[i][1] = matrix[i][2] = 0;
  else if (!self->rgb && !self->palette)
    fill_matrix (self->frame->colorspace, self->frame->height, matrix);
  for (int c = 0; c < 3; c++)
    {
      int depth = self->palette ? 8 : self->layout->comp[self->grey ? 0 : c].depth;
      double unit = ldexp (1, depth - 8);
      gboolean difference = c > 0 && !self->rgb && !self->palette;

      zero[c] = difference ? 128 * unit : full ? 0 : 16 * unit;
      span[c] = full ? ldexp (1, depth) - 1 : (difference ? 224 : 219) * unit;
    }
  for (int i = 0; i < 3; i++)
    {
      double offset = 0.5;

      for (int c = 0; c < 3; c++)
        {
          self->factor[i][c] = (float) (255 * matrix[i][c] / span[c]);
          offset -= 255 * matrix[i][c] / span[c] * zero[c];
        }
      self->offset[i] = (float) offset;
    }
}

static void
fill_siting (Converter *self)
{
  enum AVChromaLocation location = self->frame->chroma_location;
  gboolean left = location != AVCHROMA_LOC_CENTER && location != AVCHROMA_LOC_TOP &&
                  location != AVCHROMA_LOC_BOTTOM;
  gboolean top = location == AVCHROMA_LOC_TOPLEFT || location == AVCHROMA_LOC_TOP;
  gboolean bottom = location == AVCHROMA_LOC_BOTTOMLEFT || location == AVCHROMA_LOC_BOTTOM;
  float most_x, most_y;

  self->across.log2 = self->layout->log2_chroma_w;
  self->down.log2 = self->layout->log2_chroma_h;
  most_x = (float) ((1 << self->across.log2) - 1) / 2;
  most_y = (float) ((1 << self->down.log2) - 1) / 2;
  self->across.shift = left ? most_x : 0;
  self->down.shift = top ? most_y : bottom ? -most_y : 0;
  self->by_field = self->down.log2 == 1 && fy_av_frame_interlaced (self->frame) &&
                   self->frame->height >= 4 && self->frame->height % 4 == 0;
}

static void
converter_init (Converter *self, const AVFrame *frame)
{
  gsize width = (gsize) frame->width;

  self->frame = frame;
  self->layout = av_pix_fmt_desc_get (frame->format);
  self->palette = (self->layout->flags & AV_PIX_FMT_FLAG_PAL) != 0;
  self->rgb = (self->layout->flags & AV_PIX_FMT_FLAG_RGB) != 0;
  self->grey = !self->palette && !self->rgb && self->layout->nb_components <= 2;
  fill_siting (self);
  fill_factors (self);
  self->chroma_width = AV_CEIL_RSHIFT (frame->width, self->across.log2);
  self->chroma_height = AV_CEIL_RSHIFT (frame->height, self->down.log2);
  self->raw = g_new (guint16, width);
  self->chroma = g_new (float, width + 2);
  for (int c = 0; c < 3; c++)
    {
      self->component[c] = g_new0 (float, width);
      self->out[c] = g_new (guint8, width);
    }
}

/* Reads one row of a component as stored. */
static void
read_row (Converter *self, int c, int y, int width, guint16 *restrict row)
{
  const AVComponentDescriptor *component = &self->layout->comp[c];
  const AVFrame *frame = self->frame;

  if (component->depth == 8 && component->shift == 0 &&
      (self->layout->flags & AV_PIX_FMT_FLAG_BITSTREAM) == 0)
    {
      const guint8 *restrict from = frame->data[component->plane] +
                                    (gssize) y * frame->linesize[component->plane] +
                                    component->offset;

      if (component->step == 1)
        for (int x = 0; x < width; x++)
          row[x] = from[x];
      else
        for (int x = 0; x < width; x++, from += component->step)
          row[x] = *from;
      return;
    }
  av_read_image_line2 (row, (const guint8 **) frame->data, frame->linesize, self->layout, 0, y, c,
                       width, 0, sizeof *row);
  if (frame->format == AV_PIX_FMT_MONOWHITE)
    for (int x = 0; x < width; x++)
      row[x] ^= 1;
}

static void
read_palette_row (Converter *self, int y)
{
  const guint32 *palette = (const guint32 *) (gconstpointer) self->frame->data[1]; /* ARGB */

  read_row (self, 0, y, self->frame->width, self->raw);
  for (int x = 0; x < self->frame->width; x++)
    for (int c = 0; c < 3; c++)
      self->component[c][x] = (float) (palette[self->raw[x]] >> (16 - 8 * c) & 0xff);
}

FY_WIDE static void
read_full_row (Converter *self, int c, int y)
{
  float *restrict to = self->component[c];

  read_row (self, c, y, self->frame->width, self->raw);
  for (int x = 0; x < self->frame->width; x++)
    to[x] = self->raw[x];
}

/* Finds the two chroma rows around luma row y, and the share of the second. */
static float
chroma_rows (const Converter *self, int y, int rows[2])
{
  int fields = self->by_field ? 2 : 1, parity = y % fields;
  float scale = (float) (1 << self->down.log2), shift = self->down.shift, at;
  int last = self->chroma_height / fields - 1;

  /* MPEG-2, 6.1.1.8: in a field, chroma lies a quarter of a field row off the progressive place. */
  if (self->by_field && shift == 0)
    shift = parity == 0 ? 0.25f : -0.25f;
  if (fields == 1)
    last = self->chroma_height - 1;
  at = CLAMP (((float) (y / fields) + 0.5f + shift) / scale - 0.5f, 0, (float) last);
  rows[0] = (int) at;
  rows[1] = MIN (rows[0] + 1, last);
  at -= (float) rows[0];
  for (int i = 0; i < 2; i++)
    rows[i] = rows[i] * fields + parity;
  return at;
}

/* Spreads a row of chroma, whose ends are repeated, over twice as many pixels. */
FY_WIDE static void
widen_twice (const float *restrict chroma, float shift, int width, float *restrict to)
{
  /* luma 2k is at chroma k + even <= k, luma 2k + 1 at k + odd >= k */
  float even = (0.5f + shift) / 2 - 0.5f, odd = (1.5f + shift) / 2 - 0.5f;
  int pairs = width / 2;

  for (int k = 0; k < pairs; k++)
    {
      to[2 * k] = -even * chroma[k - 1] + (1 + even) * chroma[k];
      to[2 * k + 1] = (1 - odd) * chroma[k] + odd * chroma[k + 1];
    }
  if (width % 2 != 0)
    to[width - 1] = -even * chroma[pairs - 1] + (1 + even) * chroma[pairs];
}

static void
widen (const Converter *self, const float *chroma, float *to)
{
  float scale = (float) (1 << self->across.log2);
  int width = self->frame->width;

  if (self->across.log2 == 1)
    {
      widen_twice (chroma, self->across.shift, width, to);
      return;
    }
  for (int x = 0; x < width; x++)
    {
      float at = ((float) x + 0.5f + self->across.shift) / scale - 0.5f;
      int left;

      at = CLAMP (at, 0, (float) (self->chroma_width - 1));
      left = (int) at;
      at -= (float) left;
      to[x] = (1 - at) * chroma[left] + at * chroma[left + 1];
    }
}

FY_WIDE static void
read_chroma_row (Converter *self, int c, int y)
{
  float *restrict chroma = self->chroma + 1;
  int width = self->chroma_width;
  int rows[2];
  float share = chroma_rows (self, y, rows);

  read_row (self, c, rows[0], width, self->raw);
  for (int x = 0; x < width; x++)
    chroma[x] = (1 - share) * self->raw[x];
  if (share > 0)
    {
      read_row (self, c, rows[1], width, self->raw);
      for (int x = 0; x < width; x++)
        chroma[x] += share * self->raw[x];
    }
  chroma[-1] = chroma[0];
  chroma[width] = chroma[width - 1];
  widen (self, chroma, self->component[c]);
}

FY_WIDE static void
convert_row (Converter *self, guint8 *restrict rgb)
{
  int width = self->frame->width;
  const float *restrict a = self->component[0];
  const float *restrict b = self->component[1];
  const float *restrict c = self->component[2];

  for (int i = 0; i < 3; i++)
    {
      const float *f = self->factor[i];
      float f0 = f[0], f1 = f[1], f2 = f[2], offset = self->offset[i];
      guint8 *restrict out = self->out[i];

      for (int x = 0; x < width; x++)
        {
          float value = f0 * a[x] + f1 * b[x] + f2 * c[x] + offset;

          value = value > 0 ? value : 0;
          out[x] = (guint8) (int) (value < 255 ? value : 255);
        }
    }
  for (int x = 0; x < width; x++)
    for (int i = 0; i < 3; i++)
      rgb[3 * x + i] = self->out[i][x];
}

static FyFrame *
convert_stored (const AVFrame *frame)
{
  g_auto (Converter) self = { 0 };
  FyFrame *stored = fy_frame_new (frame->width, frame->height);

  if (stored == NULL)
    return NULL;
  converter_init (&self, frame);
  for (int y = 0; y < frame->height; y++)
    {
      if (self.palette)
        read_palette_row (&self, y);
      for (int c = 0; !self.palette && c < (self.grey ? 1 : 3); c++)
        if (c > 0 && !self.rgb && (self.across.log2 > 0 || self.down.log2 > 0))
          read_chroma_row (&self, c, y);
        else
          read_full_row (&self, c, y);
      convert_row (&self, stored->rgb + (gsize) y * (gsize) frame->width * 3);
    }
  return stored;
}

FyFrame *
fy_convert (const AVFrame *frame, const FyPicture *picture)
{
  g_autoptr (FyFrame) stored = convert_stored (frame);
  g_autoptr (FyFrame) square = NULL;
  FyPicture lying = *picture; /* before it is turned */
  int width, height;

  if (stored == NULL)
    return NULL;
  lying.orientation = (FyOrientation){ FALSE };
  fy_picture_shown_size (&lying, &width, &height);
  square = fy_frame_scale (stored, width, height);
  return square != NULL ? fy_orientation_apply (picture->orientation, square) : NULL;
}
