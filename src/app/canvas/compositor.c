/* SPDX-License-Identifier: MIT */
#include "app/canvas/compositor.h"

#include "app/canvas/compositor-scale.h"
#include "label/paint.h"

#include <math.h>
#include <string.h>

#define HATCH_PERIOD 10
#define CHECK        16 /* device pixels of a square of the board behind cut-outs */
#define MARK_STEPS   512

/* --- Look --- */

FerryLook *
ferry_look_new (FyLabelSet *labels)
{
  FerryLook *self = g_new0 (FerryLook, 1);
  int n_objects = fy_label_set_n_objects (labels);

  g_atomic_ref_count_init (&self->refs);
  for (int i = 0; i < n_objects; i++)
    self->n = MAX (self->n, fy_label_set_object (labels, i)->id + 1);
  self->object = g_new (FerryLookObject, (gsize) self->n + 1);
  for (int id = 0; id < self->n; id++)
    self->object[id] = (FerryLookObject){ fy_display_colour ((guint16) MAX (id, 1)), id > 0 };
  for (int i = 0; i < n_objects; i++)
    {
      const FyObject *object = fy_label_set_object (labels, i);

      self->object[object->id] = (FerryLookObject){ object->colour, !object->hidden };
    }
  return self;
}

FerryLook *
ferry_look_ref (FerryLook *self)
{
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

void
ferry_look_unref (FerryLook *self)
{
  if (self == NULL || !g_atomic_ref_count_dec (&self->refs))
    return;
  g_free (self->object);
  g_free (self);
}

static inline gboolean
look_shows (const FerryLook *self, guint16 id)
{
  return id != FY_ID_BACKGROUND && (id >= self->n || self->object[id].shown);
}

static inline FyRgb
look_colour (const FerryLook *self, guint16 id)
{
  static const FyRgb grey = { 200, 200, 200 };

  if (id < self->n)
    return self->object[id].colour;
  return id == FY_ID_VOID ? grey : fy_display_colour (id);
}

/* --- Scene --- */

static int *
sample_places (int n, int first, double origin, double scale, int size)
{
  int *place = g_new (int, n);

  for (int i = 0; i < n; i++)
    place[i] = (int) CLAMP (floor ((first + i + 0.5 - origin) / scale), 0.0, size - 1);
  return place;
}

static FyIdMap *
expand (FyRunMap *map)
{
  return map != NULL ? fy_run_map_to_id_map (map) : NULL;
}

static GBytes *
scale_picture (const FerryScene *self, const FyFrame *frame)
{
  gsize size = (gsize) self->area.width * (gsize) self->area.height * 4;
  guint8 *pixels = g_try_malloc (size);
  double left, top;

  if (pixels == NULL)
    return NULL;
  ferry_geometry_origin (&self->geometry, &left, &top);
  if (frame->width != self->geometry.width || frame->height != self->geometry.height)
    ferry_scale_smooth (frame, self->geometry.scale * self->geometry.width / frame->width,
                        self->geometry.scale * self->geometry.height / frame->height,
                        self->area.x - left, self->area.y - top, self->area.width,
                        self->area.height, pixels);
  else if (self->geometry.scale < 1.0)
    ferry_scale_down (frame, self->geometry.scale, self->area.x - left, self->area.y - top,
                      self->area.width, self->area.height, pixels);
  else
    ferry_scale_up (frame, self->column, self->row, self->area.width, self->area.height, pixels);
  return g_bytes_new_take (pixels, size);
}

FerryScene *
ferry_scene_new (const FerryGeometry *geometry,
                 FerryLook *look,
                 FyFrame *frame,
                 FyRunMap *before,
                 FyRunMap *map,
                 FyRunMap *behind,
                 GBytes *picture)
{
  g_autoptr (FerryScene) self = g_new0 (FerryScene, 1);
  double left, top;

  self->geometry = *geometry;
  self->area = ferry_geometry_visible (geometry);
  self->look = ferry_look_ref (look);
  if (self->area.width == 0)
    return NULL;
  self->map = expand (map);
  self->before = expand (before);
  self->behind = expand (behind);
  ferry_geometry_origin (geometry, &left, &top);
  self->column =
      sample_places (self->area.width, self->area.x, left, geometry->scale, geometry->width);
  self->row =
      sample_places (self->area.height, self->area.y, top, geometry->scale, geometry->height);
  self->picture = picture != NULL ? g_bytes_ref (picture) : scale_picture (self, frame);
  if (self->picture == NULL || (map != NULL && self->map == NULL))
    return NULL;
  return g_steal_pointer (&self);
}

void
ferry_scene_free (FerryScene *self)
{
  if (self == NULL)
    return;
  ferry_look_unref (self->look);
  fy_id_map_free (self->map);
  fy_id_map_free (self->before);
  fy_id_map_free (self->behind);
  g_clear_pointer (&self->picture, g_bytes_unref);
  g_free (self->column);
  g_free (self->row);
  g_free (self);
}

/* First entry of an ascending list that is at least `value`. */
static int
first_at_least (const int *list, int n, int value)
{
  int low = 0, high = n;

  while (low < high)
    {
      int middle = (low + high) / 2;

      if (list[middle] < value)
        low = middle + 1;
      else
        high = middle;
    }
  return low;
}

FyRect
ferry_scene_part_of (const FerryScene *self, const FyRect *pixels)
{
  int reach = self->look->line + 1; /* a changed pixel makes edges of those around it */
  int x = first_at_least (self->column, self->area.width, pixels->x) - reach;
  int y = first_at_least (self->row, self->area.height, pixels->y) - reach;
  int right = first_at_least (self->column, self->area.width, pixels->x + pixels->width) + reach;
  int bottom = first_at_least (self->row, self->area.height, pixels->y + pixels->height) + reach;

  x = MAX (x, 0);
  y = MAX (y, 0);
  right = MIN (right, self->area.width);
  bottom = MIN (bottom, self->area.height);
  if (pixels->width <= 0 || pixels->height <= 0 || right <= x || bottom <= y)
    return (FyRect){ 0 };
  return (FyRect){ x, y, right - x, bottom - y };
}

/* --- Ids as they fall on the screen, with a border to look over --- */

typedef struct
{
  guint16 *id; /* [height + 2 border][stride], the border repeats what is at the picture's edge */
  int stride;
  int border;
} Patch;

static void
patch_init (Patch *self,
            const FerryScene *scene,
            const FyIdMap *map,
            const FyRect *part,
            int border)
{
  int height = part->height + 2 * border, above = -1;
  guint16 *row;

  self->border = border;
  self->stride = part->width + 2 * border;
  self->id = row = g_new (guint16, (gsize) self->stride * (gsize) height);
  for (int i = 0; i < height; i++, row += self->stride)
    {
      int y = scene->row[CLAMP (part->y - border + i, 0, scene->area.height - 1)];
      const guint16 *from = map->id + (gsize) y * (gsize) map->width;

      if (y == above)
        memcpy (row, row - self->stride, sizeof *row * (gsize) self->stride);
      else
        for (int j = 0; j < self->stride; j++)
          row[j] = from[scene->column[CLAMP (part->x - border + j, 0, scene->area.width - 1)]];
      above = y;
    }
}

static const guint16 *
patch_row (const Patch *self, int y)
{
  return self->id + (gsize) (y + self->border) * (gsize) self->stride + self->border;
}

/* Is a pixel with another id less than `reach` away? */
static inline gboolean
is_edge (const guint16 *id, int stride, int reach)
{
  for (int d = 1; d <= reach; d++)
    if (id[-d] != *id || id[d] != *id || id[-d * stride] != *id || id[d * stride] != *id)
      return TRUE;
  return FALSE;
}

/* --- Pixels --- */

/* alpha: 0 .. 256 */
static inline void
blend (guint8 *bgra, FyRgb colour, guint alpha)
{
  bgra[0] = (guint8) ((bgra[0] * (256 - alpha) + colour.b * alpha + 128) >> 8);
  bgra[1] = (guint8) ((bgra[1] * (256 - alpha) + colour.g * alpha + 128) >> 8);
  bgra[2] = (guint8) ((bgra[2] * (256 - alpha) + colour.r * alpha + 128) >> 8);
}

/* Lines that tell objects apart without colour; x, y from the picture's corner, so that they stay put. */
static inline gboolean
is_hatched (guint16 id, int x, int y)
{
  int along[4] = { x + y, x - y, y, x };
  guint kind = id == FY_ID_VOID ? 0 : (id - 1u) % 6;
  int width = 2;

  if (kind < 4)
    return (along[kind] & 0xffff) % HATCH_PERIOD < width;
  if (kind == 4)
    return (along[0] & 0xffff) % HATCH_PERIOD < width || (along[1] & 0xffff) % HATCH_PERIOD < width;
  return (x & 0xffff) % HATCH_PERIOD < 3 && (y & 0xffff) % HATCH_PERIOD < 3;
}

static inline FyRgb
hatch_colour (FyRgb colour)
{
  static const FyRgb black = { 0, 0, 0 }, white = { 255, 255, 255 };

  return colour.r * 2 + colour.g * 5 + colour.b > 8 * 140 ? black : white;
}

typedef struct
{
  const FerryScene *scene;
  const FyRect *part;
  gsize stride; /* bytes from row to row of what is painted */
  guint fill;   /* alpha of an object's inside, 0 .. 256 */
  int line;     /* of its border; 0 = none               */
  gboolean hatching;
  int origin_x; /* of the picture, seen from the area */
  int origin_y;
} Painter;

static void
paint_object (const Painter *self, guint8 *bgra, const guint16 *id, int stride, int x, int y)
{
  FyRgb colour = look_colour (self->scene->look, *id);

  if (self->line > 0 && *id != FY_ID_VOID && is_edge (id, stride, self->line))
    {
      blend (bgra, colour, 256);
      return;
    }
  if (*id != FY_ID_VOID)
    blend (bgra, colour, self->fill);
  if ((self->hatching || *id == FY_ID_VOID) &&
      is_hatched (*id, x - self->origin_x, y - self->origin_y))
    blend (bgra, *id == FY_ID_VOID ? colour : hatch_colour (colour), 110);
}

/* What is behind objects where only they are shown. */
static void
paint_nothing (const Painter *self, guint8 *bgra, int x, int y)
{
  gboolean board = self->scene->look->overlay == FERRY_OVERLAY_CUT_OUT;
  guint8 grey = !board ? 24 : ((x / CHECK + y / CHECK) & 1) != 0 ? 72 : 56;

  bgra[0] = bgra[1] = bgra[2] = grey;
}

static gboolean
is_blank (const guint16 *id, int n)
{
  for (int i = 0; i < n; i++)
    if (id[i] != FY_ID_BACKGROUND)
      return FALSE;
  return TRUE;
}

static void
paint_labels (const Painter *self, guint8 *pixels)
{
  const FerryScene *scene = self->scene;
  FerryOverlay overlay = scene->look->overlay;
  gboolean alone = overlay == FERRY_OVERLAY_CUT_OUT || overlay == FERRY_OVERLAY_LABELS;
  const FyRect *part = self->part;
  Patch patch = { 0 };

  if (scene->map == NULL || overlay == FERRY_OVERLAY_OFF)
    return;
  patch_init (&patch, scene, scene->map, part, MAX (self->line, 1));
  for (int y = 0; y < part->height; y++)
    {
      const guint16 *id = patch_row (&patch, y);
      guint8 *bgra = pixels + (gsize) y * self->stride;

      if (!alone && is_blank (id, part->width))
        continue;
      for (int x = 0; x < part->width; x++, bgra += 4)
        {
          gboolean shown = look_shows (scene->look, id[x]);

          if (alone && !shown)
            paint_nothing (self, bgra, part->x + x, part->y + y);
          else if (shown)
            paint_object (self, bgra, id + x, patch.stride, part->x + x, part->y + y);
        }
    }
  g_free (patch.id);
}

/* Outlines of a neighbouring frame: dashes, light for the frame before, dark for the one behind. */
static void
paint_onion (const Painter *self, const FyIdMap *map, gboolean behind, guint8 *pixels)
{
  const FyRect *part = self->part;
  FyRgb towards = behind ? (FyRgb){ 0, 0, 0 } : (FyRgb){ 255, 255, 255 };
  Patch patch = { 0 };

  if (map == NULL)
    return;
  patch_init (&patch, self->scene, map, part, self->scene->look->line);
  for (int y = 0; y < part->height; y++)
    {
      const guint16 *id = patch_row (&patch, y);
      guint8 *bgra = pixels + (gsize) y * self->stride;

      for (int x = 0; x < part->width; x++, bgra += 4)
        {
          int phase = (x + part->x - self->origin_x) - (y + part->y - self->origin_y);
          guint8 dash[4] = { towards.b, towards.g, towards.r, 255 };

          if (!look_shows (self->scene->look, id[x]) || id[x] == FY_ID_VOID ||
              ((phase + (behind ? 4 : 0)) & 7) >= 4 ||
              !is_edge (id + x, patch.stride, self->scene->look->line))
            continue;
          blend (dash, look_colour (self->scene->look, id[x]), 128);
          memcpy (bgra, dash, 4);
        }
    }
  g_free (patch.id);
}

static void
paint_grid (const Painter *self, guint8 *pixels)
{
  static const FyRgb grey = { 128, 128, 128 };
  const FerryScene *scene = self->scene;
  const FyRect *part = self->part;

  if (!scene->look->pixel_grid || scene->geometry.scale <= FERRY_GRID_SCALE)
    return;
  for (int y = part->y; y < part->y + part->height; y++)
    {
      gboolean line = y > 0 && scene->row[y] != scene->row[y - 1];
      guint8 *bgra = pixels + (gsize) (y - part->y) * self->stride;

      for (int x = part->x; x < part->x + part->width; x++, bgra += 4)
        if (line || (x > 0 && scene->column[x] != scene->column[x - 1]))
          blend (bgra, grey, 88);
    }
}

void
ferry_scene_compose (const FerryScene *self, const FyRect *part, guint8 *bgra, gsize stride)
{
  const FerryLook *look = self->look;
  gboolean lines = look->overlay == FERRY_OVERLAY_OUTLINE || look->overlay == FERRY_OVERLAY_BOTH;
  gboolean fills = look->overlay == FERRY_OVERLAY_MASK || look->overlay == FERRY_OVERLAY_BOTH;
  Painter painter = {
    .scene = self, .part = part, .stride = stride, .line = lines ? look->line : 0
  };
  gsize from_stride = 4 * (gsize) self->area.width;
  const guint8 *from = g_bytes_get_data (self->picture, NULL);
  double left, top;

  ferry_geometry_origin (&self->geometry, &left, &top);
  painter.origin_x = (int) left - self->area.x;
  painter.origin_y = (int) top - self->area.y;
  painter.fill = look->overlay == FERRY_OVERLAY_LABELS ? 256
                 : fills                               ? (guint) (look->opacity * 256.0 + 0.5)
                                                       : 0;
  painter.hatching = look->hatching && (fills || look->overlay == FERRY_OVERLAY_LABELS);
  for (int y = 0; y < part->height; y++)
    memcpy (bgra + (gsize) y * stride,
            from + (gsize) (part->y + y) * from_stride + 4 * (gsize) part->x,
            4 * (gsize) part->width);
  paint_labels (&painter, bgra);
  paint_onion (&painter, self->before, FALSE, bgra);
  paint_onion (&painter, self->behind, TRUE, bgra);
  paint_grid (&painter, bgra);
}

/* --- Numbers --- */

typedef struct
{
  double x;
  double y;
  int n;
  double nearest;
  FerryMark mark;
} Middle;

static Middle *
middle_of (GHashTable *middles, guint16 id)
{
  Middle *middle = g_hash_table_lookup (middles, GUINT_TO_POINTER (id));

  if (middle == NULL)
    {
      middle = g_new0 (Middle, 1);
      middle->nearest = HUGE_VAL;
      middle->mark.id = id;
      g_hash_table_insert (middles, GUINT_TO_POINTER (id), middle);
    }
  return middle;
}

GArray *
ferry_scene_marks (const FerryScene *self)
{
  GArray *marks = g_array_new (FALSE, FALSE, sizeof (FerryMark));
  g_autoptr (GHashTable) middles = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  const FyIdMap *map = self->map;
  int step = map != NULL ? 1 + MAX (map->width, map->height) / MARK_STEPS : 1;
  GHashTableIter iter;
  gpointer value;

  for (int round = 0; map != NULL && round < 2; round++) /* the mean; the pixel next to it */
    for (int y = step / 2; y < map->height; y += step)
      for (int x = step / 2; x < map->width; x += step)
        {
          guint16 id = map->id[(gsize) y * (gsize) map->width + (gsize) x];
          Middle *middle;
          double distance;

          if (!look_shows (self->look, id) || id == FY_ID_VOID)
            continue;
          middle = middle_of (middles, id);
          distance = hypot (x * (double) middle->n - middle->x, y * (double) middle->n - middle->y);
          if (round == 0)
            {
              middle->x += x;
              middle->y += y;
              middle->n++;
            }
          else if (distance < middle->nearest)
            {
              middle->nearest = distance;
              middle->mark.x = x + 0.5;
              middle->mark.y = y + 0.5;
            }
        }
  g_hash_table_iter_init (&iter, middles);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    g_array_append_val (marks, ((Middle *) value)->mark);
  return marks;
}
