/* SPDX-License-Identifier: MIT */
#include "media/image-folder.h"

#include "base/error.h"
#include "base/text.h"
#include "media/image-file.h"

#include <string.h>

/* Images whose content goes into the fingerprint; the others are known by name and size. */
#define DIGEST_IMAGES 256
#define DIGEST_BYTES  4096

typedef struct
{
  char *folder;
  GPtrArray *names; /* char *, in frame order */
  int width;        /* as shown */
  int height;
} FyImageFolder;

static void
image_folder_free (gpointer data)
{
  FyImageFolder *self = data;

  if (self == NULL)
    return;
  g_clear_pointer (&self->names, g_ptr_array_unref);
  g_free (self->folder);
  g_free (self);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FyImageFolder, image_folder_free)

static const char *
image_folder_name (gpointer data, int number)
{
  FyImageFolder *self = data;

  return g_ptr_array_index (self->names, (guint) number);
}

static char *
image_folder_path (FyImageFolder *self, int number)
{
  return g_build_filename (self->folder, image_folder_name (self, number), NULL);
}

/* Compares two runs of digits by value, whatever their length, and steps over them. */
static int
compare_numbers (const char **a, const char **b)
{
  gsize length_a, length_b;
  int order;

  *a += strspn (*a, "0");
  *b += strspn (*b, "0");
  length_a = strspn (*a, "0123456789");
  length_b = strspn (*b, "0123456789");
  if (length_a != length_b)
    return length_a < length_b ? -1 : 1;
  order = strncmp (*a, *b, length_a);
  *a += length_a;
  *b += length_b;
  return order;
}

int
fy_natural_compare (const char *a, const char *b)
{
  const char *whole_a = a, *whole_b = b;

  while (*a != '\0' && *b != '\0')
    {
      int order;

      if (g_ascii_isdigit (*a) && g_ascii_isdigit (*b))
        order = compare_numbers (&a, &b);
      else
        order = (guchar) g_ascii_tolower (*a++) - (guchar) g_ascii_tolower (*b++);
      if (order != 0)
        return order;
    }
  if (*a != *b)
    return *a == '\0' ? -1 : 1;
  return strcmp (whole_a, whole_b); /* "1.png" and "01.PNG": any order, but always the same */
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return fy_natural_compare (*(char *const *) a, *(char *const *) b);
}

static gboolean
has_image_suffix (const char *name)
{
  static const char *const suffixes[] = { ".jpg", ".jpeg", ".jpe", ".jfif", ".png" };
  g_autofree char *lower = g_ascii_strdown (name, -1);

  for (guint i = 0; i < G_N_ELEMENTS (suffixes); i++)
    if (g_str_has_suffix (lower, suffixes[i]))
      return TRUE;
  return FALSE;
}

/* Adds a folder's entry if it is an image, or claims by its name to be one: a broken frame must be
 * an error, not a gap that shifts all later frames. */
static void
consider (FyImageFolder *self, const char *name)
{
  g_autofree char *path = g_build_filename (self->folder, name, NULL);
  FyImageKind kind = FY_IMAGE_NONE;

  if (name[0] == '.' || !g_file_test (path, G_FILE_TEST_IS_REGULAR))
    return;
  if (has_image_suffix (name) || (fy_image_sniff (path, &kind, NULL) && kind != FY_IMAGE_NONE))
    g_ptr_array_add (self->names, g_strdup (name));
}

static gboolean
list_images (FyImageFolder *self, GCancellable *cancellable, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  g_autoptr (GDir) dir = g_dir_open (self->folder, 0, &local_error);
  const char *name;

  if (dir == NULL)
    {
      gint code = g_error_matches (local_error, G_FILE_ERROR, G_FILE_ERROR_ACCES)
                      ? G_IO_ERROR_PERMISSION_DENIED
                      : G_IO_ERROR_FAILED;

      g_set_error (error, G_IO_ERROR, code, _ ("%s: cannot read the folder: %s"), self->folder,
                   local_error->message);
      return FALSE;
    }
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;
      consider (self, name);
    }
  g_ptr_array_sort (self->names, compare_names);
  if (self->names->len == 0)
    {
      g_set_error (error, FY_ERROR, FY_ERROR_UNSUPPORTED,
                   _ ("%s: holds no JPEG or PNG picture; name the folder that holds the frames"),
                   self->folder);
      return FALSE;
    }
  return TRUE;
}

/* Reads every image's header: all must stand at one size. */
static gboolean
check_sizes (FyImageFolder *self, FyClipInfo *info, GCancellable *cancellable, GError **error)
{
  for (int i = 0; i < (int) self->names->len; i++)
    {
      g_autofree char *path = image_folder_path (self, i);
      FyImageHeader header;
      int width, height;

      if (g_cancellable_set_error_if_cancelled (cancellable, error) ||
          !fy_image_read_header (path, &header, error))
        return FALSE;
      fy_image_header_shown_size (&header, &width, &height);
      if (i == 0)
        {
          self->width = width;
          self->height = height;
          info->coded_width = header.width;
          info->coded_height = header.height;
          info->rotation = fy_orientation_degrees (header.orientation);
          info->bit_depth = header.bit_depth;
        }
      if (width == self->width && height == self->height)
        continue;
      g_set_error (error, FY_ERROR, FY_ERROR_MISMATCH,
                   _ ("%s: %s is %dx%d but %s is %dx%d; all frames must have one size"),
                   self->folder, image_folder_name (self, 0), self->width, self->height,
                   image_folder_name (self, i), width, height);
      return FALSE;
    }
  return TRUE;
}

gpointer
fy_image_folder_open (const char *path, FyClipInfo *info, GCancellable *cancellable, GError **error)
{
  g_autoptr (FyImageFolder) self = g_new0 (FyImageFolder, 1);
  gboolean folder = g_file_test (path, G_FILE_TEST_IS_DIR);

  self->names = g_ptr_array_new_with_free_func (g_free);
  self->folder = folder ? g_strdup (path) : g_path_get_dirname (path);
  if (!folder)
    g_ptr_array_add (self->names, g_path_get_basename (path));
  else if (!list_images (self, cancellable, error))
    return NULL;
  if (!check_sizes (self, info, cancellable, error))
    return NULL;
  info->format = folder ? N_ ("image folder") : N_ ("image");
  info->n_frames = (int) self->names->len;
  info->width = self->width;
  info->height = self->height;
  info->sample_aspect = 1;
  return g_steal_pointer (&self);
}

static FyFrame *
image_folder_read (gpointer data,
                   int number,
                   FyFrameCache *cache,
                   GCancellable *cancellable,
                   GError **error)
{
  FyImageFolder *self = data;
  g_autofree char *path = image_folder_path (self, number);
  g_autoptr (FyFrame) frame = fy_image_decode (path, error);

  if (frame == NULL)
    return NULL;
  if (frame->width != self->width || frame->height != self->height)
    {
      g_set_error (error, FY_ERROR, FY_ERROR_MISMATCH,
                   _ ("%s: is %dx%d now but was %dx%d when the clip was opened; open it again"),
                   path, frame->width, frame->height, self->width, self->height);
      return NULL;
    }
  frame->number = number;
  fy_frame_cache_add (cache, frame);
  return g_steal_pointer (&frame);
}

static gint64
image_folder_time (gpointer data, int number)
{
  return 0;
}

static gboolean
image_folder_digest (gpointer data, GChecksum *checksum, GError **error)
{
  FyImageFolder *self = data;
  int n = (int) self->names->len;

  for (int i = 0; i < n; i++)
    {
      g_autofree char *path = image_folder_path (self, i);
      const char *name = image_folder_name (self, i);
      /* DIGEST_IMAGES of them, evenly spread */
      gboolean sampled =
          (gint64) i * DIGEST_IMAGES / n != (gint64) (i - 1) * DIGEST_IMAGES / n || i == 0;

      g_checksum_update (checksum, (const guchar *) name, (gssize) strlen (name) + 1);
      if (!fy_digest_file (checksum, path, sampled ? 2 : 0, DIGEST_BYTES, error))
        return FALSE;
    }
  return TRUE;
}

const FySource fy_image_folder_source = {
  .free = image_folder_free,
  .read = image_folder_read,
  .frame_name = image_folder_name,
  .frame_time = image_folder_time,
  .digest = image_folder_digest,
};
