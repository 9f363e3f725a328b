/* SPDX-License-Identifier: MIT */
#include "exchange/davis.h"

#include "base/error.h"
#include "base/output-file.h"
#include "base/text.h"

#include <glib/gstdio.h>
#include <string.h>

/* --- Labels --- */

/* Which file holds the labels of the frame.  Returns: (transfer full), or NULL with *error set. */
static char *
choose_file (const char *path, const char *frame_name, int frame, GError **error)
{
  g_autoptr (FyMaskFolder) folder = NULL;
  int index;

  if (!g_file_test (path, G_FILE_TEST_IS_DIR))
    return g_strdup (path);
  folder = fy_mask_folder_open (path, error);
  if (folder == NULL)
    return NULL;
  index = fy_mask_folder_index (folder, frame_name, frame);
  return fy_mask_folder_file (folder, index, frame_name, frame, error);
}

static gboolean
check_labels (const char *path, const FyIdMap *map, int width, int height, GError **error)
{
  g_autoptr (GArray) ids = NULL;

  if (map->width != width || map->height != height)
    {
      g_set_error (error, FY_ERROR, FY_ERROR_MISMATCH,
                   _ ("%s: the labels are %dx%d but the clip's frames %dx%d; give labels of the "
                      "frames' size"),
                   path, map->width, map->height, width, height);
      return FALSE;
    }
  ids = fy_id_map_ids (map);
  if (ids->len == 0)
    g_set_error (
        error, FY_ERROR, FY_ERROR_MISMATCH,
        _ ("%s: the labels hold no object, all %dx%d pixels are background or void; paint at "
           "least one"),
        path, map->width, map->height);
  return ids->len > 0;
}

FyIdMap *
fy_labels_read (const char *path,
                const char *frame_name,
                int frame,
                int width,
                int height,
                char **used,
                FyIndexedPngInfo *info,
                GError **error)
{
  g_autofree char *file = choose_file (path, frame_name, frame, error);
  g_autoptr (FyIdMap) map = file != NULL ? fy_indexed_png_read (file, info, error) : NULL;

  if (map == NULL || !check_labels (file, map, width, height, error))
    return NULL;
  if (used != NULL)
    *used = g_steal_pointer (&file);
  return g_steal_pointer (&map);
}

/* --- Results --- */

struct FyDavisWriter
{
  char *folder;
  guint16 *number; /* [65536] by id: what it is called in the PNGs; 0 for what is not announced */
};

static gboolean
make_folder (const char *folder, GError **error)
{
  g_autoptr (GFile) file = g_file_new_for_path (folder);
  g_autoptr (GError) reason = NULL;

  if (g_file_test (folder, G_FILE_TEST_IS_DIR) ||
      g_file_make_directory_with_parents (file, NULL, &reason))
    return TRUE;
  if (g_error_matches (reason, G_IO_ERROR, G_IO_ERROR_EXISTS) &&
      g_file_test (folder, G_FILE_TEST_IS_DIR)) /* somebody else was quicker */
    return TRUE;
  g_set_error (error, G_IO_ERROR, reason->code,
               _ ("%s: cannot make the folder: %s; choose one you may write to"), folder,
               reason->message);
  return FALSE;
}

/* Tells in ids.json which object each number stands for; without renumbering there is no such
 * file, not even an old one. */
static gboolean
save_numbers (const FyDavisWriter *self, const GArray *ids, GError **error)
{
  g_autofree char *path = g_build_filename (self->folder, "ids.json", NULL);
  g_autoptr (GString) text = g_string_new ("{\"ids\": {");
  gboolean renumbered = FALSE;

  for (guint i = 0; i < ids->len; i++)
    {
      guint id = g_array_index (ids, guint16, i);

      renumbered |= id != i + 1;
      g_string_append_printf (text, "%s\"%u\": %u", i > 0 ? ", " : "", i + 1, id);
    }
  g_string_append (text, "}}\n");
  if (renumbered)
    return fy_output_file_save (path, text->str, text->len, FALSE, error);
  g_unlink (path);
  return TRUE;
}

FyDavisWriter *
fy_davis_writer_new (const char *folder, const GArray *ids, GError **error)
{
  g_autoptr (FyDavisWriter) self = g_new0 (FyDavisWriter, 1);

  if (ids->len > FY_DAVIS_MAX_OBJECTS)
    {
      g_set_error (error, FY_ERROR, FY_ERROR_UNSUPPORTED,
                   _ ("%s: the labels hold %u objects, a DAVIS mask at most %d (8-bit ids, 255 is "
                      "void); carry them in several runs"),
                   folder, ids->len, FY_DAVIS_MAX_OBJECTS);
      return NULL;
    }
  self->folder = g_strdup (folder);
  self->number = g_new0 (guint16, 65536);
  for (guint i = 0; i < ids->len; i++)
    self->number[g_array_index (ids, guint16, i)] = (guint16) (i + 1);
  if (!make_folder (folder, error) || !save_numbers (self, ids, error))
    return NULL;
  return g_steal_pointer (&self);
}

void
fy_davis_writer_free (FyDavisWriter *self)
{
  if (self == NULL)
    return;
  g_free (self->number);
  g_free (self->folder);
  g_free (self);
}

char *
fy_davis_stem (const char *frame_name, int number)
{
  const char *dot = frame_name != NULL ? strrchr (frame_name, '.') : NULL;

  if (frame_name == NULL)
    return g_strdup_printf ("%05d", number);
  return dot != NULL ? g_strndup (frame_name, (gsize) (dot - frame_name)) : g_strdup (frame_name);
}

gboolean
fy_davis_writer_write (FyDavisWriter *self, const char *stem, const FyIdMap *mask, GError **error)
{
  g_autofree char *name = g_strconcat (stem, ".png", NULL);
  g_autofree char *path = g_build_filename (self->folder, name, NULL);
  g_autoptr (FyIdMap) renumbered = fy_id_map_copy (mask);
  gsize n = (gsize) mask->width * (gsize) mask->height;

  if (renumbered == NULL)
    {
      g_set_error (error, FY_ERROR, FY_ERROR_FAILED, _ ("%s: not enough memory for %dx%d pixels"),
                   path, mask->width, mask->height);
      return FALSE;
    }
  for (gsize i = 0; i < n; i++)
    {
      guint16 id = mask->id[i];

      renumbered->id[i] = self->number[id];
      if (self->number[id] == 0 && id != FY_ID_BACKGROUND && id != FY_ID_VOID)
        {
          g_set_error (
              error, FY_ERROR, FY_ERROR_MISMATCH,
              _ ("%s: the mask holds object %d, which the first frame has not; label it there"),
              path, id);
          return FALSE;
        }
    }
  return fy_indexed_png_write (path, renumbered, error);
}
