/* SPDX-License-Identifier: MIT */
#include "weights/zip-archive.h"

#include "base/error.h"
#include "base/reader.h"
#include "base/text.h"

#include <string.h>
#define ZLIB_CONST
#include <zlib.h>

#define END_SIGNATURE       0x06054b50u
#define END64_SIGNATURE     0x06064b50u
#define LOCATOR64_SIGNATURE 0x07064b50u
#define ENTRY_SIGNATURE     0x02014b50u
#define LOCAL_SIGNATURE     0x04034b50u

#define END_SIZE        22
#define LOCATOR64_SIZE  20
#define MAX_COMMENT     65535
#define ZIP64_EXTRA     0x0001
#define FLAG_ENCRYPTED  0x0001
#define METHOD_STORED   0
#define METHOD_DEFLATED 8

/* No deflate stream grows by more; a directory that claims more lies. */
#define MAX_RATIO 1032

/* All inflated members of one archive together. */
#define INFLATE_BUDGET (512u << 20)

typedef struct
{
  char *name;
  guint16 flags;
  guint16 method;
  guint32 crc;
  guint64 packed; /* bytes in the file */
  guint64 size;   /* bytes after inflating */
  guint64 header; /* offset of the local header */
  guint64 data;   /* offset of the packed bytes */
  gboolean checked;
  guint8 *inflated; /* owned; NULL for a stored member or one not read yet */
} Member;

struct FyZip
{
  GBytes *file;
  const guint8 *bytes; /* of file */
  gsize size;
  char *path;
  GArray *members;   /* Member */
  GHashTable *index; /* name (borrowed) -> index */
  gsize inflated;    /* bytes spent of INFLATE_BUDGET */
};

typedef struct
{
  guint64 offset;
  guint64 size;
  guint64 count;
} Directory;

/* Sets the error "PATH: MESSAGE" and returns FALSE.  A member's name may hold any bytes: those that
 * are no printable text become '?'. */
G_GNUC_PRINTF (4, 5)
static gboolean
fail (const FyZip *self, GError **error, FyError code, const char *format, ...)
{
  g_autofree char *message = NULL;
  va_list args;

  va_start (args, format);
  message = g_strdup_vprintf (format, args);
  va_end (args);
  for (char *at = message; *at != '\0'; at++)
    if (!g_ascii_isprint (*at))
      *at = '?';
  g_set_error (error, FY_ERROR, (gint) code, "%s: %s", self->path, message);
  return FALSE;
}

static void
member_clear (gpointer data)
{
  Member *member = data;

  g_free (member->name);
  g_free (member->inflated);
}

static const Member *
peek_member (const FyZip *self, int member)
{
  return &g_array_index (self->members, Member, member);
}

/* A cursor at `offset`, or one that has failed if that lies outside the file. */
static FyReader
reader_at (const FyZip *self, guint64 offset)
{
  FyReader reader = FY_READER (self->bytes, self->size);

  reader.at = (gsize) MIN (offset, self->size);
  reader.failed = offset > self->size;
  return reader;
}

/* Finds the record that ends the archive; it is the only one whose comment ends with the file. */
static gboolean
find_end (const FyZip *self, gsize *end)
{
  gsize lowest = self->size > END_SIZE + MAX_COMMENT ? self->size - END_SIZE - MAX_COMMENT : 0;

  for (gsize at = self->size >= END_SIZE ? self->size - END_SIZE + 1 : 0; at-- > lowest;)
    {
      FyReader reader = reader_at (self, at);

      if (fy_reader_u32le (&reader) != END_SIGNATURE)
        continue;
      fy_reader_bytes (&reader, END_SIZE - 4 - 2);
      if (fy_reader_u16le (&reader) == self->size - at - END_SIZE && !reader.failed)
        {
          *end = at;
          return TRUE;
        }
    }
  return FALSE;
}

/* Reads the zip64 record that replaces the fields of the one at `end`, if there is one. */
static gboolean
read_end64 (const FyZip *self, gsize end, Directory *directory, GError **error)
{
  FyReader reader = reader_at (self, end >= LOCATOR64_SIZE ? end - LOCATOR64_SIZE : G_MAXUINT64);

  if (fy_reader_u32le (&reader) != LOCATOR64_SIGNATURE)
    return TRUE;
  fy_reader_u32le (&reader); /* volume */
  reader = reader_at (self, fy_reader_u64le (&reader));
  if (fy_reader_u32le (&reader) != END64_SIGNATURE)
    return fail (self, error, FY_ERROR_CORRUPT,
                 _ ("the zip64 end record is not where it should be; get the file again"));
  fy_reader_bytes (&reader, 8 + 2 + 2 + 4 + 4 + 8); /* sizes, versions, volumes, entries here */
  directory->count = fy_reader_u64le (&reader);
  directory->size = fy_reader_u64le (&reader);
  directory->offset = fy_reader_u64le (&reader);
  return TRUE;
}

static gboolean
read_end (const FyZip *self, Directory *directory, GError **error)
{
  FyReader reader;
  gsize end = 0;
  guint16 volume;

  if (!find_end (self, &end))
    return fail (self, error, FY_ERROR_CORRUPT,
                 _ ("the zip directory is missing at the end of %zu bytes: the file is cut short; "
                    "get it again"),
                 self->size);
  reader = reader_at (self, end + 4);
  volume = fy_reader_u16le (&reader);
  fy_reader_bytes (&reader, 2 + 2);
  directory->count = fy_reader_u16le (&reader);
  directory->size = fy_reader_u32le (&reader);
  directory->offset = fy_reader_u32le (&reader);
  if (volume != 0 && volume != 0xffff)
    return fail (self, error, FY_ERROR_UNSUPPORTED,
                 _ ("the zip archive spans several volumes; join them"));
  if (!read_end64 (self, end, directory, error))
    return FALSE;
  if (directory->offset > end || directory->size > end - directory->offset)
    return fail (self, error, FY_ERROR_CORRUPT,
                 _ ("the zip directory (%" PRIu64 " bytes at %" PRIu64
                    ") reaches outside the file; get the file again"),
                 directory->size, directory->offset);
  return TRUE;
}

/* Takes the 64-bit values of those fields that the entry itself marks as too large. */
static void
read_extra64 (FyReader extra, Member *member)
{
  while (extra.at < extra.size && !extra.failed)
    {
      guint16 id = fy_reader_u16le (&extra);
      guint16 size = fy_reader_u16le (&extra);
      const guint8 *data = fy_reader_bytes (&extra, size);
      FyReader field = FY_READER (data, size);

      if (id != ZIP64_EXTRA || data == NULL)
        continue;
      if (member->size == G_MAXUINT32)
        member->size = fy_reader_u64le (&field);
      if (member->packed == G_MAXUINT32)
        member->packed = fy_reader_u64le (&field);
      if (member->header == G_MAXUINT32)
        member->header = fy_reader_u64le (&field);
      return;
    }
}

/* Reads one entry of the directory. */
static gboolean
read_entry (FyZip *self, FyReader *reader, GError **error)
{
  gsize at = reader->at;
  gboolean found = fy_reader_u32le (reader) == ENTRY_SIGNATURE;
  Member member = { 0 };
  guint16 name_size, extra_size, comment_size;
  const guint8 *name, *extra;

  fy_reader_bytes (reader, 2 + 2); /* versions */
  member.flags = fy_reader_u16le (reader);
  member.method = fy_reader_u16le (reader);
  fy_reader_bytes (reader, 2 + 2); /* time, date */
  member.crc = fy_reader_u32le (reader);
  member.packed = fy_reader_u32le (reader);
  member.size = fy_reader_u32le (reader);
  name_size = fy_reader_u16le (reader);
  extra_size = fy_reader_u16le (reader);
  comment_size = fy_reader_u16le (reader);
  fy_reader_bytes (reader, 2 + 2 + 4); /* volume, attributes */
  member.header = fy_reader_u32le (reader);
  name = fy_reader_bytes (reader, name_size);
  extra = fy_reader_bytes (reader, extra_size);
  fy_reader_bytes (reader, comment_size);
  if (!found || reader->failed || memchr (name, 0, name_size) != NULL)
    return fail (self, error, FY_ERROR_CORRUPT,
                 _ ("the zip directory is damaged at byte %zu; get the file again"), at);
  read_extra64 (FY_READER (extra, extra_size), &member);
  member.name = g_strndup ((const char *) name, name_size);
  g_array_append_val (self->members, member);
  return TRUE;
}

/* Finds a member's bytes behind its local header, which repeats its name. */
static gboolean
locate (const FyZip *self, Member *member, const Directory *directory, GError **error)
{
  FyReader reader = reader_at (self, member->header);
  gboolean found = fy_reader_u32le (&reader) == LOCAL_SIGNATURE;
  guint16 name_size, extra_size;
  const guint8 *name;

  fy_reader_bytes (&reader, 22);
  name_size = fy_reader_u16le (&reader);
  extra_size = fy_reader_u16le (&reader);
  name = fy_reader_bytes (&reader, name_size);
  fy_reader_bytes (&reader, extra_size);
  found = found && !reader.failed && name_size == strlen (member->name) &&
          memcmp (name, member->name, name_size) == 0;
  member->data = reader.at;
  if (found && member->data <= directory->offset &&
      member->packed <= directory->offset - member->data &&
      (member->method != METHOD_STORED || member->packed == member->size))
    return TRUE;
  return fail (self, error, FY_ERROR_CORRUPT,
               _ ("zip member %.100s is not where the directory says (byte %" PRIu64 ", %" PRIu64
                  " bytes); get the file again"),
               member->name, member->header, member->packed);
}

static int
compare_headers (gconstpointer a, gconstpointer b)
{
  const Member *first = *(const Member *const *) a, *second = *(const Member *const *) b;

  return first->header < second->header ? -1 : first->header > second->header;
}

/* No byte belongs to two members: overlapping ones are how a small file claims to be huge. */
static gboolean
check_overlaps (const FyZip *self, GError **error)
{
  g_autoptr (GPtrArray) order = g_ptr_array_new ();

  for (guint i = 0; i < self->members->len; i++)
    g_ptr_array_add (order, &g_array_index (self->members, Member, i));
  g_ptr_array_sort (order, compare_headers);
  for (guint i = 1; i < order->len; i++)
    {
      const Member *before = order->pdata[i - 1], *member = order->pdata[i];

      if (before->data + before->packed > member->header)
        return fail (self, error, FY_ERROR_CORRUPT,
                     _ ("zip members %.100s and %.100s overlap; do not trust this file"),
                     before->name, member->name);
    }
  return TRUE;
}

static gboolean
read_directory (FyZip *self, const Directory *directory, GError **error)
{
  FyReader reader = FY_READER (self->bytes, (gsize) (directory->offset + directory->size));

  reader.at = (gsize) directory->offset;
  for (guint64 i = 0; i < directory->count; i++)
    if (!read_entry (self, &reader, error))
      return FALSE;
  for (guint i = 0; i < self->members->len; i++)
    {
      Member *member = &g_array_index (self->members, Member, i);

      if (!locate (self, member, directory, error))
        return FALSE;
      if (!g_hash_table_insert (self->index, member->name, GUINT_TO_POINTER (i)))
        return fail (self, error, FY_ERROR_CORRUPT, _ ("two zip members are called %.100s"),
                     member->name);
    }
  return check_overlaps (self, error);
}

FyZip *
fy_zip_new (GBytes *file, const char *path, GError **error)
{
  g_autoptr (FyZip) self = g_new0 (FyZip, 1);
  Directory directory = { 0 };

  self->file = g_bytes_ref (file);
  self->bytes = g_bytes_get_data (file, &self->size);
  self->path = g_strdup (path);
  self->members = g_array_new (FALSE, FALSE, sizeof (Member));
  g_array_set_clear_func (self->members, member_clear);
  self->index = g_hash_table_new (g_str_hash, g_str_equal);
  if (!read_end (self, &directory, error) || !read_directory (self, &directory, error))
    return NULL;
  return g_steal_pointer (&self);
}

void
fy_zip_free (FyZip *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->index);
  g_array_unref (self->members);
  g_bytes_unref (self->file);
  g_free (self->path);
  g_free (self);
}

int
fy_zip_n_members (const FyZip *self)
{
  return (int) self->members->len;
}

const char *
fy_zip_name (const FyZip *self, int member)
{
  return peek_member (self, member)->name;
}

gsize
fy_zip_size (const FyZip *self, int member)
{
  return peek_member (self, member)->size;
}

int
fy_zip_find (const FyZip *self, const char *name)
{
  gpointer index;

  if (!g_hash_table_lookup_extended (self->index, name, NULL, &index))
    return -1;
  return GPOINTER_TO_INT (index);
}

/* Inflates all of a member; anything but exactly member->size bytes is an error. */
static guint8 *
inflate_member (const FyZip *self, const Member *member, GError **error)
{
  g_autofree guint8 *out = g_try_malloc (member->size + 1);
  z_stream stream = { .next_in = self->bytes + member->data,
                      .avail_in = (uInt) member->packed,
                      .next_out = out,
                      .avail_out = (uInt) member->size + 1 };
  int status = Z_MEM_ERROR;

  if (out != NULL && inflateInit2 (&stream, -MAX_WBITS) == Z_OK)
    {
      status = inflate (&stream, Z_FINISH);
      inflateEnd (&stream);
    }
  if (status == Z_STREAM_END && stream.total_out == member->size)
    return g_steal_pointer (&out);
  fail (self, error, FY_ERROR_CORRUPT,
        _ ("zip member %.100s does not inflate to the %" PRIu64
           " bytes it should; get the file again"),
        member->name, member->size);
  return NULL;
}

/* Inflates a member that is not yet, if it may be. */
static gboolean
unpack (FyZip *self, Member *member, GError **error)
{
  if (member->flags & FLAG_ENCRYPTED ||
      (member->method != METHOD_STORED && member->method != METHOD_DEFLATED))
    return fail (self, error, FY_ERROR_UNSUPPORTED,
                 _ ("zip member %.100s is encrypted or packed by method %d; zip it again without "
                    "compression"),
                 member->name, member->method);
  if (member->method == METHOD_STORED || member->inflated != NULL)
    return TRUE;
  if (member->size / MAX_RATIO > member->packed)
    return fail (self, error, FY_ERROR_CORRUPT,
                 _ ("zip member %.100s claims to inflate from %" PRIu64 " to %" PRIu64
                    " bytes; do not trust this file"),
                 member->name, member->packed, member->size);
  if (member->size > INFLATE_BUDGET - self->inflated || member->packed > INFLATE_BUDGET)
    return fail (
        self, error, FY_ERROR_UNSUPPORTED,
        _ ("zip member %.100s brings the compressed data to more than %u MiB; zip it again "
           "without compression"),
        member->name, INFLATE_BUDGET >> 20);
  self->inflated += member->size;
  member->inflated = inflate_member (self, member, error);
  return member->inflated != NULL;
}

const guint8 *
fy_zip_read (FyZip *self, int index, GError **error)
{
  Member *member = &g_array_index (self->members, Member, index);
  const guint8 *bytes;

  if (!unpack (self, member, error))
    return NULL;
  bytes = member->inflated != NULL ? member->inflated : self->bytes + member->data;
  if (!member->checked && member->crc != 0 &&
      crc32_z (crc32_z (0, NULL, 0), bytes, member->size) != member->crc)
    {
      fail (self, error, FY_ERROR_CORRUPT,
            _ ("zip member %.100s is damaged (its CRC differs); get the file again"), member->name);
      return NULL;
    }
  member->checked = TRUE;
  return bytes;
}
