/* SPDX-License-Identifier: MIT */
#include "app/timeline/lane-painter.h"

#include <math.h>
#include <string.h>

#define MARGIN      4   /* pixels above and below the band */
#define MARK_RADIUS 5.5 /* pixels, half a diamond's diagonal */
#define MARK_REACH  7   /* pixels in which a click means a mark */
#define LINE        1.6 /* pixels, of the curve */
#define WIDE_FRAME  12  /* pixels from which on frames are told apart */
#define LOW_TRUST   0.35f
#define HIGH_TRUST  0.7f

/* What a column of device pixels shows. */
typedef struct
{
  FyProvenance provenance;
  gboolean reviewed;
  gboolean begins; /* a frame, wide enough to be told from the one before */
  float trust;     /* -1 = not known */
} Column;

typedef struct
{
  const FerryLaneStyle *style;
  guint32 *pixel;
  int width;
  int height;
  double shift; /* device pixels scrolled away: patterns move with the clip */
  double top;   /* of the band */
  double bottom;
} Painter;

/* Lays a colour over a pixel; alpha 0 .. 1. */
static inline void
blend (guint32 *pixel, FyRgb colour, float alpha)
{
  guint32 a = (guint32) (CLAMP (alpha, 0.0f, 1.0f) * 256);
  guint32 under = 256 - a;
  guint32 old = *pixel;
  guint32 red = (a * colour.r + under * (old >> 16 & 255)) >> 8;
  guint32 green = (a * colour.g + under * (old >> 8 & 255)) >> 8;
  guint32 blue = (a * colour.b + under * (old & 255)) >> 8;
  guint32 opacity = (a * 255 + under * (old >> 24)) >> 8;

  *pixel = opacity << 24 | red << 16 | green << 8 | blue;
}

static FyRgb
mix (FyRgb a, FyRgb b, float share)
{
  return (FyRgb){ (guint8) (a.r + share * (float) (b.r - a.r)),
                  (guint8) (a.g + share * (float) (b.g - a.g)),
                  (guint8) (a.b + share * (float) (b.b - a.b)) };
}

/* Fills rows y .. y_end of a column, ends in parts. */
static void
fill (Painter *self, int x, double y, double y_end, FyRgb colour, float alpha)
{
  int first = (int) MAX (floor (y), 0);
  int last = (int) MIN (ceil (y_end), self->height);

  for (int row = first; row < last; row++)
    {
      double covered = MIN (y_end, row + 1) - MAX (y, row);

      if (covered > 0)
        blend (&self->pixel[(gsize) row * self->width + x], colour, alpha * (float) covered);
    }
}

/* --- What is where --- */

static Column
gather (const FerryLaneCell *row, const FerryTimeAxis *axis, double x, double x_end)
{
  int first = ferry_time_axis_frame (axis, x);
  int last = MAX (first, (int) ceil ((x_end + axis->offset) / axis->scale) - 1);
  int count[FY_N_PROVENANCES] = { 0 };
  Column column = { .provenance = FY_PROVENANCE_NONE, .trust = -1 };
  int least = 256;

  if (row == NULL || (x + axis->offset) / axis->scale >= axis->n_frames)
    return column;
  last = MIN (last, axis->n_frames - 1);
  for (int frame = first; frame <= last; frame++)
    {
      guint8 provenance = row[frame].state & FERRY_LANE_PROVENANCE;

      count[provenance < FY_N_PROVENANCES ? provenance : 0]++;
      column.reviewed = column.reviewed || (row[frame].state & FERRY_LANE_REVIEWED) != 0;
      if (provenance == FY_PROVENANCE_CARRIED && row[frame].trust > 0)
        least = MIN (least, row[frame].trust);
    }
  for (int i = 1; i < FY_N_PROVENANCES; i++)
    if (count[i] > 0 && (column.provenance == 0 || count[i] > count[column.provenance]))
      column.provenance = (FyProvenance) i;
  if (least < 256)
    column.trust = (float) (least - 1) / 254;
  column.begins =
      axis->scale >= WIDE_FRAME && ferry_time_axis_frame (axis, x - (x_end - x)) != first;
  return column;
}

/* Where frames are wide, the curve goes from the middle of one to that of the next. */
static float
smooth_trust (const FerryLaneCell *row, const FerryTimeAxis *axis, double x, float trust)
{
  double place = (x + axis->offset) / axis->scale - 0.5;
  int frame = (int) floor (place);
  float part = (float) (place - frame);
  const FerryLaneCell *a;

  if (trust < 0 || axis->scale < 2 || frame < 0 || frame + 1 >= axis->n_frames)
    return trust;
  a = &row[frame];
  for (int i = 0; i < 2; i++)
    if ((a[i].state & FERRY_LANE_PROVENANCE) != FY_PROVENANCE_CARRIED || a[i].trust == 0)
      return trust;
  return ((float) (a[0].trust - 1) * (1 - part) + (float) (a[1].trust - 1) * part) / 254;
}

/* --- Bands --- */

static gboolean
in_pattern (const Painter *self, double place, double period, double filled)
{
  double rest = fmod (place, period * self->style->scale);

  return (rest < 0 ? rest + period * self->style->scale : rest) < filled * self->style->scale;
}

static void
paint_stated (Painter *self, int x, gboolean absent)
{
  const FerryLaneStyle *style = self->style;
  float alpha = style->contrast ? 1 : 0.42f;

  for (int y = (int) self->top; y < (int) self->bottom; y++)
    if (absent ? in_pattern (self, x + self->shift + y, 7, 1.3)
               : in_pattern (self, x + self->shift, 6, 2) && y > self->top + 3 * style->scale &&
                     y < self->bottom - 4 * style->scale)
      blend (&self->pixel[(gsize) y * self->width + x], style->text, alpha);
  fill (self, x, self->top, self->top + style->scale, style->text, alpha);
  fill (self, x, self->bottom - style->scale, self->bottom, style->text, alpha);
}

static void
paint_imported (Painter *self, int x)
{
  fill (self, x, self->top, self->bottom, self->style->colour, 0.3f);
  for (int y = (int) self->top; y < (int) self->bottom; y++)
    if (in_pattern (self, y - self->top, 4, 2))
      blend (&self->pixel[(gsize) y * self->width + x], self->style->colour, 0.9f);
}

static double
curve_y (const Painter *self, float trust)
{
  double line = LINE * self->style->scale;

  return self->bottom - line / 2 - (double) trust * (self->bottom - self->top - line);
}

static void
paint_carried (Painter *self, int x, float trust, float before)
{
  const FerryLaneStyle *style = self->style;
  double half = LINE * style->scale / 2;
  float high = CLAMP ((trust - LOW_TRUST) / (HIGH_TRUST - LOW_TRUST), 0.0f, 1.0f);
  double y;
  double y_before;

  if (trust < 0)
    {
      fill (self, x, self->top, self->bottom, style->colour, style->contrast ? 0.6f : 0.4f);
      return;
    }
  y = curve_y (self, trust);
  y_before = before < 0 ? y : curve_y (self, before);
  fill (self, x, self->top, y, mix (style->weak, style->colour, high), 0.16f);
  fill (self, x, y, self->bottom, mix (style->weak, style->colour, high), 0.55f);
  fill (self, x, MIN (y, y_before) - half, MAX (y, y_before) + half,
        mix (style->weak, style->text, high), style->contrast ? 1 : 0.85f);
}

static void
paint_nothing (Painter *self, int x)
{
  const FerryLaneStyle *style = self->style;
  double middle = (self->top + self->bottom) / 2;

  if (in_pattern (self, x + self->shift, 5, 1))
    fill (self, x, middle, middle + style->scale, style->text, style->contrast ? 0.8f : 0.35f);
}

static void
paint_column (Painter *self, int x, const Column *column, float before)
{
  const FerryLaneStyle *style = self->style;

  switch (column->provenance)
    {
    case FY_PROVENANCE_CARRIED:
      paint_carried (self, x, column->trust, before);
      break;
    case FY_PROVENANCE_HAND:
    case FY_PROVENANCE_CORRECTED:
      fill (self, x, self->top, self->bottom, style->colour, 0.9f);
      break;
    case FY_PROVENANCE_IMPORTED:
      paint_imported (self, x);
      break;
    case FY_PROVENANCE_ABSENT:
    case FY_PROVENANCE_OCCLUDED:
      paint_stated (self, x, column->provenance == FY_PROVENANCE_ABSENT);
      break;
    case FY_PROVENANCE_NONE:
    case FY_N_PROVENANCES:
    default:
      paint_nothing (self, x);
    }
  if (column->begins && column->provenance != FY_PROVENANCE_NONE)
    fill (self, x, self->top, self->bottom, style->base, 0.6f);
  if (column->reviewed)
    fill (self, x, self->bottom + style->scale, self->bottom + 3.0 * style->scale, style->good, 1);
}

/* --- Marks --- */

static void
paint_mark (Painter *self, double centre, gboolean hollow)
{
  const FerryLaneStyle *style = self->style;
  double radius = MARK_RADIUS * style->scale;
  double middle = self->height / 2.0;

  for (int y = (int) (middle - radius - 2); y < (int) (middle + radius + 2); y++)
    for (int x = (int) (centre - radius - 2); x < (int) (centre + radius + 2); x++)
      {
        double inside = radius - fabs (x + 0.5 - centre) - fabs (y + 0.5 - middle);
        guint32 *pixel;

        if (x < 0 || x >= self->width || y < 0 || y >= self->height)
          continue;
        pixel = &self->pixel[(gsize) y * self->width + x];
        blend (pixel, style->base, (float) CLAMP (inside + 1.5 * style->scale + 0.5, 0, 1));
        blend (pixel, style->text, (float) CLAMP (inside + 0.5, 0, 1));
        if (hollow)
          blend (pixel, style->base, (float) CLAMP (inside - 2.0 * style->scale + 0.5, 0, 1));
      }
}

static gboolean
is_marked (const FerryLaneCell *cell)
{
  guint8 provenance = cell->state & FERRY_LANE_PROVENANCE;

  return provenance == FY_PROVENANCE_HAND || provenance == FY_PROVENANCE_CORRECTED;
}

static void
paint_marks (Painter *self, const FerryLaneCell *row, const FerryTimeAxis *axis)
{
  const double apart = MARK_RADIUS * self->style->scale;
  double drawn = -1e9;
  int first;
  int last;

  ferry_time_axis_visible (axis, &first, &last);
  for (int frame = first; frame <= last; frame++)
    {
      double centre = ferry_time_axis_centre (axis, frame) * self->style->scale;

      if (!is_marked (&row[frame]) || centre - drawn < apart)
        continue;
      paint_mark (self, centre,
                  (row[frame].state & FERRY_LANE_PROVENANCE) == FY_PROVENANCE_CORRECTED);
      drawn = centre;
    }
}

/* --- All of it --- */

void
ferry_lane_paint (const FerryLaneCell *row,
                  const FerryTimeAxis *axis,
                  const FerryLaneStyle *style,
                  guint32 *pixel,
                  int width,
                  int height)
{
  Painter self = { .style = style,
                   .pixel = pixel,
                   .width = width,
                   .height = height,
                   .shift = axis->offset * style->scale,
                   .top = MARGIN * style->scale,
                   .bottom = height - MARGIN * style->scale };
  float before = -1;

  memset (pixel, 0, sizeof *pixel * (gsize) width * (gsize) height);
  for (int x = 0; x < width; x++)
    {
      double left = (double) x / style->scale;
      double right = (double) (x + 1) / style->scale;
      Column column = gather (row, axis, left, right);

      if (right + axis->offset > ferry_time_axis_length (axis) + 1)
        break;
      column.trust = smooth_trust (row, axis, (left + right) / 2, column.trust);
      paint_column (&self, x, &column, before);
      before = column.provenance == FY_PROVENANCE_CARRIED ? column.trust : -1;
    }
  if (row != NULL)
    paint_marks (&self, row, axis);
}

GArray *
ferry_lane_spans (const FerryLaneCell *row, const FerryTimeAxis *axis, double least_width)
{
  GArray *spans = g_array_new (FALSE, FALSE, sizeof (FerryLaneSpan));
  int begin = 0;
  int first;
  int last;

  ferry_time_axis_visible (axis, &first, &last);
  if (row == NULL || last < first)
    return spans;
  begin = first;
  for (int frame = first + 1; frame <= last + 1; frame++)
    {
      FyProvenance provenance = row[begin].state & FERRY_LANE_PROVENANCE;
      FerryLaneSpan span = { provenance, MAX (ferry_time_axis_x (axis, begin), 0), 0 };

      if (frame <= last && (row[frame].state & FERRY_LANE_PROVENANCE) == provenance)
        continue;
      begin = frame;
      span.width = MIN (ferry_time_axis_x (axis, frame), axis->width) - span.x;
      if ((provenance == FY_PROVENANCE_ABSENT || provenance == FY_PROVENANCE_OCCLUDED) &&
          span.width >= least_width)
        g_array_append_val (spans, span);
    }
  return spans;
}

int
ferry_lane_mark_at (const FerryLaneCell *row, const FerryTimeAxis *axis, double x)
{
  double nearest = MARK_REACH;
  int found = -1;
  int first = ferry_time_axis_frame (axis, x - MARK_REACH - axis->scale);
  int last = ferry_time_axis_frame (axis, x + MARK_REACH + axis->scale);

  for (int frame = first; row != NULL && frame <= last && frame < axis->n_frames; frame++)
    {
      double away = fabs (ferry_time_axis_centre (axis, frame) - x);

      if (is_marked (&row[frame]) && away <= nearest)
        {
          nearest = away;
          found = frame;
        }
    }
  return found;
}
