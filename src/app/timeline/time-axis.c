/* SPDX-License-Identifier: MIT */
#include "app/timeline/time-axis.h"

#include <math.h>

static double
least_scale (const FerryTimeAxis *self)
{
  if (self->n_frames <= 0 || self->width <= 0)
    return 1;
  return MIN (self->width / self->n_frames, FERRY_TIME_AXIS_MAX_SCALE);
}

static void
clamp (FerryTimeAxis *self)
{
  double least = least_scale (self);

  if (self->fits || !(self->scale > least))
    self->scale = least;
  self->scale = MIN (self->scale, FERRY_TIME_AXIS_MAX_SCALE);
  self->fits = self->scale <= least;
  self->offset =
      CLAMP (self->offset, 0, MAX (0, ferry_time_axis_length (self) - MAX (self->width, 0)));
}

void
ferry_time_axis_set_length (FerryTimeAxis *self, int n_frames)
{
  self->n_frames = MAX (n_frames, 0);
  ferry_time_axis_fit (self);
}

void
ferry_time_axis_set_width (FerryTimeAxis *self, double width)
{
  self->width = width;
  clamp (self);
}

void
ferry_time_axis_fit (FerryTimeAxis *self)
{
  self->fits = TRUE;
  self->offset = 0;
  clamp (self);
}

void
ferry_time_axis_zoom (FerryTimeAxis *self, double factor, double x)
{
  double place;

  if (self->n_frames == 0 || !(factor > 0))
    return;
  place = (self->offset + x) / self->scale;
  self->fits = FALSE;
  self->scale = CLAMP (self->scale * factor, least_scale (self), FERRY_TIME_AXIS_MAX_SCALE);
  self->offset = place * self->scale - x;
  clamp (self);
}

void
ferry_time_axis_scroll_to (FerryTimeAxis *self, double offset)
{
  self->offset = offset;
  clamp (self);
}

gboolean
ferry_time_axis_reveal (FerryTimeAxis *self, int frame)
{
  const double margin = MIN (self->width / 4, 24);
  double before = self->offset;
  double left = frame * self->scale - margin;
  double right = (frame + 1) * self->scale + margin - self->width;

  if (self->offset > left)
    ferry_time_axis_scroll_to (self, left);
  else if (self->offset < right)
    ferry_time_axis_scroll_to (self, right);
  return self->offset != before;
}

double
ferry_time_axis_length (const FerryTimeAxis *self)
{
  return self->n_frames * self->scale;
}

double
ferry_time_axis_x (const FerryTimeAxis *self, double frame)
{
  return frame * self->scale - self->offset;
}

double
ferry_time_axis_centre (const FerryTimeAxis *self, int frame)
{
  return ferry_time_axis_x (self, frame + 0.5);
}

int
ferry_time_axis_frame (const FerryTimeAxis *self, double x)
{
  double frame = floor ((x + self->offset) / self->scale);

  return (int) CLAMP (frame, 0, MAX (self->n_frames - 1, 0));
}

void
ferry_time_axis_visible (const FerryTimeAxis *self, int *first, int *last)
{
  *first = ferry_time_axis_frame (self, 0);
  *last =
      self->width > 0 ? MIN (ferry_time_axis_frame (self, self->width), self->n_frames - 1) : -1;
}

int
ferry_time_axis_tick (const FerryTimeAxis *self, double pixels)
{
  static const int steps[] = { 1, 2, 5 };

  for (int decade = 1; decade < 100000000; decade *= 10)
    for (gsize i = 0; i < G_N_ELEMENTS (steps); i++)
      if (steps[i] * decade * self->scale >= pixels)
        return steps[i] * decade;
  return 100000000;
}

int
ferry_time_axis_slot (const FerryTimeAxis *self, double pixels)
{
  int step = 1;

  while (step * self->scale < pixels && step < 1 << 28)
    step = (step & (step - 1)) != 0 ? step / 3 * 4 : step == 1 ? 2 : step / 2 * 3;
  return step;
}
