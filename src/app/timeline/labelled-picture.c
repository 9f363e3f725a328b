/* SPDX-License-Identifier: MIT */
#include "app/timeline/labelled-picture.h"

#include <string.h>

#define JOINT_SIZE 3 /* pixels */

typedef struct
{
  FyRgb colour;
  gboolean shown;
} Entry;

struct FerryColours
{
  int width; /* of the clip */
  int height;
  int n; /* ids below */
  Entry entry[];
};

FerryColours *
ferry_colours_new (FyLabelSet *labels)
{
  FerryColours *self;
  int n = 0;

  for (int i = 0; i < fy_label_set_n_objects (labels); i++)
    n = MAX (n, fy_label_set_object (labels, i)->id + 1);
  self = g_malloc0 (sizeof *self + sizeof *self->entry * (gsize) n);
  self->n = n;
  self->width = fy_label_set_width (labels);
  self->height = fy_label_set_height (labels);
  for (int i = 0; i < fy_label_set_n_objects (labels); i++)
    {
      const FyObject *object = fy_label_set_object (labels, i);

      self->entry[object->id] = (Entry){ object->colour, !object->hidden };
    }
  return self;
}

void
ferry_colours_free (FerryColours *self)
{
  g_free (self);
}

static const Entry *
find (const FerryColours *self, guint16 id)
{
  return id < self->n && self->entry[id].shown ? &self->entry[id] : NULL;
}

static void
blend (guint8 *rgb, FyRgb colour, int alpha)
{
  rgb[0] = (guint8) ((rgb[0] * (256 - alpha) + colour.r * alpha) >> 8);
  rgb[1] = (guint8) ((rgb[1] * (256 - alpha) + colour.g * alpha) >> 8);
  rgb[2] = (guint8) ((rgb[2] * (256 - alpha) + colour.b * alpha) >> 8);
}

static void
draw_map (FyFrame *picture, const FyRunMap *map, const FerryColours *colours, int alpha)
{
  int width = fy_run_map_width (map);
  int height = fy_run_map_height (map);

  for (int y = 0; y < picture->height; y++)
    for (int x = 0; x < picture->width; x++)
      {
        guint16 id = fy_run_map_at (map, (2 * x + 1) * width / (2 * picture->width),
                                    (2 * y + 1) * height / (2 * picture->height));
        const Entry *entry = id != FY_ID_BACKGROUND ? find (colours, id) : NULL;

        if (entry != NULL)
          blend (&picture->rgb[((gsize) y * (gsize) picture->width + (gsize) x) * 3], entry->colour,
                 alpha);
      }
}

static void
draw_joint (FyFrame *picture, const FyPoint *point, const FerryColours *colours)
{
  const Entry *entry = find (colours, point->object);
  int left = (int) (point->x * (float) picture->width / (float) colours->width) - JOINT_SIZE / 2;
  int top = (int) (point->y * (float) picture->height / (float) colours->height) - JOINT_SIZE / 2;

  if (entry == NULL || point->state == FY_JOINT_ABSENT)
    return;
  for (int y = MAX (top, 0); y < MIN (top + JOINT_SIZE, picture->height); y++)
    for (int x = MAX (left, 0); x < MIN (left + JOINT_SIZE, picture->width); x++)
      blend (&picture->rgb[((gsize) y * (gsize) picture->width + (gsize) x) * 3], entry->colour,
             256);
}

FyFrame *
ferry_labelled_picture (FyFrame *picture,
                        const FyFrameLabels *labels,
                        const FerryColours *colours,
                        double opacity)
{
  FyFrame *drawn;

  if (labels == NULL || (labels->map == NULL && labels->n_points == 0))
    return fy_frame_ref (picture);
  drawn = fy_frame_new (picture->width, picture->height);
  if (drawn == NULL)
    return fy_frame_ref (picture);
  drawn->number = picture->number;
  drawn->time_us = picture->time_us;
  memcpy (drawn->rgb, picture->rgb, (gsize) picture->width * (gsize) picture->height * 3);
  if (labels->map != NULL)
    draw_map (drawn, labels->map, colours, (int) (CLAMP (opacity, 0, 1) * 256));
  for (int i = 0; i < labels->n_points; i++)
    draw_joint (drawn, &labels->point[i], colours);
  return drawn;
}
