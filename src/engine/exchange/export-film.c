/* SPDX-License-Identifier: MIT */
/* Labels drawn over pictures: a film, or one picture. */
#include "exchange/export-job.h"
#include "exchange/picture.h"
#include "label/overlay.h"

#include <math.h>

/* --- Drawing --- */

/* What the picture shows of a map: hidden objects are not seen. */
static FyIdMap *
visible_map (const FyExport *self, int frame)
{
  FyIdMap *map = fy_export_map (self, frame);
  g_autofree guint8 *hidden = g_new0 (guint8, 65536);
  gboolean any = FALSE;

  for (int i = 0; i < self->n_objects; i++)
    any |= hidden[self->object[i]->id] = self->object[i]->hidden;
  for (gsize i = 0, n = (gsize) map->width * (gsize) map->height; any && i < n; i++)
    if (hidden[map->id[i]] != 0)
      map->id[i] = FY_ID_BACKGROUND;
  return map;
}

/* Each object's own colour, by id - 1.  Returns: (transfer full). */
static FyRgb *
colours_of (const FyExport *self, int *n)
{
  FyRgb *colour;

  *n = 0;
  for (int i = 0; i < self->n_objects; i++)
    *n = MAX (*n, self->object[i]->id);
  colour = g_new (FyRgb, MAX (*n, 1));
  for (int i = 0; i < *n; i++)
    colour[i] = fy_display_colour ((guint16) (i + 1));
  for (int i = 0; i < self->n_objects; i++)
    colour[self->object[i]->id - 1] = self->object[i]->colour;
  return colour;
}

/* Blackens pixels: those without an object, or all. */
static void
blacken (guint8 *rgb, const FyIdMap *map, gboolean all)
{
  gsize n = (gsize) map->width * (gsize) map->height;

  for (gsize i = 0; i < n; i++)
    if (all || map->id[i] == FY_ID_BACKGROUND || map->id[i] == FY_ID_VOID)
      rgb[3 * i] = rgb[3 * i + 1] = rgb[3 * i + 2] = 0;
}

static void
draw_masks (const FyExport *self, const FyIdMap *map, guint8 *rgb)
{
  FyOverlayParams params = { .opacity = self->opacity,
                             .no_fill = self->style == FY_EXPORT_OUTLINE,
                             .no_outline = self->style != FY_EXPORT_OUTLINE &&
                                           self->style != FY_EXPORT_BOTH };
  g_autofree FyRgb *colour = colours_of (self, &params.n_colours);

  params.colours = colour;
  if (self->style == FY_EXPORT_LABELS)
    params.opacity = 1.0;
  if (self->style == FY_EXPORT_CUT_OUT || self->style == FY_EXPORT_LABELS)
    blacken (rgb, map, self->style == FY_EXPORT_LABELS);
  if (self->style != FY_EXPORT_CUT_OUT)
    fy_overlay_draw (rgb, map, &params);
}

/* --- Skeletons --- */

typedef struct
{
  guint8 *rgb;
  int width;
  int height;
  double radius; /* pixels of a joint's disc; a bone is half as wide */
} Canvas;

/* A pixel within `to` pixels of the line from a to b, and not within `from`. */
static void
draw_capsule (const Canvas *canvas,
              const FyPoint *a,
              const FyPoint *b,
              double from,
              double to,
              FyRgb colour)
{
  double dx = (double) (b->x - a->x), dy = (double) (b->y - a->y), length = dx * dx + dy * dy;
  int left = MAX (0, (int) floor ((double) MIN (a->x, b->x) - to));
  int top = MAX (0, (int) floor ((double) MIN (a->y, b->y) - to));
  int right = MIN (canvas->width - 1, (int) ceil ((double) MAX (a->x, b->x) + to));
  int bottom = MIN (canvas->height - 1, (int) ceil ((double) MAX (a->y, b->y) + to));

  for (int y = top; y <= bottom; y++)
    for (int x = left; x <= right; x++)
      {
        double px = x + 0.5 - (double) a->x, py = y + 0.5 - (double) a->y;
        double t = length > 0.0 ? CLAMP ((px * dx + py * dy) / length, 0.0, 1.0) : 0.0;
        double distance = hypot (px - t * dx, py - t * dy);
        guint8 *pixel = canvas->rgb + 3 * ((gsize) y * (gsize) canvas->width + (gsize) x);

        if (distance > to || distance < from)
          continue;
        pixel[0] = colour.r;
        pixel[1] = colour.g;
        pixel[2] = colour.b;
      }
}

static const FyPoint *
placed (const FyFrameLabels *labels, const FyObject *object, int joint)
{
  const FyPoint *point =
      joint >= 0 ? fy_frame_labels_point (labels, object->id, (guint16) joint) : NULL;

  return point != NULL && point->state != FY_JOINT_ABSENT ? point : NULL;
}

/* Bones, then joints over them: a disc, or a ring where it cannot be seen. */
static void
draw_skeleton (const Canvas *canvas, const FyFrameLabels *labels, const FyObject *object)
{
  const FySkeleton *skeleton = &object->skeleton;

  for (int i = 0; i < skeleton->n_joints; i++)
    {
      const FyPoint *joint = placed (labels, object, i);
      const FyPoint *parent = placed (labels, object, skeleton->parent[i]);

      if (joint != NULL && parent != NULL)
        draw_capsule (canvas, joint, parent, 0.0, canvas->radius / 2, object->colour);
    }
  for (int i = 0; i < skeleton->n_joints; i++)
    {
      const FyPoint *joint = placed (labels, object, i);

      if (joint != NULL)
        draw_capsule (canvas, joint, joint,
                      joint->state == FY_JOINT_OCCLUDED ? canvas->radius * 0.6 : 0.0,
                      canvas->radius, object->colour);
    }
}

void
fy_export_draw (const FyExport *self, int frame, guint8 *rgb)
{
  const FyFrameLabels *labels = self->labels[frame];
  g_autoptr (FyIdMap) map = NULL;
  Canvas canvas = { rgb, self->info->width, self->info->height,
                    MAX (2.0, MIN (self->info->width, self->info->height) / 160.0) };

  if (self->style == FY_EXPORT_OFF)
    return;
  map = visible_map (self, frame);
  draw_masks (self, map, rgb);
  for (int i = 0; labels != NULL && labels->n_points > 0 && i < self->n_objects; i++)
    if (!self->object[i]->hidden && self->object[i]->kind == FY_OBJECT_SKELETON)
      draw_skeleton (&canvas, labels, self->object[i]);
}

/* --- Writing --- */

/* Returns: (transfer full) the drawn picture's pixels; time_us: out, nullable. */
static guint8 *
make_picture (const FyExportJob *job, int number, gint64 *time_us, GError **error)
{
  g_autoptr (FyFrame) frame = fy_clip_frame (job->export->clip, number, job->cancellable, error);
  guint8 *rgb;

  if (frame == NULL)
    return NULL;
  rgb = g_memdup2 (frame->rgb, (gsize) frame->width * (gsize) frame->height * 3);
  fy_export_draw (job->export, number, rgb);
  if (time_us != NULL)
    *time_us = fy_clip_frame_time (job->export->clip, number);
  return rgb;
}

gboolean
fy_export_write_picture (const FyExportJob *job, GError **error)
{
  const FyClipInfo *info = job->export->info;
  g_autofree guint8 *rgb = make_picture (job, job->export->first, NULL, error);

  return rgb != NULL && fy_export_step (job, job->export->first, error) &&
         fy_picture_write (job->path, rgb, info->width, info->height, error);
}

gboolean
fy_export_write_film (const FyExportJob *job, GError **error)
{
  const FyExport *self = job->export;
  FyFilmParams params = { .codec = self->codec,
                          .frames_per_second = self->info->frames_per_second };
  g_autoptr (FyFilm) film =
      fy_film_new (job->path, self->info->width, self->info->height, &params, error);

  if (film == NULL)
    return FALSE;
  for (int i = self->first; i <= self->last; i++)
    {
      g_autofree guint8 *rgb = NULL;
      gint64 time_us;

      if (!fy_export_step (job, i, error))
        return FALSE;
      if (!fy_export_wants (job, i))
        continue;
      rgb = make_picture (job, i, &time_us, error);
      if (rgb == NULL || !fy_film_add (film, rgb, time_us, error))
        return FALSE;
    }
  return fy_film_finish (film, error);
}
