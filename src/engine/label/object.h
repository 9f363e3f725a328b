/* SPDX-License-Identifier: MIT */
/* What is labelled: a thing with an id, a name and a colour, shown as a mask or as a skeleton.
 *
 * Immutable once made; reference-counted; any thread.  A change makes a new one with the same id. */
#pragma once

#include "label/palette.h"

G_BEGIN_DECLS

typedef enum
{
  FY_OBJECT_MASK,
  FY_OBJECT_SKELETON,
} FyObjectKind;

/* The joints of a skeleton and how they hang together. */
typedef struct
{
  int n_joints;
  char **joint; /* [n_joints] names */
  int *parent;  /* [n_joints] joint drawn to; -1 = none */
} FySkeleton;

typedef struct
{
  gatomicrefcount refs;
  guint16 id; /* 1 .. 65534, never given again in a project */
  char *name;
  FyRgb colour;
  gboolean hidden;
  gboolean locked; /* nothing a hand does changes it; propagation does */
  FyObjectKind kind;
  FySkeleton skeleton; /* n_joints = 0 for a mask */
} FyObject;

/* name      NULL = "object ID"
 * Returns:  (transfer full) in its display colour, visible, unlocked. */
FyObject *fy_object_new (guint16 id, const char *name, FyObjectKind kind);
FyObject *fy_object_copy (const FyObject *self);
FyObject *fy_object_ref (FyObject *self);
void fy_object_unref (FyObject *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FyObject, fy_object_unref)
gboolean fy_object_equal (const FyObject *a, const FyObject *b);

/* Where an object is among some, -1 when it is not.  objects: of FyObject. */
int fy_objects_index (const GPtrArray *objects, guint16 id);

/* Sets a copy's skeleton, before it is shared.  parent: nullable. */
void fy_object_set_skeleton (FyObject *self, const char *const *joint, const int *parent, int n);

/* The 15 joints of JHMDB with their parents.  Source: formats.md section 7. */
void fy_object_set_skeleton_jhmdb (FyObject *self);

G_END_DECLS
