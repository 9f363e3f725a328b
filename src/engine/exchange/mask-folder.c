/* SPDX-License-Identifier: MIT */
#include "exchange/mask-folder.h"

#include "base/error.h"
#include "base/text.h"
#include "media/image-folder.h"

#include <string.h>

struct FyMaskFolder
{
  char *path;
  char *name;
  GPtrArray *frames;     /* char *, file names in natural order                     */
  GHashTable *by_stem;   /* char * -> index + 1                                     */
  GHashTable *by_number; /* the number in a name -> index + 1; 0 when several have it */
};

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return fy_natural_compare (*(char *const *) a, *(char *const *) b);
}

/* Lists the entries of a folder that are not hidden, in natural order. */
static GPtrArray *
list_folder (const char *path, GError **error)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) reason = NULL;
  g_autoptr (GDir) dir = g_dir_open (path, 0, &reason);
  const char *name;

  if (dir == NULL)
    {
      gboolean missing = g_error_matches (reason, G_FILE_ERROR, G_FILE_ERROR_NOENT);

      g_set_error (error, G_IO_ERROR, missing ? G_IO_ERROR_NOT_FOUND : G_IO_ERROR_FAILED,
                   _ ("%s: cannot open the folder: %s"), path, reason->message);
      return NULL;
    }
  while ((name = g_dir_read_name (dir)) != NULL)
    if (name[0] != '.')
      g_ptr_array_add (names, g_strdup (name));
  g_ptr_array_sort (names, compare_names);
  return g_steal_pointer (&names);
}

static gboolean
is_png (const char *name)
{
  gsize length = strlen (name);

  return length > 4 && g_ascii_strcasecmp (name + length - 4, ".png") == 0;
}

/* Bytes of a file name before its ending. */
static gsize
stem_length (const char *name)
{
  const char *dot = strrchr (name, '.');

  return dot != NULL && dot != name ? (gsize) (dot - name) : strlen (name);
}

int
fy_frame_number (const char *name)
{
  gsize end = stem_length (name), start;
  gint64 number = 0;

  while (end > 0 && !g_ascii_isdigit (name[end - 1]))
    end--;
  start = end;
  while (start > 0 && g_ascii_isdigit (name[start - 1]))
    start--;
  for (gsize i = start; i < end && number <= G_MAXINT; i++)
    number = 10 * number + (name[i] - '0');
  return start < end && number <= G_MAXINT ? (int) number : -1;
}

/* Makes the two tables that find a frame. */
static void
index_frames (FyMaskFolder *self)
{
  self->by_stem = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->by_number = g_hash_table_new (NULL, NULL);
  for (guint i = 0; i < self->frames->len; i++)
    {
      const char *name = g_ptr_array_index (self->frames, i);
      char *stem = g_strndup (name, stem_length (name));
      gpointer number = GINT_TO_POINTER (fy_frame_number (name));
      gboolean seen = g_hash_table_contains (self->by_number, number);

      g_hash_table_insert (self->by_stem, stem, GUINT_TO_POINTER (i + 1));
      g_hash_table_insert (self->by_number, number, GUINT_TO_POINTER (seen ? 0 : i + 1));
    }
  g_hash_table_remove (self->by_number, GINT_TO_POINTER (-1)); /* names without a number */
}

/* The folder, perhaps without any PNG. */
static FyMaskFolder *
open_folder (const char *path, GError **error)
{
  g_autoptr (FyMaskFolder) self = g_new0 (FyMaskFolder, 1);
  g_autofree char *absolute = g_canonicalize_filename (path, NULL);

  self->frames = list_folder (path, error);
  if (self->frames == NULL)
    return NULL;
  for (guint i = self->frames->len; i-- > 0;)
    if (!is_png (g_ptr_array_index (self->frames, i)))
      g_ptr_array_remove_index (self->frames, i);
  index_frames (self);
  self->path = g_strdup (path);
  self->name = g_path_get_basename (absolute);
  return g_steal_pointer (&self);
}

FyMaskFolder *
fy_mask_folder_open (const char *path, GError **error)
{
  g_autoptr (FyMaskFolder) self = open_folder (path, error);

  if (self != NULL && self->frames->len == 0)
    {
      g_set_error (
          error, FY_ERROR, FY_ERROR_MISMATCH,
          _ ("%s: holds no PNG; give the folder with one mask a frame, 00000.png and so on"), path);
      return NULL;
    }
  return g_steal_pointer (&self);
}

void
fy_mask_folder_free (FyMaskFolder *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->by_stem, g_hash_table_unref);
  g_clear_pointer (&self->by_number, g_hash_table_unref);
  g_clear_pointer (&self->frames, g_ptr_array_unref);
  g_free (self->path);
  g_free (self->name);
  g_free (self);
}

/* Adds the folder at `path` when it is one and holds a PNG. */
static gboolean
consider (GPtrArray *found, const char *path, GError **error)
{
  g_autoptr (FyMaskFolder) folder = NULL;

  if (!g_file_test (path, G_FILE_TEST_IS_DIR))
    return TRUE;
  folder = open_folder (path, error);
  if (folder == NULL)
    return FALSE;
  if (folder->frames->len > 0)
    g_ptr_array_add (found, g_steal_pointer (&folder));
  return TRUE;
}

GPtrArray *
fy_mask_folder_find (const char *root, GError **error)
{
  g_autoptr (GPtrArray) found =
      g_ptr_array_new_with_free_func ((GDestroyNotify) fy_mask_folder_free);
  g_autoptr (GPtrArray) names = list_folder (root, error);

  if (names == NULL || !consider (found, root, error))
    return NULL;
  if (found->len > 0)
    return g_steal_pointer (&found);
  for (guint i = 0; i < names->len; i++)
    {
      g_autofree char *path = g_build_filename (root, g_ptr_array_index (names, i), NULL);

      if (!consider (found, path, error))
        return NULL;
    }
  if (found->len == 0)
    {
      g_set_error (
          error, FY_ERROR, FY_ERROR_MISMATCH,
          _ ("%s: holds neither PNGs nor folders of PNGs; give the folder of one sequence or "
             "the folder that holds the sequences (DAVIS: Annotations/480p)"),
          root);
      return NULL;
    }
  return g_steal_pointer (&found);
}

const char *
fy_mask_folder_path (const FyMaskFolder *self)
{
  return self->path;
}

const char *
fy_mask_folder_name (const FyMaskFolder *self)
{
  return self->name;
}

int
fy_mask_folder_n_frames (const FyMaskFolder *self)
{
  return (int) self->frames->len;
}

const char *
fy_mask_folder_frame (const FyMaskFolder *self, int index)
{
  return g_ptr_array_index (self->frames, (guint) index);
}

int
fy_mask_folder_index (const FyMaskFolder *self, const char *name, int number)
{
  g_autofree char *stem = name != NULL ? g_strndup (name, stem_length (name)) : NULL;
  int found = stem != NULL ? GPOINTER_TO_INT (g_hash_table_lookup (self->by_stem, stem)) : 0;

  if (found == 0)
    found = GPOINTER_TO_INT (g_hash_table_lookup (self->by_number, GINT_TO_POINTER (number)));
  return found - 1;
}

char *
fy_mask_folder_file (const FyMaskFolder *self,
                     int index,
                     const char *name,
                     int number,
                     GError **error)
{
  int n = fy_mask_folder_n_frames (self);

  if (index >= 0)
    return g_build_filename (self->path, fy_mask_folder_frame (self, index), NULL);
  g_set_error (error, FY_ERROR, FY_ERROR_MISMATCH,
               g_dngettext (GETTEXT_PACKAGE,
                            "%s: no mask here is called like frame %d%s%s; its %d mask is %s: "
                            "start at the frame that has one, or name the file",
                            "%s: no mask here is called like frame %d%s%s; its %d masks begin with "
                            "%s: start at a frame that has one, or name the file",
                            (gulong) n),
               self->path, number, name != NULL ? ", " : "", name != NULL ? name : "", n,
               fy_mask_folder_frame (self, 0));
  return NULL;
}

FyIdMap *
fy_mask_folder_read (const FyMaskFolder *self, int index, FyIndexedPngInfo *info, GError **error)
{
  g_autofree char *path = g_build_filename (self->path, fy_mask_folder_frame (self, index), NULL);

  return fy_indexed_png_read (path, info, error);
}
