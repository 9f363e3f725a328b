/* SPDX-License-Identifier: MIT */
#include "weights/torch-file.h"

#include "base/error.h"
#include "base/text.h"
#include "weights/pickle.h"

#include <string.h>

#define MAX_DEPTH  32         /* dictionaries inside each other */
#define MAX_VISITS (1u << 20) /* values looked at: a dictionary may be met again and again */

#define STREAM_PROTOCOL 1001

/* What the stream form begins with, as a pickled integer. */
static const guint8 stream_magic[] = { 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19 };

/* Makes the storage a tensor refers to; sets storage->index to its place in the table plus one. */
typedef gboolean (*Resolve) (FyTensorTable *table,
                             FyPickleStorage *storage,
                             gpointer user_data,
                             GError **error);

/* A walk through the dictionaries of an unpickled object. */
typedef struct
{
  FyTensorTable *table;
  Resolve resolve;
  gpointer user_data;
  GString *name; /* of the value at hand */
  guint n_visits;
} Walk;

G_GNUC_PRINTF (4, 5)
static gboolean
fail (const FyTensorTable *table, GError **error, FyError code, const char *format, ...)
{
  g_autofree char *message = NULL;
  va_list args;

  va_start (args, format);
  message = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error (error, FY_ERROR, (gint) code, "%s: %s", table->path, message);
  return FALSE;
}

static gboolean
add_tensor (Walk *walk, const FyPickleTensor *tensor, GError **error)
{
  FyTensorView view = {
    .info = { .name = walk->name->str, .dtype = tensor->storage->dtype, .rank = tensor->rank },
    .offset = tensor->offset
  };

  if (tensor->storage->index == 0 &&
      !walk->resolve (walk->table, tensor->storage, walk->user_data, error))
    return FALSE;
  view.storage = tensor->storage->index - 1;
  memcpy (view.info.shape, tensor->shape, sizeof view.info.shape);
  memcpy (view.stride, tensor->stride, sizeof view.stride);
  return fy_tensor_table_add (walk->table, &view, error);
}

static void
add_note (Walk *walk, const FyValue *value)
{
  char number[G_ASCII_DTOSTR_BUF_SIZE];
  g_autofree char *text = NULL;

  if (value->kind == FY_VALUE_TEXT && value->text.size <= FY_MAX_TENSOR_NAME)
    text = g_strndup (value->text.bytes, value->text.size);
  else if (value->kind == FY_VALUE_INTEGER)
    text = g_strdup_printf ("%" G_GINT64_FORMAT, value->integer);
  else if (value->kind == FY_VALUE_BOOLEAN)
    text = g_strdup (value->integer ? "true" : "false");
  else if (value->kind == FY_VALUE_NUMBER)
    text = g_strdup (g_ascii_formatd (number, sizeof number, "%g", value->number));
  if (text != NULL)
    fy_tensor_table_add_note (walk->table, walk->name->str, text);
}

/* Appends a dictionary's key to the name at hand.  Returns FALSE for a key that cannot be part of
 * one: a tuple, an object, a text that is too long. */
static gboolean
append_key (GString *name, const FyValue *key)
{
  if (name->len > 0)
    g_string_append_c (name, '.');
  if (key->kind == FY_VALUE_INTEGER)
    g_string_append_printf (name, "%" G_GINT64_FORMAT, key->integer);
  else if (key->kind == FY_VALUE_TEXT && key->text.size <= FY_MAX_TENSOR_NAME)
    g_string_append_len (name, key->text.bytes, (gssize) key->text.size);
  else
    return FALSE;
  return TRUE;
}

/* Adds the tensors of a value and of all dictionaries below it. */
static gboolean
visit (Walk *walk, const FyValue *value, guint depth, GError **error)
{
  gsize length = walk->name->len;

  if (value->kind == FY_VALUE_OPAQUE && value->state != NULL)
    value = value->state;
  if (value->kind == FY_VALUE_TENSOR)
    return add_tensor (walk, value->tensor, error);
  if (value->kind != FY_VALUE_DICT)
    {
      add_note (walk, value);
      return TRUE;
    }
  if (depth == MAX_DEPTH)
    return fail (walk->table, error, FY_ERROR_CORRUPT,
                 _ ("dictionaries are nested more than %d deep; get the file again"), MAX_DEPTH);
  for (guint i = 0; i + 1 < fy_value_n_items (value); i += 2)
    {
      if (++walk->n_visits > MAX_VISITS)
        return fail (
            walk->table, error, FY_ERROR_UNSUPPORTED,
            _ ("more than %u values in its dictionaries; save the network's state_dict alone"),
            MAX_VISITS);
      if (append_key (walk->name, fy_value_item (value, i)) &&
          !visit (walk, fy_value_item (value, i + 1), depth + 1, error))
        return FALSE;
      g_string_truncate (walk->name, length);
    }
  return TRUE;
}

static gboolean
collect_tensors (FyTensorTable *table,
                 const FyValue *root,
                 Resolve resolve,
                 gpointer user_data,
                 GError **error)
{
  g_autoptr (GString) name = g_string_new (NULL);
  Walk walk = { .table = table, .resolve = resolve, .user_data = user_data, .name = name };

  if (root->kind != FY_VALUE_DICT && root->kind != FY_VALUE_OPAQUE)
    return fail (table, error, FY_ERROR_UNSUPPORTED,
                 _ ("holds no dictionary of tensors; save the network's state_dict"));
  return visit (&walk, root, 0, error);
}

typedef struct
{
  FyZip *zip;
  const char *folder; /* of the data.pkl: "archive/" */
} ZipForm;

/* A storage is the member FOLDERdata/KEY. */
static gboolean
resolve_member (FyTensorTable *table, FyPickleStorage *storage, gpointer user_data, GError **error)
{
  const ZipForm *form = user_data;
  g_autofree char *key = g_strndup (storage->key->text.bytes, MIN (storage->key->text.size, 80));
  g_autofree char *shown = g_strescape (key, NULL);
  g_autofree char *name = g_strconcat (form->folder, "data/", key, NULL);
  int member = fy_zip_find (form->zip, name);
  gsize size, needed, width = fy_dtype_size (storage->dtype);

  if (member < 0)
    return fail (table, error, FY_ERROR_CORRUPT,
                 _ ("the archive has no member data/%s for a tensor's storage; get the file again"),
                 shown);
  size = fy_zip_size (form->zip, member);
  if (!g_size_checked_mul (&needed, (gsize) storage->whole, width) || needed > size)
    return fail (
        table, error, FY_ERROR_CORRUPT,
        _ ("member data/%s has %zu bytes for a storage of %" PRId64 " %s; get the file again"),
        shown, size, storage->whole, fy_dtype_name (storage->dtype));
  storage->index =
      fy_tensor_table_add_storage (table, (FyStorage){ .member = member, .size = needed }) + 1;
  return TRUE;
}

/* Finds the one data.pkl, at the top or one folder down, and sets *folder to "" or "FOLDER/". */
static int
find_pickle (const FyZip *zip, char **folder)
{
  static const char wanted[] = "data.pkl";

  for (int i = 0; i < fy_zip_n_members (zip); i++)
    {
      const char *name = fy_zip_name (zip, i);
      const char *slash = strchr (name, '/');
      const char *last = slash != NULL ? slash + 1 : name;

      if (strcmp (last, wanted) != 0)
        continue;
      *folder = g_strndup (name, (gsize) (last - name));
      return i;
    }
  return -1;
}

/* Newer files say which byte order they have; without the member it is little-endian. */
static gboolean
check_byte_order (const ZipForm *form, const FyTensorTable *table, GError **error)
{
  g_autofree char *name = g_strconcat (form->folder, "byteorder", NULL);
  int member = fy_zip_find (form->zip, name);
  gsize size = member >= 0 ? fy_zip_size (form->zip, member) : 0;
  const guint8 *order = member >= 0 ? fy_zip_read (form->zip, member, error) : NULL;

  if (member < 0)
    return TRUE;
  if (order == NULL)
    return FALSE;
  if (size == strlen ("little") && memcmp (order, "little", size) == 0)
    return TRUE;
  return fail (table, error, FY_ERROR_UNSUPPORTED,
               _ ("its numbers are not little-endian; save it on a little-endian machine"));
}

gboolean
fy_torch_zip_load (FyZip *zip, FyTensorTable *table, GError **error)
{
  g_autofree char *folder = NULL;
  int member = find_pickle (zip, &folder);
  ZipForm form = { zip, folder };
  g_autofree char *place = g_strdup_printf ("%s: data.pkl", table->path);
  g_autoptr (FyPickle) pickle = NULL;
  const guint8 *bytes;
  FyReader reader;

  if (member < 0)
    return fail (
        table, error, FY_ERROR_UNSUPPORTED,
        _ ("a zip archive without data.pkl is no PyTorch checkpoint; choose another file"));
  bytes = check_byte_order (&form, table, error) ? fy_zip_read (zip, member, error) : NULL;
  if (bytes == NULL)
    return FALSE;
  reader = FY_READER (bytes, fy_zip_size (zip, member));
  pickle = fy_pickle_new (&reader, place, error);
  return pickle != NULL &&
         collect_tensors (table, fy_pickle_root (pickle), resolve_member, &form, error);
}

/* Reads magic number, protocol and system information. */
static gboolean
read_stream_header (FyReader *reader, const char *place, const FyTensorTable *table, GError **error)
{
  g_autoptr (FyPickle) magic = fy_pickle_new (reader, place, error);
  g_autoptr (FyPickle) protocol = NULL;
  g_autoptr (FyPickle) system = NULL;
  const FyValue *value, *little;

  if (magic == NULL)
    return FALSE;
  value = fy_pickle_root (magic);
  if (value->kind != FY_VALUE_LONG || value->text.size != sizeof stream_magic ||
      memcmp (value->text.bytes, stream_magic, sizeof stream_magic) != 0)
    return fail (table, error, FY_ERROR_UNSUPPORTED,
                 _ ("a pickle, but not of PyTorch: it holds no tensors Ferry can read"));
  protocol = fy_pickle_new (reader, place, error);
  system = protocol != NULL ? fy_pickle_new (reader, place, error) : NULL;
  if (system == NULL)
    return FALSE;
  value = fy_pickle_root (protocol);
  little = fy_value_get (fy_pickle_root (system), "little_endian");
  if (value->kind != FY_VALUE_INTEGER || value->integer != STREAM_PROTOCOL)
    return fail (table, error, FY_ERROR_UNSUPPORTED,
                 _ ("an unknown version of PyTorch's stream form; save it with a newer PyTorch"));
  if (little == NULL || little->kind != FY_VALUE_BOOLEAN || !little->integer)
    return fail (table, error, FY_ERROR_UNSUPPORTED,
                 _ ("its numbers are not little-endian; save it on a little-endian machine"));
  return TRUE;
}

static char *
dup_key (const FyValue *key)
{
  return g_strndup (key->text.bytes, MIN (key->text.size, FY_MAX_TENSOR_NAME));
}

/* Storages of the stream form. */
typedef struct
{
  GHashTable *types; /* key -> FyPickleStorage that first mentions it, borrowed */
  GHashTable *bytes; /* key -> its FyStorage, owned */
} StreamForm;

/* Steps over one storage: the number of its elements, then they. */
static gboolean
read_stream_storage (const StreamForm *form,
                     const FyValue *key,
                     FyReader *reader,
                     const FyTensorTable *table,
                     GError **error)
{
  g_autofree char *name = key->kind == FY_VALUE_TEXT ? dup_key (key) : g_strdup ("");
  const FyPickleStorage *type = g_hash_table_lookup (form->types, name);
  gsize at = reader->at, size = 0;
  guint64 n = fy_reader_u64le (reader);
  const guint8 *data;

  if (type == NULL || (!reader->failed && n != (guint64) type->whole))
    return fail (table, error, FY_ERROR_CORRUPT,
                 _ ("the storage at byte %zu is not the one the pickle announces; "
                    "get the file again"),
                 at);
  data = g_size_checked_mul (&size, n, fy_dtype_size (type->dtype)) ? fy_reader_bytes (reader, size)
                                                                    : NULL;
  if (data == NULL)
    return fail (table, error, FY_ERROR_CORRUPT,
                 _ ("the storage at byte %zu needs %" PRId64
                    " elements of %s and %zu bytes are left in the file; get it again"),
                 at, type->whole, fy_dtype_name (type->dtype), reader->size - reader->at);
  g_hash_table_insert (form->bytes, g_steal_pointer (&name),
                       g_memdup2 (&(FyStorage){ .data = data, .size = size }, sizeof (FyStorage)));
  return TRUE;
}

static gboolean
resolve_stream (FyTensorTable *table, FyPickleStorage *storage, gpointer user_data, GError **error)
{
  const StreamForm *form = user_data;
  g_autofree char *name = dup_key (storage->key);
  const FyStorage *whole = g_hash_table_lookup (form->bytes, name);
  gsize width = fy_dtype_size (storage->dtype);
  FyStorage view;

  if (whole == NULL || whole->size / width < (gsize) (storage->first + storage->count))
    return fail (table, error, FY_ERROR_CORRUPT,
                 _ ("a tensor's storage is missing or too short; get the file again"));
  view.data = whole->data + (gsize) storage->first * width;
  view.size = (gsize) storage->count * width;
  storage->index = fy_tensor_table_add_storage (table, view) + 1;
  return TRUE;
}

/* Reads the list of keys and the storages in its order, then names the tensors. */
static gboolean
read_stream_body (FyReader *reader,
                  const char *place,
                  StreamForm *form,
                  FyTensorTable *table,
                  GError **error)
{
  g_autoptr (FyPickle) object = fy_pickle_new (reader, place, error);
  g_autoptr (FyPickle) keys = object != NULL ? fy_pickle_new (reader, place, error) : NULL;
  GPtrArray *storages;

  if (keys == NULL)
    return FALSE;
  storages = fy_pickle_peek_storages (object);
  for (guint i = storages->len; i-- > 0;)
    {
      FyPickleStorage *storage = storages->pdata[i];

      g_hash_table_replace (form->types, dup_key (storage->key), storage);
    }
  for (guint i = 0; i < fy_value_n_items (fy_pickle_root (keys)); i++)
    if (!read_stream_storage (form, fy_value_item (fy_pickle_root (keys), i), reader, table, error))
      return FALSE;
  return collect_tensors (table, fy_pickle_root (object), resolve_stream, form, error);
}

gboolean
fy_torch_stream_load (const guint8 *bytes, gsize size, FyTensorTable *table, GError **error)
{
  FyReader reader = FY_READER (bytes, size);
  g_autoptr (GHashTable) types = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GHashTable) storages = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  StreamForm form = { types, storages };

  return read_stream_header (&reader, table->path, table, error) &&
         read_stream_body (&reader, table->path, &form, table, error);
}
