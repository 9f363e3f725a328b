/* SPDX-License-Identifier: MIT */
#include "weights/tensor-table.h"

#include "base/error.h"
#include "base/half.h"
#include "base/text.h"

#include <string.h>

#if G_BYTE_ORDER != G_LITTLE_ENDIAN
#error "checkpoints are little-endian and read in place"
#endif

#define MAX_NOTES     2000
#define MAX_NOTE_SIZE 4096

static void
view_clear (gpointer data)
{
  g_free ((char *) ((FyTensorView *) data)->info.name);
}

FyTensorTable *
fy_tensor_table_new (const char *path)
{
  FyTensorTable *self = g_new0 (FyTensorTable, 1);

  self->path = g_strdup (path);
  self->storages = g_array_new (FALSE, FALSE, sizeof (FyStorage));
  self->tensors = g_array_new (FALSE, FALSE, sizeof (FyTensorView));
  g_array_set_clear_func (self->tensors, view_clear);
  self->index = g_hash_table_new (g_str_hash, g_str_equal);
  self->notes = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  return self;
}

void
fy_tensor_table_free (FyTensorTable *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->index);
  g_hash_table_unref (self->notes);
  g_array_unref (self->tensors);
  g_array_unref (self->storages);
  g_free (self->path);
  g_free (self);
}

guint
fy_tensor_table_add_storage (FyTensorTable *self, FyStorage storage)
{
  g_array_append_val (self->storages, storage);
  return self->storages->len - 1;
}

static gboolean
is_printable (const char *text)
{
  if (!g_utf8_validate (text, -1, NULL))
    return FALSE;
  for (const char *at = text; *at != '\0'; at = g_utf8_next_char (at))
    if (!g_unichar_isprint (g_utf8_get_char (at)))
      return FALSE;
  return TRUE;
}

gint64
fy_shape_count (const gint64 *shape, int rank)
{
  gint64 count = 1;

  for (int i = 0; i < rank; i++)
    if (shape[i] < 0 || __builtin_mul_overflow (count, shape[i], &count))
      return -1;
  return count;
}

/* Checks that every element lies in its storage. */
static gboolean
check_bounds (const FyTensorTable *self, const FyTensorView *view, GError **error)
{
  const FyStorage *storage = &g_array_index (self->storages, FyStorage, view->storage);
  gint64 held = (gint64) (storage->size / fy_dtype_size (view->info.dtype));
  gint64 count = fy_shape_count (view->info.shape, view->info.rank);
  gint64 last = view->offset;
  gboolean inside = count >= 0 && view->offset >= 0;

  for (int i = 0; i < view->info.rank && count > 0; i++)
    {
      gint64 span;

      inside = inside && view->stride[i] >= 0 &&
               !__builtin_mul_overflow (view->info.shape[i] - 1, view->stride[i], &span) &&
               !__builtin_add_overflow (last, span, &last);
    }
  if (inside && (count == 0 || last < held))
    return TRUE;
  g_set_error (error, FY_ERROR, FY_ERROR_CORRUPT,
               _ ("%s: the shape and strides of tensor %s reach outside its storage of %" PRId64
                  " elements; get the file again"),
               self->path, view->info.name, held);
  return FALSE;
}

gboolean
fy_tensor_table_check_name (const FyTensorTable *self, const char *name, GError **error)
{
  if (self->tensors->len >= FY_MAX_TENSORS || strlen (name) > FY_MAX_TENSOR_NAME)
    g_set_error (error, FY_ERROR, FY_ERROR_UNSUPPORTED,
                 _ ("%s: more than %d tensors, or a name longer than %d bytes; save the network's "
                    "state_dict alone"),
                 self->path, FY_MAX_TENSORS, FY_MAX_TENSOR_NAME);
  else if (*name == '\0' || !is_printable (name))
    {
      g_autofree char *shown = g_strescape (name, NULL);

      g_set_error (error, FY_ERROR, FY_ERROR_CORRUPT,
                   _ ("%s: a tensor's name is no printable text: \"%.80s\"; get the file again"),
                   self->path, shown);
    }
  else if (g_hash_table_contains (self->index, name))
    g_set_error (error, FY_ERROR, FY_ERROR_CORRUPT,
                 _ ("%s: two tensors are called %s; get the file again"), self->path, name);
  else
    return TRUE;
  return FALSE;
}

gboolean
fy_tensor_table_add (FyTensorTable *self, const FyTensorView *view, GError **error)
{
  FyTensorView copy = *view;

  if (!fy_tensor_table_check_name (self, view->info.name, error) ||
      !check_bounds (self, view, error))
    return FALSE;
  copy.info.name = g_strdup (view->info.name);
  g_hash_table_insert (self->index, (char *) copy.info.name, GUINT_TO_POINTER (self->tensors->len));
  g_array_append_val (self->tensors, copy);
  return TRUE;
}

void
fy_tensor_table_add_note (FyTensorTable *self, const char *name, const char *text)
{
  if (g_hash_table_size (self->notes) < MAX_NOTES && strlen (name) <= FY_MAX_TENSOR_NAME &&
      strlen (text) <= MAX_NOTE_SIZE && is_printable (name) && is_printable (text))
    g_hash_table_replace (self->notes, g_strdup (name), g_strdup (text));
}

const FyTensorView *
fy_tensor_table_peek (const FyTensorTable *self, guint index)
{
  return &g_array_index (self->tensors, FyTensorView, index);
}

void
fy_tensor_view_set_contiguous (FyTensorView *self)
{
  gboolean empty = fy_shape_count (self->info.shape, self->info.rank) <= 0;
  gint64 stride = 1;

  for (int i = self->info.rank; i-- > 0 && !empty;)
    {
      self->stride[i] = stride;
      stride *= self->info.shape[i];
    }
}

/* One case of convert_row: elements need not be aligned in the file. */
#define CONVERT(type, convert)                                                                     \
  for (gint64 i = 0; i < n; i++)                                                                   \
    {                                                                                              \
      type element;                                                                                \
                                                                                                   \
      memcpy (&element, from + (gsize) i * step, sizeof element);                                  \
      out[i] = convert (element);                                                                  \
    }                                                                                              \
  break

#define NOT_ZERO(element) ((element) != 0 ? 1.0f : 0.0f)

/* Converts n elements that lie `stride` elements apart. */
static void
convert_row (FyDtype dtype, const guint8 *from, gint64 stride, gint64 n, float *out)
{
  gsize step = (gsize) stride * fy_dtype_size (dtype);

  switch (dtype)
    {
    case FY_DTYPE_F32:
      CONVERT (float, (float) );
    case FY_DTYPE_F16:
      CONVERT (guint16, fy_f16_to_f32);
    case FY_DTYPE_BF16:
      CONVERT (guint16, fy_bf16_to_f32);
    case FY_DTYPE_F64:
      CONVERT (double, (float) );
    case FY_DTYPE_I64:
      CONVERT (gint64, (float) );
    case FY_DTYPE_I32:
      CONVERT (gint32, (float) );
    case FY_DTYPE_I16:
      CONVERT (gint16, (float) );
    case FY_DTYPE_I8:
      CONVERT (gint8, (float) );
    case FY_DTYPE_U8:
      CONVERT (guint8, (float) );
    case FY_DTYPE_BOOL:
      CONVERT (guint8, NOT_ZERO);
    }
}

/* Drops dimensions of length one and joins neighbours that lie without a gap, so that rows get
 * long.  Returns the new rank, at least 1. */
static int
collapse (const FyTensorView *self, gint64 *shape, gint64 *stride)
{
  int rank = 0;

  for (int i = 0; i < self->info.rank; i++)
    {
      if (self->info.shape[i] == 1)
        continue;
      if (rank > 0 && stride[rank - 1] == self->stride[i] * self->info.shape[i])
        shape[rank - 1] *= self->info.shape[i];
      else
        shape[rank++] = self->info.shape[i];
      stride[rank - 1] = self->stride[i];
    }
  if (rank == 0)
    {
      shape[0] = stride[0] = 1;
      rank = 1;
    }
  return rank;
}

void
fy_tensor_view_copy (const FyTensorView *self, const guint8 *storage, float *out)
{
  gint64 shape[FY_CHECKPOINT_MAX_RANK], stride[FY_CHECKPOINT_MAX_RANK];
  gint64 at[FY_CHECKPOINT_MAX_RANK] = { 0 }; /* index of the row */
  gint64 offset = self->offset;
  int rank, i;

  if (fy_shape_count (self->info.shape, self->info.rank) == 0)
    return;
  rank = collapse (self, shape, stride);
  do
    {
      convert_row (self->info.dtype, storage + (gsize) offset * fy_dtype_size (self->info.dtype),
                   stride[rank - 1], shape[rank - 1], out);
      out += shape[rank - 1];
      for (i = rank - 2; i >= 0; i--)
        {
          offset += stride[i];
          if (++at[i] < shape[i])
            break;
          offset -= shape[i] * stride[i];
          at[i] = 0;
        }
    }
  while (i >= 0);
}
