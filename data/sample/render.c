/* SPDX-License-Identifier: MIT */
#include "render.h"

#include "scene.h"

#include "base/parallel.h"

#include <math.h>

#define SAMPLES 3 /* a side of a pixel */

static guint8
to_srgb (double linear)
{
  double v = CLAMP (linear, 0.0, 1.0);

  v = v <= 0.0031308 ? 12.92 * v : 1.055 * pow (v, 1 / 2.4) - 0.055;
  return (guint8) (v * 255 + 0.5);
}

typedef struct
{
  Scene scene;
  guint8 *rgb;
  FyIdMap *mask;
} Render;

static void
render_picture_row (int y, int worker, gpointer user_data)
{
  const Render *self = user_data;
  guint8 *out = self->rgb + (gsize) y * SCENE_WIDTH * 3;

  for (int x = 0; x < SCENE_WIDTH; x++, out += 3)
    {
      SceneColour sum = { 0, 0, 0 };

      for (int i = 0; i < SAMPLES * SAMPLES; i++)
        {
          ScenePoint at = { x + (i % SAMPLES + 0.5) / SAMPLES, y + (i / SAMPLES + 0.5) / SAMPLES };
          SceneColour colour = scene_colour (&self->scene, at);

          sum.r += colour.r;
          sum.g += colour.g;
          sum.b += colour.b;
        }
      out[0] = to_srgb (sum.r / (SAMPLES * SAMPLES));
      out[1] = to_srgb (sum.g / (SAMPLES * SAMPLES));
      out[2] = to_srgb (sum.b / (SAMPLES * SAMPLES));
    }
}

guint8 *
render_picture (int frame)
{
  Render self = { .scene = scene_at (frame),
                  .rgb = g_new (guint8, SCENE_WIDTH * SCENE_HEIGHT * 3) };

  fy_parallel_for (SCENE_HEIGHT, render_picture_row, &self);
  return self.rgb;
}

static void
render_mask_row (int y, int worker, gpointer user_data)
{
  const Render *self = user_data;
  guint16 *out = self->mask->id + (gsize) y * SCENE_WIDTH;

  for (int x = 0; x < SCENE_WIDTH; x++)
    out[x] = (guint16) scene_label (&self->scene, (ScenePoint){ x + 0.5, y + 0.5 });
}

FyIdMap *
render_mask (int frame)
{
  Render self = { .scene = scene_at (frame), .mask = fy_id_map_new (SCENE_WIDTH, SCENE_HEIGHT) };

  fy_parallel_for (SCENE_HEIGHT, render_mask_row, &self);
  return self.mask;
}

/* In the picture, and not below another object. */
static gboolean
is_visible (const Scene *scene, const SceneMark *mark, ScenePoint at)
{
  return at.x >= 0 && at.x < SCENE_WIDTH && at.y >= 0 && at.y < SCENE_HEIGHT &&
         scene_label (scene, at) == mark->label;
}

char *
render_points (void)
{
  GString *csv = g_string_new ("frame,object,point,x,y,visible\n");
  int n;
  const SceneMark *marks = scene_marks (&n);

  for (int frame = 0; frame < SCENE_FRAMES; frame++)
    {
      Scene scene = scene_at (frame);

      for (int i = 0; i < n; i++)
        {
          ScenePoint at = scene_mark_position (&scene, &marks[i]);

          g_string_append_printf (csv, "%d,%s,%s,%.2f,%.2f,%d\n", frame,
                                  scene_label_name (marks[i].label), marks[i].name, at.x, at.y,
                                  is_visible (&scene, &marks[i], at));
        }
    }
  return g_string_free (csv, FALSE);
}
