/* SPDX-License-Identifier: MIT */
#include "media/frame-cache.h"

struct FyFrameCache
{
  gsize limit;    /* bytes */
  gsize used;     /* bytes */
  GHashTable *at; /* frame number -> its GList link in `recent` */
  GQueue recent;  /* FyFrame, most recently used first; owns references */
};

static gsize
frame_bytes (int width, int height)
{
  return (gsize) width * (gsize) height * 3;
}

FyFrameCache *
fy_frame_cache_new (gsize bytes)
{
  FyFrameCache *self = g_new0 (FyFrameCache, 1);

  self->limit = bytes;
  self->at = g_hash_table_new (NULL, NULL);
  g_queue_init (&self->recent);
  return self;
}

void
fy_frame_cache_free (FyFrameCache *self)
{
  if (self == NULL)
    return;
  g_queue_clear_full (&self->recent, (GDestroyNotify) fy_frame_unref);
  g_hash_table_unref (self->at);
  g_free (self);
}

int
fy_frame_cache_capacity (const FyFrameCache *self, int width, int height)
{
  return (int) MIN (self->limit / frame_bytes (width, height), G_MAXINT);
}

static void
drop (FyFrameCache *self, GList *link)
{
  FyFrame *frame = link->data;

  g_hash_table_remove (self->at, GINT_TO_POINTER (frame->number));
  g_queue_delete_link (&self->recent, link);
  self->used -= frame_bytes (frame->width, frame->height);
  fy_frame_unref (frame);
}

void
fy_frame_cache_add (FyFrameCache *self, FyFrame *frame)
{
  gsize bytes = frame_bytes (frame->width, frame->height);
  GList *old = g_hash_table_lookup (self->at, GINT_TO_POINTER (frame->number));

  if (bytes > self->limit)
    return;
  if (old != NULL)
    drop (self, old);
  while (self->used > self->limit - bytes)
    drop (self, self->recent.tail);
  g_queue_push_head (&self->recent, fy_frame_ref (frame));
  g_hash_table_insert (self->at, GINT_TO_POINTER (frame->number), self->recent.head);
  self->used += bytes;
}

FyFrame *
fy_frame_cache_get (FyFrameCache *self, int number)
{
  GList *link = g_hash_table_lookup (self->at, GINT_TO_POINTER (number));

  if (link == NULL)
    return NULL;
  g_queue_unlink (&self->recent, link);
  g_queue_push_head_link (&self->recent, link);
  return fy_frame_ref (link->data);
}
