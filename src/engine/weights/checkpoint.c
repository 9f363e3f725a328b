/* SPDX-License-Identifier: MIT */
#include "weights/checkpoint.h"

#include "base/error.h"
#include "base/text.h"
#include "weights/safetensors-load.h"
#include "weights/tensor-table.h"
#include "weights/torch-file.h"
#include "weights/zip-archive.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct FyCheckpoint
{
  GBytes *bytes; /* of the whole file */
  const char *format;
  FyTensorTable *table;
  FyZip *zip; /* NULL if the file is no archive */
};

/* What files that are no checkpoint begin with. */
static const struct
{
  gsize at;
  const char *bytes;
  const char *what;
} others[] = {
  { 257, "ustar", N_ ("a tar archive: the oldest form of PyTorch; save it with a newer one") },
  { 0, "version https://git-lfs",
    N_ ("a Git LFS pointer, not the file itself; fetch it with git lfs") },
  { 0, "<", N_ ("a web page or XML, not a checkpoint; download the file itself") },
  { 0, "\x1f\x8b", N_ ("compressed by gzip; unpack it first") },
  { 0, "\x89HDF", N_ ("an HDF5 file, not a checkpoint of PyTorch or safetensors; convert it") },
  { 0, "", N_ ("neither a checkpoint of PyTorch nor safetensors; choose another file") },
};

static gboolean
begins_with (const guint8 *bytes, gsize size, gsize at, const char *text)
{
  return size >= at + strlen (text) && memcmp (bytes + at, text, strlen (text)) == 0;
}

static gboolean
refuse (const guint8 *bytes, gsize size, const char *path, GError **error)
{
  for (gsize i = 0; i < G_N_ELEMENTS (others); i++)
    if (begins_with (bytes, size, others[i].at, others[i].bytes))
      {
        g_set_error (error, FY_ERROR, FY_ERROR_UNSUPPORTED, "%s: %s", path, _ (others[i].what));
        break;
      }
  return FALSE;
}

/* Fills the table by the form that the content shows. */
static gboolean
load (FyCheckpoint *self, GError **error)
{
  gsize size;
  const guint8 *bytes = g_bytes_get_data (self->bytes, &size);
  const char *path = self->table->path;

  if (begins_with (bytes, size, 0, "PK\003\004") || begins_with (bytes, size, 0, "PK\005\006"))
    {
      self->format = "PyTorch zip";
      self->zip = fy_zip_new (self->bytes, path, error);
      return self->zip != NULL && fy_torch_zip_load (self->zip, self->table, error);
    }
  if (fy_safetensors_detect (bytes, size))
    {
      self->format = "safetensors";
      return fy_safetensors_load (bytes, size, self->table, error);
    }
  if (size >= 2 && bytes[0] == 0x80 && bytes[1] <= 5)
    {
      self->format = "PyTorch stream";
      return fy_torch_stream_load (bytes, size, self->table, error);
    }
  return refuse (bytes, size, path, error);
}

FyCheckpoint *
fy_checkpoint_new_for_bytes (GBytes *bytes, const char *path, GError **error)
{
  g_autoptr (FyCheckpoint) self = g_new0 (FyCheckpoint, 1);

  self->bytes = g_bytes_ref (bytes);
  self->table = fy_tensor_table_new (path);
  if (g_bytes_get_size (bytes) == 0)
    {
      g_set_error (error, FY_ERROR, FY_ERROR_CORRUPT, _ ("%s: is empty; get the file again"), path);
      return NULL;
    }
  if (!load (self, error))
    return NULL;
  if (self->table->tensors->len == 0)
    {
      g_set_error (error, FY_ERROR, FY_ERROR_UNSUPPORTED,
                   _ ("%s: holds no tensors; save the network's state_dict"), path);
      return NULL;
    }
  return g_steal_pointer (&self);
}

/* Maps a regular file.  Opening does not wait, as it would for a pipe nobody writes to. */
static GBytes *
map_file (const char *path, GError **error)
{
  int fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  int code = fd < 0 ? errno : 0;
  struct stat status;
  g_autoptr (GMappedFile) file = NULL;

  if (fd >= 0 && fstat (fd, &status) == 0 && !S_ISREG (status.st_mode))
    code = S_ISDIR (status.st_mode) ? EISDIR : EINVAL;
  if (code == 0)
    file = g_mapped_file_new_from_fd (fd, FALSE, NULL);
  if (code == 0 && file == NULL)
    code = errno != 0 ? errno : EIO;
  if (fd >= 0)
    close (fd);
  if (file != NULL)
    return g_mapped_file_get_bytes (file);
  g_set_error (error, G_IO_ERROR, (gint) g_io_error_from_errno (code),
               _ ("%s: cannot open the checkpoint: %s; choose another file"), path,
               g_strerror (code));
  return NULL;
}

FyCheckpoint *
fy_checkpoint_open (const char *path, GError **error)
{
  g_autoptr (GBytes) bytes = map_file (path, error);

  return bytes != NULL ? fy_checkpoint_new_for_bytes (bytes, path, error) : NULL;
}

void
fy_checkpoint_free (FyCheckpoint *self)
{
  if (self == NULL)
    return;
  fy_zip_free (self->zip);
  fy_tensor_table_free (self->table);
  g_bytes_unref (self->bytes);
  g_free (self);
}

const char *
fy_checkpoint_path (FyCheckpoint *self)
{
  return self->table->path;
}

const char *
fy_checkpoint_format (FyCheckpoint *self)
{
  return self->format;
}

int
fy_checkpoint_n_tensors (FyCheckpoint *self)
{
  return (int) self->table->tensors->len;
}

const FyTensorInfo *
fy_checkpoint_tensor (FyCheckpoint *self, int index)
{
  return &fy_tensor_table_peek (self->table, (guint) index)->info;
}

int
fy_checkpoint_find (FyCheckpoint *self, const char *name)
{
  gpointer index;

  if (!g_hash_table_lookup_extended (self->table->index, name, NULL, &index))
    return -1;
  return GPOINTER_TO_INT (index);
}

const char *
fy_checkpoint_note (FyCheckpoint *self, const char *name)
{
  return g_hash_table_lookup (self->table->notes, name);
}

gboolean
fy_checkpoint_read (FyCheckpoint *self, int index, float *out, gsize n, GError **error)
{
  const FyTensorView *view = fy_tensor_table_peek (self->table, (guint) index);
  const FyStorage *storage = &g_array_index (self->table->storages, FyStorage, view->storage);
  gint64 count = fy_shape_count (view->info.shape, view->info.rank);
  const guint8 *bytes = storage->data;

  if (count != (gint64) n)
    {
      g_set_error (error, FY_ERROR, FY_ERROR_MISMATCH,
                   _ ("%s: %s has %" PRId64 " elements, not %zu"), self->table->path,
                   view->info.name, count, n);
      return FALSE;
    }
  if (bytes == NULL && self->zip != NULL)
    bytes = fy_zip_read (self->zip, storage->member, error);
  if (bytes == NULL)
    return FALSE;
  fy_tensor_view_copy (view, bytes, out);
  return TRUE;
}

char *
fy_checkpoint_hash (FyCheckpoint *self, GError **error)
{
  return g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, self->bytes);
}
