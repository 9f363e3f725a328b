/* SPDX-License-Identifier: MIT */
#include "label/object.h"

static void
skeleton_clear (FySkeleton *self)
{
  for (int i = 0; i < self->n_joints; i++)
    g_free (self->joint[i]);
  g_free (self->joint);
  g_free (self->parent);
  *self = (FySkeleton){ 0 };
}

FyObject *
fy_object_new (guint16 id, const char *name, FyObjectKind kind)
{
  FyObject *self = g_new0 (FyObject, 1);

  g_atomic_ref_count_init (&self->refs);
  self->id = id;
  self->name = name != NULL ? g_strdup (name) : g_strdup_printf ("object %d", id);
  self->colour = fy_display_colour (id);
  self->kind = kind;
  return self;
}

FyObject *
fy_object_copy (const FyObject *self)
{
  FyObject *copy = fy_object_new (self->id, self->name, self->kind);

  copy->colour = self->colour;
  copy->hidden = self->hidden;
  copy->locked = self->locked;
  fy_object_set_skeleton (copy, (const char *const *) self->skeleton.joint, self->skeleton.parent,
                          self->skeleton.n_joints);
  return copy;
}

FyObject *
fy_object_ref (FyObject *self)
{
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

void
fy_object_unref (FyObject *self)
{
  if (self == NULL || !g_atomic_ref_count_dec (&self->refs))
    return;
  skeleton_clear (&self->skeleton);
  g_free (self->name);
  g_free (self);
}

static gboolean
skeleton_equal (const FySkeleton *a, const FySkeleton *b)
{
  if (a->n_joints != b->n_joints)
    return FALSE;
  for (int i = 0; i < a->n_joints; i++)
    if (a->parent[i] != b->parent[i] || !g_str_equal (a->joint[i], b->joint[i]))
      return FALSE;
  return TRUE;
}

gboolean
fy_object_equal (const FyObject *a, const FyObject *b)
{
  return a == b ||
         (a->id == b->id && g_str_equal (a->name, b->name) && a->colour.r == b->colour.r &&
          a->colour.g == b->colour.g && a->colour.b == b->colour.b && !a->hidden == !b->hidden &&
          !a->locked == !b->locked && a->kind == b->kind &&
          skeleton_equal (&a->skeleton, &b->skeleton));
}

int
fy_objects_index (const GPtrArray *objects, guint16 id)
{
  for (guint i = 0; i < objects->len; i++)
    if (((const FyObject *) g_ptr_array_index (objects, i))->id == id)
      return (int) i;
  return -1;
}

void
fy_object_set_skeleton (FyObject *self, const char *const *joint, const int *parent, int n)
{
  FySkeleton skeleton = { .n_joints = n };

  skeleton.joint = n > 0 ? g_new (char *, n) : NULL;
  skeleton.parent = n > 0 ? g_new (int, n) : NULL;
  for (int i = 0; i < n; i++)
    {
      skeleton.joint[i] = g_strdup (joint[i]);
      skeleton.parent[i] = parent != NULL ? parent[i] : -1;
    }
  skeleton_clear (&self->skeleton);
  self->skeleton = skeleton;
}

void
fy_object_set_skeleton_jhmdb (FyObject *self)
{
  static const struct
  {
    const char *name;
    int parent;
  } joints[] = {
    { "neck", 1 },          { "belly", -1 },      { "head", 0 },        { "right shoulder", 0 },
    { "left shoulder", 0 }, { "right hip", 1 },   { "left hip", 1 },    { "right elbow", 3 },
    { "left elbow", 4 },    { "right knee", 5 },  { "left knee", 6 },   { "right wrist", 7 },
    { "left wrist", 8 },    { "right ankle", 9 }, { "left ankle", 10 },
  };
  const char *name[G_N_ELEMENTS (joints)];
  int parent[G_N_ELEMENTS (joints)];

  for (gsize i = 0; i < G_N_ELEMENTS (joints); i++)
    {
      name[i] = joints[i].name;
      parent[i] = joints[i].parent;
    }
  fy_object_set_skeleton (self, name, parent, G_N_ELEMENTS (joints));
}
