/* SPDX-License-Identifier: MIT */
#include "weights/safetensors-load.h"

#include "base/error.h"
#include "base/reader.h"
#include "base/text.h"

#include <string.h>

/* The format's own cap on its header. */
#define MAX_HEADER 100000000

/* A tensor as the header describes it; offsets count from the end of the header. */
typedef struct
{
  char *name;
  FyTensorInfo info; /* but for the name */
  gint64 begin;
  gint64 end;
} Entry;

/* A cursor over the header's JSON.  The header is an object of objects of numbers and texts: the
 * parser knows that shape and no other, so there is nothing to nest. */
typedef struct
{
  const char *at;
  const char *end;
  const char *start;
  FyTensorTable *table;
  GArray *entries; /* Entry */
  GString *text;   /* last one read */
  GError **error;
} Header;

static const struct
{
  const char *name;
  FyDtype dtype;
} dtypes[] = {
  { "F32", FY_DTYPE_F32 },   { "F16", FY_DTYPE_F16 }, { "BF16", FY_DTYPE_BF16 },
  { "F64", FY_DTYPE_F64 },   { "I64", FY_DTYPE_I64 }, { "I32", FY_DTYPE_I32 },
  { "I16", FY_DTYPE_I16 },   { "I8", FY_DTYPE_I8 },   { "U8", FY_DTYPE_U8 },
  { "BOOL", FY_DTYPE_BOOL },
};

static void
entry_clear (gpointer data)
{
  g_free (((Entry *) data)->name);
}

/* Sets the error "PATH: header, byte N: MESSAGE" and returns FALSE. */
static gboolean
fail (Header *header, FyError code, const char *message)
{
  g_set_error (header->error, FY_ERROR, (gint) code, _ ("%s: safetensors header, byte %zu: %s"),
               header->table->path, (gsize) (header->at - header->start), message);
  return FALSE;
}

static void
skip_spaces (Header *header)
{
  while (header->at < header->end && g_ascii_isspace (*header->at))
    header->at++;
}

/* Steps over spaces, then over `wanted` if that is next. */
static gboolean
accept (Header *header, char wanted)
{
  skip_spaces (header);
  if (header->at == header->end || *header->at != wanted)
    return FALSE;
  header->at++;
  return TRUE;
}

static gboolean
expect (Header *header, char wanted)
{
  g_autofree char *message = NULL;

  if (accept (header, wanted))
    return TRUE;
  message = g_strdup_printf (_ ("'%c' expected; get the file again"), wanted);
  return fail (header, FY_ERROR_CORRUPT, message);
}

/* Reads the four digits of an escaped UTF-16 unit; -1 if they are none. */
static gint32
read_unit (Header *header)
{
  gint32 unit = 0;

  for (int i = 0; i < 4; i++)
    {
      int digit = header->at < header->end ? g_ascii_xdigit_value (*header->at) : -1;

      if (digit < 0)
        return -1;
      unit = unit * 16 + digit;
      header->at++;
    }
  return unit;
}

/* Reads what follows "\u": one unit, or two that make a pair. */
static gboolean
read_unicode (Header *header)
{
  gint32 unit = read_unit (header), low;

  if (unit >= 0xd800 && unit < 0xdc00)
    {
      if (header->end - header->at < 2 || memcmp (header->at, "\\u", 2) != 0)
        return FALSE;
      header->at += 2;
      low = read_unit (header);
      if (low < 0xdc00 || low >= 0xe000)
        return FALSE;
      unit = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
    }
  if (unit <= 0 || (unit >= 0xdc00 && unit < 0xe000))
    return FALSE;
  g_string_append_unichar (header->text, (gunichar) unit);
  return TRUE;
}

static gboolean
read_escape (Header *header)
{
  static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
  char letter = header->at < header->end ? *header->at++ : '\0';
  const char *place = letter != '\0' ? strchr (from, letter) : NULL;

  if (letter == 'u')
    return read_unicode (header);
  if (place == NULL)
    return FALSE;
  g_string_append_c (header->text, to[place - from]);
  return TRUE;
}

/* Reads a text into header->text. */
static gboolean
read_text (Header *header)
{
  g_string_truncate (header->text, 0);
  if (!expect (header, '"'))
    return FALSE;
  while (header->at < header->end && *header->at != '"')
    {
      char letter = *header->at++;

      if (letter == '\\' ? !read_escape (header) : (guchar) letter < 0x20)
        return fail (header, FY_ERROR_CORRUPT, _ ("a text is not valid JSON; get the file again"));
      if (letter != '\\')
        g_string_append_c (header->text, letter);
    }
  return expect (header, '"');
}

static gboolean
read_number (Header *header, gint64 *number)
{
  const char *start;

  *number = 0;
  skip_spaces (header);
  for (start = header->at; header->at < header->end && g_ascii_isdigit (*header->at); header->at++)
    if (__builtin_mul_overflow (*number, 10, number) ||
        __builtin_add_overflow (*number, *header->at - '0', number))
      return fail (header, FY_ERROR_CORRUPT, _ ("a number is too large; get the file again"));
  return header->at > start ||
         fail (header, FY_ERROR_CORRUPT, _ ("a whole number expected; get the file again"));
}

/* Reads "[n, n ...]", at most `most` of them; returns how many, or -1. */
static int
read_numbers (Header *header, gint64 *numbers, int most)
{
  int n = 0;

  if (!expect (header, '['))
    return -1;
  if (accept (header, ']'))
    return 0;
  do
    {
      if (n == most)
        {
          fail (header, FY_ERROR_UNSUPPORTED, _ ("a list has too many numbers"));
          return -1;
        }
      if (!read_number (header, &numbers[n++]))
        return -1;
    }
  while (accept (header, ','));
  return expect (header, ']') ? n : -1;
}

static gboolean
read_dtype (Header *header, FyDtype *dtype)
{
  if (!read_text (header))
    return FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS (dtypes); i++)
    if (strcmp (dtypes[i].name, header->text->str) == 0)
      {
        *dtype = dtypes[i].dtype;
        return TRUE;
      }
  return fail (header, FY_ERROR_UNSUPPORTED,
               _ ("a tensor type Ferry does not read; save as F32 or F16"));
}

/* Reads {"dtype": TEXT, "shape": [...], "data_offsets": [begin, end]}, in any order. */
static gboolean
read_entry (Header *header, Entry *entry)
{
  gboolean has_dtype = FALSE, has_shape = FALSE, has_offsets = FALSE, ok = TRUE;

  if (!expect (header, '{'))
    return FALSE;
  do
    {
      gint64 offsets[2];

      if (!read_text (header) || !expect (header, ':'))
        return FALSE;
      if (strcmp (header->text->str, "dtype") == 0 && !has_dtype)
        has_dtype = ok = read_dtype (header, &entry->info.dtype);
      else if (strcmp (header->text->str, "shape") == 0 && !has_shape)
        {
          entry->info.rank = read_numbers (header, entry->info.shape, FY_CHECKPOINT_MAX_RANK);
          has_shape = ok = entry->info.rank >= 0;
        }
      else if (strcmp (header->text->str, "data_offsets") == 0 && !has_offsets)
        {
          int n = read_numbers (header, offsets, 2);

          has_offsets = n == 2;
          ok = n >= 0;
          entry->begin = has_offsets ? offsets[0] : 0;
          entry->end = has_offsets ? offsets[1] : 0;
        }
      else
        return fail (header, FY_ERROR_CORRUPT, _ ("a tensor's field is unknown or given twice"));
    }
  while (ok && accept (header, ','));
  if (!ok || !expect (header, '}'))
    return FALSE;
  return (has_dtype && has_shape && has_offsets) ||
         fail (header, FY_ERROR_CORRUPT, _ ("a tensor needs dtype, shape and two data_offsets"));
}

/* Reads {TEXT: TEXT ...} into the table's notes. */
static gboolean
read_metadata (Header *header)
{
  if (!expect (header, '{'))
    return FALSE;
  if (accept (header, '}'))
    return TRUE;
  do
    {
      g_autofree char *name = NULL;

      if (!read_text (header) || !expect (header, ':'))
        return FALSE;
      name = g_strdup (header->text->str);
      if (!read_text (header))
        return FALSE;
      fy_tensor_table_add_note (header->table, name, header->text->str);
    }
  while (accept (header, ','));
  return expect (header, '}');
}

static gboolean
read_member (Header *header)
{
  Entry entry = { 0 };

  if (!read_text (header) || !expect (header, ':'))
    return FALSE;
  if (strcmp (header->text->str, "__metadata__") == 0)
    return read_metadata (header);
  if (header->entries->len == FY_MAX_TENSORS || header->text->len > FY_MAX_TENSOR_NAME)
    return fail (header, FY_ERROR_UNSUPPORTED, _ ("too many tensors, or a name that is too long"));
  entry.name = g_strdup (header->text->str);
  g_array_append_val (header->entries, entry);
  return read_entry (header, &g_array_index (header->entries, Entry, header->entries->len - 1));
}

static gboolean
read_header (Header *header)
{
  if (!expect (header, '{'))
    return FALSE;
  if (!accept (header, '}'))
    {
      do
        if (!read_member (header))
          return FALSE;
      while (accept (header, ','));
      if (!expect (header, '}'))
        return FALSE;
    }
  skip_spaces (header);
  return header->at == header->end ||
         fail (header, FY_ERROR_CORRUPT,
               _ ("something follows the header's end; get the file again"));
}

static int
compare_entries (gconstpointer a, gconstpointer b)
{
  const Entry *first = a, *second = b;

  if (first->begin != second->begin)
    return first->begin < second->begin ? -1 : 1;
  return first->end < second->end ? -1 : first->end > second->end;
}

/* Adds the tensors in the order of their bytes, which must follow each other without gap or
 * overlap up to the end of the file. */
static gboolean
add_entries (Header *header, const guint8 *data, gint64 size)
{
  FyTensorTable *table = header->table;
  gint64 at = 0;

  g_array_sort (header->entries, compare_entries);
  for (guint i = 0; i < header->entries->len; i++)
    {
      const Entry *entry = &g_array_index (header->entries, Entry, i);
      gint64 width = (gint64) fy_dtype_size (entry->info.dtype);
      gint64 count = fy_shape_count (entry->info.shape, entry->info.rank);
      FyTensorView view = { .info = entry->info };
      gint64 needed;

      if (!fy_tensor_table_check_name (table, entry->name, header->error))
        return FALSE;
      if (count < 0 || __builtin_mul_overflow (count, width, &needed) || entry->begin != at ||
          entry->end - at != needed || entry->end > size)
        {
          g_set_error (header->error, FY_ERROR, FY_ERROR_CORRUPT,
                       _ ("%s: tensor %s lies at bytes %" PRId64 " to %" PRId64
                          ", which overlaps, leaves a gap, is outside the file's %" PRId64
                          " or does not fit its shape; get the file again"),
                       table->path, entry->name, entry->begin, entry->end, size);
          return FALSE;
        }
      view.info.name = entry->name;
      view.storage = fy_tensor_table_add_storage (
          table, (FyStorage){ .data = data + at, .size = (gsize) needed });
      at = entry->end;
      fy_tensor_view_set_contiguous (&view);
      if (!fy_tensor_table_add (table, &view, header->error))
        return FALSE;
    }
  if (at == size)
    return TRUE;
  g_set_error (
      header->error, FY_ERROR, FY_ERROR_CORRUPT,
      _ ("%s: the tensors end at byte %" PRId64 " and the data at %" PRId64 "; get the file again"),
      table->path, at, size);
  return FALSE;
}

gboolean
fy_safetensors_detect (const guint8 *bytes, gsize size)
{
  FyReader reader = FY_READER (bytes, size);

  return fy_reader_u64le (&reader) <= MAX_HEADER && fy_reader_u8 (&reader) == '{';
}

gboolean
fy_safetensors_load (const guint8 *bytes, gsize size, FyTensorTable *table, GError **error)
{
  FyReader reader = FY_READER (bytes, size);
  guint64 length = fy_reader_u64le (&reader);
  const char *json = (const char *) fy_reader_bytes (&reader, length);
  g_autoptr (GArray) entries = g_array_new (FALSE, FALSE, sizeof (Entry));
  g_autoptr (GString) text = g_string_new (NULL);
  Header header = { .table = table, .entries = entries, .text = text, .error = error };

  g_array_set_clear_func (entries, entry_clear);
  if (json == NULL || length > MAX_HEADER)
    {
      g_set_error (
          error, FY_ERROR, FY_ERROR_CORRUPT,
          _ ("%s: a safetensors header of %" PRIu64 " bytes in a file of %zu; get the file again"),
          table->path, length, size);
      return FALSE;
    }
  header.start = header.at = json;
  header.end = json + length;
  return read_header (&header) &&
         add_entries (&header, bytes + reader.at, (gint64) (size - reader.at));
}
