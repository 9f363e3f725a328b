/* SPDX-License-Identifier: MIT */
#include "exchange/npy.h"

#include "base/error.h"
#include "base/output-file.h"
#include "base/reader.h"
#include "base/text.h"

#include <stdarg.h>
#include <string.h>

#define MAGIC       "\x93NUMPY"
#define MAGIC_BYTES 6
#define ALIGNMENT   64 /* of the data in the file */
#define ITEM_BYTES  4

void
fy_npy_free (FyNpy *self)
{
  if (self == NULL)
    return;
  g_free (self->data);
  g_free (self);
}

/* Turns numbers between machine and file order, which is little endian. */
static void
swap_items (guint32 *item, gsize n)
{
  for (gsize i = 0; i < n; i++)
    item[i] = GUINT32_TO_LE (item[i]);
}

/* --- Writing --- */

/* The magic, the length and the dictionary, padded so that the data begin aligned. */
static GString *
make_header (FyNpyType type, int n_dims, const gsize *shape)
{
  GString *header = g_string_new_len (MAGIC "\x01\x00??", MAGIC_BYTES + 4);
  gsize length;

  g_string_append_printf (header, "{'descr': '%s', 'fortran_order': False, 'shape': (",
                          type == FY_NPY_F32 ? "<f4" : "<u4");
  for (int d = 0; d < n_dims; d++)
    g_string_append_printf (header, "%s%" G_GSIZE_FORMAT "%s", d > 0 ? " " : "", shape[d],
                            d + 1 < n_dims || n_dims == 1 ? "," : "");
  g_string_append (header, "), }");
  while ((header->len + 1) % ALIGNMENT != 0)
    g_string_append_c (header, ' ');
  g_string_append_c (header, '\n');
  length = header->len - MAGIC_BYTES - 4;
  header->str[MAGIC_BYTES + 2] = (char) (length & 0xff);
  header->str[MAGIC_BYTES + 3] = (char) (length >> 8);
  return header;
}

gboolean
fy_npy_save (const char *path,
             FyNpyType type,
             int n_dims,
             const gsize *shape,
             const void *data,
             GError **error)
{
  g_autoptr (FyOutputFile) file = NULL;
  g_autoptr (GString) header = NULL;
  g_autofree guint32 *swapped = NULL;
  gsize n = 1;

  g_return_val_if_fail (n_dims >= 0 && n_dims <= FY_NPY_MAX_DIMS, FALSE);
  for (int d = 0; d < n_dims; d++)
    n *= shape[d];
  if (G_BYTE_ORDER != G_LITTLE_ENDIAN)
    {
      swapped = g_memdup2 (data, n * ITEM_BYTES);
      swap_items (swapped, n);
      data = swapped;
    }
  header = make_header (type, n_dims, shape);
  file = fy_output_file_new (path, error);
  return file != NULL && fy_output_file_write (file, header->str, header->len, error) &&
         fy_output_file_write (file, data, n * ITEM_BYTES, error) &&
         fy_output_file_commit (file, FALSE, error);
}

/* --- Reading --- */

static gboolean fail (const char *name, FyError code, GError **error, const char *format, ...)
    G_GNUC_PRINTF (4, 5);

static gboolean
fail (const char *name, FyError code, GError **error, const char *format, ...)
{
  g_autofree char *what = NULL;
  va_list arguments;

  va_start (arguments, format);
  what = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_set_error (error, FY_ERROR, (gint) code, "%s: %s", name, what);
  return FALSE;
}

/* Steps over blanks and then over `text`.  Returns FALSE, having moved over the blanks, when it is
 * not there. */
static gboolean
skip (const char **at, const char *text)
{
  *at += strspn (*at, " ");
  if (!g_str_has_prefix (*at, text))
    return FALSE;
  *at += strlen (text);
  return TRUE;
}

/* Reads 'text'.  Returns: (transfer full), NULL when there is none. */
static char *
take_string (const char **at)
{
  const char *start, *end;

  if (!skip (at, "'"))
    return NULL;
  start = *at;
  end = strchr (start, '\'');
  if (end == NULL)
    return NULL;
  *at = end + 1;
  return g_strndup (start, (gsize) (end - start));
}

/* Reads (), (3,), (3, 4) ... */
static gboolean
take_shape (const char **at, FyNpy *array)
{
  array->n_dims = 0;
  if (!skip (at, "("))
    return FALSE;
  while (!skip (at, ")"))
    {
      char *end;

      if (array->n_dims == FY_NPY_MAX_DIMS || !g_ascii_isdigit (**at))
        return FALSE;
      array->shape[array->n_dims++] = (gsize) g_ascii_strtoull (*at, &end, 10);
      *at = end;
      if (!skip (at, ",") && **at != ')')
        return FALSE;
    }
  return TRUE;
}

typedef struct
{
  char *type;
  gboolean fortran;
  guint seen; /* bits: descr, fortran_order, shape */
} Dictionary;

static gboolean
take_entry (const char **at, Dictionary *dictionary, FyNpy *array)
{
  g_autofree char *key = take_string (at);

  if (key == NULL || !skip (at, ":"))
    return FALSE;
  *at += strspn (*at, " ");
  if (strcmp (key, "descr") == 0)
    {
      g_free (dictionary->type);
      dictionary->type = take_string (at);
      dictionary->seen |= 1;
      return dictionary->type != NULL;
    }
  if (strcmp (key, "fortran_order") == 0)
    {
      dictionary->fortran = skip (at, "True");
      dictionary->seen |= 2;
      return dictionary->fortran || skip (at, "False");
    }
  dictionary->seen |= 4;
  return strcmp (key, "shape") == 0 && take_shape (at, array);
}

/* Understands the Python dictionary in the header; text is terminated.
 * fortran  out: the first axis is innermost */
static gboolean
parse_dictionary (const char *text,
                  const char *name,
                  FyNpy *array,
                  gboolean *fortran,
                  GError **error)
{
  Dictionary dictionary = { 0 };
  g_autofree char *type = NULL;
  gboolean good = skip (&text, "{");

  while (good && !skip (&text, "}"))
    {
      good = take_entry (&text, &dictionary, array);
      good = good && (skip (&text, ",") || *text == '}');
    }
  type = dictionary.type;
  if (!good || dictionary.seen != 7)
    return fail (name, FY_ERROR_UNSUPPORTED, error,
                 _ ("the .npy header is no plain array's; save a float32 or uint32 array"));
  if (strcmp (type, "<f4") != 0 && strcmp (type, "<u4") != 0)
    return fail (name, FY_ERROR_UNSUPPORTED, error,
                 _ ("elements are '%s'; save the array as float32 ('<f4') or uint32 ('<u4')"),
                 type);
  array->type = type[1] == 'f' ? FY_NPY_F32 : FY_NPY_U32;
  *fortran = dictionary.fortran;
  return TRUE;
}

/* Multiplies the shape out.  Returns FALSE when that does not fit. */
static gboolean
count_items (FyNpy *array, gsize *bytes)
{
  array->n = 1;
  for (int d = 0; d < array->n_dims; d++)
    if (!g_size_checked_mul (&array->n, array->n, array->shape[d]))
      return FALSE;
  return g_size_checked_mul (bytes, array->n, ITEM_BYTES);
}

/* Puts an array whose first axis is innermost into C order. */
static void
reorder (FyNpy *array)
{
  guint32 *from = array->data, *to = g_new (guint32, array->n);
  gsize at[FY_NPY_MAX_DIMS] = { 0 };

  for (gsize i = 0; i < array->n; i++) /* i counts in the file's order */
    {
      gsize place = 0;

      for (int d = 0; d < array->n_dims; d++)
        place = place * array->shape[d] + at[d];
      to[place] = from[i];
      for (int d = 0; d < array->n_dims && ++at[d] == array->shape[d]; d++)
        at[d] = 0;
    }
  g_free (from);
  array->data = to;
}

FyNpy *
fy_npy_parse (const guint8 *bytes, gsize size, const char *name, GError **error)
{
  FyReader reader = FY_READER (bytes, size);
  const guint8 *magic = fy_reader_bytes (&reader, MAGIC_BYTES);
  guint8 version = fy_reader_u8 (&reader);
  g_autoptr (FyNpy) array = g_new0 (FyNpy, 1);
  g_autofree char *text = NULL;
  gboolean fortran = FALSE;
  gsize length, needed;

  fy_reader_u8 (&reader); /* minor version */
  if (magic == NULL || memcmp (magic, MAGIC, MAGIC_BYTES) != 0)
    {
      fail (name, FY_ERROR_CORRUPT, error, _ ("not a .npy file"));
      return NULL;
    }
  if (version != 1 && !reader.failed)
    {
      fail (name, FY_ERROR_UNSUPPORTED, error, _ (".npy version %d; save it in version 1"),
            version);
      return NULL;
    }
  length = fy_reader_u16le (&reader);
  text = g_strndup ((const char *) fy_reader_bytes (&reader, length), length);
  if (reader.failed)
    {
      fail (name, FY_ERROR_CORRUPT, error, _ ("the .npy header ends early; write it again"));
      return NULL;
    }
  if (!parse_dictionary (text, name, array, &fortran, error))
    return NULL;
  if (!count_items (array, &needed) || needed != size - reader.at)
    {
      fail (name, FY_ERROR_CORRUPT, error,
            _ ("%zu bytes of data do not fill the shape in the header; write it again"),
            size - reader.at);
      return NULL;
    }
  array->data = g_memdup2 (bytes + reader.at, needed);
  if (G_BYTE_ORDER != G_LITTLE_ENDIAN)
    swap_items (array->data, array->n);
  if (fortran)
    reorder (array);
  return g_steal_pointer (&array);
}

FyNpy *
fy_npy_load (const char *path, GError **error)
{
  g_autoptr (GError) reason = NULL;
  g_autoptr (GMappedFile) file = g_mapped_file_new (path, FALSE, &reason);

  if (file == NULL)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, _ ("%s: cannot open: %s"), path,
                   reason->message);
      return NULL;
    }
  return fy_npy_parse ((const guint8 *) g_mapped_file_get_contents (file),
                       g_mapped_file_get_length (file), path, error);
}
