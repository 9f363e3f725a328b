/* SPDX-License-Identifier: MIT */
#include "app/panels/objects-panel-model.h"

#include <math.h>

/* While a clip plays, what rows say changes this often. */
#define UPDATE_MS 40

G_DEFINE_FINAL_TYPE (FerryObjectItem, ferry_object_item, G_TYPE_OBJECT)

struct _FerryObjectsModel
{
  GObject parent_instance;

  FerryDocument *document;
  FyLabelSet *labels; /* followed; nullable */
  GPtrArray *items;   /* FerryObjectItem */
  guint update;       /* source */
  gboolean counting;  /* a thread counts */
  FyRunMap *counted;  /* the map that `area` is of; NULL = no mask */
  GHashTable *area;   /* id -> gint64 */
  GHashTable *closed; /* ids of skeletons whose joints are not shown */
};

static void model_interface_init (GListModelInterface *interface);
static void queue_update (FerryObjectsModel *self);

G_DEFINE_FINAL_TYPE_WITH_CODE (FerryObjectsModel,
                               ferry_objects_model,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, model_interface_init))

/* --- An item --- */

static void
ferry_object_item_finalize (GObject *object)
{
  fy_object_unref (FERRY_OBJECT_ITEM (object)->object);
  G_OBJECT_CLASS (ferry_object_item_parent_class)->finalize (object);
}

static void
ferry_object_item_class_init (FerryObjectItemClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ferry_object_item_finalize;
  g_signal_new ("changed", FERRY_TYPE_OBJECT_ITEM, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                G_TYPE_NONE, 0);
}

static void
ferry_object_item_init (FerryObjectItem *self)
{
  self->joint = FERRY_NO_JOINT;
  self->joint_state = -1;
  self->area = -1;
}

static void
tell (FerryObjectItem *self)
{
  g_signal_emit_by_name (self, "changed");
}

static void
set_object (FerryObjectItem *self, FyObject *object)
{
  if (self->object == object)
    return;
  fy_object_unref (self->object);
  self->object = fy_object_ref (object);
  tell (self);
}

/* --- What a row says of the frame on show --- */

static gint64
find_area (FerryObjectsModel *self, guint16 id, FyFrameLabels *frame)
{
  FyRunMap *map = frame != NULL ? frame->map : NULL;
  gint64 *area;

  if (map == NULL)
    return 0;
  if (map != self->counted || self->area == NULL)
    return -1;
  area = g_hash_table_lookup (self->area, GINT_TO_POINTER (id));
  return area != NULL ? *area : 0;
}

static int
count_placed (const FyFrameLabels *frame, const FyObject *object)
{
  int n = 0;

  for (int i = 0; i < object->skeleton.n_joints; i++)
    {
      const FyPoint *point = fy_frame_labels_point (frame, object->id, (guint16) i);

      n += point != NULL && point->state == FY_JOINT_PLACED;
    }
  return n;
}

static gboolean
update_joint (FerryObjectItem *item, const FyFrameLabels *frame, gboolean in_hand)
{
  const FyPoint *point = fy_frame_labels_point (frame, item->id, (guint16) item->joint);
  int state = point != NULL ? point->state : -1;
  FyProvenance provenance = point != NULL ? (FyProvenance) point->provenance : FY_PROVENANCE_NONE;
  float x = point != NULL ? point->x : 0;
  float y = point != NULL ? point->y : 0;

  if (item->in_hand == in_hand && item->joint_state == state && item->provenance == provenance &&
      item->x == x && item->y == y)
    return FALSE;
  item->joint_state = state;
  item->in_hand = in_hand;
  item->provenance = provenance;
  item->x = x;
  item->y = y;
  return TRUE;
}

static gboolean
update_object (FerryObjectsModel *self, FerryObjectItem *item, FyFrameLabels *frame)
{
  FyState state = fy_frame_labels_state (frame, item->id);
  FyProvenance origin = fy_frame_labels_origin (frame, item->id);
  gboolean skeleton = item->object->kind == FY_OBJECT_SKELETON;
  gint64 area = skeleton ? 0 : find_area (self, item->id, frame);
  int n_placed = skeleton ? count_placed (frame, item->object) : 0;

  if (area < 0) /* the old number stays until the new one is there */
    area = item->area;
  if (item->provenance == origin && item->reviewed == state.reviewed && item->area == area &&
      item->n_placed == n_placed)
    return FALSE;
  item->provenance = origin;
  item->reviewed = state.reviewed;
  item->area = area;
  item->n_placed = n_placed;
  return TRUE;
}

static FyFrameLabels *
shown_frame (FerryObjectsModel *self)
{
  if (self->labels == NULL)
    return NULL;
  return fy_label_set_peek (self->labels, ferry_document_frame (self->document));
}

static void
update_items (FerryObjectsModel *self)
{
  FyFrameLabels *frame = shown_frame (self);
  guint16 object = ferry_document_object (self->document);
  int joint;

  g_object_get (self->document, "joint", &joint, NULL);
  for (guint i = 0; i < self->items->len; i++)
    {
      FerryObjectItem *item = self->items->pdata[i];
      gboolean changed = FALSE;

      if (item->joint != FERRY_NO_JOINT)
        changed = update_joint (item, frame, item->id == object && item->joint == joint);
      else if (item->object != NULL)
        changed = update_object (self, item, frame);
      if (changed)
        tell (item);
    }
}

/* --- Areas, on another thread --- */

static void
count_pixels (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  g_autoptr (FyIdMap) map = fy_run_map_to_id_map (data);
  g_autofree gint64 *count = g_new0 (gint64, G_MAXUINT16 + 1);
  GHashTable *area = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  gsize n = (gsize) map->width * (gsize) map->height;

  for (gsize i = 0; i < n; i++)
    count[map->id[i]]++;
  for (int id = 1; id <= G_MAXUINT16; id++)
    if (count[id] > 0)
      g_hash_table_insert (area, GINT_TO_POINTER (id), g_memdup2 (&count[id], sizeof count[id]));
  g_task_return_pointer (task, area, (GDestroyNotify) g_hash_table_unref);
}

static void
on_counted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  FerryObjectsModel *self = FERRY_OBJECTS_MODEL (source);

  self->counting = FALSE;
  g_clear_pointer (&self->area, g_hash_table_unref);
  self->area = g_task_propagate_pointer (G_TASK (result), NULL);
  g_clear_pointer (&self->counted, fy_run_map_unref);
  self->counted = fy_run_map_ref (g_task_get_task_data (G_TASK (result)));
  queue_update (self);
}

static void
count_shown (FerryObjectsModel *self)
{
  FyFrameLabels *frame = shown_frame (self);
  g_autoptr (GTask) task = NULL;

  if (self->counting || frame == NULL || frame->map == NULL || frame->map == self->counted)
    return;
  self->counting = TRUE;
  task = g_task_new (self, NULL, on_counted, NULL);
  g_task_set_task_data (task, fy_run_map_ref (frame->map), (GDestroyNotify) fy_run_map_unref);
  g_task_run_in_thread (task, count_pixels);
}

static gboolean
on_update (gpointer data)
{
  FerryObjectsModel *self = data;

  self->update = 0;
  update_items (self);
  count_shown (self);
  return G_SOURCE_REMOVE;
}

static void
queue_update (FerryObjectsModel *self)
{
  if (self->update == 0 && self->document != NULL)
    self->update = g_timeout_add (UPDATE_MS, on_update, self);
}

/* --- Which rows there are --- */

static FerryObjectItem *
new_item (guint16 id, int joint, FyObject *object)
{
  FerryObjectItem *item = g_object_new (FERRY_TYPE_OBJECT_ITEM, NULL);

  item->id = id;
  item->joint = joint;
  item->object = object != NULL ? fy_object_ref (object) : NULL;
  item->expanded = TRUE;
  return item;
}

static gpointer
item_key (guint16 id, int joint)
{
  return GUINT_TO_POINTER ((guint) id << 16 | (guint) (joint + 1));
}

/* Appends the item of that key, the one there was if there was one. */
static FerryObjectItem *
keep (GPtrArray *items, GHashTable *old, guint16 id, int joint, FyObject *object)
{
  FerryObjectItem *item = g_hash_table_lookup (old, item_key (id, joint));

  item = item != NULL ? g_object_ref (item) : new_item (id, joint, object);
  if (object != NULL)
    set_object (item, object);
  g_ptr_array_add (items, item);
  return item;
}

static GPtrArray *
list_items (FerryObjectsModel *self)
{
  g_autoptr (GHashTable) old = g_hash_table_new (NULL, NULL);
  GPtrArray *items = g_ptr_array_new_with_free_func (g_object_unref);

  if (self->labels == NULL)
    return items;
  for (guint i = 0; i < self->items->len; i++)
    {
      FerryObjectItem *item = self->items->pdata[i];

      g_hash_table_insert (old, item_key (item->id, item->joint), item);
    }
  keep (items, old, FY_ID_BACKGROUND, FERRY_NO_JOINT, NULL);
  for (int i = 0; i < fy_label_set_n_objects (self->labels); i++)
    {
      FyObject *object = fy_label_set_object (self->labels, i);
      FerryObjectItem *item = keep (items, old, object->id, FERRY_NO_JOINT, object);

      item->expanded = !g_hash_table_contains (self->closed, GINT_TO_POINTER (object->id));
      if (item->expanded)
        for (int joint = 0; joint < object->skeleton.n_joints; joint++)
          keep (items, old, object->id, joint, object);
    }
  return items;
}

/* Takes other rows, telling of no more than lies between the first and the last that differ. */
static void
take_items (FerryObjectsModel *self, GPtrArray *items)
{
  g_autoptr (GPtrArray) old = self->items;
  guint first = 0, same = 0;

  while (first < MIN (old->len, items->len) && old->pdata[first] == items->pdata[first])
    first++;
  while (same < MIN (old->len, items->len) - first &&
         old->pdata[old->len - 1 - same] == items->pdata[items->len - 1 - same])
    same++;
  self->items = items;
  if (first + same < old->len || first + same < items->len)
    g_list_model_items_changed (G_LIST_MODEL (self), first, old->len - first - same,
                                items->len - first - same);
}

static void
on_objects_changed (FerryObjectsModel *self)
{
  take_items (self, list_items (self));
  update_items (self);
  g_signal_emit_by_name (self, "updated");
}

static void
on_frame_changed (FerryObjectsModel *self, int frame)
{
  if (frame == ferry_document_frame (self->document))
    queue_update (self);
}

static void
on_opened (FerryObjectsModel *self)
{
  FyLabelSet *labels = ferry_document_labels (self->document);

  if (self->labels != NULL)
    g_signal_handlers_disconnect_by_data (self->labels, self);
  g_set_object (&self->labels, labels);
  g_hash_table_remove_all (self->closed);
  g_clear_pointer (&self->counted, fy_run_map_unref);
  take_items (self, g_ptr_array_new_with_free_func (g_object_unref));
  if (labels != NULL)
    {
      g_signal_connect_object (labels, "objects-changed", G_CALLBACK (on_objects_changed), self,
                               G_CONNECT_SWAPPED);
      g_signal_connect_object (labels, "frame-changed", G_CALLBACK (on_frame_changed), self,
                               G_CONNECT_SWAPPED);
    }
  on_objects_changed (self);
  queue_update (self);
}

FerryObjectsModel *
ferry_objects_model_new (FerryDocument *document)
{
  FerryObjectsModel *self = g_object_new (FERRY_TYPE_OBJECTS_MODEL, NULL);

  self->document = g_object_ref (document);
  g_signal_connect_object (document, "opened", G_CALLBACK (on_opened), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (document, "notify::frame", G_CALLBACK (queue_update), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (document, "notify::object", G_CALLBACK (queue_update), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (document, "notify::joint", G_CALLBACK (queue_update), self,
                           G_CONNECT_SWAPPED);
  on_opened (self);
  return self;
}

int
ferry_objects_model_find (FerryObjectsModel *self, guint16 id, int joint)
{
  for (guint i = 0; i < self->items->len; i++)
    {
      FerryObjectItem *item = self->items->pdata[i];

      if (item->id == id && item->joint == joint)
        return (int) i;
    }
  return -1;
}

void
ferry_objects_model_expand (FerryObjectsModel *self, FerryObjectItem *item, gboolean expanded)
{
  if (item->joint != FERRY_NO_JOINT || item->expanded == expanded)
    return;
  if (expanded)
    g_hash_table_remove (self->closed, GINT_TO_POINTER (item->id));
  else
    g_hash_table_add (self->closed, GINT_TO_POINTER (item->id));
  on_objects_changed (self);
  tell (item);
}

/* --- As a list model --- */

static GType
get_item_type (GListModel *model)
{
  return FERRY_TYPE_OBJECT_ITEM;
}

static guint
get_n_items (GListModel *model)
{
  return FERRY_OBJECTS_MODEL (model)->items->len;
}

static gpointer
get_item (GListModel *model, guint position)
{
  GPtrArray *items = FERRY_OBJECTS_MODEL (model)->items;

  return position < items->len ? g_object_ref (items->pdata[position]) : NULL;
}

static void
model_interface_init (GListModelInterface *interface)
{
  interface->get_item_type = get_item_type;
  interface->get_n_items = get_n_items;
  interface->get_item = get_item;
}

static void
ferry_objects_model_dispose (GObject *object)
{
  FerryObjectsModel *self = FERRY_OBJECTS_MODEL (object);

  g_clear_handle_id (&self->update, g_source_remove);
  g_clear_object (&self->labels);
  g_clear_object (&self->document);
  G_OBJECT_CLASS (ferry_objects_model_parent_class)->dispose (object);
}

static void
ferry_objects_model_finalize (GObject *object)
{
  FerryObjectsModel *self = FERRY_OBJECTS_MODEL (object);

  g_clear_pointer (&self->items, g_ptr_array_unref);
  g_clear_pointer (&self->counted, fy_run_map_unref);
  g_clear_pointer (&self->area, g_hash_table_unref);
  g_clear_pointer (&self->closed, g_hash_table_unref);
  G_OBJECT_CLASS (ferry_objects_model_parent_class)->finalize (object);
}

static void
ferry_objects_model_class_init (FerryObjectsModelClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ferry_objects_model_dispose;
  G_OBJECT_CLASS (klass)->finalize = ferry_objects_model_finalize;
  g_signal_new ("updated", FERRY_TYPE_OBJECTS_MODEL, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                G_TYPE_NONE, 0);
}

static void
ferry_objects_model_init (FerryObjectsModel *self)
{
  self->items = g_ptr_array_new_with_free_func (g_object_unref);
  self->closed = g_hash_table_new (NULL, NULL);
}
