/* SPDX-License-Identifier: MIT */
#include "label/frame-labels.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

gboolean
fy_provenance_is_hand (FyProvenance provenance)
{
  return provenance != FY_PROVENANCE_NONE && provenance != FY_PROVENANCE_CARRIED;
}

static int
compare_states (gconstpointer a, gconstpointer b)
{
  const FyState *sa = a, *sb = b;

  return (int) sa->object - (int) sb->object;
}

static int
compare_points (gconstpointer a, gconstpointer b)
{
  const FyPoint *pa = a, *pb = b;
  int objects = (int) pa->object - (int) pb->object;

  return objects != 0 ? objects : (int) pa->joint - (int) pb->joint;
}

/* --- Making --- */

/* Returns: how many are left without equal ones. */
static int
sort_unique (gpointer items, int n, gsize size, GCompareFunc compare)
{
  char *item = items;
  int kept = 1;

  if (n <= 1)
    return MAX (n, 0);
  qsort (items, (gsize) n, size, compare);
  for (int i = 1; i < n; i++)
    if (compare (item + (gsize) (kept - 1) * size, item + (gsize) i * size) != 0)
      memmove (item + (gsize) kept++ * size, item + (gsize) i * size, size);
  return kept;
}

FyFrameLabels *
fy_frame_labels_new (FyRunMap *map,
                     const FyState *state,
                     int n_states,
                     const FyPoint *point,
                     int n_points)
{
  FyFrameLabels *self = g_new0 (FyFrameLabels, 1);

  g_atomic_ref_count_init (&self->refs);
  if (map != NULL && !fy_run_map_is_empty (map))
    self->map = fy_run_map_ref (map);
  self->state = n_states > 0 ? g_new (FyState, n_states) : NULL;
  for (int i = 0; i < n_states; i++)
    if (state[i].provenance != FY_PROVENANCE_NONE || state[i].reviewed)
      self->state[self->n_states++] = state[i];
  self->n_states = sort_unique (self->state, self->n_states, sizeof *self->state, compare_states);
  self->point = n_points > 0 ? g_memdup2 (point, sizeof *point * (gsize) n_points) : NULL;
  self->n_points = sort_unique (self->point, n_points, sizeof *self->point, compare_points);
  return self;
}

FyFrameLabels *
fy_frame_labels_ref (FyFrameLabels *self)
{
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

void
fy_frame_labels_unref (FyFrameLabels *self)
{
  if (self == NULL || !g_atomic_ref_count_dec (&self->refs))
    return;
  g_clear_pointer (&self->map, fy_run_map_unref);
  g_free (self->state);
  g_free (self->point);
  g_free (self);
}

/* --- Looking --- */

gsize
fy_frame_labels_bytes (const FyFrameLabels *self)
{
  if (self == NULL)
    return 0;
  return sizeof *self + (self->map != NULL ? fy_run_map_bytes (self->map) : 0) +
         sizeof (FyState) * (gsize) self->n_states + sizeof (FyPoint) * (gsize) self->n_points;
}

gboolean
fy_frame_labels_is_empty (const FyFrameLabels *self)
{
  return self == NULL || (self->map == NULL && self->n_states == 0 && self->n_points == 0);
}

static gboolean
floats_equal (float a, float b)
{
  return !(a < b || a > b) && isnan (a) == isnan (b);
}

gboolean
fy_state_equal (const FyState *a, const FyState *b)
{
  return a->object == b->object && a->provenance == b->provenance && !a->reviewed == !b->reviewed &&
         floats_equal (a->trust, b->trust);
}

gboolean
fy_point_equal (const FyPoint *a, const FyPoint *b)
{
  return a->object == b->object && a->joint == b->joint && a->state == b->state &&
         a->provenance == b->provenance && floats_equal (a->x, b->x) && floats_equal (a->y, b->y);
}

gboolean
fy_frame_labels_equal (const FyFrameLabels *a, const FyFrameLabels *b)
{
  if (a == b)
    return TRUE;
  if (a == NULL || b == NULL)
    return fy_frame_labels_is_empty (a) && fy_frame_labels_is_empty (b);
  if (a->n_states != b->n_states || a->n_points != b->n_points ||
      (a->map == NULL) != (b->map == NULL))
    return FALSE;
  for (int i = 0; i < a->n_states; i++)
    if (!fy_state_equal (&a->state[i], &b->state[i]))
      return FALSE;
  for (int i = 0; i < a->n_points; i++)
    if (!fy_point_equal (&a->point[i], &b->point[i]))
      return FALSE;
  return a->map == NULL || fy_run_map_equal (a->map, b->map);
}

FyState
fy_frame_labels_state (const FyFrameLabels *self, guint16 object)
{
  FyState key = { object, FY_PROVENANCE_NONE, FALSE, NAN };
  const FyState *found = NULL;

  if (self != NULL && self->n_states > 0)
    found = bsearch (&key, self->state, (gsize) self->n_states, sizeof key, compare_states);
  return found != NULL ? *found : key;
}

FyProvenance
fy_frame_labels_provenance (const FyFrameLabels *self, guint16 object)
{
  return (FyProvenance) fy_frame_labels_state (self, object).provenance;
}

const FyPoint *
fy_frame_labels_point (const FyFrameLabels *self, guint16 object, guint16 joint)
{
  FyPoint key = { .object = object, .joint = joint };

  if (self == NULL || self->n_points == 0)
    return NULL;
  return bsearch (&key, self->point, (gsize) self->n_points, sizeof key, compare_points);
}

gboolean
fy_frame_labels_has_hand (const FyFrameLabels *self)
{
  for (int i = 0; self != NULL && i < self->n_states; i++)
    if (fy_provenance_is_hand ((FyProvenance) self->state[i].provenance))
      return TRUE;
  for (int i = 0; self != NULL && i < self->n_points; i++)
    if (fy_provenance_is_hand ((FyProvenance) self->point[i].provenance))
      return TRUE;
  return FALSE;
}

FyProvenance
fy_frame_labels_origin (const FyFrameLabels *self, guint16 object)
{
  FyProvenance said = fy_frame_labels_provenance (self, object);
  guint seen = 1u << said;

  if (said == FY_PROVENANCE_ABSENT || said == FY_PROVENANCE_OCCLUDED)
    return said;
  for (int i = 0; self != NULL && i < self->n_points; i++)
    if (self->point[i].object == object)
      seen |= 1u << self->point[i].provenance;
  if (seen & (1u << FY_PROVENANCE_CORRECTED))
    return FY_PROVENANCE_CORRECTED;
  if (seen & (1u << FY_PROVENANCE_HAND))
    return seen & (1u << FY_PROVENANCE_CARRIED | 1u << FY_PROVENANCE_IMPORTED)
               ? FY_PROVENANCE_CORRECTED
               : FY_PROVENANCE_HAND;
  if (seen & (1u << FY_PROVENANCE_IMPORTED))
    return FY_PROVENANCE_IMPORTED;
  return seen & (1u << FY_PROVENANCE_CARRIED) ? FY_PROVENANCE_CARRIED : FY_PROVENANCE_NONE;
}

gboolean
fy_frame_labels_is_by_hand (const FyFrameLabels *self, guint16 object)
{
  if (fy_provenance_is_hand (fy_frame_labels_provenance (self, object)))
    return TRUE;
  for (int i = 0; self != NULL && i < self->n_points; i++)
    if (self->point[i].object == object &&
        fy_provenance_is_hand ((FyProvenance) self->point[i].provenance))
      return TRUE;
  return FALSE;
}

/* --- Changing --- */

static const FyFrameLabels NOTHING;

FyFrameLabels *
fy_frame_labels_with_map (const FyFrameLabels *self, FyRunMap *map)
{
  const FyFrameLabels *from = self != NULL ? self : &NOTHING;

  return fy_frame_labels_new (map, from->state, from->n_states, from->point, from->n_points);
}

FyFrameLabels *
fy_frame_labels_with_state (const FyFrameLabels *self, const FyState *state)
{
  const FyFrameLabels *from = self != NULL ? self : &NOTHING;
  g_autofree FyState *states = g_new (FyState, from->n_states + 1);
  int n = 0;

  for (int i = 0; i < from->n_states; i++)
    if (from->state[i].object != state->object)
      states[n++] = from->state[i];
  states[n++] = *state;
  return fy_frame_labels_new (from->map, states, n, from->point, from->n_points);
}

FyFrameLabels *
fy_frame_labels_with_point (const FyFrameLabels *self, const FyPoint *point)
{
  const FyFrameLabels *from = self != NULL ? self : &NOTHING;
  g_autofree FyPoint *points = g_new (FyPoint, from->n_points + 1);
  int n = 0;

  for (int i = 0; i < from->n_points; i++)
    if (compare_points (&from->point[i], point) != 0)
      points[n++] = from->point[i];
  points[n++] = *point;
  return fy_frame_labels_new (from->map, from->state, from->n_states, points, n);
}

FyFrameLabels *
fy_frame_labels_without_point (const FyFrameLabels *self, guint16 object, guint16 joint)
{
  const FyFrameLabels *from = self != NULL ? self : &NOTHING;
  FyPoint key = { .object = object, .joint = joint };
  g_autofree FyPoint *points = g_new (FyPoint, from->n_points + 1);
  int n = 0;

  for (int i = 0; i < from->n_points; i++)
    if (compare_points (&from->point[i], &key) != 0)
      points[n++] = from->point[i];
  return fy_frame_labels_new (from->map, from->state, from->n_states, points, n);
}

gboolean
fy_frame_labels_has_object (const FyFrameLabels *self, guint16 object)
{
  if (self == NULL)
    return FALSE;
  for (int i = 0; i < self->n_states; i++)
    if (self->state[i].object == object)
      return TRUE;
  for (int i = 0; i < self->n_points; i++)
    if (self->point[i].object == object)
      return TRUE;
  return self->map != NULL && fy_run_map_has (self->map, object);
}

FyFrameLabels *
fy_frame_labels_without_objects (const FyFrameLabels *self, GArray *ids)
{
  FyLabelsDifference all = { ids, ids, ids };

  return fy_frame_labels_patch (self, NULL, &all);
}

FyFrameLabels *
fy_frame_labels_without_object (const FyFrameLabels *self, guint16 object)
{
  GArray one = { .data = (char *) &object, .len = 1 };

  return fy_frame_labels_without_objects (self, &one);
}

/* --- What differs --- */

static int
compare_ids (gconstpointer a, gconstpointer b)
{
  const guint16 *ia = a, *ib = b;

  return (int) *ia - (int) *ib;
}

gboolean
fy_ids_has (const GArray *ids, guint16 id)
{
  return ids->len > 0 && bsearch (&id, ids->data, ids->len, sizeof id, compare_ids) != NULL;
}

static void
sort_ids (GArray *ids)
{
  guint kept = 0;

  g_array_sort (ids, compare_ids);
  for (guint i = 0; i < ids->len; i++)
    if (i == 0 || g_array_index (ids, guint16, i) != g_array_index (ids, guint16, kept - 1))
      g_array_index (ids, guint16, kept++) = g_array_index (ids, guint16, i);
  g_array_set_size (ids, kept);
}

/* Two maps, of which one may be NULL, as maps. */
static GArray *
pixel_difference (FyRunMap *a, FyRunMap *b)
{
  FyRunMap *some = a != NULL ? a : b;
  g_autoptr (FyRunMap) nothing = NULL;

  if (a == b)
    return g_array_new (FALSE, FALSE, sizeof (guint16));
  if (a == NULL || b == NULL)
    nothing = fy_run_map_new_empty (fy_run_map_width (some), fy_run_map_height (some));
  return fy_run_map_difference (a != NULL ? a : nothing, b != NULL ? b : nothing);
}

/* Appends the objects of which a has a state or point that b has not so. */
static void
add_difference (FyLabelsDifference *self, const FyFrameLabels *a, const FyFrameLabels *b)
{
  for (int i = 0; i < a->n_states; i++)
    {
      FyState other = fy_frame_labels_state (b, a->state[i].object);

      if (!fy_state_equal (&a->state[i], &other))
        g_array_append_val (self->states, a->state[i].object);
    }
  for (int i = 0; i < a->n_points; i++)
    {
      const FyPoint *other = fy_frame_labels_point (b, a->point[i].object, a->point[i].joint);

      if (other == NULL || !fy_point_equal (&a->point[i], other))
        g_array_append_val (self->points, a->point[i].object);
    }
}

void
fy_labels_difference_init (FyLabelsDifference *self, const FyFrameLabels *a, const FyFrameLabels *b)
{
  const FyFrameLabels *from = a != NULL ? a : &NOTHING, *to = b != NULL ? b : &NOTHING;

  self->pixels = pixel_difference (from->map, to->map);
  self->states = g_array_new (FALSE, FALSE, sizeof (guint16));
  self->points = g_array_new (FALSE, FALSE, sizeof (guint16));
  add_difference (self, from, to);
  add_difference (self, to, from);
  sort_ids (self->states);
  sort_ids (self->points);
}

void
fy_labels_difference_add_owned (FyLabelsDifference *self,
                                const FyFrameLabels *a,
                                const FyFrameLabels *b)
{
  for (guint i = 0; i < self->states->len; i++)
    {
      guint16 id = g_array_index (self->states, guint16, i);

      if (fy_provenance_is_hand (fy_frame_labels_provenance (a, id)) ==
          fy_provenance_is_hand (fy_frame_labels_provenance (b, id)))
        continue;
      g_array_append_val (self->pixels, id);
      g_array_append_val (self->points, id);
    }
  sort_ids (self->pixels);
  sort_ids (self->points);
}

void
fy_labels_difference_clear (FyLabelsDifference *self)
{
  g_clear_pointer (&self->pixels, g_array_unref);
  g_clear_pointer (&self->states, g_array_unref);
  g_clear_pointer (&self->points, g_array_unref);
}

gboolean
fy_labels_difference_is_empty (const FyLabelsDifference *self)
{
  return self->pixels->len == 0 && self->states->len == 0 && self->points->len == 0;
}

static FyRunMap *
patch_map (FyRunMap *self, FyRunMap *from, const GArray *ids)
{
  FyRunMap *some = self != NULL ? self : from;
  g_autoptr (FyRunMap) nothing = NULL;

  if (ids->len == 0 || some == NULL)
    return self != NULL ? fy_run_map_ref (self) : NULL;
  if (self == NULL || from == NULL)
    nothing = fy_run_map_new_empty (fy_run_map_width (some), fy_run_map_height (some));
  return fy_run_map_compose (self != NULL ? self : nothing, from != NULL ? from : nothing,
                             (const guint16 *) (gpointer) ids->data, (int) ids->len);
}

FyFrameLabels *
fy_frame_labels_patch (const FyFrameLabels *self,
                       const FyFrameLabels *from,
                       const FyLabelsDifference *difference)
{
  const FyFrameLabels *to = self != NULL ? self : &NOTHING;
  const FyFrameLabels *source = from != NULL ? from : &NOTHING;
  g_autofree FyState *states = g_new (FyState, to->n_states + source->n_states + 1);
  g_autofree FyPoint *points = g_new (FyPoint, to->n_points + source->n_points + 1);
  g_autoptr (FyRunMap) map = patch_map (to->map, source->map, difference->pixels);
  int n_states = 0, n_points = 0;

  for (int i = 0; i < to->n_states; i++)
    if (!fy_ids_has (difference->states, to->state[i].object))
      states[n_states++] = to->state[i];
  for (int i = 0; i < source->n_states; i++)
    if (fy_ids_has (difference->states, source->state[i].object))
      states[n_states++] = source->state[i];
  for (int i = 0; i < to->n_points; i++)
    if (!fy_ids_has (difference->points, to->point[i].object))
      points[n_points++] = to->point[i];
  for (int i = 0; i < source->n_points; i++)
    if (fy_ids_has (difference->points, source->point[i].object))
      points[n_points++] = source->point[i];
  return fy_frame_labels_new (map, states, n_states, points, n_points);
}
