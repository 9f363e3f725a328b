/* SPDX-License-Identifier: MIT */
/* One JSON as COCO's "instances" and "person_keypoints" are: an image a frame, a category an object.
 *
 * Besides COCO's members an image has "frame" and "time_us", an annotation "track_id".
 * Source:  cocoapi; formats.md section 5. */
#include "base/output-file.h"
#include "exchange/export-job.h"
#include "exchange/rle.h"

#include <json-glib/json-glib.h>
#include <string.h>

typedef struct
{
  const FyExportJob *job;
  JsonArray *images;
  JsonArray *annotations;
  gint64 n_annotations;
} Coco;

static JsonArray *
numbers (const double *value, int n)
{
  JsonArray *array = json_array_new ();

  for (int i = 0; i < n; i++)
    json_array_add_double_element (array, value[i]);
  return array;
}

/* Starts an annotation, which belongs to the array. */
static JsonObject *
annotate (Coco *coco, int frame, guint16 id)
{
  JsonObject *object = json_object_new ();

  json_object_set_int_member (object, "id", ++coco->n_annotations);
  json_object_set_int_member (object, "image_id", frame);
  json_object_set_int_member (object, "category_id", id);
  json_object_set_int_member (object, "track_id", id);
  json_object_set_int_member (object, "iscrowd", 0);
  json_array_add_object_element (coco->annotations, object);
  return object;
}

static void
add_mask (Coco *coco, int frame, const FyRle *rle, const FyIdMap *map)
{
  JsonObject *object = annotate (coco, frame, rle->id);
  JsonObject *segmentation = json_object_new ();
  JsonArray *size = json_array_new ();
  g_autofree char *counts = fy_rle_to_string (rle->counts);
  double box[] = { rle->box.x, rle->box.y, rle->box.width, rle->box.height };

  json_array_add_int_element (size, map->height);
  json_array_add_int_element (size, map->width);
  json_object_set_array_member (segmentation, "size", size);
  json_object_set_string_member (segmentation, "counts", counts);
  json_object_set_object_member (object, "segmentation", segmentation);
  json_object_set_int_member (object, "area", rle->area);
  json_object_set_array_member (object, "bbox", numbers (box, 4));
}

/* x, y, v a joint, v = 0 not labelled, 1 hidden, 2 visible; pixel centres are whole numbers. */
static void
add_skeleton (Coco *coco, int frame, const FyObject *skeleton, const FyFrameLabels *labels)
{
  JsonArray *keypoints = json_array_new ();
  double left = 0, top = 0, right = 0, bottom = 0;
  int n = 0;

  for (int i = 0; i < skeleton->skeleton.n_joints; i++)
    {
      const FyPoint *point = fy_frame_labels_point (labels, skeleton->id, (guint16) i);
      gboolean known = point != NULL && point->state != FY_JOINT_ABSENT;
      double x = known ? (double) point->x - 0.5 : 0.0, y = known ? (double) point->y - 0.5 : 0.0;

      json_array_add_double_element (keypoints, x);
      json_array_add_double_element (keypoints, y);
      json_array_add_int_element (keypoints, !known                              ? 0
                                             : point->state == FY_JOINT_OCCLUDED ? 1
                                                                                 : 2);
      if (!known)
        continue;
      left = n == 0 ? x : MIN (left, x);
      top = n == 0 ? y : MIN (top, y);
      right = n == 0 ? x : MAX (right, x);
      bottom = n == 0 ? y : MAX (bottom, y);
      n++;
    }
  if (n > 0)
    {
      JsonObject *object = annotate (coco, frame, skeleton->id);
      double box[] = { left, top, right - left + 1, bottom - top + 1 };

      json_object_set_array_member (object, "keypoints", keypoints);
      json_object_set_int_member (object, "num_keypoints", n);
      json_object_set_double_member (object, "area", box[2] * box[3]);
      json_object_set_array_member (object, "bbox", numbers (box, 4));
    }
  else
    json_array_unref (keypoints);
}

static void
add_image (Coco *coco, int frame)
{
  const FyExport *self = coco->job->export;
  const char *name = fy_clip_frame_name (self->clip, frame);
  g_autofree char *file =
      name != NULL ? g_filename_display_name (name) : g_strdup_printf ("%05d.png", frame);
  JsonObject *object = json_object_new ();

  json_object_set_int_member (object, "id", frame);
  json_object_set_string_member (object, "file_name", file);
  json_object_set_int_member (object, "width", self->info->width);
  json_object_set_int_member (object, "height", self->info->height);
  json_object_set_int_member (object, "frame", frame);
  json_object_set_int_member (object, "time_us", fy_clip_frame_time (self->clip, frame));
  json_array_add_object_element (coco->images, object);
}

static void
add_frame (Coco *coco, int frame)
{
  const FyExport *self = coco->job->export;
  const FyFrameLabels *labels = self->labels[frame];
  g_autoptr (FyIdMap) map = NULL;
  g_autoptr (GPtrArray) all = NULL;

  add_image (coco, frame);
  if (labels == NULL)
    return;
  map = fy_export_map (self, frame);
  all = fy_rle_encode (map);
  for (guint i = 0; i < all->len; i++)
    add_mask (coco, frame, g_ptr_array_index (all, i), map);
  for (int i = 0; i < self->n_objects; i++)
    if (self->object[i]->kind == FY_OBJECT_SKELETON)
      add_skeleton (coco, frame, self->object[i], labels);
}

/* "keypoints" and "skeleton", pairs of joints counted from 1. */
static void
describe_skeleton (JsonObject *category, const FySkeleton *skeleton)
{
  JsonArray *names = json_array_new (), *bones = json_array_new ();

  for (int i = 0; i < skeleton->n_joints; i++)
    {
      JsonArray *bone;

      json_array_add_string_element (names, skeleton->joint[i]);
      if (skeleton->parent[i] < 0)
        continue;
      bone = json_array_new ();
      json_array_add_int_element (bone, skeleton->parent[i] + 1);
      json_array_add_int_element (bone, i + 1);
      json_array_add_array_element (bones, bone);
    }
  json_object_set_array_member (category, "keypoints", names);
  json_object_set_array_member (category, "skeleton", bones);
}

/* One for each object in the list, and for each that only masks have. */
static JsonArray *
make_categories (const FyExport *self)
{
  JsonArray *categories = json_array_new ();
  g_autoptr (GArray) ids = fy_export_mask_ids (self);
  g_autofree char *made = NULL;

  for (int i = 0; i < self->n_objects; i++)
    if (self->object[i]->kind == FY_OBJECT_SKELETON)
      g_array_append_val (ids, self->object[i]->id);
  for (guint i = 0; i < ids->len; i++)
    {
      guint16 id = g_array_index (ids, guint16, i);
      JsonObject *category = json_object_new ();

      json_object_set_int_member (category, "id", id);
      json_object_set_string_member (category, "name", fy_export_object_name (self, id, &made));
      for (int j = 0; j < self->n_objects; j++)
        if (self->object[j]->id == id && self->object[j]->kind == FY_OBJECT_SKELETON)
          describe_skeleton (category, &self->object[j]->skeleton);
      json_array_add_object_element (categories, category);
    }
  return categories;
}

gboolean
fy_export_write_coco (const FyExportJob *job, GError **error)
{
  g_autoptr (JsonObject) root = json_object_new ();
  g_autoptr (JsonNode) node = NULL;
  g_autofree char *text = NULL;
  Coco coco = { job, json_array_new (), json_array_new (), 0 };

  json_object_set_array_member (root, "images", coco.images);
  json_object_set_array_member (root, "annotations", coco.annotations);
  json_object_set_array_member (root, "categories", make_categories (job->export));
  for (int i = job->export->first; i <= job->export->last; i++)
    {
      if (!fy_export_step (job, i, error))
        return FALSE;
      if (fy_export_wants (job, i))
        add_frame (&coco, i);
    }
  node = json_node_init_object (json_node_alloc (), root);
  text = json_to_string (node, FALSE);
  return fy_output_file_save (job->path, text, strlen (text), FALSE, error);
}
