/* SPDX-License-Identifier: MIT */
#include "app/masks-import.h"

#include "app/object-name.h"
#include "base/error.h"
#include "exchange/davis.h"
#include "label/edit.h"

#include <glib/gi18n.h>

typedef struct
{
  char *path;
  int frame; /* on show */
  int n_frames;
  int width;
  int height;
  char **name;      /* [n_frames] of the images; entries NULL for a video */
  GPtrArray *maps;  /* FyRunMap, by frame; NULL = none */
  FyLabelSet *into; /* what was open when it began */
} Import;

static void
import_free (gpointer data)
{
  Import *import = data;

  g_free (import->path);
  for (int i = 0; i < import->n_frames; i++)
    g_free (import->name[i]);
  g_free (import->name);
  g_ptr_array_unref (import->maps);
  g_object_unref (import->into);
  g_free (import);
}

static gboolean
add (Import *import, int frame, const char *path, GError **error)
{
  g_autoptr (FyIdMap) map = fy_labels_read (path, import->name[frame], frame, import->width,
                                            import->height, NULL, NULL, error);

  if (map == NULL)
    return FALSE;
  import->maps->pdata[frame] = fy_run_map_new (map);
  return TRUE;
}

static gboolean
add_folder (Import *import, GCancellable *cancellable, GError **error)
{
  g_autoptr (FyMaskFolder) folder = fy_mask_folder_open (import->path, error);
  int n = 0;

  for (int i = 0; folder != NULL && i < import->n_frames; i++)
    {
      int index = fy_mask_folder_index (folder, import->name[i], i);
      g_autoptr (FyIdMap) map = NULL;

      if (index < 0)
        continue;
      map = fy_mask_folder_read (folder, index, NULL, error);
      if (map == NULL)
        return FALSE;
      if (map->width != import->width || map->height != import->height)
        {
          g_set_error (error, FY_ERROR, FY_ERROR_MISMATCH,
                       _ ("%s/%s is %d×%d, the clip is %d×%d: export the masks at the clip's size"),
                       import->path, fy_mask_folder_frame (folder, index), map->width, map->height,
                       import->width, import->height);
          return FALSE;
        }
      import->maps->pdata[i] = fy_run_map_new (map);
      n++;
    }
  if (folder != NULL && n == 0)
    g_set_error (error, FY_ERROR, FY_ERROR_MISMATCH,
                 _ ("%s has no mask named or numbered as a frame of the clip"), import->path);
  return n > 0;
}

static void
run (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Import *import = data;
  GError *error = NULL;
  gboolean folder = g_file_test (import->path, G_FILE_TEST_IS_DIR);

  if (folder ? add_folder (import, cancellable, &error)
             : add (import, import->frame, import->path, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/* Objects that are new to the clip are added, together. */
static void
add_objects (FyLabelSet *set, const Import *import)
{
  g_autoptr (GPtrArray) objects = g_ptr_array_new_with_free_func ((GDestroyNotify) fy_object_unref);
  g_autofree guint8 *seen = g_malloc0 (FY_ID_VOID + 1);

  for (int i = 0; i < import->n_frames; i++)
    {
      FyRunMap *map = import->maps->pdata[i];
      g_autoptr (GArray) ids = map != NULL ? fy_run_map_ids (map) : NULL;

      for (guint j = 0; ids != NULL && j < ids->len; j++)
        {
          guint16 id = g_array_index (ids, guint16, j);

          if (!seen[id])
            g_ptr_array_add (objects, ferry_named_object (id, FY_OBJECT_MASK));
          seen[id] = TRUE;
        }
    }
  fy_label_set_add_objects (set, (FyObject *const *) objects->pdata, (int) objects->len);
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer data)
{
  FerryDocument *document = FERRY_DOCUMENT (source);
  Import *import = g_task_get_task_data (G_TASK (result));
  FyLabelSet *set = ferry_document_labels (document);
  g_autoptr (GError) error = NULL;
  int n = 0;

  if (set != import->into)
    return;
  if (!g_task_propagate_boolean (G_TASK (result), &error))
    {
      ferry_document_notice (
          document, &(FerryNotice){ .lasting = TRUE, .key = "import", .text = error->message });
      return;
    }
  ferry_document_notice (document, &(FerryNotice){ .key = "import" });
  fy_label_set_begin (set, _ ("Import masks"), import->frame);
  add_objects (set, import);
  for (int i = 0; i < import->n_frames; i++)
    if (import->maps->pdata[i] != NULL)
      {
        g_autoptr (FyFrameLabels) labels =
            fy_edit_import (fy_label_set_peek (set, i), import->maps->pdata[i]);

        fy_label_set_set_frame (set, i, labels);
        n++;
      }
  fy_label_set_end (set);
  if (ferry_document_object (document) == 0 && fy_label_set_n_objects (set) > 0)
    ferry_document_set_object (document, fy_label_set_object (set, 0)->id);
  ferry_document_toast (document,
                        g_dngettext (NULL, "Imported the mask of %d frame",
                                     "Imported the masks of %d frames", (gulong) n),
                        n);
}

void
ferry_import_masks (FerryDocument *document, GFile *file)
{
  FyLabelSet *set = ferry_document_labels (document);
  g_autofree char *path = g_file_get_path (file);
  g_autofree char *name = g_file_get_parse_name (file);
  g_autoptr (GTask) task = NULL;
  Import *import;

  if (path == NULL)
    {
      ferry_document_toast (document, _ ("%s is not on this computer: copy it here first"), name);
      return;
    }
  task = g_task_new (document, NULL, on_read, NULL);
  import = g_new0 (Import, 1);
  import->path = g_steal_pointer (&path);
  import->frame = ferry_document_frame (document);
  import->n_frames = fy_label_set_n_frames (set);
  import->width = fy_label_set_width (set);
  import->height = fy_label_set_height (set);
  import->name = g_new0 (char *, (gsize) import->n_frames);
  for (int i = 0; i < import->n_frames; i++)
    import->name[i] = g_strdup (ferry_frames_name (ferry_document_frames (document), i));
  import->maps = g_ptr_array_new_with_free_func ((GDestroyNotify) fy_run_map_unref);
  g_ptr_array_set_size (import->maps, import->n_frames);
  import->into = g_object_ref (set);
  g_task_set_task_data (task, import, import_free);
  g_task_run_in_thread (task, run);
}
