/* SPDX-License-Identifier: MIT */
#include "label/deferred.h"

typedef struct
{
  gpointer step;
  int first;
  int last;
} Step;

struct FyDeferred
{
  const FyDeferredClass *class;
  gpointer owner;
  int n_frames;
  GArray *steps;   /* Step */
  guint *settled;  /* [n_frames] steps that were made */
  guint *told;     /* [n_frames] steps that were told of */
  guint8 *changed; /* [n_frames] by steps that were not told of */
  int near;        /* where work began  */
  int cursor;      /* frame that is looked at next */
  int passed;      /* frames looked at since a step was added */
  gboolean making;
  gboolean working; /* steps stay */
};

FyDeferred *
fy_deferred_new (const FyDeferredClass *class, int n_frames, gpointer owner)
{
  FyDeferred *self = g_new0 (FyDeferred, 1);

  self->class = class;
  self->owner = owner;
  self->n_frames = n_frames;
  self->steps = g_array_new (FALSE, FALSE, sizeof (Step));
  self->near = -1;
  return self;
}

static void
drop_steps (FyDeferred *self)
{
  for (guint i = 0; i < self->steps->len; i++)
    self->class->step_free (g_array_index (self->steps, Step, i).step);
  g_array_set_size (self->steps, 0);
  g_clear_pointer (&self->settled, g_free);
  g_clear_pointer (&self->told, g_free);
  g_clear_pointer (&self->changed, g_free);
  self->near = -1;
}

void
fy_deferred_free (FyDeferred *self)
{
  if (self == NULL)
    return;
  drop_steps (self);
  g_array_unref (self->steps);
  g_free (self);
}

void
fy_deferred_add (FyDeferred *self, gpointer step, int first, int last)
{
  Step added = { step, first, last };

  if (self->settled == NULL)
    {
      self->settled = g_new0 (guint, (gsize) self->n_frames);
      self->told = g_new0 (guint, (gsize) self->n_frames);
      self->changed = g_new0 (guint8, (gsize) self->n_frames);
    }
  g_array_append_val (self->steps, added);
  self->passed = 0;
}

gboolean
fy_deferred_is_empty (const FyDeferred *self)
{
  return self->steps->len == 0;
}

void
fy_deferred_settle (FyDeferred *self, int frame)
{
  if (self->steps->len == 0 ||
      self->making) /* what a step makes, it makes of what came before it */
    return;
  self->making = TRUE;
  while (self->settled[frame] < self->steps->len)
    {
      Step step = g_array_index (self->steps, Step, self->settled[frame]++);

      if (frame >= step.first && frame <= step.last)
        self->changed[frame] |= self->class->make (step.step, frame, self->owner) != FALSE;
    }
  self->making = FALSE;
}

static void
pass (FyDeferred *self)
{
  int frame = self->cursor;

  self->cursor = (self->cursor + 1) % self->n_frames;
  self->passed++;
  if (self->told[frame] == self->steps->len)
    return;
  fy_deferred_settle (self, frame);
  self->told[frame] = self->steps->len;
  if (!self->changed[frame])
    return;
  self->changed[frame] = FALSE;
  self->class->tell (frame, self->owner);
}

gboolean
fy_deferred_work (FyDeferred *self, int near, gint64 microseconds)
{
  gint64 end = g_get_monotonic_time () + microseconds;

  if (self->steps->len == 0 || self->working)
    return FALSE;
  if (near != self->near)
    {
      self->near = near;
      self->cursor = CLAMP (near, 0, self->n_frames - 1);
      self->passed = 0;
    }
  self->working = TRUE;
  while (self->passed < self->n_frames && g_get_monotonic_time () < end)
    pass (self);
  self->working = FALSE;
  if (self->passed < self->n_frames)
    return TRUE;
  drop_steps (self);
  return FALSE;
}
