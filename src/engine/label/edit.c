/* SPDX-License-Identifier: MIT */
#include "label/edit.h"

#include <math.h>
#include <stdlib.h>

/* --- By hand --- */

FyFrameLabels *
fy_edit_paint (const FyFrameLabels *labels, FyRunMap *map)
{
  g_autoptr (FyFrameLabels) painted = fy_frame_labels_with_map (labels, map);
  g_auto (FyLabelsDifference) difference = { 0 };

  fy_labels_difference_init (&difference, labels, painted);
  for (guint i = 0; i < difference.pixels->len; i++)
    {
      guint16 id = g_array_index (difference.pixels, guint16, i);
      FyState state = fy_frame_labels_state (painted, id);
      gboolean was_other =
          state.provenance == FY_PROVENANCE_CARRIED || state.provenance == FY_PROVENANCE_IMPORTED;
      FyFrameLabels *marked;

      if (id == FY_ID_VOID || state.provenance == FY_PROVENANCE_HAND ||
          state.provenance == FY_PROVENANCE_CORRECTED)
        continue;
      state.provenance = was_other ? FY_PROVENANCE_CORRECTED : FY_PROVENANCE_HAND;
      state.trust = NAN;
      marked = fy_frame_labels_with_state (painted, &state);
      fy_frame_labels_unref (painted);
      painted = marked;
    }
  return g_steal_pointer (&painted);
}

FyFrameLabels *
fy_edit_import (const FyFrameLabels *labels, FyRunMap *map)
{
  g_autoptr (GArray) ids = fy_run_map_ids (map);
  FyFrameLabels *imported = fy_frame_labels_with_map (labels, map);

  for (guint i = 0; i < ids->len; i++)
    {
      FyState state = { .object = g_array_index (ids, guint16, i),
                        .provenance = FY_PROVENANCE_IMPORTED,
                        .trust = NAN };
      FyFrameLabels *marked = fy_frame_labels_with_state (imported, &state);

      fy_frame_labels_unref (imported);
      imported = marked;
    }
  return imported;
}

FyFrameLabels *
fy_edit_declare (const FyFrameLabels *labels, guint16 id, FyProvenance provenance)
{
  FyState state = { id, (guint8) provenance, FALSE, NAN };
  g_autoptr (FyFrameLabels) without = NULL;

  if (provenance == FY_PROVENANCE_NONE && !fy_frame_labels_is_by_hand (labels, id))
    return fy_frame_labels_with_map (labels, labels != NULL ? labels->map : NULL);
  without = fy_frame_labels_without_object (labels, id);
  return fy_frame_labels_with_state (without, &state);
}

static FyState
merge_states (FyState of, FyState into)
{
  static const int weight[FY_N_PROVENANCES] = {
    [FY_PROVENANCE_NONE] = 0,      [FY_PROVENANCE_OCCLUDED] = 1, [FY_PROVENANCE_ABSENT] = 1,
    [FY_PROVENANCE_CARRIED] = 2,   [FY_PROVENANCE_IMPORTED] = 3, [FY_PROVENANCE_HAND] = 4,
    [FY_PROVENANCE_CORRECTED] = 5,
  };
  FyState state = weight[of.provenance] > weight[into.provenance] ? of : into;

  state.object = into.object;
  state.reviewed = of.reviewed && into.reviewed;
  if (of.provenance == FY_PROVENANCE_CARRIED && into.provenance == FY_PROVENANCE_CARRIED)
    state.trust = fminf (of.trust, into.trust);
  return state;
}

FyFrameLabels *
fy_edit_merge (FyFrameLabels *labels, guint16 of, guint16 into, int n_joints)
{
  g_autoptr (FyRunMap) map = NULL;
  g_autofree FyState *states = NULL;
  g_autofree FyPoint *points = NULL;
  int n_states = 0, n_points = 0;

  if (!fy_frame_labels_has_object (labels, of))
    return labels != NULL ? fy_frame_labels_ref (labels) : NULL;
  states = g_new (FyState, labels->n_states + 1);
  points = g_new (FyPoint, labels->n_points + 1);
  if (labels->map != NULL)
    map = fy_run_map_replace (labels->map, of, into);
  for (int i = 0; i < labels->n_states; i++)
    if (labels->state[i].object != of && labels->state[i].object != into)
      states[n_states++] = labels->state[i];
  states[n_states++] =
      merge_states (fy_frame_labels_state (labels, of), fy_frame_labels_state (labels, into));
  for (int i = 0; i < labels->n_points; i++)
    {
      FyPoint point = labels->point[i];

      if (point.object == of)
        {
          if (point.joint >= n_joints || fy_frame_labels_point (labels, into, point.joint) != NULL)
            continue;
          point.object = into;
        }
      points[n_points++] = point;
    }
  return fy_frame_labels_new (map, states, n_states, points, n_points);
}

/* --- Carried --- */

/* What of a list a propagation may give pixels and a state in a frame, and ids, void among them, whose
 * pixels it may not take. */
typedef struct
{
  GArray *open; /* indices into the list */
  GArray *ids;
  GArray *kept;
} Claims;

static void
claims_clear (Claims *self)
{
  g_clear_pointer (&self->open, g_array_unref);
  g_clear_pointer (&self->ids, g_array_unref);
  g_clear_pointer (&self->kept, g_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Claims, claims_clear)

static const guint16 *
ids_of (const GArray *ids)
{
  return (const guint16 *) (gpointer) ids->data;
}

static void
claims_init (Claims *self,
             const FyFrameLabels *labels,
             const GPtrArray *objects,
             const FyCarried *carried)
{
  guint16 nobody = FY_ID_VOID;

  self->open = g_array_new (FALSE, FALSE, sizeof (int));
  self->ids = g_array_new (FALSE, FALSE, sizeof (guint16));
  self->kept = g_array_new (FALSE, FALSE, sizeof (guint16));
  for (int i = 0; i < carried->n; i++)
    if (fy_objects_index (objects, carried->ids[i]) >= 0 &&
        !fy_provenance_is_hand (fy_frame_labels_provenance (labels, carried->ids[i])))
      {
        g_array_append_val (self->open, i);
        g_array_append_val (self->ids, carried->ids[i]);
      }
  for (int i = 0; i < labels->n_states; i++)
    if (fy_provenance_is_hand ((FyProvenance) labels->state[i].provenance))
      g_array_append_val (self->kept, labels->state[i].object);
  g_array_append_val (self->kept, nobody);
}

static FyRunMap *
carry_map (FyRunMap *now, FyRunMap *map, const Claims *claims)
{
  FyRunMap *some = now != NULL ? now : map;
  g_autoptr (FyRunMap) nothing = NULL, laid = NULL;

  if (some == NULL)
    return NULL;
  nothing = fy_run_map_new_empty (fy_run_map_width (some), fy_run_map_height (some));
  laid = fy_run_map_compose (now != NULL ? now : nothing, map != NULL ? map : nothing,
                             ids_of (claims->ids), (int) claims->ids->len);
  if (now == NULL)
    return g_steal_pointer (&laid);
  return fy_run_map_compose (laid, now, ids_of (claims->kept), (int) claims->kept->len);
}

/* Whether a propagation may change joints of an object. */
static gboolean
takes_points (const FyFrameLabels *labels, const GPtrArray *objects, guint16 id)
{
  FyProvenance provenance = fy_frame_labels_provenance (labels, id);
  int index = fy_objects_index (objects, id);

  return index >= 0 &&
         ((FyObject *) g_ptr_array_index (objects, index))->kind == FY_OBJECT_SKELETON &&
         provenance != FY_PROVENANCE_ABSENT && provenance != FY_PROVENANCE_OCCLUDED;
}

static GArray *
carry_points (const FyFrameLabels *labels, const GPtrArray *objects, const FyCarried *carried)
{
  GArray *points = g_array_new (FALSE, FALSE, sizeof (FyPoint));
  g_autofree guint8 *taken = g_new0 (guint8, 65536);

  for (int i = 0; i < carried->n; i++)
    taken[carried->ids[i]] = takes_points (labels, objects, carried->ids[i]);
  for (int i = 0; i < labels->n_points; i++)
    if (!taken[labels->point[i].object] ||
        fy_provenance_is_hand ((FyProvenance) labels->point[i].provenance))
      g_array_append_val (points, labels->point[i]);
  for (int i = 0; i < carried->n_points; i++)
    {
      FyPoint point = carried->point[i];
      const FyPoint *old = fy_frame_labels_point (labels, point.object, point.joint);

      point.provenance = FY_PROVENANCE_CARRIED;
      if (taken[point.object] &&
          (old == NULL || !fy_provenance_is_hand ((FyProvenance) old->provenance)))
        g_array_append_val (points, point);
    }
  return points;
}

static GArray *
carry_states (const FyFrameLabels *labels, const FyCarried *carried, const Claims *claims)
{
  GArray *states = g_array_new (FALSE, FALSE, sizeof (FyState));

  for (int i = 0; i < labels->n_states; i++)
    if (!fy_ids_has (claims->ids, labels->state[i].object))
      g_array_append_val (states, labels->state[i]);
  for (guint i = 0; i < claims->open->len; i++)
    {
      int at = g_array_index (claims->open, int, i);
      FyState state = fy_frame_labels_state (labels, carried->ids[at]);

      state.provenance = FY_PROVENANCE_CARRIED;
      state.trust = carried->trust != NULL ? carried->trust[at] : NAN;
      g_array_append_val (states, state);
    }
  return states;
}

/* An object that looks other than what a person looked at is to be looked at again. */
static void
end_reviews (const FyFrameLabels *before, FyFrameLabels *after)
{
  g_auto (FyLabelsDifference) difference = { 0 };

  fy_labels_difference_init (&difference, before, after);
  for (int i = 0; i < after->n_states; i++)
    if (after->state[i].provenance == FY_PROVENANCE_CARRIED &&
        (fy_ids_has (difference.pixels, after->state[i].object) ||
         fy_ids_has (difference.points, after->state[i].object)))
      after->state[i].reviewed = FALSE;
}

FyFrameLabels *
fy_edit_carry (const FyFrameLabels *labels, const GPtrArray *objects, const FyCarried *carried)
{
  static const FyFrameLabels nothing;
  const FyFrameLabels *now = labels != NULL ? labels : &nothing;
  g_auto (Claims) claims = { 0 };
  g_autoptr (FyRunMap) map = NULL;
  g_autoptr (GArray) points = NULL, states = NULL;
  FyFrameLabels *after;

  claims_init (&claims, now, objects, carried);
  map = carry_map (now->map, carried->map, &claims);
  points = carry_points (now, objects, carried);
  states = carry_states (now, carried, &claims);
  after = fy_frame_labels_new (map, (FyState *) (gpointer) states->data, (int) states->len,
                               (FyPoint *) (gpointer) points->data, (int) points->len);
  end_reviews (now, after);
  return after;
}
