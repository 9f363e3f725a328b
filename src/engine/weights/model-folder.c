/* SPDX-License-Identifier: MIT */
#include "weights/model-folder.h"

#include "base/output-file.h"
#include "base/text.h"
#include "weights/backbone.h"
#include "weights/model-note.h"
#include "weights/resnet-keys.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#define BLOCK (1 << 20) /* bytes read at a time */

/* --- Looking --- */

/* What these were made for; the others know what things are rather than where. */
static gboolean
is_fine (const char *method)
{
  static const char *const fine[] = { "CRW", "SFC", "VFS", "UVC", "TimeCycle", "Ferry", NULL };

  for (int i = 0; fine[i] != NULL; i++)
    if (g_str_has_prefix (method, fine[i]))
      return TRUE;
  return FALSE;
}

/* Of a description such as "..., MIT licence". */
static char *
find_licence (const char *description)
{
  const char *comma = description != NULL ? g_strrstr (description, ", ") : NULL;

  return comma != NULL && strstr (comma, "licence") != NULL ? g_utf8_make_valid (comma + 2, -1)
                                                            : NULL;
}

static void
look_inside (FyModel *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (FyCheckpoint) file = fy_checkpoint_open (self->path, &error);
  g_autoptr (FyBackbone) backbone = file != NULL ? fy_backbone_new (file, &error) : NULL;

  if (backbone == NULL)
    {
      self->trouble = g_utf8_make_valid (error->message, -1);
      return;
    }
  self->method = g_utf8_make_valid (fy_backbone_info (backbone)->method, -1);
  self->depth = fy_backbone_info (backbone)->depth;
  self->fine = is_fine (self->method);
  if (self->licence == NULL)
    self->licence = find_licence (fy_checkpoint_note (file, "description"));
}

FyModel *
fy_model_look (const char *path)
{
  FyModel *self = g_new0 (FyModel, 1);
  GStatBuf status;

  self->path = g_strdup (path);
  if (g_stat (path, &status) == 0)
    self->size = (guint64) status.st_size;
  fy_model_note_load (&self->note, path);
  self->licence = g_strdup (self->note.licence);
  look_inside (self);
  return self;
}

void
fy_model_free (FyModel *self)
{
  if (self == NULL)
    return;
  fy_model_note_clear (&self->note);
  g_free (self->path);
  g_free (self->method);
  g_free (self->licence);
  g_free (self->trouble);
  g_free (self);
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return g_strcmp0 (*(char *const *) a, *(char *const *) b);
}

GPtrArray *
fy_model_folder_list (const char *folder)
{
  GPtrArray *models = g_ptr_array_new_with_free_func ((GDestroyNotify) fy_model_free);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    if (*name != '.' && !g_str_has_suffix (name, FY_NOTE_SUFFIX))
      g_ptr_array_add (names, g_strdup (name));
  g_ptr_array_sort (names, compare_names);
  for (guint i = 0; i < names->len; i++)
    {
      g_autofree char *path = g_build_filename (folder, names->pdata[i], NULL);

      if (!g_file_test (path, G_FILE_TEST_IS_DIR))
        g_ptr_array_add (models, fy_model_look (path));
    }
  return models;
}

/* --- Checking --- */

static gboolean
read_weights (FyBackbone *backbone, GCancellable *cancellable, GError **error)
{
  const FyBackboneInfo *info = fy_backbone_info (backbone);
  g_autoptr (GArray) keys = fy_resnet_keys (info->depth);

  for (guint i = 0; i < keys->len; i++)
    {
      const FyResnetKey *key = &g_array_index (keys, FyResnetKey, i);
      gsize n = 1;
      g_autofree float *values = NULL;

      if (key->layer > info->last_layer)
        break;
      for (int axis = 0; axis < key->rank; axis++)
        n *= (gsize) key->shape[axis];
      values = g_new (float, n);
      if (g_cancellable_set_error_if_cancelled (cancellable, error) ||
          !fy_backbone_read (backbone, key->name, values, n, error))
        return FALSE;
    }
  return TRUE;
}

gboolean
fy_model_check (const char *path, const char *called, GCancellable *cancellable, GError **error)
{
  g_autoptr (GMappedFile) file = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (FyCheckpoint) checkpoint = NULL;
  g_autoptr (FyBackbone) backbone = NULL;

  if (called == NULL)
    checkpoint = fy_checkpoint_open (path, error);
  else if ((file = g_mapped_file_new (path, FALSE, error)) != NULL)
    {
      bytes = g_mapped_file_get_bytes (file);
      checkpoint = fy_checkpoint_new_for_bytes (bytes, called, error);
    }
  backbone = checkpoint != NULL ? fy_backbone_new (checkpoint, error) : NULL;
  return backbone != NULL && read_weights (backbone, cancellable, error);
}

/* --- Reading through --- */

static gboolean
fail (const char *path, const char *action, int code, GError **error)
{
  g_set_error (error, G_IO_ERROR, (gint) g_io_error_from_errno (code), _ ("%s: cannot %s: %s"),
               path, action, g_strerror (code));
  return FALSE;
}

typedef struct
{
  const char *path;
  GChecksum *checksum;
  FyOutputFile *out; /* nullable */
  FyModelProgress progress;
  gpointer data;
  GCancellable *cancellable;
} Pass;

static gboolean
pass_blocks (const Pass *pass, int fd, GError **error)
{
  g_autofree guint8 *block = g_malloc (BLOCK);
  gint64 size = lseek (fd, 0, SEEK_END), done = 0;
  gssize n;

  lseek (fd, 0, SEEK_SET);
  for (;;)
    {
      if (g_cancellable_set_error_if_cancelled (pass->cancellable, error))
        return FALSE;
      do
        n = read (fd, block, BLOCK);
      while (n < 0 && errno == EINTR);
      if (n <= 0)
        break;
      g_checksum_update (pass->checksum, block, n);
      if (pass->out != NULL && !fy_output_file_write (pass->out, block, (gsize) n, error))
        return FALSE;
      done += n;
      if (pass->progress != NULL)
        pass->progress ((guint64) done, (guint64) MAX (size, done), pass->data);
    }
  return n == 0 || fail (pass->path, _ ("read the file"), errno, error);
}

/* Runs through a file. */
static gboolean
pass_file (const Pass *pass, GError **error)
{
  int fd = open (pass->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  gboolean good;

  if (fd < 0)
    return fail (pass->path, _ ("open the file"), errno, error);
  good = pass_blocks (pass, fd, error);
  close (fd);
  return good;
}

char *
fy_model_checksum (const char *path,
                   GChecksumType type,
                   FyModelProgress progress,
                   gpointer data,
                   GCancellable *cancellable,
                   GError **error)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (type);
  const Pass pass = { path, checksum, NULL, progress, data, cancellable };

  return pass_file (&pass, error) ? g_strdup (g_checksum_get_string (checksum)) : NULL;
}

/* --- Coming in and going --- */

static gboolean
is_free (const char *folder, const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  GStatBuf status;

  return g_lstat (path, &status) != 0;
}

/* "NAME.pth", "NAME-2.pth" ...: not hidden, no note's name.  Returns: (transfer full) a path. */
static char *
find_free (const char *folder, const char *wish)
{
  const char *start = wish + strspn (wish, ".");
  g_autofree char *name =
      g_strconcat (*start != '\0' ? start : "checkpoint",
                   g_str_has_suffix (start, FY_NOTE_SUFFIX) ? ".pth" : "", NULL);
  const char *point = strchr (name, '.');
  g_autofree char *stem =
      point != NULL ? g_strndup (name, (gsize) (point - name)) : g_strdup (name);
  g_autofree char *ending = g_strdup (point != NULL ? point : "");

  for (int i = 2; !is_free (folder, name); i++)
    {
      g_free (name);
      name = g_strdup_printf ("%s-%d%s", stem, i, ending);
    }
  return g_build_filename (folder, name, NULL);
}

static gboolean
make_folder (const char *folder, GError **error)
{
  return g_mkdir_with_parents (folder, 0700) == 0 ||
         fail (folder, _ ("make the folder of the models"), errno, error);
}

/* Whether no checkpoint of the folder came in with these bytes. */
static gboolean
is_new (const char *folder, const char *path, const char *sha256, GError **error)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *other = g_build_filename (folder, name, NULL);
      g_auto (FyModelNote) note = { 0 };

      fy_model_note_load (&note, other);
      if (note.sha256 == NULL || strcmp (note.sha256, sha256) != 0)
        continue;
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_EXISTS, _ ("%s: is there already as %s"), path,
                   name);
      return FALSE;
    }
  return TRUE;
}

char *
fy_model_folder_add (const char *folder,
                     const char *path,
                     FyModelProgress progress,
                     gpointer data,
                     GCancellable *cancellable,
                     GError **error)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  g_autofree char *name = g_path_get_basename (path);
  g_autofree char *source = g_filename_to_utf8 (path, -1, NULL, NULL, NULL);
  g_autofree char *target = NULL;
  g_autoptr (FyOutputFile) out = NULL;
  FyModelNote note = { .origin = FY_ORIGIN_ADDED, .source = source };
  Pass pass = { path, checksum, NULL, progress, data, cancellable };

  if (!fy_model_check (path, NULL, cancellable, error) || !make_folder (folder, error))
    return NULL;
  target = find_free (folder, name);
  out = pass.out = fy_output_file_new (target, error);
  if (out == NULL || !pass_file (&pass, error))
    return NULL;
  note.sha256 = (char *) g_checksum_get_string (checksum);
  note.date = g_get_real_time () / G_USEC_PER_SEC;
  if (!is_new (folder, path, note.sha256, error) || !fy_model_note_save (&note, target, error))
    return NULL;
  if (!fy_output_file_commit (out, TRUE, error))
    {
      fy_model_note_remove (target);
      return NULL;
    }
  return g_steal_pointer (&target);
}

static gboolean
flush (const char *path, GError **error)
{
  int fd = open (path, O_RDONLY | O_CLOEXEC);
  gboolean good = fd >= 0 && fsync (fd) == 0;

  if (!good)
    fail (path, _ ("write the file"), errno, error);
  if (fd >= 0)
    close (fd);
  return good;
}

char *
fy_model_folder_take (const char *folder,
                      const char *part,
                      const char *name,
                      const FyModelNote *note,
                      GError **error)
{
  g_autofree char *target = find_free (folder, name);

  if (!flush (part, error) || !fy_model_note_save (note, target, error))
    return NULL;
  if (g_rename (part, target) == 0)
    return g_steal_pointer (&target);
  fail (target, _ ("give the download its name"), errno, error);
  fy_model_note_remove (target);
  return NULL;
}

gboolean
fy_model_remove (const char *path, GError **error)
{
  if (g_unlink (path) != 0 && errno != ENOENT)
    return fail (path, _ ("remove the file"), errno, error);
  fy_model_note_remove (path);
  return TRUE;
}
