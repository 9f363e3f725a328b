/* SPDX-License-Identifier: MIT */
/* Masks as pictures: DAVIS, YouTube-VOS, MOTS, soft masks, the mask of one frame. */
#include "base/error.h"
#include "base/text.h"
#include "exchange/davis.h"
#include "exchange/export-job.h"
#include "exchange/picture.h"
#include "exchange/rle.h"

#include <json-glib/json-glib.h>

/* Writes all masks of the range into a folder below the export's ("" = itself) and notes them. */
static gboolean
write_masks (const FyExportJob *job, const char *relative, const GArray *ids, GError **error)
{
  g_autofree char *folder = g_build_filename (job->path, relative, NULL);
  g_autofree char *numbers = g_build_filename (relative, "ids.json", NULL);
  g_autofree char *numbers_path = g_build_filename (folder, "ids.json", NULL);
  g_autoptr (FyDavisWriter) writer = fy_davis_writer_new (folder, ids, error);

  if (writer == NULL)
    return FALSE;
  for (int i = job->export->first; i <= job->export->last; i++)
    {
      g_autofree char *stem = fy_export_stem (job->export, i);
      g_autofree char *name = g_strconcat (stem, ".png", NULL);
      g_autofree char *file = g_build_filename (relative, name, NULL);
      g_autoptr (FyIdMap) map = NULL;

      if (!fy_export_step (job, i, error))
        return FALSE;
      if (!fy_export_wants (job, i))
        continue;
      map = fy_export_map (job->export, i);
      if (!fy_davis_writer_write (writer, stem, map, error) ||
          !fy_manifest_add_frame (job->manifest, i, job->cancellable, error) ||
          !fy_manifest_add_file (job->manifest, file, i, error))
        return FALSE;
    }
  return !g_file_test (numbers_path, G_FILE_TEST_EXISTS) ||
         fy_manifest_add_file (job->manifest, numbers, -1, error);
}

gboolean
fy_export_write_davis (const FyExportJob *job, GError **error)
{
  g_autoptr (GArray) ids = fy_export_mask_ids (job->export);
  g_autofree char *folder = NULL;
  g_autofree char *list = NULL;

  if (!job->export->tree)
    return write_masks (job, "", ids, error);
  folder = g_strdup_printf ("Annotations/%dp/%s",
                            MIN (job->export->info->height, job->export->info->width), job->name);
  list = g_strconcat (job->name, "\n", NULL);
  return fy_export_make_folder (job, "ImageSets/2017", error) &&
         fy_export_save_text (job, "ImageSets/2017/val.txt", list, error) &&
         write_masks (job, folder, ids, error);
}

gboolean
fy_export_write_mask (const FyExportJob *job, GError **error)
{
  g_autoptr (FyIdMap) map = fy_export_map (job->export, job->export->first);

  return fy_export_step (job, job->export->first, error) &&
         fy_indexed_png_write (job->path, map, error);
}

/* --- YouTube-VOS --- */

/* The frames in which an object has pixels. */
static void
add_frames (JsonBuilder *builder, const FyExportJob *job, guint16 id)
{
  json_builder_begin_array (builder);
  for (int i = job->export->first; i <= job->export->last; i++)
    {
      const FyFrameLabels *labels = job->export->labels[i];

      if (labels != NULL && labels->map != NULL && fy_run_map_area (labels->map, id, NULL) > 0)
        {
          g_autofree char *stem = fy_export_stem (job->export, i);

          g_autofree char *readable = g_filename_display_name (stem);

          json_builder_add_string_value (builder, readable);
        }
    }
  json_builder_end_array (builder);
}

static char *
make_meta (const FyExportJob *job, const GArray *ids)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) root = NULL;
  g_autofree char *made = NULL;

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "videos");
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, job->name);
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "objects");
  json_builder_begin_object (builder);
  for (guint i = 0; i < ids->len; i++)
    {
      guint16 id = g_array_index (ids, guint16, i);
      g_autofree char *number = g_strdup_printf ("%u", i + 1);

      json_builder_set_member_name (builder, number);
      json_builder_begin_object (builder);
      json_builder_set_member_name (builder, "category");
      json_builder_add_string_value (builder, fy_export_object_name (job->export, id, &made));
      json_builder_set_member_name (builder, "frames");
      add_frames (builder, job, id);
      json_builder_end_object (builder);
    }
  for (int i = 0; i < 4; i++)
    json_builder_end_object (builder);
  root = json_builder_get_root (builder);
  return json_to_string (root, TRUE);
}

gboolean
fy_export_write_youtube_vos (const FyExportJob *job, GError **error)
{
  g_autoptr (GArray) ids = fy_export_mask_ids (job->export);
  g_autofree char *folder = g_build_filename ("Annotations", job->name, NULL);
  g_autofree char *meta = make_meta (job, ids);

  return write_masks (job, folder, ids, error) &&
         fy_export_save_text (job, "meta.json", meta, error);
}

/* --- Which object is which --- */

/* A file objects.json: what a number stands for, {"1001": {"id": 7, "name": "swan"}}. */
static gboolean
save_objects (const FyExportJob *job,
              const GArray *ids,
              guint first,
              gboolean by_id,
              GError **error)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) root = NULL;
  g_autofree char *text = NULL;
  g_autofree char *made = NULL;

  json_builder_begin_object (builder);
  for (guint i = 0; i < ids->len; i++)
    {
      guint16 id = g_array_index (ids, guint16, i);
      g_autofree char *number = g_strdup_printf ("%u", by_id ? id : first + i);

      json_builder_set_member_name (builder, number);
      json_builder_begin_object (builder);
      json_builder_set_member_name (builder, "id");
      json_builder_add_int_value (builder, id);
      json_builder_set_member_name (builder, "name");
      json_builder_add_string_value (builder, fy_export_object_name (job->export, id, &made));
      json_builder_end_object (builder);
    }
  json_builder_end_object (builder);
  root = json_builder_get_root (builder);
  text = json_to_string (root, TRUE);
  return fy_export_save_text (job, "objects.json", text, error);
}

/* --- MOTS --- */

#define MOTS_CLASS  1
#define MOTS_FIRST  (MOTS_CLASS * 1000 + 1)
#define MOTS_IGNORE 10000

/* Sets a map's ids to MOTS' numbers. */
static void
number_mots (FyIdMap *map, const guint16 *number)
{
  gsize n = (gsize) map->width * (gsize) map->height;

  for (gsize i = 0; i < n; i++)
    map->id[i] = number[map->id[i]];
}

static gboolean
write_mots_frame (const FyExportJob *job,
                  int frame,
                  const guint16 *number,
                  GString *text,
                  GError **error)
{
  g_autofree char *file = g_strdup_printf ("instances/%s/%06d.png", job->name, frame);
  g_autofree char *path = g_build_filename (job->path, file, NULL);
  g_autoptr (FyIdMap) map = fy_export_map (job->export, frame);
  g_autoptr (GPtrArray) all = NULL;
  FyPng png = { .width = map->width, .height = map->height, .bit_depth = 16, .channels = 1 };

  number_mots (map, number);
  all = fy_rle_encode (map);
  for (guint i = 0; i < all->len; i++)
    {
      const FyRle *rle = g_ptr_array_index (all, i);
      g_autofree char *counts = fy_rle_to_string (rle->counts);

      g_string_append_printf (text, "%d %d %d %d %d %s\n", frame, rle->id, rle->id / 1000,
                              map->height, map->width, counts);
    }
  png.samples = map->id;
  return fy_png_write (path, &png, error) &&
         fy_manifest_add_frame (job->manifest, frame, job->cancellable, error) &&
         fy_manifest_add_file (job->manifest, file, frame, error);
}

gboolean
fy_export_write_mots (const FyExportJob *job, GError **error)
{
  g_autoptr (GArray) ids = fy_export_mask_ids (job->export);
  g_autofree guint16 *number = g_new0 (guint16, 65536);
  g_autofree char *folder = g_build_filename ("instances", job->name, NULL);
  g_autofree char *list = g_strdup_printf ("instances_txt/%s.txt", job->name);
  g_autoptr (GString) text = g_string_new (NULL);

  number[FY_ID_VOID] = MOTS_IGNORE;
  for (guint i = 0; i < ids->len; i++)
    number[g_array_index (ids, guint16, i)] = (guint16) (MOTS_FIRST + i);
  if (!fy_export_make_folder (job, folder, error) ||
      !fy_export_make_folder (job, "instances_txt", error))
    return FALSE;
  for (int i = job->export->first; i <= job->export->last; i++)
    if (!fy_export_step (job, i, error) ||
        (fy_export_wants (job, i) && !write_mots_frame (job, i, number, text, error)))
      return FALSE;
  return fy_export_save_text (job, list, text->str, error) &&
         save_objects (job, ids, MOTS_FIRST, FALSE, error);
}

/* --- Soft masks --- */

static gboolean
write_soft_frame (const FyExportJob *job, int frame, const GArray *ids, float *soft, GError **error)
{
  const FyExport *self = job->export;
  g_autofree char *stem = fy_export_stem (self, frame);

  for (guint i = 0; i < ids->len; i++)
    {
      guint16 id = g_array_index (ids, guint16, i);
      g_autofree char *file = g_strdup_printf ("%d/%s.png", id, stem);
      g_autofree char *path = g_build_filename (job->path, file, NULL);

      if (g_cancellable_set_error_if_cancelled (job->cancellable, error) ||
          !self->soft (frame, id, soft, self->soft_data, error) ||
          !fy_picture_write_soft (path, soft, self->info->width, self->info->height, error) ||
          !fy_manifest_add_file (job->manifest, file, frame, error))
        return FALSE;
    }
  return fy_manifest_add_frame (job->manifest, frame, job->cancellable, error);
}

gboolean
fy_export_write_soft (const FyExportJob *job, GError **error)
{
  const FyExport *self = job->export;
  g_autoptr (GArray) ids = fy_export_mask_ids (self);
  g_autofree float *soft = g_try_new (float, (gsize) self->info->width *(gsize) self->info->height);

  if (soft == NULL)
    {
      g_set_error (error, FY_ERROR, FY_ERROR_FAILED, _ ("%s: not enough memory for %dx%d pixels"),
                   job->path, self->info->width, self->info->height);
      return FALSE;
    }
  for (guint i = 0; i < ids->len; i++)
    {
      g_autofree char *folder = g_strdup_printf ("%d", g_array_index (ids, guint16, i));

      if (!fy_export_make_folder (job, folder, error))
        return FALSE;
    }
  for (int i = self->first; i <= self->last; i++)
    if (!fy_export_step (job, i, error) ||
        (fy_export_wants (job, i) && !write_soft_frame (job, i, ids, soft, error)))
      return FALSE;
  return save_objects (job, ids, 0, TRUE, error);
}
