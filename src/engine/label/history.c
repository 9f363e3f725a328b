/* SPDX-License-Identifier: MIT */
#include "label/history.h"

#define DEFAULT_LIMIT ((gsize) 512 << 20)

typedef struct
{
  const FyChangeClass *class;
  gpointer change;
} Change;

typedef struct
{
  char *name;
  int frame;
  gint64 time; /* wall clock, microseconds */
  gsize bytes;
  GArray *changes; /* of Change, in the order they were made */
} Group;

struct FyHistory
{
  gpointer owner;
  gsize limit;
  gsize bytes;       /* of the closed groups */
  GPtrArray *groups; /* of Group; the first `position` are done */
  int position;
  Group *open; /* nullable */
  int depth;
  gboolean applying;
  guint serial;
};

static void
change_clear (gpointer data)
{
  Change *change = data;

  change->class->free (change->change);
}

static void
group_free (gpointer data)
{
  Group *group = data;

  if (group == NULL)
    return;
  g_array_unref (group->changes);
  g_free (group->name);
  g_free (group);
}

static Group *
group_new (const char *name, int frame)
{
  Group *group = g_new0 (Group, 1);

  group->name = g_strdup (name);
  group->frame = frame;
  group->time = g_get_real_time ();
  group->changes = g_array_new (FALSE, FALSE, sizeof (Change));
  g_array_set_clear_func (group->changes, change_clear);
  return group;
}

FyHistory *
fy_history_new (gsize limit, gpointer owner)
{
  FyHistory *self = g_new0 (FyHistory, 1);

  self->owner = owner;
  self->limit = limit > 0 ? limit : DEFAULT_LIMIT;
  self->groups = g_ptr_array_new_with_free_func (group_free);
  return self;
}

void
fy_history_free (FyHistory *self)
{
  if (self == NULL)
    return;
  group_free (self->open);
  g_ptr_array_unref (self->groups);
  g_free (self);
}

static Group *
group_at (const FyHistory *self, int entry)
{
  return g_ptr_array_index (self->groups, entry);
}

/* Forgets entries first .. last-1. */
static void
forget (FyHistory *self, int first, int last)
{
  for (int i = first; i < last; i++)
    self->bytes -= group_at (self, i)->bytes;
  if (last > first)
    g_ptr_array_remove_range (self->groups, (guint) first, (guint) (last - first));
}

/* Puts a group with changes at the end, in place of what was undone. */
static void
close_group (FyHistory *self, Group *group)
{
  int old = 0;

  if (group->changes->len == 0)
    {
      group_free (group);
      return;
    }
  forget (self, self->position, (int) self->groups->len);
  self->serial++;
  g_ptr_array_add (self->groups, group);
  self->bytes += group->bytes;
  self->position++;
  for (gsize left = self->bytes; left > self->limit && old + 1 < self->position; old++)
    left -= group_at (self, old)->bytes;
  forget (self, 0, old);
  self->position -= old;
}

void
fy_history_begin (FyHistory *self, const char *name, int frame)
{
  if (self->depth++ == 0)
    self->open = group_new (name, frame);
}

void
fy_history_end (FyHistory *self)
{
  if (self->depth == 0 || --self->depth > 0)
    return;
  close_group (self, g_steal_pointer (&self->open));
}

gboolean
fy_history_is_open (const FyHistory *self)
{
  return self->open != NULL;
}

static void
apply (FyHistory *self, Group *group, gboolean undo)
{
  guint n = group->changes->len;

  self->applying = TRUE;
  for (guint i = 0; i < n; i++)
    {
      Change *change = &g_array_index (group->changes, Change, undo ? n - 1 - i : i);

      change->class->apply (change->change, undo, self->owner);
    }
  self->applying = FALSE;
}

void
fy_history_abandon (FyHistory *self)
{
  Group *group = g_steal_pointer (&self->open);

  self->depth = 0;
  if (group == NULL)
    return;
  apply (self, group, TRUE);
  group_free (group);
}

void
fy_history_take (FyHistory *self, const FyChangeClass *class, gpointer change)
{
  Change item = { class, change };

  if (self->applying)
    {
      g_critical ("a change was made while another is being undone");
      class->free (change);
      return;
    }
  fy_history_begin (self, "", -1);
  self->open->bytes += class->bytes (change);
  g_array_append_val (self->open->changes, item);
  fy_history_end (self);
}

gboolean
fy_history_undo (FyHistory *self)
{
  if (self->open != NULL || self->applying || self->position == 0)
    return FALSE;
  self->serial++;
  apply (self, group_at (self, --self->position), TRUE);
  return TRUE;
}

gboolean
fy_history_redo (FyHistory *self)
{
  if (self->open != NULL || self->applying || self->position == (int) self->groups->len)
    return FALSE;
  self->serial++;
  apply (self, group_at (self, self->position++), FALSE);
  return TRUE;
}

gboolean
fy_history_is_applying (const FyHistory *self)
{
  return self->applying;
}

guint
fy_history_serial (const FyHistory *self)
{
  return self->serial;
}

int
fy_history_length (const FyHistory *self)
{
  return (int) self->groups->len;
}

int
fy_history_position (const FyHistory *self)
{
  return self->position;
}

const char *
fy_history_name (const FyHistory *self, int entry)
{
  return group_at (self, entry)->name;
}

int
fy_history_frame (const FyHistory *self, int entry)
{
  return group_at (self, entry)->frame;
}

gint64
fy_history_time (const FyHistory *self, int entry)
{
  return group_at (self, entry)->time;
}

void
fy_history_go (FyHistory *self, int position)
{
  int goal = CLAMP (position, 0, fy_history_length (self));

  while (self->position > goal && fy_history_undo (self))
    ;
  while (self->position < goal && fy_history_redo (self))
    ;
}

void
fy_history_clear (FyHistory *self)
{
  forget (self, 0, fy_history_length (self));
  self->serial++;
  self->position = 0;
}

gsize
fy_history_bytes (const FyHistory *self)
{
  return self->bytes;
}
