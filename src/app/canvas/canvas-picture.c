/* SPDX-License-Identifier: MIT */
#include "app/canvas/canvas-picture.h"

#include "label/paint.h"

#define TILE 256 /* device pixels; even, for screens of scale 2 */

/* A composed scene. */
typedef struct
{
  int number;
  FyFrame *frame;
  FyRunMap *map;
  FerryScene *scene;
  GArray *marks;
  int n_across;
  int n_down;
  GdkTexture **tile; /* [n_down, n_across] */
  GBytes **pixels;   /* of the tiles       */
  gboolean odd;      /* the scene's map is not what `map` holds */
} Shown;

typedef struct
{
  FerryPictureWish wish;
  GBytes *picture;    /* of the same frame and geometry, nullable  */
  gboolean cancelled; /* main thread: nobody wants what comes of it */

  GMutex lock;
  GCond composed;
  Shown *shown; /* [lock] what came of it, until somebody takes it */
} Job;

struct FerryPicture
{
  FerryPictureFunc changed;
  gpointer user_data;
  FerryPictureWish next; /* .frame NULL = none waits */
  GTask *task;           /* borrowed: in progress    */
  Shown *shown;
  FyIdMap *hand;  /* the map a hand draws into            */
  FyRect touched; /* by it, since it began                */
  FyRect stale;   /* not yet drawn; pixels of the picture */
};

static void
wish_clear (FerryPictureWish *self)
{
  g_clear_pointer (&self->frame, fy_frame_unref);
  g_clear_pointer (&self->before, fy_run_map_unref);
  g_clear_pointer (&self->map, fy_run_map_unref);
  g_clear_pointer (&self->behind, fy_run_map_unref);
  g_clear_pointer (&self->look, ferry_look_unref);
}

static FyRunMap *
map_ref (FyRunMap *map)
{
  return map != NULL ? fy_run_map_ref (map) : NULL;
}

static void
wish_copy (FerryPictureWish *self, const FerryPictureWish *of)
{
  *self = *of;
  fy_frame_ref (self->frame);
  map_ref (self->before);
  map_ref (self->map);
  map_ref (self->behind);
  ferry_look_ref (self->look);
}

static void
shown_free (Shown *self)
{
  if (self == NULL)
    return;
  for (int i = 0; i < self->n_across * self->n_down; i++)
    {
      g_clear_object (&self->tile[i]);
      g_clear_pointer (&self->pixels[i], g_bytes_unref);
    }
  g_free (self->tile);
  g_free (self->pixels);
  g_clear_pointer (&self->frame, fy_frame_unref);
  g_clear_pointer (&self->map, fy_run_map_unref);
  ferry_scene_free (self->scene);
  g_clear_pointer (&self->marks, g_array_unref);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Shown, shown_free)

static Job *
job_new (void)
{
  Job *self = g_new0 (Job, 1);

  g_mutex_init (&self->lock);
  g_cond_init (&self->composed);
  return self;
}

static void
job_free (gpointer data)
{
  Job *self = data;

  wish_clear (&self->wish);
  g_clear_pointer (&self->picture, g_bytes_unref);
  g_clear_pointer (&self->shown, shown_free);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->composed);
  g_free (self);
}

/* Returns: (nullable) what was composed by then; until: monotonic time. */
static Shown *
job_take (Job *self, gint64 until)
{
  Shown *shown;

  g_mutex_lock (&self->lock);
  while (self->shown == NULL && g_cond_wait_until (&self->composed, &self->lock, until))
    ;
  shown = g_steal_pointer (&self->shown);
  g_mutex_unlock (&self->lock);
  return shown;
}

static FyRect
tile_part (const Shown *self, int across, int down)
{
  const FyRect *area = &self->scene->area;

  return (FyRect){ across * TILE, down * TILE, MIN (TILE, area->width - across * TILE),
                   MIN (TILE, area->height - down * TILE) };
}

/* Draws what of a tile is within `part`, in a new texture: those that are shown never change. */
static void
compose_tile (Shown *self, int at, const FyRect *part)
{
  FyRect tile = tile_part (self, at % self->n_across, at / self->n_across);
  gsize stride = 4 * (gsize) tile.width, size = stride * (gsize) tile.height;
  int x = MAX (part->x, tile.x), y = MAX (part->y, tile.y);
  int right = MIN (part->x + part->width, tile.x + tile.width);
  int bottom = MIN (part->y + part->height, tile.y + tile.height);
  FyRect within = { x, y, right - x, bottom - y };
  guint8 *pixels = self->pixels[at] != NULL
                       ? g_memdup2 (g_bytes_get_data (self->pixels[at], NULL), size)
                       : g_malloc (size);

  ferry_scene_compose (self->scene, &within,
                       pixels + (gsize) (y - tile.y) * stride + 4 * (gsize) (x - tile.x), stride);
  g_clear_object (&self->tile[at]);
  g_clear_pointer (&self->pixels[at], g_bytes_unref);
  self->pixels[at] = g_bytes_new_take (pixels, size);
  self->tile[at] = gdk_memory_texture_new (
      tile.width, tile.height, GDK_MEMORY_B8G8R8A8_PREMULTIPLIED, self->pixels[at], stride);
}

/* part: of the scene's area */
static void
compose_part (Shown *self, const FyRect *part)
{
  for (int down = part->y / TILE; down <= (part->y + part->height - 1) / TILE; down++)
    for (int across = part->x / TILE; across <= (part->x + part->width - 1) / TILE; across++)
      compose_tile (self, down * self->n_across + across, part);
}

/* --- On the thread --- */

static Shown *
compose (const FerryPictureWish *wish, GBytes *picture)
{
  Shown *shown = g_new0 (Shown, 1);

  shown->number = wish->number;
  shown->frame = fy_frame_ref (wish->frame);
  shown->map = map_ref (wish->map);
  shown->scene = ferry_scene_new (&wish->geometry, wish->look, wish->frame, wish->before, wish->map,
                                  wish->behind, picture);
  if (shown->scene != NULL)
    {
      const FyRect *area = &shown->scene->area;
      gsize n;

      shown->n_across = (area->width + TILE - 1) / TILE;
      shown->n_down = (area->height + TILE - 1) / TILE;
      n = (gsize) shown->n_across * (gsize) shown->n_down;
      shown->tile = g_new0 (GdkTexture *, n);
      shown->pixels = g_new0 (GBytes *, n);
      compose_part (shown, &(FyRect){ 0, 0, area->width, area->height });
      shown->marks = ferry_scene_marks (shown->scene);
    }
  return shown;
}

static void
compose_job (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Job *job = data;
  Shown *shown = compose (&job->wish, job->picture);

  g_mutex_lock (&job->lock);
  job->shown = shown;
  g_cond_signal (&job->composed);
  g_mutex_unlock (&job->lock);
  g_task_return_boolean (task, TRUE);
}

static void start (FerryPicture *self);

/* While a hand draws, its map goes on in the new scene, and what it drew is drawn over. */
static gboolean
takes (FerryPicture *self, Shown *shown)
{
  if (self->hand == NULL)
    {
      self->stale = (FyRect){ 0 };
      return TRUE;
    }
  if (shown->scene == NULL || shown->number != self->shown->number)
    return FALSE;
  fy_id_map_free (shown->scene->map);
  shown->scene->map = g_steal_pointer (&self->shown->scene->map);
  fy_rect_add (&self->stale, &self->touched);
  return TRUE;
}

/* shown: (transfer full) what the task composed. */
static void
accept (FerryPicture *self, Shown *shown)
{
  g_autoptr (Shown) old = shown;

  self->task = NULL;
  if (takes (self, shown))
    {
      old = self->shown;
      self->shown = shown;
    }
  start (self);
  self->changed (self->user_data);
}

static void
on_composed (GObject *source, GAsyncResult *result, gpointer data)
{
  Job *job = g_task_get_task_data (G_TASK (result));

  if (!job->cancelled)
    accept (data, job_take (job, 0));
}

static void
start (FerryPicture *self)
{
  Job *job;

  if (self->task != NULL || self->next.frame == NULL)
    return;
  job = job_new ();
  job->wish = self->next;
  self->next = (FerryPictureWish){ 0 };
  if (self->shown != NULL && self->shown->scene != NULL && self->shown->frame == job->wish.frame &&
      ferry_geometry_equal (&self->shown->scene->geometry, &job->wish.geometry))
    job->picture = g_bytes_ref (self->shown->scene->picture);
  self->task = g_task_new (NULL, NULL, on_composed, self);
  g_task_set_task_data (self->task, job, job_free);
  g_task_run_in_thread (self->task, compose_job);
  g_object_unref (self->task); /* lives until it has called back */
}

/* --- On the main thread --- */

FerryPicture *
ferry_picture_new (FerryPictureFunc changed, gpointer user_data)
{
  FerryPicture *self = g_new0 (FerryPicture, 1);

  self->changed = changed;
  self->user_data = user_data;
  return self;
}

static void
cancel (FerryPicture *self)
{
  if (self->task != NULL)
    ((Job *) g_task_get_task_data (self->task))->cancelled = TRUE;
  self->task = NULL;
}

void
ferry_picture_clear (FerryPicture *self)
{
  cancel (self);
  wish_clear (&self->next);
  g_clear_pointer (&self->shown, shown_free);
  self->hand = NULL;
}

void
ferry_picture_free (FerryPicture *self)
{
  if (self == NULL)
    return;
  ferry_picture_clear (self);
  g_free (self);
}

void
ferry_picture_show (FerryPicture *self, const FerryPictureWish *wish)
{
  wish_clear (&self->next);
  wish_copy (&self->next, wish);
  start (self);
}

void
ferry_picture_wait (FerryPicture *self, gint64 microseconds)
{
  gint64 until = g_get_monotonic_time () + microseconds;

  while (self->task != NULL)
    {
      Job *job = g_task_get_task_data (self->task);
      Shown *shown = job_take (job, until);

      if (shown == NULL)
        return;
      job->cancelled = TRUE; /* it is there already */
      accept (self, shown);
    }
}

int
ferry_picture_number (FerryPicture *self)
{
  return self->shown != NULL ? self->shown->number : -1;
}

gboolean
ferry_picture_is_rough (FerryPicture *self)
{
  return self->shown != NULL && self->shown->scene != NULL &&
         self->shown->frame->width != self->shown->scene->geometry.width;
}

FyFrame *
ferry_picture_frame (FerryPicture *self)
{
  return self->shown != NULL ? self->shown->frame : NULL;
}

FyRunMap *
ferry_picture_map (FerryPicture *self)
{
  return self->shown != NULL ? self->shown->map : NULL;
}

gboolean
ferry_picture_is_busy (FerryPicture *self)
{
  return self->task != NULL;
}

GArray *
ferry_picture_marks (FerryPicture *self)
{
  return self->shown != NULL ? self->shown->marks : NULL;
}

FyIdMap *
ferry_picture_begin (FerryPicture *self, FyRunMap *map)
{
  FerryScene *scene = self->shown != NULL ? self->shown->scene : NULL;

  if (scene == NULL || self->hand != NULL)
    return NULL;
  if (scene->map == NULL || self->shown->odd || map != self->shown->map)
    {
      fy_id_map_free (scene->map);
      scene->map = map != NULL ? fy_run_map_to_id_map (map)
                               : fy_id_map_new (scene->geometry.width, scene->geometry.height);
    }
  self->hand = scene->map;
  self->touched = (FyRect){ 0 };
  return self->hand;
}

void
ferry_picture_touch (FerryPicture *self, const FyRect *pixels)
{
  fy_rect_add (&self->touched, pixels);
  fy_rect_add (&self->stale, pixels);
}

void
ferry_picture_end (FerryPicture *self, FyRunMap *drawn)
{
  cancel (self); /* it was to show what was before */
  self->hand = NULL;
  if (self->shown == NULL)
    return;
  self->shown->odd = drawn == NULL;
  if (drawn == NULL)
    return;
  g_clear_pointer (&self->shown->map, fy_run_map_unref);
  self->shown->map = fy_run_map_ref (drawn);
}

static void
draw_stale (FerryPicture *self)
{
  FyRect part = ferry_scene_part_of (self->shown->scene, &self->stale);

  self->stale = (FyRect){ 0 };
  if (part.width > 0)
    compose_part (self->shown, &part);
}

void
ferry_picture_snapshot (FerryPicture *self,
                        GtkSnapshot *snapshot,
                        const FerryGeometry *geometry,
                        int scale)
{
  Shown *shown = self->shown;
  double left, top, was_left, was_top, stretch;

  if (shown == NULL || shown->scene == NULL)
    return;
  draw_stale (self);
  ferry_geometry_origin (geometry, &left, &top);
  ferry_geometry_origin (&shown->scene->geometry, &was_left, &was_top);
  stretch = geometry->scale / shown->scene->geometry.scale;
  for (int i = 0; i < shown->n_across * shown->n_down; i++)
    {
      FyRect part = tile_part (shown, i % shown->n_across, i / shown->n_across);
      double x = left + (shown->scene->area.x + part.x - was_left) * stretch;
      double y = top + (shown->scene->area.y + part.y - was_top) * stretch;

      gtk_snapshot_append_texture (snapshot, shown->tile[i],
                                   &GRAPHENE_RECT_INIT ((float) (x / scale), (float) (y / scale),
                                                        (float) (part.width * stretch / scale),
                                                        (float) (part.height * stretch / scale)));
    }
}
